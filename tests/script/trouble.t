#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Servers that are none, a broken rc, output that nobody takes: one sentence,
# the right exit status, and no octet of a stranger's raw on the terminal.
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$here/../..
. "$here/tap.sh"

dir=$(mktemp -d /tmp/culver-script.XXXXXX) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP

culver() {
	HOME=$dir/home XDG_CACHE_HOME=$dir/cache XDG_STATE_HOME=$dir/state \
		XDG_CONFIG_HOME=$dir/config timeout 60 "$top/culver" "$@"
}

# visit URL: opens its inbox; $dir/err and $status tell the rest.
visit() {
	culver -F /dev/null -e "account x { set url = $1; set password = p
		set timeout_ms = 1000; ${2:-} }" --batch -e 'open INBOX' \
		>"$dir/out" 2>"$dir/err" </dev/null
	status=$?
}

# refused WHAT PATTERN: exit status 3 and one clean line with PATTERN in it?
refused() {
	is "$1: status" "$status" 3
	is "$1: one line" "$(wc -l <"$dir/err" | tr -d ' ')" 1
	check "$1: says why" grep -q -- "$2" "$dir/err"
	is "$1: clean" "$(LC_ALL=C tr -d '\040-\176\200-\377\n' \
		<"$dir/err" | wc -c | tr -d ' ')" 0
}

# odd KIND PATTERN [OPTIONS [SCHEME]]: what is said of such a server?
odd() {
	mkfifo "$dir/in"
	"$here/odd-server" "$1" <"$dir/in" >"$dir/port" 2>"$dir/odd" &
	exec 3>"$dir/in"
	tries=0
	while [ ! -s "$dir/port" ] && [ $tries -lt 100 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
	visit "${4:-imap}://u@127.0.0.1:$(cat "$dir/port")/" "${3:-}"
	exec 3>&-
	wait
	rm -f "$dir/in" "$dir/port"
	refused "$1" "$2"
}

odd smtp 'not an IMAP server'
odd garbage 'not an IMAP server'
odd silent 'does not answer'
odd bye 'too many connections'
odd clear 'STARTTLS; not going on in the clear'
odd preauth 'not going on in the clear'
odd cut 'closed the connection'
odd cut 'TLS\|closed the connection' '' imaps
odd silent 'does not answer' '' imaps
odd mute 'does not answer' 'set tls = none'
visit imaps://u@127.0.0.1:1/
refused 'nothing listens' 'cannot connect'
visit imaps://u@nowhere.invalid/
refused 'no such host' 'nowhere.invalid'

# --- the rc -------------------------------------------------------------------

culver -F "$dir" --check-rc 2>"$dir/err"
is 'a folder asked for as rc' $? 2
mkdir -p "$dir/config/culver/culverrc"
culver --batch -e 'set timeout_ms?' >"$dir/out" 2>"$dir/err"
is 'a folder in its place: status' $? 0
check 'a folder in its place: told' grep -q 'culverrc:1:1:' "$dir/err"
rmdir "$dir/config/culver/culverrc"

cat >"$dir/rc" <<'R'
bind index x delete
bind index ,a { move =Archive; next }
set timeout_ms = 1234
set timeout_mss = 1
R
culver -F "$dir/rc" --batch -e 'set timeout_ms?' >"$dir/out" 2>"$dir/err"
is 'a broken rc: the rest is read' "$(cat "$dir/out")" \
	'{"option":"timeout_ms","value":"1234"}'
is 'a broken rc: where' "$(cut -c 1-"$((${#dir} + 8))" "$dir/err")" \
	"$dir/rc:4:5:"
culver -F "$dir/rc" --check-rc 2>"$dir/err"
is 'a broken rc: --check-rc' $? 1
head -c 20000 "$top/culver" >"$dir/rc"
culver -F "$dir/rc" --check-rc 2>"$dir/err"
is 'a program as rc' $? 1
awk 'BEGIN { for (i = 0; i < 50000; i++) printf "if version > 0 { " }' \
	>"$dir/rc"
culver -F "$dir/rc" --check-rc 2>"$dir/err"
is 'blocks without end' $? 1

# --- standard input and output ----------------------------------------------------

culver -F /dev/null </dev/null >"$dir/out" 2>"$dir/err"
is 'no terminal: status' $? 2
check 'no terminal: says what to do' grep -q -- --batch "$dir/err"
culver -F /dev/null --batch -e 'set timeout_ms?' >&- 2>"$dir/err"
is 'no standard output' $? 1
if [ -w /dev/full ]; then
	culver -F /dev/null --batch -e 'set timeout_ms?' >/dev/full \
		2>"$dir/err"
	is 'a full disk: status' $? 1
	check 'a full disk: told' grep -q 'cannot write' "$dir/err"
fi
done_testing
