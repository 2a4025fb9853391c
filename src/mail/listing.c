/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is shown of a mailbox, and in which order: the arrangement holds it, the
 * arranger makes it, and here is what they go by. A limit is a set of UIDs that
 * its find tells, and adds to as messages come (find.h).
 */
#include "src/base/base.h"
#include "src/mail/listing.h"
#include "src/base/error.h"
#include "src/mail/arrangement.h"
#include "src/mail/arranger.h"
#include "src/mail/find.h"
#include "src/mail/pattern.h"
#include "src/mail/private.h"

enum { NEAR_MAX = 300 }; /* rows: a screen's rows are wanted as one range */

struct listing {
	struct mailbox *mailbox;
	listing_changed_fn *changed;
	void *data;
	struct listing_order order;
	struct arrangement *arrangement;
	struct arranger *arranger;
	unsigned generation;          /* of the mailbox, as arranged */
	struct table_counts counts;   /* of it, when a lineup was asked for */
	uint32_t first, last;         /* rows that the screen shows */
	bool folds_all;
	struct imap_seqset folded, unfolded;

	struct pattern *limit;        /* NULL: all */
	struct imap_seqset matched;   /* by it */
	struct find *find;            /* the limit's, or the next one's */
	listing_limited_fn *told;     /* when it is; or NULL */
	struct pattern *next; /* searched for, takes the limit's place */
};

/* --- the order ------------------------------------------------------------ */

static void tell_changed(struct listing *listing)
{
	if (listing->changed != NULL)
		listing->changed(listing, listing->data);
}

static bool is_by_arrival(const struct listing *listing)
{
	const struct lineup_key *key = &listing->order.order.sort;

	return key->field == LINEUP_ARRIVAL && !key->is_reverse;
}

/* So little is hidden that it can be left out without a lineup. */
static bool hides_little(const struct mailbox *mailbox)
{
	struct imap_seqset hidden;
	bool is_little;

	imap_seqset_init(&hidden);
	mailbox_get_hidden(mailbox, &hidden);
	is_little = imap_seqset_is_empty(&hidden) ||
		(table_n_unknown(mailbox->table) == 0 &&
		imap_seqset_n_ranges(&hidden) <= ARRANGEMENT_HIDDEN_MAX);
	imap_seqset_release(&hidden);
	return is_little;
}

static bool ask(struct arranger_wish *wish_out, void *data)
{
	struct listing *listing = data;

	mailbox_count(listing->mailbox, &listing->counts);
	if (is_by_arrival(listing) && listing->limit == NULL &&
		hides_little(listing->mailbox))
		return false;
	*wish_out = (struct arranger_wish){
		.order = listing->order,
		.limited = listing->limit != NULL ? &listing->matched : NULL,
		.folds_all = listing->folds_all,
		.folded = &listing->folded,
		.unfolded = &listing->unfolded,
	};
	return true;
}

static void made(struct lineup *lineup_take,
	const struct arrangement_span *span, struct gaps *folded, void *data)
{
	struct listing *listing = data;

	arrangement_set(listing->arrangement, lineup_take, span, folded);
	arrangement_tidy(listing->arrangement, listing->first, listing->last);
	tell_changed(listing);
}

static const struct arranger_ops arranger_ops = { .ask = ask, .made = made };

static bool has_folds(const struct listing *listing)
{
	return listing->folds_all || !imap_seqset_is_empty(&listing->folded);
}

/* Whether a lineup would be another one: its order goes by what is known of
 * rows, its folds by what is unread and flagged in a thread. That something is
 * read matters to folds alone. */
static bool is_outdated(struct listing *listing)
{
	struct table_counts now, then = listing->counts;

	mailbox_count(listing->mailbox, &now);
	if (!arrangement_has_lineup(listing->arrangement) &&
		is_by_arrival(listing))
		return false;
	listing->counts.unseen = MIN(now.unseen, then.unseen);
	return now.loaded != then.loaded || now.unseen > then.unseen ||
		(has_folds(listing) && (now.unseen != then.unseen ||
		now.flagged != then.flagged));
}

/* Positions have shifted: what the screen shows is put right at once. */
static void refresh(const struct listing *constant)
{
	/* What it shows is found again, not changed. */
	struct listing *listing = (struct listing *)constant;

	if (listing->generation == listing->mailbox->generation)
		return;
	listing->generation = listing->mailbox->generation;
	arrangement_refresh(listing->arrangement);
	arrangement_tidy(listing->arrangement, listing->first, listing->last);
	if (!is_by_arrival(listing) || listing->limit != NULL ||
		arrangement_has_lineup(listing->arrangement) ||
		!hides_little(listing->mailbox))
		arranger_request(listing->arranger, false);
}

