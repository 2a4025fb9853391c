/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/session/untagged.h"
#include "src/base/arena.h"
#include "src/base/error.h"
#include "src/imap/parser.h"
#include "src/imap/quota.h"
#include "src/session/connection.h"
#include "src/session/search-priv.h"
#include "src/session/progress.h"
#include "src/session/selection-priv.h"
#include "src/session/session-priv.h"

/* --- the connection's own ------------------------------------------------- */

static void take_capabilities(struct connection *connection,
	const struct imap_arg *args, size_t n)
{
	imap_capabilities_set_args(&connection->capabilities, args, n);
	session_disable_capabilities(connection->session,
		&connection->capabilities);
	if (connection->phase < PHASE_AUTH)
		imap_capabilities_add_all(&connection->before_login,
			&connection->capabilities);
	connection->has_capabilities = true;
}

static void on_capability(struct connection *connection,
	const struct imap_response *response)
{
	take_capabilities(connection, response->args, response->n_args);
}

static void on_enabled(struct connection *connection,
	const struct imap_response *response)
{
	imap_capabilities_set_args(&connection->enabled, response->args,
		response->n_args);
	if (connection_is_enabled(connection, IMAP_CAP_QRESYNC))
		imap_capabilities_add(&connection->enabled, IMAP_CAP_CONDSTORE);
}

static void on_id(struct connection *connection,
	const struct imap_response *response)
{
	const struct imap_arg *items;
	const char *key, *value, *name = NULL, *version = NULL;
	size_t n;

	if (response->n_args < 1 ||
		!imap_arg_get_list(&response->args[0], &items, &n))
		return;
	for (size_t i = 0; i + 1 < n; i += 2) {
		if (!imap_arg_get_astring(&items[i], &key) ||
			!imap_arg_get_nstring(&items[i + 1], &value))
			continue;
		if (g_ascii_strcasecmp(key, "name") == 0)
			name = value;
		else if (g_ascii_strcasecmp(key, "version") == 0)
			version = value;
	}
	g_free(connection->server_id);
	connection->server_id = name == NULL ? NULL : version == NULL ?
		g_strdup(name) : g_strdup_printf("%s %s", name, version);
}

static void on_namespace(struct connection *connection,
	const struct imap_response *response)
{
	struct session *session = connection->session;

	arena_clear(session->namespace_arena);
	if (!imap_namespaces_from_response(response,
		connection_has_utf8_names(connection), session->namespace_arena,
		&session->namespaces))
		memset(&session->namespaces, 0, sizeof(session->namespaces));
}

/* The head of the flight is SELECT: what comes may be its answer. */
static bool is_selecting(struct connection *connection)
{
	const struct command *first =
		g_queue_peek_head(&connection->queue.in_flight);

	return first != NULL && (first->flags & COMMAND_SELECTS) != 0;
}

/* Dovecot 2.3 writes the names of what NOTIFY tells in UTF-8 whatever was
 * enabled. */
static bool has_utf8_name(const struct connection *connection,
	const struct imap_response *response)
{
	return connection_has_utf8_names(connection) ||
		imap_list_coding(response) == IMAP_NAME_UTF8;
}

/* Data that nobody in flight asked for. A rev2 server tells the mailbox of
 * SELECT, without what is known of it. */
static void on_list(struct connection *connection,
	const struct imap_response *response)
{
	struct session *session = connection->session;
	struct arena *arena = arena_new();
	struct imap_list list;

	if (session->ops != NULL && session->ops->list != NULL &&
		!is_selecting(connection) &&
		imap_list_from_response(response,
			has_utf8_name(connection, response), arena, &list))
		session->ops->list(session, &list, session->ops_data);
	arena_free(&arena);
}

static void on_status(struct connection *connection,
	const struct imap_response *response)
{
	struct session *session = connection->session;
	struct arena *arena = arena_new();
	struct imap_status status;

	if (session->ops != NULL && session->ops->status != NULL &&
		imap_status_from_response(response,
			has_utf8_name(connection, response), arena, &status))
		session->ops->status(session, &status, session->ops_data);
	arena_free(&arena);
}

