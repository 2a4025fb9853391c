/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/asking.h"
#include "src/base/error.h"
#include "src/mail/private.h"

void *asking_new(size_t size, struct account *account, const char *what,
	account_done_fn *done, void *data)
{
	struct asking *asking = g_malloc0(size);

	asking->account = account;
	asking->what = what;
	asking->done = done;
	asking->data = data;
	return asking;
}

void asking_end(struct asking *asking, const GError *error)
{
	if (!mail.is_releasing && asking->done != NULL)
		asking->done(error, asking->data);
	if (asking->release != NULL)
		asking->release(asking);
	g_free(asking);
}

void asking_answered(const struct imap_result *result, void *data)
{
	struct asking *asking = data;
	GError *error = account_result_error(asking->what, result);

	asking_end(asking, error);
	g_clear_error(&error);
}

struct refusal {
	struct asking *asking;
	GError *error;
};

static gboolean refuse_due(gpointer data)
{
	struct refusal *refusal = data;

	asking_end(refusal->asking, refusal->error);
	g_error_free(refusal->error);
	g_free(refusal);
	return G_SOURCE_REMOVE;
}

static void refuse(struct asking *asking, GError *error_take)
{
	struct refusal *refusal = g_new0(struct refusal, 1);

	refusal->asking = asking;
	refusal->error = error_take;
	g_idle_add_full(G_PRIORITY_DEFAULT, refuse_due, refusal, NULL);
}

bool asking_can_start(struct asking *asking, enum imap_capability cap,
	const char *thing)
{
	struct session *session = asking->account->session;

	if (session == NULL) {
		refuse(asking, g_error_new(MAIL_ERROR, MAIL_ERROR_OFFLINE,
			"%s: not connected", asking->what));
		return false;
	}
	/* Before the log-in nobody knows; the session looks again. */
	if (session_state(session) != SESSION_ONLINE ||
		session_has(session, cap))
		return true;
	refuse(asking, g_error_new(MAIL_ERROR, MAIL_ERROR_SERVER,
		"the server offers no %s (%s)", thing,
		imap_capability_table[cap].name));
	return false;
}
