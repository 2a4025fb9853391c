/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parsing and running lists with commands that end later. */
#include "src/base/base.h"

#include "src/base/error.h"
#include "src/rc/command.h"
#include "src/rc/option.h"

static GString *trace;
static struct command_run *waiting; /* of the "wait" under way */
static struct command_list *recursive;
static unsigned n_done;
static bool any_failed;

static bool cmd_log(const struct command_call *call, GError **error)
{
	(void)error;
	for (unsigned i = 0; i < call->argc; i++)
		g_string_append_printf(trace, "%s%s", i > 0 ? "," : "",
			call->argv[i]);
	if (call->count > 0)
		g_string_append_printf(trace, "*%u", call->count);
	g_string_append_c(trace, ' ');
	return true;
}

static bool cmd_fail(const struct command_call *call, GError **error)
{
	(void)call;
	g_set_error(error, CMD_ERROR, CMD_ERROR_FAILED, "no luck");
	return false;
}

static bool cmd_wait(const struct command_call *call, GError **error)
{
	(void)error;
	g_assert_null(waiting);
	waiting = call->run;
	return true;
}

static bool cmd_block(const struct command_call *call, GError **error)
{
	g_string_append(trace, "< ");
	return command_run_block(call, call->block, NULL, error);
}

static bool cmd_cancel(const struct command_call *call, GError **error)
{
	(void)error;
	command_run_cancel(call->run);
	return true;
}

/* A binding that runs itself: another run on the C stack. */
static bool cmd_recurse(const struct command_call *call, GError **error)
{
	(void)call;
	(void)error;
	g_string_append_c(trace, '.');
	command_list_run(recursive, NULL, 0, false, NULL, NULL);
	return true;
}

static const struct command_row rows[] = {
	{ .name = "block", .takes_block = true, .exec = cmd_block },
	{ .name = "cancel", .exec = cmd_cancel },
	{ .name = "fail", .exec = cmd_fail },
	{ .name = "log", .max_args = COMMAND_ARGS_MAX, .exec = cmd_log },
	{ .name = "one-rest", .args = COMMAND_ARGS_REST, .max_args = 2,
		.exec = cmd_log },
	{ .name = "recurse", .exec = cmd_recurse },
	{ .name = "rest", .args = COMMAND_ARGS_REST, .exec = cmd_log },
	{ .name = "skipped", .max_args = 1, .is_skipped = true },
	{ .name = "wait", .is_async = true, .max_args = 1, .exec = cmd_wait },
};

static void report(const struct command_origin *origin, bool is_warning,
	const char *message, void *data)
{
	(void)data;
	(void)is_warning;
	g_string_append_printf(trace, "[%u:%u %s] ", origin->line,
		origin->column, message);
}

static bool before(const struct command_call *call, GError **error, void *data)
{
	g_assert_true(data == trace);
	if (call->argc == 0 || strcmp(call->argv[0], "refused") != 0)
		return true;
	g_set_error(error, CMD_ERROR, CMD_ERROR_CONTEXT, "not here");
	return false;
}

static void failed(const struct command_call *call, const GError *error,
	void *data)
{
	g_assert_true(data == trace);
	g_string_append_printf(trace, "(%s:%u %s) ", call->row->name,
		call->origin.column, error->message);
}

static void done(bool failure, void *data)
{
	g_assert_true(data == trace);
	any_failed = failure;
	n_done++;
}

static const struct command_run_ops ops = { before, failed, done };

static void setup(void)
{
	trace = g_string_new(NULL);
	waiting = NULL;
	n_done = 0;
	any_failed = false;
	options_init();
	commands_init();
	commands_register(rows, G_N_ELEMENTS(rows));
	command_set_report(report, NULL);
}

static void teardown(void)
{
	commands_release();
	options_release();
	g_string_free(trace, TRUE);
}

static struct command_list *parse(const char *text)
{
	return command_parse(text, strlen(text), ":", report, NULL);
}

static struct command_run *run(const char *text, bool stop_on_error)
{
	struct command_list *list = parse(text);
	struct command_run *started =
		command_list_run(list, NULL, 3, stop_on_error, &ops, trace);

	command_list_unref(&list); /* the run keeps what it needs */
	return started;
}

static void finish(const char *message)
{
	struct command_run *current = g_steal_pointer(&waiting);
	g_autoptr(GError) error = message == NULL ? NULL :
		g_error_new_literal(CMD_ERROR, CMD_ERROR_FAILED, message);

	g_assert_nonnull(current);
	command_finish(current, error);
}

static void test_words(void)
{
	setup();
	g_assert_null(run("log a 'b c' \"\" d\\ e; rest ~s \"x y\" | {  }\n"
			  "one-rest 'a b' ~f \"don't; x\"; rest ; one_rest x",
		false));
	g_assert_cmpstr(trace->str, ==,
		"a,b c,,d e*3 ~s \"x y\" | {  }*3 a b,~f \"don't; x\"*3 *3 x*3 ");
	g_assert_cmpuint(n_done, ==, 1);
	g_assert_false(any_failed);
	teardown();
}

