/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model server's commands on mailboxes and the connection. */
#include "src/base/base.h"
#include "src/imap/utf7.h"
#include "src/imap/flag.h"
#include "tests/imap/model-priv.h"

static void ok(struct model_peer *peer, const char *code)
{
	model_say(peer, "%s OK %sdone\r\n", peer->tag, code);
}

/* --- the connection -------------------------------------------------------- */

static void say_capabilities(struct model_peer *peer, const char *before,
	const char *after)
{
	char *names = g_strjoinv(" ", peer->model->capabilities);

	model_say(peer, "%sCAPABILITY IMAP4rev1%s%s%s", before,
		*names != '\0' ? " " : "", names, after);
	g_free(names);
}

static void log_in(struct model_peer *peer)
{
	peer->is_in = true;
	model_say(peer, "%s OK [", peer->tag);
	say_capabilities(peer, "", "] in\r\n");
}

static void do_authenticate(struct model_peer *peer, struct model_args *args)
{
	char *mechanism = model_take_word(args);

	peer->awaits_sasl = args->at >= args->end;
	if (peer->awaits_sasl)
		model_say(peer, "+ \r\n");
	else
		log_in(peer);
	g_free(mechanism);
}

static void do_login(struct model_peer *peer, struct model_args *args)
{
	(void)args;
	log_in(peer);
}

static void do_capability(struct model_peer *peer, struct model_args *args)
{
	(void)args;
	say_capabilities(peer, "* ", "\r\n");
	ok(peer, "");
}

static void do_enable(struct model_peer *peer, struct model_args *args)
{
	char *word;

	while ((word = model_take_word(args)) != NULL) {
		if (g_ascii_strcasecmp(word, "CONDSTORE") == 0) {
			peer->has_condstore = true;
			model_say(peer, "* ENABLED CONDSTORE\r\n");
		}
		g_free(word);
	}
	ok(peer, "");
}

static void do_id(struct model_peer *peer, struct model_args *args)
{
	(void)args;
	model_say(peer, "* ID (\"name\" \"model\")\r\n");
	ok(peer, "");
}

static void do_namespace(struct model_peer *peer, struct model_args *args)
{
	(void)args;
	model_say(peer, "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n");
	ok(peer, "");
}

static void do_noop(struct model_peer *peer, struct model_args *args)
{
	(void)args;
	model_tell_news(peer, true);
	ok(peer, "");
}

static void do_logout(struct model_peer *peer, struct model_args *args)
{
	(void)args;
	model_say(peer, "* BYE bye\r\n");
	ok(peer, "");
	peer->is_closing = true;
}

static void do_idle(struct model_peer *peer, struct model_args *args)
{
	(void)args;
	peer->is_idle = true;
	model_say(peer, "+ idling\r\n");
}

/* --- mailboxes ------------------------------------------------------------- */

static void no_mailbox(struct model_peer *peer)
{
	model_say(peer, "%s NO [NONEXISTENT] no such mailbox\r\n", peer->tag);
}

static void look_at(struct model_peer *peer, struct model_mailbox *mailbox)
{
	g_array_set_size(peer->view, 0);
	for (guint i = 0; i < mailbox->messages->len; i++)
		g_array_append_val(peer->view, ((struct model_message *)
			mailbox->messages->pdata[i])->uid);
	peer->seen_mod_seq = peer->model->mod_seq;
}

