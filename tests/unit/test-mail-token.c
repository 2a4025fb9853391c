/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What token commands print, and what only looks like it. */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/mail/token.h"

static void gives(const char *output, const char *token, int64_t lifetime)
{
	GError *error = NULL;
	int64_t seconds = -1;
	char *got = token_parse(output, &seconds, &error);

	g_assert_no_error(error);
	g_assert_cmpstr(got, ==, token);
	g_assert_cmpint(seconds, ==, lifetime);
	g_free(got);
}

static void refuses(const char *output, const char *words)
{
	GError *error = NULL;
	int64_t seconds;

	g_assert_null(token_parse(output, &seconds, &error));
	g_assert_error(error, NET_ERROR, NET_ERROR_SECRET);
	g_assert_nonnull(strstr(error->message, words));
	g_error_free(error);
}

static void test_bare(void)
{
	gives("ya29.a0-_~+/x==\n", "ya29.a0-_~+/x==", 0);
	gives("token", "token", 0);
	gives("\n  token\r\nmore\n", "token", 0);
	refuses("", "first line is something else");
	refuses("please sign in\n", "first line is something else");
	refuses("tok\001en\n", "first line is something else");
	refuses("==\001", "first line is something else");
}

static void test_json(void)
{
	gives("{\"access_token\":\"t\",\"expires_in\":3600}", "t", 3600);
	gives("{\n \"access_token\" : \"t\",\n \"expires_in\" : \"90\"\n}\n",
		"t", 90);
	gives("{\"access_token\":\"t\"}", "t", 0);
	gives("{\"access_token\":\"t\",\"expires_in\":-5}", "t", 0);
	gives("{\"access_token\":\"t\",\"expires_in\":99999999999}", "t",
		365 * 24 * 3600);
	gives("{\"access_token\":\"t\",\"expires_in\":{}}", "t", 0);
	refuses("{\"access_token\":\"a b\"}", "no access_token in it");
	refuses("{\"access_token\":1}", "no access_token in it");
	refuses("{}", "no access_token in it");
	refuses("{\"error\":\"invalid_grant\"}", "invalid_grant");
	refuses("{\"error\":\"invalid_grant\",\"error_description\":"
		"\"Token has been revoked.\"}", "Token has been revoked.");
	refuses("{\"access_token\":\"t\"", "it is not JSON");
	refuses("{\"a\":[[[[[[[[[[[[[[[[", "it is not JSON");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mail/token/bare", test_bare);
	g_test_add_func("/mail/token/json", test_json);
	return g_test_run();
}
