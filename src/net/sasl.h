/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SASL mechanisms as a table (RFC 4422): strength, what each needs, and its
 * steps. The exchange is pure, challenges in, responses out; base64 is the
 * caller's. Row order is strength: what needs no password comes first, then
 * what proves the password without showing it, then what shows it.
 */
#ifndef CULVER_NET_SASL_H
#define CULVER_NET_SASL_H

#include "src/base/base.h"

struct sasl;
struct sasl_mechanism;

enum sasl_needs {
	SASL_NEEDS_PASSWORD = 1 << 0,
	SASL_NEEDS_TOKEN = 1 << 1,       /* OAuth 2.0 access token */
	SASL_NEEDS_CERTIFICATE = 1 << 2, /* the client's, shown to TLS */
	SASL_NEEDS_BINDING = 1 << 3,     /* channel binding */
	SASL_NEEDS_NAMING = 1 << 4,      /* only taken when asked for by name */
	SASL_NEEDS_PRIVACY = 1 << 5,     /* what is sent is worth stealing */
};

/* What a server, true or false, learns of the password; more is better. */
enum sasl_protection {
	SASL_SHOWS_PASSWORD,  /* all of it */
	SASL_HIDES_PASSWORD,  /* a digest, to search for it by guessing */
	SASL_PROVES_PASSWORD, /* a salted one, and the server proves itself */
	SASL_NO_PASSWORD,     /* none is used */
};

struct sasl_offer {
	const char *const *offered; /* names without "AUTH=" */
	const char *const *wanted;  /* in order; NULL: any, strongest first */
	unsigned have;              /* enum sasl_needs that can be met */
	unsigned tried;             /* bits of sasl_mechanism_bit() */
	enum sasl_protection at_least;
};
/*
 * The first mechanism that is wanted, offered, not tried, and whose needs are
 * met; NULL if none. A name in wanted meets NEEDS_NAMING, and NEEDS_CERTIFICATE
 * too: something else than TLS may vouch for us.
 */
const struct sasl_mechanism *sasl_choose(const struct sasl_offer *offer);
const char *sasl_mechanism_name(const struct sasl_mechanism *mechanism);
unsigned sasl_mechanism_needs(const struct sasl_mechanism *mechanism);
enum sasl_protection sasl_mechanism_protection(
	const struct sasl_mechanism *mechanism);
unsigned sasl_mechanism_bit(const struct sasl_mechanism *mechanism);
/* Its steps ask others or compute long: they belong on a thread. */
bool sasl_mechanism_is_slow(const struct sasl_mechanism *mechanism);
/* By name, case-insensitive; NULL if no row has it. */
const struct sasl_mechanism *sasl_mechanism_find(const char *name);

struct sasl_credentials {
	const char *user;
	const char *authzid;  /* NULL */
	const char *password; /* NULL if none */
	const char *token;    /* NULL if none */
	const char *service;  /* "imap", for GSSAPI */
	const char *host;     /* whom we meant to reach */
	unsigned port;
	/* The channel binding that is to be had, or NULL: "tls-exporter" (RFC
	 * 9266) or "tls-unique" (RFC 5929) and its octets. */
	const char *binding_name;
	GBytes *binding;
	bool offers_binding;  /* the server announces a mechanism with one */
};
/* Copies the credentials. */
struct sasl *sasl_new(const struct sasl_mechanism *mechanism,
	const struct sasl_credentials *credentials);
struct sasl *sasl_ref(struct sasl *sasl);
/* Wipes what it held with the last reference, on whatever thread that is. */
void sasl_unref(struct sasl **sasl);
/*
 * Called once, before any step. *initial_out is what the client says first, as
 * initial response or as answer to the first, empty challenge; NULL if the
 * server speaks first. It is the caller's. false with error when this
 * mechanism cannot begin (no ticket, a name that cannot be spelled): nothing
 * was sent then.
 */
bool sasl_begin(struct sasl *sasl, GBytes **initial_out, GError **error);
/* The answer to a challenge, the caller's; NULL with error (NET_ERROR_AUTH;
 * NET_ERROR_PROOF: the server is not who it says) when it makes no sense. */
GBytes *sasl_step(struct sasl *sasl, const char *challenge, size_t len,
	GError **error);
/* The server's OK may be believed: it has proved what it had to. */
bool sasl_is_complete(const struct sasl *sasl);
/* What the server said of a refused token, for people ("invalid_token, ..."),
 * or NULL. */
const char *sasl_refusal(const struct sasl *sasl);

#endif
