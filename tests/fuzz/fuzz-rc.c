/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any octets as an rc text: parsed, printed, run as far as that touches
 * nothing outside, and dumped. What the dump says must be understood again.
 */
#include "src/base/base.h"

#include "src/rc/command.h"
#include "src/rc/option.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_harmless(const struct command_call *call, GError **error,
	void *data)
{
	(void)data;
	if (strcmp(call->row->name, "source") != 0 &&
		strcmp(call->row->name, "cd") != 0)
		return true;
	g_set_error(error, g_quark_from_static_string("fuzz"), 0, "not here");
	return false;
}

static const struct command_run_ops ops = { .before = is_harmless };

static void count(const struct command_origin *origin, bool is_warning,
	const char *message, void *data)
{
	g_assert_cmpuint(origin->line, >, 0);
	g_assert_cmpuint(origin->column, >, 0);
	g_assert_true(g_utf8_validate(message, -1, NULL));
	if (!is_warning)
		++*(unsigned *)data;
}

static void run(const char *text, size_t len, unsigned *n_errors)
{
	struct command_list *list =
		command_parse(text, len, "fuzz", count, n_errors);

	/* Printing it must be possible, whatever it is. */
	g_free(command_list_to_string(list));
	command_set_report(count, n_errors);
	command_list_run(list, NULL, 0, false, &ops, NULL);
	command_list_unref(&list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned n_errors = 0;
	g_autofree char *dump = NULL, *again = NULL;

	options_init();
	commands_init();
	run((const char *)data, size, &n_errors);
	command_run_hook("startup", &ops, NULL);
	dump = options_dump();
	commands_release();
	options_release();

	options_init();
	commands_init();
	n_errors = 0;
	run(dump, strlen(dump), &n_errors);
	g_assert_cmpuint(n_errors, ==, 0);
	again = options_dump();
	g_assert_cmpstr(dump, ==, again);
	commands_release();
	options_release();
	return 0;
}
