/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Requests that change a selected mailbox, all by UID: STORE, COPY, MOVE,
 * EXPUNGE; and NOOP, which is made the same way. Long sets become several
 * commands below the line limit.
 */
#include "src/base/base.h"
#include "src/imap/flag.h"
#include "src/imap/parser.h"
#include "src/imap/search.h"
#include "src/imap/seqset.h"
#include "src/session/connection.h"
#include "src/session/request.h"
#include "src/session/selection-priv.h"
#include "src/session/session-priv.h"

struct change_request {
	struct session_request base;
	const char *command;     /* static: "UID STORE" */
	struct imap_seqset uids;
	struct imap_text *behind; /* the set; or NULL */
	char *to;                /* mailbox name, or NULL */
	bool has_set;
	struct imap_copyuid copyuid;
	bool has_copyuid;
	session_done_fn *done;
	selection_copy_fn *copied;
	void *data;
};

static void change_send(struct change_request *change,
	const struct imap_seqset *uids)
{
	struct imap_text *text = imap_text_new("%a %S", change->command, uids);

	if (change->behind != NULL)
		imap_text_append_text(text, change->behind);
	if (change->to != NULL)
		imap_text_append(text, " %m", change->to);
	request_send_uids(&change->base, text, uids);
}

static void change_rest(struct session_request *request,
	const struct imap_seqset *uids)
{
	change_send((struct change_request *)request, uids);
}

/* The sets as long as the server takes them. */
static void change_send_all(struct change_request *change)
{
	uint64_t limit = imap_capabilities_number(
		&change->base.connection->capabilities, IMAP_CAP_MESSAGELIMIT);
	struct imap_seqset left, uids;

	imap_seqset_init(&left);
	imap_seqset_init(&uids);
	imap_seqset_copy(&left, &change->uids);
	while (!imap_seqset_is_empty(&left)) {
		imap_seqset_take(&left, limit != 0 ? limit : UINT64_MAX,
			SET_OCTETS_MAX, &uids);
		change_send(change, &uids);
	}
	imap_seqset_release(&left);
	imap_seqset_release(&uids);
}

static void change_start(struct session_request *request)
{
	struct change_request *change = (struct change_request *)request;

	if (!change->has_set) {
		request_send(request, imap_text_new("%a", change->command), 0);
		return;
	}
	change_send_all(change);
	if (request->pending == 0)
		request_end_later(request, IMAP_OUTCOME_OK, "");
}

/* Several commands tell several; together they are one. */
static void add_copyuid(struct change_request *change, const char *code,
	const struct imap_arg *args, size_t n)
{
	struct imap_copyuid more;

	if (code == NULL || strcmp(code, "COPYUID") != 0 ||
		!imap_copyuid_from_args(args, n, &more))
		return;
	if (!change->has_copyuid) {
		change->copyuid = more;
		change->has_copyuid = true;
		return;
	}
	if (more.uid_validity == change->copyuid.uid_validity) {
		g_array_append_vals(change->copyuid.from, more.from->data,
			more.from->len);
		g_array_append_vals(change->copyuid.to, more.to->data,
			more.to->len);
	}
	imap_copyuid_release(&more);
}

/* Several moves may be in flight, and the code does not say whose it is: its
 * UIDs do. */
static bool is_own_copyuid(const struct change_request *change,
	const struct imap_response *response)
{
	struct imap_copyuid copyuid;
	bool is_own = true;

	if (!imap_copyuid_from_args(response->code_args, response->n_code_args,
		&copyuid))
		return false;
	for (guint i = 0; i < copyuid.from->len; i++)
		is_own = is_own && imap_seqset_has(&change->uids,
			g_array_index(copyuid.from, uint32_t, i));
	imap_copyuid_release(&copyuid);
	return is_own;
}

static bool change_untagged(struct command *command,
	const struct imap_response *response, void *data)
{
	struct change_request *change = data;

	(void)command;
	if (change->to == NULL || response->kind != IMAP_RESPONSE_STATUS ||
		response->code == NULL || strcmp(response->code,
		"COPYUID") != 0 || !is_own_copyuid(change, response))
		return false;
	add_copyuid(change, response->code, response->code_args,
		response->n_code_args);
	return true;
}

static void change_answered(struct session_request *request,
	struct command *command, const struct imap_result *result)
{
	struct change_request *change = (struct change_request *)request;

	(void)command;
	if (change->to != NULL && result->outcome == IMAP_OUTCOME_OK)
		add_copyuid(change, result->code, result->code_args,
			result->n_code_args);
	request_note_end(request, result);
}

