/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of accounts, as texts to read: capabilities, quotas, metadata. */
#ifndef CULVER_UI_ACCOUNT_TEXT_H
#define CULVER_UI_ACCOUNT_TEXT_H

#include "src/base/base.h"

struct account;
struct mime_document;
struct quota;

/* Appends what the server of an account can, in groups: used, turned off, not
 * used, not offered. */
void account_text_add_capabilities(struct mime_document *document,
	const struct account *account);
/* "storage  ▰▰▰▱▱▱  27%  54M of 200M". */
void account_text_add_quota(struct mime_document *document,
	const struct quota *quota);
/* What expunging frees in a mailbox; -1: not told. */
void account_text_add_deleted(struct mime_document *document,
	const char *mailbox, int64_t messages, int64_t octets);
/* An entry's name, then its value. */
void account_text_add_metadata(struct mime_document *document,
	const char *entry, const char *value, size_t len);

#endif
