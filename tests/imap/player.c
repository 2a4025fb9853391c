/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "tests/imap/player.h"
#include "src/session/timing.h"
#include "tests/imap/imapd.h"
#include "tests/imap/mirror.h"
#include "tests/imap/play.h"
#include "tests/imap/record.h"

#include <stdlib.h>

enum { PATIENCE_MS = 10000 };

void play_event(struct play *play, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_ptr_array_add(play->events, g_strdup_vprintf(format, args));
	va_end(args);
}

void play_fail(struct play *play, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	g_printerr("%s:%u: %s\n", play->path, play->line, text);
	for (guint i = 0; i < play->events->len; i++)
		g_printerr("# event: %s\n",
			(const char *)g_ptr_array_index(play->events, i));
	if (play->again != NULL)
		g_printerr("# again: %s\n", play->again);
	exit(1);
}

/* --- the script ----------------------------------------------------------- */

static void add_line(struct script *script, unsigned number, char *text_take)
{
	struct script_line *line = g_new0(struct script_line, 1);

	line->number = number;
	line->text = text_take;
	g_ptr_array_add(script->lines, line);
}

/* "! online2 CAP CAP": greeting and log-in of connection 2, with these
 * capabilities. */
static void add_online(struct script *script, unsigned number, const char *text)
{
	size_t n = strspn(text, "0123456789");
	char *which = g_strndup(text, n);
	const char *caps = text + n;

	add_line(script, number, g_strdup_printf("S%s: * OK "
		"[CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello", which));
	add_line(script, number, g_strdup_printf("C%s: $0 AUTHENTICATE PLAIN "
		"AHVzZXIAcGFzcw==", which));
	add_line(script, number, g_strdup_printf("S%s: $0 OK [CAPABILITY "
		"IMAP4rev1%s] in", which, caps));
	g_free(which);
}

static void script_line_free(gpointer data)
{
	struct script_line *line = data;

	g_free(line->text);
	g_free(line);
}

struct script *script_load(const char *path)
{
	struct script *script = g_new0(struct script, 1);
	char *text, *base = g_path_get_basename(path), **lines;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	script->path = g_strdup(path);
	script->name = g_strndup(base, strlen(base) - strlen(".txt"));
	script->lines = g_ptr_array_new_with_free_func(script_line_free);
	lines = g_strsplit(text, "\n", -1);
	for (unsigned i = 0; lines[i] != NULL; i++) {
		if (g_str_has_prefix(lines[i], "% no-cut: "))
			script->no_cut = g_strdup(lines[i] + 10);
		else if (g_str_has_prefix(lines[i], "! online"))
			add_online(script, i + 1, lines[i] + 8);
		else if (lines[i][0] != '\0' && lines[i][0] != '#')
			add_line(script, i + 1, g_strdup(lines[i]));
	}
	g_strfreev(lines);
	g_free(base);
	g_free(text);
	return script;
}

void script_free(struct script **script)
{
	g_free((*script)->path);
	g_free((*script)->name);
	g_free((*script)->no_cut);
	g_ptr_array_unref((*script)->lines);
	g_clear_pointer(script, g_free);
}

/* --- lines ---------------------------------------------------------------- */

static char *replace_tags(struct play *play, const char *text)
{
	GString *out = g_string_new(NULL);

	for (; *text != '\0'; text++) {
		char key[2] = { text[0] == '$' ? text[1] : '\0', '\0' };
		const char *tag = key[0] != '\0' ?
			g_hash_table_lookup(play->tags, key) : NULL;

		if (tag != NULL) {
			g_string_append(out, tag);
			text++;
		} else {
			g_string_append_c(out, *text);
		}
	}
	return g_string_free(out, FALSE);
}

