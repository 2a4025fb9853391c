/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A selection's inside: what selection.c (the mailbox and its events),
 * select.c (opening it) and arrange.c (whose turn it is) share.
 */
#ifndef CULVER_SESSION_SELECTION_PRIV_H
#define CULVER_SESSION_SELECTION_PRIV_H

#include "src/base/base.h"
#include "src/session/command.h"
#include "src/session/msnmap.h"
#include "src/session/selection.h"

struct arena;
struct connection;
struct imap_response;

enum { SET_OCTETS_MAX = 7000 }; /* of 8000 in a line (RFC 2683 3.2.1.5) */

enum select_step {
	SELECT_NONE,   /* not on a connection */
	SELECT_SENT,   /* SELECT's answers are being collected */
	SELECT_OPEN,
};

struct selection {
	struct session *session;
	char *mailbox;          /* UTF-8 */
	bool read_only, beside;
	unsigned row_hint;
	const struct selection_ops *ops;
	void *data;
	enum selection_state state;
	struct connection *connection; /* where it is or will be; NULL: nowhere */
	enum select_step step;
	char *refusal;          /* why it is GONE, or NULL */
	char *refusal_code;     /* as "NOPERM", or NULL */
	bool is_plain;          /* SELECT with parameters was refused as BAD */
	bool is_recoded;        /* its name was refused in UTF-8 */

	struct selection_info info;
	struct selection_known known; /* as told before this SELECT */
	struct msnmap map;
	bool is_synced;         /* a HIGHESTMODSEQ told now may be stored */
	uint64_t told_mod_seq;  /* the last given to synced() */

	/* Collected until SELECT's OK. */
	struct arena *held_arena;
	GArray *held;           /* of struct held_fetch (select.c) */
	struct imap_seqset held_vanished;

	GPtrArray *contexts;    /* of struct search_context, or NULL */

	/* The newest rows and the map. */
	bool has_row_flight;    /* UID FETCH was sent with SELECT */
	uint32_t rows_seen;     /* positions from the end that came, counted */
	bool is_mapping;        /* UID SEARCH is under way */
	bool was_cut_short;     /* left while it was learning: wants a turn */
	bool is_derived;        /* the map comes from what was known */
	bool distrusts_known;   /* that did not fit: asked for all anew */
	struct imap_seqset unseen; /* as far as the search for them told */
	bool maps_new;          /* it asks for new messages only */
	unsigned map_pending;   /* searches of it without an answer */
	bool map_failed;        /* one of them was refused */
	bool asked_batches, has_batches; /* by UIDBATCHES, for it */
	unsigned map_tries;
	struct imap_seqset found; /* what it said so far */
	bool has_found;
	bool is_fetching_new;   /* rows of new messages are asked for */
	bool wants_new;         /* more came meanwhile */
	guint later_source;     /* map or new rows are due */
	guint settle_source;    /* mail has not yet had time to ask for more */
	guint rows_source;      /* NOTIFY's rows had their time to come */
};

/* The connection, if requests may be queued there now; else NULL. */
struct connection *selection_open_connection(const struct selection *selection);
void selection_set_state(struct selection *selection,
	enum selection_state state, const char *text);
/* A command of the selection's own; done and untagged get the selection. */
void selection_push(struct selection *selection, struct imap_text *text_take,
	const char *verb, unsigned flags, command_done_fn *done,
	command_untagged_fn *untagged);
/* The same with a command made by hand; owner, selection and data are set. */
void selection_push_command(struct selection *selection,
	struct command *command_take);
/* FETCH asks for MODSEQ. */
bool selection_has_mod_seq(const struct selection *selection);
/* No sequence numbers, now or when ENABLE in the same flight is answered
 * (RFC 9586). */
bool selection_is_uid_only(const struct selection *selection);
/* Row data of first:last, last 0 is "*"; verb is FETCH or UID FETCH. */
void selection_push_rows(struct selection *selection, const char *verb,
	unsigned flags, uint32_t first, uint32_t last, command_done_fn *done);
/* UIDs and rows that came with SELECT, or are about to be asked for: who is
 * sent away before has had its turn for nothing, and wants another. */
bool selection_is_learning(const struct selection *selection);
/* The mailbox is no longer selected: another's turn, or the connection went. */
void selection_leave(struct selection *selection, const char *text);

/* select.c: sends SELECT on the selection's connection. */
void selection_select(struct selection *selection);
/* Held until OK: QRESYNC's answers. */
void selection_hold_fetch(struct selection *selection,
	const struct imap_fetch *fetch);
void selection_release_held(struct selection *selection);

/* map.c: asks for all UIDs. */
void selection_push_map(struct selection *selection);
/* A part of it: those from first to last. */
void selection_search_map(struct selection *selection, uint32_t first,
	uint32_t last);
/* batches.c: the same in parts of no more than limit messages. */
void selection_push_batches(struct selection *selection, uint32_t first,
	uint32_t last, uint32_t limit);
/* What was known, less what VANISHED, is the map: there is nothing to ask. */
void selection_derive_map(struct selection *selection);
/* That turned out to be wrong: once more, as if nothing was known. */
void selection_distrust(struct selection *selection);
/* The untagged answer of a UID SEARCH, added to found_io; false: another's. */
bool selection_take_found(const struct command *command,
	const struct imap_response *response, struct imap_seqset *found_io);
/* Rows of new messages came, or of a mailbox so small that they are its map. */
void selection_new_done(struct command *command,
	const struct imap_result *result, void *data);
/* What UIDs are missing is asked for when the loop turns. */
void selection_schedule_map(struct selection *selection);

/* Untagged data, by untagged.c. */
void selection_on_exists(struct selection *selection,
	const struct imap_response *response);
void selection_on_expunge(struct selection *selection,
	const struct imap_response *response);
void selection_on_fetch(struct selection *selection,
	const struct imap_response *response);
void selection_on_vanished(struct selection *selection,
	const struct imap_response *response);
void selection_on_code(struct selection *selection,
	const struct imap_response *response);
/* One FETCH, of the open mailbox. */
void selection_take_fetch(struct selection *selection,
	struct imap_fetch *fetch);

#endif
