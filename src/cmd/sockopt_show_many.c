/* SPDX-License-Identifier: MIT */
/*
 * sockopt_show_many.c - netipc sockopt show of many sockets, read by several threads
 *
 * Each thread holds one foreign socket at a time.  They work in rounds, so that no socket is held
 * while this process waits for its output, and a signal that stops it waits for the round's end.
 */
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "cmd/sockopt_show.h"
#include "ev/workers.h"

enum {
	LANES = 4,      /* at most; each is one thread's work in a round */
	STRETCH = 16,   /* sockets that a lane takes at a time: all end at about the same time */
	STRETCHES = 16, /* in a round, for each lane */
};

/* What a lane has printed of one stretch. */
struct piece {
	const struct buf *text;
	size_t at, len;
};

struct round {
	size_t from, to;    /* sockets */
	size_t n;           /* stretches */
	atomic_size_t next; /* that nobody has taken yet */
	struct piece pieces[LANES * STRETCHES];
};

/* A lane's own view: what is found is shared and only read, all else it has for itself. */
struct lane {
	struct workers_job job; /* first */
	struct show show;
	struct round *round;
	struct buf text;
};

static void read_stretch(struct lane *lane, size_t n)
{
	struct piece *piece = &lane->round->pieces[n];
	size_t from = lane->round->from + n * STRETCH, left = lane->round->to - from;

	*piece = (struct piece){ &lane->text, lane->text.len, 0 };
	for (size_t i = 0; i < STRETCH && i < left && lane->show.rc == 0; i++)
		lane->show.rc =
			sockopt_show_found(&lane->show, &lane->show.live.found.v[from + i], NULL);
	piece->len = lane->text.len - piece->at;
}

static void read_lane(struct lane *lane)
{
	size_t n;

	lane->text.len = 0;
	while ((n = atomic_fetch_add(&lane->round->next, 1)) < lane->round->n)
		read_stretch(lane, n);
}

/* In one of the other threads, which need not be the same the next time: it keeps nothing open. */
static void run_lane(struct workers_job *job)
{
	struct lane *lane = (struct lane *)job;

	live_own_descriptors();
	read_lane(lane);
	live_reader_fini(&lane->show.live.reader);
}

static void open_lane(struct lane *lane, const struct show *show, struct round *round)
{
	struct show *own = &lane->show;

	*own = *show;
	lane->job.run = run_lane;
	lane->round = round;
	lane->text = (struct buf){ 0 };
	own->collect = &lane->text;
	own->live.reader = (struct live_reader){ .proc = show->live.reader.proc,
						 .force = show->live.reader.force,
						 .no_signals = true };
	sockopt_live_forget(&own->live);
	memset(&own->plan.rows, 0, sizeof(own->plan.rows));
	for (size_t i = 0; i < show->plan.rows.n; i++)
		*vec_push(&own->plan.rows) = show->plan.rows.v[i];
	own->baseline = (struct baseline){ .proc = show->baseline.proc, .plan = &own->plan };
}

/* Gives back what the lane had for itself; what it counted is SHOW's. */
static void close_lane(struct lane *lane, struct show *show)
{
	struct show *own = &lane->show;

	sockopt_live_add(&show->live, &own->live);
	show->elsewhere |= own->elsewhere;
	sockopt_show_unfresh(show, own->unfresh, own->unfresh_code);
	memset(&own->shown, 0, sizeof(own->shown));
	memset(&own->live.scan, 0, sizeof(own->live.scan));
	memset(&own->live.known, 0, sizeof(own->live.known));
	memset(&own->live.listed, 0, sizeof(own->live.listed));
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

/* One round: the work of N lanes, the first of them this thread's. */
static int run_round(struct workers *workers, struct lane *lanes, unsigned n, struct err *err)
{
	struct round *round = lanes[0].round;
	sigset_t old;
	int rc = 0;

	round->n = (round->to - round->from + STRETCH - 1) / STRETCH;
	atomic_store(&round->next, 0);
	hold_signals(&old);
	for (unsigned i = 1; i < n && i < round->n && rc == 0; i++)
		rc = workers_add(workers, &lanes[i].job, err);
	if (rc == 0)
		read_lane(&lanes[0]);
	workers_wait(workers);
	while (workers_done(workers))
		;
	sigprocmask(SIG_SETMASK, &old, NULL);
	return rc;
}

static int show_rounds(struct show *show, struct workers *workers, struct lane *lanes, unsigned n)
{
	struct round *round = lanes[0].round;
	size_t end = show->live.found.n, most = (size_t)n * STRETCHES * STRETCH;

	for (round->from = 0; round->from < end && !cli_interrupted(); round->from = round->to) {
		round->to = end - round->from < most ? end : round->from + most;
		if (run_round(workers, lanes, n, &show->cli->err) < 0)
			return -1;
		for (size_t i = 0; i < round->n; i++) {
			const struct piece *p = &round->pieces[i];

			if (p->len &&
			    out_text(show->o, p->text->data + p->at, p->len, &show->cli->err) < 0)
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
	struct round round;
	int rc;

	if (!workers)
		return -1;
	for (unsigned i = 0; i < n; i++)
		open_lane(&lanes[i], show, &round);
	rc = show_rounds(show, workers, lanes, n);
	workers_free(workers);
	for (unsigned i = 0; i < n; i++)
		close_lane(&lanes[i], show);
	return rc;
}
