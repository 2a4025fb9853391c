/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "ui/acl.h"
#include "src/base/error.h"
#include "src/mail/account.h"
#include "src/mail/acl.h"
#include "ui/list.h"
#include "ui/prompt.h"
#include "ui/screen.h"
#include "ui/text.h"
#include "ui/view.h"

enum { IDENTIFIER_COLS = 20, NAME_COLS = 16 };

struct acl_entry {
	char *identifier, *rights;
	char *required, *optional; /* what may be granted; NULL: not known yet */
	bool is_open;
};

/* A line of the list: an identifier, or one right of it. */
struct acl_line {
	struct acl_entry *entry;
	char letter; /* '\0': the identifier's own line */
};

struct acl {
	struct widget widget; /* first */
	unsigned refs;        /* the widget's own, and one for each question */
	bool is_gone;         /* the screen is left */
	struct list list;
	struct account *account;
	char *mailbox;
	GPtrArray *entries;   /* of struct acl_entry * */
	GPtrArray *incoming;  /* the same, until the answer is complete */
	GArray *lines;        /* of struct acl_line */
	char *own;            /* MYRIGHTS, or NULL */
	char *problem;        /* why there is nothing to see, or NULL */
	char *wanted;         /* an identifier to be opened, or NULL */
};

static struct acl *to_acl(struct widget *widget)
{
	return (struct acl *)widget;
}

static void entry_free(void *data)
{
	struct acl_entry *entry = data;

	g_free(entry->identifier);
	g_free(entry->rights);
	g_free(entry->required);
	g_free(entry->optional);
	g_free(entry);
}

static struct acl *acl_ref(struct acl *acl)
{
	acl->refs++;
	return acl;
}

static void acl_unref(struct acl *acl)
{
	if (--acl->refs > 0)
		return;
	g_ptr_array_unref(acl->entries);
	g_ptr_array_unref(acl->incoming);
	g_array_unref(acl->lines);
	g_free(acl->mailbox);
	g_free(acl->own);
	g_free(acl->problem);
	g_free(acl->wanted);
	g_free(acl);
}

/* --- lines ---------------------------------------------------------------- */

static const struct acl_line *line_at(const struct acl *acl, uint32_t i)
{
	return i < acl->lines->len ? &g_array_index(acl->lines, struct acl_line, i)
		: NULL;
}

static bool has_right(const struct acl_entry *entry, char letter)
{
	return strchr(entry->rights, letter) != NULL;
}

static bool is_required(const struct acl_entry *entry, char letter)
{
	return letter != '\0' && entry->required != NULL &&
		strchr(entry->required, letter) != NULL;
}

/* Until the server has told, the rights that RFC 4314 names. */
static char *letters_of(const struct acl_entry *entry)
{
	char *all, *real;

	if (entry->optional == NULL)
		return g_strdup("lrswipkxtea");
	all = g_strconcat(entry->required, entry->optional, NULL);
	real = imap_rights_real(all);
	g_free(all);
	return real;
}

static void add_line(struct acl *acl, struct acl_entry *entry, char letter)
{
	const struct acl_line line = { entry, letter };

	g_array_append_val(acl->lines, line);
}

static void add_rights(struct acl *acl, struct acl_entry *entry)
{
	char *letters = letters_of(entry);

	for (const struct imap_right *row = imap_rights; row->letter != '\0'; row++)
		if (strchr(letters, row->letter) != NULL)
			add_line(acl, entry, row->letter);
	for (const char *c = letters; *c != '\0'; c++)
		if (imap_right_find(*c) == NULL)
			add_line(acl, entry, *c);
	g_free(letters);
}

/* The cursor stays on its identifier and right. */
static void make_lines(struct acl *acl, const char *identifier, char letter)
{
	g_array_set_size(acl->lines, 0);
	for (guint i = 0; i < acl->entries->len; i++) {
		struct acl_entry *entry = acl->entries->pdata[i];

		add_line(acl, entry, '\0');
		if (entry->is_open)
			add_rights(acl, entry);
	}
	list_set_length(&acl->list, acl->lines->len);
	for (uint32_t i = 0; identifier != NULL && i < acl->lines->len; i++)
		if (strcmp(line_at(acl, i)->entry->identifier, identifier) == 0 &&
			(line_at(acl, i)->letter == letter ||
			line_at(acl, i)->letter == '\0'))
			list_set_cursor(&acl->list, i);
	widget_damage(&acl->widget, DAMAGE_PAINT);
	screen_damage_frame();
}

static void remake_lines(struct acl *acl)
{
	const struct acl_line *at = line_at(acl, acl->list.cursor);
	char *identifier = at != NULL ? g_strdup(at->entry->identifier) : NULL;

	make_lines(acl, identifier, at != NULL ? at->letter : '\0');
	g_free(identifier);
}

