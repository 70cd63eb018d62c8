/* SPDX-License-Identifier: MIT */
#include "net/sa.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "base/scan.h"
#include "base/str.h"

/* The BSDs have the length in the address too. */
static void set_len(struct sa *sa, size_t len)
{
	sa->len = (socklen_t)len;
#ifdef HAVE_STRUCT_SOCKADDR_SA_LEN
	sa->u.sa.sa_len = (unsigned char)len;
#endif
}

void sa_from_ip(struct sa *sa, const struct ip *ip, uint16_t port)
{
	memset(sa, 0, sizeof(*sa));
	if (ip->family == 4) {
		sa->u.in.sin_family = AF_INET;
		sa->u.in.sin_port = htons(port);
		memcpy(&sa->u.in.sin_addr, ip->b, 4);
		set_len(sa, sizeof(sa->u.in));
		return;
	}
	sa->u.in6.sin6_family = AF_INET6;
	sa->u.in6.sin6_port = htons(port);
	memcpy(&sa->u.in6.sin6_addr, ip->b, 16);
	set_len(sa, sizeof(sa->u.in6));
}

bool sa_no_interface(int code)
{
	return code == ENODEV || code == ENXIO || code == 0;
}

/* A zone is an interface's name, or its number, which need not exist. */
static int set_zone(struct sa *sa, const char *zone, struct err *err)
{
	const char *end = zone + strlen(zone);
	char show[STR_SHOW];
	uint64_t number;

	errno = 0;
	if (scan_uint(zone, end, UINT32_MAX, &number) == strlen(zone))
		sa->u.in6.sin6_scope_id = (uint32_t)number;
	else
		sa->u.in6.sin6_scope_id = if_nametoindex(zone);
	if (sa->u.in6.sin6_scope_id == 0 && !sa_no_interface(errno))
		return err_sys(err, "zone \"%s\"", str_show(show, zone));
	if (sa->u.in6.sin6_scope_id == 0)
		return err_set(err, ERR_NEGATIVE, "zone \"%s\": no such interface here",
			       str_show(show, zone));
	return 0;
}

int sa_from_endpoint(struct sa *sa, const struct endpoint *ep, struct err *err)
{
	size_t at;

	if (ep->kind == ENDPOINT_IP) {
		sa_from_ip(sa, &ep->ip, ep->port);
		return ep->zone[0] ? set_zone(sa, ep->zone, err) : 0;
	}
	memset(sa, 0, sizeof(*sa));
	sa->u.un.sun_family = AF_UNIX;
	at = ep->abstract ? 1 : 0; /* unix(7): the NUL in front makes a name abstract */
	memcpy(sa->u.un.sun_path + at, ep->path, ep->path_len);
	set_len(sa, offsetof(struct sockaddr_un, sun_path) + ep->path_len + 1);
	return 0;
}

void sa_from_raw(struct sa *sa, const void *addr, socklen_t len)
{
	memset(sa, 0, sizeof(*sa));
	sa->len = len < sizeof(sa->u) ? len : (socklen_t)sizeof(sa->u);
	if (sa->len)
		memcpy(&sa->u, addr, sa->len);
}

void sa_unmap(struct sa *sa)
{
	struct ip ip = { .family = 4 };

	if (sa->u.sa.sa_family != AF_INET6 || !IN6_IS_ADDR_V4MAPPED(&sa->u.in6.sin6_addr))
		return;
	memcpy(ip.b, (const char *)&sa->u.in6.sin6_addr + 12, 4);
	sa_from_ip(sa, &ip, sa_port(sa));
}

bool sa_ip(const struct sa *sa, struct ip *ip)
{
	*ip = (struct ip){ 0 };
	if (sa->u.sa.sa_family == AF_INET) {
		ip->family = 4;
		memcpy(ip->b, &sa->u.in.sin_addr, 4);
	} else if (sa->u.sa.sa_family == AF_INET6) {
		ip->family = 6;
		memcpy(ip->b, &sa->u.in6.sin6_addr, 16);
	}
	return ip->family != 0;
}

uint16_t sa_port(const struct sa *sa)
{
	if (sa->u.sa.sa_family == AF_INET)
		return ntohs(sa->u.in.sin_port);
	return sa->u.sa.sa_family == AF_INET6 ? ntohs(sa->u.in6.sin6_port) : 0;
}

void sa_set_port(struct sa *sa, uint16_t port)
{
	if (sa->u.sa.sa_family == AF_INET)
		sa->u.in.sin_port = htons(port);
	else if (sa->u.sa.sa_family == AF_INET6)
		sa->u.in6.sin6_port = htons(port);
}

_Static_assert(SA_ZONE_STRLEN >= IF_NAMESIZE, "an interface's name must fit");

const char *sa_zone(const struct sa *sa, char buf[static SA_ZONE_STRLEN])
{
	unsigned scope = sa->u.sa.sa_family == AF_INET6 ? sa->u.in6.sin6_scope_id : 0;

	if (!scope)
		return NULL;
	if (!if_indextoname(scope, buf))
		snprintf(buf, SA_ZONE_STRLEN, "%u", scope);
	return buf;
}

