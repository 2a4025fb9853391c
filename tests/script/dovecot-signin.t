#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
server=${server:-dovecot}
mechanisms=${mechanisms:-"SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 PLAIN"}
top=${top:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$top/tests/script/signin.sh"

# --- tokens: got by a command -------------------------------------------------
token=$top/tests/servers/token
for mechanism in OAUTHBEARER XOAUTH2; do
	account "set auth = $mechanism" "set token_command = '$token $USER'"
	in_by $mechanism "$mechanism"
	check "$mechanism: the trace hides the token" hides "$("$token" "$USER" |
		cut -d. -f1)"
	account "set auth = $mechanism" \
		"set token_command = '$token $USER 3600 other-key'"
	out "$mechanism, refused" \
		"the token of '$USER' was refused ("
	check "$mechanism, refused: renewed once" \
		[ "$(grep -c "C: .*AUTHENTICATE $mechanism" "$dir/trace")" -eq 2 ]
done

# Without a password the token is the way, and JSON is as good.
cat >"$dir/json" <<-E2
printf '{\n"access_token": "%s",\n"expires_in": 3600 }\n' \
	"\$($token $USER)"
E2
account "set token_command = 'sh $dir/json'"
in_by OAUTHBEARER "token as JSON"
account "set token_command = 'sh -c \"echo no browser >&2; exit 1\"'"
out "token command fails" "the token command 'sh' failed: no browser"
account "set token_command = 'echo please sign in first'"
out "token command prints something else" "printed no token"
account "set token_command = 'sh -c \"echo {}\"'"
out "token command prints other JSON" "no access_token"

# --- without a password -------------------------------------------------------
account "set tls_client_cert = $CLIENT"
in_by EXTERNAL "certificate"
account "set auth = anonymous"
in_by ANONYMOUS "anonymous"
done_testing
