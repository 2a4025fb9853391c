#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Signing in with a ticket of a KDC, and what is done where it is no good.
server=kerberos
mechanisms=
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tests/script/signin.sh"
export KRB5_CONFIG KRB5CCNAME="FILE:$dir/tickets"

# of_realm PROGRAM WORD...: quietly.
of_realm() {
	"$top/tests/servers/kerberos" run "$dir" "$@" >"$dir/realm" 2>&1
}

# ticket USER [LIFETIME]: a new one, and no other.
ticket() {
	rm -f "$dir/tickets"
	echo "$PASSWORD" | of_realm kinit -l "${2:-1h}" "$1"
}

# short_ticket USER: one that has expired. It is good to the end of its second.
short_ticket() {
	ticket "$1" 1s || return
	end=$(($(date +%s) + 1))
	while [ "$(date +%s)" -le $end ]; do
		sleep 0.1
	done
	! of_realm klist -s
}

# as_named USER LINE...: an account of that user; tickets are for localhost.
as_named() {
	USER=$1
	shift
	account "$@"
	sed -i "s/@$HOST:/@localhost:/" "$dir/rc"
}

tried() {
	grep -q "C: A[0-9]* AUTHENTICATE GSSAPI" "$dir/trace"
}

untried() {
	! tried
}

# in_by_password WHAT: by the next best way.
in_by_password() {
	as_named user "set password = $PASSWORD"
	in_by SCRAM-SHA-256 "$1, password"
}

# left_out WHAT WHY: without a password there is no other way.
left_out() {
	as_named user "set auth = gssapi"
	out "$1, GSSAPI alone" "(GSSAPI: $2)"
	as_named user
	out "$1, no password" "no password for 'user' on 'localhost'"
}

nothing_shown() {
	! grep -Eq '(C|S): (\+ )?[A-Za-z0-9+/]{16,}=*$' "$dir/trace"
}

# --- with a ticket ------------------------------------------------------------
check "ticket" ticket user
as_named user "set auth = gssapi"
in_by GSSAPI "named"
check "named: the trace hides the exchange" nothing_shown
as_named user
in_by GSSAPI "by itself"
check "by itself: as the user that is named" \
	grep -q "Login: user=<user>, method=GSSAPI" "$dir/log"
as_named user "set password = $PASSWORD"
in_by GSSAPI "before a password"
as_named user 'set imap_disable = "SASL-IR"'
in_by GSSAPI "without SASL-IR"

# --- one that lets in somebody else -------------------------------------------
check "ticket of another" ticket other
left_out "ticket of another" "Authentication failed."
check "ticket of another: was shown" tried
in_by_password "ticket of another"

# --- none, an old one ---------------------------------------------------------
rm -f "$dir/tickets"
left_out "no ticket" "there is no ticket that is good here"
check "no ticket: nothing was sent" untried
in_by_password "no ticket"

check "expired ticket" short_ticket user
left_out "expired ticket" "there is no ticket that is good here"
check "expired ticket: nothing was sent" untried
in_by_password "expired ticket"

# --- one that the server cannot read: its key is an old one -------------------
of_realm kadmin.local -q "change_password -randkey imap/localhost"
check "ticket by a new key" ticket user
left_out "ticket by a new key" "Authentication failed."
check "ticket by a new key: was shown" tried
in_by_password "ticket by a new key"
done_testing