/* A quota that changed, told unasked (RFC 9208 4.2.1). */
static void on_quota(struct connection *connection,
	const struct imap_response *response)
{
	struct session *session = connection->session;
	struct arena *arena = arena_new();
	struct imap_quota quota;

	if (session->ops != NULL && session->ops->quota != NULL &&
		imap_quota_from_response(response, arena, &quota))
		session->ops->quota(session, &quota, session->ops_data);
	arena_free(&arena);
}

/* The first of SELECT's answers, when the server forgot its [CLOSED]. */
static void on_flags(struct connection *connection,
	const struct imap_response *response)
{
	(void)response;
	if (is_selecting(connection))
		connection->awaits_closed = false;
}

static void ignore(struct connection *connection,
	const struct imap_response *response)
{
	(void)connection;
	(void)response;
}

/* --- the table ------------------------------------------------------------ */

enum needs {
	NEEDS_NOTHING,
	NEEDS_LOGIN,    /* ignored before, as an attacker may have sent it */
	NEEDS_SELECTED, /* goes to the selection */
};

static const struct untagged_row {
	const char *name;
	enum needs needs;
	bool has_number;
	void (*handle)(struct connection *connection,
		const struct imap_response *response);
	void (*select)(struct selection *selection,
		const struct imap_response *response);
} rows[] = {
	{ "ACL", NEEDS_LOGIN, false, ignore, NULL },
	{ "CAPABILITY", NEEDS_NOTHING, false, on_capability, NULL },
	{ "ENABLED", NEEDS_LOGIN, false, on_enabled, NULL },
	{ "ESEARCH", NEEDS_LOGIN, false, search_contexts_take, NULL },
	{ "EXISTS", NEEDS_SELECTED, true, NULL, selection_on_exists },
	{ "EXPUNGE", NEEDS_SELECTED, true, NULL, selection_on_expunge },
	{ "FETCH", NEEDS_SELECTED, true, NULL, selection_on_fetch },
	{ "FLAGS", NEEDS_LOGIN, false, on_flags, NULL },
	{ "ID", NEEDS_LOGIN, false, on_id, NULL },
	{ "LIST", NEEDS_LOGIN, false, on_list, NULL },
	{ "LISTRIGHTS", NEEDS_LOGIN, false, ignore, NULL },
	{ "LSUB", NEEDS_LOGIN, false, ignore, NULL },
	{ "METADATA", NEEDS_LOGIN, false, ignore, NULL },
	{ "MYRIGHTS", NEEDS_LOGIN, false, ignore, NULL },
	{ "NAMESPACE", NEEDS_LOGIN, false, on_namespace, NULL },
	{ "QUOTA", NEEDS_LOGIN, false, on_quota, NULL },
	{ "QUOTAROOT", NEEDS_LOGIN, false, ignore, NULL },
	{ "RECENT", NEEDS_LOGIN, true, ignore, NULL },
	{ "SEARCH", NEEDS_LOGIN, false, ignore, NULL },
	{ "SORT", NEEDS_LOGIN, false, ignore, NULL },
	{ "STATUS", NEEDS_LOGIN, false, on_status, NULL },
	{ "THREAD", NEEDS_LOGIN, false, ignore, NULL },
	{ "UIDBATCHES", NEEDS_LOGIN, false, ignore, NULL },
	{ "UIDFETCH", NEEDS_SELECTED, true, NULL, selection_on_fetch },
	{ "VANISHED", NEEDS_SELECTED, false, NULL, selection_on_vanished },
	{ "XLIST", NEEDS_LOGIN, false, ignore, NULL },
};

static int compare_row(const void *name, const void *row)
{
	return strcmp(name, ((const struct untagged_row *)row)->name);
}

/* The command in flight that waits for this, oldest first. */
static bool offer_to_commands(struct connection *connection,
	const struct imap_response *response)
{
	GList *next;

	for (GList *l = connection->queue.in_flight.head; l != NULL; l = next) {
		struct command *command = l->data;

		next = l->next;
		if (command->untagged != NULL &&
			command->untagged(command, response, command->data))
			return true;
	}
	return false;
}

