/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Positions of a screen to positions of a mailbox. Without hidden rows and
 * without a limit they are the same; else an array of them is made anew when
 * the mailbox's positions have changed since it was made.
 *
 * A message once judged by the limit stays as it was judged, as in mutt: it
 * does not vanish under the cursor because it has been read. Messages that
 * come are judged when their rows are there.
 */
#include "src/base/base.h"
#include "src/mail/listing.h"
#include "src/mail/find.h"
#include "src/mail/pattern.h"
#include "src/mail/private.h"

enum { NEAR_MAX = 300 }; /* rows: a screen's rows are wanted as one range */

struct listing {
	struct mailbox *mailbox;
	listing_changed_fn *changed;
	void *data;
	struct pattern *limit;        /* NULL: all */
	struct imap_seqset judged;    /* by the limit */
	struct imap_seqset matched;
	GArray *positions;            /* of uint32_t, when is_filtered */
	bool is_filtered, is_valid;
	bool is_loading;              /* rows that the limit has to see */
	struct find *find;            /* the limit's, or the next one's */
	listing_failed_fn *told;      /* of a search that came to nothing */
	struct pattern *next; /* searched for, takes the limit's place */
	unsigned generation;          /* of the mailbox, when valid */
};

static void on_changed(struct mailbox *mailbox, void *data)
{
	struct listing *listing = data;

	(void)mailbox;
	if (listing->limit != NULL)
		listing->is_valid = false;
	if (listing->changed != NULL)
		listing->changed(listing, listing->data);
}

static const struct mailbox_ops ops = { .changed = on_changed };

struct listing *listing_new(struct mailbox *mailbox, listing_changed_fn *changed, void *data)
{
	struct listing *listing = g_new0(struct listing, 1);

	listing->mailbox = mailbox_ref(mailbox);
	listing->changed = changed;
	listing->data = data;
	listing->positions = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	imap_seqset_init(&listing->judged);
	imap_seqset_init(&listing->matched);
	mailbox_listen(mailbox, &ops, listing);
	return listing;
}

void listing_free(struct listing **listingp)
{
	struct listing *listing = *listingp;

	if (listing == NULL)
		return;
	*listingp = NULL;
	mailbox_forget(listing->mailbox, listing);
	mailbox_unlisten(listing->mailbox, &ops, listing);
	mailbox_unref(&listing->mailbox);
	find_free(&listing->find);
	pattern_free(&listing->next);
	pattern_free(&listing->limit);
	imap_seqset_release(&listing->judged);
	imap_seqset_release(&listing->matched);
	g_array_free(listing->positions, TRUE);
	g_free(listing);
}

struct mailbox *listing_mailbox(const struct listing *listing)
{
	return listing->mailbox;
}

static bool is_judgeable(const struct listing *listing,
	const struct table_record *record)
{
	if (pattern_is_cheap(listing->limit))
		return (record->bits & TABLE_HAS_FLAGS) != 0;
	return (record->bits & TABLE_HAS_FLAGS) != 0 && record->blob != NULL;
}

/* A limit that only the server can judge by is told by its find. */
static void judge(struct listing *listing)
{
	struct table *table = listing->mailbox->table;

	if (pattern_needs_server(listing->limit))
		return;
	for (uint32_t i = 0; i < table_length(table); i++) {
		const struct table_record *record = table_at(table, i);

		if (record->uid == 0 || !is_judgeable(listing, record) ||
			imap_seqset_has(&listing->judged, record->uid))
			continue;
		imap_seqset_add(&listing->judged, record->uid);
		if (pattern_match(listing->limit, listing->mailbox, i))
			imap_seqset_add(&listing->matched, record->uid);
	}
}

static bool is_shown(const struct listing *listing, uint32_t pos)
{
	if (listing->limit != NULL && !imap_seqset_has(&listing->matched,
		mailbox_uid_at(listing->mailbox, pos)))
		return false;
	return !mailbox_is_hidden(listing->mailbox, pos);
}

static void refresh(const struct listing *constant)
{
	/* What it shows is found again, not changed. */
	struct listing *listing = (struct listing *)constant;
	struct mailbox *mailbox = listing->mailbox;

	if (listing->is_valid && listing->generation == mailbox->generation)
		return;
	listing->is_valid = true;
	listing->generation = mailbox->generation;
	listing->is_filtered = listing->limit != NULL ||
		mailbox->overlays->len > 0 ||
		!imap_seqset_is_empty(&mailbox->moved);
	g_array_set_size(listing->positions, 0);
	if (!listing->is_filtered)
		return;
	if (listing->limit != NULL)
		judge(listing);
	for (uint32_t i = 0; i < mailbox_length(mailbox); i++)
		if (is_shown(listing, i))
			g_array_append_val(listing->positions, i);
}

uint32_t listing_length(const struct listing *listing)
{
	refresh(listing);
	return listing->is_filtered ? listing->positions->len :
		mailbox_length(listing->mailbox);
}

