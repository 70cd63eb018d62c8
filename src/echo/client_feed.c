/* SPDX-License-Identifier: MIT */
/*
 * client_feed.c - a thread that reads the input and sends it, while the loop's receives and prints
 *
 * Each of the two has a window of its own on the same ring: the thread alone puts bytes in and
 * sends them, the loop alone compares.  What the other one must know is told under the lock.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/xalloc.h"
#include "echo/client_impl.h"
#include "ev/workers.h"

enum {
	LONG_MS = 10,  /* a wait for room that tells of a long way */
	STOP_MS = 200, /* for a thread to see that it is to end */
	PAUSE_MS = 1,  /* until the system may have memory again */
};

struct client_feed {
	struct workers_job job; /* first */
	struct client *client;
	struct workers *workers;
	struct loop_fd ended; /* can be read when the thread has */

	pthread_mutex_t lock;
	pthread_cond_t room;
	/* Under LOCK */
	uint64_t taken, sent, back, moved_ns;
	bool differs, in_end, shut, stop;
	uint64_t waits_ns; /* for room since then; 0: not */
	int read_errno, send_errno;

	/* The thread's */
	struct window window;
	int in, sock;
	bool file;   /* the input never lets wait */
	int wake[2]; /* can be read when the thread is to end */
};

/* Waits until FD is ready; false if the thread is to end. */
static bool await(const struct client_feed *f, int fd, short events)
{
	struct pollfd p[] = { { .fd = f->wake[0], .events = POLLIN },
			      { .fd = fd, .events = events } };

	while (poll(p, 2, -1) < 0)
		if (errno != EINTR)
			return true; /* the call that follows waits, or tells why */
	return !p[0].revents;
}

/* Tells and is told what is new; false if the thread is to end. */
static bool meet(struct client_feed *f, bool moved)
{
	struct window *w = &f->window;
	bool goes_on;

	pthread_mutex_lock(&f->lock);
	/* From the first byte that is owed on the peer is waited for. */
	if (moved || (f->taken == f->back && w->taken > f->taken))
		f->moved_ns = clock_now_ns();
	f->taken = w->taken;
	f->sent = w->sent;
	w->back = f->back;
	w->differs = f->differs;
	goes_on = !f->stop;
	pthread_mutex_unlock(&f->lock);
	return goes_on;
}

/* There is room for a block: less would be taken in ever smaller pieces. */
static bool has_room(const struct client_feed *f)
{
	return f->differs || f->taken - f->back <= f->window.size - CLIENT_BLOCK;
}

/* Waits for room in the ring: how much there is, 0 if the thread is to end. */
static size_t await_room(struct client_feed *f, char **where)
{
	pthread_mutex_lock(&f->lock);
	if (!has_room(f)) {
		f->waits_ns = clock_now_ns();
		while (!f->stop && !has_room(f))
			pthread_cond_wait(&f->room, &f->lock);
		f->waits_ns = 0;
	}
	pthread_mutex_unlock(&f->lock);
	return meet(f, false) ? window_room(&f->window, where) : 0;
}

/* Reads once; false at the end, an error, or if the thread is to end. */
static bool read_some(struct client_feed *f)
{
	char *where;
	size_t room = await_room(f, &where);
	ssize_t n;

	if (!room || (!f->file && !await(f, f->in, POLLIN)))
		return false;
	n = read(f->in, where, room < CLIENT_BLOCK ? room : CLIENT_BLOCK);
	if (n > 0) {
		window_take(&f->window, (size_t)n);
		return meet(f, false);
	}
	if (n < 0 && (errno == EINTR || compat_would_block(errno)))
		return !f->file || await(f, f->in, POLLIN);
	pthread_mutex_lock(&f->lock);
	f->in_end = n == 0;
	f->read_errno = n < 0 ? errno : 0;
	pthread_mutex_unlock(&f->lock);
	return false;
}

/* Sends all that was read; false if that is not possible any more, or the thread is to end. */
static bool send_all(struct client_feed *f)
{
	const char *what;
	size_t len;

	while ((len = window_unsent(&f->window, &what)) > 0) {
		ssize_t n = send(f->sock, what, len, MSG_NOSIGNAL);
		int code = errno;

		if (n >= 0) {
			window_send(&f->window, (size_t)n);
			if (!meet(f, true))
				return false;
		} else if (compat_would_block(code)) {
			if (!await(f, f->sock, POLLOUT))
				return false;
		} else if (code == ENOBUFS || code == ENOMEM) {
			struct pollfd p = { .fd = f->wake[0], .events = POLLIN };

			if (poll(&p, 1, PAUSE_MS) > 0)
				return false;
		} else if (code != EINTR) {
			pthread_mutex_lock(&f->lock);
			f->send_errno = code;
			pthread_mutex_unlock(&f->lock);
			return false;
		}
	}
	return true;
}