static struct acl_entry *find_entry(const GPtrArray *entries, const char *identifier)
{
	for (guint i = 0; i < entries->len; i++) {
		struct acl_entry *entry = entries->pdata[i];

		if (strcmp(entry->identifier, identifier) == 0)
			return entry;
	}
	return NULL;
}

/* --- what may be granted -------------------------------------------------- */

struct granting {
	struct acl *acl;
	char *identifier;
};

static void on_grantable(const char *required, const char *optional, void *data)
{
	struct granting *granting = data;
	struct acl_entry *entry = find_entry(granting->acl->entries,
		granting->identifier);

	if (entry == NULL)
		return;
	g_free(entry->required);
	g_free(entry->optional);
	entry->required = g_strdup(required);
	entry->optional = g_strdup(optional);
}

/* A server that does not tell may still let it be done. */
static void on_granting_done(const GError *error, void *data)
{
	struct granting *granting = data;
	struct acl *acl = granting->acl;

	(void)error;
	if (!acl->is_gone)
		remake_lines(acl);
	acl_unref(acl);
	g_free(granting->identifier);
	g_free(granting);
}

static void open_entry(struct acl *acl, struct acl_entry *entry)
{
	struct granting *granting;

	entry->is_open = true;
	if (entry->optional != NULL)
		return;
	granting = g_new0(struct granting, 1);
	granting->acl = acl_ref(acl);
	granting->identifier = g_strdup(entry->identifier);
	acl_get_grantable(acl->account, acl->mailbox, entry->identifier,
		on_grantable, on_granting_done, granting);
}

/* --- loading -------------------------------------------------------------- */

static void on_entry(const char *identifier, const char *rights, void *data)
{
	struct acl *acl = data;
	/* Told a second time, after the connection was lost. */
	struct acl_entry *entry = find_entry(acl->incoming, identifier);

	if (entry == NULL) {
		entry = g_new0(struct acl_entry, 1);
		entry->identifier = g_strdup(identifier);
		g_ptr_array_add(acl->incoming, entry);
	}
	g_free(entry->rights);
	entry->rights = imap_rights_real(rights);
}

/* What the user had opened stays open. */
static void take_over(struct acl *acl)
{
	GPtrArray *former = acl->entries;

	acl->entries = acl->incoming;
	acl->incoming = g_ptr_array_new_with_free_func(entry_free);
	for (guint i = 0; i < acl->entries->len; i++) {
		struct acl_entry *entry = acl->entries->pdata[i];
		struct acl_entry *old = find_entry(former, entry->identifier);

		if (old != NULL) {
			entry->is_open = old->is_open;
			entry->required = g_steal_pointer(&old->required);
			entry->optional = g_steal_pointer(&old->optional);
		}
		if (g_strcmp0(acl->wanted, entry->identifier) == 0)
			open_entry(acl, entry);
	}
	if (acl->wanted != NULL)
		make_lines(acl, acl->wanted, '\0');
	else
		remake_lines(acl);
	g_clear_pointer(&acl->wanted, g_free);
	g_ptr_array_unref(former);
}

static void on_loaded(const GError *error, void *data)
{
	struct acl *acl = data;

	g_clear_pointer(&acl->problem, g_free);
	if (error != NULL)
		acl->problem = g_strdup(error->message);
	if (!acl->is_gone && error == NULL)
		take_over(acl);
	else
		g_ptr_array_set_size(acl->incoming, 0);
	if (!acl->is_gone) {
		widget_damage(&acl->widget, DAMAGE_PAINT);
		screen_damage_frame();
	}
	acl_unref(acl);
}

static void on_own(const char *identifier, const char *rights, void *data)
{
	struct acl *acl = data;

	(void)identifier;
	g_free(acl->own);
	acl->own = g_strdup(rights);
}

/* GETACL needs the right "a"; what one's own are is told in any case. */
static void on_own_done(const GError *error, void *data)
{
	struct acl *acl = data;

	(void)error;
	if (!acl->is_gone)
		screen_damage_frame();
	acl_unref(acl);
}

static void load(struct acl *acl)
{
	g_ptr_array_set_size(acl->incoming, 0);
	acl_get_own(acl->account, acl->mailbox, on_own, on_own_done, acl_ref(acl));
	acl_get(acl->account, acl->mailbox, on_entry, on_loaded, acl_ref(acl));
}

/* --- changing ------------------------------------------------------------- */

/* What is shown is what the server has: it is asked again. */
static void on_changed(const GError *error, void *data)
{
	struct acl *acl = data;

	if (error != NULL)
		view_message(VIEW_ERROR, "%s", error->message);
	if (!acl->is_gone)
		load(acl);
	acl_unref(acl);
}

