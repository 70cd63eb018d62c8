/* SPDX-License-Identifier: MIT */
/* hammer_streams.c - the streams and forged datagrams of hammer */
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/macros.h"
#include "base/xalloc.h"
#include "echo/pattern.h"
#include "ev/loop.h"
#include "hammer.h"
#include "net/sock.h"

enum {
	WRITE_MAX = 1 << 20,
	READ_SIZE = 65536,
	ROUNDS = 16,    /* calls for one connection in a turn */
	WINDOW = 256,   /* connections from which nothing has come yet */
	TICK_MS = 20,   /* between two looks at all */
	STUCK_MS = 300, /* without a byte: a deaf one sends no more */
	HEADER = 28,    /* of IPv4 and UDP */
};

enum result {
	OPEN,
	ECHOED,
	CLOSED,
	SHORT,
	WRONG,
	RESET,
	HUNG,
	DEAF,
	GREEDY,
	RESULTS,
};

static const char *const names[RESULTS] = {
	[ECHOED] = "echoed", [CLOSED] = "closed", [SHORT] = "short", [WRONG] = "wrong",
	[RESET] = "reset",   [HUNG] = "hung",     [DEAF] = "deaf",   [GREEDY] = "greedy",
};

struct stream {
	struct loop_fd io; /* first */
	struct run *run;
	uint64_t seed, sent, got, bytes, moved_ns;
	uint64_t chance;
	bool connected, reads, deaf, ended;
	enum result result;
};

struct run {
	const struct hammer *h;
	struct loop *loop;
	struct loop_timer tick;
	struct stream *streams;
	uint64_t started, waiting; /* from WAITING nothing has come yet */
	uint64_t left;             /* not deaf, and not at their end */
	uint64_t bytes;
	pid_t parent;
};

static void finish(struct stream *s, enum result result)
{
	struct run *r = s->run;

	if (s->result != OPEN)
		return;
	s->result = result;
	if (!s->deaf) {
		r->waiting -= s->got == 0;
		r->left--;
	}
	if (result == ECHOED && r->h->hold) {
		struct err err;

		if (loop_want(r->loop, &s->io, 0, &err) < 0)
			hammer_die("epoll_ctl");
		return;
	}
	if (result == GREEDY)
		return;
	loop_del(r->loop, &s->io);
	close(s->io.fd);
}

static void moved(struct stream *s, uint64_t n)
{
	s->moved_ns = clock_now_ns();
	s->run->bytes += n;
}

/* How much the next write is to send. */
static size_t piece(struct stream *s)
{
	uint64_t n = s->run->h->size, left = s->bytes - s->sent;

	if (n == 0) {
		/* As many small ones as large ones. */
		s->chance =
			s->chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		n = 1 + (s->chance >> 33) % (UINT64_C(1) << (s->chance >> 40) % 21);
	}
	n = n < left ? n : left;
	return (size_t)(n < WRITE_MAX ? n : WRITE_MAX);
}

static void get(struct stream *s)
{
	static unsigned char data[READ_SIZE];

	for (int i = 0; i < ROUNDS && s->result == OPEN; i++) {
		ssize_t n = recv(s->io.fd, data, sizeof(data), MSG_DONTWAIT);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n < 0) {
			finish(s, RESET);
			return;
		}
		if (n == 0) {
			finish(s, s->got == s->bytes ? ECHOED : s->got ? SHORT : CLOSED);
			return;
		}
		s->run->waiting -= s->got == 0 && !s->deaf;
		if (s->got + (uint64_t)n > s->sent ||
		    pattern_check(s->seed, s->got, data, (size_t)n) != (size_t)n) {
			s->got += (uint64_t)n;
			finish(s, WRONG);
			return;
		}
		s->got += (uint64_t)n;
		moved(s, (uint64_t)n);
		if (s->run->h->hold && s->got == s->bytes)
			finish(s, ECHOED);
	}
}

static void get_all(struct stream *s)
{
	uint64_t before;

	do {
		before = s->got;
		get(s);
	} while (s->result == OPEN && s->got != before);
}

static void put(struct stream *s)
{
	static unsigned char data[WRITE_MAX];

	for (int i = 0; i < ROUNDS && s->sent < s->bytes; i++) {
		size_t len = piece(s);
		ssize_t n;

		pattern_fill(s->seed, s->sent, data, len);
		n = send(s->io.fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno != EAGAIN && errno != EINTR && errno != ENOBUFS) {
			get_all(s); /* what came before, which may be the end */
			finish(s, RESET);
		}
		if (n <= 0)
			return;
		s->sent += (uint64_t)n;
		moved(s, 0);
	}
	if (s->sent < s->bytes || s->ended)
		return;
	if (s->deaf) {
		finish(s, GREEDY);
	} else if (!s->run->h->hold) {
		s->ended = true;
		shutdown(s->io.fd, SHUT_WR);
	}
}

static void want(struct stream *s)
{
	unsigned what = s->reads ? LOOP_READ : 0;
	struct err err;

	if (s->result != OPEN)
		return;
	if (!s->connected || s->sent < s->bytes)
		what |= LOOP_WRITE;
	if (loop_want(s->run->loop, &s->io, what, &err) < 0)
		hammer_die("epoll_ctl");
}

static void on_ready(struct loop_fd *io, unsigned ready)
{
	struct stream *s = (struct stream *)io;

	if (!s->connected) {
		int code = 0;
		socklen_t room = sizeof(code);

		getsockopt(io->fd, SOL_SOCKET, SO_ERROR, &code, &room);
		if (code) {
			finish(s, RESET);
			return;
		}
		s->connected = true;
		moved(s, 0);
	}
	if (s->reads && ready & LOOP_READ)
		get(s);
	if (s->result == OPEN && ready & LOOP_WRITE)
		put(s);
	want(s);
}

