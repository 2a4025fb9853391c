/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Passwords: got by a command (run without a shell), kept in memory that is
 * wiped, never logged.
 */
#ifndef CULVER_NET_SECRET_H
#define CULVER_NET_SECRET_H

#include "src/base/base.h"

struct secret_command;

/* What the command prints: a password is its first line, without the newline; a
 * token is all of it, as it may be JSON on several lines. */
enum secret_kind { SECRET_PASSWORD, SECRET_TOKEN };

/* text is NULL and error set, or the secret; it is wiped after return. Once,
 * never before the call returned. */
typedef void secret_done_fn(const char *text, const GError *error, void *data);

/* command is split into words as a shell would (g_shell_parse_argv) and run
 * directly; standard error's last line becomes part of the error. */
struct secret_command *secret_run(const char *command, enum secret_kind kind,
	unsigned timeout_ms, secret_done_fn *done, void *data);
/* Ends the command; no done any more; sets *command to NULL; NULL is fine. */
void secret_cancel(struct secret_command **command);

/* A copy that secret_free() wipes. NULL gives NULL. */
char *secret_dup(const char *text);
void secret_free(char **secret);
/* Overwrites, in a way that no compiler takes away. */
void secret_wipe(void *octets, size_t len);

#endif
