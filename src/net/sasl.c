/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of mechanisms, the choice among them, and the frame of an
 * exchange; what each of them says is in sasl-*.c. */
#include "src/base/base.h"
#include "src/net/sasl.h"

#include "src/base/error.h"
#include "src/net/sasl-mechanism.h"
#include "src/net/secret.h"

#define SCRAM(name_, needs_) \
	{ name_, SASL_NEEDS_PASSWORD | (needs_), SASL_PROVES_PASSWORD, true, \
		sasl_scram_initial, sasl_scram_step, sasl_scram_release }

/* The strongest first. Whoever gave a token means it to be used, so bearers
 * come before passwords; GSSAPI comes before them, as a ticket is there only
 * where somebody got one. */
static const struct sasl_mechanism mechanisms[] = {
	{ "EXTERNAL", SASL_NEEDS_CERTIFICATE, SASL_NO_PASSWORD, false,
		sasl_external_initial, NULL, NULL },
	{ "GSSAPI", 0, SASL_NO_PASSWORD, true,
		sasl_gsasl_initial, sasl_gsasl_step, sasl_gsasl_release },
	{ "OAUTHBEARER", SASL_NEEDS_TOKEN | SASL_NEEDS_PRIVACY,
		SASL_NO_PASSWORD, false,
		sasl_oauthbearer_initial, sasl_oauthbearer_step, NULL },
	{ "XOAUTH2", SASL_NEEDS_TOKEN | SASL_NEEDS_PRIVACY,
		SASL_NO_PASSWORD, false,
		sasl_xoauth2_initial, sasl_xoauth2_step, NULL },
	SCRAM("SCRAM-SHA-256-PLUS", SASL_NEEDS_BINDING),
	SCRAM("SCRAM-SHA-1-PLUS", SASL_NEEDS_BINDING),
	SCRAM("SCRAM-SHA-256", 0),
	SCRAM("SCRAM-SHA-1", 0),
	{ "CRAM-MD5", SASL_NEEDS_PASSWORD, SASL_HIDES_PASSWORD, false,
		NULL, sasl_gsasl_step, sasl_gsasl_release },
	{ "PLAIN", SASL_NEEDS_PASSWORD | SASL_NEEDS_PRIVACY,
		SASL_SHOWS_PASSWORD, false,
		sasl_plain_initial, NULL, NULL },
	{ "LOGIN", SASL_NEEDS_PASSWORD | SASL_NEEDS_PRIVACY,
		SASL_SHOWS_PASSWORD, false,
		NULL, sasl_login_step, NULL },
	{ "ANONYMOUS", SASL_NEEDS_NAMING, SASL_NO_PASSWORD, false,
		sasl_anonymous_initial, NULL, NULL },
};
G_STATIC_ASSERT(G_N_ELEMENTS(mechanisms) <= 32);

/* --- the choice ---------------------------------------------------------- */

const struct sasl_mechanism *sasl_mechanism_find(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(mechanisms); i++)
		if (g_ascii_strcasecmp(mechanisms[i].name, name) == 0)
			return &mechanisms[i];
	return NULL;
}

static bool has_name(const char *const *names, const char *name)
{
	for (; *names != NULL; names++)
		if (g_ascii_strcasecmp(*names, name) == 0)
			return true;
	return false;
}

static bool is_fit(const struct sasl_offer *offer,
	const struct sasl_mechanism *row)
{
	unsigned have = offer->have;

	if (offer->wanted != NULL)
		have |= SASL_NEEDS_NAMING | SASL_NEEDS_CERTIFICATE;
	return (row->needs & ~have) == 0 &&
		row->protection >= offer->at_least &&
		(offer->tried & sasl_mechanism_bit(row)) == 0 &&
		has_name(offer->offered, row->name);
}

const struct sasl_mechanism *sasl_choose(const struct sasl_offer *offer)
{
	if (offer->wanted == NULL) {
		for (size_t i = 0; i < G_N_ELEMENTS(mechanisms); i++)
			if (is_fit(offer, &mechanisms[i]))
				return &mechanisms[i];
		return NULL;
	}
	for (const char *const *name = offer->wanted; *name != NULL; name++) {
		const struct sasl_mechanism *row = sasl_mechanism_find(*name);

		if (row != NULL && is_fit(offer, row))
			return row;
	}
	return NULL;
}

const char *sasl_mechanism_name(const struct sasl_mechanism *mechanism)
{
	return mechanism->name;
}

