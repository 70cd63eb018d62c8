/* SPDX-License-Identifier: MIT */
/*
 * workers.h - threads that make calls which block
 *
 *	struct workers *w = workers_new(16, &err);
 *	workers_add(w, &job);              its run() is called by one of the threads
 *	poll workers_fd(w) for reading
 *	while ((job = workers_done(w))) ...
 *
 * Threads are started as jobs come, up to the number that was given.  All but a job's RUN
 * belongs to the thread that made the workers.
 */
#ifndef NETIPC_EV_WORKERS_H
#define NETIPC_EV_WORKERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct workers_job {
	void (*run)(struct workers_job *job); /* called by another thread */
	struct workers_job *next;             /* private */
};

struct workers;

/* Up to MAX threads, none of which takes a signal.  End with workers_free(). */
struct workers *workers_new(unsigned max, struct err *err) MUST_CHECK;

/*
 * Starts threads until there are as many as there may be, for jobs that must all run at a time; -1
 * if the system has not so many.
 */
int workers_start(struct workers *w, struct err *err) MUST_CHECK;

/* Hands JOB over; it is the workers' until workers_done() returns it. */
int workers_add(struct workers *w, struct workers_job *job, struct err *err) MUST_CHECK;

/* A descriptor that can be read while workers_done() has something. */
int workers_fd(const struct workers *w);

/*
 * Waits until all jobs have been run; workers_done() has them then.  For jobs that the caller
 * does one of itself: a pipe would draw it to the processor of the thread that ended last.
 */
void workers_wait(struct workers *w);

/* A job that has been run, in the order in which they ended; NULL if there is none. */
struct workers_job *workers_done(struct workers *w);

/* Jobs that were handed over and not taken back. */
size_t workers_busy(const struct workers *w);

/*
 * Ends the threads.  One that is in a call which does not return is left behind, and its job
 * with it: the process is about to end.
 */
void workers_free(struct workers *w);

#endif
