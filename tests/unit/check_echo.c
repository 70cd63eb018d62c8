/* SPDX-License-Identifier: MIT */
/* The engines against each other and against peers that do what peers should not. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/macros.h"
#include "base/xalloc.h"
#include "echo/client.h"
#include "echo/server.h"
#include "ev/loop.h"
#include "net/sock.h"
#include "unit.h"

enum {
	WAIT_MS = 20000, /* for what must happen, on a busy machine too */
};

#define EACH_BACKEND(name) for (size_t b_ = 0; (name = loop_backend_name(b_)) != NULL; b_++)

static volatile sig_atomic_t stopping;

static void on_term(int sig UNUSED)
{
	stopping = 1;
}

static bool is_stopping(void *ctx UNUSED)
{
	return stopping != 0;
}

static void on_event(void *ctx UNUSED, const struct echo_event *event UNUSED)
{
}

/* A server in a process of its own. */
struct child {
	pid_t pid;
	struct sa sa;
	struct echo_counters counters; /* after stop() */
	int from;
};

struct setup {
	const char *backend, *address;
	int type;
	rlim_t descriptors; /* 0: as many as there are */
	uint64_t drain_ns;
};

static struct sa address(const char *text)
{
	struct endpoint ep;
	struct sa sa;
	struct err err;

	ck_assert_msg(endpoint_parse(&ep, text, strlen(text), &err) == 0, "%s", err.text);
	ck_assert_msg(sa_from_endpoint(&sa, &ep, &err) == 0, "%s", err.text);
	return sa;
}

