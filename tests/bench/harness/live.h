/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the proxy counts, in a file that it and the harness map: written by the
 * one, read by the other. Whoever maps it first makes it.
 */
#ifndef CULVER_BENCH_LIVE_H
#define CULVER_BENCH_LIVE_H

#include <stdatomic.h>
#include <stdint.h>

struct live {
	_Atomic uint64_t out, in;     /* octets of the client; of the server */
	_Atomic uint64_t flights;     /* of all connections */
	_Atomic uint64_t commands;    /* those seen in the clear */
	_Atomic int64_t last_us;      /* when the last octet was passed on */
};

/* Maps PATH, which is made where it is missing; NULL: it cannot be. Not unmapped. */
struct live *live_map(const char *path);

#endif
