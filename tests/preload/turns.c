/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Preloaded: how long the main loop of a GLib program takes from one poll() to
 * the next, in time of its own processor: what other programs take does not
 * count. TURNS names the file of the report, written at the end; the stack of a
 * turn that takes longer than TURNS_MS (5) is written to it at that moment, and
 * after each so many more, for addr2line.
 */
#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { SLOTS = 200 }; /* of a millisecond each */

static int report = -1;
static timer_t timer;
static struct itimerspec limit = { .it_value.tv_nsec = 5 * 1000 * 1000 };

static int64_t since_us, longest_us;
static unsigned long turns[SLOTS];

static int64_t used_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Whatever was interrupted may hold the allocator's lock. */
static void on_limit(int number)
{
	static const char head[] = "longer:\n";
	void *frames[64];
	ssize_t n = write(report, head, sizeof(head) - 1);

	(void)number;
	(void)n;
	backtrace_symbols_fd(frames, backtrace(frames, 64), report);
}

__attribute__((constructor)) static void start(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID,
		.sigev_signo = SIGPROF };
	struct sigaction action = { .sa_handler = on_limit,
		.sa_flags = SA_RESTART };
	void *frames[1];

	if (getenv("TURNS") == NULL)
		return;
	report = open(getenv("TURNS"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		0666);
	unsetenv("LD_PRELOAD");
	if (getenv("TURNS_MS") != NULL)
		limit.it_value.tv_nsec = atol(getenv("TURNS_MS")) * 1000000;
	limit.it_interval = limit.it_value;
	backtrace(frames, 1); /* loads what it needs */
	event._sigev_un._tid = (pid_t)syscall(SYS_gettid);
	sigaction(SIGPROF, &action, NULL);
	timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer);
}

__attribute__((destructor)) static void end(void)
{
	unsigned long above = 0;

	if (report < 0)
		return;
	dprintf(report, "the longest took %.1f ms\n", (double)longest_us / 1000);
	for (int i = SLOTS - 1; i >= 0; i--) {
		above += turns[i];
		if (turns[i] > 0)
			dprintf(report, "from %d ms: %lu\n", i, above);
	}
}

static void end_turn(void)
{
	int64_t took_us = used_us() - since_us;
	int64_t ms = took_us / 1000;

	if (since_us == 0)
		return;
	turns[ms < SLOTS ? ms : SLOTS - 1]++;
	if (took_us > longest_us)
		longest_us = took_us;
}

int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *timeout,
	const sigset_t *mask)
{
	static int (*real)(struct pollfd *, nfds_t, const struct timespec *,
		const sigset_t *);
	const struct itimerspec none = { 0 };
	int result;

	if (real == NULL)
		real = (__typeof__(real))dlsym(RTLD_NEXT, "ppoll");
	if (report < 0 || getpid() != (pid_t)syscall(SYS_gettid))
		return real(fds, n, timeout, mask);
	timer_settime(timer, 0, &none, NULL);
	end_turn();
	result = real(fds, n, timeout, mask);
	since_us = used_us();
	timer_settime(timer, 0, &limit, NULL);
	return result;
}

int poll(struct pollfd *fds, nfds_t n, int timeout)
{
	struct timespec time = { timeout / 1000, timeout % 1000 * 1000000 };

	return ppoll(fds, n, timeout < 0 ? NULL : &time, NULL);
}
