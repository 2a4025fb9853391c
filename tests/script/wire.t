#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Round trips and commands, as a proxy counts them between culver and Dovecot:
# they depend on no machine, so they are tests. See tests/bench/README.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tests/script/tap.sh"
build=$top/$(cat "$top/build/mode")/tests/bench
[ -x "$build/proxy" ] && [ -x "$build/mailbox" ] ||
	skip_all "tests/bench is not built"
. "$top/tests/bench/wire.sh"
trap wire_stop EXIT
trap 'exit 1' INT TERM HUP
wire_start 10000 2>"$dir/err"
case $? in
0) ;;
77) skip_all "dovecot: $(tail -n 1 "$dir/err")" ;;
*) bail "$(cat "$dir/err")" ;;
esac

# The flight with SELECT, and how many further ones until its rows come.
select_and_rows() {
	select=$(first_flight SELECT)
	echo "$select" $(($(first_flight '(UID-)?FETCH-ROWS') - select))
}

through_batch 'open INBOX'
is "first contact: log-in, SELECT, the newest rows" "$(select_and_rows)" "2 1"
is "ENABLE, NAMESPACE and ID go with SELECT" \
	"$(first_flight ENABLE) $(first_flight NAMESPACE) $(first_flight ID)" \
	"2 2 2"
through_batch 'open INBOX' sync
through_batch 'open INBOX'
is "later: the rows in SELECT's own flight" "$(select_and_rows)" "2 0"
is "and nothing is asked twice" "$(counted flights 'FETCH-ROWS|UID-SEARCH')" 0

elsewhere 'open INBOX' 'flag \Flagged ~m 1-1000' \
	'delete ~s "message 2[0-9][0-9]7$"' expunge
through_batch 'open INBOX'
is "changes of 1100 messages come with SELECT" "$(select_and_rows)" "2 0"
is "none of them is asked for" "$(counted flights 'FETCH-ROWS|UID-SEARCH')" 0

auth=scram-sha-256
through_batch 'open INBOX'
is "SCRAM takes two flights more" "$(select_and_rows)" "4 0"
auth=plain

through_batch 'open INBOX' sync 'delete ~s "message [0-9]*5$" !~D'
is "1000 scattered messages are deleted" "$(tail -n 1 "$dir/out")" \
	'{"command":"delete","changed":1000}'
is "by one command in one flight" \
	"$(counted flights UID-MOVE) $(counted 3 UID-MOVE)" "1 1"
through_batch 'open INBOX' 'status Trash'
is "they are in the Trash" "$(grep -o '"messages":1000' "$dir/out")" \
	'"messages":1000'
done_testing
