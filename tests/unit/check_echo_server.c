/* SPDX-License-Identifier: MIT */
/* The server against peers that do what peers should not. */
#include "base/scan.h"
#include "base/xalloc.h"
#include "echo.h"

/* Number I, from 0, of the words in /proc/PROCESS/NAME; 0 where that cannot be read. */
static uint64_t proc_number(pid_t process, const char *name, unsigned i)
{
	char *path = xasprintf("/proc/%d/%s", (int)process, name), text[4096];
	FILE *fp = fopen(path, "r");
	uint64_t value = 0;
	const char *word = text;
	size_t n = fp ? fread(text, 1, sizeof(text) - 1, fp) : 0;

	text[n] = '\0';
	while (i-- && word)
		if ((word = strchr(word, ' ')))
			word++;
	if (word)
		scan_uint(word, text + n, UINT64_MAX, &value);
	if (fp)
		fclose(fp);
	free(path);
	return value;
}

/* CPU time that PROCESS has used, in clock ticks. */
static uint64_t cpu(pid_t process)
{
	return proc_number(process, "stat", 13) + proc_number(process, "stat", 14);
}

/* KiB of PROCESS's resident memory. */
static long resident(pid_t process)
{
	return (long)proc_number(process, "statm", 1) * (sysconf(_SC_PAGESIZE) / 1024);
}

START_TEST(half_close)
{
	struct setup setup = { .address = "127.0.0.1:0", .type = SOCK_STREAM };

	EACH_BACKEND(setup.backend)
	{
		struct child child = start(&setup);
		int fd = join(&child);

		shutdown(fd, SHUT_WR);
		expect_end(fd);
		close(fd);
		fd = join(&child);
		ck_assert_int_eq(send(fd, "all of it", 9, 0), 9);
		shutdown(fd, SHUT_WR);
		expect(fd, "all of it", 9);
		expect_end(fd);
		close(fd);
		stop(&child);
	}
}
END_TEST

/* The urgent mark ends a read before it, and must not end the echo (RFC 6093). */
START_TEST(urgent_mark)
{
	struct setup setup = { .address = "127.0.0.1:0", .type = SOCK_STREAM };

	EACH_BACKEND(setup.backend)
	{
		struct child child = start(&setup);
		int fd = join(&child);

		ck_assert_int_eq(send(fd, "ab", 2, 0), 2);
		ck_assert_int_eq(send(fd, "!", 1, MSG_OOB), 1);
		ck_assert_int_eq(send(fd, "cd", 2, 0), 2);
		expect(fd, "abcd", 4);
		close(fd);
		stop(&child);
	}
}
END_TEST

/* Connections that end with a reset while their echo is on its way, two hundred of them. */
START_TEST(resets)
{
	struct setup setup = { .address = "127.0.0.1:0", .type = SOCK_STREAM };
	static const char data[4096];

	EACH_BACKEND(setup.backend)
	{
		struct child child = start(&setup);
		struct linger now = { 1, 0 };
		int fd;

		for (int i = 0; i < 200; i++) {
			fd = join(&child);
			ck_assert_int_eq(send(fd, data, sizeof(data), 0), sizeof(data));
			setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
			close(fd);
		}
		fd = join(&child);
		ck_assert_int_eq(send(fd, "still here", 10, 0), 10);
		expect(fd, "still here", 10);
		close(fd);
		stop(&child);
		ck_assert_uint_le(child.counters.failed, 200);
	}
}
END_TEST

/* One who sends and never reads is not read from, and does not disturb the others. */
START_TEST(slow_reader)
{
	enum {
		LIMIT = 64 << 20
	};
	struct setup setup = { .address = "127.0.0.1:0", .type = SOCK_STREAM };
	static char data[65536];

	EACH_BACKEND(setup.backend)
	{
		struct child child = start(&setup);
		int fd = join(&child), other;
		size_t swallowed = 0;
		long before;
		ssize_t n;

		other = join(&child);
		ck_assert_int_eq(send(other, "a", 1, 0), 1);
		expect(other, "a", 1);
		before = resident(child.pid);
		fcntl(fd, F_SETFL, O_NONBLOCK);
		for (int idle = 0; idle < 10 && swallowed < LIMIT;) {
			n = send(fd, data, sizeof(data), 0);
			idle = n > 0 ? 0 : idle + 1;
			swallowed += n > 0 ? (size_t)n : 0;
			if (n < 0)
				poll(NULL, 0, 20);
		}
		ck_assert_msg(swallowed < LIMIT, "it swallowed %zu bytes", swallowed);
		ck_assert_msg(resident(child.pid) - before < 1024, "it grew from %ld to %ld KiB",
			      before, resident(child.pid));
		ck_assert_int_eq(send(other, "b", 1, 0), 1);
		expect(other, "b", 1);
		close(other);
		close(fd);
		stop(&child);
	}
}
END_TEST

