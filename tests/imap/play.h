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
#include "src/session/timing.h"

struct imapd;
struct mirror;
struct record;

struct known {
	uint32_t uid_validity, uid_next;
	uint64_t highest_mod_seq;
	char *uids;
	bool is_complete, wants_unseen;
};

/* An open handle. */
struct handle {
	struct play *play;
	char *name;
	struct selection *selection;
	struct mirror *mirror;
};

/* What became of a request. */
struct outcome {
	char *name;
	bool is_reading;
	bool is_of_before;  /* made before the connection was cut */
	unsigned n_ends;    /* once, or something is wrong */
	enum imap_outcome how;
	GString *octets;    /* of a section */
	GHashTable *facts;  /* what else it told, a set of lines */
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
	GHashTable *left;   /* mailbox to struct mirror, of those closed */
	GHashTable *known;  /* mailbox to struct known */
	GHashTable *requests; /* verb to struct session_request, not owned */
	char *secret;       /* given when asked; NULL: not answered */
	bool wants_secret;  /* asked, and not answered */
	bool out_of_time;
	GPtrArray *outcomes; /* of struct outcome, by the order of requests */
	guint n_requests;   /* of the script's own, of these */
	struct record *record; /* of what is said, or NULL */
	guint index;        /* of the script's line */
	GArray *points;     /* of struct cut_point, or NULL: not wanted */
	struct session_timing timing; /* as it was before */
	guint patience;
	const char *again;  /* the command that plays this again; NULL */
};

/* Of a request; owned by it, and freed by its end. */
struct label {
	struct play *play;
	char *name;
	struct outcome *outcome;
};

/* Something happened, as "= EVENT" spells it. */
void play_event(struct play *play, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The same, told by a request: part of what came of it. */
void label_event(struct label *label, const char *format, ...)
	G_GNUC_PRINTF(2, 3);
/* For a request's end: "done LABEL ..."; its end frees it. */
struct label *label_new(struct play *play, const char *name);
/* The request that the label was made for is this. */
void label_request(struct label *label, const struct session_request *request);
/* Says where the script is and what happened, and ends the program. */
void play_fail(struct play *play, const char *format, ...)
	G_GNUC_PRINTF(2, 3) G_GNUC_NORETURN;

/* events.c: what mail would do with a session; data is the play, the handle,
 * and for requests the label, which their end frees. */
extern const struct session_ops play_session_ops;
extern const struct selection_ops play_selection_ops;
session_done_fn play_on_done;
selection_copy_fn play_on_copied;
selection_part_fn play_on_part;
selection_search_fn play_on_found;
selection_octets_fn play_on_octets;
session_list_fn play_on_listed;
session_status_fn play_on_statused;

/*
 * "! ACTION": words[0] is the name, the words end with NULL. A table of an area
 * stands in act-<area>.c, ends with { NULL, NULL }, and is one line in the list
 * of tables in actions.c.
 */
struct play_action {
	const char *name;
	void (*run)(struct play *play, char **words);
};
extern const struct play_action play_transport_actions[];
extern const struct play_action play_transport_network[];
extern const struct play_action play_signin_actions[];
extern const struct play_action play_signin_network[];

/* act-signin.c: known nonces and bindings are random and TLS's again. */
void play_reset_signin(void);

extern const struct play_action play_account_actions[];
extern const struct play_action play_append_actions[];
/* act-state.c */
extern const struct play_action play_state_actions[];

/* act-find.c */
extern const struct play_action play_find_actions[];

/* act-folders.c */
extern const struct play_action play_folder_actions[];

/* actions.c */
void play_act(struct play *play, const char *text);
/* What a network or a server does, no user: left out once the connection is
 * cut. */
bool play_is_network(const char *text);
/* The open handle; fails when there is none. */
struct selection *play_selection(struct play *play, const char *name);
/* Words: whether one is there, the value of "key=value". */
bool words_have(char **words, const char *word);
const char *words_value(char **words, const char *key, const char *otherwise);
unsigned words_number(char **words, const char *key, unsigned otherwise);
/* Makes a request with a label of its own. */
void play_request(struct play *play, char **words,
	struct session_request *(*make)(struct play *, char **,
		struct label *));
void handle_free(gpointer handle);
void known_free(gpointer known);
void outcome_free(gpointer outcome);

#endif
