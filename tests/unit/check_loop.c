/* SPDX-License-Identifier: MIT */
#include "ev/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/macros.h"
#include "unit.h"

/* A descriptor that counts its calls, and may remove another. */
struct probe {
	struct loop_fd io;
	struct loop *loop;
	struct probe *victim;
	unsigned calls, ready;
};

static void on_ready(struct loop_fd *io, unsigned ready)
{
	struct probe *p = (struct probe *)io;

	p->calls++;
	p->ready = ready;
	if (p->victim)
		loop_del(p->loop, &p->victim->io);
}

static struct loop *start(const char *backend, const sigset_t *mask)
{
	struct err err;
	struct loop *loop = loop_new(backend, mask, &err);

	ck_assert_msg(loop != NULL, "%s", err.text);
	ck_assert_str_eq(loop_backend(loop), backend);
	return loop;
}

static void watch(struct loop *loop, struct probe *p, int fd, unsigned want)
{
	struct err err;

	*p = (struct probe){ .io = { .fd = fd, .on_ready = on_ready }, .loop = loop };
	ck_assert_msg(loop_add(loop, &p->io, want, &err) == 0, "%s", err.text);
}

static void turn(struct loop *loop)
{
	struct err err;

	ck_assert_msg(loop_turn(loop, &err) == 0, "%s", err.text);
}

#define EACH_BACKEND(name) for (size_t b_ = 0; (name = loop_backend_name(b_)) != NULL; b_++)

START_TEST(backends)
{
	struct err err;

	ck_assert_ptr_nonnull(loop_backend_name(0));
	ck_assert_ptr_null(loop_new("none", NULL, &err));
	ck_assert_int_eq(err.kind, ERR_USAGE);
#ifdef __linux__
	ck_assert_str_eq(loop_backend_name(0), "epoll");
	ck_assert_str_eq(loop_backend_name(1), "poll");
#endif
}
END_TEST

START_TEST(readiness)
{
	const char *backend;

	EACH_BACKEND(backend)
	{
		struct loop *loop = start(backend, NULL);
		struct probe in, out;
		int fds[2];
		struct err err;

		ck_assert_int_eq(pipe(fds), 0);
		watch(loop, &in, fds[0], LOOP_READ);
		watch(loop, &out, fds[1], LOOP_WRITE);
		turn(loop);
		ck_assert_uint_eq(in.calls, 0);
		ck_assert_uint_eq(out.calls, 1);
		ck_assert_uint_eq(out.ready, LOOP_WRITE);

		/* Level-triggered: told until it is read. */
		ck_assert_int_eq(write(fds[1], "x", 1), 1);
		ck_assert_int_eq(loop_want(loop, &out.io, 0, &err), 0);
		turn(loop);
		turn(loop);
		ck_assert_uint_eq(in.calls, 2);
		ck_assert_uint_eq(in.ready, LOOP_READ);
		ck_assert_uint_eq(out.calls, 1);

		/* The hang-up is told to one that reads, and to nobody else. */
		loop_del(loop, &out.io);
		close(fds[1]);
		ck_assert_int_eq(read(fds[0], (char[1]){ 0 }, 1), 1);
		turn(loop);
		ck_assert_uint_eq(in.calls, 3);
		ck_assert_int_eq(loop_want(loop, &in.io, 0, &err), 0);
		ck_assert_int_eq(loop_want(loop, &in.io, LOOP_READ, &err), 0);
		turn(loop);
		ck_assert_uint_eq(in.calls, 4);
		loop_del(loop, &in.io);
		loop_del(loop, &in.io); /* twice does no harm */
		close(fds[0]);
		loop_free(loop);
	}
}
END_TEST

struct tick {
	struct loop_timer timer; /* first */
	int *order, *n, id;
};

static void on_due(struct loop_timer *timer)
{
	struct tick *t = (struct tick *)timer;

	t->order[(*t->n)++] = t->id;
}

START_TEST(want_nothing)
{
	const char *backend;

	EACH_BACKEND(backend)
	{
		struct loop *loop = start(backend, NULL);
		int order[1] = { 0 }, n = 0, fds[2];
		struct tick t = { { .on_due = on_due }, order, &n, 7 };
		struct probe in;

		ck_assert_int_eq(pipe(fds), 0);
		close(fds[1]); /* a hang-up that poll(2) tells whatever is asked for */
		watch(loop, &in, fds[0], 0);
		loop_timer_set(loop, &t.timer, clock_now_ns() + 20 * CLOCK_MS);
		turn(loop);
		ck_assert_int_eq(n, 1); /* that turn waited for the timer */
		ck_assert_uint_eq(in.calls, 0);
		close(fds[0]);
		loop_free(loop);
	}
}
END_TEST

