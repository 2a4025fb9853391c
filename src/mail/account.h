/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An account: its session, its cache, its mailboxes as a list and as a tree,
 * and the secrets and certificates that it asks a person for. Made from the
 * options of an account {} block or from a URL.
 */
#ifndef CULVER_MAIL_ACCOUNT_H
#define CULVER_MAIL_ACCOUNT_H

#include "src/base/base.h"
#include "src/imap/capability.h"
#include "src/imap/list.h"
#include "src/imap/workaround.h"
#include "src/net/tls.h"
#include "src/rc/option.h"

struct account;
struct tls_peer;
struct tls_question;

enum account_state {
	ACCOUNT_OFFLINE,
	ACCOUNT_CONNECTING,
	ACCOUNT_ONLINE,
	ACCOUNT_WAITING, /* lost; tries again by itself */
	ACCOUNT_FAILED,  /* needs a person: password, certificate, wrong server */
};

/* One row of the folder view. Valid until the next mailboxes_changed. */
struct account_mailbox {
	const char *name;      /* UTF-8, whole */
	const char *leaf;      /* the last level */
	char delimiter;        /* '\0': flat */
	unsigned depth;        /* 0 at the top */
	unsigned attributes;   /* enum imap_mailbox_attribute */
	bool can_select;       /* neither \\Noselect nor a mere parent */
	bool has_children;
	bool has_counts;       /* messages and unseen are known */
	uint32_t messages, unseen, uid_next, uid_validity;
	uint64_t highest_mod_seq; /* 0: not known */
	bool has_size;
	uint64_t size;         /* octets of its messages */
	uint32_t append_limit; /* octets of one message; 0: not known */
	const char *rights;    /* the user's, letters (RFC 4314), or NULL */
	const char *comment;   /* UTF-8, or NULL */
};

/* What happened in a mailbox that is not open. */
enum account_news_kind {
	ACCOUNT_NEWS_MAIL,   /* unread messages came */
	ACCOUNT_NEWS_COUNTS, /* its counts changed otherwise */
	ACCOUNT_NEWS_LISTED, /* it was made, renamed, subscribed to or left */
	ACCOUNT_NEWS_GONE,   /* deleted, or renamed to another name */
};

struct account_ops {
	void (*state_changed)(struct account *account, void *data);
	void (*mailboxes_changed)(struct account *account, void *data);
	/* Once the list is known; the row of the mailbox is up to date. */
	void (*mailbox_news)(struct account *account, const char *mailbox,
		enum account_news_kind kind, void *data);
	/* The server tells how far it is with something slow: "Searching"; wanted
	 * 0: it does not say of how many. what NULL: that is over. */
	void (*progress)(struct account *account, const char *what,
		uint64_t had, uint64_t wanted, void *data);
	/* A sentence for the status line; is_alert: a person must see it. */
	void (*message)(struct account *account, bool is_alert,
		const char *text, void *data);
	/* No password is configured (refusal NULL), or the server refused it
	 * with these words: answer by account_give_secret(). */
	void (*wants_secret)(struct account *account, const char *refusal,
		void *data);
	/* A certificate is refused: answer by account_give_verdict(). peer is
	 * borrowed until then. */
	void (*wants_verdict)(struct account *account,
		const struct tls_peer *peer, void *data);
	/* The question has lost its meaning (connection gone). */
	void (*verdict_cancelled)(struct account *account, void *data);
};
enum account_verdict {
	ACCOUNT_VERDICT_REFUSE,
	ACCOUNT_VERDICT_ONCE,
	ACCOUNT_VERDICT_ALWAYS, /* pinned in the state directory */
};

/* What the program runs with; set before the first account is made. */
struct mail_config {
	const char *cache_dir; /* NULL: --no-cache */
	const char *state_dir; /* NULL: nothing is kept */
	bool read_only;        /* -R */
	bool batch;            /* one attempt, no reconnect, no journal, no IDLE unless waiting */
};
void mail_init(const struct mail_config *config);
/* Ends everything: accounts, caches (written), journal. */
void mail_release(void);
/* The user does something, a key for one: if the machine slept since, every
 * account is probed now (see net/wake.h). */
void mail_note_action(void);

/* From options_account(name); NULL with error (MAIL_ERROR_URL: no url, not a
 * URL ...). ops is borrowed. The account lives until mail_release(). */
struct account *account_new(const char *name, const struct account_ops *ops,
	void *data, GError **error);
/* In order of creation. */
const GPtrArray *accounts(void); /* of struct account * */
struct account *account_find(const char *name);
/* Makes the accounts that the options name and that are not there yet. Goes on
 * after one that cannot be made; the first error is told. */
