/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "ui/cli.h"
#include "src/base/error.h"

#include <getopt.h>

enum { COLUMNS_DEFAULT = 80, COLUMNS_MIN = 10, COLUMNS_MAX = 1000 };

/* Long options without a letter get values above all characters. */
enum {
	OPT_BATCH = 256,
	OPT_COLUMNS,
	OPT_CHECK_RC,
	OPT_DUMP_OPTIONS,
	OPT_TRACE,
	OPT_DOCGEN,
};

struct cli_row {
	char letter;         /* '\0': none */
	const char *name;    /* long name; NULL for mutt's letters */
	const char *arg;     /* "FILE", or NULL */
	const char *summary; /* NULL: not in the help */
};

struct row {
	struct cli_row cli;
	int value; /* what getopt_long() returns */
};

static const struct row rows[] = {
	{ { 'F', "rc", "FILE", "read FILE instead of the default rc" }, 'F' },
	{ { 'e', "execute", "COMMAND", "run an rc command after the rc file" }, 'e' },
	{ { 'R', "read-only", NULL, "change nothing on the server" }, 'R' },
	{ { 0, "batch", NULL, "no terminal: run the commands, then exit" }, OPT_BATCH },
	{ { 'k', "keep-going", NULL, "with --batch: go on after a failed command" }, 'k' },
	{ { 0, "columns", "N", "with --batch: the width that show wraps at (80)" }, OPT_COLUMNS },
	{ { 'f', "mailbox", "MAILBOX", "open this mailbox" }, 'f' },
	{ { 'n', "no-cache", NULL, "keep nothing on disk" }, 'n' },
	{ { 0, "check-rc", NULL, "report every error in the rc, then exit" }, OPT_CHECK_RC },
	{ { 0, "dump-options", NULL, "print every option and its value, then exit" }, OPT_DUMP_OPTIONS },
	{ { 0, "trace", "FILE", "write the IMAP conversation, without secrets" }, OPT_TRACE },
	{ { 0, "docgen", "WHAT", "print a generated part of the manual" }, OPT_DOCGEN },
	{ { 'V', "version", NULL, "print the version and the libraries'" }, 'V' },
	{ { 'h', "help", NULL, "print this help" }, 'h' },
	/* mutt's, for writing mail: kept for what they mean there. */
	{ { 'a', NULL, "FILE", NULL }, 'a' },
	{ { 'b', NULL, "ADDRESS", NULL }, 'b' },
	{ { 'c', NULL, "ADDRESS", NULL }, 'c' },
	{ { 'H', NULL, "DRAFT", NULL }, 'H' },
	{ { 'i', NULL, "FILE", NULL }, 'i' },
	{ { 's', NULL, "SUBJECT", NULL }, 's' },
	{ { 'p', NULL, NULL, NULL }, 'p' },
	{ { 'y', "folders", NULL, "begin with the folder view" }, 'y' },
	{ { 'Z', "new", NULL, "begin with the first mailbox with new mail" }, 'Z' },
};

static bool parse_columns(const char *text, unsigned *columns_out, GError **error)
{
	guint64 n;

	if (!g_ascii_string_to_unsigned(text, 10, COLUMNS_MIN, COLUMNS_MAX, &n, NULL)) {
		g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE,
			"--columns needs a number from %d to %d, not '%s'",
			COLUMNS_MIN, COLUMNS_MAX, text);
		return false;
	}
	*columns_out = (unsigned)n;
	return true;
}

static const char *const composing[128] = {
	['a'] = "-a", ['b'] = "-b", ['c'] = "-c", ['H'] = "-H",
	['i'] = "-i", ['s'] = "-s", ['p'] = "-p",
};

static bool take(struct cli *cli, int value, char *arg, GError **error)
{
	switch (value) {
	case 'F': cli->rc = arg; break;
	case 'e': g_ptr_array_add(cli->commands, arg); break;
	case 'R': cli->read_only = true; break;
	case 'k': cli->keep_going = true; break;
	case 'f': cli->mailbox = arg; break;
	case 'n': cli->no_cache = true; break;
	case 'V': cli->version = true; break;
	case 'h': cli->help = true; break;
	case 'y': cli->starts_with = "folders"; break;
	case 'Z': cli->starts_with = "new"; break;
	case OPT_BATCH: cli->batch = true; break;
	case OPT_CHECK_RC: cli->check_rc = true; break;
	case OPT_DUMP_OPTIONS: cli->dump_options = true; break;
	case OPT_TRACE: cli->trace = arg; break;
	case OPT_DOCGEN: cli->docgen = arg; break;
	case OPT_COLUMNS: return parse_columns(arg, &cli->columns, error);
	default: cli->composing = composing[value & 127]; break;
	}
	return true;
}

/* The two tables of getopt_long(), made from the rows. */
static void make_tables(GString *letters, struct option *longs)
{
	size_t n = 0;

	g_string_append_c(letters, ':');
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const struct cli_row *row = &rows[i].cli;

		if (row->letter != '\0')
			g_string_append_printf(letters, "%c%s", row->letter,
				row->arg != NULL ? ":" : "");
		if (row->name != NULL)
			longs[n++] = (struct option){ row->name,
				row->arg != NULL ? required_argument : no_argument,
				NULL, rows[i].value };
	}
	longs[n] = (struct option){ NULL, 0, NULL, 0 };
}

static bool parse_options(struct cli *cli, int argc, char **argv, GError **error)
{
	struct option longs[G_N_ELEMENTS(rows) + 1];
	GString *letters = g_string_new(NULL);
	bool ok = true;
	int value;

	make_tables(letters, longs);
	optind = 1;
	opterr = 0;
	while (ok && (value = getopt_long(argc, argv, letters->str, longs, NULL)) != -1) {
		const char *word = argv[optind - 1];

		if (value == '?' || value == ':') {
			g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE,
				value == ':' ? "%s needs an argument"
				: "unknown option %s; see culver --help", word);
			ok = false;
		} else {
			ok = take(cli, value, optarg, error);
		}
	}
	g_string_free(letters, TRUE);
	return ok;
}

bool cli_parse(struct cli *cli, int argc, char **argv, GError **error)
{
	*cli = (struct cli){ .columns = COLUMNS_DEFAULT };
	cli->commands = g_ptr_array_new();
	if (!parse_options(cli, argc, argv, error))
		return false;
	if (argc - optind > 1) {
		g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE,
			"one ACCOUNT, MAILBOX or URL, not also '%s'",
			argv[optind + 1]);
		return false;
	}
	cli->argument = argv[optind];
	if (cli->argument != NULL && g_str_has_prefix(cli->argument, "mailto:"))
		cli->composing = "mailto:";
	return true;
}

void cli_release(struct cli *cli)
{
	g_clear_pointer(&cli->commands, g_ptr_array_unref);
}

void cli_print_help(FILE *out)
{
	fputs("usage: culver [OPTION]... [ACCOUNT | MAILBOX | URL]\n"
		"  URL is imaps://user@host[:port]/[Mailbox], imap://... (STARTTLS),\n"
		"  or user@domain alone: the server is found by DNS.\n\n", out);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const struct cli_row *row = &rows[i].cli;
		char *name;

		if (row->summary == NULL)
			continue;
		name = g_strdup_printf("--%s %s", row->name,
			row->arg != NULL ? row->arg : "");
		if (row->letter != '\0')
			fprintf(out, "  -%c, %-19s %s\n", row->letter, name, row->summary);
		else
			fprintf(out, "      %-19s %s\n", name, row->summary);
		g_free(name);
	}
	fputs("\nSee culver(1), and culverrc(5) for the rc file.\n", out);
}
