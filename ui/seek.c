/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "ui/seek.h"
#include "src/mail/find.h"
#include "src/mail/listing.h"
#include "src/mail/mailbox.h"
#include "src/mail/pattern.h"
#include "src/mail/probe.h"
#include "ui/view.h"

enum {
	SLICE_US = 4000,
	ROWS_BETWEEN_CLOCKS = 64,
	BATCH_MIN = 256,      /* texts that are read at first ... */
	BATCH_MAX = 64 * 1024, /* ... and at most, four times as many each time */
};

struct seek {
	struct mailbox *mailbox; /* a reference */
	struct pattern *pattern; /* a hold on it */
	struct probe *probe;
	struct find *find;       /* of all that match, while it runs */
	bool has_hits;
	struct imap_seqset hits; /* of it */
	/* The search under way. */
	seek_done_fn *done;      /* NULL: none */
	void *data;
	bool is_back, wraps;
	uint32_t from;           /* UID of the row where it began */
	uint32_t at;             /* and of the last one that is done with */
	uint32_t n_done;         /* rows */
	uint32_t batch;          /* texts that are read at a time */
	guint source;
};

struct seek *seek_new(const struct pattern *pattern)
{
	struct seek *seek = g_new0(struct seek, 1);

	seek->mailbox = mailbox_ref(view_current()->mailbox);
	seek->pattern = pattern_ref(pattern);
	seek->probe = probe_new(seek->mailbox, pattern);
	imap_seqset_init(&seek->hits);
	return seek;
}

static void give_up(struct seek *seek)
{
	seek->done = NULL;
	source_clear(&seek->source);
	find_free(&seek->find);
}

void seek_free(struct seek **seekp)
{
	struct seek *seek = *seekp;

	if (seek == NULL)
		return;
	*seekp = NULL;
	give_up(seek);
	probe_free(&seek->probe);
	imap_seqset_release(&seek->hits);
	pattern_free(&seek->pattern);
	mailbox_unref(&seek->mailbox);
	g_free(seek);
}

bool seek_is_current(const struct seek *seek)
{
	struct view *view = view_current();

	return view && view->listing && view->mailbox == seek->mailbox;
}

static bool has_wrapped(const struct seek *seek, uint32_t uid)
{
	struct listing *listing = view_current()->listing;
	uint32_t from, to;

	if (uid == 0)
		return false;
	from = listing_find_uid(listing, seek->from);
	to = listing_find_uid(listing, uid);
	return seek->is_back ? to >= from : to <= from;
}

static void end(struct seek *seek, const GError *error, uint32_t uid)
{
	const struct seek_result result = { uid, has_wrapped(seek, uid) };
	seek_done_fn *done = seek->done;
	void *data = seek->data;

	seek->done = NULL;
	done(error, error ? NULL : &result, data);
}

/* --- all that match ------------------------------------------------------- */

static void go_on(struct seek *seek);

static void on_hits(const GError *error, const struct imap_seqset *uids, void *data)
{
	struct seek *seek = data;

	seek->has_hits = !error;
	imap_seqset_copy(&seek->hits, uids);
	find_free(&seek->find);
	if (error)
		end(seek, error, 0);
	else
		go_on(seek);
}

static void find_all(struct seek *seek)
{
	seek->find = find_start(seek->mailbox, seek->pattern,
		&view_current()->tagged, 0, on_hits, seek);
}

/* --- row by row ----------------------------------------------------------- */

static enum probe_answer ask(struct seek *seek, uint32_t uid)
{
	uint32_t pos;

	if (uid == 0)
		return PROBE_NO;
	if (seek->has_hits)
		return imap_seqset_has(&seek->hits, uid) ? PROBE_YES : PROBE_NO;
	pos = mailbox_find_uid(seek->mailbox, uid);
	return pos == UINT32_MAX ? PROBE_NO
		: probe_ask(seek->probe, pos, &view_current()->tagged);
}

