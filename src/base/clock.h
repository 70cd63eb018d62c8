/* SPDX-License-Identifier: MIT */
/* clock.h - time in nanoseconds */
#ifndef NETIPC_BASE_CLOCK_H
#define NETIPC_BASE_CLOCK_H

#include <stdint.h>

#define CLOCK_MS UINT64_C(1000000)
#define CLOCK_S  UINT64_C(1000000000)

/* Nanoseconds of CLOCK_MONOTONIC. */
uint64_t clock_now_ns(void);

/* Nanoseconds since 1970 (CLOCK_REALTIME), which jumps when somebody sets the clock. */
uint64_t clock_real_ns(void);

/* Nanoseconds from now to DEADLINE_NS: 0 if it has passed, -1 (no limit) if it is UINT64_MAX. */
int64_t clock_left_ns(uint64_t deadline_ns);

#endif
