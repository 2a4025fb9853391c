/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of the screen's options. */
#include "src/base/base.h"
#include "ui/options.h"

#include "ui/order.h"

static const struct option_row rows[] = {
/* One list, included twice: here as rows, in options.h as members. */
#define OPTION(option_type, member, ...) { .type = OPTION_##option_type, \
	.name = #member, .offset = offsetof(struct ui_options, member), \
	__VA_ARGS__ },
#include "ui/options.def"
#undef OPTION
};

const struct ui_options *ui_options(void)
{
	return options_registered_values(options_global());
}

const struct ui_options *ui_options_of(const struct option_set *set)
{
	return set ? options_registered_values(set) : ui_options();
}

const struct option_row *ui_option_rows(size_t *n_out)
{
	*n_out = G_N_ELEMENTS(rows);
	return rows;
}
