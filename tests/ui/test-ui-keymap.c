/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bindings: lookup, prefixes, a longer sequence over a shorter one, macros. */
#include "src/base/base.h"
#include "ui/keymap.h"

#include "src/rc/command.h"
#include "src/rc/option.h"
#include "ui/commands.h"

static const struct binding *look(enum context context, const char *text,
	enum keymap_match expected)
{
	const struct binding *binding = NULL;
	struct keys keys;

	g_assert_true(keys_parse(text, &keys, NULL));
	g_assert_cmpint(keymap_lookup(context, &keys, &binding), ==, expected);
	return binding;
}

static void assert_row(enum context context, const char *keys, const char *command)
{
	const struct binding *binding = look(context, keys, KEYMAP_FOUND);

	g_assert_nonnull(binding);
	g_assert_nonnull(binding->row);
	g_assert_cmpstr(binding->row->name, ==, command);
}

static bool bind_to(const char *contexts, const char *keys, const char *command,
	char **dropped_out)
{
	struct command_list *list = command_parse(command, strlen(command), "test",
		NULL, NULL);

	return keymap_bind(contexts, keys, list, true, dropped_out, NULL);
}

static void test_defaults(void)
{
	assert_row(CONTEXT_INDEX, "d", "delete");
	assert_row(CONTEXT_PAGER, "d", "delete");
	assert_row(CONTEXT_INDEX, "?", "help");
	assert_row(CONTEXT_PARTS, "s", "save-part");
	look(CONTEXT_INDEX, "<f9>", KEYMAP_NONE);
}

/* No screen without a way out: q leaves each of them. */
static void test_way_out(void)
{
	for (unsigned bit = 1; bit <= CONTEXT_GENERIC; bit <<= 1) {
		if ((bit & CONTEXT_GENERIC) != 0)
			assert_row((enum context)bit, "q",
				bit == CONTEXT_INDEX ? "quit" : "exit");
	}
}

static void test_longer_drops_shorter(void)
{
	char *dropped = NULL;

	g_assert_true(bind_to("index", "dd", "delete", &dropped));
	g_assert_nonnull(dropped);
	g_free(dropped);
	look(CONTEXT_INDEX, "d", KEYMAP_PREFIX);
	assert_row(CONTEXT_INDEX, "dd", "delete");
	/* The other screen keeps its own. */
	assert_row(CONTEXT_PAGER, "d", "delete");
}

static void test_macro(void)
{
	const struct binding *binding;

	g_assert_true(keymap_macro("index,pager", "<f5>", "s=Archive<enter>", "file", NULL));
	binding = look(CONTEXT_PAGER, "<f5>", KEYMAP_FOUND);
	g_assert_cmpstr(binding->macro, ==, "s=Archive<enter>");
	g_assert_true(binding->is_user);
	g_assert_true(keymap_unbind("pager", "<f5>", NULL));
	look(CONTEXT_PAGER, "<f5>", KEYMAP_NONE);
	look(CONTEXT_INDEX, "<f5>", KEYMAP_FOUND);
}

static void test_refused(void)
{
	GError *error = NULL;
	char *dropped = NULL;
	struct command_list *list = command_parse("help", 4, "test", NULL, NULL);

	g_assert_false(keymap_bind("nowhere", "z", list, true, &dropped, &error));
	g_assert_nonnull(error);
	g_clear_error(&error);
	g_assert_null(dropped);
}

int main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	options_init();
	commands_init();
	ui_register();
	g_test_add_func("/ui/keymap/defaults", test_defaults);
	g_test_add_func("/ui/keymap/way-out", test_way_out);
	g_test_add_func("/ui/keymap/longer-drops-shorter", test_longer_drops_shorter);
	g_test_add_func("/ui/keymap/macro", test_macro);
	g_test_add_func("/ui/keymap/refused", test_refused);
	status = g_test_run();
	keymap_release();
	commands_release();
	options_release();
	return status;
}
