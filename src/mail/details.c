/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/details.h"
#include "src/base/error.h"
#include "src/mail/advice.h"
#include "src/mail/private.h"

enum { SHOWN_MAX = 5000 }; /* kept for rows that were shown */

/* Asked of the server. */
struct details_request {
	struct mailbox *mailbox; /* NULL: gone */
	mailbox_done_fn *done;   /* or NULL */
	void *data;
};

struct details_store {
	GHashTable *by_uid;      /* to struct message_details */
	struct imap_seqset asked, wanted;
	guint source;            /* wanted ones are asked for */
	GPtrArray *requests;     /* of struct details_request, borrowed */
};

static void free_details(gpointer data)
{
	struct message_details *details = data;

	g_free(details->email_id);
	g_free(details->thread_id);
	g_free(details->preview);
	g_strfreev(details->labels);
	g_free(details);
}

static struct details_store *store_of(struct mailbox *mailbox)
{
	struct details_store *store = mailbox->details;

	if (store != NULL)
		return store;
	store = mailbox->details = g_new0(struct details_store, 1);
	store->by_uid = g_hash_table_new_full(NULL, NULL, NULL, free_details);
	store->requests = g_ptr_array_new();
	imap_seqset_init(&store->asked);
	imap_seqset_init(&store->wanted);
	return store;
}

void details_stop(struct mailbox *mailbox)
{
	struct details_store *store = g_steal_pointer(&mailbox->details);

	if (store == NULL)
		return;
	source_clear(&store->source);
	for (guint i = 0; i < store->requests->len; i++)
		((struct details_request *)store->requests->pdata[i])->mailbox =
			NULL;
	g_ptr_array_free(store->requests, TRUE);
	g_hash_table_unref(store->by_uid);
	imap_seqset_release(&store->asked);
	imap_seqset_release(&store->wanted);
	g_free(store);
}

void details_clear(struct mailbox *mailbox)
{
	struct details_store *store = mailbox->details;

	if (store == NULL)
		return;
	g_hash_table_remove_all(store->by_uid);
	imap_seqset_clear(&store->asked);
	imap_seqset_clear(&store->wanted);
}

/* --- what the server tells ----------------------------------------------- */

static void replace(char **textp, const char *text)
{
	if (text == NULL)
		return;
	g_free(*textp);
	*textp = g_utf8_make_valid(text, -1);
}

static void take_labels(struct message_details *details,
	const struct imap_details *told)
{
	g_strfreev(details->labels);
	details->labels = g_new0(char *, told->n_labels + 1);
	for (size_t i = 0; i < told->n_labels; i++)
		details->labels[i] = g_utf8_make_valid(told->labels[i], -1);
}

static void take(
	struct message_details *details, const struct imap_fetch *fetch)
{
	const struct imap_details *told = &fetch->details;

	replace(&details->email_id, told->email_id);
	replace(&details->thread_id, told->thread_id);
	replace(&details->preview, told->preview);
	if (told->has_save_date) {
		details->has_save_date = true;
		details->save_date = told->save_date;
		details->save_date_offset = told->save_date_offset;
	}
	if (told->has_labels)
		take_labels(details, told);
	if (told->gm_id != 0)
		details->gm_id = told->gm_id;
	if (told->gm_thread != 0)
		details->gm_thread = told->gm_thread;
}

void details_offer(struct mailbox *mailbox, const struct imap_fetch *fetch)
{
	struct details_store *store = mailbox->details;
	struct message_details *details;

	/* A MODSEQ alone is of use to who has asked. */
	if (!fetch->has_details &&
		(store == NULL || !imap_seqset_has(&store->asked, fetch->uid)))
		return;
	store = store_of(mailbox);
	details = g_hash_table_lookup(store->by_uid,
		GUINT_TO_POINTER(fetch->uid));
	if (details == NULL) {
		details = g_new0(struct message_details, 1);
		g_hash_table_insert(store->by_uid,
			GUINT_TO_POINTER(fetch->uid), details);
	}
	details->mod_seq = MAX(details->mod_seq, fetch->mod_seq);
	take(details, fetch);
	mailbox_rows_changed(mailbox);
}

/* --- asking -------------------------------------------------------------- */

