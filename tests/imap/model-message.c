/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model server's commands on messages, and what it tells of them. */
#include "src/base/base.h"
#include "src/imap/flag.h"
#include "src/imap/seqset.h"
#include "tests/imap/model-priv.h"

#include <stdlib.h>

static struct model_message *message_at(struct model_peer *peer, guint i)
{
	return model_at(peer->selected, g_array_index(peer->view, uint32_t, i));
}

/* --- what it tells --------------------------------------------------------- */

static void say_flags(struct model_peer *peer,
	const struct model_message *message)
{
	const char *space = "";

	model_say(peer, "FLAGS (");
	for (unsigned bit = 1; bit < IMAP_FLAG_RECENT; bit <<= 1)
		if ((message->system & bit) != 0) {
			model_say(peer, "%s%s", space,
				imap_flag_name((enum imap_flag)bit));
			space = " ";
		}
	for (guint i = 0; i < message->keywords->len; i++) {
		model_say(peer, "%s%s", space,
			(char *)message->keywords->pdata[i]);
		space = " ";
	}
	model_say(peer, ")");
	if (peer->has_condstore)
		model_say(peer, " MODSEQ (%" G_GUINT64_FORMAT ")",
			message->mod_seq);
}

static void tell_expunged(struct model_peer *peer)
{
	for (guint i = peer->view->len; i > 0; i--) {
		if (message_at(peer, i - 1) != NULL)
			continue;
		g_array_remove_index(peer->view, i - 1);
		model_say(peer, "* %u EXPUNGE\r\n", i);
	}
}

static void tell_arrived(struct model_peer *peer)
{
	const GPtrArray *messages = peer->selected->messages;
	uint32_t last = peer->view->len == 0 ? 0 : g_array_index(peer->view,
		uint32_t, peer->view->len - 1);
	guint before = peer->view->len;

	for (guint i = 0; i < messages->len; i++) {
		const struct model_message *message = messages->pdata[i];

		if (message->uid > last)
			g_array_append_val(peer->view, message->uid);
	}
	if (peer->view->len > before)
		model_say(peer, "* %u EXISTS\r\n", peer->view->len);
}

void model_tell_news(struct model_peer *peer, bool may_expunge)
{
	if (peer->selected == NULL)
		return;
	for (guint i = 0; i < peer->view->len; i++) {
		const struct model_message *message = message_at(peer, i);

		if (message == NULL || message->mod_seq <= peer->seen_mod_seq)
			continue;
		model_say(peer, "* %u FETCH (UID %u ", i + 1, message->uid);
		say_flags(peer, message);
		model_say(peer, ")\r\n");
	}
	if (may_expunge)
		tell_expunged(peer);
	tell_arrived(peer);
	peer->seen_mod_seq = peer->model->mod_seq;
}

/* --- which messages -------------------------------------------------------- */

/* Positions of those in a set of UIDs or of sequence numbers. */
static GArray *find_messages(struct model_peer *peer, const char *text,
	bool by_uid)
{
	GArray *found = g_array_new(FALSE, FALSE, sizeof(guint));
	struct imap_seqset set;
	uint32_t last;

	imap_seqset_init(&set);
	g_assert_true(imap_seqset_parse(&set, text));
	last = peer->view->len == 0 ? 0 : by_uid ? g_array_index(peer->view,
		uint32_t, peer->view->len - 1) : peer->view->len;
	/* "*" is the last one, also behind a higher number. */
	if (imap_seqset_has(&set, UINT32_MAX) && last != 0)
		imap_seqset_add(&set, last);
	for (guint i = 0; i < peer->view->len; i++) {
		uint32_t n = by_uid ? g_array_index(peer->view, uint32_t, i) :
			i + 1;

		if (imap_seqset_has(&set, n) && message_at(peer, i) != NULL)
			g_array_append_val(found, i);
	}
	imap_seqset_release(&set);
	return found;
}

static void end(struct model_peer *peer, const char *code, bool may_expunge)
{
	model_tell_news(peer, may_expunge);
	model_say(peer, "%s OK %sdone\r\n", peer->tag, code);
}

/* --- FETCH ----------------------------------------------------------------- */

static void say_string(struct model_peer *peer, const char *text)
{
	if (text == NULL)
		model_say(peer, "NIL");
	else
		model_say(peer, "{%zu}\r\n%s", strlen(text), text);
}

