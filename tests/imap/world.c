/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "tests/imap/world.h"
#include "src/imap/seqset.h"
#include "src/imap/utf7.h"
#include "tests/imap/frame.h"
#include "tests/imap/imapd.h"
#include "tests/imap/world-priv.h"

#include <stdlib.h>

static void G_GNUC_PRINTF(2, 3) say(struct guest *guest, const char *format,
	...)
{
	va_list args;

	va_start(args, format);
	g_string_append_vprintf(guest->out, format, args);
	va_end(args);
}

/* --- as the script's server answered -------------------------------------- */

/* The next text of the answer; a line of the client's follows each but the
 * last. */
static void say_next(struct guest *guest)
{
	const struct answer *answer = guest->answer;
	const char *text = g_ptr_array_index(answer->texts, guest->next_text++);

	for (; *text != '\0'; text++) {
		if (*text == RECORD_TAG[0])
			g_string_append(guest->out, guest->tag);
		else
			g_string_append_c(guest->out, *text);
	}
	if (guest->next_text == answer->texts->len)
		guest->answer = NULL;
}

/* What the script's server would have said now. */
static const struct answer *next_answer(const struct guest *guest,
	const char *command)
{
	const struct world *world = guest->world;

	return record_answer(world->record, command,
		record_n_answers(world->seen, command) + GPOINTER_TO_UINT(
		g_hash_table_lookup(world->asked, command)));
}

static void count_answer(struct world *world, const char *command)
{
	gpointer n = g_hash_table_lookup(world->asked, command);

	g_hash_table_replace(world->asked, g_strdup(command),
		GUINT_TO_POINTER(GPOINTER_TO_UINT(n) + 1));
}

static void say_recorded(struct guest *guest, const struct answer *recorded)
{
	guest->answer = recorded;
	guest->next_text = 0;
	say_next(guest);
}

/* --- the session's commands ----------------------------------------------- */

static void do_capability(struct guest *guest, const char *args)
{
	(void)args;
	say(guest, "* CAPABILITY %s\r\n%s OK done\r\n",
		record_capabilities(guest->world->record), guest->tag);
}

static void do_log_in(struct guest *guest, const char *args)
{
	(void)args;
	say(guest, "%s OK [CAPABILITY %s] in\r\n", guest->tag,
		record_capabilities(guest->world->record));
}

static void do_enable(struct guest *guest, const char *args)
{
	say(guest, "* ENABLED %s\r\n%s OK done\r\n", args, guest->tag);
}

static void do_namespace(struct guest *guest, const char *args)
{
	(void)args;
	say(guest, "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n%s OK done\r\n",
		guest->tag);
}

static void do_refuse(struct guest *guest, const char *args)
{
	(void)args;
	say(guest, "%s NO not here\r\n", guest->tag);
}

static void do_idle(struct guest *guest, const char *args)
{
	(void)args;
	guest->is_idle = true;
	say(guest, "+ idling\r\n");
}

static void do_logout(struct guest *guest, const char *args)
{
	(void)args;
	say(guest, "* BYE see you\r\n%s OK done\r\n", guest->tag);
}

/* --- a mailbox ------------------------------------------------------------ */

static char *mailbox_name(const struct guest *guest, const char *args)
{
	const char *end = frame_skip(args), *literal;
	size_t len;
	char *text, *name;

	literal = frame_literal(args, &len);
	if (literal != NULL)
		text = g_strndup(literal, len);
	else if (*args == '"')
		text = g_strndup(args + 1, (gsize)(end - args) - 2);
	else
		text = g_strndup(args, (gsize)(end - args));
	name = imap_mailbox_name_decode(text, guest->is_rev2);
	g_free(text);
	return name;
}

/* All that is told, and more than need be: the client may know it already. */
static void resync(struct guest *guest, const char *args)
{
	const struct mailbox *mailbox = guest->mailbox;
	struct imap_seqset vanished;
	char **words = g_strsplit_set(args, " ()", -1);

	imap_seqset_init(&vanished);
	if (strtoul(words[0], NULL, 10) != mailbox->uid_validity)
		goto out;
	if (words[1] == NULL || words[2] == NULL ||
		!imap_seqset_parse(&vanished, words[2]))
		imap_seqset_add_range(&vanished, 1, 10000);
	for (guint i = 0; i < mailbox->uids->len; i++)
		imap_seqset_remove(&vanished, mailbox_uid(mailbox, i));
	if (!imap_seqset_is_empty(&vanished)) {
		char *text = imap_seqset_to_string(&vanished);

		say(guest, "* VANISHED (EARLIER) %s\r\n", text);
		g_free(text);
	}
	for (guint i = 0; i < mailbox->uids->len; i++)
		world_tell_flags(guest, i);
out:
	imap_seqset_release(&vanished);
	g_strfreev(words);
}

