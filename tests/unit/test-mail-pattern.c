/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patterns: the parser and its errors, and matching over made-up rows. */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/imap/flag.h"
#include "src/mail/pattern-private.h"
#include "src/rc/command.h"
#include "src/rc/option.h"

/* 2026-11-18 12:30:00 UTC, a Wednesday. */
enum { NOW = 1795005000, DAY = 86400, MIDNIGHT = NOW - 45000 };

static const struct imap_address from[] = {
	{ "=?utf-8?q?Zo=C3=AB?= Bloom", "zoe", "example.org" },
};
static const struct imap_address to[] = {
	{ NULL, "team", NULL }, /* a group */
	{ "Bob (bob)", "bob", "example.com" },
	{ NULL, "carol", "Example.NET" },
	{ NULL, NULL, NULL },
};
static const struct imap_address cc[] = {
	{ NULL, "dev", "lists.example.org" },
};
static const struct imap_envelope envelope = {
	.date = "Wed, 11 Nov 2026 09:00:00 +0000",
	.subject = "=?utf-8?q?Qu=C3=A4rterly?= Report (1/2): C++ a.b",
	.from = { from, G_N_ELEMENTS(from) },
	.to = { to, G_N_ELEMENTS(to) },
	.cc = { cc, G_N_ELEMENTS(cc) },
	.in_reply_to = "<parent@example.net>",
	.message_id = "<child@example.org>",
};
static const struct message_row row = {
	.uid = 42, .number = 7, .is_loaded = true,
	.flags = IMAP_FLAG_FLAGGED | IMAP_FLAG_ANSWERED,
	.internaldate = 1794387600,
	.size = 10 * 1024, .envelope = &envelope,
	.references = "<root@example.net> <parent@example.net>",
	.has_attachment = true,
};
static const char *const keywords[] = { "$Forwarded", "Work", NULL };

static const struct pattern_shown positions;

static bool match_subject(const char *text,
	const struct pattern_subject *subject)
{
	GError *error = NULL;
	struct pattern_node *node = pattern_node_parse(text, &positions, &error);
	bool matches;

	g_assert_no_error(error);
	matches = pattern_node_match(node, subject);
	pattern_node_free(node);
	return matches;
}

static bool match_row(const char *text, const struct message_row *of)
{
	struct pattern_subject subject = { .row = of, .keywords = keywords,
		.date = of->internaldate };

	return match_subject(text, &subject);
}

static bool match(const char *text)
{
	return match_row(text, &row);
}

static void assert_error(const char *text, const char *expected)
{
	GError *error = NULL;

	if (pattern_node_parse(text, &positions, &error) != NULL)
		g_error("'%s' is understood", text);
	g_assert_error(error, MAIL_ERROR, MAIL_ERROR_PATTERN);
	if (strstr(error->message, expected) == NULL)
		g_error("'%s' says '%s', not '%s'", text, error->message,
			expected);
	g_error_free(error);
}

/* --- letters ------------------------------------------------------------- */

static void test_flags(void)
{
	struct message_row other = row;

	g_assert_true(match("~A"));
	g_assert_true(match("~F"));
	g_assert_true(match("~Q"));
	g_assert_false(match("~D"));
	g_assert_true(match("~U"));
	g_assert_false(match("~R"));
	g_assert_true(match("~O"));
	g_assert_false(match("~N"));
	other.is_new = true;
	g_assert_true(match_row("~N", &other));
	g_assert_false(match_row("~O", &other));
	other.flags = IMAP_FLAG_SEEN | IMAP_FLAG_DELETED;
	g_assert_false(match_row("~N", &other));
	g_assert_false(match_row("~O", &other));
	g_assert_true(match_row("~R", &other));
	g_assert_true(match_row("~D", &other));
}

static void test_tagged(void)
{
	struct pattern_subject subject = { .row = &row };

	g_assert_false(match_subject("~T", &subject));
	g_assert_false(match_subject("~y .", &subject));
	subject.is_tagged = true;
	g_assert_true(match_subject("~T", &subject));
}

