# SPDX-License-Identifier: GPL-3.0-or-later
# Signing in to a real server by each mechanism, with the right password and a
# wrong one. A test says `server=NAME` and `mechanisms="NAME ..."`, reads this
# file, and ends with done_testing.
set -u
top=${top:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$top/tests/script/tap.sh"

dir=$(mktemp -d /tmp/culver-script.XXXXXX) || exit 1
finish() {
	trap '' INT TERM HUP
	REMOVE=1 "$top/tests/servers/$server" stop "$dir"
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

"$top/tests/servers/$server" start "$dir" 2>"$dir/why"
case $? in
0) ;;
77) skip_all "$server: $(tail -n 1 "$dir/why")" ;;
*) bail "$(cat "$dir/why")" ;;
esac
. "$dir/env"

# account LINE...: an account with these settings beside the server's.
account() {
	{
		echo "account lab {"
		echo "    set url = imaps://$USER@$HOST:$TLSPORT/"
		echo "    set tls_ca_file = $CA"
		for line in "$@"; do
			echo "    $line"
		done
		echo "}"
	} >"$dir/rc"
}

# batch COMMAND...: with a trace of this run alone.
batch() {
	rm -f "$dir/trace"
	for command in "$@"; do
		set -- "$@" -e "$command"
		shift
	done
	HOME=$dir/home XDG_CACHE_HOME=$dir/cache XDG_STATE_HOME=$dir/state \
		XDG_CONFIG_HOME=$dir/config timeout 60 \
		"$top/culver" -F "$dir/rc" --trace "$dir/trace" --batch "$@" \
		>"$dir/out" 2>"$dir/err" </dev/null
}

# took MECHANISM: was it by that one that we came in?
took() {
	grep -q "C: A[0-9]* AUTHENTICATE $1 <hidden>" "$dir/trace"
}

# in_by MECHANISM WHAT: folders come, by that mechanism.
in_by() {
	check "$2: comes in" batch folders
	check "$2: by $1" took "$1"
}

# out WHAT WORDS: exit status 3, and one line, in which these words are.
out() {
	batch folders
	is "$1: exit status" $? 3
	check "$1: one line" [ "$(wc -l <"$dir/err")" -eq 1 ]
	check "$1: says so" grep -qF -- "$2" "$dir/err"
}

# hides WORD: it is nowhere in the trace, as it is or in base64.
hides() {
	! grep -qF -e "$1" -e "$(printf %s "$1" | openssl base64 -A |
		tr -d =)" "$dir/trace"
}

for mechanism in $mechanisms; do
	account "set auth = $mechanism" "set password = $PASSWORD"
	in_by "$mechanism" "$mechanism"
	account "set auth = $mechanism" "set password = wr0ng-passw0rd"
	out "$mechanism, wrong password" "wrong password for '$USER'"
	check "$mechanism: the trace hides it" hides wr0ng-passw0rd
done
account "set auth = login" "set password = $PASSWORD"
check "LOGIN: comes in" batch folders
check "LOGIN: by the command" grep -q 'C: A[0-9]* LOGIN <hidden>' "$dir/trace"

# A refused password is not tried in another way.
account "set password = wrong"
out "strongest, wrong password" "wrong password for '$USER'"
weaker=$(grep -c ' C: .*\(LOGIN\|AUTHENTICATE PLAIN\)' "$dir/trace")
is "strongest, wrong password: in no weaker way" "$weaker" 0
