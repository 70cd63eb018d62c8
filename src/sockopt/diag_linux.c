/* SPDX-License-Identifier: MIT */
/* diag_linux.c - the messages of sock_diag(7); other systems have nothing like them */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/macros.h"
#include "base/xalloc.h"
#include "sockopt/diag.h"
#include "sockopt/numbers.h"

#ifdef __linux__

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>

enum {
	ROOM = 64 << 10,   /* bytes of an answer; the kernel fills 32 KiB at most */
	ATTR_SOCKOPT = 22, /* INET_DIAG_SOCKOPT, since Linux 5.10 */
	MEM_RCVBUF = 1,    /* words of SK_MEMINFO */
	MEM_SNDBUF = 3,
	ALL_STATES = 0xfff,
	UNIX_SHOW_UID = 0x40, /* UDIAG_SHOW_UID and UNIX_DIAG_UID, since Linux 5.3 */
	UNIX_ATTR_UID = 7,
};

struct attr {
	unsigned type;
	size_t len;
	const unsigned char *data;
};

/* The next attribute from *AT on; false at the end, or if what follows is none. */
static bool next_attr(const unsigned char *data, size_t n, size_t *at, struct attr *a)
{
	struct rtattr header;

	if (n - *at < sizeof(header))
		return false;
	memcpy(&header, data + *at, sizeof(header));
	if (header.rta_len < sizeof(header) || header.rta_len > n - *at)
		return false;
	a->type = header.rta_type & NLA_TYPE_MASK;
	a->data = data + *at + sizeof(header);
	a->len = header.rta_len - sizeof(header);
	*at += RTA_ALIGN(header.rta_len) < n - *at ? RTA_ALIGN(header.rta_len) : n - *at;
	return true;
}

static void add_bytes(struct diag_socket *s, int level, int number, const void *bytes, size_t len)
{
	if (number >= 0 && s->n < DIAG_VALUES)
		s->values[s->n++] = (struct diag_value){ level, number, len, bytes };
}

static void add_number(struct diag_socket *s, int level, int number, int value)
{
	if (s->n == DIAG_VALUES)
		return;
	s->numbers[s->n] = value;
	add_bytes(s, level, number, &s->numbers[s->n], sizeof(int));
}

static void add_word(struct diag_socket *s, int level, int number, const struct attr *a,
		     size_t word)
{
	uint32_t value;

	if (a->len < (word + 1) * sizeof(value))
		return;
	memcpy(&value, a->data + word * sizeof(value), sizeof(value));
	add_number(s, level, number, (int)value);
}

/* The bits of struct inet_diag_sockopt, from the lowest of the first byte on. */
static const struct flag {
	int level, number; /* -1: no option that can be read */
} flags[] = {
	{ IPPROTO_IP, NUMBER_IP_RECVERR },
	{ 0, -1 }, /* is_icsk */
	{ IPPROTO_IP, NUMBER_IP_FREEBIND },
	{ IPPROTO_IP, NUMBER_IP_HDRINCL },
	{ IPPROTO_IP, NUMBER_IP_MULTICAST_LOOP },
	{ IPPROTO_IP, NUMBER_IP_TRANSPARENT },
	{ IPPROTO_IP, NUMBER_IP_MULTICAST_ALL },
	{ IPPROTO_IP, NUMBER_IP_NODEFRAG },
	{ IPPROTO_IP, NUMBER_IP_BIND_ADDRESS_NO_PORT },
};

/* Whether a bit field starts at the lowest bit is the compiler's: the struct says it here. */
static bool flag_at(const unsigned char *bytes, size_t i)
{
	struct inet_diag_sockopt probe;

	memset(&probe, 0, sizeof(probe));
	probe.recverr = 1;
	if (((const unsigned char *)&probe)[0] == 1)
		return bytes[i / 8] >> i % 8 & 1;
	return bytes[i / 8] >> (7 - i % 8) & 1;
}

static void add_flags(struct diag_socket *s, const struct attr *a)
{
	for (size_t i = 0; i < ARRAY_SIZE(flags) && i / 8 < a->len; i++)
		add_number(s, flags[i].level, flags[i].number, flag_at(a->data, i));
}

