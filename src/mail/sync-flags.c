/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Flags that SELECT did not bring: those of rows from the cache, which may
 * have changed meanwhile (RFC 7162 or all of them), and which of the rows that
 * are not loaded are unread.
 */
#include "src/base/base.h"
#include "src/mail/private.h"
#include "src/imap/write.h"

enum { FLAGS_CHUNK = 5000 }; /* rows of one FETCH of flags */

/* A request of ours; it outlives the mailbox if need be. */
struct sync_request {
	struct mailbox *mailbox; /* NULL: the mailbox is gone */
	struct imap_seqset left; /* flags still to be fetched, newest last */
};

static struct sync_request *request_new(struct mailbox *mailbox)
{
	struct sync_request *request = g_new0(struct sync_request, 1);

	request->mailbox = mailbox;
	imap_seqset_init(&request->left);
	g_ptr_array_add(mailbox->requests, request);
	return request;
}

static void request_free(struct sync_request *request)
{
	if (request->mailbox != NULL)
		g_ptr_array_remove(request->mailbox->requests, request);
	imap_seqset_release(&request->left);
	g_free(request);
}

/* --- flags of cached rows ------------------------------------------------- */

/* The newest FLAGS_CHUNK of set, which it loses. */
static void cut_newest(struct imap_seqset *set, struct imap_seqset *newest_out)
{
	uint64_t wanted = FLAGS_CHUNK;

	while (wanted > 0 && !imap_seqset_is_empty(set)) {
		size_t n = imap_seqset_n_ranges(set);
		struct imap_range range = imap_seqset_range(set, n - 1);
		struct imap_seqset cut;

		if ((uint64_t)range.last - range.first + 1 > wanted)
			range.first = range.last - (uint32_t)wanted + 1;
		wanted -= (uint64_t)range.last - range.first + 1;
		imap_seqset_add_range(newest_out, range.first, range.last);
		imap_seqset_init(&cut);
		imap_seqset_add_range(&cut, range.first, range.last);
		imap_seqset_remove_set(set, &cut);
		imap_seqset_release(&cut);
	}
}

static void on_flags(const struct imap_result *result, void *data);

static void fetch_next_flags(struct sync_request *request)
{
	struct imap_seqset chunk;

	imap_seqset_init(&chunk);
	cut_newest(&request->left, &chunk);
	selection_fetch(request->mailbox->selection, &chunk, IMAP_FETCH_FLAGS,
		SESSION_SYNC, on_flags, request);
	imap_seqset_release(&chunk);
}

static void on_flags(const struct imap_result *result, void *data)
{
	struct sync_request *request = data;
	struct mailbox *mailbox = request->mailbox;
	bool is_ok = result->outcome == IMAP_OUTCOME_OK;

	if (mailbox != NULL && is_ok && mailbox->selection != NULL &&
		!imap_seqset_is_empty(&request->left)) {
		fetch_next_flags(request);
		return;
	}
	request_free(request);
	if (mailbox == NULL)
		return;
	mailbox->is_syncing_flags = false;
	if (is_ok || result->outcome == IMAP_OUTCOME_NO ||
		result->outcome == IMAP_OUTCOME_BAD)
		mailbox->is_in_step = true;
	mailbox_rows_changed(mailbox);
}

/* fetched() had what changed; a server that would not say tells all flags. */
static void on_changed(const struct imap_result *result, void *data)
{
	struct sync_request *request = data;
	struct imap_result all = *result;

	if (result->outcome == IMAP_OUTCOME_OK)
		imap_seqset_clear(&request->left);
	else if (result->outcome == IMAP_OUTCOME_NO ||
		result->outcome == IMAP_OUTCOME_BAD)
		all.outcome = IMAP_OUTCOME_OK;
	on_flags(&all, request);
}

/* What a mailbox restored from a backup changed, its numbers do not tell. */
static bool can_tell_changes(const struct mailbox *mailbox)
{
	return mailbox->highest_mod_seq != 0 &&
		selection_info(mailbox->selection)->highest_mod_seq >
		mailbox->highest_mod_seq;
}

bool sync_known_uids(const struct mailbox *mailbox,
	struct imap_seqset *uids_io)
{
	const struct table *table = mailbox->table;
	struct table_counts counts;
	bool has_all = true;

