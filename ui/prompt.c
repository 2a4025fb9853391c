/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions. See prompt.h. */
#include "src/base/base.h"
#include "ui/prompt.h"

#include "src/base/error.h"
#include "src/rc/command.h"
#include "ui/edit.h"
#include "ui/history.h"
#include "ui/keymap.h"
#include "ui/screen.h"
#include "ui/term.h"
#include "ui/text.h"

enum { ESC_MS = 25 };

struct question {
	struct prompt_request request; /* strings are ours */
	struct edit edit;
	/* History: which line stands there, and what was typed before. */
	const GPtrArray *lines;
	guint line;
	char *typed;
	/* Completion: what the text may become, and which one it is. */
	GPtrArray *candidates;
	guint chosen;
	bool is_choosing;
};

static struct {
	GQueue questions; /* of struct question; the head is shown */
	GHashTable *completions; /* name to prompt_complete_fn * */
	struct keys keys; /* of a sequence that is being typed */
	guint esc_timer;
} prompt = { .questions = G_QUEUE_INIT };

static struct question *current(void)
{
	return g_queue_peek_head(&prompt.questions);
}

bool prompt_is_open(void)
{
	return current() != NULL;
}

/* --- asking --------------------------------------------------------------------- */

static char **copy_lines(const char *const *lines)
{
	return lines ? g_strdupv((char **)lines) : NULL;
}

static struct question *question_new(const struct prompt_request *request)
{
	struct question *question = g_new0(struct question, 1);

	question->request = *request;
	question->request.label = g_strdup(request->label);
	question->request.initial = NULL;
	question->request.history = g_strdup(request->history);
	question->request.completes = g_strdup(request->completes);
	question->request.keys = g_strdup(request->keys);
	question->request.above = (const char *const *)copy_lines(request->above);
	edit_init(&question->edit, request->initial);
	question->candidates = g_ptr_array_new_with_free_func(g_free);
	if (request->history && request->kind == PROMPT_LINE) {
		question->lines = history_lines(request->history);
		question->line = question->lines->len;
	}
	return question;
}

static void question_free(struct question *question)
{
	g_free((char *)question->request.label);
	g_free((char *)question->request.history);
	g_free((char *)question->request.completes);
	g_free((char *)question->request.keys);
	g_strfreev((char **)question->request.above);
	edit_release(&question->edit);
	g_ptr_array_unref(question->candidates);
	g_free(question->typed);
	g_free(question);
}

static void show_current(void)
{
	prompt.keys.n = 0;
	source_clear(&prompt.esc_timer);
	term_show_cursor(current() != NULL);
	screen_layout();
}

void prompt_ask(const struct prompt_request *request)
{
	g_queue_push_tail(&prompt.questions, question_new(request));
	if (g_queue_get_length(&prompt.questions) == 1)
		show_current();
}

void prompt_quad(enum option_quad quad, const char *label,
	prompt_done_fn *done, void *data, GDestroyNotify free_data)
{
	struct prompt_request request = {
		.kind = PROMPT_YES_NO,
		.label = label,
		.is_yes_default = quad == OPTION_ASK_YES,
		.done = done,
		.data = data,
		.free_data = free_data,
	};

	if (quad == OPTION_ASK_YES || quad == OPTION_ASK_NO) {
		prompt_ask(&request);
		return;
	}
	done(quad == OPTION_YES ? "yes" : "no", data);
	if (free_data)
		free_data(data);
}

/* text NULL: cancelled. The question is gone before its answer is told: the
 * answer may ask the next one. */
static void answer(struct question *question, const char *text)
{
	struct prompt_request request = question->request;
	char *copy = g_strdup(text);
	bool is_shown = question == current();

	g_queue_remove(&prompt.questions, question);
	if (copy && request.kind == PROMPT_LINE && request.history)
		history_add(request.history, copy);
	question_free(question);
	if (is_shown)
		show_current();
	request.done(copy, request.data);
	if (request.free_data)
		request.free_data(request.data);
	if (copy && request.kind == PROMPT_SECRET)
		edit_wipe(copy);
	g_free(copy);
}

void prompt_cancel(void *data)
{
	for (GList *link = prompt.questions.head; link;) {
		struct question *question = link->data;

		link = link->next;
		if (question->request.data == data) {
			answer(question, NULL);
			/* The answer may have changed the queue. */
			link = prompt.questions.head;
		}
	}
}

