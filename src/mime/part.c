/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which parts of a message are shown, and which of those are text to read. */
#include "src/base/base.h"
#include "src/mime/text.h"

#include "src/imap/bodystructure.h"

/* What a sender with nothing to say puts there: a line end or none. */
enum { EMPTY_TEXT_MAX = 2 };

/* text/ that is made for programs. */
static const char *const unreadable_text[] = {
	"calendar", "css", "directory", "javascript", "rtf", "vcard",
	"x-vcalendar", "x-vcard", "x-amp-html",
};

/* Not text/, but made to be read. */
static const char *const readable_message[] = {
	"delivery-status", "disposition-notification", "feedback-report",
	"global-delivery-status", "global-headers",
};

static bool is_one_of(const char *word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (g_strcmp0(word, words[i]) == 0)
			return true;
	return false;
}

static bool is_type(const struct imap_body *body, const char *type)
{
	return g_strcmp0(body->type, type) == 0;
}

static bool is_subtype(const struct imap_body *body, const char *subtype)
{
	return g_strcmp0(body->subtype, subtype) == 0;
}

static bool is_attachment(const struct imap_body *body)
{
	return g_strcmp0(body->disposition, "attachment") == 0;
}

bool mime_part_is_text(const struct imap_body *body)
{
	if (is_attachment(body))
		return false;
	if (is_type(body, "message"))
		return is_one_of(body->subtype, readable_message,
			G_N_ELEMENTS(readable_message));
	return is_type(body, "text") && !is_one_of(body->subtype,
		unreadable_text, G_N_ELEMENTS(unreadable_text));
}

/* The part that stands for a multipart/related: "start", else the first. */
static const struct imap_body *related_root(const struct imap_body *body)
{
	const char *start = NULL;

	for (size_t i = 0; i < body->n_params; i++)
		if (g_ascii_strcasecmp(body->params[i].name, "start") == 0)
			start = body->params[i].value;
	for (size_t i = 0; start != NULL && i < body->n_children; i++)
		if (g_strcmp0(body->children[i]->id, start) == 0)
			return body->children[i];
	return body->children[0];
}

/* The first text that would be read here; NULL if there is none. */
static const struct imap_body *first_text(const struct imap_body *body,
	unsigned depth)
{
	const struct imap_body *text = NULL;

	if (depth > IMAP_BODY_DEPTH_MAX || body->envelope != NULL)
		return NULL;
	if (body->n_children == 0)
		return mime_part_is_text(body) && body->size > EMPTY_TEXT_MAX ?
			body : NULL;
	if (is_subtype(body, "related"))
		return first_text(related_root(body), depth + 1);
	for (size_t i = 0; text == NULL && i < body->n_children; i++)
		text = first_text(body->children[i], depth + 1);
	return text;
}

/* How much an alternative is wanted; 0: there is nothing to read. */
static int rank(const struct imap_body *alternative, unsigned depth)
{
	const struct imap_body *text = first_text(alternative, depth);

	if (text == NULL)
		return 0;
	if (!is_type(text, "text"))
		return 1;
	if (is_subtype(text, "plain"))
		return 4;
	return is_subtype(text, "html") ? 3 : 2;
}

/* The best; of equals the last, which is the richest (RFC 2046 5.1.4). */
static const struct imap_body *choose(const struct imap_body *body, unsigned depth)
{
	const struct imap_body *best = NULL;
	int best_rank = 0;

	for (size_t i = 0; i < body->n_children; i++) {
		int child_rank = rank(body->children[i], depth + 1);

		if (child_rank == 0 || child_rank < best_rank)
			continue;
		best = body->children[i];
		best_rank = child_rank;
	}
	return best;
}

/* Something of its own, not another form of the text nor a picture in it. */
static bool is_extra(const struct imap_body *leaf)
{
	if (is_type(leaf, "image") && leaf->id != NULL)
		return false;
	if (is_attachment(leaf) || is_type(leaf, "application"))
		return true;
	return is_type(leaf, "text") && !mime_part_is_text(leaf) &&
		!is_subtype(leaf, "x-amp-html");
}

/* What is attached within a part that is not shown itself. */
static void add_extras(GPtrArray *parts, const struct imap_body *body,
	unsigned depth)
{
	if (depth > IMAP_BODY_DEPTH_MAX)
		return;
	if (body->n_children == 0 || body->envelope != NULL) {
		if (is_extra(body) || body->envelope != NULL)
			g_ptr_array_add(parts, (void *)body);
		return;
	}
	for (size_t i = 0; i < body->n_children; i++)
		add_extras(parts, body->children[i], depth + 1);
}

static void add_parts(GPtrArray *parts, const struct imap_body *body,
	unsigned depth);

/* One child as it is, of the others what is attached. */
static void add_chosen(GPtrArray *parts, const struct imap_body *body,
	const struct imap_body *chosen, unsigned depth)
{
	add_parts(parts, chosen, depth + 1);
	for (size_t i = 0; i < body->n_children; i++)
		if (body->children[i] != chosen)
			add_extras(parts, body->children[i], depth + 1);
}

static void add_alternative(GPtrArray *parts, const struct imap_body *body,
	unsigned depth)
{
	const struct imap_body *chosen = choose(body, depth);

	if (chosen == NULL) /* nothing to read: the last, by its name */
		chosen = body->children[body->n_children - 1];
	add_chosen(parts, body, chosen, depth);
}

/* The depth is bounded by the reader of the body structure too. */
static void add_parts(GPtrArray *parts, const struct imap_body *body,
	unsigned depth)
{
	bool is_multipart = is_type(body, "multipart");

	if (depth > IMAP_BODY_DEPTH_MAX || (is_multipart && body->n_children == 0))
		return;
	if (body->envelope != NULL && body->n_children > 0) {
		add_parts(parts, body->children[0], depth + 1);
		return;
	}
	if (!is_multipart) {
		g_ptr_array_add(parts, (void *)body);
		return;
	}
	if (is_subtype(body, "alternative")) {
		add_alternative(parts, body, depth);
		return;
	}
	if (is_subtype(body, "related")) {
		add_chosen(parts, body, related_root(body), depth);
		return;
	}
	for (size_t i = 0; i < body->n_children; i++)
		add_parts(parts, body->children[i], depth + 1);
}

GPtrArray *mime_parts_to_show(const struct imap_body *root)
{
	GPtrArray *parts = g_ptr_array_new();

	add_parts(parts, root, 0);
	return parts;
}

char *mime_size_format(uint64_t octets)
{
	static const char units[] = "KMGTPE";
	uint64_t tenths;
	size_t unit = 0;

	if (octets < 1000)
		return g_strdup_printf("%" G_GUINT64_FORMAT, octets);
	/* Rounded up to tenths of a K, then unit by unit. */
	tenths = octets / 1024 * 10 + (octets % 1024 * 10 + 1023) / 1024;
	while (tenths >= 9995) {
		tenths = (tenths + 512) / 1024;
		unit++;
	}
	if (tenths < 100 && tenths % 10 != 0)
		return g_strdup_printf("%d.%d%c", (int)(tenths / 10),
			(int)(tenths % 10), units[unit]);
	return g_strdup_printf("%d%c", (int)((tenths + 5) / 10), units[unit]);
}
