/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Header fields to UTF-8: RFC 2047 encoded words, RFC 2231 parameters, addresses, dates. */
#ifndef CULVER_MIME_HEADER_H
#define CULVER_MIME_HEADER_H

#include "src/base/base.h"

struct imap_address;
struct imap_addresses;
struct imap_body;

/*
 * An unstructured field as UTF-8: encoded words decoded, folding undone, raw
 * 8-bit octets taken as UTF-8 if valid, else by the assumed charset. Always
 * valid UTF-8; NULL gives NULL. Free with g_free().
 */
char *mime_header_decode(const char *raw);
/* The charsets for undeclared 8-bit text, colon-separated ("utf-8:windows-1252");
 * NULL: the default. */
void mime_set_assumed_charset(const char *charsets);
/* A display name or, without one, the address. Free with g_free(). */
char *mime_address_name(const struct imap_address *address);
/* "Name <box@host>" or "box@host"; NULL for a group's start or end. */
char *mime_address_format(const struct imap_address *address);
/* All of them, ", " between, groups as "name: a, b;". NULL if none. */
char *mime_addresses_format(const struct imap_addresses *addresses);
/* RFC 5322 date with its obsolete forms; false when there is none in it. */
bool mime_date_parse(const char *raw, int64_t *time_out, int *offset_minutes_out);
/* The file name of a part: filename, filename*, name, name*0 ...; decoded, never
 * a path, never empty; NULL if there is none. Free with g_free(). */
char *mime_part_filename(const struct imap_body *body);
/* A name that is safe to create: no separators, no control or bidi characters,
 * no leading dot or dash, at most 200 octets. Free with g_free(). */
char *mime_safe_filename(const char *name);
/* All Message-IDs in a References or In-Reply-To field, without brackets, in
 * order; NULL-terminated; free with g_strfreev(). */
char **mime_message_ids(const char *raw);
/* "Re: ", "Aw: ", "Re[2]:" and the like cut off; a pointer into subject. */
const char *mime_subject_base(const char *subject);

/* A header block, split and decoded for showing. */
struct mime_field {
	char *name;  /* as sent: "Subject" */
	char *value; /* decoded UTF-8, unfolded, one line */
};
/* Limits: 256 KiB, 1000 fields; what exceeds them is cut and a field named
 * "" with a remark says so. A GPtrArray of struct mime_field with free function. */
GPtrArray *mime_header_fields(const char *octets, size_t len);

#endif
