/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/cache/record.h"

#include "src/base/arena.h"
#include "src/cache/octets.h"
#include "src/imap/bodystructure.h"

/* --- checksum -------------------------------------------------------------- */

/* Each step can be undone, so two inputs that differ in one step only never
 * meet again. The constants are odd and otherwise arbitrary. */
static uint64_t mix(uint64_t sum, uint64_t word)
{
	sum = (sum << 29 | sum >> 35) ^ word;
	return sum * 0x9e3779b97f4a7c15u;
}

static uint64_t finish(uint64_t sum)
{
	sum ^= sum >> 32;
	sum *= 0xd6e8feb86659fd93u;
	return sum ^ sum >> 32;
}

uint64_t record_sum(uint64_t seed, const void *octets, size_t len)
{
	const uint8_t *p = octets;
	uint64_t sum = mix(seed, len);
	uint64_t word = 0;

	for (; len >= sizeof(word); len -= sizeof(word), p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		sum = mix(sum, GUINT64_FROM_LE(word));
	}
	word = 0;
	if (len > 0)
		memcpy(&word, p, len);
	return finish(mix(sum, GUINT64_FROM_LE(word)));
}

uint64_t record_key_numbers(uint64_t kind, uint64_t a, uint64_t b)
{
	return finish(mix(mix(kind + 1, a), b));
}

uint64_t record_key_text(uint64_t kind, uint64_t a, const char *text)
{
	return record_sum(mix(kind + 1, a), text, strlen(text));
}

void record_seal(GByteArray *out, uint64_t key, const void *payload, size_t len)
{
	uint64_t sum = GUINT64_TO_LE(record_sum(key, payload, len));

	g_byte_array_append(out, (guint8 *)&sum, RECORD_SUM_SIZE);
	g_byte_array_append(out, payload, (guint)len);
}

const uint8_t *record_open(uint64_t key, const void *sealed, size_t size,
	size_t *len_out)
{
	const uint8_t *payload;
	uint64_t sum;

	if (sealed == NULL || size < RECORD_SUM_SIZE)
		return NULL;
	memcpy(&sum, sealed, RECORD_SUM_SIZE);
	payload = (const uint8_t *)sealed + RECORD_SUM_SIZE;
	*len_out = size - RECORD_SUM_SIZE;
	if (GUINT64_FROM_LE(sum) != record_sum(key, payload, *len_out))
		return NULL;
	return payload;
}

/* --- writing --------------------------------------------------------------- */

static void put_addresses(GByteArray *out, const struct imap_addresses *list)
{
	octets_put_number(out, list->n);
	for (size_t i = 0; i < list->n; i++) {
		octets_put_string(out, list->items[i].name);
		octets_put_string(out, list->items[i].mailbox);
		octets_put_string(out, list->items[i].host);
	}
}

static void put_envelope(GByteArray *out, const struct imap_envelope *envelope)
{
	octets_put_string(out, envelope->date);
	octets_put_string(out, envelope->subject);
	put_addresses(out, &envelope->from);
	put_addresses(out, &envelope->sender);
	put_addresses(out, &envelope->reply_to);
	put_addresses(out, &envelope->to);
	put_addresses(out, &envelope->cc);
	put_addresses(out, &envelope->bcc);
	octets_put_string(out, envelope->in_reply_to);
	octets_put_string(out, envelope->message_id);
}

static void put_params(GByteArray *out, const struct imap_param *params,
	size_t n)
{
	octets_put_number(out, n);
	for (size_t i = 0; i < n; i++) {
		octets_put_string(out, params[i].name);
		octets_put_string(out, params[i].value);
	}
}

static void put_body(GByteArray *out, const struct imap_body *body)
{
	octets_put_string(out, body->section);
	octets_put_string(out, body->type);
	octets_put_string(out, body->subtype);
	put_params(out, body->params, body->n_params);
	octets_put_string(out, body->id);
	octets_put_string(out, body->description);
	octets_put_string(out, body->encoding);
	octets_put_number(out, body->size);
	octets_put_number(out, body->lines);
	octets_put_string(out, body->disposition);
	put_params(out, body->disposition_params, body->n_disposition_params);
	octets_put_string(out, body->language);
	octets_put_string(out, body->location);
	octets_put_string(out, body->md5);
	octets_put_number(out, body->envelope != NULL);
	if (body->envelope != NULL)
		put_envelope(out, body->envelope);
	octets_put_number(out, body->n_children);
	for (size_t i = 0; i < body->n_children; i++)
		put_body(out, body->children[i]);
}

enum item {
	ITEM_ENVELOPE = 1 << 0,
	ITEM_REFERENCES = 1 << 1,
	ITEM_BODY = 1 << 2,
};

bool record_has_message(const struct imap_fetch *fetch)
{
	return fetch->has_envelope || fetch->has_references ||
		fetch->body != NULL;
}

void record_write_message(GByteArray *out, const struct imap_fetch *fetch)
{
	octets_put_number(out, (fetch->has_envelope ? ITEM_ENVELOPE : 0) |
		(fetch->has_references ? ITEM_REFERENCES : 0) |
		(fetch->body != NULL ? ITEM_BODY : 0));
	if (fetch->has_envelope)
		put_envelope(out, &fetch->envelope);
	if (fetch->has_references)
		octets_put_string(out, fetch->references);
	if (fetch->body != NULL)
		put_body(out, fetch->body);
}

