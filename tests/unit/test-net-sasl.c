/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each mechanism by the examples of its RFC, and against servers that lie. */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/net/sasl-mechanism.h"

static const char *const everything[] = { "LOGIN", "plain", "CRAM-MD5",
	"SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS",
	"SCRAM-SHA-256-PLUS", "OAUTHBEARER", "XOAUTH2", "ANONYMOUS", "GSSAPI",
	"EXTERNAL", "DIGEST-MD5", NULL };

static const char *chosen(struct sasl_offer offer)
{
	const struct sasl_mechanism *mechanism = sasl_choose(&offer);

	return mechanism != NULL ? sasl_mechanism_name(mechanism) : NULL;
}

static unsigned bit(const char *name)
{
	return sasl_mechanism_bit(sasl_mechanism_find(name));
}

static void test_strength(void)
{
	static const char *const order[] = { "EXTERNAL", "GSSAPI",
		"OAUTHBEARER", "XOAUTH2", "SCRAM-SHA-256-PLUS",
		"SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1",
		"CRAM-MD5", "PLAIN", "LOGIN" };
	struct sasl_offer offer = { .offered = everything,
		.have = ~(unsigned)SASL_NEEDS_NAMING };

	for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
		g_assert_cmpstr(chosen(offer), ==, order[i]);
		offer.tried |= bit(order[i]);
	}
	g_assert_null(chosen(offer));
}

static void test_needs(void)
{
	struct sasl_offer offer = { .offered = everything,
		.have = SASL_NEEDS_PASSWORD, .tried = bit("GSSAPI") };

	g_assert_cmpstr(chosen(offer), ==, "SCRAM-SHA-256");
	offer.have |= SASL_NEEDS_BINDING;
	g_assert_cmpstr(chosen(offer), ==, "SCRAM-SHA-256-PLUS");
	offer.have |= SASL_NEEDS_TOKEN;
	/* Not where others could read it. */
	g_assert_cmpstr(chosen(offer), ==, "SCRAM-SHA-256-PLUS");
	offer.have |= SASL_NEEDS_PRIVACY;
	g_assert_cmpstr(chosen(offer), ==, "OAUTHBEARER");
	offer.have |= SASL_NEEDS_CERTIFICATE;
	g_assert_cmpstr(chosen(offer), ==, "EXTERNAL");
	offer.have = SASL_NEEDS_PASSWORD;
	offer.offered = (const char *const[]){ "PLAIN", "LOGIN", NULL };
	g_assert_null(chosen(offer));
	offer.have |= SASL_NEEDS_PRIVACY;
	g_assert_cmpstr(chosen(offer), ==, "PLAIN");
	offer.at_least = SASL_HIDES_PASSWORD;
	g_assert_null(chosen(offer));
}

static void test_wanted(void)
{
	static const char *const wanted[] = { "anonymous", "plain",
		"scram-sha-256", NULL };
	struct sasl_offer offer = { .offered = everything, .wanted = wanted,
		.have = SASL_NEEDS_PASSWORD | SASL_NEEDS_PRIVACY };

	g_assert_cmpstr(chosen(offer), ==, "ANONYMOUS");
	offer.wanted++;
	g_assert_cmpstr(chosen(offer), ==, "PLAIN");
	offer.have = SASL_NEEDS_PASSWORD;
	g_assert_cmpstr(chosen(offer), ==, "SCRAM-SHA-256");
	offer.wanted = (const char *const[]){ "nosuch", "external", NULL };
	g_assert_cmpstr(chosen(offer), ==, "EXTERNAL");
	offer.wanted = (const char *const[]){ "OAUTHBEARER", NULL };
	g_assert_null(chosen(offer));
}

/* --- exchanges ------------------------------------------------------------- */

static const struct sasl_credentials user = { .user = "user",
	.password = "pencil",
	.token = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==", .service = "imap",
	.host = "server.example.com", .port = 143 };

static struct sasl *begin(const char *name,
	const struct sasl_credentials *credentials, const char *octets,
	size_t len)
{
	struct sasl *sasl = sasl_new(sasl_mechanism_find(name), credentials);
	GError *error = NULL;
	GBytes *initial;
	gsize n;

	g_assert_true(sasl_begin(sasl, &initial, &error));
	g_assert_no_error(error);
	if (octets == NULL) {
		g_assert_null(initial);
		return sasl;
	}
	const char *got = g_bytes_get_data(initial, &n);

	g_assert_cmpmem(got, n, octets, len);
	g_bytes_unref(initial);
	return sasl;
}

