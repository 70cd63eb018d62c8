/* SPDX-License-Identifier: MIT */
#include "fakedns.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/vec.h"
#include "net/sock.h"

enum {
	BATCH = 128,
	QUERY_BYTES = 1024,
	SOCKET_BYTES = 16 << 20,
	BIND_TRIES = 20,
	BACKLOG = 1000,
	QUEUE = 1 << 18,
};

/* A TCP connection; freed once it is closed and no answer of it is queued. */
struct conn {
	int fd;
	struct server *server;
	struct buf in, out;
	unsigned queued;
	bool closing; /* when OUT is sent */
};

/* An answer that waits for its time. */
struct packet {
	struct server *server;
	struct conn *conn; /* NULL: UDP */
	int fd;
	struct sa peer;
	size_t len;
	uint8_t bytes[];
};

struct due {
	uint64_t ns, seq;
	struct packet *packet;
};

static struct due heap[QUEUE]; /* the soonest first */
static size_t queued;
static struct conns VEC(struct conn *) conns;
static uint64_t sequence;
static volatile sig_atomic_t ended, asked;

static bool sooner(const struct due *a, const struct due *b)
{
	return a->ns != b->ns ? a->ns < b->ns : a->seq < b->seq;
}

static void heap_push(uint64_t ns, struct packet *packet)
{
	struct due due = { ns, sequence++, packet };
	size_t at = queued++;

	for (; at > 0 && sooner(&due, &heap[(at - 1) / 2]); at = (at - 1) / 2)
		heap[at] = heap[(at - 1) / 2];
	heap[at] = due;
}

static struct packet *heap_pop(void)
{
	struct packet *first = heap[0].packet;
	struct due last = heap[--queued];
	size_t at = 0, below;

	while ((below = 2 * at + 1) < queued) {
		below += below + 1 < queued && sooner(&heap[below + 1], &heap[below]);
		if (!sooner(&heap[below], &last))
			break;
		heap[at] = heap[below];
		at = below;
	}
	heap[at] = last;
	return first;
}

static void set_buffer(int fd, int option)
{
	int bytes = SOCKET_BYTES;

	(void)setsockopt(fd, SOL_SOCKET, option, &bytes, sizeof(bytes));
}

/* The UDP and the TCP socket have one port: if it was not chosen, the first that suits both. */
int serve_open(struct server *s, struct err *err)
{
	struct sock_server udp = { .type = SOCK_DGRAM, .v6only = true };
	struct sock_server tcp = { .type = SOCK_STREAM, .backlog = BACKLOG, .v6only = true };
	struct sa any, wanted = s->addr;
	int opened = -1;

	for (int i = 0; i < BIND_TRIES && opened < 0; i++) {
		s->udp = sock_listen(&wanted, &udp, err);
		if (s->udp < 0 || sock_local(s->udp, &s->addr, err) < 0)
			return -1;
		opened = s->tcp = sock_listen(&s->addr, &tcp, err);
		if (opened < 0)
			close(s->udp);
		if (opened < 0 && sa_port(&wanted) != 0)
			return -1;
	}
	if (opened < 0)
		return -1;
	if (s->flag[FLAG_TCP_REFUSE]) {
		close(s->tcp);
		s->tcp = -1;
	}
	any = s->addr;
	sa_set_port(&any, 0);
	s->peer = sock_listen(&any, &udp, err);
	if (s->peer < 0)
		return -1;
	set_buffer(s->udp, SO_RCVBUF);
	set_buffer(s->udp, SO_SNDBUF);
	return 0;
}

/* Queues the answer to MSG: once or twice, now or later, from the right or the wrong socket. */
static void queue_answer(struct server *s, struct conn *conn, const struct sa *peer,
			 const uint8_t *msg, size_t len)
{
	static uint8_t out[MESSAGE_BYTES];
	bool faults = !conn || s->flag[FLAG_TCP_FAULTS];
	unsigned copies = 1;
	int fd = s->udp;
	size_t n;

	s->count[conn ? COUNT_TCP : COUNT_UDP]++;
	if (faults && chance(s->percent[FAULT_LOSS])) {
		s->count[FAULT_LOSS]++;
		return;
	}
	n = answer(s, msg, len, conn, out);
	if (n == 0 || (conn && s->flag[FLAG_TCP_MUTE])) {
		s->count[COUNT_IGNORED]++;
		return;
	}
	if (faults && chance(s->percent[FAULT_DUPLICATE])) {
		s->count[FAULT_DUPLICATE]++;
		copies++;
	}
	if (!conn && chance(s->percent[FAULT_WRONG_PEER])) {
		s->count[FAULT_WRONG_PEER]++;
		fd = s->peer;
	}
	while (copies-- > 0 && queued < QUEUE) {
		struct packet *p = xmalloc(sizeof(*p) + n);
		uint64_t due =
			s->delay_ns > 0 || s->jitter_ns > 0 ? clock_now_ns() + s->delay_ns : 0;

		if (s->jitter_ns > 0)
			due += chance_next() % s->jitter_ns;
		if (faults && chance(s->percent[FAULT_REORDER])) {
			s->count[FAULT_REORDER]++;
			due = clock_now_ns() + s->delay_ns + s->hold_ns;
		}
		p->server = s;
		p->conn = conn;
		p->fd = fd;
		p->len = n;
		if (conn)
			conn->queued++;
		else
			p->peer = *peer;
		memcpy(p->bytes, out, n);
		heap_push(due, p);
	}
}

