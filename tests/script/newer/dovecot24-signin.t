#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Channel binding by tls-exporter.
server=dovecot24
mechanisms="SCRAM-SHA-256-PLUS SCRAM-SHA-1-PLUS SCRAM-SHA-256 SCRAM-SHA-1 \
CRAM-MD5 PLAIN"
top=$(cd "$(dirname "$0")/../../.." && pwd)
. "$top/tests/script/dovecot-signin.t"
