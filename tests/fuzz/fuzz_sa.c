/* SPDX-License-Identifier: MIT */
/*
 * fuzz_sa.c - a socket address as a system call gives it: any bytes, of any length
 *
 * Its text prints, and is read as the same address; its copy is equal to it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "net/sa.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* Nothing in TEXT acts on a terminal. */
static void check_prints(const char *text)
{
	struct buf b = { 0 };

	str_safe(&b, text, strlen(text));
	require(strcmp(buf_str(&b), text) == 0);
	buf_fini(&b);
}

/* The host of SA, which is IP, and its port are read as SA; an unknown zone may be reused. */
static void check_ip(const struct sa *sa, const char *text, const char *host)
{
	struct endpoint ep;
	struct sa again;
	struct err err;
	struct ip ip, other;

	require(sa_ip(sa, &ip));
	require(endpoint_parse(&ep, text, strlen(text), &err) == 0);
	require(ep.kind == ENDPOINT_IP && memcmp(&ep.ip, &ip, sizeof(ip)) == 0);
	require(ep.has_port && ep.port == sa_port(sa));
	require(sa_from_endpoint(&again, &ep, &err) == 0 && sa_equal(sa, &again));
	require(endpoint_parse_address(&ep, host, strlen(host), 0, &err) == 0);
	sa_unmap(&again);
	require(sa_ip(&again, &other) && sa_port(&again) == sa_port(sa));
	require(other.family <= ip.family &&
		memcmp(other.b, ip.b + ip_size(&ip) - ip_size(&other), ip_size(&other)) == 0);
}

/* The name is the bytes up to the first NUL, or all of them if they begin with one. */
static void check_unix(const struct sa *sa)
{
	size_t before = offsetof(struct sockaddr_un, sun_path), n;
	const char *name = sa->u.un.sun_path;
	struct buf b = { 0 };

	n = sa->len > before ? sa->len - before : 0;
	n = n < ENDPOINT_PATH_MAX ? n : ENDPOINT_PATH_MAX;
	sa_add(&b, sa);
	require(str_starts(buf_str(&b), "unix:"));
	if (n && !*name)
		require(b.data[5] == '@' && b.len == 5 + n &&
			memcmp(b.data + 6, name + 1, n - 1) == 0);
	else
		require(b.len == 5 + strnlen(name, n) && memcmp(b.data + 5, name, b.len - 5) == 0);
	buf_fini(&b);
}

static void check(const void *data, size_t size)
{
	char text[SA_STRLEN], host[SA_STRLEN];
	struct sa sa, copy;

	sa_from_raw(&sa, data, (socklen_t)size);
	copy = sa;
	require(sa.len <= sizeof(sa.u) && sa_equal(&sa, &copy));
	sa_format(&sa, text);
	sa_format_host(&sa, host);
	check_prints(text);
	check_prints(host);
	if (sa.u.sa.sa_family == AF_INET || sa.u.sa.sa_family == AF_INET6)
		check_ip(&sa, text, host);
	else if (sa.u.sa.sa_family == AF_UNIX && sa.len >= sizeof(sa_family_t))
		check_unix(&sa);
	else
		require(str_starts(text, "family ") && sa_port(&sa) == 0);
}

/* The bytes behind the first, as they are and with a family that the first chooses. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const sa_family_t families[] = { AF_INET, AF_INET6, AF_UNIX };
	struct sa sa;

	if (size == 0)
		return 0;
	check(data + 1, size - 1);
	sa_from_raw(&sa, data + 1, (socklen_t)(size - 1));
	sa.u.sa.sa_family = families[data[0] % 3];
	check(&sa.u, sa.len);
	return 0;
}
