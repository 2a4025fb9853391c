# SPDX-License-Identifier: GPL-3.0-or-later
# TAP for tests that are shell scripts.
tap_number=0
tap_failed=0

result() {
	tap_number=$((tap_number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_number - $2"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_number - $2"
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
	echo "1..$tap_number"
	[ $tap_failed -eq 0 ]
	exit
}
