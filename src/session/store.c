/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Requests that change a selected mailbox, all by UID: STORE, COPY, MOVE,
 * EXPUNGE; and NOOP, which is made the same way. Large sets go out in helpings,
 * each a command below the line limit, of which few are in flight: what a
 * person asks for meanwhile comes between, and what has not been sent can still
 * be stopped.
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
#include "src/session/timing.h"

enum {
	COMMANDS_MAX = 2, /* of a request in flight: the server is never idle */
	/* Messages of a command: as many as the server does in about the time
	 * that a person may wait for what comes behind it. */
	HELPING_MIN = 500,
	HELPING_MAX = 50000,
	EXISTS_PART = 50, /* what a command costs grows with the mailbox */
	QUICK_US = 250 * 1000,
	SLOW_US = 1000 * 1000,
};

struct change_request {
	struct session_request base;
	const char *command;     /* static: "UID STORE" */
	struct imap_seqset uids;
	struct imap_seqset left; /* of them, not yet sent */
	struct imap_seqset rest; /* of the command that is being answered: the
	                          * server did not get that far */
	uint64_t helping;
	gint64 answered_us;      /* when the one before was */
	uint64_t rate;           /* messages a second, of the one before */
	bool shrinks;            /* where slow ones led to */
	struct imap_text *behind; /* the set; or NULL */
	char *to;                /* mailbox name, or NULL */
	bool has_set;
	struct imap_copyuid copyuid;
	bool has_copyuid;
	session_done_fn *done;
	selection_copy_fn *copied;
	selection_part_fn *part; /* or NULL */
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
	struct change_request *change = (struct change_request *)request;

	imap_seqset_copy(&change->rest, uids);
	change_send(change, uids);
}

/* The next, as many and as long as the server takes them. */
static void change_send_next(struct change_request *change)
{
	uint64_t limit = imap_capabilities_number(
		&change->base.connection->capabilities, IMAP_CAP_MESSAGELIMIT);
	struct imap_seqset uids;

	imap_seqset_init(&uids);
	while (!imap_seqset_is_empty(&change->left) &&
		change->base.pending < COMMANDS_MAX) {
		imap_seqset_take(&change->left, limit != 0 ?
			MIN(limit, change->helping) : change->helping,
			SET_OCTETS_MAX, &uids);
		change_send(change, &uids);
	}
	imap_seqset_release(&uids);
}

static void change_start(struct session_request *request)
{
	struct change_request *change = (struct change_request *)request;

	if (!change->has_set) {
		request_send(request, imap_text_new("%a", change->command), 0);
		return;
	}
	imap_seqset_copy(&change->left, &change->uids);
	change->helping = MIN(MAX(session_timing.change_first,
		request->selection->info.exists / EXISTS_PART), HELPING_MAX);
	change->answered_us = 0;
	change_send_next(change);
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

/* Where each command costs much, however few it is for (a big Maildir), more
 * of them are not quicker for anybody; else few are soon done. */
static bool should_shrink(const struct change_request *change, uint64_t rate)
{
	if (change->shrinks)
		return rate >= change->rate / 4 * 3;
	return change->rate != 0 && rate < change->rate / 4 * 5;
}

static void adapt_helping(struct change_request *change,
	const struct command *command)
{
	gint64 now_us = g_get_monotonic_time();
	gint64 took_us = MAX(now_us - MAX(change->answered_us,
		command->sent_us), 1);
	uint64_t n = imap_seqset_count(&command->uids);
	uint64_t rate = n * G_USEC_PER_SEC / (uint64_t)took_us;

	change->answered_us = now_us;
	/* Two are in flight: one of these was sent before the last change. */
	if (n != change->helping || (took_us >= QUICK_US && took_us <= SLOW_US))
		return;
	change->shrinks = took_us > SLOW_US && should_shrink(change, rate);
	change->rate = rate;
	change->helping = change->shrinks ?
		MAX(change->helping / 2, HELPING_MIN) :
		MIN(change->helping * 2, HELPING_MAX);
}

static void tell_part(struct change_request *change,
	const struct command *command)
{
	struct imap_seqset confirmed;

	if (change->part == NULL)
		return;
	imap_seqset_init(&confirmed);
	imap_seqset_copy(&confirmed, &command->uids);
	imap_seqset_remove_set(&confirmed, &change->rest);
	change->part(&confirmed, change->data);
	imap_seqset_release(&confirmed);
}

static void change_answered(struct session_request *request,
	struct command *command, const struct imap_result *result)
{
	struct change_request *change = (struct change_request *)request;

	if (result->outcome == IMAP_OUTCOME_OK) {
		if (change->to != NULL)
			add_copyuid(change, result->code, result->code_args,
				result->n_code_args);
		adapt_helping(change, command);
		tell_part(change, command);
		imap_seqset_clear(&change->rest);
		change_send_next(change);
	} else {
		/* Nor would it take the others. */
		imap_seqset_clear(&change->left);
	}
	request_note_end(request, result);
}

void selection_tell_parts(struct session_request *request,
	selection_part_fn *part)
{
	((struct change_request *)request)->part = part;
}

void selection_stop(struct session_request *request,
	struct imap_seqset *left_out)
{
	const struct imap_result cancelled = {
		.outcome = IMAP_OUTCOME_CANCELLED, .text = "stopped" };
	struct change_request *change = (struct change_request *)request;

	imap_seqset_add_set(left_out, request->connection == NULL ?
		&change->uids : &change->left);
	if (request->connection == NULL) {
		request_end_later(request, IMAP_OUTCOME_CANCELLED, "stopped");
	} else if (!imap_seqset_is_empty(&change->left)) {
		imap_seqset_clear(&change->left);
		request_note(request, &cancelled);
	}
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
	imap_seqset_release(&change->left);
	imap_seqset_release(&change->rest);
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
