/* SPDX-License-Identifier: GPL-3.0-or-later */
/* set, unset, reset and toggle, on options and on my_ variables. */
#include "src/base/base.h"
#include "src/rc/language.h"

#include "src/base/error.h"
#include "src/rc/name.h"
#include "src/rc/run.h"

static GHashTable *variables; /* "my_x" to its value */

/* One "name operator value" of a command line. */
struct assignment {
	char *name;
	enum rc_set_operator operator;
	const char *value; /* of argv; NULL if the operator takes none */
	unsigned name_arg, value_arg; /* of argv, for errors */
};

void rc_variables_init(void)
{
	variables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		g_free);
}

void rc_variables_release(void)
{
	g_clear_pointer(&variables, g_hash_table_destroy);
}

const char *rc_variable(const char *name)
{
	return g_hash_table_lookup(variables, name);
}

void rc_set_variable(const char *name, const char *value)
{
	if (value == NULL)
		g_hash_table_remove(variables, name);
	else
		g_hash_table_replace(variables, g_strdup(name),
			g_strdup(value));
}

/* --- reading the words --------------------------------------------------- */

/* The operator at text: its length, or 0. */
static size_t read_operator(const char *text, enum rc_set_operator *out)
{
	if (g_str_has_prefix(text, "+=")) {
		*out = RC_ADD;
		return 2;
	}
	if (g_str_has_prefix(text, "-=")) {
		*out = RC_REMOVE;
		return 2;
	}
	if (*text == '=') {
		*out = RC_ASSIGN;
		return 1;
	}
	if (*text == '?') {
		*out = RC_QUERY;
		return 1;
	}
	return 0;
}

/* Where a name ends: at "=", "?", or a "+=" or "-=". */
static size_t name_length(const char *text)
{
	size_t n = 0;

	while (text[n] != '\0' && text[n] != '=' && text[n] != '?' &&
		!g_str_has_prefix(text + n, "+=") &&
		!g_str_has_prefix(text + n, "-="))
		n++;
	return n;
}

/* "&name" and "?name". */
static const char *read_prefix(const char *text, enum rc_set_operator *out)
{
	if (*text == '&')
		*out = RC_RESET;
	else if (*text == '?')
		*out = RC_QUERY;
	else
		return text;
	return text + 1;
}

/* Takes the words of one assignment from *at on. */
static void read_assignment(const struct command_call *call, unsigned *at,
	enum rc_set_operator operator, struct assignment *out)
{
	const char *text = read_prefix(call->argv[*at], &operator);
	size_t length = name_length(text), n = 0;
	const char *rest = text + length;

	out->name = g_strndup(text, length);
	out->operator = operator;
	out->name_arg = (*at)++;
	out->value = NULL;
	if (operator != RC_SET)
		return;
	if (*rest == '\0' && *at < call->argc) {
		n = read_operator(call->argv[*at], &out->operator);
		if (n > 0)
			rest = call->argv[(*at)++];
	} else {
		n = read_operator(rest, &out->operator);
	}
	if (n == 0 || out->operator == RC_QUERY)
		return;
	out->value_arg = *at - 1;
	out->value = rest + n;
	if (*out->value == '\0' && *at < call->argc) {
		out->value_arg = *at;
		out->value = call->argv[(*at)++];
	}
}

/* --- doing it ------------------------------------------------------------ */

static bool set_variable(const struct assignment *a, GError **error)
{
	const char *old = rc_variable(a->name);
	g_autofree char *joined = NULL;

	switch (a->operator) {
	case RC_UNSET:
	case RC_RESET:
		rc_set_variable(a->name, NULL);
		return true;
	case RC_ASSIGN:
		rc_set_variable(a->name, a->value);
		return true;
	case RC_ADD:
		joined = g_strconcat(old != NULL ? old : "", a->value, NULL);
		rc_set_variable(a->name, joined);
		return true;
	case RC_SET:
	case RC_QUERY:
		if (old != NULL) {
			rc_echo(a->name, old);
			return true;
		}
		g_set_error(error, CMD_ERROR, CMD_ERROR_UNKNOWN,
			"'%s' is not set", a->name);
		return false;
	default:
		g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE,
			"'%s' takes '=' and '+=' only", a->name);
		return false;
	}
}

static void echo_option(const struct command_call *call,
	const struct option_row *row)
{
	g_autofree char *text = option_get_text(call->scope, row);

	rc_echo(row->name, text);
}

/* "set name" alone: yes for what can be yes, else its value is shown. */
static bool set_plainly(const struct command_call *call,
	const struct option_row *row, GError **error)
{
	if (row->type == OPTION_BOOL || row->type == OPTION_QUAD)
		return option_set_value(call->scope, row, "yes", error);
	echo_option(call, row);
	return true;
}

static bool set_option(const struct command_call *call,
	const struct option_row *row, const struct assignment *a,
	GError **error)
{
	switch (a->operator) {
	case RC_SET:
		return set_plainly(call, row, error);
	case RC_UNSET:
		return option_set_value(call->scope, row,
			row->type == OPTION_BOOL ? "no" : NULL, error);
	case RC_RESET:
		option_reset(call->scope, row);
		return true;
	case RC_TOGGLE:
		return option_toggle(call->scope, row, error);
	case RC_QUERY:
		echo_option(call, row);
		return true;
	case RC_ASSIGN:
		return option_set_value(call->scope, row, a->value, error);
	default:
		return option_add_value(call->scope, row, a->value,
			a->operator == RC_REMOVE, error);
	}
}

