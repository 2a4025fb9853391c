/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Preloaded: a slow disk. Each write at an offset, and each sync, waits for
 * SLOW_MS (100) first; only databases write so.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static void wait_for_disk(void)
{
	const char *ms = getenv("SLOW_MS");
	long wait_ms = ms != NULL ? atol(ms) : 100;
	struct timespec time = { wait_ms / 1000, wait_ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t pwrite(int fd, const void *octets, size_t n, off_t at)
{
	wait_for_disk();
	return REAL(pwrite)(fd, octets, n, at);
}

ssize_t pwrite64(int fd, const void *octets, size_t n, off64_t at)
{
	wait_for_disk();
	return REAL(pwrite64)(fd, octets, n, at);
}

int fsync(int fd)
{
	wait_for_disk();
	return REAL(fsync)(fd);
}

int fdatasync(int fd)
{
	wait_for_disk();
	return REAL(fdatasync)(fd);
}
