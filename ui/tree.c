/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "ui/tree.h"

#include "ui/options.h"
#include "ui/text.h"

enum { LEVELS_MAX = 64 };

/* Levels that leave three quarters of the screen to the rest. */
static uint32_t levels_for(int columns, bool is_narrow)
{
	return (uint32_t)CLAMP(columns / (is_narrow ? 4 : 8), 2, LEVELS_MAX);
}

/* How a row hangs on the one above: by its subject alone, as another copy of
 * it, or on one that is not there. */
static const char *bond(const struct lineup_place *place,
	const struct ui_options *options)
{
	bool hides = place->bits & LINEUP_BEGINS_THREAD
		? options->hide_top_missing : options->hide_missing;

	if (place->bits & LINEUP_IS_COPY)
		return "=";
	if (place->bits & LINEUP_BY_SUBJECT)
		return "*";
	if (place->bits & LINEUP_LACKS_PARENT && !hides)
		return "?";
	return NULL;
}

static const char *corner(const struct lineup_place *place)
{
	bool begins = place->bits & LINEUP_BEGINS_THREAD;

	if (place->bits & LINEUP_HAS_NEXT)
		return begins ? text_sign("┌", ",") : text_sign("├", "|");
	return text_sign("└", "`");
}

static void append_branches(GString *out, const struct lineup_place *place,
	const bool *has_next, uint32_t n, const struct ui_options *options)
{
	const char *sign = bond(place, options);

	for (uint32_t k = n; k-- > 1;) {
		g_string_append(out, has_next[k] ? text_sign("│", "|") : " ");
		if (!options->narrow_tree)
			g_string_append_c(out, ' ');
	}
	g_string_append(out, corner(place));
	if (sign || !options->narrow_tree)
		g_string_append(out, sign ? sign : text_sign("─", "-"));
	g_string_append_c(out, '>');
}

static void append_fold(GString *out, const struct listing *listing, uint32_t i)
{
	g_string_append_printf(out, "%s [%u] ", text_sign("▸", "+"),
		listing_n_folded(listing, i) + 1);
}

bool tree_append(GString *out, const struct listing *listing, uint32_t i,
	int columns)
{
	const struct ui_options *options = ui_options_of(
		mailbox_options(listing_mailbox(listing)));
	const struct lineup_place *place = listing_thread(listing, i);
	uint32_t max = levels_for(columns, options->narrow_tree), n;
	bool has_next[LEVELS_MAX + 1];

	if (!place)
		return true;
	n = listing_tree(listing, i, max + 1, has_next);
	if (n > max)
		g_string_append(out, text_sign("…", "~"));
	if (n > 0)
		append_branches(out, place, has_next, MIN(n, max), options);
	if (listing_is_folded(listing, i))
		append_fold(out, listing, i);
	return n == 0 || !options->hide_thread_subject ||
		!(place->bits & LINEUP_SAME_SUBJECT);
}
