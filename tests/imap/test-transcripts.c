/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plays tests/imap/<name>.txt: conversations between a session and a scripted
 * server, a test case each. tests/imap/README tells the language.
 */
#include "src/base/base.h"
#include "src/session/timing.h"
#include "tests/imap/imapd.h"
#include "tests/imap/play.h"

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
	exit(1);
}

/* --- the script ----------------------------------------------------------- */

static gboolean time_is_up(void *data)
{
	((struct play *)data)->out_of_time = true;
	return G_SOURCE_CONTINUE;
}

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

static void server_says(struct play *play, unsigned number, const char *text,
	bool is_line)
{
	while (imapd_n_connections(play->imapd) < number && !play->out_of_time)
		g_main_context_iteration(NULL, TRUE);
	if (play->out_of_time)
		play_fail(play, "no connection %u", number);
	char *tagged = replace_tags(play, text);
	GString *octets = unescape(tagged);

	if (is_line)
		g_string_append(octets, "\r\n");
	imapd_send(play->imapd, number, octets->str, octets->len);
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

	while (!play->out_of_time && !imapd_has_line(play->imapd, number) &&
		!imapd_is_closed(play->imapd, number))
		g_main_context_iteration(NULL, TRUE);
	char *line = imapd_take_line(play->imapd, number);

	if (line == NULL && !(is_end && imapd_is_closed(play->imapd, number)))
		play_fail(play, "%s",
			play->out_of_time ? "the client says nothing" :
			"the client has closed the connection");
	if (line != NULL && is_end)
		play_fail(play, "the client said '%s'", line);
	if (line != NULL)
		compare_line(play, line, expected);
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
		g_main_context_iteration(NULL, TRUE);
	}
}

static void event_never(struct play *play, const char *unexpected)
{
	/* What is due at once has its chance. */
	for (int i = 0; i < 20; i++)
		g_main_context_iteration(NULL, FALSE);
	for (guint i = 0; i < play->events->len; i++)
		if (matches(g_ptr_array_index(play->events, i), unexpected))
			play_fail(play, "this happened");
}

/* "! online CAP CAP": greeting and log-in, with these capabilities. */
static void go_online(struct play *play, unsigned number,
	const char *capabilities)
{
	char *ok = g_strdup_printf("$0 OK [CAPABILITY IMAP4rev1%s%s] in",
		capabilities[0] != '\0' ? " " : "", capabilities);

	server_says(play, number,
		"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello", true);
	client_says(play, number, "$0 AUTHENTICATE PLAIN AHVzZXIAcGFzcw==");
	server_says(play, number, ok, true);
	g_free(ok);
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

static void play_line(struct play *play, const char *line)
{
	const char *text;
	unsigned number;

	switch (line[0]) {
	case '\0':
	case '#':
		return;
	case 'S':
		number = connection_number(line, &text);
		server_says(play, number, text, strchr(line, ':') != NULL &&
			strchr(line, ':') < text);
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
		if (g_str_has_prefix(line, "! online")) {
			number = connection_number(line + 7, &text);
			go_online(play, number, text);
		} else {
			play_act(play, line + 2);
		}
		return;
	default:
		play_fail(play, "cannot read '%s'", line);
	}
}

static struct play *play_new(const char *path)
{
	struct play *play = g_new0(struct play, 1);

	play->path = path;
	play->imapd = imapd_new();
	play->events = g_ptr_array_new_with_free_func(g_free);
	play->tags = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		g_free);
	play->handles = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
		handle_free);
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
	return play;
}

static void play_free(struct play *play)
{
	play_reset_signin();
	g_hash_table_unref(play->handles);
	session_free(&play->session);
	for (int i = 0; i < 20; i++)
		g_main_context_iteration(NULL, FALSE);
	imapd_free(&play->imapd);
	g_hash_table_unref(play->known);
	g_hash_table_unref(play->requests);
	g_hash_table_unref(play->tags);
	g_ptr_array_unref(play->events);
	g_ptr_array_unref(play->outcomes);
	g_strfreev(play->disabled);
	g_strfreev(play->auth);
	g_free(play->secret);
	g_free(play);
}

static void test_transcript(const void *path)
{
	const struct session_timing timing = session_timing;
	struct play *play = play_new(path);
	char *text, **lines;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	lines = g_strsplit(text, "\n", -1);
	guint patience = g_timeout_add(PATIENCE_MS, time_is_up, play);

	session_timing.backoff_first_ms = 1;
	for (char **line = lines; *line != NULL; line++) {
		play->line++;
		play_line(play, *line);
	}
	source_clear(&patience);
	play_free(play);
	session_timing = timing;
	g_strfreev(lines);
	g_free(text);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	const char *only = argc > 1 ? argv[1] : NULL;
	GDir *dir = g_dir_open("tests/imap", 0, NULL);
	GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
	const char *name;

	g_assert_nonnull(dir);
	while ((name = g_dir_read_name(dir)) != NULL) {
		if (!g_str_has_suffix(name, ".txt") ||
			(only != NULL && strcmp(only, name) != 0))
			continue;
		char *path = g_strdup_printf("tests/imap/%s", name);
		char *test = g_strdup_printf("/imap/%.*s",
			(int)strlen(name) - 4, name);

		g_ptr_array_add(paths, path);
		g_test_add_data_func(test, path, test_transcript);
		g_free(test);
	}
	g_dir_close(dir);
	int status = g_test_run();

	g_ptr_array_unref(paths);
	return status;
}
