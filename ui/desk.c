/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the screen works on. See desk.h. */
#include "src/base/base.h"
#include "ui/desk.h"
#include "ui/act.h"

#include "src/base/error.h"
#include "src/mail/account.h"
#include "src/mail/action.h"
#include "src/mail/listing.h"
#include "src/mail/mailbox.h"
#include "ui/dialogue.h"
#include "ui/folders.h"
#include "ui/hooks.h"
#include "ui/index.h"
#include "ui/options.h"
#include "ui/order.h"
#include "ui/pager.h"
#include "ui/prompt.h"
#include "ui/screen.h"
#include "ui/startup.h"
#include "ui/status.h"
#include "ui/term.h"
#include "ui/text.h"
#include "ui/view.h"
#include "ui/work.h"

enum {
	LOGOUT_MS = 5000,         /* a server that says nothing is left then */
	PROGRESS_FROM_ROWS = 1000, /* less is there before a bar is read */
};

static struct {
	struct view view;
	struct widget *index; /* of the screen's stack */
	/* The command that opens a mailbox ends when there is something to see. */
	struct command_call opening;
	bool is_opening;
	uint32_t n_arrived;
	guint second_timer; /* while a state text counts seconds */
	guint logout_timer;
	unsigned logouts;
	bool is_quitting;
	struct work *loading; /* rows of the mailbox, or NULL */
	struct work *server_work; /* whose progress a server tells, or NULL */
	const struct account *server_works; /* whose it is; only compared */
	bool wants_new; /* -Z: the first mailbox with new mail, when it is known */
} desk;

/* --- what accounts and the mailbox tell ----------------------------------- */

static void show_account_state(void);

static gboolean on_second(void *data)
{
	(void)data;
	desk.second_timer = 0;
	show_account_state();
	return G_SOURCE_REMOVE;
}

/* A connection that is made anew at once is no news: a second is waited for
 * before it is told. */
static bool is_calm(const struct account *account)
{
	int64_t since = account_offline_since(account);

	switch (account_state(account)) {
	case ACCOUNT_ONLINE:
		return true;
	case ACCOUNT_CONNECTING:
		if (since == 0)
			return desk.view.mailbox &&
			       mailbox_length(desk.view.mailbox) > 0;
		break;
	case ACCOUNT_WAITING:
		break;
	default:
		return false;
	}
	return g_get_real_time() / G_USEC_PER_SEC - since < 1;
}

static void show_account_state(void)
{
	struct account *account = desk.view.account;
	bool is_lost = account && account_offline_since(account) != 0 &&
		account_state(account) != ACCOUNT_FAILED;

	status_set_standing(!account || is_calm(account)
				    ? NULL
				    : account_state_text(account));
	/* "trying again in 8 s" goes down. */
	if (is_lost && desk.second_timer == 0)
		desk.second_timer = g_timeout_add(1000, on_second, NULL);
}

static void look_for_new(struct account *account);

static void on_state(struct account *account, void *data)
{
	(void)data;
	folders_changed();
	if (desk.wants_new && account == desk.view.account)
		look_for_new(account);
	screen_damage_frame();
	if (account == desk.view.account)
		show_account_state();
	if (account_state(account) == ACCOUNT_ONLINE)
		dialogue_account_online(account);
}

static void on_mailboxes(struct account *account, void *data)
{
	(void)account;
	(void)data;
	folders_changed();
}

/* What nobody waits for is no new mail. */
static bool is_awaited(const struct account_mailbox *row)
{
	return row->can_select &&
	       (row->attributes &
		       (IMAP_MAILBOX_JUNK | IMAP_MAILBOX_TRASH |
			       IMAP_MAILBOX_SENT | IMAP_MAILBOX_DRAFTS)) == 0;
}

static void on_news(struct account *account, const char *mailbox,
	enum account_news_kind kind, void *data)
{
	const struct account_mailbox *row =
		account_mailbox_find(account, mailbox);

	(void)data;
	if (kind != ACCOUNT_NEWS_MAIL || !row || !is_awaited(row))
		return;
	if (accounts()->len > 1)
		view_message(VIEW_INFO, "new mail in %s/%s",
			account_name(account), mailbox);
	else
		view_message(VIEW_INFO, "new mail in %s", mailbox);
	if (ui_options()->beep_new)
		term_beep();
	hooks_run("new-mail");
}

