/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages on their way to a server, as files. One that a person gave is kept
 * in the state directory until the server has confirmed it, with lines that
 * end as a server wants them; one that only passes through, from one account
 * to another, is a file without a name, which goes with the process.
 */
#ifndef CULVER_MAIL_SPOOL_H
#define CULVER_MAIL_SPOOL_H

#include "src/base/base.h"

struct spool_file {
	char *name;       /* in the state directory */
	char *message_id; /* or NULL */
	uint64_t size;
};

/* Once, from the loop; file is borrowed, NULL with error. */
typedef void spool_done_fn(const struct spool_file *file, const GError *error,
	void *data);
/* Copies a person's file. */
void spool_keep(const char *path, spool_done_fn *done, void *data);
/* The same for octets. */
void spool_keep_octets(GBytes *octets, spool_done_fn *done, void *data);
/* done does not run any more for this data. */
void spool_forget(void *data);
/* Free with g_free(). */
char *spool_path(const char *name);
/* It is no longer needed. */
void spool_remove(const char *name);

/* A file that passes through. */
struct spool;
struct spool *spool_new(void);
void spool_free(struct spool **spool);
/* Copies the octets; written by the worker. */
void spool_write(struct spool *spool, const char *octets, size_t len);
/* When all is written; error: it could not be. May be freed within. */
typedef void spool_written_fn(const GError *error, void *data);
void spool_finish(struct spool *spool, spool_written_fn *written, void *data);
int spool_fd(const struct spool *spool);
uint64_t spool_size(const struct spool *spool);

#endif