/* More clients than descriptors: each is served or sent away, and the CPU is not burnt. */
START_TEST(descriptors)
{
	enum {
		CLIENTS = 100
	};
	struct setup setup = { .address = "127.0.0.1:0", .type = SOCK_STREAM, .descriptors = 64 };

	EACH_BACKEND(setup.backend)
	{
		struct child child = start(&setup);
		int fd[CLIENTS], served = 0, refused = 0;
		uint64_t used;
		char c;

		for (int i = 0; i < CLIENTS; i++) {
			fd[i] = join(&child);
			send(fd[i], "x", 1, MSG_NOSIGNAL);
		}
		for (int i = 0; i < CLIENTS; i++) {
			ck_assert_msg(readable(fd[i], WAIT_MS), "client %d hangs", i);
			if (recv(fd[i], &c, 1, 0) == 1)
				served++;
			else
				refused++;
		}
		ck_assert_int_eq(served + refused, CLIENTS);
		ck_assert_int_ge(served, 50);
		used = cpu(child.pid);
		poll(NULL, 0, 300);
		ck_assert_uint_le(cpu(child.pid) - used, 3); /* of 30 ticks */

		/* Those that are served go on; a place that becomes free is taken. */
		ck_assert_int_eq(send(fd[0], "y", 1, 0), 1);
		expect(fd[0], "y", 1);
		for (int i = 0; i < CLIENTS; i++)
			close(fd[i]);
		for (int tries = 0;; tries++) {
			int again = join(&child);

			ck_assert_int_lt(tries, 100);
			send(again, "z", 1, MSG_NOSIGNAL);
			ck_assert(readable(again, WAIT_MS));
			served = recv(again, &c, 1, 0) == 1;
			close(again);
			if (served)
				break;
			poll(NULL, 0, 20);
		}
		stop(&child);
		ck_assert_uint_ge(child.counters.refused, (uint64_t)refused);
	}
}
END_TEST

/* Sends to FD, which nobody reads from, until all buffers on the way are full. */
static size_t fill(int fd)
{
	static char data[65536];
	size_t sent = 0;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	for (int idle = 0; idle < 10;) {
		ssize_t n = send(fd, data, sizeof(data), 0);

		idle = n > 0 ? 0 : idle + 1;
		sent += n > 0 ? (size_t)n : 0;
		if (n < 0)
			poll(NULL, 0, 10);
	}
	fcntl(fd, F_SETFL, 0);
	return sent;
}

/* Reads from FD until its end, or an error. */
static size_t read_all(int fd)
{
	static char data[65536];
	size_t back = 0;
	ssize_t n;

	while (readable(fd, WAIT_MS) && (n = recv(fd, data, sizeof(data), 0)) > 0)
		back += (size_t)n;
	return back;
}

/* At the end a client gets all that it has sent, and an idle one the end. */
START_TEST(drain)
{
	struct setup setup = {
		.address = "127.0.0.1:0",
		.type = SOCK_STREAM,
		.drain_ns = WAIT_MS * CLOCK_MS,
	};

	EACH_BACKEND(setup.backend)
	{
		struct child child = start(&setup);
		int fd = join(&child), idle = join(&child), late;
		size_t sent;

		ck_assert_int_eq(send(idle, "i", 1, 0), 1);
		expect(idle, "i", 1);
		sent = fill(fd);
		kill(child.pid, SIGTERM);
		expect_end(idle);
		late = socket(AF_INET, SOCK_STREAM, 0);
		ck_assert_int_lt(connect(late, &child.sa.u.sa, child.sa.len), 0);
		close(late);
		ck_assert_uint_eq(read_all(fd), sent);
		close(fd);
		close(idle);
		stop(&child);
		ck_assert_uint_eq(child.counters.failed, 0);
	}
}
END_TEST

/* Nor is that lost which is on its way when the client sends again after the server's end. */
START_TEST(drain_unread)
{
	enum {
		N = 200000
	};
	struct setup setup = {
		.address = "127.0.0.1:0",
		.type = SOCK_STREAM,
		.drain_ns = WAIT_MS * CLOCK_MS,
	};
	static char data[N];
	struct child child = start(&setup);
	int fd = socket(AF_INET, SOCK_STREAM, 0), small = 4096;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	ck_assert_int_eq(connect(fd, &child.sa.u.sa, child.sa.len), 0);
	ck_assert_int_eq(send(fd, data, N, 0), N);
	ck_assert(readable(fd, WAIT_MS));
	kill(child.pid, SIGTERM);
	poll(NULL, 0, 500);
	send(fd, "x", 1, MSG_NOSIGNAL);
	ck_assert_uint_ge(read_all(fd), N);
	close(fd);
	stop(&child);
}
END_TEST

