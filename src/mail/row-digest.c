/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/row-digest.h"
#include "src/cache/digest.h"
#include "src/imap/bodystructure.h"
#include "src/imap/fetch.h"
#include "src/mail/row.h"
#include "src/mail/sort-key.h"
#include "src/mime/header.h"

enum {
	SUBJECT_MAX = 1000,   /* octets that are looked at */
	FIELD_MAX = 1000,     /* of a Date, a Message-ID, an In-Reply-To */
	SUBJECT_BITS = 0x7fffffff,
};

/* --- attachments ---------------------------------------------------------- */

static bool is_attachment(const struct imap_body *part)
{
	bool has_name = imap_body_param(part, "name") != NULL ||
		imap_body_disposition_param(part, "filename") != NULL;

	if (part->n_children > 0 || strcmp(part->type, "multipart") == 0)
		return false;
	if (g_strcmp0(part->disposition, "attachment") == 0)
		return true;
	return has_name && part->id == NULL &&
		g_strcmp0(part->disposition, "inline") != 0 &&
		strcmp(part->type, "text") != 0;
}

static bool has_attachment(const struct imap_body *root)
{
	const struct imap_body *part = NULL;

	while ((part = imap_body_next(root, part)) != NULL)
		if (is_attachment(part))
			return true;
	return false;
}

/* --- the subject ---------------------------------------------------------- */

static void take_subject(const char *raw, struct digest *digest)
{
	char *cut = g_strndup(raw, SUBJECT_MAX);
	char *decoded = mime_header_decode(cut);
	const char *answered = mime_subject_base(decoded);
	char *base = sort_base_subject(answered);
	char *folded = g_utf8_casefold(base, -1);

	if (answered[0] != '\0' && answered > decoded +
		strspn(decoded, " \t"))
		digest->bits |= DIGEST_IS_REPLY;
	if (folded[0] != '\0')
		digest->subject = MAX((uint32_t)(digest_hash(folded,
			strlen(folded)) & SUBJECT_BITS), 1);
	g_free(folded);
	g_free(base);
	g_free(decoded);
	g_free(cut);
}

/* --- Message-IDs ---------------------------------------------------------- */

static uint64_t hash_of(const char *id)
{
	return digest_hash(id, strlen(id));
}

/* Of a field with one Message-ID; 0: there is none. */
static uint64_t first_id(const char *raw)
{
	char *cut = g_strndup(raw, FIELD_MAX);
	char **ids = mime_message_ids(cut);
	uint64_t hash = ids[0] != NULL ? hash_of(ids[0]) : 0;

	g_strfreev(ids);
	g_free(cut);
	return hash;
}

/* The first one and the last ones. */
static void take_references(const char *raw, struct digest_ids *ids)
{
	char *cut = row_cut_references(raw);
	char **all = mime_message_ids(cut);
	guint n = g_strv_length(all);

	for (guint i = 0; i < n; i++) {
		if (i > 0 && n - i >= DIGEST_REFERENCES_MAX)
			continue;
		ids->references[ids->n_references++] = hash_of(all[i]);
	}
	g_strfreev(all);
	g_free(cut);
}

static void take_ids(const struct imap_fetch *fetch, struct digest_ids *ids)
{
	const struct imap_envelope *envelope = &fetch->envelope;

	if (envelope->message_id != NULL)
		ids->id = first_id(envelope->message_id);
	if (fetch->references != NULL)
		take_references(fetch->references, ids);
	if (ids->n_references > 0 || envelope->in_reply_to == NULL)
		return;
	ids->references[0] = first_id(envelope->in_reply_to);
	ids->n_references = ids->references[0] != 0;
}

/* --- all of it ------------------------------------------------------------ */

static void take_row(const struct imap_fetch *fetch, struct digest *digest)
{
	char *date = g_strndup(fetch->envelope.date, FIELD_MAX);

	digest->bits |= DIGEST_HAS_ROW;
	digest->internaldate = fetch->internaldate;
	digest->internaldate_offset = (int16_t)fetch->internaldate_offset;
	digest->size = fetch->size;
	if (!mime_date_parse(date, &digest->date, NULL))
		digest->date = fetch->internaldate;
	if (fetch->envelope.subject != NULL)
		take_subject(fetch->envelope.subject, digest);
	take_ids(fetch, &digest->ids);
	g_free(date);
}

void row_digest(const struct imap_fetch *fetch, struct digest *digest_out)
{
	*digest_out = (struct digest){ .uid = fetch->uid };
	if (fetch->has_flags) {
		digest_out->bits |= DIGEST_HAS_FLAGS;
		digest_out->flags = fetch->flags;
	}
	if (fetch->has_envelope && fetch->has_internaldate && fetch->has_size)
		take_row(fetch, digest_out);
	if (fetch->body != NULL) {
		digest_out->bits |= DIGEST_HAS_STRUCTURE;
		if (has_attachment(fetch->body))
			digest_out->bits |= DIGEST_HAS_ATTACHMENT;
	}
}
