/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages that were moved away and back have new UIDs, and the actions before
 * know them by those that they had.
 */
#include "src/base/base.h"
#include "src/mail/action-private.h"

static uint32_t uid_at(const GArray *uids, guint i)
{
	return g_array_index(uids, uint32_t, i);
}

/* From UIDs before the move to those behind it; 0: it is none of them. */
static uint32_t new_uid(GHashTable *uids, uint32_t uid)
{
	return GPOINTER_TO_UINT(g_hash_table_lookup(uids,
		GUINT_TO_POINTER(uid)));
}

static void note(GHashTable *uids, uint32_t from, uint32_t to)
{
	g_hash_table_insert(uids, GUINT_TO_POINTER(from), GUINT_TO_POINTER(to));
}

/* Through the mailbox where they were meanwhile. */
static GHashTable *pair(const struct action *action, const struct op *op)
{
	GHashTable *back = g_hash_table_new(NULL, NULL);
	GHashTable *uids = g_hash_table_new(NULL, NULL);

	for (guint i = 0; i < MIN(op->from->len, op->to->len); i++)
		note(back, uid_at(op->from, i), uid_at(op->to, i));
	for (guint i = 0; i < MIN(action->from->len, action->to->len); i++) {
		uint32_t uid = new_uid(back, uid_at(action->to, i));

		if (uid != 0)
			note(uids, uid_at(action->from, i), uid);
	}
	g_hash_table_unref(back);
	return uids;
}

/* former: the UIDs before the move, most of them in order. */
static void renumber_set(struct imap_seqset *set, const GArray *former,
	GHashTable *uids)
{
	struct imap_seqset gone, back;

	imap_seqset_init(&gone);
	imap_seqset_init(&back);
	for (guint i = 0; i < former->len; i++) {
		uint32_t uid = uid_at(former, i), now = new_uid(uids, uid);

		if (now == 0 || !imap_seqset_has(set, uid))
			continue;
		imap_seqset_add(&gone, uid);
		imap_seqset_add(&back, now);
	}
	imap_seqset_remove_set(set, &gone);
	imap_seqset_add_set(set, &back);
	imap_seqset_release(&gone);
	imap_seqset_release(&back);
}

static void renumber(struct action *action, const GArray *former,
	GHashTable *uids)
{
	renumber_set(&action->uids, former, uids);
	for (guint i = 0; action->changes != NULL && i < action->changes->len;
		i++)
		renumber_set(&((struct flag_change *)
			action->changes->pdata[i])->uids, former, uids);
	for (guint i = 0; action->from != NULL && i < action->from->len; i++) {
		uint32_t *uid = &g_array_index(action->from, uint32_t, i);
		uint32_t now = new_uid(uids, *uid);

		*uid = now != 0 ? now : *uid;
	}
}

void action_renumber_others(const struct action *action, const struct op *op)
{
	GHashTable *uids;

	if (action->from == NULL || action->to == NULL || op->from == NULL ||
		op->to == NULL)
		return;
	uids = pair(action, op);
	for (guint i = 0; i < action_stack->len; i++) {
		struct action *other = action_stack->pdata[i];

		if (other != action && other->account == action->account &&
			other->uid_validity == action->uid_validity &&
			strcmp(other->mailbox, action->mailbox) == 0)
			renumber(other, action->from, uids);
	}
	g_hash_table_unref(uids);
}
