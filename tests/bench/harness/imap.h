/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A plain connection of the harness itself to the server, past the proxy: to
 * change a mailbox "elsewhere", and to see what the server has. Blocks; ends
 * the program where the server does not do what it is told.
 */
#ifndef CULVER_BENCH_IMAP_H
#define CULVER_BENCH_IMAP_H

struct imap;

/* Connects to 127.0.0.1 and logs in. */
struct imap *imap_open(unsigned port, const char *user, const char *password);
void imap_close(struct imap **imap);
/* Sends a command and waits for its OK. */
void imap_command(struct imap *imap, const char *command);
/* How many messages INBOX has, by STATUS. */
unsigned imap_messages(struct imap *imap);

#endif