static void open_mailbox(struct model_peer *peer, struct model_args *args,
	bool is_read_only)
{
	char *name = model_take_mailbox(args);
	struct model_mailbox *mailbox = model_find(peer->model, name);

	peer->selected = mailbox;
	peer->is_read_only = is_read_only;
	if (mailbox == NULL) {
		no_mailbox(peer);
	} else {
		peer->has_condstore |= model_take(args, "(CONDSTORE)");
		look_at(peer, mailbox);
		model_say(peer, "* FLAGS (\\Seen \\Answered \\Flagged \\Deleted "
			"\\Draft)\r\n* OK [PERMANENTFLAGS (\\Seen \\Answered "
			"\\Flagged \\Deleted \\Draft \\*)] yes\r\n"
			"* %u EXISTS\r\n* 0 RECENT\r\n"
			"* OK [UIDVALIDITY %u] ok\r\n* OK [UIDNEXT %u] ok\r\n",
			mailbox->messages->len, mailbox->uid_validity,
			mailbox->uid_next);
		if (model_has(peer->model, "CONDSTORE"))
			model_say(peer, "* OK [HIGHESTMODSEQ %" G_GUINT64_FORMAT
				"] ok\r\n", peer->model->mod_seq + 1);
		ok(peer, is_read_only ? "[READ-ONLY] " : "[READ-WRITE] ");
	}
	g_free(name);
}

static void do_select(struct model_peer *peer, struct model_args *args)
{
	open_mailbox(peer, args, false);
}

static void do_examine(struct model_peer *peer, struct model_args *args)
{
	open_mailbox(peer, args, true);
}

static void do_unselect(struct model_peer *peer, struct model_args *args)
{
	(void)args;
	peer->selected = NULL;
	ok(peer, "");
}

static void list_one(struct model_peer *peer, const char *verb,
	const struct model_mailbox *mailbox)
{
	char *name = imap_mailbox_name_encode(mailbox->name, false);
	bool tells_use = mailbox->use != NULL &&
		model_has(peer->model, "SPECIAL-USE");

	model_say(peer, "* %s (%s) \"/\" \"%s\"\r\n", verb,
		tells_use ? mailbox->use : "", name);
	g_free(name);
}

static void list_all(struct model_peer *peer, struct model_args *args,
	const char *verb)
{
	char *reference = model_take_word(args), *pattern;

	pattern = model_take_mailbox(args);
	if (*pattern == '\0')
		model_say(peer, "* %s (\\Noselect) \"/\" \"\"\r\n", verb);
	for (guint i = 0; i < peer->model->mailboxes->len; i++) {
		struct model_mailbox *mailbox =
			peer->model->mailboxes->pdata[i];

		if (strpbrk(pattern, "*%") != NULL ||
			strcmp(pattern, mailbox->name) == 0)
			list_one(peer, verb, mailbox);
	}
	ok(peer, "");
	g_free(reference);
	g_free(pattern);
}

static void do_list(struct model_peer *peer, struct model_args *args)
{
	list_all(peer, args, "LIST");
}

static void do_lsub(struct model_peer *peer, struct model_args *args)
{
	list_all(peer, args, "LSUB");
}

static unsigned n_unseen(const struct model_mailbox *mailbox)
{
	unsigned n = 0;

	for (guint i = 0; i < mailbox->messages->len; i++)
		n += (((struct model_message *)mailbox->messages->pdata[i])
			->system & IMAP_FLAG_SEEN) == 0;
	return n;
}

static void do_status(struct model_peer *peer, struct model_args *args)
{
	char *name = model_take_mailbox(args), *encoded;
	struct model_mailbox *mailbox = model_find(peer->model, name);

	if (mailbox == NULL) {
		no_mailbox(peer);
	} else {
		encoded = imap_mailbox_name_encode(name, false);
		model_say(peer, "* STATUS \"%s\" (MESSAGES %u UNSEEN %u "
			"UIDNEXT %u UIDVALIDITY %u)\r\n", encoded,
			mailbox->messages->len, n_unseen(mailbox),
			mailbox->uid_next, mailbox->uid_validity);
		ok(peer, "");
		g_free(encoded);
	}
	g_free(name);
}

static void do_create(struct model_peer *peer, struct model_args *args)
{
	char *name = model_take_mailbox(args);

	if (model_find(peer->model, name) != NULL) {
		model_say(peer, "%s NO [ALREADYEXISTS] it exists\r\n",
			peer->tag);
	} else {
		model_create(peer->model, name, NULL);
		ok(peer, "");
	}
	g_free(name);
}

