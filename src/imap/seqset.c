/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sorted, merged ranges in an array. Whole sets are combined by one pass over
 * both; single numbers are found by bisection. Numbers are calculated in 64
 * bits, so that "last + 1" is right for "*" too.
 */
#include "src/base/base.h"
#include "src/imap/seqset.h"

#define RANGES(set) ((struct imap_range *)(void *)(set)->ranges->data)

void imap_seqset_init(struct imap_seqset *set)
{
	set->ranges = NULL;
}

void imap_seqset_release(struct imap_seqset *set)
{
	g_clear_pointer(&set->ranges, g_array_unref);
}

void imap_seqset_clear(struct imap_seqset *set)
{
	if (set->ranges != NULL)
		g_array_set_size(set->ranges, 0);
}

size_t imap_seqset_n_ranges(const struct imap_seqset *set)
{
	return set->ranges == NULL ? 0 : set->ranges->len;
}

struct imap_range imap_seqset_range(const struct imap_seqset *set, size_t i)
{
	g_assert(i < imap_seqset_n_ranges(set));
	return RANGES(set)[i];
}

static GArray *new_ranges(size_t n)
{
	return g_array_sized_new(FALSE, FALSE, sizeof(struct imap_range),
		(guint)n);
}

void imap_seqset_copy(struct imap_seqset *set, const struct imap_seqset *from)
{
	if (set == from)
		return;
	imap_seqset_clear(set);
	imap_seqset_add_set(set, from);
}

