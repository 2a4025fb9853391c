/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/imap/metadata.h"
#include "src/base/arena.h"
#include "src/imap/arg.h"
#include "src/imap/list.h"
#include "src/imap/parser.h"

/* Of one response; what is beyond is not shown. */
enum { ENTRIES_MAX = 10 * 1000 };

/* value = nstring / literal8 */
static bool get_value(const struct imap_arg *arg,
	struct imap_metadata_entry *entry)
{
	if (!imap_arg_get_nstring(arg, &entry->value))
		return false;
	entry->len = entry->value != NULL ? (size_t)arg->len : 0;
	return true;
}

/* entry-values = "(" entry-value *(SP entry-value) ")" */
static void get_values(const struct imap_arg *items, size_t n,
	struct arena *arena, struct imap_metadata *metadata)
{
	struct imap_metadata_entry *entries;

	n = MIN(n / 2, (size_t)ENTRIES_MAX);
	entries = arena_new_array(arena, struct imap_metadata_entry, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct imap_metadata_entry *entry =
			&entries[metadata->n_entries];

		if (imap_arg_get_astring(&items[2 * i], &entry->name) &&
			get_value(&items[2 * i + 1], entry))
			metadata->n_entries++;
	}
	metadata->entries = entries;
}

/* entry-list = entry *(SP entry) */
static void get_names(const struct imap_arg *items, size_t n,
	struct arena *arena, struct imap_metadata *metadata)
{
	struct imap_metadata_entry *entries;

	n = MIN(n, (size_t)ENTRIES_MAX);
	entries = arena_new_array(arena, struct imap_metadata_entry, n + 1);
	for (size_t i = 0; i < n; i++)
		if (imap_arg_get_astring(&items[i],
			&entries[metadata->n_entries].name))
			metadata->n_entries++;
	metadata->entries = entries;
}

/* metadata-resp = "METADATA" SP mailbox SP (entry-values / entry-list) */
bool imap_metadata_from_response(const struct imap_response *response,
	bool utf8, struct arena *arena, struct imap_metadata *metadata_out)
{
	const struct imap_arg *args = response->args, *items;
	size_t n;

	*metadata_out = (struct imap_metadata){ 0 };
	if (response->n_args < 2)
		return false;
	metadata_out->mailbox = imap_mailbox_from_arg(&args[0], utf8, arena);
	metadata_out->has_values = args[1].type == IMAP_ARG_LIST &&
		imap_arg_get_list(&args[1], &items, &n);
	if (metadata_out->has_values)
		get_values(items, n, arena, metadata_out);
	else
		get_names(&args[1], response->n_args - 1, arena, metadata_out);
	return metadata_out->mailbox != NULL;
}

enum imap_metadata_code imap_metadata_code_from_args(
	const struct imap_arg *args, size_t n, uint64_t *size_out)
{
	static const struct {
		const char *name;
		enum imap_metadata_code code;
	} codes[] = {
		{ "LONGENTRIES", IMAP_METADATA_LONG_ENTRIES },
		{ "MAXSIZE", IMAP_METADATA_MAX_SIZE },
		{ "TOOMANY", IMAP_METADATA_TOO_MANY },
		{ "NOPRIVATE", IMAP_METADATA_NO_PRIVATE },
	};

	*size_out = 0;
	for (size_t i = 0; n > 0 && i < G_N_ELEMENTS(codes); i++) {
		if (!imap_arg_is_atom(&args[0], codes[i].name))
			continue;
		if (n > 1 && !imap_arg_get_number64(&args[1], size_out))
			*size_out = 0;
		return codes[i].code;
	}
	return IMAP_METADATA_NONE;
}