/* Those that wait when the end comes are served, more than one turn takes. */
START_TEST(drain_waiting)
{
	enum {
		CLIENTS = 120 /* fewer than an old system lets wait */
	};
	struct setup setup = {
		.address = "127.0.0.1:0",
		.type = SOCK_STREAM,
		.drain_ns = WAIT_MS * CLOCK_MS,
	};

	EACH_BACKEND(setup.backend)
	{
		struct child child = start(&setup);
		int fd[CLIENTS];

		suspend(&child);
		for (int i = 0; i < CLIENTS; i++) {
			fd[i] = join(&child);
			ck_assert_int_eq(send(fd[i], "wait", 4, 0), 4);
		}
		kill(child.pid, SIGTERM);
		kill(child.pid, SIGCONT);
		for (int i = 0; i < CLIENTS; i++) {
			expect(fd[i], "wait", 4);
			expect_end(fd[i]);
			close(fd[i]);
		}
		stop(&child);
		ck_assert_uint_eq(child.counters.connections, CLIENTS);
	}
}
END_TEST

/* Sends and gets bytes with short pauses while CHILD drains: false if a pause was too long. */
static bool talk(int fd)
{
	uint64_t last = clock_now_ns();

	for (int i = 0; i < 12; i++) {
		uint64_t now;

		send(fd, "t", 1, MSG_NOSIGNAL);
		poll(NULL, 0, 15);
		now = clock_now_ns();
		if (now - last > 80 * CLOCK_MS)
			return false; /* this machine is busy: the server may have ended it */
		last = now;
		expect(fd, "t", 1);
	}
	return true;
}

/* A client that goes on sending is served on, though each of its pauses counts as quiet. */
START_TEST(drain_talk)
{
	struct setup setup = {
		.address = "127.0.0.1:0",
		.type = SOCK_STREAM,
		.drain_ns = WAIT_MS * CLOCK_MS,
	};
	bool done = false;

	for (int tries = 0; tries < 20 && !done; tries++) {
		struct child child = start(&setup);
		int fd = join(&child);

		ck_assert_int_eq(send(fd, "t", 1, 0), 1);
		expect(fd, "t", 1);
		kill(child.pid, SIGTERM);
		done = talk(fd);
		close(fd);
		stop(&child);
	}
	ck_assert_msg(done, "this machine is too busy");
}
END_TEST

/* One who never reads does not keep the server longer than the bound. */
START_TEST(drain_bound)
{
	struct setup setup = {
		.address = "127.0.0.1:0",
		.type = SOCK_STREAM,
		.drain_ns = 100 * CLOCK_MS,
	};

	EACH_BACKEND(setup.backend)
	{
		struct child child = start(&setup);
		int fd = join(&child);

		fill(fd);
		stop(&child);
		ck_assert_uint_eq(child.counters.failed, 1);
		close(fd);
	}
}
END_TEST

START_TEST(datagrams)
{
	struct setup setup = { .address = "[::]:0", .type = SOCK_DGRAM };
	static char big[60000], got[65536];

	memset(big, 'b', sizeof(big));
	EACH_BACKEND(setup.backend)
	{
		struct child child = start(&setup);
		struct sa to = address("127.0.0.1:0"), from = { .len = 0 };
		int fd = bound_udp("127.0.0.1:0"), low;
		uint64_t unanswered = 0;
		socklen_t len = sizeof(from.u);

		sa_set_port(&to, sa_port(&child.sa));
		ck_assert_int_eq(sendto(fd, "", 0, 0, &to.u.sa, to.len), 0);
		ck_assert(readable(fd, WAIT_MS));
		ck_assert_int_eq(recvfrom(fd, got, sizeof(got), 0, &from.u.sa, &len), 0);
		ck_assert(sa_equal(&from, &to));
		ck_assert_int_eq(sendto(fd, big, sizeof(big), 0, &to.u.sa, to.len), sizeof(big));
		ck_assert(readable(fd, WAIT_MS));
		ck_assert_int_eq(recv(fd, got, sizeof(got), 0), sizeof(big));
		ck_assert_int_eq(memcmp(got, big, sizeof(big)), 0);

		/* From a port of a service (only root may), and from the server's own port. */
		low = bound_udp("127.0.0.1:7");
		if (low >= 0) {
			ck_assert_int_eq(sendto(low, "loop", 4, 0, &to.u.sa, to.len), 4);
			unanswered++;
			ck_assert(!readable(low, 200));
			close(low);
		}
		stop(&child);
		ck_assert_uint_eq(child.counters.datagrams, 2);
		ck_assert_uint_eq(child.counters.unanswered, unanswered);
		close(fd);
	}
}
END_TEST