static void say_envelope(struct model_peer *peer,
	const struct model_message *message)
{
	static const char address[] = "((NIL NIL \"ada\" \"example.org\"))";
	char *subject = model_header(message, "Subject");
	char *parent = model_header(message, "In-Reply-To");
	char *id = model_header(message, "Message-ID");

	model_say(peer, "ENVELOPE (NIL ");
	say_string(peer, subject);
	model_say(peer, " %s %s %s NIL NIL NIL ", address, address, address);
	say_string(peer, parent);
	model_say(peer, " ");
	say_string(peer, id);
	model_say(peer, ")");
	g_free(subject);
	g_free(parent);
	g_free(id);
}

/* BODY.PEEK[section]<first.count>: all of it, its header, or its text. */
static void say_section(struct model_peer *peer,
	const struct model_message *message, const char *item)
{
	const char *open = strchr(item, '['), *close = strchr(open, ']');
	char *section = g_strndup(open + 1, (gsize)(close - open - 1));
	gsize len, first = 0;
	const char *octets = g_bytes_get_data(message->octets, &len);
	const char *text = g_strstr_len(octets, (gssize)len, "\r\n\r\n");
	gsize header = text == NULL ? len : (gsize)(text - octets) + 4;

	model_say(peer, "BODY[%s]", section);
	if (g_str_has_prefix(section, "HEADER.FIELDS")) {
		octets = "\r\n";
		len = 2;
	} else if (strcmp(section, "HEADER") == 0) {
		len = header;
	} else if (strcmp(section, "") != 0) {
		octets += header;
		len -= header;
	}
	if (close[1] == '<') {
		char *count;

		first = MIN(strtoul(close + 2, &count, 10), len);
		len = MIN(len - first, strtoul(count + 1, NULL, 10));
		model_say(peer, "<%zu>", first);
	}
	model_say(peer, " {%zu}\r\n", len);
	model_say_octets(peer, octets + first, len);
	g_free(section);
}

static void say_item(struct model_peer *peer,
	const struct model_message *message, const char *item)
{
	if (strcmp(item, "FLAGS") == 0)
		say_flags(peer, message);
	else if (strcmp(item, "INTERNALDATE") == 0)
		model_say(peer, "INTERNALDATE \"%s\"", message->date);
	else if (strcmp(item, "RFC822.SIZE") == 0)
		model_say(peer, "RFC822.SIZE %zu",
			g_bytes_get_size(message->octets));
	else if (strcmp(item, "ENVELOPE") == 0)
		say_envelope(peer, message);
	else if (strcmp(item, "BODYSTRUCTURE") == 0)
		model_say(peer, "BODYSTRUCTURE (\"text\" \"plain\" NIL NIL NIL "
			"\"7bit\" %zu 1)", g_bytes_get_size(message->octets));
	else if (strchr(item, '[') != NULL)
		say_section(peer, message, item);
	else
		model_say(peer, "UID %u", message->uid);
}

static bool do_fetch(struct model_peer *peer, bool by_uid,
	struct model_args *args)
{
	char *set = model_take_word(args);
	char **items = model_take_list(args);
	bool is_changed_since = model_take(args, "(CHANGEDSINCE ");
	uint64_t since = is_changed_since ? strtoull(args->at, NULL, 10) : 0;
	GArray *found = find_messages(peer, set, by_uid);

	for (guint i = 0; i < found->len; i++) {
		guint at = g_array_index(found, guint, i);
		const struct model_message *message = message_at(peer, at);

		if (is_changed_since && message->mod_seq <= since)
			continue;
		model_say(peer, "* %u FETCH (UID %u", at + 1, message->uid);
		for (char **item = items; *item != NULL; item++) {
			if (strcmp(*item, "UID") == 0 ||
				strcmp(*item, "MODSEQ") == 0)
				continue;
			model_say(peer, " ");
			say_item(peer, message, *item);
		}
		model_say(peer, ")\r\n");
	}
	g_array_unref(found);
	g_strfreev(items);
	g_free(set);
	end(peer, "", by_uid);
	return true;
}

/* --- STORE ----------------------------------------------------------------- */

static void set_keyword(struct model_message *message, const char *keyword,
	bool add)
{
	for (guint i = message->keywords->len; i > 0; i--)
		if (strcmp(message->keywords->pdata[i - 1], keyword) == 0)
			g_ptr_array_remove_index(message->keywords, i - 1);
	if (add)
		g_ptr_array_add(message->keywords, g_strdup(keyword));
}

