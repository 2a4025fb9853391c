/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/imap/bodystructure.h"
#include "src/mime/cut.h"

static const struct imap_param outer_params[] = { { "boundary", "b" } };
static const struct imap_param inner_params[] = { { "boundary", "bb" } };

static const char message[] =
	"Subject: x\r\n\r\n"
	"--b\r\n\r\none\r\n"
	"--b\r\nContent-Type: multipart/mixed\r\n\r\n"
	"--bb\r\nX: 1\r\n\r\ntwo\r\n--bbb\r\n"
	"--bb \r\n\r\nthree\r\n--bb--\r\n"
	"--b--\r\n";

struct tree {
	struct imap_body root, one, multi, two, three;
	const struct imap_body *outer[2], *inner[2];
};

static void tree_init(struct tree *tree)
{
	struct imap_body leaf = { .type = "text", .subtype = "plain" };
	struct imap_body multi = { .type = "multipart", .subtype = "mixed",
		.n_params = 1, .n_children = 2 };

	tree->one = tree->two = tree->three = leaf;
	tree->root = tree->multi = multi;
	tree->root.params = outer_params;
	tree->multi.params = inner_params;
	tree->outer[0] = &tree->one;
	tree->outer[1] = &tree->multi;
	tree->inner[0] = &tree->two;
	tree->inner[1] = &tree->three;
	tree->root.children = tree->outer;
	tree->multi.children = tree->inner;
	tree->one.parent = tree->multi.parent = &tree->root;
	tree->two.parent = tree->three.parent = &tree->multi;
	tree->one.size = strlen("one");
	tree->two.size = strlen("two\r\n--bbb");
	tree->three.size = strlen("three");
}

static void check_cut(const struct imap_body *body, const char *expected)
{
	size_t from, to;

	g_assert_true(mime_cut_find(message, strlen(message), body, &from,
		&to));
	g_assert_cmpmem(message + from, to - from, expected, strlen(expected));
}

static void test_find(void)
{
	struct tree tree;

	tree_init(&tree);
	check_cut(&tree.one, "\r\none");
	check_cut(&tree.two, "X: 1\r\n\r\ntwo\r\n--bbb");
	check_cut(&tree.three, "\r\nthree");
}

static void note_body(const struct imap_body *body, size_t from, size_t to,
	void *data)
{
	(void)body;
	g_string_append_len(data, message + from, (gssize)(to - from));
	g_string_append_c(data, '|');
}

static void check_bodies(const struct tree *tree, size_t len,
	const char *expected)
{
	GString *bodies = g_string_new(NULL);

	mime_cut_each_body(message, len, &tree->root, note_body, bodies);
	g_assert_cmpstr(bodies->str, ==, expected);
	g_string_free(bodies, TRUE);
}

static void test_each_body(void)
{
	struct tree tree;

	tree_init(&tree);
	check_bodies(&tree, strlen(message), "one|two\r\n--bbb|three|");
	check_bodies(&tree, 40, "one|");
	tree.two.size++;
	check_bodies(&tree, strlen(message), "one|three|");
	tree.multi.n_params = 0;
	check_bodies(&tree, strlen(message), "one|");
	tree.root.n_params = 0;
	check_bodies(&tree, strlen(message), "");
}

static void test_other_octets(void)
{
	struct tree tree;
	size_t from, to;

	tree_init(&tree);
	for (size_t len = 0; len < strlen(message) - strlen("b--\r\n"); len++)
		if (mime_cut_find(message, len, &tree.three, &from, &to))
			g_assert_cmpuint(to, <=, len);
	g_assert_false(mime_cut_find(message, 40, &tree.three, &from, &to));
	tree.three.size++;
	g_assert_false(mime_cut_find(message, strlen(message), &tree.three,
		&from, &to));
}

static void test_refusal(void)
{
	struct tree tree;

	tree_init(&tree);
	g_assert_null(mime_cut_refusal(&tree.two));
	g_assert_nonnull(mime_cut_refusal(&tree.root));
	g_assert_nonnull(mime_cut_refusal(&tree.multi));
	tree.multi.n_children = 1;
	g_assert_nonnull(mime_cut_refusal(&tree.two));
	tree.multi.n_children = 2;
	tree.root.n_params = 0;
	g_assert_nonnull(mime_cut_refusal(&tree.two));
	tree.root.n_params = 1;
	tree.root.subtype = "signed";
	g_assert_nonnull(mime_cut_refusal(&tree.two));
}

static void test_note(void)
{
	static const struct imap_param name[] = { { "name", "plan.pdf" } };
	struct imap_body body = { .type = "application", .subtype = "p\r\nf",
		.params = name, .n_params = 1, .size = 4096 };
	char *note = mime_cut_note(&body, 0);

	g_assert_nonnull(strstr(note, "\r\n\r\nA part"));
	g_assert_nonnull(strstr(note, "Name: plan.pdf\r\n"
		"Type: application/p??f\r\nSize: 4K\r\n"
		"Removed: 1970-01-01 00:00 UTC"));
	g_free(note);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mime/cut/find", test_find);
	g_test_add_func("/mime/cut/each-body", test_each_body);
	g_test_add_func("/mime/cut/other-octets", test_other_octets);
	g_test_add_func("/mime/cut/refusal", test_refusal);
	g_test_add_func("/mime/cut/note", test_note);
	return g_test_run();
}
