/* SPDX-License-Identifier: MIT */
/* loop_impl.h - what a backend of the loop is: private to ev/ */
#ifndef NETIPC_EV_LOOP_IMPL_H
#define NETIPC_EV_LOOP_IMPL_H

#include <stdbool.h>

#include "ev/loop.h"

/* A descriptor that is ready. */
struct loop_event {
	int fd;
	unsigned ready;
};

struct loop_ops {
	const char *name;
	bool forgets; /* a socket that is closed, by itself */

	/* The backend's own state, or NULL with errno; and its end. */
	void *(*start)(void);
	void (*end)(void *state);

	/* FD waited for OLD and now for WANT; 0 means not at all.  -1 with errno. */
	int (*set)(void *state, int fd, unsigned old, unsigned want);

	/* At most MAX events into EVENTS by DUE_NS (UINT64_MAX: whenever): how many, or -1 with
	 * errno. */
	int (*wait)(void *state, uint64_t due_ns, const sigset_t *mask, struct loop_event *events,
		    int max);
};

extern const struct loop_ops loop_epoll, loop_poll;

#endif
