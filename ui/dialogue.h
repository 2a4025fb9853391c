/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What accounts ask a person: secrets and certificates; and the questions of
 * the first start. All by prompt_ask(); answers go to the account.
 */
#ifndef CULVER_UI_DIALOGUE_H
#define CULVER_UI_DIALOGUE_H

#include "src/base/base.h"

struct account;
struct startup;
struct tls_peer;

/*
 * Questions of the account that is looked at are asked at once; those of
 * another wait until it is: keys meant for one account are no answer to
 * another, which only says that it waits.
 */
void dialogue_secret(struct account *account, const char *refusal,
	bool is_looked_at);
/* Shows whom the certificate is for, who signed it, its dates, its sha256 and
 * why it is refused: (o)nce, (a)lways, (r)eject. */
void dialogue_verdict(struct account *account, const struct tls_peer *peer,
	bool is_looked_at);
void dialogue_verdict_cancelled(struct account *account);
/* It is looked at now: what it waited to ask is asked. */
void dialogue_account_shown(struct account *account);
void dialogue_stop(void);
/* No rc and no argument: asks for an address, makes the account, opens its
 * inbox, and offers to write the rc when it has connected. */
void dialogue_first_run(const struct startup *startup);
/* An account came online: the first run's offer, if it waits for this one. */
void dialogue_account_online(struct account *account);

#endif
