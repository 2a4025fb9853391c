#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# By a proxy, which is told the name of the server; and accounts side by side,
# of which some are not to be reached.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tests/script/tap.sh"

dir=$(mktemp -d /tmp/culver-script.XXXXXX) || exit 1
finish() {
	trap '' INT TERM HUP
	exec 3>&-
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
. "$dir/env"
mkfifo "$dir/in"
"$top/tests/script/socks" "$TLSPORT" "$dir/asked" <"$dir/in" >"$dir/port" &
exec 3>"$dir/in"
tries=0
while [ ! -s "$dir/port" ] && [ $tries -lt 100 ]; do
	sleep 0.1
	tries=$((tries + 1))
done
proxy=127.0.0.1:$(cat "$dir/port")

# culver WORD...: with the rc, in batch mode.
culver() {
	HOME=$dir/home XDG_CACHE_HOME=$dir/cache XDG_STATE_HOME=$dir/state \
		XDG_CONFIG_HOME=$dir/config timeout 60 "$top/culver" -n \
		-F "$dir/rc" --batch "$@" >"$dir/out" 2>"$dir/err" </dev/null
}

account() {
	cat >>"$dir/rc" <<-E
	account $1 {
	    set url = $2
	    set password = $PASSWORD
	    set tls_ca_file = $CA
	    set timeout_ms = 10000
	    ${3:-}
	}
	E
}

# --- a proxy ------------------------------------------------------------------

: >"$dir/rc"
account far imaps://user@localhost:4711/ \
	"set proxy = socks5://ann:p%40ss@$proxy"
check 'proxy: folders' culver -e folders
check 'proxy: all of them' grep -q '"Archive"' "$dir/out"
is 'proxy: is told the name' "$(head -n 1 "$dir/asked")" localhost:4711
check 'proxy: its password is not shown' culver -e 'set proxy?'
check 'proxy: nor anything of it' sh -c '! grep -q ann "$1"' sh "$dir/out"
culver --dump-options
check 'proxy: nor in all options' sh -c '! grep -q ann "$1"' sh "$dir/out"

: >"$dir/rc"
: >"$dir/asked"
account far user@nosuch.invalid "set proxy = socks5h://ann:p%40ss@$proxy"
culver -e folders
is 'proxy: a name that does not exist here' "$(head -n 1 "$dir/asked")" \
	imap.nosuch.invalid:993

: >"$dir/rc"
account far imaps://user@localhost:4711/ "set proxy = socks5://ann:x@$proxy"
culver -e folders
is 'proxy: wrong password: status' $? 3
check 'proxy: wrong password: told' grep -q 'the proxy refuses' "$dir/err"
echo 'account far { set proxy = http://localhost/ }' >>"$dir/rc"
culver --check-rc
is 'proxy: of another kind: status' $? 1
check 'proxy: of another kind: told' grep -q 'expected socks5://' "$dir/err"

# --- several accounts -----------------------------------------------------------

: >"$dir/rc"
account down imaps://user@127.0.0.1:1/
account work "imaps://user@$HOST:$TLSPORT/"
account wrong "imaps://user@$HOST:$TLSPORT/" 'set password = other'
culver -k -e 'open down/INBOX' -e 'open wrong/INBOX' -e 'open work/INBOX' \
	-e 'messages ~A'
is 'several: the status is of what failed' $? 3
check 'several: the one that works is open' \
	grep -q '"mailbox":"\(work/\)\?INBOX"' "$dir/out"
check 'several: one is down' grep -q "port 1: connection refused" "$dir/err"
check 'several: one has another password' grep -q 'wrong password' "$dir/err"
check 'several: alone it works' culver -e 'open work/INBOX'
is 'several: without a word of others' "$(cat "$dir/err")" ''
done_testing