void prompt_start(const char *state_dir)
{
	history_start(state_dir);
}

void prompt_stop(void)
{
	while (current())
		answer(current(), NULL);
	source_clear(&prompt.esc_timer);
	history_stop();
	g_clear_pointer(&prompt.completions, g_hash_table_unref);
}

/* --- completion -------------------------------------------------------------------- */

void prompt_register_completion(const char *name, prompt_complete_fn *fn)
{
	if (!prompt.completions)
		prompt.completions = g_hash_table_new(g_str_hash, g_str_equal);
	g_hash_table_insert(prompt.completions, (char *)name, (void *)fn);
}

static size_t common_prefix(const GPtrArray *candidates)
{
	const char *first = candidates->pdata[0];
	size_t len = strlen(first);

	for (guint i = 1; i < candidates->len; i++) {
		const char *other = candidates->pdata[i];
		size_t same = 0;

		while (same < len && other[same] == first[same])
			same++;
		len = same;
	}
	while (len > 0 && ((unsigned char)first[len] & 0xC0) == 0x80)
		len--;
	return len;
}

static void set_text(struct question *question, const char *text)
{
	edit_set(&question->edit, text);
	if (question->request.changed)
		question->request.changed(question->edit.text->str, question->request.data);
}

static void choose(struct question *question, int step)
{
	guint n = question->candidates->len;

	if (!question->is_choosing)
		question->chosen = step > 0 ? 0 : n - 1;
	else
		question->chosen = (question->chosen + n + (guint)step) % n;
	question->is_choosing = true;
	set_text(question, question->candidates->pdata[question->chosen]);
}

static void forget_candidates(struct question *question)
{
	if (question->candidates->len > 0)
		screen_layout();
	g_ptr_array_set_size(question->candidates, 0);
	question->is_choosing = false;
}

static void complete(struct question *question, int step)
{
	prompt_complete_fn *fn = NULL;
	char *prefix;

	if (question->candidates->len > 0) {
		choose(question, step);
		return;
	}
	if (question->request.completes && prompt.completions)
		fn = (prompt_complete_fn *)g_hash_table_lookup(prompt.completions,
			question->request.completes);
	if (!fn)
		return;
	fn(question->edit.text->str, question->candidates);
	if (question->candidates->len == 0)
		return;
	prefix = g_strndup(question->candidates->pdata[0], common_prefix(question->candidates));
	if (question->candidates->len == 1 || strlen(prefix) > question->edit.text->len)
		set_text(question, prefix);
	g_free(prefix);
	if (question->candidates->len == 1)
		g_ptr_array_set_size(question->candidates, 0);
	screen_layout();
}

/* --- commands of the editor ----------------------------------------------------------- */

static void go_history(struct question *question, int step)
{
	int64_t line = (int64_t)question->line + step;

	if (!question->lines || line < 0 || line > (int64_t)question->lines->len)
		return;
	if (question->line == question->lines->len) {
		g_free(question->typed);
		question->typed = g_strdup(question->edit.text->str);
	}
	question->line = (guint)line;
	set_text(question, question->line == question->lines->len
		? question->typed : question->lines->pdata[question->line]);
}

static const struct {
	const char *name;
	enum edit_action action;
} edit_commands[] = {
	{ "backward-char", EDIT_LEFT }, { "forward-char", EDIT_RIGHT },
	{ "backward-word", EDIT_WORD_LEFT }, { "forward-word", EDIT_WORD_RIGHT },
	{ "bol", EDIT_HOME }, { "eol", EDIT_END },
	{ "backspace", EDIT_BACKSPACE }, { "delete-char", EDIT_DELETE },
	{ "kill-line", EDIT_KILL_LINE }, { "kill-eol", EDIT_KILL_EOL },
	{ "kill-word", EDIT_KILL_WORD_LEFT }, { "kill-eow", EDIT_KILL_WORD_RIGHT },
	{ "yank", EDIT_YANK }, { "transpose-chars", EDIT_TRANSPOSE },
	{ "upcase-word", EDIT_UPCASE_WORD }, { "downcase-word", EDIT_DOWNCASE_WORD },
	{ "capitalize-word", EDIT_CAPITALIZE_WORD },
};

