/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A script read from its file, and the play of it, line by line. Where a
 * connection is cut in the middle, what waits for the script's server returns.
 */
#ifndef CULVER_TESTS_PLAYER_H
#define CULVER_TESTS_PLAYER_H

#include "src/base/base.h"

struct play;

struct script_line {
	unsigned number; /* in the file */
	char *text;
};

struct script {
	char *path, *name; /* "alert" */
	GPtrArray *lines;  /* of struct script_line; "! online" is three */
	char *no_cut;      /* why cutting it means nothing; NULL */
};

/* Where the server or the client said something: it can be cut there. */
struct cut_point {
	guint line;        /* index of the script's */
	bool is_client;
	unsigned number;   /* of the connection */
	size_t len;        /* octets, with the line's end */
	size_t heard;      /* by then, without these */
};

/* Fails the test when the file cannot be read. */
struct script *script_load(const char *path);
void script_free(struct script **script);

struct play *play_new(const struct script *script);
void play_free(struct play **play);
void play_line(struct play *play, const struct script *script, guint line);
/* Only the first octets of what the server says in this line. */
void play_line_head(struct play *play, const struct script *script,
	guint line, size_t n);

#endif
