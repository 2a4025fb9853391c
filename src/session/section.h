/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Body sections in chunks (selection_fetch_section()), and the shortcut of
 * their octets from the parser to mail, past the response's tree.
 */
#ifndef CULVER_SESSION_SECTION_H
#define CULVER_SESSION_SECTION_H

#include "src/base/base.h"

struct imap_fetch;
struct selection;

/* For imap_parser_set_spool(), with the connection as data. */
bool section_wants_spool(const char *line, size_t line_len, uint64_t size,
	void *data);
void section_spool(const char *octets, size_t len, void *data);
/* Body sections of a FETCH whose UID is known. */
void section_take(struct selection *selection, const struct imap_fetch *fetch);

#endif