static bool edit_by_name(struct question *question, const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(edit_commands); i++) {
		if (strcmp(edit_commands[i].name, name) != 0)
			continue;
		if (edit_do(&question->edit, edit_commands[i].action) &&
			question->request.changed)
			question->request.changed(question->edit.text->str,
				question->request.data);
		return true;
	}
	return false;
}

bool prompt_command(const char *name)
{
	struct question *question = current();

	if (!question)
		return false;
	screen_damage_frame();
	question->request.is_proposal = false;
	if (strcmp(name, "complete") == 0 || strcmp(name, "complete-previous") == 0) {
		complete(question, name[8] == '\0' ? 1 : -1);
		return true;
	}
	forget_candidates(question);
	if (strcmp(name, "accept-line") == 0)
		answer(question, question->edit.text->str);
	else if (strcmp(name, "cancel-line") == 0)
		answer(question, NULL);
	else if (strcmp(name, "history-up") == 0)
		go_history(question, -1);
	else if (strcmp(name, "history-down") == 0)
		go_history(question, 1);
	else
		return edit_by_name(question, name);
	return true;
}

/* --- keys ---------------------------------------------------------------------------------- */

static void insert_key(struct question *question, uint32_t code)
{
	char octets[6];
	int len;

	if (code < 0x20 || code >= KEYCODE_BASE)
		return;
	forget_candidates(question);
	len = g_unichar_to_utf8(code, octets);
	if (question->request.is_proposal)
		edit_set(&question->edit, "");
	question->request.is_proposal = false;
	edit_insert(&question->edit, octets, len);
	if (question->request.changed)
		question->request.changed(question->edit.text->str, question->request.data);
}

static gboolean on_lone_esc(void *data)
{
	(void)data;
	prompt.esc_timer = 0;
	prompt.keys.n = 0;
	if (current())
		answer(current(), NULL);
	return G_SOURCE_REMOVE;
}

static void line_key(struct question *question, uint32_t code)
{
	const struct binding *binding = NULL;
	enum keymap_match match;

	source_clear(&prompt.esc_timer);
	if (prompt.keys.n < KEYS_MAX)
		prompt.keys.codes[prompt.keys.n++] = code;
	match = keymap_lookup(CONTEXT_PROMPT, &prompt.keys, &binding);
	if (match == KEYMAP_PREFIX || (prompt.keys.n == 1 && code == KEY_ESC_CODE)) {
		if (code == KEY_ESC_CODE)
			prompt.esc_timer = g_timeout_add(ESC_MS, on_lone_esc, NULL);
		return;
	}
	if (match == KEYMAP_NONE && prompt.keys.n == 1)
		insert_key(question, code);
	prompt.keys.n = 0;
	if (match == KEYMAP_FOUND && binding->commands)
		screen_run_list(binding->commands, 0);
	else if (match == KEYMAP_FOUND)
		screen_push_keys(binding->macro);
}

static void choice_key(struct question *question, uint32_t code)
{
	char text[2] = { (char)code, '\0' };
	bool is_yes_no = question->request.kind == PROMPT_YES_NO;
	bool yes = question->request.is_yes_default;

	if (code == 7 || code == 3 || code == KEY_ESC_CODE)
		answer(question, NULL);
	else if (is_yes_no && code == KEY_ENTER_CODE)
		answer(question, yes ? "yes" : "no");
	else if (is_yes_no && (code == 'y' || code == 'Y'))
		answer(question, "yes");
	else if (is_yes_no && (code == 'n' || code == 'N'))
		answer(question, "no");
	else if (!is_yes_no && code > ' ' && code < 0x7F && strchr(question->request.keys, (int)code))
		answer(question, text);
}

void prompt_key(const struct key_event *key)
{
	struct question *question = current();

	if (!question)
		return;
	screen_damage_frame();
	if (question->request.kind == PROMPT_LINE || question->request.kind == PROMPT_SECRET)
		line_key(question, key->code);
	else
		choice_key(question, key->code);
}

void prompt_paste(const char *text, size_t len)
{
	struct question *question = current();

	if (!question || question->request.kind > PROMPT_SECRET)
		return;
	/* A newline at the end is how people copy a line; it sends nothing. */
	while (len > 0 && text[len - 1] == '\n')
		len--;
	forget_candidates(question);
	if (question->request.is_proposal)
		edit_set(&question->edit, "");
	question->request.is_proposal = false;
	edit_insert(&question->edit, text, (gssize)len);
	screen_damage_frame();
}

