/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checked access to the parse tree, and the grammar's character classes. */
#include "src/base/base.h"
#include "src/imap/arg.h"

bool imap_arg_is_nil(const struct imap_arg *arg)
{
	return arg->type == IMAP_ARG_NIL;
}

bool imap_arg_is_atom(const struct imap_arg *arg, const char *name)
{
	return arg->type == IMAP_ARG_ATOM &&
		g_ascii_strcasecmp(arg->str, name) == 0;
}

bool imap_arg_get_astring(const struct imap_arg *arg, const char **str_out)
{
	if (arg->type != IMAP_ARG_ATOM && arg->type != IMAP_ARG_STRING)
		return false;
	*str_out = arg->str;
	return true;
}

bool imap_arg_get_nstring(const struct imap_arg *arg, const char **str_out)
{
	if (arg->type == IMAP_ARG_NIL) {
		*str_out = NULL;
		return true;
	}
	return imap_arg_get_astring(arg, str_out);
}

bool imap_arg_get_atom(const struct imap_arg *arg, const char **str_out)
{
	if (arg->type != IMAP_ARG_ATOM)
		return false;
	*str_out = arg->str;
	return true;
}

/* number64 = 1*DIGIT, 0 <= n <= 9,223,372,036,854,775,807 */
bool imap_arg_get_number64(const struct imap_arg *arg, uint64_t *n_out)
{
	uint64_t n = 0;

	if (arg->type != IMAP_ARG_ATOM || arg->len == 0)
		return false;
	for (const char *p = arg->str; *p != '\0'; p++) {
		unsigned digit = (unsigned char)*p - '0';

		if (digit > 9 || n > ((uint64_t)INT64_MAX - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	*n_out = n;
	return true;
}

/* number = 1*DIGIT, 0 <= n < 4,294,967,296 */
bool imap_arg_get_number(const struct imap_arg *arg, uint32_t *n_out)
{
	uint64_t n;

	if (!imap_arg_get_number64(arg, &n) || n > UINT32_MAX)
		return false;
	*n_out = (uint32_t)n;
	return true;
}

bool imap_arg_get_list(const struct imap_arg *arg,
	const struct imap_arg **items_out, size_t *n_out)
{
	if (arg->type != IMAP_ARG_NIL && arg->type != IMAP_ARG_LIST)
		return false;
	*items_out = arg->items;
	*n_out = arg->n_items;
	return true;
}

/*
 * atom-specials   = "(" / ")" / "{" / SP / CTL / list-wildcards /
 *                   quoted-specials / resp-specials
 * list-wildcards  = "%" / "*"
 * quoted-specials = DQUOTE / "\"
 * resp-specials   = "]"
 * ATOM-CHAR       = <any CHAR except atom-specials>
 */
bool imap_is_atom_char(unsigned char c)
{
	return c > 0x20 && c < 0x7f && strchr("(){%*\"\\]", c) == NULL;
}

/* ASTRING-CHAR = ATOM-CHAR / resp-specials */
bool imap_is_astring_char(unsigned char c)
{
	return c == ']' || imap_is_atom_char(c);
}

/*
 * QUOTED-CHAR = <any TEXT-CHAR except quoted-specials> /
 *               "\" quoted-specials / UTF8-2 / UTF8-3 / UTF8-4
 * TEXT-CHAR   = <any CHAR except CR and LF>
 * CHAR has no NUL. The UTF-8 alternatives are of RFC 9051 and RFC 9755 only.
 */
bool imap_is_quotable(const char *str, size_t len, bool utf8)
{
	bool has_8bit = false;

	for (size_t i = 0; i < len; i++) {
		if (str[i] == '\0' || str[i] == '\r' || str[i] == '\n')
			return false;
		has_8bit |= (str[i] & 0x80) != 0;
	}
	return !has_8bit || (utf8 && g_utf8_validate_len(str, len, NULL));
}
