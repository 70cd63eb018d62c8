/* SPDX-License-Identifier: MIT */
/*
 * window.h - bytes that were sent and must come back
 *
 *	          back            sent            taken
 *	 ...------|---------------|---------------|-------...
 *	 returned   on their way    to be sent       room
 *
 * A ring holds what lies between BACK and TAKEN, at most its size, so that comparing needs
 * bounded memory: when it is full nothing more is taken.  From the first difference on
 * there is nothing to compare any more, and only what is to be sent is held.
 */
#ifndef NETIPC_ECHO_WINDOW_H
#define NETIPC_ECHO_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct window {
	char *data;
	size_t size;
	uint64_t taken, sent, back; /* bytes since the start */
	bool differs;
	uint64_t offset; /* of the first difference */
	int want, got;   /* the byte that was sent there, -1 if none was; and the one that came */
};

/* SIZE bytes of room; freed by window_fini(). */
void window_init(struct window *w, size_t size);
void window_fini(struct window *w);

/* Makes it SIZE bytes large, which is not less than now; what it holds stays. */
void window_grow(struct window *w, size_t size);

/* Where the next bytes go, and how many fit there without a break; 0 if it is full. */
size_t window_room(const struct window *w, char **where);

/* N bytes were put there. */
void window_take(struct window *w, size_t n);

/* What is to be sent next, without a break; 0 if nothing is. */
size_t window_unsent(const struct window *w, const char **what);

/* N bytes of it were sent. */
void window_send(struct window *w, size_t n);

/* The N bytes at DATA came back. */
void window_check(struct window *w, const char *data, size_t n);

#endif