static bool do_store(struct model_peer *peer, bool by_uid,
	struct model_args *args)
{
	char *set = model_take_word(args), *how = model_take_word(args);
	char **words = model_take_list(args), **keywords;
	unsigned system = model_flags(words, &keywords);
	GArray *found = find_messages(peer, set, by_uid);
	bool add = how[0] == '+';

	g_assert_true(how[0] == '+' || how[0] == '-');
	for (guint i = 0; i < found->len; i++) {
		struct model_message *message = message_at(peer,
			g_array_index(found, guint, i));

		message->system = add ? message->system | system :
			message->system & ~system;
		for (char **word = keywords; *word != NULL; word++)
			set_keyword(message, *word, add);
		message->mod_seq = ++peer->model->mod_seq;
	}
	/* .SILENT: they are not told, but for their MODSEQ. */
	if (!peer->has_condstore)
		peer->seen_mod_seq = peer->model->mod_seq;
	g_array_unref(found);
	g_strfreev(keywords);
	g_strfreev(words);
	g_free(how);
	g_free(set);
	end(peer, "", by_uid);
	return true;
}

/* --- COPY, MOVE, EXPUNGE --------------------------------------------------- */

static void refuse_target(struct model_peer *peer)
{
	model_say(peer, "%s NO [TRYCREATE] no such mailbox\r\n", peer->tag);
}

/* COPYUID's arguments, with a space behind; free with g_free(). */
static char *copy_messages(struct model_peer *peer, const GArray *found,
	struct model_mailbox *to)
{
	GString *from = g_string_new(NULL), *new = g_string_new(NULL);
	char *code = NULL;

	for (guint i = 0; i < found->len; i++) {
		const struct model_message *message = message_at(peer,
			g_array_index(found, guint, i));
		const char *comma = i > 0 ? "," : "";
		struct model_message *copy;

		g_ptr_array_add(message->keywords, NULL);
		copy = model_store(peer->model, to, message->system,
			(char **)message->keywords->pdata, message->date,
			message->octets);
		g_ptr_array_set_size(message->keywords,
			(gint)message->keywords->len - 1);
		g_string_append_printf(from, "%s%u", comma, message->uid);
		g_string_append_printf(new, "%s%u", comma, copy->uid);
	}
	if (found->len > 0 && model_has(peer->model, "UIDPLUS"))
		code = g_strdup_printf("[COPYUID %u %s %s] ", to->uid_validity,
			from->str, new->str);
	g_string_free(from, TRUE);
	g_string_free(new, TRUE);
	return code != NULL ? code : g_strdup("");
}

static bool copy_or_move(struct model_peer *peer, bool by_uid,
	struct model_args *args, bool moves)
{
	char *set = model_take_word(args), *name = model_take_mailbox(args);
	struct model_mailbox *to = model_find(peer->model, name);
	GArray *found = find_messages(peer, set, by_uid);
	char *code = NULL;

	if (to == NULL) {
		refuse_target(peer);
	} else {
		code = copy_messages(peer, found, to);
		if (moves && *code != '\0')
			model_say(peer, "* OK %smoved\r\n", code);
		for (guint i = 0; moves && i < found->len; i++)
			model_remove(peer->model, peer->selected,
				g_array_index(peer->view, uint32_t,
				g_array_index(found, guint, i)));
		end(peer, moves ? "" : code, true);
	}
	g_array_unref(found);
	g_free(code);
	g_free(name);
	g_free(set);
	return true;
}

static bool do_copy(struct model_peer *peer, bool by_uid,
	struct model_args *args)
{
	return copy_or_move(peer, by_uid, args, false);
}

static bool do_move(struct model_peer *peer, bool by_uid,
	struct model_args *args)
{
	return copy_or_move(peer, by_uid, args, true);
}

static bool do_expunge(struct model_peer *peer, bool by_uid,
	struct model_args *args)
{
	char *set = by_uid ? model_take_word(args) : g_strdup("1:*");
	GArray *found;

	if (by_uid && !model_has(peer->model, "UIDPLUS")) {
		g_free(set);
		return false;
	}
	found = find_messages(peer, set, by_uid);
	for (guint i = found->len; i > 0; i--) {
		const struct model_message *message = message_at(peer,
			g_array_index(found, guint, i - 1));

		if ((message->system & IMAP_FLAG_DELETED) != 0)
			model_remove(peer->model, peer->selected, message->uid);
	}
	g_array_unref(found);
	g_free(set);
	end(peer, "", true);
	return true;
}

