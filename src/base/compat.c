/* SPDX-License-Identifier: MIT */
#include "base/compat.h"

#include <errno.h>
#include <fcntl.h>
#ifdef HAVE_GETRANDOM
#include <sys/random.h>
#endif
#include <string.h>
#include <time.h>
#include <unistd.h>

#if !defined(SOCK_CLOEXEC) || !defined(SOCK_NONBLOCK) || !defined(HAVE_ACCEPT4)
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

int compat_ppoll(struct pollfd *fds, nfds_t n, int timeout_ms, const sigset_t *mask)
{
#ifdef HAVE_PPOLL
	struct timespec ts = { .tv_sec = timeout_ms / 1000,
			       .tv_nsec = (long)(timeout_ms % 1000) * 1000000 };

	return ppoll(fds, n, timeout_ms < 0 ? NULL : &ts, mask);
#else
	sigset_t old;
	int rc, saved;

	if (mask)
		sigprocmask(SIG_SETMASK, mask, &old);
	rc = poll(fds, n, timeout_ms);
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
