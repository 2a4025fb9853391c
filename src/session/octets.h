/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The octets of a literal, from memory or from a file that a worker reads, in
 * pieces. A file is looked through once before: its size and what is in it
 * decide how the literal is written.
 */
#ifndef CULVER_SESSION_OCTETS_H
#define CULVER_SESSION_OCTETS_H

#include "src/base/base.h"

struct octets;

struct octets *octets_from_bytes(GBytes *bytes);
/* fd -1: opened by its path. Else it is duplicated. */
struct octets *octets_from_file(const char *path, int fd);
/* No function of it runs any more; not from within one. NULL is fine. */
void octets_free(struct octets **octets);

/* Runs once, from the loop; error: the file cannot be read. */
typedef void octets_ready_fn(const GError *error, void *data);
void octets_look_through(struct octets *octets, octets_ready_fn *ready,
	void *data);
/* Known after that. */
uint64_t octets_size(const struct octets *octets);
bool octets_have_nul(const struct octets *octets);
/* Beyond ASCII, in the header. */
bool octets_have_8bit_header(const struct octets *octets);

/* The next ones, from the loop; len 0: there are no more, though there should
 * be, as the file has changed. Borrowed until return. */
typedef void octets_piece_fn(const char *piece, size_t len, void *data);
void octets_pull(struct octets *octets, octets_piece_fn *piece, void *data);
/* From the beginning again. */
void octets_rewind(struct octets *octets);

#endif
