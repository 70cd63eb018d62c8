/* SPDX-License-Identifier: MIT */
#include "ev/workers.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/compat.h"
#include "base/xalloc.h"

enum {
	STACK = 1 << 20, /* name service modules need more than the 128 KiB of some libcs */
};

struct queue {
	struct workers_job *first, **last;
};

struct workers {
	pthread_mutex_t lock;
	pthread_cond_t work; /* a job waits, or it is time to end */
	pthread_cond_t left; /* a thread has ended */
	pthread_cond_t rest; /* nothing is left to do: for workers_wait() */
	struct queue todo, done;
	size_t waiting; /* jobs in todo */
	unsigned threads, idle, running;
	bool notified; /* a byte is in the pipe */
	bool awaited;  /* no byte is wanted: workers_wait() */
	bool ending;
	bool left_behind; /* the last thread frees all */

	int fds[2]; /* the end to read and the end to write */
	unsigned max;
	size_t busy;
	struct workers_job *taken; /* from DONE, for workers_done() */
};

static void put(struct queue *q, struct workers_job *job)
{
	job->next = NULL;
	*q->last = job;
	q->last = &job->next;
}

/* All of Q, which is empty then. */
static struct workers_job *take_all(struct queue *q)
{
	struct workers_job *first = q->first;

	q->first = NULL;
	q->last = &q->first;
	return first;
}

static struct workers_job *take(struct queue *q)
{
	struct workers_job *job = q->first;

	q->first = job->next;
	if (!q->first)
		q->last = &q->first;
	return job;
}

static void destroy(struct workers *w)
{
	close(w->fds[0]);
	close(w->fds[1]);
	pthread_cond_destroy(&w->work);
	pthread_cond_destroy(&w->left);
	pthread_cond_destroy(&w->rest);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

/* The pipe never fills: it has one byte at most. */
static void notify(struct workers *w)
{
	if (w->notified)
		return;
	w->notified = true;
	while (write(w->fds[1], "", 1) < 0 && errno == EINTR)
		;
}

static void *work(void *arg)
{
	struct workers *w = arg;
	bool last;

	pthread_mutex_lock(&w->lock);
	for (;;) {
		struct workers_job *job;

		while (!w->ending && !w->todo.first) {
			w->idle++;
			pthread_cond_wait(&w->work, &w->lock);
			w->idle--;
		}
		if (w->ending)
			break;
		job = take(&w->todo);
		w->waiting--;
		w->running++;
		pthread_mutex_unlock(&w->lock);
		job->run(job);
		pthread_mutex_lock(&w->lock);
		w->running--;
		put(&w->done, job);
		if (!w->awaited)
			notify(w);
		else if (!w->running && !w->todo.first)
			pthread_cond_signal(&w->rest);
	}
	w->threads--;
	last = w->left_behind && w->threads == 0;
	pthread_cond_signal(&w->left);
	pthread_mutex_unlock(&w->lock);
	if (last)
		destroy(w);
	return NULL;
}

static int open_pipe(int fds[2], struct err *err)
{
	return compat_pipe(fds) < 0 ? err_sys(err, "pipe") : 0;
}

struct workers *workers_new(unsigned max, struct err *err)
{
	struct workers *w = xcalloc(1, sizeof(*w));

	if (open_pipe(w->fds, err) < 0) {
		free(w);
		return NULL;
	}
	w->max = max;
	w->todo.last = &w->todo.first;
	w->done.last = &w->done.first;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->work, NULL);
	pthread_cond_init(&w->left, NULL);
	pthread_cond_init(&w->rest, NULL);
	return w;
}

/* One more thread, detached and without signals; an errno. */
static int start(struct workers *w)
{
	pthread_attr_t attr;
	pthread_t thread;
	sigset_t all, old;
	int code;

	sigfillset(&all);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	code = pthread_create(&thread, &attr, work, w);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	return code;
}

int workers_start(struct workers *w, struct err *err)
{
	int code = 0;

	pthread_mutex_lock(&w->lock);
	while (w->threads < w->max && code == 0) {
		code = start(w);
		w->threads += code == 0;
	}
	pthread_mutex_unlock(&w->lock);
	if (code == 0)
		return 0;
	errno = code;
	return err_sys(err, "start a thread");
}

int workers_add(struct workers *w, struct workers_job *job, struct err *err)
{
	int code = 0;
	bool any;

	pthread_mutex_lock(&w->lock);
	if (w->waiting >= w->idle && w->threads < w->max) {
		code = start(w);
		w->threads += code == 0;
	}
	any = w->threads != 0;
	if (any) {
		put(&w->todo, job);
		w->waiting++;
		pthread_cond_signal(&w->work);
	}
	pthread_mutex_unlock(&w->lock);
	if (!any) {
		errno = code;
		return err_sys(err, "start a thread");
	}
	w->busy++;
	return 0;
}

void workers_wait(struct workers *w)
{
	pthread_mutex_lock(&w->lock);
	w->awaited = true;
	while (w->running || w->todo.first)
		pthread_cond_wait(&w->rest, &w->lock);
	w->awaited = false;
	pthread_mutex_unlock(&w->lock);
}

int workers_fd(const struct workers *w)
{
	return w->fds[0];
}

struct workers_job *workers_done(struct workers *w)
{
	struct workers_job *job;
	char byte;

	if (!w->taken) {
		pthread_mutex_lock(&w->lock);
		w->taken = take_all(&w->done);
		if (!w->taken && w->notified && read(w->fds[0], &byte, 1) == 1)
			w->notified = false;
		pthread_mutex_unlock(&w->lock);
	}
	job = w->taken;
	if (job) {
		w->taken = job->next;
		w->busy--;
	}
	return job;
}

size_t workers_busy(const struct workers *w)
{
	return w->busy;
}

void workers_free(struct workers *w)
{
	bool last;

	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->ending = true;
	pthread_cond_broadcast(&w->work);
	while (w->idle)
		pthread_cond_wait(&w->left, &w->lock);
	last = w->threads == 0;
	w->left_behind = !last;
	pthread_mutex_unlock(&w->lock);
	if (last)
		destroy(w);
}
