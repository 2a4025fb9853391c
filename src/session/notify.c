/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/session/notify.h"
#include "src/base/error.h"
#include "src/imap/fetch.h"
#include "src/imap/write.h"
#include "src/session/connection.h"
#include "src/session/session-priv.h"

enum event {
	EVENT_MESSAGE_NEW = 1 << 0,
	EVENT_MESSAGE_EXPUNGE = 1 << 1,
	EVENT_FLAG_CHANGE = 1 << 2,
	EVENT_MAILBOX_NAME = 1 << 3,
	EVENT_SUBSCRIPTION_CHANGE = 1 << 4,
	EVENTS_ALL = (1 << 5) - 1,
	/* The only ones that a group of SELECTED may have. */
	EVENTS_OF_MESSAGES = EVENT_MESSAGE_NEW | EVENT_MESSAGE_EXPUNGE |
		EVENT_FLAG_CHANGE,
	/* Both or none (RFC 5465 5). */
	EVENTS_NEEDED = EVENT_MESSAGE_NEW | EVENT_MESSAGE_EXPUNGE,
};

static const struct {
	enum event event;
	const char *name;
} events[] = {
	{ EVENT_MESSAGE_NEW, "MessageNew" },
	{ EVENT_MESSAGE_EXPUNGE, "MessageExpunge" },
	{ EVENT_FLAG_CHANGE, "FlagChange" },
	{ EVENT_MAILBOX_NAME, "MailboxName" },
	{ EVENT_SUBSCRIPTION_CHANGE, "SubscriptionChange" },
};

/* --- the command ---------------------------------------------------------- */

static void append_events(struct imap_text *text, unsigned mask,
	const char *row_items)
{
	const char *space = "";

	imap_text_append(text, " (");
	for (size_t i = 0; i < G_N_ELEMENTS(events); i++) {
		if ((mask & events[i].event) == 0)
			continue;
		imap_text_append(text, "%a%a", space, events[i].name);
		if (events[i].event == EVENT_MESSAGE_NEW && row_items != NULL)
			imap_text_append(text, " %a", row_items);
		space = " ";
	}
	imap_text_append(text, ")");
}

static void append_selected(const struct connection *connection,
	struct imap_text *text)
{
	char *items = imap_fetch_items_to_string(IMAP_FETCH_ROW,
		connection_has(connection, IMAP_CAP_CONDSTORE));

	imap_text_append(text, connection_is_enabled(connection,
		IMAP_CAP_UIDONLY) ? " (SELECTED" : " (SELECTED-DELAYED");
	append_events(text, connection->notify.events & EVENTS_OF_MESSAGES,
		items);
	imap_text_append(text, ")");
	g_free(items);
}

/* PERSONAL has all of the user's own; subscribed ones of others besides. */
static void append_others(const struct connection *connection,
	struct imap_text *text)
{
	const struct imap_namespaces *namespaces =
		session_namespaces(connection->session);

	imap_text_append(text, " (PERSONAL");
	append_events(text, connection->notify.events, NULL);
	imap_text_append(text, ")");
	if (namespaces->n_other + namespaces->n_shared == 0)
		return;
	imap_text_append(text, " (SUBSCRIBED");
	append_events(text, connection->notify.events, NULL);
	imap_text_append(text, ")");
}

static void push(struct connection *connection, struct imap_text *text_take,
	command_done_fn *done)
{
	struct command *command = command_new(text_take, "NOTIFY", 0,
		SESSION_SYNC);

	command->done = done;
	command->data = connection;
	connection->notify.state = NOTIFY_ASKED;
	connection_push(connection, command);
}

static void on_asked(struct command *command, const struct imap_result *result,
	void *data);

static void ask(struct connection *connection, bool with_status)
{
	struct imap_text *text = imap_text_new(with_status ?
		"NOTIFY SET STATUS" : "NOTIFY SET");

	append_selected(connection, text);
	append_others(connection, text);
	push(connection, text, on_asked);
}

