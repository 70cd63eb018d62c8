/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "options.h"
#include "sockopt/rules.h"
#include "unit.h"

/* Sysctls of our own: files under a folder. */
static const struct {
	const char *name, *text;
} files[] = {
	{ "rmem_max", "4194304\n" },
	{ "wmem_max", "1048576\n" },
	{ "somaxconn", "4096\n" },
	{ "txrehash", "1\n" },
	{ "ip_default_ttl", "64\n" },
	{ "tcp_rmem", "4096\t131072\t33554432\n" },
	{ "tcp_fastopen", "1\n" },
	{ "tcp_fin_timeout", "60\n" },
	{ "tcp_available_congestion_control", "reno bbr cubic\n" },
	{ "tcp_allowed_congestion_control", "reno cubic\n" },
	{ "tcp_available_ulp", "espintcp mptcp tls\n" },
};

static char folder[64];

/* Both of core and ipv4 lead to the same files. */
static void make_folder(void)
{
	char path[128];

	strcpy(folder, "/tmp/check_rules.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/net", folder);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/net/core", folder);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/net/ipv4", folder);
	ck_assert_int_eq(symlink("core", path), 0);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		FILE *file;

		snprintf(path, sizeof(path), "%s/net/core/%s", folder, files[i].name);
		file = fopen(path, "w");
		ck_assert_ptr_nonnull(file);
		fputs(files[i].text, file);
		ck_assert_int_eq(fclose(file), 0);
	}
}

static void remove_folder(void)
{
	char path[128];

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), "%s/net/core/%s", folder, files[i].name);
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s/net/ipv4", folder);
	unlink(path);
	snprintf(path, sizeof(path), "%s/net/core", folder);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/net", folder);
	rmdir(path);
	rmdir(folder);
}

enum {
	STREAM = SOCK_STREAM,
	DGRAM = SOCK_DGRAM,
	TCP = IPPROTO_TCP,
	UDP = IPPROTO_UDP
};

static void parse(struct value *v, const struct option_row *o, const char *text)
{
	struct err err;

	ck_assert_msg(value_parse(v, o->type, option_name(o), text, &err) == 0, "%s", err.text);
}

static void check_text(const char *what, size_t i, struct buf *b, const char *wanted)
{
	const char *got = b->len ? buf_str(b) : "";

	ck_assert_msg(strcmp(got, wanted) == 0, "case %zu, %s:\n\"%s\", wanted\n\"%s\"", i, what,
		      got, wanted);
	buf_fini(b);
}

#define DOUBLED "set; the kernel keeps twice as much"
#define FIXED   "auto-tuning is off now (SO_BUF_LOCK=0 turns it on)"

