/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <limits.h>
#include <time.h>

uint64_t clock_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * CLOCK_S + (uint64_t)ts.tv_nsec;
}

int clock_poll_ms(uint64_t deadline_ns)
{
	uint64_t now, ms;

	if (deadline_ns == UINT64_MAX)
		return -1;
	now = clock_now_ns();
	if (deadline_ns <= now)
		return 0;
	ms = (deadline_ns - now + CLOCK_MS - 1) / CLOCK_MS;
	return ms > INT_MAX ? INT_MAX : (int)ms;
}
