/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Mechanisms that libgsasl does as a whole: CRAM-MD5 (RFC 2195) and GSSAPI
 * (RFC 4752), the latter where the library was built with it. Its context has
 * no state that matters once it is made, so all exchanges share it, on any
 * thread.
 */
#include "src/base/base.h"
#include "src/net/sasl-mechanism.h"

#include "src/base/error.h"

#include <gsasl.h>

#ifdef __SANITIZE_ADDRESS__
/* For LeakSanitizer: the Kerberos library loses a few octets, once. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_options(void);

const char *__lsan_default_suppressions(void)
{
	return "leak:libgssapi_krb5\n";
}

const char *__lsan_default_options(void)
{
	return "print_suppressions=0";
}
#endif

static GBytes *refuse(int status, GError **error)
{
	bool has_ticket = status != GSASL_GSSAPI_INIT_SEC_CONTEXT_ERROR;

	g_set_error(error, NET_ERROR, NET_ERROR_AUTH, "%s",
		has_ticket ? gsasl_strerror(status)
			   : "there is no ticket that is good here");
	return NULL;
}

static Gsasl *shared_context(void)
{
	static gsize once;
	static Gsasl *context;

	if (g_once_init_enter(&once)) {
		if (gsasl_init(&context) != GSASL_OK)
			g_error("libgsasl: out of memory");
		g_once_init_leave(&once, 1);
	}
	return context;
}

static int start(struct sasl *sasl)
{
	Gsasl_session *session = NULL;
	int status = gsasl_client_start(shared_context(),
		sasl->mechanism->name, &session);

	if (status != GSASL_OK)
		return status;
	sasl->state = session;
	gsasl_property_set(session, GSASL_AUTHID, sasl->user);
	gsasl_property_set(session, GSASL_PASSWORD, sasl->password);
	gsasl_property_set(session, GSASL_SERVICE, sasl->service);
	gsasl_property_set(session, GSASL_HOSTNAME, sasl->host);
	if (sasl->authzid[0] != '\0')
		gsasl_property_set(session, GSASL_AUTHZID, sasl->authzid);
	return GSASL_OK;
}

GBytes *sasl_gsasl_step(struct sasl *sasl, const char *challenge, size_t len,
	GError **error)
{
	char *octets = NULL;
	size_t n = 0;
	int status = sasl->state == NULL ? start(sasl) : GSASL_OK;
	GBytes *answer;

	if (sasl->is_complete)
		return sasl_unexpected(sasl, error);
	if (status == GSASL_OK)
		status = gsasl_step(sasl->state, challenge, len, &octets, &n);
	if (status != GSASL_OK && status != GSASL_NEEDS_MORE)
		return refuse(status, error);
	/* The library's CRAM-MD5 is done by its answer, GSSAPI by its last. */
	sasl->is_complete = status == GSASL_OK;
	answer = g_bytes_new(octets, n);
	gsasl_free(octets);
	return answer;
}

/* Fails where there is no ticket, before anything was sent. */
GBytes *sasl_gsasl_initial(struct sasl *sasl, GError **error)
{
	return sasl_gsasl_step(sasl, NULL, 0, error);
}

void sasl_gsasl_release(struct sasl *sasl)
{
	if (sasl->state != NULL)
		gsasl_finish(sasl->state);
	sasl->state = NULL;
}
