/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any name of a server is shown as valid UTF-8 and comes back octet by octet. */
#include "src/base/base.h"
#include "src/imap/utf7.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *octets, bool utf8)
{
	char *name = imap_mailbox_name_decode(octets, utf8);
	char *again = imap_mailbox_name_encode(name, utf8);

	g_assert(g_utf8_validate(name, -1, NULL));
	g_assert(strcmp(again, octets) == 0 ||
		g_ascii_strcasecmp(octets, "INBOX") == 0);
	g_free(name);
	g_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *octets = g_strndup((const char *)data, size);
	char *decoded = imap_utf7_to_utf8(octets);
	char *encoded = imap_utf8_to_utf7(octets), *again;

	check(octets, false);
	check(octets, true);
	if (decoded != NULL)
		g_assert(g_utf8_validate(decoded, -1, NULL));
	if (encoded != NULL) {
		again = imap_utf7_to_utf8(encoded);
		g_assert(g_strcmp0(again, octets) == 0);
		g_free(again);
	}
	g_free(encoded);
	g_free(decoded);
	g_free(octets);
	return 0;
}