static void take_attr(struct diag_socket *s, const struct attr *a)
{
	switch (a->type) {
	case INET_DIAG_SKMEMINFO:
		add_word(s, SOL_SOCKET, SO_RCVBUF, a, MEM_RCVBUF);
		add_word(s, SOL_SOCKET, SO_SNDBUF, a, MEM_SNDBUF);
		break;
	case INET_DIAG_TOS:
		if (a->len >= 1)
			add_number(s, IPPROTO_IP, NUMBER_IP_TOS, a->data[0]);
		break;
	case INET_DIAG_TCLASS:
		if (a->len >= 1)
			add_number(s, IPPROTO_IPV6, NUMBER_IPV6_TCLASS, a->data[0]);
		break;
	case INET_DIAG_SKV6ONLY:
		if (a->len >= 1)
			add_number(s, IPPROTO_IPV6, NUMBER_IPV6_V6ONLY, a->data[0]);
		break;
	case INET_DIAG_MARK:
		add_word(s, SOL_SOCKET, SO_MARK, a, 0);
		break;
	case INET_DIAG_CONG:
		if (s->protocol == IPPROTO_TCP)
			add_bytes(s, IPPROTO_TCP, NUMBER_TCP_CONGESTION, a->data, a->len);
		break;
	case INET_DIAG_INFO:
		if (s->protocol == IPPROTO_TCP)
			add_bytes(s, IPPROTO_TCP, NUMBER_TCP_INFO, a->data, a->len);
		break;
	case ATTR_SOCKOPT:
		add_flags(s, a);
		break;
	default:
		break;
	}
}

static void set_end(struct sa *sa, int family, const void *address, uint16_t port, uint32_t zone)
{
	memset(sa, 0, sizeof(*sa));
	if (family == AF_INET) {
		sa->u.in.sin_family = AF_INET;
		memcpy(&sa->u.in.sin_addr, address, sizeof(sa->u.in.sin_addr));
		sa->u.in.sin_port = port;
		sa->len = sizeof(sa->u.in);
	} else {
		sa->u.in6.sin6_family = AF_INET6;
		memcpy(&sa->u.in6.sin6_addr, address, sizeof(sa->u.in6.sin6_addr));
		sa->u.in6.sin6_port = port;
		if (IN6_IS_ADDR_LINKLOCAL(&sa->u.in6.sin6_addr))
			sa->u.in6.sin6_scope_id = zone;
		sa->len = sizeof(sa->u.in6);
	}
}

static bool parse_inet(struct diag_socket *s, const unsigned char *data, size_t n)
{
	struct inet_diag_msg m;
	struct attr a;
	size_t at = NLMSG_ALIGN(sizeof(m));

	if (n < sizeof(m))
		return false;
	memcpy(&m, data, sizeof(m));
	if (m.idiag_family != AF_INET && m.idiag_family != AF_INET6)
		return false;
	s->family = m.idiag_family;
	s->type = s->protocol == IPPROTO_TCP ? SOCK_STREAM : SOCK_DGRAM;
	s->inode = m.idiag_inode;
	s->uid = m.idiag_uid;
	s->state = m.idiag_state;
	set_end(&s->local, s->family, m.id.idiag_src, m.id.idiag_sport, m.id.idiag_if);
	set_end(&s->peer, s->family, m.id.idiag_dst, m.id.idiag_dport, m.id.idiag_if);
	s->has_local = true;
	s->has_peer = m.id.idiag_dport != 0;
	while (at < n && next_attr(data, n, &at, &a))
		take_attr(s, &a);
	return true;
}

static bool parse_unix(struct diag_socket *s, const unsigned char *data, size_t n)
{
	struct unix_diag_msg m;
	struct attr a;
	size_t at = NLMSG_ALIGN(sizeof(m)), before = offsetof(struct sockaddr_un, sun_path);

	if (n < sizeof(m))
		return false;
	memcpy(&m, data, sizeof(m));
	if (m.udiag_family != AF_UNIX)
		return false;
	s->family = AF_UNIX;
	s->uid = DIAG_NO_UID;
	s->type = m.udiag_type;
	s->inode = m.udiag_ino;
	s->state = m.udiag_state;
	s->local.u.un.sun_family = AF_UNIX;
	s->local.len = (socklen_t)before;
	s->has_local = true;
	while (at < n && next_attr(data, n, &at, &a)) {
		if (a.type == UNIX_DIAG_NAME && a.len <= sizeof(s->local.u.un.sun_path)) {
			memcpy(s->local.u.un.sun_path, a.data, a.len);
			s->local.len = (socklen_t)(before + a.len);
		} else if (a.type == UNIX_ATTR_UID && a.len == sizeof(s->uid)) {
			memcpy(&s->uid, a.data, sizeof(s->uid));
		}
	}
	return true;
}

bool diag_parse(struct diag_socket *s, int family, int protocol, const void *data, size_t n)
{
	memset(s, 0, offsetof(struct diag_socket, values));
	s->protocol = protocol;
	return family == AF_UNIX ? parse_unix(s, data, n) : parse_inet(s, data, n);
}

