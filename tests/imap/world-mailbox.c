/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The world's mailboxes: made of what a client saw, and compared to that. */
#include "src/base/base.h"
#include "tests/imap/world.h"
#include "src/imap/seqset.h"
#include "tests/imap/mirror.h"
#include "tests/imap/world-priv.h"

static void copy_flags(struct mailbox *mailbox, const struct mirror *mirror)
{
	for (guint i = 0; i < mailbox->uids->len; i++) {
		uint32_t uid = mailbox_uid(mailbox, i);
		const char *flags = mirror_flags(mirror, uid);

		g_hash_table_insert(mailbox->flags, GUINT_TO_POINTER(uid),
			g_strdup(flags != NULL ? flags : ""));
	}
}

/* Rows without a UID get the highest that fit below the next known one; those
 * at the end the lowest above the one before. */
static bool fill_uids(GArray *uids, uint32_t uid_next)
{
	uint32_t *uid = (uint32_t *)(void *)uids->data;
	guint n = uids->len, last = n;

	while (last > 0 && uid[last - 1] == 0)
		last--;
	for (guint i = last; i < n; i++)
		uid[i] = i > 0 ? uid[i - 1] + 1 : 1;
	if (uid_next != 0 && n > last && uid[n - 1] >= uid_next)
		return false;
	for (guint i = last; i > 0; i--)
		if (uid[i - 1] == 0)
			uid[i - 1] = uid[i] - 1;
	for (guint i = 0; i < n; i++)
		if (uid[i] == 0 || (i > 0 && uid[i] <= uid[i - 1]))
			return false;
	return true;
}

static void mailbox_free(gpointer data)
{
	struct mailbox *mailbox = data;

	g_array_unref(mailbox->uids);
	g_hash_table_unref(mailbox->flags);
	g_free(mailbox);
}

static struct mailbox *mailbox_new(void)
{
	struct mailbox *mailbox = g_new0(struct mailbox, 1);

	mailbox->uids = g_array_new(FALSE, TRUE, sizeof(uint32_t));
	mailbox->flags = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	return mailbox;
}

bool world_add_mailbox(struct world *world, const char *name,
	const struct mirror *mirror)
{
	struct mailbox *mailbox = mailbox_new();

	g_array_append_vals(mailbox->uids, mirror->uids->data,
		mirror->uids->len);
	if (!fill_uids(mailbox->uids, mirror->uid_next)) {
		mailbox_free(mailbox);
		return false;
	}
	mailbox->uid_validity = mirror->uid_validity;
	mailbox->uid_next = mirror->uid_next;
	/* More than was ever told: something may have happened since. */
	mailbox->mod_seq = world->has_mod_seq ? mirror->mod_seq + 1000 : 0;
	copy_flags(mailbox, mirror);
	g_hash_table_replace(world->mailboxes, g_strdup(name), mailbox);
	return true;
}

void world_add_gone(struct world *world, const char *name)
{
	struct mailbox *mailbox = mailbox_new();

	mailbox->is_gone = true;
	g_hash_table_replace(world->mailboxes, g_strdup(name), mailbox);
}

static char *compare_row(const struct mailbox *mailbox,
	const struct mirror *mirror, guint row)
{
	uint32_t uid = g_array_index(mirror->uids, uint32_t, row);
	const char *flags = mirror_flags(mirror, uid);
	const char *wanted = g_hash_table_lookup(mailbox->flags,
		GUINT_TO_POINTER(mailbox_uid(mailbox, row)));

	if (uid != mailbox_uid(mailbox, row))
		return g_strdup_printf("row %u is UID %u, not %u", row, uid,
			mailbox_uid(mailbox, row));
	if (g_strcmp0(flags, wanted) != 0)
		return g_strdup_printf("UID %u has the flags '%s', not '%s'",
			uid, flags != NULL ? flags : "(unknown)", wanted);
	return NULL;
}

char *world_compare(const struct world *world, const char *name,
	const struct mirror *mirror)
{
	const struct mailbox *mailbox = g_hash_table_lookup(world->mailboxes,
		name);
	guint n = mailbox != NULL ? mailbox->uids->len : 0;

	if (mirror->uids->len != n)
		return g_strdup_printf("%u rows, not %u", mirror->uids->len,
			n);
	for (guint i = 0; i < n; i++) {
		char *text = compare_row(mailbox, mirror, i);

		if (text != NULL)
			return text;
	}
	return NULL;
}

struct world *world_new(const struct record *record)
{
	struct world *world = g_new0(struct world, 1);

	world->record = record;
	world->has_mod_seq = strstr(record_capabilities(record), "CONDSTORE") !=
		NULL || strstr(record_capabilities(record), "QRESYNC") != NULL;
	world->mailboxes = g_hash_table_new_full(g_str_hash, g_str_equal,
		g_free, mailbox_free);
	return world;
}

void world_free(struct world **world)
{
	g_clear_pointer(&(*world)->guests, g_hash_table_unref);
	g_clear_pointer(&(*world)->asked, g_hash_table_unref);
	g_hash_table_unref((*world)->mailboxes);
	g_clear_pointer(world, g_free);
}
