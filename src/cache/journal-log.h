/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A journal's file, in the worker's thread: lines that are only appended, each
 * with its checksum, so that a torn or damaged line costs itself alone. The
 * file is locked (flock) while its process lives and goes when nothing is
 * pending in it.
 */
#ifndef CULVER_CACHE_JOURNAL_LOG_H
#define CULVER_CACHE_JOURNAL_LOG_H

#include "src/base/base.h"
#include "src/cache/journal.h"

struct journal_log;

/* A new one, locked, in dir; NULL with error. */
struct journal_log *journal_log_create(const char *dir, GError **error);
/* Those in dir that no living process holds; each is now ours. The entries
 * they hold, with the ids they have there, are added to entries_out in order,
 * each log to logs_out as often as entries of it. */
void journal_log_adopt(const char *dir, GPtrArray *entries_out, GPtrArray *logs_out);
/* The entries of all, whoever holds them; added in order. */
void journal_log_list(const char *dir, GPtrArray *entries_out);
/* Closes; the file goes if nothing is pending in it. */
void journal_log_free(struct journal_log **log);

/* Lines for journal_log_append(); to be freed with g_free(). */
char *journal_log_add_line(const struct journal_entry *entry);
char *journal_log_step_line(uint64_t id, enum journal_step step);
char *journal_log_target_line(uint64_t id, uint32_t uid_next,
	uint32_t uid_validity);
char *journal_log_conflict_line(uint64_t id, const char *why);
char *journal_log_remove_line(uint64_t id);
/* One line; on disk after journal_log_sync(). pending: the change in the
 * number of entries, for the end of the file. */
bool journal_log_append(struct journal_log *log, const char *line, int pending, GError **error);
bool journal_log_sync(struct journal_log *log, GError **error);
bool journal_log_is_empty(const struct journal_log *log);

#endif