bool accounts_from_options(const struct account_ops *ops, void *data,
	GError **error);
/*
 * Turns "imaps://user@host:port/Mailbox", "imap://..." or "user@domain" into
 * options of the account named (made from the host; unique). mailbox_out: the
 * path's mailbox or NULL, free with g_free(). A bare user@domain sets a url
 * that connecting resolves by SRV. The last "@" before the first "/" ends the
 * user; %-escapes are decoded.
 */
char *account_options_from_url(const char *url, char **mailbox_out,
	GError **error);

void account_connect(struct account *account);
/* Tries at once instead of waiting. */
void account_reconnect(struct account *account);
void account_disconnect(struct account *account);
/* Orderly end: pending actions first, LOGOUT last; done once, from the loop. */
typedef void account_done_fn(const GError *error, void *data);
void account_logout(struct account *account, account_done_fn *done, void *data);
void account_give_secret(struct account *account, const char *secret); /* NULL: none */
void account_give_verdict(struct account *account,
	enum account_verdict verdict);
/* The machine slept, or the network changed: probe now. */
void account_probe(struct account *account);

const char *account_name(const struct account *account);
/* Who logs in, or NULL. */
const char *account_user(const struct account *account);
const struct options *account_options(const struct account *account);
enum account_state account_state(const struct account *account);
/* Since when it is lost, in seconds since 1970; 0 when it is up, or was never
 * lost. */
int64_t account_offline_since(const struct account *account);
/* A sentence: "Offline since 11:47: no route to host · 2 actions queued ·
 * trying again in 8 s";
 * valid until the next call. */
const char *account_state_text(const struct account *account);
/* Why it is WAITING or FAILED, or NULL: NET_, TLS_ or IMAP_ERROR. */
const GError *account_error(const struct account *account);
/* "IDLE · TLS 1.3"; valid until the next call. */
const char *account_summary(const struct account *account);
bool account_is_busy(const struct account *account);

/* For the "capabilities" command. Rows and reasons; borrowed. */
enum account_capability_state { ACCOUNT_CAP_USED, ACCOUNT_CAP_AVAILABLE,
	ACCOUNT_CAP_DISABLED, ACCOUNT_CAP_NOT_OFFERED };
typedef void account_capability_fn(const char *name, unsigned rfc,
	enum account_capability_state state, const char *why, void *data);
void account_each_capability(const struct account *account,
	account_capability_fn *fn, void *data);

/* --- mailboxes: INBOX first, then special use in a fixed order, then by name,
 * children below their parents ---------------------------------------------- */
size_t account_n_mailboxes(const struct account *account);
const struct account_mailbox *account_mailbox_at(const struct account *account,
	size_t i);
const struct account_mailbox *account_mailbox_find(
	const struct account *account, const char *name);
/* Why less can be done with it than with others, in a word or two: "read-only",
 * "on another server"; NULL: it is as others. */
const char *account_mailbox_restriction(const struct account_mailbox *row);
/* The mailbox for a use (one bit of enum imap_mailbox_attribute): the option
 * (trash, sent ...), else SPECIAL-USE; NULL if none. */
const char *account_mailbox_by_use(const struct account *account, unsigned use);
/* True when LIST has been answered since the start. */
bool account_has_mailboxes(const struct account *account);
/* Asks LIST and STATUS again. done may be NULL. */
void account_refresh_mailboxes(struct account *account, account_done_fn *done,
	void *data);
/* Keeps the list current from now on, as it is outside of batch mode. */
void account_watch(struct account *account);
void account_refresh_status(struct account *account, const char *mailbox,
	account_done_fn *done, void *data);
/* The use ("\\Trash") that a user names, with or without the backslash and in
 * any case; NULL with error if there is no such use. */
const char *account_use_from_text(const char *text, GError **error);
/* use: "\\Trash" and the like, or NULL. Where the server keeps no use, a
 * sentence says so. */
void account_create_mailbox(struct account *account, const char *name,
	const char *use, account_done_fn *done, void *data);
void account_rename_mailbox(struct account *account, const char *from,
	const char *to, account_done_fn *done, void *data);
void account_delete_mailbox(struct account *account, const char *name,
	account_done_fn *done, void *data);
void account_subscribe_mailbox(struct account *account, const char *name,
	bool subscribed, account_done_fn *done, void *data);

/*
 * A mailbox as a user writes it: "=Name" and "+Name" of current, "account/Name"
 * of any, "!" the inbox, "\\Trash" by use, a plain name of current.
 * account_out; the name is the caller's. NULL with error when it cannot be one.
 */
char *mailbox_resolve(struct account *current, const char *text,
	struct account **account_out, GError **error);

#endif
