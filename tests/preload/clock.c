/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/preload/clock.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_EVERY_MS = 5 };

static const volatile struct clock_ahead *ahead;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void start(void)
{
	const char *path = getenv("CLOCK");
	int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *map;

	/* What it starts goes by the system's clock. */
	unsetenv("LD_PRELOAD");
	if (fd < 0)
		return;
	map = mmap(NULL, sizeof(*ahead), PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (map != MAP_FAILED)
		ahead = map;
}

static int64_t ahead_us(clockid_t id)
{
	if (ahead == NULL)
		return 0;
	if (id == CLOCK_MONOTONIC)
		return ahead->awake_us;
	if (id == CLOCK_REALTIME || id == CLOCK_BOOTTIME ||
		id == CLOCK_REALTIME_COARSE)
		return ahead->awake_us + ahead->asleep_us;
	return 0;
}

int clock_gettime(clockid_t id, struct timespec *time)
{
	static int (*real)(clockid_t, struct timespec *);
	int64_t us = ahead_us(id);

	if (real == NULL)
		real = REAL(clock_gettime);
	if (real(id, time) != 0)
		return -1;
	us += time->tv_nsec / 1000;
	time->tv_sec += (time_t)(us / 1000000);
	time->tv_nsec = (long)(us % 1000000) * 1000 + time->tv_nsec % 1000;
	return 0;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
	struct timespec now;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &now);
	time->tv_sec = now.tv_sec;
	time->tv_usec = now.tv_nsec / 1000;
	return 0;
}

time_t time(time_t *out)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (out != NULL)
		*out = now.tv_sec;
	return now.tv_sec;
}

/* In slices, so that a turn of the clock is noticed: it ends the wait, and who
 * waited looks at the clock. */
int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *timeout,
	const sigset_t *mask)
{
	static int (*real)(struct pollfd *, nfds_t, const struct timespec *,
		const sigset_t *);
	int64_t left_ms = timeout != NULL ?
		timeout->tv_sec * 1000 + timeout->tv_nsec / 1000000 : INT64_MAX;
	int64_t before = ahead_us(CLOCK_REALTIME);
	int result;

	if (real == NULL)
		real = REAL(ppoll);
	if (ahead == NULL)
		return real(fds, n, timeout, mask);
	do {
		int64_t ms = left_ms < LOOK_EVERY_MS ? left_ms : LOOK_EVERY_MS;
		struct timespec slice = { .tv_nsec = (long)ms * 1000000 };

		result = real(fds, n, &slice, mask);
		left_ms -= ms;
	} while (result == 0 && left_ms > 0 &&
		ahead_us(CLOCK_REALTIME) == before);
	return result;
}

int poll(struct pollfd *fds, nfds_t n, int timeout)
{
	struct timespec time = { timeout / 1000, timeout % 1000 * 1000000 };

	return ppoll(fds, n, timeout < 0 ? NULL : &time, NULL);
}