/* What came of values, and why; the answers are those of Linux 6.18. */
static const struct came {
	const char *option;
	int type, protocol;
	const char *was, *asked, *got; /* GOT is NULL: refused */
	int code;                      /* with which it was */
	const char *why;               /* behind "refused: WORDS " if it was */
} came[] = {
	{ "SO_RCVBUF", STREAM, TCP, "131072", "1000", "2304", 0,
	  "2304 is the least (SOCK_MIN_RCVBUF); " FIXED },
	{ "SO_RCVBUF", STREAM, TCP, "131072", "100000", "200000", 0, DOUBLED "; " FIXED },
	{ "SO_RCVBUF", STREAM, TCP, "131072", "1g", "8388608", 0,
	  "2 x net.core.rmem_max=4194304 (SO_RCVBUFFORCE with CAP_NET_ADMIN goes beyond); " FIXED },
	{ "SO_RCVBUF", DGRAM, UDP, "212992", "-1", "8388608", 0,
	  "2 x net.core.rmem_max=4194304 (SO_RCVBUFFORCE with CAP_NET_ADMIN goes beyond)" },
	{ "SO_RCVBUF", DGRAM, UDP, "212992", "1g", "4194304", 0, "lowered by the kernel" },
	{ "SO_SNDBUF", DGRAM, UDP, "16384", "1", "4608", 0, "4608 is the least (SOCK_MIN_SNDBUF)" },
	{ "SO_SNDBUF", DGRAM, UDP, "16384", "1g", "2097152", 0,
	  "2 x net.core.wmem_max=1048576 (SO_SNDBUFFORCE with CAP_NET_ADMIN goes beyond)" },
	{ "SO_RCVBUFFORCE", DGRAM, UDP, "16384", "16m", "33554432", 0, DOUBLED },
	{ "SO_RCVBUFFORCE", DGRAM, UDP, "16384", "16m", NULL, EPERM,
	  "(it needs CAP_NET_ADMIN; SO_RCVBUF does not)" },
	{ "SO_RCVLOWAT", STREAM, TCP, "1", "0", "1", 0, "0 stands for 1" },
	{ "SO_RCVLOWAT", STREAM, TCP, "1", "-5", "16777216", 0,
	  "half of net.ipv4.tcp_rmem[2]=33554432" },
	{ "SO_RCVLOWAT", STREAM, TCP, "1", "1g", "16777216", 0,
	  "half of net.ipv4.tcp_rmem[2]=33554432" },
	{ "SO_RCVLOWAT", STREAM, TCP, "1", "1m", "65536", 0, "half of SO_RCVBUF, which is fixed" },
	{ "IP_TOS", STREAM, TCP, "0", "255", "252", 0,
	  "on a stream the two ECN bits are the kernel's; SO_PRIORITY follows it" },
	{ "IP_TOS", DGRAM, UDP, "0", "255", "255", 0, "SO_PRIORITY follows it" },
	{ "IP_TOS", STREAM, TCP, "0", "0x1b8", "184", 0,
	  "the lower 8 bits are kept; SO_PRIORITY follows it" },
	{ "IP_TTL", STREAM, TCP, "9", "-1", "64", 0, "-1 stands for net.ipv4.ip_default_ttl=64" },
	{ "IP_TTL", STREAM, TCP, "64", "0", NULL, EINVAL,
	  "(it takes 1 to 255, or -1 for net.ipv4.ip_default_ttl=64)" },
	{ "SO_LINGER", STREAM, TCP, "0,0", "1,-1", "1,-1752346657", 0,
	  "a time below 0 is no limit at all; what is read back is that limit, cut to 32 bits" },
	{ "SO_LINGER", STREAM, TCP, "0,0", "0,9", "0,0", 0,
	  "the time stays as it was while it is off" },
	{ "SO_LINGER", STREAM, TCP, "1,5", "0,9", "0,5", 0,
	  "the time stays as it was while it is off" },
	{ "SO_LINGER", STREAM, TCP, "0,0", "7,3", "1,3", 0, "any number but 0 is on" },
	{ "SO_LINGER", STREAM, TCP, "0,0", "1,0", "1,0", 0,
	  "close() resets the connection and drops what is not sent" },
	{ "SO_LINGER", STREAM, TCP, "0,0", "1,5", "1,5", 0, "" },
	{ "SO_RCVTIMEO", STREAM, TCP, "0", "1.0005", "1.004", 0,
	  "rounded up to the tick of the kernel's clock, 4 ms" },
	{ "SO_RCVTIMEO", STREAM, TCP, "0", "1.0005", "1.003", 0, "changed by the kernel" },
	{ "SO_SNDTIMEO", STREAM, TCP, "0", "-1", "0", 0, "a time below 0 is no time-out" },
	{ "SO_RCVTIMEO", STREAM, TCP, "0", "-1.5", NULL, EDOM,
	  "(below 0 it takes whole seconds only)" },
	{ "SO_REUSEADDR", STREAM, TCP, "0", "7", "1", 0, "any number but 0 is on" },
	{ "SO_REUSEADDR", STREAM, TCP, "0", "1", "1", 0, "" },
	{ "SO_ZEROCOPY", STREAM, TCP, "0", "2", NULL, EINVAL, "(it takes off or on)" },
	{ "SO_RESERVE_MEM", STREAM, TCP, "0", "65536", NULL, EOPNOTSUPP,
	  "(the process is in no memory cgroup that counts sockets)" },
	{ "SO_PASSCRED", STREAM, TCP, NULL, "1", NULL, EOPNOTSUPP,
	  "(only UNIX and netlink sockets have it since Linux 6.16)" },
	{ "TCP_MAXSEG", STREAM, TCP, "32741", "1000", "32741", 0,
	  "on a connection it shows the segment size in use; the limit was for the handshake" },
	{ "TCP_MAXSEG", STREAM, TCP, "536", "87", NULL, EINVAL, "(it takes 88 to 32767)" },
	{ "TCP_KEEPIDLE", STREAM, TCP, "7200", "0", NULL, EINVAL, "(it takes 1s to 32767s)" },
	{ "TCP_KEEPCNT", STREAM, TCP, "9", "128", NULL, EINVAL, "(it takes 1 to 127)" },
	{ "TCP_LINGER2", STREAM, TCP, "60", "1000", "120", 0,
	  "120s is the most (TCP_FIN_TIMEOUT_MAX)" },
	{ "TCP_LINGER2", STREAM, TCP, "9", "0", "60", 0,
	  "0 stands for net.ipv4.tcp_fin_timeout=60" },
	{ "TCP_DEFER_ACCEPT", STREAM, TCP, "0", "4", "7", 0,
	  "rounded up to when a SYN-ACK is sent again: 1, 3, 7, 15, 31 s and so on" },
	{ "TCP_DEFER_ACCEPT", STREAM, TCP, "0", "10", "15", 0,
	  "rounded up to when a SYN-ACK is sent again: 1, 3, 7, 15, 31 s and so on" },
	{ "TCP_DEFER_ACCEPT", STREAM, TCP, "0", "10", "16", 0, "raised by the kernel" },
	{ "TCP_WINDOW_CLAMP", STREAM, TCP, "0", "1", "1152", 0,
	  "1152 is the least: half of SOCK_MIN_RCVBUF" },
	{ "TCP_FASTOPEN", STREAM, TCP, "0", "1000000", "4096", 0,
	  "the most is net.core.somaxconn=4096; no effect yet: for servers "
	  "net.ipv4.tcp_fastopen=1 would need bit 2" },
	{ "TCP_FASTOPEN_CONNECT", STREAM, TCP, "0", "1", NULL, EINVAL,
	  "(it can only be set before connect(2))" },
	{ "TCP_RTO_MIN_US", STREAM, TCP, "200000", "5000", "8000", 0,
	  "rounded up to the tick of the kernel's clock, 4 ms" },
	{ "TCP_RTO_MIN_US", STREAM, TCP, "200000", "1000", NULL, EINVAL,
	  "(it takes 2 ticks of the kernel's clock, 4 ms each, to 200ms)" },
	{ "TCP_THIN_DUPACK", STREAM, TCP, "0", "1", "0", 0, "it has no effect since Linux 4.12" },
	{ "TCP_CONGESTION", STREAM, TCP, "bbr", "nosuch", NULL, ENOENT,
	  "(there is none of this name: "
	  "net.ipv4.tcp_available_congestion_control=reno bbr cubic)" },
	{ "TCP_CONGESTION", STREAM, TCP, "reno", "bbr", NULL, EPERM,
	  "(without CAP_NET_ADMIN only net.ipv4.tcp_allowed_congestion_control=reno cubic)" },
	{ "TCP_ULP", STREAM, TCP, "", "nosuch", NULL, ENOENT,
	  "(there is none of this name: net.ipv4.tcp_available_ulp=espintcp mptcp tls)" },
	{ "IPV6_MTU", STREAM, TCP, NULL, "1000", NULL, EINVAL,
	  "(the least is 1280; 0 is no limit)" },
	{ "IP_LOCAL_PORT_RANGE", STREAM, TCP, "0-0", "50000-40000", NULL, EINVAL,
	  "(the low port is above the high one)" },
	{ "SO_BINDTODEVICE", STREAM, TCP, "", "nosuch", NULL, ENODEV,
	  "(no interface has this name)" },
	{ "SO_BINDTOIFINDEX", STREAM, TCP, "0", "1999999999", "1999999999", 0,
	  "no interface has this number, and the kernel takes it all the same: nothing will pass" },
	{ "SO_PRIORITY", STREAM, TCP, "0", "7", NULL, EPERM,
	  "(above 6 it needs CAP_NET_ADMIN or CAP_NET_RAW)" },
	{ "SO_MARK", STREAM, TCP, "0", "5", NULL, EPERM,
	  "(it needs CAP_NET_ADMIN, CAP_NET_RAW (5.17))" },
	/* of any option */
	{ "TCP_NODELAY", DGRAM, UDP, NULL, "1", NULL, ENOPROTOOPT,
	  "(this socket has no options of IPPROTO_TCP)" },
	{ "TCP_RTO_MAX_MS", STREAM, TCP, NULL, "2000", NULL, ENOPROTOOPT,
	  "(this kernel or this kind of socket does not have it; since Linux 6.15)" },
	{ "SO_ZEROCOPY", DGRAM, UDP, "0", "1", NULL, 524, "(this kind of socket cannot do it)" },
	{ "TCP_NODELAY", STREAM, TCP, "0", "1", NULL, EIO, "" },
	{ "TCP_NODELAY", STREAM, TCP, "0", "1", "0", 0, "lowered by the kernel" },
};