/* Index of the first range that ends at n or above. */
static size_t find(const struct imap_seqset *set, uint64_t n)
{
	size_t low = 0, high = imap_seqset_n_ranges(set);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (RANGES(set)[middle].last < n)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Appends a range that begins at the last one's first number or above. */
static void append(GArray *ranges, struct imap_range range)
{
	struct imap_range *last;

	if (ranges->len > 0) {
		last = &g_array_index(ranges, struct imap_range,
			ranges->len - 1);
		if (range.first <= (uint64_t)last->last + 1) {
			last->last = MAX(last->last, range.last);
			return;
		}
	}
	g_array_append_val(ranges, range);
}

static void insert(struct imap_seqset *set, struct imap_range range)
{
	/* A range that ends right below is adjacent, so merges too. */
	size_t at = find(set, range.first - (uint64_t)1), end = at;
	size_t n = imap_seqset_n_ranges(set);

	while (end < n && RANGES(set)[end].first <= (uint64_t)range.last + 1)
		end++;
	if (end == at) {
		g_array_insert_val(set->ranges, (guint)at, range);
		return;
	}
	range.first = MIN(range.first, RANGES(set)[at].first);
	range.last = MAX(range.last, RANGES(set)[end - 1].last);
	RANGES(set)[at] = range;
	if (end - at > 1)
		g_array_remove_range(set->ranges, (guint)at + 1,
			(guint)(end - at - 1));
}

void imap_seqset_add_range(struct imap_seqset *set, uint32_t first,
	uint32_t last)
{
	struct imap_range range = { MIN(first, last), MAX(first, last) };
	size_t n = imap_seqset_n_ranges(set);

	if (range.last == 0)
		return;
	range.first = MAX(range.first, 1u);
	if (set->ranges == NULL)
		set->ranges = new_ranges(4);
	if (n == 0 || range.first >= RANGES(set)[n - 1].first)
		append(set->ranges, range);
	else
		insert(set, range);
}

void imap_seqset_add(struct imap_seqset *set, uint32_t n)
{
	imap_seqset_add_range(set, n, n);
}

void imap_seqset_add_set(struct imap_seqset *set,
	const struct imap_seqset *from)
{
	size_t i = 0, j = 0;
	size_t n = imap_seqset_n_ranges(set), m = imap_seqset_n_ranges(from);
	GArray *merged;

	if (m == 0 || set == from)
		return;
	if (n > 0 && RANGES(from)[0].first >= RANGES(set)[n - 1].first) {
		while (j < m)
			append(set->ranges, RANGES(from)[j++]);
		return;
	}
	merged = new_ranges(n + m);
	if (n == 0) {
		g_array_append_vals(merged, from->ranges->data, (guint)m);
		j = m;
	}
	while (i < n || j < m) {
		if (j == m || (i < n &&
			RANGES(set)[i].first <= RANGES(from)[j].first))
			append(merged, RANGES(set)[i++]);
		else
			append(merged, RANGES(from)[j++]);
	}
	imap_seqset_release(set);
	set->ranges = merged;
}

static int compare_ranges(gconstpointer a, gconstpointer b)
{
	const struct imap_range *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

static bool is_sorted(const struct imap_range *ranges, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (ranges[i].first < ranges[i - 1].first)
			return false;
	return true;
}

/* Ranges by their first numbers, into such as are not adjacent. */
static void join(GArray *ranges)
{
	struct imap_range *r = (void *)ranges->data;
	size_t n = 0;

	for (size_t i = 0; i < ranges->len; i++) {
		if (n > 0 && r[i].first <= (uint64_t)r[n - 1].last + 1)
			r[n - 1].last = MAX(r[n - 1].last, r[i].last);
		else
			r[n++] = r[i];
	}
	g_array_set_size(ranges, (guint)n);
}

void imap_seqset_add_unsorted(struct imap_seqset *set, GArray *ranges)
{
	const struct imap_seqset from = { ranges };

	if (!is_sorted((const void *)ranges->data, ranges->len))
		g_array_sort(ranges, compare_ranges);
	join(ranges);
	imap_seqset_add_set(set, &from);
}

void imap_seqset_remove(struct imap_seqset *set, uint32_t n)
{
	size_t at = find(set, n);
	struct imap_range *range, upper;

	if (at == imap_seqset_n_ranges(set) || RANGES(set)[at].first > n)
		return;
	range = &RANGES(set)[at];
	if (range->first == range->last) {
		g_array_remove_index(set->ranges, (guint)at);
	} else if (range->first == n) {
		range->first++;
	} else if (range->last == n) {
		range->last--;
	} else {
		upper = (struct imap_range){ n + 1, range->last };
		range->last = n - 1;
		g_array_insert_val(set->ranges, (guint)at + 1, upper);
	}
}

/* Appends to kept what of the range no range of from, *j_io and on, covers. */
static void keep_difference(GArray *kept, struct imap_range range,
	const struct imap_seqset *from, size_t *j_io)
{
	size_t m = imap_seqset_n_ranges(from);
	uint64_t first = range.first;

	while (*j_io < m && RANGES(from)[*j_io].last < first)
		(*j_io)++;
	for (size_t j = *j_io; j < m && first <= range.last; j++) {
		struct imap_range hole = RANGES(from)[j];

		if (hole.first > range.last)
			break;
		if (hole.first > first)
			append(kept, (struct imap_range){ (uint32_t)first,
				hole.first - 1 });
		first = (uint64_t)hole.last + 1;
		*j_io = j;
	}
	if (first <= range.last)
		append(kept, (struct imap_range){ (uint32_t)first,
			range.last });
}

void imap_seqset_remove_set(struct imap_seqset *set,
	const struct imap_seqset *from)
{
	size_t n = imap_seqset_n_ranges(set), j = 0;
	GArray *kept;

	if (n == 0 || imap_seqset_n_ranges(from) == 0)
		return;
	kept = new_ranges(n);
	for (size_t i = 0; i < n; i++)
		keep_difference(kept, RANGES(set)[i], from, &j);
	imap_seqset_release(set);
	set->ranges = kept;
}

void imap_seqset_intersect(struct imap_seqset *set,
	const struct imap_seqset *other)
{
	size_t n = imap_seqset_n_ranges(set), m = imap_seqset_n_ranges(other);
	GArray *common;

	if (n == 0 || set == other)
		return;
	common = new_ranges(MIN(n, m));
	for (size_t i = 0, j = 0; i < n && j < m;) {
		struct imap_range a = RANGES(set)[i], b = RANGES(other)[j];
		struct imap_range both = { MAX(a.first, b.first),
			MIN(a.last, b.last) };

		if (both.first <= both.last)
			append(common, both);
		if (a.last < b.last)
			i++;
		else
			j++;
	}
	imap_seqset_release(set);
	set->ranges = common;
}

bool imap_seqset_overlaps(const struct imap_seqset *set,
	const struct imap_seqset *other)
{
	size_t n = imap_seqset_n_ranges(set), m = imap_seqset_n_ranges(other);

	for (size_t i = 0, j = 0; i < n && j < m;) {
		struct imap_range a = RANGES(set)[i], b = RANGES(other)[j];

		if (MAX(a.first, b.first) <= MIN(a.last, b.last))
			return true;
		if (a.last < b.last)
			i++;
		else
			j++;
	}
	return false;
}

bool imap_seqset_has(const struct imap_seqset *set, uint32_t n)
{
	size_t at = find(set, n);

	return at < imap_seqset_n_ranges(set) && RANGES(set)[at].first <= n;
}

/* Index of the first range that ends at n or above, looked for from near. */
static size_t find_near(const struct imap_seqset *set, uint32_t n, size_t near)
{
	enum { STEPS = 8 };
	size_t len = imap_seqset_n_ranges(set);

	if (near > len || (near > 0 && RANGES(set)[near - 1].last >= n))
		return find(set, n);
	for (unsigned i = 0; i < STEPS; i++, near++)
		if (near == len || RANGES(set)[near].last >= n)
			return near;
	return find(set, n);
}

bool imap_seqset_has_near(const struct imap_seqset *set, uint32_t n,
	size_t *near_io)
{
	return imap_seqset_meets(set, (struct imap_range){ n, n }, near_io);
}

bool imap_seqset_meets(const struct imap_seqset *set, struct imap_range range,
	size_t *near_io)
{
	*near_io = find_near(set, range.first, *near_io);
	return *near_io < imap_seqset_n_ranges(set) &&
		RANGES(set)[*near_io].first <= range.last;
}

bool imap_seqset_is_empty(const struct imap_seqset *set)
{
	return imap_seqset_n_ranges(set) == 0;
}

bool imap_seqset_equal(const struct imap_seqset *a, const struct imap_seqset *b)
{
	size_t n = imap_seqset_n_ranges(a);

	return n == imap_seqset_n_ranges(b) && (n == 0 ||
		memcmp(RANGES(a), RANGES(b),
			n * sizeof(struct imap_range)) == 0);
}

uint64_t imap_seqset_count(const struct imap_seqset *set)
{
	uint64_t count = 0;

	for (size_t i = 0; i < imap_seqset_n_ranges(set); i++)
		count += (uint64_t)RANGES(set)[i].last + 1 -
			RANGES(set)[i].first;
	return count;
}

uint32_t imap_seqset_min(const struct imap_seqset *set)
{
	return imap_seqset_is_empty(set) ? 0 : RANGES(set)[0].first;
}

uint32_t imap_seqset_max(const struct imap_seqset *set)
{
	size_t n = imap_seqset_n_ranges(set);

	return n == 0 ? 0 : RANGES(set)[n - 1].last;
}

/* seq-number = nz-number / "*" */
static bool parse_number(const char **at_io, uint32_t *n_out)
{
	uint64_t n = 0;
	const char *p = *at_io;

	if (*p == '*') {
		*n_out = UINT32_MAX;
		*at_io = p + 1;
		return true;
	}
	for (; g_ascii_isdigit(*p); p++) {
		n = n * 10 + (uint64_t)(*p - '0');
		if (n > UINT32_MAX)
			return false;
	}
	if (n == 0)
		return false;
	*n_out = (uint32_t)n;
	*at_io = p;
	return true;
}

/*
 * seq-range = seq-number [":" seq-number], and the comma behind it unless it
 * is the last. first and last are in the order as sent.
 */
static bool parse_range(const char **at_io, uint32_t *first_out,
	uint32_t *last_out)
{
	if (!parse_number(at_io, first_out))
		return false;
	*last_out = *first_out;
	if (**at_io == ':') {
		(*at_io)++;
		if (!parse_number(at_io, last_out))
			return false;
	}
	if (**at_io == ',') {
		(*at_io)++;
		return **at_io != '\0';
	}
	return **at_io == '\0';
}

static size_t count_ranges(const char *str)
{
	size_t n = 1;

	while ((str = strchr(str, ',')) != NULL) {
		str++;
		n++;
	}
	return n;
}

bool imap_seqset_parse(struct imap_seqset *set, const char *str)
{
	GArray *ranges = new_ranges(count_ranges(str));
	uint32_t first, last;
	bool ok = *str != '\0';

	imap_seqset_clear(set);
	while (ok && *str != '\0') {
		ok = parse_range(&str, &first, &last);
		if (ok) {
			struct imap_range range = { MIN(first, last),
				MAX(first, last) };
			g_array_append_val(ranges, range);
		}
	}
	if (ok)
		imap_seqset_add_unsorted(set, ranges);
	g_array_unref(ranges);
	return ok;
}

bool imap_seqset_parse_ordered(const char *str, size_t max, GArray *uids_out)
{
	uint32_t first, last;

	if (*str == '\0')
		return false;
	while (*str != '\0') {
		int64_t step;

		if (!parse_range(&str, &first, &last))
			return false;
		/* A range means the same either way round (RFC 9051 section
		 * 9, seq-range), and is then in ascending order. */
		step = (int64_t)MAX(first, last) - MIN(first, last);
		if (uids_out->len > max ||
			(uint64_t)step >= max - uids_out->len)
			return false;
		first = MIN(first, last);
		for (int64_t i = 0; i <= step; i++) {
			uint32_t uid = (uint32_t)(first + i);
			g_array_append_val(uids_out, uid);
		}
	}
	return true;
}

static void append_text(GString *text, struct imap_range range)
{
	g_string_append_printf(text, "%s%" G_GUINT32_FORMAT,
		text->len > 0 ? "," : "", range.first);
	if (range.first != range.last)
		g_string_append_c(text, ':');
	if (range.last == UINT32_MAX && range.first != range.last)
		g_string_append_c(text, '*');
	else if (range.first != range.last)
		g_string_append_printf(text, "%" G_GUINT32_FORMAT, range.last);
}

char *imap_seqset_to_string(const struct imap_seqset *set)
{
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < imap_seqset_n_ranges(set); i++)
		append_text(text, RANGES(set)[i]);
	return g_string_free(text, FALSE);
}

/* Of the range at most n numbers, if they fit; 0: none did. */
static uint64_t take_range(struct imap_seqset *taken, GString *text,
	struct imap_range range, uint64_t n, size_t octets)
{
	if (range.last - range.first >= n)
		range.last = range.first + (uint32_t)(n - 1);
	append_text(text, range);
	if (text->len > octets && !imap_seqset_is_empty(taken))
		return 0;
	imap_seqset_add_range(taken, range.first, range.last);
	return (uint64_t)range.last - range.first + 1;
}

void imap_seqset_take(struct imap_seqset *set, uint64_t n, size_t octets,
	struct imap_seqset *taken_out)
{
	GString *text = g_string_new(NULL);
	size_t i = 0;

	imap_seqset_clear(taken_out);
	while (n > 0 && i < imap_seqset_n_ranges(set)) {
		struct imap_range *range = &RANGES(set)[i];
		uint64_t taken = take_range(taken_out, text, *range, n, octets);

		if (taken == 0)
			break;
		n -= taken;
		if (taken > range->last - range->first)
			i++;
		else
			range->first += (uint32_t)taken;
	}
	g_string_free(text, TRUE);
	if (i > 0)
		g_array_remove_range(set->ranges, 0, (guint)i);
}
