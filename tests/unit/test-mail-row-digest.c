/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a FETCH tells, in numbers. */
#include "src/base/base.h"
#include "src/cache/digest.h"
#include "src/imap/bodystructure.h"
#include "src/imap/fetch.h"
#include "src/mail/row-digest.h"

static struct imap_fetch make_fetch(void)
{
	return (struct imap_fetch){ .uid = 9, .has_flags = true,
		.has_internaldate = true, .has_size = true,
		.has_envelope = true, .has_references = true,
		.flags = { .system = IMAP_FLAG_SEEN },
		.internaldate = 1000, .internaldate_offset = 60, .size = 77,
		.references = "",
		.envelope = { .date = "Thu, 1 Jan 1970 01:00:05 +0100",
			.subject = "hello", .message_id = "<a@b>" } };
}

static uint64_t hash(const char *text)
{
	return digest_hash(text, strlen(text));
}

static void test_row(void)
{
	struct imap_fetch fetch = make_fetch();
	struct digest digest;

	row_digest(&fetch, &digest);
	g_assert_cmpuint(digest.uid, ==, 9);
	g_assert_cmpuint(digest.bits, ==, DIGEST_HAS_FLAGS | DIGEST_HAS_ROW);
	g_assert_cmpint(digest.date, ==, 5);
	g_assert_cmpint(digest.internaldate, ==, 1000);
	g_assert_cmpint(digest.internaldate_offset, ==, 60);
	g_assert_cmpuint(digest.size, ==, 77);
	g_assert_cmpuint(digest.ids.id, ==, hash("a@b"));
	g_assert_cmpuint(digest.ids.n_references, ==, 0);
	fetch.envelope.date = "some day";
	row_digest(&fetch, &digest);
	g_assert_cmpint(digest.date, ==, 1000);
}

/* Without all of a row there is none. */
static void test_partial(void)
{
	struct imap_fetch fetch = make_fetch();
	struct digest digest;

	fetch.has_size = false;
	row_digest(&fetch, &digest);
	g_assert_cmpuint(digest.bits, ==, DIGEST_HAS_FLAGS);
	fetch.has_flags = false;
	row_digest(&fetch, &digest);
	g_assert_cmpuint(digest.bits, ==, 0);
}

static uint32_t subject_of(const char *text, bool is_reply)
{
	struct imap_fetch fetch = make_fetch();
	struct digest digest;

	fetch.envelope.subject = text;
	row_digest(&fetch, &digest);
	g_assert_cmpint((digest.bits & DIGEST_IS_REPLY) != 0, ==, is_reply);
	g_assert_cmpuint(digest.subject, <=, INT32_MAX);
	return digest.subject;
}

static void test_subject(void)
{
	uint32_t plain = subject_of("Hello  W\xc3\xb6rld", false);

	g_assert_cmpuint(plain, !=, 0);
	g_assert_cmpuint(subject_of("Re: hello w\xc3\x96rld", true), ==, plain);
	g_assert_cmpuint(subject_of("AW: Re[2]: Hello W\xc3\xb6rld", true), ==,
		plain);
	g_assert_cmpuint(subject_of("=?utf-8?q?Hello_W=C3=B6rld?=", false), ==,
		plain);
	g_assert_cmpuint(subject_of("Hello World", false), !=, plain);
	g_assert_cmpuint(subject_of(NULL, false), ==, 0);
	g_assert_cmpuint(subject_of("", false), ==, 0);
	g_assert_cmpuint(subject_of("  hello", false), ==,
		subject_of("hello", false));
}

static void test_ids(void)
{
	struct imap_fetch fetch = make_fetch();
	struct digest digest;

	fetch.references = "<1@x> <2@x>\r\n\t<3@x>";
	fetch.envelope.in_reply_to = "<9@x>";
	row_digest(&fetch, &digest);
	g_assert_cmpuint(digest.ids.n_references, ==, 3);
	g_assert_cmpuint(digest.ids.references[0], ==, hash("1@x"));
	g_assert_cmpuint(digest.ids.references[2], ==, hash("3@x"));
	fetch.references = " ";
	row_digest(&fetch, &digest);
	g_assert_cmpuint(digest.ids.n_references, ==, 1);
	g_assert_cmpuint(digest.ids.references[0], ==, hash("9@x"));
	fetch.envelope.in_reply_to = "your mail of yesterday";
	fetch.envelope.message_id = NULL;
	row_digest(&fetch, &digest);
	g_assert_cmpuint(digest.ids.n_references, ==, 0);
	g_assert_cmpuint(digest.ids.id, ==, 0);
}

/* The root and the last ones are kept, the first of all and the parent. */
static void test_many_references(void)
{
	GString *references = g_string_new(NULL);
	struct imap_fetch fetch = make_fetch();
	struct digest digest;

	for (int i = 0; i < 10000; i++)
		g_string_append_printf(references, "<%d@x> ", i);
	fetch.references = references->str;
	row_digest(&fetch, &digest);
	g_assert_cmpuint(digest.ids.n_references, ==, DIGEST_REFERENCES_MAX);
	g_assert_cmpuint(digest.ids.references[0], ==, hash("0@x"));
	g_assert_cmpuint(digest.ids.references[DIGEST_REFERENCES_MAX - 1], ==,
		hash("9999@x"));
	g_assert_cmpuint(digest.ids.references[DIGEST_REFERENCES_MAX - 2], ==,
		hash("9998@x"));
	g_string_free(references, TRUE);
}

/* What is behind a thousand octets does not matter, nor cost. */
static void test_long_fields(void)
{
	char *long_text = g_strnfill(1 << 20, 'x');
	struct imap_fetch fetch = make_fetch();
	struct digest digest, shorter;

	fetch.envelope.subject = fetch.envelope.date =
		fetch.envelope.message_id = fetch.envelope.in_reply_to =
		fetch.references = long_text;
	row_digest(&fetch, &digest);
	long_text[5000] = '\0';
	row_digest(&fetch, &shorter);
	g_assert_cmpuint(digest.subject, ==, shorter.subject);
	g_assert_cmpint(digest.date, ==, 1000);
	g_assert_cmpuint(digest.ids.n_references, ==, 0);
	g_free(long_text);
}

static void test_structure(void)
{
	struct imap_body text = { .section = "1", .type = "text",
		.subtype = "plain" };
	struct imap_body file = { .section = "2", .type = "application",
		.subtype = "pdf", .disposition = "attachment" };
	const struct imap_body *children[] = { &text, &file };
	struct imap_body root = { .section = "", .type = "multipart",
		.subtype = "mixed", .children = children, .n_children = 2 };
	struct imap_fetch fetch = { .uid = 9, .body = &root };
	struct digest digest;

	text.parent = file.parent = &root;
	row_digest(&fetch, &digest);
	g_assert_cmpuint(digest.bits, ==, DIGEST_HAS_STRUCTURE |
		DIGEST_HAS_ATTACHMENT);
	root.n_children = 1;
	row_digest(&fetch, &digest);
	g_assert_cmpuint(digest.bits, ==, DIGEST_HAS_STRUCTURE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mail/row-digest/row", test_row);
	g_test_add_func("/mail/row-digest/partial", test_partial);
	g_test_add_func("/mail/row-digest/subject", test_subject);
	g_test_add_func("/mail/row-digest/ids", test_ids);
	g_test_add_func("/mail/row-digest/many-references",
		test_many_references);
	g_test_add_func("/mail/row-digest/long-fields", test_long_fields);
	g_test_add_func("/mail/row-digest/structure", test_structure);
	return g_test_run();
}
