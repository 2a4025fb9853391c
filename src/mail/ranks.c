/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/ranks.h"
#include "src/base/arena.h"
#include "src/base/worker.h"
#include "src/cache/cache.h"
#include "src/mail/private.h"
#include "src/mail/keywords.h"
#include "src/mail/ranking.h"
#include "src/mail/row.h"
#include "src/mail/sort-key.h"

enum { SLICE_US = 3000, SLICE_ROWS = 64, OUTDATED = 512 };

struct ranks {
	struct mailbox *mailbox;  /* a reference */
	enum lineup_field field;
	ranks_changed_fn *changed;
	void *data;
	struct ranking *ranking;  /* NULL at first */
	GArray *late;             /* of struct ranking_late */
	uint32_t newest;          /* greatest UID that was looked at */
	uint32_t uid_validity, n_loaded; /* when it was begun */
	bool is_reading;
	/* Rows that the cache did not have: */
	struct ranking *building;
	struct arena *arena;
	guint source;
	uint32_t n_cached, met;   /* from the cache, and of these passed */
	uint32_t below;           /* the last UID looked at; 0: none yet */
	uint32_t building_newest;
	struct sorting *sorting;  /* then it is on the worker */
};

struct sorting {
	struct ranks *ranks;      /* NULL: nobody waits for it */
	struct ranking *ranking;  /* a reference */
};

bool ranks_are_for(enum lineup_field field)
{
	return field == LINEUP_SUBJECT || field == LINEUP_FROM ||
		field == LINEUP_TO || field == LINEUP_LABEL;
}

static char *text_of(enum lineup_field field,
	const struct imap_envelope *envelope)
{
	switch (field) {
	case LINEUP_SUBJECT:
		return sort_text_of_subject(envelope);
	case LINEUP_TO:
		return sort_text_of_name(&envelope->to);
	default:
		return sort_text_of_name(&envelope->from);
	}
}

static char *text_of_record(struct ranks *ranks,
	const struct table_record *record)
{
	struct imap_envelope envelope;
	const char *references;

	arena_clear(ranks->arena);
	row_unpack(record->blob, ranks->arena, &envelope, &references);
	return text_of(ranks->field, &envelope);
}

/* --- in order, on the worker ------------------------------------------------ */

static void run_sorting(void *data)
{
	struct sorting *sorting = data;

	ranking_put_in_order(sorting->ranking);
}

static void on_sorted(void *data)
{
	struct sorting *sorting = data;
	struct ranks *ranks = sorting->ranks;

	if (ranks == NULL) {
		ranking_unref(&sorting->ranking);
		g_free(sorting);
		return;
	}
	ranking_unref(&ranks->ranking);
	ranks->ranking = sorting->ranking;
	g_free(sorting);
	ranks->sorting = NULL;
	ranks->is_reading = false;
	ranks->newest = ranks->building_newest;
	g_array_set_size(ranks->late, 0);
	ranks->changed(ranks->data);
}

static void start_sorting(struct ranks *ranks)
{
	struct sorting *sorting = g_new0(struct sorting, 1);

	sorting->ranks = ranks;
	sorting->ranking = g_steal_pointer(&ranks->building);
	ranks->sorting = sorting;
	worker_push(lineups_worker(), run_sorting, on_sorted, sorting);
}

/* --- from the rows --------------------------------------------------------- */

/* UIDs descend in both. */
static bool cache_had(struct ranks *ranks, uint32_t uid)
{
	while (ranks->met < ranks->n_cached &&
		ranking_uid(ranks->building, ranks->met) > uid)
		ranks->met++;
	return ranks->met < ranks->n_cached &&
		ranking_uid(ranks->building, ranks->met) == uid;
}

static void look_at(struct ranks *ranks, const struct table_record *record)
{
	char *text;

	if (ranks->below == 0)
		ranks->building_newest = record->uid;
	ranks->below = record->uid;
	if (record->blob == NULL || cache_had(ranks, record->uid))
		return;
	text = text_of_record(ranks, record);
	ranking_add(ranks->building, record->uid, text);
	g_free(text);
}

static gboolean on_slice(gpointer data)
{
	struct ranks *ranks = data;
	const struct table *table = ranks->mailbox->table;
	gint64 end_us = g_get_monotonic_time() + SLICE_US;
	uint32_t pos = ranks->below == 0 ? table_length(table) :
		table_lower_bound(table, ranks->below);

	for (uint32_t n = 1; pos-- > 0; n++) {
		const struct table_record *record = table_at(table, pos);

		if (record->uid != 0)
			look_at(ranks, record);
		if (n % SLICE_ROWS == 0 && g_get_monotonic_time() > end_us)
			return G_SOURCE_CONTINUE;
	}
	ranks->source = 0;
	start_sorting(ranks);
	return G_SOURCE_REMOVE;
}

/* --- from the cache, on its thread ----------------------------------------- */

struct collecting {
	struct ranking *ranking; /* a reference */
	enum lineup_field field;
};

static void collecting_free(gpointer data)
{
	struct collecting *collecting = data;

	ranking_unref(&collecting->ranking);
	g_free(collecting);
}

static void collect(const struct cache_message *message, void *scan_data)
{
	struct collecting *collecting = scan_data;
	char *text;

	if (!message->fetch.has_envelope)
		return;
	text = text_of(collecting->field, &message->fetch.envelope);
	ranking_add(collecting->ranking, message->uid, text);
	g_free(text);
}