static void on_changed(struct mailbox *mailbox, void *data)
{
	struct listing *listing = data;

	(void)mailbox;
	refresh(listing);
	if (is_outdated(listing))
		arranger_request(listing->arranger, false);
	tell_changed(listing);
}

static void on_arrived(struct mailbox *mailbox, uint32_t uid, void *data)
{
	struct listing *listing = data;

	(void)mailbox;
	if (uid != 0 && listing->order.unfolds_new && has_folds(listing))
		imap_seqset_add(&listing->unfolded, uid);
}

static const struct mailbox_ops ops = {
	.changed = on_changed,
	.arrived = on_arrived,
};

static void tell_limited(struct listing *listing, const GError *error)
{
	listing_limited_fn *told = listing->told;

	listing->told = NULL;
	if (told != NULL)
		told(listing, error, listing->data);
}

static void tell_cancelled(struct listing *listing)
{
	GError *error = g_error_new_literal(MAIL_ERROR, MAIL_ERROR_CANCELLED,
		"cancelled");

	tell_limited(listing, error);
	g_error_free(error);
}

struct listing *listing_new(struct mailbox *mailbox,
	listing_changed_fn *changed, void *data)
{
	struct listing *listing = g_new0(struct listing, 1);

	listing->mailbox = mailbox_ref(mailbox);
	listing->changed = changed;
	listing->data = data;
	listing->generation = mailbox->generation;
	listing->arrangement = arrangement_new(mailbox);
	listing->arranger = arranger_new(mailbox, &arranger_ops, listing);
	imap_seqset_init(&listing->folded);
	imap_seqset_init(&listing->unfolded);
	imap_seqset_init(&listing->matched);
	arrangement_refresh(listing->arrangement);
	mailbox_listen(mailbox, &ops, listing);
	return listing;
}

void listing_free(struct listing **listingp)
{
	struct listing *listing = *listingp;

	if (listing == NULL)
		return;
	*listingp = NULL;
	if (listing->next != NULL)
		tell_cancelled(listing);
	mailbox_forget(listing->mailbox, listing);
	mailbox_unlisten(listing->mailbox, &ops, listing);
	arranger_free(&listing->arranger);
	arrangement_free(&listing->arrangement);
	find_free(&listing->find);
	mailbox_unref(&listing->mailbox);
	pattern_free(&listing->next);
	pattern_free(&listing->limit);
	imap_seqset_release(&listing->folded);
	imap_seqset_release(&listing->unfolded);
	imap_seqset_release(&listing->matched);
	g_free(listing);
}

struct mailbox *listing_mailbox(const struct listing *listing)
{
	return listing->mailbox;
}

void listing_set_order(struct listing *listing,
	const struct listing_order *order)
{
	listing->order = *order;
	arranger_request(listing->arranger, true);
}

const struct listing_order *listing_order(const struct listing *listing)
{
	return &listing->order;
}

/* --- rows ----------------------------------------------------------------- */

uint32_t listing_length(const struct listing *listing)
{
	refresh(listing);
	return arrangement_length(listing->arrangement);
}

static uint32_t position(const struct listing *listing, uint32_t i)
{
	refresh(listing);
	return arrangement_position(listing->arrangement, i);
}

void listing_get_row(struct listing *listing, uint32_t i,
	struct message_row *row_out)
{
	uint32_t pos = position(listing, i);

	if (pos != UINT32_MAX)
		mailbox_get_row(listing->mailbox, pos, row_out);
	else
		*row_out = (struct message_row){ .subject = "", .from = "" };
}

uint32_t listing_uid_at(const struct listing *listing, uint32_t i)
{
	uint32_t pos = position(listing, i);

	return pos == UINT32_MAX ? 0 : mailbox_uid_at(listing->mailbox, pos);
}

uint32_t listing_number_at(const struct listing *listing, uint32_t i)
{
	if (!is_by_arrival(listing))
		return arrangement_number(listing->arrangement, i);
	return position(listing, i) + 1;
}

uint32_t listing_find_number(const struct listing *listing, uint32_t number)
{
	uint32_t length = mailbox_length(listing->mailbox), pos;

	if (!is_by_arrival(listing))
		return arrangement_numbered(listing->arrangement, number);
	if (length == 0)
		return 0;
	pos = CLAMP(number, 1, length) - 1;
	return arrangement_place(listing->arrangement,
		mailbox_uid_at(listing->mailbox, pos));
}

static void get_shown(enum pattern_which which, uint32_t first, uint32_t last,
	struct imap_seqset *uids_out, const void *data)
{
	const struct listing *listing = data;

