/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"

void source_clear(guint *id)
{
	if (*id != 0)
		g_source_remove(*id);
	*id = 0;
}
