/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FETCH and SEARCH ALL of a mailbox that never changes. */
#include "src/base/base.h"
#include "tests/imap/world-priv.h"
#include "src/imap/seqset.h"
#include "tests/imap/frame.h"

#include <stdlib.h>

uint32_t mailbox_uid(const struct mailbox *mailbox, guint pos)
{
	return g_array_index(mailbox->uids, uint32_t, pos);
}

/* --- which ---------------------------------------------------------------- */

/* "*" is the last one, also where the other end is above it. */
static void parse_set(struct imap_seqset *set, const char *text, uint32_t last)
{
	char **ranges = g_strsplit(text, ",", -1);

	for (char **range = ranges; *range != NULL; range++) {
		const char *colon = strchr(*range, ':');
		uint32_t a = **range == '*' ? last :
			(uint32_t)strtoul(*range, NULL, 10);
		uint32_t b = colon == NULL ? a : colon[1] == '*' ? last :
			(uint32_t)strtoul(colon + 1, NULL, 10);

		if (MIN(a, b) > 0)
			imap_seqset_add_range(set, MIN(a, b), MAX(a, b));
	}
	g_strfreev(ranges);
}

static char *word(const char **at)
{
	const char *end = frame_skip(*at);
	char *text = g_strndup(*at, (gsize)(end - *at));

	*at = end + strspn(end, " ");
	return text;
}

/* --- FETCH ---------------------------------------------------------------- */

static void put_octets(GString *out, const char *octets, size_t len)
{
	g_string_append_printf(out, "{%zu}\r\n", len);
	g_string_append_len(out, octets, (gssize)len);
}

/* "BODY.PEEK[2]<0.65536>": as much of it as the server ever told. */
static void put_section(const struct guest *guest, GString *out, uint32_t uid,
	const char *item)
{
	char **names = g_strsplit(item, ".PEEK", 2);
	char *name = g_strjoinv("", names);
	char *partial = strchr(name, '<');
	size_t origin = 0, size = SIZE_MAX;
	const GString *all;

	if (partial != NULL) {
		char *end;

		origin = strtoul(partial + 1, &end, 10);
		size = *end == '.' ? strtoul(end + 1, NULL, 10) : size;
		*partial = '\0';
	}
	all = record_item(guest->world->record, uid, name);
	if (record_is_whole(guest->world->record, uid, name)) {
		partial = NULL;
		origin = 0;
		size = SIZE_MAX;
	}
	if (all != NULL) {
		g_string_append_printf(out, " %s", name);
		if (partial != NULL)
			g_string_append_printf(out, "<%zu>", origin);
		g_string_append_c(out, ' ');
		origin = MIN(origin, all->len);
		put_octets(out, all->str + origin,
			MIN(size, all->len - origin));
	}
	g_free(name);
	g_strfreev(names);
}

static void put_item(const struct guest *guest, GString *out, uint32_t uid,
	const char *item)
{
	const struct mailbox *mailbox = guest->mailbox;
	const GString *value;

	if (strcmp(item, "FLAGS") == 0) {
		const char *flags = g_hash_table_lookup(mailbox->flags,
			GUINT_TO_POINTER(uid));

		g_string_append_printf(out, " FLAGS (%s)",
			flags != NULL && *flags != '\0' ? flags + 1 : "");
	} else if (strcmp(item, "MODSEQ") == 0) {
		g_string_append_printf(out, " MODSEQ (%" G_GUINT64_FORMAT ")",
			mailbox->mod_seq);
	} else if (g_str_has_prefix(item, "BODY.PEEK[") ||
		g_str_has_prefix(item, "BODY[") ||
		g_str_has_prefix(item, "BINARY.PEEK[")) {
		put_section(guest, out, uid, item);
	} else if (strcmp(item, "UID") != 0) {
		value = record_item(guest->world->record, uid, item);
		if (value != NULL)
			g_string_append_printf(out, " %s %s", item,
				value->str);
	}
}

