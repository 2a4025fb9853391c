/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The network goes away without a word, and comes back: with the server in a
 * network namespace of its own, whose loopback interface is put down. Skipped
 * where no such namespace may be made.
 */
#include "tests/pty/stage.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static char *why_not;

/* --- the network --------------------------------------------------------- */

static bool set_link(bool is_up)
{
	struct ifreq request = { .ifr_name = "lo",
		.ifr_flags = (short)(is_up ? IFF_UP | IFF_RUNNING : 0) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool ok = ioctl(fd, SIOCSIFFLAGS, &request) == 0;

	close(fd);
	return ok;
}

static void add_address(const char *address)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct ifreq request = { .ifr_name = "lo:1" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, address, &in.sin_addr);
	memcpy(&request.ifr_addr, &in, sizeof(in));
	g_assert_cmpint(ioctl(fd, SIOCSIFADDR, &request), ==, 0);
	close(fd);
}

/* This program again, with a network of its own. Comes back if there is none
 * to be had. */
static void enter_namespace(char **argv)
{
	const char *as_root[] = { "unshare", "--net", "true", NULL };
	const char *as_user[] = { "unshare", "--map-current-user",
		"--keep-caps", "--net", "true", NULL };
	const char **prefix = geteuid() == 0 ? as_root : as_user;
	GPtrArray *words;
	int status = 1;

	if (!g_spawn_sync(NULL, (char **)prefix, NULL, G_SPAWN_SEARCH_PATH |
		G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
		NULL, NULL, NULL, &status, NULL) || status != 0)
		return;
	words = g_ptr_array_new();
	for (size_t i = 0; strcmp(prefix[i], "true") != 0; i++)
		g_ptr_array_add(words, (char *)prefix[i]);
	for (size_t i = 0; argv[i] != NULL; i++)
		g_ptr_array_add(words, argv[i]);
	g_ptr_array_add(words, NULL);
	g_setenv("CULVER_TEST_NETWORK", "own", TRUE);
	execvp("unshare", (char **)words->pdata);
	g_ptr_array_free(words, TRUE);
}

/* --- tests --------------------------------------------------------------- */

static void make_two(const char *mailbox)
{
	stage_deliver(mailbox, "S", "alpha", NULL);
	stage_deliver(mailbox, "S", "beta", NULL);
}

static void leave(struct tty **tty)
{
	tty_type(*tty, "q");
	check(*tty, tty_wait_exit(*tty) == 0);
	tty_free(tty);
}

/* Noticed within ten seconds of what is done next; done when it is back. */
static void test_silence(void)
{
	struct tty *tty;
	gint64 start;

	make_two("Silence");
	tty = stage_open(stage_rc(NULL), "Silence", NULL);
	see(tty, "alpha");
	see(tty, "IDLE");
	g_assert_true(set_link(false));
	start = g_get_monotonic_time();
	tty_type(tty, "=d");
	see_gone(tty, "alpha");
	see(tty, "Offline since");
	check(tty, g_get_monotonic_time() - start < 11 * G_USEC_PER_SEC);
	see(tty, "1 action queued");
	see(tty, "beta");
	g_assert_true(set_link(true));
	see(tty, "IDLE");
	see_gone(tty, "Offline");
	leave(&tty);
	tty = stage_open(stage_rc(NULL), "Silence", NULL);
	see(tty, "beta");
	see(tty, "IDLE");
	check(tty, tty_find(tty, "alpha") < 0);
	leave(&tty);
}

/* Nobody does anything: the kernel tells that the network is another, and a
 * server that does not answer by the old connection is lost. */
static void test_change(void)
{
	struct tty *tty;

	make_two("Change");
	tty = stage_open(stage_rc(NULL), "Change", NULL);
	see(tty, "alpha");
	see(tty, "IDLE");
	stage_signal(SIGSTOP);
	add_address("10.9.8.7");
	see(tty, "Offline since");
	see(tty, "does not answer");
	stage_signal(SIGCONT);
	see(tty, "IDLE");
	see_gone(tty, "Offline");
	see(tty, "beta");
	leave(&tty);
}

static void run(const void *data)
{
	void (*const *test)(void) = data;

	if (why_not != NULL)
		g_test_skip(why_not);
	else
		(*test)();
}

int main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*test)(void);
	} tests[] = {
		{ "/network/silence", test_silence },
		{ "/network/change", test_change },
	};
	int status;

	if (g_getenv("CULVER_TEST_NETWORK") == NULL)
		enter_namespace(argv);
	g_test_init(&argc, &argv, NULL);
	if (g_getenv("CULVER_TEST_NETWORK") == NULL || !set_link(true))
		why_not = g_strdup("no network namespace may be made here");
	else
		stage_start(&why_not);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add_data_func(tests[i].path, &tests[i].test, run);
	status = g_test_run();
	stage_stop();
	g_free(why_not);
	return status;
}