static void on_collected(void *scan_data, void *data)
{
	struct collecting *collecting = scan_data;
	struct ranks *ranks = data;

	ranks->building = ranking_ref(collecting->ranking);
	ranks->n_cached = ranking_length(ranks->building);
	ranks->met = 0;
	ranks->below = 0;
	ranks->building_newest = 0;
	ranks->source = g_timeout_add(1, on_slice, ranks);
}

static uint32_t n_loaded(const struct ranks *ranks)
{
	struct mailbox_counts counts;

	mailbox_get_counts(ranks->mailbox, &counts);
	return counts.loaded;
}

static void stop_reading(struct ranks *ranks)
{
	ranks->is_reading = false;
	cache_forget(ranks->mailbox->account->cache, ranks);
	source_clear(&ranks->source);
	ranking_unref(&ranks->building);
	if (ranks->sorting != NULL)
		ranks->sorting->ranks = NULL;
	ranks->sorting = NULL;
}

static void start_reading(struct ranks *ranks)
{
	struct collecting *collecting = g_new0(struct collecting, 1);

	collecting->ranking = ranking_new();
	collecting->field = ranks->field;
	ranks->is_reading = true;
	ranks->uid_validity = ranks->mailbox->uid_validity;
	ranks->n_loaded = n_loaded(ranks);
	cache_scan(ranks->mailbox->account->cache, ranks->mailbox->name, NULL,
		collect, collecting, collecting_free, on_collected, ranks);
}

/* --- later messages -------------------------------------------------------- */

static void clear_late(gpointer late)
{
	g_free(((struct ranking_late *)late)->text);
}

/* Up to the first whose strings are not there (they are asked for). */
static void read_late(struct ranks *ranks)
{
	struct mailbox *mailbox = ranks->mailbox;
	uint32_t pos = ranks->newest == UINT32_MAX ? UINT32_MAX :
		table_lower_bound(mailbox->table, ranks->newest + 1);

	for (; pos < table_length(mailbox->table) &&
		ranks->late->len < RANKING_LATE_MAX; pos++) {
		const struct table_record *record =
			table_at(mailbox->table, pos);
		struct ranking_late late = { .uid = record->uid };
		struct message_row row;

		if (record->uid == 0)
			continue;
		mailbox_get_row(mailbox, pos, &row);
		if (row.envelope == NULL &&
			(record->bits & TABLE_IS_MISSING) == 0)
			break;
		ranks->newest = record->uid;
		if (row.envelope == NULL)
			continue;
		late.text = text_of(ranks->field, row.envelope);
		g_array_append_val(ranks->late, late);
	}
}

/* While rows pour in not at each of them: all are read again. */
static bool is_outdated(const struct ranks *ranks)
{
	uint32_t n = n_loaded(ranks), had = ranks->n_loaded + ranks->late->len;

	if (ranks->late->len >= RANKING_LATE_MAX)
		return true;
	return mailbox_is_filling(ranks->mailbox) ?
		n > had + had / 2 + OUTDATED : n > had;
}

/* --- labels ---------------------------------------------------------------- */

static int compare_words(gconstpointer a, gconstpointer b, gpointer words)
{
	return g_ascii_strcasecmp(((char **)words)[*(const uint32_t *)a],
		((char **)words)[*(const uint32_t *)b]);
}

static struct ranking_view *view_of_labels(const struct ranks *ranks)
{
	const struct keyword_sets *sets = ranks->mailbox->keywords;
	uint32_t n = keyword_sets_count(sets) + 1;
	uint32_t *items = g_new(uint32_t, n), *numbers = g_new(uint32_t, n);
	char **words = g_new0(char *, n + 1);

	for (uint32_t i = 0; i < n; i++) {
		items[i] = i;
		words[i] = g_strjoinv(" ", (char **)keyword_sets_get(sets, i));
	}
	g_qsort_with_data(items, (gint)n, sizeof(*items), compare_words, words);
	for (uint32_t i = 0; i < n; i++)
		numbers[items[i]] = i + 1;
	g_strfreev(words);
	g_free(items);
	return ranking_view_new_of_sets(numbers, n);
}

/* --- all of it ------------------------------------------------------------- */

struct ranks *ranks_new(struct mailbox *mailbox, enum lineup_field field,
	ranks_changed_fn *changed, void *data)
{
	struct ranks *ranks = g_new0(struct ranks, 1);

	ranks->mailbox = mailbox_ref(mailbox);
	ranks->field = field;
	ranks->changed = changed;
	ranks->data = data;
	ranks->arena = arena_new();
	ranks->late = g_array_new(FALSE, FALSE, sizeof(struct ranking_late));
	g_array_set_clear_func(ranks->late, clear_late);
	if (field != LINEUP_LABEL)
		start_reading(ranks);
	return ranks;
}

void ranks_free(struct ranks **ranksp)
{
	struct ranks *ranks = g_steal_pointer(ranksp);

	if (ranks == NULL)
		return;
	stop_reading(ranks);
	ranking_unref(&ranks->ranking);
	g_array_unref(ranks->late);
	arena_free(&ranks->arena);
	mailbox_unref(&ranks->mailbox);
	g_free(ranks);
}

struct ranking_view *ranks_view(struct ranks *ranks)
{
	if (ranks->field == LINEUP_LABEL)
		return view_of_labels(ranks);
	if (ranks->uid_validity != ranks->mailbox->uid_validity) {
		stop_reading(ranks);
		ranking_unref(&ranks->ranking);
		start_reading(ranks);
	}
	if (ranks->ranking == NULL)
		return NULL;
	read_late(ranks);
	if (!ranks->is_reading && is_outdated(ranks))
		start_reading(ranks);
	return ranking_view_new(ranks->ranking, ranks->late);
}
