/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of this room know of one another: the insides of an account
 * and of a mailbox. Nobody above includes it.
 */
#ifndef CULVER_MAIL_PRIVATE_H
#define CULVER_MAIL_PRIVATE_H

#include "src/base/base.h"
#include "src/imap/seqset.h"
#include "src/mail/account.h"
#include "src/mail/keywords.h"
#include "src/mail/mailbox.h"
#include "src/mail/table.h"
#include "src/mail/tree.h"
#include "src/session/selection.h"

struct account_news;
struct account_request;
struct arena;
struct cache;
struct srv;
struct details_store;
struct digest;
struct fill_request;
struct forest;
struct imap_quota;
struct journal;
struct quota_watch;
struct secret_command;
struct worker;

/* --- the room as a whole (account.c) -------------------------------------- */
extern struct mail_globals {
	char *cache_dir, *state_dir;
	bool read_only, batch;
	bool is_releasing;       /* requests that end now are not made again */
	GPtrArray *accounts;     /* of struct account *, in order of creation */
	struct wake *wake;
	struct journal *journal;
	struct worker *worker;   /* small files: pins, saved parts */
	struct worker *lineups;  /* lineups_worker() */
} mail;
/* For orders of listings; made when it is needed first. */
struct worker *lineups_worker(void);

struct account {
	char *name;
	const struct account_ops *ops;
	void *data;
	const struct options *options;
	char *user, *host;
	bool is_user_given;       /* not just the user of this computer */
	unsigned port;
	int tls;                  /* enum session_tls */
	bool needs_srv;           /* the host is a domain to be looked up */
	char *made_from;          /* the options that the session was made from */
	struct session *session;  /* NULL until the server's name is known */
	struct cache *cache;
	struct srv *srv;
	struct secret_command *secret_command, *token_command;
	char *token;              /* kept until token_until; NULL: none */
	int64_t token_until;      /* seconds since 1970 */
	struct tls_question *question;
	char *peer_pin;           /* fingerprint that is asked about */
	char **pins;              /* of options and of the state directory */
	GPtrArray *accepted;      /* fingerprints (char *) accepted meanwhile */
	enum account_state state;
	char *state_text;         /* what the session says */
	char *state_line;         /* last answer of account_state_text() */
	int64_t offline_since;    /* seconds since 1970; 0: never */
	GError *error;
	struct mailbox_tree *tree;
	GHashTable *mailbox_ids, *told_ids; /* of account-ids.c */
	bool is_listed, is_listing;
	bool is_watched;          /* its list is kept current */
	guint told;               /* source */
	guint save_source;        /* the list goes to the cache */
	size_t n_listed;          /* by the list that comes */
	struct account_news *news;
	bool mailboxes_told, state_told;
	GPtrArray *open;          /* of struct mailbox *, borrowed */
	GPtrArray *requests;      /* of struct account_request * */
	GQueue alerts;            /* texts (char *) that were shown */
	struct quota_watch *quotas; /* of quota.c, NULL until there is one */
};

struct session *account_session(const struct account *account);
/* Formats a sentence for the status line. */
void account_say(struct account *account, bool is_alert, const char *format,
	...)
	G_GNUC_PRINTF(3, 4);
/* What an open mailbox knows of itself. */
void account_note_counts(struct account *account, const char *mailbox,
	uint32_t messages, uint32_t unseen, uint32_t uid_next,
	uint32_t uid_validity);
/* An open mailbox by name, borrowed, or NULL. */
struct mailbox *account_open_mailbox(const struct account *account,
	const char *name);
/* True for a state that only a person (or nobody, in batch mode) ends. */
bool account_gave_up(const struct account *account);

/* account-session.c */
/* Where the server is, by its options. */
bool account_use_url(struct account *account, GError **error);
/* Not yet, where the server is still to be looked up. */
void account_make_session(struct account *account);
/* account-secret.c: what the session asks for, data being the account. */
void account_wants_secret(struct session *session, const char *refusal,
	void *data);
void account_wants_token(struct session *session, bool is_refused, void *data);
void account_forget_secrets(struct account *account);
/* Nobody is asked for a password. */
bool account_is_token_only(const struct options *options);
/* account-facts.c: what was learned of the server, in the cache. */
void account_learned(struct session *session, enum session_fact fact,
	const char *value, void *data);
/* Gives it to the session when the cache has answered. */
void account_recall(struct account *account);
/* account.c; text and error may be NULL. */
void account_note_state(struct account *account, enum account_state state,
	const char *text, const GError *error);

/* Tells mailboxes_changed() when the loop turns. */
void account_mailboxes_changed(struct account *account);

/* account-request.c. Why a request came to nothing, behind what ("cannot
 * create"); NULL when it is done. */