static struct sasl *begin_text(const char *name,
	const struct sasl_credentials *credentials, const char *text)
{
	return begin(name, credentials, text, strlen(text));
}

static void answers(struct sasl *sasl, const char *challenge,
	const char *octets)
{
	GError *error = NULL;
	GBytes *answer = sasl_step(sasl, challenge, strlen(challenge), &error);
	gsize n;

	g_assert_no_error(error);
	const char *got = g_bytes_get_data(answer, &n);

	g_assert_cmpmem(got, n, octets, strlen(octets));
	g_bytes_unref(answer);
}

static void refuses(struct sasl *sasl, const char *challenge, int code,
	const char *words)
{
	GError *error = NULL;

	g_assert_null(sasl_step(sasl, challenge, strlen(challenge), &error));
	g_assert_error(error, NET_ERROR, code);
	g_assert_nonnull(strstr(error->message, words));
	g_error_free(error);
}

static void ends(struct sasl **sasl, bool is_complete)
{
	g_assert_cmpint(sasl_is_complete(*sasl), ==, is_complete);
	sasl_unref(sasl);
	g_assert_null(*sasl);
}

static void test_plain(void)
{
	struct sasl_credentials credentials = user;

	credentials.password = "p\xc3\xa4ss";
	struct sasl *sasl = begin("plain", &credentials,
		"\0user\0p\xc3\xa4ss", 11);

	refuses(sasl, "what?", NET_ERROR_AUTH, "more than PLAIN has to say");
	ends(&sasl, true);
	credentials.authzid = "boss";
	sasl = begin("PLAIN", &credentials, "boss\0user\0p\xc3\xa4ss", 15);
	ends(&sasl, true);
}

static void test_login(void)
{
	struct sasl *sasl = begin("LOGIN", &user, NULL, 0);

	answers(sasl, "Username:", "user");
	g_assert_false(sasl_is_complete(sasl));
	answers(sasl, "Password:", "pencil");
	refuses(sasl, "PIN:", NET_ERROR_AUTH, "more than LOGIN has to say");
	ends(&sasl, true);
}

static void test_short(void)
{
	struct sasl *sasl = begin_text("EXTERNAL", &user, "");

	ends(&sasl, true);
	sasl = begin_text("ANONYMOUS", &user, "");
	ends(&sasl, true);
}

/* RFC 2195 2. */
static void test_cram(void)
{
	struct sasl_credentials credentials = user;

	credentials.user = "tim";
	credentials.password = "tanstaaftanstaaf";
	struct sasl *sasl = begin("CRAM-MD5", &credentials, NULL, 0);

	answers(sasl, "<1896.697170952@postoffice.reston.mci.net>",
		"tim b913a602c7eda7a495b4e6e7334d3890");
	g_assert_true(sasl_is_complete(sasl));
	refuses(sasl, "again", NET_ERROR_AUTH, "more than CRAM-MD5");
	ends(&sasl, true);
}

/* RFC 5802 5. */
#define SHA1_NONCE "fyko+d2lbbFgONRv9qkxdawL"
#define SHA1_FIRST "r=" SHA1_NONCE "3rfcNHYJY1ZVvWVs7j," \
	"s=QSXCR+Q6sek8bf92,i=4096"
#define SHA1_FINAL "r=" SHA1_NONCE "3rfcNHYJY1ZVvWVs7j," \
	"p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="
#define SHA1_VERIFIER "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="

static void test_scram_sha_1(void)
{
	sasl_scram_set_nonce(SHA1_NONCE);
	struct sasl *sasl = begin_text("SCRAM-SHA-1", &user,
		"n,,n=user,r=" SHA1_NONCE);

	answers(sasl, SHA1_FIRST, "c=biws," SHA1_FINAL);
	g_assert_false(sasl_is_complete(sasl));
	answers(sasl, SHA1_VERIFIER, "");
	refuses(sasl, "more", NET_ERROR_AUTH, "more than SCRAM-SHA-1");
	ends(&sasl, true);
	sasl_scram_set_nonce(NULL);
}

/* RFC 7677 3. */
#define SHA256_NONCE "rOprNGfwEbeRWgbNEkqO"
#define SHA256_BOTH SHA256_NONCE "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
#define SHA256_FIRST "r=" SHA256_BOTH ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"