/* Only the end of a connection, not what can be read before it, nor the end of one half. */
START_TEST(hang_up)
{
	const char *backend;

	EACH_BACKEND(backend)
	{
		struct loop *loop = start(backend, NULL);
		int order[2] = { 0 }, n = 0, fds[2];
		struct tick t = { { .on_due = on_due }, order, &n, 7 };
		struct probe p;

		ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
		watch(loop, &p, fds[0], LOOP_HANGUP);
		ck_assert_int_eq(write(fds[1], "x", 1), 1);
		shutdown(fds[1], SHUT_WR);
		loop_timer_set(loop, &t.timer, clock_now_ns() + 20 * CLOCK_MS);
		turn(loop);
		ck_assert_int_eq(n, 1); /* that turn waited for the timer */
		ck_assert_uint_eq(p.calls, 0);
		close(fds[1]);
		turn(loop);
		ck_assert_uint_eq(p.calls, 1);
		ck_assert_uint_eq(p.ready, LOOP_HANGUP);
		close(fds[0]);
		loop_free(loop);
	}
}
END_TEST

START_TEST(files)
{
	const char *backend;

	EACH_BACKEND(backend)
	{
		struct loop *loop = start(backend, NULL);
		FILE *file = tmpfile(), *second = tmpfile();
		struct probe p, q;
		struct err err;

		ck_assert(file && second);
		watch(loop, &p, fileno(file), LOOP_READ);
		watch(loop, &q, fileno(second), LOOP_READ | LOOP_WRITE);
		turn(loop);
		ck_assert_uint_eq(p.calls, 1);
		ck_assert_uint_eq(p.ready, LOOP_READ);
		ck_assert_uint_eq(q.ready, LOOP_READ | LOOP_WRITE);
		ck_assert_int_eq(loop_want(loop, &p.io, 0, &err), 0);
		turn(loop);
		ck_assert_uint_eq(p.calls, 1);
		ck_assert_uint_eq(q.calls, 2);
		ck_assert_int_eq(loop_want(loop, &p.io, LOOP_WRITE, &err), 0);
		loop_del(loop, &q.io);
		turn(loop);
		ck_assert_uint_eq(p.calls, 2);
		ck_assert_uint_eq(p.ready, LOOP_WRITE);
		ck_assert_uint_eq(q.calls, 2);
		loop_free(loop);
		fclose(file);
		fclose(second);
	}
}
END_TEST

START_TEST(removal)
{
	const char *backend;

	EACH_BACKEND(backend)
	{
		struct loop *loop = start(backend, NULL);
		struct probe p[2];
		int fds[2][2];

		/* Both are ready; the one that is called first removes the other. */
		for (int i = 0; i < 2; i++) {
			ck_assert_int_eq(pipe(fds[i]), 0);
			ck_assert_int_eq(write(fds[i][1], "x", 1), 1);
			watch(loop, &p[i], fds[i][0], LOOP_READ);
			p[i].victim = &p[!i];
		}
		turn(loop);
		ck_assert_uint_eq(p[0].calls + p[1].calls, 1);
		turn(loop);
		ck_assert_uint_eq(p[0].calls + p[1].calls, 2);
		for (int i = 0; i < 2; i++) {
			close(fds[i][0]);
			close(fds[i][1]);
		}
		loop_free(loop);
	}
}
END_TEST

/* With more descriptors than one turn has room for, none starves. */
START_TEST(many)
{
	enum {
		N = 400
	};
	static struct probe p[N];
	static int fds[N][2];
	struct rlimit limit = { 2000, 2000 };
	const char *backend;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	EACH_BACKEND(backend)
	{
		struct loop *loop = start(backend, NULL);
		unsigned starving = 0;

		for (int i = 0; i < N; i++) {
			ck_assert_int_eq(pipe(fds[i]), 0);
			ck_assert_int_eq(write(fds[i][1], "x", 1), 1);
			watch(loop, &p[i], fds[i][0], LOOP_READ);
		}
		for (int i = 0; i < 4; i++)
			turn(loop);
		for (int i = 0; i < N; i++) {
			starving += p[i].calls == 0;
			loop_del(loop, &p[i].io);
			close(fds[i][0]);
			close(fds[i][1]);
		}
		ck_assert_uint_eq(starving, 0);
		loop_free(loop);
	}
}
END_TEST

START_TEST(timers)
{
	enum {
		N = 100
	};
	struct loop *loop = start("poll", NULL);
	uint64_t now = clock_now_ns();
	int order[2 * N] = { 0 }, n = 0;
	struct tick t[N];

	/* Set in a mixed order, moved, a third stopped; they fire by time. */
	for (int i = 0; i < N; i++) {
		t[i] = (struct tick){ { .on_due = on_due }, order, &n, i };
		loop_timer_set(loop, &t[i].timer, now + (uint64_t)(i * 37 % N));
	}
	for (int i = 0; i < N; i++)
		loop_timer_set(loop, &t[i].timer, now - CLOCK_S + (uint64_t)(i * 61 % N));
	for (int i = 0; i < N; i += 3) {
		loop_timer_stop(loop, &t[i].timer);
		loop_timer_stop(loop, &t[i].timer);
	}
	turn(loop);
	ck_assert_int_eq(n, N - (N + 2) / 3);
	for (int i = 0; i < n; i++) {
		ck_assert_int_ne(order[i] % 3, 0);
		if (i)
			ck_assert_int_lt(order[i - 1] * 61 % N, order[i] * 61 % N);
	}
	loop_free(loop);
}
END_TEST

