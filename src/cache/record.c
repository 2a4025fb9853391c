/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/cache/record.h"

#include "src/base/arena.h"
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

static void put_number(GByteArray *out, uint64_t n)
{
	guint8 octets[10];
	guint len = 0;

	do {
		octets[len] = (guint8)(n & 0x7f) | (n > 0x7f ? 0x80 : 0);
		n >>= 7;
		len++;
	} while (n > 0);
	g_byte_array_append(out, octets, len);
}

static void put_signed(GByteArray *out, int64_t n)
{
	put_number(out, (uint64_t)n << 1 ^ (n < 0 ? UINT64_MAX : 0));
}

/* 0 is NULL, else one more than the length. */
static void put_string(GByteArray *out, const char *str)
{
	size_t len = str != NULL ? strlen(str) : 0;

	put_number(out, str != NULL ? len + 1 : 0);
	g_byte_array_append(out, (const guint8 *)str, (guint)len);
}

static void put_addresses(GByteArray *out, const struct imap_addresses *list)
{
	put_number(out, list->n);
	for (size_t i = 0; i < list->n; i++) {
		put_string(out, list->items[i].name);
		put_string(out, list->items[i].mailbox);
		put_string(out, list->items[i].host);
	}
}

static void put_envelope(GByteArray *out, const struct imap_envelope *envelope)
{
	put_string(out, envelope->date);
	put_string(out, envelope->subject);
	put_addresses(out, &envelope->from);
	put_addresses(out, &envelope->sender);
	put_addresses(out, &envelope->reply_to);
	put_addresses(out, &envelope->to);
	put_addresses(out, &envelope->cc);
	put_addresses(out, &envelope->bcc);
	put_string(out, envelope->in_reply_to);
	put_string(out, envelope->message_id);
}

static void put_params(GByteArray *out, const struct imap_param *params,
	size_t n)
{
	put_number(out, n);
	for (size_t i = 0; i < n; i++) {
		put_string(out, params[i].name);
		put_string(out, params[i].value);
	}
}

static void put_body(GByteArray *out, const struct imap_body *body)
{
	put_string(out, body->section);
	put_string(out, body->type);
	put_string(out, body->subtype);
	put_params(out, body->params, body->n_params);
	put_string(out, body->id);
	put_string(out, body->description);
	put_string(out, body->encoding);
	put_number(out, body->size);
	put_number(out, body->lines);
	put_string(out, body->disposition);
	put_params(out, body->disposition_params, body->n_disposition_params);
	put_string(out, body->language);
	put_string(out, body->location);
	put_string(out, body->md5);
	put_number(out, body->envelope != NULL);
	if (body->envelope != NULL)
		put_envelope(out, body->envelope);
	put_number(out, body->n_children);
	for (size_t i = 0; i < body->n_children; i++)
		put_body(out, body->children[i]);
}

enum item {
	ITEM_FLAGS = 1 << 0,
	ITEM_INTERNALDATE = 1 << 1,
	ITEM_SIZE = 1 << 2,
	ITEM_MOD_SEQ = 1 << 3,
	ITEM_ENVELOPE = 1 << 4,
	ITEM_REFERENCES = 1 << 5,
	ITEM_BODY = 1 << 6,
};

static unsigned items_of(const struct imap_fetch *fetch)
{
	return (fetch->has_flags ? ITEM_FLAGS : 0) |
		(fetch->has_internaldate ? ITEM_INTERNALDATE : 0) |
		(fetch->has_size ? ITEM_SIZE : 0) |
		(fetch->mod_seq != 0 ? ITEM_MOD_SEQ : 0) |
		(fetch->has_envelope ? ITEM_ENVELOPE : 0) |
		(fetch->has_references ? ITEM_REFERENCES : 0) |
		(fetch->body != NULL ? ITEM_BODY : 0);
}

