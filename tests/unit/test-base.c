/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/base/arena.h"
#include "src/base/log.h"
#include "src/base/worker.h"

#include <glib/gstdio.h>

static void test_arena(void)
{
	struct arena *arena = arena_new();
	char *a = arena_strndup(arena, "abc", 2);
	char *big = arena_alloc(arena, 100000);
	char *b = arena_strdup(arena, "def");

	memset(big, 'x', 100000);
	g_assert_cmpstr(a, ==, "ab");
	g_assert_cmpstr(b, ==, "def");
	g_assert_null(arena_strdup(arena, NULL));
	g_assert_cmpuint(arena_size(arena), >=, 100000);
	arena_clear(arena);
	g_assert_cmpuint(arena_size(arena), <, 10000);
	g_assert_cmpuint((uintptr_t)arena_alloc(arena, 1) % sizeof(void *), ==, 0);
	arena_free(&arena);
	g_assert_null(arena);
	arena_free(&arena);
}

struct job {
	GString *log;
	GMainLoop *loop;
	GThread *main_thread;
	int n;
};

static void run(void *data)
{
	struct job *job = data;

	g_assert_true(g_thread_self() != job->main_thread);
	job->n *= 2;
}

static void done(void *data)
{
	struct job *job = data;

	g_assert_true(g_thread_self() == job->main_thread);
	g_string_append_printf(job->log, "%d ", job->n);
	if (job->loop != NULL)
		g_main_loop_quit(job->loop);
}

static void test_worker(void)
{
	GString *log = g_string_new(NULL);
	GMainLoop *loop = g_main_loop_new(NULL, FALSE);
	struct worker *worker = worker_new("test");
	struct job jobs[4];

	for (int i = 0; i < 4; i++) {
		jobs[i] = (struct job){ log, i == 3 ? loop : NULL,
			g_thread_self(), i };
		worker_push(worker, run, done, &jobs[i]);
	}
	g_assert_cmpstr(log->str, ==, ""); /* never before it returns */
	g_main_loop_run(loop);
	g_assert_cmpstr(log->str, ==, "0 2 4 6 ");
	for (int i = 0; i < 3; i++)
		worker_push(worker, run, done, &jobs[i]);
	worker_flush(worker);
	g_assert_cmpstr(log->str, ==, "0 2 4 6 0 4 8 ");
	worker_free(&worker);
	g_main_loop_unref(loop);
	g_string_free(log, TRUE);
}

/* Nothing in a trace acts on the terminal that it is looked at with. */
static void test_trace_file(void)
{
	char *folder = g_dir_make_tmp("culver-log.XXXXXX", NULL);
	char *path = g_build_filename(folder, "trace", NULL), *text;

	g_assert_false(log_is_tracing());
	g_assert_true(log_open_trace(path, NULL));
	g_assert_true(log_is_tracing());
	log_trace("a#1", LOG_IN, "* OK \033[2Jx\ty\177\r\n", 15);
	log_note("a#1", "%s", "done");
	log_close_trace();
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_nonnull(strstr(text, " a#1 S: * OK \\x1b[2Jx\ty\\x7f\n"));
	g_assert_nonnull(strstr(text, " a#1 #: done\n"));
	g_free(text);
	g_unlink(path);
	g_rmdir(folder);
	g_free(path);
	g_free(folder);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/base/arena", test_arena);
	g_test_add_func("/base/worker", test_worker);
	g_test_add_func("/base/trace-file", test_trace_file);
	return g_test_run();
}
