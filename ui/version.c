/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "ui/version.h"

#include <curses.h>
#include <gnutls/gnutls.h>
#include <libxml/xmlversion.h>
#include <sqlite3.h>
#include <zlib.h>

char *version_text(void)
{
	return g_strdup_printf("culver %s\n"
		"glib %u.%u.%u\n"
		"gnutls %s\n"
		"libxml2 %s\n"
		"%s\n"
		"sqlite %s\n"
		"zlib %s\n",
		CULVER_VERSION,
		glib_major_version, glib_minor_version, glib_micro_version,
		gnutls_check_version(NULL), LIBXML_DOTTED_VERSION,
		curses_version(), SQLITE_VERSION, zlibVersion());
}
