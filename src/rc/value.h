/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One value of an option: from text and back, by the type of its row. Sets and
 * their inheritance are option.c's.
 */
#ifndef CULVER_RC_VALUE_H
#define CULVER_RC_VALUE_H

#include "src/base/base.h"
#include "src/rc/option.h"

struct option_value {
	char *text;     /* in the form that parses to the same value; NULL: unset */
	int64_t number; /* BOOL, QUAD, NUMBER, ENUM */
	char *string;   /* STRING and its kin, PATH expanded; NULL: unset */
	char **list;    /* LIST; NULL when empty */
};

/* text NULL: unset. NULL with error (OPTION_ERROR_VALUE) saying what was
 * expected. */
struct option_value *option_value_parse(const struct option_row *row,
	const char *text, GError **error);
/* Wipes secrets. */
void option_value_free(struct option_value **value);
/* Writes the value to the member of the row in a struct. */
void option_value_store(const struct option_value *value,
	const struct option_row *row, void *values);

/* "~", "~user", "$NAME" and "${NAME}" at their places in a path. */
char *option_expand_path(const char *path);
/* Words of a LIST: separated by spaces and commas, "\" before one of these
 * keeps it. Free with g_strfreev(). */
char **option_split_list(const char *text);
char *option_join_list(const char *const *words);

/* "sha256:" and 64 hexadecimal digits. */
bool option_validate_pin(const char *value, GError **error);
/* "imaps://user@host:port/" and its kin, or "user@domain". */
bool option_validate_url(const char *value, GError **error);
/* "socks5://[user:password@]host[:port]". */
bool option_validate_proxy(const char *value, GError **error);
/* A name of a SASL mechanism (RFC 4422 3.1). */
bool option_validate_mechanism(const char *value, GError **error);
/* Words that a shell's rules can split. */
bool option_validate_command(const char *value, GError **error);
bool option_validate_regex(const char *value, GError **error);
/* A charset that iconv knows. */
bool option_validate_charset(const char *value, GError **error);

#endif