/* "nomarkers", "invmarkers": only where no option has the whole name. */
static const struct option_row *find_prefixed(struct assignment *a)
{
	size_t length = g_str_has_prefix(a->name, "no") ? 2 :
		g_str_has_prefix(a->name, "inv")	? 3 :
							  0;
	const struct option_row *row;

	if (length == 0 || a->value != NULL || a->operator != RC_SET)
		return NULL;
	row = option_find(a->name + length);
	if (row == NULL ||
		(row->type != OPTION_BOOL && row->type != OPTION_QUAD))
		return NULL;
	a->operator = length == 2 ? RC_UNSET : RC_TOGGLE;
	return row;
}

static bool fail_unknown(const char *name, GError **error)
{
	const char *near = option_nearest(name);

	if (near != NULL)
		g_set_error(error, OPTION_ERROR, OPTION_ERROR_UNKNOWN,
			"unknown option '%s'; did you mean '%s'?", name, near);
	else
		g_set_error(error, OPTION_ERROR, OPTION_ERROR_UNKNOWN,
			"unknown option '%s'", name);
	return false;
}

/* As mutt's or as one of ours with a prefix. */
static bool set_other(const struct command_call *call, struct assignment *a,
	GError **error)
{
	const struct option_row *row = find_prefixed(a);
	bool handled = false, ok;
	size_t prefix = 0;
	enum rc_set_operator operator = a->operator;

	if (row != NULL)
		return set_option(call, row, a, error);
	if (!rc_is_mutt_option(a->name) && a->operator == RC_SET) {
		if (g_str_has_prefix(a->name, "no")) {
			prefix = 2;
			operator = RC_UNSET;
		} else if (g_str_has_prefix(a->name, "inv")) {
			prefix = 3;
			operator = RC_TOGGLE;
		}
	}
	ok = rc_mutt_option(call, a->name + prefix, operator, a->value,
		&handled, error);
	return handled ? ok : fail_unknown(a->name, error);
}

static bool assign(const struct command_call *call, struct assignment *a,
	GError **error)
{
	const struct option_row *row;
	bool ok;

	command_blame(call, a->name_arg);
	if (*a->name == '\0') {
		g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE,
			"expected the name of an option");
		return false;
	}
	if (g_str_has_prefix(a->name, "my_"))
		return set_variable(a, error);
	row = option_find(a->name);
	if (row == NULL)
		return set_other(call, a, error);
	ok = set_option(call, row, a, error);
	if (!ok && a->value != NULL &&
		!g_error_matches(*error, OPTION_ERROR, OPTION_ERROR_SCOPE))
		command_blame(call, a->value_arg);
	return ok;
}

static void echo_changed(const struct command_call *call)
{
	size_t n;
	const struct option_row *const *rows = option_rows(&n);

	for (size_t i = 0; i < n; i++) {
		if (option_is_set(call->scope, rows[i]))
			echo_option(call, rows[i]);
	}
}

static bool run_family(const struct command_call *call,
	enum rc_set_operator operator, GError **error)
{
	unsigned at = 0;
	bool ok = true;

	if (call->argc == 0)
		echo_changed(call);
	while (at < call->argc && ok) {
		struct assignment a;

		read_assignment(call, &at, operator, &a);
		ok = assign(call, &a, error);
		g_free(a.name);
	}
	return ok;
}

static bool cmd_set(const struct command_call *call, GError **error)
{
	return run_family(call, RC_SET, error);
}

static bool cmd_unset(const struct command_call *call, GError **error)
{
	return run_family(call, RC_UNSET, error);
}

static bool cmd_reset(const struct command_call *call, GError **error)
{
	size_t n;
	const struct option_row *const *rows = option_rows(&n);

	if (strcmp(call->argv[0], "all") != 0)
		return run_family(call, RC_RESET, error);
	for (size_t i = 0; i < n; i++)
		option_reset(call->scope, rows[i]);
	return true;
}

static bool cmd_toggle(const struct command_call *call, GError **error)
{
	return run_family(call, RC_TOGGLE, error);
}

static const struct command_row rows[] = {
	{ .name = "reset", .usage = "OPTION... | all", .min_args = 1,
		.max_args = COMMAND_ARGS_MAX, .is_batch = true,
		.group = "settings", .completes = "option",
		.summary = "give options their defaults back",
		.doc = "Within a block, the value that is set further out.",
		.exec = cmd_reset },
	{ .name = "set", .usage = "[OPTION[=VALUE]]...",
		.max_args = COMMAND_ARGS_MAX, .is_batch = true,
		.group = "settings", .completes = "option",
		.summary = "set options, or show them",
		.doc = "'set name = value' sets an option, 'set name' an "
		"option that is yes or no, 'set noname' unsets it and 'set invname' "
		"turns it over. '+=' and '-=' add to and remove from lists, "
		"numbers and texts. 'set name?' shows a value, '&name' is "
		"'reset name'. Names that begin with my_ are variables of your "
		"own: \"$my_name\" puts their value in. Without arguments, the "
		"options that are set are shown.",
		.exec = cmd_set },
	{ .name = "toggle", .usage = "OPTION...", .min_args = 1,
		.max_args = COMMAND_ARGS_MAX, .is_batch = true,
		.group = "settings", .completes = "option",
		.summary = "turn options from yes to no and back",
		.doc = "ask-yes becomes ask-no and back.",
		.exec = cmd_toggle },
	{ .name = "unset", .usage = "OPTION...", .min_args = 1,
		.max_args = COMMAND_ARGS_MAX, .is_batch = true,
		.group = "settings", .completes = "option",
		.summary = "set options to no, or to nothing",
		.exec = cmd_unset },
};

const struct rc_command_table rc_set_commands = { rows, G_N_ELEMENTS(rows) };