static void receive(struct server *s)
{
	static uint8_t bytes[BATCH][QUERY_BYTES];
	static struct sockaddr_storage from[BATCH];
	struct mmsghdr m[BATCH];
	struct iovec iov[BATCH];
	int n;

	for (unsigned i = 0; i < BATCH; i++) {
		iov[i] = (struct iovec){ bytes[i], QUERY_BYTES };
		m[i].msg_hdr = (struct msghdr){ .msg_name = &from[i], .msg_iov = &iov[i] };
		m[i].msg_hdr.msg_iovlen = 1;
		m[i].msg_hdr.msg_namelen = sizeof(from[i]);
	}
	n = recvmmsg(s->udp, m, BATCH, 0, NULL);
	for (int i = 0; i < n; i++) {
		struct sa peer;

		sa_from_raw(&peer, &from[i], m[i].msg_hdr.msg_namelen);
		queue_answer(s, NULL, &peer, bytes[i], m[i].msg_len);
	}
}

/* Sends the N packets, which are of one socket, and frees them; what cannot be sent is lost. */
static void send_batch(struct packet **p, unsigned n)
{
	struct mmsghdr m[BATCH];
	struct iovec iov[BATCH];
	unsigned sent = 0;

	for (unsigned i = 0; i < n; i++) {
		iov[i] = (struct iovec){ p[i]->bytes, p[i]->len };
		m[i].msg_hdr = (struct msghdr){ .msg_name = &p[i]->peer.u, .msg_iov = &iov[i] };
		m[i].msg_hdr.msg_iovlen = 1;
		m[i].msg_hdr.msg_namelen = p[i]->peer.len;
	}
	while (sent < n) {
		int got = sendmmsg(p[0]->fd, m + sent, n - sent, 0);

		sent += got > 0 ? (unsigned)got : 1;
	}
	p[0]->server->count[COUNT_ANSWERS] += n;
	for (unsigned i = 0; i < n; i++)
		free(p[i]);
}

static void send_tcp(struct packet *p)
{
	struct conn *conn = p->conn;
	struct server *s = p->server;
	uint8_t head[2] = { (uint8_t)(p->len >> 8), (uint8_t)p->len };

	conn->queued--;
	if (conn->fd >= 0 && !conn->closing) {
		buf_add(&conn->out, head, sizeof(head));
		buf_add(&conn->out, p->bytes, s->flag[FLAG_TCP_HALF] ? p->len / 2 : p->len);
		conn->closing = s->flag[FLAG_TCP_HALF] || s->flag[FLAG_TCP_CLOSE];
		s->count[COUNT_ANSWERS]++;
	}
	free(p);
}

/* Sends all that is due. */
static void flush(void)
{
	uint64_t now = clock_now_ns();
	struct packet *batch[BATCH];
	unsigned n = 0;

	while (queued > 0 && heap[0].ns <= now) {
		struct packet *p = heap_pop();

		if (p->conn) {
			send_tcp(p);
			continue;
		}
		if (n == BATCH || (n > 0 && batch[0]->fd != p->fd)) {
			send_batch(batch, n);
			n = 0;
		}
		batch[n++] = p;
	}
	if (n > 0)
		send_batch(batch, n);
}

static void accept_all(struct server *s)
{
	struct sa peer;
	int fd;

	while ((fd = sock_accept(s->tcp, &peer)) >= 0) {
		struct conn *conn = xcalloc(1, sizeof(*conn));

		conn->fd = fd;
		conn->server = s;
		s->count[COUNT_CONNECTIONS]++;
		*vec_push(&conns) = conn;
	}
}

static void conn_close(struct conn *conn)
{
	if (conn->fd >= 0)
		close(conn->fd);
	conn->fd = -1;
	buf_fini(&conn->in);
	buf_fini(&conn->out);
}

static void conn_read(struct conn *conn)
{
	ssize_t n = recv(conn->fd, buf_reserve(&conn->in, 65536), 65536, 0);
	size_t at = 0;

	if (n <= 0) {
		if (n == 0 || !compat_would_block(errno))
			conn_close(conn);
		return;
	}
	conn->in.len += (size_t)n;
	while (conn->in.len - at >= 2) {
		const uint8_t *p = (const uint8_t *)conn->in.data + at;
		size_t len = (size_t)p[0] << 8 | p[1];

		if (conn->in.len - at - 2 < len)
			break;
		queue_answer(conn->server, conn, NULL, p + 2, len);
		at += 2 + len;
	}
	buf_consume(&conn->in, at);
}

