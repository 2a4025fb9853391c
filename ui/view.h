/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What commands act on: the current account, mailbox and message, the tagged
 * messages, and ways to tell and to ask. The screen has one, batch mode
 * another that draws nothing. Includes no curses, and neither do those who use
 * it.
 */
#ifndef CULVER_UI_VIEW_H
#define CULVER_UI_VIEW_H

#include "src/mail/action.h"
#include "src/rc/command.h"
#include "ui/context.h"

struct account;
struct listing;
struct mailbox;
struct pattern;
struct prompt_request;
struct view;

enum view_kind {
	VIEW_INFO,
	VIEW_WARNING,
	VIEW_ERROR,
	VIEW_ALERT, /* a person must see it: stands longer than the others */
};

struct view_ops {
	/* A sentence for the user; batch mode drops INFO. */
	void (*message)(struct view *view, enum view_kind kind, const char *text);
	/* Asks; the request is copied. NULL: nobody can be asked. */
	void (*prompt)(struct view *view, const struct prompt_request *request);
	/* Makes this mailbox the current one, by view_set_mailbox(). Ends the
	 * call if its row is_async. */
	void (*open_mailbox)(struct view *view, struct account *account,
		const char *name, bool read_only, const struct command_call *call);
	/* UID under the cursor, or 0. */
	uint32_t (*cursor_uid)(struct view *view);
	/* Puts the cursor there. May be NULL. */
	void (*set_cursor_uid)(struct view *view, uint32_t uid);
	/* Messages were acted on: go on to the next ($resolve). has_left: they
	 * are deleted or moved, a pager goes on too. May be NULL. */
	void (*acted)(struct view *view, const struct imap_seqset *uids, bool has_left);
	/* What a command changed, for batch mode's {"command","changed"} or
	 * {"command","mailbox"} (mailbox not NULL). May be NULL. */
	void (*result)(struct view *view, const struct command_call *call,
		uint32_t changed, const char *mailbox);
	/* Ends the program, when nothing is pending any more. */
	void (*quit)(struct view *view);
	/* Tags or current context changed. May be NULL. */
	void (*changed)(struct view *view);
	/* The screen that has the keys; 0 in batch mode. */
	unsigned (*context)(struct view *view);
};

struct view {
	const struct view_ops *ops;
	bool is_batch;
	bool read_only;           /* -R */
	struct account *account;  /* current, or NULL */
	struct mailbox *mailbox;  /* owned, or NULL */
	struct listing *listing;  /* owned, of mailbox; NULL with it */
	struct imap_seqset tagged; /* UIDs of mailbox */
	bool tag_prefix;          /* ";" came before this command */
	bool tag_prefix_armed;    /* ... comes before the next one */
};

void view_init(struct view *view, const struct view_ops *ops);
void view_release(struct view *view);
/* The one that commands act on. */
void view_make_current(struct view *view);
struct view *view_current(void);

/* Takes both; the former ones are let go. */
void view_set_mailbox(struct view *view, struct account *account,
	struct mailbox *mailbox_take, struct listing *listing_take);
void view_message(enum view_kind kind, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* false with error when nobody can be asked. */
bool view_prompt(const struct prompt_request *request, GError **error);
uint32_t view_cursor_uid(void);
/* NULL with error; "~m" goes by the numbers that the current view shows. */
struct pattern *view_pattern(const char *text, GError **error);

/* For command_run_ops: checks context and needs of the row ... */
bool view_before(const struct command_call *call, GError **error, void *data);
/* ... and tells an error in the message line. */
void view_failed(const struct command_call *call, const GError *error, void *data);

/*
 * The messages a command is for: those that match the pattern (if not NULL and
 * not ""), else the tagged ones (after ";" or with auto_tag), else the one
 * under the cursor. fn runs once, before this returns or, when rows have to be
 * loaded for the pattern, later; uids is borrowed, and empty when no message
 * matches; call is a copy without arguments: keep in data what you need of
 * them. false with error when
 * there are none, and neither fn nor free_data runs. When it goes wrong later,
 * the call is ended with the error.
 */
typedef void view_targets_fn(const struct command_call *call,
	const struct imap_seqset *uids, void *data);
bool view_targets(const struct command_call *call, const char *pattern,
	view_targets_fn *fn, void *data, GDestroyNotify free_data, GError **error);
/* Ends an asynchronous call from wherever, even within exec: the run goes on
 * when the loop has turned. error is copied; NULL: done. */
void view_finish(const struct command_call *call, const GError *error);

#endif