/* A change that a question is asked about. */
struct change {
	struct acl *acl;
	char *identifier;
	char *rights; /* "-a"; NULL: the entry goes */
};

static void change_free(void *data)
{
	struct change *change = data;

	acl_unref(change->acl);
	g_free(change->identifier);
	g_free(change->rights);
	g_free(change);
}

static struct change *change_new(struct acl *acl, const char *identifier,
	const char *rights)
{
	struct change *change = g_new0(struct change, 1);

	change->acl = acl_ref(acl);
	change->identifier = g_strdup(identifier);
	change->rights = g_strdup(rights);
	return change;
}

static void make_change(const struct change *change)
{
	struct acl *acl = change->acl;

	if (change->rights != NULL)
		acl_set(acl->account, acl->mailbox, change->identifier,
			change->rights, on_changed, acl_ref(acl));
	else
		acl_delete(acl->account, acl->mailbox, change->identifier,
			on_changed, acl_ref(acl));
}

static void on_answer(const char *text, void *data)
{
	if (g_strcmp0(text, "yes") == 0)
		make_change(data);
}

static void ask_about(struct change *change, const char *label)
{
	const struct prompt_request request = {
		.kind = PROMPT_YES_NO, .label = label, .done = on_answer,
		.data = change, .free_data = change_free,
	};

	prompt_ask(&request);
}

/* The user by name, or as Courier calls whoever the mailbox belongs to. */
static bool is_own(const struct acl *acl, const struct acl_entry *entry)
{
	return g_strcmp0(entry->identifier, account_user(acl->account)) == 0 ||
		strcmp(entry->identifier, "owner") == 0;
}

static bool may_change(const struct acl *acl, const struct acl_entry *entry,
	char letter, GError **error)
{
	if (is_required(entry, letter)) {
		g_set_error(error, CMD_ERROR, CMD_ERROR_CONTEXT,
			"'%s' always has this right", entry->identifier);
		return false;
	}
	if (acl->own != NULL && !imap_rights_have(acl->own, 'a')) {
		g_set_error(error, CMD_ERROR, CMD_ERROR_CONTEXT,
			"you have no right to change the rights of %s", acl->mailbox);
		return false;
	}
	return true;
}

static bool toggle(struct acl *acl, const struct acl_line *line, GError **error)
{
	bool has = has_right(line->entry, line->letter);
	const char rights[] = { has ? '-' : '+', line->letter, '\0' };
	struct change *change;

	if (!may_change(acl, line->entry, line->letter, error))
		return false;
	change = change_new(acl, line->entry->identifier, rights);
	if (has && line->letter == 'a' && is_own(acl, line->entry)) {
		ask_about(change, "Give up your own right to change rights?");
		return true;
	}
	make_change(change);
	change_free(change);
	return true;
}

static bool choose(struct acl *acl, GError **error)
{
	const struct acl_line *line = line_at(acl, acl->list.cursor);

	if (line == NULL)
		return true;
	if (line->letter != '\0')
		return toggle(acl, line, error);
	if (line->entry->is_open)
		line->entry->is_open = false;
	else
		open_entry(acl, line->entry);
	remake_lines(acl);
	return true;
}

static bool remove_entry(struct acl *acl, GError **error)
{
	const struct acl_line *line = line_at(acl, acl->list.cursor);
	char *label;

	if (line == NULL)
		return true;
	if (!may_change(acl, line->entry, '\0', error))
		return false;
	label = is_own(acl, line->entry) ?
		g_strdup("Remove all your own rights?") :
		g_strdup_printf("Remove all rights of %s?", line->entry->identifier);
	ask_about(change_new(acl, line->entry->identifier, NULL), label);
	g_free(label);
	return true;
}

/* A new one may look and read at first. */
static void on_identifier(const char *text, void *data)
{
	struct acl *acl = data;

	if (text == NULL || *text == '\0')
		return;
	g_free(acl->wanted);
	acl->wanted = g_strdup(text);
	acl_set(acl->account, acl->mailbox, text, "lr", on_changed, acl_ref(acl));
}

static bool add_entry(struct acl *acl, GError **error)
{
	static const struct acl_entry nobody = { .identifier = (char *)"" };
	const struct prompt_request request = {
		.kind = PROMPT_LINE,
		.label = "Give rights to (user, group or anyone): ",
		.history = "identifier", .done = on_identifier, .data = acl,
	};

	if (!may_change(acl, &nobody, '\0', error))
		return false;
	prompt_ask(&request);
	return true;
}

/* --- painting ------------------------------------------------------------- */

