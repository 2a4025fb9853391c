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

void dialogue_secret(struct account *account, bool retry);
/* Shows whom the certificate is for, who signed it, its dates, its sha256 and
 * why it is refused: (o)nce, (a)lways, (r)eject. */
void dialogue_verdict(struct account *account, const struct tls_peer *peer);
void dialogue_verdict_cancelled(struct account *account);
/* No rc and no argument: asks for an address, makes the account, opens its
 * inbox, and offers to write the rc when it has connected. */
void dialogue_first_run(const struct startup *startup);
/* An account came online: the first run's offer, if it waits for this one. */
void dialogue_account_online(struct account *account);

#endif
