/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands about an account's server: what it can, what it says, quotas,
 * rights and metadata. */
#include "src/base/base.h"
#include "ui/commands.h"

#include "src/base/error.h"
#include "src/mail/account.h"
#include "src/mail/acl.h"
#include "src/mail/mailbox.h"
#include "src/mail/metadata.h"
#include "src/mail/quota.h"
#include "src/mime/text.h"
#include "ui/account-text.h"
#include "ui/acl.h"
#include "ui/folders.h"
#include "ui/screen.h"
#include "ui/textview.h"
#include "ui/trace.h"
#include "ui/view.h"

/* --- an answer on its way to the screen ----------------------------------- */

struct answer {
	struct account *account;
	char *mailbox; /* "": the server */
	char *title;
	struct mime_document *document; /* NULL: the answer is no text */
	char *root;    /* quota: the last one told */
};

static void answer_free(struct answer *answer)
{
	mime_document_free(&answer->document);
	g_free(answer->mailbox);
	g_free(answer->title);
	g_free(answer->root);
	g_free(answer);
}

/* The mailbox named; else the one under the cursor of the list of mailboxes;
 * else the open one. */
static char *which_mailbox(const struct command_call *call,
	struct account **account_out, GError **error)
{
	struct view *view = view_current();
	const char *name = NULL;

	*account_out = view->account;
	if (call->argc > 0 && *call->argv[0] == '\0')
		return g_strdup("");
	if (call->argc > 0)
		return mailbox_resolve(view->account, call->argv[0], account_out,
			error);
	if (screen_top()->ops->context == CONTEXT_FOLDERS)
		name = folders_chosen(screen_top(), account_out);
	else if (view->mailbox != NULL)
		name = mailbox_name(view->mailbox);
	return g_strdup(name != NULL ? name : "INBOX");
}

static struct answer *answer_new(const struct command_call *call, const char *what,
	bool is_text, GError **error)
{
	struct account *account;
	char *mailbox = which_mailbox(call, &account, error);
	struct answer *answer;

	if (mailbox == NULL)
		return NULL;
	answer = g_new0(struct answer, 1);
	answer->account = account;
	answer->mailbox = mailbox;
	answer->title = g_strdup_printf("%s of %s", what,
		*mailbox != '\0' ? mailbox : "the server");
	answer->document = is_text ? mime_document_new() : NULL;
	return answer;
}

static void on_text(const GError *error, void *data)
{
	struct answer *answer = data;

	if (error != NULL) {
		view_message(VIEW_ERROR, "%s", error->message);
	} else {
		if (answer->document->lines->len == 0)
			mime_document_add(answer->document, MIME_LINE_NOTE, "none");
		screen_push(textview_new(answer->title,
			g_steal_pointer(&answer->document), false));
	}
	answer_free(answer);
}

static void on_done(const GError *error, void *data)
{
	struct answer *answer = data;

	if (error != NULL)
		view_message(VIEW_ERROR, "%s", error->message);
	else
		view_message(VIEW_INFO, "%s set", answer->title);
	answer_free(answer);
}

/* --- quota ---------------------------------------------------------------- */

static void on_quota(const struct quota *quota, void *data)
{
	struct answer *answer = data;

	if (g_strcmp0(answer->root, quota->root) != 0) {
		char *valid = g_utf8_make_valid(quota->root, -1);

		g_free(answer->root);
		answer->root = g_strdup(quota->root);
		mime_document_add(answer->document, MIME_LINE_HEADER,
			*valid != '\0' ? valid : "Mail");
		g_free(valid);
	}
	account_text_add_quota(answer->document, quota);
}

static void on_deleted(int64_t messages, int64_t octets, void *data)
{
	struct answer *answer = data;

	account_text_add_deleted(answer->document, answer->mailbox, messages, octets);
}

static bool cmd_quota(const struct command_call *call, GError **error)
{
	struct answer *answer = answer_new(call, "Quota", true, error);

	if (answer != NULL)
		quota_get(answer->account, answer->mailbox, on_quota, on_deleted,
			on_text, answer);
	return answer != NULL;
}

