/* SPDX-License-Identifier: MIT */
#include "sockopt/baseline.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sockopt/live.h"
#include "sockopt/numbers.h"

enum {
	LOCK_SNDBUF = 1, /* bits of SO_BUF_LOCK */
	LOCK_RCVBUF = 2,
};

bool baseline_is_ours(int code)
{
	return code == EMFILE || code == ENFILE || code == ENOMEM || code == ENOBUFS ||
	       code == EAGAIN;
}

/* 0 if it is unknown; with *CODE if that is ours. */
static uint64_t own_cookie(int *code)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);

	if (fd < 0) {
		*code = baseline_is_ours(errno) ? errno : 0;
		return 0;
	}
	if (NUMBER_SO_NETNS_COOKIE < 0 ||
	    getsockopt(fd, SOL_SOCKET, NUMBER_SO_NETNS_COOKIE, &cookie, &len) < 0)
		cookie = 0;
	close(fd);
	return cookie;
}

static void open_fresh(struct baseline *b, struct baseline_kind *k, pid_t pid)
{
	bool here;
	int fd = -1;

	if (!b->cookie)
		b->cookie = own_cookie(&k->code);
	if (k->code)
		return;
	here = k->cookie == b->cookie;
	if (!here) {
		fd = live_socket(b->proc, pid, k->family, k->type, k->protocol);
		k->code = fd < 0 && baseline_is_ours(errno) ? errno : 0;
	}
	if (fd < 0 && !k->code) {
		k->elsewhere = !here;
		fd = socket(k->family, k->type | SOCK_CLOEXEC, k->protocol);
		k->code = fd < 0 ? errno : 0;
	}
	if (fd < 0)
		return;
	snapshot_take(&k->fresh, fd, b->plan);
	k->code = k->fresh.no_value;
	k->known = true;
	close(fd);
}

const struct baseline_kind *baseline_of(struct baseline *b, const struct snapshot *s, pid_t pid)
{
	struct baseline_kind *k;

	for (size_t i = 0; i < b->kinds.n; i++) {
		k = b->kinds.v[i];
		if (k->family == s->family && k->type == s->type && k->protocol == s->protocol &&
		    k->cookie == s->cookie)
			return k;
	}
	k = xcalloc(1, sizeof(*k));
	*vec_push(&b->kinds) = k;
	k->family = s->family;
	k->type = s->type;
	k->protocol = s->protocol;
	k->cookie = s->cookie;
	if (s->family >= 0 && s->type >= 0 && s->protocol >= 0)
		open_fresh(b, k, pid);
	return k;
}

void baseline_fini(struct baseline *b)
{
	for (size_t i = 0; i < b->kinds.n; i++) {
		snapshot_fini(&b->kinds.v[i]->fresh);
		free(b->kinds.v[i]);
	}
	vec_fini(&b->kinds);
}

/* Option V of S has another value than in FRESH. */
static bool differs(const struct snapshot *fresh, const struct snapshot *s,
		    const struct snapshot_value *v)
{
	const struct value *was = v->code ? NULL : snapshot_same(fresh, s, v);

	return was && !value_equal(was, &v->value);
}

static bool number_differs(const struct snapshot *fresh, const struct snapshot *s, int level,
			   int number)
{
	long long a, b;

	return snapshot_number(fresh, level, number, &a) && snapshot_number(s, level, number, &b) &&
	       a != b;
}

/* The buffers whose size is the program's: bits of SO_BUF_LOCK. */
static long long locked(const struct snapshot *s)
{
	long long bits = 0;

	snapshot_number(s, SOL_SOCKET, NUMBER_SO_BUF_LOCK, &bits);
	return bits;
}

/*
 * SO_BUF_LOCK itself was set, rather than a size: no buffer that it locks has another size than a
 * fresh one's.
 */
static bool lock_alone(const struct snapshot *fresh, const struct snapshot *s)
{
	long long bits = locked(s);

	return bits &&
	       !(bits & LOCK_SNDBUF && number_differs(fresh, s, SOL_SOCKET, NUMBER_SO_SNDBUF)) &&
	       !(bits & LOCK_RCVBUF && number_differs(fresh, s, SOL_SOCKET, NUMBER_SO_RCVBUF));
}

/* The priority that ip(7) derives from type of service TOS (linux/pkt_sched.h, TC_PRIO_). */
static int tos_priority(long long tos)
{
	static const unsigned char priorities[] = { 0, 2, 6, 4 };

	return priorities[tos >> 3 & 3];
}

