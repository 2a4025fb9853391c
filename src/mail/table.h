/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The compact table of a mailbox: one fixed-size record a message, in order of
 * arrival, in chunks that grow and shrink by themselves. Positions shift; UIDs
 * ascend with positions, except those not known yet, which are 0. Pure: no
 * server, no cache, no overlay.
 */
#ifndef CULVER_MAIL_TABLE_H
#define CULVER_MAIL_TABLE_H

#include "src/base/base.h"
#include "src/imap/seqset.h"

struct table;

enum table_bits {
	TABLE_HAS_FLAGS = 1 << 0,
	TABLE_HAS_ROW = 1 << 1,        /* date, size and strings are known */
	TABLE_HAS_STRUCTURE = 1 << 2,  /* whether it has attachments is known */
	TABLE_HAS_ATTACHMENT = 1 << 3,
	TABLE_IN_CACHE = 1 << 4,       /* the cache has the row */
	TABLE_IS_REQUESTED = 1 << 5,   /* its row is being fetched */
	TABLE_IS_MISSING = 1 << 6,     /* the server had nothing to say of it */
	TABLE_STRUCTURE_REQUESTED = 1 << 7,
};

struct table_record {
	uint32_t uid;         /* 0: not known yet */
	uint32_t keyword_set; /* number of an interned set; 0: none */
	int64_t internaldate; /* seconds since 1970 */
	int64_t date;         /* of the Date field; else internaldate */
	uint64_t size;
	char *blob;           /* strings (row_pack()), or NULL; the table's */
	uint32_t node;        /* of the mailbox's forest (forest.h); 0: none */
	uint32_t subject : 31; /* number of the base subject; 0: empty */
	uint32_t is_reply : 1; /* the subject begins with "Re:" or the like */
	int16_t internaldate_offset;
	uint8_t flags;        /* enum imap_flag */
	uint8_t bits;         /* enum table_bits */
	uint32_t seen_at;     /* when it was last shown, for dropping strings */
};

/* What rows amount to. */
struct table_counts {
	uint32_t messages, unseen, flagged, deleted, is_new, loaded; /* as shown */
	uint32_t unknown;  /* rows that neither the table nor the cache has */
	uint32_t unfilled; /* rows or strings that are still to come */
	uint32_t flagless; /* rows whose flags are not known */
};
/* Adds what one record amounts to. */
typedef void table_count_fn(const struct table_record *record,
	struct table_counts *counts, void *data);

struct table *table_new(void);
void table_free(struct table **table);
/* Called before a record goes, alone or with the table, but not when another
 * takes its place (table_record_move()). */
typedef void table_gone_fn(const struct table_record *record, void *data);
void table_on_gone(struct table *table, table_gone_fn *gone, void *data);
uint32_t table_length(const struct table *table);
/* Records whose UID is not known. */
uint32_t table_n_unknown(const struct table *table);
/* Valid until the record is changed, or the table its length. */
const struct table_record *table_at(const struct table *table, uint32_t pos);
/* The same to be changed, but for its UID; it is counted anew. Valid until the
 * table changes its length, or a snapshot is taken. */
struct table_record *table_edit(struct table *table, uint32_t pos);
/* The row was shown: not dropped for a while. */
void table_note_seen(struct table *table, uint32_t pos, uint32_t now_s);
/* The sum over all records. Only chunks with records that were edited since
 * the last call are counted anew, so it costs nothing to ask often. Of those
 * that table_recount() named, a call counts a part only; false: the sum has
 * others as they were, and the next call goes on. */
bool table_count(struct table *table, table_count_fn *count, void *data,
	struct table_counts *counts_out);
/* What count goes by has changed: for all records, or for these UIDs. */
void table_recount(struct table *table);
void table_recount_uids(struct table *table, const struct imap_seqset *uids);
/* Adds n records at the end, all zero. */
void table_append(struct table *table, uint32_t n);
/* The same before pos. */
void table_insert(struct table *table, uint32_t pos, uint32_t n);
/* The first n go, with their blobs. */
void table_remove_first(struct table *table, uint32_t n);
/* The record's blob is freed. */
void table_remove(struct table *table, uint32_t pos);
/* Removes those of uids that are known: the cost is that of the chunks they are
 * in. */
void table_remove_uids(struct table *table, const struct imap_seqset *uids);
/* Removes those whose UIDs are not known. */
void table_remove_unknown(struct table *table);
void table_set_uid(struct table *table, uint32_t pos, uint32_t uid);
/* The same for n records from first, which are there. */
void table_set_uids(struct table *table, uint32_t first, const uint32_t *uids,
	uint32_t n);
/* UINT32_MAX if it is not there (or not known yet). */
uint32_t table_find(const struct table *table, uint32_t uid);
/* The first position with a known UID of at least uid; the length if none. */
uint32_t table_lower_bound(const struct table *table, uint32_t uid);
/* The position behind the last one below pos with a known UID; 0 if none. */
uint32_t table_behind_known(const struct table *table, uint32_t pos);
/* Adds all known UIDs to the set; only those within the range. */
void table_get_uids(const struct table *table, struct imap_seqset *set_io);
void table_get_range(const struct table *table, struct imap_range range,
	struct imap_seqset *set_io);
/* Calls fn with each record whose UID is in the set, in their order. fn must not
 * change the table. */
typedef void table_each_fn(const struct table_record *record, void *data);
void table_each(const struct table *table, const struct imap_seqset *uids,
	table_each_fn *fn, void *data);
/*
 * What the table holds at one moment, for another thread, which may read all
 * of it but the blobs. Taking it costs a reference a chunk; the table copies a
 * chunk that is held when it changes one of its records. To be taken and let
 * go in the main loop; it may outlive the table.
 */
struct table_snapshot;
struct table_snapshot *table_snapshot_new(struct table *table);
void table_snapshot_free(struct table_snapshot **snapshot);
uint32_t table_snapshot_length(const struct table_snapshot *snapshot);
/* Records from pos up to the end of their chunk; n_out: how many. NULL behind
 * the last. Walk with pos += n. */
const struct table_record *table_snapshot_run(
	const struct table_snapshot *snapshot, uint32_t pos, uint32_t *n_out);
/* Moves what is known of a message from one record to another: everything but
 * the UID. The first is left empty. */
void table_record_move(struct table_record *from, struct table_record *to);

#endif