static void test_texts(void)
{
	g_assert_true(match("~s quärterly"));
	g_assert_true(match("~s 'QUÄ|Report'"));
	g_assert_false(match("~s REPORT"));
	g_assert_true(match("~s report"));
	g_assert_true(match("~s \"report .1\""));
	g_assert_true(match("~s '(1/[0-9])'"));
	g_assert_true(match("~s (monthly|quärterly)"));
	g_assert_true(match("~s \\<report\\>"));
	g_assert_false(match("~s \\<epor"));
	g_assert_true(match("~s a\\.b"));
	g_assert_false(match("~s \"a\\.x\""));
	g_assert_true(match("~i child@"));
	g_assert_false(match("~i parent@"));
	g_assert_true(match("~x root@"));
	g_assert_true(match("~x ^<parent@"));
	g_assert_false(match("~x child@"));
	g_assert_true(match("~y work"));
	g_assert_false(match("~y WORK"));
	g_assert_true(match("~y '^\\$forw'"));
}

static void test_plain(void)
{
	g_assert_true(match("=s c++"));
	g_assert_true(match("=s C++"));
	g_assert_true(match("=s \"(1/2):\""));
	g_assert_false(match("=s a.c"));
	g_assert_false(match("=s .*"));
	g_assert_true(match("=s quÄRterly") == false);
	g_assert_true(match("=s quärterly\\ report"));
	g_assert_true(match("=f zoë"));
}

static void test_addresses(void)
{
	g_assert_true(match("~f zoë"));
	g_assert_true(match("~f zoe@example"));
	g_assert_true(match("~e zoe"));
	g_assert_false(match("~f bob"));
	g_assert_true(match("~t bob"));
	g_assert_true(match("~t ^carol@example.net$"));
	g_assert_false(match("~t team"));
	g_assert_true(match("~c ^dev@"));
	g_assert_false(match("~c bob"));
	g_assert_true(match("~C bob ~C dev@"));
	g_assert_true(match("~L zoe ~L carol ~L dev"));
	g_assert_false(match("~t example.com.*example.net"));
}

static void run(const char *text)
{
	struct command_list *list = command_parse(text, strlen(text), ":",
		NULL, NULL);

	command_list_run(list, NULL, 0, false, NULL, NULL);
	command_list_unref(&list);
}

static void test_groups(void)
{
	commands_init();
	run("group -group us -addr ZOE@example.org bob@example.com");
	run("group -group us -rx ^dev@");
	run("alias -group them carol Carol <carol@example.net>, x@example.org");
	g_assert_true(match("%f us"));
	g_assert_false(match("%f them"));
	g_assert_true(match("%t them"));
	g_assert_true(match("%t us"));
	g_assert_false(match("^%t us"));
	g_assert_true(match("%c us"));
	g_assert_true(match("^%c us ~F"));
	g_assert_false(match("!%C us | %e them"));
	g_assert_true(match("(%L \"them\")"));
	assert_error("%f nobody", "column 4 of the pattern: there is no group "
		"'nobody'");
	assert_error("~F %s us", "column 4 of the pattern: a group is of");
	assert_error("%f", "column 3 of the pattern: an argument is missing");
	commands_release();
}

static void test_all_addresses(void)
{
	struct imap_envelope nobody = { 0 };
	struct message_row other = { .envelope = &nobody };

	g_assert_true(match("~t example.com"));
	g_assert_false(match("^~t example.com"));
	g_assert_true(match("^~t @example"));
	g_assert_false(match("^~C @example\\."));
	g_assert_false(match("!^~t @example"));
	g_assert_false(match("^(~t bob ~c dev)"));
	g_assert_false(match_row("~t .", &other));
	g_assert_false(match_row("~f . | ~e .", &other));
	g_assert_true(match_row("^~t bob", &other));
}

static void test_self(void)
{
	const char *const alternates[] = { "^carol@", "(", NULL };
	const char *const lists[] = { "@lists\\.", NULL };
	const char *const *words[PATTERN_N_LISTS] = {
		[PATTERN_ALTERNATES] = alternates, [PATTERN_LISTS] = lists,
	};
	struct pattern_self *self = pattern_self_new(
		"Zoe <ZOE@example.org>", words);
	struct pattern_subject subject = { .row = &row, .self = self };

	g_assert_true(match_subject("~P", &subject));
	g_assert_true(match_subject("~p", &subject));
	g_assert_false(match_subject("^~p", &subject));
	g_assert_true(match_subject("~l", &subject));
	g_assert_false(match_subject("~u", &subject));
	g_assert_true(pattern_self_is_of(self, "Zoe <ZOE@example.org>",
		words));
	g_assert_false(pattern_self_is_of(self, NULL, words));
	words[PATTERN_ALTERNATES] = NULL;
	g_assert_false(pattern_self_is_of(self, "Zoe <ZOE@example.org>",
		words));
	pattern_self_free(&self);
	self = pattern_self_new("bob@example.com", words);
	subject.self = self;
	g_assert_false(match_subject("~P", &subject));
	g_assert_true(match_subject("~p", &subject));
	pattern_self_free(&self);
	g_assert_false(match("~p"));
}