/* --- SEARCH ---------------------------------------------------------------- */

/* Leaves those positions whose message has, or lacks, a flag. */
static void keep_flagged(struct model_peer *peer, GArray *found, unsigned flag,
	bool has)
{
	for (guint i = found->len; i > 0; i--)
		if (((message_at(peer, g_array_index(found, guint, i - 1))
			->system & flag) != 0) != has)
			g_array_remove_index(found, i - 1);
}

static void keep_header(struct model_peer *peer, GArray *found,
	const char *field, const char *text)
{
	for (guint i = found->len; i > 0; i--) {
		char *value = model_header(message_at(peer,
			g_array_index(found, guint, i - 1)), field);

		if (value == NULL || strstr(value, text) == NULL)
			g_array_remove_index(found, i - 1);
		g_free(value);
	}
}

static void keep_set(struct model_peer *peer, GArray *found, const char *set,
	bool by_uid)
{
	GArray *in = find_messages(peer, set, by_uid);

	for (guint i = found->len; i > 0; i--) {
		bool has = false;

		for (guint j = 0; j < in->len; j++)
			has = has || g_array_index(in, guint, j) ==
				g_array_index(found, guint, i - 1);
		if (!has)
			g_array_remove_index(found, i - 1);
	}
	g_array_unref(in);
}

static void apply_key(struct model_peer *peer, GArray *found, const char *key,
	struct model_args *args)
{
	static const struct {
		const char *key;
		unsigned flag;
		bool has;
	} flags[] = {
		{ "DELETED", IMAP_FLAG_DELETED, true },
		{ "UNDELETED", IMAP_FLAG_DELETED, false },
		{ "SEEN", IMAP_FLAG_SEEN, true },
		{ "UNSEEN", IMAP_FLAG_SEEN, false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(flags); i++)
		if (strcmp(flags[i].key, key) == 0)
			keep_flagged(peer, found, flags[i].flag, flags[i].has);
	if (strcmp(key, "HEADER") == 0) {
		char *field = model_take_word(args);
		char *text = model_take_word(args);

		keep_header(peer, found, field, text);
		g_free(field);
		g_free(text);
	} else if (strcmp(key, "UID") == 0) {
		char *set = model_take_word(args);

		keep_set(peer, found, set, true);
		g_free(set);
	} else if (g_ascii_isdigit(key[0])) {
		keep_set(peer, found, key, false);
	}
}

static void say_found(struct model_peer *peer, const GArray *found,
	bool by_uid, bool is_extended)
{
	const char *space = is_extended ? "" : " ";

	if (!is_extended)
		model_say(peer, "* SEARCH");
	else
		model_say(peer, "* ESEARCH (TAG \"%s\")%s%s", peer->tag,
			by_uid ? " UID" : "", found->len > 0 ? " ALL " : "");
	for (guint i = 0; i < found->len; i++) {
		guint at = g_array_index(found, guint, i);

		model_say(peer, "%s%u", space, by_uid ? g_array_index(
			peer->view, uint32_t, at) : at + 1);
		space = is_extended ? "," : " ";
	}
	model_say(peer, "\r\n");
}

static bool do_search(struct model_peer *peer, bool by_uid,
	struct model_args *args)
{
	bool is_extended = model_take(args, "RETURN");
	GArray *found;
	char *key;

	if (is_extended && !model_has(peer->model, "ESEARCH"))
		return false;
	if (is_extended)
		g_strfreev(model_take_list(args));
	found = find_messages(peer, "1:*", false);
	while ((key = model_take_word(args)) != NULL) {
		apply_key(peer, found, key, args);
		g_free(key);
	}
	say_found(peer, found, by_uid, is_extended);
	g_array_unref(found);
	end(peer, "", by_uid);
	return true;
}

/* --- APPEND ---------------------------------------------------------------- */

struct addition {
	char **flags;
	char *date;
	GBytes *octets;
};

static void addition_free(gpointer data)
{
	struct addition *addition = data;

	g_strfreev(addition->flags);
	g_free(addition->date);
	g_clear_pointer(&addition->octets, g_bytes_unref);
	g_free(addition);
}

static struct addition *take_addition(struct model_args *args)
{
	struct addition *addition = g_new0(struct addition, 1);

