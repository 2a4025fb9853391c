/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a transcript's server said: how it greets, how it answers each command,
 * what its messages hold. Answers leave out what tells of a mailbox's state,
 * such as EXISTS.
 */
#ifndef CULVER_TESTS_RECORD_H
#define CULVER_TESTS_RECORD_H

#include "src/base/base.h"

struct record;

/* Stands for the command's tag in what is recorded. */
#define RECORD_TAG "\001"

/* An answer: texts that are said one after another, each but the first once the
 * client has said a further line. All but the last end in "+ ...". */
struct answer {
	GPtrArray *texts; /* of char * */
};

struct record *record_new(void);
void record_free(struct record **record);
/* The script's server and client said this; the line is without its end. */
void record_said(struct record *record, unsigned number, const char *octets,
	size_t len);
void record_heard(struct record *record, unsigned number, const char *line);

/* The last one that was no BYE, if any; NULL if there was no greeting. */
const char *record_greeting(const struct record *record);
/* The names behind CAPABILITY as told last; "IMAP4rev1" if they never were. */
const char *record_capabilities(const struct record *record);
/* How often the command was answered. A command that was refused before all of
 * its literals came is what came of it. */
guint record_n_answers(const struct record *record, const char *command);
/* The nth answer from 0 on, the last one if there are fewer; of a log-in the
 * one that let in, if any did. NULL: none. */
const struct answer *record_answer(const struct record *record,
	const char *command, guint n);
/* Some command was not always answered alike. */
bool record_varies(const struct record *record);
/* It ends in NO or BAD. */
bool answer_is_refusal(const struct answer *answer);
/* A FETCH item as it was sent, "FLAGS" or "BODY[1.MIME]" without origin; for a
 * section all of its octets that came. NULL: never sent. */
const GString *record_item(const struct record *record, uint32_t uid,
	const char *name);
/* The section was sent whole, whatever part of it was asked for. */
bool record_is_whole(const struct record *record, uint32_t uid,
	const char *name);

#endif
