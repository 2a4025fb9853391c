/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Challenges of a hostile server, a line each; the first octet chooses the
 * mechanism. Nobody without the password is ever believed: another one each
 * time, as the fuzzer sees what a proof is compared with and says it next.
 */
#include "src/base/base.h"
#include "src/net/sasl-mechanism.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run(struct sasl *sasl, const char *text, size_t len)
{
	GBytes *answer = NULL;

	if (!sasl_begin(sasl, &answer, NULL))
		return;
	g_clear_pointer(&answer, g_bytes_unref);
	while (len > 0) {
		const char *newline = memchr(text, '\n', len);
		size_t n = newline != NULL ? (size_t)(newline - text) : len;

		answer = sasl_step(sasl, text, n, NULL);
		if (answer == NULL)
			break;
		g_bytes_unref(answer);
		n = MIN(n + 1, len);
		text += n;
		len -= n;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "SCRAM-SHA-1", "SCRAM-SHA-256",
		"OAUTHBEARER", "XOAUTH2", "CRAM-MD5", "LOGIN" };
	static unsigned n_runs;
	char *password = g_strdup_printf("pencil %u", n_runs++);
	const struct sasl_credentials credentials = { .user = "user",
		.password = password, .token = "token", .service = "imap",
		.host = "example.org", .port = 993 };
	struct sasl *sasl;

	if (size == 0) {
		g_free(password);
		return 0;
	}
	sasl_scram_set_nonce("x");
	sasl = sasl_new(sasl_mechanism_find(
		names[data[0] % G_N_ELEMENTS(names)]), &credentials);
	run(sasl, (const char *)data + 1, size - 1);
	if (data[0] % G_N_ELEMENTS(names) < 2)
		g_assert(!sasl_is_complete(sasl));
	sasl_unref(&sasl);
	g_free(password);
	return 0;
}
