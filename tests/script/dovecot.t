#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
server=dovecot
. "$(dirname "$0")/suite.sh"
