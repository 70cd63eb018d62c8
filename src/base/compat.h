/* SPDX-License-Identifier: MIT */
/*
 * compat.h - what some systems lack
 *
 * The one place for such differences: a name here means the same on every system.
 */
#ifndef NETIPC_BASE_COMPAT_H
#define NETIPC_BASE_COMPAT_H

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* Where the databases are; musl and others do not say. */
#ifndef _PATH_HOSTS
#define _PATH_HOSTS "/etc/hosts"
#endif
#ifndef _PATH_PROTOCOLS
#define _PATH_PROTOCOLS "/etc/protocols"
#endif
#ifndef _PATH_SERVICES
#define _PATH_SERVICES "/etc/services"
#endif

#ifndef _PATH_NSSWITCH_CONF
#define _PATH_NSSWITCH_CONF "/etc/nsswitch.conf"
#endif

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

/* CODE is what a non-blocking call has for "not now"; the two names are one number on most. */
static inline bool compat_would_block(int code)
{
#if EAGAIN != EWOULDBLOCK
	if (code == EWOULDBLOCK)
		return true;
#endif
	return code == EAGAIN;
}

/* socket(2), non-blocking and close-on-exec from the start where the system can. */
int compat_socket(int family, int type, int protocol);

/* accept(2) of a socket that is non-blocking and close-on-exec. */
int compat_accept(int fd, struct sockaddr *sa, socklen_t *len);

/* pipe(2) whose ends are non-blocking and close-on-exec. */
int compat_pipe(int fds[2]);

/* socketpair(2) of UNIX streams, close-on-exec. */
int compat_socketpair(int fds[2]);

#ifndef HAVE_STRUCT_MMSGHDR
/* As <sys/socket.h> has it where there are the calls. */
struct mmsghdr {
	struct msghdr msg_hdr;
	unsigned msg_len;
};
#endif

/*
 * sendmmsg(2) and recvmmsg(2) of the N messages at V: how many were sent or came, or -1 with
 * errno if not even one.  Where there are no such calls, one after the other.
 */
int compat_sendmmsg(int fd, struct mmsghdr *v, unsigned n);
int compat_recvmmsg(int fd, struct mmsghdr *v, unsigned n);

/* Room for BYTES in the receive buffer of socket FD, or for as many as the system allows. */
void compat_receive_buffer(int fd, int bytes);

/*
 * Has the system ask the peer of FD, which is TCP, every few seconds whether it is there, so that
 * a connection without traffic ends by an error some time after its peer has gone.
 */
void compat_keep_alive(int fd);

/* Has the kernel kill this process, a child, once its parent has ended, where it can do that. */
void compat_end_with_parent(void);

/* The name service of this libc has modules that compat_nss_only() can choose. */
bool compat_has_nss(void);

/*
 * From here on this process asks MODULES, "files" or "files dns", for DATABASE, "hosts", not
 * those of nsswitch.conf(5).  -1 with errno ENOSYS if it cannot, ENOENT if one is not there.
 */
int compat_nss_only(const char *database, const char *modules);

/*
 * Opens the pipe FD anew for writing, non-blocking, which FD itself and whoever shares it is not:
 * a descriptor, or -1 where /proc does not have it.
 */
int compat_reopen_pipe(int fd);

/* Gives UNIX socket FD a name of its own; -1 with errno ENOTSUP where names are files. */
int compat_autobind(int fd);

/* Has pipe FD hold BYTES, where the system can and allows it. */
void compat_pipe_room(int fd, int bytes);

/*
 * splice(2) of at most N bytes from socket FROM to pipe TO, and tee(2) from pipe to pipe, neither
 * of which waits; -1 with errno ENOSYS where there is no such thing.
 */
ssize_t compat_splice(int from, int to, size_t n);
ssize_t compat_tee(int from, int to, size_t n);

/*
 * ppoll(2) with a timeout in nanoseconds, -1 for none.  Where there is no ppoll a signal
 * that comes just before the wait is seen only after it.
 */
int compat_ppoll(struct pollfd *fds, nfds_t n, int64_t timeout_ns, const sigset_t *mask);

/* Fills the N bytes at TO, at most 256, from getrandom(2), or where there is none from
 * /dev/urandom. */
int compat_random(void *to, size_t n);

struct epoll_event;

/*
 * epoll_pwait(2) with a timeout in nanoseconds, -1 for none: rounded up to milliseconds where the
 * kernel cannot have it finer.
 */
int compat_epoll_pwait(int fd, struct epoll_event *events, int max, int64_t timeout_ns,
		       const sigset_t *mask);

enum {
	COMPAT_HUGE = 2 << 20, /* bytes of a huge page on most machines */
};

/*
 * COMPAT_HUGE bytes of memory for free(3) that one page fault makes, where the kernel can; NULL
 * where it cannot or there is none.
 */
void *compat_alloc_huge(void);

/* memrchr(3): the last C in the N bytes at S, or NULL. */
const char *compat_memrchr(const char *s, char c, size_t n);

#endif
