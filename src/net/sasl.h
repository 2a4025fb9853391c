/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SASL mechanisms as a table (RFC 4422): name, strength, what each needs, and
 * its steps. The exchange is pure: challenges in, responses out, base64 is the
 * caller's. This version has PLAIN, LOGIN and EXTERNAL; a mechanism is a row.
 */
#ifndef CULVER_NET_SASL_H
#define CULVER_NET_SASL_H

#include "src/base/base.h"

struct sasl;

struct sasl_credentials {
	const char *user;
	const char *authzid;  /* NULL */
	const char *password; /* NULL if none */
};

/*
 * The strongest mechanism that is offered (names without "AUTH=") and wanted
 * (NULL: any but EXTERNAL); NULL if none. Mechanisms that
 * show the password are only taken when is_encrypted (or the caller says the
 * clear is fine). Table order is strength.
 */
const char *sasl_choose(const char *const *offered, const char *const *wanted,
	bool is_encrypted);
struct sasl *sasl_new(const char *mechanism, const struct sasl_credentials *credentials);
void sasl_free(struct sasl **sasl); /* wipes what it held */
/* The first response of a client-first mechanism, to be sent as initial
 * response or to the first empty challenge; NULL if the server speaks first.
 * The GBytes is the caller's. */
GBytes *sasl_initial(struct sasl *sasl);
/* The answer to a challenge; NULL with error when it makes no sense. */
GBytes *sasl_step(struct sasl *sasl, const char *challenge, size_t len, GError **error);

#endif
