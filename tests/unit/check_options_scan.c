/* SPDX-License-Identifier: MIT */
/*
 * Every number is asked for on sockets of our own: the kernel answers to none that the table of
 * options lacks.  Only what cannot load a module is opened and asked.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "sockopt/own.h"
#include "unit.h"

enum {
	NUMBERS = 300,
	MODULES = 60, /* above, IP and what falls through to it may ask netfilter's modules */
	UDPLITE = 136,
	MPTCP = 262,
	KNOWN_MAJOR = 6, /* the table is that of Linux 6.18 */
	KNOWN_MINOR = 18,
};

static const struct scanned {
	const char *name;
	struct own_kind kind;
	const char *sign; /* a file that is there if the kernel has it; NULL: it always has */
	int own;          /* a level whose high numbers it answers itself, or -1 */
} scanned[] = {
	{ "tcp4", { AF_INET, SOCK_STREAM, 0 }, NULL, IPPROTO_TCP },
	{ "tcp6", { AF_INET6, SOCK_STREAM, 0 }, "/proc/net/tcp6", IPPROTO_TCP },
	{ "udp4", { AF_INET, SOCK_DGRAM, 0 }, NULL, IPPROTO_UDP },
	{ "udp6", { AF_INET6, SOCK_DGRAM, 0 }, "/proc/net/udp6", IPPROTO_UDP },
	{ "udplite", { AF_INET, SOCK_DGRAM, UDPLITE }, "/proc/net/udplite", UDPLITE },
	{ "mptcp", { AF_INET, SOCK_STREAM, MPTCP }, "/proc/sys/net/mptcp", -1 },
	{ "raw4", { AF_INET, SOCK_RAW, IPPROTO_ICMP }, NULL, -1 },
	{ "raw6", { AF_INET6, SOCK_RAW, IPPROTO_ICMPV6 }, "/proc/net/raw6", -1 },
	{ "unix", { AF_UNIX, SOCK_STREAM, 0 }, NULL, -1 },
	{ "unix-dgram", { AF_UNIX, SOCK_DGRAM, 0 }, NULL, -1 },
#ifdef __linux__
	{ "netlink", { AF_NETLINK, SOCK_RAW, 0 }, NULL, 270 },
	{ "packet", { AF_PACKET, SOCK_DGRAM, 0 }, "/proc/net/packet", 263 },
#endif
};

/* Levels on which the kernel gives an option of another level; the number is of that one. */
static const struct {
	int level, number;
} aliases[] = {
	{ IPPROTO_UDP, 10 }, { IPPROTO_UDP, 11 }, { UDPLITE, 1 },        { UDPLITE, 100 },
	{ UDPLITE, 101 },    { UDPLITE, 102 },    { UDPLITE, 103 },      { UDPLITE, 104 },
	{ IPPROTO_RAW, 7 },  { IPPROTO_RAW, 36 }, { IPPROTO_ICMPV6, 7 }, { IPPROTO_ICMPV6, 36 },
};

static bool is_alias(int level, int number)
{
	for (size_t i = 0; i < ARRAY_SIZE(aliases); i++)
		if (aliases[i].level == level && aliases[i].number == number)
			return true;
	return false;
}

static bool answers(int fd, int level, int number, socklen_t len)
{
	_Alignas(8) unsigned char bytes[256] = { 0 };

	return getsockopt(fd, level, number, bytes, &len) == 0;
}

/* How many options of LEVEL the socket has; adds to *LACKING those that the table lacks. */
static size_t scan(const struct scanned *s, int fd, int level, size_t *lacking)
{
	int high = s->kind.family == AF_INET || s->kind.family == AF_INET6;
	size_t found = 0;

	for (int n = 0; n < NUMBERS; n++) {
		if (high && n >= MODULES && level != SOL_SOCKET && level != s->own)
			break;
		if (!answers(fd, level, n, 4) && !answers(fd, level, n, 256))
			continue;
		found++;
		if (options_number(level, n) || is_alias(level, n))
			continue;
		printf("%s: level %d, option %d is not in the table\n", s->name, level, n);
		++*lacking;
	}
	return found;
}

/* The running kernel is newer than the table. */
static bool is_newer(void)
{
	struct utsname name;
	char *end;
	long major, minor;

	ck_assert_int_eq(uname(&name), 0);
	major = strtol(name.release, &end, 10);
	minor = *end == '.' ? strtol(end + 1, NULL, 10) : 0;
	return major > KNOWN_MAJOR || (major == KNOWN_MAJOR && minor > KNOWN_MINOR);
}

START_TEST(nothing_is_lacking)
{
	size_t n, found = 0, lacking = 0;
	const struct option_row *o = options_all(&n);

	for (size_t i = 0; i < ARRAY_SIZE(scanned); i++) {
		const struct scanned *s = &scanned[i];
		const struct option_level *level = NULL;
		struct err ignored;
		int fd;

		if (s->sign && access(s->sign, F_OK) < 0)
			continue;
		fd = own_open(&s->kind, &ignored);
		if (fd < 0)
			continue; /* it needs a right, or the kernel has none */
		for (size_t j = 0; j < n; j++) {
			if (option_level(&o[j]) == level || !option_level(&o[j])->read)
				continue;
			level = option_level(&o[j]);
			found += scan(s, fd, level->number, &lacking);
		}
		close(fd);
	}
	ck_assert_uint_gt(found, SOL_SOCKET == 1 ? 100 : 0);
	if (!is_newer())
		ck_assert_uint_eq(lacking, 0);
}
END_TEST

/* Without the table's row the scan does find an option. */
START_TEST(it_finds)
{
	static const struct own_kind kind = { AF_INET, SOCK_STREAM, 0 };
	struct err err;
	int fd = own_open(&kind, &err);

	ck_assert_int_ge(fd, 0);
	ck_assert(answers(fd, SOL_SOCKET, SO_KEEPALIVE, 4));
	ck_assert(!answers(fd, SOL_SOCKET, 299, 4));
	close(fd);
	ck_assert_ptr_null(options_number(SOL_SOCKET, 299));
	ck_assert_ptr_nonnull(options_number(SOL_SOCKET, SO_KEEPALIVE));
	ck_assert(!is_alias(SOL_SOCKET, SO_KEEPALIVE));
}
END_TEST

UNIT_MAIN("options_scan", nothing_is_lacking, it_finds)