static volatile sig_atomic_t signals;

static void on_signal(int sig UNUSED)
{
	signals++;
}

START_TEST(signal_ends_the_wait)
{
	const char *backend;
	sigset_t usr1, old;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, &old);
	sigaction(SIGUSR1, &(struct sigaction){ .sa_handler = on_signal }, NULL);
	EACH_BACKEND(backend)
	{
		struct loop *loop = start(backend, &old);

		/* It came before the wait: without the mask this would wait for ever. */
		signals = 0;
		raise(SIGUSR1);
		ck_assert_int_eq(signals, 0);
		turn(loop);
		ck_assert_int_eq(signals, 1);
		loop_free(loop);
	}
}
END_TEST

/* One that always has something to do sees signals too. */
START_TEST(signal_of_a_busy_loop)
{
	const char *backend;
	sigset_t usr1, old;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, &old);
	sigaction(SIGUSR1, &(struct sigaction){ .sa_handler = on_signal }, NULL);
	EACH_BACKEND(backend)
	{
		struct loop *loop = start(backend, &old);
		struct probe p = { 0 };
		int fds[2];

		ck_assert_int_eq(pipe(fds), 0);
		watch(loop, &p, fds[1], LOOP_WRITE);
		signals = 0;
		raise(SIGUSR1);
		for (int i = 0; i < 10000000 && !signals; i++)
			turn(loop);
		ck_assert_int_eq(signals, 1);
		loop_del(loop, &p.io);
		close(fds[0]);
		close(fds[1]);
		loop_free(loop);
	}
}
END_TEST

static void do_nothing(struct loop_timer *timer UNUSED)
{
}

/* Reads, and says so. */
static void on_read(struct loop_fd *io, unsigned ready UNUSED)
{
	struct probe *p = (struct probe *)io;
	char c;

	p->calls++;
	if (read(io->fd, &c, 1) == 1)
		loop_hot(p->loop, io);
}

/* Turns until a timer that is due very soon. */
static void spin(struct loop *loop)
{
	struct loop_timer timer = { .on_due = do_nothing };

	loop_timer_set(loop, &timer, clock_now_ns() + CLOCK_MS);
	while (timer.slot)
		turn(loop);
}

/* While it spins, the one that was ready is asked without a look at all. */
START_TEST(hot)
{
	const char *backend;
	struct err err;

	EACH_BACKEND(backend)
	{
		struct loop *loop = start(backend, NULL);
		struct probe p = { 0 }, other = { 0 };
		int fds[2], others[2];

		ck_assert_int_eq(pipe(fds), 0);
		ck_assert_int_eq(pipe(others), 0);
		fcntl(fds[0], F_SETFL, O_NONBLOCK);
		watch(loop, &p, fds[0], LOOP_READ);
		watch(loop, &other, others[0], LOOP_READ);
		p.io.on_ready = on_read;
		loop_spin(loop, CLOCK_S);
		spin(loop);
		ck_assert_uint_eq(p.calls, 0);

		ck_assert_int_eq(write(fds[1], "ab", 2), 2);
		turn(loop);
		ck_assert_uint_eq(p.calls, 1);
		turn(loop); /* the second byte */
		ck_assert_uint_eq(p.calls, 2);
		spin(loop);
		ck_assert_uint_gt(p.calls, 2);
		ck_assert_int_eq(write(others[1], "c", 1), 1);
		while (!other.calls)
			turn(loop); /* it hides no other */

		/* Not while it waits for something else, or not at all. */
		ck_assert_int_eq(loop_want(loop, &p.io, 0, &err), 0);
		loop_del(loop, &other.io);
		p.calls = 0;
		spin(loop);
		ck_assert_uint_eq(p.calls, 0);
		ck_assert_int_eq(loop_want(loop, &p.io, LOOP_READ, &err), 0);
		loop_del(loop, &p.io);
		spin(loop);
		ck_assert_uint_eq(p.calls, 0);
		loop_free(loop);
		for (int i = 0; i < 2; i++) {
			close(fds[i]);
			close(others[i]);
		}
	}
}
END_TEST

UNIT_MAIN("loop", backends, readiness, want_nothing, hang_up, files, removal, many, timers,
	  signal_ends_the_wait, signal_of_a_busy_loop, hot)
