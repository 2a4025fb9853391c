/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "tests/imap/record.h"
#include "tests/imap/frame.h"

#include <stdlib.h>

struct open_command {
	char *tag, *command;
	struct answer *answer;
	GString *text; /* said since the answer's last text */
};

/* One connection. */
struct talk {
	GString *said, *heard; /* not yet whole */
	GQueue commands;       /* of struct open_command, oldest first */
	bool is_greeted;
	bool is_continued;     /* the next line heard is no command */
	struct answer *last;   /* given by what is said right now */
};

struct record {
	GHashTable *talks;    /* number to struct talk */
	GHashTable *answers;  /* command to GPtrArray of struct answer */
	GHashTable *items;    /* "uid name" to GString */
	GHashTable *whole;    /* "uid name" of sections sent without origin */
	char *greeting, *capabilities;
};

/* --- life ----------------------------------------------------------------- */

static void answer_free(gpointer data)
{
	struct answer *answer = data;

	g_ptr_array_unref(answer->texts);
	g_free(answer);
}

static void open_command_free(struct open_command *command)
{
	g_clear_pointer(&command->answer, answer_free);
	g_string_free(command->text, TRUE);
	g_free(command->tag);
	g_free(command->command);
	g_free(command);
}

static void talk_free(gpointer data)
{
	struct talk *talk = data;
	struct open_command *command;

	while ((command = g_queue_pop_head(&talk->commands)) != NULL)
		open_command_free(command);
	g_string_free(talk->said, TRUE);
	g_string_free(talk->heard, TRUE);
	g_free(talk);
}

static void string_free(gpointer data)
{
	g_string_free(data, TRUE);
}

struct record *record_new(void)
{
	struct record *record = g_new0(struct record, 1);

	record->talks = g_hash_table_new_full(NULL, NULL, NULL, talk_free);
	record->answers = g_hash_table_new_full(g_str_hash, g_str_equal,
		g_free, (GDestroyNotify)g_ptr_array_unref);
	record->items = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		string_free);
	record->whole = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		NULL);
	record->capabilities = g_strdup("IMAP4rev1");
	return record;
}

void record_free(struct record **record)
{
	struct record *r = *record;

	*record = NULL;
	g_hash_table_unref(r->talks);
	g_hash_table_unref(r->answers);
	g_hash_table_unref(r->items);
	g_hash_table_unref(r->whole);
	g_free(r->greeting);
	g_free(r->capabilities);
	g_free(r);
}

static struct talk *talk_of(struct record *record, unsigned number)
{
	struct talk *talk = g_hash_table_lookup(record->talks,
		GUINT_TO_POINTER(number));

	if (talk != NULL)
		return talk;
	talk = g_new0(struct talk, 1);
	talk->said = g_string_new(NULL);
	talk->heard = g_string_new(NULL);
	g_queue_init(&talk->commands);
	g_hash_table_insert(record->talks, GUINT_TO_POINTER(number), talk);
	return talk;
}

/* --- messages ------------------------------------------------------------- */

/* The octets of a string of any kind; those of NIL are none. */
static GString *string_of(const char *value)
{
	GString *out = g_string_new(NULL);
	size_t len;
	const char *octets = frame_literal(value, &len);

	if (octets != NULL)
		return g_string_append_len(out, octets, (gssize)len);
	for (value++; value[-1] != 'N' && *value != '"' && *value != '\0';
		value++) {
		if (*value == '\\')
			value++;
		g_string_append_c(out, *value);
	}
	return out;
}

/* A piece of a section, at its place. */
static void learn_piece(struct record *record, const char *key, size_t origin,
	const char *value)
{
	GString *piece, *all = g_hash_table_lookup(record->items, key);

	if (g_str_has_prefix(value, "NIL"))
		return;
	if (all == NULL) {
		all = g_string_new(NULL);
		g_hash_table_insert(record->items, g_strdup(key), all);
	}
	piece = string_of(value);
	if (origin <= all->len) {
		g_string_overwrite_len(all, origin, piece->str,
			(gssize)piece->len);
	}
	g_string_free(piece, TRUE);
}