/* --- which ----------------------------------------------------------------- */

static const struct row {
	const char *name;
	const char *capability; /* that allows it, or NULL */
	bool before_login;
	void (*run)(struct model_peer *peer, struct model_args *args);
} rows[] = {
	{ "AUTHENTICATE", NULL, true, do_authenticate },
	{ "CAPABILITY", NULL, true, do_capability },
	{ "CREATE", NULL, false, do_create },
	{ "ENABLE", "ENABLE", false, do_enable },
	{ "EXAMINE", NULL, false, do_examine },
	{ "ID", "ID", true, do_id },
	{ "IDLE", "IDLE", false, do_idle },
	{ "LIST", NULL, false, do_list },
	{ "LOGIN", NULL, true, do_login },
	{ "LOGOUT", NULL, true, do_logout },
	{ "LSUB", NULL, false, do_lsub },
	{ "NAMESPACE", "NAMESPACE", false, do_namespace },
	{ "NOOP", NULL, true, do_noop },
	{ "SELECT", NULL, false, do_select },
	{ "STATUS", NULL, false, do_status },
	{ "UNSELECT", "UNSELECT", false, do_unselect },
};

static bool run_row(struct model_peer *peer, const char *name,
	struct model_args *args)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (strcmp(rows[i].name, name) != 0 ||
			(!peer->is_in && !rows[i].before_login) ||
			(rows[i].capability != NULL &&
			!model_has(peer->model, rows[i].capability)))
			continue;
		rows[i].run(peer, args);
		return true;
	}
	return false;
}

/* The scripted trouble. */
static bool answers_otherwise(struct model_peer *peer, const char *name)
{
	const struct model *model = peer->model;

	if (model->answer == NULL || strcmp(model->answered, name) != 0)
		return false;
	model_say(peer, "%s %s\r\n", peer->tag, model->answer);
	return true;
}

static void count(struct model *model, const char *name)
{
	guint n = model_n_commands(model, name);

	g_hash_table_replace(model->counts, g_strdup(name),
		GUINT_TO_POINTER(n + 1));
}

static void run_command(struct model_peer *peer, struct model_args *args)
{
	char *verb = model_take_word(args), *name;
	bool by_uid = g_ascii_strcasecmp(verb, "UID") == 0, is_run;

	if (by_uid) {
		g_free(verb);
		verb = model_take_word(args);
	}
	for (char *c = verb; *c != '\0'; c++)
		*c = g_ascii_toupper(*c);
	name = g_strconcat(by_uid ? "UID " : "", verb, NULL);
	count(peer->model, name);
	is_run = answers_otherwise(peer, name) ||
		(!by_uid && run_row(peer, verb, args)) ||
		(peer->is_in && model_message_command(peer, verb, by_uid,
		args));
	if (!is_run)
		model_say(peer, "%s BAD unknown command %s\r\n", peer->tag,
			name);
	g_free(name);
	g_free(verb);
}

static void tell_all(struct model *model)
{
	for (guint i = 0; i < model->peers->len; i++) {
		struct model_peer *peer = model->peers->pdata[i];

		if (peer->is_idle)
			model_tell_news(peer, true);
	}
}

void model_command(struct model_peer *peer, const char *octets, size_t len)
{
	struct model_args args = { octets, octets + len };

	if (peer->awaits_sasl) {
		peer->awaits_sasl = false;
		log_in(peer);
		return;
	}
	if (peer->is_idle && g_ascii_strcasecmp(octets, "DONE") == 0) {
		peer->is_idle = false;
		ok(peer, "");
		return;
	}
	g_free(peer->tag);
	peer->tag = model_take_word(&args);
	run_command(peer, &args);
	tell_all(peer->model);
}