static void dispatch_data(struct connection *connection,
	const struct imap_response *response)
{
	const struct untagged_row *row = bsearch(response->name, rows,
		G_N_ELEMENTS(rows), sizeof(rows[0]), compare_row);

	if (row == NULL || row->has_number != response->has_number) {
		log_note(connection->who, "ignored: %s", response->name);
		return;
	}
	if (row->needs != NEEDS_NOTHING && connection->queue.is_login)
		return;
	if (row->select != NULL) {
		if (connection->selection != NULL && !connection->awaits_closed)
			row->select(connection->selection, response);
		return;
	}
	if (!offer_to_commands(connection, response))
		row->handle(connection, response);
}

static void on_bye(struct connection *connection,
	const struct imap_response *response)
{
	g_free(connection->bye);
	connection->bye = g_utf8_make_valid(response->text, -1);
}

void untagged_dispatch(struct connection *connection,
	const struct imap_response *response)
{
	if (response->kind == IMAP_RESPONSE_DATA) {
		dispatch_data(connection, response);
		return;
	}
	if (strcmp(response->name, "BYE") == 0)
		on_bye(connection, response);
	/* MOVE's COPYUID comes untagged. */
	if (!connection->queue.is_login)
		offer_to_commands(connection, response);
	untagged_code(connection, response);
}

/* --- response codes ------------------------------------------------------- */

static void code_alert(struct connection *connection,
	const struct imap_response *response)
{
	/* Before TLS and log-in anybody may have said it (RFC 9051 11.1). */
	if (!connection->queue.is_login)
		session_alert(connection->session, response->text);
	else
		log_note(connection->who, "alert before log-in: %s",
			response->text);
}

static void code_capability(struct connection *connection,
	const struct imap_response *response)
{
	take_capabilities(connection, response->code_args,
		response->n_code_args);
}

static void code_closed(struct connection *connection,
	const struct imap_response *response)
{
	(void)response;
	connection->awaits_closed = false;
}

/* A number was sent where there are none any more: ours is the fault. */
static void code_uid_required(struct connection *connection,
	const struct imap_response *response)
{
	log_note(connection->who, "a sequence number was sent: %s",
		response->text);
	connection->session->config.uid_only = false;
	connection_fail(connection, CONNECTION_END_RETRY,
		g_error_new(IMAP_ERROR, IMAP_ERROR_PROTOCOL,
		"starting again with sequence numbers"));
}

/* A warning of the server's own; what refused a command is told by it. */
static void code_over_quota(struct connection *connection,
	const struct imap_response *response)
{
	if (response->kind == IMAP_RESPONSE_STATUS &&
		!connection->queue.is_login)
		session_alert(connection->session, response->text);
}

/* It goes on; what it was is in the trace. */
static void code_client_bug(struct connection *connection,
	const struct imap_response *response)
{
	log_note(connection->who, "the server takes this for our error: %s",
		response->text);
}

static void code_overflow(struct connection *connection,
	const struct imap_response *response)
{
	if (response->kind == IMAP_RESPONSE_STATUS)
		notify_overflowed(connection);
}

static const struct code_row {
	const char *name;
	void (*handle)(struct connection *connection,
		const struct imap_response *response);
} code_rows[] = {
	{ "ALERT", code_alert },
	{ "CAPABILITY", code_capability },
	{ "CLIENTBUG", code_client_bug },
	{ "CLOSED", code_closed },
	{ "NOUPDATE", search_contexts_refused },
	{ "UIDREQUIRED", code_uid_required },
	{ "OVERQUOTA", code_over_quota },
	{ "INPROGRESS", progress_on_code },
	{ "NOTIFICATIONOVERFLOW", code_overflow },
};

void untagged_code(struct connection *connection,
	const struct imap_response *response)
{
	if (response->code == NULL)
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(code_rows); i++)
		if (strcmp(code_rows[i].name, response->code) == 0)
			code_rows[i].handle(connection, response);
	if (!connection->queue.is_login && connection->selection != NULL &&
		!connection->awaits_closed)
		selection_on_code(connection->selection, response);
}
