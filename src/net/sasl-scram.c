/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SCRAM-SHA-1 and SCRAM-SHA-256 (RFC 5802, RFC 7677), each without and with
 * channel binding. libgsasl gives SASLprep and the keys; the messages are
 * written here, as its own client cannot say "y" (we could bind, you seem not
 * to), which is what uncovers somebody who hides the server's -PLUS.
 */
#include "src/base/base.h"
#include "src/net/sasl-mechanism.h"

#include "src/base/error.h"
#include "src/net/secret.h"

#include <gsasl.h>

enum {
	NONCE_OCTETS = 18,
	MESSAGE_MAX = 4096,
	/* About a second of a thread's time. */
	ITERATIONS_MAX = 1000 * 1000,
};

struct scram {
	Gsasl_hash hash;
	GChecksumType checksum;
	size_t hash_len;
	char *nonce;        /* ours */
	GString *header;    /* gs2-header */
	char *first_bare;   /* client-first-message-bare */
	guint8 server_signature[GSASL_HASH_MAX_SIZE];
};

static const char *fixed_nonce;

void sasl_scram_set_nonce(const char *nonce)
{
	fixed_nonce = nonce;
}

static GBytes *refuse(GError **error, const char *what)
{
	g_set_error(error, NET_ERROR, NET_ERROR_AUTH,
		"what the server says is no SCRAM: %s", what);
	return NULL;
}

static GBytes *unproved(const struct sasl *sasl, const char *what,
	GError **error)
{
	g_set_error(error, NET_ERROR, NET_ERROR_PROOF,
		"'%s' is not who it claims to be: no proof that it knows the "
		"password (%s)", sasl->host, what);
	return NULL;
}

void sasl_scram_release(struct sasl *sasl)
{
	struct scram *scram = sasl->state;

	if (scram == NULL)
		return;
	sasl->state = NULL;
	if (scram->header != NULL)
		g_string_free(scram->header, TRUE);
	g_free(scram->first_bare);
	g_free(scram->nonce);
	g_free(scram);
}

/* --- client-first-message ------------------------------------------------ */

static char *make_nonce(void)
{
	char octets[NONCE_OCTETS];

	if (fixed_nonce != NULL)
		return g_strdup(fixed_nonce);
	if (gsasl_nonce(octets, sizeof(octets)) != GSASL_OK)
		return NULL;
	return g_base64_encode((const guchar *)octets, sizeof(octets));
}

static void make_header(const struct sasl *sasl, struct scram *scram)
{
	bool binds = (sasl->mechanism->needs & SASL_NEEDS_BINDING) != 0;

	scram->header = g_string_new(NULL);
	if (binds)
		g_string_append_printf(scram->header, "p=%s",
			sasl->binding_name);
	else
		/* "y" where the server announces -PLUS would tell it that
		 * somebody took the announcement away (RFC 5802 6). */
		g_string_append_c(scram->header, sasl->binding != NULL &&
			!sasl->offers_binding ? 'y' : 'n');
	g_string_append_c(scram->header, ',');
	if (sasl->authzid[0] != '\0') {
		g_string_append(scram->header, "a=");
		sasl_append_name(scram->header, sasl->authzid);
	}
	g_string_append_c(scram->header, ',');
}

static bool prepare(const char *text, const char *what, char **out,
	GError **error)
{
	int status = gsasl_saslprep(text, GSASL_ALLOW_UNASSIGNED, out, NULL);

	if (status == GSASL_OK)
		return true;
	g_set_error(error, NET_ERROR, NET_ERROR_AUTH,
		"SCRAM cannot spell the %s: %s", what, gsasl_strerror(status));
	return false;
}

GBytes *sasl_scram_initial(struct sasl *sasl, GError **error)
{
	struct scram *scram = g_new0(struct scram, 1);
	char *user = NULL;
	bool is_sha1 = strstr(sasl->mechanism->name, "SHA-1") != NULL;
	GString *bare;

	sasl->state = scram;
	scram->hash = is_sha1 ? GSASL_HASH_SHA1 : GSASL_HASH_SHA256;
	scram->checksum = is_sha1 ? G_CHECKSUM_SHA1 : G_CHECKSUM_SHA256;
	scram->hash_len = gsasl_hash_length(scram->hash);
	scram->nonce = make_nonce();
	if (scram->nonce == NULL)
		return refuse(error, "no random numbers");
	if (!prepare(sasl->user, "user's name", &user, error))
		return NULL;
	make_header(sasl, scram);
	bare = g_string_new("n=");
	sasl_append_name(bare, user);
	g_string_append_printf(bare, ",r=%s", scram->nonce);
	gsasl_free(user);
	scram->first_bare = g_string_free(bare, FALSE);
	bare = g_string_new(scram->header->str);
	g_string_append(bare, scram->first_bare);
	return sasl_take_response(bare);
}

/* --- server-first-message ------------------------------------------------ */

struct server_first {
	char *text;        /* cut into: */
	const char *nonce, *salt;
	unsigned iterations;
};

/* "x=value" at the front of *at: its value, and *at behind the comma. */
static char *take_attribute(char **at, char name)
{
	char *value = *at, *comma;

	if (value == NULL || value[0] != name || value[1] != '=')
		return NULL;
	comma = strchr(value, ',');
	if (comma != NULL)
		*comma++ = '\0';
	*at = comma;
	return value + 2;
}

static bool parse_first(struct server_first *first, const char *challenge,
	size_t len)
{
	const char *iterations;
	guint64 n;
	char *at;

	if (len > MESSAGE_MAX || memchr(challenge, '\0', len) != NULL)
		return false;
	at = first->text = g_strndup(challenge, len);
	first->nonce = take_attribute(&at, 'r');
	first->salt = take_attribute(&at, 's');
	iterations = take_attribute(&at, 'i');
	if (first->nonce == NULL || first->salt == NULL || iterations == NULL ||
		!g_ascii_string_to_unsigned(iterations, 10, 1, G_MAXUINT32, &n,
			NULL))
		return false;
	first->iterations = (unsigned)n;
	return true;
}

