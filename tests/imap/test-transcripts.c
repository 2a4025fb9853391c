/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plays tests/imap/<name>.txt: conversations between a session and a scripted
 * server, a test case each. tests/imap/README tells the language. Each is then
 * cut off behind every line; where CULVER_CUTS is "all", behind every octet,
 * or behind so many of all of them as CULVER_CUT_SAMPLE says, the same ones
 * every time.
 *
 *   test-transcripts [NAME.txt [--cut N | --cut-byte N]]
 *
 * plays one alone, or just one of its cases.
 */
#include "src/base/base.h"
#include "tests/imap/cut.h"
#include "tests/imap/play.h"
#include "tests/imap/player.h"

#include <stdlib.h>

static void test_transcript(const void *data)
{
	const struct script *script = data;
	struct play *play = play_new(script);

	for (guint i = 0; i < script->lines->len; i++)
		play_line(play, script, i);
	play_free(&play);
}

static bool is_cuttable(const struct script *script)
{
	if (script->no_cut != NULL)
		g_test_skip(script->no_cut);
	return script->no_cut == NULL;
}

static void run_all(struct cuts *cuts, enum cut_mode mode)
{
	for (guint i = 0; i < cuts_count(cuts, mode); i++)
		cuts_run(cuts, mode, i);
}

static void test_lines(const void *data)
{
	if (!is_cuttable(data))
		return;
	struct cuts *cuts = cuts_new(data);

	run_all(cuts, CUT_LINES);
	g_test_message("%u cases", cuts_count(cuts, CUT_LINES));
	cuts_free(&cuts);
}

static void test_bytes(const void *data)
{
	if (!is_cuttable(data))
		return;
	struct cuts *cuts = cuts_new(data);

	run_all(cuts, CUT_BYTES);
	g_test_message("%u cases", cuts_count(cuts, CUT_BYTES));
	cuts_free(&cuts);
}

/* --- a sample ------------------------------------------------------------- */

static guint n_sample;

/* Over all transcripts, each case has the same chance. */
static void test_sample(const void *data)
{
	const GPtrArray *scripts = data;
	GPtrArray *all = g_ptr_array_new();
	GRand *random = g_rand_new_with_seed(2177);
	guint n = 0;

	for (guint i = 0; i < scripts->len; i++) {
		const struct script *script = g_ptr_array_index(scripts, i);

		if (script->no_cut != NULL)
			continue;
		g_ptr_array_add(all, cuts_new(script));
		n += cuts_count(g_ptr_array_index(all, all->len - 1),
			CUT_BYTES);
	}
	for (guint i = 0; i < n_sample; i++) {
		guint pick = (guint)g_rand_int_range(random, 0, (gint)n);
		guint at = 0;

		while (pick >= cuts_count(all->pdata[at], CUT_BYTES))
			pick -= cuts_count(all->pdata[at++], CUT_BYTES);
		cuts_run(all->pdata[at], CUT_BYTES, pick);
	}
	g_test_message("%u cases of %u", n_sample, n);
	for (guint i = 0; i < all->len; i++) {
		struct cuts *cuts = all->pdata[i];

		cuts_free(&cuts);
	}
	g_ptr_array_unref(all);
	g_rand_free(random);
}

/* --- which ---------------------------------------------------------------- */

static void add_test(const char *kind, const struct script *script,
	void (*run)(const void *))
{
	char *name = g_strdup_printf("/%s/%s", kind, script->name);

	g_test_add_data_func(name, script, run);
	g_free(name);
}

static void add_tests(const GPtrArray *scripts)
{
	const char *sample = g_getenv("CULVER_CUT_SAMPLE");
	bool has_bytes = g_strcmp0(g_getenv("CULVER_CUTS"), "all") == 0;

	for (guint i = 0; i < scripts->len; i++) {
		add_test("imap", scripts->pdata[i], test_transcript);
		add_test("cut", scripts->pdata[i], test_lines);
		if (has_bytes)
			add_test("cut-byte", scripts->pdata[i], test_bytes);
	}
	if (sample == NULL)
		return;
	n_sample = (guint)strtoul(sample, NULL, 10);
	g_test_add_data_func("/cut-sample", scripts, test_sample);
}

static int compare_names(gconstpointer a, gconstpointer b)
{
	const struct script *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static GPtrArray *load_scripts(const char *only)
{
	GDir *dir = g_dir_open("tests/imap", 0, NULL);
	GPtrArray *scripts = g_ptr_array_new();
	const char *name;

	g_assert_nonnull(dir);
	while ((name = g_dir_read_name(dir)) != NULL) {
		if (!g_str_has_suffix(name, ".txt") ||
			(only != NULL && strcmp(only, name) != 0))
			continue;
		char *path = g_strdup_printf("tests/imap/%s", name);

		g_ptr_array_add(scripts, script_load(path));
		g_free(path);
	}
	g_dir_close(dir);
	g_ptr_array_sort(scripts, compare_names);
	return scripts;
}

/* "--cut N", "--cut-byte N": that case alone. */
static int run_one(const GPtrArray *scripts, const char *option,
	const char *number)
{
	enum cut_mode mode = strcmp(option, "--cut-byte") == 0 ? CUT_BYTES :
		CUT_LINES;
	struct cuts *cuts = cuts_new(g_ptr_array_index(scripts, 0));

	cuts_run(cuts, mode, (guint)strtoul(number, NULL, 10));
	cuts_free(&cuts);
	return 0;
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	GPtrArray *scripts = load_scripts(argc > 1 ? argv[1] : NULL);
	int status;

	if (argc > 3) {
		status = run_one(scripts, argv[2], argv[3]);
	} else {
		add_tests(scripts);
		status = g_test_run();
	}
	for (guint i = 0; i < scripts->len; i++) {
		struct script *script = scripts->pdata[i];

		script_free(&script);
	}
	g_ptr_array_unref(scripts);
	return status;
}
