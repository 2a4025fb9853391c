/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/imap/uidbatches.h"
#include "src/imap/parser.h"

/* nz-number, behind which *at_io is left; 0: there is none. */
static uint32_t take_number(const char **at_io)
{
	char *end;
	guint64 n;

	if (!g_ascii_isdigit(**at_io))
		return 0;
	n = g_ascii_strtoull(*at_io, &end, 10);
	*at_io = end;
	return n <= UINT32_MAX ? (uint32_t)n : 0;
}

/* "215295:99695,99696:20351": each from the higher or the lower end */
static bool read_ranges(const char *at, GArray *ranges)
{
	while (ranges->len < IMAP_UIDBATCHES_MAX) {
		uint32_t a = take_number(&at), b = a;
		struct imap_range range;

		if (*at == ':') {
			at++;
			b = take_number(&at);
		}
		if (a == 0 || b == 0)
			return false;
		range = (struct imap_range){ MIN(a, b), MAX(a, b) };
		g_array_append_val(ranges, range);
		if (*at == '\0')
			return true;
		if (*at++ != ',')
			return false;
	}
	return false;
}

/* "UIDBATCHES" "(" "TAG" SP string ")" [SP uid-range *("," uid-range)] */
bool imap_uidbatches_from_response(const struct imap_response *response,
	struct imap_uidbatches *batches_out)
{
	const struct imap_arg *args = response->args, *items;
	const char *set;
	size_t n;
	bool ok;

	*batches_out = (struct imap_uidbatches){ 0 };
	if (response->kind != IMAP_RESPONSE_DATA ||
		strcmp(response->name, "UIDBATCHES") != 0 ||
		response->n_args < 1 || response->n_args > 2 ||
		!imap_arg_get_list(&args[0], &items, &n) || n != 2 ||
		!imap_arg_is_atom(&items[0], "TAG") ||
		!imap_arg_get_astring(&items[1], &batches_out->tag))
		return false;
	batches_out->ranges = g_array_new(FALSE, FALSE,
		sizeof(struct imap_range));
	ok = response->n_args == 1 || (imap_arg_get_atom(&args[1], &set) &&
		read_ranges(set, batches_out->ranges));
	if (!ok)
		g_clear_pointer(&batches_out->ranges, g_array_unref);
	return ok;
}
