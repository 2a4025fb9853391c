/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/imap/esearch.h"
#include "src/imap/arg.h"
#include "src/imap/parser.h"
#include "src/imap/seqset.h"

/*
 * search-correlator = SP "(" one-correlator *(SP one-correlator) ")"
 * one-correlator    = "TAG" SP tag-string / "MAILBOX" SP astring /
 *                     "UIDVALIDITY" SP nz-number
 */
static bool read_correlator(const struct imap_arg *arg,
	struct imap_esearch *esearch)
{
	for (size_t i = 0; i + 1 < arg->n_items; i += 2) {
		const struct imap_arg *name = &arg->items[i];
		const struct imap_arg *value = &arg->items[i + 1];
		bool ok = true;

		if (imap_arg_is_atom(name, "TAG"))
			ok = imap_arg_get_astring(value, &esearch->tag);
		else if (imap_arg_is_atom(name, "MAILBOX"))
			ok = imap_arg_get_astring(value, &esearch->mailbox);
		else if (imap_arg_is_atom(name, "UIDVALIDITY"))
			ok = imap_arg_get_number(value,
				&esearch->uid_validity);
		if (!ok)
			return false;
	}
	return true;
}

/* "ESEARCH" [search-correlator] [SP "UID"] *(SP search-return-data) */
bool imap_esearch_from_response(const struct imap_response *response,
	struct imap_esearch *esearch_out)
{
	const struct imap_arg *args = response->args;
	size_t i = 0, n = response->n_args;
	const char *name;

	*esearch_out = (struct imap_esearch){ 0 };
	if (response->kind != IMAP_RESPONSE_DATA ||
		strcmp(response->name, "ESEARCH") != 0)
		return false;
	if (i < n && args[i].type == IMAP_ARG_LIST &&
		!read_correlator(&args[i++], esearch_out))
		return false;
	if (i < n && imap_arg_is_atom(&args[i], "UID")) {
		esearch_out->is_uid = true;
		i++;
	}
	esearch_out->n_items = n - i;
	if (i < n)
		esearch_out->items = &args[i];
	for (; i < n; i += 2)
		if (!imap_arg_get_atom(&args[i], &name))
			return false;
	return i == n;
}

const struct imap_arg *imap_esearch_find(const struct imap_esearch *esearch,
	const char *name)
{
	for (size_t i = 0; i + 1 < esearch->n_items; i += 2)
		if (imap_arg_is_atom(&esearch->items[i], name))
			return &esearch->items[i + 1];
	return NULL;
}

static bool add_pairs(const struct imap_arg *list, struct imap_seqset *set)
{
	struct imap_seqset one;
	const char *text;
	bool ok = list->type == IMAP_ARG_LIST && list->n_items % 2 == 0;

	imap_seqset_init(&one);
	for (size_t i = 1; ok && i < list->n_items; i += 2) {
		ok = imap_arg_get_astring(&list->items[i], &text) &&
			imap_seqset_parse(&one, text);
		imap_seqset_add_set(set, &one);
	}
	imap_seqset_release(&one);
	return ok;
}

bool imap_esearch_changes(const struct imap_esearch *esearch, const char *name,
	struct imap_seqset *set)
{
	for (size_t i = 0; i + 1 < esearch->n_items; i += 2)
		if (imap_arg_is_atom(&esearch->items[i], name) &&
			!add_pairs(&esearch->items[i + 1], set))
			return false;
	return true;
}
