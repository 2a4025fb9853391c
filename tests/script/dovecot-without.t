#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A server that announces all it can, and a culver that uses none of it.
server=dovecot WITHOUT=1
. "$(dirname "$0")/suite.sh"
