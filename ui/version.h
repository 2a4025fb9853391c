/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What --version prints, and the V key. */
#ifndef CULVER_UI_VERSION_H
#define CULVER_UI_VERSION_H

/* "culver 0.1" and the libraries it runs with, one a line; g_free() it. */
char *version_text(void);

#endif
