/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The door to an open mailbox: references, listeners, rows as shown, counts.
 * What comes from the server is sync.c's, what is fetched when is fill.c's.
 *
 * Listeners are told at most once a turn of the loop, never from within a call
 * that they made: everything that happens only sets a mark here.
 */
#include "src/base/base.h"
#include "src/mail/load.h"
#include "src/mail/private.h"
#include "src/base/arena.h"
#include "src/base/error.h"
#include "src/cache/cache.h"
#include "src/mail/forest.h"
#include "src/mail/op.h"
#include "src/mail/row.h"
#include "src/mime/header.h"

enum { EVENTS_MAX = 1000 }; /* told in one turn of the loop */

struct poll {
	struct mailbox *mailbox; /* NULL: it is gone, and nobody is told */
	mailbox_done_fn *done;
	void *data;
};

static GPtrArray *polls; /* of struct poll * */

static struct mailbox *mailbox_new(struct account *account, const char *name)
{
	struct mailbox *mailbox = g_new0(struct mailbox, 1);

	mailbox->refs = 1;
	mailbox->account = account;
	mailbox->name = g_strdup(name);
	mailbox->options = options_for_mailbox(account->name, name);
	mailbox->state_text = g_strdup("");
	mailbox->read_only = mail.read_only;
	mailbox->table = sync_table_new(mailbox);
	mailbox->keywords = keyword_sets_new();
	mailbox->forest = forest_new();
	mailbox->want_first = UINT32_MAX;
	mailbox->requests = g_ptr_array_new();
	mailbox->fills = g_ptr_array_new();
	mailbox->overlays = g_ptr_array_new();
	mailbox->listeners = g_array_new(FALSE, FALSE,
		sizeof(struct mailbox_listener));
	mailbox->ready_waiters = g_array_new(FALSE, FALSE,
		sizeof(struct mailbox_waiter));
	mailbox->load_waiters = g_array_new(FALSE, FALSE,
		sizeof(struct mailbox_waiter));
	mailbox->events = g_array_new(FALSE, FALSE,
		sizeof(struct mailbox_event));
	mailbox->scratch = arena_new();
	return mailbox;
}

/* How a mailbox is opened the first time. */
struct opening {
	bool is_beside, wants_read_only;
};

static struct mailbox *open_mailbox(struct account *account, const char *name,
	struct opening opening)
{
	struct mailbox *mailbox = account_open_mailbox(account, name);

	if (mailbox != NULL) {
		if (mailbox->is_beside && !opening.is_beside)
			sync_bring_forward(mailbox);
		return mailbox_ref(mailbox);
	}
	mailbox = mailbox_new(account, name);
	mailbox->is_beside = opening.is_beside;
	mailbox->wants_read_only = opening.wants_read_only;
	mailbox->read_only |= opening.wants_read_only;
	g_ptr_array_add(account->open, mailbox);
	sync_start(mailbox);
	return mailbox;
}

struct mailbox *mailbox_open(struct account *account, const char *name)
{
	return open_mailbox(account, name, (struct opening){ false, false });
}

struct mailbox *mailbox_open_read_only(struct account *account,
	const char *name)
{
	return open_mailbox(account, name, (struct opening){ false, true });
}

struct mailbox *mailbox_open_beside(struct account *account, const char *name)
{
	return open_mailbox(account, name, (struct opening){ true, false });
}

struct mailbox *mailbox_ref(struct mailbox *mailbox)
{
	mailbox->refs++;
	return mailbox;
}

static void release_sets(struct mailbox *mailbox)
{
	imap_seqset_release(&mailbox->unseen_hint);
	imap_seqset_release(&mailbox->wanted);
	imap_seqset_release(&mailbox->overlaid);
	imap_seqset_release(&mailbox->failed);
	imap_seqset_release(&mailbox->moved);
	imap_seqset_release(&mailbox->gone);
	imap_seqset_release(&mailbox->own);
}

/* At the end of everything a mailbox goes although it is still asked. */
static void orphan_polls(const struct mailbox *mailbox)
{
	for (guint i = 0; polls != NULL && i < polls->len; i++) {
		struct poll *poll = polls->pdata[i];

		if (poll->mailbox == mailbox)
			*poll = (struct poll){ 0 };
	}
}