void record_write_mailbox(GByteArray *out, const struct cache_mailbox *mailbox)
{
	octets_put_number(out, (unsigned char)mailbox->delimiter);
	octets_put_number(out, mailbox->attributes);
	octets_put_number(out, mailbox->uid_validity);
	octets_put_number(out, mailbox->uid_next);
	octets_put_number(out, mailbox->messages);
	octets_put_number(out, mailbox->unseen);
	octets_put_number(out, mailbox->highest_mod_seq);
	octets_put_number(out, mailbox->is_complete);
}

/* --- reading --------------------------------------------------------------- */

struct reader {
	struct octets in;
	unsigned depth, parts; /* of the body */
};

static void get_addresses(struct reader *reader, struct imap_addresses *list)
{
	size_t n = octets_get_count(&reader->in, 3);
	struct imap_address *items = arena_new_array(reader->in.arena,
		struct imap_address, n);

	for (size_t i = 0; i < n; i++) {
		items[i].name = octets_get_string(&reader->in);
		items[i].mailbox = octets_get_string(&reader->in);
		items[i].host = octets_get_string(&reader->in);
	}
	*list = (struct imap_addresses){ items, n };
}

static void get_envelope(struct reader *reader, struct imap_envelope *envelope)
{
	envelope->date = octets_get_string(&reader->in);
	envelope->subject = octets_get_string(&reader->in);
	get_addresses(reader, &envelope->from);
	get_addresses(reader, &envelope->sender);
	get_addresses(reader, &envelope->reply_to);
	get_addresses(reader, &envelope->to);
	get_addresses(reader, &envelope->cc);
	get_addresses(reader, &envelope->bcc);
	envelope->in_reply_to = octets_get_string(&reader->in);
	envelope->message_id = octets_get_string(&reader->in);
}

static const struct imap_param *get_params(struct reader *reader, size_t *n_out)
{
	size_t n = octets_get_count(&reader->in, 2);
	struct imap_param *params = arena_new_array(reader->in.arena,
		struct imap_param, n);

	for (size_t i = 0; i < n; i++) {
		params[i].name = octets_get_string(&reader->in);
		params[i].value = octets_get_string(&reader->in);
	}
	*n_out = n;
	return params;
}

static const struct imap_body *get_body(struct reader *reader,
	const struct imap_body *parent);

static void get_children(struct reader *reader, struct imap_body *body)
{
	/* Fifteen fields, each of at least one octet. */
	size_t n = octets_get_count(&reader->in, 15);
	const struct imap_body **children = arena_new_array(reader->in.arena,
		const struct imap_body *, n);

	reader->depth++;
	for (size_t i = 0; i < n && !reader->in.is_bad; i++)
		children[i] = get_body(reader, body);
	reader->depth--;
	body->children = children;
	body->n_children = n;
}

static const struct imap_body *get_body(struct reader *reader,
	const struct imap_body *parent)
{
	struct imap_body *body = arena_new_struct(reader->in.arena,
		struct imap_body);

	if (reader->depth > IMAP_BODY_DEPTH_MAX ||
		++reader->parts > IMAP_BODY_PARTS_MAX)
		reader->in.is_bad = true;
	body->parent = parent;
	body->section = octets_get_string(&reader->in);
	body->type = octets_get_string(&reader->in);
	body->subtype = octets_get_string(&reader->in);
	body->params = get_params(reader, &body->n_params);
	body->id = octets_get_string(&reader->in);
	body->description = octets_get_string(&reader->in);
	body->encoding = octets_get_string(&reader->in);
	body->size = octets_get_number(&reader->in);
	body->lines = octets_get_number(&reader->in);
	body->disposition = octets_get_string(&reader->in);
	body->disposition_params = get_params(reader,
		&body->n_disposition_params);
	body->language = octets_get_string(&reader->in);
	body->location = octets_get_string(&reader->in);
	body->md5 = octets_get_string(&reader->in);
	if (octets_get_number(&reader->in) != 0) {
		struct imap_envelope *envelope = arena_new_struct(
			reader->in.arena, struct imap_envelope);

		get_envelope(reader, envelope);
		body->envelope = envelope;
	}
	get_children(reader, body);
	return body;
}

bool record_read_message(const uint8_t *payload, size_t len,
	struct arena *arena, struct cache_message *message)
{
	struct reader reader = { .in = { .at = payload,
		.end = payload + len, .arena = arena } };
	struct imap_fetch *fetch = &message->fetch;
	uint64_t items = octets_get_number(&reader.in);

	if (items & ITEM_ENVELOPE)
		get_envelope(&reader, &fetch->envelope);
	if (items & ITEM_REFERENCES)
		fetch->references = octets_get_string(&reader.in);
	if (items & ITEM_BODY)
		fetch->body = get_body(&reader, NULL);
	fetch->has_envelope |= (items & ITEM_ENVELOPE) != 0;
	fetch->has_references |= (items & ITEM_REFERENCES) != 0;
	return octets_is_whole(&reader.in);
}

bool record_read_mailbox(const uint8_t *payload, size_t len,
	struct cache_mailbox *mailbox)
{
	struct octets in = { .at = payload, .end = payload + len };

	mailbox->delimiter = (char)octets_get_number(&in);
	mailbox->attributes = octets_get_number32(&in);
	mailbox->uid_validity = octets_get_number32(&in);
	mailbox->uid_next = octets_get_number32(&in);
	mailbox->messages = octets_get_number32(&in);
	mailbox->unseen = octets_get_number32(&in);
	mailbox->highest_mod_seq = octets_get_number(&in);
	mailbox->is_complete = octets_get_number(&in) != 0;
	return octets_is_whole(&in);
}
