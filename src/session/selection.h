/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A selected mailbox, as mail sees it: open as long as the handle lives, over
 * any number of reconnects. It owns the only map from message sequence numbers
 * to UIDs; upward everything is a position (0 is message sequence number 1)
 * or a UID. A position whose UID is not known yet has UID 0.
 *
 * Events come in the order in which the server's responses mean them, from the
 * main loop; mail keeps a table of the same length by following them.
 */
#ifndef CULVER_SESSION_SELECTION_H
#define CULVER_SESSION_SELECTION_H

#include "src/base/base.h"
#include "src/imap/seqset.h"
#include "src/session/session.h"

struct selection;
struct imap_copyuid;

enum selection_state {
	SELECTION_OPENING, /* connecting, or SELECT under way */
	SELECTION_OPEN,
	SELECTION_LOST,    /* disconnected; opens again by itself */
	SELECTION_GONE,    /* SELECT says NO: deleted, renamed, no permission */
};

/* What SELECT told. */
struct selection_info {
	uint32_t uid_validity, uid_next; /* 0 if the server did not say */
	uint64_t highest_mod_seq;        /* 0: NOMODSEQ or not said */
	uint32_t exists;
	bool read_only;
	bool uid_not_sticky;
	unsigned permanent_flags;        /* enum imap_flag; IMAP_FLAG_ANY_KEYWORD */
	char mailbox_id[256]; /* MAILBOXID (RFC 8474); "" if not told */
	bool resynced; /* QRESYNC was used: vanished() and fetched() told all that changed */
};

/* What mail knows from the cache, for QRESYNC; asked before every SELECT. */
struct selection_known {
	uint32_t uid_validity;    /* 0: nothing known */
	uint32_t uid_next;        /* 0: unknown; else the newest are asked for in SELECT's flight */
	uint64_t highest_mod_seq; /* 0: no QRESYNC */
	struct imap_seqset uids;  /* known UIDs; the selection releases it */
	bool uids_complete;       /* all messages below uid_next are known */
	bool wants_unseen;        /* unseen() is to be told, by SELECT's flight */
};

struct selection_ops {
	/* Fills known_out, which is zeroed. */
	void (*want_known)(struct selection *selection,
		struct selection_known *known_out, void *data);
	/*
	 * SELECT is OK. The table is to have info->exists rows. When
	 * info->uid_validity is the one known, rows known by UID keep what is
	 * known of them as their UIDs turn up by identified().
	 */
	void (*opened)(struct selection *selection,
		const struct selection_info *info, void *data);
	/* n rows were added at the end. */
	void (*added)(struct selection *selection, uint32_t n, void *data);
	/* The row at pos is gone; uid 0 if it was never known. */
	void (*expunged)(struct selection *selection, uint32_t pos,
		uint32_t uid, void *data);
	/* The rows of these UIDs go, and all UIDs are known; until it returns,
	 * selection_uids() still has them. */
	void (*vanished)(struct selection *selection,
		const struct imap_seqset *uids, void *data);
	/* VANISHED (EARLIER): these UIDs are gone since the cache was written;
	 * positions already do not count them. */
	void (*vanished_earlier)(struct selection *selection,
		const struct imap_seqset *uids, void *data);
	/* The UID of the row at pos became known. */
	void (*identified)(struct selection *selection, uint32_t pos,
		uint32_t uid, void *data);
	/* All UIDs are known, but for those of rows that came meanwhile, at
	 * the end: selection_uids() has them. Those that became known since
	 * the last event are not told one by one. */
	void (*mapped)(struct selection *selection, void *data);
	/* Data of the row at pos; fetch->uid is set. Borrowed until return.
	 * pos is UINT32_MAX when the row's position is not known. */
	void (*fetched)(struct selection *selection, uint32_t pos,
		const struct imap_fetch *fetch, void *data);
	/* Which are not \\Seen, if known.wants_unseen; NULL: the server does
	 * not tell. */
	void (*unseen)(struct selection *selection,
		const struct imap_seqset *uids, void *data);
	/* HIGHESTMODSEQ that may be stored: all changes up to it were told. */
	void (*synced)(struct selection *selection, uint64_t highest_mod_seq,
		void *data);
	void (*state_changed)(struct selection *selection,
		enum selection_state state, const char *text, void *data);
};

/*
 * Opens a mailbox on the session (connecting it if need be). Row data of the
 * newest row_hint messages come in SELECT's flight or the one after, and the
 * whole UID map by one UID SEARCH; the rest is fetched by mail as it likes.
 * beside: do not take the connection the user looks through, use or open
 * another one (falls back to waiting for the first when only one is allowed).
 */
struct selection *selection_open(struct session *session, const char *mailbox,
	bool read_only, bool beside, unsigned row_hint,
	const struct selection_ops *ops, void *data);
/* Its requests end CANCELLED, no event comes any more; the connection is free
 * for another (SELECT or UNSELECT follows, never CLOSE). Sets it to NULL. */
void selection_free(struct selection **selection);

enum selection_state selection_state(const struct selection *selection);
const char *selection_mailbox(const struct selection *selection);
const struct selection_info *selection_info(const struct selection *selection);
/* The response code that SELECT was refused with, or NULL. */
const char *selection_refusal_code(const struct selection *selection);
uint32_t selection_exists(const struct selection *selection);
/* The UIDs of n rows from first, or of as many as there are: how many. 0 is
 * not known. Positions are those of the events so far. */