/* --- rights --------------------------------------------------------------- */

static bool cmd_acl(const struct command_call *call, GError **error)
{
	struct account *account;
	char *mailbox = which_mailbox(call, &account, error);

	if (mailbox == NULL)
		return false;
	screen_push(acl_new(account, mailbox));
	g_free(mailbox);
	return true;
}

static void on_rights(const char *identifier, const char *rights, void *data)
{
	struct answer *answer = data;
	char *words = acl_rights_to_words(rights);
	char *missing = acl_rights_missing(rights);

	(void)identifier;
	view_message(VIEW_INFO, "%s: %s%s%s", answer->mailbox, words,
		missing != NULL ? "; " : "", missing != NULL ? missing : "");
	g_free(missing);
	g_free(words);
}

static void on_rights_done(const GError *error, void *data)
{
	if (error != NULL)
		view_message(VIEW_ERROR, "%s", error->message);
	answer_free(data);
}

static bool cmd_rights(const struct command_call *call, GError **error)
{
	struct answer *answer = answer_new(call, "Rights", false, error);

	if (answer != NULL)
		acl_get_own(answer->account, answer->mailbox, on_rights,
			on_rights_done, answer);
	return answer != NULL;
}

static bool cmd_set_acl(const struct command_call *call, GError **error)
{
	struct answer *answer;

	if (!acl_check_rights(call->argv[2], error)) {
		command_blame(call, 2);
		return false;
	}
	answer = answer_new(call, "Rights", false, error);
	if (answer != NULL)
		acl_set(answer->account, answer->mailbox, call->argv[1],
			call->argv[2], on_done, answer);
	return answer != NULL;
}

static bool cmd_delete_acl(const struct command_call *call, GError **error)
{
	struct answer *answer = answer_new(call, "Rights", false, error);

	if (answer != NULL)
		acl_delete(answer->account, answer->mailbox, call->argv[1],
			on_done, answer);
	return answer != NULL;
}

/* --- metadata ------------------------------------------------------------- */

static bool check_entry(const struct command_call *call, GError **error)
{
	if (call->argc < 2 || metadata_check_entry(call->argv[1], error))
		return true;
	command_blame(call, 1);
	return false;
}

static void on_metadata(const char *entry, const char *value, size_t len, void *data)
{
	struct answer *answer = data;

	account_text_add_metadata(answer->document, entry, value, len);
}

static bool cmd_metadata(const struct command_call *call, GError **error)
{
	struct answer *answer = check_entry(call, error) ?
		answer_new(call, "Metadata", true, error) : NULL;

	if (answer != NULL)
		metadata_get(answer->account, answer->mailbox,
			call->argc > 1 ? call->argv[1] : NULL, on_metadata,
			on_text, answer);
	return answer != NULL;
}

static bool cmd_set_metadata(const struct command_call *call, GError **error)
{
	const char *value = call->argv[2];
	struct answer *answer = check_entry(call, error) ?
		answer_new(call, "Metadata", false, error) : NULL;

	if (answer != NULL)
		metadata_set(answer->account, answer->mailbox, call->argv[1],
			*value != '\0' ? value : NULL, on_done, answer);
	return answer != NULL;
}

/* --- what the server can and says ----------------------------------------- */

static bool cmd_capabilities(const struct command_call *call, GError **error)
{
	struct mime_document *document = mime_document_new();
	const GPtrArray *all = accounts();

	(void)call;
	(void)error;
	for (guint i = 0; i < all->len; i++)
		account_text_add_capabilities(document, all->pdata[i]);
	screen_push(textview_new("Capabilities", document, false));
	return true;
}

static bool cmd_trace(const struct command_call *call, GError **error)
{
	struct widget *trace = screen_find(CONTEXT_TRACE);
	const char *filter = call->argc > 0 ? call->argv[0] : NULL;

	if (trace == NULL) {
		screen_push(trace_new(filter));
		return true;
	}
	screen_pop_to(trace);
	return filter == NULL || trace->ops->command(trace, "trace-filter",
		call->argv, 0, error);
}

