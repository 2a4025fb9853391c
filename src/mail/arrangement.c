/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/arrangement-private.h"
#include "src/mail/private.h"

enum {
	NONE = ARRANGEMENT_NONE,
	NEWS_MAX = 1000,  /* messages at the end until the next lineup */
	GONE_MAX = 1000,  /* rows taken out one by one until then */
	NEAR = 512,       /* rows looked at first */
	TRAIL_MAX = 400,  /* rows remembered of the former order */
	GAP_MAX = 64,     /* and between two of them, that have gone */
};

struct arrangement *arrangement_new(struct mailbox *mailbox)
{
	struct arrangement *a = g_new0(struct arrangement, 1);

	a->mailbox = mailbox;
	gaps_init(&a->gaps);
	a->news = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	a->trail = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	return a;
}

void arrangement_free(struct arrangement **arrangementp)
{
	struct arrangement *a = *arrangementp;

	if (a == NULL)
		return;
	*arrangementp = NULL;
	lineup_free(&a->lineup);
	gaps_release(&a->gaps);
	g_array_unref(a->news);
	g_array_unref(a->trail);
	g_free(a);
}

bool arrangement_has_lineup(const struct arrangement *a)
{
	return a->lineup != NULL;
}

/* --- places --------------------------------------------------------------- */

uint32_t arrangement_n_shown(const struct arrangement *a)
{
	uint32_t n = a->lineup != NULL ? a->lineup->n :
		mailbox_length(a->mailbox);

	return n - gaps_count(&a->gaps);
}

uint32_t arrangement_length(const struct arrangement *a)
{
	return arrangement_n_shown(a) + a->n_front + a->news->len;
}

uint32_t arrangement_start(const struct arrangement *a)
{
	return a->span.is_reverse ? 0 : a->n_front;
}

uint32_t arrangement_row(const struct arrangement *a, uint32_t i)
{
	uint32_t start = arrangement_start(a);

	if (a->lineup == NULL || i < start ||
		i - start >= arrangement_n_shown(a))
		return NONE;
	return gaps_row(&a->gaps, i - start);
}

uint32_t arrangement_position_of(const struct arrangement *a, uint32_t row)
{
	uint32_t uid = a->lineup->uids[row];
	uint32_t pos = NONE;

	if (uid != 0)
		return mailbox_find_uid(a->mailbox, uid);
	if (a->lineup->positions != NULL)
		pos = a->lineup->positions[row];
	return pos < mailbox_length(a->mailbox) ? pos : NONE;
}

uint32_t arrangement_position(const struct arrangement *a, uint32_t i)
{
	uint32_t n = arrangement_n_shown(a), row = arrangement_row(a, i);

	if (a->lineup == NULL)
		return gaps_row(&a->gaps, i);
	if (row != NONE)
		return arrangement_position_of(a, row);
	if (a->span.is_reverse)
		return a->n_front - 1 - (i - n);
	if (i < a->n_front)
		return i;
	return mailbox_find_uid(a->mailbox, g_array_index(a->news, uint32_t,
		i - a->n_front - n));
}

/* --- finding -------------------------------------------------------------- */

static uint32_t search(const struct lineup *lineup, uint32_t from, uint32_t to,
	uint32_t uid)
{
	for (uint32_t row = from; row < to; row++)
		if (lineup->uids[row] == uid)
			return row;
	return NONE;
}

uint32_t arrangement_find_row(struct arrangement *a, uint32_t uid)
{
	uint32_t from = a->near > NEAR ? a->near - NEAR : 0, to, row;

	if (a->lineup == NULL || uid == 0)
		return NONE;
	to = MIN(a->lineup->n, a->near + NEAR);
	row = search(a->lineup, from, to, uid);
	if (row == NONE)
		row = search(a->lineup, 0, a->lineup->n, uid);
	if (row != NONE)
		a->near = row;
	return row;
}

static uint32_t place_in_front(const struct arrangement *a, uint32_t pos)
{
	return a->span.is_reverse ?
		arrangement_n_shown(a) + a->n_front - 1 - pos : pos;
}

static uint32_t find_news(const struct arrangement *a, uint32_t uid)
{
	for (guint i = 0; i < a->news->len; i++)
		if (g_array_index(a->news, uint32_t, i) == uid)
			return a->n_front + arrangement_n_shown(a) + i;
	return NONE;
}

uint32_t arrangement_find(struct arrangement *a, uint32_t uid)
{
	uint32_t pos = mailbox_find_uid(a->mailbox, uid), row;

	if (pos == NONE)
		return NONE;
	if (a->lineup == NULL)
		return gaps_has(&a->gaps, pos) ? NONE :
			gaps_place(&a->gaps, pos);
	if (pos < a->n_front)
		return place_in_front(a, pos);
	row = arrangement_find_row(a, uid);
	if (row == NONE)
		return find_news(a, uid);
	return gaps_has(&a->gaps, row) ? NONE :
		arrangement_start(a) + gaps_place(&a->gaps, row);
}

