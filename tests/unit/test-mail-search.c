/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patterns put to the server: criteria, how well they answer, and the plan. */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/imap/capability.h"
#include "src/imap/write.h"
#include "src/mail/pattern-search.h"

enum { NOW = 1767614400 }; /* 2026-01-05 12:00 UTC */

enum offered { PLAIN, RICH, GMAIL, PENDING, WORDS };

static const struct pattern_shown positions;

static void set_up(struct pattern_server *server,
	struct imap_capabilities *caps, enum offered offered)
{
	imap_capabilities_init(caps);
	if (offered == RICH) {
		imap_capabilities_add(caps, IMAP_CAP_WITHIN);
		imap_capabilities_add(caps, IMAP_CAP_SEARCH_FUZZY);
		imap_capabilities_add(caps, IMAP_CAP_SAVEDATE);
		imap_capabilities_add(caps, IMAP_CAP_OBJECTID);
	}
	if (offered == GMAIL)
		imap_capabilities_add(caps, IMAP_CAP_X_GM_EXT_1);
	*server = (struct pattern_server){ .capabilities = caps, .now = NOW,
		.has_own_flags = offered == PENDING,
		.matches_words = offered == WORDS };
}

static const char *const class_names[] = { "exact", "superset", "local" };

static void assert_compiles(const char *pattern, enum offered offered,
	const char *class_name, const char *expected)
{
	struct pattern_node *node = pattern_node_parse(pattern, &positions, NULL);
	struct imap_text *text = imap_text_new("");
	struct imap_capabilities caps;
	struct pattern_server server;
	enum pattern_class class;
	char *criteria;

	g_assert_nonnull(node);
	set_up(&server, &caps, offered);
	class = pattern_node_search(node, &server, text);
	criteria = imap_text_to_string(text, 0);
	if (strcmp(class_names[class], class_name) != 0 ||
		strcmp(criteria, expected) != 0)
		g_error("'%s' is %s '%s', not %s '%s'", pattern,
			class_names[class], criteria, class_name, expected);
	g_free(criteria);
	imap_text_free(&text);
	imap_capabilities_release(&caps);
	pattern_node_free(node);
}

static void test_exact(void)
{
	assert_compiles("~A", PLAIN, "exact", "ALL");
	assert_compiles("~F !~D", PLAIN, "exact", "(FLAGGED NOT DELETED)");
	assert_compiles("~U | ~Q", PLAIN, "exact", "OR UNSEEN ANSWERED");
	assert_compiles("!(~U | ~Q)", PLAIN, "exact", "NOT OR UNSEEN ANSWERED");
	assert_compiles("~A|~F|~D", PLAIN, "exact", "OR ALL OR FLAGGED DELETED");
	assert_compiles("~u 1:4,9", PLAIN, "exact", "UID 1:4,9");
	assert_compiles("~b \"two words\"", PLAIN, "exact",
		"BODY \"two words\"");
	assert_compiles("=b a*", PLAIN, "exact", "BODY \"a*\"");
	assert_compiles("~B \"x\\\\.y\"", PLAIN, "exact", "TEXT x.y");
	assert_compiles("~b J\303\274rgen", PLAIN, "exact",
		"BODY \"J\303\274rgen\"");
	assert_compiles("~h \"X-Mailer: mutt\"", PLAIN, "exact",
		"HEADER X-Mailer \"mutt\"");
	assert_compiles("~h X-Spam:", PLAIN, "exact", "HEADER X-Spam \"\"");
	assert_compiles("!~b x ~U", PLAIN, "exact", "(NOT BODY x UNSEEN)");
}

