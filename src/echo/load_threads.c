/* SPDX-License-Identifier: MIT */
/* load_threads.c - the work shared out to threads, and their results as one */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/xalloc.h"
#include "echo/load_impl.h"

enum {
	LOOK_MS = 50, /* between two looks of the first thread at the others */
};

/* Adds FROM to SUM, but for the time. */
static void merge(struct load_result *sum, const struct load_result *from)
{
	hist_merge(&sum->latency, &from->latency);
	hist_merge(&sum->service, &from->service);
	hist_merge(&sum->connect, &from->connect);
	sum->connections += from->connections;
	sum->refused += from->refused;
	sum->broken += from->broken;
	sum->sent += from->sent;
	sum->received += from->received;
	sum->bytes_out += from->bytes_out;
	sum->bytes_in += from->bytes_in;
	sum->bytes_timed += from->bytes_timed;
	sum->different += from->different;
	sum->missing += from->missing;
	sum->unsent += from->unsent;
	sum->duplicate += from->duplicate;
	sum->reordered += from->reordered;
	sum->late += from->late;
	sum->foreign += from->foreign;
	if (from->elapsed_ns > sum->elapsed_ns)
		sum->elapsed_ns = from->elapsed_ns;
	if (sum->fault.kind == ERR_NONE)
		sum->fault = from->fault;
}

/* A thread of several. */
struct share {
	struct load load;
	struct load_config config;
	const struct load_config *whole; /* the caller's */
	pthread_t thread;
	bool started;
	int rc;
	struct err err;
	atomic_bool *stop;
	atomic_bool ended;
	pthread_mutex_t lock;
	struct load_result seen; /* below LOCK: a copy for the reports */
};

static bool share_stop(void *ctx)
{
	return atomic_load_explicit(((struct share *)ctx)->stop, memory_order_relaxed);
}

static void share_report(void *ctx, const struct load_result *so_far)
{
	struct share *s = ctx;

	pthread_mutex_lock(&s->lock);
	s->seen = *so_far;
	pthread_mutex_unlock(&s->lock);
}

static int share_prepare(void *ctx, int fd, struct err *err)
{
	const struct load_config *whole = ((struct share *)ctx)->whole;

	return whole->prepare(whole->ctx, fd, err);
}

static void *share_run(void *ctx)
{
	struct share *s = ctx;

	s->rc = load_run_here(&s->load, &s->err);
	atomic_store(&s->ended, true);
	return NULL;
}

/* Of all messages those of S's connections: each has as many as another, or one more. */
static uint64_t budget(const struct share *s, const struct load_config *config)
{
	uint64_t all = config->messages, more = all % config->connections;
	uint64_t first = s->load.first, end = first + s->load.nconns;

	if (!all)
		return UINT64_MAX;
	return s->load.nconns * (all / config->connections) + (end < more ? end : more) -
	       (first < more ? first : more);
}

/* The I-th of N threads: its connections, messages and rate's part. */
static void split(struct share *s, const struct load_config *config, unsigned i, unsigned n)
{
	unsigned conns = config->connections;

	s->config = *config;
	s->config.stop = share_stop;
	s->config.report = share_report;
	s->config.prepare = config->prepare ? share_prepare : NULL;
	s->whole = config;
	s->load.config = &s->config;
	s->load.first = (unsigned)((uint64_t)conns * i / n);
	s->load.nconns = (unsigned)((uint64_t)conns * (i + 1) / n) - s->load.first;
	s->load.budget = budget(s, config);
}

static void report_all(const struct load_config *config, struct share *shares, unsigned n)
{
	struct load_result *sum = xcalloc(1, sizeof(*sum));

	for (unsigned i = 0; i < n; i++) {
		pthread_mutex_lock(&shares[i].lock);
		merge(sum, &shares[i].seen);
		pthread_mutex_unlock(&shares[i].lock);
	}
	config->report(config->ctx, sum);
	free(sum);
}

/* The calling thread looks after the others, so that its functions are called by it alone. */
static void watch(const struct load_config *config, struct share *shares, unsigned n,
		  atomic_bool *stop)
{
	uint64_t next = config->interval_ns ? clock_now_ns() + config->interval_ns : UINT64_MAX;
	bool ended = false;

	while (!ended) {
		uint64_t due = clock_now_ns() + LOOK_MS * CLOCK_MS;

		compat_ppoll(NULL, 0, clock_left_ns(due < next ? due : next), config->mask);
		if (config->stop && config->stop(config->ctx))
			atomic_store(stop, true);
		if (clock_now_ns() >= next) {
			report_all(config, shares, n);
			next += config->interval_ns;
		}
		ended = true;
		for (unsigned i = 0; i < n; i++)
			ended = ended && (!shares[i].started || atomic_load(&shares[i].ended));
	}
}

static int run_threads(const struct load_config *config, struct share *shares, unsigned n,
		       struct err *err)
{
	atomic_bool stop = false;
	sigset_t all, before;
	int rc = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are the calling thread's */
	for (unsigned i = 0; i < n && rc == 0; i++) {
		shares[i].stop = &stop;
		shares[i].config.ctx = &shares[i];
		errno = pthread_create(&shares[i].thread, NULL, share_run, &shares[i]);
		shares[i].started = errno == 0;
		if (!shares[i].started)
			rc = err_sys(err, "start of thread %u", i + 1);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc < 0)
		atomic_store(&stop, true);
	else
		watch(config, shares, n, &stop);
	for (unsigned i = 0; i < n; i++) {
		if (!shares[i].started)
			continue;
		pthread_join(shares[i].thread, NULL);
		if (rc == 0 && shares[i].rc < 0) {
			*err = shares[i].err;
			rc = -1;
		}
	}
	return rc;
}

int load_run(const struct load_config *config, struct load_result *result, struct err *err)
{
	unsigned n = config->threads < config->connections ? config->threads : config->connections;
	struct share *shares = xcalloc(n, sizeof(*shares));
	int rc = 0;

	memset(result, 0, sizeof(*result));
	for (unsigned i = 0; i < n && rc == 0; i++) {
		split(&shares[i], config, i, n);
		pthread_mutex_init(&shares[i].lock, NULL);
		rc = load_prepare(&shares[i].load, n > 1 ? NULL : config->mask, err);
	}
	if (rc == 0 && n > 1) {
		rc = run_threads(config, shares, n, err);
	} else if (rc == 0) {
		shares[0].load.config = config;
		rc = load_run_here(&shares[0].load, err);
	}
	for (unsigned i = 0; i < n; i++) {
		merge(result, &shares[i].load.result);
		load_finish(&shares[i].load);
	}
	free(shares);
	if (rc == 0 && result->connections == 0 && result->fault.kind != ERR_NONE) {
		*err = result->fault;
		return -1;
	}
	return rc;
}
