/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A digest is its bits and what they name: the flags, then the row with its
 * date as the difference to the internal one, and Message-IDs as words.
 */
#include "src/base/base.h"
#include "src/cache/digest.h"

#include "src/base/arena.h"
#include "src/cache/octets.h"

enum { KEYWORDS_MAX = 1000, SUBJECT_MAX = INT32_MAX };

uint64_t digest_hash(const char *text, size_t len)
{
	GChecksum *checksum = g_checksum_new(G_CHECKSUM_SHA256);
	guint8 octets[32];
	gsize size = sizeof(octets);
	uint64_t word;

	g_checksum_update(checksum, (const guchar *)text, (gssize)len);
	g_checksum_get_digest(checksum, octets, &size);
	g_checksum_free(checksum);
	memcpy(&word, octets, sizeof(word));
	return MAX(GUINT64_FROM_LE(word), 1);
}

/* --- as octets ------------------------------------------------------------- */

static void put_flags(GByteArray *out, const struct imap_flags *flags)
{
	size_t n = MIN(flags->n_keywords, (size_t)KEYWORDS_MAX);

	octets_put_number(out, flags->system & ~(unsigned)IMAP_FLAG_RECENT);
	octets_put_number(out, n);
	for (size_t i = 0; i < n; i++)
		octets_put_string(out, flags->keywords[i]);
}

static void put_ids(GByteArray *out, const struct digest_ids *ids)
{
	octets_put_number(out, ids->n_references);
	octets_put_word(out, ids->id);
	for (unsigned i = 0; i < ids->n_references; i++)
		octets_put_word(out, ids->references[i]);
}

void digest_pack(const struct digest *digest, GByteArray *out)
{
	octets_put_number(out, digest->bits);
	if (digest->bits & DIGEST_HAS_FLAGS)
		put_flags(out, &digest->flags);
	if ((digest->bits & DIGEST_HAS_ROW) == 0)
		return;
	octets_put_signed(out, digest->internaldate);
	octets_put_signed(out, digest->internaldate_offset);
	octets_put_signed(out, (int64_t)((uint64_t)digest->date -
		(uint64_t)digest->internaldate));
	octets_put_number(out, digest->size);
	octets_put_number(out, digest->subject);
	put_ids(out, &digest->ids);
}

static void get_flags(struct octets *in, struct imap_flags *flags)
{
	const char **keywords;
	size_t n;

	flags->system = octets_get_number32(in);
	n = octets_get_count(in, 1);
	if (n == 0)
		return;
	if (n > KEYWORDS_MAX) {
		in->is_bad = true;
		return;
	}
	keywords = arena_new_array(in->arena, const char *, n);
	for (size_t i = 0; i < n; i++) {
		keywords[i] = octets_get_string(in);
		if (keywords[i] == NULL)
			in->is_bad = true;
	}
	flags->keywords = keywords;
	flags->n_keywords = n;
}

static void get_ids(struct octets *in, struct digest_ids *ids)
{
	uint64_t n = octets_get_number(in);

	if (n > DIGEST_REFERENCES_MAX) {
		in->is_bad = true;
		return;
	}
	ids->n_references = (uint16_t)n;
	ids->id = octets_get_word(in);
	for (uint64_t i = 0; i < n; i++)
		ids->references[i] = octets_get_word(in);
}

static void get_row(struct octets *in, struct digest *digest)
{
	int64_t offset;

	digest->internaldate = octets_get_signed(in);
	offset = octets_get_signed(in);
	digest->date = (int64_t)((uint64_t)digest->internaldate +
		(uint64_t)octets_get_signed(in));
	digest->size = octets_get_number(in);
	digest->subject = octets_get_number32(in);
	if (offset < INT16_MIN || offset > INT16_MAX ||
		digest->subject > SUBJECT_MAX)
		in->is_bad = true;
	digest->internaldate_offset = (int16_t)offset;
	get_ids(in, &digest->ids);
}

bool digest_unpack(const uint8_t *octets, size_t len, struct arena *arena,
	struct digest *digest_out)
{
	struct octets in = { .at = octets, .end = octets + len,
		.arena = arena };
	uint64_t bits = octets_get_number(&in);

	*digest_out = (struct digest){ .bits = (uint8_t)bits };
	if (bits > UINT8_MAX)
		return false;
	if (bits & DIGEST_HAS_FLAGS)
		get_flags(&in, &digest_out->flags);
	if (bits & DIGEST_HAS_ROW)
		get_row(&in, digest_out);
	return octets_is_whole(&in);
}