static void run(struct workers_job *job)
{
	struct client_feed *f = (struct client_feed *)(void *)job;

	while (read_some(f))
		if (!send_all(f))
			return;
	if (!f->in_end)
		return;
	shutdown(f->sock, SHUT_WR);
	pthread_mutex_lock(&f->lock);
	f->shut = true;
	f->moved_ns = clock_now_ns();
	pthread_mutex_unlock(&f->lock);
}

static void feed_free(struct client_feed *f)
{
	if (f->wake[0] >= 0) {
		close(f->wake[0]);
		close(f->wake[1]);
	}
	pthread_cond_destroy(&f->room);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

/*
 * The thread waits for room, and touches nothing.  A small ring stays in a processor's cache; on a
 * long way it is what limits the bandwidth.
 */
static void make_room(struct client *c)
{
	struct client_feed *f = c->feed;

	if (f->window.size < CLIENT_WINDOW_MAX &&
	    clock_now_ns() - f->waits_ns > LONG_MS * CLOCK_MS) {
		window_grow(&c->window, 2 * c->window.size);
		f->window.data = c->window.data;
		f->window.size = c->window.size;
	}
	if (has_room(f))
		pthread_cond_signal(&f->room);
}

void client_feed_meet(struct client *c)
{
	struct client_feed *f = c->feed;
	struct window *w = &c->window;

	pthread_mutex_lock(&f->lock);
	f->back = w->back;
	f->differs = w->differs;
	/* What is being sent may be back before send(2) has returned. */
	w->taken = w->sent = f->taken;
	c->in_end = f->in_end;
	c->shut = f->shut;
	c->send_errno = f->send_errno;
	if (f->moved_ns > c->progress_ns)
		c->progress_ns = f->moved_ns;
	if (f->waits_ns && !f->stop)
		make_room(c);
	pthread_mutex_unlock(&f->lock);
}

static void on_ended(struct loop_fd *io, unsigned ready UNUSED)
{
	struct client_feed *f =
		(struct client_feed *)(void *)((char *)io - offsetof(struct client_feed, ended));
	struct client *c = f->client;

	loop_del(c->loop, io);
	client_feed_meet(c);
	if (!f->read_errno)
		return;
	errno = f->read_errno;
	err_sys(&c->err, "standard input");
	client_fail(c);
}

bool client_feed_start(struct client *c)
{
	struct client_feed *f = xcalloc(1, sizeof(*f));
	struct stat st;
	struct err err;

	f->job.run = run;
	f->client = c;
	f->window = c->window;
	f->in = c->config->in;
	f->sock = c->sock.fd;
	f->file = fstat(f->in, &st) == 0 && S_ISREG(st.st_mode);
	f->ended.on_ready = on_ended;
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->room, NULL);
	if (compat_pipe(f->wake) < 0)
		f->wake[0] = -1;
	f->workers = f->wake[0] >= 0 ? workers_new(1, &err) : NULL;
	f->ended.fd = f->workers ? workers_fd(f->workers) : -1;
	if (f->ended.fd >= 0 && loop_add(c->loop, &f->ended, LOOP_READ, &err) == 0 &&
	    workers_add(f->workers, &f->job, &err) == 0) {
		c->feed = f;
		return true;
	}
	loop_del(c->loop, &f->ended);
	workers_free(f->workers);
	feed_free(f);
	return false;
}

bool client_feed_end(struct client *c)
{
	struct client_feed *f = c->feed;
	struct pollfd p = { .fd = workers_fd(f->workers), .events = POLLIN };
	uint64_t deadline = clock_now_ns() + STOP_MS * CLOCK_MS;
	bool over;

	loop_del(c->loop, &f->ended);
	pthread_mutex_lock(&f->lock);
	f->stop = true;
	pthread_cond_signal(&f->room);
	pthread_mutex_unlock(&f->lock);
	while (write(f->wake[1], "", 1) < 0 && errno == EINTR)
		;
	while (!(over = workers_done(f->workers)) && clock_left_ns(deadline) > 0)
		compat_ppoll(&p, 1, clock_left_ns(deadline), NULL);
	client_feed_meet(c);
	c->window.sent = f->sent;
	workers_free(f->workers);
	c->feed = NULL;
	if (over)
		feed_free(f);
	return over;
}