static void change_finish(struct session_request *request,
	const struct imap_result *result)
{
	struct change_request *change = (struct change_request *)request;

	if (change->done != NULL)
		change->done(result, change->data);
	if (change->copied != NULL)
		change->copied(result, change->has_copyuid ?
			&change->copyuid : NULL, change->data);
}

static void change_release(struct session_request *request)
{
	struct change_request *change = (struct change_request *)request;

	imap_seqset_release(&change->uids);
	if (change->has_copyuid)
		imap_copyuid_release(&change->copyuid);
	imap_text_free(&change->behind);
	g_free(change->to);
}

static const struct request_class change_class = {
	.verb = "UID STORE",
	.start = change_start,
	.answered = change_answered,
	.untagged = change_untagged,
	.rest = change_rest,
	.finish = change_finish,
	.release = change_release,
};

/* NOOP only looks. */
static const struct request_class poll_class = {
	.verb = "NOOP",
	.is_reading = true,
	.start = change_start,
	.finish = change_finish,
	.release = change_release,
};

static struct change_request *change_new(struct selection *selection,
	const struct request_class *class, const char *command,
	const struct imap_seqset *uids, void *data)
{
	struct change_request *change = (struct change_request *)request_new(
		class, sizeof(*change), selection->session, selection,
		SESSION_INTERACTIVE);

	change->command = command;
	change->has_set = uids != NULL;
	imap_seqset_init(&change->uids);
	if (uids != NULL)
		imap_seqset_copy(&change->uids, uids);
	change->data = data;
	return change;
}

struct session_request *selection_store(struct selection *selection,
	const struct imap_seqset *uids, bool add,
	const struct imap_flags *flags,
	session_done_fn *done, void *data)
{
	struct change_request *change = change_new(selection, &change_class,
		"UID STORE", uids, data);
	char *list = imap_flags_to_string(flags);

	change->behind = imap_text_new(" %a %a",
		add ? "+FLAGS.SILENT" : "-FLAGS.SILENT", list);
	change->done = done;
	g_free(list);
	return &change->base;
}

/* The server's own begin with a backslash and are atoms. */
static void append_label(struct imap_text *text, const char *label)
{
	bool is_atom = label[0] == '\\' && label[1] != '\0';

	for (const char *p = label + 1; is_atom && *p != '\0'; p++)
		is_atom = imap_is_atom_char((unsigned char)*p);
	imap_text_append(text, is_atom ? "%a" : "%m", label);
}

struct session_request *selection_store_labels(struct selection *selection,
	const struct imap_seqset *uids, bool add, const char *const *labels,
	size_t n, session_done_fn *done, void *data)
{
	struct change_request *change = change_new(selection, &change_class,
		"UID STORE", uids, data);

	change->behind = imap_text_new(" %a (",
		add ? "+X-GM-LABELS" : "-X-GM-LABELS");
	for (size_t i = 0; i < n; i++) {
		imap_text_append(change->behind, i > 0 ? " " : "");
		append_label(change->behind, labels[i]);
	}
	imap_text_append(change->behind, ")");
	change->done = done;
	return &change->base;
}

struct session_request *selection_copy(struct selection *selection,
	const struct imap_seqset *uids, const char *to,
	selection_copy_fn *done, void *data)
{
	struct change_request *change = change_new(selection, &change_class,
		"UID COPY", uids, data);

	change->to = g_strdup(to);
	change->copied = done;
	return &change->base;
}

struct session_request *selection_move(struct selection *selection,
	const struct imap_seqset *uids, const char *to,
	selection_copy_fn *done, void *data)
{
	struct change_request *change = change_new(selection, &change_class,
		"UID MOVE", uids, data);

	change->to = g_strdup(to);
	change->copied = done;
	return &change->base;
}

struct session_request *selection_uid_expunge(struct selection *selection,
	const struct imap_seqset *uids, session_done_fn *done, void *data)
{
	struct change_request *change = change_new(selection, &change_class,
		"UID EXPUNGE", uids, data);

	change->done = done;
	return &change->base;
}

struct session_request *selection_expunge_all(struct selection *selection,
	session_done_fn *done, void *data)
{
	struct change_request *change = change_new(selection, &change_class,
		"EXPUNGE", NULL, data);

	change->done = done;
	return &change->base;
}

struct session_request *selection_poll(struct selection *selection,
	session_done_fn *done, void *data)
{
	struct change_request *change = change_new(selection, &poll_class,
		"NOOP", NULL, data);

	change->done = done;
	return &change->base;
}
