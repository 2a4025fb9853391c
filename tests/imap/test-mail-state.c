/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What mail makes of an open mailbox: parts decoded by the server and not, a
 * message that the server does not tell of, details. A scripted server answers
 * by table.
 */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/mail/account.h"
#include "src/mail/details.h"
#include "src/mail/mailbox.h"
#include "src/mail/message.h"
#include "src/mime/text.h"
#include "src/rc/command.h"
#include "src/rc/option.h"
#include "tests/imap/imapd.h"

enum { PATIENCE_S = 20 };

#define ROW "FLAGS () INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" " \
	"RFC822.SIZE 100 ENVELOPE (NIL \"x\" NIL NIL NIL NIL NIL NIL NIL NIL) " \
	"BODY[HEADER.FIELDS (REFERENCES)] \"\""

/* An answer by how the command begins; "%s" is its tag. */
struct reply {
	const char *command, *answer;
};

struct stage {
	struct imapd *imapd;
	struct account *account;
	struct mailbox *mailbox;
	struct message *message;
	const struct reply *replies;
	GString *heard;     /* commands, a line each */
	bool is_done;
};

static const struct reply always[] = {
	{ "LOGIN", "%s OK [CAPABILITY IMAP4rev1 BINARY OBJECTID PREVIEW] in" },
	{ "LIST", "* LIST () \"/\" INBOX\r\n%s OK done" },
	{ "SELECT", "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n%s OK done" },
	{ "FETCH 1:*", "* 1 FETCH (UID 5 " ROW ")\r\n%s OK done" },
	{ "UID SEARCH UNSEEN", "* SEARCH 5\r\n%s OK done" },
	{ "UID FETCH 5 (UID BODYSTRUCTURE", "* 1 FETCH (UID 5 BODYSTRUCTURE "
		"(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"UTF-8\") NIL NIL "
		"\"BASE64\" 8 1))\r\n%s OK done" },
	{ "UID FETCH 5 (UID BODY.PEEK[HEADER]", "* 1 FETCH (UID 5 "
		"BODY[HEADER]<0> {16}\r\nSubject: steam\r\n)\r\n%s OK done" },
	{ "UID FETCH 5 (UID BODY.PEEK[1]", "* 1 FETCH (UID 5 BODY[1]<0> "
		"\"aGVsbG8=\")\r\n%s OK done" },
	{ "LOGOUT", "* BYE bye\r\n%s OK done" },
	{ "", "%s OK done" },
};

/* --- the stage ------------------------------------------------------------- */

static const struct reply *find_reply(const struct reply *replies, size_t n,
	const char *command)
{
	for (size_t i = 0; i < n && replies[i].command != NULL; i++)
		if (g_str_has_prefix(command, replies[i].command))
			return &replies[i];
	return NULL;
}

static void say(struct stage *stage, const char *line)
{
	char *whole = g_strconcat(line, "\r\n", NULL);

	imapd_send(stage->imapd, 1, whole, strlen(whole));
	g_free(whole);
}

static void answer(struct stage *stage, const char *line)
{
	char **words = g_strsplit(line, " ", 2);
	const struct reply *reply = stage->replies == NULL ? NULL :
		find_reply(stage->replies, SIZE_MAX, words[1]);

	g_string_append_printf(stage->heard, "%s\n", words[1]);
	if (reply == NULL)
		reply = find_reply(always, G_N_ELEMENTS(always), words[1]);
	char **parts = g_strsplit(reply->answer, "%s", 2);
	char *text = g_strjoinv(words[0], parts);

	say(stage, text);
	g_free(text);
	g_strfreev(parts);
	g_strfreev(words);
}

static gboolean on_tick(gpointer data)
{
	(void)data;
	return G_SOURCE_CONTINUE;
}

static void turn(struct stage *stage)
{
	char *line;

	g_main_context_iteration(NULL, TRUE);
	while (imapd_n_connections(stage->imapd) > 0 &&
		(line = imapd_take_line(stage->imapd, 1)) != NULL) {
		answer(stage, line);
		g_free(line);
	}
}

#define await(stage, condition) \
	do { \
		gint64 until_ = g_get_monotonic_time() + \
			(gint64)PATIENCE_S * G_USEC_PER_SEC; \
		while (!(condition)) { \
			g_assert_cmpint(g_get_monotonic_time(), <, until_); \
			turn(stage); \
		} \
	} while (0)

static void set_option(const char *name, const char *value)
{
	GError *error = NULL;

	option_set_value(options_account("work"), option_find(name), value,
		&error);
	g_assert_no_error(error);
}

static const struct account_ops account_ops = { .message = NULL };
static guint tick;

static void begin(struct stage *stage, gconstpointer replies)
{
	const struct mail_config config = { .cache_dir = NULL };
	GError *error = NULL;

	*stage = (struct stage){ .replies = replies };
	stage->heard = g_string_new(NULL);
	stage->imapd = imapd_new();
	tick = g_timeout_add(5, on_tick, NULL);
	options_init();
	commands_init();
	mail_init(&config);
	set_option("url", "imap://user@127.0.0.1/");
	set_option("password", "pass");
	set_option("auth", "LOGIN");
	set_option("tls", "none");
	stage->account = account_new("work", &account_ops, stage, &error);
	g_assert_no_error(error);
	stage->mailbox = mailbox_open(stage->account, "INBOX");
	await(stage, imapd_n_connections(stage->imapd) > 0);
	say(stage, "* OK [CAPABILITY IMAP4rev1] hello");
	await(stage, mailbox_state(stage->mailbox) == MAILBOX_READY);
}

