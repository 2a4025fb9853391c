/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The journal's door. Changes are collected while the worker is busy, so that
 * many at once cost one sync. Entries of former processes stay in the files
 * they came in, which this process holds from then on: nothing is copied, so
 * no crash can double them.
 */
#include "src/base/base.h"
#include "src/cache/journal.h"

#include "src/base/worker.h"
#include "src/cache/journal-log.h"

struct change {
	uint64_t id;
	enum { CHANGE_ADD, CHANGE_UPDATE, CHANGE_REMOVE } what;
	journal_written_fn *written;
	void *data;
	GError *error; /* the worker's report */
	/* of CHANGE_UPDATE */
	enum { LINE_STEP, LINE_TARGET, LINE_CONFLICT } form;
	enum journal_step step;
	uint32_t uid_next, uid_validity; /* of LINE_TARGET */
	char *why;
	struct journal_entry *entry; /* of CHANGE_ADD */
};

struct batch {
	struct journal *journal;
	GPtrArray *changes;
	bool opens;
	GPtrArray *adopted; /* of struct journal_entry; of the batch that opens */
};

/* Where an entry is; the worker's. */
struct place {
	struct journal_log *log;
	uint64_t id; /* in it */
};

struct journal {
	struct worker *worker;
	char *dir;
	uint64_t last_id;        /* given out by the main loop */
	struct batch *batch;     /* being collected; NULL if empty */
	struct batch *flying;    /* with the worker */
	struct batch *reporting; /* whose callbacks run */
	guint idle;
	journal_adopted_fn *adopted;
	void *adopted_data;
	/* the worker's: */
	struct journal_log *own; /* NULL until the first entry */
	GHashTable *places;      /* id to struct place */
};

/* --- entries --------------------------------------------------------------- */

void journal_entry_free(struct journal_entry **entryp)
{
	struct journal_entry *entry = *entryp;

	if (entry == NULL)
		return;
	*entryp = NULL;
	g_free(entry->account);
	g_free(entry->mailbox);
	imap_seqset_release(&entry->uids);
	g_free(entry->flags);
	g_free(entry->target);
	g_free(entry->target_account);
	g_free(entry->spool);
	g_free(entry->message_id);
	g_free(entry->conflict);
	g_free(entry);
}

struct journal_entry *journal_entry_copy(const struct journal_entry *entry)
{
	struct journal_entry *copy = g_memdup2(entry, sizeof(*entry));

	copy->account = g_strdup(entry->account);
	copy->mailbox = g_strdup(entry->mailbox);
	imap_seqset_init(&copy->uids);
	imap_seqset_copy(&copy->uids, &entry->uids);
	copy->flags = g_strdup(entry->flags);
	copy->target = g_strdup(entry->target);
	copy->target_account = g_strdup(entry->target_account);
	copy->spool = g_strdup(entry->spool);
	copy->message_id = g_strdup(entry->message_id);
	copy->conflict = g_strdup(entry->conflict);
	return copy;
}

static void change_free(gpointer data)
{
	struct change *change = data;

	journal_entry_free(&change->entry);
	g_clear_error(&change->error);
	g_free(change->why);
	g_free(change);
}

static void entry_free(gpointer data)
{
	struct journal_entry *entry = data;

	journal_entry_free(&entry);
}

static struct batch *batch_new(struct journal *journal)
{
	struct batch *batch = g_new0(struct batch, 1);

	batch->journal = journal;
	batch->changes = g_ptr_array_new_with_free_func(change_free);
	return batch;
}

static void batch_free(struct batch *batch)
{
	g_ptr_array_unref(batch->changes);
	if (batch->adopted != NULL)
		g_ptr_array_unref(batch->adopted);
	g_free(batch);
}

/* --- the worker ------------------------------------------------------------ */

static void set_place(struct journal *journal, uint64_t id,
	struct journal_log *log, uint64_t id_in_log)
{
	struct place *place = g_new(struct place, 1);

	*place = (struct place){ log, id_in_log };
	g_hash_table_insert(journal->places, g_memdup2(&id, sizeof(id)),
		place);
}

/* Ids of adopted entries count down from the top: they are given while the
 * main loop may be giving out its own. */
