#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Courier has no SASL-IR, and its OK to the log-in names no capabilities: they
# are known from the time before, and asked for beside other things.
server=courier
mechanisms="CRAM-MD5 PLAIN"
. "$(dirname "$0")/signin.sh"

# alone: CAPABILITY is answered before anything else of the session is sent.
alone() {
	awk '/ OK .*LOGIN|C: .*<hidden>/ { in_now = 1 }
		in_now && /C: A[0-9]* CAPABILITY/ { asked = 1 }
		asked && /C: A[0-9]* NAMESPACE/ { exit 1 }
		asked && /S: \* CAPABILITY/ { exit 0 }' "$dir/trace"
}

account "set auth = plain" "set password = $PASSWORD"
rm -rf "$dir/cache"
check "first contact: comes in" batch folders
check "first contact: capabilities are asked for" alone
check "again: comes in" batch folders
check "again: they are known" [ "$(alone; echo $?)" -eq 1 ]
done_testing
