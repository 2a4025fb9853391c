#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
server=dovecot245
top=$(cd "$(dirname "$0")/../../.." && pwd)
. "$top/tests/script/suite.sh"