static void learn_item(struct record *record, uint32_t uid, const char *name,
	const char *value, size_t len)
{
	const char *origin = strchr(name, '<');
	size_t name_len = origin != NULL ? (size_t)(origin - name) :
		strlen(name);
	char *key = g_strdup_printf("%u %.*s", uid, (int)name_len, name);

	if (origin == NULL)
		g_hash_table_add(record->whole, g_strdup(key));
	if (g_str_has_prefix(name, "BODY[") ||
		g_str_has_prefix(name, "BINARY["))
		learn_piece(record, key, origin != NULL ?
			strtoul(origin + 1, NULL, 10) : 0, value);
	else
		g_hash_table_replace(record->items, g_strdup(key),
			g_string_new_len(value, (gssize)len));
	g_free(key);
}

/* Calls fn for each item behind the opening parenthesis. */
static void for_items(struct record *record, uint32_t uid, const char *at,
	uint32_t *uid_out)
{
	while (*at != ')' && *at != '\0') {
		const char *name_end = frame_skip(at);
		const char *value = name_end + strspn(name_end, " ");
		const char *end = frame_skip(value);
		char *name = g_strndup(at, (gsize)(name_end - at));

		if (strcmp(name, "UID") == 0)
			*uid_out = (uint32_t)strtoul(value, NULL, 10);
		else if (uid != 0)
			learn_item(record, uid, name, value,
				(size_t)(end - value));
		g_free(name);
		if (end == at)
			return;
		at = end + strspn(end, " ");
	}
}

/* "* 3 FETCH (UID 5 ...", or "* 5 UIDFETCH (...". */
static void learn_fetch(struct record *record, const char *line)
{
	char *name;
	uint32_t uid = 0, number = (uint32_t)strtoul(line + 2, &name, 10);
	const char *open = strchr(line, '(');

	if (open == NULL)
		return;
	if (g_str_has_prefix(name, " UIDFETCH "))
		uid = number;
	else if (!g_str_has_prefix(name, " FETCH "))
		return;
	for_items(record, 0, open + 1, &uid);
	for_items(record, uid, open + 1, &uid);
}

/* --- what the server says ------------------------------------------------- */

/* Tells of the mailbox's state as it was then. */
static bool is_of_state(const char *line)
{
	static const char *const kinds[] = { "* VANISHED", "* OK [UIDVALIDITY",
		"* OK [UIDNEXT", "* OK [HIGHESTMODSEQ", "* OK [NOMODSEQ",
		"* OK [CLOSED", "* OK [UNSEEN", "* BYE", "* FLAGS" };

	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (g_str_has_prefix(line, kinds[i]))
			return true;
	return g_ascii_isdigit(line[2]);
}

static void learn_capabilities(struct record *record, const char *line)
{
	const char *at = strstr(line, "CAPABILITY ");

	if (at == NULL || (at != line + 2 && at[-1] != '['))
		return;
	at += strlen("CAPABILITY ");
	g_free(record->capabilities);
	record->capabilities = g_strndup(at, strcspn(at, "]\r"));
}

static void learn_greeting(struct record *record, const char *line)
{
	if (record->greeting != NULL && g_str_has_prefix(line, "* BYE"))
		return;
	g_free(record->greeting);
	record->greeting = g_strdup(line);
}

/* ESEARCH names the tag, too. */
static void close_text(struct open_command *command)
{
	char *quoted = g_strdup_printf("\"%s\"", command->tag);
	char **pieces = g_strsplit(command->text->str, quoted, -1);

	g_ptr_array_add(command->answer->texts,
		g_strjoinv("\"" RECORD_TAG "\"", pieces));
	g_string_truncate(command->text, 0);
	g_strfreev(pieces);
	g_free(quoted);
}

static void add_answer(struct record *record, const char *command,
	struct answer *answer_take)
{
	GPtrArray *answers = g_hash_table_lookup(record->answers, command);

	if (answers == NULL) {
		answers = g_ptr_array_new_with_free_func(answer_free);
		g_hash_table_insert(record->answers, g_strdup(command),
			answers);
	}
	g_ptr_array_add(answers, answer_take);
}

static void take_command(struct talk *talk, const char *octets, size_t len);

