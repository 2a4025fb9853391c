/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/imap/search.h"
#include "src/imap/arg.h"
#include "src/imap/esearch.h"
#include "src/imap/parser.h"

enum { COPYUID_MAX = 4 << 20 }; /* more than any command of ours can name */

void imap_search_init(struct imap_search *search)
{
	*search = (struct imap_search){ 0 };
	imap_seqset_init(&search->all);
}

void imap_search_release(struct imap_search *search)
{
	imap_seqset_release(&search->all);
}

/* "(" "MODSEQ" SP mod-sequence-value ")" behind the numbers (RFC 7162) */
static bool read_list(const struct imap_arg *arg, struct imap_search *search)
{
	return arg->n_items != 2 ||
		!imap_arg_is_atom(&arg->items[0], "MODSEQ") ||
		imap_arg_get_number64(&arg->items[1], &search->mod_seq);
}

/* "SEARCH" *(SP nz-number) [SP search-sort-mod-seq] */
static bool read_search(const struct imap_response *response,
	struct imap_search *search)
{
	GArray *ranges = g_array_sized_new(FALSE, FALSE,
		sizeof(struct imap_range), (guint)response->n_args);
	bool ok = true;

	for (size_t i = 0; i < response->n_args && ok; i++) {
		const struct imap_arg *arg = &response->args[i];
		struct imap_range range;

		if (arg->type == IMAP_ARG_LIST) {
			ok = read_list(arg, search);
			continue;
		}
		ok = imap_arg_get_number(arg, &range.first) && range.first > 0;
		range.last = range.first;
		if (ok)
			g_array_append_val(ranges, range);
	}
	if (ok)
		imap_seqset_add_unsorted(&search->all, ranges);
	g_array_unref(ranges);
	return ok;
}

/* search-return-data: a name with its value; unknown ones are skipped. */
static bool read_return(struct imap_search *search, const char *name,
	const struct imap_arg *value)
{
	const char *set;

	if (g_ascii_strcasecmp(name, "ALL") == 0)
		return imap_arg_get_astring(value, &set) &&
			imap_seqset_parse(&search->all, set);
	if (g_ascii_strcasecmp(name, "MIN") == 0)
		return search->has_min = imap_arg_get_number(value,
			&search->min);
	if (g_ascii_strcasecmp(name, "MAX") == 0)
		return search->has_max = imap_arg_get_number(value,
			&search->max);
	if (g_ascii_strcasecmp(name, "COUNT") == 0)
		return search->has_count =
			imap_arg_get_number(value, &search->count);
	if (g_ascii_strcasecmp(name, "MODSEQ") == 0)
		return imap_arg_get_number64(value, &search->mod_seq);
	return true;
}

static bool read_esearch(const struct imap_response *response,
	struct imap_search *search)
{
	struct imap_esearch esearch;

	if (!imap_esearch_from_response(response, &esearch))
		return false;
	search->tag = esearch.tag;
	search->is_uid = esearch.is_uid;
	for (size_t i = 0; i < esearch.n_items; i += 2)
		if (!read_return(search, esearch.items[i].str,
			&esearch.items[i + 1]))
			return false;
	return true;
}

bool imap_search_from_response(const struct imap_response *response,
	struct imap_search *search_out)
{
	imap_seqset_clear(&search_out->all);
	*search_out = (struct imap_search){ .all = search_out->all };
	if (strcmp(response->name, "ESEARCH") == 0)
		return read_esearch(response, search_out);
	return read_search(response, search_out);
}

static bool read_uids(const struct imap_arg *arg, GArray **uids_out)
{
	const char *set;

	*uids_out = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	return imap_arg_get_atom(arg, &set) &&
		imap_seqset_parse_ordered(set, COPYUID_MAX, *uids_out);
}

/*
 * resp-code-copy = "COPYUID" SP nz-number SP uid-set SP uid-set
 * resp-code-apnd = "APPENDUID" SP nz-number SP append-uid
 */
bool imap_copyuid_from_args(const struct imap_arg *args, size_t n,
	struct imap_copyuid *copyuid_out)
{
	bool ok;

	*copyuid_out = (struct imap_copyuid){ 0 };
	if (n < 2 || n > 3 ||
		!imap_arg_get_number(&args[0], &copyuid_out->uid_validity))
		return false;
	ok = read_uids(&args[n - 1], &copyuid_out->to);
	if (n == 3)
		ok = read_uids(&args[1], &copyuid_out->from) && ok &&
			copyuid_out->from->len == copyuid_out->to->len;
	else
		copyuid_out->from = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	if (!ok)
		imap_copyuid_release(copyuid_out);
	return ok;
}

void imap_copyuid_release(struct imap_copyuid *copyuid)
{
	g_clear_pointer(&copyuid->from, g_array_unref);
	g_clear_pointer(&copyuid->to, g_array_unref);
}
