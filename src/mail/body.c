/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A copy of a body structure that outlives the response it came in. */
#include "src/base/base.h"
#include "src/base/arena.h"
#include "src/imap/bodystructure.h"
#include "src/imap/envelope.h"
#include "src/mail/load.h"

static const struct imap_param *copy_params(const struct imap_param *params,
	size_t n, struct arena *arena)
{
	struct imap_param *copy;

	if (n == 0)
		return NULL;
	copy = arena_new_array(arena, struct imap_param, n);
	for (size_t i = 0; i < n; i++) {
		copy[i].name = arena_strdup(arena, params[i].name);
		copy[i].value = arena_strdup(arena, params[i].value);
	}
	return copy;
}

static struct imap_addresses copy_addresses(const struct imap_addresses *list,
	struct arena *arena)
{
	struct imap_address *items;

	if (list->n == 0)
		return (struct imap_addresses){ 0 };
	items = arena_new_array(arena, struct imap_address, list->n);
	for (size_t i = 0; i < list->n; i++) {
		items[i].name = arena_strdup(arena, list->items[i].name);
		items[i].mailbox = arena_strdup(arena, list->items[i].mailbox);
		items[i].host = arena_strdup(arena, list->items[i].host);
	}
	return (struct imap_addresses){ items, list->n };
}

static const struct imap_envelope *copy_envelope(
	const struct imap_envelope *envelope, struct arena *arena)
{
	struct imap_envelope *copy;

	if (envelope == NULL)
		return NULL;
	copy = arena_new_struct(arena, struct imap_envelope);
	copy->date = arena_strdup(arena, envelope->date);
	copy->subject = arena_strdup(arena, envelope->subject);
	copy->from = copy_addresses(&envelope->from, arena);
	copy->sender = copy_addresses(&envelope->sender, arena);
	copy->reply_to = copy_addresses(&envelope->reply_to, arena);
	copy->to = copy_addresses(&envelope->to, arena);
	copy->cc = copy_addresses(&envelope->cc, arena);
	copy->bcc = copy_addresses(&envelope->bcc, arena);
	copy->in_reply_to = arena_strdup(arena, envelope->in_reply_to);
	copy->message_id = arena_strdup(arena, envelope->message_id);
	return copy;
}

static void copy_strings(struct imap_body *copy, const struct imap_body *body,
	struct arena *arena)
{
	copy->section = arena_strdup(arena, body->section);
	copy->type = arena_strdup(arena, body->type);
	copy->subtype = arena_strdup(arena, body->subtype);
	copy->id = arena_strdup(arena, body->id);
	copy->description = arena_strdup(arena, body->description);
	copy->encoding = arena_strdup(arena, body->encoding);
	copy->disposition = arena_strdup(arena, body->disposition);
	copy->language = arena_strdup(arena, body->language);
	copy->location = arena_strdup(arena, body->location);
	copy->md5 = arena_strdup(arena, body->md5);
}

/* Depth and number of parts were bounded when the structure was parsed. */
static const struct imap_body *copy_part(const struct imap_body *body,
	const struct imap_body *parent, struct arena *arena)
{
	struct imap_body *copy = arena_new_struct(arena, struct imap_body);

	*copy = *body;
	copy->parent = parent;
	copy_strings(copy, body, arena);
	copy->params = copy_params(body->params, body->n_params, arena);
	copy->disposition_params = copy_params(body->disposition_params,
		body->n_disposition_params, arena);
	copy->envelope = copy_envelope(body->envelope, arena);
	copy->children = NULL;
	if (body->n_children > 0) {
		const struct imap_body **children = arena_new_array(arena,
			const struct imap_body *, body->n_children);

		for (size_t i = 0; i < body->n_children; i++)
			children[i] = copy_part(body->children[i], copy, arena);
		copy->children = children;
	}
	return copy;
}

const struct imap_body *body_copy(const struct imap_body *body, struct arena *arena)
{
	return copy_part(body, NULL, arena);
}
