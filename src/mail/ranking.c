/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/ranking.h"
#include "src/base/arena.h"
#include "src/mail/lineup-private.h"

struct row {
	uint32_t uid;
	uint32_t text; /* index in texts; in order it is a number less 1, too */
};

struct ranking {
	gint refs;
	struct arena *arena;  /* of the texts */
	GPtrArray *texts;     /* each once */
	GHashTable *by_text;  /* to index + 1; NULL when they are in order */
	GArray *rows;         /* of struct row */
};

struct ranking_view {
	struct ranking *ranking; /* a reference; NULL: by sets */
	GArray *late;
	uint32_t *sets;
	uint32_t n_sets;
};

/* --- collecting ------------------------------------------------------------ */

struct ranking *ranking_new(void)
{
	struct ranking *ranking = g_new0(struct ranking, 1);

	ranking->refs = 1;
	ranking->arena = arena_new();
	ranking->texts = g_ptr_array_new();
	ranking->by_text = g_hash_table_new(g_str_hash, g_str_equal);
	ranking->rows = g_array_new(FALSE, FALSE, sizeof(struct row));
	return ranking;
}

struct ranking *ranking_ref(struct ranking *ranking)
{
	g_atomic_int_inc(&ranking->refs);
	return ranking;
}

void ranking_unref(struct ranking **rankingp)
{
	struct ranking *ranking = g_steal_pointer(rankingp);

	if (ranking == NULL || !g_atomic_int_dec_and_test(&ranking->refs))
		return;
	g_clear_pointer(&ranking->by_text, g_hash_table_unref);
	g_ptr_array_unref(ranking->texts);
	g_array_unref(ranking->rows);
	arena_free(&ranking->arena);
	g_free(ranking);
}

static uint32_t intern(struct ranking *ranking, const char *text)
{
	uint32_t i = GPOINTER_TO_UINT(g_hash_table_lookup(ranking->by_text,
		text));

	if (i > 0)
		return i - 1;
	g_ptr_array_add(ranking->texts, arena_strdup(ranking->arena, text));
	i = ranking->texts->len;
	g_hash_table_insert(ranking->by_text, ranking->texts->pdata[i - 1],
		GUINT_TO_POINTER(i));
	return i - 1;
}

void ranking_add(struct ranking *ranking, uint32_t uid, const char *text)
{
	char cut[RANKING_OCTETS + 1];
	struct row row = { .uid = uid };

	g_strlcpy(cut, text, sizeof(cut));
	row.text = intern(ranking, cut);
	g_array_append_val(ranking->rows, row);
}

uint32_t ranking_length(const struct ranking *ranking)
{
	return ranking->rows->len;
}

uint32_t ranking_uid(const struct ranking *ranking, uint32_t i)
{
	return g_array_index(ranking->rows, struct row, i).uid;
}

/* --- putting in order ------------------------------------------------------ */

/* The first eight octets, so that most texts need not be looked at. */
static uint64_t prefix_of(const char *text)
{
	uint64_t prefix = 0;

	for (int i = 0; i < 8; i++) {
		prefix = prefix << 8 | (uint8_t)*text;
		if (*text != '\0')
			text++;
	}
	return prefix;
}

static int compare_texts(gconstpointer a, gconstpointer b, gpointer data)
{
	char *const *texts = data;

	return strcmp(texts[*(const uint32_t *)a], texts[*(const uint32_t *)b]);
}

/* The indexes of texts, in their order. */
static uint32_t *order_texts(const GPtrArray *texts)
{
	uint32_t *items = g_new(uint32_t, texts->len), end;
	uint64_t *keys = g_new(uint64_t, texts->len);

	for (uint32_t i = 0; i < texts->len; i++) {
		items[i] = i;
		keys[i] = prefix_of(texts->pdata[i]);
	}
	lineup_sort(items, keys, texts->len);
	for (uint32_t i = 0; i < texts->len; i = end) {
		end = i + 1;
		while (end < texts->len && keys[end] == keys[i])
			end++;
		if (end - i > 1)
			g_qsort_with_data(&items[i], (gint)(end - i),
				sizeof(uint32_t), compare_texts, texts->pdata);
	}
	g_free(keys);
	return items;
}

static void order_rows(GArray *rows)
{
	uint32_t *items = g_new(uint32_t, rows->len);
	uint64_t *keys = g_new(uint64_t, rows->len);

	/* As they come they descend. */
	for (uint32_t i = 0; i < rows->len; i++) {
		const struct row *row = &g_array_index(rows, struct row,
			rows->len - 1 - i);

		items[i] = row->text;
		keys[i] = row->uid;
	}
	lineup_sort(items, keys, rows->len);
	for (uint32_t i = 0; i < rows->len; i++)
		g_array_index(rows, struct row, i) = (struct row){
			(uint32_t)keys[i], items[i] };
	g_free(keys);
	g_free(items);
}

void ranking_put_in_order(struct ranking *ranking)
{
	guint n = ranking->texts->len;
	uint32_t *items = order_texts(ranking->texts);
	uint32_t *numbers = g_new(uint32_t, n);
	GPtrArray *texts = g_ptr_array_sized_new(n);

	g_clear_pointer(&ranking->by_text, g_hash_table_unref);
	for (uint32_t i = 0; i < n; i++) {
		numbers[items[i]] = i;
		g_ptr_array_add(texts, ranking->texts->pdata[items[i]]);
	}
	g_free(items);
	g_ptr_array_unref(ranking->texts);
	ranking->texts = texts;
	order_rows(ranking->rows);
	for (uint32_t i = 0; i < ranking->rows->len; i++) {
		struct row *row = &g_array_index(ranking->rows, struct row, i);

		row->text = numbers[row->text];
	}
	g_free(numbers);
}