/* Refused in the middle: the rest of it never comes. */
static void break_off(struct talk *talk, const char *line)
{
	const char *space = strchr(talk->heard->str, ' ');

	if (space == NULL || strncmp(line, talk->heard->str,
		(size_t)(space + 1 - talk->heard->str)) != 0)
		return;
	take_command(talk, talk->heard->str, talk->heard->len);
	g_string_truncate(talk->heard, 0);
}

static void take_tagged(struct record *record, struct talk *talk,
	const char *line)
{
	break_off(talk, line);
	for (GList *l = talk->commands.head; l != NULL; l = l->next) {
		struct open_command *command = l->data;
		size_t len = strlen(command->tag);

		if (strncmp(line, command->tag, len) != 0 || line[len] != ' ')
			continue;
		g_string_append_printf(command->text, RECORD_TAG "%s",
			line + len);
		close_text(command);
		talk->last = command->answer;
		add_answer(record, command->command,
			g_steal_pointer(&command->answer));
		g_queue_delete_link(&talk->commands, l);
		open_command_free(command);
		return;
	}
}

static bool searches(const struct open_command *command)
{
	return strstr(command->command, "SEARCH ") != NULL ||
		strstr(command->command, "SORT ") != NULL ||
		strstr(command->command, "THREAD ") != NULL;
}

static const struct open_command *first_search(const struct talk *talk)
{
	for (GList *l = talk->commands.head; l != NULL; l = l->next)
		if (searches(l->data))
			return l->data;
	return NULL;
}

/* Results of a search are that one's which was first, or whose tag is told;
 * with other data it shows by itself whose they are. */
static bool is_for(const struct talk *talk, const struct open_command *command,
	const char *line)
{
	static const char *const results[] = { "* SEARCH", "* ESEARCH",
		"* SORT", "* THREAD" };
	char *tag = g_strdup_printf("(TAG \"%s\")", command->tag);
	bool has_tag = strstr(line, "(TAG ") != NULL, is_it = true;

	for (size_t i = 0; i < G_N_ELEMENTS(results); i++)
		if (g_str_has_prefix(line, results[i]))
			is_it = has_tag ? strstr(line, tag) != NULL :
				first_search(talk) == command;
	g_free(tag);
	return is_it;
}

static void take_untagged(struct talk *talk, const char *line)
{
	for (GList *l = talk->commands.head; l != NULL; l = l->next) {
		struct open_command *command = l->data;

		if (is_for(talk, command, line))
			g_string_append(command->text, line);
	}
}

static void take_response(struct record *record, struct talk *talk,
	const char *line)
{
	struct open_command *last = g_queue_peek_tail(&talk->commands);

	learn_capabilities(record, line);
	if (!talk->is_greeted) {
		talk->is_greeted = true;
		learn_greeting(record, line);
	} else if (line[0] == '+') {
		/* Not one that a literal waits for. */
		if (last == NULL || talk->heard->len > 0)
			return;
		talk->is_continued = true;
		g_string_append(last->text, line);
		close_text(last);
	} else if (g_str_has_prefix(line, "* ")) {
		learn_fetch(record, line);
		if (!is_of_state(line))
			take_untagged(talk, line);
	} else {
		take_tagged(record, talk, line);
	}
}

/* In the same packet as the end of an answer: injected behind STARTTLS. */
static void add_injection(struct answer *answer, const char *line)
{
	char *text = g_ptr_array_steal_index(answer->texts,
		answer->texts->len - 1);

	g_ptr_array_add(answer->texts, g_strconcat(text, line, NULL));
	g_free(text);
}

void record_said(struct record *record, unsigned number, const char *octets,
	size_t len)
{
	struct talk *talk = talk_of(record, number);
	size_t n;

	talk->last = NULL;
	g_string_append_len(talk->said, octets, (gssize)len);
	while ((n = frame_length(talk->said->str, talk->said->len)) > 0) {
		char *line = g_strndup(talk->said->str, n);

		if (talk->last != NULL)
			add_injection(talk->last, line);
		else
			take_response(record, talk, line);
		g_free(line);
		g_string_erase(talk->said, 0, (gssize)n);
	}
}

/* --- what the client says ------------------------------------------------- */

