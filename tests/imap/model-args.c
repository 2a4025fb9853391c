/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arguments of commands, as the model server reads them. */
#include "src/base/base.h"
#include "src/imap/flag.h"
#include "src/imap/utf7.h"
#include "tests/imap/model-priv.h"

#include <stdlib.h>

static void skip_space(struct model_args *args)
{
	while (args->at < args->end && *args->at == ' ')
		args->at++;
}

bool model_take(struct model_args *args, const char *text)
{
	size_t len = strlen(text);

	skip_space(args);
	if ((size_t)(args->end - args->at) < len ||
		g_ascii_strncasecmp(args->at, text, len) != 0)
		return false;
	args->at += len;
	return true;
}

static GBytes *take_literal(struct model_args *args)
{
	char *stop;
	size_t n = strtoul(args->at + 1, &stop, 10);
	GBytes *octets;

	if (*stop == '+')
		stop++;
	args->at = stop + strlen("}\r\n");
	octets = g_bytes_new(args->at, n);
	args->at += n;
	return octets;
}

static GBytes *take_quoted(struct model_args *args)
{
	GString *text = g_string_new(NULL);

	for (args->at++; args->at < args->end && *args->at != '"'; args->at++) {
		if (*args->at == '\\')
			args->at++;
		g_string_append_c(text, *args->at);
	}
	args->at++;
	return g_string_free_to_bytes(text);
}

/* A section of BODY[...] belongs to its word. */
static GBytes *take_atom(struct model_args *args)
{
	const char *start = args->at;
	bool is_section = false;

	for (; args->at < args->end; args->at++) {
		is_section = (is_section || *args->at == '[') &&
			*args->at != ']';
		if (!is_section && strchr(" ()", *args->at) != NULL)
			break;
	}
	return g_bytes_new(start, (gsize)(args->at - start));
}

GBytes *model_take_octets(struct model_args *args)
{
	skip_space(args);
	if (args->at >= args->end)
		return NULL;
	if (*args->at == '~')
		args->at++;
	if (*args->at == '{')
		return take_literal(args);
	return *args->at == '"' ? take_quoted(args) : take_atom(args);
}

char *model_take_word(struct model_args *args)
{
	GBytes *octets = model_take_octets(args);
	char *word = NULL;

	if (octets != NULL && g_bytes_get_size(octets) > 0)
		word = g_strndup(g_bytes_get_data(octets, NULL),
			g_bytes_get_size(octets));
	else if (octets != NULL)
		word = g_strdup("");
	if (octets != NULL)
		g_bytes_unref(octets);
	return word;
}

char *model_take_mailbox(struct model_args *args)
{
	char *word = model_take_word(args), *name;

	if (word == NULL)
		return NULL;
	name = imap_mailbox_name_decode(word, false);
	g_free(word);
	return name;
}

char **model_take_list(struct model_args *args)
{
	GPtrArray *words = g_ptr_array_new();

	if (model_take(args, "(")) {
		while (args->at < args->end && !model_take(args, ")"))
			if (*args->at == '(')
				g_strfreev(model_take_list(args));
			else
				g_ptr_array_add(words, model_take_word(args));
	} else {
		g_ptr_array_add(words, model_take_word(args));
	}
	g_ptr_array_add(words, NULL);
	return (char **)g_ptr_array_free(words, FALSE);
}

unsigned model_flags(char **words, char ***keywords_out)
{
	GPtrArray *keywords = g_ptr_array_new();
	unsigned system = 0;

	for (; *words != NULL; words++)
		if (**words == '\\')
			system |= imap_flag_from_name(*words);
		else if (**words != '\0')
			g_ptr_array_add(keywords, g_strdup(*words));
	g_ptr_array_add(keywords, NULL);
	*keywords_out = (char **)g_ptr_array_free(keywords, FALSE);
	return system;
}

char *model_header(const struct model_message *message, const char *field)
{
	gsize len;
	const char *octets = g_bytes_get_data(message->octets, &len);
	char *text = g_strndup(octets, len), *value = NULL;
	char **lines = g_strsplit(text, "\r\n", -1);
	size_t n = strlen(field);

	for (char **line = lines; *line != NULL && **line != '\0' &&
		value == NULL; line++)
		if (g_ascii_strncasecmp(*line, field, n) == 0 &&
			(*line)[n] == ':')
			value = g_strstrip(g_strdup(*line + n + 1));
	g_strfreev(lines);
	g_free(text);
	return value;
}
