/* SPDX-License-Identifier: MIT */
/* client_stream.c - the echo client over a connection */
#include <errno.h>
#include <poll.h>

#include "base/clock.h"
#include "base/compat.h"
#include "echo/client_impl.h"

enum {
	STREAM_ROUNDS = 16, /* blocks that one turn receives */
};

static void begin(struct client *c)
{
	window_init(&c->window, CLIENT_WINDOW);
	if (!c->config->threads || !client_feed_start(c))
		window_grow(&c->window, CLIENT_WINDOW_MAX);
}

/* Sends what it can, and the end of the input after it. */
static void send_some(struct client *c)
{
	struct window *w = &c->window;
	const char *what;
	size_t len;

	while (!c->send_errno && (len = window_unsent(w, &what)) > 0) {
		ssize_t n = send(c->sock.fd, what, len, MSG_NOSIGNAL);

		if (n >= 0) {
			window_send(w, (size_t)n);
			c->progress_ns = clock_now_ns();
		} else if (compat_would_block(errno) || errno == ENOBUFS || errno == ENOMEM) {
			return;
		} else if (errno != EINTR) {
			c->send_errno = errno; /* what came before may still be read */
		}
	}
	if (c->in_end && !c->shut) {
		shutdown(c->sock.fd, SHUT_WR);
		c->shut = true;
	}
}

/*
 * Bytes are on their way, there or back.  From the first difference on they are only
 * counted: what comes may be more than was sent.
 */
static bool owes(const struct client *c)
{
	const struct window *w = &c->window;

	return w->taken > w->sent || w->taken > c->result.received;
}

static void read_some(struct client *c)
{
	char *where;
	size_t room = window_room(&c->window, &where), n;

	n = room ? client_read(c, where, room < CLIENT_BLOCK ? room : CLIENT_BLOCK) : 0;
	if (n == 0 && !c->in_end)
		return;
	if (!owes(c))
		c->progress_ns = clock_now_ns(); /* from now on the peer is waited for */
	window_take(&c->window, n);
	client_print_sent(c, where, n);
	send_some(c);
}

/* Nothing more comes: the end of the stream, or the error CODE. */
static void peer_ends(struct client *c, int code)
{
	const char *what = "receive from";
	char text[SA_STRLEN];

	c->peer_end = true;
	if (!code && c->send_errno != EPIPE) { /* send(2) took the error, recv(2) has none left */
		code = c->send_errno;
		what = "send to";
	}
	if (!code)
		return;
	errno = code;
	err_sys(&c->err, "%s %s", what, sa_format(client_address(c), text));
	c->failed = true;
}

/* N bytes in the block came back, of which the first PRINTED are printed. */
static void take(struct client *c, size_t n, size_t printed)
{
	c->result.received += (uint64_t)n;
	c->progress_ns = clock_now_ns();
	if (c->feed)
		client_feed_meet(c);
	window_check(&c->window, c->block, n);
	client_print(c, c->block + printed, n - printed);
}

static void receive_some(struct client *c)
{
	for (int i = 0; i < STREAM_ROUNDS && client_printed(c); i++) {
		size_t printed;
		ssize_t n = client_pass(c, &printed);

		if (n < 0)
			return;
		if (n == 0) /* nothing there, the end, an error, or the urgent mark */
			n = recv(c->sock.fd, c->block, sizeof(c->block), 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && compat_would_block(errno))
			return;
		if (n <= 0) {
			peer_ends(c, n < 0 ? errno : 0);
			return;
		}
		take(c, (size_t)n, printed);
		if (n < (ssize_t)sizeof(c->block))
			return;
	}
}

static void sock(struct client *c, unsigned ready)
{
	if (ready & LOOP_WRITE)
		send_some(c);
	if (ready & LOOP_READ)
		receive_some(c);
}

/* The peer has something to return, or the end of the stream. */
static bool is_waiting(const struct client *c)
{
	return client_printed(c) && (c->shut || owes(c));
}

/* A thread that feeds does not tell when the peer is waited for from then on: it is asked again. */
static void set_timer(struct client *c)
{
	uint64_t from = is_waiting(c) ? c->progress_ns : clock_now_ns();

	loop_timer_set(c->loop, &c->timer, from + c->config->timeout_ns);
}

static void due(struct client *c)
{
	char text[SA_STRLEN];

	if (c->feed)
		client_feed_meet(c);
	if (!is_waiting(c) || clock_now_ns() - c->progress_ns < c->config->timeout_ns)
		return;
	err_set(&c->err, ERR_SYSTEM, "%s %s for %g s", sa_format(client_address(c), text),
		owes(c) ? "returns nothing" : "does not close the connection",
		(double)c->config->timeout_ns / (double)CLOCK_S);
	client_fail(c);
}

/* The peer has closed, perhaps at the end of the input, which was not looked at yet. */
static void look_at_input(struct client *c)
{
	struct pollfd p = { .fd = c->in.fd, .events = POLLIN };

	if (!c->in_end && poll(&p, 1, 0) > 0)
		client_read(c, c->block, 1);
}

/* What the loop waits for to send. */
static void want_to_send(struct client *c, unsigned *in, unsigned *sock)
{
	struct window *w = &c->window;
	const char *what;
	char *where;

	if (c->send_errno)
		return;
	if (window_unsent(w, &what))
		*sock |= LOOP_WRITE;
	else if (c->in_end && !c->shut)
		send_some(c); /* the end, on command */
	if (!c->in_end && window_room(w, &where) && (!c->config->hex || client_printed(c)))
		*in = LOOP_READ;
}

static void settle(struct client *c)
{
	unsigned in = 0, sock = 0;

	if (c->peer_end && client_printed(c)) {
		c->done = true;
		return;
	}
	if (!c->peer_end && client_printed(c))
		sock |= LOOP_READ;
	if (!c->peer_end && !c->feed)
		want_to_send(c, &in, &sock);
	client_want(c, in, sock);
	if (c->config->timeout_ns && !c->timer.slot && (c->feed || is_waiting(c)))
		set_timer(c);
}

static void end(struct client *c)
{
	struct echo_result *r = &c->result;
	struct window *w = &c->window;
	bool ours = !c->feed || client_feed_end(c);

	r->sent = w->sent;
	if (c->peer_end && !w->differs && !c->failed)
		look_at_input(c);
	if (w->differs) {
		r->verdict = w->want < 0 ? ECHO_EXTRA : ECHO_DIFFERENT;
		r->offset = w->offset;
		r->want = w->want;
		r->got = w->got;
	} else if (c->peer_end && !c->failed) {
		r->missing = w->sent - w->back;
		r->verdict = !c->in_end || w->taken > w->sent ? ECHO_CLOSED :
			     r->missing                       ? ECHO_MISSING :
								ECHO_EQUAL;
	}
	if (ours)
		window_fini(w);
}

const struct client_ops client_stream = {
	.begin = begin,
	.read = read_some,
	.sock = sock,
	.due = due,
	.settle = settle,
	.end = end,
};
