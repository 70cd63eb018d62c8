/* SPDX-License-Identifier: MIT */
/* client.c - the echo client: addresses, input and output, the loop */
#include "echo/client.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/xalloc.h"
#include "echo/client_impl.h"

static struct client *client_of(void *part, size_t offset)
{
	return (struct client *)(void *)((char *)part - offset);
}

void client_fail(struct client *c)
{
	c->failed = true;
	c->done = true;
}

const struct sa *client_address(const struct client *c)
{
	return &c->peer;
}

static void close_socket(struct client *c)
{
	if (c->sock.fd < 0)
		return;
	loop_del(c->loop, &c->sock);
	close(c->sock.fd);
	c->sock.fd = -1;
}

/* The present address does not do, for the reason in C->err. */
static void give_up(struct client *c)
{
	close_socket(c);
	loop_timer_stop(c->loop, &c->timer);
	c->connecting = false;
	if (c->tried < c->config->naddresses) /* the last reason is what the whole fails with */
		c->config->failed(c->config->ctx, client_address(c), &c->err);
}

static bool opened(struct client *c)
{
	struct echo_result *r = &c->result;

	if (sock_local(c->sock.fd, &r->local, &c->err) < 0 ||
	    sock_peer(c->sock.fd, &r->peer, &c->err) < 0)
		return false;
	loop_timer_stop(c->loop, &c->timer);
	c->connecting = false;
	c->progress_ns = clock_now_ns();
	r->connected = true;
	r->connect_ns = c->progress_ns - c->start_ns;
	c->config->connected(c->config->ctx, &r->local, &r->peer);
	c->ops->begin(c);
	return true;
}

/* Begins with the next address: false if that fails at once. */
static bool try_address(struct client *c)
{
	const struct sa *sa = client_address(c);
	int rc;

	c->sock.fd = sock_open(sa->u.sa.sa_family, c->config->type, &c->err);
	if (c->sock.fd < 0)
		return false;
	if (c->config->prepare && c->config->prepare(c->config->ctx, c->sock.fd, &c->err) < 0)
		return false;
	rc = sock_connect(c->sock.fd, sa, &c->err);
	if (rc < 0 || loop_add(c->loop, &c->sock, LOOP_WRITE, &c->err) < 0)
		return false;
	if (rc == 1)
		return opened(c);
	c->connecting = true;
	if (c->config->timeout_ns)
		loop_timer_set(c->loop, &c->timer, clock_now_ns() + c->config->timeout_ns);
	return true;
}

void client_next_address(struct client *c)
{
	if (c->sock.fd >= 0)
		give_up(c);
	while (c->tried < c->config->naddresses) {
		c->peer = c->config->addresses[c->tried++];
		if (try_address(c))
			return;
		give_up(c);
	}
	client_fail(c);
}

/* Has somebody else connect. */
static void open_peer(struct client *c)
{
	c->sock.fd = c->config->open(c->config->ctx, &c->peer, &c->err);
	if (c->sock.fd < 0 || loop_add(c->loop, &c->sock, LOOP_WRITE, &c->err) < 0 || !opened(c))
		client_fail(c);
}

size_t client_read(struct client *c, char *where, size_t n)
{
	ssize_t got = read(c->in.fd, where, n);

	if (got > 0)
		return c->config->escape ? client_console_take(c, where, (size_t)got) : (size_t)got;
	if (got == 0) {
		c->in_end = true;
	} else if (errno != EINTR && !compat_would_block(errno)) {
		err_sys(&c->err, "standard input");
		client_fail(c);
	}
	return 0;
}

void client_want(struct client *c, unsigned in, unsigned sock)
{
	unsigned out = client_printed(c) ? 0 : LOOP_WRITE;

	if (loop_want(c->loop, &c->in, in, &c->err) < 0 ||
	    loop_want(c->loop, &c->sock, sock, &c->err) < 0 ||
	    (c->config->out >= 0 && loop_want(c->loop, &c->out, out, &c->err) < 0))
		client_fail(c);
}

static void settle(struct client *c)
{
	if (!c->done && !c->connecting)
		client_console_run(c);
	if (!c->done && !c->connecting)
		c->ops->settle(c);
}

static void on_sock(struct loop_fd *io, unsigned ready)
{
	struct client *c = client_of(io, offsetof(struct client, sock));

	if (!c->connecting)
		c->ops->sock(c, ready);
	else if (sock_connected(c->sock.fd, client_address(c), &c->err) < 0 || !opened(c))
		client_next_address(c);
	settle(c);
}

static void on_in(struct loop_fd *io, unsigned ready UNUSED)
{
	struct client *c = client_of(io, offsetof(struct client, in));

	c->ops->read(c);
	settle(c);
}

static void on_out(struct loop_fd *io, unsigned ready UNUSED)
{
	struct client *c = client_of(io, offsetof(struct client, out));

	client_print_more(c);
	if (client_printed(c)) /* until now nothing was received: that was not the peer's silence */
		c->progress_ns = clock_now_ns();
	settle(c);
}

static void on_due(struct loop_timer *timer)
{
	struct client *c = client_of(timer, offsetof(struct client, timer));
	char text[SA_STRLEN];

	if (!c->connecting) {
		c->ops->due(c);
	} else {
		errno = ETIMEDOUT;
		err_sys(&c->err, "connect %s", sa_format(client_address(c), text));
		client_next_address(c);
	}
	settle(c);
}

static struct client *client_new(const struct echo_client_config *config)
{
	struct client *c = xcalloc(1, sizeof(*c));

	c->config = config;
	c->ops = config->type == SOCK_STREAM ? &client_stream : &client_datagram;
	c->sock = (struct loop_fd){ .fd = -1, .on_ready = on_sock };
	c->in = (struct loop_fd){ .fd = config->in, .on_ready = on_in };
	c->out = (struct loop_fd){ .fd = config->out, .on_ready = on_out };
	c->timer.on_due = on_due;
	client_print_open(c);
	client_pass_open(c);
	c->start_ns = clock_now_ns();
	return c;
}

int echo_client_run(const struct echo_client_config *config, struct echo_result *result,
		    struct err *err)
{
	struct client *c = client_new(config);
	int rc = -1;

	c->loop = loop_new(config->backend, config->mask, &c->err);
	if (!c->loop || loop_add(c->loop, &c->in, 0, &c->err) < 0 ||
	    (config->out >= 0 && loop_add(c->loop, &c->out, 0, &c->err) < 0))
		goto out;
	if (config->open)
		open_peer(c);
	else
		client_next_address(c);
	settle(c);
	while (!c->done && !config->stop(config->ctx))
		if (loop_turn(c->loop, &c->err) < 0)
			goto out;
	/* Stopped before it was connected: that is no failure. */
	rc = c->failed && c->err.kind != ERR_NONE ? -1 : 0;
out:
	if (rc < 0)
		*err = c->err;
	if (c->sock.fd >= 0 && c->result.connected)
		ping_tcp_info(c->sock.fd, &c->result.tcp);
	c->ops->end(c);
	close_socket(c);
	c->result.elapsed_ns = clock_now_ns() - c->start_ns;
	*result = c->result;
	loop_free(c->loop);
	client_print_close(c);
	buf_fini(&c->commands);
	free(c);
	return rc;
}