	mailbox_count(mailbox, &counts);
	if (counts.unknown == 0 && table_n_unknown(table) == 0) {
		table_get_uids(table, uids_io);
		return true;
	}
	for (uint32_t i = 0; i < table_length(table); i++) {
		const struct table_record *record = table_at(table, i);

		if (record->uid != 0 && (record->bits &
			(TABLE_HAS_FLAGS | TABLE_IN_CACHE)) != 0)
			imap_seqset_add(uids_io, record->uid);
		else
			has_all = false;
	}
	return has_all;
}

static void start_flags(struct mailbox *mailbox)
{
	struct sync_request *request;

	mailbox->is_syncing_flags = true;
	request = request_new(mailbox);
	sync_known_uids(mailbox, &request->left);
	if (imap_seqset_is_empty(&request->left)) {
		request_free(request);
		mailbox->is_syncing_flags = false;
		mailbox->is_in_step = true;
	} else if (can_tell_changes(mailbox)) {
		selection_fetch_changed(mailbox->selection,
			mailbox->highest_mod_seq, on_changed, request);
	} else {
		fetch_next_flags(request);
	}
}

/* --- what is unread among the rows that are not loaded -------------------- */

static bool lacks_flags(const struct mailbox *mailbox)
{
	struct table_counts counts;

	mailbox_count(mailbox, &counts);
	return counts.flagless > 0;
}

static void unknown_flags(
	const struct mailbox *mailbox, struct imap_seqset *uids_out)
{
	for (uint32_t i = 0; i < table_length(mailbox->table); i++) {
		const struct table_record *record = table_at(mailbox->table, i);

		if ((record->bits & TABLE_HAS_FLAGS) == 0)
			imap_seqset_add(uids_out, record->uid);
	}
}

static void take_unseen(struct mailbox *mailbox, const struct imap_seqset *uids)
{
	mailbox->is_asking_unseen = false;
	if (uids != NULL)
		imap_seqset_copy(&mailbox->unseen_hint, uids);
	mailbox->has_unseen_hint = true;
	table_recount(mailbox->table);
	mailbox_rows_changed(mailbox);
}

static void on_unseen(const struct imap_result *result,
	const struct imap_seqset *uids, void *data)
{
	struct sync_request *request = data;
	struct mailbox *mailbox = request->mailbox;

	request_free(request);
	if (mailbox != NULL)
		take_unseen(mailbox, result->outcome == IMAP_OUTCOME_OK ?
			uids : NULL);
}

void sync_on_unseen(struct selection *selection, const struct imap_seqset *uids,
	void *data)
{
	(void)selection;
	take_unseen(data, uids);
}

bool sync_wants_unseen(struct mailbox *mailbox)
{
	if (mail.batch || mailbox->is_beside)
		return false;
	mailbox->is_asking_unseen = table_length(mailbox->table) == 0 ||
		lacks_flags(mailbox);
	return mailbox->is_asking_unseen;
}

static void on_all_flags(const struct imap_result *result, void *data)
{
	const struct imap_seqset none = { 0 };
	struct imap_result nothing = *result;

	nothing.outcome = IMAP_OUTCOME_NO;
	on_unseen(&nothing, &none, data);
}

/* On a screen rows fill in by themselves, and until then a number will do; a
 * script asks about flags of all messages. */
static void start_unseen(struct mailbox *mailbox)
{
	struct imap_seqset unknown;

	if (!lacks_flags(mailbox)) {
		mailbox->has_unseen_hint = true;
		return;
	}
	mailbox->is_asking_unseen = true;
	if (!mail.batch) {
		selection_search(mailbox->selection, imap_text_new("UNSEEN"),
			SESSION_SYNC, on_unseen, request_new(mailbox));
		return;
	}
	imap_seqset_init(&unknown);
	unknown_flags(mailbox, &unknown);
	selection_fetch(mailbox->selection, &unknown, IMAP_FETCH_FLAGS,
		SESSION_INTERACTIVE, on_all_flags, request_new(mailbox));
	imap_seqset_release(&unknown);
}

/* --- beginning and end ---------------------------------------------------- */

void sync_flags_check(struct mailbox *mailbox)
{
	if (!mailbox->is_in_step && !mailbox->is_syncing_flags)
		start_flags(mailbox);
	if (!mailbox->has_unseen_hint && !mailbox->is_asking_unseen)
		start_unseen(mailbox);
}

void sync_flags_stop(struct mailbox *mailbox)
{
	for (guint i = 0; i < mailbox->requests->len; i++)
		((struct sync_request *)mailbox->requests->pdata[i])->mailbox =
			NULL;
	g_ptr_array_set_size(mailbox->requests, 0);
	mailbox->is_syncing_flags = mailbox->is_asking_unseen = false;
}
