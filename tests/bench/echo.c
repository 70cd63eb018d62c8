/* SPDX-License-Identifier: MIT */
/*
 * echo.c - what the echo commands are measured against, all of it on 127.0.0.1
 *
 *	echo floor tcp|udp|connect SECONDS
 *	echo spin SECONDS
 *	echo window PORT N SECONDS
 *	echo hold PORT N
 *	echo fork PORT
 *	echo loop PORT
 *
 * "floor" is the system calls of both ends alone, for which nobody waits; "spin" two threads
 * that never sleep, on two processors; "window" a plain UDP client with N datagrams on their
 * way; "hold" N connections that echo a byte each and stay until standard input ends.  "fork" is
 * a server with a process a connection, which blocks, "loop" one of recvfrom(2) and sendto(2).
 *
 * Messages have 64 bytes.  What measures prints the rate a second and, where it has one, the
 * median round trip in nanoseconds.  A floor is given as the rate of two processors that
 * share the work with no loss.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	SIZE = 64,
	BLOCK = 65536,
	BURST = 16, /* round trips between two looks at the clock */
	MANY = 512,
	SLOTS = 1 << 16, /* round trips of up to 655 us are told apart, by 10 ns */
	SLOT_NS = 10,
};

static void die(const char *what)
{
	fprintf(stderr, "echo: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000U + (uint64_t)ts.tv_nsec;
}

static struct sockaddr_in local(unsigned port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static int open_socket(int type)
{
	int fd = socket(AF_INET, type, 0), on = 1;

	if (fd < 0)
		die("socket");
	if (type == SOCK_STREAM)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

static int bound(int type, unsigned port)
{
	struct sockaddr_in sa = local(port);
	int fd = open_socket(type), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0)
		die("bind");
	if (type == SOCK_STREAM && listen(fd, 1024) < 0)
		die("listen");
	return fd;
}

static void connect_to(int fd, struct sockaddr_in sa)
{
	if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0)
		die("connect");
}

static struct sockaddr_in name_of(int fd)
{
	struct sockaddr_in sa;
	socklen_t len = sizeof(sa);

	if (getsockname(fd, (struct sockaddr *)&sa, &len) < 0)
		die("getsockname");
	return sa;
}

/* Two ends of a TCP connection, or two connected UDP sockets. */
static void make_pair(int type, int listener, int fd[2])
{
	fd[0] = open_socket(type);
	if (type == SOCK_STREAM) {
		int on = 1;

		connect_to(fd[0], name_of(listener));
		fd[1] = accept(listener, NULL, NULL);
		if (fd[1] < 0)
			die("accept");
		setsockopt(fd[1], IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	} else {
		fd[1] = bound(type, 0);
		connect_to(fd[0], name_of(fd[1]));
		connect_to(fd[1], name_of(fd[0]));
	}
}

static void round_trip(const int fd[2])
{
	char data[SIZE] = { 0 };

	if (send(fd[0], data, SIZE, 0) != SIZE || recv(fd[1], data, SIZE, 0) != SIZE ||
	    send(fd[1], data, SIZE, 0) != SIZE || recv(fd[0], data, SIZE, 0) != SIZE)
		die("round trip");
}

static void floor_of(const char *what, double seconds)
{
	int type = strcmp(what, "udp") == 0 ? SOCK_DGRAM : SOCK_STREAM, fd[2] = { -1, -1 };
	int listener = type == SOCK_STREAM ? bound(type, 0) : -1;
	bool connects = strcmp(what, "connect") == 0;
	uint64_t start = now_ns(), n = 0, t;

	if (!connects)
		make_pair(type, listener, fd);
	while ((t = now_ns()) < start + (uint64_t)(seconds * 1e9)) {
		for (int i = 0; i < BURST; i++, n++) {
			if (connects)
				make_pair(type, listener, fd);
			round_trip(fd);
			if (connects) {
				close(fd[0]);
				close(fd[1]);
			}
		}
	}
	printf("%.0f\n", 2e9 * (double)n / (double)(t - start));
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* Receives SIZE bytes without sleeping: false at the end of the stream. */
static bool spin_for(int fd, char *data)
{
	for (size_t got = 0; got < SIZE;) {
		ssize_t n = recv(fd, data + got, SIZE - got, MSG_DONTWAIT);

		if (n == 0 || (n < 0 && errno != EAGAIN))
			return false;
		got += n > 0 ? (size_t)n : 0;
	}
	return true;
}

static void *spin_server(void *ctx)
{
	int fd = *(const int *)ctx;
	char data[SIZE];

	pin(0);
	while (spin_for(fd, data) && send(fd, data, SIZE, MSG_NOSIGNAL) == SIZE)
		;
	return NULL;
}

static void print_median(const unsigned *slots, uint64_t n, uint64_t elapsed_ns)
{
	uint64_t below = 0;
	unsigned i = 0;

	while (i < SLOTS - 1 && (below += slots[i]) * 2 < n)
		i++;
	printf("%.0f\t%u\n", (double)n * 1e9 / (double)elapsed_ns, i * SLOT_NS);
}

static void spin(double seconds)
{
	static unsigned slots[SLOTS];
	char data[SIZE] = { 0 };
	uint64_t start, t, n = 0;
	pthread_t thread;
	int fd[2];

	make_pair(SOCK_STREAM, bound(SOCK_STREAM, 0), fd);
	if ((errno = pthread_create(&thread, NULL, spin_server, &fd[1])) != 0)
		die("thread");
	pin(1);
	for (start = t = now_ns(); t < start + (uint64_t)(seconds * 1e9); n++) {
		uint64_t before = t, slot;

		if (send(fd[0], data, SIZE, 0) != SIZE || !spin_for(fd[0], data))
			die("round trip");
		t = now_ns();
		slot = (t - before) / SLOT_NS;
		slots[slot < SLOTS ? slot : SLOTS - 1]++;
	}
	shutdown(fd[0], SHUT_RDWR);
	pthread_join(thread, NULL);
	print_median(slots, n, t - start);
}

static void serve(int fd)
{
	static char block[BLOCK];
	ssize_t n;

	while ((n = recv(fd, block, sizeof(block), 0)) > 0) {
		for (ssize_t done = 0, sent; done < n; done += sent) {
			sent = send(fd, block + done, (size_t)(n - done), MSG_NOSIGNAL);
			if (sent < 0)
				return;
		}
	}
}

static void fork_server(unsigned port)
{
	int listener = bound(SOCK_STREAM, port), on = 1;

	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			continue;
		if (fork() == 0) {
			close(listener);
			setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
			serve(fd);
			_exit(EXIT_SUCCESS);
		}
		close(fd);
	}
}

static void loop_server(unsigned port)
{
	int fd = bound(SOCK_DGRAM, port);
	static char block[BLOCK];

	for (;;) {
		struct sockaddr_in peer;
		socklen_t len = sizeof(peer);
		ssize_t n = recvfrom(fd, block, sizeof(block), 0, (struct sockaddr *)&peer, &len);

		if (n >= 0)
			sendto(fd, block, (size_t)n, 0, (struct sockaddr *)&peer, len);
	}
}

/* Datagrams go and come by the many, but as themselves, not in pieces. */
static void window(unsigned port, unsigned size, double seconds)
{
	static char data[MANY][SIZE], back[MANY][SIZE];
	static struct iovec to[MANY], from[MANY];
	static struct mmsghdr out[MANY], in[MANY];
	struct timeval wait = { 0, 50000 };
	int fd = open_socket(SOCK_DGRAM), room = 4 << 20, n;
	uint64_t start = now_ns(), back_n = 0, t;
	unsigned flying = 0;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	connect_to(fd, local(port));
	for (unsigned i = 0; i < MANY; i++) {
		to[i] = (struct iovec){ data[i], SIZE };
		from[i] = (struct iovec){ back[i], SIZE };
		out[i].msg_hdr = (struct msghdr){ .msg_iov = &to[i], .msg_iovlen = 1 };
		in[i].msg_hdr = (struct msghdr){ .msg_iov = &from[i], .msg_iovlen = 1 };
	}
	while ((t = now_ns()) < start + (uint64_t)(seconds * 1e9)) {
		if (flying == 0 || size - flying >= (size + 3) / 4) {
			n = sendmmsg(fd, out, size - flying, 0);
			flying += n > 0 ? (unsigned)n : 0;
		}
		n = recvmmsg(fd, in, MANY, MSG_WAITFORONE, NULL);
		if (n > 0)
			back_n += (unsigned)n;
		flying = n > 0 && (unsigned)n < flying ? flying - (unsigned)n : 0;
	}
	printf("%.0f\n", (double)back_n * 1e9 / (double)(t - start));
}

static void hold(unsigned port, unsigned n)
{
	int *fd = calloc(n, sizeof(*fd));
	char c = 'x';

	if (!fd)
		die("memory");
	for (unsigned i = 0; i < n; i++) {
		fd[i] = open_socket(SOCK_STREAM);
		connect_to(fd[i], local(port));
		if (send(fd[i], &c, 1, 0) != 1 || recv(fd[i], &c, 1, 0) != 1)
			die("echo");
	}
	puts("ready");
	fflush(stdout);
	while (getchar() != EOF)
		;
	free(fd);
}

static unsigned number(const char *text)
{
	return (unsigned)strtoul(text, NULL, 10);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";

	if (argc == 4 && strcmp(mode, "floor") == 0)
		floor_of(argv[2], strtod(argv[3], NULL));
	else if (argc == 3 && strcmp(mode, "spin") == 0)
		spin(strtod(argv[2], NULL));
	else if (argc == 3 && strcmp(mode, "fork") == 0)
		fork_server(number(argv[2]));
	else if (argc == 3 && strcmp(mode, "loop") == 0)
		loop_server(number(argv[2]));
	else if (argc == 5 && strcmp(mode, "window") == 0 && number(argv[3]) <= MANY)
		window(number(argv[2]), number(argv[3]), strtod(argv[4], NULL));
	else if (argc == 4 && strcmp(mode, "hold") == 0)
		hold(number(argv[2]), number(argv[3]));
	else
		return EXIT_FAILURE;
	return EXIT_SUCCESS;
}
