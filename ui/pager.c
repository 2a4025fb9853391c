/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pager. See pager.h. */
#include "src/base/base.h"
#include "ui/pager.h"

#include "src/mail/account.h"
#include "src/mail/action.h"
#include "src/mail/listing.h"
#include "src/mail/mailbox.h"
#include "src/mail/message.h"
#include "src/mime/text.h"
#include "ui/context.h"
#include "ui/lines.h"
#include "ui/screen.h"
#include "ui/status.h"
#include "ui/text.h"
#include "ui/view.h"
#include "ui/work.h"

enum { PROGRESS_FROM_OCTETS = 100000 };

struct pager {
	struct widget widget;
	struct mailbox *mailbox; /* a reference of its own */
	uint32_t uid;
	struct message *message;
	struct lines lines;
	bool has_document;
	bool is_raw, all_headers;
	bool was_seen; /* \Seen has been asked for */
	struct work *loading; /* or NULL */
};

static struct pager *to_pager(struct widget *widget)
{
	return (struct pager *)widget;
}

static bool get_row(struct pager *pager, struct message_row *row)
{
	uint32_t pos = mailbox_find_uid(pager->mailbox, pager->uid);

	if (pos == UINT32_MAX)
		return false;
	mailbox_get_row(pager->mailbox, pos, row);
	return true;
}

/* --- what is shown ------------------------------------------------------------------ */

/* Reading a message marks it, when its text is on the screen. */
static void mark_seen(struct pager *pager)
{
	struct message_row row;
	struct imap_seqset uids;

	if (pager->was_seen || mailbox_is_read_only(pager->mailbox) || !get_row(pager, &row))
		return;
	pager->was_seen = true;
	if (row.flags & IMAP_FLAG_SEEN)
		return;
	imap_seqset_init(&uids);
	imap_seqset_add(&uids, pager->uid);
	action_mark_seen(pager->mailbox, &uids);
	imap_seqset_release(&uids);
}

/* While it comes: what the index knows, and that it comes. */
static struct mime_document *loading_document(struct pager *pager)
{
	struct mime_document *document = mime_document_new();
	enum message_state state = message_state(pager->message);
	struct message_row row;

	if (get_row(pager, &row) && row.is_loaded) {
		mime_document_add_field(document, "From", row.from ? row.from : "");
		mime_document_add_field(document, "Subject", row.subject ? row.subject : "");
		mime_document_add(document, MIME_LINE_TEXT, "");
	}
	mime_document_add(document, MIME_LINE_NOTE, state == MESSAGE_LOADING
		|| state == MESSAGE_READY ? "loading" : message_state_text(pager->message));
	return document;
}

/* Raw text gives way to the text, a message that does not come to the index. */
static void stop_loading(void *data)
{
	struct pager *pager = data;

	work_end(&pager->loading);
	if (pager->is_raw)
		pager_show(&pager->widget, pager->uid);
	else
		screen_pop_to(screen_find(CONTEXT_INDEX));
}

static void show_progress(struct pager *pager)
{
	enum message_state state = message_state(pager->message);
	uint64_t had = 0, wanted = 0;

	if (pager->has_document || state == MESSAGE_ERROR || state == MESSAGE_GONE) {
		work_end(&pager->loading);
		return;
	}
	if (!pager->loading)
		pager->loading = work_begin("Loading message", stop_loading, pager);
	message_progress(pager->message, &had, &wanted);
	/* What comes at once needs no bar. */
	work_progress(pager->loading, had, wanted >= PROGRESS_FROM_OCTETS ? wanted : 0);
}

static void pager_recalc(struct widget *widget)
{
	struct pager *pager = to_pager(widget);
	struct mime_document *document = NULL;

	if (!pager->has_document) {
		if (pager->is_raw)
			document = message_raw_document(pager->message);
		else
			document = message_document(pager->message, pager->all_headers);
		pager->has_document = document != NULL;
		lines_set_document(&pager->lines,
			document ? document : loading_document(pager), false);
	}
	if (document)
		mark_seen(pager);
	show_progress(pager);
	lines_set_area(&pager->lines, &widget->area);
	screen_damage_frame();
}

static void on_message(struct message *message, void *data)
{
	struct pager *pager = data;

	(void)message;
	/* What was read stays on the screen when the message goes. */
	if (pager->has_document && message_state(message) == MESSAGE_GONE)
		status_message(VIEW_WARNING, message_state_text(message));
	widget_damage(&pager->widget, DAMAGE_CONTENT);
}

