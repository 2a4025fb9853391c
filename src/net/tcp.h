/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How long a socket to a server keeps faith. A peer that is gone (cable,
 * suspend, a NAT that forgot us) says nothing; only the kernel notices that
 * its acknowledgements do not come. Other sockets than TCP's are left alone.
 */
#ifndef CULVER_NET_TCP_H
#define CULVER_NET_TCP_H

#include "src/base/base.h"

/* For a connection that was just made: no delay, keepalive, and an error
 * (ETIMEDOUT) when what was sent stays unacknowledged for 8 seconds. */
void tcp_prepare(int fd);
/* The peer does not take more for now (its window is full): it is slow, and
 * slow is not dead, so it gets a minute; false: back to 8 seconds. */
void tcp_note_full(int fd, bool is_full);
/* All octets sent so far were acknowledged by the peer's system. False where
 * that cannot be told. */
bool tcp_is_acknowledged(int fd);

#endif