/* The server's own bar; whoever began the work stops it. */
static void on_progress(struct account *account, const char *what, uint64_t had,
	uint64_t wanted, void *data)
{
	(void)data;
	if (!what && account != desk.server_works)
		return;
	work_end(&desk.server_work);
	desk.server_works = what ? account : NULL;
	if (!what)
		return;
	desk.server_work = work_begin(what, NULL, NULL);
	work_progress(desk.server_work, had, wanted);
}

static void on_message(struct account *account, bool is_alert, const char *text, void *data)
{
	char *whole = accounts()->len > 1
		? g_strdup_printf("%s: %s", account_name(account), text) : g_strdup(text);

	(void)data;
	status_message(is_alert ? VIEW_ALERT : VIEW_INFO, whole);
	g_free(whole);
}

static void on_secret(struct account *account, const char *refusal, void *data)
{
	(void)data;
	dialogue_secret(account, refusal, account == desk.view.account);
}

static void on_verdict(struct account *account, const struct tls_peer *peer, void *data)
{
	(void)data;
	dialogue_verdict(account, peer, account == desk.view.account);
}

static void on_verdict_cancelled(struct account *account, void *data)
{
	(void)data;
	dialogue_verdict_cancelled(account);
}

const struct account_ops *screen_account_ops(void)
{
	static const struct account_ops ops = {
		.state_changed = on_state,
		.mailboxes_changed = on_mailboxes,
		.mailbox_news = on_news,
		.progress = on_progress,
		.message = on_message,
		.wants_secret = on_secret,
		.wants_verdict = on_verdict,
		.verdict_cancelled = on_verdict_cancelled,
	};

	return &ops;
}

const char *desk_connection_text(void)
{
	return desk.view.account ? account_summary(desk.view.account) : NULL;
}

static void stop_loading(void *data)
{
	(void)data;
	mailbox_stop_loading(desk.view.mailbox);
	work_end(&desk.loading);
}

static void show_loading(void)
{
	struct mailbox_counts counts;

	mailbox_get_counts(desk.view.mailbox, &counts);
	if (!mailbox_is_filling(desk.view.mailbox) || counts.messages < PROGRESS_FROM_ROWS ||
		counts.loaded >= counts.messages) {
		work_end(&desk.loading);
		return;
	}
	if (!desk.loading)
		desk.loading = work_begin("Loading headers", stop_loading, NULL);
	work_progress(desk.loading, counts.loaded, counts.messages);
}

static void end_opening(void)
{
	if (!desk.is_opening)
		return;
	desk.is_opening = false;
	view_finish(&desk.opening, NULL);
}

static void on_mailbox_state(struct mailbox *mailbox, void *data)
{
	(void)data;
	if (mailbox != desk.view.mailbox)
		return;
	if (mailbox_state(mailbox) != MAILBOX_LOADING)
		end_opening();
	if (mailbox_state(mailbox) == MAILBOX_GONE)
		status_message(VIEW_ERROR, mailbox_state_text(mailbox));
	show_loading();
	show_account_state();
	widget_damage(desk.index, DAMAGE_CONTENT);
	screen_damage_frame();
}

static void on_rows(struct mailbox *mailbox, void *data)
{
	(void)data;
	if (mailbox == desk.view.mailbox)
		show_loading();
}

static void on_arrived(struct mailbox *mailbox, uint32_t uid, void *data)
{
	uint32_t pos = uid != 0 ? mailbox_find_uid(mailbox, uid) : UINT32_MAX;

	(void)data;
	if (mailbox != desk.view.mailbox)
		return;
	/* What comes back read, by undo for one, is no news. */
	if (pos != UINT32_MAX && mailbox_flags_at(mailbox, pos) & IMAP_FLAG_SEEN)
		return;
	desk.n_arrived++;
	view_message(VIEW_INFO, "%u new message%s", desk.n_arrived, desk.n_arrived == 1 ? "" : "s");
	if (ui_options()->beep_new && desk.n_arrived == 1)
		term_beep();
	hooks_run("new-mail");
}

static const struct mailbox_ops mailbox_ops = {
	.changed = on_rows,
	.state_changed = on_mailbox_state,
	.arrived = on_arrived,
};

static void on_listing(struct listing *listing, void *data)
{
	(void)listing;
	(void)data;
	widget_damage(desk.index, DAMAGE_CONTENT);
	screen_damage_frame();
}

/* --- the view ------------------------------------------------------------- */

static void view_tell(struct view *view, enum view_kind kind, const char *text)
{
	(void)view;
	desk.n_arrived = 0;
	status_message(kind, text);
	if (kind == VIEW_ERROR && ui_options()->beep)
		term_beep();
}

