/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Mechanisms of one message: PLAIN (RFC 4616), EXTERNAL (RFC 4422 appendix A),
 * ANONYMOUS (RFC 4505); and LOGIN (no RFC; as servers do it).
 */
#include "src/base/base.h"
#include "src/net/sasl-mechanism.h"

/* authzid NUL authcid NUL passwd */
GBytes *sasl_plain_initial(struct sasl *sasl, GError **error)
{
	size_t size = strlen(sasl->authzid) + strlen(sasl->user) +
		strlen(sasl->password) + 3;
	/* Sized at once: growing would leave copies behind. */
	GString *text = g_string_sized_new(size);

	(void)error;
	g_string_append(text, sasl->authzid);
	g_string_append_c(text, '\0');
	g_string_append(text, sasl->user);
	g_string_append_c(text, '\0');
	g_string_append(text, sasl->password);
	return sasl_take_response(text);
}

GBytes *sasl_external_initial(struct sasl *sasl, GError **error)
{
	(void)error;
	return sasl_text_response(sasl->authzid);
}

/* The trace information is for the server's log: nobody needs to know. */
GBytes *sasl_anonymous_initial(struct sasl *sasl, GError **error)
{
	(void)sasl;
	(void)error;
	return sasl_text_response("");
}

/* The prompts differ from server to server; their order does not. */
GBytes *sasl_login_step(struct sasl *sasl, const char *challenge, size_t len,
	GError **error)
{
	(void)challenge;
	(void)len;
	switch (sasl->steps) {
	case 0:
		return sasl_text_response(sasl->user);
	case 1:
		sasl->is_complete = true;
		return sasl_text_response(sasl->password);
	default:
		return sasl_unexpected(sasl, error);
	}
}
