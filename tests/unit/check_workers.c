/* SPDX-License-Identifier: MIT */
#include "ev/workers.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/macros.h"
#include "unit.h"

enum {
	THREADS = 4,
	JOBS = 2000,
};

static atomic_uint running, most, runs;

struct job {
	struct workers_job job; /* first: a job is found by it */
	unsigned runs;
	pthread_barrier_t *barrier;
	int fd;
	sigset_t mask;
};

static struct workers *start(unsigned max)
{
	struct err err;
	struct workers *w = workers_new(max, &err);

	atomic_store(&runs, 0);
	atomic_store(&most, 0);
	ck_assert_msg(w != NULL, "%s", err.text);
	return w;
}

static void add(struct workers *w, struct job *j, void (*run)(struct workers_job *job))
{
	struct err err;

	j->job.run = run;
	ck_assert_msg(workers_add(w, &j->job, &err) == 0, "%s", err.text);
}

static bool is_readable(const struct workers *w, int timeout_ms)
{
	struct pollfd io = { .fd = workers_fd(w), .events = POLLIN };

	return poll(&io, 1, timeout_ms) == 1;
}

/* The next job that is done. */
static struct job *wait_done(struct workers *w)
{
	struct workers_job *job;

	while (!(job = workers_done(w)))
		ck_assert_msg(is_readable(w, 30000), "no job is done");
	return (struct job *)job;
}

static void count(struct workers_job *job)
{
	unsigned now = atomic_fetch_add(&running, 1) + 1, seen = atomic_load(&most);

	while (now > seen && !atomic_compare_exchange_weak(&most, &seen, now))
		;
	((struct job *)job)->runs++;
	atomic_fetch_add(&runs, 1);
	atomic_fetch_sub(&running, 1);
}

START_TEST(each_job_once)
{
	static struct job jobs[JOBS];
	struct workers *w = start(THREADS);
	unsigned taken = 0;

	ck_assert(!workers_done(w));
	ck_assert(!is_readable(w, 0));
	for (size_t i = 0; i < JOBS; i++) {
		add(w, &jobs[i], count);
		if (i % 3 == 0 && workers_done(w))
			taken++;
		ck_assert_uint_eq(workers_busy(w), i + 1 - taken);
	}
	for (; taken < JOBS; taken++)
		ck_assert_uint_eq(wait_done(w)->runs, 1);
	ck_assert_uint_eq(workers_busy(w), 0);
	ck_assert(!workers_done(w));
	ck_assert(!is_readable(w, 0));
	for (size_t i = 0; i < JOBS; i++)
		ck_assert_uint_eq(jobs[i].runs, 1);
	ck_assert_uint_le(atomic_load(&most), THREADS);
	workers_free(w);
}
END_TEST

/* What is left for a later workers_done() can be seen at the descriptor. */
START_TEST(descriptor)
{
	struct job jobs[2] = { 0 };
	struct workers *w = start(1);

	add(w, &jobs[0], count);
	add(w, &jobs[1], count);
	while (atomic_load(&runs) < 2)
		;
	ck_assert_ptr_eq(wait_done(w), &jobs[0]);
	ck_assert(is_readable(w, 30000));
	ck_assert_ptr_eq(wait_done(w), &jobs[1]);
	ck_assert(!workers_done(w));
	ck_assert(!is_readable(w, 0));
	workers_free(w);
}
END_TEST

static void meet(struct workers_job *job)
{
	struct job *j = (struct job *)job;

	pthread_barrier_wait(j->barrier);
	pthread_sigmask(SIG_SETMASK, NULL, &j->mask);
}

