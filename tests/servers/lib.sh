# SPDX-License-Identifier: GPL-3.0-or-later
# The common part of the scripts that start private servers: where the
# unpacked trees lie, free ports, certificates, waiting, and stopping.
# Read by the shell; $here is the folder of the script that reads it.
servers=${CULVER_SERVERS:-$here/../../build/servers}
mkdir -p "$servers" 2>/dev/null && servers=$(cd "$servers" && pwd)

# Exit status of a script that cannot run its server on this machine; the
# tests of that server are skipped with what it said.
SKIP=77

skip() {
	echo "$*" >&2
	exit $SKIP
}

fail() {
	echo "$*" >&2
	exit 1
}

need() {
	for tool in "$@"; do
		command -v "$tool" >/dev/null || skip "$tool is missing"
	done
}

# free_ports N: so many ports of 127.0.0.1 that nobody listens on.
free_ports() {
	perl -MSocket -e '
		for (1 .. shift) {
			socket(my $s, PF_INET, SOCK_STREAM, 0) or die;
			bind($s, pack_sockaddr_in(0, INADDR_LOOPBACK)) or die;
			push @kept, $s;
			print +(unpack_sockaddr_in(getsockname($s)))[0], "\n";
		}' "$1"
}

# choose_ports: $port and $tls_port, those that $dir had before or free ones.
choose_ports() {
	if [ -e "$dir/env" ]; then
		port=$(sed -n 's/^PORT=//p' "$dir/env")
		tls_port=$(sed -n 's/^TLSPORT=//p' "$dir/env")
	else
		# shellcheck disable=SC2046  # two words
		set -- $(free_ports 2)
		port=$1 tls_port=$2
	fi
}

# answers PORT: does a greeting come?
answers() {
	perl -MSocket -e '
		socket(my $s, PF_INET, SOCK_STREAM, 0) or exit 1;
		connect($s, pack_sockaddr_in(shift, INADDR_LOOPBACK)) or exit 1;
		my $r = ""; vec($r, fileno($s), 1) = 1;
		select($r, undef, undef, 2) or exit 1;
		exit !(sysread($s, $line, 4) == 4 && $line eq "* OK");' "$1"
}

# open_port PORT: does somebody listen there?
open_port() {
	perl -MSocket -e '
		socket(my $s, PF_INET, SOCK_STREAM, 0) or exit 1;
		exit !connect($s, pack_sockaddr_in(shift, INADDR_LOOPBACK));' "$1"
}

# logs_in PORT: may user log in there, in the clear?
logs_in() {
	perl -MIO::Socket::INET -e '
		alarm 5;
		my $s = IO::Socket::INET->new("127.0.0.1:" . shift) or exit 1;
		print $s "a LOGIN user pass\r\n";
		while (<$s>) { exit !/^a OK/ if /^a /; }
		exit 1;' "$1"
}

# wait_for SECONDS COMMAND...: until it is true.
wait_for() {
	wait_until=$(($(date +%s) + $1))
	shift
	until "$@" 2>/dev/null; do
		[ "$(date +%s)" -lt $wait_until ] || return 1
		sleep 0.05
	done
}

