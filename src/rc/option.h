/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Options: one row each, in src/rc/options.def (engine) and ui/options.def
 * (screen). A row is the type, name, default, limits, validator and manual of
 * an option; typed struct members, parsing, errors, completion, ":set" help,
 * --dump-options and culverrc(5) come from it.
 *
 * An option has a scope. Values are inherited: global, then the account's,
 * then the mailbox's. Readers use the typed struct of their scope
 * (opts->imap_idle), which always holds the effective value.
 */
#ifndef CULVER_RC_OPTION_H
#define CULVER_RC_OPTION_H

#include "src/base/base.h"

enum option_type {
	OPTION_BOOL,
	OPTION_QUAD,   /* yes, no, ask-yes, ask-no: enum option_quad */
	OPTION_NUMBER, /* int64_t within min..max */
	OPTION_STRING, /* NULL when unset, unless the row has a default: then "" */
	OPTION_PATH,   /* ~ and $VAR expanded when read */
	OPTION_ENUM,   /* one of choices; int index */
	OPTION_LIST,   /* words, space- or comma-separated; NULL when empty */
	OPTION_REGEX,  /* a string that compiles (GRegex) */
	OPTION_COMMAND, /* a command line; words as a shell splits them */
	OPTION_SECRET, /* a string that no output shows: --dump-options says "" */
};

enum option_quad { OPTION_NO, OPTION_YES, OPTION_ASK_NO, OPTION_ASK_YES };

enum option_scope {
	OPTION_GLOBAL,  /* one value */
	OPTION_ACCOUNT, /* may be set in account {} */
	OPTION_MAILBOX, /* may be set in account {} and mailbox {} */
};

/* Checks a value beyond its type; sets error (OPTION_ERROR_VALUE). */
typedef bool option_validate_fn(const char *value, GError **error);

struct option_row {
	const char *name;        /* "delete_mode" */
	enum option_type type;
	enum option_scope scope;
	const char *def;         /* default as text; NULL: unset */
	int64_t min, max;        /* NUMBER */
	const char *choices;     /* ENUM: "auto trash mark" */
	option_validate_fn *validate; /* or NULL */
	const char *synonyms;    /* mutt's names, space-separated, or NULL */
	const char *summary;     /* one line, no full stop */
	const char *doc;         /* paragraphs for the manual */
	size_t offset;           /* of the member in the table's struct */
};

/* The typed engine options; one instance a scope level. */
struct options {
#define OPTION(type, name, ...) OPTION_MEMBER_##type name;
#define OPTION_MEMBER_BOOL bool
#define OPTION_MEMBER_QUAD enum option_quad
#define OPTION_MEMBER_NUMBER int64_t
#define OPTION_MEMBER_STRING const char *
#define OPTION_MEMBER_PATH const char *
#define OPTION_MEMBER_ENUM int
#define OPTION_MEMBER_LIST const char *const *
#define OPTION_MEMBER_REGEX const char *
#define OPTION_MEMBER_COMMAND const char *
#define OPTION_MEMBER_SECRET const char *
#include "src/rc/options.def"
#undef OPTION
};

/* A row of a table made by including an options.def again, sorted by name. */
#define OPTION_ROW(struct_type, type_, name_, ...)               \
	{ .name = #name_, .type = OPTION_##type_,                   \
		.offset = offsetof(struct_type, name_), __VA_ARGS__ },

/* A set of values at one level: global, an account, mailboxes that match a glob. */
struct option_set;

/* The process's options. ui registers its own table before the rc is read:
 * rows sorted by name; size of the struct that their offsets are into. */
void options_init(void);
void options_release(void);
/* The array stays valid; a row keeps its own default valid. */
void options_register(const struct option_row *rows, size_t n, size_t size);

struct option_set *options_global(void);
/* Made when first asked for; "work". Order of first mention is kept. */
struct option_set *options_account(const char *account);
/* The same, but NULL if there is none. */
struct option_set *options_account_find(const char *account);
/* The account that a set is of; NULL for the global one and for globs. */
const char *option_set_account(const struct option_set *set);
/* Names of all accounts so far, in order. NULL-terminated array of borrowed
 * strings, free the array with g_free(). Where none was named but a url is set
 * for all (mutt's way), an account named after its host is made. */
const char **options_accounts(void);
/* mailbox {}: glob is "account/Name" or "Name", * and ? as in a shell. */
struct option_set *options_mailbox_glob(const char *glob);
/* The effective values for a mailbox: globs that match, last wins, over its
 * account's. Kept as long as the process; cheap to ask again. */
struct option_set *options_for_mailbox(const char *account, const char *mailbox);

/* The typed values; always the same pointer for a set. */
const struct options *options_values(const struct option_set *set);
/* The same for the table registered second (ui), cast by its owner. */
const void *options_registered_values(const struct option_set *set);

/* Finds a row: exact name first ("-" is "_", or left out), then synonyms.
 * NULL if none. */
const struct option_row *option_find(const char *name);
/* All rows of all tables, sorted by name. */
const struct option_row *const *option_rows(size_t *n_out);
/* Nearest name for an error, or NULL. */
const char *option_nearest(const char *name);

/* value NULL: unset (STRING and the like), BOOL: yes. The error names what was
 * expected. */
bool option_set_value(struct option_set *set, const struct option_row *row,
	const char *value, GError **error);
/* += and -= on LIST, NUMBER and STRING. */
bool option_add_value(struct option_set *set, const struct option_row *row,
	const char *value, bool remove, GError **error);
void option_reset(struct option_set *set, const struct option_row *row);
/* BOOL and QUAD only. */
bool option_toggle(struct option_set *set, const struct option_row *row, GError **error);
/* The effective value as text, in a form that option_set_value() accepts; ""
 * when unset; a SECRET gives "". Free with g_free(). */
char *option_get_text(const struct option_set *set, const struct option_row *row);
/* True when set at this very level. */
bool option_is_set(const struct option_set *set, const struct option_row *row);
/* Every option as "set name = value", accounts and mailboxes as blocks: a text
 * that command_source() understands. Free with g_free(). */
char *options_dump(void);
/* A word in double quotes that the lexer turns into text again. */
char *option_quote(const char *text);

/* name NULL: any option. Called after the value changed, from where it was
 * set. set tells the level. Returns an id for option_unlisten(). */
typedef void option_listener_fn(const struct option_row *row, struct option_set *set, void *data);
unsigned option_listen(const char *name, option_listener_fn *fn, void *data);
void option_unlisten(unsigned id);

#endif
