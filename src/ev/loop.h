/* SPDX-License-Identifier: MIT */
/*
 * loop.h - descriptors and timers of one thread
 *
 * A loop calls a function when a descriptor is ready or a timer is due.  It is level-
 * triggered: what a handler leaves unread is told again at the next turn.  Handlers are
 * embedded in what they serve and found by descriptor, so one may remove any other,
 * itself included, at any time; at worst a handler is called once too often, for which a
 * non-blocking descriptor has the answer EAGAIN.
 *
 * Signals have no part of their own.  The owner keeps them blocked and gives the mask in
 * which the loop waits: a signal then comes only during the wait, which it ends, so that
 * the owner sees what its handler noted before the next wait begins.
 */
#ifndef NETIPC_EV_LOOP_H
#define NETIPC_EV_LOOP_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
	LOOP_READ = 1 << 0,
	LOOP_WRITE = 1 << 1,
	LOOP_HANGUP = 1 << 2, /* the connection is over: an error, or neither side sends any more */
};

/* A descriptor that is watched. */
struct loop_fd {
	int fd;
	unsigned want; /* of the above; set by loop_add() and loop_want() alone */

	/* READY is what of WANT is possible now; an error or a hang-up makes all of it so. */
	void (*on_ready)(struct loop_fd *io, unsigned ready);
};

/* A time at which something is to happen, once.  Zero it, then set ON_DUE. */
struct loop_timer {
	uint64_t due_ns; /* of clock_now_ns() */
	size_t slot;     /* private: 0 while it is not set */
	void (*on_due)(struct loop_timer *timer);
};

struct loop;

/*
 * A new loop on BACKEND ("epoll", "poll"; NULL takes the best of this system), which
 * waits with MASK as the signal mask unless that is NULL.  End with loop_free().
 */
struct loop *loop_new(const char *backend, const sigset_t *mask, struct err *err) MUST_CHECK;

/* Frees LOOP; the descriptors are not closed. */
void loop_free(struct loop *loop);

/* The name of the backend in use; and of number I of all that were built in, or NULL. */
const char *loop_backend(const struct loop *loop);
const char *loop_backend_name(size_t i);

/* Watches IO->fd for WANT.  IO must stay where it is until loop_del(). */
int loop_add(struct loop *loop, struct loop_fd *io, unsigned want, struct err *err) MUST_CHECK;

/* Changes what IO waits for; with 0 it is not told of anything, a hang-up included. */
int loop_want(struct loop *loop, struct loop_fd *io, unsigned want, struct err *err) MUST_CHECK;

/* Watches IO no longer; call it before close(2).  Does nothing if IO is not watched. */
void loop_del(struct loop *loop, struct loop_fd *io);

/* Closes a socket, watched or not: the system is not told first where that is enough. */
void loop_close(struct loop *loop, struct loop_fd *io);

/* Sets or moves TIMER to DUE_NS; stops it. */
void loop_timer_set(struct loop *loop, struct loop_timer *timer, uint64_t due_ns);
void loop_timer_stop(struct loop *loop, struct loop_timer *timer);

/*
 * Before each wait LOOP looks for events without sleeping for SPIN_NS at most: a processor is busy
 * all that time, but is not to be woken, which takes longer than a packet's way.  0, as at first:
 * not at all.
 */
void loop_spin(struct loop *loop, uint64_t spin_ns);

/*
 * For a handler: something was there to be read on IO.  If no other descriptor was ready, a loop
 * that spins calls the handler again without asking the system first, which takes longer than to
 * find nothing.
 */
void loop_hot(struct loop *loop, struct loop_fd *io);

/*
 * One turn: waits until a descriptor is ready, a timer is due or a signal has come, and
 * calls the handlers.  -1 if the system cannot wait.
 */
int loop_turn(struct loop *loop, struct err *err) MUST_CHECK;

#endif
