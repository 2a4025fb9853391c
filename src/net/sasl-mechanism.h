/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of SASL mechanisms share: a row's functions, and the exchange
 * they work on. For src/net/sasl*.c, and for tests that want a known nonce.
 */
#ifndef CULVER_NET_SASL_MECHANISM_H
#define CULVER_NET_SASL_MECHANISM_H

#include "src/base/base.h"
#include "src/net/sasl.h"

struct sasl_mechanism {
	const char *name;
	unsigned needs; /* enum sasl_needs */
	enum sasl_protection protection;
	bool is_slow;
	/* The client's first words; NULL: the server begins. */
	GBytes *(*initial)(struct sasl *sasl, GError **error);
	/* NULL: there are no further steps. */
	GBytes *(*step)(struct sasl *sasl, const char *challenge, size_t len,
		GError **error);
	void (*release)(struct sasl *sasl); /* frees state; may be NULL */
};

struct sasl {
	gint refs;
	const struct sasl_mechanism *mechanism;
	char *user, *authzid, *password, *token, *service, *host;
	unsigned port;
	char *binding_name;
	GBytes *binding;
	bool offers_binding;
	unsigned steps;   /* responses made, the initial one not counted */
	bool is_complete;
	char *refusal;
	void *state;      /* the mechanism's own */
};

/* A response that is wiped when it is freed. Takes the text. */
GBytes *sasl_take_response(GString *text);
GBytes *sasl_text_response(const char *text);
/* Sets the error that nothing can be said to this challenge; NULL. */
GBytes *sasl_unexpected(const struct sasl *sasl, GError **error);
/* RFC 5801 4, saslname: "," and "=" are spelled otherwise. */
void sasl_append_name(GString *text, const char *name);
/* Overwrites before it frees. */
void sasl_free_text(GString *text);

/* sasl-plain.c */
GBytes *sasl_plain_initial(struct sasl *sasl, GError **error);
GBytes *sasl_external_initial(struct sasl *sasl, GError **error);
GBytes *sasl_anonymous_initial(struct sasl *sasl, GError **error);
GBytes *sasl_login_step(struct sasl *sasl, const char *challenge, size_t len,
	GError **error);
/* sasl-bearer.c */
GBytes *sasl_oauthbearer_initial(struct sasl *sasl, GError **error);
GBytes *sasl_oauthbearer_step(struct sasl *sasl, const char *challenge,
	size_t len, GError **error);
GBytes *sasl_xoauth2_initial(struct sasl *sasl, GError **error);
GBytes *sasl_xoauth2_step(struct sasl *sasl, const char *challenge, size_t len,
	GError **error);
/* sasl-scram.c */
GBytes *sasl_scram_initial(struct sasl *sasl, GError **error);
GBytes *sasl_scram_step(struct sasl *sasl, const char *challenge, size_t len,
	GError **error);
void sasl_scram_release(struct sasl *sasl);
/* Instead of random ones, for the examples of the RFCs; NULL: random again. */
void sasl_scram_set_nonce(const char *nonce);
/* sasl-gsasl.c */
GBytes *sasl_gsasl_initial(struct sasl *sasl, GError **error);
GBytes *sasl_gsasl_step(struct sasl *sasl, const char *challenge, size_t len,
	GError **error);
void sasl_gsasl_release(struct sasl *sasl);

#endif