static void say_state(struct guest *guest)
{
	const struct mailbox *mailbox = guest->mailbox;

	say(guest, "* FLAGS (\\Seen)\r\n* %u EXISTS\r\n", mailbox->uids->len);
	if (mailbox->uid_validity != 0)
		say(guest, "* OK [UIDVALIDITY %u] ok\r\n",
			mailbox->uid_validity);
	if (mailbox->uid_next != 0)
		say(guest, "* OK [UIDNEXT %u] ok\r\n", mailbox->uid_next);
	if (mailbox->mod_seq != 0)
		say(guest, "* OK [HIGHESTMODSEQ %" G_GUINT64_FORMAT "] ok\r\n",
			mailbox->mod_seq);
}

static const struct mailbox *find_mailbox(const struct guest *guest,
	const char *args)
{
	char *name = mailbox_name(guest, args);
	const struct mailbox *mailbox =
		g_hash_table_lookup(guest->world->mailboxes, name);

	g_free(name);
	return mailbox;
}

static void do_select(struct guest *guest, const char *args)
{
	const char *resyncs = strstr(args, "(QRESYNC (");

	if (guest->mailbox != NULL && (guest->is_resyncing || guest->is_rev2))
		say(guest, "* OK [CLOSED] done\r\n");
	guest->mailbox = find_mailbox(guest, args);
	if (guest->mailbox == NULL || guest->mailbox->is_gone) {
		guest->mailbox = NULL;
		say(guest, "%s NO [NONEXISTENT] no such mailbox\r\n",
			guest->tag);
		return;
	}
	say_state(guest);
	if (resyncs != NULL)
		resync(guest, resyncs + strlen("(QRESYNC ("));
	say(guest, "%s OK [READ-WRITE] done\r\n", guest->tag);
}

static void do_unselect(struct guest *guest, const char *args)
{
	(void)args;
	guest->mailbox = NULL;
	say(guest, "%s OK done\r\n", guest->tag);
}

static void answer_fetch(struct guest *guest, const char *args, bool by_uid)
{
	if (guest->mailbox != NULL)
		world_fetch(guest, args, by_uid);
	say(guest, "%s %s done\r\n", guest->tag,
		guest->mailbox != NULL ? "OK" : "BAD");
}

static void do_fetch(struct guest *guest, const char *args)
{
	answer_fetch(guest, args, false);
}

static void do_uid_fetch(struct guest *guest, const char *args)
{
	answer_fetch(guest, args, true);
}

static void do_uid_search(struct guest *guest, const char *args)
{
	if (guest->mailbox != NULL)
		world_search(guest, args, true);
	say(guest, "%s %s done\r\n", guest->tag,
		guest->mailbox != NULL ? "OK" : "BAD");
}

static void do_ok(struct guest *guest, const char *args)
{
	(void)args;
	say(guest, "%s OK done\r\n", guest->tag);
}

/* --- the table ------------------------------------------------------------ */

/* Prefixes of commands, the longer ones first; the last one fits all. */
static const struct row {
	const char *command;
	bool is_live; /* the mailbox's state, not what was recorded */
	void (*run)(struct guest *guest, const char *args);
} rows[] = {
	{ "SELECT ", true, do_select },
	{ "EXAMINE ", true, do_select },
	{ "UNSELECT", true, do_unselect },
	{ "CLOSE", true, do_unselect },
	{ "UID FETCH ", true, do_uid_fetch },
	{ "FETCH ", true, do_fetch },
	{ "UID SEARCH ALL", true, do_uid_search },
	{ "UID SEARCH RETURN (ALL) ALL", true, do_uid_search },
	{ "UID SEARCH ", false, do_ok },
	{ "IDLE", true, do_idle },
	{ "LOGOUT", true, do_logout },
	{ "CAPABILITY", false, do_capability },
	{ "LOGIN ", false, do_log_in },
	{ "AUTHENTICATE ", false, do_log_in },
	{ "ENABLE ", false, do_enable },
	{ "NAMESPACE", false, do_namespace },
	{ "STARTTLS", false, do_refuse },
	{ "COMPRESS", false, do_refuse },
	{ "", false, do_ok },
};

static void note_enabled(struct guest *guest, size_t from)
{
	const char *said = guest->out->str + from;

	if (strstr(said, "* ENABLED") == NULL)
		return;
	guest->is_resyncing = strstr(said, "QRESYNC") != NULL;
	guest->is_rev2 = strstr(said, "IMAP4rev2") != NULL;
	guest->is_uid_only = strstr(said, "UIDONLY") != NULL;
}