void mailbox_destroy(struct mailbox *mailbox)
{
	sync_stop(mailbox);
	fill_stop(mailbox);
	details_stop(mailbox);
	orphan_polls(mailbox);
	source_clear(&mailbox->notify_source);
	source_clear(&mailbox->scratch_source);
	g_ptr_array_remove(mailbox->account->open, mailbox);
	forest_free(&mailbox->forest);
	table_free(&mailbox->table);
	table_free(&mailbox->shadow);
	keyword_sets_free(&mailbox->keywords);
	release_sets(mailbox);
	g_ptr_array_free(mailbox->requests, TRUE);
	g_ptr_array_free(mailbox->fills, TRUE);
	g_clear_pointer(&mailbox->sets, g_ptr_array_unref);
	g_ptr_array_free(mailbox->overlays, TRUE);
	g_array_free(mailbox->listeners, TRUE);
	g_array_free(mailbox->ready_waiters, TRUE);
	g_array_free(mailbox->load_waiters, TRUE);
	g_array_free(mailbox->events, TRUE);
	arena_free(&mailbox->scratch);
	g_free(mailbox->state_text);
	g_free(mailbox->name);
	g_free(mailbox);
}

void mailbox_unref(struct mailbox **mailboxp)
{
	struct mailbox *mailbox = *mailboxp;

	if (mailbox == NULL)
		return;
	*mailboxp = NULL;
	if (--mailbox->refs == 0)
		mailbox_destroy(mailbox);
}

/* --- listeners --------------------------------------------------------------- */

void mailbox_listen(struct mailbox *mailbox, const struct mailbox_ops *ops, void *data)
{
	struct mailbox_listener listener = { ops, data };

	g_array_append_val(mailbox->listeners, listener);
}

void mailbox_unlisten(struct mailbox *mailbox, const struct mailbox_ops *ops, void *data)
{
	for (guint i = 0; i < mailbox->listeners->len; i++) {
		struct mailbox_listener *listener = &g_array_index(
			mailbox->listeners, struct mailbox_listener, i);

		if (listener->ops == ops && listener->data == data) {
			listener->ops = NULL;
			if (!mailbox->is_notifying)
				g_array_remove_index(mailbox->listeners, i);
			return;
		}
	}
}

typedef void event_fn(struct mailbox *mailbox, uint32_t uid, void *data);

/* NULL: it does not want to know. */
static event_fn *event_listener(const struct mailbox_listener *listener,
	int kind)
{
	if (listener->ops == NULL)
		return NULL;
	if (kind == EVENT_ARRIVED)
		return listener->ops->arrived;
	return kind == EVENT_EXPUNGED ? listener->ops->expunged :
		listener->ops->flags_changed;
}

static void tell_event(struct mailbox *mailbox,
	const struct mailbox_listener *listener,
	const struct mailbox_event *event)
{
	event_fn *fn = event_listener(listener, event->kind);

	if (fn != NULL)
		fn(mailbox, event->uid, listener->data);
}

struct news {
	bool rows, state;
	GArray *events;
};

/* A listener may remove itself or others meanwhile, so each step looks. */
static void tell(struct mailbox *mailbox, guint i, const struct news *news)
{
	struct mailbox_listener listener = g_array_index(mailbox->listeners,
		struct mailbox_listener, i);

	for (guint k = 0; listener.ops != NULL && k < news->events->len; k++) {
		tell_event(mailbox, &listener, &g_array_index(news->events,
			struct mailbox_event, k));
		listener = g_array_index(mailbox->listeners,
			struct mailbox_listener, i);
	}
	if (listener.ops != NULL && news->rows && listener.ops->changed != NULL)
		listener.ops->changed(mailbox, listener.data);
	listener = g_array_index(mailbox->listeners, struct mailbox_listener, i);
	if (listener.ops != NULL && news->state &&
		listener.ops->state_changed != NULL)
		listener.ops->state_changed(mailbox, listener.data);
}

static void drop_removed(struct mailbox *mailbox)
{
	for (guint i = mailbox->listeners->len; i > 0; i--)
		if (g_array_index(mailbox->listeners, struct mailbox_listener,
			i - 1).ops == NULL)
			g_array_remove_index(mailbox->listeners, i - 1);
}

static bool is_own(struct mailbox *mailbox, uint32_t uid)
{
	if (imap_seqset_has(&mailbox->own, uid))
		return true;
	if (mailbox->n_own == 0)
		return false;
	mailbox->n_own--;
	return true;
}

static void schedule_notify(struct mailbox *mailbox);

/* What is to be told now, of very many a part. Arrivals wait while a move or
 * copy of this user into the mailbox is under way: its end says which of them
 * are its own. */