static void test_numbers(void)
{
	g_assert_true(match("~u 42"));
	g_assert_true(match("~u 1:40,42:*"));
	g_assert_true(match("~u 43:*") == false);
	g_assert_true(match("~u40:50~F"));
	g_assert_true(match("~m 7"));
	g_assert_true(match("~m 1-7"));
	g_assert_true(match("~m 8-") == false);
	g_assert_true(match("~m <8 ~m >6"));
	g_assert_false(match("~m <7 | ~m >7"));
	g_assert_true(match("~z 10K"));
	g_assert_true(match("~z 1k-1M"));
	g_assert_false(match("~z >1M"));
	g_assert_true(match("~z <1G"));
	g_assert_true(match("~z -10240"));
	g_assert_true(match("~X"));
	g_assert_true(match("~X ~F"));
	g_assert_true(match("~X 1-"));
	g_assert_false(match("~X 0"));
	g_assert_false(match("~X >1"));
}

/* Each as it is told of all messages at once; not known, nothing matches. */
static void test_answers(void)
{
	struct pattern_node *node = pattern_node_parse(
		"!~= (~b x | ~(~s nothing ~D) | ~D) ~F", &positions, NULL);
	struct pattern_answers *answers = pattern_answers_new(node);
	struct pattern_subject subject = { .row = &row };
	const struct pattern_node *either = node->children->pdata[1];
	const struct pattern_node *thread = either->children->pdata[1];

	g_assert_cmpuint(node->n_answers, ==, 4);
	g_assert_cmpint(pattern_node_judge(node, &subject), ==,
		PATTERN_UNKNOWN);
	subject.answers = answers;
	g_assert_cmpint(pattern_node_judge(node, &subject), ==,
		PATTERN_UNKNOWN);
	for (unsigned i = 0; i < answers->n; i++)
		answers->items[i].is_there = true;
	g_assert_cmpint(pattern_node_judge(node, &subject), ==, PATTERN_NO);
	imap_seqset_add(&pattern_answer_of(answers, thread)->uids, row.uid);
	g_assert_cmpint(pattern_node_judge(node, &subject), ==, PATTERN_YES);
	subject.lacks = PATTERN_NEEDS_ROW;
	g_assert_cmpint(pattern_node_judge(node, &subject), ==,
		PATTERN_UNKNOWN);
	pattern_answers_free(&answers);
	pattern_node_free(node);
}

/* What is not known matters only where the rest does not decide. */
static void test_unknown(void)
{
	static const struct {
		const char *text;
		enum pattern_verdict verdict;
	} cases[] = {
		{ "~s report", PATTERN_UNKNOWN },
		{ "!~s report", PATTERN_UNKNOWN },
		{ "~s report ~D", PATTERN_NO },
		{ "~s report | ~F", PATTERN_YES },
		{ "!(~s report ~D)", PATTERN_YES },
		{ "~s report ~F", PATTERN_UNKNOWN },
		{ "~s x | ~D", PATTERN_UNKNOWN },
		{ "(~s x | ~m 7) (~f y | ~z >1)", PATTERN_YES },
		{ "~s x ~m 8", PATTERN_NO },
		{ "~A", PATTERN_YES },
	};
	struct pattern_subject subject = { .row = &row,
		.lacks = PATTERN_NEEDS_TEXT };

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct pattern_node *node = pattern_node_parse(cases[i].text,
			&positions, NULL);

		if (pattern_node_judge(node, &subject) != cases[i].verdict)
			g_error("'%s' is otherwise", cases[i].text);
		pattern_node_free(node);
	}
}

/* --- structure ----------------------------------------------------------- */