/* "\r\n" written so; "%{N}" is N octets of 'x'. */
static GString *unescape(const char *text)
{
	GString *out = g_string_new(NULL);

	for (; *text != '\0'; text++) {
		if (g_str_has_prefix(text, "\\r\\n")) {
			g_string_append(out, "\r\n");
			text += 3;
		} else if (g_str_has_prefix(text, "%{")) {
			char *end;
			gsize n = strtoul(text + 2, &end, 10);

			for (gsize i = 0; i < n; i++)
				g_string_append_c(out, 'x');
			text = end;
		} else {
			g_string_append_c(out, *text);
		}
	}
	return out;
}

/* Nobody speaks any more, or for too long. */
static bool is_over(const struct play *play)
{
	return play->out_of_time || imapd_was_cut(play->imapd);
}

static void mark(struct play *play, bool is_client, unsigned number, size_t len)
{
	const struct cut_point point = {
		.line = play->index,
		.is_client = is_client,
		.number = number,
		.len = len,
		.heard = imapd_n_taken(play->imapd, number) -
			(is_client ? len : 0),
	};

	if (play->points != NULL)
		g_array_append_val(play->points, point);
}

static void server_says(struct play *play, unsigned number, const char *text,
	bool is_line, size_t n)
{
	while (imapd_n_connections(play->imapd) < number && !is_over(play))
		g_main_context_iteration(NULL, TRUE);
	if (play->out_of_time)
		play_fail(play, "no connection %u", number);
	if (is_over(play))
		return;
	char *tagged = replace_tags(play, text);
	GString *octets = unescape(tagged);

	if (is_line)
		g_string_append(octets, "\r\n");
	imapd_send(play->imapd, number, octets->str, MIN(octets->len, n));
	mark(play, false, number, octets->len);
	if (play->record != NULL)
		record_said(play->record, number, octets->str, octets->len);
	g_string_free(octets, TRUE);
	g_free(tagged);
}

/* expected may hold "<any>", once. */
static bool matches(const char *line, const char *expected)
{
	const char *any = strstr(expected, "<any>");

	if (any == NULL)
		return strcmp(line, expected) == 0;
	size_t head = (size_t)(any - expected), tail = strlen(any + 5);

	return strlen(line) >= head + tail &&
		strncmp(line, expected, head) == 0 &&
		strcmp(line + strlen(line) - tail, any + 5) == 0;
}

static void compare_line(struct play *play, const char *line,
	const char *expected)
{
	if (expected[0] == '$' && expected[1] != '\0' && expected[2] == ' ') {
		const char *space = strchr(line, ' ');

		if (space == NULL)
			play_fail(play, "no tag in '%s'", line);
		g_hash_table_replace(play->tags, g_strndup(expected + 1, 1),
			g_strndup(line, (gsize)(space - line)));
		line = space + 1;
		expected += 3;
	}
	if (!matches(line, expected))
		play_fail(play, "the client said '%s'", line);
}

static void client_says(struct play *play, unsigned number,
	const char *expected)
{
	bool is_end = strcmp(expected, "<closed>") == 0;

	while (!is_over(play) && !imapd_has_line(play->imapd, number) &&
		!imapd_is_closed(play->imapd, number))
		g_main_context_iteration(NULL, TRUE);
	if (imapd_was_cut(play->imapd))
		return;
	char *line = imapd_take_line(play->imapd, number);

	if (line == NULL && !(is_end && imapd_is_closed(play->imapd, number)))
		play_fail(play, "%s",
			play->out_of_time ? "the client says nothing" :
			"the client has closed the connection");
	if (line != NULL && is_end)
		play_fail(play, "the client said '%s'", line);
	if (line != NULL) {
		compare_line(play, line, expected);
		mark(play, true, number, strlen(line) + 2);
		if (play->record != NULL)
			record_heard(play->record, number, line);
	}
	g_free(line);
}

static void event_follows(struct play *play, const char *expected)
{
	for (;;) {
		while (play->next_event < play->events->len) {
			const char *have = g_ptr_array_index(play->events,
				play->next_event++);

			if (matches(have, expected))
				return;
		}
		if (play->out_of_time)
			play_fail(play, "this did not happen");
		if (imapd_was_cut(play->imapd))
			return;
		g_main_context_iteration(NULL, TRUE);
	}
}

