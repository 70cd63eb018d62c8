/* SPDX-License-Identifier: MIT */
/*
 * sockopt_show_many.c - netipc sockopt show of many sockets, read by several threads
 *
 * Each thread holds one foreign socket at a time.  They work in rounds, so that no socket is held
 * while this process waits for its output, and a signal that stops it waits for the round's end.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cmd/sockopt_show.h"
#include "ev/workers.h"

enum {
	LANES = 4,     /* at most; each is one thread's work in a round */
	STRETCH = 256, /* sockets of a lane in a round */
};

/* A lane's own view: what is found is shared and only read, all else it has for itself. */
struct lane {
	struct workers_job job; /* first */
	struct show show;
	size_t from, to;
	struct buf text;
};

static void read_lane(struct lane *lane)
{
	lane->text.len = 0;
	for (size_t i = lane->from; i < lane->to && lane->show.rc == 0; i++)
		lane->show.rc = sockopt_show_found(&lane->show, &lane->show.live.found.v[i], NULL);
}

/* In one of the other threads, which need not be the same the next time: it keeps nothing open. */
static void run_lane(struct workers_job *job)
{
	struct lane *lane = (struct lane *)job;

	live_own_descriptors();
	read_lane(lane);
	live_reader_fini(&lane->show.live.reader);
}

static void open_lane(struct lane *lane, const struct show *show)
{
	struct show *own = &lane->show;

	*own = *show;
	lane->job.run = run_lane;
	lane->text = (struct buf){ 0 };
	own->collect = &lane->text;
	own->live.reader = (struct live_reader){ .proc = show->live.reader.proc,
						 .force = show->live.reader.force,
						 .no_signals = true };
	own->live.denied = own->live.changed = own->live.tagged = own->live.taken = 0;
	memset(&own->plan.rows, 0, sizeof(own->plan.rows));
	for (size_t i = 0; i < show->plan.rows.n; i++)
		*vec_push(&own->plan.rows) = show->plan.rows.v[i];
	own->baseline = (struct baseline){ .proc = show->baseline.proc, .plan = &own->plan };
}

/* Gives back what the lane had for itself; what it counted is SHOW's. */
static void close_lane(struct lane *lane, struct show *show)
{
	struct show *own = &lane->show;

	show->live.denied += own->live.denied;
	show->live.changed += own->live.changed;
	show->live.tagged += own->live.tagged;
	show->live.taken += own->live.taken;
	show->elsewhere |= own->elsewhere;
	memset(&own->shown, 0, sizeof(own->shown));
	memset(&own->live.scan, 0, sizeof(own->live.scan));
	memset(&own->live.known, 0, sizeof(own->live.known));
	memset(&own->live.found, 0, sizeof(own->live.found));
	sockopt_show_fini(own);
	buf_fini(&lane->text);
}

/* What would stop or end us waits while foreign sockets are held: a round is some milliseconds. */
static void hold_signals(sigset_t *old)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGTSTP);
	sigprocmask(SIG_BLOCK, &set, old);
}

/*
 * One round from socket AT on: as many lanes as there is work for, the first of them this
 * thread's.  Returns how many, or -1.
 */
static int run_round(struct workers *workers, struct lane *lanes, unsigned n, size_t at, size_t end,
		     struct err *err)
{
	unsigned busy = 0;
	sigset_t old;
	int rc = 0;

	hold_signals(&old);
	for (; busy < n && at < end && rc == 0; at = lanes[busy++].to) {
		lanes[busy].from = at;
		lanes[busy].to = end - at < STRETCH ? end : at + STRETCH;
		if (busy)
			rc = workers_add(workers, &lanes[busy].job, err);
	}
	if (rc == 0)
		read_lane(&lanes[0]);
	workers_wait(workers);
	while (workers_done(workers))
		;
	sigprocmask(SIG_SETMASK, &old, NULL);
	return rc < 0 ? -1 : (int)busy;
}

static int show_rounds(struct show *show, struct workers *workers, struct lane *lanes, unsigned n)
{
	size_t at = 0, end = show->live.found.n;

	while (at < end && !cli_interrupted()) {
		int ran = run_round(workers, lanes, n, at, end, &show->cli->err);

		if (ran < 0)
			return -1;
		for (int i = 0; i < ran; i++) {
			struct buf *text = &lanes[i].text;

			at = lanes[i].to;
			if (text->len &&
			    out_text(show->o, text->data, text->len, &show->cli->err) < 0)
				return -1;
		}
	}
	return 0;
}

int sockopt_show_many(struct show *show)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned n = cpus < 1 ? 1 : cpus > LANES ? LANES : (unsigned)cpus;
	struct workers *workers = workers_new(n, &show->cli->err);
	struct lane lanes[LANES];
	int rc;

	if (!workers)
		return -1;
	for (unsigned i = 0; i < n; i++)
		open_lane(&lanes[i], show);
	rc = show_rounds(show, workers, lanes, n);
	workers_free(workers);
	for (unsigned i = 0; i < n; i++)
		close_lane(&lanes[i], show);
	return rc;
}