static void conn_write(struct conn *conn)
{
	ssize_t n = send(conn->fd, conn->out.data, conn->out.len, MSG_NOSIGNAL);

	if (n < 0 && !compat_would_block(errno)) {
		conn_close(conn);
		return;
	}
	buf_consume(&conn->out, n > 0 ? (size_t)n : 0);
	if (conn->closing && conn->out.len == 0)
		conn_close(conn);
}

static void free_closed(void)
{
	size_t kept = 0;

	for (size_t i = 0; i < conns.n; i++) {
		if (conns.v[i]->fd < 0 && conns.v[i]->queued == 0)
			free(conns.v[i]);
		else
			conns.v[kept++] = conns.v[i];
	}
	conns.n = kept;
}

void serve_stats(const struct server *servers, size_t n)
{
	static const char *const names[COUNTS] = {
		[FAULT_LOSS] = "loss",
		[FAULT_SERVFAIL] = "servfail",
		[FAULT_LAME] = "lame",
		[FAULT_TRUNCATE] = "truncate",
		[FAULT_MALFORMED] = "malformed",
		[FAULT_LOOP] = "loop",
		[FAULT_WRONG_ID] = "wrong-id",
		[FAULT_WRONG_QUESTION] = "wrong-question",
		[FAULT_WRONG_PEER] = "wrong-peer",
		[FAULT_REORDER] = "reorder",
		[FAULT_DUPLICATE] = "duplicate",
		[COUNT_UDP] = "udp",
		[COUNT_TCP] = "tcp",
		[COUNT_CONNECTIONS] = "connections",
		[COUNT_ANSWERS] = "answers",
		[COUNT_IGNORED] = "ignored",
	};
	char text[SA_STRLEN];

	for (size_t i = 0; i < n; i++) {
		printf("stats %s#%u", sa_format_host(&servers[i].addr, text),
		       (unsigned)sa_port(&servers[i].addr));
		for (unsigned j = 0; j < COUNTS; j++)
			printf(" %s=%" PRIu64, names[j], servers[i].count[j]);
		putchar('\n');
	}
	fflush(stdout);
}

static void on_signal(int number)
{
	if (number == SIGUSR1)
		asked = 1;
	else
		ended = 1;
}

static void catch_signals(sigset_t *mask)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGUSR1 };
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t block;

	sigemptyset(&block);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		sigaddset(&block, numbers[i]);
		sigaction(numbers[i], &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &block, mask);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		sigdelset(mask, numbers[i]);
}

struct polled VEC(struct pollfd);

static void add_polled(struct polled *p, int fd, short events)
{
	*vec_push(p) = (struct pollfd){ .fd = fd, .events = events };
}

/* Waits for the sockets until an answer is due; a time-out in milliseconds would be late. */
static void wait_ready(struct polled *p, struct server *servers, size_t n, const sigset_t *mask)
{
	uint64_t now = clock_now_ns(), left = 0;
	struct timespec timeout;

	p->n = 0;
	for (size_t i = 0; i < n; i++) {
		add_polled(p, servers[i].udp, POLLIN);
		add_polled(p, servers[i].tcp, POLLIN);
	}
	for (size_t i = 0; i < conns.n; i++)
		add_polled(p, conns.v[i]->fd,
			   (short)((conns.v[i]->closing ? 0 : POLLIN) |
				   (conns.v[i]->out.len > 0 ? POLLOUT : 0)));
	if (queued > 0 && heap[0].ns > now)
		left = heap[0].ns - now;
	timeout.tv_sec = (time_t)(left / CLOCK_S);
	timeout.tv_nsec = (long)(left % CLOCK_S);
	if (ppoll(p->v, p->n, queued > 0 ? &timeout : NULL, mask) < 0) {
		for (size_t i = 0; i < p->n; i++)
			p->v[i].revents = 0;
	}
}

void serve(struct server *servers, size_t n)
{
	struct polled polled = { 0 };
	sigset_t mask;

	catch_signals(&mask);
	while (!ended) {
		wait_ready(&polled, servers, n, &mask);
		for (size_t i = 0; i < n; i++) {
			if (polled.v[2 * i].revents)
				receive(&servers[i]);
			if (polled.v[2 * i + 1].revents)
				accept_all(&servers[i]);
		}
		for (size_t i = 2 * n; i < polled.n; i++) {
			if (polled.v[i].revents & (POLLIN | POLLHUP | POLLERR))
				conn_read(conns.v[i - 2 * n]);
		}
		flush();
		for (size_t i = 0; i < conns.n; i++) {
			if (conns.v[i]->fd >= 0 && conns.v[i]->out.len > 0)
				conn_write(conns.v[i]);
		}
		free_closed();
		if (asked) {
			asked = 0;
			serve_stats(servers, n);
		}
	}
	vec_fini(&polled);
	for (size_t i = 0; i < conns.n; i++) {
		conn_close(conns.v[i]);
		free(conns.v[i]);
	}
	vec_fini(&conns);
	while (queued > 0)
		free(heap[--queued].packet);
}