/* A neighbour of former times that is still there. */
static uint32_t place_by_trail(struct arrangement *a, uint32_t uid)
{
	guint at = 0;

	while (at < a->trail->len &&
		g_array_index(a->trail, uint32_t, at) != uid)
		at++;
	if (at == a->trail->len)
		return NONE;
	for (guint i = at; i < a->trail->len; i++) {
		uint32_t place = arrangement_find(a,
			g_array_index(a->trail, uint32_t, i));

		if (place != NONE)
			return place;
	}
	for (guint i = at; i > 0; i--) {
		uint32_t place = arrangement_find(a,
			g_array_index(a->trail, uint32_t, i - 1));

		if (place != NONE)
			return place + 1;
	}
	return NONE;
}

uint32_t arrangement_place(struct arrangement *a, uint32_t uid)
{
	uint32_t pos = table_lower_bound(a->mailbox->table, uid);
	uint32_t row = arrangement_find_row(a, uid), place;

	if (a->lineup == NULL)
		return gaps_place(&a->gaps, pos);
	place = arrangement_folded_at(a, uid);
	if (place == NONE && row != NONE)
		place = arrangement_start(a) + gaps_place(&a->gaps, row);
	if (place == NONE)
		place = place_by_trail(a, uid);
	if (place == NONE && pos < a->n_front)
		place = place_in_front(a, pos);
	if (place != NONE)
		return place;
	return a->span.is_reverse ? arrangement_start(a) :
		arrangement_length(a);
}

uint32_t arrangement_number(const struct arrangement *a, uint32_t i)
{
	uint32_t row = arrangement_row(a, i);

	if (row != NONE)
		return arrangement_start(a) + row + 1;
	/* What stands behind the lineup comes behind all that it has. */
	return i < arrangement_start(a) ? i + 1 : i + 1 + gaps_count(&a->gaps);
}

uint32_t arrangement_numbered(const struct arrangement *a, uint32_t number)
{
	uint32_t length = arrangement_length(a), row, place;

	number = MAX(number, 1) - 1;
	if (length == 0)
		return 0;
	if (number < arrangement_start(a))
		return MIN(number, length - 1);
	row = number - arrangement_start(a);
	place = arrangement_start(a) + gaps_place(&a->gaps, row);
	if (gaps_has(&a->gaps, row) && place > 0)
		place--;
	return MIN(place, length - 1);
}

uint32_t arrangement_last_number(const struct arrangement *a)
{
	uint32_t length = arrangement_length(a);

	if (a->lineup == NULL)
		return length;
	return MAX(arrangement_start(a) + a->lineup->n,
		length > 0 ? arrangement_number(a, length - 1) : 0);
}

static uint32_t numbered_uid(const struct arrangement *a, uint32_t number)
{
	uint32_t start = arrangement_start(a), pos;

	if (a->lineup != NULL && number > start &&
		number - start <= a->lineup->n)
		return a->lineup->uids[number - start - 1];
	pos = arrangement_position(a, arrangement_numbered(a, number));
	return pos == NONE ? 0 : mailbox_uid_at(a->mailbox, pos);
}

void arrangement_get_numbered(const struct arrangement *a, uint32_t first,
	uint32_t last, struct imap_seqset *uids_out)
{
	GArray *ranges = g_array_new(FALSE, FALSE, sizeof(struct imap_range));

	last = MIN(last, arrangement_last_number(a));
	for (uint32_t number = MAX(first, 1); number <= last; number++) {
		uint32_t uid = numbered_uid(a, number);
		struct imap_range one = { uid, uid };

		if (uid != 0)
			g_array_append_val(ranges, one);
	}
	imap_seqset_add_unsorted(uids_out, ranges);
	g_array_unref(ranges);
}

/* --- what happens meanwhile ----------------------------------------------- */

/* By arrival, what is hidden is found by its UIDs. */
static void leave_out_hidden(struct arrangement *a)
{
	const struct table *table = a->mailbox->table;
	struct imap_seqset hidden;

	imap_seqset_init(&hidden);
	mailbox_get_hidden(a->mailbox, &hidden);
	gaps_clear(&a->gaps);
	for (size_t i = 0; i < imap_seqset_n_ranges(&hidden) &&
		i < ARRANGEMENT_HIDDEN_MAX; i++) {
		struct imap_range range = imap_seqset_range(&hidden, i);
		uint32_t first = table_lower_bound(table, range.first);
		uint32_t end = range.last == UINT32_MAX ? table_length(table) :
			table_lower_bound(table, range.last + 1);

		/* Rows whose UIDs are not known may be among them. */
		while (end > first && table_at(table, end - 1)->uid == 0)
			end--;
		if (end > first)
			gaps_add(&a->gaps, first, end - 1);
	}
	imap_seqset_release(&hidden);
}

