/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/net/wake.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <errno.h>
#include <glib-unix.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/timerfd.h>
#endif

enum {
	/* Clocks are read one after the other, and slewed by NTP. */
	JUMP_US = 2 * 1000 * 1000,
	/* Addresses, routes and name servers come one after the other. */
	SETTLE_MS = 500,
};

struct wake {
	wake_fn *fn;
	void *data;
	gint64 asleep_us;  /* boot time less monotonic time */
	gint64 offset_us;  /* wall clock less monotonic time */
	unsigned network;  /* what describe_network() said */
	guint settle_source;
	int timer_fd, netlink_fd; /* -1 without */
	guint timer_watch, netlink_watch;
};

/* --- clocks -------------------------------------------------------------- */

static gint64 read_boot_us(void)
{
#ifdef CLOCK_BOOTTIME
	struct timespec now;

	if (clock_gettime(CLOCK_BOOTTIME, &now) == 0)
		return (gint64)now.tv_sec * G_USEC_PER_SEC +
			now.tv_nsec / 1000;
#endif
	return g_get_monotonic_time();
}

static const struct wake_clocks system_clocks = {
	.monotonic_us = g_get_monotonic_time,
	.boot_us = read_boot_us,
	.real_us = g_get_real_time,
};

static const struct wake_clocks *clocks = &system_clocks;

void wake_set_clocks(const struct wake_clocks *set)
{
	clocks = set != NULL ? set : &system_clocks;
}

static void read_clocks(struct wake *wake)
{
	gint64 monotonic = clocks->monotonic_us();

	wake->asleep_us = clocks->boot_us() - monotonic;
	wake->offset_us = clocks->real_us() - monotonic;
}

void wake_look(struct wake *wake)
{
	gint64 asleep = wake->asleep_us, offset = wake->offset_us;

	read_clocks(wake);
	if (wake->asleep_us - asleep > JUMP_US)
		wake->fn("the machine slept", wake->data);
	else if (ABS(wake->offset_us - offset) > JUMP_US)
		wake->fn("the clock was set", wake->data);
}

/* --- the network --------------------------------------------------------- */

/* Whether it could lead to a server elsewhere. */
static bool is_far_reaching(const struct sockaddr *address)
{
	if (address == NULL)
		return false;
	if (address->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)address;

		return ntohl(in->sin_addr.s_addr) >> 24 != 127;
	}
	if (address->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in = (const void *)address;

		return !IN6_IS_ADDR_LOOPBACK(&in->sin6_addr) &&
			!IN6_IS_ADDR_LINKLOCAL(&in->sin6_addr);
	}
	return false;
}

static unsigned describe_address(const struct ifaddrs *entry)
{
	char text[INET6_ADDRSTRLEN] = "";
	const void *octets = entry->ifa_addr->sa_family == AF_INET ?
		(const void *)&((struct sockaddr_in *)
			(void *)entry->ifa_addr)->sin_addr :
		&((struct sockaddr_in6 *)(void *)entry->ifa_addr)->sin6_addr;

	inet_ntop(entry->ifa_addr->sa_family, octets, text, sizeof(text));
	char *whole = g_strdup_printf("%s %s %u", entry->ifa_name, text,
		entry->ifa_flags & (IFF_UP | IFF_RUNNING));
	unsigned hash = g_str_hash(whole);

	g_free(whole);
	return hash;
}

/* A number that changes with the addresses we have and with their links, in
 * whatever order they are told. Routers announce the same again and again,
 * which is no change. */
static unsigned describe_network(void)
{
	struct ifaddrs *all = NULL;
	unsigned sum = 0;

	if (getifaddrs(&all) != 0)
		return 0;
	for (const struct ifaddrs *entry = all; entry != NULL;
		entry = entry->ifa_next)
		if (is_far_reaching(entry->ifa_addr))
			sum += describe_address(entry);
	freeifaddrs(all);
	return sum;
}

#ifdef __linux__

static gboolean has_settled(gpointer data)
{
	struct wake *wake = data;
	unsigned before = wake->network;

	wake->settle_source = 0;
	wake->network = describe_network();
	if (wake->network != before)
		wake->fn("the network changed", wake->data);
	return G_SOURCE_REMOVE;
}

static gboolean on_netlink(gint fd, GIOCondition condition, gpointer data)
{
	struct wake *wake = data;
	char octets[8192];

	(void)condition;
	/* What exactly is told does not matter, nor that some was lost. */
	while (recv(fd, octets, sizeof(octets), MSG_DONTWAIT) > 0)
		continue;
	if (wake->settle_source == 0)
		wake->settle_source = g_timeout_add(SETTLE_MS, has_settled,
			wake);
	return G_SOURCE_CONTINUE;
}

static void watch_network(struct wake *wake)
{
	const struct sockaddr_nl address = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR |
			RTMGRP_IPV6_IFADDR,
	};

	wake->netlink_fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC |
		SOCK_NONBLOCK, NETLINK_ROUTE);
	if (wake->netlink_fd == -1)
		return;
	if (bind(wake->netlink_fd, (const struct sockaddr *)&address,
		sizeof(address)) == 0)
		wake->netlink_watch = g_unix_fd_add(wake->netlink_fd, G_IO_IN,
			on_netlink, wake);
}

/* A timer that nobody lives to see, but for being cancelled. */
static bool arm_timer(const struct wake *wake)
{
	const struct itimerspec never = { .it_value.tv_sec =
		(time_t)MIN(G_MAXINT64 >> (sizeof(time_t) < 8 ? 32 : 0),
			G_GINT64_CONSTANT(1) << 33) };

	return timerfd_settime(wake->timer_fd, TFD_TIMER_ABSTIME |
		TFD_TIMER_CANCEL_ON_SET, &never, NULL) == 0;
}

static gboolean on_timer(gint fd, GIOCondition condition, gpointer data)
{
	struct wake *wake = data;
	uint64_t n;

	(void)condition;
	if (read(fd, &n, sizeof(n)) == -1 && errno == EAGAIN)
		return G_SOURCE_CONTINUE;
	wake_look(wake);
	if (arm_timer(wake))
		return G_SOURCE_CONTINUE;
	wake->timer_watch = 0;
	return G_SOURCE_REMOVE;
}

static void watch_clock(struct wake *wake)
{
	wake->timer_fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC |
		TFD_NONBLOCK);
	if (wake->timer_fd != -1 && arm_timer(wake))
		wake->timer_watch = g_unix_fd_add(wake->timer_fd, G_IO_IN,
			on_timer, wake);
}

#else

static void watch_network(struct wake *wake)
{
	(void)wake;
}

static void watch_clock(struct wake *wake)
{
	(void)wake;
}

#endif

/* --- life ---------------------------------------------------------------- */

struct wake *wake_new(wake_fn *fn, void *data)
{
	struct wake *wake = g_new0(struct wake, 1);

	wake->timer_fd = wake->netlink_fd = -1;
	wake->network = describe_network();
	read_clocks(wake);
	wake->fn = fn;
	wake->data = data;
	watch_network(wake);
	watch_clock(wake);
	return wake;
}

void wake_free(struct wake **wakep)
{
	struct wake *wake = *wakep;

	*wakep = NULL;
	if (wake == NULL)
		return;
	source_clear(&wake->settle_source);
	source_clear(&wake->timer_watch);
	source_clear(&wake->netlink_watch);
	if (wake->timer_fd != -1)
		close(wake->timer_fd);
	if (wake->netlink_fd != -1)
		close(wake->netlink_fd);
	g_free(wake);
}
