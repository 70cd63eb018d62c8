/* SPDX-License-Identifier: MIT */
#include "ev/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/str.h"
#include "base/vec.h"
#include "ev/loop_impl.h"

enum {
	LOOP_BATCH = 256, /* events a turn */
	LOOK_MS = 10,     /* between two looks for signals of a loop that is never idle */
	HOT_TRIES = 32,   /* of one descriptor, between two looks at all */
};

struct watched VEC(struct loop_fd *);
struct heap VEC(struct loop_timer *);

struct loop {
	const struct loop_ops *ops;
	void *state;
	const sigset_t *mask;
	struct watched fds; /* by descriptor */
	struct heap timers; /* the first is due first */
	uint64_t spin_ns;
	uint64_t look_ns;    /* when signals were last let in */
	struct loop_fd *hot; /* the only one that was ready last, or NULL */
	bool moved;          /* while it spins: something was there to be read */
};

/* In the order of preference. */
static const struct loop_ops *const backends[] = {
#include "ev/backends.def"
};

const char *loop_backend_name(size_t i)
{
	return i < ARRAY_SIZE(backends) ? backends[i]->name : NULL;
}

const char *loop_backend(const struct loop *loop)
{
	return loop->ops->name;
}

struct loop *loop_new(const char *backend, const sigset_t *mask, struct err *err)
{
	const struct loop_ops *ops = NULL;
	char show[STR_SHOW];
	struct loop *loop;
	void *state;

	for (size_t i = 0; i < ARRAY_SIZE(backends) && !ops; i++)
		if (!backend || strcmp(backends[i]->name, backend) == 0)
			ops = backends[i];
	if (!ops) {
		err_set(err, ERR_USAGE, "no event backend \"%s\" here", str_show(show, backend));
		return NULL;
	}
	state = ops->start();
	if (!state) {
		err_sys(err, "start of the %s backend", ops->name);
		return NULL;
	}
	loop = xcalloc(1, sizeof(*loop));
	loop->ops = ops;
	loop->state = state;
	loop->mask = mask;
	return loop;
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	loop->ops->end(loop->state);
	vec_fini(&loop->fds);
	vec_fini(&loop->timers);
	free(loop);
}

int loop_add(struct loop *loop, struct loop_fd *io, unsigned want, struct err *err)
{
	while (loop->fds.n <= (size_t)io->fd)
		*vec_push(&loop->fds) = NULL;
	if (want && loop->ops->set(loop->state, io->fd, 0, want) < 0)
		return err_sys(err, "watch descriptor %d", io->fd);
	io->want = want;
	loop->fds.v[io->fd] = io;
	return 0;
}

int loop_want(struct loop *loop, struct loop_fd *io, unsigned want, struct err *err)
{
	if (io->want == want)
		return 0;
	if (loop->ops->set(loop->state, io->fd, io->want, want) < 0)
		return err_sys(err, "watch descriptor %d", io->fd);
	io->want = want;
	return 0;
}

/* IO is known no longer; the backend is told if TELL. */
static void forget(struct loop *loop, struct loop_fd *io, bool tell)
{
	if (loop->hot == io)
		loop->hot = NULL;
	if (io->fd < 0 || (size_t)io->fd >= loop->fds.n || loop->fds.v[io->fd] != io)
		return;
	if (io->want && tell)
		loop->ops->set(loop->state, io->fd, io->want, 0);
	io->want = 0;
	loop->fds.v[io->fd] = NULL;
}

void loop_del(struct loop *loop, struct loop_fd *io)
{
	forget(loop, io, true);
}

void loop_close(struct loop *loop, struct loop_fd *io)
{
	forget(loop, io, !loop->ops->forgets);
	close(io->fd);
}

static void put(struct loop *loop, struct loop_timer *timer, size_t at)
{
	loop->timers.v[at] = timer;
	timer->slot = at + 1;
}

/* Moves TIMER, whose place is AT, to where the order of the heap wants it. */
static void settle(struct loop *loop, struct loop_timer *timer, size_t at)
{
	struct loop_timer **heap = loop->timers.v;
	size_t n = loop->timers.n;

	while (at && timer->due_ns < heap[(at - 1) / 2]->due_ns) {
		put(loop, heap[(at - 1) / 2], at);
		at = (at - 1) / 2;
	}
	for (;;) {
		size_t child = 2 * at + 1;

		if (child + 1 < n && heap[child + 1]->due_ns < heap[child]->due_ns)
			child++;
		if (child >= n || heap[child]->due_ns >= timer->due_ns)
			break;
		put(loop, heap[child], at);
		at = child;
	}
	put(loop, timer, at);
}

