/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * PLAIN (RFC 4616), LOGIN (no RFC; as servers do it) and EXTERNAL (RFC 4422
 * appendix A). EXTERNAL is only taken when it is asked for by name: a server
 * that offers it cannot know that we have no client certificate.
 */
#include "src/base/base.h"
#include "src/net/sasl.h"

#include "src/base/error.h"
#include "src/net/secret.h"

struct mechanism {
	const char *name;
	bool shows_password; /* to whoever reads the wire */
	bool is_explicit;    /* only when wanted by name */
	GBytes *(*initial)(struct sasl *sasl); /* NULL: the server begins */
	GBytes *(*step)(struct sasl *sasl, const char *challenge, size_t len,
		GError **error);
};

struct sasl {
	const struct mechanism *mechanism;
	char *user, *authzid, *password;
	unsigned steps; /* responses made */
};

static void wipe_and_free(gpointer data)
{
	GString *text = data;

	for (volatile char *p = text->str; p < text->str + text->len; p++)
		*p = 0;
	g_string_free(text, TRUE);
}

static GBytes *take_response(GString *text)
{
	return g_bytes_new_with_free_func(text->str, text->len, wipe_and_free,
		text);
}

static GBytes *text_response(const char *text)
{
	return take_response(g_string_new(text));
}

static GBytes *unexpected(const struct sasl *sasl, GError **error)
{
	g_set_error(error, NET_ERROR, NET_ERROR_AUTH,
		"the server asks more than %s has to say",
		sasl->mechanism->name);
	return NULL;
}

/* authzid NUL authcid NUL passwd */
static GBytes *plain_initial(struct sasl *sasl)
{
	size_t size = strlen(sasl->authzid) + strlen(sasl->user) +
		strlen(sasl->password) + 3;
	/* Sized at once: growing would leave copies behind. */
	GString *text = g_string_sized_new(size);

	g_string_append(text, sasl->authzid);
	g_string_append_c(text, '\0');
	g_string_append(text, sasl->user);
	g_string_append_c(text, '\0');
	g_string_append(text, sasl->password);
	return take_response(text);
}

static GBytes *external_initial(struct sasl *sasl)
{
	return text_response(sasl->authzid);
}

/* Client-first: the only challenge is the empty one that asks to begin. */
static GBytes *begin_step(struct sasl *sasl, const char *challenge, size_t len,
	GError **error)
{
	(void)challenge;
	if (len > 0 || sasl->steps > 0)
		return unexpected(sasl, error);
	return sasl_initial(sasl);
}

/* The prompts differ from server to server; their order does not. */
static GBytes *login_step(struct sasl *sasl, const char *challenge, size_t len,
	GError **error)
{
	(void)challenge;
	(void)len;
	switch (sasl->steps++) {
	case 0:
		return text_response(sasl->user);
	case 1:
		return text_response(sasl->password);
	default:
		return unexpected(sasl, error);
	}
}

/* The strongest first. */
static const struct mechanism mechanisms[] = {
	{ "EXTERNAL", false, true, external_initial, begin_step },
	{ "PLAIN", true, false, plain_initial, begin_step },
	{ "LOGIN", true, false, NULL, login_step },
};

static bool has_name(const char *const *names, const char *name)
{
	for (; *names != NULL; names++)
		if (g_ascii_strcasecmp(*names, name) == 0)
			return true;
	return false;
}

const char *sasl_choose(const char *const *offered, const char *const *wanted,
	bool is_encrypted)
{
	for (size_t i = 0; i < G_N_ELEMENTS(mechanisms); i++) {
		const struct mechanism *row = &mechanisms[i];

		if (!has_name(offered, row->name))
			continue;
		if (wanted != NULL ? !has_name(wanted, row->name)
				   : row->is_explicit)
			continue;
		if (row->shows_password && !is_encrypted)
			continue;
		return row->name;
	}
	return NULL;
}

struct sasl *sasl_new(const char *mechanism,
	const struct sasl_credentials *credentials)
{
	struct sasl *sasl = g_new0(struct sasl, 1);

	for (size_t i = 0; i < G_N_ELEMENTS(mechanisms); i++)
		if (g_ascii_strcasecmp(mechanisms[i].name, mechanism) == 0)
			sasl->mechanism = &mechanisms[i];
	g_assert(sasl->mechanism != NULL);
	sasl->user = secret_dup(credentials->user ? credentials->user : "");
	sasl->authzid = secret_dup(
		credentials->authzid ? credentials->authzid : "");
	sasl->password = secret_dup(
		credentials->password ? credentials->password : "");
	return sasl;
}

void sasl_free(struct sasl **saslp)
{
	struct sasl *sasl = *saslp;

	if (sasl == NULL)
		return;
	*saslp = NULL;
	secret_free(&sasl->user);
	secret_free(&sasl->authzid);
	secret_free(&sasl->password);
	g_free(sasl);
}

GBytes *sasl_initial(struct sasl *sasl)
{
	if (sasl->mechanism->initial == NULL)
		return NULL;
	sasl->steps++;
	return sasl->mechanism->initial(sasl);
}

GBytes *sasl_step(struct sasl *sasl, const char *challenge, size_t len,
	GError **error)
{
	return sasl->mechanism->step(sasl, challenge, len, error);
}