struct keys {
	char client[GSASL_HASH_MAX_SIZE], server[GSASL_HASH_MAX_SIZE];
	char stored[GSASL_HASH_MAX_SIZE], salted[GSASL_HASH_MAX_SIZE];
};

static bool make_keys(const struct sasl *sasl, const struct scram *scram,
	const struct server_first *first, struct keys *keys, GError **error)
{
	char *password = NULL;
	gsize salt_len;
	guchar *salt;
	int status;

	/* Longer than anybody needs is meant to keep us busy. */
	if (first->iterations > ITERATIONS_MAX) {
		refuse(error, "too many iterations");
		return false;
	}
	if (!prepare(sasl->password, "password", &password, error))
		return false;
	salt = g_base64_decode(first->salt, &salt_len);
	status = gsasl_scram_secrets_from_password(scram->hash, password,
		first->iterations, (const char *)salt, salt_len, keys->salted,
		keys->client, keys->server, keys->stored);
	g_free(salt);
	secret_wipe(password, strlen(password));
	gsasl_free(password);
	if (status != GSASL_OK)
		refuse(error, gsasl_strerror(status));
	return status == GSASL_OK;
}

static void sign(const struct scram *scram, const char *key,
	const char *message, guint8 *signature_out)
{
	GHmac *hmac = g_hmac_new(scram->checksum, (const guchar *)key,
		scram->hash_len);
	gsize len = scram->hash_len;

	g_hmac_update(hmac, (const guchar *)message, -1);
	g_hmac_get_digest(hmac, signature_out, &len);
	g_hmac_unref(hmac);
}

/* --- client-final-message ------------------------------------------------ */

/* c=: the header and, with channel binding, what is bound to. */
static char *make_binding(const struct sasl *sasl, const struct scram *scram)
{
	GByteArray *octets = g_byte_array_new();
	char *text;

	g_byte_array_append(octets, (const guint8 *)scram->header->str,
		(guint)scram->header->len);
	if ((sasl->mechanism->needs & SASL_NEEDS_BINDING) != 0) {
		gsize len;
		const guint8 *binding = g_bytes_get_data(sasl->binding, &len);

		g_byte_array_append(octets, binding, (guint)len);
	}
	text = g_base64_encode(octets->data, octets->len);
	g_byte_array_unref(octets);
	return text;
}

static GBytes *make_final(struct scram *scram, const struct keys *keys,
	const char *challenge, size_t len, GString *final)
{
	guint8 proof[GSASL_HASH_MAX_SIZE];
	char *message = g_strdup_printf("%s,%.*s,%s", scram->first_bare,
		(int)len, challenge, final->str);
	char *encoded;

	sign(scram, keys->stored, message, proof);
	for (size_t i = 0; i < scram->hash_len; i++)
		proof[i] ^= (guint8)keys->client[i];
	sign(scram, keys->server, message, scram->server_signature);
	encoded = g_base64_encode(proof, scram->hash_len);
	g_string_append_printf(final, ",p=%s", encoded);
	g_free(encoded);
	g_free(message);
	return sasl_take_response(final);
}

static GBytes *answer_first(const struct sasl *sasl, struct scram *scram,
	const struct server_first *first, const char *challenge, size_t len,
	GError **error)
{
	size_t own = strlen(scram->nonce);
	struct keys keys;
	GBytes *answer;
	GString *final;
	char *binding;

	if (strncmp(first->nonce, scram->nonce, own) != 0 ||
		first->nonce[own] == '\0')
		return unproved(sasl, "it did not take our nonce", error);
	if (!make_keys(sasl, scram, first, &keys, error))
		return NULL;
	binding = make_binding(sasl, scram);
	final = g_string_new(NULL);
	g_string_printf(final, "c=%s,r=%s", binding, first->nonce);
	g_free(binding);
	answer = make_final(scram, &keys, challenge, len, final);
	secret_wipe(&keys, sizeof(keys));
	return answer;
}

/* --- server-final-message ------------------------------------------------ */

static GBytes *check_final(struct sasl *sasl, const struct scram *scram,
	const char *challenge, size_t len, GError **error)
{
	char *text = g_strndup(challenge, MIN(len, MESSAGE_MAX));
	char *at = text;
	const char *verifier = take_attribute(&at, 'v');
	char *wanted = g_base64_encode(scram->server_signature,
		scram->hash_len);
	bool is_right = verifier != NULL && strcmp(verifier, wanted) == 0;
	bool is_error = g_str_has_prefix(text, "e=");

	g_free(wanted);
	g_free(text);
	if (is_right) {
		sasl->is_complete = true;
		return sasl_text_response("");
	}
	/* It tells what it holds against us; its NO follows. */
	return is_error ? sasl_text_response("") :
		unproved(sasl, "its signature is wrong", error);
}

GBytes *sasl_scram_step(struct sasl *sasl, const char *challenge, size_t len,
	GError **error)
{
	struct scram *scram = sasl->state;
	struct server_first first = { 0 };
	GBytes *answer = NULL;

	if (sasl->steps == 1)
		return check_final(sasl, scram, challenge, len, error);
	if (sasl->steps > 1)
		return sasl_unexpected(sasl, error);
	if (parse_first(&first, challenge, len))
		answer = answer_first(sasl, scram, &first, challenge, len,
			error);
	else
		refuse(error, "its first message is wrong");
	g_free(first.text);
	return answer;
}