static void test_scram_sha_256(void)
{
	sasl_scram_set_nonce(SHA256_NONCE);
	struct sasl *sasl = begin_text("SCRAM-SHA-256", &user,
		"n,,n=user,r=" SHA256_NONCE);

	answers(sasl, SHA256_FIRST, "c=biws,r=" SHA256_BOTH
		",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
	answers(sasl, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "");
	ends(&sasl, true);
	sasl_scram_set_nonce(NULL);
}

/* RFC 4013 3: names as they are compared; what may not be in one. */
static void test_scram_prepared(void)
{
	struct sasl_credentials credentials = user;
	GBytes *initial;
	GError *error = NULL;

	sasl_scram_set_nonce("x");
	credentials.user = "I\xc2\xadX \xe2\x85\xa8";
	struct sasl *sasl = begin_text("SCRAM-SHA-256", &credentials,
		"n,,n=IX IX,r=x");

	ends(&sasl, false);
	credentials.user = "bell\a";
	sasl = sasl_new(sasl_mechanism_find("SCRAM-SHA-256"), &credentials);
	g_assert_false(sasl_begin(sasl, &initial, &error));
	g_assert_error(error, NET_ERROR, NET_ERROR_AUTH);
	g_assert_null(initial);
	g_error_free(error);
	ends(&sasl, false);
	sasl_scram_set_nonce(NULL);
}

/* The three flags of the gs2 header, and names that need spelling. */
static void test_scram_header(void)
{
	struct sasl_credentials credentials = user;
	struct sasl *sasl;

	sasl_scram_set_nonce("x");
	credentials.user = "a,b=c";
	credentials.binding = g_bytes_new_static("bound", 5);
	credentials.binding_name = "tls-exporter";
	sasl = begin_text("SCRAM-SHA-256", &credentials,
		"y,,n=a=2Cb=3Dc,r=x");
	ends(&sasl, false);
	credentials.offers_binding = true;
	sasl = begin_text("SCRAM-SHA-256", &credentials,
		"n,,n=a=2Cb=3Dc,r=x");
	ends(&sasl, false);
	credentials.authzid = "boss";
	sasl = begin_text("SCRAM-SHA-256-PLUS", &credentials,
		"p=tls-exporter,a=boss,n=a=2Cb=3Dc,r=x");
	GBytes *answer = sasl_step(sasl, "r=xy,s=c2FsdA==,i=1", 19, NULL);
	char *text = g_strndup(g_bytes_get_data(answer, NULL),
		g_bytes_get_size(answer));

	/* "p=tls-exporter,a=boss,bound" */
	g_assert_true(g_str_has_prefix(text,
		"c=cD10bHMtZXhwb3J0ZXIsYT1ib3NzLGJvdW5k,r=xy,p="));
	g_free(text);
	g_bytes_unref(answer);
	ends(&sasl, false);
	g_bytes_unref(credentials.binding);
	sasl_scram_set_nonce(NULL);
}

static void refuses_first(const char *first, int code, const char *words)
{
	struct sasl *sasl = begin_text("SCRAM-SHA-1", &user,
		"n,,n=user,r=" SHA1_NONCE);

	refuses(sasl, first, code, words);
	ends(&sasl, false);
}

static void test_scram_lies(void)
{
	static const char *const wrong[] = { "", "r=", "m=ext," SHA1_FIRST,
		"r=" SHA1_NONCE "x,s=c2FsdA==",
		"r=" SHA1_NONCE "x,s=c2FsdA==,i=",
		"r=" SHA1_NONCE "x,s=c2FsdA==,i=0",
		"r=" SHA1_NONCE "x,s=c2FsdA==,i=-1",
		"r=" SHA1_NONCE "x,s=c2FsdA==,i=99999999999999999999",
		"r=" SHA1_NONCE "x,i=4096,s=c2FsdA==" };

	sasl_scram_set_nonce(SHA1_NONCE);
	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
		refuses_first(wrong[i], NET_ERROR_AUTH, "is no SCRAM");
	refuses_first("r=" SHA1_NONCE "x,s=c2FsdA==,i=4000000000",
		NET_ERROR_AUTH, "too many iterations");
	refuses_first("r=other,s=c2FsdA==,i=4096", NET_ERROR_PROOF,
		"did not take our nonce");
	refuses_first("r=" SHA1_NONCE ",s=c2FsdA==,i=4096", NET_ERROR_PROOF,
		"did not take our nonce");
	sasl_scram_set_nonce(NULL);
}

/* Whoever does not know the password cannot sign. */
static void test_scram_proof(void)
{
	static const char *const wrong[] = { "v=rmF9pqV8S7suAoZWja4dJRkFsKR=",
		"v=", "", "x=1" };

	sasl_scram_set_nonce(SHA1_NONCE);
	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		struct sasl *sasl = begin_text("SCRAM-SHA-1", &user,
			"n,,n=user,r=" SHA1_NONCE);

		answers(sasl, SHA1_FIRST, "c=biws," SHA1_FINAL);
		refuses(sasl, wrong[i], NET_ERROR_PROOF,
			"no proof that it knows the password");
		ends(&sasl, false);
	}
	struct sasl *sasl = begin_text("SCRAM-SHA-1", &user,
		"n,,n=user,r=" SHA1_NONCE);

	answers(sasl, SHA1_FIRST, "c=biws," SHA1_FINAL);
	answers(sasl, "e=invalid-proof", "");
	ends(&sasl, false);
	sasl_scram_set_nonce(NULL);
}

