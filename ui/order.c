/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options to an order. See order.h. */
#include "src/base/base.h"
#include "ui/order.h"

#include "ui/options.h"
#include "ui/view.h"

static unsigned listener;

bool order_validate_sort(const char *value, GError **error)
{
	struct lineup_key key;

	/* With use_threads it orders threads, which may be by their last. */
	return lineup_key_parse(value, true, &key, NULL) ||
		lineup_key_parse(value, false, &key, error);
}

bool order_validate_aux(const char *value, GError **error)
{
	struct lineup_key key;

	return lineup_key_parse(value, true, &key, error);
}

/* sort or sort_aux; both have been validated. */
static struct lineup_key parse(const char *value)
{
	struct lineup_key key = { .field = LINEUP_ARRIVAL };

	if (!lineup_key_parse(value, true, &key, NULL))
		(void)lineup_key_parse(value, false, &key, NULL);
	return key;
}

/* As .choices of the row has them. */
enum { BY_SORT, FLAT, NO_THREADS, REVERSE, THREADS, YES_THREADS };

/* neomutt says apart whether there are threads; then its sort orders them. */
static void use_threads(struct lineup_order *order, int use)
{
	bool has_threads = order->sort.field == LINEUP_THREADS;

	if (use == FLAT || use == NO_THREADS) {
		if (has_threads)
			order->sort = order->aux;
		order->sort.is_last = false;
	} else if (use != BY_SORT) {
		if (!has_threads)
			order->aux = order->sort;
		order->sort = (struct lineup_key){ .field = LINEUP_THREADS,
			.is_reverse = use == REVERSE };
	}
}

void order_of(const struct option_set *set, struct listing_order *order_out)
{
	const struct ui_options *options = ui_options_of(set);

	*order_out = (struct listing_order){
		.order = { parse(options->sort), parse(options->sort_aux) },
		.joins_subjects = !options->strict_threads,
		.needs_re = options->sort_re,
		.joins_by_received = options->thread_received,
		.folds_unread = options->collapse_unread,
		.folds_flagged = options->collapse_flagged,
		.unfolds_new = options->uncollapse_new,
	};
	use_threads(&order_out->order, options->use_threads);
}

static void on_option(const struct option_row *row, struct option_set *set,
	void *data)
{
	static const char *const names[] = { "collapse_flagged",
		"collapse_unread", "sort", "sort_aux", "sort_re",
		"strict_threads", "thread_received", "uncollapse_new",
		"use_threads", NULL };
	struct view *view = view_current();
	struct listing_order order;

	(void)set;
	(void)data;
	if (view == NULL || view->listing == NULL ||
		!g_strv_contains(names, row->name))
		return;
	order_of(mailbox_options(view->mailbox), &order);
	listing_set_order(view->listing, &order);
}

void order_start(void)
{
	listener = option_listen(NULL, on_option, NULL);
}

void order_stop(void)
{
	option_unlisten(listener);
}