static void test_superset(void)
{
	assert_compiles("~s report", PLAIN, "superset", "SUBJECT report");
	assert_compiles("=s Report", PLAIN, "superset", "SUBJECT Report");
	assert_compiles("~f bob@example", PLAIN, "superset",
		"FROM bob@example");
	assert_compiles("~C team", PLAIN, "superset", "OR TO team CC team");
	assert_compiles("~e root", PLAIN, "superset",
		"OR FROM root HEADER Sender root");
	assert_compiles("~i abc@", PLAIN, "superset",
		"HEADER Message-ID abc@");
	assert_compiles("~x abc", PLAIN, "superset",
		"OR HEADER References abc HEADER In-Reply-To abc");
	assert_compiles("~N", PLAIN, "superset", "UNSEEN");
	assert_compiles("~z <1K", PLAIN, "superset", "(SMALLER 1024)");
	assert_compiles("~z >1K", PLAIN, "superset", "(LARGER 512)");
	assert_compiles("~z 10-20", PLAIN, "superset",
		"(LARGER 4 SMALLER 21)");
	assert_compiles("~u 5:*", PLAIN, "superset", "UID 5:*");
	assert_compiles("~s report ~X", PLAIN, "superset", "(SUBJECT report)");
	assert_compiles("~b x ~T", PLAIN, "superset", "(BODY x)");
	assert_compiles("~s report | ~F", PLAIN, "superset",
		"OR SUBJECT report FLAGGED");
}

static void test_local(void)
{
	static const char *const patterns[] = { "~T", "~X", "~m 1-5", "~y work",
		"~l", "~p", "~=", "~$", "!~s report", "!~N", "~s report | ~T",
		"!(~s report ~F)", "~s ab", "~s .*", "^~f bob", "~T ~X" };

	for (size_t i = 0; i < G_N_ELEMENTS(patterns); i++)
		assert_compiles(patterns[i], PLAIN, "local", "");
	assert_compiles("~s report", WORDS, "local", "");
	assert_compiles("~b report", WORDS, "exact", "BODY report");
	assert_compiles("~U", PENDING, "local", "");
	assert_compiles("~U ~b x", PENDING, "superset", "(BODY x)");
}

static void test_dates(void)
{
	assert_compiles("~r 2026-01-05", PLAIN, "superset",
		"(SINCE 4-Jan-2026 BEFORE 7-Jan-2026)");
	assert_compiles("~r 2026-01-05-", PLAIN, "superset",
		"(SINCE 4-Jan-2026)");
	assert_compiles("~d -2026-01-05", PLAIN, "superset",
		"OR (SENTBEFORE 7-Jan-2026) (BEFORE 7-Jan-2026)");
	assert_compiles("~r <2H", PLAIN, "superset", "(SINCE 4-Jan-2026)");
	assert_compiles("~r <2H", RICH, "superset", "(YOUNGER 7499)");
	assert_compiles("~r >2H", RICH, "superset", "(OLDER 6900)");
	assert_compiles("~r <2d", RICH, "superset", "(SINCE 3-Jan-2026)");
	assert_compiles("~w 2026-01-05", RICH, "exact",
		"(SAVEDSINCE 5-Jan-2026 SAVEDBEFORE 6-Jan-2026)");
	assert_compiles("~w 2026-01-05", PLAIN, "exact",
		"(SINCE 5-Jan-2026 BEFORE 6-Jan-2026)");
	assert_compiles("~d 1/1/1900-1/1/1901", PLAIN, "superset", "");
}

static void test_extensions(void)
{
	assert_compiles("~? \"two words\"", RICH, "exact",
		"FUZZY TEXT \"two words\"");
	assert_compiles("~? \"two  words\"", PLAIN, "exact",
		"(TEXT two TEXT words)");
	assert_compiles("~j M12", RICH, "exact", "EMAILID M12");
	assert_compiles("~J T12", RICH, "exact", "THREADID T12");
	assert_compiles("~j 12", GMAIL, "exact", "X-GM-MSGID 12");
	assert_compiles("~J 12", GMAIL, "exact", "X-GM-THRID 12");
	assert_compiles("~j M12", GMAIL, "local", "");
	assert_compiles("~Y work", GMAIL, "exact", "X-GM-LABELS work");
	assert_compiles("~Y work", PLAIN, "exact", "KEYWORD work");
	assert_compiles("~a \"has:attachment from:bob\"", GMAIL, "exact",
		"X-GM-RAW \"has:attachment from:bob\"");
	assert_compiles("~a x", PLAIN, "local", "");
}