static void end(struct stage *stage, gconstpointer data)
{
	(void)data;
	message_close(&stage->message);
	mailbox_unref(&stage->mailbox);
	mail_release();
	commands_release();
	options_release();
	imapd_free(&stage->imapd);
	source_clear(&tick);
	g_string_free(stage->heard, TRUE);
}

static bool was_heard(const struct stage *stage, const char *command)
{
	return strstr(stage->heard->str, command) != NULL;
}

/* --- parts ----------------------------------------------------------------- */

static const struct reply decoded[] = {
	{ "UID FETCH 5 (UID BINARY.PEEK[1]", "* 1 FETCH (UID 5 BINARY[1]<0> "
		"~{5}\r\nhello)\r\n%s OK done" },
	{ NULL, NULL },
};

static const struct reply refused[] = {
	{ "UID FETCH 5 (UID BINARY.PEEK[1]", "%s NO [UNKNOWN-CTE] cannot" },
	{ NULL, NULL },
};

static const struct reply empty[] = {
	{ "UID FETCH 5 (UID BINARY.PEEK[1]", "* 1 FETCH (UID 5 BINARY[1]<0> "
		"\"\")\r\n%s OK done" },
	{ NULL, NULL },
};

static void on_message(struct message *message, void *data)
{
	struct stage *stage = data;

	stage->is_done = message_state(message) == MESSAGE_READY;
}

static bool shows(const struct stage *stage, const char *text)
{
	struct mime_document *document = message_document(stage->message,
		false);
	bool found = false;

	for (guint i = 0; i < document->lines->len; i++) {
		const struct mime_line *line = &g_array_index(document->lines,
			struct mime_line, i);

		found |= strncmp(line->text, text, line->len) == 0 &&
			strlen(text) == line->len;
	}
	mime_document_free(&document);
	return found;
}

static void read_message(struct stage *stage)
{
	stage->message = message_open(stage->mailbox, 5, on_message, stage);
	await(stage, stage->is_done);
	g_assert_true(was_heard(stage, "BINARY.PEEK[1]<0."));
	g_assert_true(shows(stage, "hello"));
}

static void test_decoded(struct stage *stage, gconstpointer data)
{
	(void)data;
	read_message(stage);
	g_assert_false(was_heard(stage, "BODY.PEEK[1]"));
}

/* What the server cannot decode, or makes nothing of, is decoded here. */
static void test_encoded(struct stage *stage, gconstpointer data)
{
	(void)data;
	read_message(stage);
	g_assert_true(was_heard(stage, "BODY.PEEK[1]<0."));
}

/* --- rows ------------------------------------------------------------------ */

static const struct reply missing[] = {
	{ "SELECT", "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n%s OK done" },
	{ "UID SEARCH ALL", "* SEARCH 5 6\r\n%s OK done" },
	{ "NOOP", "* 2 EXPUNGE\r\n%s OK done" },
	{ NULL, NULL },
};

/* OK without the data of a message: it is gone, and NOOP lets it be told. */
static void test_missing(struct stage *stage, gconstpointer data)
{
	(void)data;
	await(stage, mailbox_length(stage->mailbox) == 1);
	g_assert_true(was_heard(stage, "UID FETCH 6 ("));
	g_assert_true(was_heard(stage, "NOOP"));
	g_assert_cmpuint(mailbox_uid_at(stage->mailbox, 0), ==, 5);
}

/* --- details --------------------------------------------------------------- */

static const struct reply details[] = {
	{ "UID FETCH 5 (UID FLAGS EMAILID THREADID PREVIEW)", "* 1 FETCH (UID 5 "
		"EMAILID (M1) THREADID NIL PREVIEW \"Dear all\")\r\n%s OK done" },
	{ NULL, NULL },
};

/* Asked for once, when they are wanted. */
static void test_details(struct stage *stage, gconstpointer data)
{
	const struct message_details *known;

	(void)data;
	g_assert_null(mailbox_details(stage->mailbox, 5));
	g_assert_false(was_heard(stage, "EMAILID"));
	g_assert_null(mailbox_want_details(stage->mailbox, 5));
	g_assert_null(mailbox_want_details(stage->mailbox, 5));
	await(stage, mailbox_details(stage->mailbox, 5) != NULL);
	known = mailbox_want_details(stage->mailbox, 5);
	g_assert_cmpstr(known->email_id, ==, "M1");
	g_assert_null(known->thread_id);
	g_assert_cmpstr(known->preview, ==, "Dear all");
	g_assert_null(known->labels);
	g_assert_null(strstr(strstr(stage->heard->str, "EMAILID") + 1,
		"EMAILID"));
}

#define ADD(path, test, replies) \
	g_test_add("/mail/state/" path, struct stage, replies, begin, test, end)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("part/decoded", test_decoded, decoded);
	ADD("part/refused", test_encoded, refused);
	ADD("part/empty", test_encoded, empty);
	ADD("missing", test_missing, missing);
	ADD("details", test_details, details);
	return g_test_run();
}
