#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A Dovecot that announces nothing but IMAP4rev1: every fallback at once.
server=dovecot
EXTRA=$(dirname "$0")/dovecot-poor.conf
export EXTRA
. "$(dirname "$0")/suite.sh"
