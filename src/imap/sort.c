/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/imap/sort.h"
#include "src/imap/arg.h"
#include "src/imap/esearch.h"
#include "src/imap/parser.h"
#include "src/imap/seqset.h"

/* sort-data = "SORT" *(SP nz-number), with CONDSTORE a list behind it */
static bool read_sort(const struct imap_response *response, size_t max,
	struct imap_sort *sort)
{
	for (size_t i = 0; i < response->n_args; i++) {
		uint32_t number;

		if (response->args[i].type == IMAP_ARG_LIST)
			continue;
		if (sort->numbers->len >= max ||
			!imap_arg_get_number(&response->args[i], &number) ||
			number == 0)
			return false;
		g_array_append_val(sort->numbers, number);
	}
	return true;
}

static bool append_ordered(const struct imap_arg *arg, size_t max,
	GArray *numbers)
{
	const char *set;

	return imap_arg_get_astring(arg, &set) &&
		imap_seqset_parse_ordered(set, max, numbers);
}

/* "PARTIAL" SP "(" range SP (sequence-set / "NIL") ")" */
static bool read_partial(const struct imap_arg *arg, size_t max,
	struct imap_sort *sort)
{
	sort->is_partial = true;
	if (arg->type != IMAP_ARG_LIST || arg->n_items != 2)
		return false;
	return imap_arg_is_nil(&arg->items[1]) ||
		append_ordered(&arg->items[1], max, sort->numbers);
}

static bool read_esearch(const struct imap_response *response, size_t max,
	struct imap_sort *sort)
{
	struct imap_esearch esearch;
	const struct imap_arg *all, *partial;

	if (!imap_esearch_from_response(response, &esearch))
		return false;
	sort->tag = esearch.tag;
	all = imap_esearch_find(&esearch, "ALL");
	partial = imap_esearch_find(&esearch, "PARTIAL");
	if (all != NULL && !append_ordered(all, max, sort->numbers))
		return false;
	return partial == NULL || read_partial(partial, max, sort);
}

bool imap_sort_from_response(const struct imap_response *response, size_t max,
	struct imap_sort *sort)
{
	sort->tag = NULL;
	sort->is_partial = false;
	if (response->kind != IMAP_RESPONSE_DATA)
		return false;
	if (strcmp(response->name, "SORT") == 0)
		return read_sort(response, max, sort);
	return read_esearch(response, max, sort);
}