static GArray *take_events(struct mailbox *mailbox)
{
	GArray *events = mailbox->events, *now;
	bool waits = ops_pending_into(mailbox->account, mailbox->name) > 0;

	now = g_array_new(FALSE, FALSE, sizeof(struct mailbox_event));
	mailbox->events = g_array_new(FALSE, FALSE,
		sizeof(struct mailbox_event));
	for (guint i = 0; i < events->len; i++) {
		struct mailbox_event event = g_array_index(events,
			struct mailbox_event, i);

		if (event.kind == EVENT_ARRIVED && waits) {
			g_array_append_val(mailbox->events, event);
		} else if (now->len == EVENTS_MAX) {
			g_array_append_val(mailbox->events, event);
			schedule_notify(mailbox);
		} else if (event.kind != EVENT_ARRIVED ||
			!is_own(mailbox, event.uid)) {
			g_array_append_val(now, event);
		}
	}
	g_array_free(events, TRUE);
	return now;
}

static gboolean notify(gpointer data)
{
	struct mailbox *mailbox = data;
	struct news news = { .rows = mailbox->rows_changed,
		.state = mailbox->state_changed };

	mailbox->notify_source = 0;
	news.events = take_events(mailbox);
	mailbox->rows_changed = mailbox->state_changed = false;
	mailbox_ref(mailbox);
	sync_check(mailbox);
	news.state |= mailbox->state_changed;
	mailbox->state_changed = false;
	mailbox->is_notifying = true;
	for (guint i = 0; i < mailbox->listeners->len; i++)
		tell(mailbox, i, &news);
	mailbox->is_notifying = false;
	drop_removed(mailbox);
	g_array_free(news.events, TRUE);
	mailbox_unref(&mailbox);
	return G_SOURCE_REMOVE;
}

static void schedule_notify(struct mailbox *mailbox)
{
	if (mailbox->notify_source == 0)
		mailbox->notify_source = g_idle_add_full(G_PRIORITY_DEFAULT,
			notify, mailbox, NULL);
}

void mailbox_rows_changed(struct mailbox *mailbox)
{
	mailbox->rows_changed = true;
	mailbox->state_changed = true;
	schedule_notify(mailbox);
}

void mailbox_positions_changed(struct mailbox *mailbox)
{
	mailbox->generation++;
	mailbox_rows_changed(mailbox);
}

bool mailbox_is_new_uid(const struct mailbox *mailbox, uint32_t uid)
{
	return uid >= mailbox->new_from_uid ||
		!options_values(mailbox->options)->mark_old;
}

void mailbox_event(struct mailbox *mailbox, int kind, uint32_t uid)
{
	struct mailbox_event event = { kind, uid };
	bool is_listened_to = false;

	for (guint i = 0; i < mailbox->listeners->len; i++)
		is_listened_to |= event_listener(&g_array_index(
			mailbox->listeners, struct mailbox_listener, i),
			kind) != NULL;
	if (!is_listened_to)
		return;
	g_array_append_val(mailbox->events, event);
	schedule_notify(mailbox);
}

void mailbox_took_own(struct mailbox *mailbox, const GArray *uids, uint32_t n)
{
	if (uids == NULL)
		mailbox->n_own += n;
	for (guint i = 0; uids != NULL && i < uids->len; i++)
		imap_seqset_add(&mailbox->own,
			g_array_index(uids, uint32_t, i));
	schedule_notify(mailbox);
}

void mailbox_set_state(struct mailbox *mailbox, enum mailbox_state state,
	const char *text)
{
	if (text == NULL)
		text = "";
	if (mailbox->state == state && g_strcmp0(mailbox->state_text, text) == 0)
		return;
	mailbox->state = state;
	g_free(mailbox->state_text);
	mailbox->state_text = g_strdup(text);
	mailbox->state_changed = true;
	schedule_notify(mailbox);
}

/* --- waiting ------------------------------------------------------------------ */

void mailbox_finish_waiters(GArray *waiters, const GError *error)
{
	GArray *now;

	if (waiters->len == 0)
		return;
	now = g_array_sized_new(FALSE, FALSE, sizeof(struct mailbox_waiter),
		waiters->len);
	g_array_append_vals(now, waiters->data, waiters->len);
	g_array_set_size(waiters, 0);
	for (guint i = 0; i < now->len; i++) {
		struct mailbox_waiter *waiter = &g_array_index(now,
			struct mailbox_waiter, i);

		if (waiter->done != NULL)
			waiter->done(error, waiter->data);
	}
	g_array_free(now, TRUE);
}

