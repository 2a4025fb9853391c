/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flags as a user writes several of them: words, each a flag or a keyword. */
#ifndef CULVER_UI_FLAGS_H
#define CULVER_UI_FLAGS_H

#include "src/base/base.h"

struct flag_words;
struct imap_flags;

/* NULL-terminated words, copied; NULL with error. */
struct flag_words *flag_words_parse(const char *const *words, GError **error);
/* Valid as long as they live. */
const struct imap_flags *flag_words_flags(const struct flag_words *words);
void flag_words_free(struct flag_words **words);

#endif
