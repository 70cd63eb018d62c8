/* SPDX-License-Identifier: MIT */
#include "base/compat.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#ifdef HAVE_DLOPEN
#include <dlfcn.h>
#endif
#ifdef HAVE___NSS_CONFIGURE_LOOKUP
#include <nss.h>
#endif
#include <signal.h>
#include <stdio.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#ifdef HAVE_GETRANDOM
#include <sys/random.h>
#endif
#include <stdlib.h>
#include <string.h>
#ifdef HAVE_SYS_EPOLL_H
#include <sys/epoll.h>
#endif
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/macros.h"

#if !defined(SOCK_CLOEXEC) || !defined(SOCK_NONBLOCK) || !defined(HAVE_ACCEPT4) || \
	!defined(HAVE_PIPE2)
/* Sets both flags of FD, or closes it. */
static int prepare(int fd)
{
	int flags = fd < 0 ? -1 : fcntl(fd, F_GETFL), saved;

	if (fd < 0)
		return -1;
	if (flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
	    fcntl(fd, F_SETFD, FD_CLOEXEC) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}
#endif

int compat_socket(int family, int type, int protocol)
{
#if defined(SOCK_CLOEXEC) && defined(SOCK_NONBLOCK)
	return socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
#else
	return prepare(socket(family, type, protocol));
#endif
}

int compat_accept(int fd, struct sockaddr *sa, socklen_t *len)
{
#if defined(HAVE_ACCEPT4) && defined(SOCK_CLOEXEC) && defined(SOCK_NONBLOCK)
	return accept4(fd, sa, len, SOCK_CLOEXEC | SOCK_NONBLOCK);
#else
	return prepare(accept(fd, sa, len));
#endif
}

int compat_pipe(int fds[2])
{
#ifdef HAVE_PIPE2
	return pipe2(fds, O_CLOEXEC | O_NONBLOCK);
#else
	return pipe(fds) < 0 || prepare(fds[0]) < 0 || prepare(fds[1]) < 0 ? -1 : 0;
#endif
}

int compat_reopen_pipe(int fd)
{
	char path[sizeof("/proc/self/fd/") + 3 * sizeof(fd)];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
}

int compat_autobind(int fd)
{
#ifdef __linux__
	/* An emulator may take a NUL behind the address for a part of it. */
	const struct sockaddr sa = { .sa_family = AF_UNIX, .sa_data = "-" };

	return bind(fd, &sa, sizeof(sa.sa_family)); /* unix(7): an abstract name */
#else
	(void)fd;
	errno = ENOTSUP;
	return -1;
#endif
}

void compat_pipe_room(int fd, int bytes)
{
#ifdef F_SETPIPE_SZ
	fcntl(fd, F_SETPIPE_SZ, bytes);
#else
	(void)fd;
	(void)bytes;
#endif
}

#ifdef SPLICE_F_NONBLOCK
ssize_t compat_splice(int from, int to, size_t n)
{
	return splice(from, NULL, to, NULL, n, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
}

ssize_t compat_tee(int from, int to, size_t n)
{
	return tee(from, to, n, SPLICE_F_NONBLOCK);
}
#else
ssize_t compat_splice(int from, int to, size_t n)
{
	(void)from;
	(void)to;
	(void)n;
	errno = ENOSYS;
	return -1;
}

ssize_t compat_tee(int from, int to, size_t n)
{
	return compat_splice(from, to, n);
}
#endif

int compat_socketpair(int fds[2])
{
#ifdef SOCK_CLOEXEC
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds);
#else
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0)
		return -1;
	return fcntl(fds[0], F_SETFD, FD_CLOEXEC) < 0 || fcntl(fds[1], F_SETFD, FD_CLOEXEC) < 0 ?
		       -1 :
		       0;
#endif
}

/* The same with a call a message. */
UNUSED static int each(int fd, struct mmsghdr *v, unsigned n, bool out)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		ssize_t len = out ? sendmsg(fd, &v[i].msg_hdr, 0) : recvmsg(fd, &v[i].msg_hdr, 0);

		if (len < 0)
			break;
		v[i].msg_len = (unsigned)len;
	}
	return i || !n ? (int)i : -1;
}

int compat_sendmmsg(int fd, struct mmsghdr *v, unsigned n)
{
#ifdef HAVE_SENDMMSG
	int sent = sendmmsg(fd, v, n, 0);

	if (sent >= 0 || errno != ENOSYS)
		return sent;
#endif
	return each(fd, v, n, true);
}

int compat_recvmmsg(int fd, struct mmsghdr *v, unsigned n)
{
#ifdef HAVE_RECVMMSG
	int got = recvmmsg(fd, v, n, 0, NULL);

	/* Not every kernel that runs programs for Linux has it. */
	if (got >= 0 || errno != ENOSYS)
		return got;
#endif
	return each(fd, v, n, false);
}

void compat_receive_buffer(int fd, int bytes)
{
#ifdef SO_RCVBUFFORCE
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) == 0)
		return;
