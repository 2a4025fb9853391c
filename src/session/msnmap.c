/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * UIDs are kept in blocks, so that an EXPUNGE moves a block's UIDs and not all
 * of a mailbox's. The position of each block's first row is kept, and mended
 * from the block that changed.
 */
#include "src/base/base.h"
#include "src/session/msnmap.h"
#include "src/imap/seqset.h"

enum { BLOCK_MAX = 4096 };

struct block {
	uint32_t *uids;     /* BLOCK_MAX of them; NULL: none is known */
	uint32_t start, n;
	uint32_t n_unknown;
};

void msnmap_init(struct msnmap *map)
{
	map->blocks = g_array_new(FALSE, TRUE, sizeof(struct block));
	map->count = map->n_unknown = 0;
}

static struct block *block_at(const struct msnmap *map, guint i)
{
	return &g_array_index(map->blocks, struct block, i);
}

void msnmap_clear(struct msnmap *map)
{
	for (guint i = 0; i < map->blocks->len; i++)
		g_free(block_at(map, i)->uids);
	g_array_set_size(map->blocks, 0);
	map->count = map->n_unknown = 0;
}

void msnmap_release(struct msnmap *map)
{
	msnmap_clear(map);
	g_clear_pointer(&map->blocks, g_array_unref);
}

uint32_t msnmap_count(const struct msnmap *map)
{
	return map->count;
}

bool msnmap_is_complete(const struct msnmap *map)
{
	return map->n_unknown == 0;
}