static bool is_option(const struct snapshot_value *v, int level, int number)
{
	return v->row->number == number && option_level(v->row)->number == level;
}

static bool follows_tos(const struct snapshot *fresh, const struct snapshot *s,
			const struct snapshot_value *v)
{
	long long priority, tos;

	return is_option(v, SOL_SOCKET, SO_PRIORITY) && value_number(&v->value, &priority) &&
	       number_differs(fresh, s, IPPROTO_IP, IP_TOS) &&
	       snapshot_number(s, IPPROTO_IP, IP_TOS, &tos) && priority == tos_priority(tos);
}

/* The levels by their names in options.def. */
enum {
	LEVEL_SOL_SOCKET = SOL_SOCKET,
	LEVEL_IPPROTO_IP = IPPROTO_IP,
	LEVEL_IPPROTO_IPV6 = IPPROTO_IPV6,
	LEVEL_IPPROTO_TCP = IPPROTO_TCP,
	LEVEL_IPPROTO_UDP = IPPROTO_UDP,
};

static const struct follows {
	int level, number, other_level, other;
} follows[] = {
#define FOLLOWS(level, name, other_level, other) \
	{ LEVEL_##level, NUMBER_##name, LEVEL_##other_level, NUMBER_##other },
#include "sockopt/baseline.def"
#undef FOLLOWS
};

static bool follows_other(const struct snapshot *fresh, const struct snapshot *s,
			  const struct snapshot_value *v)
{
	for (size_t i = 0; i < ARRAY_SIZE(follows); i++) {
		const struct follows *f = &follows[i];

		if (f->number < 0 || !is_option(v, f->level, f->number))
			continue;
		for (size_t j = 0; j < s->n; j++)
			if (is_option(&s->values[j], f->other_level, f->other) &&
			    differs(fresh, s, &s->values[j]))
				return true;
	}
	return false;
}

/* An IPv6 socket that is bound to one address takes no IPv4, whatever was set. */
static bool follows_bind(const struct snapshot *s, const struct snapshot_value *v)
{
	return is_option(v, IPPROTO_IPV6, NUMBER_IPV6_V6ONLY) && s->has_local &&
	       s->local.u.sa.sa_family == AF_INET6 &&
	       !IN6_IS_ADDR_UNSPECIFIED(&s->local.u.in6.sin6_addr);
}

/* Of these the kernel tells what is in use, which is what was set only for a while. */
static bool is_steady(const struct snapshot *s, const struct snapshot_value *v)
{
	bool idle = s->state == STATE_UNCONN || s->state == STATE_LISTEN;

	if (is_option(v, IPPROTO_IP, NUMBER_IP_MULTICAST_TTL) ||
	    is_option(v, IPPROTO_IPV6, NUMBER_IPV6_MULTICAST_IF) ||
	    is_option(v, IPPROTO_IPV6, NUMBER_IPV6_MULTICAST_HOPS))
		return s->type != SOCK_STREAM; /* accept(2) sets them */
	return idle && (is_option(v, IPPROTO_TCP, NUMBER_TCP_MAXSEG) ||
			is_option(v, IPPROTO_TCP, NUMBER_TCP_WINDOW_CLAMP) ||
			is_option(v, IPPROTO_TCP, NUMBER_TCP_QUICKACK));
}

bool baseline_changed(const struct snapshot *fresh, const struct snapshot *s,
		      const struct snapshot_value *v)
{
	if (v->code)
		return false;
	if (is_option(v, SOL_SOCKET, SO_SNDBUF))
		return locked(s) & LOCK_SNDBUF && !lock_alone(fresh, s);
	if (is_option(v, SOL_SOCKET, SO_RCVBUF))
		return locked(s) & LOCK_RCVBUF && !lock_alone(fresh, s);
	if (is_option(v, SOL_SOCKET, NUMBER_SO_BUF_LOCK))
		return lock_alone(fresh, s);
	if (!differs(fresh, s, v) || (v->row->flags & OPTION_DYNAMIC && !is_steady(s, v)))
		return false;
	return !follows_tos(fresh, s, v) && !follows_other(fresh, s, v) && !follows_bind(s, v);
}

bool baseline_untouched(const struct snapshot *fresh, const struct snapshot *s,
			const struct snapshot_value *v)
{
	return !v->code && !is_option(v, SOL_SOCKET, SO_SNDBUF) &&
	       !is_option(v, SOL_SOCKET, SO_RCVBUF) &&
	       !is_option(v, SOL_SOCKET, NUMBER_SO_BUF_LOCK) && !differs(fresh, s, v);
}
