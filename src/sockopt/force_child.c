/* SPDX-License-Identifier: MIT */
/* force_child.c - the processes that are not this one: the command, and who stays for its own */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/compat.h"
#include "sockopt/force_impl.h"

enum {
	UNSTARTED = 127, /* nobody looks at it: the hello tells more */
};

/* sendmsg(2) of HELLO, with descriptor FD unless it is -1. */
static int say(int to, struct force_hello *hello, int fd)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec part = { .iov_base = hello, .iov_len = sizeof(*hello) };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };

	memset(&control, 0, sizeof(control));
	if (fd >= 0) {
		struct cmsghdr *c;

		m.msg_control = &control;
		m.msg_controllen = sizeof(control);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	}
	return sendmsg(to, &m, MSG_NOSIGNAL) == sizeof(*hello) ? 0 : -1;
}

int force_hear(int from, struct force_hello *hello, int *fd)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec part = { .iov_base = hello, .iov_len = sizeof(*hello) };
	struct msghdr m = { .msg_iov = &part,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	const struct cmsghdr *c;
	ssize_t n;

	*fd = -1;
	n = recvmsg(from, &m, MSG_CMSG_CLOEXEC);
	if (n <= 0)
		return (int)n;
	c = CMSG_FIRSTHDR(&m);
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(c), sizeof(*fd));
	return n == sizeof(*hello) ? 1 : 0;
}

void force_become(const struct force_child *c)
{
	struct force_hello hello = { .what = HELLO_FILTER };
	int listener;

	if (c->bound) {
		compat_end_with_parent();
		if (getppid() != c->bound)
			_exit(UNSTARTED);
	}
	listener = c->filter(c->program, &hello);
	if (listener < 0) {
		hello.code = errno;
		(void)say(c->fd, &hello, -1);
		_exit(UNSTARTED);
	}
	hello.what = HELLO_READY;
	if (say(c->fd, &hello, listener) < 0)
		_exit(UNSTARTED);
	close(listener);
	sigaction(SIGPIPE, &c->pipe, NULL);
	sigaction(SIGCHLD, &c->child, NULL);
	sigprocmask(SIG_SETMASK, &c->mask, NULL);
	execvp(c->argv[0], c->argv);
	hello.what = HELLO_EXEC;
	hello.code = errno;
	(void)say(c->fd, &hello, -1);
	_exit(UNSTARTED);
}

pid_t force_stay(void (*serve)(void *w), void *w)
{
	pid_t pid = fork();
	int null;

	if (pid != 0)
		return pid;
	(void)setsid();
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = 0; fd <= 2; fd++)
		(void)dup2(null, fd);
	serve(w);
	_exit(EXIT_SUCCESS);
}