/* The block that holds the position, which is below count. */
static guint find_block(const struct msnmap *map, uint32_t pos)
{
	guint low = 0, high = map->blocks->len;

	while (high - low > 1) {
		guint middle = low + (high - low) / 2;

		if (block_at(map, middle)->start <= pos)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static void mend_starts(struct msnmap *map, guint from)
{
	uint32_t start = from == 0 ? 0 : block_at(map, from - 1)->start +
		block_at(map, from - 1)->n;

	for (guint i = from; i < map->blocks->len; i++) {
		block_at(map, i)->start = start;
		start += block_at(map, i)->n;
	}
	map->count = start;
}

bool msnmap_exists(struct msnmap *map, uint32_t n)
{
	if (n <= map->count || n > MSNMAP_MAX)
		return false;
	map->n_unknown += n - map->count;
	while (map->count < n) {
		struct block *last = map->blocks->len == 0 ? NULL :
			block_at(map, map->blocks->len - 1);
		uint32_t fits;

		if (last == NULL || last->n == BLOCK_MAX) {
			struct block block = { .start = map->count };

			g_array_append_val(map->blocks, block);
			continue;
		}
		fits = MIN(n - map->count, BLOCK_MAX - last->n);
		if (last->uids != NULL)
			memset(last->uids + last->n, 0, fits * sizeof(uint32_t));
		last->n += fits;
		last->n_unknown += fits;
		map->count += fits;
	}
	return true;
}

uint32_t msnmap_uid(const struct msnmap *map, uint32_t pos)
{
	const struct block *block;

	if (pos >= map->count)
		return 0;
	block = block_at(map, find_block(map, pos));
	return block->uids == NULL ? 0 : block->uids[pos - block->start];
}

/* Numbers of one range that belong into one block. */
struct run {
	struct block *block;
	uint32_t at, n, first;
};

static void put(struct msnmap *map, const struct run *run)
{
	uint32_t *uids, n_new = 0;

	if (run->block->uids == NULL)
		run->block->uids = g_new0(uint32_t, BLOCK_MAX);
	uids = run->block->uids + run->at;
	for (uint32_t i = 0; i < run->n; i++) {
		n_new += uids[i] == 0;
		uids[i] = run->first + i;
	}
	run->block->n_unknown -= n_new;
	map->n_unknown -= n_new;
}

uint32_t msnmap_copy(const struct msnmap *map, uint32_t first, uint32_t n,
	uint32_t *uids_out)
{
	uint32_t done = 0;

	n = MIN(n, map->count - MIN(first, map->count));
	while (done < n) {
		const struct block *block = block_at(map,
			find_block(map, first + done));
		uint32_t at = first + done - block->start;
		uint32_t some = MIN(n - done, block->n - at);

		if (block->uids != NULL)
			memcpy(uids_out + done, block->uids + at,
				some * sizeof(uint32_t));
		else
			memset(uids_out + done, 0, some * sizeof(uint32_t));
		done += some;
	}
	return n;
}

/* --- where a UID is ------------------------------------------------------- */

/* The first position from pos with a known UID; count if none. */
static uint32_t next_known(const struct msnmap *map, uint32_t pos)
{
	for (guint i = pos < map->count ? find_block(map, pos) :
		map->blocks->len; i < map->blocks->len; i++) {
		const struct block *block = block_at(map, i);
		uint32_t at = MAX(pos, block->start) - block->start;

		if (block->n_unknown == block->n)
			continue;
		while (at < block->n && block->uids[at] == 0)
			at++;
		if (at < block->n)
			return block->start + at;
	}
	return map->count;
}

/* The position behind the last one below pos with a known UID; 0 if none. */
static uint32_t behind_known(const struct msnmap *map, uint32_t pos)
{
	for (guint i = pos > 0 ? find_block(map, pos - 1) + 1 : 0; i > 0; i--) {
		const struct block *block = block_at(map, i - 1);
		uint32_t at = MIN(pos - block->start, block->n);

		if (block->n_unknown == block->n)
			continue;
		while (at > 0 && block->uids[at - 1] == 0)
			at--;
		if (at > 0)
			return block->start + at;
	}
	return 0;
}

/*
 * The number of leading rows that are surely below uid: the last known UID
 * below it is at that position - 1. Unknown rows behind it may be either.
 */
static uint32_t rows_below(const struct msnmap *map, uint32_t uid)
{
	uint32_t low = 0, high = map->count;

	/* Known UIDs before low are below uid, those from high on are not. */
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		uint32_t known = next_known(map, middle);

		if (known >= high || msnmap_uid(map, known) >= uid)
			high = middle;
		else
			low = known + 1;
	}
	return behind_known(map, low);
}

bool msnmap_find(const struct msnmap *map, uint32_t uid, uint32_t *pos_out)
{
	uint32_t pos = next_known(map, rows_below(map, uid));

	if (uid == 0 || pos == map->count || msnmap_uid(map, pos) != uid)
		return false;
	*pos_out = pos;
	return true;
}

uint32_t msnmap_max_uid(const struct msnmap *map)
{
	uint32_t behind = behind_known(map, map->count);

	return behind == 0 ? 0 : msnmap_uid(map, behind - 1);
}

/* Whether the block may have any of uids. */
static bool may_have(const struct block *block, const struct imap_seqset *uids,
	size_t *near_io)
{
	if (block->n_unknown > 0)
		return block->uids != NULL;
	return imap_seqset_meets(uids, (struct imap_range){ block->uids[0],
		block->uids[block->n - 1] }, near_io);
}

void msnmap_find_all(const struct msnmap *map, const struct imap_seqset *uids,
	struct imap_seqset *known_io)
{
	uint32_t pos = next_known(map, rows_below(map, imap_seqset_min(uids)));
	uint32_t max = imap_seqset_max(uids);
	size_t near = 0;

	for (guint i = pos < map->count ? find_block(map, pos) :
		map->blocks->len; i < map->blocks->len; i++) {
		const struct block *block = block_at(map, i);

		if (!may_have(block, uids, &near))
			continue;
		for (uint32_t at = 0; at < block->n; at++) {
			uint32_t uid = block->uids[at];

			if (uid > max)
				return;
			if (uid != 0 && imap_seqset_has_near(uids, uid, &near))
				imap_seqset_add(known_io, uid);
		}
	}
}

/* --- going ---------------------------------------------------------------- */

static void drop_if_empty(struct msnmap *map, guint i)
{
	if (block_at(map, i)->n > 0)
		return;
	g_free(block_at(map, i)->uids);
	g_array_remove_index(map->blocks, i);
}

static void remove_at(struct msnmap *map, uint32_t pos)
{
	guint i = find_block(map, pos);
	struct block *block = block_at(map, i);
	uint32_t at = pos - block->start;

	block->n--;
	if (block->uids == NULL || block->uids[at] == 0) {
		block->n_unknown--;
		map->n_unknown--;
	}
	if (block->uids != NULL)
		memmove(block->uids + at, block->uids + at + 1,
			(block->n - at) * sizeof(uint32_t));
	drop_if_empty(map, i);
	mend_starts(map, i);
}

bool msnmap_expunge(struct msnmap *map, uint32_t msn, uint32_t *uid_out)
{
	if (msn == 0 || msn > map->count)
		return false;
	*uid_out = msnmap_uid(map, msn - 1);
	remove_at(map, msn - 1);
	return true;
}

bool msnmap_vanished(struct msnmap *map, uint32_t uid, uint32_t *pos_out)
{
	uint32_t pos;

	if (!msnmap_find(map, uid, &pos)) {
		pos = rows_below(map, uid);
		if (pos == map->count || msnmap_uid(map, pos) != 0)
			return false;
	}
	*pos_out = pos;
	remove_at(map, pos);
	return true;
}

/* Keeps of the block what uids lacks; near is where to look in them. */
static void sift(struct block *block, const struct imap_seqset *uids,
	size_t *near_io)
{
	uint32_t n = block->n, kept = 0;

	if (!may_have(block, uids, near_io))
		return;
	for (uint32_t k = 0; k < n; k++)
		if (!imap_seqset_has_near(uids, block->uids[k], near_io))
			block->uids[kept++] = block->uids[k];
	block->n = kept;
}

void msnmap_remove_set(struct msnmap *map, const struct imap_seqset *uids)
{
	size_t near = 0;

	g_assert(msnmap_is_complete(map));
	for (guint i = 0; i < map->blocks->len; i++)
		sift(block_at(map, i), uids, &near);
	for (guint i = map->blocks->len; i > 0; i--)
		drop_if_empty(map, i - 1);
	mend_starts(map, 0);
}

/* --- coming --------------------------------------------------------------- */

bool msnmap_set(struct msnmap *map, uint32_t msn, uint32_t uid)
{
	struct run run = { .n = 1, .first = uid };
	uint32_t pos = msn - 1, before, next, known;

	if (msn == 0 || msn > map->count || uid == 0)
		return false;
	known = msnmap_uid(map, pos);
	if (known != 0)
		return known == uid;
	before = pos > 0 ? msnmap_uid(map, pos - 1) : 0;
	next = msnmap_uid(map, pos + 1);
	if (before >= uid || (next != 0 && next <= uid))
		return false;
	run.block = block_at(map, find_block(map, pos));
	run.at = pos - run.block->start;
	put(map, &run);
	return true;
}

/* Goes through a set's numbers, and a map's rows from the first. */
struct walk {
	struct msnmap *map;
	const struct imap_seqset *uids;
	size_t range;
	uint32_t done;   /* of the range */
	guint block;
	uint32_t at;     /* in the block */
};

/* false: there are no more. */
static bool walk_next(struct walk *walk, struct run *run_out)
{
	struct imap_range range;
	struct block *block;

	if (walk->range == imap_seqset_n_ranges(walk->uids))
		return false;
	range = imap_seqset_range(walk->uids, walk->range);
	block = block_at(walk->map, walk->block);
	*run_out = (struct run){ .block = block, .at = walk->at,
		.first = range.first + walk->done,
		.n = MIN(range.last - range.first - walk->done + 1,
			block->n - walk->at) };
	walk->at += run_out->n;
	if (walk->at == block->n) {
		walk->block++;
		walk->at = 0;
	}
	walk->done += run_out->n;
	if (walk->done == range.last - range.first + 1) {
		walk->range++;
		walk->done = 0;
	}
	return true;
}

/* Every known row has the UID that the set has in its place. */
static bool agrees(struct msnmap *map, const struct imap_seqset *uids)
{
	struct walk walk = { .map = map, .uids = uids };
	uint32_t next = next_known(map, (uint32_t)imap_seqset_count(uids));
	struct run run;

	if (map->n_unknown == map->count)
		return true;
	while (walk_next(&walk, &run)) {
		const uint32_t *known = run.block->uids;

		for (uint32_t i = 0; known != NULL && i < run.n; i++)
			if (known[run.at + i] != 0 &&
				known[run.at + i] != run.first + i)
				return false;
	}
	return next == map->count ||
		msnmap_uid(map, next) > imap_seqset_max(uids);
}

bool msnmap_set_all(struct msnmap *map, const struct imap_seqset *uids)
{
	struct walk walk = { .map = map, .uids = uids };
	struct run run;

	if (imap_seqset_count(uids) > map->count || !agrees(map, uids))
		return false;
	while (walk_next(&walk, &run))
		put(map, &run);
	return true;
}