static void take_command(struct talk *talk, const char *octets, size_t len)
{
	const char *space = memchr(octets, ' ', len);
	struct open_command *command;

	if (space == NULL || len < 2)
		return;
	command = g_new0(struct open_command, 1);
	command->tag = g_strndup(octets, (gsize)(space - octets));
	command->command = g_strndup(space + 1,
		len - 2 - (gsize)(space + 1 - octets));
	command->answer = g_new0(struct answer, 1);
	command->answer->texts = g_ptr_array_new_with_free_func(g_free);
	command->text = g_string_new(NULL);
	g_queue_push_tail(&talk->commands, command);
}

void record_heard(struct record *record, unsigned number, const char *line)
{
	struct talk *talk = talk_of(record, number);
	size_t n;

	if (talk->is_continued && talk->heard->len == 0) {
		talk->is_continued = false;
		return;
	}
	talk->is_continued = false;
	g_string_append_printf(talk->heard, "%s\r\n", line);
	n = frame_length(talk->heard->str, talk->heard->len);
	if (n == 0)
		return;
	take_command(talk, talk->heard->str, n);
	g_string_erase(talk->heard, 0, (gssize)n);
}

/* --- what is known -------------------------------------------------------- */

const char *record_greeting(const struct record *record)
{
	return record->greeting;
}

const char *record_capabilities(const struct record *record)
{
	return record->capabilities;
}

static bool is_log_in(const char *command)
{
	return g_str_has_prefix(command, "AUTHENTICATE ") ||
		g_str_has_prefix(command, "LOGIN ");
}

static const GPtrArray *answers_to(const struct record *record,
	const char *command)
{
	return g_hash_table_lookup(record->answers, command);
}

bool answer_is_refusal(const struct answer *answer)
{
	const char *last = g_ptr_array_index(answer->texts,
		answer->texts->len - 1);
	const char *status = strrchr(last, RECORD_TAG[0]);

	return status != NULL && !g_str_has_prefix(status, RECORD_TAG " OK");
}

guint record_n_answers(const struct record *record, const char *command)
{
	const GPtrArray *answers = answers_to(record, command);

	return answers != NULL ? answers->len : 0;
}

const struct answer *record_answer(const struct record *record,
	const char *command, guint n)
{
	const GPtrArray *answers = answers_to(record, command);

	if (answers == NULL)
		return NULL;
	for (guint i = answers->len; is_log_in(command) && i > 0; i--)
		if (!answer_is_refusal(answers->pdata[i - 1]))
			return answers->pdata[i - 1];
	return g_ptr_array_index(answers, MIN(n, answers->len - 1));
}

static bool is_alike(const struct answer *a, const struct answer *b)
{
	if (a->texts->len != b->texts->len)
		return false;
	for (guint i = 0; i < a->texts->len; i++)
		if (strcmp(a->texts->pdata[i], b->texts->pdata[i]) != 0)
			return false;
	return true;
}

static bool varies(const char *command, const GPtrArray *answers)
{
	for (guint i = 1; i < answers->len; i++) {
		const struct answer *a = answers->pdata[i - 1];
		const struct answer *b = answers->pdata[i];

		/* A log-in is tried until it is let in. */
		if (!is_alike(a, b) && !(is_log_in(command) &&
			(answer_is_refusal(a) || answer_is_refusal(b))))
			return true;
	}
	return false;
}

bool record_varies(const struct record *record)
{
	GHashTableIter iter;
	gpointer command, answers;

	g_hash_table_iter_init(&iter, record->answers);
	while (g_hash_table_iter_next(&iter, &command, &answers))
		if (varies(command, answers))
			return true;
	return false;
}

const GString *record_item(const struct record *record, uint32_t uid,
	const char *name)
{
	char *key = g_strdup_printf("%u %s", uid, name);
	const GString *item = g_hash_table_lookup(record->items, key);

	g_free(key);
	return item;
}

bool record_is_whole(const struct record *record, uint32_t uid,
	const char *name)
{
	char *key = g_strdup_printf("%u %s", uid, name);
	bool is_it = g_hash_table_contains(record->whole, key);

	g_free(key);
	return is_it;
}