GError *account_result_error(const char *what,
	const struct imap_result *result);

/* account-ids.c: mailboxes that were renamed elsewhere. */
void account_ids_load(struct account *account);
void account_ids_release(struct account *account);
/* What SELECT told, and what STATUS did. */
void account_ids_opened(struct account *account, const char *name,
	const char *id);
void account_ids_note(struct account *account, const struct imap_status *status);
/* The list is there, and one that was opened before is not in it: those that
 * it may be now, for STATUS to tell. NULL-terminated; NULL: there are none, or
 * too many. Free with g_strfreev(). */
char **account_ids_suspects(const struct account *account);
/* After that. */
void account_ids_compare(struct account *account);

/* account-list.c: the folder list. */
void account_list_load(struct account *account);  /* from the cache */
void account_list_save(struct account *account);  /* to it, soon */
void account_list_flush(struct account *account); /* now, if it is to be */
void account_list_start(struct account *account); /* it is online */
void account_list_stop(struct account *account);
/* Asks for all of it; the request ends then. */
void account_list_refresh(struct account *account,
	struct account_request *request, unsigned options);
void account_list_status(struct account *account,
	const struct imap_status *status);
void account_list_add(struct account *account, const struct imap_list *list);

/* quota.c */
void quota_account_online(struct account *account);
/* The server told it unasked. */
void quota_note(struct account *account, const struct imap_quota *quota);
void quota_watch_free(struct account *account);

/* account-news.c: what happens in mailboxes that are not open. */
struct account_news *account_news_new(struct account *account);
void account_news_free(struct account_news **news);
/* The list is known, and so are the counts: from now on changes are news. */
void account_news_start(struct account *account);
void account_news_stop(struct account *account);
/* A list that comes is for this: nobody waits for it. */
bool account_news_is_looking(const struct account *account);
/* Names whose counts are to be asked for one by one, for g_strfreev(): all, or
 * those that matter. */
char **account_news_names(struct account *account, bool all);
/* Told by a list. */
void account_news_listed(struct account *account, const struct imap_list *list);
/* Told by the server itself. */
void account_news_pushed_list(struct account *account,
	const struct imap_list *list);
void account_news_pushed(struct account *account,
	const struct imap_status *status);
/* A row had other counts before. */
void account_news_counted(struct account *account,
	const struct account_mailbox *former, const struct account_mailbox *row);
void account_news_tell(struct account *account, const char *mailbox,
	enum account_news_kind kind);
/* As many messages came by our own doing: they are no news. */
void account_news_own(struct account *account, const char *mailbox, uint32_t n);

/* journal and actions of an account (op.c) */
void ops_account_online(struct account *account);
void ops_mailbox_changed(struct mailbox *mailbox);
void ops_mailbox_lost(struct mailbox *mailbox);
/* action.c */
/* done when nothing of the account is pending; see action_done_fn. */
void action_flush_account(struct account *account,
	void (*done)(uint32_t changed, const GError *error, void *data),
		void *data);
void actions_init(void);
void actions_release(void);
void ops_init(void);
void ops_release(void);

/* --- mailboxes -------------------------------------------------------------- */

/* A pending action as rows show it. Of the action; the mailbox borrows it. */
struct overlay {
	struct imap_seqset uids;
	bool hides;       /* moved away */
	bool add;         /* flags are added, else removed */
	unsigned system;  /* enum imap_flag */
	char **keywords;  /* NULL-terminated, or NULL */
	size_t near;      /* in uids, of overlay_apply() */
};
enum overlay_end {
	OVERLAY_CONFIRMED, /* server state now */
	OVERLAY_REFUSED,   /* rows are marked as failed */
	OVERLAY_DROPPED,   /* as if it had never been */
};

struct mailbox_listener {
	const struct mailbox_ops *ops; /* NULL: removed */
	void *data;
};

struct mailbox_waiter {
	mailbox_done_fn *done; /* NULL: forgotten */
	void *data;
};

struct mailbox_event {
	enum { EVENT_ARRIVED, EVENT_EXPUNGED, EVENT_FLAGS } kind;
	uint32_t uid;
};

struct mailbox {
	unsigned refs;
	struct account *account;
	char *name;
	struct option_set *options;
	struct selection *selection; /* NULL until the cache has answered */
	enum mailbox_state state;
	char *state_text;
	bool read_only;
	bool wants_read_only; /* by mailbox_open_read_only() */
	bool is_guarded;      /* the user wants no changes for now */
	bool is_fill_stopped; /* by the user: only what the screen shows */
	bool is_beside;        /* opened for work, nobody looks */

