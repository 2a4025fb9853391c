/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Patterns put to the server. Each node of a pattern's tree is EXACT (SEARCH
 * says which messages match), SUPERSET (it narrows them down, and the rows
 * decide) or LOCAL; the not of a SUPERSET is LOCAL. What comes of it is a plan:
 *
 *   PLAN_LOCAL   the rows decide alone
 *   PLAN_EXACT   one search, and its result is what matches
 *   PLAN_FILTER  one search, and the rows of its result decide; what only the
 *                server knows is true of all of them
 *   PLAN_TERMS   a search for each term that only the server knows; with their
 *                answers the rows of all messages decide
 */
#ifndef CULVER_MAIL_PATTERN_SEARCH_H
#define CULVER_MAIL_PATTERN_SEARCH_H

#include "src/base/base.h"
#include "src/mail/pattern-private.h"

struct session;

enum pattern_plan_kind { PLAN_LOCAL, PLAN_EXACT, PLAN_FILTER, PLAN_TERMS };

struct pattern_term {
	const struct pattern_node *node;
	struct imap_text *criteria;
};

struct pattern_plan {
	enum pattern_plan_kind kind;
	struct imap_text *criteria; /* EXACT and FILTER */
	GArray *terms;              /* of struct pattern_term */
	/* FUZZY is in it. Cyrus finds nothing by it where nobody has made an
	 * index: then it is worth asking without. */
	bool is_fuzzy;
};

/* The criteria of a node with its negation, appended; nothing if LOCAL. */
enum pattern_class pattern_node_search(const struct pattern_node *node,
	const struct pattern_server *server, struct imap_text *out);
/* False with error when a term asks for what the server does not offer. The
 * pattern must outlive the plan. */
bool pattern_plan_make(const struct pattern_node *node,
	const struct pattern_server *server, struct pattern_plan *plan_out,
	GError **error);
void pattern_plan_release(struct pattern_plan *plan);
/* What the account's server can; the flags of a mailbox are its own matter. */
void pattern_server_init(struct pattern_server *server,
	const struct session *session);

#endif