static void view_ask(struct view *view, const struct prompt_request *request)
{
	(void)view;
	prompt_ask(request);
}

static void leave_mailbox(void)
{
	end_opening();
	work_end(&desk.loading);
	if (desk.view.mailbox)
		mailbox_unlisten(desk.view.mailbox, &mailbox_ops, NULL);
}

static void set_title(void)
{
	char *title;

	if (!ui_options()->xterm_set_titles || !desk.view.mailbox)
		return;
	title = g_strdup_printf("culver: %s", mailbox_name(desk.view.mailbox));
	term_set_title(title);
	g_free(title);
}

static void view_open(struct view *view, struct account *account,
	const char *name, bool read_only, const struct command_call *call)
{
	struct mailbox *mailbox = read_only ? mailbox_open_read_only(account, name)
		: mailbox_open(account, name);
	struct listing *listing = listing_new(mailbox, on_listing, NULL);
	struct listing_order order;

	order_of(mailbox_options(mailbox), &order);
	listing_set_order(listing, &order);
	leave_mailbox();
	screen_pop_to(desk.index);
	mailbox_listen(mailbox, &mailbox_ops, NULL);
	view_set_mailbox(view, account, mailbox, listing);
	index_reset(desk.index);
	if (account_state(account) == ACCOUNT_OFFLINE)
		account_connect(account);
	if (call && mailbox_state(mailbox) == MAILBOX_LOADING) {
		desk.opening = *call;
		desk.is_opening = true;
	} else if (call) {
		view_finish(call, NULL);
	}
	desk.n_arrived = 0;
	show_account_state();
	set_title();
	folders_changed();
	hooks_mailbox(mailbox);
	dialogue_account_shown(account);
}

static uint32_t view_uid(struct view *view)
{
	struct widget *pager = screen_find(CONTEXT_PAGER);

	(void)view;
	return pager ? pager_uid(pager) : index_cursor_uid(desk.index);
}

static void view_set_uid(struct view *view, uint32_t uid)
{
	(void)view;
	index_set_cursor_uid(desk.index, uid);
}

static void go_on_in_pager(struct widget *pager)
{
	uint32_t next = index_neighbour(desk.index, pager_uid(pager), true);

	if (next != 0)
		desk_open_message(next);
	else
		screen_pop_to(desk.index);
}

static void view_acted(struct view *view, const struct imap_seqset *uids, bool has_left)
{
	struct widget *pager = screen_find(CONTEXT_PAGER);
	uint32_t uid = view_uid(view);

	widget_damage(desk.index, DAMAGE_CONTENT);
	if (!ui_options()->resolve || !imap_seqset_has(uids, uid) ||
		imap_seqset_count(uids) != 1)
		return;
	if (pager && has_left) {
		go_on_in_pager(pager);
	} else if (!pager && listing_find_uid(view->listing, uid) != UINT32_MAX) {
		uint32_t next = index_neighbour(desk.index, uid, true);

		if (next != 0)
			index_set_cursor_uid(desk.index, next);
	}
}

static void view_tags_changed(struct view *view)
{
	(void)view;
	widget_damage(desk.index, DAMAGE_PAINT);
	screen_damage_frame();
}

static unsigned view_context(struct view *view)
{
	(void)view;
	return prompt_is_open() ? CONTEXT_PROMPT : screen_top()->ops->context;
}

/* --- the end -------------------------------------------------------------- */

static gboolean on_logout_timeout(void *data)
{
	(void)data;
	desk.logout_timer = 0;
	screen_quit(0);
	return G_SOURCE_REMOVE;
}

static void on_logged_out(const GError *error, void *data)
{
	(void)error;
	(void)data;
	if (--desk.logouts == 0)
		screen_quit(0);
}

static void view_quit(struct view *view)
{
	const GPtrArray *all = accounts();

	(void)view;
	/* A second q does not wait for the server. What is pending is in the
	 * journal. */
	if (desk.is_quitting || all->len == 0) {
		screen_quit(0);
		return;
	}
	desk.is_quitting = true;
	hooks_run("shutdown");
	status_message(VIEW_INFO, action_n_pending(NULL) > 0
		? "waiting for the server to confirm; q again leaves at once" : "leaving");
	desk.logouts = all->len;
	desk.logout_timer = g_timeout_add(LOGOUT_MS, on_logout_timeout, NULL);
	for (guint i = 0; i < all->len; i++)
		account_logout(all->pdata[i], on_logged_out, NULL);
}

