/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a screen shows of a mailbox: positions 0..n-1 in an order, without the
 * rows that are hidden or limited away. Order by arrival; sorting, threads and
 * limits come in here. One mailbox may have several listings.
 */
#ifndef CULVER_MAIL_LISTING_H
#define CULVER_MAIL_LISTING_H

#include "src/base/base.h"
#include "src/mail/mailbox.h"

struct listing;
struct pattern;

/* Anything may have changed; keep your place by UID. */
typedef void listing_changed_fn(struct listing *listing, void *data);

/* Holds a reference on the mailbox. */
struct listing *listing_new(struct mailbox *mailbox,
	listing_changed_fn *changed, void *data);
void listing_free(struct listing **listing);
struct mailbox *listing_mailbox(const struct listing *listing);
uint32_t listing_length(const struct listing *listing);
void listing_get_row(struct listing *listing, uint32_t i,
	struct message_row *row_out);
uint32_t listing_uid_at(const struct listing *listing, uint32_t i);
/* UINT32_MAX if it is not in the listing. */
uint32_t listing_find_uid(const struct listing *listing, uint32_t uid);
/* Where a message that left was, or would be: for the cursor. */
uint32_t listing_place_of(const struct listing *listing, uint32_t uid);
void listing_want_rows(struct listing *listing, uint32_t first, uint32_t last);
/* The limit that was searched for is not to be had; the former one stays. */
typedef void listing_failed_fn(struct listing *listing, const GError *error,
	void *data);
/*
 * Takes the pattern; NULL shows all. One that the server has to answer is
 * listing_next_limit() until it has, and then takes the place of the limit
 * with all of its result; failed (may be NULL, gets listing_new()'s data) is
 * called from the loop when that goes wrong.
 */
void listing_set_limit(struct listing *listing, struct pattern *pattern_take,
	listing_failed_fn *failed);
/* What has been found already, elsewhere. Takes the pattern. */
void listing_limit_to(struct listing *listing, struct pattern *pattern_take,
	const struct imap_seqset *uids);
const struct pattern *listing_next_limit(const struct listing *listing);
/* Gives up the next limit. */
void listing_stop_search(struct listing *listing);
/* Rows are being loaded that the limit has to see. */
bool listing_is_loading(const struct listing *listing);
const struct pattern *listing_limit(const struct listing *listing);
/* Messages of the listing that match, as UIDs; rows not loaded do not match. */
void listing_match(struct listing *listing, const struct pattern *pattern,
	struct imap_seqset *uids_out);

#endif
