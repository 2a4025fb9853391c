/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/catenate.h"
#include "src/mail/private.h"
#include "src/session/append.h"

struct catenate {
	GBytes *octets;
	GArray *pieces;    /* of struct append_piece, up to the last section */
	GPtrArray *texts;  /* of GBytes *, the pieces' */
	GPtrArray *names;  /* of char *, the sections of the pieces */
	size_t end;        /* of the last section */
};

struct catenate *catenate_new(GBytes *octets)
{
	struct catenate *catenate = g_new0(struct catenate, 1);

	catenate->octets = g_bytes_ref(octets);
	catenate->pieces = g_array_new(FALSE, TRUE,
		sizeof(struct append_piece));
	catenate->texts = g_ptr_array_new_with_free_func(
		(GDestroyNotify)g_bytes_unref);
	catenate->names = g_ptr_array_new_with_free_func(g_free);
	return catenate;
}

void catenate_free(struct catenate **catenate)
{
	struct catenate *old = *catenate;

	*catenate = NULL;
	if (old == NULL)
		return;
	g_array_unref(old->pieces);
	g_ptr_array_unref(old->texts);
	g_ptr_array_unref(old->names);
	g_bytes_unref(old->octets);
	g_free(old);
}

bool catenate_has_sections(const struct catenate *catenate)
{
	return catenate->names->len > 0;
}

size_t catenate_size(const struct catenate *catenate)
{
	return g_bytes_get_size(catenate->octets);
}

/* What is between the last section and this place. */
static void add_text(struct catenate *catenate, GArray *pieces, size_t to)
{
	struct append_piece piece = { .fd = -1 };

	if (to == catenate->end)
		return;
	piece.octets = g_bytes_new_from_bytes(catenate->octets, catenate->end,
		to - catenate->end);
	g_ptr_array_add(catenate->texts, piece.octets);
	g_array_append_val(pieces, piece);
}

void catenate_add(struct catenate *catenate, const char *section, size_t at,
	size_t len)
{
	struct append_piece piece = { .fd = -1, .size = len };

	g_return_if_fail(at >= catenate->end);
	add_text(catenate, catenate->pieces, at);
	piece.section = g_strdup(section);
	g_ptr_array_add(catenate->names, (char *)piece.section);
	g_array_append_val(catenate->pieces, piece);
	catenate->end = at + len;
}

GArray *catenate_pieces(struct catenate *catenate,
	const struct mailbox *mailbox, uint32_t uid_validity, uint32_t uid)
{
	GArray *pieces = g_array_copy(catenate->pieces);

	for (guint i = 0; i < pieces->len; i++) {
		struct append_piece *piece =
			&g_array_index(pieces, struct append_piece, i);

		if (piece->section == NULL)
			continue;
		piece->mailbox = mailbox->name;
		piece->uid_validity = uid_validity;
		piece->uid = uid;
	}
	add_text(catenate, pieces, catenate_size(catenate));
	return pieces;
}
