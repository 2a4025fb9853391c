/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is told of actions: to those who wait for the end of one, from the loop
 * and once, and to the listener, as it happens.
 */
#include "src/base/base.h"
#include "src/mail/action.h"
#include "src/mail/action-private.h"

static struct {
	action_event_fn *fn;
	void *data;
} listener;

/* --- telling those who wait ---------------------------------------------------- */

struct waiter {
	action_done_fn *done; /* NULL: forgotten */
	void *data;
	uint32_t changed;
	GError *error;
};

static GPtrArray *told; /* of struct waiter *, to be told from the loop */
static guint tell_source;

struct flush {
	struct account *account;
	char *mailbox;
	action_done_fn *done;
	void *data;
};

static GPtrArray *flushes; /* of struct flush * */

static gboolean tell(gpointer data)
{
	GPtrArray *now = told;

	(void)data;
	tell_source = 0;
	told = g_ptr_array_new();
	for (guint i = 0; i < now->len; i++) {
		struct waiter *waiter = now->pdata[i];

		if (waiter->done != NULL)
			waiter->done(waiter->changed, waiter->error, waiter->data);
		g_clear_error(&waiter->error);
		g_free(waiter);
	}
	g_ptr_array_free(now, TRUE);
	return G_SOURCE_REMOVE;
}

void action_tell(action_done_fn *done, void *data, uint32_t changed,
	const GError *error)
{
	struct waiter *waiter;

	if (done == NULL)
		return;
	waiter = g_new0(struct waiter, 1);
	waiter->done = done;
	waiter->data = data;
	waiter->changed = changed;
	waiter->error = error == NULL ? NULL : g_error_copy(error);
	g_ptr_array_add(told, waiter);
	if (tell_source == 0)
		tell_source = g_idle_add_full(G_PRIORITY_DEFAULT, tell, NULL,
			NULL);
}

struct tracked {
	void *key;
	action_done_fn **slot;
	void *data;
};

static GArray *tracked;

void action_track(void *key, action_done_fn **slot, void *data)
{
	struct tracked row = { key, slot, data };

	g_array_append_val(tracked, row);
}

void action_untrack(void *key)
{
	for (guint i = tracked->len; i > 0; i--)
		if (g_array_index(tracked, struct tracked, i - 1).key == key)
			g_array_remove_index(tracked, i - 1);
}

static void flush_free(struct flush *flush)
{
	g_free(flush->mailbox);
	g_free(flush);
}

static void check_flushes(void)
{
	for (guint i = flushes->len; i > 0; i--) {
		struct flush *flush = flushes->pdata[i - 1];

		if (ops_pending(flush->account, flush->mailbox) > 0)
			continue;
		g_ptr_array_remove_index(flushes, i - 1);
		action_tell(flush->done, flush->data, 0, NULL);
		flush_free(flush);
	}
}

static void flush_new(struct account *account, const char *mailbox,
	action_done_fn *done, void *data)
{
	struct flush *flush = g_new0(struct flush, 1);

	flush->account = account;
	flush->mailbox = g_strdup(mailbox);
	flush->done = done;
	flush->data = data;
	g_ptr_array_add(flushes, flush);
	check_flushes();
}

void action_flush(struct mailbox *mailbox, action_done_fn *done, void *data)
{
	flush_new(mailbox->account, mailbox->name, done, data);
}

void action_flush_account(struct account *account, action_done_fn *done, void *data)
{
	flush_new(account, NULL, done, data);
}

uint32_t action_n_pending(const struct account *account)
{
	return ops_pending(account, NULL);
}

void action_forget(void *data)
{
	for (guint i = 0; i < told->len; i++) {
		struct waiter *waiter = told->pdata[i];

		if (waiter->data == data)
			waiter->done = NULL;
	}
	for (guint i = 0; i < flushes->len; i++) {
		struct flush *flush = flushes->pdata[i];

		if (flush->data == data)
			flush->done = NULL;
	}
	for (guint i = 0; i < tracked->len; i++)
		if (g_array_index(tracked, struct tracked, i).data == data)
			*g_array_index(tracked, struct tracked, i).slot = NULL;
	for (guint i = 0; i < action_stack->len; i++) {
		struct action *action = action_stack->pdata[i];

		if (action->data == data)
			action->done = NULL;
		if (action->undo_data == data)
			action->undo_done = NULL;
	}
}

/* --- telling what happens ----------------------------------------------------------- */

void action_listen(action_event_fn *fn, void *data)
{
	listener.fn = fn;
	listener.data = data;
}

void action_say(struct account *account, const char *mailbox,
	enum action_event_kind kind, uint64_t count, const char *format, ...)
{
	struct action_event event = { .kind = kind, .count = count,
		.account = account, .mailbox = mailbox };
	va_list args;
	char *text;

	if (listener.fn == NULL)
		return;
	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	event.text = text;
	listener.fn(&event, listener.data);
	g_free(text);
}

static const char *progress_text(const struct op *op)
{
	switch (op->entry->kind) {
	case JOURNAL_MOVE:
		return "Moving messages";
	case JOURNAL_COPY:
		return "Copying messages";
	case JOURNAL_EXPUNGE:
		return "Expunging messages";
	case JOURNAL_STORE:
	case JOURNAL_APPEND:
	case JOURNAL_REPLACE:
		break;
	}
	return "Flagging messages";
}

static void on_progress(const struct op *op)
{
	struct action_event event = {
		.kind = op->phase == OP_ENDED ? ACTION_EVENT_ENDED :
			op->phase == OP_SENT ? ACTION_EVENT_PROGRESS :
			ACTION_EVENT_WAITS,
		.count = op->had, .wanted = op->wanted, .serial = op->serial,
		.account = op->mailbox->account, .mailbox = op->mailbox->name,
		.text = progress_text(op),
	};

	if (listener.fn != NULL)
		listener.fn(&event, listener.data);
}

bool action_stop(unsigned serial)
{
	struct op *op = op_find_serial(serial);

	return op != NULL && op_stop(op);
}

char *action_count_text(uint64_t n)
{
	return g_strdup_printf("%" G_GUINT64_FORMAT " message%s", n,
		n == 1 ? "" : "s");
}

/* --- the room's part --------------------------------------------------------- */

void action_tell_init(void)
{
	told = g_ptr_array_new();
	flushes = g_ptr_array_new();
	tracked = g_array_new(FALSE, FALSE, sizeof(struct tracked));
	ops_listen(check_flushes, on_progress);
}

void action_tell_release(void)
{
	ops_listen(NULL, NULL);
	source_clear(&tell_source);
	for (guint i = 0; i < told->len; i++) {
		struct waiter *waiter = told->pdata[i];

		g_clear_error(&waiter->error);
		g_free(waiter);
	}
	g_clear_pointer(&told, g_ptr_array_unref);
	for (guint i = 0; i < flushes->len; i++)
		flush_free(flushes->pdata[i]);
	g_clear_pointer(&flushes, g_ptr_array_unref);
	g_clear_pointer(&tracked, g_array_unref);
}
