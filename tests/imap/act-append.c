/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * "! ACTION": messages stored.
 *
 *     append MAILBOX PIECE... [next PIECE...] [flags=\Seen,word]
 *     replace HANDLE UID MAILBOX PIECE...
 *
 * A piece is text=WORD (a "\n" within is CRLF, "\0" a NUL), file=N (of N
 * octets, each an x), missing (a file that is not there) or
 * url=MAILBOX/VALIDITY/UID/SECTION/SIZE.
 */
#include "src/base/base.h"
#include "tests/imap/play.h"
#include "src/imap/search.h"
#include "src/session/append.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PIECES_MAX = 8, MESSAGES_MAX = 4, DATE = 1784256265 };

struct arguments {
	struct append_message messages[MESSAGES_MAX];
	size_t n;
	struct append_piece pieces[PIECES_MAX];
	size_t n_pieces;
	char **parts[PIECES_MAX]; /* of URLs */
	char **flags;
	GPtrArray *keywords;
};

static void on_appended(const struct imap_result *result,
	const struct imap_copyuid *appended, size_t n, void *data)
{
	for (guint i = 0; appended != NULL && i < appended->to->len; i++)
		label_event(data, "appended %u",
			g_array_index(appended->to, uint32_t, i));
	if (result->outcome != IMAP_OUTCOME_OK && n > 0)
		label_event(data, "appended only %zu", n);
	play_on_done(result, data);
}

static GBytes *octets_of(const char *text)
{
	GString *octets = g_string_new(NULL);

	for (; *text != '\0'; text++) {
		if (g_str_has_prefix(text, "\\n"))
			g_string_append(octets, "\r\n");
		else if (g_str_has_prefix(text, "\\0"))
			g_string_append_c(octets, '\0');
		else
			g_string_append_c(octets, *text);
		if (text[0] == '\\')
			text++;
	}
	return g_string_free_to_bytes(octets);
}

/* Has no name any more. */
static int file_of(size_t n)
{
	char name[] = "/tmp/culver-append-XXXXXX";
	int fd = g_mkstemp(name);
	char *octets = g_strnfill(n, 'x');

	g_assert_cmpint(fd, >=, 0);
	g_unlink(name);
	g_assert_cmpint(write(fd, octets, n), ==, (gssize)n);
	g_free(octets);
	return fd;
}

static void add_url(struct arguments *arguments, struct append_piece *piece,
	const char *text)
{
	char **parts = g_strsplit(text, "/", 5);

	arguments->parts[arguments->n_pieces] = parts;
	piece->mailbox = parts[0];
	piece->uid_validity = (uint32_t)strtoul(parts[1], NULL, 10);
	piece->uid = (uint32_t)strtoul(parts[2], NULL, 10);
	piece->section = parts[3];
	piece->size = strtoull(parts[4], NULL, 10);
}

static void add_piece(struct arguments *arguments, const char *word)
{
	struct append_piece *piece = &arguments->pieces[arguments->n_pieces];
	struct append_message *message = &arguments->messages[arguments->n];

	piece->fd = -1;
	if (g_str_has_prefix(word, "text=")) {
		piece->octets = octets_of(word + 5);
	} else if (g_str_has_prefix(word, "file=")) {
		piece->path = "a file";
		piece->fd = file_of(strtoul(word + 5, NULL, 10));
	} else if (strcmp(word, "missing") == 0) {
		piece->path = "/nonexistent/message";
	} else if (g_str_has_prefix(word, "url=")) {
		add_url(arguments, piece, word + 4);
	} else {
		return;
	}
	if (message->n_pieces++ == 0)
		message->pieces = piece;
	arguments->n_pieces++;
}

static void set_flags(struct arguments *arguments, const char *text)
{
	struct imap_flags flags = { 0 };

	arguments->flags = g_strsplit(text, ",", -1);
	for (char **flag = arguments->flags; *flag != NULL; flag++)
		if ((*flag)[0] == '\\')
			flags.system |= imap_flag_from_name(*flag);
		else
			g_ptr_array_add(arguments->keywords, *flag);
	flags.keywords = (const char *const *)arguments->keywords->pdata;
	flags.n_keywords = arguments->keywords->len;
	for (size_t i = 0; i <= arguments->n; i++)
		arguments->messages[i].flags = flags;
}

static void read_words(struct arguments *arguments, char **words)
{
	*arguments = (struct arguments){ .keywords = g_ptr_array_new() };
	for (char **word = words; *word != NULL; word++)
		if (strcmp(*word, "next") == 0)
			arguments->n++;
		else
			add_piece(arguments, *word);
	for (size_t i = 0; i <= arguments->n; i++)
		arguments->messages[i].internaldate = DATE;
	set_flags(arguments, words_value(words, "flags", ""));
}

static void release(struct arguments *arguments)
{
	for (size_t i = 0; i < arguments->n_pieces; i++) {
		if (arguments->pieces[i].octets != NULL)
			g_bytes_unref(arguments->pieces[i].octets);
		if (arguments->pieces[i].fd >= 0)
			close(arguments->pieces[i].fd);
		g_strfreev(arguments->parts[i]);
	}
	g_strfreev(arguments->flags);
	g_ptr_array_unref(arguments->keywords);
}

static struct session_request *make_append(struct play *play, char **words,
	struct label *label)
{
	struct arguments arguments;
	struct session_request *request;

	read_words(&arguments, words + 2);
	request = session_append(play->session, words[1], arguments.messages,
		arguments.n + 1, NULL, on_appended, label);
	release(&arguments);
	return request;
}

static struct session_request *make_replace(struct play *play, char **words,
	struct label *label)
{
	struct arguments arguments;
	struct session_request *request;

	read_words(&arguments, words + 4);
	request = selection_replace(play_selection(play, words[1]),
		(uint32_t)strtoul(words[2], NULL, 10), words[3],
		arguments.messages, NULL, on_appended, label);
	release(&arguments);
	return request;
}

static void do_append(struct play *play, char **words)
{
	play_request(play, words, make_append);
}

static void do_replace(struct play *play, char **words)
{
	play_request(play, words, make_replace);
}

const struct play_action play_append_actions[] = {
	{ "append", do_append }, { "replace", do_replace }, { NULL, NULL },
};
