/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/session/msnmap.h"
#include "src/imap/seqset.h"

void msnmap_init(struct msnmap *map)
{
	map->uids = g_array_new(FALSE, TRUE, sizeof(uint32_t));
	map->n_unknown = 0;
}

void msnmap_release(struct msnmap *map)
{
	g_clear_pointer(&map->uids, g_array_unref);
	map->n_unknown = 0;
}

void msnmap_clear(struct msnmap *map)
{
	g_array_set_size(map->uids, 0);
	map->n_unknown = 0;
}

static uint32_t *at(const struct msnmap *map, uint32_t pos)
{
	return &g_array_index(map->uids, uint32_t, pos);
}

uint32_t msnmap_count(const struct msnmap *map)
{
	return map->uids->len;
}

bool msnmap_is_complete(const struct msnmap *map)
{
	return map->n_unknown == 0;
}

bool msnmap_exists(struct msnmap *map, uint32_t n)
{
	uint32_t before = map->uids->len;

	if (n <= before || n > MSNMAP_MAX)
		return false;
	g_array_set_size(map->uids, n);
	map->n_unknown += n - before;
	return true;
}

static void remove_at(struct msnmap *map, uint32_t pos)
{
	if (*at(map, pos) == 0)
		map->n_unknown--;
	g_array_remove_index(map->uids, pos);
}

bool msnmap_expunge(struct msnmap *map, uint32_t msn, uint32_t *uid_out)
{
	if (msn == 0 || msn > map->uids->len)
		return false;
	*uid_out = *at(map, msn - 1);
	remove_at(map, msn - 1);
	return true;
}

/*
 * The number of leading rows that are surely below uid: the last known UID
 * below it is at that position - 1. Unknown rows behind it may be either.
 */
static uint32_t rows_below(const struct msnmap *map, uint32_t uid)
{
	uint32_t low = 0, high = map->uids->len;

	/* Known UIDs before low are below uid, those from high on are not. */
	while (low < high) {
		uint32_t middle = low + (high - low) / 2, known = middle;

		while (known < high && *at(map, known) == 0)
			known++;
		if (known == high || *at(map, known) >= uid)
			high = middle;
		else
			low = known + 1;
	}
	while (low > 0 && *at(map, low - 1) == 0)
		low--;
	return low;
}

bool msnmap_find(const struct msnmap *map, uint32_t uid, uint32_t *pos_out)
{
	uint32_t pos = rows_below(map, uid);

	while (pos < map->uids->len && *at(map, pos) == 0)
		pos++;
	if (uid == 0 || pos == map->uids->len || *at(map, pos) != uid)
		return false;
	*pos_out = pos;
	return true;
}

uint32_t msnmap_rows_up_to(const struct msnmap *map, uint32_t uid)
{
	return uid == UINT32_MAX ? map->uids->len : rows_below(map, uid + 1);
}

bool msnmap_vanished(struct msnmap *map, uint32_t uid, uint32_t *pos_out)
{
	uint32_t pos;

	if (!msnmap_find(map, uid, &pos)) {
		pos = rows_below(map, uid);
		if (pos == map->uids->len || *at(map, pos) != 0)
			return false;
	}
	*pos_out = pos;
	remove_at(map, pos);
	return true;
}

bool msnmap_set(struct msnmap *map, uint32_t msn, uint32_t uid)
{
	if (msn == 0 || msn > map->uids->len || uid == 0)
		return false;
	uint32_t pos = msn - 1, *slot = at(map, pos);

	if (*slot != 0)
		return *slot == uid;
	if (pos > 0 && *at(map, pos - 1) >= uid)
		return false;
	if (msn < map->uids->len && *at(map, msn) != 0 && *at(map, msn) <= uid)
		return false;
	*slot = uid;
	map->n_unknown--;
	return true;
}

/* Every known row has the UID that the set has in its place. */
static bool agrees(const struct msnmap *map, const struct imap_seqset *uids,
	uint32_t n)
{
	uint32_t pos = 0, last = 0;

	for (size_t i = 0; i < imap_seqset_n_ranges(uids); i++) {
		struct imap_range range = imap_seqset_range(uids, i);

		for (uint32_t uid = range.first;; uid++) {
			uint32_t known = *at(map, pos++);

			if (known != 0 && known != uid)
				return false;
			if (uid == range.last)
				break;
		}
		last = range.last;
	}
	for (pos = n; pos < map->uids->len; pos++)
		if (*at(map, pos) != 0)
			return *at(map, pos) > last;
	return true;
}

bool msnmap_set_all(struct msnmap *map, const struct imap_seqset *uids)
{
	uint64_t n = imap_seqset_count(uids);

	if (n > map->uids->len || !agrees(map, uids, (uint32_t)n))
		return false;
	uint32_t pos = 0;

	for (size_t i = 0; i < imap_seqset_n_ranges(uids); i++) {
		struct imap_range range = imap_seqset_range(uids, i);

		for (uint32_t uid = range.first;; uid++, pos++) {
			if (*at(map, pos) == 0)
				map->n_unknown--;
			*at(map, pos) = uid;
			if (uid == range.last)
				break;
		}
		pos++;
	}
	return true;
}

uint32_t msnmap_uid(const struct msnmap *map, uint32_t pos)
{
	return pos < map->uids->len ? *at(map, pos) : 0;
}

uint32_t msnmap_max_uid(const struct msnmap *map)
{
	for (uint32_t pos = map->uids->len; pos > 0; pos--)
		if (*at(map, pos - 1) != 0)
			return *at(map, pos - 1);
	return 0;
}
