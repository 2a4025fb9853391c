/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an account's URL says. Pure. */
#ifndef CULVER_MAIL_URL_H
#define CULVER_MAIL_URL_H

#include "src/base/base.h"

struct mail_url {
	char *user;       /* decoded; NULL if there is none */
	char *host;       /* without brackets; of user@domain: the domain */
	unsigned port;    /* the scheme's if none was given */
	bool is_starttls; /* imap: */
	bool needs_srv;   /* user@domain alone: the host is to be looked up */
	char *mailbox;    /* decoded; NULL if there is none */
};

/* "imaps://user@host:port/Mailbox", "imap://...", "user@domain". The last "@"
 * before the first "/" ends the user; %-escapes are decoded. false with
 * MAIL_ERROR_URL. */
bool mail_url_parse(const char *text, struct mail_url *url_out, GError **error);
void mail_url_release(struct mail_url *url);

#endif
