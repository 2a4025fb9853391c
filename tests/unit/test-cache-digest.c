/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Digests as octets, there and back, and from octets that are none. */
#include "src/base/base.h"
#include "src/base/arena.h"
#include "src/cache/digest.h"

static const char *const keywords[] = { "$Forwarded", "work" };

static struct digest make_digest(void)
{
	struct digest digest = {
		.bits = DIGEST_HAS_FLAGS | DIGEST_HAS_ROW | DIGEST_IS_REPLY,
		.flags = { IMAP_FLAG_SEEN | IMAP_FLAG_RECENT, keywords, 2 },
		.internaldate = 1700000000, .internaldate_offset = -570,
		.date = 1699999000, .size = (uint64_t)1 << 40,
		.subject = INT32_MAX,
		.ids = { .id = UINT64_MAX, .n_references = 3,
			.references = { 1, 0, 0x0123456789abcdef } },
	};

	return digest;
}

static GByteArray *pack(const struct digest *digest)
{
	GByteArray *out = g_byte_array_new();

	digest_pack(digest, out);
	return out;
}

static void assert_same_row(const struct digest *a, const struct digest *b)
{
	g_assert_cmpint(a->internaldate, ==, b->internaldate);
	g_assert_cmpint(a->internaldate_offset, ==, b->internaldate_offset);
	g_assert_cmpint(a->date, ==, b->date);
	g_assert_cmpuint(a->size, ==, b->size);
	g_assert_cmpuint(a->subject, ==, b->subject);
	g_assert_cmpuint(a->ids.id, ==, b->ids.id);
	g_assert_cmpuint(a->ids.n_references, ==, b->ids.n_references);
	for (unsigned i = 0; i < a->ids.n_references; i++)
		g_assert_cmpuint(a->ids.references[i], ==,
			b->ids.references[i]);
}

static void test_round(void)
{
	struct digest digest = make_digest(), read;
	struct arena *arena = arena_new();
	GByteArray *octets = pack(&digest);

	g_assert_true(digest_unpack(octets->data, octets->len, arena, &read));
	g_assert_cmpuint(read.bits, ==, digest.bits);
	g_assert_cmpuint(read.flags.system, ==, IMAP_FLAG_SEEN);
	g_assert_cmpuint(read.flags.n_keywords, ==, 2);
	g_assert_cmpstr(read.flags.keywords[1], ==, "work");
	assert_same_row(&read, &digest);
	g_byte_array_unref(octets);
	arena_free(&arena);
}

/* Dates at both ends of time differ by more than a number holds. */
static void test_dates(void)
{
	struct digest digest = make_digest(), read;
	struct arena *arena = arena_new();
	GByteArray *octets;

	digest.internaldate = INT64_MIN;
	digest.date = INT64_MAX;
	octets = pack(&digest);
	g_assert_true(digest_unpack(octets->data, octets->len, arena, &read));
	assert_same_row(&read, &digest);
	g_byte_array_unref(octets);
	arena_free(&arena);
}

static void test_flags_alone(void)
{
	struct digest digest = make_digest(), read;
	struct arena *arena = arena_new();
	GByteArray *octets;

	digest.bits = DIGEST_HAS_FLAGS;
	digest.flags.n_keywords = 0;
	octets = pack(&digest);
	g_assert_cmpuint(octets->len, ==, 3);
	g_assert_true(digest_unpack(octets->data, octets->len, arena, &read));
	g_assert_cmpuint(read.flags.system, ==, IMAP_FLAG_SEEN);
	g_assert_cmpint(read.internaldate, ==, 0);
	g_byte_array_unref(octets);
	arena_free(&arena);
}

static void test_cut(void)
{
	struct digest digest = make_digest(), read;
	struct arena *arena = arena_new();
	GByteArray *octets = pack(&digest);

	for (guint len = 0; len < octets->len; len++)
		g_assert_false(digest_unpack(octets->data, len, arena, &read));
	g_byte_array_append(octets, (const guint8 *)"", 1);
	g_assert_false(digest_unpack(octets->data, octets->len, arena, &read));
	g_byte_array_unref(octets);
	arena_free(&arena);
}

/* Any octet another one: it is refused, or it is within the bounds. */
static void test_flipped(void)
{
	struct digest digest = make_digest(), read;
	struct arena *arena = arena_new();
	GByteArray *octets = pack(&digest);

	for (guint i = 0; i < octets->len * 256; i++) {
		guint8 *octet = &octets->data[i / 256], was = *octet;

		*octet = (guint8)i;
		if (digest_unpack(octets->data, octets->len, arena, &read)) {
			g_assert_cmpuint(read.ids.n_references, <=,
				DIGEST_REFERENCES_MAX);
			g_assert_cmpuint(read.subject, <=, INT32_MAX);
		}
		*octet = was;
	}
	g_byte_array_unref(octets);
	arena_free(&arena);
}

static void assert_refused(const char *octets, size_t len)
{
	struct arena *arena = arena_new();
	struct digest read;

	g_assert_false(digest_unpack((const uint8_t *)octets, len, arena,
		&read));
	g_assert_cmpuint(arena_size(arena), <, 1 << 20);
	arena_free(&arena);
}

static void test_hostile(void)
{
	/* More keywords than there are octets; a keyword that is NULL. */
	static const char many[] = "\x01\x01\xff\xff\xff\xff\x0f",
		none[] = "\x01\x01\x01\x00";
	/* 33 references; an offset of a million minutes. */
	static const char references[] = "\x02\x00\x00\x00\x01\x01\x21",
		offset[] = "\x02\x00\x80\x89\x7a\x00\x01\x01\x00" "12345678";

	assert_refused(many, sizeof(many) - 1);
	assert_refused(none, sizeof(none) - 1);
	assert_refused(references, sizeof(references) - 1);
	assert_refused(offset, sizeof(offset) - 1);
	assert_refused("", 0);
}

static void test_hash(void)
{
	g_assert_cmpuint(digest_hash("a@b", 3), ==, digest_hash("a@bc", 3));
	g_assert_cmpuint(digest_hash("a@b", 3), !=, digest_hash("a@c", 3));
	g_assert_cmpuint(digest_hash("", 0), !=, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cache/digest/round", test_round);
	g_test_add_func("/cache/digest/dates", test_dates);
	g_test_add_func("/cache/digest/flags-alone", test_flags_alone);
	g_test_add_func("/cache/digest/cut", test_cut);
	g_test_add_func("/cache/digest/flipped", test_flipped);
	g_test_add_func("/cache/digest/hostile", test_hostile);
	g_test_add_func("/cache/digest/hash", test_hash);
	return g_test_run();
}