static void paint_identifier(const struct area *area, struct style style,
	const struct acl_entry *entry)
{
	bool is_negative = entry->identifier[0] == '-';
	char *words = acl_rights_to_words(entry->rights);
	char *text = g_strdup_printf("%s%s", is_negative ? "never: " : "",
		*words != '\0' ? words : "none");

	paint_text(area, 0, 1, 1, style, entry->is_open ? text_sign("▾", "-")
		: text_sign("▸", "+"), -1);
	paint_fit(area, 0, 3, IDENTIFIER_COLS, style,
		entry->identifier + (is_negative ? 1 : 0));
	paint_fit(area, 0, 4 + IDENTIFIER_COLS, area->cols - 4 - IDENTIFIER_COLS,
		style, text);
	g_free(text);
	g_free(words);
}

static void paint_right(const struct area *area, struct style style,
	const struct acl_line *line)
{
	const struct imap_right *row = imap_right_find(line->letter);
	bool has = has_right(line->entry, line->letter) ||
		is_required(line->entry, line->letter);
	const char letter[] = { line->letter, '\0' };
	char *text = g_strdup_printf("%s%s", row != NULL ? row->summary :
		"a right of this server's own",
		is_required(line->entry, line->letter) ? " (always)" : "");
	int col = 5;

	paint_text(area, 0, col, 3, style, has ? "[x]" : "[ ]", -1);
	paint_text(area, 0, col + 4, 1, style, letter, -1);
	paint_fit(area, 0, col + 6, NAME_COLS, style, row != NULL ? row->name : letter);
	col += 7 + NAME_COLS;
	paint_fit(area, 0, col, area->cols - col, style, text);
	g_free(text);
}

static void paint_row(struct list *list, const struct area *area, uint32_t i,
	bool is_cursor, void *data)
{
	const struct acl_line *line = line_at(data, i);
	struct style style = theme_style(THEME_NORMAL);

	(void)list;
	if (line->letter == '\0')
		style.attrs |= STYLE_BOLD;
	if (is_cursor)
		style = style_over(style, theme_layer(THEME_INDICATOR));
	paint_fill(area, 0, 0, -1, style);
	if (line->letter == '\0')
		paint_identifier(area, style, line->entry);
	else
		paint_right(area, style, line);
}

static void paint(struct widget *widget)
{
	struct acl *acl = to_acl(widget);

	list_paint(&acl->list, &widget->area);
	if (acl->lines->len == 0)
		paint_fit(&widget->area, 0, 1, widget->area.cols - 1,
			theme_style(acl->problem != NULL ? THEME_ERROR : THEME_NORMAL),
			acl->problem != NULL ? acl->problem : text_sign("…", "..."));
}

static void layout(struct widget *widget)
{
	list_set_rows(&to_acl(widget)->list, widget->area.rows);
}

static void title(struct widget *widget, GString *left, GString *right)
{
	struct acl *acl = to_acl(widget);
	char *words = acl->own != NULL ? acl_rights_to_words(acl->own) : NULL;

	g_string_append_printf(left, "Rights on %s", acl->mailbox);
	if (words != NULL)
		g_string_append_printf(right, "you: %s", words);
	g_free(words);
}

/* --- the widget ----------------------------------------------------------- */

static bool move(struct widget *widget, enum move how, unsigned count)
{
	widget_damage(widget, DAMAGE_PAINT);
	return list_move(&to_acl(widget)->list, how, count);
}

static bool command(struct widget *widget, const char *name,
	const char *const *argv, unsigned count, GError **error)
{
	struct acl *acl = to_acl(widget);

	(void)argv;
	(void)count;
	if (g_str_equal(name, "select"))
		return choose(acl, error);
	if (g_str_equal(name, "acl-add"))
		return add_entry(acl, error);
	if (g_str_equal(name, "acl-remove"))
		return remove_entry(acl, error);
	return false;
}

static void free_acl(struct widget *widget)
{
	struct acl *acl = to_acl(widget);

	prompt_cancel(acl);
	acl->is_gone = true;
	acl_unref(acl);
}

static const struct widget_ops ops = {
	.context = CONTEXT_ACL,
	.title = title,
	.layout = layout,
	.paint = paint,
	.move = move,
	.command = command,
	.free = free_acl,
};

static const struct list_ops list_ops = { .paint_row = paint_row };

struct widget *acl_new(struct account *account, const char *mailbox)
{
	struct acl *acl = g_new0(struct acl, 1);

	widget_init(&acl->widget, &ops);
	list_init(&acl->list, &list_ops, acl);
	acl->refs = 1;
	acl->account = account;
	acl->mailbox = g_strdup(mailbox);
	acl->entries = g_ptr_array_new_with_free_func(entry_free);
	acl->incoming = g_ptr_array_new_with_free_func(entry_free);
	acl->lines = g_array_new(FALSE, FALSE, sizeof(struct acl_line));
	load(acl);
	return &acl->widget;
}
