#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Does every line of tests/imap/CHECKLIST have its tests, and is each line from
# 1 to 30 there, once?
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
list=$here/../imap/CHECKLIST
tab=$(printf '\t')

has_tests() {
	[ -n "$1" ] || return
	for file in $1; do
		case $file in
		*/*) path=$here/../$file ;;
		*) path=$here/../imap/$file ;;
		esac
		[ -s "$path" ] || { echo "# no $file"; return 1; }
	done
}

is "lines 1 to 30" "$(sed -n "s/^\([0-9][0-9]*\)$tab.*/\1/p" "$list" |
	tr '\n' ' ')" "$(seq -s ' ' 1 30) "
while IFS=$tab read -r number what files; do
	case $number in
	\#*) continue ;;
	esac
	check "$number: $what" has_tests "$files"
done <"$list"
done_testing