START_TEST(why)
{
	struct rules_env env = { folder, 4000000 };

	make_folder();
	for (size_t i = 0; i < ARRAY_SIZE(came); i++) {
		const struct came *c = &came[i];
		const struct option_row *o = the(c->option);
		const struct own_kind kind = { AF_INET6, c->type, c->protocol };
		struct own_try t = { .set_code = c->code,
				     .was_code = c->was ? 0 : ENOPROTOOPT,
				     .got_code = c->got ? 0 :
						 c->was ? 0 :
							  ENOPROTOOPT };
		struct rules_case rc = { o, &kind, &t };
		struct buf b = { 0 }, wanted = { 0 };

		parse(&t.asked, o, c->asked);
		if (c->was)
			parse(&t.was, o, c->was);
		if (c->got)
			parse(&t.got, o, c->got);
		else
			t.got = t.was;
		t.outcome = own_compare(o, &t);
		if (c->code)
			buf_printf(&wanted, "refused: %s%s%s", strerror(c->code),
				   *c->why ? " " : "", c->why);
		else
			buf_adds(&wanted, c->why);
		ck_assert_msg(rules_why(&b, &rc, &env) == (wanted.len > 0), "case %zu, %s", i,
			      c->option);
		check_text(c->option, i, &b, wanted.len ? buf_str(&wanted) : "");
		buf_fini(&wanted);
	}
	remove_folder();
}
END_TEST