static void event_never(struct play *play, const char *unexpected)
{
	/* What is due at once has its chance. */
	for (int i = 0; i < 20; i++)
		g_main_context_iteration(NULL, FALSE);
	if (imapd_was_cut(play->imapd))
		return;
	for (guint i = 0; i < play->events->len; i++)
		if (matches(g_ptr_array_index(play->events, i), unexpected))
			play_fail(play, "this happened");
}

/* "S:", "S2:", "C:": the number, and what stands behind the colon. */
static unsigned connection_number(const char *line, const char **text_out)
{
	char *end = (char *)line + 1;
	unsigned number = (unsigned)strtoul(line + 1, &end, 10);

	*text_out = *end == ':' || *end == '-' ? end + 1 : end;
	if (**text_out == ' ')
		(*text_out)++;
	return number == 0 ? 1 : number;
}

void play_line_head(struct play *play, const struct script *script,
	guint index, size_t n)
{
	const struct script_line *at = g_ptr_array_index(script->lines, index);
	const char *line = at->text, *text, *colon = strchr(line, ':');
	unsigned number;

	play->line = at->number;
	play->index = index;
	switch (line[0]) {
	case 'S':
		number = connection_number(line, &text);
		server_says(play, number, text, colon != NULL && colon < text,
			n);
		return;
	case 'C':
		number = connection_number(line, &text);
		client_says(play, number, text);
		return;
	case '=':
		if (line[1] == '!')
			event_never(play, line + 3);
		else
			event_follows(play, line + 2);
		return;
	case '!':
		play_act(play, line + 2);
		return;
	default:
		play_fail(play, "cannot read '%s'", line);
	}
}

void play_line(struct play *play, const struct script *script, guint line)
{
	play_line_head(play, script, line, SIZE_MAX);
}

/* --- the play ------------------------------------------------------------- */

static gboolean time_is_up(void *data)
{
	((struct play *)data)->out_of_time = true;
	return G_SOURCE_CONTINUE;
}

struct play *play_new(const struct script *script)
{
	struct play *play = g_new0(struct play, 1);

	play->path = script->path;
	play->timing = session_timing;
	play->imapd = imapd_new();
	play->events = g_ptr_array_new_with_free_func(g_free);
	play->tags = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		g_free);
	play->handles = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
		handle_free);
	play->left = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		mirror_free);
	play->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		known_free);
	play->requests = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		NULL);
	play->outcomes = g_ptr_array_new_with_free_func(outcome_free);
	play->secret = g_strdup("pass");
	play->config = (struct session_config) {
		.name = "work", .host = "imap.example.org", .port = 143,
		.tls = SESSION_TLS_NONE, .user = "user", .max_connections = 3,
		.timeout_ms = 60000, .reconnect = true,
	};
	play->patience = g_timeout_add(PATIENCE_MS, time_is_up, play);
	session_timing.backoff_first_ms = 1;
	return play;
}

void play_free(struct play **play_io)
{
	struct play *play = *play_io;

	*play_io = NULL;
	source_clear(&play->patience);
	play_reset_signin();
	g_hash_table_unref(play->handles);
	session_free(&play->session);
	for (int i = 0; i < 20; i++)
		g_main_context_iteration(NULL, FALSE);
	imapd_free(&play->imapd);
	g_hash_table_unref(play->left);
	g_hash_table_unref(play->known);
	g_hash_table_unref(play->requests);
	g_hash_table_unref(play->tags);
	g_ptr_array_unref(play->events);
	g_ptr_array_unref(play->outcomes);
	g_strfreev(play->disabled);
	g_strfreev(play->auth);
	g_free(play->secret);
	if (play->points != NULL)
		g_array_unref(play->points);
	session_timing = play->timing;
	g_free(play);
}
