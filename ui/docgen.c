/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "ui/docgen.h"

#include "src/mail/account.h"
#include "src/mail/acl.h"
#include "src/mail/pattern.h"
#include "src/rc/command.h"
#include "src/rc/option.h"
#include "ui/theme.h"

#define LINE_WIDTH 72

/* --- text ---------------------------------------------------------------- */

static void append_escaped(GString *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\\')
			g_string_append(out, "\\e");
		else
			g_string_append_c(out, text[i]);
	}
}

char *docgen_argument(const char *text)
{
	GString *out = g_string_new("\"\\&");

	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '"')
			g_string_append(out, "\\(dq");
		else
			append_escaped(out, p, 1);
	}
	g_string_append_c(out, '"');
	return g_string_free(out, FALSE);
}

static bool ends_sentence(const char *word, size_t len)
{
	return len > 1 && strchr(".?!", word[len - 1]) != NULL;
}

void docgen_text(const char *text, FILE *out)
{
	g_autoptr(GString) line = g_string_new(NULL);

	while (*text != '\0') {
		size_t len = strcspn(text, " \n");

		if (line->len > 0 && line->len + len >= LINE_WIDTH) {
			fprintf(out, "%s\n", line->str);
			g_string_truncate(line, 0);
		}
		if (len > 0)
			g_string_append(line, line->len > 0 ? " " : "");
		/* Not to be taken for a macro. */
		if (line->len == 0 && (*text == '.' || *text == '\''))
			g_string_append(line, "\\&");
		append_escaped(line, text, len);
		if (ends_sentence(text, len)) {
			fprintf(out, "%s\n", line->str);
			g_string_truncate(line, 0);
		}
		text += len + (text[len] != '\0');
	}
	if (line->len > 0)
		fprintf(out, "%s\n", line->str);
}

/* A summary has no capital letter and no full stop. */
static void put_summary(const char *summary, const char *doc, FILE *out)
{
	g_autofree char *text = g_strconcat(summary, ".", NULL);

	text[0] = g_ascii_toupper(text[0]);
	docgen_text(text, out);
	if (doc != NULL)
		docgen_text(doc, out);
}

/* --- options ------------------------------------------------------------- */

static char *type_of(const struct option_row *row)
{
	static const char *const names[] = {
		[OPTION_BOOL] = "yes or no",
		[OPTION_QUAD] = "yes, no, ask-yes or ask-no",
		[OPTION_NUMBER] = "number",
		[OPTION_STRING] = "text",
		[OPTION_PATH] = "file name",
		[OPTION_ENUM] = "word",
		[OPTION_LIST] = "words",
		[OPTION_REGEX] = "regular expression",
		[OPTION_COMMAND] = "command",
		[OPTION_SECRET] = "secret",
	};
	g_auto(GStrv) choices = NULL;

	if (row->type == OPTION_NUMBER)
		return g_strdup_printf("number from %" G_GINT64_FORMAT
				       " to %" G_GINT64_FORMAT,
			(gint64)row->min, (gint64)row->max);
	if (row->type != OPTION_ENUM)
		return g_strdup(names[row->type]);
	choices = g_strsplit(row->choices, " ", -1);
	return g_strjoinv(" | ", choices);
}

static void put_option(const struct option_row *row, FILE *out)
{
	static const char *const scopes[] = {
		[OPTION_GLOBAL] = "",
		[OPTION_ACCOUNT] = "; for each account",
		[OPTION_MAILBOX] = "; for each account and mailbox",
	};
	g_autofree char *type = type_of(row);
	g_autofree char *text = g_strdup_printf("(%s; default %s%s%s%s)", type,
		row->def == NULL		 ? "none" :
			*row->def == '\0'	 ? "empty" :
						   row->def,
		scopes[row->scope],
		row->synonyms != NULL ? "; mutt: " : "",
		row->synonyms != NULL ? row->synonyms : "");

	fprintf(out, ".It Ic %s\n", row->name);
	docgen_text(text, out);
	fputs(".br\n", out);
	put_summary(row->summary, row->doc, out);
}

static void put_options(FILE *out)
{
	size_t n;
	const struct option_row *const *rows = option_rows(&n);

	fputs(".Bl -tag -width Ds\n", out);
	for (size_t i = 0; i < n; i++)
		put_option(rows[i], out);
	fputs(".El\n", out);
}

/* --- commands ------------------------------------------------------------ */

static void put_command(const struct command_row *row, FILE *out)
{
	g_autofree char *usage = NULL;

	if (row->usage == NULL || *row->usage == '\0') {
		fprintf(out, ".It Ic %s\n", row->name);
	} else {
		usage = docgen_argument(row->usage);
		fprintf(out, ".It Ic %s No %s\n", row->name, usage);
	}
	put_summary(row->summary, row->doc, out);
	if (row->keys != NULL && *row->keys != '\0') {
		g_autofree char *keys =
			g_strdup_printf("Keys: %s", row->keys);

		docgen_text(keys, out);
	}
	if (row->aliases != NULL && *row->aliases != '\0') {
		g_autofree char *names =
			g_strdup_printf("Other names: %s", row->aliases);

		docgen_text(names, out);
	}
}

