/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Incremental parser of server responses (RFC 9051 section 9, RFC 3501). It
 * never reads a socket: bytes are pushed in, of any number down to one at a
 * time, and whole responses come out. Limits are given before anything is
 * allocated. A response is valid until imap_parser_next() is called again.
 *
 * Lenient where servers are known to be odd, and only there: "+\r\n" without
 * a space, a bare LF, spaces before the end of a line, 8-bit octets in quoted
 * strings and text, an atom where a string is due.
 */
#ifndef CULVER_IMAP_PARSER_H
#define CULVER_IMAP_PARSER_H

#include "src/base/base.h"
#include "src/imap/arg.h"

struct imap_parser;

struct imap_limits {
	size_t line_max;     /* octets of one response without its literals */
	size_t literal_max;  /* octets of one literal kept in memory */
	size_t response_max; /* octets of one response with its literals */
	uint64_t spool_max;  /* octets of one literal that goes to a sink */
	/* A line that exceeds one of these is skipped; framing is not lost. */
	unsigned depth_max;  /* nested lists */
	unsigned args_max;   /* nodes of the tree */
};
extern const struct imap_limits imap_default_limits;

enum imap_response_kind {
	IMAP_RESPONSE_TAGGED,       /* tag, name OK/NO/BAD, code, text */
	IMAP_RESPONSE_STATUS,       /* untagged OK/NO/BAD/BYE/PREAUTH: name, code, text */
	IMAP_RESPONSE_DATA,         /* other untagged: name, number, args */
	IMAP_RESPONSE_CONTINUATION, /* text, and code if the text begins with one */
};

struct imap_response {
	enum imap_response_kind kind;
	const char *tag;             /* TAGGED */
	const char *name;            /* upper case: "OK", "EXISTS", "FETCH", "LIST" */
	bool has_number;
	uint32_t number;             /* of "* 23 EXISTS" */
	const struct imap_arg *args; /* DATA: what follows the name */
	size_t n_args;
	const char *code;            /* response code, upper case, or NULL */
	const struct imap_arg *code_args;
	size_t n_code_args;
	const char *text;            /* human-readable; "" if none; raw octets */
	/* What came in, without literals' content, for the trace; no CRLF. */
	const char *line;
	size_t line_len;
};

enum imap_parser_result {
	IMAP_PARSER_NEED_MORE,
	IMAP_PARSER_RESPONSE,
	/* The line was ungrammatical; it has been skipped, the next may be fine.
	 * Of the response, only line is set. */
	IMAP_PARSER_SKIPPED,
	/* Framing is lost or a limit exceeded: the connection must be closed. */
	IMAP_PARSER_BROKEN,
};

/*
 * A big literal can bypass the tree. Asked before its first octet is stored:
 * the atoms so far ("FETCH", then "UID", ... "BODY[2]<0>") are in line, size
 * is what the server announced. Return false to have it in the tree.
 */
typedef bool imap_parser_wants_spool_fn(const char *line, size_t line_len,
	uint64_t size, void *data);
/* The octets of a spooled literal, in pieces. */
typedef void imap_parser_spool_fn(const char *octets, size_t len, void *data);

/* limits NULL: the defaults. */
struct imap_parser *imap_parser_new(const struct imap_limits *limits);
void imap_parser_free(struct imap_parser **parser);
void imap_parser_set_spool(struct imap_parser *parser,
	imap_parser_wants_spool_fn *wants, imap_parser_spool_fn *spool,
	void *data);
/* Appends octets; they are copied. */
void imap_parser_push(struct imap_parser *parser, const char *octets,
	size_t len);
/*
 * The next response. SKIPPED and BROKEN set error (IMAP_ERROR), with the
 * offset of the octet at fault. After BROKEN every call gives BROKEN.
 */
enum imap_parser_result imap_parser_next(struct imap_parser *parser,
	const struct imap_response **response_out, GError **error);
/* Octets pushed and not yet consumed: must be 0 when TLS begins (RFC 9051 11.1). */
size_t imap_parser_pending(const struct imap_parser *parser);
/* The same octets, which are no longer the parser's to parse; valid until the
 * next push. Only between responses. */
const char *imap_parser_take_pending(struct imap_parser *parser,
	size_t *len_out);

#endif
