/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sourcing rc text: what it does, and where its errors are. */
#include "src/base/base.h"

#include <glib/gstdio.h>
#include <limits.h>

#include "src/base/error.h"
#include "src/rc/command.h"
#include "src/rc/option.h"

static GString *reports; /* "LINE:COLUMN: message\n" */
static GString *echoes;
static char *directory;

static void report(const struct command_origin *origin, bool is_warning,
	const char *message, void *data)
{
	(void)data;
	g_string_append_printf(reports, "%u:%u: %s%s\n", origin->line,
		origin->column, is_warning ? "warning: " : "", message);
}

static void echo(const char *option, const char *text, void *data)
{
	(void)data;
	g_string_append_printf(echoes, "%s=%s\n", option, text);
}

static void setup(void)
{
	options_init();
	commands_init();
	command_set_report(report, NULL);
	command_set_echo(echo, NULL);
	reports = g_string_new(NULL);
	echoes = g_string_new(NULL);
	directory = g_dir_make_tmp("culver-rc-XXXXXX", NULL);
	g_assert_nonnull(directory);
}

static void teardown(void)
{
	GDir *dir = g_dir_open(directory, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(directory, name, NULL);

		g_unlink(path);
	}
	g_dir_close(dir);
	g_rmdir(directory);
	g_clear_pointer(&directory, g_free);
	g_string_free(reports, TRUE);
	g_string_free(echoes, TRUE);
	commands_release();
	options_release();
}