	switch (which) {
	case PATTERN_NUMBERED:
		arrangement_get_numbered(listing->arrangement, first, last,
			uids_out);
		break;
	case PATTERN_FOLDED:
		arrangement_get_folded(listing->arrangement, uids_out);
		break;
	case PATTERN_BY_SUBJECT:
		arrangement_get_by_subject(listing->arrangement, uids_out);
		break;
	}
}

void listing_get_shown(const struct listing *listing, uint32_t i,
	struct pattern_shown *shown_out)
{
	*shown_out = (struct pattern_shown){
		.cursor = i < listing_length(listing) ?
			listing_number_at(listing, i) : 0,
		.get_uids = is_by_arrival(listing) ? NULL : get_shown,
		.data = listing,
	};
	if (shown_out->get_uids != NULL)
		shown_out->last = arrangement_last_number(
			listing->arrangement);
}

uint32_t listing_find_uid(const struct listing *listing, uint32_t uid)
{
	refresh(listing);
	return arrangement_find(listing->arrangement, uid);
}

uint32_t listing_place_of(const struct listing *listing, uint32_t uid)
{
	refresh(listing);
	return arrangement_place(listing->arrangement, uid);
}

static bool has_flags(const struct listing *listing, uint32_t i,
	unsigned flags)
{
	uint32_t pos = position(listing, i);

	return pos == UINT32_MAX ||
		(mailbox_flags_at(listing->mailbox, pos) & flags) != 0;
}

uint32_t listing_next_unread(const struct listing *listing, uint32_t i,
	uint32_t n, bool is_down)
{
	struct table_counts counts;

	mailbox_count(listing->mailbox, &counts);
	if (counts.unseen == 0)
		return UINT32_MAX;
	refresh(listing);
	return arrangement_next_unread(listing->arrangement, i, n, is_down);
}

uint32_t listing_next_undeleted(const struct listing *listing, uint32_t i,
	uint32_t n, bool is_down)
{
	for (; n > 0; n--, i += is_down ? 1 : -1u)
		if (!has_flags(listing, i, IMAP_FLAG_DELETED))
			return i;
	return UINT32_MAX;
}

/* As one range, unless that would be much more than the screen shows. */
static void want_range(struct listing *listing, uint32_t first, uint32_t last)
{
	uint32_t low = UINT32_MAX, high = 0;
	struct message_row row;

	for (uint32_t i = first; i <= last; i++) {
		uint32_t pos = position(listing, i);

		if (pos == UINT32_MAX)
			continue;
		low = MIN(low, pos);
		high = MAX(high, pos);
	}
	if (low <= high && high - low < NEAR_MAX) {
		mailbox_want_rows(listing->mailbox, low, high);
		return;
	}
	/* Rows far apart: each is asked for by looking at it. */
	for (uint32_t i = first; i <= last; i++)
		listing_get_row(listing, i, &row);
}

bool listing_want_rows(struct listing *listing, uint32_t first, uint32_t last)
{
	uint32_t length = listing_length(listing);

	listing->first = first;
	listing->last = last;
	if (length == 0 || first >= length)
		return false;
	if (arrangement_tidy(listing->arrangement, first, last))
		return true;
	want_range(listing, first, MIN(last, length - 1));
	return false;
}

/* --- threads -------------------------------------------------------------- */

const struct lineup_place *listing_thread(const struct listing *listing,
	uint32_t i)
{
	refresh(listing);
	return arrangement_thread(listing->arrangement, i);
}

bool listing_is_folded(const struct listing *listing, uint32_t i)
{
	return arrangement_is_folded(listing->arrangement, i);
}

uint32_t listing_n_folded(const struct listing *listing, uint32_t i)
{
	return arrangement_n_folded(listing->arrangement, i);
}

bool listing_thread_rank(const struct listing *listing, uint32_t i,
	uint32_t *rank_out, uint32_t *size_out)
{
	return arrangement_rank(listing->arrangement, i, rank_out, size_out);
}

uint32_t listing_parent(const struct listing *listing, uint32_t i)
{
	return arrangement_parent(listing->arrangement, i);
}

uint32_t listing_root(const struct listing *listing, uint32_t i)
{
	return arrangement_root(listing->arrangement, i);
}

uint32_t listing_beside(const struct listing *listing, uint32_t i,
	bool is_next, bool is_thread)
{
	return arrangement_beside(listing->arrangement, i, is_next, is_thread);
}

uint32_t listing_tree(const struct listing *listing, uint32_t i, uint32_t n,
	bool *has_next_out)
{
	return arrangement_tree(listing->arrangement, i, n, has_next_out);
}

void listing_get_uids(const struct listing *listing, uint32_t i,
	bool is_thread, struct imap_seqset *uids_out)
{
	arrangement_get_uids(listing->arrangement, i, is_thread, uids_out);
}

