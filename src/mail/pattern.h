/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mutt's pattern language: parsed to a tree, matched locally. */
#ifndef CULVER_MAIL_PATTERN_H
#define CULVER_MAIL_PATTERN_H

#include "src/base/base.h"
#include "src/imap/seqset.h"

struct ghost;
struct mailbox;
struct pattern;

/* NULL with error: what was expected, and the column. A text without "~" is
 * $simple_search's: from or subject. "~u" followed by a UID set is a set of
 * UIDs ("~u 1:40,50:*"). */
struct pattern *pattern_parse(const char *text, GError **error);
/* What a screen shows: for "~m", for "~v" and for "~#". */
enum pattern_which { PATTERN_NUMBERED, PATTERN_FOLDED, PATTERN_BY_SUBJECT };
struct pattern_shown {
	uint32_t cursor; /* of the message under it; 0: there is none */
	uint32_t last;   /* the greatest; not needed without get_uids */
	/* Adds the UIDs that have these numbers just now (PATTERN_NUMBERED),
	 * or are in a folded thread, or in one by their subject alone. NULL:
	 * numbers are positions in the mailbox, from 1, without threads. */
	void (*get_uids)(enum pattern_which which, uint32_t first,
		uint32_t last, struct imap_seqset *uids_out, const void *data);
	const void *data;
};
/* The same by what is shown, which is looked at before this returns. */
struct pattern *pattern_parse_shown(const char *text,
	const struct pattern_shown *shown, GError **error);
/* Another hold on it, to be let go by pattern_free(). */
struct pattern *pattern_ref(const struct pattern *pattern);
void pattern_free(struct pattern **pattern);
const char *pattern_text(const struct pattern *pattern);
/* By what is in memory: what is not known does not match. */
bool pattern_match(const struct pattern *pattern, struct mailbox *mailbox,
	uint32_t pos);
/* The same for a row that is not there any more. */
bool pattern_match_ghost(const struct pattern *pattern, struct mailbox *mailbox,
	const struct ghost *ghost);
/* True when flags and UIDs are all it looks at. */
bool pattern_is_cheap(const struct pattern *pattern);
/* True when a term is in it that only the server can answer, as "~b": it
 * matches nothing by itself, see find.h. */
bool pattern_needs_server(const struct pattern *pattern);
/* It looks at all messages of the mailbox to judge one. */
bool pattern_needs_all(const struct pattern *pattern);
/* Letters with their one-line meaning, for help and the manual. */
struct pattern_row {
	char letter;
	const char *arg, *summary;
};
const struct pattern_row *pattern_rows(size_t *n_out);

#endif
