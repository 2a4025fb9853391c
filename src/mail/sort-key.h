/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sort keys (RFC 5256 3, RFC 5957) as users write them and as servers have
 * them, and how messages compare where no server does it.
 */
#ifndef CULVER_MAIL_SORT_KEY_H
#define CULVER_MAIL_SORT_KEY_H

#include "src/base/base.h"

struct imap_addresses;
struct imap_envelope;
struct message_row;

enum sort_field {
	SORT_ARRIVAL,
	SORT_CC,
	SORT_DATE,
	SORT_DISPLAY, /* the author's name as it is shown */
	SORT_FROM,
	SORT_SIZE,
	SORT_SUBJECT,
	SORT_TO,
};

struct sort_key {
	enum sort_field field;
	bool is_reverse;
};

enum { SORT_KEYS_MAX = 8 };

struct sort_keys {
	struct sort_key keys[SORT_KEYS_MAX];
	unsigned n;
};

/* "reverse-date,subject"; false with error (MAIL_ERROR_PATTERN). */
bool sort_keys_parse(const char *text, struct sort_keys *keys_out,
	GError **error);
/* "REVERSE DATE SUBJECT"; free with g_free(). */
char *sort_keys_to_server(const struct sort_keys *keys);
/* True when one of them is DISPLAY. */
bool sort_keys_need_display(const struct sort_keys *keys);

/* What one message is sorted by, for each key; strings are its own. */
struct sort_value {
	int64_t number;
	char *text; /* collation key, or NULL */
};
void sort_values_init(const struct sort_keys *keys,
	const struct message_row *row, struct sort_value values[SORT_KEYS_MAX]);
void sort_values_release(struct sort_value values[SORT_KEYS_MAX]);
/* Below, at or above 0. */
int sort_values_compare(const struct sort_keys *keys,
	const struct sort_value *a, const struct sort_value *b);
/* The collation keys of a base subject and of the first address's name, as it
 * is shown; "" if there is none. Free with g_free(). */
char *sort_text_of_subject(const struct imap_envelope *envelope);
char *sort_text_of_name(const struct imap_addresses *addresses);
/* The subject without "Re:" and the like (RFC 5256 2.1); free with g_free(). */
char *sort_base_subject(const char *decoded);

#endif
