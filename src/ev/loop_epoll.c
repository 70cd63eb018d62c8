/* SPDX-License-Identifier: MIT */
/* loop_epoll.c - the backend for Linux: epoll(7), level-triggered */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/vec.h"
#include "ev/loop_impl.h"

enum {
	EPOLL_BATCH = 256,
};

struct files VEC(struct loop_event);

struct state {
	int fd;
	struct files files; /* epoll refuses them: always ready */
};

static void *start(void)
{
	struct state *s;
	int fd = epoll_create1(EPOLL_CLOEXEC);

	if (fd < 0)
		return NULL;
	s = xcalloc(1, sizeof(*s));
	s->fd = fd;
	return s;
}

static void end(void *state)
{
	struct state *s = state;

	close(s->fd);
	vec_fini(&s->files);
	free(s);
}

/* A regular file or directory, which poll(2) calls ready at all times. */
static bool set_file(struct state *s, int fd, unsigned want)
{
	for (size_t i = 0; i < s->files.n; i++) {
		if (s->files.v[i].fd != fd)
			continue;
		s->files.v[i].ready = want;
		if (!want)
			s->files.v[i] = s->files.v[--s->files.n];
		return true;
	}
	return false;
}

static int set(void *state, int fd, unsigned old, unsigned want)
{
	struct state *s = state;
	struct epoll_event e = { .data.fd = fd };
	int op = old == 0 ? EPOLL_CTL_ADD : want == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;

	if (s->files.n && set_file(s, fd, want))
		return 0;
	if (old == want)
		return 0;
	e.events = (want & LOOP_READ ? EPOLLIN : 0) | (want & LOOP_WRITE ? EPOLLOUT : 0);
	if (epoll_ctl(s->fd, op, fd, &e) == 0)
		return 0;
	if (errno != EPERM || op != EPOLL_CTL_ADD)
		return -1;
	*vec_push(&s->files) = (struct loop_event){ fd, want };
	return 0;
}

static int wait(void *state, uint64_t due_ns, const sigset_t *mask, struct loop_event *events,
		int max)
{
	struct state *s = state;
	struct epoll_event got[EPOLL_BATCH];
	int64_t left = s->files.n || due_ns == 0 ? 0 : clock_left_ns(due_ns);
	int n = compat_epoll_pwait(s->fd, got, max < EPOLL_BATCH ? max : EPOLL_BATCH, left, mask);

	if (n < 0)
		return -1;
	for (int i = 0; i < n; i++) {
		unsigned ready = 0;

		if (got[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP))
			ready |= LOOP_READ;
		if (got[i].events & (EPOLLOUT | EPOLLERR | EPOLLHUP))
			ready |= LOOP_WRITE;
		if (got[i].events & (EPOLLERR | EPOLLHUP))
			ready |= LOOP_HANGUP;
		events[i] = (struct loop_event){ got[i].data.fd, ready };
	}
	for (size_t i = 0; i < s->files.n && n < max; i++)
		events[n++] = s->files.v[i];
	return n;
}

const struct loop_ops loop_epoll = {
	.name = "epoll",
	.forgets = true,
	.start = start,
	.end = end,
	.set = set,
	.wait = wait,
};