static void find_news_rows(struct arrangement *a)
{
	uint32_t n = mailbox_length(a->mailbox);
	uint32_t pos = table_lower_bound(a->mailbox->table,
		a->span.last_uid + 1);

	g_array_set_size(a->news, 0);
	if (!a->span.shows_news || a->span.last_uid == UINT32_MAX)
		return;
	for (; pos < n && a->news->len < NEWS_MAX; pos++) {
		uint32_t uid = mailbox_uid_at(a->mailbox, pos);

		if (uid != 0 && !mailbox_is_hidden(a->mailbox, pos))
			g_array_append_val(a->news, uid);
	}
}

void arrangement_refresh(struct arrangement *a)
{
	if (a->lineup == NULL) {
		leave_out_hidden(a);
		return;
	}
	a->n_front = a->span.first_uid == 0 ? 0 :
		table_lower_bound(a->mailbox->table, a->span.first_uid);
	find_news_rows(a);
}

bool arrangement_is_gone(const struct arrangement *a, uint32_t row)
{
	uint32_t pos = arrangement_position_of(a, row);

	return pos == NONE || mailbox_is_hidden(a->mailbox, pos);
}

/* A thread that is folded goes on with its next message. */
static void take_out(struct arrangement *a, uint32_t row)
{
	struct lineup_place *places = a->lineup->places;
	unsigned bits;
	uint32_t end;

	a->n_gone++;
	gaps_add(&a->gaps, row, row);
	if (places == NULL || (places[row].bits & LINEUP_IS_FOLDED) == 0)
		return;
	end = lineup_thread_end(a->lineup, row, &bits);
	places[row].bits &= (uint16_t)~LINEUP_IS_FOLDED;
	while (++row < end) {
		if (arrangement_is_gone(a, row))
			continue;
		gaps_remove(&a->gaps, row, row);
		if (row + 1 < end)
			places[row].bits |= LINEUP_IS_FOLDED;
		return;
	}
}

bool arrangement_tidy(struct arrangement *a, uint32_t first, uint32_t last)
{
	uint32_t before = a->n_gone;

	a->shown = first;
	for (uint32_t i = first; a->lineup != NULL && i <= last &&
		i < arrangement_length(a) && a->n_gone < GONE_MAX;) {
		uint32_t row = arrangement_row(a, i);

		if (row != NONE && arrangement_is_gone(a, row))
			take_out(a, row);
		else
			i++;
	}
	return a->n_gone != before;
}

/* Of the rows from first up to end, those that have been taken out. */
static void note_gone(struct arrangement *a, uint32_t first, uint32_t end)
{
	for (uint32_t row = MAX(first, end - MIN(end, GAP_MAX)); row < end;
		row++)
		if (gaps_has(&a->gaps, row) && arrangement_is_gone(a, row))
			g_array_append_val(a->trail, a->lineup->uids[row]);
}

/* The rows around those shown, also those taken out, so that a cursor whose
 * message has gone finds its neighbours. */
static void note_trail(struct arrangement *a)
{
	uint32_t first = a->shown - MIN(a->shown, TRAIL_MAX / 4), next = 0;
	uint32_t end = MIN(arrangement_length(a), first + TRAIL_MAX);

	g_array_set_size(a->trail, 0);
	for (uint32_t i = first; i < end; i++) {
		uint32_t row = arrangement_row(a, i);
		uint32_t pos = arrangement_position(a, i), uid = 0;

		if (row != NONE) {
			note_gone(a, next, row);
			next = row + 1;
			uid = a->lineup->uids[row];
		} else if (pos != NONE) {
			uid = mailbox_uid_at(a->mailbox, pos);
		}
		if (uid != 0)
			g_array_append_val(a->trail, uid);
	}
	if (a->lineup != NULL)
		note_gone(a, next, MIN(a->lineup->n, next + GAP_MAX));
}

void arrangement_set(struct arrangement *a, struct lineup *lineup_take,
	const struct arrangement_span *span, struct gaps *folded)
{
	note_trail(a);
	lineup_free(&a->lineup);
	a->lineup = lineup_take;
	a->span = *span;
	a->n_gone = a->n_front = 0;
	a->near = 0;
	g_array_set_size(a->news, 0);
	gaps_take(&a->gaps, folded);
	arrangement_refresh(a);
}