/* A broadcast to a subnet is not answered, and counted as such, by either family's socket. */
START_TEST(broadcast)
{
	static const char *const servers[] = { "[::]:0", "0.0.0.0:0" };
	struct sa to = address("127.255.255.255:0");

	for (size_t i = 0; i < ARRAY_SIZE(servers); i++) {
		struct setup setup = { .address = servers[i], .type = SOCK_DGRAM };
		struct child child = start(&setup);
		int fd = bound_udp("127.0.0.1:0"), on = 1;

		setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
		sa_set_port(&to, sa_port(&child.sa));
		ck_assert_int_eq(sendto(fd, "all", 3, 0, &to.u.sa, to.len), 3);
		ck_assert(!readable(fd, 200));
		stop(&child);
		ck_assert_uint_eq(child.counters.datagrams, 0);
		ck_assert_uint_eq(child.counters.dropped, 0);
		ck_assert_uint_eq(child.counters.unanswered, 1);
		close(fd);
	}
}
END_TEST

START_TEST(datagrams_waiting)
{
	enum {
		DATAGRAMS = 150
	};
	struct setup setup = { .address = "127.0.0.1:0", .type = SOCK_DGRAM };

	EACH_BACKEND(setup.backend)
	{
		struct child child = start(&setup);
		int fd = bound_udp("127.0.0.1:0");

		suspend(&child);
		for (int i = 0; i < DATAGRAMS; i++)
			ck_assert_int_eq(sendto(fd, "d", 1, 0, &child.sa.u.sa, child.sa.len), 1);
		kill(child.pid, SIGTERM);
		kill(child.pid, SIGCONT);
		for (int i = 0; i < DATAGRAMS; i++)
			expect(fd, "d", 1);
		stop(&child);
		ck_assert_uint_eq(child.counters.datagrams, DATAGRAMS);
		close(fd);
	}
}
END_TEST

/* N datagrams that wait together are served with SETUP; the counters are told. */
static struct echo_counters burst(const struct setup *setup, int n)
{
	struct child child = start(setup);
	int fd = bound_udp("127.0.0.1:0");

	suspend(&child);
	for (int i = 0; i < n; i++)
		ck_assert_int_eq(sendto(fd, "d", 1, 0, &child.sa.u.sa, child.sa.len), 1);
	kill(child.pid, SIGTERM);
	kill(child.pid, SIGCONT);
	stop(&child);
	close(fd);
	return child.counters;
}

/* Answers that go out together count each; loopback can be let off. */
START_TEST(answer_limit)
{
	enum {
		DATAGRAMS = 150,
		LIMIT = 40
	};
	struct setup setup = {
		.address = "127.0.0.1:0",
		.type = SOCK_DGRAM,
		.max_answers = LIMIT,
	};
	struct echo_counters c = burst(&setup, DATAGRAMS);

	ck_assert_uint_ge(c.datagrams, LIMIT);
	ck_assert_uint_lt(c.datagrams, DATAGRAMS);
	ck_assert_uint_eq(c.datagrams + c.limited, DATAGRAMS);
	setup.free_loopback = true;
	c = burst(&setup, DATAGRAMS);
	ck_assert_uint_eq(c.datagrams, DATAGRAMS);
	ck_assert_uint_eq(c.limited, 0);
}
END_TEST

/* SO_REUSEPORT is for ports: not every system lets a UNIX socket have it. */
START_TEST(reuse_port)
{
	char name[64];
	struct setup setup = { .address = name, .type = SOCK_STREAM, .reuse_port = true };
	struct child child;
	int fd;

	snprintf(name, sizeof(name), "unix:@netipc-reuse-%d", (int)getpid());
	child = start(&setup);
	fd = join(&child);
	ck_assert_int_eq(send(fd, "x", 1, 0), 1);
	expect(fd, "x", 1);
	close(fd);
	stop(&child);
}
END_TEST

/* Two servers at the same port of two addresses: neither answers the other. */
START_TEST(no_loop)
{
	struct setup setup = { .address = "127.0.0.1:0", .type = SOCK_DGRAM };
	struct child child = start(&setup);
	char twin[64];
	int fd;

	snprintf(twin, sizeof(twin), "127.0.0.2:%u", sa_port(&child.sa));
	fd = bound_udp(twin);
	if (fd >= 0) {
		ck_assert_int_eq(sendto(fd, "loop", 4, 0, &child.sa.u.sa, child.sa.len), 4);
		ck_assert(!readable(fd, 200));
		close(fd);
	}
	stop(&child);
	ck_assert_uint_eq(child.counters.unanswered, fd >= 0);
}
END_TEST

UNIT_MAIN("echo server", half_close, urgent_mark, resets, slow_reader, descriptors, drain,
	  drain_unread, drain_waiting, drain_talk, drain_bound, datagrams, datagrams_waiting,
	  broadcast, no_loop, answer_limit, reuse_port)