static void test_operators(void)
{
	g_assert_true(match("!~D"));
	g_assert_true(match("!!~F"));
	g_assert_true(match("! ~D"));
	g_assert_true(match("~F!~D"));
	g_assert_false(match("~F ~D"));
	g_assert_true(match("~F|~D"));
	g_assert_true(match("~D ~D | ~F"));
	g_assert_false(match("~D (~D | ~F)"));
	g_assert_true(match("!(~D ~F)"));
	g_assert_false(match("!(~D | ~F)"));
	g_assert_true(match("!(!(~F))"));
	g_assert_true(match("(~f zoe|~f bob)~F"));
	g_assert_true(match("~f zoe~s report"));
	g_assert_true(match("~s 'Report'|~D"));
	g_assert_true(match("  ( ~F )  "));
}

static void test_simple(void)
{
	g_assert_true(match("zoe"));
	g_assert_true(match("quärterly report"));
	g_assert_true(match("  c++ "));
	g_assert_true(match("(1/"));
	g_assert_false(match("bob"));
	g_assert_false(match("a=b"));
	g_assert_false(match("50% \"off\""));
	g_assert_false(match("a\\"));
	option_set_value(options_global(), option_find("simple_search"),
		"~t %s", NULL);
	g_assert_true(match("bob"));
	option_set_value(options_global(), option_find("simple_search"),
		"~A ~o %s", NULL);
	assert_error("bob", "simple_search: column 4 of the pattern: '~o'");
	option_reset(options_global(), option_find("simple_search"));
}

/* 20 messages, shown from the last to the first; the cursor is in row 7. */
static void get_uids(enum pattern_which which, uint32_t first, uint32_t last,
	struct imap_seqset *uids_out, const void *data)
{
	static const uint32_t rows[][2] = {
		[PATTERN_FOLDED] = { 3, 5 },
		[PATTERN_BY_SUBJECT] = { 9, 9 },
	};

	(void)data;
	if (which != PATTERN_NUMBERED) {
		first = rows[which][0];
		last = rows[which][1];
	}
	imap_seqset_add_range(uids_out, 21 - last, 21 - first);
}

static const struct pattern_shown screens[] = {
	{ .cursor = 7 },
	{ .cursor = 7, .last = 20, .get_uids = get_uids },
};

/* The numbers that match, as a set. */
static char *numbers_of(const char *text,
	const struct pattern_shown *shown)
{
	GError *error = NULL;
	struct pattern_node *node = pattern_node_parse(text, shown, &error);
	struct imap_seqset set;
	char *found;

	g_assert_no_error(error);
	imap_seqset_init(&set);
	for (uint32_t i = 1; i <= 20; i++) {
		const struct message_row one = { .number = i,
			.uid = shown->get_uids != NULL ? 21 - i : i };
		const struct pattern_subject subject = { .row = &one,
			.last_number = 20 };

		if (pattern_node_match(node, &subject))
			imap_seqset_add(&set, i);
	}
	found = imap_seqset_to_string(&set);
	imap_seqset_release(&set);
	pattern_node_free(node);
	return found;
}