static void put_message(struct guest *guest, guint pos, const char *items)
{
	GString *out = guest->out;
	uint32_t uid = mailbox_uid(guest->mailbox, pos);
	const char *at = items + (items[0] == '(' ? 1 : 0);

	g_string_append_printf(out, "* %u %s (UID %u",
		guest->is_uid_only ? uid : pos + 1,
		guest->is_uid_only ? "UIDFETCH" : "FETCH", uid);
	while (*at != ')' && *at != '\0') {
		char *item = word(&at);

		/* PREVIEW (LAZY) */
		if (item[0] != '(')
			put_item(guest, out, uid, item);
		g_free(item);
	}
	g_string_append(out, ")\r\n");
}

/* "(PARTIAL -1:-100)": the rows of these that it means. */
static void cut_partial(const char *modifiers, GArray *rows)
{
	const char *partial = strstr(modifiers, "PARTIAL ");
	char *end;
	long a, b;

	if (partial == NULL)
		return;
	a = strtol(partial + strlen("PARTIAL "), &end, 10);
	b = strtol(end + 1, NULL, 10);
	a = a < 0 ? (long)rows->len + a : a - 1;
	b = b < 0 ? (long)rows->len + b : b - 1;
	for (guint i = rows->len; i > 0; i--)
		if ((long)i - 1 < MIN(a, b) || (long)i - 1 > MAX(a, b))
			g_array_remove_index(rows, i - 1);
}

static GArray *rows_in(const struct mailbox *mailbox, const char *text,
	bool by_uid)
{
	GArray *rows = g_array_new(FALSE, FALSE, sizeof(guint));
	guint n = mailbox->uids->len;
	struct imap_seqset set;

	imap_seqset_init(&set);
	parse_set(&set, text, !by_uid ? n :
		n > 0 ? mailbox_uid(mailbox, n - 1) : 0);
	for (guint pos = 0; pos < n; pos++)
		if (imap_seqset_has(&set, by_uid ? mailbox_uid(mailbox, pos) :
			pos + 1))
			g_array_append_val(rows, pos);
	imap_seqset_release(&set);
	return rows;
}

void world_fetch(struct guest *guest, const char *args, bool by_uid)
{
	char *set = word(&args), *items = word(&args);
	GArray *rows = rows_in(guest->mailbox, set, by_uid);

	cut_partial(args, rows);
	for (guint i = 0; i < rows->len; i++)
		put_message(guest, g_array_index(rows, guint, i), items);
	g_array_unref(rows);
	g_free(items);
	g_free(set);
}

void world_tell_flags(struct guest *guest, guint pos)
{
	put_message(guest, pos, "(FLAGS MODSEQ)");
}

/* --- SEARCH --------------------------------------------------------------- */

static char *all_found(const struct mailbox *mailbox, bool by_uid)
{
	struct imap_seqset set;
	char *text;

	imap_seqset_init(&set);
	for (guint pos = 0; pos < mailbox->uids->len; pos++)
		imap_seqset_add(&set, by_uid ? mailbox_uid(mailbox, pos) :
			pos + 1);
	text = imap_seqset_to_string(&set);
	imap_seqset_release(&set);
	return text;
}

static void put_search(GString *out, const struct mailbox *mailbox, bool by_uid)
{
	g_string_append(out, "* SEARCH");
	for (guint pos = 0; pos < mailbox->uids->len; pos++)
		g_string_append_printf(out, " %u", by_uid ?
			mailbox_uid(mailbox, pos) : pos + 1);
	g_string_append(out, "\r\n");
}

void world_search(struct guest *guest, const char *args, bool by_uid)
{
	const struct mailbox *mailbox = guest->mailbox;
	guint n = mailbox->uids->len;
	char *all = all_found(mailbox, by_uid);

	if (!g_str_has_prefix(args, "RETURN (")) {
		put_search(guest->out, mailbox, by_uid);
	} else {
		g_string_append_printf(guest->out,
			"* ESEARCH (TAG \"%s\")%s COUNT %u", guest->tag,
			by_uid ? " UID" : "", n);
		if (n > 0)
			g_string_append_printf(guest->out, " ALL %s", all);
		g_string_append(guest->out, "\r\n");
	}
	g_free(all);
}
