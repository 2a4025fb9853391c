/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A part removed from a message: the message is fetched, the part's octets are
 * cut out, and what is left takes the message's place.
 */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/mail/append.h"
#include "src/mail/catenate.h"
#include "src/mail/mailbox.h"
#include "src/mail/message.h"
#include "src/mime/cut.h"

/* It is held in memory. */
enum { MESSAGE_MAX = 256 * 1024 * 1024 };
/* A section's URL takes some hundred octets itself. */
enum { SECTION_MIN = 1024 };

struct removal {
	struct mailbox *mailbox; /* a reference */
	uint32_t uid;
	char *section;
	GByteArray *octets;
	bool is_too_big;
	append_done_fn *done;
	void *data;
};

static void removal_free(struct removal *removal)
{
	mailbox_unref(&removal->mailbox);
	g_byte_array_unref(removal->octets);
	g_free(removal->section);
	g_free(removal);
}

static void fail(struct removal *removal, const GError *error)
{
	removal->done(0, error, removal->data);
	removal_free(removal);
}

static void refuse(struct removal *removal, const char *why)
{
	GError *error = g_error_new(MAIL_ERROR, MAIL_ERROR_NOT_FOUND,
		"part %s cannot be removed: %s", removal->section, why);

	fail(removal, error);
	g_error_free(error);
}

/* --- third: what is left --------------------------------------------------- */

/* The octets from..to, instead of which the note is. */
struct cut {
	size_t from, to;
	char *note;
	struct catenate *catenate;
};

static GBytes *without_part(const GByteArray *octets, const struct cut *cut)
{
	GByteArray *left = g_byte_array_new();

	g_byte_array_append(left, octets->data, (guint)cut->from);
	g_byte_array_append(left, (const guint8 *)cut->note,
		(guint)strlen(cut->note));
	g_byte_array_append(left, octets->data + cut->to,
		(guint)(octets->len - cut->to));
	return g_byte_array_free_to_bytes(left);
}

/* The server has it, and need not be sent it. */
static void on_other(const struct imap_body *body, size_t from, size_t to,
	void *data)
{
	struct cut *cut = data;
	bool is_before = to <= cut->from;

	if (to - from < SECTION_MIN || (!is_before && from < cut->to))
		return;
	if (!is_before)
		from = from - cut->to + cut->from + strlen(cut->note);
	catenate_add(cut->catenate, body->section, from, body->size);
}

static void replace(struct removal *removal, const struct imap_body *root,
	struct cut *cut)
{
	const GByteArray *octets = removal->octets;
	GBytes *left = without_part(octets, cut);

	cut->catenate = catenate_new(left);
	mime_cut_each_body((const char *)octets->data, octets->len, root,
		on_other, cut);
	if (!catenate_has_sections(cut->catenate))
		catenate_free(&cut->catenate);
	action_replace_octets(removal->mailbox, removal->uid, left,
		cut->catenate, removal->done, removal->data);
	g_bytes_unref(left);
}

static void on_structure(const struct imap_body *root, const GError *error,
	void *data)
{
	struct removal *removal = data;
	const struct imap_body *body = error != NULL ? NULL :
		imap_body_find(root, removal->section);
	struct cut cut = { 0 };

	if (error != NULL) {
		fail(removal, error);
	} else if (body == NULL || !mime_cut_find(
		(const char *)removal->octets->data, removal->octets->len, body,
		&cut.from, &cut.to)) {
		refuse(removal, "the message is not as the server described "
			"it");
	} else {
		cut.note = mime_cut_note(body,
			g_get_real_time() / G_USEC_PER_SEC);
		replace(removal, root, &cut);
		g_free(cut.note);
		removal_free(removal);
	}
}

/* --- second: its octets ---------------------------------------------------- */

static void on_octets(const char *octets, size_t len, void *data)
{
	struct removal *removal = data;

	removal->is_too_big = removal->is_too_big ||
		len > MESSAGE_MAX - removal->octets->len;
	if (!removal->is_too_big)
		g_byte_array_append(removal->octets, (const guint8 *)octets,
			(guint)len);
}

static void on_fetched(uint64_t octets, const GError *error, void *data)
{
	struct removal *removal = data;

	(void)octets;
	if (error != NULL)
		fail(removal, error);
	else if (removal->is_too_big)
		refuse(removal, "the message is too big");
	else
		message_fetch_body(removal->mailbox, removal->uid,
			on_structure, removal);
}

/* --- first: whether it may be ---------------------------------------------- */

static void on_body(const struct imap_body *root, const GError *error,
	void *data)
{
	struct removal *removal = data;
	const struct imap_body *body = error != NULL ? NULL :
		imap_body_find(root, removal->section);
	const char *why = body == NULL ? "there is no such part" :
		mime_cut_refusal(body);

	if (error != NULL)
		fail(removal, error);
	else if (why != NULL)
		refuse(removal, why);
	else
		message_fetch_raw(removal->mailbox, removal->uid, on_octets,
			on_fetched, removal);
}

void action_delete_part(struct mailbox *mailbox, uint32_t uid,
	const char *section, append_done_fn *done, void *data)
{
	struct removal *removal = g_new0(struct removal, 1);

	removal->mailbox = mailbox_ref(mailbox);
	removal->uid = uid;
	removal->section = g_strdup(section);
	removal->octets = g_byte_array_new();
	removal->done = done;
	removal->data = data;
	message_fetch_body(mailbox, uid, on_body, removal);
}