static void test_async(void)
{
	setup();
	g_assert_nonnull(run("log 1; block { log 2; wait; block { wait } log x }\n"
			     "wait; log 3", false));
	/* "log x" on the line of a "}" is an error of that command alone. */
	g_assert_cmpuint(n_done, ==, 0);
	finish(NULL);
	g_assert_cmpuint(n_done, ==, 0);
	g_string_truncate(trace, 0);
	finish("server said no");
	g_assert_cmpstr(trace->str, ==, "(wait:1 server said no) 3*3 ");
	g_assert_cmpuint(n_done, ==, 1);
	g_assert_true(any_failed);
	g_assert_null(waiting);
	teardown();
}

static void test_nested_async(void)
{
	setup();
	run("block { wait; block { log a; wait; log b }; log c }; log d", false);
	finish(NULL);
	g_assert_cmpstr(trace->str, ==, "< < a*3 ");
	finish(NULL);
	g_assert_cmpstr(trace->str, ==, "< < a*3 b*3 c*3 d*3 ");
	g_assert_cmpuint(n_done, ==, 1);
	teardown();
}

static void test_stop_on_error(void)
{
	setup();
	run("block { log 1; fail; log 2 }; log 3", true);
	g_assert_cmpstr(trace->str, ==, "< 1*3 (fail:16 no luck) ");
	g_assert_cmpuint(n_done, ==, 1);
	g_assert_true(any_failed);
	g_string_truncate(trace, 0);
	run("wait; log 2", true);
	finish("gone");
	g_assert_cmpstr(trace->str, ==, "(wait:1 gone) ");
	g_assert_cmpuint(n_done, ==, 2);
	g_string_truncate(trace, 0);
	run("log refused; fail; log $no_such; log on", false);
	g_assert_true(g_str_has_prefix(trace->str,
		"(log:1 not here) (fail:14 no luck) (log:24 no option"));
	g_assert_true(g_str_has_suffix(trace->str, " on*3 "));
	teardown();
}

static void test_cancel(void)
{
	setup();
	command_run_cancel(run("block { wait; log 1 }; log 2", false));
	g_assert_cmpstr(trace->str, ==, "< ");
	g_assert_cmpuint(n_done, ==, 0);
	waiting = NULL;
	g_assert_null(run("log 1; cancel; log 2", false));
	g_assert_cmpstr(trace->str, ==, "< 1*3 ");
	g_assert_cmpuint(n_done, ==, 0);
	teardown();
}

static void test_recursion(void)
{
	setup();
	recursive = parse("recurse");
	command_list_run(recursive, NULL, 0, false, NULL, NULL);
	g_assert_nonnull(strstr(trace->str, "does something run itself?"));
	g_assert_cmpuint(trace->len, <, 500);
	command_list_unref(&recursive);
	teardown();
}

static void test_lists(void)
{
	struct command_list *list;
	g_autofree char *text = NULL;
	unsigned n_args;

	setup();
	list = parse("log 'a b'   c # x\nblock { log 1; block { log 2 } }");
	g_assert_cmpuint(command_list_length(list), ==, 2);
	g_assert_cmpstr(command_list_row(list, 0, &n_args)->name, ==, "log");
	g_assert_cmpuint(n_args, ==, 2);
	text = command_list_to_string(list);
	g_assert_cmpstr(text, ==,
		"log 'a b'   c; block { log 1; block { log 2 } }");
	command_list_unref(&list);
	g_assert_null(list);
	list = parse(" ;\n; # nothing");
	g_assert_cmpuint(command_list_length(list), ==, 0);
	command_list_run(list, NULL, 0, false, &ops, trace);
	g_assert_cmpuint(n_done, ==, 1);
	command_list_unref(&list);
	teardown();
}

static void test_nesting_limit(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	struct command_list *list;

	setup();
	for (unsigned i = 0; i < 10000; i++)
		g_string_append(text, "block { ");
	list = parse(text->str);
	g_assert_nonnull(strstr(trace->str, "nested too deeply"));
	command_list_unref(&list);
	g_string_truncate(text, 0);
	for (unsigned i = 0; i < 10000; i++)
		g_string_append(text, "if env X { } else ");
	list = parse(text->str);
	command_list_unref(&list);
	teardown();
}

static void test_skipped(void)
{
	setup();
	run("log 1; skipped a { unknown; log 2 }; log 3\n"
		"skipped with too many words\nlog 4", false);
	g_assert_cmpstr(trace->str, ==, "1*3 3*3 4*3 ");
	teardown();
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rc/run/words", test_words);
	g_test_add_func("/rc/run/async", test_async);
	g_test_add_func("/rc/run/nested-async", test_nested_async);
	g_test_add_func("/rc/run/stop-on-error", test_stop_on_error);
	g_test_add_func("/rc/run/cancel", test_cancel);
	g_test_add_func("/rc/run/recursion", test_recursion);
	g_test_add_func("/rc/run/lists", test_lists);
	g_test_add_func("/rc/run/nesting-limit", test_nesting_limit);
	g_test_add_func("/rc/run/skipped", test_skipped);
	return g_test_run();
}
