/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A block is its length, then each string as one octet (is there one?) and the
 * text with its NUL; a list of addresses is a number and three strings each.
 */
#include "src/base/base.h"
#include "src/mail/row.h"
#include "src/base/arena.h"

enum {
	STRING_MAX = 8192,
	REFERENCES_MAX = 1024,
	ADDRESSES_MAX = 500,
};

static void put_text(GByteArray *out, const char *text, size_t max)
{
	guint8 has = text != NULL;
	size_t len;

	g_byte_array_append(out, &has, 1);
	if (text == NULL)
		return;
	len = strnlen(text, max);
	g_byte_array_append(out, (const guint8 *)text, (guint)len);
	g_byte_array_append(out, (const guint8 *)"", 1);
}

static void put_addresses(GByteArray *out, const struct imap_addresses *list)
{
	uint16_t n = (uint16_t)MIN(list->n, (size_t)ADDRESSES_MAX);

	g_byte_array_append(out, (const guint8 *)&n, sizeof(n));
	for (uint16_t i = 0; i < n; i++) {
		put_text(out, list->items[i].name, STRING_MAX);
		put_text(out, list->items[i].mailbox, STRING_MAX);
		put_text(out, list->items[i].host, STRING_MAX);
	}
}

static bool same_addresses(const struct imap_addresses *one,
	const struct imap_addresses *other)
{
	if (one->n != other->n)
		return false;
	for (size_t i = 0; i < one->n; i++) {
		const struct imap_address *a = &one->items[i];
		const struct imap_address *b = &other->items[i];

		if (g_strcmp0(a->name, b->name) != 0 ||
			g_strcmp0(a->mailbox, b->mailbox) != 0 ||
			g_strcmp0(a->host, b->host) != 0)
			return false;
	}
	return true;
}

char *row_cut_references(const char *references)
{
	size_t len = strlen(references);
	const char *first_end, *tail;

	if (len <= REFERENCES_MAX)
		return g_strdup(references);
	first_end = memchr(references, '>', REFERENCES_MAX / 4);
	tail = strchr(references + len - REFERENCES_MAX / 2, '<');
	if (tail == NULL)
		tail = references + len;
	if (first_end == NULL)
		return g_strdup(tail);
	return g_strdup_printf("%.*s %s",
		(int)(first_end + 1 - references), references, tail);
}

char *row_pack(const struct imap_envelope *envelope, const char *references)
{
	static const struct imap_envelope nothing;
	const struct imap_addresses *sender;
	GByteArray *out = g_byte_array_sized_new(256);
	uint32_t len = 0;
	char *cut = references == NULL ? NULL : row_cut_references(references);

	if (envelope == NULL)
		envelope = &nothing;
	g_byte_array_append(out, (const guint8 *)&len, sizeof(len));
	put_text(out, envelope->date, STRING_MAX);
	put_text(out, envelope->subject, STRING_MAX);
	put_text(out, envelope->in_reply_to, REFERENCES_MAX);
	put_text(out, envelope->message_id, REFERENCES_MAX);
	put_text(out, cut, REFERENCES_MAX);
	put_addresses(out, &envelope->from);
	put_addresses(out, &envelope->to);
	put_addresses(out, &envelope->cc);
	/* Servers give the author where there is no Sender (RFC 3501 7.4.2). */
	sender = same_addresses(&envelope->sender, &envelope->from) ?
		&nothing.sender : &envelope->sender;
	put_addresses(out, sender);
	g_free(cut);
	len = out->len;
	memcpy(out->data, &len, sizeof(len));
	/* Without the slack of growing. */
	char *blob = g_memdup2(out->data, out->len);
	g_byte_array_free(out, TRUE);
	return blob;
}

static const char *get_text(const char **at_io)
{
	const char *text = *at_io + 1;

	if (**at_io == 0) {
		*at_io += 1;
		return NULL;
	}
	*at_io = text + strlen(text) + 1;
	return text;
}

static struct imap_addresses get_addresses(const char **at_io,
	struct arena *arena)
{
	struct imap_addresses list = { 0 };
	struct imap_address *items;
	uint16_t n;

	memcpy(&n, *at_io, sizeof(n));
	*at_io += sizeof(n);
	if (n == 0)
		return list;
	items = arena_new_array(arena, struct imap_address, n);
	for (uint16_t i = 0; i < n; i++) {
		items[i].name = get_text(at_io);
		items[i].mailbox = get_text(at_io);
		items[i].host = get_text(at_io);
	}
	list.items = items;
	list.n = n;
	return list;
}

void row_unpack(const char *blob, struct arena *arena,
	struct imap_envelope *envelope_out, const char **references_out)
{
	const char *at = blob + sizeof(uint32_t);

	*envelope_out = (struct imap_envelope){ 0 };
	envelope_out->date = get_text(&at);
	envelope_out->subject = get_text(&at);
	envelope_out->in_reply_to = get_text(&at);
	envelope_out->message_id = get_text(&at);
	*references_out = get_text(&at);
	envelope_out->from = get_addresses(&at, arena);
	envelope_out->to = get_addresses(&at, arena);
	envelope_out->cc = get_addresses(&at, arena);
	envelope_out->sender = get_addresses(&at, arena);
}

size_t row_size(const char *blob)
{
	uint32_t len;

	memcpy(&len, blob, sizeof(len));
	return len;
}