static void test_scram_random(void)
{
	GBytes *first[2];

	for (int i = 0; i < 2; i++) {
		struct sasl *sasl = sasl_new(sasl_mechanism_find("SCRAM-SHA-1"),
			&user);

		g_assert_true(sasl_begin(sasl, &first[i], NULL));
		sasl_unref(&sasl);
	}
	g_assert_false(g_bytes_equal(first[0], first[1]));
	g_bytes_unref(first[0]);
	g_bytes_unref(first[1]);
}

/* RFC 7628 4.1, 4.2 and 4.3. */
static void test_oauthbearer(void)
{
	struct sasl_credentials credentials = user;

	credentials.user = "user@example.com";
	struct sasl *sasl = begin_text("OAUTHBEARER", &credentials,
		"n,a=user@example.com,\001host=server.example.com\001port=143"
		"\001auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="
		"\001\001");

	g_assert_true(sasl_is_complete(sasl));
	answers(sasl, "{\"status\":\"invalid_token\","
		"\"scope\":\"example_scope\"}", "\001");
	g_assert_cmpstr(sasl_refusal(sasl), ==,
		"invalid_token, scope example_scope");
	refuses(sasl, "", NET_ERROR_AUTH, "more than OAUTHBEARER");
	ends(&sasl, false);
}

static void test_xoauth2(void)
{
	struct sasl_credentials credentials = user;

	credentials.token = "ya29.x";
	struct sasl *sasl = begin_text("XOAUTH2", &credentials,
		"user=user\001auth=Bearer ya29.x\001\001");

	answers(sasl, "{\"status\":\"400\",\"schemes\":\"Bearer\"}", "");
	g_assert_cmpstr(sasl_refusal(sasl), ==, "400");
	ends(&sasl, false);
}

/* What is no such JSON is answered all the same, and says nothing. */
static void test_bearer_garbage(void)
{
	GString *deep = g_string_new("{\"status\":");

	for (int i = 0; i < 3000; i++)
		g_string_append_c(deep, '[');
	const char *const garbage[] = { "", "no", "[]", "{}", "{\"status\":1}",
		"{\"status\":{\"status\":\"x\"}}", "\xff\xfe", deep->str };

	for (size_t i = 0; i < G_N_ELEMENTS(garbage); i++) {
		struct sasl *sasl = sasl_new(sasl_mechanism_find("XOAUTH2"),
			&user);

		answers(sasl, garbage[i], "");
		g_assert_null(sasl_refusal(sasl));
		sasl_unref(&sasl);
	}
	g_string_free(deep, TRUE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/net/sasl/strength", test_strength);
	g_test_add_func("/net/sasl/needs", test_needs);
	g_test_add_func("/net/sasl/wanted", test_wanted);
	g_test_add_func("/net/sasl/plain", test_plain);
	g_test_add_func("/net/sasl/login", test_login);
	g_test_add_func("/net/sasl/short", test_short);
	g_test_add_func("/net/sasl/cram-md5", test_cram);
	g_test_add_func("/net/sasl/scram-sha-1", test_scram_sha_1);
	g_test_add_func("/net/sasl/scram-sha-256", test_scram_sha_256);
	g_test_add_func("/net/sasl/scram-header", test_scram_header);
	g_test_add_func("/net/sasl/scram-prepared", test_scram_prepared);
	g_test_add_func("/net/sasl/scram-lies", test_scram_lies);
	g_test_add_func("/net/sasl/scram-proof", test_scram_proof);
	g_test_add_func("/net/sasl/scram-random", test_scram_random);
	g_test_add_func("/net/sasl/oauthbearer", test_oauthbearer);
	g_test_add_func("/net/sasl/xoauth2", test_xoauth2);
	g_test_add_func("/net/sasl/bearer-garbage", test_bearer_garbage);
	return g_test_run();
}