/* They run side by side, or the barrier would not open; and no signal goes to them. */
START_TEST(side_by_side)
{
	struct job jobs[THREADS] = { 0 };
	struct workers *w = start(THREADS);
	pthread_barrier_t barrier;
	sigset_t mask;

	pthread_barrier_init(&barrier, NULL, THREADS);
	for (size_t i = 0; i < THREADS; i++) {
		jobs[i].barrier = &barrier;
		add(w, &jobs[i], meet);
	}
	for (size_t i = 0; i < THREADS; i++) {
		const struct job *j = wait_done(w);

		ck_assert(sigismember(&j->mask, SIGTERM));
		ck_assert(sigismember(&j->mask, SIGINT));
		ck_assert(sigismember(&j->mask, SIGALRM));
	}
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	ck_assert(!sigismember(&mask, SIGTERM));
	workers_free(w);
	pthread_barrier_destroy(&barrier);
}
END_TEST

static void block(struct workers_job *job)
{
	struct job *j = (struct job *)job;
	char byte;

	if (read(j->fd, &byte, 1) == 1)
		atomic_fetch_add(&runs, 1);
}

/* A call that does not return holds nobody up, and does no harm when it does. */
START_TEST(left_behind)
{
	static struct job stuck, other, waiting;
	struct workers *w = start(2);
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	stuck.fd = fds[0];
	add(w, &stuck, block);
	add(w, &other, count);
	ck_assert_ptr_eq(wait_done(w), &other);
	ck_assert_uint_eq(workers_busy(w), 1);
	workers_free(w);
	ck_assert_uint_eq(atomic_load(&runs), 1);
	ck_assert_int_eq(write(fds[1], "", 1), 1);
	while (atomic_load(&runs) < 2)
		usleep(1000);
	ck_assert_uint_eq(waiting.runs, 0);
}
END_TEST

/* Jobs that no thread has begun are not begun any more. */
START_TEST(not_begun)
{
	static struct job stuck, waiting;
	struct workers *w = start(1);
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	stuck.fd = fds[0];
	add(w, &stuck, block);
	add(w, &waiting, count);
	workers_free(w);
	ck_assert_int_eq(write(fds[1], "", 1), 1);
	usleep(20000);
	ck_assert_uint_eq(waiting.runs, 0);
	workers_free(NULL);
}
END_TEST

/* All threads are there before the first job, and no more come with the jobs. */
START_TEST(all_at_once)
{
	struct workers *w = start(THREADS);
	pthread_barrier_t barrier;
	struct job jobs[THREADS];
	struct err err;

	pthread_barrier_init(&barrier, NULL, THREADS);
	ck_assert_msg(workers_start(w, &err) == 0, "%s", err.text);
	ck_assert_int_eq(workers_start(w, &err), 0);
	for (size_t i = 0; i < THREADS; i++) {
		jobs[i] = (struct job){ .barrier = &barrier };
		add(w, &jobs[i], meet);
	}
	for (size_t i = 0; i < THREADS; i++)
		wait_done(w);
	ck_assert_uint_eq(workers_busy(w), 0);
	workers_free(w);
	pthread_barrier_destroy(&barrier);
	/* None has a job when they end. */
	w = start(THREADS);
	ck_assert_int_eq(workers_start(w, &err), 0);
	workers_free(w);
}
END_TEST

/* Jobs that are waited for without the descriptor, and others afterwards with it. */
START_TEST(waited_for)
{
	static struct job jobs[JOBS];
	struct workers *w = start(THREADS);

	workers_wait(w);
	for (unsigned round = 1; round <= 3; round++) {
		for (size_t i = 0; i < JOBS; i++)
			add(w, &jobs[i], count);
		workers_wait(w);
		ck_assert_uint_eq(atomic_load(&runs), round * JOBS);
		for (size_t i = 0; i < JOBS; i++)
			ck_assert_ptr_nonnull(workers_done(w));
		ck_assert(!workers_done(w));
		ck_assert(!is_readable(w, 0));
	}
	add(w, &jobs[0], count);
	ck_assert_uint_eq(wait_done(w)->runs, 4);
	workers_free(w);
}
END_TEST

UNIT_MAIN("workers", each_job_once, descriptor, waited_for, side_by_side, all_at_once, left_behind,
	  not_begun)