/* Groups of the rc language, in the manual's order; others act on mail. */
static const char *const language_groups[] = { "settings", "hooks", "headers",
	"facts" };

static bool is_language(const char *group)
{
	for (size_t i = 0; i < G_N_ELEMENTS(language_groups); i++) {
		if (strcmp(language_groups[i], group) == 0)
			return true;
	}
	return strcmp(group, "mutt") == 0;
}

static const char *group_of(const struct command_row *row)
{
	return row->group != NULL ? row->group : "other";
}

static void put_group(const char *group, FILE *out)
{
	size_t n;
	const struct command_row *const *rows = command_rows(&n);
	g_autofree char *title = g_strdup(group);

	title[0] = g_ascii_toupper(title[0]);
	fprintf(out, ".Ss %s\n.Bl -tag -width Ds\n", title);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(group_of(rows[i]), group) == 0)
			put_command(rows[i], out);
	}
	fputs(".El\n", out);
}

static void put_language(FILE *out)
{
	for (size_t i = 0; i < G_N_ELEMENTS(language_groups); i++)
		put_group(language_groups[i], out);
}

static void put_commands(FILE *out)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	size_t n;
	const struct command_row *const *rows = command_rows(&n);

	for (size_t i = 0; i < n; i++) {
		const char *group = group_of(rows[i]);

		if (!is_language(group) &&
			g_hash_table_add(seen, (void *)group))
			put_group(group, out);
	}
}

/* --- keys ---------------------------------------------------------------- */

/* The rows that have a key in a context, with that key. */
static void put_context(const char *context, FILE *out)
{
	size_t n, length = strlen(context);
	const struct command_row *const *rows = command_rows(&n);

	fprintf(out, ".Ss %s\n.Bl -tag -width Backspace -compact\n", context);
	for (size_t i = 0; i < n; i++) {
		g_auto(GStrv) keys = g_strsplit(
			rows[i]->keys != NULL ? rows[i]->keys : "", " ", -1);

		for (size_t k = 0; keys[k] != NULL; k++) {
			g_autofree char *key = NULL;

			if (strncmp(keys[k], context, length) != 0 ||
				keys[k][length] != ':')
				continue;
			key = docgen_argument(keys[k] + length + 1);
			fprintf(out, ".It %s\n", key);
			docgen_text(rows[i]->summary, out);
			fprintf(out, ".Pq Ic %s\n", rows[i]->name);
		}
	}
	fputs(".El\n", out);
}

static void put_keys(FILE *out)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash,
		g_str_equal, g_free, NULL);
	size_t n;
	const struct command_row *const *rows = command_rows(&n);

	for (size_t i = 0; i < n; i++) {
		g_auto(GStrv) keys = g_strsplit(
			rows[i]->keys != NULL ? rows[i]->keys : "", " ", -1);

		for (size_t k = 0; keys[k] != NULL; k++) {
			size_t length = strcspn(keys[k], ":");
			char *context = g_strndup(keys[k], length);

			if (keys[k][length] == '\0' ||
				g_hash_table_contains(seen, context)) {
				g_free(context);
				continue;
			}
			put_context(context, out);
			g_hash_table_add(seen, context);
		}
	}
}

/* --- patterns and colours ------------------------------------------------ */

static void put_patterns(FILE *out)
{
	size_t n;
	const struct pattern_row *rows = pattern_rows(&n);

	fputs(".Bl -tag -width \"~X NUMBERS\" -compact\n", out);
	for (size_t i = 0; i < n; i++) {
		char letter[] = { '~', rows[i].letter, '\0' };
		g_autofree char *name = docgen_argument(letter);
		const char *arg = rows[i].arg;

		if (arg != NULL && *arg != '\0')
			fprintf(out, ".It %s Ar %s\n", name, arg);
		else
			fprintf(out, ".It %s\n", name);
		docgen_text(rows[i].summary, out);
	}
	fputs(".El\n", out);
}

static void put_colours(FILE *out)
{
	static const struct {
		const char *name, *summary;
	} rows[] = {
#define THEME(id, text, what) { text, what },
#include "ui/theme.def"
#undef THEME
	};

	fputs(".Bl -tag -width sidebar_indicator -compact\n", out);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		fprintf(out, ".It Ic %s\n", rows[i].name);
		docgen_text(rows[i].summary, out);
	}
	fputs(".El\n", out);
}

/* One capability: what for, then what is done without it. */
static void put_used(const struct imap_capability_row *row, FILE *out)
{
	g_autofree char *rfc = row->rfc != 0 ?
		g_strdup_printf(" (RFC %u)", row->rfc) : g_strdup("");
	g_autofree char *text = g_strdup_printf("%s%s. Without it: %s.",
		row->summary, rfc, row->without);

	fprintf(out, ".It %s\n", row->name);
	docgen_text(text, out);
}