uint32_t listing_unread_in_thread(const struct listing *listing, uint32_t i)
{
	uint32_t next = listing_beside(listing, i, true, true);
	uint32_t end = next == UINT32_MAX ? listing_length(listing) : next;

	return listing_next_unread(listing, i, end - i, true);
}

static bool may_fold(const struct listing *listing, uint32_t root)
{
	unsigned bits;

	return arrangement_may_fold(listing->arrangement, root, &bits) &&
		(listing->order.folds_unread ||
		(bits & LINEUP_HAS_UNREAD) == 0) &&
		(listing->order.folds_flagged ||
		(bits & LINEUP_HAS_FLAGGED) == 0);
}

bool listing_fold(struct listing *listing, uint32_t i, bool is_folded)
{
	uint32_t root = listing_root(listing, i);
	struct imap_seqset uids;

	if (is_folded && !may_fold(listing, root))
		return false;
	imap_seqset_init(&uids);
	listing_get_uids(listing, root, true, &uids);
	imap_seqset_add_set(is_folded ? &listing->folded : &listing->unfolded,
		&uids);
	imap_seqset_remove_set(is_folded ? &listing->unfolded :
		&listing->folded, &uids);
	imap_seqset_release(&uids);
	arrangement_fold(listing->arrangement, root, is_folded);
	arranger_outdate(listing->arranger);
	tell_changed(listing);
	return true;
}

void listing_fold_all(struct listing *listing, bool is_folded)
{
	listing->folds_all = is_folded;
	imap_seqset_clear(&listing->folded);
	imap_seqset_clear(&listing->unfolded);
	arranger_request(listing->arranger, true);
}

bool listing_folds_all(const struct listing *listing)
{
	return listing->folds_all;
}

bool listing_reveal(struct listing *listing, uint32_t uid)
{
	uint32_t i = arrangement_folded_at(listing->arrangement, uid);

	return i != UINT32_MAX && listing_fold(listing, i, false);
}

/* --- limits --------------------------------------------------------------- */

static void take_limit(struct listing *listing, struct pattern *pattern_take)
{
	pattern_free(&listing->limit);
	listing->limit = pattern_take;
	imap_seqset_clear(&listing->matched);
}

/* The result comes in at once; what comes later joins it. */
static void on_found(const GError *error, const struct imap_seqset *uids,
	void *data)
{
	struct listing *listing = data;
	bool is_first = listing->next != NULL;

	if (is_first && error == NULL)
		take_limit(listing, g_steal_pointer(&listing->next));
	pattern_free(&listing->next);
	if (error == NULL) {
		imap_seqset_add_set(&listing->matched, uids);
		arranger_request(listing->arranger, is_first);
	}
	tell_changed(listing);
	if (is_first)
		tell_limited(listing, error);
}

/* What is there has been judged. */
static void watch_arrivals(struct listing *listing)
{
	if (!pattern_needs_server(listing->limit))
		listing->find = find_start(listing->mailbox, listing->limit,
			NULL, FIND_STAYS | FIND_ARRIVALS, on_found, listing);
}

void listing_set_limit(struct listing *listing, struct pattern *pattern_take,
	listing_limited_fn *done)
{
	struct imap_seqset now;

	listing_stop_search(listing);
	listing->told = done;
	find_free(&listing->find);
	imap_seqset_init(&now);
	if (pattern_take == NULL ||
		find_now(listing->mailbox, pattern_take, NULL, &now)) {
		take_limit(listing, pattern_take);
		imap_seqset_add_set(&listing->matched, &now);
		arranger_request(listing->arranger, true);
	} else {
		listing->next = pattern_take;
	}
	imap_seqset_release(&now);
	if (pattern_take != NULL)
		listing->find = find_start(listing->mailbox, pattern_take, NULL,
			FIND_STAYS, on_found, listing);
	if (listing->next == NULL)
		tell_limited(listing, NULL);
}

void listing_limit_to(struct listing *listing, struct pattern *pattern_take,
	const struct imap_seqset *uids)
{
	listing_set_limit(listing, NULL, NULL);
	take_limit(listing, pattern_take);
	imap_seqset_add_set(&listing->matched, uids);
	watch_arrivals(listing);
	arranger_request(listing->arranger, true);
	tell_changed(listing);
}

void listing_stop_search(struct listing *listing)
{
	if (listing->next == NULL)
		return;
	find_free(&listing->find);
	pattern_free(&listing->next);
	if (listing->limit != NULL)
		watch_arrivals(listing);
	tell_cancelled(listing);
}

const struct imap_seqset *listing_limited(const struct listing *listing)
{
	return listing->limit != NULL ? &listing->matched : NULL;
}

const struct pattern *listing_next_limit(const struct listing *listing)
{
	return listing->next;
}

const struct pattern *listing_limit(const struct listing *listing)
{
	return listing->limit;
}
