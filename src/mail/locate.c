/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finds messages again where a COPY or MOVE put them, when the server does not
 * tell by COPYUID: one Message-ID after the other among the UIDs that came
 * since, then INTERNALDATE and RFC822.SIZE of the candidates (RFC 4549 5.1).
 */
#include "src/base/base.h"
#include "src/mail/op.h"
#include "src/base/error.h"
#include "src/imap/write.h"
#include "src/mail/details.h"

struct locate {
	struct mailbox *target;
	struct mailbox *source;      /* where they still are; or NULL */
	uint32_t uid_validity, from_uid;
	const GArray *identities;
	uint32_t *found;
	guint at;                    /* the identity that is looked for */
	struct imap_seqset candidates;
	struct session_request *request;
	bool is_cancelled, is_asking;
	bool is_loading;             /* details of the source's */
	locate_done_fn *done;
	void *data;
};

static void step(struct locate *locate);

static void locate_free(struct locate *locate)
{
	if (locate->target != NULL)
		mailbox_forget(locate->target, locate);
	mailbox_unref(&locate->target);
	mailbox_unref(&locate->source);
	imap_seqset_release(&locate->candidates);
	g_free(locate->found);
	g_free(locate);
}

static void end(struct locate *locate, const GError *error)
{
	locate->done(locate->found, error, locate->data);
	locate_free(locate);
}

static const struct identity *identity(const struct locate *locate)
{
	return &g_array_index(locate->identities, struct identity, locate->at);
}

static bool is_same(const struct locate *locate, uint32_t uid)
{
	uint32_t pos = table_find(locate->target->table, uid);
	const struct table_record *record;

	if (pos == UINT32_MAX)
		return false;
	record = table_at(locate->target->table, pos);
	return (record->bits & TABLE_HAS_ROW) != 0 &&
		record->internaldate == identity(locate)->internaldate &&
		record->size == identity(locate)->size;
}

static void judge(struct locate *locate)
{
	uint32_t found = 0;

	for (size_t i = 0; i < imap_seqset_n_ranges(&locate->candidates); i++) {
		struct imap_range range =
			imap_seqset_range(&locate->candidates, i);

		for (uint64_t uid = range.first; uid <= range.last; uid++)
			if (is_same(locate, (uint32_t)uid))
				found = found == 0 ? (uint32_t)uid : UINT32_MAX;
	}
	locate->found[locate->at++] = found;
	step(locate);
}

static GError *failure(const struct imap_result *result)
{
	return g_error_new(MAIL_ERROR, result->outcome == IMAP_OUTCOME_NO ||
		result->outcome == IMAP_OUTCOME_BAD ? MAIL_ERROR_SERVER :
		MAIL_ERROR_OFFLINE, "cannot look for the messages: %s",
		result->text != NULL ? result->text : "the connection was lost");
}

static void on_rows(const struct imap_result *result, void *data)
{
	struct locate *locate = data;
	GError *error;

	locate->is_asking = false;
	if (locate->is_cancelled) {
		locate_free(locate);
	} else if (result->outcome == IMAP_OUTCOME_OK) {
		judge(locate);
	} else {
		error = failure(result);
		end(locate, error);
		g_error_free(error);
	}
}

/* "n:*" is the newest message too where n is above it (RFC 9051 9). */
static void take_new(struct locate *locate, const struct imap_seqset *uids)
{
	struct imap_seqset from;

	imap_seqset_init(&from);
	imap_seqset_add_range(&from, locate->from_uid, UINT32_MAX);
	imap_seqset_copy(&locate->candidates, uids);
	imap_seqset_intersect(&locate->candidates, &from);
	imap_seqset_release(&from);
}

static void on_candidates(const struct imap_result *result,
	const struct imap_seqset *uids, void *data)
{
	struct locate *locate = data;
	struct imap_seqset *candidates = &locate->candidates;

	imap_seqset_clear(candidates);
	if (!locate->is_cancelled && result->outcome == IMAP_OUTCOME_OK)
		take_new(locate, uids);
	if (imap_seqset_is_empty(candidates) ||
		imap_seqset_count(candidates) > 1000) {
		imap_seqset_clear(candidates);
		on_rows(result, locate);
		return;
	}
	selection_fetch(locate->target->selection, candidates, IMAP_FETCH_ROW,
		SESSION_INTERACTIVE, on_rows, locate);
}