unsigned sasl_mechanism_needs(const struct sasl_mechanism *mechanism)
{
	return mechanism->needs;
}

enum sasl_protection sasl_mechanism_protection(
	const struct sasl_mechanism *mechanism)
{
	return mechanism->protection;
}

unsigned sasl_mechanism_bit(const struct sasl_mechanism *mechanism)
{
	return 1u << (mechanism - mechanisms);
}

bool sasl_mechanism_is_slow(const struct sasl_mechanism *mechanism)
{
	return mechanism->is_slow;
}

/* --- an exchange --------------------------------------------------------- */

struct sasl *sasl_new(const struct sasl_mechanism *mechanism,
	const struct sasl_credentials *credentials)
{
	struct sasl *sasl = g_new0(struct sasl, 1);

	sasl->refs = 1;
	sasl->mechanism = mechanism;
	sasl->user = secret_dup(credentials->user ? credentials->user : "");
	sasl->authzid = secret_dup(
		credentials->authzid ? credentials->authzid : "");
	sasl->password = secret_dup(
		credentials->password ? credentials->password : "");
	sasl->token = secret_dup(credentials->token ? credentials->token : "");
	sasl->service = g_strdup(credentials->service);
	sasl->host = g_strdup(credentials->host);
	sasl->port = credentials->port;
	sasl->binding_name = g_strdup(credentials->binding_name);
	if (credentials->binding != NULL)
		sasl->binding = g_bytes_ref(credentials->binding);
	sasl->offers_binding = credentials->offers_binding;
	return sasl;
}

struct sasl *sasl_ref(struct sasl *sasl)
{
	g_atomic_int_inc(&sasl->refs);
	return sasl;
}

void sasl_unref(struct sasl **saslp)
{
	struct sasl *sasl = *saslp;

	*saslp = NULL;
	if (sasl == NULL || !g_atomic_int_dec_and_test(&sasl->refs))
		return;
	if (sasl->mechanism->release != NULL)
		sasl->mechanism->release(sasl);
	secret_free(&sasl->user);
	secret_free(&sasl->authzid);
	secret_free(&sasl->password);
	secret_free(&sasl->token);
	g_clear_pointer(&sasl->binding, g_bytes_unref);
	g_free(sasl->binding_name);
	g_free(sasl->service);
	g_free(sasl->host);
	g_free(sasl->refusal);
	g_free(sasl);
}

bool sasl_begin(struct sasl *sasl, GBytes **initial_out, GError **error)
{
	const struct sasl_mechanism *mechanism = sasl->mechanism;

	*initial_out = NULL;
	if (mechanism->initial == NULL)
		return true;
	/* What says all in its first words has nothing to prove. */
	sasl->is_complete = mechanism->step == NULL;
	*initial_out = mechanism->initial(sasl, error);
	return *initial_out != NULL;
}

GBytes *sasl_step(struct sasl *sasl, const char *challenge, size_t len,
	GError **error)
{
	GBytes *answer;

	if (sasl->mechanism->step == NULL)
		return sasl_unexpected(sasl, error);
	answer = sasl->mechanism->step(sasl, challenge, len, error);
	sasl->steps++;
	return answer;
}

bool sasl_is_complete(const struct sasl *sasl)
{
	return sasl->is_complete;
}

const char *sasl_refusal(const struct sasl *sasl)
{
	return sasl->refusal;
}

/* --- for the mechanisms -------------------------------------------------- */

void sasl_free_text(GString *text)
{
	secret_wipe(text->str, text->len);
	g_string_free(text, TRUE);
}

static void wipe_and_free(gpointer data)
{
	sasl_free_text(data);
}

GBytes *sasl_take_response(GString *text)
{
	return g_bytes_new_with_free_func(text->str, text->len, wipe_and_free,
		text);
}

GBytes *sasl_text_response(const char *text)
{
	return sasl_take_response(g_string_new(text));
}

GBytes *sasl_unexpected(const struct sasl *sasl, GError **error)
{
	g_set_error(error, NET_ERROR, NET_ERROR_AUTH,
		"the server asks more than %s has to say",
		sasl->mechanism->name);
	return NULL;
}

void sasl_append_name(GString *text, const char *name)
{
	for (; *name != '\0'; name++) {
		if (*name == ',')
			g_string_append(text, "=2C");
		else if (*name == '=')
			g_string_append(text, "=3D");
		else
			g_string_append_c(text, *name);
	}
}
