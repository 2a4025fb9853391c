/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mailbox names: modified UTF-7 (RFC 3501 5.1.3) and the INBOX rule. */
#ifndef CULVER_IMAP_UTF7_H
#define CULVER_IMAP_UTF7_H

#include "src/base/base.h"

/* NULL when the text is not valid modified UTF-7; free with g_free(). */
char *imap_utf7_to_utf8(const char *utf7);
/* NULL when the text is not valid UTF-8. */
char *imap_utf8_to_utf7(const char *utf8);
/*
 * A name from a server as UTF-8. utf8: whether IMAP4rev2 or UTF8=ACCEPT is on.
 * An invalid one is kept octet by octet in a form that
 * imap_mailbox_name_encode() turns back into the same octets. "inbox" in any
 * spelling becomes "INBOX".
 */
char *imap_mailbox_name_decode(const char *name, bool utf8);
char *imap_mailbox_name_encode(const char *name, bool utf8);
/* True when both encodings give the same octets: such a name may be sent in
 * the flight of ENABLE (RFC 9051 6.3.1). */
bool imap_mailbox_name_is_neutral(const char *name);

#endif