/* A socket elsewhere: no value of a sysctl is told, and no rule that needs one is believed. */
START_TEST(elsewhere)
{
	static const struct rules_env env = { NULL, 4000000 };
	static const struct own_kind kind = { AF_INET, SOCK_STREAM, IPPROTO_TCP };
	static const struct {
		const char *option, *asked, *got;
		int code;
		const char *why;
	} cases[] = {
		{ "SO_RCVBUF", "1g", "8388608", 0, "lowered by the kernel; " FIXED },
		{ "IP_TTL", "-1", "64", 0, "raised by the kernel" },
		{ "IP_TTL", "0", "64", EINVAL,
		  "refused: Invalid argument (it takes 1 to 255, or -1 for "
		  "net.ipv4.ip_default_ttl)" },
		{ "SO_BINDTOIFINDEX", "1999999999", "1999999999", 0, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct option_row *o = the(cases[i].option);
		struct own_try t = { .set_code = cases[i].code };
		struct rules_case rc = { o, &kind, &t };
		struct buf b = { 0 };

		parse(&t.asked, o, cases[i].asked);
		parse(&t.got, o, cases[i].got);
		t.was = t.got;
		t.outcome = own_compare(o, &t);
		ck_assert_int_eq(rules_why(&b, &rc, &env), *cases[i].why != '\0');
		check_text(cases[i].option, i, &b, cases[i].why);
	}
}
END_TEST

/* Of what came, what is foretold when nothing is known but what it was. */
START_TEST(foretold)
{
	struct rules_env env = { folder, 4000000 };

	make_folder();
	for (size_t i = 0; i < ARRAY_SIZE(came); i++) {
		static const char *const unforeseen[] = { "lowered", "raised", "changed",
							  "half of SO_RCVBUF", "on a connection" };
		const struct came *c = &came[i];
		const struct option_row *o = the(c->option);
		const struct own_kind kind = { AF_INET6, c->type, c->protocol };
		struct own_try t = { .was_code = c->was ? 0 : ENOPROTOOPT };
		struct rules_case rc = { o, &kind, NULL };
		struct value got;
		struct buf b = { 0 };
		bool skip = false;

		for (size_t u = 0; u < ARRAY_SIZE(unforeseen); u++)
			skip = skip || str_starts(c->why, unforeseen[u]);
		/* A 32-bit program does not know what a 64-bit kernel has for no limit. */
		if (sizeof(long) < 8 && strcmp(c->asked, "1,-1") == 0)
			continue;
		if (skip || (c->code && c->code != EINVAL && c->code != EDOM) ||
		    strstr(c->why, "connect(2)") || strcmp(c->option, "SO_RCVBUFFORCE") == 0)
			continue; /* state and rights of the caller are not known */
		parse(&t.asked, o, c->asked);
		if (c->was)
			parse(&t.was, o, c->was);
		ck_assert_msg(rules_predict(&t, &b, &rc, &env) == (b.len > 0), "%s", c->option);
		ck_assert_msg(t.set_code == c->code, "case %zu, %s: %d", i, c->option, t.set_code);
		if (c->code == 0) {
			parse(&got, o, c->got);
			ck_assert_msg(value_equal(&got, &t.got), "case %zu, %s=%s", i, c->option,
				      c->asked);
			check_text(c->option, i, &b, c->why);
		} else {
			struct buf bare = { 0 };

			buf_printf(&bare, "(%s)", buf_str(&b));
			buf_fini(&b);
			check_text(c->option, i, &bare, c->why);
		}
	}
	remove_folder();
}
END_TEST

/* Refused for what the caller is not allowed: the value may come, and the need is told. */
START_TEST(needs)
{
	static const struct {
		const char *option, *asked, *why;
	} cases[] = {
		{ "SO_PRIORITY", "7", "above 6 it needs CAP_NET_ADMIN or CAP_NET_RAW" },
		{ "SO_PRIORITY", "6", "" },
		{ "SO_DEBUG", "on", "it needs CAP_NET_ADMIN" },
		{ "SO_DEBUG", "off", "" },
		{ "TCP_SAVE_SYN", "2", "2 needs CAP_NET_RAW" },
		{ "SO_RCVBUFFORCE", "16m", DOUBLED "; it needs CAP_NET_ADMIN; SO_RCVBUF does not" },
		{ "TCP_NODELAY", "on", "" },
	};
	static const struct rules_env env = { NULL, 0 };
	static const struct own_kind kind = { AF_INET, SOCK_STREAM, IPPROTO_TCP };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct option_row *o = the(cases[i].option);
		struct own_try t = { .was_code = 0 };
		struct rules_case rc = { o, &kind, NULL };
		struct buf b = { 0 };

		parse(&t.was, o, "0");
		parse(&t.asked, o, cases[i].asked);
		ck_assert_int_eq(rules_predict(&t, &b, &rc, &env), *cases[i].why != '\0');
		ck_assert_int_eq(t.set_code, 0);
		ck_assert_msg(t.outcome == OWN_SET || t.outcome == OWN_DOUBLED, "%s: %d",
			      cases[i].option, (int)t.outcome);
		check_text(cases[i].option, i, &b, cases[i].why);
	}
}
END_TEST

