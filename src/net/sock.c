/* SPDX-License-Identifier: MIT */
#include "net/sock.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/compat.h"
#include "net/names.h"

int sock_open(int family, int type, struct err *err)
{
	int fd = compat_socket(family, type, 0);
	const char *domain = names_of(NAMES_AF, family), *kind = names_of(NAMES_SOCK, type);

	if (fd < 0)
		return err_sys(err, "socket(%s, %s, 0)", domain ? domain : "?", kind ? kind : "?");
	return fd;
}

static int set_flag(int fd, int level, int option, int value, const char *name, struct err *err)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)) < 0)
		return err_sys(err, "setsockopt %s", name);
	return 0;
}

int sock_nodelay(int fd, const struct sa *sa, int type, struct err *err)
{
	if (sa->u.sa.sa_family == AF_UNIX || type != SOCK_STREAM)
		return 0;
	return set_flag(fd, IPPROTO_TCP, TCP_NODELAY, 1, "TCP_NODELAY", err);
}

/* The options of a server's socket, before bind(2). */
static int prepare(int fd, const struct sa *sa, const struct sock_server *how, struct err *err)
{
	int family = sa->u.sa.sa_family;

	if (family == AF_INET6 &&
	    set_flag(fd, IPPROTO_IPV6, IPV6_V6ONLY, how->v6only, "IPV6_V6ONLY", err) < 0)
		return -1;
	if (how->reuse_port && set_flag(fd, SOL_SOCKET, SO_REUSEPORT, 1, "SO_REUSEPORT", err) < 0)
		return -1;
	if (how->prepare && how->prepare(how->ctx, fd, err) < 0)
		return -1;
	if (family == AF_UNIX || how->type != SOCK_STREAM)
		return 0; /* for UDP it would let a second server take the port over */
	if (set_flag(fd, SOL_SOCKET, SO_REUSEADDR, 1, "SO_REUSEADDR", err) < 0)
		return -1;
	/* What is accepted inherits it: one call less a connection. */
	return sock_nodelay(fd, sa, how->type, err);
}

int sock_listen(const struct sa *sa, const struct sock_server *how, struct err *err)
{
	int fd = sock_open(sa->u.sa.sa_family, how->type, err);
	char text[SA_STRLEN];

	if (fd < 0)
		return -1;
	if (prepare(fd, sa, how, err) < 0)
		goto failed;
	if (bind(fd, &sa->u.sa, sa->len) < 0) {
		err_sys(err, "bind %s", sa_format(sa, text));
		goto failed;
	}
	if (how->type != SOCK_DGRAM && listen(fd, (int)how->backlog) < 0) {
		err_sys(err, "listen %s", sa_format(sa, text));
		goto failed;
	}
	return fd;
failed:
	close(fd);
	return -1;
}

int sock_accept(int fd, struct sa *peer)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);
	int got = compat_accept(fd, (struct sockaddr *)&ss, &len);

	if (got >= 0)
		sa_from_raw(peer, &ss, len);
	return got;
}

int sock_connect(int fd, const struct sa *sa, struct err *err)
{
	char text[SA_STRLEN];

	if (connect(fd, &sa->u.sa, sa->len) == 0)
		return 1;
	/* An interrupted connect(2) goes on by itself, as one of a non-blocking socket does. */
	if (errno == EINPROGRESS || errno == EINTR)
		return 0;
	return err_sys(err, "connect %s", sa_format(sa, text));
}

int sock_connected(int fd, const struct sa *sa, struct err *err)
{
	int code = 0;
	socklen_t len = sizeof(code);
	char text[SA_STRLEN];

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &len) < 0)
		return err_sys(err, "getsockopt SO_ERROR");
	if (code == 0)
		return 0;
	errno = code;
	return err_sys(err, "connect %s", sa_format(sa, text));
}

int sock_local(int fd, struct sa *sa, struct err *err)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);

	if (getsockname(fd, (struct sockaddr *)&ss, &len) < 0)
		return err_sys(err, "getsockname");
	sa_from_raw(sa, &ss, len);
	return 0;
}

int sock_peer(int fd, struct sa *sa, struct err *err)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);

	if (getpeername(fd, (struct sockaddr *)&ss, &len) < 0)
		return err_sys(err, "getpeername");
	sa_from_raw(sa, &ss, len);
	return 0;
}

size_t sock_unsent(int fd)
{
	int n = 0;

	/* Linux and BSD have this request of a terminal for sockets too. */
	return ioctl(fd, TIOCOUTQ, &n) == 0 && n > 0 ? (size_t)n : 0;
}

/* The path of SA, with a NUL behind it; NULL if it has none in the file system. */
static const char *socket_path(const struct sa *sa)
{
	return sa->u.sa.sa_family == AF_UNIX && sa->u.un.sun_path[0] ? sa->u.un.sun_path : NULL;
}

/* Somebody listens on SA, or may: only a refusal shows that nobody does. */
static int in_use(const struct sa *sa, struct err *err)
{
	int fd = sock_open(AF_UNIX, SOCK_STREAM, err), rc, code;

	if (fd < 0)
		return -1;
	rc = connect(fd, &sa->u.sa, sa->len);
	code = errno;
	close(fd);
	return rc < 0 && code == ECONNREFUSED ? 0 : 1;
}

int sock_clear_path(const struct sa *sa, struct err *err)
{
	const char *path = socket_path(sa);
	char text[SA_STRLEN];
	struct stat st, now;
	int rc;

	if (!path || lstat(path, &st) < 0)
		return 0;
	if (!S_ISSOCK(st.st_mode))
		return err_set(err, ERR_SYSTEM, "bind %s: there is a file that is no socket",
			       sa_format(sa, text));
	rc = in_use(sa, err);
	if (rc < 0)
		return -1;
	/* It may have been replaced meanwhile, by a server that has just begun. */
	if (rc ||
	    (lstat(path, &now) == 0 && (now.st_dev != st.st_dev || now.st_ino != st.st_ino))) {
		errno = EADDRINUSE;
		return err_sys(err, "bind %s", sa_format(sa, text));
	}
	if (unlink(path) < 0 && errno != ENOENT)
		return err_sys(err, "remove the old socket %s", sa_format(sa, text));
	return 0;
}

void sock_note_path(const struct sa *sa, struct sock_file *file)
{
	const char *path = socket_path(sa);
	struct stat st;

	*file = (struct sock_file){ 0 };
	if (path && lstat(path, &st) == 0)
		*file = (struct sock_file){ (uint64_t)st.st_dev, (uint64_t)st.st_ino };
}

void sock_remove_path(const struct sa *sa, const struct sock_file *file)
{
	struct sock_file now;

	sock_note_path(sa, &now);
	if (now.inode && now.inode == file->inode && now.device == file->device)
		unlink(sa->u.un.sun_path);
}