/* What the screen itself does. */
static bool cmd_of_screen(const struct command_call *call, GError **error)
{
	struct widget *top = screen_top();

	return top->ops->command(top, call->row->name, call->argv, call->count, error);
}

#define MAILBOX_ROW .needs = NEED_ACCOUNT | NEED_SCREEN, .context = CONTEXT_GENERIC, \
	.group = "mailboxes", .completes = "mailbox"
#define TRACE_ROW .needs = NEED_SCREEN, .context = CONTEXT_TRACE, .group = "other", \
	.exec = cmd_of_screen
#define ACL_ROW .needs = NEED_SCREEN, .context = CONTEXT_ACL, .group = "mailboxes", \
	.usage = "", .exec = cmd_of_screen

static const struct command_row rows[] = {
	{ .name = "acl", .usage = "[MAILBOX]", .max_args = 1, MAILBOX_ROW,
		.summary = "show and change who may do what in a mailbox",
		.doc = "One line an identifier (a user, a group, anyone); Enter opens it, and "
			"below it Enter gives a right or takes it. Only the owner, or who has "
			"the right a, may look and change.",
		.exec = cmd_acl },
	{ .name = "acl-add", ACL_ROW, .keys = "acl:a",
		.summary = "give somebody else rights; look and read at first" },
	{ .name = "acl-remove", ACL_ROW, .keys = "acl:d",
		.summary = "take all rights of the identifier under the cursor" },
	{ .name = "capabilities", .usage = "", .needs = NEED_SCREEN,
		.context = CONTEXT_GENERIC, .group = "other",
		.summary = "what the servers can, what is used, and why not",
		.exec = cmd_capabilities },
	{ .name = "delete-acl", .usage = "MAILBOX IDENTIFIER", .min_args = 2,
		.max_args = 2, MAILBOX_ROW,
		.summary = "take an identifier's rights on a mailbox",
		.exec = cmd_delete_acl },
	{ .name = "metadata", .usage = "[MAILBOX [ENTRY]]", .max_args = 2, MAILBOX_ROW,
		.summary = "annotations of a mailbox; \"\": of the server",
		.exec = cmd_metadata },
	{ .name = "quota", .usage = "[MAILBOX]", .max_args = 1, MAILBOX_ROW,
		.summary = "how much mail is stored, and may be", .exec = cmd_quota },
	{ .name = "rights", .usage = "[MAILBOX]", .max_args = 1, MAILBOX_ROW,
		.summary = "what you may do in a mailbox", .exec = cmd_rights },
	{ .name = "set-acl", .usage = "MAILBOX IDENTIFIER RIGHTS", .min_args = 3,
		.max_args = 3, MAILBOX_ROW,
		.summary = "grant rights: lrs, or +w and -te to change some",
		.exec = cmd_set_acl },
	{ .name = "set-metadata", .usage = "MAILBOX ENTRY VALUE", .min_args = 3,
		.max_args = 3, MAILBOX_ROW,
		.summary = "set an annotation; an empty value removes it",
		.exec = cmd_set_metadata },
	{ .name = "trace", .usage = "[ACCOUNT]", .max_args = 1, .needs = NEED_SCREEN,
		.context = CONTEXT_GENERIC, .group = "other", .completes = "account",
		.summary = "the conversation with the servers, live",
		.doc = "Passwords and tokens are not shown. The newest 10 000 lines are kept, "
			"from when the screen was opened. An account (work) or one of its "
			"connections (work#2) may be named.",
		.exec = cmd_trace },
	{ .name = "trace-filter", .usage = "[ACCOUNT]", .max_args = 1, TRACE_ROW,
		.completes = "account", .keys = "trace:l",
		.summary = "show one account or connection only" },
	{ .name = "trace-pause", .usage = "", TRACE_ROW, .keys = "trace:p",
		.summary = "keep no more lines, or go on" },
	{ .name = "trace-save", .usage = "[FILE]", .max_args = 1, TRACE_ROW,
		.completes = "file", .keys = "trace:s",
		.summary = "save what is shown to a new file" },
};

const struct command_table cmd_account_table = { rows, G_N_ELEMENTS(rows) };
