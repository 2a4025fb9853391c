/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/account-request.h"
#include "src/base/error.h"
#include "src/mail/advice.h"
#include "src/mail/private.h"

struct account_request *account_request_new(struct account *account,
	const char *what, account_done_fn *done, void *data)
{
	struct account_request *request = g_new0(struct account_request, 1);

	request->account = account;
	request->what = what;
	request->done = done;
	request->data = data;
	g_ptr_array_add(account->requests, request);
	return request;
}

static void request_free(struct account_request *request)
{
	if (request->account != NULL)
		g_ptr_array_remove(request->account->requests, request);
	g_clear_error(&request->refusal);
	g_free(request->from);
	g_free(request->to);
	g_free(request);
}

GError *account_result_error(const char *what,
	const struct imap_result *result)
{
	const char *text = result->text != NULL ? result->text : "";
	char *refusal;
	GError *error;

	if (result->outcome == IMAP_OUTCOME_OK)
		return NULL;
	if (result->outcome == IMAP_OUTCOME_CANCELLED)
		return g_error_new(MAIL_ERROR, MAIL_ERROR_CANCELLED,
			"%s: cancelled", what);
	if (result->outcome == IMAP_OUTCOME_DISCONNECTED)
		return g_error_new(MAIL_ERROR, MAIL_ERROR_OFFLINE, "%s: %s",
			what, text[0] != '\0' ? text :
			"the connection was lost");
	refusal = advice_refusal(result);
	error = g_error_new(MAIL_ERROR, MAIL_ERROR_SERVER, "%s: %s",
		what, refusal);
	g_free(refusal);
	return error;
}

void account_request_end(struct account_request *request, const GError *error)
{
	if (request->account != NULL && request->done != NULL)
		request->done(error, request->data);
	request_free(request);
}

void account_request_on_done(const struct imap_result *result, void *data)
{
	struct account_request *request = data;
	GError *error = account_result_error(request->what, result);

	if (error == NULL && request->account != NULL && request->then != NULL)
		request->then(request);
	account_request_end(request, error);
	g_clear_error(&error);
}

static gboolean on_refused(gpointer data)
{
	struct account_request *request = data;

	account_request_end(request, request->refusal);
	return G_SOURCE_REMOVE;
}

void account_request_refuse(struct account_request *request,
	GError *error_take)
{
	request->refusal = error_take;
	g_idle_add_full(G_PRIORITY_DEFAULT, on_refused, request, NULL);
}

bool account_request_can_begin(struct account_request *request)
{
	if (request->account->session != NULL)
		return true;
	account_request_refuse(request, g_error_new(MAIL_ERROR,
		MAIL_ERROR_OFFLINE, "%s: not connected", request->what));
	return false;
}

void account_requests_release(struct account *account)
{
	for (guint i = 0; i < account->requests->len; i++)
		((struct account_request *)account->requests->pdata[i])
			->account = NULL;
	g_ptr_array_set_size(account->requests, 0);
}
