/* SPDX-License-Identifier: MIT */
#include "sockopt/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/compat.h"
#include "base/str.h"
#include "net/sock.h"
#include "sockopt/probe_impl.h"

static const struct probe_domain domains[] = {
#define TYPE(type)
#define DOMAIN(family, loaded) { family, loaded },
#define PROTOCOL(family, number, loaded)
#include "sockopt/probe_sockets.def"
#undef TYPE
#undef DOMAIN
};

static const int types[] = {
#define TYPE(type) type,
#define DOMAIN(family, loaded)
#include "sockopt/probe_sockets.def"
#undef TYPE
#undef PROTOCOL
};

static const struct probe_protocol protocols[] = {
#define TYPE(type)
#define PROTOCOL(family, number, loaded) { family, number, loaded },
#include "sockopt/probe_sockets.def"
#undef TYPE
#undef DOMAIN
#undef PROTOCOL
};

/* The words of the column PARTS. */
enum {
	FILEOPS = PROBE_FILEOPS,
	FLAGS = PROBE_FLAGS,
	OPTIONS = PROBE_OPTIONS,
	MORE = PROBE_MORE,
};

static const struct probe_kind kinds[] = {
#define KIND(name, family, type, protocol, state, parts, loaded) \
	{ name, family, type, protocol, PROBE_##state, parts, loaded },
#include "sockopt/probe_kinds.def"
#undef KIND
};

static const struct {
	const char *what;
	int code;
	const char *text;
} reasons[] = {
#define REASON(what, code, text) { what, code, text },
#include "sockopt/probe_reasons.def"
#undef REASON
};

size_t probe_domains(const struct probe_domain **list)
{
	*list = domains;
	return ARRAY_SIZE(domains);
}

size_t probe_types(const int **list)
{
	*list = types;
	return ARRAY_SIZE(types);
}

size_t probe_protocols(const struct probe_protocol **list)
{
	*list = protocols;
	return ARRAY_SIZE(protocols);
}

size_t probe_kinds(const struct probe_kind **list)
{
	*list = kinds;
	return ARRAY_SIZE(kinds);
}

/* The first word of some line of TEXT is NAME. */
bool probe_loaded(const char *text, const char *name)
{
	size_t n;

	if (!name || !*name)
		return name;
	n = strlen(name);
	while (*text) {
		if (strncmp(text, name, n) == 0 && (str_is_space(text[n]) || !text[n]))
			return true;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return false;
}

bool probe_type_loaded(const char *text, int family, int type)
{
	const char *name = "";

	/* Of IP, two types have modules of their own; SOCK_PACKET is AF_PACKET's. */
	if (family == AF_INET || family == AF_INET6) {
#ifdef SOCK_DCCP
		if (type == SOCK_DCCP)
			name = family == AF_INET ? "DCCP" : "DCCPv6";
#endif
#ifdef SOCK_PACKET
		if (type == SOCK_PACKET)
			name = "PACKET";
#endif
	}
	return probe_loaded(text, name);
}

bool probe_exhausted(int code)
{
	return code == EMFILE || code == ENFILE || code == ENOMEM || code == ENOBUFS;
}

int probe_socket(int family, int type, int protocol)
{
	int fd = compat_socket(family, type, protocol);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

const char *probe_reason(const char *what, int code)
{
	size_t first = strcspn(what, " ");

	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		const char *of = reasons[i].what;

		if (reasons[i].code == code &&
		    (!*of || strcmp(of, what) == 0 ||
		     (strlen(of) == first && strncmp(of, what, first) == 0)))
			return reasons[i].text;
	}
	return NULL;
}

bool probe_wait(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	return poll(&p, 1, PROBE_WAIT_MS) > 0;
}

/* Binds FD to a port of the loopback that the system chooses. */
static int bind_loopback(int fd, struct sa *sa)
{
	static const struct sockaddr_in any_port = { .sin_family = AF_INET };
	struct sockaddr_in in = any_port;
	struct err err;

	*sa = (struct sa){ 0 };
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (const struct sockaddr *)&in, sizeof(in)) < 0)
		return errno;
	return sock_local(fd, sa, &err) < 0 ? err.code : 0;
}

