/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/session/setup.h"
#include "src/imap/parser.h"
#include "src/imap/write.h"
#include "src/net/connect.h"
#include "src/net/stream.h"
#include "src/session/connection.h"
#include "src/session/session-priv.h"

static bool is_over(const struct imap_result *result)
{
	return result->outcome == IMAP_OUTCOME_DISCONNECTED ||
		result->outcome == IMAP_OUTCOME_CANCELLED;
}

/* --- the flight ---------------------------------------------------------- */

static void on_setup_done(struct command *command,
	const struct imap_result *result, void *data)
{
	struct connection *connection = data;

	if (is_over(result))
		return;
	if (result->outcome != IMAP_OUTCOME_OK)
		log_note(connection->who, "%s refused: %s", command->verb,
			result->text);
	if (--connection->setup_pending == 0)
		connection_set_phase(connection, PHASE_READY);
}

static struct command *push_setup(struct connection *connection,
	struct imap_text *text, const char *verb, unsigned flags)
{
	struct command *command = command_new(text, verb,
		COMMAND_LOGIN | flags, SESSION_INTERACTIVE);

	command->done = on_setup_done;
	command->data = connection;
	connection->setup_pending++;
	connection_push(connection, command);
	return command;
}

/* What has to be turned on, the best of each row; IMAP4rev2 includes what
 * UTF8=ACCEPT brings to rev1 (RFC 9755), QRESYNC includes CONDSTORE. */
static const enum imap_capability wanted[][2] = {
	{ IMAP_CAP_IMAP4REV2, IMAP_CAP_UTF8_ACCEPT },
	{ IMAP_CAP_QRESYNC, IMAP_CAP_CONDSTORE },
};

static const char *wanted_of(const struct connection *connection, size_t row)
{
	for (size_t i = 0; i < G_N_ELEMENTS(wanted[row]); i++)
		if (connection_has(connection, wanted[row][i]))
			return imap_capability_table[wanted[row][i]].name;
	return NULL;
}

/* ENABLE has no answer yet, and SELECT's parameters go by what will be. */
static void enable(struct connection *connection)
{
	struct imap_text *text = imap_text_new("ENABLE");
	bool has_any = false;

	for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
		const char *name = wanted_of(connection, i);

		if (name == NULL)
			continue;
		imap_text_append(text, " %a", name);
		has_any = true;
	}
	if (connection->session->config.uid_only &&
		connection_has(connection, IMAP_CAP_UIDONLY)) {
		imap_text_append(text, " UIDONLY");
		has_any = true;
	}
	if (has_any)
		push_setup(connection, text, "ENABLE", COMMAND_ENABLES);
	else
		imap_text_free(&text);
}

void setup_start(struct connection *connection, enum setup_source source)
{
	connection_set_phase(connection, PHASE_SETUP);
	if (source == SETUP_RECALLED)
		push_setup(connection, imap_text_new("CAPABILITY"),
			"CAPABILITY", 0)->untagged = session_hear_capabilities;
	if (connection_has(connection, IMAP_CAP_ENABLE))
		enable(connection);
	if (connection_has(connection, IMAP_CAP_NAMESPACE))
		push_setup(connection, imap_text_new("NAMESPACE"), "NAMESPACE",
			0);
	if (connection_has(connection, IMAP_CAP_ID))
		push_setup(connection, imap_text_new("ID (%q %q %q %q)",
			"name", "culver", "version", CULVER_VERSION), "ID", 0);
	if (connection->setup_pending == 0)
		connection_set_phase(connection, PHASE_READY);
}

/* --- compression --------------------------------------------------------- */

static void on_compress_done(struct command *command,
	const struct imap_result *result, void *data)
{
	struct connection *connection = data;
	const char *unread;
	size_t len;

	(void)command;
	if (is_over(result))
		return;
	if (result->outcome != IMAP_OUTCOME_OK) {
		/* [COMPRESSIONACTIVE] too: TLS or the tunnel does it. */
		log_note(connection->who, "going on uncompressed: %s",
			result->text);
		return;
	}
	unread = imap_parser_take_pending(connection->parser, &len);
	stream_start_deflate(connection->stream, unread, len);
}

static bool is_worth_it(const struct session_config *config)
{
	if (config->compress != SESSION_COMPRESS_AUTO)
		return config->compress == SESSION_COMPRESS_YES;
	/* Time on the wire is saved by time of the processor. */
	return config->tunnel != NULL ||
		!connect_host_is_loopback(config->host);
}

void setup_compress(struct connection *connection)
{
	if (connection->asked_compress ||
		!connection_has(connection, IMAP_CAP_COMPRESS_DEFLATE) ||
		!is_worth_it(&connection->session->config))
		return;
	connection->asked_compress = true;
	struct command *command = command_new(
		imap_text_new("COMPRESS DEFLATE"), "COMPRESS",
		COMMAND_BARRIER, SESSION_INTERACTIVE);

	command->done = on_compress_done;
	command->data = connection;
	connection_push(connection, command);
}
