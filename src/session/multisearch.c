/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session_search(): ESEARCH IN (mailboxes ...) (RFC 7377), in as many commands
 * as the length of a line asks for. A mailbox answers when it has hits.
 */
#include "src/base/base.h"
#include "src/imap/esearch.h"
#include "src/imap/arg.h"
#include "src/imap/utf7.h"
#include "src/imap/write.h"
#include "src/session/connection.h"
#include "src/session/search-priv.h"
#include "src/session/session-priv.h"

/* Octets of one command, its criteria apart (RFC 2683 3.2.1.5). */
enum { NAMES_OCTETS_MAX = 6000 };

struct multi_request {
	struct session_request base;
	struct criteria criteria;
	char **mailboxes;
	session_hits_fn *hits;
	session_done_fn *done;
	void *data;
};

/* So many names from *at_io on as one line takes. */
static struct imap_text *next_text(const struct multi_request *multi,
	guint *at_io)
{
	struct imap_text *text = imap_text_new("ESEARCH IN (mailboxes (");
	const char *space = "";

	do {
		imap_text_append(text, "%a%m", space,
			multi->mailboxes[(*at_io)++]);
		space = " ";
	} while (multi->mailboxes[*at_io] != NULL &&
		imap_text_line_length(text) < NAMES_OCTETS_MAX);
	imap_text_append(text, ")) RETURN (ALL)");
	criteria_append_search(&multi->criteria, multi->base.connection, NULL,
		text);
	return text;
}

static void multi_start(struct session_request *request)
{
	struct multi_request *multi = (struct multi_request *)request;
	guint at = 0;

	if (!request_needs(request, IMAP_CAP_MULTISEARCH))
		return;
	if (multi->mailboxes[0] == NULL)
		request_end_later(request, IMAP_OUTCOME_OK, "");
	while (multi->mailboxes[at] != NULL)
		request_send(request, next_text(multi, &at), 0);
}

static void tell(struct multi_request *multi,
	const struct imap_esearch *esearch)
{
	const struct imap_arg *all = imap_esearch_find(esearch, "ALL");
	char *mailbox = imap_mailbox_name_decode(esearch->mailbox,
		connection_has_utf8_names(multi->base.connection));
	struct imap_seqset uids;
	const char *text;

	imap_seqset_init(&uids);
	if (all != NULL && imap_arg_get_astring(all, &text) &&
		imap_seqset_parse(&uids, text))
		multi->hits(mailbox, esearch->uid_validity, &uids,
			multi->data);
	imap_seqset_release(&uids);
	g_free(mailbox);
}

static bool multi_untagged(struct command *command,
	const struct imap_response *response, void *data)
{
	struct multi_request *multi = data;
	struct imap_esearch esearch;

	if (!imap_esearch_from_response(response, &esearch) ||
		esearch.tag == NULL || strcmp(esearch.tag, command->tag) != 0 ||
		esearch.mailbox == NULL || !esearch.is_uid)
		return false;
	tell(multi, &esearch);
	return true;
}

static void multi_answered(struct session_request *request,
	struct command *command, const struct imap_result *result)
{
	struct multi_request *multi = (struct multi_request *)request;

	(void)command;
	if (criteria_try_again(&multi->criteria, result)) {
		queue_cancel(&request->connection->queue, request);
		request->pending = 0;
		multi_start(request);
	} else {
		request_note_end(request, result);
	}
}

static void multi_finish(struct session_request *request,
	const struct imap_result *result)
{
	struct multi_request *multi = (struct multi_request *)request;

	multi->done(result, multi->data);
}

static void multi_release(struct session_request *request)
{
	struct multi_request *multi = (struct multi_request *)request;

	criteria_release(&multi->criteria);
	g_strfreev(multi->mailboxes);
}

static const struct request_class multi_class = {
	.verb = "ESEARCH",
	.is_reading = true,
	.needs_ready = true,
	.start = multi_start,
	.answered = multi_answered,
	.untagged = multi_untagged,
	.finish = multi_finish,
	.release = multi_release,
};

struct session_request *session_search(struct session *session,
	const char *const *mailboxes, struct imap_text *criteria_take,
	session_hits_fn *hits, session_done_fn *done, void *data)
{
	struct multi_request *multi = (struct multi_request *)request_new(
		&multi_class, sizeof(*multi), session, NULL,
		SESSION_INTERACTIVE);

	multi->criteria.text = criteria_take;
	multi->mailboxes = g_strdupv((char **)mailboxes);
	multi->hits = hits;
	multi->done = done;
	multi->data = data;
	return &multi->base;
}