static int serve(const struct setup *setup, int to)
{
	struct sa sa = address(setup->address);
	struct rlimit limit = { setup->descriptors, setup->descriptors };
	struct echo_server_config config = {
		.type = setup->type,
		.backlog = 512,
		.drain_ns = setup->drain_ns,
		.backend = setup->backend,
		.stop = is_stopping,
		.event = on_event,
	};
	sigset_t term, mask;
	struct err err;
	struct echo_server *s;
	bool fine;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, &mask);
	sigaction(SIGTERM, &(struct sigaction){ .sa_handler = on_term }, NULL);
	config.mask = &mask;
	if (setup->descriptors && setrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 1;
	s = echo_server_new(&config, &err);
	if (!s || echo_server_listen(s, &sa, 1, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	sa = *echo_server_address(s, 0);
	fine = write(to, &sa, sizeof(sa)) == sizeof(sa) && echo_server_run(s, &err) == 0 &&
	       write(to, echo_server_counters(s), sizeof(struct echo_counters)) > 0;
	echo_server_free(s);
	return !fine;
}

static struct child start(const struct setup *setup)
{
	struct child child;
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	child.pid = fork();
	ck_assert_int_ge(child.pid, 0);
	if (child.pid == 0) {
		close(fds[0]);
		_exit(serve(setup, fds[1]));
	}
	close(fds[1]);
	child.from = fds[0];
	ck_assert_int_eq(read(child.from, &child.sa, sizeof(child.sa)), sizeof(child.sa));
	return child;
}

/* Ends CHILD, which must end well, and reads its counters. */
static void stop(struct child *child)
{
	int status;

	kill(child->pid, SIGTERM);
	ck_assert_int_eq(read(child->from, &child->counters, sizeof(child->counters)),
			 sizeof(child->counters));
	ck_assert_int_eq(waitpid(child->pid, &status, 0), child->pid);
	ck_assert_int_eq(status, 0);
	close(child->from);
}

/* A blocking connection to CHILD. */
static int join(const struct child *child)
{
	int fd = socket(child->sa.u.sa.sa_family, SOCK_STREAM, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_msg(connect(fd, &child->sa.u.sa, child->sa.len) == 0, "connect: %s",
		      strerror(errno));
	return fd;
}

static bool readable(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, ms) == 1;
}

/* The next N bytes of FD are TEXT. */
static void expect(int fd, const char *text, size_t n)
{
	char got[256];
	size_t have = 0;

	while (have < n) {
		ssize_t len;

		ck_assert_msg(readable(fd, WAIT_MS), "%zu of %zu bytes came", have, n);
		len = recv(fd, got + have, n - have, 0);
		ck_assert_msg(len > 0, "%s after %zu of %zu bytes", len ? strerror(errno) : "end",
			      have, n);
		have += (size_t)len;
	}
	ck_assert_int_eq(memcmp(got, text, n), 0);
}

static void expect_end(int fd)
{
	char c;

	ck_assert(readable(fd, WAIT_MS));
	ck_assert_int_eq(recv(fd, &c, 1, 0), 0);
}

/* CPU time that PROCESS has used, in clock ticks; 0 where that cannot be read. */
static unsigned long cpu(pid_t process)
{
	unsigned long user = 0, system = 0;
	char name[64];
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%d/stat", (int)process);
	f = fopen(name, "r");
	if (!f)
		return 0;
	if (fscanf(f, "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
		   &system) != 2)
		user = system = 0;
	fclose(f);
	return user + system;
}

/* KiB of CHILD's resident memory. */
static long resident(pid_t process)
{
	long pages = 0;
	char name[64];
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%d/statm", (int)process);
	f = fopen(name, "r");
	if (!f)
		return 0;
	if (fscanf(f, "%*d %ld", &pages) != 1)
		pages = 0;
	fclose(f);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void on_failed(void *ctx UNUSED, const struct sa *sa UNUSED, const struct err *err UNUSED)
{
}

static void on_connected(void *ctx UNUSED, const struct sa *local UNUSED,
			 const struct sa *peer UNUSED)
{
}

static bool never(void *ctx UNUSED)
{
	return false;
}

/* A file with N bytes of a pattern without a short period, at its start. */
static FILE *pattern(size_t n)
{
	static char block[65536];
	FILE *f = tmpfile();
	uint32_t seed = 1;

	ck_assert_ptr_nonnull(f);
	for (size_t done = 0; done < n; done += sizeof(block)) {
		for (size_t i = 0; i < sizeof(block); i++) {
			seed = seed * 1664525 + 1013904223;
			block[i] = (char)(seed >> 24);
		}
		ck_assert_uint_eq(fwrite(block, 1,
					 n - done < sizeof(block) ? n - done : sizeof(block),
					 f) > 0,
				  1);
	}
	ck_assert_int_eq(fflush(f), 0);
	rewind(f);
	return f;
}

/* The client with IN as its input; what it prints is in OUT. */
static int converse(const struct setup *setup, const struct child *child, FILE *in, FILE *out,
		    struct echo_result *result, struct err *err)
{
	const struct echo_client_config config = {
		.type = setup->type,
		.addresses = &child->sa,
		.naddresses = 1,
		.in = fileno(in),
		.out = out ? fileno(out) : -1,
		.timeout_ns = WAIT_MS * CLOCK_MS,
		.backend = setup->backend,
		.stop = never,
		.failed = on_failed,
		.connected = on_connected,
	};

	return echo_client_run(&config, result, err);
}

static bool same_files(FILE *a, FILE *b)
{
	static char x[65536], y[65536];
	size_t n;

	rewind(a);
	rewind(b);
	do {
		n = fread(x, 1, sizeof(x), a);
		if (fread(y, 1, sizeof(y), b) != n || memcmp(x, y, n) != 0)
			return false;
	} while (n);
	return true;
}

/* Client and server, each backend, each kind of address: all comes back. */
START_TEST(pairs)
{
	static const char *const addresses[] = { "127.0.0.1:0", "[::1]:0", "unix:@check_echo" };
	enum {
		N = 16 << 20
	};
	FILE *in = pattern(N);
	struct setup setup = { .type = SOCK_STREAM };

	EACH_BACKEND(setup.backend)
	{
		for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
			struct echo_result r;
			struct child child;
			FILE *out = tmpfile();
			struct err err;
			char unique[64];

			setup.address = addresses[i];
			if (i == 2) {
				snprintf(unique, sizeof(unique), "%s%d", addresses[i],
					 (int)getpid());
				setup.address = unique;
			}
			rewind(in);
			child = start(&setup);
			ck_assert_msg(converse(&setup, &child, in, out, &r, &err) == 0, "%s",
				      err.text);
			ck_assert_int_eq(r.verdict, ECHO_EQUAL);
			ck_assert_uint_eq(r.sent, N);
			ck_assert_uint_eq(r.received, N);
			ck_assert(sa_equal(&r.peer, &child.sa));
			ck_assert(same_files(in, out));
			fclose(out);
			stop(&child);
			ck_assert_uint_eq(child.counters.connections, 1);
			ck_assert_uint_eq(child.counters.bytes, N);
			ck_assert_uint_eq(child.counters.failed, 0);
		}
	}
	fclose(in);
}
END_TEST

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
		unsigned long used;
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

/* At the end a client gets all that the server has received, and an idle one the end. */
START_TEST(drain)
{
	enum {
		N = 3 << 20
	};
	struct setup setup = {
		.address = "127.0.0.1:0",
		.type = SOCK_STREAM,
		.drain_ns = WAIT_MS * CLOCK_MS,
	};
	static char data[65536];

	EACH_BACKEND(setup.backend)
	{
		struct child child = start(&setup);
		int fd = join(&child), idle = join(&child), late;
		size_t sent = 0, back = 0;
		ssize_t n;

		ck_assert_int_eq(send(idle, "i", 1, 0), 1);
		expect(idle, "i", 1);
		fcntl(fd, F_SETFL, O_NONBLOCK);
		while (sent < N && (n = send(fd, data, sizeof(data), 0)) > 0)
			sent += (size_t)n;
		ck_assert_uint_gt(sent, sizeof(data));
		kill(child.pid, SIGTERM);
		expect_end(idle);
		late = socket(AF_INET, SOCK_STREAM, 0);
		ck_assert_int_lt(connect(late, &child.sa.u.sa, child.sa.len), 0);
		close(late);
		fcntl(fd, F_SETFL, 0);
		while (readable(fd, WAIT_MS) && (n = recv(fd, data, sizeof(data), 0)) > 0)
			back += (size_t)n;
		ck_assert_int_eq(n, 0);
		ck_assert_uint_eq(back, sent);
		close(fd);
		close(idle);
		stop(&child);
		ck_assert_uint_eq(child.counters.failed, 0);
	}
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
	static char data[65536];

	EACH_BACKEND(setup.backend)
	{
		struct child child = start(&setup);
		int fd = join(&child);

		fcntl(fd, F_SETFL, O_NONBLOCK);
		for (int idle = 0; idle < 5;) {
			if (send(fd, data, sizeof(data), 0) > 0) {
				idle = 0;
			} else {
				idle++;
				poll(NULL, 0, 10);
			}
		}
		stop(&child);
		ck_assert_uint_eq(child.counters.failed, 1);
		close(fd);
	}
}
END_TEST

/* A UDP socket that is bound to SA's address and to PORT, or to any. */
static int bound_udp(const char *where)
{
	struct sa sa = address(where);
	int fd = socket(sa.u.sa.sa_family, SOCK_DGRAM, 0);

	if (bind(fd, &sa.u.sa, sa.len) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

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

START_TEST(lines)
{
	static const char *const texts[] = { "", "\n", "one\ntwo\n\nthree", "no newline" };
	struct setup setup = { .address = "127.0.0.1:0", .type = SOCK_DGRAM };
	static const unsigned counts[] = { 0, 1, 4, 1 };
	struct child child = start(&setup);
	struct echo_result r;
	struct err err;
	FILE *in, *out;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		in = tmpfile();
		out = tmpfile();
		fputs(texts[i], in);
		rewind(in);
		fflush(in);
		ck_assert_msg(converse(&setup, &child, in, out, &r, &err) == 0, "%s", err.text);
		ck_assert_int_eq(r.verdict, ECHO_EQUAL);
		ck_assert_uint_eq(r.datagrams, counts[i]);
		ck_assert(same_files(in, out));
		fclose(in);
		fclose(out);
	}
	in = pattern(20000); /* lines of any length, binary ones too */
	out = tmpfile();
	ck_assert_int_eq(converse(&setup, &child, in, out, &r, &err), 0);
	ck_assert_int_eq(r.verdict, ECHO_EQUAL);
	ck_assert(same_files(in, out));
	fclose(in);
	fclose(out);
	stop(&child);
}
END_TEST

UNIT_MAIN("echo", pairs, half_close, urgent_mark, resets, slow_reader, descriptors, drain,
	  drain_bound, datagrams, no_loop, lines)
