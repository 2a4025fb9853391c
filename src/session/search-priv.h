/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What requests that take criteria share: see search.h. Private to this room. */
#ifndef CULVER_SESSION_SEARCH_PRIV_H
#define CULVER_SESSION_SEARCH_PRIV_H

#include "src/base/base.h"
#include "src/session/request.h"
#include "src/session/search.h"

struct imap_response;
struct imap_text;

struct criteria {
	struct imap_text *text;
	struct imap_text *converted; /* to charset, after BADCHARSET, or NULL */
	char *charset;
};

void criteria_release(struct criteria *criteria);
/* Appends " CHARSET x" if it is needed, the UIDs if they are not all or NULL,
 * and the criteria. */
void criteria_append_search(const struct criteria *criteria,
	const struct connection *connection, const struct imap_seqset *uids,
	struct imap_text *text);
/* Appends the charset, which SORT and THREAD always have, and the criteria. */
void criteria_append_sort(const struct criteria *criteria,
	struct imap_text *text);
/* The server refused the charset: true when there is another to try. */
bool criteria_try_again(struct criteria *criteria,
	const struct imap_result *result);
/* Messages that a result can name: so many as there are. */
size_t search_result_max(const struct session_request *request);

/* --- context.c, of contexts that the server updates ----------------------- */

/* An ESEARCH that no command in flight asked for. */
void search_contexts_take(struct connection *connection,
	const struct imap_response *response);
/* NOUPDATE "tag". */
void search_contexts_refused(struct connection *connection,
	const struct imap_response *response);
/* The mailbox was opened anew, grew, or is closed for good. */
void search_contexts_opened(struct selection *selection);
void search_contexts_added(struct selection *selection);
void search_contexts_orphan(struct selection *selection);

#endif
