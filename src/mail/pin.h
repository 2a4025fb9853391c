/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Certificates that a person accepted for good: lines "host:port sha256:..."
 * in the state directory's file "pins".
 */
#ifndef CULVER_MAIL_PIN_H
#define CULVER_MAIL_PIN_H

#include "src/base/base.h"

struct account;

/* Those of the account's host, and those of the option tls_pin; free with
 * g_strfreev(). Reads a small file: for when an account is made. */
char **pin_load(const struct account *account);
/* Adds a line, through the worker. */
void pin_store(struct account *account, const char *fingerprint);
/* The fingerprints of a host in the file's text. Pure. */
char **pin_find(const char *text, const char *host, unsigned port);

#endif
