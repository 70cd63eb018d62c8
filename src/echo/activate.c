/* SPDX-License-Identifier: MIT */
#include "echo/activate.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/scan.h"
#include "base/str.h"
#include "net/sock.h"

int activate_count(const char *pid, const char *fds, struct err *err)
{
	uint64_t whom, n;

	if (!pid || !fds)
		return 0;
	if (scan_uint_all(pid, "LISTEN_PID", 1, INT32_MAX, &whom, err) < 0)
		return -1;
	if (whom != (uint64_t)getpid())
		return 0;
	if (scan_uint_all(fds, "LISTEN_FDS", 0, ACTIVATE_MAX, &n, err) < 0)
		return -1;
	return (int)n;
}

/* A number that getsockopt(2) has for FD, or -1. */
static int number(int fd, int name)
{
	socklen_t len = sizeof(int);
	int value;

	return getsockopt(fd, SOL_SOCKET, name, &value, &len) == 0 ? value : -1;
}

static int prepare(int fd, struct err *err)
{
	int status = fcntl(fd, F_GETFL), flags = fcntl(fd, F_GETFD);

	if (status < 0 || flags < 0 || fcntl(fd, F_SETFL, status | O_NONBLOCK) < 0 ||
	    fcntl(fd, F_SETFD, flags | FD_CLOEXEC) < 0)
		return err_sys(err, "descriptor %d", fd);
	return 0;
}

int activate_take(struct activate_socket *s, int fd, struct err *err)
{
	struct sa peer;

	s->fd = fd;
	s->type = number(fd, SO_TYPE);
	if (s->type < 0) {
		if (errno == ENOTSOCK)
			return err_set(err, ERR_USAGE, "descriptor %d is no socket", fd);
		return err_sys(err, "descriptor %d", fd);
	}
	if (sock_local(fd, &s->sa, err) < 0)
		return err_prefix(err, "descriptor %d: ", fd);
	peer.len = sizeof(peer.u);
	s->connected = getpeername(fd, &peer.u.sa, &peer.len) == 0;
	/* It would be served like a stream, or answer its one peer alone. */
	if (s->type == SOCK_DGRAM && s->connected)
		return err_set(err, ERR_USAGE,
			       "descriptor %d is a datagram socket with a peer: hand over one "
			       "without",
			       fd);
	if (s->type != SOCK_DGRAM && !s->connected && number(fd, SO_ACCEPTCONN) != 1)
		return err_set(err, ERR_USAGE, "descriptor %d neither listens nor is connected",
			       fd);
	return prepare(fd, err);
}

int activate_notify(const char *path, const char *text, struct err *err)
{
	struct sa to = { 0 };
	char show[STR_SHOW];
	size_t len;
	int fd;
	ssize_t n;

	if (!path)
		return 0;
	len = strlen(path);
	if ((*path != '/' && *path != '@') || len >= sizeof(to.u.un.sun_path))
		return err_set(err, ERR_USAGE, "NOTIFY_SOCKET: \"%s\" is no UNIX address",
			       str_show(show, path));
	to.u.un.sun_family = AF_UNIX;
	memcpy(to.u.un.sun_path, path, len);
	if (*path == '@')
		to.u.un.sun_path[0] = '\0';
	to.len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + (*path != '@'));
	fd = sock_open(AF_UNIX, SOCK_DGRAM, err);
	if (fd < 0)
		return -1;
	n = sendto(fd, text, strlen(text), MSG_NOSIGNAL, &to.u.sa, to.len);
	if (n < 0)
		err_sys(err, "NOTIFY_SOCKET: send to %s", str_show(show, path));
	close(fd);
	return n < 0 ? -1 : 0;
}
