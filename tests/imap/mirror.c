/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "tests/imap/mirror.h"
#include "src/imap/seqset.h"

/* A cache in a transcript is small; "1:*" is no cache. */
enum { REMEMBERED_MAX = 100 * 1000 };

struct mirror *mirror_new(void)
{
	struct mirror *mirror = g_new0(struct mirror, 1);

	mirror->uids = g_array_new(FALSE, TRUE, sizeof(uint32_t));
	mirror->flags = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	return mirror;
}

void mirror_free(gpointer data)
{
	struct mirror *mirror = data;

	g_array_unref(mirror->uids);
	g_hash_table_unref(mirror->flags);
	g_free(mirror);
}

static uint32_t *row_at(const struct mirror *mirror, uint32_t pos)
{
	return &g_array_index(mirror->uids, uint32_t, pos);
}

static void set_flags(struct mirror *mirror, uint32_t uid, const char *flags)
{
	g_hash_table_replace(mirror->flags, GUINT_TO_POINTER(uid),
		g_strdup(flags));
}

void mirror_remember(struct mirror *mirror, uint32_t uid_validity,
	uint64_t mod_seq, const struct imap_seqset *uids)
{
	if (imap_seqset_count(uids) > REMEMBERED_MAX)
		return;
	mirror->uid_validity = uid_validity;
	mirror->mod_seq = mod_seq;
	for (size_t i = 0; i < imap_seqset_n_ranges(uids); i++) {
		struct imap_range range = imap_seqset_range(uids, i);

		for (uint32_t uid = range.first; uid <= range.last; uid++)
			set_flags(mirror, uid, "");
	}
}

void mirror_opened(struct mirror *mirror, uint32_t exists,
	uint32_t uid_validity, uint32_t uid_next, bool resynced)
{
	if (!resynced) {
		g_hash_table_remove_all(mirror->flags);
		mirror->mod_seq = 0;
	}
	mirror->is_opened = true;
	mirror->uid_validity = uid_validity;
	mirror->uid_next = uid_next;
	g_array_set_size(mirror->uids, 0);
	g_array_set_size(mirror->uids, exists);
}

void mirror_added(struct mirror *mirror, uint32_t n)
{
	g_array_set_size(mirror->uids, mirror->uids->len + n);
}

bool mirror_expunged(struct mirror *mirror, uint32_t pos, uint32_t uid)
{
	if (pos >= mirror->uids->len)
		return false;
	uint32_t known = *row_at(mirror, pos);

	g_array_remove_index(mirror->uids, pos);
	g_hash_table_remove(mirror->flags, GUINT_TO_POINTER(uid));
	return known == uid || known == 0;
}

bool mirror_identified(struct mirror *mirror, uint32_t first,
	const uint32_t *uids, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		if (first + i >= mirror->uids->len ||
			*row_at(mirror, first + i) != 0)
			return false;
		*row_at(mirror, first + i) = uids[i];
	}
	return true;
}

void mirror_vanished(struct mirror *mirror, const struct imap_seqset *uids)
{
	GHashTableIter iter;
	gpointer uid;

	g_hash_table_iter_init(&iter, mirror->flags);
	while (g_hash_table_iter_next(&iter, &uid, NULL))
		if (imap_seqset_has(uids, GPOINTER_TO_UINT(uid)))
			g_hash_table_iter_remove(&iter);
}

bool mirror_fetched(struct mirror *mirror, uint32_t pos, uint32_t uid,
	const char *flags)
{
	if (flags != NULL)
		set_flags(mirror, uid, flags);
	return pos == UINT32_MAX || (pos < mirror->uids->len &&
		*row_at(mirror, pos) == uid);
}

bool mirror_is_complete(const struct mirror *mirror)
{
	for (guint i = 0; i < mirror->uids->len; i++)
		if (*row_at(mirror, i) == 0)
			return false;
	return true;
}

void mirror_without_flags(const struct mirror *mirror,
	struct imap_seqset *uids_out)
{
	for (guint i = 0; i < mirror->uids->len; i++) {
		uint32_t uid = *row_at(mirror, i);

		if (uid != 0 && !g_hash_table_contains(mirror->flags,
			GUINT_TO_POINTER(uid)))
			imap_seqset_add(uids_out, uid);
	}
}

void mirror_known(const struct mirror *mirror, struct imap_seqset *uids_out)
{
	GHashTableIter iter;
	gpointer uid;

	g_hash_table_iter_init(&iter, mirror->flags);
	while (g_hash_table_iter_next(&iter, &uid, NULL))
		imap_seqset_add(uids_out, GPOINTER_TO_UINT(uid));
}

const char *mirror_flags(const struct mirror *mirror, uint32_t uid)
{
	return g_hash_table_lookup(mirror->flags, GUINT_TO_POINTER(uid));
}

uint32_t mirror_max_uid(const struct mirror *mirror)
{
	uint32_t max = 0;

	for (guint i = 0; i < mirror->uids->len; i++)
		max = MAX(max, *row_at(mirror, i));
	return max;
}