/* --- painting ------------------------------------------------------------------------------ */

static int n_above(const struct question *question)
{
	return question->request.above ? (int)g_strv_length((char **)question->request.above) : 0;
}

int prompt_rows(int rows, int cols)
{
	struct question *question = current();
	int wanted;

	(void)cols;
	if (!question)
		return 0;
	wanted = 1 + n_above(question) + (question->candidates->len > 0 ? 1 : 0);
	return CLAMP(wanted, 1, MAX(rows, 1));
}

/* Of a command line only the word that is being completed is of interest. */
static size_t words_before(const struct question *question)
{
	const char *first = question->candidates->pdata[0];
	size_t n = common_prefix(question->candidates);

	if (g_strcmp0(question->request.completes, "command") != 0)
		return 0;
	while (n > 0 && first[n - 1] != ' ' && first[n - 1] != '=')
		n--;
	return n;
}

static void paint_candidates(const struct area *line, const struct question *question)
{
	struct style style = theme_style(THEME_STATUS);
	struct style chosen = style_over(style, theme_layer(THEME_INDICATOR));
	guint n = question->candidates->len;
	char *count = question->is_choosing
		? g_strdup_printf("%u of %u", question->chosen + 1, n)
		: g_strdup_printf("%u", n);
	size_t skip = words_before(question);
	int room = line->cols - text_width(count, -1) - 3, col = 3;
	/* The chosen one is in sight: the list begins with it when it is far. */
	guint first = question->is_choosing && question->chosen > 3 ? question->chosen - 1 : 0;

	paint_fill(line, 0, 0, -1, style);
	for (guint i = first; i < n; i++) {
		const char *text = (const char *)question->candidates->pdata[i] + skip;

		if (col + text_width(text, -1) > room)
			break;
		col += 2 + paint_text(line, 0, col, -1,
			question->is_choosing && i == question->chosen ? chosen : style, text, -1);
	}
	if (room > 0)
		paint_text(line, 0, room + 2, -1, style, count, -1);
	g_free(count);
}

static void paint_edit(const struct area *line, const struct question *question, int col)
{
	struct style style = theme_style(THEME_NORMAL);
	size_t start, end;
	int cursor;

	if (question->request.kind == PROMPT_SECRET) {
		paint_cursor(line, 0, col);
		return;
	}
	edit_visible(&question->edit, line->cols - col, &start, &end, &cursor);
	paint_text(line, 0, col, -1, style, question->edit.text->str + start,
		(gssize)(end - start));
	paint_cursor(line, 0, col + cursor);
}

static void paint_question(const struct area *line, const struct question *question)
{
	struct style style = theme_style(THEME_PROMPT);
	bool is_choice = question->request.kind >= PROMPT_YES_NO;
	int room = is_choice ? -1 : MAX(line->cols / 2, 1);
	int col = line->cols > 20 ? 1 : 0;

	paint_fill(line, 0, 0, -1, theme_style(THEME_NORMAL));
	col += paint_text(line, 0, col, room, style, question->request.label, -1);
	if (question->request.kind == PROMPT_YES_NO)
		col += paint_text(line, 0, col, -1, theme_style(THEME_OPTIONS),
			question->request.is_yes_default ? " ([yes]/no): " : " (yes/[no]): ", -1);
	if (is_choice)
		paint_cursor(line, 0, MIN(col, line->cols - 1));
	else
		paint_edit(line, question, col);
}

void prompt_paint(const struct area *area)
{
	struct question *question = current();
	int above, row = 0;

	if (!question || area->rows == 0)
		return;
	above = MIN(n_above(question), area->rows - 1);
	for (; row < above; row++) {
		struct area line = area_line(area, row);

		paint_fit(&line, 0, 0, -1, theme_style(THEME_NORMAL), question->request.above[row]);
	}
	struct area line = area_line(area, row);

	if (question->candidates->len > 0 && row + 1 < area->rows) {
		struct area below = area_line(area, row + 1);

		paint_candidates(&below, question);
	}
	paint_question(&line, question);
}