/* Of the row that is done with; of one that is gone: a row beside it. */
static uint32_t index_done(const struct seek *seek, struct listing *listing)
{
	uint32_t i = listing_find_uid(listing, seek->at);

	if (i != UINT32_MAX)
		return i;
	/* Before the first it goes round, to where the next step leads. */
	return listing_place_of(listing, seek->at) - (seek->is_back ? 0 : 1);
}

/* To the next of n rows, round the end; false: not beyond it. */
static bool step(const struct seek *seek, uint32_t n, uint32_t *i_io)
{
	if (seek->is_back) {
		bool is_end = *i_io == 0;

		*i_io = is_end ? n - 1 : MIN(*i_io, n) - 1;
		return !is_end || seek->wraps;
	}
	++*i_io;
	if (*i_io < n)
		return true;
	*i_io = 0;
	return seek->wraps;
}

static void on_read(void *data)
{
	struct seek *seek = data;

	if (!seek->done)
		return;
	if (seek_is_current(seek))
		go_on(seek);
	else
		end(seek, NULL, 0);
}

static gboolean on_turn(void *data)
{
	struct seek *seek = data;

	seek->source = 0;
	on_read(seek);
	return G_SOURCE_REMOVE;
}

/* Rows behind the one that is done with, up to the first match that is known.
 * What comes before it and has not been read decides first. */
struct stretch {
	struct imap_seqset unread;
	uint32_t n, n_unread;
	uint32_t found;
	bool is_missing, is_end;
};

static void look_at(struct seek *seek, uint32_t uid, struct stretch *stretch)
{
	stretch->n++;
	switch (ask(seek, uid)) {
	case PROBE_YES:
		stretch->found = uid;
		break;
	case PROBE_MISSING:
		stretch->is_missing = true;
		break;
	case PROBE_UNREAD:
		imap_seqset_add(&stretch->unread, uid);
		stretch->n_unread++;
		break;
	case PROBE_NO:
		if (stretch->n_unread > 0 || uid == 0)
			break;
		seek->at = uid;
		seek->n_done += stretch->n;
		stretch->n = 0;
		break;
	}
}

static void look(struct seek *seek, struct stretch *stretch)
{
	struct listing *listing = view_current()->listing;
	uint32_t n = listing_length(listing), i = index_done(seek, listing);
	gint64 deadline = g_get_monotonic_time() + SLICE_US;

	for (uint32_t k = 1; !stretch->found && !stretch->is_missing &&
		stretch->n_unread < seek->batch; k++) {
		if (seek->n_done + stretch->n >= n || !step(seek, n, &i)) {
			stretch->is_end = true;
			return;
		}
		look_at(seek, listing_uid_at(listing, i), stretch);
		if (k % ROWS_BETWEEN_CLOCKS == 0 && g_get_monotonic_time() > deadline)
			return;
	}
}

static void go_on(struct seek *seek)
{
	struct stretch stretch = { 0 };

	look(seek, &stretch);
	if (stretch.n_unread > 0) {
		seek->batch = MIN(seek->batch * 4, BATCH_MAX);
		probe_read(seek->probe, &stretch.unread, on_read, seek);
	} else if (stretch.is_missing) {
		find_all(seek);
	} else if (stretch.found || stretch.is_end) {
		end(seek, NULL, stretch.found);
	} else {
		seek->source = g_idle_add_full(G_PRIORITY_DEFAULT, on_turn, seek, NULL);
	}
	imap_seqset_release(&stretch.unread);
}

void seek_next(struct seek *seek, uint32_t from_uid, bool is_back, bool wraps,
	seek_done_fn *done, void *data)
{
	give_up(seek);
	seek->is_back = is_back;
	seek->wraps = wraps;
	seek->from = seek->at = from_uid;
	seek->n_done = 0;
	seek->batch = BATCH_MIN;
	seek->done = done;
	seek->data = data;
	if (!seek->has_hits && (pattern_needs_server(seek->pattern)
		|| pattern_needs_all(seek->pattern)))
		find_all(seek);
	else
		go_on(seek);
}

void seek_get_progress(const struct seek *seek, uint64_t *had_out, uint64_t *wanted_out)
{
	*had_out = seek->n_done;
	*wanted_out = seek_is_current(seek) ? listing_length(view_current()->listing) : 0;
}
