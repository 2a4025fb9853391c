/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Help of a screen, made from the command rows and the bindings. */
#ifndef CULVER_UI_HELP_H
#define CULVER_UI_HELP_H

#include "ui/context.h"
#include "ui/widget.h"

/* The keys of a screen in groups; typing narrows, Enter shows one whole. */
struct widget *help_new(enum context context);
/* The command palette: all commands that work there; Enter runs one. */
struct widget *help_palette_new(enum context context);

#endif