/* An identity that a copy has too (RFC 8474); else its Message-ID; one without
 * is known by its date and size alone. */
static struct imap_text *criteria(const struct locate *locate)
{
	const struct message_details *details = locate->source == NULL ? NULL :
		mailbox_details(locate->source, identity(locate)->uid);
	struct imap_text *text = imap_text_new("UID %u:*", locate->from_uid);

	if (details != NULL && details->email_id != NULL)
		imap_text_append(text, " EMAILID %s", details->email_id);
	else if (identity(locate)->message_id != NULL)
		imap_text_append(text, " HEADER Message-ID %s",
			identity(locate)->message_id);
	return text;
}

static void step(struct locate *locate)
{
	struct imap_text *text;

	if (locate->at >= locate->identities->len) {
		end(locate, NULL);
		return;
	}
	text = criteria(locate);
	locate->is_asking = true;
	selection_search(locate->target->selection, text, SESSION_INTERACTIVE,
		on_candidates, locate);
}

/* Without them it goes by Message-ID. */
static void on_details(const GError *error, void *data)
{
	struct locate *locate = data;

	(void)error;
	locate->is_loading = false;
	step(locate);
}

static void load_details(struct locate *locate)
{
	struct imap_seqset uids;

	imap_seqset_init(&uids);
	for (guint i = 0; i < locate->identities->len; i++)
		imap_seqset_add(&uids, g_array_index(locate->identities,
			struct identity, i).uid);
	locate->is_loading = true;
	mailbox_load_details(locate->source, &uids, on_details, locate);
	imap_seqset_release(&uids);
}

static void on_polled(const struct imap_result *result, void *data)
{
	struct locate *locate = data;
	GError *error;

	locate->is_asking = false;
	if (locate->is_cancelled) {
		locate_free(locate);
	} else if (result->outcome != IMAP_OUTCOME_OK) {
		error = failure(result);
		end(locate, error);
		g_error_free(error);
	} else if (locate->source != NULL && session_has(account_session(
		locate->source->account), IMAP_CAP_OBJECTID)) {
		load_details(locate);
	} else {
		step(locate);
	}
}

/* One that has been open for a while does not search what it has not been told
 * of. */
static void poll_first(struct locate *locate)
{
	locate->is_asking = true;
	selection_poll(locate->target->selection, on_polled, locate);
}

static void on_ready(const GError *error, void *data)
{
	struct locate *locate = data;

	GError *replaced = NULL;

	if (error == NULL && locate->uid_validity != 0 &&
		locate->uid_validity != locate->target->uid_validity)
		replaced = g_error_new(MAIL_ERROR, MAIL_ERROR_NOT_FOUND,
			"%s was replaced by another mailbox of the same name",
			locate->target->name);
	if (error != NULL || replaced != NULL)
		end(locate, error != NULL ? error : replaced);
	else
		poll_first(locate);
	g_clear_error(&replaced);
}

struct locate *locate_start(struct account *account, const char *target,
	struct mailbox *source, uint32_t uid_validity, uint32_t from_uid,
	const GArray *identities, locate_done_fn *done, void *data)
{
	struct locate *locate = g_new0(struct locate, 1);

	locate->target = mailbox_open_beside(account, target);
	locate->source = source == NULL ? NULL : mailbox_ref(source);
	locate->uid_validity = uid_validity;
	locate->from_uid = from_uid;
	locate->identities = identities;
	locate->found = g_new0(uint32_t, identities->len + 1);
	locate->done = done;
	locate->data = data;
	mailbox_when_ready(locate->target, on_ready, locate);
	return locate;
}

void locate_cancel(struct locate **locatep)
{
	struct locate *locate = *locatep;

	if (locate == NULL)
		return;
	*locatep = NULL;
	if (locate->is_loading)
		mailbox_forget(locate->source, locate);
	if (locate->is_asking)
		locate->is_cancelled = true;
	else
		locate_free(locate);
}
