/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/arrangement.h"
#include "src/mail/private.h"

enum {
	NONE = ARRANGEMENT_NONE,
	NEWS_MAX = 1000,  /* messages at the end until the next lineup */
	GONE_MAX = 1000,  /* rows taken out one by one until then */
	NEAR = 512,       /* rows looked at first */
	TRAIL_MAX = 400,  /* rows remembered of the former order */
	DEEP = 1000,      /* levels of a thread */
};

struct arrangement {
	struct mailbox *mailbox;
	struct lineup *lineup;   /* NULL: rows are positions */
	struct arrangement_span span;
	struct gaps gaps;        /* rows of the lineup, or positions */
	uint32_t n_gone;         /* taken out since the lineup came */
	uint32_t n_front;        /* positions before the lineup's first */
	GArray *news;            /* of uint32_t: UIDs */
	uint32_t near;           /* row of the lineup that was found last */
	uint32_t shown;          /* place that was tidied last */
	GArray *trail;           /* of uint32_t: UIDs around it, formerly */
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

/* Rows of the lineup, or positions, that are not left out. */
static uint32_t n_shown(const struct arrangement *a)
{
	uint32_t n = a->lineup != NULL ? a->lineup->n :
		mailbox_length(a->mailbox);

	return n - gaps_count(&a->gaps);
}

uint32_t arrangement_length(const struct arrangement *a)
{
	return n_shown(a) + a->n_front + a->news->len;
}

/* Of the first row of the lineup. */
static uint32_t start(const struct arrangement *a)
{
	return a->span.is_reverse ? 0 : a->n_front;
}

/* The row of the lineup at this place; NONE: it is in front, or news. */
static uint32_t row_of(const struct arrangement *a, uint32_t i)
{
	if (a->lineup == NULL || i < start(a) || i - start(a) >= n_shown(a))
		return NONE;
	return gaps_row(&a->gaps, i - start(a));
}

static uint32_t position_of_row(const struct arrangement *a, uint32_t row)
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
	uint32_t n = n_shown(a), row = row_of(a, i);

	if (a->lineup == NULL)
		return gaps_row(&a->gaps, i);
	if (row != NONE)
		return position_of_row(a, row);
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

/* NONE: not in the lineup. */
static uint32_t find_row(struct arrangement *a, uint32_t uid)
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
	return a->span.is_reverse ? n_shown(a) + a->n_front - 1 - pos : pos;
}

static uint32_t find_news(const struct arrangement *a, uint32_t uid)
{
	for (guint i = 0; i < a->news->len; i++)
		if (g_array_index(a->news, uint32_t, i) == uid)
			return a->n_front + n_shown(a) + i;
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
	row = find_row(a, uid);
	if (row == NONE)
		return find_news(a, uid);
	return gaps_has(&a->gaps, row) ? NONE :
		start(a) + gaps_place(&a->gaps, row);
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
	uint32_t row = find_row(a, uid), place;

	if (a->lineup == NULL)
		return gaps_place(&a->gaps, pos);
	place = arrangement_folded_at(a, uid);
	if (place == NONE && row != NONE)
		place = start(a) + gaps_place(&a->gaps, row);
	if (place == NONE)
		place = place_by_trail(a, uid);
	if (place == NONE && pos < a->n_front)
		place = place_in_front(a, pos);
	if (place != NONE)
		return place;
	return a->span.is_reverse ? start(a) : arrangement_length(a);
}

uint32_t arrangement_number(const struct arrangement *a, uint32_t i)
{
	uint32_t row = row_of(a, i);

	if (row != NONE)
		return start(a) + row + 1;
	/* What stands behind the lineup comes behind all that it has. */
	return i < start(a) ? i + 1 : i + 1 + gaps_count(&a->gaps);
}

uint32_t arrangement_numbered(const struct arrangement *a, uint32_t number)
{
	uint32_t length = arrangement_length(a), row, place;

	number = MAX(number, 1) - 1;
	if (length == 0)
		return 0;
	if (number < start(a))
		return MIN(number, length - 1);
	row = number - start(a);
	place = start(a) + gaps_place(&a->gaps, row);
	if (gaps_has(&a->gaps, row) && place > 0)
		place--;
	return MIN(place, length - 1);
}

