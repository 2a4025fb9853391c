/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Screens about an account: quota, rights, metadata, capabilities, trace. */
#include "tests/pty/stage.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *why_not;

static struct tty *open_inbox(void)
{
	struct tty *tty = stage_open(stage_rc(""), NULL, NULL);

	see(tty, "IDLE");
	return tty;
}

static void leave(struct tty **tty)
{
	tty_type(*tty, "q");
	see(*tty, ":Move");
	tty_type(*tty, "q");
	check(*tty, tty_wait_exit(*tty) == 0);
	tty_free(tty);
}

static void test_quota(void)
{
	struct tty *tty = open_inbox();

	tty_type(tty, ":quota\r");
	see(tty, "Quota of INBOX");
	see(tty, "User quota");
	see(tty, "of 200M");
	leave(&tty);
}

/* Rights are given, shown as the server has them, and taken. */
static void test_acl(void)
{
	struct tty *tty = open_inbox();

	tty_type(tty, ":acl\r");
	see(tty, "Rights on INBOX");
	see(tty, "lookup, read");
	tty_type(tty, "a");
	see(tty, "Give rights to");
	tty_type(tty, "other\r");
	see(tty, "other                lookup, read");
	see(tty, "[x] r read");
	see(tty, "[ ] w write");
	/* The cursor is on the new one's own line. */
	tty_type(tty, "jjjj\r");
	see(tty, "other                lookup, read, write");
	see(tty, "[x] w write");
	tty_type(tty, "kkkkd");
	see(tty, "Remove all rights of other?");
	tty_type(tty, "y");
	see_gone(tty, "other     ");
	leave(&tty);
}

/* Nobody locks himself out by a slip of the finger. */
static void test_acl_own(void)
{
	struct tty *tty = open_inbox();

	tty_type(tty, ":acl\r");
	see(tty, "lookup, read");
	tty_type(tty, "\r");
	see(tty, "[x] a admin");
	tty_type(tty, "jjjjjjjjjjj\r");
	see(tty, "Give up your own right to change rights?");
	tty_type(tty, "n");
	see(tty, "[x] a admin");
	tty_type(tty, "d");
	see(tty, "Remove all your own rights?");
	tty_type(tty, "n");
	see(tty, "[x] a admin");
	leave(&tty);
}

static void test_rights(void)
{
	struct tty *tty = open_inbox();

	tty_type(tty, ":rights\r");
	see(tty, "INBOX: lookup, read, seen");
	tty_type(tty, ":set-acl INBOX other L\r");
	see(tty, "expected letters of rights");
	tty_type(tty, "q");
	check(tty, tty_wait_exit(tty) == 0);
	tty_free(&tty);
}

static void test_metadata(void)
{
	struct tty *tty = open_inbox();

	tty_type(tty, ":set-metadata INBOX /private/comment \"a note\"\r");
	see(tty, "Metadata of INBOX set");
	tty_type(tty, ":metadata\r");
	see(tty, "/private/comment");
	see(tty, "a note");
	tty_type(tty, "q:set-metadata INBOX /private/comment \"\"\r");
	see(tty, "Metadata of INBOX set");
	tty_type(tty, ":metadata INBOX /private/comment\r");
	see(tty, "none");
	tty_type(tty, "q:metadata INBOX /comment\r");
	see(tty, "expected an entry below");
	tty_type(tty, "q");
	check(tty, tty_wait_exit(tty) == 0);
	tty_free(&tty);
}

static void test_capabilities(void)
{
	struct tty *tty = open_inbox();

	tty_type(tty, ":capabilities\r");
	see(tty, "Account");
	see(tty, "Used, with the RFC");
	see(tty, "ACL                    4314 rights of others");
	tty_type(tty, "/JMAPACCESS\r");
	see(tty, "JMAPACCESS             9698");
	leave(&tty);
}

/* Follows, stops where the user looks, filters, searches, pauses, saves. */
static void test_trace(void)
{
	struct tty *tty = open_inbox();

	tty_type(tty, ":trace\r");
	see(tty, "nothing was said");
	see(tty, "following");
	tty_type(tty, ":fetch-mail\r");
	see(tty, "NOOP");
	tty_type(tty, "k");
	see(tty, "not following");
	tty_type(tty, "/noop\r");
	tty_type(tty, "\r");
	see(tty, "#1  ");
	tty_type(tty, "q");
	tty_type(tty, "G");
	see(tty, "  following");
	tty_type(tty, "p");
	see(tty, "paused");
	tty_type(tty, ":fetch-mail\r");
	see(tty, "not kept");
	see_gone(tty, "paused, 0 not kept");
	tty_type(tty, "p");
	see(tty, "not kept meanwhile");
	tty_type(tty, "l");
	see(tty, "Only account");
	tty_type(tty, "nobody\r");
	see(tty, "Trace of nobody");
	see(tty, "0 lines");
	leave(&tty);
}

static void test_trace_save(void)
{
	struct tty *tty = open_inbox();
	char *folder = g_dir_make_tmp("culver-trace.XXXXXX", NULL);
	char *path = g_build_filename(folder, "trace", NULL), *text = NULL;
	char *typed = g_strdup_printf("s%s\r", path);
	struct stat st;

	tty_type(tty, ":trace\r:rights\r");
	see(tty, "C A");
	see(tty, "MYRIGHTS");
	tty_type(tty, typed);
	see(tty, "saved ");
	check(tty, g_file_get_contents(path, &text, NULL, NULL) &&
		strstr(text, " C: A") != NULL &&
		strstr(text, "MYRIGHTS INBOX") != NULL);
	check(tty, stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
	tty_type(tty, typed);
	see(tty, "not saved:");
	leave(&tty);
	unlink(path);
	rmdir(folder);
	g_free(text);
	g_free(typed);
	g_free(path);
	g_free(folder);
}

static void add(const char *name, void (*test)(void))
{
	char *path = g_strconcat("/pty/account/", name, NULL);

	g_test_add_func(path, test);
	g_free(path);
}

static void test_missing(void)
{
	g_test_skip(why_not);
}

int main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	if (!stage_start(&why_not)) {
		add("server", test_missing);
		return g_test_run();
	}
	add("quota", test_quota);
	add("acl", test_acl);
	add("acl/own", test_acl_own);
	add("rights", test_rights);
	add("metadata", test_metadata);
	add("capabilities", test_capabilities);
	add("trace", test_trace);
	add("trace/save", test_trace_save);
	status = g_test_run();
	stage_stop();
	return status;
}