static void assert_literal(const char *regex, const char *expected)
{
	char *pattern = g_strdup_printf("~s '%s'", regex), *literal;
	struct pattern_node *node = pattern_node_parse(pattern, &positions, NULL);

	g_assert_nonnull(node);
	literal = pattern_literal(node);
	if (g_strcmp0(literal, expected) != 0)
		g_error("'%s' has '%s'", regex, literal);
	g_free(literal);
	pattern_node_free(node);
	g_free(pattern);
}

static void test_literals(void)
{
	assert_literal("report", "report");
	assert_literal("^report$", "report");
	assert_literal("weekly report", "weekly");
	assert_literal("reports?", "report");
	assert_literal("reports*x", "report");
	assert_literal("report+ed", "report");
	assert_literal("abc.defg", "defg");
	assert_literal("abc\\.defg", "abc.defg");
	assert_literal("ab[cd]efg", "efg");
	assert_literal("[]x]efg", "efg");
	assert_literal("(not this)that", "that");
	assert_literal("abc{2,3}def", "def");
	assert_literal("abcd\\dxyz", "abcd");
	assert_literal("one|other", NULL);
	assert_literal("(?x)some text", NULL);
	assert_literal("\\x41bcdef", NULL);
	assert_literal("ab", NULL);
	assert_literal("J\303\274rgens", "rgens");
}

static void assert_plan(const char *pattern, enum offered offered,
	enum pattern_plan_kind kind, guint n_terms)
{
	struct pattern_node *node = pattern_node_parse(pattern, &positions, NULL);
	struct imap_capabilities caps;
	struct pattern_server server;
	struct pattern_plan plan;
	GError *error = NULL;

	set_up(&server, &caps, offered);
	g_assert_true(pattern_plan_make(node, &server, &plan, &error));
	g_assert_no_error(error);
	if (plan.kind != kind || plan.terms->len != n_terms)
		g_error("'%s': %d, %u terms", pattern, plan.kind,
			plan.terms->len);
	pattern_plan_release(&plan);
	imap_capabilities_release(&caps);
	pattern_node_free(node);
}

static void test_plans(void)
{
	GString *many = g_string_new("~b x");
	struct imap_capabilities caps;
	struct pattern_server server;
	struct pattern_plan plan;
	struct pattern_node *node = pattern_node_parse("~F ~a x", &positions, NULL);
	GError *error = NULL;

	assert_plan("~T", PLAIN, PLAN_LOCAL, 0);
	assert_plan("~F", PLAIN, PLAN_EXACT, 0);
	assert_plan("~b x | ~b y", PLAIN, PLAN_EXACT, 2);
	assert_plan("~s abc", PLAIN, PLAN_FILTER, 0);
	assert_plan("~b x ~T", PLAIN, PLAN_FILTER, 1);
	assert_plan("~b x !~b y ~T", PLAIN, PLAN_FILTER, 2);
	assert_plan("~b x | ~T", PLAIN, PLAN_TERMS, 1);
	assert_plan("!(~b x ~T)", PLAIN, PLAN_TERMS, 1);
	/* Too long for a line: each term by itself. */
	for (int i = 0; i < 200; i++)
		g_string_append_printf(many, " ~b \"%060d\"", i);
	assert_plan(many->str, PLAIN, PLAN_TERMS, 201);
	g_string_free(many, TRUE);
	set_up(&server, &caps, PLAIN);
	g_assert_false(pattern_plan_make(node, &server, &plan, &error));
	g_assert_error(error, MAIL_ERROR, MAIL_ERROR_PATTERN);
	g_assert_nonnull(strstr(error->message, "X-GM-EXT-1"));
	g_error_free(error);
	imap_capabilities_release(&caps);
	pattern_node_free(node);
}

int main(int argc, char **argv)
{
	g_setenv("TZ", "UTC", TRUE);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mail/search/exact", test_exact);
	g_test_add_func("/mail/search/superset", test_superset);
	g_test_add_func("/mail/search/local", test_local);
	g_test_add_func("/mail/search/dates", test_dates);
	g_test_add_func("/mail/search/extensions", test_extensions);
	g_test_add_func("/mail/search/literals", test_literals);
	g_test_add_func("/mail/search/plans", test_plans);
	return g_test_run();
}