/* What is asked for, and who gets the answers. */
struct asking {
	int fd;
	bool options;
	int family, protocol;
	unsigned char *memory; /* ROOM bytes */
	void (*each)(void *ctx, const struct diag_socket *s);
	void *ctx;
};

static int send_request(const struct asking *a)
{
	struct {
		struct nlmsghdr header;
		union {
			struct inet_diag_req_v2 inet;
			struct unix_diag_req un;
		} u;
	} request;

	memset(&request, 0, sizeof(request));
	request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
	request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	if (a->family == AF_UNIX) {
		request.header.nlmsg_len = NLMSG_LENGTH(sizeof(request.u.un));
		request.u.un.sdiag_family = AF_UNIX;
		request.u.un.udiag_states = UINT32_MAX;
		request.u.un.udiag_show = UDIAG_SHOW_NAME | UNIX_SHOW_UID;
	} else {
		request.header.nlmsg_len = NLMSG_LENGTH(sizeof(request.u.inet));
		request.u.inet.sdiag_family = (__u8)a->family;
		request.u.inet.sdiag_protocol = (__u8)a->protocol;
		request.u.inet.idiag_states = ALL_STATES;
		if (a->options)
			request.u.inet.idiag_ext =
				1 << (INET_DIAG_SKMEMINFO - 1) | 1 << (INET_DIAG_CONG - 1) |
				1 << (INET_DIAG_INFO - 1) | 1 << (INET_DIAG_TOS - 1) |
				1 << (INET_DIAG_TCLASS - 1);
	}
	return send(a->fd, &request, request.header.nlmsg_len, 0) < 0 ? -1 : 0;
}

/* Goes through the messages of an answer: 1 if more come, 0 at the end, -1 with errno. */
static int take_answer(const struct asking *a, size_t n)
{
	struct nlmsghdr header;
	struct diag_socket s;

	for (size_t at = 0; n - at >= sizeof(header); at += NLMSG_ALIGN(header.nlmsg_len)) {
		const unsigned char *data = a->memory + at + NLMSG_HDRLEN;
		int code = 0;

		memcpy(&header, a->memory + at, sizeof(header));
		if (header.nlmsg_len < sizeof(header) || header.nlmsg_len > n - at)
			break;
		if (header.nlmsg_type == NLMSG_DONE)
			return 0;
		if (header.nlmsg_type == NLMSG_ERROR) {
			if (header.nlmsg_len >= NLMSG_LENGTH(sizeof(code)))
				memcpy(&code, data, sizeof(code));
			errno = code < 0 ? -code : EIO;
			return -1;
		}
		if (diag_parse(&s, a->family, a->protocol, data, header.nlmsg_len - NLMSG_HDRLEN))
			a->each(a->ctx, &s);
		if (NLMSG_ALIGN(header.nlmsg_len) > n - at)
			break;
	}
	return 1;
}

static int ask(const struct asking *a)
{
	int more = 1;

	if (send_request(a) < 0)
		return -1;
	while (more > 0) {
		ssize_t n = recv(a->fd, a->memory, ROOM, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		more = take_answer(a, (size_t)n);
	}
	return more;
}

int diag_each(bool options, void (*each)(void *ctx, const struct diag_socket *s), void *ctx,
	      struct err *err)
{
	static const struct {
		int family, protocol;
	} kinds[] = {
		{ AF_INET, IPPROTO_TCP },
		{ AF_INET6, IPPROTO_TCP },
		{ AF_INET, IPPROTO_UDP },
		{ AF_INET6, IPPROTO_UDP },
		{ AF_INET, IPPROTO_UDPLITE },
		{ AF_INET6, IPPROTO_UDPLITE },
		{ AF_UNIX, 0 },
	};
	struct asking a = { .options = options, .each = each, .ctx = ctx };
	size_t answered = 0;
	int code = 0;

	a.fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (a.fd < 0)
		return err_sys(err, "socket(AF_NETLINK, SOCK_DGRAM, NETLINK_SOCK_DIAG)");
	a.memory = xmalloc(ROOM);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		a.family = kinds[i].family;
		a.protocol = kinds[i].protocol;
		if (ask(&a) == 0)
			answered++;
		else
			code = errno;
	}
	free(a.memory);
	close(a.fd);
	errno = code;
	return answered ? 0 : err_sys(err, "the kernel's list of sockets");
}

#else

bool diag_parse(struct diag_socket *s UNUSED, int family UNUSED, int protocol UNUSED,
		const void *data UNUSED, size_t n UNUSED)
{
	return false;
}

int diag_each(bool options UNUSED, void (*each)(void *ctx, const struct diag_socket *s) UNUSED,
	      void *ctx UNUSED, struct err *err)
{
	return err_set(err, ERR_SYSTEM, "this system has no list of sockets (sock_diag)");
}

#endif
