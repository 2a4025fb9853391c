/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UID THREAD (RFC 5256), by whatever algorithm the server announces. */
#include "src/base/base.h"
#include "src/imap/parser.h"
#include "src/imap/thread.h"
#include "src/imap/write.h"
#include "src/session/connection.h"
#include "src/session/search-priv.h"
#include "src/session/selection-priv.h"
#include "src/session/session-priv.h"

struct thread_request {
	struct session_request base;
	struct criteria criteria;
	enum imap_capability algorithm;
	GArray *nodes;    /* of struct imap_thread_node */
	bool is_answered; /* THREAD came: nested too deep, it does not */
	selection_thread_fn *done;
	void *data;
};

static void thread_start(struct session_request *request)
{
	struct thread_request *thread = (struct thread_request *)request;
	struct imap_text *text;

	g_array_set_size(thread->nodes, 0);
	thread->is_answered = false;
	if (!request_needs(request, thread->algorithm))
		return;
	text = imap_text_new("UID THREAD %a", strchr(
		imap_capability_table[thread->algorithm].name, '=') + 1);
	criteria_append_sort(&thread->criteria, text);
	request_send(request, text, 0);
}

static bool thread_untagged(struct command *command,
	const struct imap_response *response, void *data)
{
	struct thread_request *thread = data;
	guint before = thread->nodes->len;

	(void)command;
	if (!imap_thread_from_response(response,
		search_result_max(&thread->base), thread->nodes)) {
		g_array_set_size(thread->nodes, before);
		return false;
	}
	thread->is_answered = true;
	return true;
}

static void thread_answered(struct session_request *request,
	struct command *command, const struct imap_result *result)
{
	struct thread_request *thread = (struct thread_request *)request;
	const struct imap_result unusable = { .outcome = IMAP_OUTCOME_NO,
		.text = "the server's threads could not be read" };

	(void)command;
	if (criteria_try_again(&thread->criteria, result))
		thread_start(request);
	else if (result->outcome == IMAP_OUTCOME_OK && !thread->is_answered)
		request_note_end(request, &unusable);
	else
		request_note_end(request, result);
}

static void thread_finish(struct session_request *request,
	const struct imap_result *result)
{
	struct thread_request *thread = (struct thread_request *)request;

	thread->done(result, thread->nodes, thread->data);
}

static void thread_release(struct session_request *request)
{
	struct thread_request *thread = (struct thread_request *)request;

	criteria_release(&thread->criteria);
	g_array_unref(thread->nodes);
}

static const struct request_class thread_class = {
	.verb = "UID THREAD",
	.is_reading = true,
	.start = thread_start,
	.answered = thread_answered,
	.untagged = thread_untagged,
	.finish = thread_finish,
	.release = thread_release,
};

struct session_request *selection_thread(struct selection *selection,
	enum imap_capability algorithm, struct imap_text *criteria_take,
	selection_thread_fn *done, void *data)
{
	struct thread_request *thread = (struct thread_request *)request_new(
		&thread_class, sizeof(*thread), selection->session, selection,
		SESSION_INTERACTIVE);

	thread->criteria.text = criteria_take;
	thread->algorithm = algorithm;
	thread->nodes = g_array_new(FALSE, FALSE,
		sizeof(struct imap_thread_node));
	thread->done = done;
	thread->data = data;
	return &thread->base;
}