static bool is_excused(int code)
{
	static const int codes[] = { EPERM,        EACCES, ENOPROTOOPT, EOPNOTSUPP,
				     EAFNOSUPPORT, 524,    ENOTCONN,    EADDRNOTAVAIL };

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

/* What is foretold of NUMBER as option O of a socket of KIND is what this kernel does. */
static size_t compare(const struct own_kind *kind, const struct option_row *o, long long number,
		      const struct rules_env *env)
{
	struct own_try real = { .outcome = OWN_SET }, told;
	struct own_kind really;
	struct buf b = { 0 };
	struct err err;
	int fd = own_open(kind, &err);
	bool known;

	if (fd < 0)
		return 0;
	own_kind(fd, &really);
	real.asked.type = o->type;
	value_set_number(&real.asked, number);
	own_try(fd, o, &real);
	close(fd);
	told = real;
	known = rules_predict(&told, &b, &(struct rules_case){ o, &really, NULL }, env);
	known = known && (told.outcome == OWN_DIFFERENT || told.outcome == OWN_REFUSED);
	buf_fini(&b);
	if (is_excused(real.set_code) || real.got_code || !known)
		return 0;
	ck_assert_msg(told.set_code == real.set_code, "%s=%lld: errno %d, foretold %d",
		      option_name(o), number, real.set_code, told.set_code);
	if (real.set_code == 0)
		ck_assert_msg(value_equal(&told.got, &real.got) || real.outcome == OWN_DIFFERENT,
			      "%s=%lld is not as foretold", option_name(o), number);
	return 1;
}

START_TEST(as_the_kernel)
{
	static const long long numbers[] = { -2147483647, -1,    0,      1,      2,
					     3,           5,     10,     87,     127,
					     128,         255,   256,    1000,   1500,
					     32767,       32768, 120001, 200000, 1 << 30 };
	static const struct own_kind kinds[] = {
		{ AF_INET, SOCK_STREAM, 0 },
		{ AF_INET6, SOCK_STREAM, 0 },
		{ AF_INET, SOCK_DGRAM, 0 },
		{ AF_UNIX, SOCK_STREAM, 0 },
	};
	struct rules_env env = { "/proc/sys", rules_tick_ns() };
	const struct option_row *o;
	size_t n, compared = 0;

	o = options_all(&n);
	for (size_t i = 0; i < n; i++) {
		long long number;
		struct value v;

		v.type = o[i].type;
		value_set_number(&v, 1);
		if (!(o[i].flags & OPTION_SET) || (o[i].flags & OPTION_ONE_WAY) ||
		    !option_level(&o[i])->read || !value_number(&v, &number))
			continue;
		for (size_t k = 0; k < ARRAY_SIZE(kinds); k++)
			for (size_t j = 0; j < ARRAY_SIZE(numbers); j++)
				compared += compare(&kinds[k], &o[i], numbers[j], &env);
	}
#ifdef __linux__
	ck_assert_uint_gt(compared, 100);
#endif
}
END_TEST

/* What has to hold for each sysctl whatever is added. */
START_TEST(sysctls)
{
	static const struct rules_env env = { "/proc/sys", 0 };
	const char *names[8] = { NULL };
	const struct option_row *o;
	struct buf b = { 0 };
	size_t n, with = 0;

	ck_assert_uint_eq(rules_sysctls(the("SO_RCVBUF"), names, ARRAY_SIZE(names)), 3);
	ck_assert_str_eq(names[0], "net.core.rmem_max");
	ck_assert_uint_eq(rules_sysctls(the("SO_RCVBUF"), names, 0), 3);
	ck_assert_uint_eq(rules_sysctls(the("TCP_NODELAY"), names, ARRAY_SIZE(names)), 0);
	o = options_all(&n);
	for (size_t i = 0; i < n; i++) {
		size_t found = rules_sysctls(&o[i], names, ARRAY_SIZE(names));

		ck_assert_uint_le(found, ARRAY_SIZE(names));
		with += found > 0;
		for (size_t j = 0; j < found; j++)
			ck_assert_msg(str_starts(names[j], "net."), "%s", names[j]);
	}
	ck_assert_uint_gt(with, 20);
	ck_assert(!rules_sysctl(&b, "net.core.no_such_thing", &env));
	ck_assert(!rules_sysctl(&b, "net.core.rmem_max", &(struct rules_env){ NULL, 0 }));
	ck_assert_uint_eq(b.len, 0);
	make_folder();
	ck_assert(rules_sysctl(&b, "net.ipv4.tcp_rmem", &(struct rules_env){ folder, 0 }));
	ck_assert_str_eq(buf_str(&b), "4096 131072 33554432");
	b.len = 0;
	ck_assert(rules_sysctl(&b, "net.ipv4.tcp_rmem[1]", &(struct rules_env){ folder, 0 }));
	ck_assert_str_eq(buf_str(&b), "131072");
	b.len = 0;
	ck_assert(!rules_sysctl(&b, "net.ipv4.tcp_rmem[7]", &(struct rules_env){ folder, 0 }));
	remove_folder();
	buf_fini(&b);
}
END_TEST

/* What T came to, in words: one line, which says that it was refused if it was. */
static void check_words(const struct rules_case *c, const struct rules_env *env)
{
	struct buf b = { 0 };
	bool said = rules_why(&b, c, env), refused = c->t->outcome == OWN_REFUSED;
	const char *text = b.len ? buf_str(&b) : "";

	ck_assert_msg(said == (b.len > 0), "%s", option_name(c->row));
	ck_assert_msg(!strchr(text, '\n') && !strstr(text, "(null)"), "%s: %s", option_name(c->row),
		      text);
	ck_assert_msg(refused == str_starts(text, "refused: "), "%s: %s", option_name(c->row),
		      text);
	buf_fini(&b);
}

/* One value of one option: what is foretold hangs together, and the words go with it. */
static void check_any(const struct rules_case *c, const struct rules_env *env, struct own_try *t)
{
	static const int codes[] = { EINVAL, ENOPROTOOPT, EOPNOTSUPP, 524, EPERM, EACCES, EDOM };
	struct own_try again = *t;
	struct buf b = { 0 }, same = { 0 };
	bool told = rules_predict(t, &b, c, env);

	ck_assert_int_eq(rules_predict(&again, &same, c, env), told);
	ck_assert_int_eq(again.set_code, t->set_code);
	ck_assert_uint_eq(b.len, same.len);
	ck_assert_int_eq(t->outcome == OWN_REFUSED, t->set_code != 0);
	if (!told)
		ck_assert_msg(t->set_code == 0 && b.len == 0, "%s", option_name(c->row));
	buf_fini(&b);
	buf_fini(&same);
	check_words(c, env);
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		t->set_code = codes[i];
		t->outcome = own_compare(c->row, t);
		check_words(c, env);
	}
	t->set_code = 0;
	t->got_code = ENOTCONN;
	t->outcome = own_compare(c->row, t);
	check_words(c, env);
}

