/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What changes mailboxes that need not be selected: CREATE, for a use where
 * the server takes it (RFC 6154 3), RENAME, DELETE, SUBSCRIBE.
 */
#include "src/base/base.h"
#include "src/imap/utf7.h"
#include "src/session/connection.h"
#include "src/session/request.h"
#include "src/session/selection-priv.h"
#include "src/session/session-priv.h"

struct mailbox_request {
	struct session_request base;
	const char *command; /* static */
	char *mailbox;
	char *to;            /* RENAME's new name, or NULL */
	char *use;           /* CREATE's "\\Trash", or NULL */
	bool is_use_refused;
	bool is_recoded;     /* tried in modified UTF-7 */
	session_done_fn *done;
	void *data;
};

static bool can_create_for_use(const struct mailbox_request *mailbox)
{
	return !mailbox->is_use_refused && connection_has(
		mailbox->base.connection, IMAP_CAP_CREATE_SPECIAL_USE);
}

/* Dovecot hangs up when the selected mailbox is deleted. It is left in the same
 * flight, and selected again behind it, which tells whether it is gone. */
static void leave_mailbox(struct selection *selection)
{
	struct connection *connection = selection->connection;

	selection_leave(selection, "the mailbox is to be deleted");
	connection->is_selected = false;
	connection_push(connection, command_new(imap_text_new("UNSELECT"),
		"UNSELECT", 0, SESSION_INTERACTIVE));
	session_schedule_arrange(connection->session);
}

static void leave_before_delete(const struct mailbox_request *mailbox)
{
	GPtrArray *selections = mailbox->base.session->selections;

	for (guint i = 0; i < selections->len; i++) {
		struct selection *selection = g_ptr_array_index(selections, i);

		if (selection->step == SELECT_OPEN &&
			strcmp(selection->mailbox, mailbox->mailbox) == 0 &&
			connection_has(selection->connection,
			IMAP_CAP_UNSELECT))
			leave_mailbox(selection);
	}
}

static void mailbox_start(struct session_request *request)
{
	struct mailbox_request *mailbox = (struct mailbox_request *)request;
	struct imap_text *text = imap_text_new("%a %m", mailbox->command,
		mailbox->mailbox);

	if (strcmp(mailbox->command, "DELETE") == 0)
		leave_before_delete(mailbox);
	if (mailbox->to != NULL)
		imap_text_append(text, " %m", mailbox->to);
	if (mailbox->use != NULL && !can_create_for_use(mailbox))
		mailbox->is_use_refused = true;
	else if (mailbox->use != NULL)
		imap_text_append(text, " (USE (%a))", mailbox->use);
	request_send(request, text, 0);
}

/* Dovecot 2.4.1 may want the name in modified UTF-7 in spite of UTF8=ACCEPT. A
 * code would tell another reason. */
static bool is_recoding(struct mailbox_request *mailbox,
	const struct imap_result *result)
{
	struct session *session = mailbox->base.session;

	if (result->outcome != IMAP_OUTCOME_NO)
		return false;
	if (mailbox->is_recoded) {
		/* It was not that. */
		session->names = IMAP_NAME_NEUTRAL;
		return false;
	}
	if (result->code != NULL ||
		!connection_may_be_utf7(mailbox->base.connection) ||
		(imap_mailbox_name_is_neutral(mailbox->mailbox) &&
		(mailbox->to == NULL ||
		imap_mailbox_name_is_neutral(mailbox->to))))
		return false;
	mailbox->is_recoded = true;
	session->names = IMAP_NAME_UTF7;
	return true;
}

/* Some servers take no use, or not this one, or answer so although they
 * announce it (Cyrus for mailboxes of a shared namespace). */
static void mailbox_answered(struct session_request *request,
	struct command *command, const struct imap_result *result)
{
	struct mailbox_request *mailbox = (struct mailbox_request *)request;

	(void)command;
	if (is_recoding(mailbox, result)) {
		mailbox_start(request);
		return;
	}
	if (mailbox->use != NULL && !mailbox->is_use_refused &&
		result->outcome == IMAP_OUTCOME_NO &&
		g_strcmp0(result->code, "USEATTR") == 0) {
		mailbox->is_use_refused = true;
		mailbox_start(request);
		return;
	}
	request_note_end(request, result);
}

static void mailbox_finish(struct session_request *request,
	const struct imap_result *result)
{
	struct mailbox_request *mailbox = (struct mailbox_request *)request;
	struct imap_result without = *result;

	without.code = "USEATTR";
	without.n_code_args = 0;
	if (mailbox->done != NULL)
		mailbox->done(result->outcome == IMAP_OUTCOME_OK &&
			mailbox->is_use_refused ? &without : result,
			mailbox->data);
}

static void mailbox_release(struct session_request *request)
{
	struct mailbox_request *mailbox = (struct mailbox_request *)request;

	g_free(mailbox->mailbox);
	g_free(mailbox->to);
	g_free(mailbox->use);
}

static const struct request_class mailbox_class = {
	.verb = "CREATE",
	.start = mailbox_start,
	.answered = mailbox_answered,
	.finish = mailbox_finish,
	.release = mailbox_release,
};

static struct mailbox_request *mailbox_request_new(struct session *session,
	const char *command, const char *mailbox, session_done_fn *done,
	void *data)
{
	struct mailbox_request *request = (struct mailbox_request *)request_new(
		&mailbox_class, sizeof(*request), session, NULL,
		SESSION_INTERACTIVE);

	request->command = command;
	request->mailbox = g_strdup(mailbox);
	request->done = done;
	request->data = data;
	return request;
}

struct session_request *session_create(struct session *session,
	const char *mailbox, const char *use, session_done_fn *done, void *data)
{
	struct mailbox_request *request = mailbox_request_new(session, "CREATE",
		mailbox, done, data);

	request->use = g_strdup(use);
	return &request->base;
}

struct session_request *session_rename(struct session *session,
	const char *from, const char *to, session_done_fn *done, void *data)
{
	struct mailbox_request *request = mailbox_request_new(session, "RENAME",
		from, done, data);

	request->to = g_strdup(to);
	return &request->base;
}

struct session_request *session_delete(struct session *session,
	const char *mailbox, session_done_fn *done, void *data)
{
	return &mailbox_request_new(session, "DELETE", mailbox, done,
		data)->base;
}

struct session_request *session_subscribe(struct session *session,
	const char *mailbox, bool subscribed, session_done_fn *done, void *data)
{
	return &mailbox_request_new(session, subscribed ? "SUBSCRIBE" :
		"UNSUBSCRIBE", mailbox, done, data)->base;
}
