/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/net/tcp.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#ifdef __linux__
#include <linux/sockios.h>
#endif

enum {
	/* Rare enough to let a radio sleep; a NAT forgets later. */
	KEEPALIVE_IDLE_S = 60,
	KEEPALIVE_INTERVAL_S = 15,
	KEEPALIVE_PROBES = 4,
	/* With what the reconnect takes, below 10 s from an action on. */
	USER_TIMEOUT_MS = 8 * 1000,
	/* The user timeout counts for a window of zero, too. */
	FULL_TIMEOUT_MS = 60 * 1000,
};

static void set_option(int fd, int level, int name, int value)
{
	/* Not every socket has each of them: no failure. */
	(void)setsockopt(fd, level, name, &value, sizeof(value));
}

static bool is_tcp(int fd)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);

	return getsockname(fd, (struct sockaddr *)&address, &len) == 0 &&
		(address.ss_family == AF_INET || address.ss_family == AF_INET6);
}

static void set_user_timeout(int fd, int ms)
{
#ifdef TCP_USER_TIMEOUT
	set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, ms);
#else
	(void)fd;
	(void)ms;
#endif
}

void tcp_prepare(int fd)
{
	set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
#ifdef TCP_KEEPIDLE
	set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S);
#endif
#ifdef TCP_KEEPINTVL
	set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S);
#endif
#ifdef TCP_KEEPCNT
	set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_PROBES);
#endif
	set_user_timeout(fd, USER_TIMEOUT_MS);
}

void tcp_note_full(int fd, bool is_full)
{
	if (is_tcp(fd))
		set_user_timeout(fd,
			is_full ? FULL_TIMEOUT_MS : USER_TIMEOUT_MS);
}

bool tcp_is_acknowledged(int fd)
{
#ifdef SIOCOUTQ
	int unacknowledged = 0;

	return is_tcp(fd) && ioctl(fd, SIOCOUTQ, &unacknowledged) == 0 &&
		unacknowledged == 0;
#else
	(void)fd;
	return false;
#endif
}
