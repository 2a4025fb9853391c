/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finding on the server, all by UID. Criteria are IMAP text that the caller
 * vouches for, values by imap_text_append(). What each request does with what
 * the server has, first what is best:
 *
 *   criteria  UTF8=ACCEPT on: as they are, in UTF-8
 *             else CHARSET UTF-8 if they are not ASCII
 *             else, after NO [BADCHARSET], a charset that the server named
 *   search    ESEARCH: SEARCH RETURN (ALL), (MIN MAX COUNT)
 *             else SEARCH, and its numbers are counted here
 *   rows      SEARCHRES: RETURN (SAVE ALL), and FETCH $ in the same flight
 *             else, or after NO [NOTSAVED], FETCH of the set as it was told
 *   watch     CONTEXT=SEARCH: RETURN (UPDATE ALL), told what joins and leaves
 *             else, or after [NOUPDATE], asked again about what arrives
 *   sort      CONTEXT=SORT: pages by RETURN (CONTEXT PARTIAL) if it is big
 *             else ESORT: SORT RETURN (ALL); else SORT
 *             else NO: the caller sorts
 *   threads   THREAD=algorithm; else NO: the caller threads
 *   several   MULTISEARCH: ESEARCH IN (mailboxes ...)
 *             else NO: the caller opens one after the other
 *
 * All of them read only: they are made again after a reconnect.
 */
#ifndef CULVER_SESSION_SEARCH_H
#define CULVER_SESSION_SEARCH_H

#include "src/base/base.h"
#include "src/imap/seqset.h"
#include "src/session/selection.h"

struct imap_text;
struct search_context;

/* SEARCH and ESEARCH share a name with what they count. */
struct search_count {
	uint32_t count, min, max; /* min and max are UIDs, 0 if there is none */
};
typedef void search_count_fn(const struct imap_result *result,
	const struct search_count *count, void *data);
/* How many match, and the first and the last of them. Takes criteria. */
struct session_request *selection_count(struct selection *selection,
	struct imap_text *criteria_take, enum session_priority priority,
	search_count_fn *done, void *data);

/*
 * As selection_search(), and the items of all that match are fetched, told by
 * fetched() before done. Takes criteria.
 */
struct session_request *selection_search_fetch(struct selection *selection,
	struct imap_text *criteria_take, enum imap_fetch_items items,
	enum session_priority priority, selection_search_fn *done, void *data);

/* In the order of keys ("REVERSE DATE"), of uint32_t; borrowed. */
typedef void selection_sort_fn(const struct imap_result *result,
	const GArray *uids, void *data);
/* keys is copied; ends NO where the server has no SORT. Takes criteria. */
struct session_request *selection_sort(struct selection *selection,
	const char *keys, struct imap_text *criteria_take,
	selection_sort_fn *done, void *data);

/* Of struct imap_thread_node (imap/thread.h), numbers being UIDs; borrowed. */
typedef void selection_thread_fn(const struct imap_result *result,
	const GArray *nodes, void *data);
/* algorithm is IMAP_CAP_THREAD_REFERENCES or its like; ends NO where the server
 * does not have it. Takes criteria. */
struct session_request *selection_thread(struct selection *selection,
	enum imap_capability algorithm, struct imap_text *criteria_take,
	selection_thread_fn *done, void *data);

/* A mailbox with hits, as they come; everything is borrowed. */
typedef void session_hits_fn(const char *mailbox, uint32_t uid_validity,
	const struct imap_seqset *uids, void *data);
/*
 * Searches mailboxes that need not be selected. mailboxes is NULL-terminated
 * and copied; ends NO where the server has no MULTISEARCH. Takes criteria.
 */
struct session_request *session_search(struct session *session,
	const char *const *mailboxes, struct imap_text *criteria_take,
	session_hits_fn *hits, session_done_fn *done, void *data);

/*
 * A search whose result is kept current as long as the handle lives, over any
 * number of reconnects. changed is called from the loop: first with how the
 * search ended, then, outcome OK, whenever search_context_uids() is another.
 * When the selection is freed nothing is told any more.
 */
typedef void search_context_fn(const struct imap_result *result, void *data);
struct search_context *search_context_new(struct selection *selection,
	struct imap_text *criteria_take, search_context_fn *changed,
	void *data);
/* CANCELUPDATE, where the server updates it. Sets it to NULL. */
void search_context_free(struct search_context **context);
const struct imap_seqset *search_context_uids(
	const struct search_context *context);

#endif
