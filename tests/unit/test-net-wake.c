/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sleep, a clock that is set, and addresses that come and go. */
#include "src/base/base.h"
#include "src/net/wake.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static gint64 monotonic, boot, real;

static gint64 read_monotonic(void)
{
	return monotonic;
}

static gint64 read_boot(void)
{
	return boot;
}

static gint64 read_real(void)
{
	return real;
}

static const struct wake_clocks turned = { read_monotonic, read_boot,
	read_real };

static void on_wake(const char *why, void *data)
{
	char **said = data;

	g_free(*said);
	*said = g_strdup(why);
}

static void pass(gint64 seconds)
{
	monotonic += seconds * G_USEC_PER_SEC;
	boot += seconds * G_USEC_PER_SEC;
	real += seconds * G_USEC_PER_SEC;
}

static void look(struct wake *wake, char **said, const char *expected)
{
	g_clear_pointer(said, g_free);
	wake_look(wake);
	g_assert_cmpstr(*said, ==, expected);
	/* Told once. */
	g_clear_pointer(said, g_free);
	wake_look(wake);
	g_assert_null(*said);
}

static void test_clocks(void)
{
	char *said = NULL;
	struct wake *wake;

	wake_set_clocks(&turned);
	wake = wake_new(on_wake, &said);
	look(wake, &said, NULL);
	pass(100000);
	look(wake, &said, NULL);
	/* Asleep: the wall clock went on, too. */
	boot += (gint64)3600 * G_USEC_PER_SEC;
	real += (gint64)3600 * G_USEC_PER_SEC;
	look(wake, &said, "the machine slept");
	real -= (gint64)3600 * G_USEC_PER_SEC;
	look(wake, &said, "the clock was set");
	real += 60 * G_USEC_PER_SEC;
	look(wake, &said, "the clock was set");
	/* NTP slews it. */
	real += G_USEC_PER_SEC / 2;
	boot += 1000;
	look(wake, &said, NULL);
	wake_free(&wake);
	g_assert_null(wake);
	wake_free(&wake);
	wake_set_clocks(NULL);
}

static void test_nothing(void)
{
	char *said = NULL;
	struct wake *wake = wake_new(on_wake, &said);

	for (int i = 0; i < 20; i++) {
		wake_look(wake);
		g_main_context_iteration(NULL, FALSE);
	}
	g_assert_null(said);
	wake_free(&wake);
}

/* --- the network, in a namespace of our own -------------------------------- */

static bool enter_namespace(void)
{
	return unshare(CLONE_NEWNET) == 0 ||
		unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
}

static bool set_address(const char *name, const char *address)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct ifreq request = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, address, &in.sin_addr);
	g_strlcpy(request.ifr_name, name, sizeof(request.ifr_name));
	memcpy(&request.ifr_addr, &in, sizeof(in));
	bool ok = ioctl(fd, SIOCSIFADDR, &request) == 0;

	close(fd);
	return ok;
}

static gboolean time_is_up(gpointer data)
{
	*(bool *)data = true;
	return G_SOURCE_REMOVE;
}

static void run_until(char **said, unsigned limit_ms)
{
	bool is_over = false;
	guint timer = g_timeout_add(limit_ms, time_is_up, &is_over);

	while (*said == NULL && !is_over)
		g_main_context_iteration(NULL, TRUE);
	if (!is_over)
		g_source_remove(timer);
}

static void test_network(void)
{
	char *said = NULL;
	struct wake *wake;

	if (!enter_namespace()) {
		g_test_skip("no network namespace may be made here");
		return;
	}
	wake = wake_new(on_wake, &said);
	if (!set_address("lo:1", "10.9.8.7")) {
		g_test_skip("no address may be given here");
		wake_free(&wake);
		return;
	}
	run_until(&said, 10000);
	g_assert_cmpstr(said, ==, "the network changed");
	g_clear_pointer(&said, g_free);
	/* Leads nowhere else: no news. */
	g_assert_true(set_address("lo:2", "127.9.9.9"));
	run_until(&said, 700);
	g_assert_null(said);
	g_assert_true(set_address("lo:1", "10.9.8.8"));
	run_until(&said, 10000);
	g_assert_cmpstr(said, ==, "the network changed");
	g_free(said);
	wake_free(&wake);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/net/wake/clocks", test_clocks);
	g_test_add_func("/net/wake/nothing", test_nothing);
	g_test_add_func("/net/wake/network", test_network);
	return g_test_run();
}
