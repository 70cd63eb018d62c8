/* SPDX-License-Identifier: MIT */
/* echo.h - an echo server in a process of its own, for the tests of both engines */
#ifndef NETIPC_TESTS_ECHO_H
#define NETIPC_TESTS_ECHO_H

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
#include "echo/server.h"
#include "ev/loop.h"
#include "unit.h"

enum {
	WAIT_MS = 20000, /* for what must happen, on a busy machine too */
};

#define EACH_BACKEND(name) for (size_t b_ = 0; (name = loop_backend_name(b_)) != NULL; b_++)

static volatile sig_atomic_t stopping;

static UNUSED void on_term(int sig UNUSED)
{
	stopping = 1;
}

static UNUSED bool is_stopping(void *ctx UNUSED)
{
	return stopping != 0;
}

static UNUSED void on_event(void *ctx UNUSED, const struct echo_event *event UNUSED)
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
	uint64_t drain_ns, idle_ns;
	unsigned max_connections;
	uint64_t max_rate, max_answers;
	bool free_loopback, reuse_port;
	struct fault_config fault;
};

static UNUSED struct sa address(const char *text)
{
	struct endpoint ep;
	struct sa sa;
	struct err err;

	ck_assert_msg(endpoint_parse(&ep, text, strlen(text), &err) == 0, "%s", err.text);
	ck_assert_msg(sa_from_endpoint(&sa, &ep, &err) == 0, "%s", err.text);
	return sa;
}

static UNUSED int serve(const struct setup *setup, int to)
{
	struct sa sa = address(setup->address);
	struct rlimit limit = { setup->descriptors, setup->descriptors };
	struct echo_server_config config = {
		.fault = setup->fault,
		.max_connections = setup->max_connections,
		.free_loopback = setup->free_loopback,
		.reuse_port = setup->reuse_port,
		.idle_ns = setup->idle_ns,
		.max_rate = setup->max_rate,
		.max_answers = setup->max_answers,
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
	if (!s || echo_server_listen(s, setup->type, &sa, 1, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	sa = *echo_server_address(s, 0);
	fine = write(to, &sa, sizeof(sa)) == sizeof(sa) && echo_server_run(s, &err) == 0 &&
	       write(to, echo_server_counters(s), sizeof(struct echo_counters)) > 0;
	echo_server_free(s);
	return !fine;
}

static UNUSED struct child start(const struct setup *setup)
{
	struct child child = { 0 };
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
static UNUSED void stop(struct child *child)
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
static UNUSED int join(const struct child *child)
{
	int fd = socket(child->sa.u.sa.sa_family, SOCK_STREAM, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_msg(connect(fd, &child->sa.u.sa, child->sa.len) == 0, "connect: %s",
		      strerror(errno));
	return fd;
}

static UNUSED bool readable(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, ms) == 1;
}

/* The next N bytes of FD are TEXT. */
static UNUSED void expect(int fd, const char *text, size_t n)
{
	char got[256] = { 0 };
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

static UNUSED void expect_end(int fd)
{
	char c;

	ck_assert(readable(fd, WAIT_MS));
	ck_assert_int_eq(recv(fd, &c, 1, 0), 0);
}

/* Stops CHILD as a shell does, until it gets SIGCONT. */
static UNUSED void suspend(const struct child *child)
{
	int status;

	kill(child->pid, SIGSTOP);
	ck_assert_int_eq(waitpid(child->pid, &status, WUNTRACED), child->pid);
	ck_assert(WIFSTOPPED(status));
}

/* A UDP socket that is bound to SA's address and to PORT, or to any. */
static UNUSED int bound_udp(const char *where)
{
	struct sa sa = address(where);
	int fd = socket(sa.u.sa.sa_family, SOCK_DGRAM, 0);

	if (bind(fd, &sa.u.sa, sa.len) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

#endif