	struct table *table;   /* what is shown */
	struct table *shadow;  /* the server's positions until all UIDs are known */
	struct keyword_sets *keywords;
	struct forest *forest; /* threads of the table's messages */
	unsigned generation;   /* of positions and visibility */

	uint32_t uid_validity, uid_next;
	uint32_t new_from_uid;    /* unread messages from here on are new */
	uint64_t highest_mod_seq; /* as stored in the cache */
	uint64_t told_mod_seq;    /* by synced(), to be stored when in step */
	bool has_cache_answer;
	uint32_t digest_pos;   /* digests from here up are in the table */
	bool is_selecting;     /* within selection_open() */
	bool cache_is_complete;
	bool is_open;          /* SELECT was answered on this connection */
	bool is_in_step;       /* flags of known rows are the server's */
	bool is_syncing_flags;
	bool was_ready;        /* since it was opened */
	struct imap_seqset gone; /* UIDs, not yet told to the cache */
	/* sync-uids.c */
	bool is_reading;       /* the selection's UIDs, into the table */
	uint32_t map_left;     /* rows from the first whose UIDs are to be read */
	uint64_t map_uid;      /* the lowest one that was; above all at first */
	uint32_t map_new_from; /* UIDs from here up came since */
	guint map_source;
	uint32_t n_arriving;   /* of the last rows: not yet told by arrived() */
	struct imap_seqset unseen_hint; /* by SEARCH, of rows not loaded */
	bool has_unseen_hint, is_asking_unseen;
	GPtrArray *requests;   /* of struct sync_request * */
	struct {
		uint32_t uid_validity, uid_next;
		uint64_t mod_seq;
		bool is_complete;
	} stored;              /* what the cache was told last */

	/* fill.c */
	struct imap_seqset wanted;  /* rows that the screen shows and lacks */
	uint32_t want_first, want_last;
	uint32_t fill_pos;          /* rows from here up need no background look */
	unsigned n_background;
	bool awaits_cache;          /* the disk is behind: no more in the background */
	uint32_t fill_chunk;        /* rows of the next; 0: not yet measured */
	gint64 fill_ended_us;       /* the last one, by the monotonic clock */
	uint32_t trim_pos;          /* where strings were dropped last */
	GPtrArray *fills;           /* of struct fill_request * */
	guint fill_source;
	size_t blob_octets;
	unsigned n_loading_all;
	GPtrArray *sets;            /* of struct fill_set *, or NULL */

	struct details_store *details; /* details.c; NULL: nobody asked */

	/* overlay.c */
	GPtrArray *overlays;        /* of struct overlay *, in order */
	struct imap_seqset overlaid, failed;
	struct nearness {
		size_t overlaid, moved, unseen_hint;
	} near;                     /* where in them was looked last */
	struct imap_seqset moved;   /* gone by our own move, not yet told */
	uint32_t n_own;             /* as many of them whose UIDs are not known */
	struct imap_seqset own;     /* came by our own move or copy: no news */

	GArray *listeners;          /* of struct mailbox_listener */
	GArray *ready_waiters, *load_waiters; /* of struct mailbox_waiter */
	GArray *events;             /* of struct mailbox_event */
	guint notify_source, scratch_source;
	bool rows_changed, state_changed, is_notifying;
	struct arena *scratch;      /* strings of rows, until the loop turns */
};

/* mailbox.c */
/* Rows as shown; kept by the table, so what shows rows otherwise than before
 * (an overlay, a hint) calls table_recount(); if those are many, the sums are
 * right some turns of the loop later, when state_changed() is told again. */
void mailbox_count(const struct mailbox *mailbox,
	struct table_counts *counts_out);
void mailbox_rows_changed(struct mailbox *mailbox);
void mailbox_positions_changed(struct mailbox *mailbox);
/* Whether an unread message counts as new. */
bool mailbox_is_new_uid(const struct mailbox *mailbox, uint32_t uid);
void mailbox_event(struct mailbox *mailbox, int kind, uint32_t uid);
/* A move or copy of n messages of this user into it has ended; uids (of
 * uint32_t) NULL: the server does not tell which they are, and the next n are
 * taken for them. What came by it is not told as new mail. */
void mailbox_took_own(struct mailbox *mailbox, const GArray *uids, uint32_t n);
void mailbox_set_state(struct mailbox *mailbox, enum mailbox_state state,
	const char *text);
void mailbox_finish_waiters(GArray *waiters, const GError *error);
/* Ends everything that still points to it; at the account's end. */
void mailbox_destroy(struct mailbox *mailbox);

/* sync-cache.c: what the cache has, then the server. */
void sync_start(struct mailbox *mailbox);

