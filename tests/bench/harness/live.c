/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/harness/live.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

struct live *live_map(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	void *live;

	if (fd < 0)
		return NULL;
	if (ftruncate(fd, sizeof(struct live)) != 0) {
		close(fd);
		return NULL;
	}
	live = mmap(NULL, sizeof(struct live), PROT_READ | PROT_WRITE,
		MAP_SHARED, fd, 0);
	close(fd);
	return live == MAP_FAILED ? NULL : live;
}
