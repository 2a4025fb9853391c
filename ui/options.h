/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The screen's options, typed: see options.def. */
#ifndef CULVER_UI_OPTIONS_H
#define CULVER_UI_OPTIONS_H

#include "src/rc/option.h"

struct ui_options {
#define OPTION(type, name, ...) OPTION_MEMBER_##type name;
#include "ui/options.def"
#undef OPTION
};

/* Global values. */
const struct ui_options *ui_options(void);
/* Of a mailbox's set, say; NULL: global. */
const struct ui_options *ui_options_of(const struct option_set *set);
/* For options_register(). */
const struct option_row *ui_option_rows(size_t *n_out);

#endif
