/* SPDX-License-Identifier: MIT */
/* echo_ev.c - an echo server on libev, for tests/bench/echo.sh: echo_ev PORT */
#include <arpa/inet.h>
#include <errno.h>
#include <ev.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct conn {
	ev_io io; /* first */
	size_t off, len;
	char *rest; /* not yet returned */
};

static void end(struct ev_loop *loop, struct conn *c)
{
	ev_io_stop(loop, &c->io);
	close(c->io.fd);
	free(c->rest);
	free(c);
}

static void await(struct ev_loop *loop, struct conn *c, int events)
{
	ev_io_stop(loop, &c->io);
	ev_io_set(&c->io, c->io.fd, events);
	ev_io_start(loop, &c->io);
}

/* What is left of LEN bytes at DATA is kept until the peer reads. */
static void on_conn(struct ev_loop *loop, ev_io *io, int events)
{
	static char block[65536];
	struct conn *c = (struct conn *)io;
	char *data = c->rest ? c->rest + c->off : block;
	ssize_t n, sent;

	(void)events;
	n = c->rest ? (ssize_t)(c->len - c->off) : recv(io->fd, block, sizeof(block), 0);
	if (n < 0 && errno == EAGAIN)
		return;
	sent = n > 0 ? send(io->fd, data, (size_t)n, MSG_NOSIGNAL) : -1;
	if (n <= 0 || (sent < 0 && errno != EAGAIN)) {
		end(loop, c);
		return;
	}
	sent = sent < 0 ? 0 : sent;
	if (c->rest) {
		c->off += (size_t)sent;
		if (c->off == c->len) {
			free(c->rest);
			c->rest = NULL;
			await(loop, c, EV_READ);
		}
	} else if (sent < n) {
		c->len = (size_t)(n - sent);
		c->off = 0;
		c->rest = malloc(c->len);
		memcpy(c->rest, data + sent, c->len);
		await(loop, c, EV_WRITE);
	}
}

static void on_listener(struct ev_loop *loop, ev_io *io, int events)
{
	int fd = accept4(io->fd, NULL, NULL, SOCK_NONBLOCK), on = 1;
	struct conn *c;

	(void)events;
	if (fd < 0)
		return;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	c = calloc(1, sizeof(*c));
	ev_io_init(&c->io, on_conn, fd, EV_READ);
	ev_io_start(loop, &c->io);
}

int main(int argc, char **argv)
{
	struct sockaddr_in sa = {
		.sin_family = AF_INET,
		.sin_port = htons((unsigned short)strtoul(argc > 1 ? argv[1] : "0", NULL, 10)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct ev_loop *loop = ev_default_loop(0);
	ev_io io;

	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0 || listen(fd, 1024) < 0)
		return EXIT_FAILURE;
	ev_io_init(&io, on_listener, fd, EV_READ);
	ev_io_start(loop, &io);
	ev_run(loop, 0);
	return EXIT_SUCCESS;
}
