#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A server that announces all it can, and a culver that uses none of it.
server=cyrus310 WITHOUT=1
top=$(cd "$(dirname "$0")/../../.." && pwd)
. "$top/tests/script/suite.sh"
