/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A body part to text that can be shown: transfer encoding and charset undone,
 * format=flowed joined, HTML without its tags, lines classified. Pure: octets
 * in, a document out. Wrapping to a width is the front end's, which knows
 * widths; a document holds logical lines (paragraphs where flowed).
 */
#ifndef CULVER_MIME_TEXT_H
#define CULVER_MIME_TEXT_H

#include "src/base/base.h"

struct imap_body;

enum mime_line_kind {
	MIME_LINE_TEXT,
	MIME_LINE_QUOTE,     /* level >= 1 */
	MIME_LINE_SIGNATURE, /* "-- " and what follows it */
	MIME_LINE_HEADER,    /* of the message or of an embedded one */
	MIME_LINE_PART,      /* one line that stands for a part that is not shown */
	MIME_LINE_NOTE,      /* culver's own remark: cut off, decoding errors */
};

struct mime_line {
	enum mime_line_kind kind;
	unsigned level;    /* quoting depth */
	unsigned indent;   /* columns; of the lines that it continues on */
	bool is_flowed;    /* a paragraph: wrap at words; else only when too long */
	const char *text;  /* UTF-8 without newline; without the quote marks if is_flowed */
	size_t len;
	const char *section; /* PART: of which */
};

struct mime_document {
	struct arena *arena;
	GArray *lines; /* of struct mime_line */
};

enum { MIME_TEXT_MAX = 16 * 1024 * 1024, MIME_LINES_MAX = 500000 };

struct mime_document *mime_document_new(void);
void mime_document_free(struct mime_document **document);
/* Appends a line of the caller's own; text is copied. */
void mime_document_add(struct mime_document *document, enum mime_line_kind kind,
	const char *text);
/* "Subject: ..." with kind HEADER. */
void mime_document_add_field(struct mime_document *document, const char *name, const char *value);
/* "[2] report.pdf  application/pdf  48K"; kind PART. A message without a file
 * name goes by its subject. */
void mime_document_add_part(struct mime_document *document, const struct imap_body *body);
/*
 * The general form: len octets of UTF-8, copied. false, and nothing added, when
 * the document is full; a NOTE said so.
 */
bool mime_document_append(struct mime_document *document, const struct mime_line *line);
/*
 * Appends a text part. octets are transfer-encoded as body says. What is
 * longer than the limits is cut, with a NOTE that says so.
 */
void mime_document_add_text(struct mime_document *document,
	const struct imap_body *body, const char *octets, size_t len);

/* About how many octets the part has when its encoding is undone. */
uint64_t mime_decoded_size(const struct imap_body *body);
/* Undoes base64, quoted-printable, uuencode; anything else is copied. Junk is
 * skipped. */
GByteArray *mime_transfer_decode(const char *encoding, const char *octets, size_t len);
/* Incrementally, for saving to a file. */
struct mime_decoder;
struct mime_decoder *mime_decoder_new(const char *encoding);
void mime_decoder_push(struct mime_decoder *decoder, const char *octets, size_t len, GByteArray *out);
/* After the last push: an unfinished line or escape at the very end. */
void mime_decoder_finish(struct mime_decoder *decoder, GByteArray *out);
void mime_decoder_free(struct mime_decoder **decoder);

/*
 * The parts to show, in order: multipart/alternative gives its plain part (its
 * HTML one if that is all there is) and what is attached within the others,
 * multipart/related its root, others all children in turn; text with
 * disposition attachment is not text to read. A GPtrArray of
 * const struct imap_body *, borrowed: leaves, those of embedded messages among
 * them (who shows them adds the header), and messages attached where they
 * are not shown. mime_part_is_text() tells which of them to fetch; all others
 * go to mime_document_add_part().
 */
GPtrArray *mime_parts_to_show(const struct imap_body *root);
bool mime_part_is_text(const struct imap_body *body);
/* "4K", "1.2M", "873": at most 5 columns. Free with g_free(). */
char *mime_size_format(uint64_t octets);

#endif