# certificates DIR: ca.pem, server.pem and server.key for localhost and
# 127.0.0.1, expired.pem with the same key, and client.pem, the certificate of
# "user" with its key.
certificates() {
	[ -e "$1/server.pem" ] && return
	mkdir -p "$1"
	(
		cd "$1" || exit 1
		cat >ext <<-E
		subjectAltName=DNS:localhost,IP:127.0.0.1
		extendedKeyUsage=serverAuth
		keyUsage=digitalSignature
		basicConstraints=CA:FALSE
		E
		openssl ecparam -name prime256v1 -genkey -noout -out ca.key
		openssl req -x509 -new -key ca.key -subj "/CN=culver test CA" \
			-days 3650 -out ca.pem \
			-addext basicConstraints=critical,CA:TRUE \
			-addext keyUsage=critical,keyCertSign,cRLSign
		openssl ecparam -name prime256v1 -genkey -noout -out server.key
		openssl req -new -key server.key -subj /CN=localhost \
			-out server.csr
		openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key \
			-set_serial 2 -days 800 -extfile ext -out server.pem
		openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key \
			-set_serial 3 -days -1 -extfile ext -out expired.pem ||
			rm -f expired.pem
		openssl ecparam -name prime256v1 -genkey -noout -out client.key
		openssl req -new -key client.key -subj /CN=user -out client.csr
		echo extendedKeyUsage=clientAuth >client.ext
		openssl x509 -req -in client.csr -CA ca.pem -CAkey ca.key \
			-set_serial 4 -days 800 -extfile client.ext \
			-out client.crt
		cat client.key client.crt >client.pem
		cat server.key server.pem >both.pem
		chmod 644 ./*.pem server.key
	) >"$1/log" 2>&1 || fail "openssl cannot make the certificates:" \
		"$(tail -n 3 "$1/log")"
}

# leader DIR PID: remembers what stop has to end.
leader() {
	echo "$2" >"$1/pid"
}

# A group of processes, or its leader that has just begun.
group_lives() {
	kill -s 0 -- "-$1" 2>/dev/null || kill -0 "$1" 2>/dev/null
}

group_is_gone() {
	! group_lives "$1"
}

# stop DIR: ends the server and everything it started.
stop() {
	[ -s "$1/pid" ] || return 0
	pid=$(cat "$1/pid")
	kill -s TERM -- "-$pid" 2>/dev/null || :
	wait_for 1 group_is_gone "$pid" || {
		kill -s KILL -- "-$pid" 2>/dev/null || :
		wait_for 5 group_is_gone "$pid" || :
	}
	rm -f "$1/pid"
}

# accounts ETC: the users root and $nobody there, by the names that the
# servers look for.
nobody=65534
accounts() {
	rm -f "$1/passwd" "$1/group" "$1/nsswitch.conf"
	{
		echo "root:x:0:0::/:/bin/sh"
		for name in nobody cyrus courier vmail; do
			echo "$name:x:$nobody:$nobody::/:/bin/sh"
		done
	} >"$1/passwd"
	{
		echo root:x:0:
		for name in nogroup cyrus mail sasl courier vmail; do
			echo "$name:x:$nobody:"
		done
	} >"$1/group"
	printf 'passwd: files\ngroup: files\nhosts: files\n' \
		>"$1/nsswitch.conf"
}

# private_root NAME: $root, a root directory for a server whose paths are
# compiled in; DIR is /data there. It is the unpacked tree where that is a
# whole system, else what ./root makes of this one and the tree.
private_root() {
	need unshare pivot_root mount setpriv
	namespaces="--mount --pid --fork --kill-child"
	[ "$(id -u)" -eq 0 ] || namespaces="--user --map-root-user $namespaces"
	# shellcheck disable=SC2086  # a list of words
	unshare $namespaces true 2>/dev/null ||
		skip "the kernel does not allow namespaces (unshare)"
	root=$dir/root tree=$servers/$1
	if [ -d "$tree/host" ]; then
		root=$tree
		return
	fi
	rm -rf "$root"
	"$here/root" "$tree" "$root" || fail "cannot make $root"
	chmod 755 "$root"
	accounts "$root/etc"
}

# in_root COMMAND...: runs it there. All it starts ends with it. With $as set
# to "nobody" it is that user, who in a namespace of an ordinary user is that
# user again, by another name.
in_root() {
	# shellcheck disable=SC2086
	unshare $namespaces sh -c '
		root=$1 tree=$2 dir=$3 as=$4 nobody=$5
		shift 5
		ulimit -n 1024	# who closes them all takes long with more
		mount --make-rprivate / 2>/dev/null
		mount --rbind "$root" "$root" &&
			mount --bind "$dir" "$root/data" || exit
		if [ "$tree" != "$root" ]; then
			mount --bind "$tree" "$root/tree" || exit
		else	# nobody else sees what is written there
			mount --rbind /dev "$root/dev" &&
				mount -t tmpfs none "$root/tmp" &&
				mount -t tmpfs none "$root/run" || exit
		fi
		mount -t proc proc "$root/proc" 2>/dev/null ||
			mount --rbind /proc "$root/proc"
		cd "$root" && pivot_root . host && cd / || exit
		[ "$as" = nobody ] || exec "$@"
		setpriv --reuid "$nobody" --regid "$nobody" --clear-groups \
			true 2>/dev/null && exec setpriv --reuid "$nobody" \
			--regid "$nobody" --clear-groups "$@"
		exec unshare --user --map-user="$nobody" \
			--map-group="$nobody" "$@"' \
		sh "$root" "$tree" "$dir" "${as:-root}" "$nobody" "$@"
}

# detach COMMAND...: in_root, in the background, for stop.
detach() {
	namespaces=$namespaces root=$root tree=$tree dir=$dir here=$here \
		as=${as:-root} setsid timeout -k 5 "$lifetime" sh -c '
		. "$here/lib.sh"
		in_root env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"' \
		sh "$@" >"$dir/out" 2>&1 </dev/null &
	leader "$dir" $!
}

# await NAME: until the server in $dir answers at $port and $tls_port; then
# DIR/env tells where it is.
await() {
	gone_or_up() {
		! group_lives "$(cat "$dir/pid")" || answers "$port"
	}
	wait_for 20 gone_or_up && group_lives "$(cat "$dir/pid")" &&
		wait_for 5 open_port "$tls_port" || {
		stop "$dir"
		fail "$1 does not start: $(tail -n 5 "$dir/out")"
	}
	cat >"$dir/env" <<-E
	HOST=127.0.0.1
	PORT=$port
	TLSPORT=$tls_port
	USER=user
	PASSWORD=pass
	CA=$dir/tls/ca.pem
	E
}

# Nobody's server outlives the tests for long, whatever becomes of them.
lifetime=${LIFETIME:-3600}
