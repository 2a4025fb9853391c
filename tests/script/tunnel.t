#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A command as the way to the server: logged in already, or with a log-in;
# what it says when it fails, and that nothing of it is left behind.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tests/script/tap.sh"

dir=$(mktemp -d /tmp/culver-script.XXXXXX) || exit 1
finish() {
	trap '' INT TERM HUP
	REMOVE=1 "$top/tests/servers/dovecot" stop "$dir"
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP
"$top/tests/servers/dovecot" start "$dir" 2>"$dir/why"
case $? in
0) ;;
77) skip_all "dovecot: $(tail -n 1 "$dir/why")" ;;
*) bail "$(cat "$dir/why")" ;;
esac
"$top/tests/servers/fill" "$dir" >"$dir/count" || bail "cannot fill dovecot"
. "$dir/env"

# by TUNNEL COMMAND...: in batch mode, through that command.
by() {
	cat >"$dir/rc" <<-E
	account far {
	    set tunnel = "$1"
	    set user = user
	    set password = ${secret:-pass}
	    set timeout_ms = ${limit:-20000}
	}
	E
	shift
	for command in "$@"; do
		set -- "$@" -e "$command"
		shift
	done
	HOME=$dir/home XDG_CACHE_HOME=$dir/cache XDG_STATE_HOME=$dir/state \
		XDG_CONFIG_HOME=$dir/config timeout 60 \
		"$top/culver" -n -F "$dir/rc" --trace "$dir/trace" --batch \
		"$@" >"$dir/out" 2>"$dir/err" </dev/null
}

says() {
	grep -qF -- "$1" "$dir/out"
}

# fails WHAT TUNNEL PATTERN
fails() {
	by "$2" folders
	is "$1: status" $? 3
	is "$1: one line" "$(wc -l <"$dir/err" | tr -d ' ')" 1
	check "$1: says why" grep -q -- "$3" "$dir/err"
}

inside="sh -c 'echo starting >&2; exec $top/tests/servers/tunnel $dir'"
check 'PREAUTH: folders' by "$inside" folders
check 'PREAUTH: all of them' says '"Archive"'
check 'PREAUTH: messages' by "$inside" 'open INBOX' 'messages ~A' \
	"flag '\\Flagged' ~u 2"
check 'PREAUTH: a flag is set' says '"changed":1'
check 'PREAUTH: no log-in' \
	sh -c '! grep -q "AUTHENTICATE\|LOGIN <hidden>" "$1"' sh "$dir/trace"
check 'PREAUTH: what it says is in the trace' grep -q 'starting' "$dir/trace"

relay="$top/tests/script/relay $PORT"
check 'log-in: folders' by "$relay" folders
check 'log-in: took place' grep -q AUTHENTICATE "$dir/trace"
check 'log-in: no STARTTLS' sh -c '! grep -q " STARTTLS$" "$1"' sh "$dir/trace"
secret=wrong
fails 'a wrong password' "$relay" 'wrong password'
secret=pass

fails 'no such host' \
	"sh -c 'echo trying >&2; echo ssh: no such host >&2; exit 255'" \
	"the tunnel 'sh' ended: ssh: no such host"
fails 'without a word' "sh -c 'exit 7'" "the tunnel 'sh' ended with status 7"
fails 'no such program' /nosuch/program "cannot run the tunnel 'program'"
fails 'not an IMAP server' 'echo 220 hello' 'not an IMAP server'
limit=500
fails 'silence' "sh -c 'echo asking for a key >&2; sleep 1000'" \
	"does not answer; the tunnel 'sh' said: asking for a key"
limit=20000

# What it started ends with it.
by "sh -c 'echo \$\$ >$dir/pid; exec 3<&0; $relay <&3 & wait'" folders
is 'a group of processes: status' $? 0
tries=0
while kill -0 "-$(cat "$dir/pid")" 2>/dev/null && [ $tries -lt 100 ]; do
	sleep 0.1
	tries=$((tries + 1))
done
check 'a group of processes: all gone' \
	sh -c '! kill -0 "-$1" 2>/dev/null' sh "$(cat "$dir/pid")"
done_testing
