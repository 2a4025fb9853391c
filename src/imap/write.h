/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The text of a command, kept as typed pieces until it is sent: what is quoted,
 * what becomes a literal and how a mailbox name is encoded depends on what the
 * server has enabled by then. Nobody concatenates IMAP text by hand.
 */
#ifndef CULVER_IMAP_WRITE_H
#define CULVER_IMAP_WRITE_H

#include "src/base/base.h"

struct imap_seqset;
struct imap_text;

enum imap_write_mode {
	IMAP_WRITE_LITERAL_PLUS = 1 << 0,  /* RFC 7888 */
	IMAP_WRITE_LITERAL_MINUS = 1 << 1, /* up to 4096 octets without waiting */
	IMAP_WRITE_UTF8 = 1 << 2,          /* rev2 or UTF8=ACCEPT is on */
	IMAP_WRITE_UTF7_NAMES = 1 << 3,    /* mailbox names are not, even so */
};

/* A piece to send. After one with wait set, the next may be sent only when the
 * server's continuation request has come. One with a stream has no octets of
 * its own: as many are to be sent as the stream says. */
struct imap_segment {
	const char *octets;
	size_t len;
	bool wait;
	uint64_t stream;
};

/*
 * A command without its tag, from a format:
 *   %a  const char *: as it is (an atom; the caller vouches for it)
 *   %s  const char *: an astring, quoted or literal as needed
 *   %q  const char *: a string, never an atom (LOGIN's password, ID's values)
 *   %n  const char *: an nstring, NULL is NIL
 *   %m  const char *: a mailbox name in UTF-8, encoded as the server needs it
 *   %l  const char *: a LIST pattern in UTF-8: like %m, but % and * stay bare
 *   %u  uint32_t    %U uint64_t
 *   %S  const struct imap_seqset *
 *   %b  const char *, size_t: octets as a literal (APPEND)
 *   %%  a percent sign
 * Arguments are copied. A string with NUL, CR or LF becomes a literal.
 */
struct imap_text *imap_text_new(const char *format, ...);
void imap_text_append(struct imap_text *text, const char *format, ...);
/* Appends a copy of another's pieces. */
void imap_text_append_text(struct imap_text *text,
	const struct imap_text *from);
/*
 * A literal whose octets are not here, len of them: a message for APPEND. It
 * is a literal8 if is_binary (RFC 4466, 3516). Longer ones wait for the server
 * even where LITERAL+ spares that: it may say no before they are on the way,
 * and what is begun is stopped by closing the connection only.
 */
void imap_text_append_stream(struct imap_text *text, uint64_t len,
	bool is_binary);
void imap_text_free(struct imap_text **text);
/* True when a string in it is not ASCII, so that SEARCH needs a CHARSET. */
bool imap_text_has_8bit(const struct imap_text *text);
/* A copy with its strings, which are UTF-8, in another charset; NULL if one of
 * them cannot be written in it, or when there is no such charset. */
struct imap_text *imap_text_convert(const struct imap_text *text,
	const char *charset);
/* True when a mailbox name in it is spelt differently with and without UTF-8. */
bool imap_text_depends_on_utf8(const struct imap_text *text);
/*
 * The pieces, with "TAG " before and CRLF behind; valid until the text is
 * freed or rendered again.
 */
const struct imap_segment *imap_text_render(struct imap_text *text,
	const char *tag, enum imap_write_mode mode, size_t *n_out);
/* For the trace: one line, literals as {n} or {n+}, as the mode has them. Free
 * with g_free(). */
char *imap_text_to_string(const struct imap_text *text,
	enum imap_write_mode mode);
/* Octets of the rendered command line without literals' content, at most. */
size_t imap_text_line_length(const struct imap_text *text);

#endif
