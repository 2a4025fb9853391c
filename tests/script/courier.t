#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
server=courier
. "$(dirname "$0")/suite.sh"