static void add_waiter(GArray *waiters, mailbox_done_fn *done, void *data)
{
	struct mailbox_waiter waiter = { done, data };

	g_array_append_val(waiters, waiter);
}

static void on_turn(const struct imap_result *result, void *data)
{
	(void)result;
	(void)data;
}

void mailbox_when_ready(struct mailbox *mailbox, mailbox_done_fn *done, void *data)
{
	add_waiter(mailbox->ready_waiters, done, data);
	schedule_notify(mailbox);
	/* Its connection went to another mailbox: ask for a turn. */
	if (mailbox->selection != NULL && !mailbox->is_open &&
		selection_state(mailbox->selection) == SELECTION_LOST)
		selection_poll(mailbox->selection, on_turn, NULL);
}

void mailbox_load_all(struct mailbox *mailbox, mailbox_done_fn *done, void *data)
{
	add_waiter(mailbox->load_waiters, done, data);
	fill_reset(mailbox);
	fill_schedule(mailbox);
	schedule_notify(mailbox);
}

bool mailbox_is_loaded(const struct mailbox *mailbox)
{
	struct table_counts counts;

	if (mailbox->state != MAILBOX_READY ||
		table_n_unknown(mailbox->table) > 0)
		return false;
	mailbox_count(mailbox, &counts);
	return counts.unfilled == 0;
}

static void forget_in(GArray *waiters, void *data)
{
	for (guint i = waiters->len; i > 0; i--)
		if (g_array_index(waiters, struct mailbox_waiter, i - 1).data ==
			data)
			g_array_remove_index(waiters, i - 1);
}

/* --- plain questions ----------------------------------------------------------- */

struct account *mailbox_account(const struct mailbox *mailbox)
{
	return mailbox->account;
}

const char *mailbox_name(const struct mailbox *mailbox)
{
	return mailbox->name;
}

enum mailbox_state mailbox_state(const struct mailbox *mailbox)
{
	return mailbox->state;
}

const char *mailbox_state_text(const struct mailbox *mailbox)
{
	return mailbox->state_text;
}

bool mailbox_is_read_only(const struct mailbox *mailbox)
{
	return mailbox->read_only || mailbox->is_guarded;
}

bool mailbox_is_examined(const struct mailbox *mailbox)
{
	return mailbox->read_only;
}

void mailbox_set_guarded(struct mailbox *mailbox, bool is_guarded)
{
	mailbox->is_guarded = is_guarded;
	mailbox->state_changed = true;
	schedule_notify(mailbox);
}

bool mailbox_stop_loading(struct mailbox *mailbox)
{
	struct mailbox_counts counts;

	mailbox_get_counts(mailbox, &counts);
	if (mailbox->is_fill_stopped || counts.loaded >= counts.messages)
		return false;
	mailbox->is_fill_stopped = true;
	mailbox->state_changed = true;
	schedule_notify(mailbox);
	return true;
}

uint32_t mailbox_uid_validity(const struct mailbox *mailbox)
{
	return mailbox->uid_validity;
}

uint64_t mailbox_highest_mod_seq(const struct mailbox *mailbox)
{
	return mailbox->told_mod_seq != 0 ? mailbox->told_mod_seq :
		mailbox->highest_mod_seq;
}

const struct option_set *mailbox_options(const struct mailbox *mailbox)
{
	return mailbox->options;
}

uint32_t mailbox_length(const struct mailbox *mailbox)
{
	return table_length(mailbox->table);
}

uint32_t mailbox_uid_at(const struct mailbox *mailbox, uint32_t pos)
{
	return table_at(mailbox->table, pos)->uid;
}

uint32_t mailbox_find_uid(const struct mailbox *mailbox, uint32_t uid)
{
	return table_find(mailbox->table, uid);
}

bool mailbox_is_hidden(const struct mailbox *mailbox, uint32_t pos)
{
	struct effective effective;

	if (mailbox->overlays->len == 0 &&
		imap_seqset_is_empty(&mailbox->moved))
		return false;
	overlay_apply(mailbox, table_at(mailbox->table, pos), &effective);
	return effective.is_hidden;
}

unsigned mailbox_flags_at(const struct mailbox *mailbox, uint32_t pos)
{
	struct effective effective;

	overlay_apply(mailbox, table_at(mailbox->table, pos), &effective);
	return effective.flags;
}