static void begin(struct run *r)
{
	const struct hammer *h = r->h;
	struct stream *s = &r->streams[r->started];
	struct err err;
	int fd = sock_open(h->sa.u.sa.sa_family, SOCK_STREAM, &err), size = (int)h->buffer, rc;

	if (size && (setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) < 0 ||
		     setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)) < 0))
		hammer_die("setsockopt");
	*s = (struct stream){
		.io = { .fd = fd, .on_ready = on_ready },
		.run = r,
		.seed = r->started,
		.chance = r->started,
		.deaf = r->started < h->deaf,
		.moved_ns = clock_now_ns(),
	};
	r->started++;
	s->bytes = s->deaf ? h->most : h->bytes;
	s->reads = !s->deaf && h->late_ms == 0;
	r->waiting += !s->deaf;
	if (fd < 0 || sock_nodelay(fd, &h->sa, SOCK_STREAM, &err) < 0 ||
	    (rc = sock_connect(fd, &h->sa, &err)) < 0 ||
	    loop_add(r->loop, &s->io, LOOP_WRITE, &err) < 0) {
		fprintf(stderr, "hammer: %s\n", err.text);
		exit(3);
	}
	s->connected = rc == 1;
}

static void look(struct stream *s, uint64_t now)
{
	const struct hammer *h = s->run->h;
	uint64_t quiet = now > s->moved_ns ? now - s->moved_ns : 0;

	if (s->result != OPEN)
		return;
	if (s->deaf)
		return;
	if (!s->reads && quiet >= h->late_ms * CLOCK_MS) {
		s->reads = true;
		want(s);
	} else if (quiet >= h->timeout_ms * CLOCK_MS) {
		finish(s, HUNG);
	}
}

static void on_tick(struct loop_timer *timer)
{
	struct run *r = (struct run *)((char *)timer - offsetof(struct run, tick));
	uint64_t now = clock_now_ns();

	if (getppid() != r->parent)
		exit(3);
	for (uint64_t i = 0; i < r->started; i++)
		look(&r->streams[i], now);
	loop_timer_set(r->loop, timer, now + TICK_MS * CLOCK_MS);
}

/* All deaf ones can send no more. */
static bool deaf_are_stuck(const struct run *r)
{
	uint64_t now = clock_now_ns();

	for (uint64_t i = 0; i < r->h->deaf; i++) {
		const struct stream *s = &r->streams[i];

		if (s->result == OPEN && (!s->connected || now - s->moved_ns < STUCK_MS * CLOCK_MS))
			return false;
	}
	return true;
}

static void turn(struct run *r)
{
	struct err err;

	if (loop_turn(r->loop, &err) < 0) {
		fprintf(stderr, "hammer: %s\n", err.text);
		exit(3);
	}
}

static int report(const struct run *r)
{
	uint64_t count[RESULTS] = { 0 };

	for (uint64_t i = 0; i < r->h->n; i++)
		count[r->streams[i].result]++;
	count[DEAF] = count[OPEN];
	for (int i = OPEN + 1; i < RESULTS; i++)
		if (count[i])
			printf("%s %llu, ", names[i], (unsigned long long)count[i]);
	printf("%llu bytes\n", (unsigned long long)r->bytes);
	fflush(stdout);
	return count[ECHOED] + r->h->deaf == r->h->n && !count[GREEDY] ? 0 : 1;
}

int hammer_streams(const struct hammer *h)
{
	struct run r = { .h = h, .left = h->n - h->deaf, .parent = getppid() };
	struct err err;
	int rc;

	r.loop = loop_new(NULL, NULL, &err);
	if (!r.loop)
		hammer_die("epoll_create1");
	r.streams = xcalloc((size_t)h->n, sizeof(*r.streams));
	r.tick.on_due = on_tick;
	loop_timer_set(r.loop, &r.tick, clock_now_ns());
	while (r.started < h->deaf)
		begin(&r);
	while (!deaf_are_stuck(&r))
		turn(&r);
	while (r.left) {
		while (r.started < h->n && r.waiting < WINDOW)
			begin(&r);
		turn(&r);
	}
	rc = report(&r);
	while (h->hold)
		turn(&r);
	free(r.streams);
	loop_free(r.loop);
	return rc;
}

static void put16(unsigned char *to, size_t value)
{
	to[0] = (unsigned char)(value >> 8);
	to[1] = (unsigned char)value;
}

void hammer_forge(const struct sa *from, const struct sa *to, size_t n)
{
	unsigned char packet[HEADER + 1500] = { 0x45, [8] = 64, [9] = IPPROTO_UDP };
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW), on = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on)) < 0)
		hammer_die("raw socket");
	n = n < sizeof(packet) - HEADER ? n : sizeof(packet) - HEADER;
	put16(packet + 2, HEADER + n);
	memcpy(packet + 12, &from->u.in.sin_addr, 4);
	memcpy(packet + 16, &to->u.in.sin_addr, 4);
	put16(packet + 20, sa_port(from));
	put16(packet + 22, sa_port(to));
	put16(packet + 24, HEADER - 20 + n);
	memset(packet + HEADER, 'x', n); /* the checksum is 0: there is none (RFC 768) */
	if (sendto(fd, packet, HEADER + n, 0, &to->u.sa, to->len) < 0)
		hammer_die("sendto");
	close(fd);
}
