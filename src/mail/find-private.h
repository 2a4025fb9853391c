/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What find.c (the rows that are here), find-others.c (what they say of one
 * another) and find-server.c (asking for what is not) know of each other. */
#ifndef CULVER_MAIL_FIND_PRIVATE_H
#define CULVER_MAIL_FIND_PRIVATE_H

#include "src/base/base.h"
#include "src/mail/find.h"
#include "src/mail/pattern-search.h"
#include "src/mail/private.h"

struct judging;
struct others_job;
struct search_context;

struct find {
	struct mailbox *mailbox;      /* a reference */
	struct pattern *pattern;      /* a hold on it */
	struct imap_seqset tagged;
	bool has_tagged;
	unsigned flags;               /* enum find_flags */
	find_done_fn *done;
	void *data;
	struct judging *judging;
	GPtrArray *others;            /* nodes that are of other messages, inner
	                               * ones first */
	guint other;                  /* the one that is looked at */
	struct others_job *job;       /* under way on the worker, or NULL */
	struct pattern_answers *answers;
	bool is_found;                /* see pattern_scope */
	struct imap_seqset matched;
	struct imap_seqset missing;   /* rows that have to be loaded */
	struct imap_seqset helping;   /* those that are being loaded */
	/* Of the server. */
	struct pattern_plan plan;
	bool has_plan;
	bool avoids_fuzzy;            /* it has found nothing */
	bool has_asked;               /* which rows are worth loading */
	bool has_narrowed;            /* it has told: missing are those */
	guint asked;                  /* TERMS: the one that is asked for */
	struct imap_seqset found;     /* EXACT and FILTER */
	struct session_request *request;
	struct search_context *context;
	/* FIND_STAYS, by what is here. */
	struct imap_seqset judged;    /* messages are judged once */
	uint32_t uid_validity;        /* of judged */
	uint64_t n_told;              /* of matched */
	bool is_listening, has_changed, has_told;
	bool is_waiting;              /* for rows that nobody asks for */
	guint timer;                  /* the next look */
	/* The end. */
	find_progress_fn *progress;
	guint progress_timer;
	bool is_telling;              /* within done */
	bool is_freed;                /* when its request or done has ended */
};

/* find.c. False: it is gone. */
bool find_tell(struct find *find, const GError *error);
/* It was freed, and its request has ended. */
void find_destroy(struct find *find);
/* Judges these by what is here, NULL: all; then goes on. */
void find_judge(struct find *find, const struct imap_seqset *among);
/* With the rows that are missing, or to the end. */
void find_go_on(struct find *find);

/* find-others.c. What is of other messages is found out, then all messages are
 * judged. */
void find_judge_all(struct find *find);
GPtrArray *find_others_of(const struct pattern_node *root);
void find_others_stop(struct find *find);

/* find-server.c. It is asked first. */
void find_ask(struct find *find);
/* It is asked which of those that are missing may match, if they are many; then
 * the find goes on. False: it is not. */
bool find_narrow_down(struct find *find);

#endif