/* sync-row.c */
/* A table whose records give back what they have of the mailbox. */
struct table *sync_table_new(struct mailbox *mailbox);
/* What the server tells: it goes to the cache, too. */
void sync_apply_fetch(struct mailbox *mailbox, struct table_record *record,
	const struct imap_fetch *fetch);
/* What the cache has. */
void sync_apply_digest(struct mailbox *mailbox, struct table_record *record,
	const struct digest *digest);
void sync_apply_strings(struct mailbox *mailbox, struct table_record *record,
	const struct imap_fetch *fetch);

/* sync.c */
enum { ROWS_MAX = 5 * 1000 * 1000 }; /* in one mailbox; more is nonsense */
/* Asks the server, once the cache has answered and there is one. */
void sync_select(struct mailbox *mailbox);
void sync_stop(struct mailbox *mailbox);
/* Somebody looks at what was opened beside: selects it anew. */
void sync_bring_forward(struct mailbox *mailbox);
void sync_account_changed(struct mailbox *mailbox);
/* Its session goes; sync_account_changed() selects on the next one. */
void sync_detach(struct mailbox *mailbox);
/* Looks whether it is READY now, and stores the state. */
void sync_check(struct mailbox *mailbox);
/* Tells the folder list what an open mailbox holds. */
void sync_note_counts(struct mailbox *mailbox);

/* sync-uids.c */
/* It is gone from the server: told when the loop turns, unless it went by our
 * own doing, and removed from the cache. */
void sync_forget_uid(struct mailbox *mailbox, uint32_t uid);
void sync_forget_uids(struct mailbox *mailbox, const struct imap_seqset *uids);
void sync_tell_gone(struct mailbox *mailbox);
/* The selection has all UIDs, which are read in slices of so many rows; tests
 * make it small. */
extern uint32_t sync_slice_rows;
void sync_on_mapped(struct selection *selection, void *data);
/* At once, what is left of them; or nothing more. */
void sync_read_rest(struct mailbox *mailbox);
void sync_stop_reading(struct mailbox *mailbox);
/* Events for those of the rows that arrived whose UIDs are known. */
void sync_tell_arrived(struct mailbox *mailbox);
/* UIDNEXT is above it. */
void sync_note_uid(struct mailbox *mailbox, uint32_t uid);

/* sync-flags.c */
/* Adds the UIDs of rows whose flags are known from before; false: there are
 * others. */
bool sync_known_uids(const struct mailbox *mailbox,
	struct imap_seqset *uids_io);
/* Rows whose flags are not loaded are there, or may be: which are unread is
 * asked for in the flight that opens the mailbox. */
bool sync_wants_unseen(struct mailbox *mailbox);
void sync_on_unseen(struct selection *selection, const struct imap_seqset *uids,
	void *data);
/* Asks for what is not yet known of an open mailbox. */
void sync_flags_check(struct mailbox *mailbox);
/* Answers that are still to come concern nobody. */
void sync_flags_stop(struct mailbox *mailbox);

/* details.c */
void details_offer(struct mailbox *mailbox, const struct imap_fetch *fetch);
/* The UIDs name other messages now. */
void details_clear(struct mailbox *mailbox);
void details_stop(struct mailbox *mailbox);
/* No done callback to this data any more. */
void details_forget(struct mailbox *mailbox, void *data);

/* fill.c */
void fill_schedule(struct mailbox *mailbox);
void fill_reset(struct mailbox *mailbox);
void fill_stop(struct mailbox *mailbox);
void fill_trim(struct mailbox *mailbox);
bool fill_is_done(const struct mailbox *mailbox);
/* Rows of these messages; done, from the loop, when they are there or cannot
 * be had. uids is copied; data is the identity for fill_forget(). */
void fill_load(struct mailbox *mailbox, const struct imap_seqset *uids,
	mailbox_done_fn *done, void *data);
void fill_forget(struct mailbox *mailbox, void *data);

/* overlay.c */
struct effective {
	unsigned flags;
	uint32_t keyword_set;
	bool is_hidden, is_pending;
};
void overlay_apply(const struct mailbox *mailbox,
	const struct table_record *record, struct effective *effective_out);
void mailbox_add_overlay(struct mailbox *mailbox, struct overlay *overlay);
void mailbox_remove_overlay(struct mailbox *mailbox, struct overlay *overlay,
	enum overlay_end end);
/* The same of some of its messages: it is of the others then. */
void mailbox_end_part(struct mailbox *mailbox, struct overlay *overlay,
	const struct imap_seqset *uids, enum overlay_end end);
/* Adds the UIDs of rows that are not shown: moved away, whether the server has
 * told of it or not. */
void mailbox_get_hidden(const struct mailbox *mailbox,
	struct imap_seqset *uids_out);
void overlay_release(struct overlay *overlay);

#endif
