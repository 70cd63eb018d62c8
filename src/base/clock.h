/* SPDX-License-Identifier: MIT */
/* clock.h - monotonic time in nanoseconds */
#ifndef NETIPC_BASE_CLOCK_H
#define NETIPC_BASE_CLOCK_H

#include <stdint.h>

#define CLOCK_MS UINT64_C(1000000)
#define CLOCK_S  UINT64_C(1000000000)

/* Nanoseconds of CLOCK_MONOTONIC. */
uint64_t clock_now_ns(void);

/*
 * Milliseconds from now to DEADLINE_NS for poll(2) and epoll_wait(2): rounded up,
 * 0 if it has passed, -1 (no limit) if it is UINT64_MAX.
 */
int clock_poll_ms(uint64_t deadline_ns);

#endif
