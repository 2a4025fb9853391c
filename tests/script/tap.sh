# SPDX-License-Identifier: GPL-3.0-or-later
# TAP for tests that are shell scripts.
number=0
failed=0

result() {
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number - $2"
	else
		failed=$((failed + 1))
		echo "not ok $number - $2"
	fi
}

# check WHAT COMMAND...: does it succeed? Shows what culver said if not.
check() {
	what=$1
	shift
	if "$@"; then
		result 0 "$what"
	else
		result 1 "$what"
		[ ! -s "${dir:-}/err" ] || sed 's/^/# /' "$dir/err"
	fi
}

# is WHAT GOT WANTED
is() {
	[ "$2" = "$3" ]
	result $? "$1"
	[ "$2" = "$3" ] || echo "# got '$2', not '$3'"
}

skip_all() {
	echo "ok 1 - ${0##*/} # SKIP $*"
	echo 1..1
	exit 0
}

bail() {
	echo "not ok 1 - ${0##*/}: $*"
	echo 1..1
	exit 1
}

done_testing() {
	echo "1..$number"
	[ $failed -eq 0 ]
	exit
}
