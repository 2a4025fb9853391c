/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/base/error.h"

#define DOMAIN(name)                                                       \
	GQuark name##_error_quark(void)                                    \
	{                                                                  \
		return g_quark_from_static_string("culver-" #name);        \
	}

DOMAIN(net)
DOMAIN(tls)
DOMAIN(imap)
DOMAIN(cache)
DOMAIN(mime)
DOMAIN(mail)
DOMAIN(option)
DOMAIN(cmd)
