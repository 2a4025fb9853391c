#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Cyrus offers channel binding by tls-unique, which TLS 1.3 does not have: what
# is refused once goes on without, and the cache knows it the next time.
server=cyrus
mechanisms="SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 PLAIN"
. "$(dirname "$0")/signin.sh"
account "set password = $PASSWORD"
rm -rf "$dir/cache"
check "channel binding: comes in" batch folders
check "channel binding: was tried" took SCRAM-SHA-256-PLUS
check "channel binding: then without" took SCRAM-SHA-256
check "again: comes in" batch folders
check "again: at once without" [ "$(grep -c 'C: .*AUTHENTICATE' \
	"$dir/trace")" -eq 1 ]
done_testing
