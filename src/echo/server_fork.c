/* SPDX-License-Identifier: MIT */
/* server_fork.c - the lecture's server: a process for each connection, in calls that block */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/xalloc.h"
#include "echo/server_impl.h"

enum {
	REAP_MS = 100,  /* between two looks for children that have ended */
	PAUSE_MS = 100, /* after a connection that cannot be taken now */
};

/* The child: everything that comes goes back, until the end. */
static int serve(int fd)
{
	char *data = xmalloc(ECHO_BLOCK); /* the process ends with it */
	ssize_t n;

	while ((n = recv(fd, data, ECHO_BLOCK, 0)) > 0 || (n < 0 && errno == EINTR)) {
		for (ssize_t at = 0, sent; at < n; at += sent) {
			sent = send(fd, data + at, (size_t)(n - at), MSG_NOSIGNAL);
			if (sent < 0 && errno != EINTR)
				return 1;
			if (sent < 0)
				sent = 0;
		}
	}
	return n < 0;
}

static void reap(struct echo_server *s)
{
	int status;
	pid_t pid;

	while (s->counters.open && (pid = waitpid(-1, &status, WNOHANG)) > 0) {
		s->counters.open--;
		s->counters.failed += status != 0;
		for (size_t i = 0; i < s->children.n; i++) {
			if (s->children.v[i] == pid) {
				s->children.v[i] = s->children.v[--s->children.n];
				break;
			}
		}
	}
}

/* Time is up: those that are still served are cut off. */
static void end_children(struct echo_server *s)
{
	for (size_t i = 0; i < s->children.n; i++)
		kill(s->children.v[i], SIGTERM);
	while (s->children.n) {
		if (waitpid(s->children.v[s->children.n - 1], NULL, 0) < 0 && errno == EINTR)
			continue;
		s->children.n--;
		s->counters.open--;
		s->counters.failed++;
	}
}

static void begin(struct echo_server *s, struct listener *l)
{
	struct sa peer;
	int fd = sock_accept(l->io.fd, &peer), flags;
	pid_t pid;

	if (fd < 0) {
		/* It waits on, and would be told of at once. */
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			compat_ppoll(NULL, 0, (int64_t)(PAUSE_MS * CLOCK_MS), s->config->mask);
		return;
	}
	flags = fcntl(fd, F_GETFL);
	if (flags >= 0)
		fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
	pid = fork();
	if (pid == 0) {
		sigset_t none;

		signal(SIGINT, SIG_IGN); /* of the terminal: the connection is served to its end */
		signal(SIGTERM, SIG_DFL);
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		close(l->io.fd);
		_exit(serve(fd));
	}
	close(fd);
	if (pid < 0) {
		s->counters.refused++;
		return;
	}
	*vec_push(&s->children) = pid;
	s->counters.connections++;
	s->counters.open++;
}

int echo_server_run_fork(struct echo_server *s, struct err *err)
{
	const struct echo_server_config *config = s->config;
	struct listener *l = s->listeners.v[0];
	uint64_t deadline;

	while (!config->stop(config->ctx)) {
		struct pollfd io = { .fd = l->io.fd, .events = POLLIN };
		bool full = config->max_connections && s->counters.open >= config->max_connections;
		int rc = compat_ppoll(&io, full ? 0 : 1, (int64_t)(REAP_MS * CLOCK_MS),
				      config->mask);

		if (rc < 0 && errno != EINTR)
			return err_sys(err, "wait for connections");
		if (rc > 0)
			begin(s, l);
		reap(s);
	}
	loop_del(s->loop, &l->io);
	close(l->io.fd);
	l->io.fd = -1;
	sock_remove_path(&l->sa, &l->file);
	deadline = clock_now_ns() + config->drain_ns;
	while (s->counters.open && clock_now_ns() < deadline) {
		compat_ppoll(NULL, 0, (int64_t)(ECHO_TICK_MS * CLOCK_MS), config->mask);
		reap(s);
	}
	end_children(s);
	return 0;
}
