/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several accounts: one that is down, that says nothing, or that asks for
 * something does not disturb the one that is looked at. */
#include "tests/pty/stage.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static char *why_not;

/* A port of 127.0.0.1 where connections are taken, and nothing is said. */
static int listen_mutely(unsigned *port_out)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	g_assert_cmpint(bind(fd, (struct sockaddr *)&address, len), ==, 0);
	g_assert_cmpint(listen(fd, 16), ==, 0);
	getsockname(fd, (struct sockaddr *)&address, &len);
	*port_out = ntohs(address.sin_port);
	return fd;
}

static const char *rc_of_many(unsigned mute_port)
{
	char *text = g_strdup_printf(
		"account mute {\n\tset url = imaps://user@127.0.0.1:%u/\n"
		"\tset password = x\n}\n"
		"account down {\n\tset url = imaps://user@127.0.0.1:1/\n"
		"\tset password = x\n}\n"
		"account asks {\n\tset url = imaps://user@localhost:%s/\n"
		"\tset tls_ca_file = %s\n}\n"
		"account stranger {\n\tset url = imaps://user@localhost:%s/\n"
		"\tset password = pass\n}\n", mute_port, stage_env("TLSPORT"),
		stage_env("CA"), stage_env("TLSPORT"));
	const char *path = stage_rc(text);

	g_free(text);
	return path;
}

static void go_to(struct tty *tty, const char *mailbox)
{
	tty_type(tty, "c");
	see(tty, "Open mailbox");
	tty_type(tty, mailbox);
	tty_type(tty, "\r");
}

static void test_undisturbed(void)
{
	unsigned port;
	int mute = listen_mutely(&port);
	struct tty *tty;

	stage_deliver("Many", "S", "alpha", NULL);
	stage_deliver("Many", "S", "beta", NULL);
	stage_deliver("Many", "S", "gamma", NULL);
	tty = stage_open(rc_of_many(port), "work/Many", NULL);
	see(tty, "alpha");
	see(tty, "IDLE");
	/* Their questions wait; keys go to the mailbox. */
	tty_type(tty, "=d");
	see_gone(tty, "alpha");
	check(tty, tty_wait_quiet(tty, 300));
	check(tty, tty_find(tty, "Password for") < 0);
	check(tty, tty_find(tty, "sha256") < 0);
	check(tty, tty_find(tty, "ffline") < 0);
	tty_type(tty, "\r");
	see(tty, "The text of beta.");
	tty_type(tty, "i");
	see(tty, "gamma");
	/* They are asked where they belong. */
	go_to(tty, "asks/Many");
	see(tty, "Password for asks");
	tty_type(tty, "pass\r");
	see(tty, "Many · asks");
	see(tty, "gamma");
	go_to(tty, "stranger/Many");
	see(tty, "sha256");
	tty_type(tty, "o");
	see(tty, "Many · stranger");
	see(tty, "gamma");
	/* One that is down says so, and keeps nobody. */
	go_to(tty, "down/INBOX");
	see(tty, "connection refused");
	go_to(tty, "mute/INBOX");
	see(tty, "INBOX · mute");
	go_to(tty, "work/Many");
	see(tty, "gamma");
	see_gone(tty, "refused");
	tty_type(tty, "q");
	check(tty, tty_wait_exit(tty) == 0);
	tty_free(&tty);
	close(mute);
}

static void run(void)
{
	if (why_not != NULL)
		g_test_skip(why_not);
	else
		test_undisturbed();
}

int main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	stage_start(&why_not);
	g_test_add_func("/accounts/undisturbed", run);
	status = g_test_run();
	stage_stop();
	g_free(why_not);
	return status;
}
