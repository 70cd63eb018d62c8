/* SPDX-License-Identifier: MIT */
/* loop_poll.c - the backend for every system: poll(2) */
#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/vec.h"
#include "ev/loop_impl.h"

struct polls VEC(struct pollfd);
struct slots VEC(size_t);

struct state {
	struct polls polls;
	struct slots slots; /* by descriptor: its place in POLLS + 1, or 0 */
	size_t first;       /* where the next look begins: no descriptor starves */
};

static void *start(void)
{
	return xcalloc(1, sizeof(struct state));
}

static void end(void *state)
{
	struct state *s = state;

	vec_fini(&s->polls);
	vec_fini(&s->slots);
	free(s);
}

static short poll_events(unsigned want)
{
	return (short)((want & LOOP_READ ? POLLIN : 0) | (want & LOOP_WRITE ? POLLOUT : 0));
}

/* The last one takes the place of the one that goes. */
static void drop(struct state *s, size_t at)
{
	struct pollfd last = s->polls.v[--s->polls.n];

	s->slots.v[s->polls.v[at].fd] = 0;
	if (at < s->polls.n) {
		s->polls.v[at] = last;
		s->slots.v[last.fd] = at + 1;
	}
}

static int set(void *state, int fd, unsigned old UNUSED, unsigned want)
{
	struct state *s = state;
	size_t *slot;

	while (s->slots.n <= (size_t)fd)
		*vec_push(&s->slots) = 0;
	slot = &s->slots.v[fd];
	if (want == 0) {
		if (*slot)
			drop(s, *slot - 1);
		return 0;
	}
	if (*slot == 0) {
		*vec_push(&s->polls) = (struct pollfd){ .fd = fd };
		*slot = s->polls.n;
	}
	s->polls.v[*slot - 1].events = poll_events(want);
	return 0;
}

static int wait(void *state, uint64_t due_ns, const sigset_t *mask, struct loop_event *events,
		int max)
{
	struct state *s = state;
	int left, n = 0;
	size_t i;

	left = compat_ppoll(s->polls.v, s->polls.n, clock_left_ns(due_ns), mask);
	if (left < 0)
		return -1;
	for (i = 0; i < s->polls.n && left > 0 && n < max; i++) {
		const struct pollfd *p = &s->polls.v[(s->first + i) % s->polls.n];
		unsigned ready = 0;

		if (!p->revents)
			continue;
		if (p->revents & (POLLIN | POLLERR | POLLHUP | POLLNVAL))
			ready |= LOOP_READ;
		if (p->revents & (POLLOUT | POLLERR | POLLHUP | POLLNVAL))
			ready |= LOOP_WRITE;
		if (p->revents & (POLLERR | POLLHUP | POLLNVAL))
			ready |= LOOP_HANGUP;
		events[n++] = (struct loop_event){ p->fd, ready };
		left--;
	}
	s->first = s->polls.n ? (s->first + i) % s->polls.n : 0;
	return n;
}

const struct loop_ops loop_poll = {
	.name = "poll",
	.start = start,
	.end = end,
	.set = set,
	.wait = wait,
};