const char *const *mailbox_keywords_at(struct mailbox *mailbox, uint32_t pos)
{
	struct effective effective;

	overlay_apply(mailbox, table_at(mailbox->table, pos), &effective);
	return keyword_sets_get(mailbox->keywords, effective.keyword_set);
}

/* --- rows --------------------------------------------------------------------- */

static gboolean clear_scratch(gpointer data)
{
	struct mailbox *mailbox = data;

	mailbox->scratch_source = 0;
	arena_clear(mailbox->scratch);
	return G_SOURCE_REMOVE;
}

/* Takes a string from the heap into the arena. */
static const char *keep(struct mailbox *mailbox, char *text)
{
	const char *kept = arena_strdup(mailbox->scratch,
		text != NULL ? text : "");

	g_free(text);
	return kept;
}

static void fill_strings(struct mailbox *mailbox, const char *blob,
	struct message_row *row)
{
	struct imap_envelope *envelope = arena_new_struct(mailbox->scratch,
		struct imap_envelope);

	if (mailbox->scratch_source == 0)
		mailbox->scratch_source = g_idle_add_full(G_PRIORITY_DEFAULT,
			clear_scratch, mailbox, NULL);
	row_unpack(blob, mailbox->scratch, envelope, &row->references);
	row->envelope = envelope;
	row->subject = keep(mailbox, mime_header_decode(envelope->subject));
	row->from = envelope->from.n == 0 ? "" :
		keep(mailbox, mime_address_name(&envelope->from.items[0]));
}

static void ask_for_row(struct mailbox *mailbox,
	const struct table_record *record)
{
	if (record->uid == 0 ||
		(record->bits & (TABLE_IS_REQUESTED | TABLE_IS_MISSING)) != 0)
		return;
	imap_seqset_add(&mailbox->wanted, record->uid);
	fill_schedule(mailbox);
}

static uint32_t now_s(void)
{
	return (uint32_t)(g_get_monotonic_time() / G_USEC_PER_SEC) + 1;
}

static void fill_flags(const struct mailbox *mailbox,
	const struct table_record *record, struct message_row *row)
{
	struct effective effective;

	overlay_apply(mailbox, record, &effective);
	row->flags = effective.flags;
	if (effective.is_pending)
		row->pending = MESSAGE_PENDING;
	else if (record->uid != 0 &&
		imap_seqset_has(&mailbox->failed, record->uid))
		row->pending = MESSAGE_FAILED;
	row->is_new = (record->bits & TABLE_HAS_FLAGS) != 0 &&
		(row->flags & IMAP_FLAG_SEEN) == 0 &&
		mailbox_is_new_uid(mailbox, record->uid);
}

void mailbox_get_row(struct mailbox *mailbox, uint32_t pos, struct message_row *row_out)
{
	const struct table_record *record = table_at(mailbox->table, pos);

	*row_out = (struct message_row){ .uid = record->uid,
		.number = pos + 1, .subject = "", .from = "" };
	fill_flags(mailbox, record, row_out);
	if ((record->bits & TABLE_HAS_ROW) == 0 || record->blob == NULL) {
		ask_for_row(mailbox, record);
		return;
	}
	table_note_seen(mailbox->table, pos, now_s());
	row_out->is_loaded = (record->bits & TABLE_HAS_FLAGS) != 0;
	row_out->internaldate = record->internaldate;
	row_out->internaldate_offset = record->internaldate_offset;
	row_out->size = record->size;
	row_out->has_attachment = (record->bits & TABLE_HAS_ATTACHMENT) != 0;
	fill_strings(mailbox, record->blob, row_out);
}

static bool is_filled(const struct table_record *record)
{
	const unsigned both = TABLE_HAS_ROW | TABLE_HAS_FLAGS;

	return (record->bits & TABLE_IS_MISSING) != 0 ||
		((record->bits & both) == both && record->blob != NULL);
}