void record_write_message(GByteArray *out, const struct imap_fetch *fetch)
{
	unsigned items = items_of(fetch);

	put_number(out, items);
	if (items & ITEM_FLAGS) {
		put_number(out, fetch->flags.system &
			~(unsigned)IMAP_FLAG_RECENT);
		put_number(out, fetch->flags.n_keywords);
		for (size_t i = 0; i < fetch->flags.n_keywords; i++)
			put_string(out, fetch->flags.keywords[i]);
	}
	if (items & ITEM_INTERNALDATE) {
		put_signed(out, fetch->internaldate);
		put_signed(out, fetch->internaldate_offset);
	}
	if (items & ITEM_SIZE)
		put_number(out, fetch->size);
	if (items & ITEM_MOD_SEQ)
		put_number(out, fetch->mod_seq);
	if (items & ITEM_ENVELOPE)
		put_envelope(out, &fetch->envelope);
	if (items & ITEM_REFERENCES)
		put_string(out, fetch->references);
	if (items & ITEM_BODY)
		put_body(out, fetch->body);
}

void record_write_mailbox(GByteArray *out, const struct cache_mailbox *mailbox)
{
	put_number(out, (unsigned char)mailbox->delimiter);
	put_number(out, mailbox->attributes);
	put_number(out, mailbox->uid_validity);
	put_number(out, mailbox->uid_next);
	put_number(out, mailbox->messages);
	put_number(out, mailbox->unseen);
	put_number(out, mailbox->highest_mod_seq);
	put_number(out, mailbox->is_complete);
}

/* --- reading --------------------------------------------------------------- */

struct reader {
	const uint8_t *at, *end;
	struct arena *arena;
	bool is_bad;
	unsigned depth, parts; /* of the body */
};

static uint64_t get_number(struct reader *reader)
{
	uint64_t n = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t octet;

		if (reader->is_bad || reader->at == reader->end)
			break;
		octet = *reader->at++;
		n |= (uint64_t)(octet & 0x7f) << shift;
		if (!(octet & 0x80))
			return n;
	}
	reader->is_bad = true;
	return 0;
}

static uint32_t get_number32(struct reader *reader)
{
	uint64_t n = get_number(reader);

	if (n > UINT32_MAX)
		reader->is_bad = true;
	return (uint32_t)n;
}

static int64_t get_signed(struct reader *reader)
{
	uint64_t n = get_number(reader);

	return (int64_t)(n >> 1 ^ (n & 1 ? UINT64_MAX : 0));
}

static const char *get_string(struct reader *reader)
{
	uint64_t n = get_number(reader);
	const char *str;

	if (n == 0)
		return NULL;
	if (n - 1 > (uint64_t)(reader->end - reader->at)) {
		reader->is_bad = true;
		return NULL;
	}
	str = arena_strndup(reader->arena, (const char *)reader->at, n - 1);
	reader->at += n - 1;
	return str;
}

/* How many things follow, each of at least min octets. */
static size_t get_count(struct reader *reader, size_t min)
{
	uint64_t n = get_number(reader);

	if (n <= (uint64_t)(reader->end - reader->at) / min)
		return (size_t)n;
	reader->is_bad = true;
	return 0;
}

static void get_addresses(struct reader *reader, struct imap_addresses *list)
{
	size_t n = get_count(reader, 3);
	struct imap_address *items = arena_new_array(reader->arena,
		struct imap_address, n);

	for (size_t i = 0; i < n; i++) {
		items[i].name = get_string(reader);
		items[i].mailbox = get_string(reader);
		items[i].host = get_string(reader);
	}
	*list = (struct imap_addresses){ items, n };
}

static void get_envelope(struct reader *reader, struct imap_envelope *envelope)
{
	envelope->date = get_string(reader);
	envelope->subject = get_string(reader);
	get_addresses(reader, &envelope->from);
	get_addresses(reader, &envelope->sender);
	get_addresses(reader, &envelope->reply_to);
	get_addresses(reader, &envelope->to);
	get_addresses(reader, &envelope->cc);
	get_addresses(reader, &envelope->bcc);
	envelope->in_reply_to = get_string(reader);
	envelope->message_id = get_string(reader);
}

static const struct imap_param *get_params(struct reader *reader, size_t *n_out)
{
	size_t n = get_count(reader, 2);
	struct imap_param *params = arena_new_array(reader->arena,
		struct imap_param, n);

	for (size_t i = 0; i < n; i++) {
		params[i].name = get_string(reader);
		params[i].value = get_string(reader);
	}
	*n_out = n;
	return params;
}

static const struct imap_body *get_body(struct reader *reader,
	const struct imap_body *parent);

