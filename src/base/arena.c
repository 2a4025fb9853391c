/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/base/arena.h"

#include <stdalign.h>

enum { BLOCK_SIZE = 4000, ALIGN = alignof(max_align_t) };

struct block {
	struct block *next;
	size_t size; /* of data */
	alignas(max_align_t) char data[];
};

struct arena {
	struct block *blocks; /* the newest first */
	size_t used;          /* in the newest block */
	size_t total;
};

struct arena *arena_new(void)
{
	return g_new0(struct arena, 1);
}

static void free_blocks(struct block *block)
{
	while (block != NULL) {
		struct block *next = block->next;

		g_free(block);
		block = next;
	}
}

void arena_free(struct arena **arena)
{
	if (*arena == NULL)
		return;
	free_blocks((*arena)->blocks);
	g_free(*arena);
	*arena = NULL;
}

void arena_clear(struct arena *arena)
{
	struct block *kept = arena->blocks;

	arena->used = 0;
	arena->total = 0;
	if (kept == NULL)
		return;
	free_blocks(kept->next);
	kept->next = NULL;
	/* A block made for one big string is not worth keeping. */
	if (kept->size > BLOCK_SIZE) {
		g_free(kept);
		arena->blocks = NULL;
	} else {
		arena->total = kept->size;
	}
}

static void add_block(struct arena *arena, size_t size)
{
	struct block *block = g_malloc(sizeof(*block) + size);

	block->size = size;
	block->next = arena->blocks;
	arena->blocks = block;
	arena->used = 0;
	arena->total += size;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	void *p;

	g_assert(size < SIZE_MAX - ALIGN);
	size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (arena->blocks == NULL || arena->blocks->size - arena->used < size)
		add_block(arena, MAX(size, (size_t)BLOCK_SIZE));
	p = arena->blocks->data + arena->used;
	arena->used += size;
	return p;
}

void *arena_alloc0(struct arena *arena, size_t size)
{
	return memset(arena_alloc(arena, size), 0, size);
}

char *arena_strndup(struct arena *arena, const char *str, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);

	if (len > 0)
		memcpy(copy, str, len);
	copy[len] = '\0';
	return copy;
}

char *arena_strdup(struct arena *arena, const char *str)
{
	return str == NULL ? NULL : arena_strndup(arena, str, strlen(str));
}

size_t arena_size(const struct arena *arena)
{
	return arena->total;
}