void loop_timer_set(struct loop *loop, struct loop_timer *timer, uint64_t due_ns)
{
	timer->due_ns = due_ns;
	if (!timer->slot) {
		*vec_push(&loop->timers) = timer;
		timer->slot = loop->timers.n;
	}
	settle(loop, timer, timer->slot - 1);
}

void loop_timer_stop(struct loop *loop, struct loop_timer *timer)
{
	size_t at = timer->slot;
	struct loop_timer *last;

	if (!at)
		return;
	timer->slot = 0;
	last = loop->timers.v[--loop->timers.n];
	if (last != timer)
		settle(loop, last, at - 1);
}

/* Whether a timer was due. */
static bool fire(struct loop *loop)
{
	uint64_t now = loop->timers.n ? clock_now_ns() : 0;
	bool any = false;

	while (loop->timers.n && loop->timers.v[0]->due_ns <= now) {
		struct loop_timer *timer = loop->timers.v[0];

		loop_timer_stop(loop, timer);
		timer->on_due(timer);
		any = true;
	}
	return any;
}

void loop_spin(struct loop *loop, uint64_t spin_ns)
{
	loop->spin_ns = spin_ns;
}

void loop_hot(struct loop *loop, struct loop_fd *io)
{
	loop->hot = io;
	loop->moved = true;
}

/*
 * A wait that has events or a timer at once lets no signal in, whatever its mask is: a loop that
 * always has some would never see one.  -1 with EINTR if one came.
 */
static int let_signals_in(struct loop *loop, uint64_t now)
{
	if (!loop->mask || now - loop->look_ns < LOOK_MS * CLOCK_MS)
		return 0;
	loop->look_ns = now;
	return compat_ppoll(NULL, 0, 0, loop->mask);
}

/* Calls the handler of the one that was ready last: true if it is again. */
static bool try_hot(struct loop *loop)
{
	loop->moved = false;
	for (int i = 0; i < HOT_TRIES && !loop->moved; i++) {
		if (!loop->hot || !(loop->hot->want & LOOP_READ))
			break;
		loop->hot->on_ready(loop->hot, LOOP_READ);
	}
	return loop->moved;
}

/*
 * Looks without sleeping for as long as LOOP may spin: how many events there are, or -1; MOVED if
 * something was done.
 */
static int spin(struct loop *loop, uint64_t due, struct loop_event *events)
{
	uint64_t now = clock_now_ns(), until;

	until = loop->spin_ns < UINT64_MAX - now ? now + loop->spin_ns : UINT64_MAX;
	until = until < due ? until : due;
	loop->moved = false;
	for (; now < until; now = clock_now_ns()) {
		int n;

		if (try_hot(loop))
			return 0;
		n = loop->ops->wait(loop->state, 0, NULL, events, LOOP_BATCH);
		if (n != 0)
			return n;
		if (let_signals_in(loop, now) < 0)
			return -1;
	}
	return 0;
}

/* Spins, then sleeps. */
static int wait(struct loop *loop, uint64_t due, struct loop_event *events)
{
	if (loop->spin_ns) {
		int n = spin(loop, due, events);

		if (n != 0 || loop->moved)
			return n;
	}
	return loop->ops->wait(loop->state, due, loop->mask, events, LOOP_BATCH);
}

int loop_turn(struct loop *loop, struct err *err)
{
	struct loop_event events[LOOP_BATCH];
	uint64_t due = loop->timers.n ? loop->timers.v[0]->due_ns : UINT64_MAX;
	int n = wait(loop, due, events);
	bool timed;

	if (n < 0 && errno != EINTR)
		return err_sys(err, "wait for events");
	for (int i = 0; i < n; i++) {
		int fd = events[i].fd;
		struct loop_fd *io = (size_t)fd < loop->fds.n ? loop->fds.v[fd] : NULL;

		if (io && (events[i].ready & io->want))
			io->on_ready(io, events[i].ready & io->want);
	}
	if (n > 1)
		loop->hot = NULL;
	timed = fire(loop);
	if (loop->mask && (n > 0 || timed || loop->spin_ns))
		(void)let_signals_in(loop, clock_now_ns());
	return 0;
}