static void answer(struct guest *guest, const char *command)
{
	const struct answer *recorded = next_answer(guest, command);
	const struct row *row = rows;
	size_t from = guest->out->len;

	while (!g_str_has_prefix(command, row->command))
		row++;
	/* What was refused still is, whatever stands behind it now. */
	if (recorded == NULL ||
		(row->is_live && !answer_is_refusal(recorded)))
		row->run(guest, command + strlen(row->command));
	else
		say_recorded(guest, recorded);
	count_answer(guest->world, command);
	note_enabled(guest, from);
}

/* --- connections ---------------------------------------------------------- */

static void guest_free(gpointer data)
{
	struct guest *guest = data;

	g_string_free(guest->out, TRUE);
	g_free(guest->tag);
	g_free(guest);
}

static void flush(struct guest *guest)
{
	imapd_send(guest->world->imapd, guest->number, guest->out->str,
		guest->out->len);
	g_string_truncate(guest->out, 0);
}

/* A line that is no command: what IDLE or AUTHENTICATE wait for. */
static void take_line(struct guest *guest)
{
	if (guest->is_idle) {
		guest->is_idle = false;
		say(guest, "%s OK done\r\n", guest->tag);
	} else if (guest->answer != NULL) {
		say_next(guest);
	}
}

static bool take_command(struct guest *guest, const char *octets, size_t len)
{
	const char *space = memchr(octets, ' ', len);
	char *command;
	bool is_logout;

	if (guest->is_idle || guest->answer != NULL || space == NULL) {
		take_line(guest);
		return true;
	}
	g_free(guest->tag);
	guest->tag = g_strndup(octets, (gsize)(space - octets));
	command = g_strndup(space + 1, len - 2 - (gsize)(space + 1 - octets));
	answer(guest, command);
	is_logout = strcmp(command, "LOGOUT") == 0;
	if (g_str_has_prefix(command, "COMPRESS") &&
		strstr(guest->out->str, " OK") != NULL) {
		flush(guest);
		imapd_deflate(guest->world->imapd, guest->number);
	}
	g_free(command);
	return !is_logout;
}

/* A literal is announced: it may come, or it was refused before. */
static void let_go_on(struct guest *guest, GString *octets)
{
	const char *space = strchr(octets->str, ' ');
	char *command = space == NULL ? g_strdup("") : g_strndup(space + 1,
		octets->len - 2 - (gsize)(space + 1 - octets->str));

	if (record_answer(guest->world->record, command, 0) != NULL) {
		take_command(guest, octets->str, octets->len);
		g_string_truncate(octets, 0);
	} else {
		say(guest, "+ go\r\n");
	}
	g_free(command);
}

static void on_heard(unsigned number, GString *octets, void *data)
{
	struct world *world = data;
	struct guest *guest = g_hash_table_lookup(world->guests,
		GUINT_TO_POINTER(number));
	size_t n;
	bool is_staying = true;

	while (is_staying && (n = frame_length(octets->str, octets->len)) > 0) {
		is_staying = take_command(guest, octets->str, n);
		g_string_erase(octets, 0, (gssize)n);
	}
	if (octets->len > 0 && frame_wants_go(octets->str, octets->len))
		let_go_on(guest, octets);
	flush(guest);
	if (!is_staying)
		imapd_drop(world->imapd, number);
}

static void on_connected(unsigned number, void *data)
{
	struct world *world = data;
	struct guest *guest = g_new0(struct guest, 1);
	const char *greeting = record_greeting(world->record);

	guest->world = world;
	guest->number = number;
	guest->out = g_string_new(NULL);
	g_hash_table_insert(world->guests, GUINT_TO_POINTER(number), guest);
	if (greeting != NULL)
		say(guest, "%s", greeting);
	else
		say(guest, "* OK [CAPABILITY %s] hello\r\n",
			record_capabilities(world->record));
	flush(guest);
}

static const struct imapd_ops world_ops = {
	.connected = on_connected,
	.heard = on_heard,
};

void world_serve(struct world *world, struct imapd *imapd,
	const struct record *seen)
{
	g_clear_pointer(&world->guests, g_hash_table_unref);
	g_clear_pointer(&world->asked, g_hash_table_unref);
	world->asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		NULL);
	world->seen = seen;
	world->guests = g_hash_table_new_full(NULL, NULL, NULL, guest_free);
	world->imapd = imapd;
	imapd_serve_next(imapd, &world_ops, world);
}