static void count(const struct table_record *record, struct table_counts *counts,
	void *data)
{
	struct mailbox *mailbox = data;
	struct effective effective;

	counts->unknown += (record->bits &
		(TABLE_HAS_ROW | TABLE_IN_CACHE)) == 0;
	counts->unfilled += !is_filled(record);
	counts->flagless += (record->bits & TABLE_HAS_FLAGS) == 0;
	overlay_apply(mailbox, record, &effective);
	if (effective.is_hidden)
		return;
	counts->messages++;
	if ((record->bits & TABLE_HAS_ROW) != 0)
		counts->loaded++;
	if ((record->bits & TABLE_HAS_FLAGS) == 0) {
		bool is_unseen = mailbox->has_unseen_hint && record->uid != 0 &&
			imap_seqset_has_near(&mailbox->unseen_hint, record->uid,
			&mailbox->near.unseen_hint);

		counts->unseen += is_unseen;
		counts->is_new += is_unseen &&
			mailbox_is_new_uid(mailbox, record->uid);
		return;
	}
	if ((effective.flags & IMAP_FLAG_SEEN) == 0) {
		counts->unseen++;
		counts->is_new += mailbox_is_new_uid(mailbox, record->uid);
	}
	counts->flagged += (effective.flags & IMAP_FLAG_FLAGGED) != 0;
	counts->deleted += (effective.flags & IMAP_FLAG_DELETED) != 0;
}

void mailbox_count(const struct mailbox *mailbox, struct table_counts *counts_out)
{
	struct mailbox *counted = (struct mailbox *)mailbox;

	while (!table_count(mailbox->table, count, counted, counts_out)) {
		if (mail.batch)
			continue;
		counted->state_changed = true;
		schedule_notify(counted);
		return;
	}
}

void mailbox_get_counts(const struct mailbox *mailbox, struct mailbox_counts *counts_out)
{
	struct table_counts counts;

	mailbox_count(mailbox, &counts);
	*counts_out = (struct mailbox_counts){
		.messages = counts.messages, .unseen = counts.unseen,
		.flagged = counts.flagged, .deleted = counts.deleted,
		.is_new = counts.is_new, .loaded = counts.loaded,
	};
}

void mailbox_want_rows(struct mailbox *mailbox, uint32_t first, uint32_t last)
{
	if (mailbox->want_first == first && mailbox->want_last == last)
		return;
	mailbox->want_first = first;
	mailbox->want_last = last;
	fill_schedule(mailbox);
}

/* --- asking -------------------------------------------------------------------- */

static void end_poll(struct poll *poll, const GError *error)
{
	g_ptr_array_remove(polls, poll);
	if (polls->len == 0)
		g_clear_pointer(&polls, g_ptr_array_unref);
	if (poll->done != NULL)
		poll->done(error, poll->data);
	mailbox_unref(&poll->mailbox);
	g_free(poll);
}

static void on_polled(const struct imap_result *result, void *data)
{
	GError *error = NULL;

	if (result->outcome != IMAP_OUTCOME_OK)
		error = g_error_new(MAIL_ERROR,
			result->outcome == IMAP_OUTCOME_DISCONNECTED ?
			MAIL_ERROR_OFFLINE : MAIL_ERROR_SERVER,
			"cannot ask for news: %s",
			result->text != NULL ? result->text : "no connection");
	end_poll(data, error);
	g_clear_error(&error);
}

static gboolean poll_nobody(gpointer data)
{
	struct poll *poll = data;
	GError *error = g_error_new(MAIL_ERROR, MAIL_ERROR_OFFLINE,
		"cannot ask for news: %s", poll->mailbox == NULL ? "" :
		account_state_text(poll->mailbox->account));

	end_poll(poll, error);
	g_error_free(error);
	return G_SOURCE_REMOVE;
}

void mailbox_poll(struct mailbox *mailbox, mailbox_done_fn *done, void *data)
{
	struct poll *poll = g_new0(struct poll, 1);

	poll->mailbox = mailbox_ref(mailbox);
	poll->done = done;
	poll->data = data;
	if (polls == NULL)
		polls = g_ptr_array_new();
	g_ptr_array_add(polls, poll);
	/* It may be there again. */
	if (mailbox->state == MAILBOX_GONE)
		sync_bring_forward(mailbox);
	if (mailbox->selection != NULL && !account_gave_up(mailbox->account))
		selection_poll(mailbox->selection, on_polled, poll);
	else
		g_idle_add_full(G_PRIORITY_DEFAULT, poll_nobody, poll, NULL);
}

void mailbox_forget(struct mailbox *mailbox, void *data)
{
	forget_in(mailbox->ready_waiters, data);
	forget_in(mailbox->load_waiters, data);
	load_forget(mailbox, data);
	details_forget(mailbox, data);
	fill_forget(mailbox, data);
	for (guint i = 0; polls != NULL && i < polls->len; i++) {
		struct poll *poll = polls->pdata[i];

		if (poll->mailbox == mailbox && poll->data == data)
			poll->done = NULL;
	}
}