static void test_message_numbers(void)
{
	static const struct {
		const char *text, *numbers;
	} cases[] = {
		{ "~m 10-15", "10:15" }, { "~m 15-10", "10:15" },
		{ "~m -5", "1:5" }, { "~m 18-", "18:20" },
		{ "~m <3", "1:2" }, { "~m >18", "19:20" },
		{ "~m .", "7" }, { "~m ^", "1" }, { "~m $", "20" },
		{ "~m .-$", "7:20" }, { "~m ^-.", "1:7" }, { "~m $-18", "18:20" },
		{ "~m -2,3", "5:10" }, { "~m +1,+2", "8:9" },
		{ "~m .,2", "7:9" }, { "~m -2,.", "5:7" },
		{ "~m ,-5", "1:2" }, { "~m 12,", "19:20" },
		{ "~m -20,-5", "1:2" }, { "~m 5,900", "12:20" },
		{ "~m 0", "" }, { "~m 30-40", "" }, { "~m 1K", "" },
		{ "!~m <19", "19:20" }, { "~m . | ~m $", "7,20" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		for (size_t k = 0; k < G_N_ELEMENTS(screens); k++) {
			char *found = numbers_of(cases[i].text, &screens[k]);

			if (strcmp(found, cases[i].numbers) != 0)
				g_error("'%s' is '%s', not '%s'",
					cases[i].text, found,
					cases[i].numbers);
			g_free(found);
		}
}

static void test_threads(void)
{
	static const struct {
		const char *text, *numbers;
	} cases[] = {
		{ "~v", "3:5" }, { "~#", "9" }, { "~v|~#", "3:5,9" },
		{ "!~v ~m 4-7", "6:7" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		char *found = numbers_of(cases[i].text, &screens[1]);

		g_assert_cmpstr(found, ==, cases[i].numbers);
		g_free(found);
	}
	/* Where there are no threads. */
	g_assert_false(match("~v | ~#"));
}

static void test_errors(void)
{
	static const char *const no_numbers[] = { "~m x", "~m -", "~m 1-2-3",
		"~m 1,2,3", "~m --3", "~m +3", "~m <.", "~m ..", "~m 3-x",
		"~m \"\"" };

	for (size_t i = 0; i < G_N_ELEMENTS(no_numbers); i++)
		assert_error(no_numbers[i], "column 4 of the pattern: message "
			"numbers are expected, such as 10-20");
	assert_error("~m .", "there is no message under the cursor");
	assert_error("~m 1,2", "there is no message under the cursor");
	assert_error("", "column 1 of the pattern: a pattern is expected");
	assert_error("  ", "a pattern is expected");
	assert_error("~", "column 1 of the pattern: a letter is expected");
	assert_error("~f bob ~o", "column 8 of the pattern: '~o' is not known");
	assert_error("~ä", "column 1 of the pattern: '~ä' is not known");
	assert_error("~f ä ~ü", "column 6 of the pattern: '~ü'");
	assert_error("~f", "column 3 of the pattern: an argument is missing");
	assert_error("~f | ~D", "column 4 of the pattern: an argument");
	assert_error("(~D", "column 1 of the pattern: the parenthesis is not");
	assert_error("~D)", "column 3 of the pattern: this parenthesis was");
	assert_error("~D |", "column 5 of the pattern: a pattern is expected");
	assert_error("~D word", "column 4 of the pattern: a pattern");
	assert_error("!~", "a letter is expected");
	assert_error("~s \"x", "column 4 of the pattern: the quote");
	assert_error("~s [", "column 4 of the pattern: not a regular");
	assert_error("~d soon", "column 4 of the pattern: a date");
	assert_error("~z big", "column 4 of the pattern: a number");
	assert_error("~u 1:x", "column 4 of the pattern: a set of UIDs");
	assert_error("~b x.*y", "the server knows no regular expressions");
	assert_error("~h mutt", "a field and its text are expected");
	assert_error("~j \"a b\"", "an identity of letters");
	assert_error("=E x", "'=E': not fetched: try ~h Expires");
	assert_error("~S", "'~S': not fetched: try ~h Supersedes");
	assert_error("~G", "signatures and encryption are not known before");
	assert_error("~n 5", "neither scores");
	assert_error("~(~D", "column 2 of the pattern: the parenthesis is not");
	assert_error("~D ~<~N", "column 6 of the pattern: a pattern in");
	assert_error("~>(~o)", "column 4 of the pattern: '~o' is not known");
	assert_error("~()", "column 3 of the pattern: a pattern is expected");
	assert_error("~f \xff", "not UTF-8");
}

static void test_limits(void)
{
	GString *text = g_string_new("~A");

	for (int i = 0; i < 1000; i++) {
		g_string_prepend_c(text, '(');
		g_string_append_c(text, ')');
	}
	assert_error(text->str, "too many parentheses");
	g_string_assign(text, "~A");
	for (int i = 0; i < 3000; i++)
		g_string_append(text, "|~A");
	g_assert_true(match(text->str));
	for (int i = 0; i < 10000; i++)
		g_string_append(text, "|~A");
	assert_error(text->str, "too long");
	g_string_free(text, TRUE);
}

/* An expression and a subject made to be slow: it ends, without a match. */
static void test_backtracking(void)
{
	GString *subject = g_string_new(NULL);
	struct imap_envelope evil = { 0 };
	struct message_row other = { .envelope = &evil };

	for (int i = 0; i < 100000; i++)
		g_string_append_c(subject, 'a');
	evil.subject = subject->str;
	g_assert_false(match_row("~s '^(a+)+b$'", &other));
	g_assert_false(match_row("~s '(a|aa)+$b'", &other));
	g_assert_true(match_row("~s '^aaa'", &other));
	g_assert_true(match_row("=s aaa", &other));
	g_string_free(subject, TRUE);
}

static void test_hostile_octets(void)
{
	struct imap_envelope evil = { .subject = "\xe9\xfe report\x80",
		.message_id = "<\xc3>", .date = "\xff" };
	struct message_row other = { .envelope = &evil, .internaldate = 100 };

	g_assert_true(match_row("~s report", &other));
	g_assert_true(match_row("~i '^<.*>$'", &other));
	g_assert_true(match_row("~d 1/1/1970", &other));
	g_assert_false(match_row("~x .", &other));
	other.envelope = NULL;
	g_assert_false(match_row("~s . | ~f . | ~i . | ~x .", &other));
}

/* --- dates --------------------------------------------------------------- */

static void assert_dates(const char *text, int64_t min, int64_t max)
{
	struct pattern_range range;
	bool is_relative;

	if (!pattern_dates_parse(text, NOW, &range, &is_relative))
		g_error("'%s' is not understood", text);
	g_test_message("%s: %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, text,
		range.min, range.max);
	g_assert_cmpint(range.min, ==, min);
	g_assert_cmpint(range.max, ==, max);
	g_assert_true(is_relative == (strchr("<>=", *text) != NULL));
}

static void assert_no_dates(const char *text)
{
	struct pattern_range range;
	bool is_relative;

	if (pattern_dates_parse(text, NOW, &range, &is_relative))
		g_error("'%s' is understood", text);
}

/* Days from MIDNIGHT on. */
static int64_t start(int day)
{
	return MIDNIGHT + (int64_t)day * DAY;
}

static int64_t end(int day)
{
	return start(day + 1) - 1;
}

static void test_relative_dates(void)
{
	assert_dates("<1d", start(0), INT64_MAX);
	assert_dates("<1w", start(-6), INT64_MAX);
	assert_dates(">1w", INT64_MIN, end(-7));
	assert_dates("=1d", start(-1), end(-1));
	assert_dates("=0d", start(0), end(0));
	assert_dates("=1w", start(-7), end(-7));
	assert_dates(">1m", INT64_MIN, end(-31));
	assert_dates("=1y", start(-365), end(-365));
	assert_dates("<2H", NOW - 7200 + 1, INT64_MAX);
	assert_dates(">90M", INT64_MIN, NOW - 5400);
	assert_dates("=1H", NOW - 1800 - 3600, NOW - 1800 - 1);
	assert_dates("<30S", NOW - 29, INT64_MAX);
}

static void test_absolute_dates(void)
{
	assert_dates("18/11/2026", start(0), end(0));
	assert_dates("18/11/26", start(0), end(0));
	assert_dates("17/11", start(-1), end(-1));
	assert_dates("1", start(-17), end(-17));
	assert_dates("20261117", start(-1), end(-1));
	assert_dates("2026-11-17", start(-1), end(-1));
	assert_dates("1/1/70", 0, DAY - 1);
	assert_dates("29/2/2024", 1709164800, 1709164800 + DAY - 1);
}

static void test_date_ranges(void)
{
	assert_dates("10-18", start(-8), end(0));
	assert_dates("1/11-17/11/2026", start(-17), end(-1));
	assert_dates("17/11/2026-1/11/2026", start(-17), end(-1));
	assert_dates("2026-11-01-2026-11-18", start(-17), end(0));
	assert_dates("20261101-20261118", start(-17), end(0));
	assert_dates("18/11-", start(0), INT64_MAX);
	assert_dates("18/11-*", start(0), INT64_MAX);
	assert_dates("-18/11", INT64_MIN, end(0));
	assert_dates("*-18/11", INT64_MIN, end(0));
	assert_dates("18/11+1w", start(0), end(7));
	assert_dates("18/11-2d", start(-2), end(0));
	assert_dates("18/11*1d", start(-1), end(1));
	assert_dates("18/11+1w-2d", start(-2), end(7));
	assert_dates("17/11-18/11+1d", start(-1), end(1));
	assert_dates("18/11-2H", start(0) - 7200, end(0));
}

static void test_bad_dates(void)
{
	static const char *const bad[] = { "", "-", "*", "*-*", "-2w", "soon",
		"32/1/2026", "30/2/2026", "1/13/2026", "0/1/2026", "1/1/202",
		"1/1/20266", "2026-1-1", "2026", "123", "2026-11-18-x",
		"18/11-19/11-20/11", "18/11+", "18/11+2", "18/11+2x", "<", "<1",
		"<1x", "<w", "<99999999999y", "<99999y", "<1w2d", "1/1/0000",
		"=", "1//2026", "/1", "18/11+99999y" };

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		assert_no_dates(bad[i]);
}

static void test_match_dates(void)
{
	g_assert_true(match("~d 11/11/2026"));
	g_assert_false(match("~d 12/11/2026"));
	g_assert_true(match("~d 1/11/2026-30/11/2026"));
	g_assert_true(match("~r 11/11/2026"));
	g_assert_true(match("~r >1S | ~r <1S"));
}

/* --- ranges, rows -------------------------------------------------------- */

static void test_bad_ranges(void)
{
	static const char *const bad[] = { "", "-", "<", ">", "K", "1-x",
		"1-2-3", "x", "<1-2", "1T", "9999999999999", "999999999999G",
		"--1" };
	struct pattern_range range;

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		if (pattern_range_parse(bad[i], &range))
			g_error("'%s' is understood", bad[i]);
	}
	g_assert_true(pattern_range_parse("1,5", &range));
	g_assert_cmpint(range.max, ==, 5);
}

static void test_rows(void)
{
	size_t n;
	const struct pattern_row *rows = pattern_rows(&n);

	g_assert_cmpuint(n, >, 25);
	for (size_t i = 0; i < n; i++) {
		g_assert_nonnull(rows[i].summary);
		g_assert_cmpuint(strlen(rows[i].summary), <, 80);
		g_assert_null(pattern_letter_refusal(rows[i].letter));
		for (size_t k = 0; k < i; k++)
			g_assert_cmpint(rows[k].letter, !=, rows[i].letter);
	}
}

static bool is_cheap(const char *text)
{
	struct pattern *pattern = pattern_parse(text, NULL);
	bool cheap = pattern_is_cheap(pattern);

	g_assert_cmpstr(pattern_text(pattern), ==, text);
	pattern_free(&pattern);
	g_assert_null(pattern);
	return cheap;
}

static void test_cheap(void)
{
	g_assert_true(is_cheap("~A"));
	g_assert_true(is_cheap("~u 1:5 (~D | !~y work)"));
	g_assert_true(is_cheap("~T ~N ~m 5"));
	g_assert_false(is_cheap("~D | ~s report"));
	g_assert_false(is_cheap("~D !(~A ~z <5)"));
	g_assert_false(is_cheap("~u"));
	g_assert_false(is_cheap("report"));
}

int main(int argc, char **argv)
{
	int status;

	g_setenv("TZ", "UTC", TRUE);
	g_test_init(&argc, &argv, NULL);
	options_init();
	g_test_add_func("/mail/pattern/flags", test_flags);
	g_test_add_func("/mail/pattern/tagged", test_tagged);
	g_test_add_func("/mail/pattern/texts", test_texts);
	g_test_add_func("/mail/pattern/plain", test_plain);
	g_test_add_func("/mail/pattern/addresses", test_addresses);
	g_test_add_func("/mail/pattern/groups", test_groups);
	g_test_add_func("/mail/pattern/all-addresses", test_all_addresses);
	g_test_add_func("/mail/pattern/self", test_self);
	g_test_add_func("/mail/pattern/numbers", test_numbers);
	g_test_add_func("/mail/pattern/message-numbers", test_message_numbers);
	g_test_add_func("/mail/pattern/threads", test_threads);
	g_test_add_func("/mail/pattern/answers", test_answers);
	g_test_add_func("/mail/pattern/unknown", test_unknown);
	g_test_add_func("/mail/pattern/operators", test_operators);
	g_test_add_func("/mail/pattern/simple", test_simple);
	g_test_add_func("/mail/pattern/errors", test_errors);
	g_test_add_func("/mail/pattern/limits", test_limits);
	g_test_add_func("/mail/pattern/backtracking", test_backtracking);
	g_test_add_func("/mail/pattern/hostile-octets", test_hostile_octets);
	g_test_add_func("/mail/pattern/relative-dates", test_relative_dates);
	g_test_add_func("/mail/pattern/absolute-dates", test_absolute_dates);
	g_test_add_func("/mail/pattern/date-ranges", test_date_ranges);
	g_test_add_func("/mail/pattern/bad-dates", test_bad_dates);
	g_test_add_func("/mail/pattern/match-dates", test_match_dates);
	g_test_add_func("/mail/pattern/bad-ranges", test_bad_ranges);
	g_test_add_func("/mail/pattern/rows", test_rows);
	g_test_add_func("/mail/pattern/cheap", test_cheap);
	status = g_test_run();
	options_release();
	return status;
}