static void reload(struct pager *pager)
{
	pager->has_document = false;
	widget_damage(&pager->widget, DAMAGE_CONTENT);
}

void pager_show(struct widget *widget, uint32_t uid)
{
	struct pager *pager = to_pager(widget);

	work_end(&pager->loading);
	message_close(&pager->message);
	pager->uid = uid;
	pager->was_seen = false;
	pager->is_raw = pager->all_headers = false;
	pager->lines.fold_quotes = false;
	pager->lines.rule_below_header = true;
	pager->message = message_open(pager->mailbox, uid, on_message, pager);
	reload(pager);
	screen_damage_frame();
}

/* --- the widget ------------------------------------------------------------------------ */

/* As the index calls it, if the message is there. */
static uint32_t number_of(const struct pager *pager,
	const struct message_row *row)
{
	const struct view *view = view_current();
	uint32_t place = view->mailbox == pager->mailbox ?
		listing_find_uid(view->listing, row->uid) : UINT32_MAX;

	return place == UINT32_MAX ? row->number :
		listing_number_at(view->listing, place);
}

static void pager_title(struct widget *widget, GString *left, GString *right)
{
	struct pager *pager = to_pager(widget);
	struct message_row row;
	char *subject;

	g_string_append_printf(left, "%s · %s", mailbox_name(pager->mailbox),
		account_name(mailbox_account(pager->mailbox)));
	if (!get_row(pager, &row) || !row.is_loaded)
		return;
	subject = text_fit(row.subject ? row.subject : "",
		CLAMP(text_width(row.subject ? row.subject : "", -1), 1,
			MAX(widget->area.cols / 2, 1)), TEXT_LEFT);
	g_string_append_printf(right, "%u/%u · %s", number_of(pager, &row),
		mailbox_length(pager->mailbox), subject);
	g_free(subject);
}

static void pager_layout(struct widget *widget)
{
	lines_set_area(&to_pager(widget)->lines, &widget->area);
}

static void pager_paint(struct widget *widget)
{
	lines_paint(&to_pager(widget)->lines);
}

static void pager_position(struct widget *widget, GString *out)
{
	lines_position(&to_pager(widget)->lines, out);
}

static bool pager_move(struct widget *widget, enum move move, unsigned count)
{
	bool moved = lines_move(&to_pager(widget)->lines, move, count);

	if (moved) {
		widget_damage(widget, DAMAGE_PAINT);
		screen_damage_frame();
	}
	return moved;
}

static bool pager_command(struct widget *widget, const char *name,
	const char *const *argv, unsigned count, GError **error)
{
	struct pager *pager = to_pager(widget);
	bool done = true;

	(void)count;
	if (strcmp(name, "headers") == 0) {
		pager->all_headers = !pager->all_headers;
		pager->is_raw = false;
		pager->lines.rule_below_header = true;
		reload(pager);
	} else if (strcmp(name, "raw") == 0) {
		pager->is_raw = !pager->is_raw;
		pager->lines.rule_below_header = !pager->is_raw;
		reload(pager);
	} else {
		done = lines_command(&pager->lines, name, argv, error);
		widget_damage(widget, DAMAGE_PAINT);
	}
	screen_damage_frame();
	return done;
}

static void pager_free(struct widget *widget)
{
	struct pager *pager = to_pager(widget);

	work_end(&pager->loading);
	message_close(&pager->message);
	mailbox_unref(&pager->mailbox);
	lines_release(&pager->lines);
	g_free(pager);
}

static const struct widget_ops ops = {
	.context = CONTEXT_PAGER,
	.title = pager_title,
	.layout = pager_layout,
	.recalc = pager_recalc,
	.paint = pager_paint,
	.move = pager_move,
	.command = pager_command,
	.position = pager_position,
	.free = pager_free,
};

struct widget *pager_new(struct mailbox *mailbox, uint32_t uid)
{
	struct pager *pager = g_new0(struct pager, 1);

	widget_init(&pager->widget, &ops);
	lines_init(&pager->lines);
	pager->mailbox = mailbox_ref(mailbox);
	pager_show(&pager->widget, uid);
	return &pager->widget;
}

uint32_t pager_uid(struct widget *widget)
{
	return to_pager(widget)->uid;
}

bool pager_is_at_end(struct widget *widget)
{
	return lines_is_at_end(&to_pager(widget)->lines);
}