static const struct {
	enum imap_capability capability;
	unsigned items;
} offers[] = {
	{ IMAP_CAP_OBJECTID, IMAP_FETCH_EMAIL_ID | IMAP_FETCH_THREAD_ID },
	{ IMAP_CAP_SAVEDATE, IMAP_FETCH_SAVE_DATE },
	{ IMAP_CAP_PREVIEW, IMAP_FETCH_PREVIEW },
	{ IMAP_CAP_X_GM_EXT_1, IMAP_FETCH_GM_LABELS | IMAP_FETCH_GM_ID |
		IMAP_FETCH_GM_THREAD },
};

static unsigned offered_items(const struct mailbox *mailbox)
{
	const struct session *session = account_session(mailbox->account);
	unsigned items = 0;

	for (size_t i = 0; session != NULL && i < G_N_ELEMENTS(offers); i++)
		if (session_has(session, offers[i].capability))
			items |= offers[i].items;
	return items;
}

static void on_fetched(const struct imap_result *result, void *data)
{
	struct details_request *request = data;
	GError *error = NULL;

	if (request->mailbox != NULL)
		g_ptr_array_remove(
			request->mailbox->details->requests, request);
	if (result->outcome == IMAP_OUTCOME_NO ||
		result->outcome == IMAP_OUTCOME_BAD) {
		char *refusal = advice_refusal(result);

		error = g_error_new(MAIL_ERROR, MAIL_ERROR_SERVER,
			"cannot ask for details: %s", refusal);
		g_free(refusal);
	} else if (result->outcome != IMAP_OUTCOME_OK) {
		error = g_error_new(MAIL_ERROR, MAIL_ERROR_OFFLINE,
			"cannot ask for details: %s", result->text);
	}
	if (request->done != NULL && request->mailbox != NULL)
		request->done(error, request->data);
	g_clear_error(&error);
	g_free(request);
}

static void ask(struct mailbox *mailbox, const struct imap_seqset *uids,
	enum session_priority priority, mailbox_done_fn *done, void *data)
{
	struct details_store *store = store_of(mailbox);
	struct details_request *request = g_new0(struct details_request, 1);

	request->mailbox = mailbox;
	request->done = done;
	request->data = data;
	g_ptr_array_add(store->requests, request);
	imap_seqset_add_set(&store->asked, uids);
	selection_fetch(mailbox->selection, uids,
		IMAP_FETCH_FLAGS | offered_items(mailbox), priority, on_fetched,
		request);
}

void details_forget(struct mailbox *mailbox, void *data)
{
	const GPtrArray *requests = mailbox->details == NULL ? NULL :
		mailbox->details->requests;

	for (guint i = 0; requests != NULL && i < requests->len; i++) {
		struct details_request *request = requests->pdata[i];

		if (request->data == data)
			request->done = NULL;
	}
}

static gboolean ask_wanted(gpointer data)
{
	struct mailbox *mailbox = data;
	struct details_store *store = mailbox->details;

	store->source = 0;
	if (mailbox->selection != NULL && mailbox->is_open &&
		offered_items(mailbox) != 0 &&
		!imap_seqset_is_empty(&store->wanted))
		ask(mailbox, &store->wanted, SESSION_SYNC, NULL, NULL);
	imap_seqset_clear(&store->wanted);
	return G_SOURCE_REMOVE;
}

const struct message_details *mailbox_details(const struct mailbox *mailbox,
	uint32_t uid)
{
	return mailbox->details == NULL ? NULL : g_hash_table_lookup(
		mailbox->details->by_uid, GUINT_TO_POINTER(uid));
}

const struct message_details *mailbox_want_details(struct mailbox *mailbox,
	uint32_t uid)
{
	struct details_store *store = store_of(mailbox);
	const struct message_details *details = mailbox_details(mailbox, uid);

	if (details != NULL || uid == 0 || !mailbox->is_open ||
		imap_seqset_has(&store->asked, uid))
		return details;
	if (g_hash_table_size(store->by_uid) > SHOWN_MAX)
		details_clear(mailbox);
	imap_seqset_add(&store->wanted, uid);
	if (store->source == 0)
		store->source = g_idle_add_full(G_PRIORITY_DEFAULT, ask_wanted,
			mailbox, NULL);
	return NULL;
}

void mailbox_load_details(struct mailbox *mailbox,
	const struct imap_seqset *uids, mailbox_done_fn *done, void *data)
{
	ask(mailbox, uids, SESSION_INTERACTIVE, done, data);
}