static uint32_t position(const struct listing *listing, uint32_t i)
{
	refresh(listing);
	return listing->is_filtered ?
		g_array_index(listing->positions, uint32_t, i) : i;
}

void listing_get_row(struct listing *listing, uint32_t i, struct message_row *row_out)
{
	mailbox_get_row(listing->mailbox, position(listing, i), row_out);
}

uint32_t listing_uid_at(const struct listing *listing, uint32_t i)
{
	return mailbox_uid_at(listing->mailbox, position(listing, i));
}

/* The first place whose position is at least pos. */
static uint32_t place_from(const struct listing *listing, uint32_t pos)
{
	uint32_t low = 0, high = listing_length(listing);

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (position(listing, middle) < pos)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t listing_find_uid(const struct listing *listing, uint32_t uid)
{
	uint32_t pos = mailbox_find_uid(listing->mailbox, uid), place;

	if (pos == UINT32_MAX)
		return UINT32_MAX;
	place = place_from(listing, pos);
	if (place >= listing_length(listing) || position(listing, place) != pos)
		return UINT32_MAX;
	return place;
}

uint32_t listing_place_of(const struct listing *listing, uint32_t uid)
{
	return place_from(listing,
		table_lower_bound(listing->mailbox->table, uid));
}

void listing_want_rows(struct listing *listing, uint32_t first, uint32_t last)
{
	uint32_t length = listing_length(listing);
	struct message_row row;

	if (length == 0)
		return;
	last = MIN(last, length - 1);
	if (first > last)
		return;
	if (position(listing, last) - position(listing, first) < NEAR_MAX) {
		mailbox_want_rows(listing->mailbox, position(listing, first),
			position(listing, last));
		return;
	}
	/* Rows far apart: each is asked for by looking at it. */
	for (uint32_t i = first; i <= last; i++)
		listing_get_row(listing, i, &row);
}

static void tell_changed(struct listing *listing)
{
	listing->is_valid = false;
	if (listing->changed != NULL)
		listing->changed(listing, listing->data);
}

static void take_limit(struct listing *listing, struct pattern *pattern_take)
{
	pattern_free(&listing->limit);
	listing->limit = pattern_take;
	imap_seqset_clear(&listing->judged);
	imap_seqset_clear(&listing->matched);
}

/* The result comes in at once; what comes later joins it. */
static void on_found(const GError *error, const struct imap_seqset *uids,
	void *data)
{
	struct listing *listing = data;

	listing->is_loading = false;
	if (listing->next != NULL && error == NULL)
		take_limit(listing, g_steal_pointer(&listing->next));
	if (error == NULL)
		imap_seqset_add_set(&listing->matched, uids);
	else if (listing->told != NULL && listing->next != NULL)
		listing->told(listing, error, listing->data);
	pattern_free(&listing->next);
	if (error == NULL && listing->limit != NULL)
		judge(listing);
	tell_changed(listing);
}

void listing_set_limit(struct listing *listing, struct pattern *pattern_take,
	listing_failed_fn *failed)
{
	bool needs_server = pattern_take != NULL &&
		pattern_needs_server(pattern_take);

	listing_stop_search(listing);
	listing->told = failed;
	find_free(&listing->find);
	listing->is_valid = false;
	listing->is_loading = needs_server || (pattern_take != NULL &&
		!pattern_is_cheap(pattern_take));
	if (listing->is_loading)
		listing->find = find_start(listing->mailbox, pattern_take,
			NULL, needs_server ? FIND_STAYS : 0, on_found, listing);
	if (needs_server)
		listing->next = pattern_take;
	else
		take_limit(listing, pattern_take);
}

void listing_limit_to(struct listing *listing, struct pattern *pattern_take,
	const struct imap_seqset *uids)
{
	listing_set_limit(listing, NULL, NULL);
	take_limit(listing, pattern_take);
	imap_seqset_add_set(&listing->matched, uids);
	for (uint32_t i = 0; i < mailbox_length(listing->mailbox); i++)
		if (mailbox_uid_at(listing->mailbox, i) != 0)
			imap_seqset_add(&listing->judged,
				mailbox_uid_at(listing->mailbox, i));
	tell_changed(listing);
}

void listing_stop_search(struct listing *listing)
{
	if (listing->next == NULL)
		return;
	find_free(&listing->find);
	pattern_free(&listing->next);
	listing->is_loading = false;
}

const struct pattern *listing_next_limit(const struct listing *listing)
{
	return listing->next;
}

bool listing_is_loading(const struct listing *listing)
{
	return listing->is_loading;
}

const struct pattern *listing_limit(const struct listing *listing)
{
	return listing->limit;
}

void listing_match(struct listing *listing, const struct pattern *pattern, struct imap_seqset *uids_out)
{
	for (uint32_t i = 0; i < listing_length(listing); i++) {
		uint32_t pos = position(listing, i);

		if (pattern_match(pattern, listing->mailbox, pos))
			imap_seqset_add(uids_out,
				mailbox_uid_at(listing->mailbox, pos));
	}
}