static void get_children(struct reader *reader, struct imap_body *body)
{
	/* Fifteen fields, each of at least one octet. */
	size_t n = get_count(reader, 15);
	const struct imap_body **children = arena_new_array(reader->arena,
		const struct imap_body *, n);

	reader->depth++;
	for (size_t i = 0; i < n && !reader->is_bad; i++)
		children[i] = get_body(reader, body);
	reader->depth--;
	body->children = children;
	body->n_children = n;
}

static const struct imap_body *get_body(struct reader *reader,
	const struct imap_body *parent)
{
	struct imap_body *body = arena_new_struct(reader->arena,
		struct imap_body);

	if (reader->depth > IMAP_BODY_DEPTH_MAX ||
		++reader->parts > IMAP_BODY_PARTS_MAX)
		reader->is_bad = true;
	body->parent = parent;
	body->section = get_string(reader);
	body->type = get_string(reader);
	body->subtype = get_string(reader);
	body->params = get_params(reader, &body->n_params);
	body->id = get_string(reader);
	body->description = get_string(reader);
	body->encoding = get_string(reader);
	body->size = get_number(reader);
	body->lines = get_number(reader);
	body->disposition = get_string(reader);
	body->disposition_params = get_params(reader,
		&body->n_disposition_params);
	body->language = get_string(reader);
	body->location = get_string(reader);
	body->md5 = get_string(reader);
	if (get_number(reader) != 0) {
		struct imap_envelope *envelope = arena_new_struct(
			reader->arena, struct imap_envelope);

		get_envelope(reader, envelope);
		body->envelope = envelope;
	}
	get_children(reader, body);
	return body;
}

static void get_flags(struct reader *reader, struct imap_flags *flags)
{
	const char **keywords;
	size_t n;

	flags->system = get_number32(reader);
	n = get_count(reader, 1);
	keywords = arena_new_array(reader->arena, const char *, n);
	for (size_t i = 0; i < n; i++) {
		keywords[i] = get_string(reader);
		if (keywords[i] == NULL)
			reader->is_bad = true;
	}
	flags->keywords = keywords;
	flags->n_keywords = n;
}

bool record_read_message(const uint8_t *payload, size_t len,
	struct arena *arena, struct cache_message *message)
{
	struct reader reader = { .at = payload, .end = payload + len,
		.arena = arena };
	struct imap_fetch *fetch = &message->fetch;
	uint64_t items = get_number(&reader);

	if (items & ITEM_FLAGS)
		get_flags(&reader, &fetch->flags);
	if (items & ITEM_INTERNALDATE) {
		fetch->internaldate = get_signed(&reader);
		fetch->internaldate_offset = (int)get_signed(&reader);
	}
	if (items & ITEM_SIZE)
		fetch->size = get_number(&reader);
	if (items & ITEM_MOD_SEQ)
		fetch->mod_seq = get_number(&reader);
	if (items & ITEM_ENVELOPE)
		get_envelope(&reader, &fetch->envelope);
	if (items & ITEM_REFERENCES)
		fetch->references = get_string(&reader);
	if (items & ITEM_BODY)
		fetch->body = get_body(&reader, NULL);
	fetch->has_flags |= (items & ITEM_FLAGS) != 0;
	fetch->has_internaldate |= (items & ITEM_INTERNALDATE) != 0;
	fetch->has_size |= (items & ITEM_SIZE) != 0;
	fetch->has_envelope |= (items & ITEM_ENVELOPE) != 0;
	fetch->has_references |= (items & ITEM_REFERENCES) != 0;
	message->mod_seq = fetch->mod_seq;
	return !reader.is_bad && reader.at == reader.end;
}

bool record_read_mailbox(const uint8_t *payload, size_t len,
	struct cache_mailbox *mailbox)
{
	struct reader reader = { .at = payload, .end = payload + len };

	mailbox->delimiter = (char)get_number(&reader);
	mailbox->attributes = get_number32(&reader);
	mailbox->uid_validity = get_number32(&reader);
	mailbox->uid_next = get_number32(&reader);
	mailbox->messages = get_number32(&reader);
	mailbox->unseen = get_number32(&reader);
	mailbox->highest_mod_seq = get_number(&reader);
	mailbox->is_complete = get_number(&reader) != 0;
	return !reader.is_bad && reader.at == reader.end;
}
