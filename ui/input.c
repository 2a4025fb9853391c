/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From keys to commands. See input.h. */
#include "src/base/base.h"
#include "ui/input.h"

#include "src/mail/account.h"
#include "src/rc/command.h"
#include "src/rc/option.h"
#include "ui/hooks.h"
#include "ui/prompt.h"
#include "ui/screen.h"
#include "ui/status.h"
#include "ui/view.h"

enum {
	COUNT_MAX = 100000000,
	MACRO_STEPS_MAX = 10000, /* without a key from the user: a macro that calls itself */
};

static struct {
	struct keys keys;      /* a sequence that is being typed */
	unsigned count;
	GQueue waiting;        /* of struct macro_step */
	unsigned steps;        /* taken from the queue since the last key */
	unsigned running;      /* commands that have not ended */
	bool is_feeding;
	char *pending;
} input = { .waiting = G_QUEUE_INIT };

static void feed(void);

static void set_pending(void)
{
	char *keys = input.keys.n > 0 ? keys_to_string(&input.keys) : NULL;

	g_clear_pointer(&input.pending, g_free);
	if (input.count > 0)
		input.pending = g_strdup_printf("%u%s", input.count, keys ? keys : "");
	else if (keys)
		input.pending = g_strdup(keys);
	g_free(keys);
	screen_damage_frame();
}

const char *input_pending(void)
{
	return input.pending;
}

static void forget_sequence(void)
{
	input.keys.n = 0;
	input.count = 0;
	set_pending();
}

bool input_cancel(void)
{
	bool had = input.keys.n > 0 || input.count > 0 || !g_queue_is_empty(&input.waiting);

	g_queue_clear_full(&input.waiting, g_free);
	forget_sequence();
	return had;
}

void input_stop(void)
{
	input_cancel();
	g_clear_pointer(&input.pending, g_free);
}

/* --- running --------------------------------------------------------------------- */

static void run_done(bool any_failed, void *data)
{
	(void)data;
	if (input.running > 0)
		input.running--;
	/* What a macro would do next was meant for what failed. */
	if (any_failed)
		g_queue_clear_full(&input.waiting, g_free);
	feed();
}

void input_run_list(const struct command_list *list, unsigned count)
{
	static const struct command_run_ops ops = {
		.before = view_before,
		.failed = view_failed,
		.done = run_done,
	};

	input.running++;
	command_list_run(list, options_global(), count, true, &ops, NULL);
}

static void run_row(const struct command_row *row, unsigned count)
{
	struct command_list *list = command_parse(row->name, strlen(row->name), "macro",
		NULL, NULL);

	input_run_list(list, count);
	command_list_unref(&list);
}

/* --- keys ------------------------------------------------------------------------- */

static void run_binding(const struct binding *binding)
{
	unsigned count = input.count;
	struct command_list *list;

	forget_sequence();
	if (!binding->commands) {
		input_push(binding->macro);
		return;
	}
	/* The command may bind its own key anew. */
	list = command_list_ref(binding->commands);
	input_run_list(list, count);
	command_list_unref(&list);
}

static void unbound(void)
{
	char *keys = keys_to_string(&input.keys);
	char *help = keymap_key_of(screen_top()->ops->context, "help");

	if (help)
		view_message(VIEW_INFO, "%s is not bound; %s shows the keys of this screen", keys, help);
	else
		view_message(VIEW_INFO, "%s is not bound", keys);
	g_free(help);
	g_free(keys);
	forget_sequence();
}

static bool take_digit(uint32_t code)
{
	if (code < '0' || code > '9' || input.keys.n > 1)
		return false;
	if (code == '0' && input.count == 0)
		return false;
	input.keys.n = 0;
	input.count = MIN(input.count * 10 + (code - '0'), COUNT_MAX);
	set_pending();
	return true;
}

/* After a number Enter goes to it, as mutt's "Jump to message" does. */
static bool take_jump(uint32_t code)
{
	const struct command_row *row = command_find("jump");
	unsigned count = input.count;

	if (code != KEY_ENTER_CODE || count == 0 || input.keys.n != 1 || !row)
		return false;
	forget_sequence();
	run_row(row, count);
	return true;
}

static void screen_key(uint32_t code)
{
	struct widget *top = screen_top();
	struct key_event event = { code };
	const struct binding *binding = NULL;
	enum keymap_match match;

	if (input.keys.n == 0 && top->ops->grabs_keys && top->ops->key &&
		top->ops->key(top, &event))
		return;
	if (input.keys.n >= KEYS_MAX)
		input.keys.n = 0;
	input.keys.codes[input.keys.n++] = code;
	match = keymap_lookup(top->ops->context, &input.keys, &binding);
	if (take_jump(code))
		return;
	if (match == KEYMAP_FOUND) {
		run_binding(binding);
	} else if (match == KEYMAP_PREFIX) {
		set_pending();
	} else if (input.keys.n == 1 && !top->ops->grabs_keys && top->ops->key &&
		top->ops->key(top, &event)) {
		forget_sequence();
	} else if (!take_digit(code)) {
		/* C-g and a second Esc end a sequence without a word. */
		if ((code == 7 || code == KEY_ESC_CODE) && input.keys.n > 1)
			forget_sequence();
		else
			unbound();
	}
}

static void dispatch(uint32_t code)
{
	struct key_event event = { code };

	if (prompt_is_open())
		prompt_key(&event);
	else
		screen_key(code);
}

/* Gives what waits to prompts and screens, as long as no command is busy: the
 * next key of "c=Archive<enter>d" is for the mailbox that is being opened. */
static void feed(void)
{
	if (input.is_feeding)
		return;
	input.is_feeding = true;
	while (!g_queue_is_empty(&input.waiting) && (input.running == 0 || prompt_is_open())) {
		struct macro_step *step;

		if (++input.steps > MACRO_STEPS_MAX) {
			g_queue_clear_full(&input.waiting, g_free);
			view_message(VIEW_ERROR, "a macro goes round in circles; stopped");
			break;
		}
		step = g_queue_pop_head(&input.waiting);
		if (step->row)
			run_row(step->row, 0);
		else
			dispatch(step->code);
		g_free(step);
	}
	input.is_feeding = false;
}

/* Before what waits already: a macro within a macro is done first. */
void input_push(const char *keys)
{
	GArray *steps = macro_parse(keys);

	for (guint i = steps->len; i-- > 0;)
		g_queue_push_head(&input.waiting, g_memdup2(
			&g_array_index(steps, struct macro_step, i), sizeof(struct macro_step)));
	g_array_unref(steps);
	feed();
}

void input_key(uint32_t code)
{
	input.steps = 0;
	if (code == KEYCODE_FOCUS_IN || code == KEYCODE_FOCUS_OUT)
		return;
	mail_note_action();
	status_clear();
	hooks_note_key();
	/* Typed while a macro waits: C-g stops it, others wait their turn. */
	if (!g_queue_is_empty(&input.waiting)) {
		struct macro_step step = { .code = code };

		if (code == 7) {
			input_cancel();
			return;
		}
		g_queue_push_tail(&input.waiting, g_memdup2(&step, sizeof(step)));
		feed();
		return;
	}
	dispatch(code);
}