static void add_unix(struct buf *b, const struct sa *sa)
{
	size_t before = offsetof(struct sockaddr_un, sun_path);
	size_t len = sa->len > before ? sa->len - before : 0;
	const char *path = sa->u.un.sun_path;

	if (len > sizeof(sa->u.un.sun_path))
		len = sizeof(sa->u.un.sun_path);
	buf_adds(b, "unix:");
	if (len && path[0] == '\0') {
		buf_addc(b, '@');
		buf_add(b, path + 1, len - 1);
	} else {
		buf_add(b, path, strnlen(path, len));
	}
}

void sa_add_host(struct buf *b, const struct sa *sa)
{
	char text[IP_STRLEN], zone_text[SA_ZONE_STRLEN];
	struct ip ip;

	if (sa_ip(sa, &ip)) {
		const char *zone = sa_zone(sa, zone_text);

		buf_adds(b, ip_format(&ip, text));
		if (zone)
			buf_printf(b, "%%%s", zone);
	} else if (sa->u.sa.sa_family == AF_UNIX && sa->len >= sizeof(sa_family_t)) {
		add_unix(b, sa);
	} else {
		buf_printf(b, "family %d", sa->len ? sa->u.sa.sa_family : 0);
	}
}

void sa_add(struct buf *b, const struct sa *sa)
{
	bool is_v6 = sa->u.sa.sa_family == AF_INET6;

	buf_adds(b, is_v6 ? "[" : "");
	sa_add_host(b, sa);
	buf_adds(b, is_v6 ? "]" : "");
	if (is_v6 || sa->u.sa.sa_family == AF_INET)
		buf_printf(b, ":%u", (unsigned)sa_port(sa));
}

/* Moves RAW to TEXT, made safe. */
static char *make_safe(struct buf *raw, char *text)
{
	struct buf safe = { 0 };

	str_safe(&safe, raw->data, raw->len);
	memcpy(text, buf_str(&safe), safe.len + 1);
	buf_fini(&safe);
	buf_fini(raw);
	return text;
}

char *sa_format(const struct sa *sa, char buf[static SA_STRLEN])
{
	struct buf raw = { 0 };

	sa_add(&raw, sa);
	return make_safe(&raw, buf);
}

char *sa_format_host(const struct sa *sa, char buf[static SA_STRLEN])
{
	struct buf raw = { 0 };

	sa_add_host(&raw, sa);
	return make_safe(&raw, buf);
}

bool sa_equal(const struct sa *a, const struct sa *b)
{
	struct ip x, y;

	if (a->u.sa.sa_family != b->u.sa.sa_family)
		return false;
	if (!sa_ip(a, &x))
		return a->len == b->len && memcmp(&a->u, &b->u, a->len) == 0;
	sa_ip(b, &y);
	return memcmp(x.b, y.b, sizeof(x.b)) == 0 && sa_port(a) == sa_port(b) &&
	       (x.family == 4 || a->u.in6.sin6_scope_id == b->u.in6.sin6_scope_id);
}

/* clang-format off */
#define FIELD(st, member) { #member, offsetof(struct st, member), sizeof(((struct st *)0)->member) }
/* clang-format on */

static const struct sa_field in_fields[] = {
#ifdef HAVE_STRUCT_SOCKADDR_SA_LEN
	FIELD(sockaddr_in, sin_len),
#endif
	FIELD(sockaddr_in, sin_family), FIELD(sockaddr_in, sin_port),
	FIELD(sockaddr_in, sin_addr),   FIELD(sockaddr_in, sin_zero),
};

static const struct sa_field in6_fields[] = {
#ifdef HAVE_STRUCT_SOCKADDR_SA_LEN
	FIELD(sockaddr_in6, sin6_len),
#endif
	FIELD(sockaddr_in6, sin6_family),   FIELD(sockaddr_in6, sin6_port),
	FIELD(sockaddr_in6, sin6_flowinfo), FIELD(sockaddr_in6, sin6_addr),
	FIELD(sockaddr_in6, sin6_scope_id),
};

static const struct sa_field un_fields[] = {
#ifdef HAVE_STRUCT_SOCKADDR_SA_LEN
	FIELD(sockaddr_un, sun_len),
#endif
	FIELD(sockaddr_un, sun_family),
	FIELD(sockaddr_un, sun_path),
};

const char *sa_struct(const struct sa *sa)
{
	return sa->u.sa.sa_family == AF_INET  ? "sockaddr_in" :
	       sa->u.sa.sa_family == AF_INET6 ? "sockaddr_in6" :
						"sockaddr_un";
}

size_t sa_fields(const struct sa *sa, const struct sa_field **fields)
{
	if (sa->u.sa.sa_family == AF_INET) {
		*fields = in_fields;
		return ARRAY_SIZE(in_fields);
	}
	if (sa->u.sa.sa_family == AF_INET6) {
		*fields = in6_fields;
		return ARRAY_SIZE(in6_fields);
	}
	*fields = un_fields;
	return ARRAY_SIZE(un_fields);
}
