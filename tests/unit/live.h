/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the tests of src/mail/ against a real, private Dovecot share: the
 * server, an account on it with a cache and a journal in a temporary
 * directory, and waiting for what happens in the main loop.
 */
#ifndef CULVER_TESTS_LIVE_H
#define CULVER_TESTS_LIVE_H

#include "src/base/base.h"
#include "src/imap/seqset.h"
#include "src/mail/account.h"
#include "src/mail/mailbox.h"

/* After g_test_init(). extra: lines of the server's configuration, or NULL.
 * A subprocess of a test has the server and the directory of its parent. */
void live_start(const char *extra);
/* Returns status, for main(). */
int live_stop(int status);
bool live_has_server(void);
/* Where the cache and the journal are, below it. */
const char *live_dir(void);

/* The program begins: the room and an account "work" of the server. disable:
 * names for imap_disable, or NULL. */
struct account *live_begin(bool batch, const char *disable);
/* Another account of the same user: another client, as it were. */
struct account *live_account(const char *name);
void live_end(void);
void live_set_option(const char *account, const char *name, const char *value);

/* Sentences for the status line since live_begin(), each with a newline. */
extern GString *live_said;

struct live_result {
	bool done;
	uint32_t changed;
	char *error; /* free with g_free() */
};
/* An action_done_fn, and a mailbox_done_fn, of a struct live_result. */
void live_on_action(uint32_t changed, const GError *error, void *data);
void live_on_mailbox(const GError *error, void *data);

struct mailbox *live_open(struct account *account, const char *name);
void live_load_all(struct mailbox *mailbox);
/* Asks the server what is new there, until the answer. */
void live_poll(struct mailbox *mailbox);
uint32_t live_visible(struct mailbox *mailbox);
/* The set of one UID; valid until the next call. */
struct imap_seqset *live_one(uint32_t uid);

/* Turns the loop once; false when it has taken too long. */
bool live_turn(gint64 since_us);

#define LIVE_WAIT(condition) do { \
	gint64 since_us_ = g_get_monotonic_time(); \
	while (!(condition) && live_turn(since_us_)) \
		continue; \
	g_assert_true(condition); \
} while (0)

#define LIVE_SKIP() do { \
	if (!live_has_server()) { \
		g_test_skip("no private Dovecot here"); \
		return; \
	} \
} while (0)

#endif