/* --- what happens meanwhile ------------------------------------------------- */

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

static bool is_gone(const struct arrangement *a, uint32_t row)
{
	uint32_t pos = position_of_row(a, row);

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
		if (is_gone(a, row))
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
		uint32_t row = row_of(a, i);

		if (row != NONE && is_gone(a, row))
			take_out(a, row);
		else
			i++;
	}
	return a->n_gone != before;
}

/* The rows around those shown, so that a cursor whose message has gone finds
 * its neighbours. */
static void note_trail(struct arrangement *a)
{
	uint32_t first = a->shown > TRAIL_MAX / 4 ? a->shown - TRAIL_MAX / 4 : 0;
	uint32_t end = MIN(arrangement_length(a), first + TRAIL_MAX);

	g_array_set_size(a->trail, 0);
	for (uint32_t i = first; i < end; i++) {
		uint32_t row = row_of(a, i);
		uint32_t pos = row == NONE ? arrangement_position(a, i) : NONE;
		uint32_t uid = row != NONE ? a->lineup->uids[row] :
			pos != NONE ? mailbox_uid_at(a->mailbox, pos) : 0;

		if (uid != 0)
			g_array_append_val(a->trail, uid);
	}
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

/* --- threads -------------------------------------------------------------- */

static struct lineup_place *place_at(const struct arrangement *a, uint32_t row)
{
	return a->lineup == NULL || a->lineup->places == NULL || row == NONE ?
		NULL : &a->lineup->places[row];
}

const struct lineup_place *arrangement_thread(const struct arrangement *a,
	uint32_t i)
{
	return place_at(a, row_of(a, i));
}

bool arrangement_is_folded(const struct arrangement *a, uint32_t i)
{
	const struct lineup_place *place = arrangement_thread(a, i);

	return place != NULL && (place->bits & LINEUP_IS_FOLDED) != 0;
}

uint32_t arrangement_parent(const struct arrangement *a, uint32_t i)
{
	const struct lineup_place *place = arrangement_thread(a, i);
	uint32_t row = place != NULL ? place->parent : NONE;

	while (row != NONE && gaps_has(&a->gaps, row))
		row = place_at(a, row)->parent;
	return row == NONE ? NONE : start(a) + gaps_place(&a->gaps, row);
}

uint32_t arrangement_root(const struct arrangement *a, uint32_t i)
{
	uint32_t row = row_of(a, i);

	if (place_at(a, row) == NULL)
		return i;
	/* If it is left out, the next one is the thread's first. */
	return start(a) + gaps_place(&a->gaps,
		lineup_thread_begin(a->lineup, row));
}

uint32_t arrangement_n_folded(const struct arrangement *a, uint32_t i)
{
	uint32_t row = row_of(a, i), next;

	if (!arrangement_is_folded(a, i))
		return 0;
	next = gaps_row(&a->gaps, gaps_place(&a->gaps, row) + 1);
	return MIN(next, a->lineup->n) - row - 1;
}

/* NONE if it is not in the lineup. */
static uint32_t place_if(const struct arrangement *a, uint32_t row)
{
	uint32_t place = row < a->lineup->n ? gaps_place(&a->gaps, row) : NONE;

	return place >= n_shown(a) ? NONE : start(a) + place;
}

/* The row before it that is not deeper, or the first of the thread. */
static uint32_t row_before(const struct arrangement *a, uint32_t row)
{
	uint16_t depth = place_at(a, row)->depth;

	if (row == 0)
		return NONE;
	for (row--; place_at(a, row)->depth > depth;)
		row = place_at(a, row)->parent;
	return row;
}

uint32_t arrangement_beside(const struct arrangement *a, uint32_t i,
	bool is_next, bool is_thread)
{
	uint32_t row = row_of(a, i);
	unsigned bits;

	if (place_at(a, row) == NULL)
		return NONE;
	if (is_thread)
		row = lineup_thread_begin(a->lineup, row);
	if (is_next)
		return place_if(a, is_thread ?
			lineup_thread_end(a->lineup, row, &bits) :
			row + place_at(a, row)->n_below + 1);
	if (is_thread)
		row = row == 0 ? NONE :
			lineup_thread_begin(a->lineup, row - 1);
	else
		row = row_before(a, row);
	return row == NONE ? NONE : place_if(a, row);
}

bool arrangement_rank(const struct arrangement *a, uint32_t i,
	uint32_t *rank_out, uint32_t *size_out)
{
	const struct lineup_place *place = arrangement_thread(a, i);
	uint32_t row = row_of(a, i), begin;
	unsigned bits;

	if (place == NULL || place->depth > DEEP)
		return false;
	begin = lineup_thread_begin(a->lineup, row);
	*rank_out = row - begin + 1;
	*size_out = lineup_thread_end(a->lineup, begin, &bits) - begin;
	return true;
}

/* A row without one above it has a branch, too, where it is one of several
 * answers to a message that is not there. */
static bool has_branch(const struct lineup_place *place)
{
	return place->parent != NONE ||
		(place->bits & LINEUP_BEGINS_THREAD) == 0 ||
		(place->bits & LINEUP_HAS_NEXT) != 0;
}

uint32_t arrangement_tree(const struct arrangement *a, uint32_t i, uint32_t n,
	bool *has_next_out)
{
	uint32_t row = row_of(a, i), levels = 0;

	for (bool is_own = true; place_at(a, row) != NULL && levels < n;
		row = place_at(a, row)->parent, is_own = false) {
		const struct lineup_place *place = place_at(a, row);

		if (has_branch(place) &&
			(is_own || !gaps_has(&a->gaps, row)))
			has_next_out[levels++] =
				(place->bits & LINEUP_HAS_NEXT) != 0;
	}
	return levels;
}

/* Of the rows from row to the one before end. */
static void get_uids(const struct arrangement *a, uint32_t row, uint32_t end,
	struct imap_seqset *uids_out)
{
	GArray *ranges = g_array_new(FALSE, FALSE, sizeof(struct imap_range));

	for (; row < end; row++) {
		struct imap_range one = { a->lineup->uids[row],
			a->lineup->uids[row] };

		if (one.first != 0 && !is_gone(a, row))
			g_array_append_val(ranges, one);
	}
	imap_seqset_add_unsorted(uids_out, ranges);
	g_array_unref(ranges);
}

void arrangement_get_uids(const struct arrangement *a, uint32_t i,
	bool is_thread, struct imap_seqset *uids_out)
{
	uint32_t row = row_of(a, i), pos, end;
	unsigned bits;

	if (place_at(a, row) != NULL) {
		end = row + place_at(a, row)->n_below + 1;
		if (is_thread) {
			row = lineup_thread_begin(a->lineup, row);
			end = lineup_thread_end(a->lineup, row, &bits);
		}
		get_uids(a, row, end, uids_out);
		return;
	}
	pos = arrangement_position(a, i);
	if (pos != NONE && mailbox_uid_at(a->mailbox, pos) != 0)
		imap_seqset_add(uids_out, mailbox_uid_at(a->mailbox, pos));
}

uint32_t arrangement_folded_at(struct arrangement *a, uint32_t uid)
{
	uint32_t row = find_row(a, uid);

	if (place_at(a, row) == NULL || !gaps_has(&a->gaps, row) ||
		is_gone(a, row))
		return NONE;
	return start(a) + gaps_place(&a->gaps,
		lineup_thread_begin(a->lineup, row));
}

bool arrangement_may_fold(const struct arrangement *a, uint32_t i,
	unsigned *bits_out)
{
	uint32_t row = row_of(a, i);

	return place_at(a, row) != NULL &&
		lineup_thread_end(a->lineup, row, bits_out) > row + 1;
}

void arrangement_fold(struct arrangement *a, uint32_t i, bool is_folded)
{
	uint32_t row = row_of(a, i), end;
	unsigned bits;

	if (!arrangement_may_fold(a, i, &bits))
		return;
	end = lineup_thread_end(a->lineup, row, &bits);
	if (is_folded) {
		a->lineup->places[row].bits |= LINEUP_IS_FOLDED;
		gaps_add(&a->gaps, row + 1, end - 1);
	} else {
		a->lineup->places[row].bits &= (uint16_t)~LINEUP_IS_FOLDED;
		gaps_remove(&a->gaps, row + 1, end - 1);
	}
}