static void put_unused(const struct imap_capability_row *row, FILE *out)
{
	g_autofree char *text = g_strdup_printf("%s: %s.", row->summary,
		row->unused);

	fprintf(out, ".It %s\n", row->name);
	docgen_text(text, out);
}

static void put_rows(FILE *out, bool is_used)
{
	fputs(".Bl -tag -width \"LIST-EXTENDED\" -compact\n", out);
	for (size_t i = 0; i < IMAP_N_CAPABILITIES; i++) {
		const struct imap_capability_row *row =
			&imap_capability_table[i];

		if (is_used && row->without != NULL)
			put_used(row, out);
		else if (!is_used && row->unused != NULL)
			put_unused(row, out);
	}
	fputs(".El\n", out);
}

static void put_capabilities(FILE *out)
{
	put_rows(out, true);
}

static void put_unused_capabilities(FILE *out)
{
	put_rows(out, false);
}

/* Letters of rights, for "acl" and its kin. */
static void put_rights(FILE *out)
{
	fputs(".Bl -tag -width Ds -compact\n", out);
	for (const struct imap_right *row = imap_rights; row->letter != '\0';
		row++) {
		g_autofree char *text = g_strdup_printf("%s: %s%s.", row->name,
			row->summary, row->is_old ?
			"; older servers have this one" : "");

		fprintf(out, ".It Ic %c\n", row->letter);
		docgen_text(text, out);
	}
	fputs(".El\n", out);
}

static void put_workarounds(FILE *out)
{
	size_t n;
	const struct imap_workaround *rows = imap_workarounds(&n);

	fputs(".Bl -tag -width Exchange -compact\n", out);
	for (size_t i = 0; i < n; i++) {
		g_autofree char *text = g_strdup_printf("%s: %s.",
			rows[i].symptom, rows[i].remedy);

		fprintf(out, ".It %s\n", rows[i].server);
		docgen_text(text, out);
	}
	fputs(".El\n", out);
}

/* For tests and tables: a row, tabs between. */
static void put_extensions(FILE *out)
{
	for (size_t i = 0; i < IMAP_N_CAPABILITIES; i++) {
		const struct imap_capability_row *row =
			&imap_capability_table[i];

		fprintf(out, "%s\t%u\t%s\t%s\n", row->name, row->rfc,
			row->without != NULL ? row->without : "",
			row->trace != NULL ? row->trace : "");
	}
}

/* --- completions --------------------------------------------------------- */

/* The shell asks `culver --help` for the options: they are told there. */
static void put_bash_completion(FILE *out)
{
	size_t n;
	const struct command_row *const *rows = command_rows(&n);

	fputs("# bash completion for culver\n"
	      "_culver() {\n"
	      "\tlocal word=${COMP_WORDS[COMP_CWORD]}\n"
	      "\tcase ${COMP_WORDS[COMP_CWORD-1]} in\n"
	      "\t-e|--execute)\n"
	      "\t\tCOMPREPLY=($(compgen -W '", out);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s%s", i > 0 ? " " : "", rows[i]->name);
	fputs("' -- \"$word\"))\n"
	      "\t\treturn ;;\n"
	      "\t-F|--rc|--trace)\n"
	      "\t\tCOMPREPLY=($(compgen -f -- \"$word\"))\n"
	      "\t\treturn ;;\n"
	      "\tesac\n"
	      "\tif [[ $word == -* ]]; then\n"
	      "\t\tCOMPREPLY=($(compgen -W \"$(culver --help |\n"
	      "\t\t\tgrep -o -- '--[a-z][a-z-]*')\" -- \"$word\"))\n"
	      "\tfi\n"
	      "}\n"
	      "complete -F _culver culver\n", out);
}

static void put_zsh_completion(FILE *out)
{
	fputs("#compdef culver\n"
	      "_arguments -- '*:mailbox or URL:'\n", out);
}

static const struct {
	const char *what;
	void (*put)(FILE *out);
} parts[] = {
	{ "bash-completion", put_bash_completion },
	{ "capabilities", put_capabilities },
	{ "colours", put_colours },
	{ "commands", put_commands },
	{ "extensions", put_extensions },
	{ "keys", put_keys },
	{ "language", put_language },
	{ "options", put_options },
	{ "patterns", put_patterns },
	{ "rights", put_rights },
	{ "unused-capabilities", put_unused_capabilities },
	{ "workarounds", put_workarounds },
	{ "zsh-completion", put_zsh_completion },
};

int docgen(const char *what, FILE *out)
{
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
		if (strcmp(parts[i].what, what) == 0) {
			parts[i].put(out);
			return 0;
		}
	}
	fprintf(stderr, "culver: --docgen: expected one of");
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
		fprintf(stderr, " %s", parts[i].what);
	fprintf(stderr, ", not '%s'\n", what);
	return 2;
}