/* FD's connection out of those that come to LISTENER, to which anybody here may connect. */
static int accept_own(int listener, int fd)
{
	struct sa own, peer;
	struct err err;

	if (sock_local(fd, &own, &err) < 0)
		return -1;
	while (probe_wait(listener, POLLIN)) {
		int got = sock_accept(listener, &peer);

		if (got < 0)
			return -1;
		if (sa_equal(&own, &peer))
			return got;
		close(got);
	}
	errno = ETIMEDOUT;
	return -1;
}

/* END's socket listens, or is connected to a peer. */
static int open_tcp(const struct probe_kind *kind, struct probe_end *end, const char **call)
{
	struct sa sa;
	int listener = end->fd, code;

	*call = "bind";
	code = bind_loopback(listener, &sa);
	if (code)
		return code;
	*call = "listen";
	if (listen(listener, 8) < 0)
		return errno;
	if (kind->state == PROBE_LISTENS)
		return 0;
	*call = "socket";
	end->fd = compat_socket(kind->family, kind->type, kind->protocol);
	code = end->fd < 0 ? errno : 0;
	if (!code) {
		*call = "connect";
		if (connect(end->fd, &sa.u.sa, sa.len) < 0 && errno != EINPROGRESS)
			code = errno;
	}
	if (!code) {
		*call = "accept";
		end->peer = accept_own(listener, end->fd);
		code = end->peer < 0 ? errno : 0;
	}
	close(listener);
	return code;
}

/* END's socket and another one, each connected to the other. */
static int open_udp(const struct probe_kind *kind, struct probe_end *end, const char **call)
{
	struct sa sa, peer;
	int code;

	end->peer = compat_socket(kind->family, kind->type, kind->protocol);
	if (end->peer < 0)
		return errno;
	*call = "bind";
	code = bind_loopback(end->fd, &sa);
	if (!code)
		code = bind_loopback(end->peer, &peer);
	*call = code ? *call : "connect";
	if (!code && (connect(end->fd, &peer.u.sa, peer.len) < 0 ||
		      connect(end->peer, &sa.u.sa, sa.len) < 0))
		code = errno;
	return code;
}

static int open_pair(const struct probe_kind *kind, struct probe_end *end, const char **call)
{
	int fds[2];

	*call = "socketpair";
	if (socketpair(kind->family, kind->type, kind->protocol, fds) < 0)
		return errno;
	end->fd = fds[0];
	end->peer = fds[1];
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		if (fcntl(fds[i], F_SETFD, FD_CLOEXEC) < 0 ||
		    fcntl(fds[i], F_SETFL, O_NONBLOCK) < 0)
			return errno;
	return 0;
}

int probe_open(const struct probe_kind *kind, struct probe_end *end, const char **call)
{
	int code;

	*end = (struct probe_end){ -1, -1 };
	*call = "socket";
	if (kind->family == AF_UNIX && kind->state == PROBE_CONNECTED) {
		code = open_pair(kind, end, call);
	} else {
		end->fd = compat_socket(kind->family, kind->type, kind->protocol);
		if (end->fd < 0)
			return errno;
		code = kind->state == PROBE_NEW  ? 0 :
		       kind->type == SOCK_STREAM ? open_tcp(kind, end, call) :
						   open_udp(kind, end, call);
	}
	if (code)
		probe_close(end);
	return code;
}

void probe_close(struct probe_end *end)
{
	static const struct linger none = { .l_onoff = 1 };

	/* A connection ends with a reset: none waits in TIME_WAIT. */
	if (end->peer >= 0)
		setsockopt(end->peer, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	if (end->peer >= 0)
		close(end->peer);
	if (end->fd >= 0)
		close(end->fd);
	*end = (struct probe_end){ -1, -1 };
}
