/* SPDX-License-Identifier: MIT */
/* probe_flags_linux.c - the flags of probe_flags.def that Linux alone has */
#include "sockopt/probe_impl.h"

#ifdef __linux__

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Of the kernel, which older headers do not have. */
#ifndef MSG_ZEROCOPY
#define MSG_ZEROCOPY 0x4000000
#endif
#ifndef SO_ZEROCOPY
#define SO_ZEROCOPY 60
#endif

enum {
	ROOM = 64,
	CONTROL = 512,
};

void probe_flag_more(struct probe_trial *t)
{
	char early[ROOM], got[ROOM];
	ssize_t n;

	if (!probe_put(t, t->end.fd, "abcd", MSG_MORE))
		return;
	n = recv(t->end.peer, early, sizeof(early), MSG_DONTWAIT);
	if (!probe_put(t, t->end.fd, "efgh", 0))
		return;
	if (probe_take(t->end.peer, got, sizeof(got), 0) < 0)
		probe_came(t, PROBE_UNSEEN, "nothing came");
	else if (n < 0 && strcmp(got, "abcdefgh") == 0)
		probe_came(t, PROBE_WORKS, "nothing came until \"efgh\" was sent, then \"%s\"",
			   got);
	else
		probe_came(t, PROBE_IGNORED, "\"%.*s\" came at once", n < 0 ? 4 : (int)n,
			   n < 0 ? got : early);
}

/* What is in the queue of errors of FD: the bytes, or -1; with its flags. */
static ssize_t take_error(int fd, char *to, size_t room, int *flags)
{
	_Alignas(struct cmsghdr) char control[CONTROL];
	struct iovec v = { to, room };
	struct msghdr m = { .msg_iov = &v,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(fd, &m, MSG_ERRQUEUE | MSG_DONTWAIT);

	*flags = m.msg_flags;
	return n;
}

void probe_flag_zerocopy(struct probe_trial *t)
{
	const int on = 1;
	char got[ROOM];
	int flags;

	if (setsockopt(t->end.fd, SOL_SOCKET, SO_ZEROCOPY, &on, sizeof(on)) < 0) {
		probe_refused(t, errno);
		return;
	}
	if (!probe_put(t, t->end.fd, "abcdefgh", MSG_ZEROCOPY))
		return;
	if (probe_take(t->end.peer, got, sizeof(got), 0) < 0) {
		probe_came(t, PROBE_UNSEEN, "nothing came");
		return;
	}
	/* The notice is there once the receiver has what was sent: POLLERR, whatever is asked. */
	probe_wait(t->end.fd, 0);
	if (take_error(t->end.fd, got, sizeof(got), &flags) >= 0 && (flags & MSG_ERRQUEUE))
		probe_came(t, PROBE_WORKS, "it came, and a notice that the buffer is free");
	else
		probe_came(t, PROBE_IGNORED, "it came, and no notice that the buffer is free");
}

/* Sends the descriptor FD with a byte over T's peer. */
static ssize_t pass(const struct probe_trial *t, int fd)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = { 0 };
	char byte = 'x';
	struct iovec v = { &byte, 1 };
	struct msghdr m = { .msg_iov = &v,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return sendmsg(t->end.peer, &m, MSG_NOSIGNAL);
}

/* The descriptor that comes over T's socket, or -1. */
static int take_passed(const struct probe_trial *t)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = { 0 };
	char byte;
	struct iovec v = { &byte, 1 };
	struct msghdr m = { .msg_iov = &v,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	int fd = -1;

	probe_wait(t->end.fd, POLLIN);
	if (recvmsg(t->end.fd, &m, MSG_CMSG_CLOEXEC) < 0)
		return -1;
	c = CMSG_FIRSTHDR(&m);
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

void probe_flag_cloexec(struct probe_trial *t)
{
	int fd;

	if (t->kind->family != AF_UNIX) {
		probe_came(t, PROBE_UNSEEN, "no descriptors come over it");
		return;
	}
	fd = pass(t, t->end.peer) < 0 ? -1 : take_passed(t);
	if (fd < 0) {
		probe_came(t, PROBE_UNSEEN, "no descriptor came");
		return;
	}
	if (fcntl(fd, F_GETFD) & FD_CLOEXEC)
		probe_came(t, PROBE_WORKS, "a descriptor came, and it is close-on-exec");
	else
		probe_came(t, PROBE_IGNORED, "a descriptor came, and it is not close-on-exec");
	close(fd);
}

/* A datagram that nobody takes comes back by that queue. */
static void bounce(struct probe_trial *t)
{
	const int on = 1;
	char got[ROOM];
	int flags;
	ssize_t n;

	if (setsockopt(t->end.fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on)) < 0) {
		probe_refused(t, errno);
		return;
	}
	close(t->end.peer);
	t->end.peer = -1;
	if (!probe_put(t, t->end.fd, "abcdefgh", 0))
		return;
	probe_wait(t->end.fd, 0);
	n = take_error(t->end.fd, got, sizeof(got), &flags);
	if (n < 0)
		probe_refused(t, errno);
	else
		probe_came(t, flags & MSG_ERRQUEUE ? PROBE_WORKS : PROBE_IGNORED,
			   "\"%.*s\", which nobody took, came back with the error", (int)n, got);
}

void probe_flag_errqueue(struct probe_trial *t)
{
	char got[ROOM];
	int flags;
	ssize_t n;

	if (t->kind->family == AF_INET && t->kind->type == SOCK_DGRAM) {
		bounce(t);
		return;
	}
	if (!probe_put(t, t->end.peer, "abcd", 0))
		return;
	probe_wait(t->end.fd, POLLIN);
	n = take_error(t->end.fd, got, sizeof(got), &flags);
	if (n >= 0)
		probe_came(t, PROBE_IGNORED, "\"%.*s\" came: data", (int)n, got);
	else if (errno == EAGAIN)
		probe_came(t, PROBE_WORKS, "EAGAIN: there is data, and no error");
	else
		probe_refused(t, errno);
}

#else

/* A file of C has something in it. */
typedef int probe_flags_linux_is_empty;

#endif