/* Whatever is asked, of whatever socket, with however little known. */
START_TEST(anything)
{
	static const char *const texts[] = { "0",      "1",           "-1",     "2147483647",
					     "70000",  "-2147483648", "1s",     "-1.5s",
					     "{1,0s}", "{2,-1s}",     "{0,5s}", "cubic",
					     "nosuch", "lo" };
	static const struct own_kind kinds[] = { { -1, -1, -1 },
						 { AF_INET6, SOCK_STREAM, IPPROTO_TCP },
						 { AF_INET, SOCK_DGRAM, IPPROTO_UDP },
						 { AF_UNIX, SOCK_STREAM, 0 } };
	const struct rules_env envs[] = { { folder, 4000000 }, { NULL, 0 } };
	const struct option_row *o;
	size_t n, cases = 0;

	make_folder();
	o = options_all(&n);
	for (size_t i = 0; i < n * ARRAY_SIZE(texts); i++) {
		const struct option_row *row = &o[i / ARRAY_SIZE(texts)];
		struct own_try asked = { .got_code = 0 };
		struct err err;

		if (!(row->flags & OPTION_SET) || !value_type_parses(row->type) ||
		    value_parse(&asked.asked, row->type, "it", texts[i % ARRAY_SIZE(texts)], &err) <
			    0)
			continue;
		asked.was = asked.asked;
		for (size_t k = 0; k <= ARRAY_SIZE(kinds) * ARRAY_SIZE(envs) * 2; k++) {
			struct own_try t = asked;
			size_t kind = k / 4;
			struct rules_case c = { row, kind < ARRAY_SIZE(kinds) ? &kinds[kind] : NULL,
						&t };

			t.was_code = k & 1 ? ENOPROTOOPT : 0;
			check_any(&c, &envs[k / 2 % 2], &t);
			cases++;
		}
	}
	ck_assert_uint_gt(cases, 1000);
	remove_folder();
}
END_TEST

UNIT_MAIN("rules", why, elsewhere, foretold, needs, as_the_kernel, sysctls, anything)