uint32_t selection_uids(const struct selection *selection, uint32_t first,
	uint32_t n, uint32_t *uids_out);
/* All UIDs are known. */
bool selection_is_mapped(const struct selection *selection);

/* --- requests. All take UID sets; long ones are split below the line limit
 * and still end once, with the first outcome that is not OK, else OK. Those
 * made while OPENING or LOST wait, those while GONE end NO; when the connection
 * is lost, reading ones are made again after the reconnect, changing ones end
 * DISCONNECTED. -------------------------------------------------------------- */

struct session_request *selection_fetch(struct selection *selection,
	const struct imap_seqset *uids, enum imap_fetch_items items,
	enum session_priority priority, session_done_fn *done, void *data);

/* The flags of all messages that changed after mod_seq (RFC 7162 3.1.4.1),
 * which is at least 1; only where the mailbox has mod-sequences. fetched()
 * tells. */
struct session_request *selection_fetch_changed(struct selection *selection,
	uint64_t mod_seq, session_done_fn *done, void *data);

/* A piece of a body section, transfer-encoded as it is on the server. */
typedef void selection_octets_fn(uint32_t uid, const char *octets, size_t len,
	void *data);
/*
 * Fetches a section ("1", "HEADER", "" for the whole message, "2.MIME") by
 * BODY.PEEK in chunks, so that a big one never delays the others. octets comes
 * in order; done's outcome is NO when the message has no such section or is
 * gone. size 0: until the end (asked for in chunks, a short chunk ends it);
 * a size known from BODYSTRUCTURE lets chunks be pipelined.
 */
struct session_request *selection_fetch_section(struct selection *selection,
	uint32_t uid, const char *section, uint64_t size,
	enum session_priority priority, selection_octets_fn *octets,
	session_done_fn *done, void *data);

/*
 * The same of a part, decoded by the server (BINARY.PEEK, RFC 3516): never of a
 * multipart or a whole message, and only where IMAP_CAP_BINARY is. size is that
 * of BODYSTRUCTURE, encoded. NO, as with [UNKNOWN-CTE]: the server cannot; it
 * may be asked for as it is.
 */
struct session_request *selection_fetch_binary(struct selection *selection,
	uint32_t uid, const char *section, uint64_t size,
	enum session_priority priority, selection_octets_fn *octets,
	session_done_fn *done, void *data);

/* +FLAGS.SILENT / -FLAGS.SILENT; keywords as imap_flags has them. The new
 * state is told by fetched() as the server sees fit; on OK mail may assume it.
 * They name what the user changed and no more, and so merge with what others do
 * meanwhile: there is nothing for UNCHANGEDSINCE (RFC 7162) to protect. */
struct session_request *selection_store(struct selection *selection,
	const struct imap_seqset *uids, bool add,
	const struct imap_flags *flags,
	session_done_fn *done, void *data);

/* +X-GM-LABELS or -X-GM-LABELS, only where IMAP_CAP_X_GM_EXT_1 is; labels in
 * UTF-8, n of them. The new ones are told by fetched(). */
struct session_request *selection_store_labels(struct selection *selection,
	const struct imap_seqset *uids, bool add, const char *const *labels,
	size_t n, session_done_fn *done, void *data);

/* copyuid is NULL when the server did not tell. */
typedef void selection_copy_fn(const struct imap_result *result,
	const struct imap_copyuid *copyuid, void *data);
struct session_request *selection_copy(struct selection *selection,
	const struct imap_seqset *uids, const char *to,
	selection_copy_fn *done, void *data);
/* Only where IMAP_CAP_MOVE is; without it mail does its three steps. */
struct session_request *selection_move(struct selection *selection,
	const struct imap_seqset *uids, const char *to,
	selection_copy_fn *done, void *data);
/* UID EXPUNGE; only where IMAP_CAP_UIDPLUS is. */
struct session_request *selection_uid_expunge(struct selection *selection,
	const struct imap_seqset *uids, session_done_fn *done, void *data);

/* A change of many messages goes out in helpings: uids (borrowed) are those of
 * one that the server confirmed. From the loop, with the data of done and before
 * it. A part that is told of stays done, whatever the outcome is. */
typedef void selection_part_fn(const struct imap_seqset *uids, void *data);
/* Of the five above, right after they were made. */
void selection_tell_parts(struct session_request *request,
	selection_part_fn *part);
/* Sends no more of it: it ends when what is in flight is answered, CANCELLED
 * if something was left, which is added to left_out. */
void selection_stop(struct session_request *request,
	struct imap_seqset *left_out);

/* Plain EXPUNGE. The caller has made sure of what carries \\Deleted. */
struct session_request *selection_expunge_all(struct selection *selection,
	session_done_fn *done, void *data);

/* UID SEARCH; the result is borrowed, empty unless OK. criteria is IMAP text
 * that the caller vouches for, values by imap_text_append(). Takes criteria. */
struct imap_text;
typedef void selection_search_fn(const struct imap_result *result,
	const struct imap_seqset *uids, void *data);
struct session_request *selection_search(struct selection *selection,
	struct imap_text *criteria_take, enum session_priority priority,
	selection_search_fn *done, void *data);
/* NOOP: what is new, now. */
struct session_request *selection_poll(struct selection *selection,
	session_done_fn *done, void *data);

#endif
