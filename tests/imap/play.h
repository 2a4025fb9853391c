/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One transcript as it is played: the session, what happened so far as lines
 * of text, and the actions a script may ask for. See ./README.
 */
#ifndef CULVER_TESTS_PLAY_H
#define CULVER_TESTS_PLAY_H

#include "src/base/base.h"
#include "src/session/selection.h"
#include "src/session/session.h"

struct imapd;

struct known {
	uint32_t uid_validity, uid_next;
	uint64_t highest_mod_seq;
	char *uids;
	bool is_complete;
};

/* An open handle. */
struct handle {
	struct play *play;
	char *name;
	struct selection *selection;
};

struct play {
	const char *path;
	unsigned line;
	struct imapd *imapd;
	struct session *session;
	struct session_config config;
	char **disabled, **auth;
	GPtrArray *events;  /* of char * */
	guint next_event;
	GHashTable *tags;   /* "1" to "A7" */
	GHashTable *handles;
	GHashTable *known;  /* mailbox to struct known */
	GHashTable *requests; /* verb to struct session_request, not owned */
	char *secret;       /* given when asked; NULL: not answered */
	bool out_of_time;
};

struct label {
	struct play *play;
	char *name;
};

/* Something happened, as "= EVENT" spells it. */
void play_event(struct play *play, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Says where the script is and what happened, and ends the program. */
void play_fail(struct play *play, const char *format, ...)
	G_GNUC_PRINTF(2, 3) G_GNUC_NORETURN;

/* events.c: what mail would do with a session; data is the play, the handle,
 * and for requests the label, which their end frees. */
extern const struct session_ops play_session_ops;
extern const struct selection_ops play_selection_ops;
session_done_fn play_on_done;
selection_copy_fn play_on_copied;
selection_search_fn play_on_found;
selection_octets_fn play_on_octets;
session_list_fn play_on_listed;
session_status_fn play_on_statused;

/* "! ACTION": tables of actions, ended by a NULL name; words end with NULL.
 * An area of the protocol has a table of its own in act-<area>.c, and a line
 * in the list of tables in actions.c. */
struct play_action {
	const char *name;
	void (*run)(struct play *play, char **words);
};
/* For a request's end: "done LABEL ..."; its end frees it. */
struct label *label_new(struct play *play, const char *name);

/* actions.c */
void play_act(struct play *play, const char *text);
void handle_free(gpointer handle);
void known_free(gpointer known);

#endif