	if (args->at + 1 < args->end && args->at[0] == ' ' &&
		args->at[1] == '(')
		addition->flags = model_take_list(args);
	if (args->at + 1 < args->end && args->at[0] == ' ' &&
		args->at[1] == '"')
		addition->date = model_take_word(args);
	addition->octets = model_take_octets(args);
	return addition;
}

/* The octets of all messages are whole, or nothing is stored. */
static char *store_all(struct model_peer *peer, struct model_mailbox *to,
	const GPtrArray *additions)
{
	GString *uids = g_string_new(NULL);
	char *code = NULL;

	for (guint i = 0; i < additions->len; i++) {
		const struct addition *addition = additions->pdata[i];
		static char *none[] = { NULL };
		char **keywords;
		unsigned system = model_flags(addition->flags != NULL ?
			addition->flags : none, &keywords);
		const struct model_message *message = model_store(peer->model,
			to, system, keywords, addition->date,
			addition->octets);

		g_string_append_printf(uids, "%s%u", i > 0 ? "," : "",
			message->uid);
		g_strfreev(keywords);
	}
	if (model_has(peer->model, "UIDPLUS"))
		code = g_strdup_printf("[APPENDUID %u %s] ", to->uid_validity,
			uids->str);
	g_string_free(uids, TRUE);
	return code != NULL ? code : g_strdup("");
}

static bool do_append(struct model_peer *peer, bool by_uid,
	struct model_args *args)
{
	char *name = model_take_mailbox(args), *code = NULL;
	struct model_mailbox *to = model_find(peer->model, name);
	GPtrArray *additions =
		g_ptr_array_new_with_free_func(addition_free);

	(void)by_uid;
	while (args->at < args->end)
		g_ptr_array_add(additions, take_addition(args));
	if (to == NULL) {
		refuse_target(peer);
	} else if (additions->len != 1 &&
		!model_has(peer->model, "MULTIAPPEND")) {
		model_say(peer, "%s BAD one message at a time\r\n", peer->tag);
	} else {
		code = store_all(peer, to, additions);
		end(peer, code, true);
	}
	g_ptr_array_unref(additions);
	g_free(code);
	g_free(name);
	return true;
}

static bool do_replace(struct model_peer *peer, bool by_uid,
	struct model_args *args)
{
	char *set = model_take_word(args), *name, *code;
	GArray *found = find_messages(peer, set, by_uid);
	struct model_mailbox *to;
	GPtrArray *additions;

	name = model_take_mailbox(args);
	to = model_find(peer->model, name);
	if (to == NULL) {
		refuse_target(peer);
	} else if (found->len != 1) {
		model_say(peer, "%s NO no such message\r\n", peer->tag);
	} else {
		additions = g_ptr_array_new_with_free_func(addition_free);
		g_ptr_array_add(additions, take_addition(args));
		code = store_all(peer, to, additions);
		model_say(peer, "* OK %sreplaced\r\n", code);
		model_remove(peer->model, peer->selected,
			g_array_index(peer->view, uint32_t,
			g_array_index(found, guint, 0)));
		end(peer, "", true);
		g_free(code);
		g_ptr_array_unref(additions);
	}
	g_array_unref(found);
	g_free(name);
	g_free(set);
	return true;
}

/* --- which ----------------------------------------------------------------- */

static const struct row {
	const char *name, *capability;
	bool needs_selected, changes;
	bool (*run)(struct model_peer *peer, bool by_uid,
		struct model_args *args);
} rows[] = {
	{ "APPEND", NULL, false, false, do_append },
	{ "COPY", NULL, true, false, do_copy },
	{ "EXPUNGE", NULL, true, true, do_expunge },
	{ "FETCH", NULL, true, false, do_fetch },
	{ "MOVE", "MOVE", true, true, do_move },
	{ "REPLACE", "REPLACE", true, true, do_replace },
	{ "SEARCH", NULL, true, false, do_search },
	{ "STORE", NULL, true, true, do_store },
};

bool model_message_command(struct model_peer *peer, const char *name,
	bool by_uid, struct model_args *args)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (strcmp(rows[i].name, name) != 0)
			continue;
		if ((rows[i].needs_selected && peer->selected == NULL) ||
			(rows[i].capability != NULL &&
			!model_has(peer->model, rows[i].capability)))
			return false;
		if (rows[i].changes && peer->is_read_only) {
			model_say(peer, "%s NO it is read-only\r\n", peer->tag);
			return true;
		}
		return rows[i].run(peer, by_uid, args);
	}
	return false;
}
