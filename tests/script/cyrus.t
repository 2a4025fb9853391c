#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
server=cyrus
. "$(dirname "$0")/suite.sh"