/* --- its answer ----------------------------------------------------------- */

/* [BADEVENT (...)] lists what the server knows. */
static unsigned known_events(const struct imap_result *result)
{
	const struct imap_arg *items;
	const char *name;
	unsigned known = 0;
	size_t n;

	if (g_strcmp0(result->code, "BADEVENT") != 0 ||
		result->n_code_args == 0 ||
		!imap_arg_get_list(&result->code_args[0], &items, &n))
		return 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < G_N_ELEMENTS(events); k++)
			if (imap_arg_get_astring(&items[i], &name) &&
				g_ascii_strcasecmp(name, events[k].name) == 0)
				known |= events[k].event;
	return known;
}

static bool ask_for_less(struct connection *connection,
	const struct imap_result *result)
{
	unsigned less = connection->notify.events & known_events(result);

	if ((less & EVENTS_NEEDED) != EVENTS_NEEDED ||
		less == connection->notify.events)
		return false;
	connection->notify.events = less;
	ask(connection, false);
	return true;
}

static void on_asked(struct command *command, const struct imap_result *result,
	void *data)
{
	struct connection *connection = data;

	(void)command;
	if (connection->phase != PHASE_READY)
		return;
	if (result->outcome == IMAP_OUTCOME_OK) {
		/* It may have overflowed by now. */
		if (connection->notify.state == NOTIFY_ASKED)
			connection->notify.state = NOTIFY_ON;
		return;
	}
	if (result->outcome == IMAP_OUTCOME_NO &&
		ask_for_less(connection, result))
		return;
	/* What was in force before NOTIFY still is. */
	log_note(connection->who, "NOTIFY refused: %s", result->text);
	connection->notify.state = NOTIFY_REFUSED;
}

void notify_start(struct connection *connection, bool with_status)
{
	if (connection->notify.state != NOTIFY_OFF ||
		connection->phase != PHASE_READY ||
		connection->session->is_notify_bad ||
		!connection_has(connection, IMAP_CAP_NOTIFY))
		return;
	connection->notify.events = EVENTS_ALL;
	ask(connection, with_status);
}

/* --- overflow ------------------------------------------------------------ */

static void on_narrowed(struct command *command,
	const struct imap_result *result, void *data)
{
	struct connection *connection = data;

	(void)command;
	if (connection->phase != PHASE_READY)
		return;
	if (result->outcome == IMAP_OUTCOME_OK) {
		connection->notify.state = NOTIFY_NARROW;
		return;
	}
	/* As after NOTIFY NONE it would not even tell of the selected mailbox
	 * (RFC 5465 5.8), and nothing but a new connection ends that. */
	connection->notify.state = NOTIFY_REFUSED;
	connection_fail(connection, CONNECTION_END_RETRY,
		g_error_new(NET_ERROR, NET_ERROR_CLOSED,
			"the server tells no news any more"));
}

void notify_overflowed(struct connection *connection)
{
	struct imap_text *text;

	if (connection->notify.state != NOTIFY_ASKED &&
		connection->notify.state != NOTIFY_ON)
		return;
	log_note(connection->who, "NOTIFY overflowed");
	connection->session->is_notify_bad = true;
	text = imap_text_new("NOTIFY SET");
	append_selected(connection, text);
	push(connection, text, on_narrowed);
}

bool notify_brings_rows(const struct connection *connection)
{
	return connection->notify.state == NOTIFY_ON ||
		connection->notify.state == NOTIFY_NARROW;
}

/* --- the session's door -------------------------------------------------- */

void session_watch(struct session *session, bool with_status)
{
	struct connection *connection = session_usable_connection(session);

	if (connection != NULL && session->config.idle)
		notify_start(connection, with_status);
}

bool session_is_watching(const struct session *session)
{
	const struct connection *connection =
		session_usable_connection(session);

	return connection != NULL && (connection->notify.state == NOTIFY_ON ||
		connection->notify.state == NOTIFY_ASKED);
}
