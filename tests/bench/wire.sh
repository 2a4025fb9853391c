# SPDX-License-Identifier: GPL-3.0-or-later
# For sh: a private Dovecot with a generated INBOX, and culver at it through
# proxy.c. Needs build=, the folder of the tools. What the proxy counted of the
# last run is in $report, see proxy.c.
top=$(cd "$(dirname "$0")/../.." && pwd)
dir=$(mktemp -d)
report=$dir/report
auth=plain
proxy=

# wire_start COUNT: messages 1 .. COUNT.
wire_start() {
	"$top/tests/servers/dovecot" start "$dir/server" >&2 || return
	. "$dir/server/env"
	"$top/tests/servers/dovecot" stop "$dir/server" >&2
	mkdir -p "$MAILDIR"
	"$build/mailbox" "$MAILDIR" "$1"
	[ "$(id -u)" -ne 0 ] || chown -R nobody "$MAILDIR"
	"$top/tests/servers/dovecot" start "$dir/server" >&2 || return
	. "$dir/server/env"
}
wire_stop() {
	[ -z "$proxy" ] || kill "$proxy" 2>/dev/null || :
	REMOVE=1 "$top/tests/servers/dovecot" stop "$dir/server" >/dev/null 2>&1 ||
		:
	rm -rf "$dir"
}

# write_rc PORT
write_rc() {
	cat >"$dir/rc" <<-E
	account wire {
	    set url = "imap://$USER@127.0.0.1:$1/"
	    set password = "$PASSWORD"
	    set tls = none
	    set auth = $auth
	    set imap_disable = "${disable:-}"
	    set delete_mode = ${delete_mode:-auto}
	}
	E
}

proxy_start() {
	rm -f "$dir/port"
	mkfifo "$dir/port"
	"$build/proxy" "$PORT" "${DELAY:-30}" "$report" >"$dir/port" &
	proxy=$!
	read -r port <"$dir/port"
	write_rc "$port"
}
proxy_stop() {
	kill "$proxy"
	wait "$proxy" || :
	proxy=
}

# home NAME COMMAND...: with a cache of that name.
home() {
	name=$dir/$1
	shift
	mkdir -p "$name"
	env HOME="$name" XDG_CONFIG_HOME="$name/config" \
		XDG_CACHE_HOME="$name/cache" XDG_STATE_HOME="$name/state" "$@"
}
forget() { rm -rf "$dir/here"; }

# through COMMAND...: on a terminal of bench.c.
through() {
	proxy_start
	home here "$@" -- "$top/culver" -F "$dir/rc"
	proxy_stop
}

# batch NAME COMMAND...
batch() {
	name=$1
	shift
	for command in "$@"; do
		set -- "$@" -e "$command"
		shift
	done
	home "$name" "$top/culver" -F "$dir/rc" --batch "$@" >"$dir/out"
}
through_batch() {
	proxy_start
	batch here "$@"
	proxy_stop
}
# Another client, straight to the server.
elsewhere() {
	delete_mode=mark
	write_rc "$PORT"
	delete_mode=
	batch there "$@"
}

# The number of the first flight with one of these words.
first_flight() {
	awk -F'\t' -v words="^($1)$" '{
		n = split($6, word, " ")
		for (i = 1; i <= n; i++)
			if (word[i] ~ words) {
				print $2
				exit
			}
	}' "$report"
}

# counted FIELD WORDS: its sum over the flights with one of the words; "flights"
# is how many there are.
counted() {
	awk -F'\t' -v field="$1" -v words="^($2)$" '{
		n = split($6, word, " ")
		for (i = 1; i <= n; i++)
			if (word[i] ~ words) {
				sum += field == "flights" ? 1 : $field
				break
			}
	} END { print sum + 0 }' "$report"
}
total() { awk -F'\t' -v f="$1" '{ n += $f } END { print n }' "$report"; }
