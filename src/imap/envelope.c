/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/imap/envelope.h"
#include "src/base/arena.h"
#include "src/imap/arg.h"

/* An nstring's copy; NULL for NIL, and for what is none. */
static const char *copy_nstring(const struct imap_arg *arg, struct arena *arena)
{
	const char *str;

	if (!imap_arg_get_nstring(arg, &str))
		return NULL;
	return arena_strdup(arena, str);
}

/* address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")" */
static bool get_address(const struct imap_arg *arg, struct arena *arena,
	struct imap_address *address_out)
{
	const struct imap_arg *items;
	size_t n;

	if (!imap_arg_get_list(arg, &items, &n) || n < 4)
		return false;
	address_out->name = copy_nstring(&items[0], arena);
	address_out->mailbox = copy_nstring(&items[2], arena);
	address_out->host = copy_nstring(&items[3], arena);
	return true;
}

static void get_addresses(const struct imap_arg *arg, struct arena *arena,
	struct imap_addresses *addresses_out)
{
	const struct imap_arg *items;
	struct imap_address *addresses;
	size_t n;

	if (!imap_arg_get_list(arg, &items, &n) || n == 0)
		return;
	addresses = arena_new_array(arena, struct imap_address, n);
	for (size_t i = 0; i < n; i++)
		if (get_address(&items[i], arena,
			&addresses[addresses_out->n]))
			addresses_out->n++;
	addresses_out->items = addresses;
}

/*
 * envelope = "(" env-date SP env-subject SP env-from SP env-sender SP
 *            env-reply-to SP env-to SP env-cc SP env-bcc SP
 *            env-in-reply-to SP env-message-id ")"
 */
bool imap_envelope_from_arg(const struct imap_arg *arg, struct arena *arena,
	struct imap_envelope *envelope_out)
{
	struct imap_envelope *e = envelope_out;
	const char **const strings[10] = { &e->date, &e->subject, NULL, NULL,
		NULL, NULL, NULL, NULL, &e->in_reply_to, &e->message_id };
	struct imap_addresses *const addresses[10] = { NULL, NULL, &e->from,
		&e->sender, &e->reply_to, &e->to, &e->cc, &e->bcc, NULL, NULL };
	const struct imap_arg *items;
	size_t n;

	*e = (struct imap_envelope){ 0 };
	if (!imap_arg_get_list(arg, &items, &n))
		return false;
	for (size_t i = 0; i < MIN(n, 10u); i++) {
		if (strings[i] != NULL)
			*strings[i] = copy_nstring(&items[i], arena);
		else
			get_addresses(&items[i], arena, addresses[i]);
	}
	return true;
}