static void adopt(struct journal *journal, GPtrArray *adopted)
{
	GPtrArray *logs = g_ptr_array_new();
	uint64_t id = G_MAXINT64;

	journal_log_adopt(journal->dir, adopted, logs);
	for (guint i = 0; i < adopted->len; i++, id--) {
		struct journal_entry *entry = adopted->pdata[i];

		set_place(journal, id, logs->pdata[i], entry->id);
		entry->id = id;
	}
	g_ptr_array_unref(logs);
}

static bool write_add(struct journal *journal, struct change *change)
{
	char *line;
	bool ok;

	if (journal->own == NULL)
		journal->own = journal_log_create(journal->dir,
			&change->error);
	if (journal->own == NULL)
		return false;
	line = journal_log_add_line(change->entry);
	ok = journal_log_append(journal->own, line, 1, &change->error);
	g_free(line);
	if (ok)
		set_place(journal, change->id, journal->own, change->id);
	return ok;
}

static char *line_of(const struct change *change, uint64_t id)
{
	if (change->what == CHANGE_REMOVE)
		return journal_log_remove_line(id);
	if (change->form == LINE_STEP)
		return journal_log_step_line(id, change->step);
	if (change->form == LINE_TARGET)
		return journal_log_target_line(id, change->uid_next,
			change->uid_validity);
	return journal_log_conflict_line(id, change->why);
}

static void add_touched(GPtrArray *touched, struct journal_log *log)
{
	if (!g_ptr_array_find(touched, log, NULL))
		g_ptr_array_add(touched, log);
}

static void write_change(struct journal *journal, struct change *change,
	GPtrArray *touched)
{
	struct place *place;
	char *line;

	if (change->what == CHANGE_ADD) {
		if (write_add(journal, change))
			add_touched(touched, journal->own);
		return;
	}
	place = g_hash_table_lookup(journal->places, &change->id);
	if (place == NULL)
		return;
	line = line_of(change, place->id);
	journal_log_append(place->log, line,
		change->what == CHANGE_REMOVE ? -1 : 0, &change->error);
	g_free(line);
	add_touched(touched, place->log);
	if (change->what == CHANGE_REMOVE)
		g_hash_table_remove(journal->places, &change->id);
}

static void sync_logs(struct journal *journal, struct batch *batch,
	GPtrArray *touched)
{
	for (guint i = 0; i < touched->len; i++) {
		struct journal_log *log = touched->pdata[i];
		GError *error = NULL;

		if (log != journal->own && journal_log_is_empty(log)) {
			journal_log_free(&log);
			continue;
		}
		if (journal_log_sync(log, &error))
			continue;
		for (guint j = 0; j < batch->changes->len; j++) {
			struct change *change = batch->changes->pdata[j];

			if (change->written != NULL &&
				change->error == NULL)
				change->error = g_error_copy(error);
		}
		g_error_free(error);
	}
}

static void run_batch(void *data)
{
	struct batch *batch = data;
	struct journal *journal = batch->journal;
	GPtrArray *touched;

	if (batch->opens)
		batch->adopted = g_ptr_array_new_with_free_func(entry_free);
	if (journal->dir == NULL)
		return;
	if (batch->opens)
		adopt(journal, batch->adopted);
	touched = g_ptr_array_new();
	for (guint i = 0; i < batch->changes->len; i++)
		write_change(journal, batch->changes->pdata[i], touched);
	sync_logs(journal, batch, touched);
	g_ptr_array_unref(touched);
}

static void close_logs(struct journal *journal)
{
	GHashTable *logs = g_hash_table_new(NULL, NULL);
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, journal->places);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		g_hash_table_add(logs, ((struct place *)value)->log);
	if (journal->own != NULL)
		g_hash_table_add(logs, journal->own);
	g_hash_table_iter_init(&iter, logs);
	while (g_hash_table_iter_next(&iter, &value, NULL)) {
		struct journal_log *log = value;

		journal_log_free(&log);
	}
	g_hash_table_unref(logs);
}

GPtrArray *journal_list(const char *dir)
{
	GPtrArray *entries = g_ptr_array_new_with_free_func(entry_free);

	journal_log_list(dir, entries);
	return entries;
}

/* --- the main loop --------------------------------------------------------- */

static void push_batch(struct journal *journal);