static char *write_file(const char *name, const char *text)
{
	char *path = g_build_filename(directory, name, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	return path;
}

static void source(const char *text)
{
	g_autofree char *path = write_file("culverrc", text);

	g_assert_true(command_source(path, report, NULL, NULL));
}

/* As typed at the prompt. */
static void run(const char *text)
{
	struct command_list *list =
		command_parse(text, strlen(text), ":", report, NULL);

	command_list_run(list, NULL, 0, false, NULL, NULL);
	command_list_unref(&list);
}

static const struct options *globals(void)
{
	return options_values(options_global());
}

static const struct options *account(const char *name)
{
	return options_values(options_account(name));
}

#define assert_reports(expected) g_assert_cmpstr(reports->str, ==, expected)

static void test_contract(void)
{
	setup();
	source("# comment\n"
	       "set imap_connections = 5   # of ten\n"
	       "set noimap_idle\n"
	       "account work {\n"
	       "    set url = imaps://bob@imap.example.org\n"
	       "    set password_command = \"pass show mail/work\"\n"
	       "    set from = \"Bob <bob@example.org>\"\n"
	       "}\n"
	       "account home { set url = imaps://bob@example.net; set auth = "
	       "oauthbearer; set token_command = \"mailtoken home\" }\n"
	       "mailbox \"work/Lists/*\" { set delete_mode = mark }\n"
	       "if version >= 0.0.1 { set trash = new } else { set trash = old }\n"
	       "hook startup { set sent = Post }\n"
	       "account work {}\n");
	assert_reports("");
	g_assert_cmpint(globals()->imap_connections, ==, 5);
	g_assert_false(globals()->imap_idle);
	g_assert_cmpstr(account("work")->url, ==, "imaps://bob@imap.example.org");
	g_assert_cmpstr(account("work")->from, ==, "Bob <bob@example.org>");
	g_assert_cmpstr(account("work")->trash, ==, "new");
	g_assert_cmpstr(account("home")->auth[0], ==, "oauthbearer");
	g_assert_cmpstr(account("home")->token_command, ==, "mailtoken home");
	g_assert_cmpint(options_values(options_for_mailbox("work",
				"Lists/x"))->delete_mode, ==, 2);
	g_assert_cmpint(options_values(options_for_mailbox("home",
				"Lists/x"))->delete_mode, ==, 0);
	g_assert_null(globals()->sent);
	command_run_hook("startup", NULL, NULL);
	g_assert_cmpstr(globals()->sent, ==, "Post");
	teardown();
}

static void test_errors(void)
{
	setup();
	source("sett trash = x\n"
	       "set delete_mode = trahs\n"
	       "  set imap_conections = 4; set trash = ok\n"
	       "set from = \"Bob\n"
	       "set imap_connections = 99\n"
	       "unknown { set junk = a\n"
	       "set junk = b }\n"
	       "account { set junk = c }\n"
	       "account x { set junk = d } y\n"
	       "}\n"
	       "set drafts = $nothing_there\n"
	       "account x { set header_cache = /tmp }\n"
	       "mailbox y { set url = imaps://h/ }\n"
	       "set tls_pin = sha256:12\n"
	       "set url = http://x/\n"
	       "if trsh { }\n"
	       "hook statup { }\n"
	       "account z {\n");
	assert_reports(
		"1:1: unknown command 'sett'; did you mean 'set'?\n"
		"4:12: expected \" before the end of the line\n"
		"6:1: unknown command 'unknown'\n"
		"8:1: too few arguments; usage: account NAME { ... }\n"
		"9:28: expected the end of the command after '}'\n"
		"10:1: '}' without '{'\n"
		"18:11: '{' without '}'\n"
		"2:19: 'delete_mode' must be one of auto, trash, mark, not "
		"'trahs'; did you mean 'trash'?\n"
		"3:7: unknown option 'imap_conections'; did you mean "
		"'imap_connections'?\n"
		"5:24: 'imap_connections' must be a number from 1 to 10, not "
		"'99'\n"
		"11:14: no option or variable 'nothing_there'; write \\$ or use "
		"single quotes for a mere $\n"
		"12:17: 'header_cache' cannot be set for an account; set it "
		"outside of blocks\n"
		"13:17: 'url' cannot be set for a mailbox; set it in account {}\n"
		"14:15: 'tls_pin': expected sha256: and 64 hexadecimal digits, "
		"not 'sha256:12'\n"
		"15:11: 'url': expected imaps://user@host/, imap://user@host/ or "
		"user@domain, not 'http://x/'\n"
		"16:4: expected version, exists, env, option, command or term\n"
		"17:6: no hook is named 'statup', only account, mailbox, message, "
		"new-mail, send, shutdown, startup, timeout; did you mean "
		"'startup'?\n");
	g_assert_cmpstr(globals()->trash, ==, "ok");
	g_assert_null(globals()->junk);
	teardown();
}

static void test_set_family(void)
{
	setup();
	source("set trash=a sent = b drafts= c junk =d imap_idle\n"
	       "set invimap_idle ; toggle read_only; set imap_connections += 2\n"
	       "set imap_disable += MOVE imap_disable += \"IDLE QRESYNC\"\n"
	       "set imap_disable -= IDLE\n"
	       "unset sent; reset drafts; set &junk; set ?trash; set trash?\n"
	       "set my_a = 1; set my_a += 2; set archive = \"x$my_a.${my_a}y\"\n"
	       "set my_a?; unset my_a; set my_a?\n"
	       "set noread_only; set delete-mode=mark; set headercache = /x\n"
	       "set imap_connections; set realname = 'a $b `c` \\n'\n"
	       "toggle trash\n");
	assert_reports("7:28: 'my_a' is not set\n"
		       "10:8: 'trash' cannot be toggled: it is not yes or no\n");
	g_assert_cmpstr(echoes->str, ==,
		"trash=a\ntrash=a\nmy_a=12\nimap_connections=5\n");
	g_assert_cmpstr(globals()->trash, ==, "a");
	g_assert_null(globals()->sent);
	g_assert_null(globals()->drafts);
	g_assert_null(globals()->junk);
	g_assert_false(globals()->imap_idle);
	g_assert_false(globals()->read_only);
	g_assert_cmpstr(globals()->imap_disable[0], ==, "MOVE");
	g_assert_cmpstr(globals()->imap_disable[1], ==, "QRESYNC");
	g_assert_null(globals()->imap_disable[2]);
	g_assert_cmpstr(globals()->archive, ==, "x12.12y");
	g_assert_cmpint(globals()->delete_mode, ==, 2);
	g_assert_cmpstr(globals()->header_cache, ==, "/x");
	g_assert_cmpstr(globals()->realname, ==, "a $b `c` \\n");
	teardown();
}

static void test_conditions(void)
{
	setup();
	g_setenv("TERM", "kitty-direct", TRUE);
	g_setenv("CULVER_TEST", "1", TRUE);
	source("if term \"kitty*\" and not exists /nowhere/at/all { set trash = 1 }\n"
	       "else { set trash = 2 }\n"
	       "if version < 0.0 { set sent = 1 } else if env CULVER_TEST=2 {\n"
	       "set sent = 2 } else if env CULVER_TEST { set sent = 3 }\n"
	       "else { set sent = 4 }\n"
	       "if option nonsense or option trash { set junk = 1 }\n"
	       "ifdef trash 'set drafts = 1'\n"
	       "ifndef nonsense set archive = 1; ifdef nonsense set archive = 2\n"
	       "ifdef nonsense { sett; set x }\n"
	       "if env CULVER_TEST { sett }\n"
	       "finish\n"
	       "set archive = 3\n");
	assert_reports("10:22: unknown command 'sett'; did you mean 'set'?\n");
	g_assert_cmpstr(globals()->trash, ==, "1");
	g_assert_cmpstr(globals()->sent, ==, "3");
	g_assert_cmpstr(globals()->junk, ==, "1");
	g_assert_cmpstr(globals()->drafts, ==, "1");
	g_assert_cmpstr(globals()->archive, ==, "1");
	teardown();
}

static void test_source(void)
{
	g_autofree char *inner = NULL;
	g_autofree char *loop = NULL;

	setup();
	inner = write_file("inner.rc", "set trash = inner\nfoo\nfinish\nbar\n");
	loop = write_file("loop.rc", "source loop.rc\n");
	source("source inner.rc\nset sent = $trash\n"
	       "source missing.rc\n"
	       "source \"echo set junk = piped|\"\n");
	g_assert_cmpstr(globals()->sent, ==, "inner");
	g_assert_cmpstr(globals()->junk, ==, "piped");
	g_assert_true(g_str_has_prefix(reports->str,
		"2:1: unknown command 'foo'\n3:8: cannot read '"));
	g_string_truncate(reports, 0);
	source("source loop.rc\n");
	assert_reports("1:1: commands are nested too deeply; does something "
		       "run itself?\n");
	g_assert_false(command_source("/nowhere/culverrc", report, NULL, NULL));
	teardown();
}

static void test_programs(void)
{
	setup();
	source("mailboxes `printf 'a b\\nc'` \"`echo d e`\"\n"
	       "set trash = `false`\n"
	       "set trash = \"`echo a | cat`\"\n"
	       "setenv CULVER_TEST_X y; set sent = $CULVER_TEST_X\n");
	g_assert_cmpuint(g_strv_length((char **)rc_list("mailboxes")), ==, 4);
	g_assert_cmpstr(rc_list("mailboxes")[2], ==, "c");
	g_assert_cmpstr(rc_list("mailboxes")[3], ==, "d e");
	g_assert_cmpstr(globals()->sent, ==, "y");
	assert_reports("2:13: 'false' failed\n"
		       "3:13: cannot run 'echo a | cat': no shell runs it; write "
		       "sh -c '...'\n");
	g_string_truncate(reports, 0);
	run("set trash = `echo x`; source 'echo|'; setenv A b");
	assert_reports("1:13: cannot run 'echo x': programs are run while the "
		       "rc file is read only\n"
		       "1:30: cannot run 'echo': programs are run while the rc "
		       "file is read only\n"
		       "1:39: the environment can be changed in the rc file only\n");
	teardown();
}

static void test_mutt(void)
{
	const char **names;

	setup();
	source("set imap_user = bob imap_pass = secret\n"
	       "set folder = imaps://imap.example.org:993/\n"
	       "set spoolfile = +INBOX record = =Sent postponed==Drafts\n"
	       "set imap_authenticators = \"plain:login\"\n"
	       "set noimap_qresync ssl_starttls=yes\n"
	       "set ssl_verify_host=no\n"
	       "set certificate_file = ~/.certs; set nomove\n"
	       "set pgp_autosign\n"
	       "set folder = ~/Mail\n"
	       "open-hook '\\.gz$' \"gzip -cd '%f' > '%t'\"\n"
	       "folder-hook . 'set trash = hooked'\n"
	       "folder-hook !INBOX set sent = other\n"
	       "save-hook '~f bob' =Bob\n"
	       "account-hook work { set junk = acc }\n");
	assert_reports(
		"6:5: warning: certificates are always verified; see 'tls_pin'\n"
		"7:5: warning: mutt's 'certificate_file' has no meaning here\n"
		"7:38: warning: mutt's 'move' has no meaning here\n"
		"8:5: warning: mutt's 'pgp_autosign' has no meaning here\n"
		"9:5: warning: 'folder' is not the URL of a server; culver keeps "
		"no local mailboxes\n"
		"10:1: warning: mutt's 'open-hook' has no meaning here\n");
	names = options_accounts();
	g_assert_cmpstr(names[0], ==, "imap.example.org");
	g_assert_null(names[1]);
	g_free(names);
	g_assert_cmpstr(account("imap.example.org")->user, ==, "bob");
	g_assert_cmpstr(account("imap.example.org")->password, ==, "secret");
	g_assert_cmpstr(account("imap.example.org")->inbox, ==, "+INBOX");
	g_assert_cmpstr(globals()->sent, ==, "=Sent");
	g_assert_cmpstr(globals()->drafts, ==, "=Drafts");
	g_assert_cmpstr(globals()->auth[1], ==, "login");
	g_assert_cmpstr(globals()->imap_disable[0], ==, "QRESYNC");
	command_run_hook_for("mailbox", "INBOX", NULL, NULL, NULL, NULL);
	g_assert_cmpstr(globals()->trash, ==, "hooked");
	g_assert_cmpstr(globals()->sent, ==, "=Sent");
	command_run_hook_for("mailbox", "Lists", NULL, NULL, NULL, NULL);
	g_assert_cmpstr(globals()->sent, ==, "other");
	command_run_hook("account", NULL, NULL);
	g_assert_null(globals()->junk);
	command_run_hook_for("account", "work", NULL, NULL, NULL, NULL);
	g_assert_cmpstr(globals()->junk, ==, "acc");
	run("unhook folder-hook; unset trash");
	command_run_hook_for("mailbox", "x", NULL, NULL, NULL, NULL);
	g_assert_null(globals()->trash);
	teardown();
}

static void test_headers(void)
{
	setup();
	g_assert_true(rc_header_is_shown("Subject"));
	g_assert_true(rc_header_is_shown("from"));
	g_assert_false(rc_header_is_shown("Received"));
	g_assert_cmpint(rc_header_order("From"), <, rc_header_order("Subject"));
	g_assert_cmpint(rc_header_order("X-Foo"), ==, INT_MAX);
	source("unignore x-; ignore from\n"
	       "hdr_order date: subject\n");
	g_assert_true(rc_header_is_shown("X-Mailer"));
	g_assert_false(rc_header_is_shown("From"));
	g_assert_cmpint(rc_header_order("Date"), ==, 0);
	g_assert_cmpint(rc_header_order("Subject"), ==, 1);
	g_assert_cmpint(rc_header_order("From"), ==, INT_MAX);
	source("ignore *; unignore to: cc\n");
	g_assert_false(rc_header_is_shown("Subject"));
	g_assert_true(rc_header_is_shown("To"));
	g_assert_false(rc_header_is_shown("Token"));
	source("unignore *");
	g_assert_true(rc_header_is_shown("Received"));
	assert_reports("");
	teardown();
}

static void test_facts(void)
{
	setup();
	source("alias bob Bob Smith <bob@example.org>\n"
	       "alias -group us eve \"Eve, X\" <eve@example.org>, z@example.org\n"
	       "alias BOB b@example.net # the new one\n"
	       "subscribe list@; lists other@; unsubscribe list@\n"
	       "my_hdr X-A: one; my_hdr x-b: 'two'; my_hdr X-A: three\n"
	       "unmy_hdr X-B\n"
	       "alternates '^b(o|0)b@' \"a, b\"; unalternates \"a, b\"\n"
	       "alternates '('\n"
	       "group -group us -addr a@example.org -rx '.*@ex'\n"
	       "auto_view text/html; named-mailboxes In =INBOX Out =Sent\n"
	       "mailboxes -notify =Lists; unmailboxes =Sent\n");
	g_assert_true(g_str_has_prefix(reports->str,
		"8:12: 'alternates': not a regular expression: "));
	g_assert_cmpuint(rc_aliases()->len, ==, 2);
	g_assert_cmpstr(rc_alias_find("Bob")->addresses, ==, "b@example.net");
	g_assert_cmpstr(rc_alias_find("eve")->addresses, ==,
		"\"Eve, X\" <eve@example.org>, z@example.org");
	g_assert_cmpstr(rc_list("lists")[0], ==, "list@");
	g_assert_cmpstr(rc_list("lists")[1], ==, "other@");
	g_assert_null(rc_list("subscribe")[0]);
	g_assert_cmpstr(rc_list("my_hdr")[0], ==, "X-A: three");
	g_assert_null(rc_list("my_hdr")[1]);
	g_assert_cmpstr(globals()->alternates[0], ==, "^b(o|0)b@");
	g_assert_null(globals()->alternates[1]);
	g_assert_cmpstr(rc_group("us", false)[1], ==, "a@example.org");
	g_assert_cmpstr(rc_group("us", true)[0], ==, ".*@ex");
	g_assert_null(rc_group("them", false));
	g_assert_cmpstr(rc_list("auto_view")[0], ==, "text/html");
	g_assert_cmpstr(rc_list("mailboxes")[0], ==, "=INBOX");
	g_assert_cmpstr(rc_list("mailboxes")[1], ==, "=Lists");
	g_assert_null(rc_list("nonsense"));
	teardown();
}

static void test_dump(void)
{
	g_autofree char *first = NULL, *second = NULL;

	setup();
	source("set realname = 'q\"uo\\te $x `y` ;#' password = secret\n"
	       "set imap_disable = \"A,B C\"; set header_cache = ~/x\n"
	       "alternates 'a b,c'\n"
	       "account \"w\" { set trash = T; unset sent; set password = p }\n"
	       "mailbox 'w/Li \"st*' { set read_only }\n");
	first = options_dump();
	g_assert_null(strstr(first, "secret"));
	g_assert_nonnull(strstr(first, "set password = \"\"\n"));
	g_assert_nonnull(strstr(first, "set imap_idle = yes\n"));
	teardown();
	setup();
	source(first);
	assert_reports("");
	second = options_dump();
	g_assert_cmpstr(first, ==, second);
	g_assert_cmpstr(globals()->realname, ==, "q\"uo\\te $x `y` ;#");
	g_assert_cmpstr(globals()->alternates[0], ==, "a b,c");
	g_assert_true(options_values(options_for_mailbox("w", "Li \"stX"))
			      ->read_only);
	teardown();
}

static void test_rows(void)
{
	size_t n;
	const struct command_row *const *rows;

	setup();
	rows = command_rows(&n);
	g_assert_cmpuint(n, >, 50);
	for (size_t i = 0; i < n; i++) {
		g_assert_nonnull(rows[i]->summary);
		g_assert_cmpuint(strlen(rows[i]->summary), >, 5);
		g_assert_false(g_str_has_suffix(rows[i]->summary, "."));
		g_assert_nonnull(rows[i]->usage);
		g_assert_nonnull(rows[i]->group);
		g_assert_nonnull(rows[i]->exec);
		if (i > 0)
			g_assert_cmpstr(rows[i - 1]->name, <, rows[i]->name);
		g_assert_true(command_find(rows[i]->name) == rows[i]);
	}
	g_assert_cmpstr(command_find("myhdr")->name, ==, "my_hdr");
	g_assert_cmpstr(command_find("folder_hook")->name, ==, "folder-hook");
	g_assert_null(command_find("nonsense"));
	teardown();
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rc/language/contract", test_contract);
	g_test_add_func("/rc/language/errors", test_errors);
	g_test_add_func("/rc/language/set", test_set_family);
	g_test_add_func("/rc/language/conditions", test_conditions);
	g_test_add_func("/rc/language/source", test_source);
	g_test_add_func("/rc/language/programs", test_programs);
	g_test_add_func("/rc/language/mutt", test_mutt);
	g_test_add_func("/rc/language/headers", test_headers);
	g_test_add_func("/rc/language/facts", test_facts);
	g_test_add_func("/rc/language/dump", test_dump);
	g_test_add_func("/rc/language/rows", test_rows);
	return g_test_run();
}