#endif
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

void compat_keep_alive(int fd)
{
	int on = 1;

	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
#if defined(TCP_KEEPIDLE) && defined(TCP_KEEPINTVL)
	on = 5;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &on, sizeof(on));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &on, sizeof(on));
#endif
}

void compat_end_with_parent(void)
{
#ifdef __linux__
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
}

bool compat_has_nss(void)
{
#ifdef HAVE___NSS_CONFIGURE_LOOKUP
	return true;
#else
	return false;
#endif
}

#ifdef HAVE___NSS_CONFIGURE_LOOKUP
/* glibc takes a module that is not there for one that knows nothing. */
static bool has_module(const char *module, size_t len)
{
	char name[128];

	if ((len == 5 && memcmp(module, "files", 5) == 0) ||
	    (len == 3 && memcmp(module, "dns", 3) == 0))
		return true; /* inside libc since glibc 2.34 */
	if (memchr(module, '/', len) ||
	    snprintf(name, sizeof(name), "libnss_%.*s.so.2", (int)len, module) >= (int)sizeof(name))
		return false;
#ifdef HAVE_DLOPEN
	return dlopen(name, RTLD_NOW | RTLD_LOCAL) != NULL;
#else
	return true;
#endif
}

static bool has_modules(const char *modules)
{
	while (*modules) {
		size_t len = strcspn(modules, " ");

		if (!has_module(modules, len))
			return false;
		modules += len + (modules[len] == ' ');
	}
	return true;
}
#endif

int compat_nss_only(const char *database, const char *modules)
{
#ifdef HAVE___NSS_CONFIGURE_LOOKUP
	if (has_modules(modules))
		return __nss_configure_lookup(database, modules);
	errno = ENOENT;
#else
	(void)database;
	(void)modules;
	errno = ENOSYS;
#endif
	return -1;
}

/* Milliseconds for poll(2): rounded up, so that the time has passed afterwards. */
UNUSED static int in_ms(int64_t ns)
{
	int64_t ms = ns < 0 ? -1 : ns / 1000000 + (ns % 1000000 != 0);

	return ms > INT_MAX ? INT_MAX : (int)ms;
}

#ifdef HAVE_SYS_EPOLL_H
int compat_epoll_pwait(int fd, struct epoll_event *events, int max, int64_t timeout_ns,
		       const sigset_t *mask)
{
#ifdef HAVE_EPOLL_PWAIT2
	if (timeout_ns > 0) {
		const struct timespec ts = { .tv_sec = (time_t)(timeout_ns / 1000000000),
					     .tv_nsec = (long)(timeout_ns % 1000000000) };
		int n = epoll_pwait2(fd, events, max, &ts, mask);

		/* An older kernel, or a filter that does not know it. */
		if (n >= 0 || (errno != ENOSYS && errno != EPERM))
			return n;
	}
#endif
	return epoll_pwait(fd, events, max, in_ms(timeout_ns), mask);
}
#endif

int compat_ppoll(struct pollfd *fds, nfds_t n, int64_t timeout_ns, const sigset_t *mask)
{
#ifdef HAVE_PPOLL
	const struct timespec ts = { .tv_sec = (time_t)(timeout_ns / 1000000000),
				     .tv_nsec = (long)(timeout_ns % 1000000000) };

	return ppoll(fds, n, timeout_ns < 0 ? NULL : &ts, mask);
#else
	sigset_t old;
	int rc, saved;

	if (mask)
		sigprocmask(SIG_SETMASK, mask, &old);
	rc = poll(fds, n, in_ms(timeout_ns));
	saved = errno;
	if (mask)
		sigprocmask(SIG_SETMASK, &old, NULL);
	errno = saved;
	return rc;
#endif
}

int compat_random(void *to, size_t n)
{
#ifdef HAVE_GETRANDOM
	/* So few bytes come whole, but a signal may interrupt the wait for the first ones ever. */
	while (getrandom(to, n, 0) < 0)
		if (errno != EINTR)
			return -1;
	return 0;
#else
	int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC), saved;
	ssize_t got;

	if (fd < 0)
		return -1;
	got = read(fd, to, n);
	saved = got < 0 ? errno : EIO;
	close(fd);
	errno = saved;
	return got == (ssize_t)n ? 0 : -1;
#endif
}

void *compat_alloc_huge(void)
{
#ifdef MADV_HUGEPAGE
	void *p;

	if (posix_memalign(&p, COMPAT_HUGE, COMPAT_HUGE) != 0)
		return NULL;
	madvise(p, COMPAT_HUGE, MADV_HUGEPAGE); /* if it fails, it is memory as any other */
	return p;
#else
	return NULL;
#endif
}

const char *compat_memrchr(const char *s, char c, size_t n)
{
#ifdef HAVE_MEMRCHR
	return memrchr(s, c, n);
#else
	while (n > 0)
		if (s[--n] == c)
			return s + n;
	return NULL;
#endif
}