void desk_hang_up(void)
{
	screen_quit(0);
}

static const struct view_ops view_ops = {
	.message = view_tell,
	.prompt = view_ask,
	.open_mailbox = view_open,
	.cursor_uid = view_uid,
	.set_cursor_uid = view_set_uid,
	.acted = view_acted,
	.quit = view_quit,
	.changed = view_tags_changed,
	.context = view_context,
};

void desk_open_message(uint32_t uid)
{
	struct widget *pager = screen_find(CONTEXT_PAGER);

	if (uid == 0 || !desk.view.mailbox)
		return;
	hooks_message(desk.view.mailbox, uid);
	index_set_cursor_uid(desk.index, uid);
	if (!pager) {
		screen_push(pager_new(desk.view.mailbox, uid));
		return;
	}
	screen_pop_to(pager);
	pager_show(pager, uid);
}

/* --- start and stop ------------------------------------------------------- */

static void open_first(struct account *home, const char *mailbox)
{
	struct account *account = NULL;
	GError *error = NULL;
	char *name = mailbox_resolve(home, mailbox ? mailbox : "!", &account, &error);

	if (!name) {
		view_message(VIEW_ERROR, "%s", error->message);
		g_error_free(error);
		account_connect(home);
		return;
	}
	view_open(&desk.view, account, name, desk.view.read_only, NULL);
	g_free(name);
}

static bool has_new(const struct account_mailbox *row)
{
	return row->has_counts && row->unseen > 0 && is_awaited(row);
}

static void open_new(const GError *error, void *data)
{
	struct account *account = data;

	(void)error;
	/* The user may have opened another meanwhile. */
	if (desk.view.mailbox)
		return;
	for (size_t i = 0; i < account_n_mailboxes(account); i++) {
		const struct account_mailbox *row = account_mailbox_at(account, i);

		if (has_new(row)) {
			view_open(&desk.view, account, row->name, desk.view.read_only,
				NULL);
			return;
		}
	}
	open_first(account, NULL);
	view_message(VIEW_INFO, "no mailbox has new mail");
}

/* -Z: the folder list tells it; without a server the inbox has to do. */
static void look_for_new(struct account *account)
{
	if (account_state(account) == ACCOUNT_CONNECTING)
		return;
	desk.wants_new = false;
	if (account_state(account) == ACCOUNT_ONLINE)
		account_refresh_mailboxes(account, open_new, account);
	else if (!desk.view.mailbox)
		open_first(account, NULL);
}

static void show_remarks(const struct startup *startup)
{
	for (guint i = 0; startup->remarks && i < startup->remarks->len; i++)
		status_message(VIEW_WARNING, startup->remarks->pdata[i]);
	if (startup->remarks && startup->remarks->len > 1) {
		char *text = g_strdup_printf("%u remarks on the rc file; the last: %s",
			startup->remarks->len,
			(char *)startup->remarks->pdata[startup->remarks->len - 1]);

		status_message(VIEW_INFO, text);
		g_free(text);
	}
}

void desk_start(const struct startup *startup)
{
	const GPtrArray *all = accounts();

	view_init(&desk.view, &view_ops);
	desk.view.read_only = startup->read_only;
	desk.view.account = startup->account;
	view_make_current(&desk.view);
	acts_listen();
	order_start();
	desk.index = index_new();
	screen_push(desk.index);
	show_remarks(startup);
	desk.wants_new = startup->account && !startup->mailbox &&
		g_strcmp0(startup->starts_with, "new") == 0;
	if (startup->account && !desk.wants_new)
		open_first(startup->account, startup->mailbox);
	else if (!startup->account)
		dialogue_first_run(startup);
	for (guint i = 0; i < all->len; i++) {
		if (account_state(all->pdata[i]) == ACCOUNT_OFFLINE)
			account_connect(all->pdata[i]);
	}
	if (startup->account && g_strcmp0(startup->starts_with, "folders") == 0)
		screen_push(folders_new());
	hooks_run("startup");
	hooks_note_key();
}

void desk_stop(void)
{
	desk.is_opening = false;
	work_end(&desk.loading);
	work_end(&desk.server_work);
	if (desk.view.mailbox)
		mailbox_unlisten(desk.view.mailbox, &mailbox_ops, NULL);
	order_stop();
	view_release(&desk.view);
	source_clear(&desk.second_timer);
	source_clear(&desk.logout_timer);
	hooks_stop();
	dialogue_stop();
	desk.index = NULL;
}
