/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A bump allocator: many small objects that die together. Used for one IMAP
 * response, one command, one page of messages. Not thread safe; an arena may
 * be handed from one thread to another.
 */
#ifndef CULVER_BASE_ARENA_H
#define CULVER_BASE_ARENA_H

#include "src/base/base.h"

struct arena;

struct arena *arena_new(void);
/* Frees the arena and all that came from it; sets *arena to NULL; NULL is fine. */
void arena_free(struct arena **arena);
/* Everything that came from it is gone; one block is kept for reuse. */
void arena_clear(struct arena *arena);

/*
 * Memory aligned for any object; not zeroed. The caller has checked the size
 * against its own limit: like g_malloc, this aborts when memory runs out.
 */
void *arena_alloc(struct arena *arena, size_t size);
void *arena_alloc0(struct arena *arena, size_t size);
/* A copy of len bytes with a NUL behind them. */
char *arena_strndup(struct arena *arena, const char *str, size_t len);
/* NULL gives NULL. */
char *arena_strdup(struct arena *arena, const char *str);
/* Bytes taken from the system, for limits and for the log. */
size_t arena_size(const struct arena *arena);

#define arena_new_struct(arena, type) ((type *)arena_alloc0(arena, sizeof(type)))
#define arena_new_array(arena, type, n) \
	((type *)arena_alloc0(arena, sizeof(type) * (size_t)(n)))

#endif