static void report_batch(void *data)
{
	struct batch *batch = data;
	struct journal *journal = batch->journal;

	journal->flying = NULL;
	journal->reporting = batch;
	push_batch(journal);
	/* A callback may close the journal: that clears batch->journal. */
	if (batch->opens && journal->adopted != NULL)
		journal->adopted(g_steal_pointer(&batch->adopted),
			journal->adopted_data);
	for (guint i = 0; i < batch->changes->len && batch->journal; i++) {
		struct change *change = batch->changes->pdata[i];

		if (change->written != NULL)
			change->written(change->id, change->error,
				change->data);
	}
	if (batch->journal != NULL)
		journal->reporting = NULL;
	batch_free(batch);
}

static void push_batch(struct journal *journal)
{
	if (journal->flying != NULL || journal->batch == NULL)
		return;
	source_clear(&journal->idle);
	journal->flying = g_steal_pointer(&journal->batch);
	worker_push(journal->worker, run_batch, report_batch, journal->flying);
}

static gboolean on_idle(gpointer data)
{
	struct journal *journal = data;

	journal->idle = 0;
	push_batch(journal);
	return G_SOURCE_REMOVE;
}

static struct change *add_change(struct journal *journal, uint64_t id)
{
	struct change *change = g_new0(struct change, 1);

	change->id = id;
	if (journal->batch == NULL)
		journal->batch = batch_new(journal);
	g_ptr_array_add(journal->batch->changes, change);
	if (journal->idle == 0 && journal->flying == NULL)
		journal->idle = g_idle_add_full(G_PRIORITY_DEFAULT, on_idle,
			journal, NULL);
	return change;
}

struct journal *journal_open(const char *dir, journal_adopted_fn *adopted,
	void *data)
{
	struct journal *journal = g_new0(struct journal, 1);

	journal->worker = worker_new("journal");
	journal->dir = g_strdup(dir);
	journal->adopted = adopted;
	journal->adopted_data = data;
	journal->places = g_hash_table_new_full(g_int64_hash, g_int64_equal,
		g_free, g_free);
	journal->batch = batch_new(journal);
	journal->batch->opens = true;
	push_batch(journal);
	return journal;
}

void journal_close(struct journal **journalp)
{
	struct journal *journal = *journalp;

	if (journal == NULL)
		return;
	*journalp = NULL;
	source_clear(&journal->idle);
	if (journal->reporting != NULL)
		journal->reporting->journal = NULL;
	if (journal->batch != NULL)
		worker_push(journal->worker, run_batch, NULL, journal->batch);
	worker_free(&journal->worker);
	if (journal->batch != NULL)
		batch_free(journal->batch);
	if (journal->flying != NULL)
		batch_free(journal->flying);
	close_logs(journal);
	g_hash_table_unref(journal->places);
	g_free(journal->dir);
	g_free(journal);
}

uint64_t journal_add(struct journal *journal, const struct journal_entry *entry,
	journal_written_fn *written, void *data)
{
	struct change *change = add_change(journal, ++journal->last_id);

	change->what = CHANGE_ADD;
	change->entry = journal_entry_copy(entry);
	change->entry->id = change->id;
	change->written = written;
	change->data = data;
	return change->id;
}

void journal_set_step(struct journal *journal, uint64_t id,
	enum journal_step step)
{
	struct change *change = add_change(journal, id);

	change->what = CHANGE_UPDATE;
	change->form = LINE_STEP;
	change->step = step;
}

void journal_set_target(struct journal *journal, uint64_t id,
	uint32_t uid_next, uint32_t uid_validity, journal_written_fn *written,
	void *data)
{
	struct change *change = add_change(journal, id);

	change->what = CHANGE_UPDATE;
	change->form = LINE_TARGET;
	change->uid_next = uid_next;
	change->uid_validity = uid_validity;
	change->written = written;
	change->data = data;
}

void journal_remove(struct journal *journal, uint64_t id)
{
	add_change(journal, id)->what = CHANGE_REMOVE;
}

void journal_set_conflict(struct journal *journal, uint64_t id, const char *why)
{
	struct change *change = add_change(journal, id);

	change->what = CHANGE_UPDATE;
	change->form = LINE_CONFLICT;
	change->why = g_strdup(why);
}

static void forget_in(struct batch *batch, void *data)
{
	for (guint i = 0; batch != NULL && i < batch->changes->len; i++) {
		struct change *change = batch->changes->pdata[i];

		if (change->data == data)
			change->written = NULL;
	}
}

void journal_forget(struct journal *journal, void *data)
{
	forget_in(journal->batch, data);
	forget_in(journal->flying, data);
	forget_in(journal->reporting, data);
}
