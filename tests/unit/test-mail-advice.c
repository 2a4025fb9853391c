/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server's refusals are told as. */
#include "src/base/base.h"
#include "src/mail/advice.h"
#include "src/session/session.h"

/* Each of RFC 5530 and 9051 that a refused action may carry has its row, and is
 * found. */
static void test_codes(void)
{
	static const char *const codes[] = { "ALREADYEXISTS",
		"AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "CANNOT",
		"CLIENTBUG", "CONTACTADMIN", "CORRUPTION", "EXPIRED",
		"EXPUNGEISSUED", "HASCHILDREN", "INUSE", "LIMIT",
		"NONEXISTENT", "NOPERM", "OVERQUOTA", "PRIVACYREQUIRED",
		"REFERRAL", "SERVERBUG", "TRYCREATE", "UNAVAILABLE", "UNKNOWN-CTE" };

	for (size_t i = 0; i < G_N_ELEMENTS(codes); i++) {
		g_test_message("%s", codes[i]);
		g_assert_nonnull(advice_of_code(codes[i]));
	}
	g_assert_null(advice_of_code("XYZZY"));
	g_assert_null(advice_of_code(NULL));
}

static void test_refusal(void)
{
	struct imap_result result = { .outcome = IMAP_OUTCOME_NO,
		.code = "NOPERM", .text = "hands off" };
	char *text = advice_refusal(&result);

	g_assert_cmpstr(text, ==, "server says \"[NOPERM] hands off\": you have "
		"no right to do that there");
	g_free(text);
	result.code = "XYZZY";
	text = advice_refusal(&result);
	g_assert_cmpstr(text, ==, "server says \"[XYZZY] hands off\"");
	g_free(text);
	result.code = NULL;
	result.text = NULL;
	text = advice_refusal(&result);
	g_assert_cmpstr(text, ==, "server says \"\"");
	g_free(text);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mail/advice/codes", test_codes);
	g_test_add_func("/mail/advice/refusal", test_refusal);
	return g_test_run();
}