/* --- views ----------------------------------------------------------------- */

static void clear_late(gpointer late)
{
	g_free(((struct ranking_late *)late)->text);
}

struct ranking_view *ranking_view_new(struct ranking *ranking,
	const GArray *late)
{
	struct ranking_view *view = g_new0(struct ranking_view, 1);

	view->ranking = ranking_ref(ranking);
	view->late = g_array_new(FALSE, FALSE, sizeof(struct ranking_late));
	g_array_set_clear_func(view->late, clear_late);
	for (guint i = 0; i < late->len; i++) {
		struct ranking_late copy =
			g_array_index(late, struct ranking_late, i);

		copy.text = g_strndup(copy.text, RANKING_OCTETS);
		g_array_append_val(view->late, copy);
	}
	return view;
}

struct ranking_view *ranking_view_new_of_sets(uint32_t *numbers, uint32_t n)
{
	struct ranking_view *view = g_new0(struct ranking_view, 1);

	view->sets = numbers;
	view->n_sets = n;
	return view;
}

void ranking_view_free(struct ranking_view **viewp)
{
	struct ranking_view *view = g_steal_pointer(viewp);

	if (view == NULL)
		return;
	ranking_unref(&view->ranking);
	g_clear_pointer(&view->late, g_array_unref);
	g_free(view->sets);
	g_free(view);
}

/* --- numbers --------------------------------------------------------------- */

/*
 * New texts of late messages go between those in order, whose numbers then
 * are higher by as many as went before them.
 */
struct ranking_cursor {
	const struct ranking_view *view;
	uint32_t row, late;     /* the next one to be met */
	uint32_t *late_numbers; /* of late messages */
	uint32_t *inserts;      /* where new texts go, ascending */
	uint32_t n_inserts;
};

/* How many texts in order are less. */
static uint32_t lower_bound(const GPtrArray *texts, const char *text)
{
	uint32_t low = 0, high = texts->len;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (strcmp(texts->pdata[middle], text) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* How many new texts go before the one in order. */
static uint32_t n_before(const struct ranking_cursor *cursor, uint32_t text)
{
	uint32_t low = 0, high = cursor->n_inserts;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (cursor->inserts[middle] <= text)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const char *late_text(const struct ranking_cursor *cursor, uint32_t i)
{
	return g_array_index(cursor->view->late, struct ranking_late, i).text;
}

/* In the order of late messages' texts: the number of each. */
static void number_late(struct ranking_cursor *cursor, const uint32_t *items,
	uint32_t n)
{
	const GPtrArray *texts = cursor->view->ranking->texts;

	for (uint32_t i = 0; i < n; i++) {
		const char *text = late_text(cursor, items[i]);
		uint32_t at = lower_bound(texts, text);
		bool is_new = at == texts->len ||
			strcmp(texts->pdata[at], text) != 0;

		if (i > 0 && strcmp(text, late_text(cursor,
			items[i - 1])) == 0) {
			cursor->late_numbers[items[i]] =
				cursor->late_numbers[items[i - 1]];
			continue;
		}
		/* All new texts so far are less than this one. */
		cursor->late_numbers[items[i]] = at + cursor->n_inserts + 1;
		if (is_new)
			cursor->inserts[cursor->n_inserts++] = at;
	}
}

static void find_late(struct ranking_cursor *cursor)
{
	GPtrArray *texts = g_ptr_array_new();
	uint32_t n = cursor->view->late->len, *items;

	cursor->late_numbers = g_new(uint32_t, n);
	cursor->inserts = g_new(uint32_t, n);
	for (uint32_t i = 0; i < n; i++)
		g_ptr_array_add(texts, (gpointer)late_text(cursor, i));
	items = order_texts(texts);
	number_late(cursor, items, n);
	g_free(items);
	g_ptr_array_unref(texts);
}

struct ranking_cursor *ranking_cursor_new(const struct ranking_view *view)
{
	struct ranking_cursor *cursor = g_new0(struct ranking_cursor, 1);

	cursor->view = view;
	if (view->ranking != NULL)
		find_late(cursor);
	return cursor;
}

void ranking_cursor_free(struct ranking_cursor **cursorp)
{
	struct ranking_cursor *cursor = g_steal_pointer(cursorp);

	if (cursor == NULL)
		return;
	g_free(cursor->late_numbers);
	g_free(cursor->inserts);
	g_free(cursor);
}

static uint32_t number_of_uid(struct ranking_cursor *cursor, uint32_t uid)
{
	const GArray *rows = cursor->view->ranking->rows;
	const GArray *late = cursor->view->late;

	for (; cursor->row < rows->len; cursor->row++) {
		const struct row *row = &g_array_index(rows, struct row,
			cursor->row);

		if (row->uid == uid)
			return row->text + n_before(cursor, row->text) + 1;
		if (row->uid > uid)
			break;
	}
	for (; cursor->late < late->len; cursor->late++) {
		uint32_t at = g_array_index(late, struct ranking_late,
			cursor->late).uid;

		if (at == uid)
			return cursor->late_numbers[cursor->late];
		if (at > uid)
			break;
	}
	return 0;
}

uint32_t ranking_cursor_number(struct ranking_cursor *cursor,
	const struct table_record *record)
{
	const struct ranking_view *view = cursor->view;

	if (view->ranking == NULL)
		return record->keyword_set < view->n_sets ?
			view->sets[record->keyword_set] : 0;
	return record->uid != 0 ? number_of_uid(cursor, record->uid) : 0;
}
