/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/str.h"
#include "sockopt/value.h"
#include "unit.h"

static const char *text_of(struct buf *b, const struct value *v)
{
	b->len = 0;
	value_text(b, v);
	return buf_str(b);
}

static const char *json_of(struct buf *b, const struct value *v)
{
	b->len = 0;
	value_json(b, v);
	return buf_str(b);
}

static const struct {
	enum value_type type;
	const char *in, *text, *json;
} good[] = {
	{ VALUE_BOOL, "1", "on", "true" },
	{ VALUE_BOOL, "On", "on", "true" },
	{ VALUE_BOOL, "yes", "on", "true" },
	{ VALUE_BOOL, "true", "on", "true" },
	{ VALUE_BOOL, "0", "off", "false" },
	{ VALUE_BOOL, "no", "off", "false" },
	{ VALUE_BOOL, "7", "7", "7" },
	{ VALUE_INT, "-1", "-1", "-1" },
	{ VALUE_INT, "0x10", "16", "16" },
	{ VALUE_INT, "-2147483648", "-2147483648", "-2147483648" },
	{ VALUE_UINT, "4294967295", "4294967295", "4294967295" },
	{ VALUE_UINT64, "9007199254740991", "9007199254740991", "9007199254740991" },
	{ VALUE_UINT64, "9007199254740992", "9007199254740992", "\"9007199254740992\"" },
	{ VALUE_HEX, "0xff", "0xff", "255" },
	{ VALUE_COOKIE, "17", "0x11", "17" },
	{ VALUE_BYTES, "64k", "65536", "65536" },
	{ VALUE_BYTES, "1M", "1048576", "1048576" },
	{ VALUE_BYTES, "-1", "-1", "-1" },
	{ VALUE_BYTES16, "65535", "65535", "65535" },
	{ VALUE_BYTES64, "8g", "8589934592", "8589934592" },
	{ VALUE_RATE, "10m", "10485760", "10485760" },
	{ VALUE_RATE, "Unlimited", "unlimited", "\"unlimited\"" },
	{ VALUE_SEC, "5", "5s", "5" },
	{ VALUE_SEC, "2m", "120s", "120" },
	{ VALUE_SEC, "1000ms", "1s", "1" },
	{ VALUE_SEC, "-1", "-1s", "-1" },
	{ VALUE_MSEC, "7500", "7500ms", "7.5" },
	{ VALUE_MSEC, "7s", "7s", "7" },
	{ VALUE_MSEC, "0", "0s", "0" },
	{ VALUE_MSEC, "-1", "-1ms", "-0.001" },
	{ VALUE_USEC, "200ms", "200ms", "0.2" },
	{ VALUE_USEC, "5", "5us", "0.000005" },
	{ VALUE_USEC, "1s", "1s", "1" },
	{ VALUE_SOCKTYPE, "stream", "SOCK_STREAM", "\"SOCK_STREAM\"" },
	{ VALUE_PROTO, "IPPROTO_UDP", "IPPROTO_UDP", "\"IPPROTO_UDP\"" },
	{ VALUE_PROTO, "250", "250", "250" },
	{ VALUE_FAMILY, "inet6", "AF_INET6", "\"AF_INET6\"" },
	{ VALUE_TOS, "ef", "0xb8 (EF)", "184" },
	{ VALUE_TOS, "0x29", "0x29 (AF11)", "41" },
	{ VALUE_TOS, "0", "0x00", "0" },
	{ VALUE_TOS, "-1", "-1", "-1" },
	{ VALUE_TOS, "0x70", "0x70 (AF32)", "112" },
	{ VALUE_TOS, "0x2", "0x02", "2" },
	{ VALUE_PMTUD, "DO", "do", "\"do\"" },
	{ VALUE_PMTUD, "9", "9", "9" },
	{ VALUE_BUFLOCK, "snd|rcv", "snd|rcv", "[\"snd\",\"rcv\"]" },
	{ VALUE_BUFLOCK, "0", "0", "[]" },
	{ VALUE_BUFLOCK, "6", "rcv|0x4", "[\"rcv\",\"0x4\"]" },
	{ VALUE_ADDRPREF, "tmp|home", "tmp|home", "[\"tmp\",\"home\"]" },
	{ VALUE_IFINDEX, "2147483647", "2147483647", "2147483647" },
	{ VALUE_IFINDEX_BE, "16909060", "16909060", "16909060" },
	{ VALUE_VOID, "", "0", "0" },
	{ VALUE_TIMEVAL, "1.5", "1.5s", "1.5" },
	{ VALUE_TIMEVAL, "250ms", "0.25s", "0.25" },
	{ VALUE_TIMEVAL, "-1", "-1s", "-1" },
	{ VALUE_TIMEVAL, "0", "0s", "0" },
	{ VALUE_TIMEVAL64, "100d", "8640000s", "8640000" },
	{ VALUE_TIMEVAL64, "1us", "0.000001s", "0.000001" },
	{ VALUE_LINGER, "1,5s", "{1,5s}", "{\"onoff\":true,\"linger_s\":5}" },
	{ VALUE_LINGER, "{on,2m}", "{1,120s}", "{\"onoff\":true,\"linger_s\":120}" },
	{ VALUE_LINGER, "1,-1", "{1,-1s}", "{\"onoff\":true,\"linger_s\":-1}" },
	{ VALUE_LINGER, "off", "{0,0s}", "{\"onoff\":false,\"linger_s\":0}" },
	{ VALUE_LINGER, "0,9", "{0,9s}", "{\"onoff\":false,\"linger_s\":9}" },
	{ VALUE_PORTRANGE, "1024-2047", "1024-2047", "{\"low\":1024,\"high\":2047}" },
	{ VALUE_TSTAMPING, "0x1f", "0x1f", "{\"flags\":31,\"bind_phc\":0}" },
	{ VALUE_TXTIME, "{1,0x2}", "{1,0x2}", "{\"clockid\":1,\"flags\":2}" },
	{ VALUE_IN_ADDR, "192.0.2.1", "192.0.2.1", "\"192.0.2.1\"" },
	{ VALUE_IFNAME, "eth0", "eth0", "\"eth0\"" },
	{ VALUE_IFNAME, "", "\"\"", "\"\"" },
	{ VALUE_STR, "cubic", "cubic", "\"cubic\"" },
	{ VALUE_STR, "\"\"", "\"\"", "\"\"" },
	{ VALUE_STR, "a\"b", "a\"b", "\"a\\\"b\"" },
	{ VALUE_RAW, "0x0144fF", "0x0144ff", "\"0x0144ff\"" },
	{ VALUE_RAW, "0x", "0x", "\"0x\"" },
};

/* What is written, how it is shown, and its JSON. */
START_TEST(written_and_shown)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct value v = { 0 };
		struct err err = { 0 };

		ck_assert_msg(value_parse(&v, good[i].type, "X", good[i].in, &err) == 0, "%s: %s",
			      good[i].in, err.text);
		ck_assert_str_eq(text_of(&b, &v), good[i].text);
		ck_assert_str_eq(json_of(&b, &v), good[i].json);
	}
	buf_fini(&b);
}
END_TEST

static const struct {
	enum value_type type;
	const char *in, *error;
} bad[] = {
	{ VALUE_BOOL, "", "X: \"\" is not on, off or a number" },
	{ VALUE_BOOL, "maybe", "X: \"maybe\" is not on, off or a number" },
	{ VALUE_INT, "5k", "X: \"5k\" is not a number such as 5 or 0x10" },
	{ VALUE_INT, "2147483648", "X: \"2147483648\" is not from -2147483648 to 2147483647" },
	{ VALUE_UINT, "-1", "X: \"-1\" is not from 0 to 4294967295" },
	{ VALUE_HEX, "4294967296", "X: \"4294967296\" is not from 0 to 4294967295" },
	{ VALUE_BYTES, "2g", "X: \"2g\" is not from -2147483648 to 2147483647" },
	{ VALUE_BYTES, "64q", "X: \"64q\" is not a size such as 4096, 64k or 1m" },
	{ VALUE_BYTES16, "64k", "X: \"64k\" is not from 0 to 65535" },
	{ VALUE_SEC, "500ms", "X: \"500ms\" is not a number of whole seconds" },
	{ VALUE_MSEC, "5us", "X: \"5us\" is not a number of whole milliseconds" },
	{ VALUE_USEC, "5ns", "X: \"5ns\" is not a number of whole microseconds" },
	{ VALUE_SEC, "10 s", NULL },
	{ VALUE_SEC, "", NULL },
	{ VALUE_FAMILY, "inet7", "X: \"inet7\" is not the name of a constant or a number" },
	{ VALUE_TOS, "AF14", "X: \"AF14\" is not a number or a DSCP name such as EF or AF21" },
	{ VALUE_PMTUD, "maybe", NULL },
	{ VALUE_BUFLOCK, "snd|", "X: \"snd|\" is not snd, rcv, snd|rcv or a number" },
	{ VALUE_BUFLOCK, "tmp", NULL },
	{ VALUE_ADDRPREF, "a-word-that-is-longer-than-any", NULL },
	{ VALUE_IFINDEX, "-1", "X: \"-1\" is not the number of an interface" },
	{ VALUE_IFINDEX, "no-such-if", NULL },
	{ VALUE_TIMEVAL, "1,5", NULL },
	{ VALUE_LINGER, "1", NULL },
	{ VALUE_LINGER, "1,5,6", NULL },
	{ VALUE_LINGER, "1,500ms", NULL },
	{ VALUE_LINGER, "{1,5", NULL },
	{ VALUE_LINGER, "1,99999999999", NULL },
	{ VALUE_LINGER, "1,123456789012345678901234567890", NULL },
	{ VALUE_PORTRANGE, "1024", "X: \"1024\" is not LOW-HIGH such as 1024-2047" },
	{ VALUE_PORTRANGE, "1-65536", NULL },
	{ VALUE_PORTRANGE, "-5", NULL },
	{ VALUE_PORTRANGE, "5-", NULL },
	{ VALUE_TSTAMPING, "-1", NULL },
	{ VALUE_TXTIME, "1", NULL },
	{ VALUE_IN_ADDR, "::1", "X: \"::1\" is not an IPv4 address" },
	{ VALUE_IN_ADDR, "192.0.2", NULL },
	{ VALUE_IFNAME, "a-name-of-16-byte",
	  "X: \"a-name-of-16-byte\" is not a name of at "
	  "most 15 bytes" },
	{ VALUE_RAW, "0x123", "X: \"0x123\" is not bytes such as 0x0144" },
	{ VALUE_RAW, "0x1g", NULL },
	{ VALUE_RAW, "44", NULL },
	{ VALUE_ERRNO, "1", "X takes a int, which cannot be written" },
	{ VALUE_OPAQUE, "1", "X takes a struct, which cannot be written" },
	{ VALUE_CBPF, "1", "X takes a struct sock_fprog, which cannot be written" },
};

START_TEST(refused)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct value v = { 0 };
		struct err err = { 0 };

		ck_assert_msg(value_parse(&v, bad[i].type, "X", bad[i].in, &err) == -1, "%s",
			      bad[i].in);
		ck_assert_int_eq(err.kind, ERR_USAGE);
		if (bad[i].error)
			ck_assert_str_eq(err.text, bad[i].error);
		ck_assert_msg(str_starts(err.text, "X"), "%s", err.text);
	}
}
END_TEST

/* Numbers that no kernel gives: they are shown, at the end of what can be. */
START_TEST(numbers_out_of_range)
{
	static const enum value_type types[] = { VALUE_SEC, VALUE_MSEC, VALUE_TIMEVAL64 };
	static const int64_t most[2] = { INT64_MAX, INT64_MAX },
			     least[2] = { INT64_MIN, INT64_MIN };
	struct buf b = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		struct value v = { .type = types[i] };

		memcpy(v.bytes, most, sizeof(most));
		value_got(&v, types[i] == VALUE_TIMEVAL64 ? 16 : 8);
		ck_assert_msg(str_starts(json_of(&b, &v), "9223372036"), "%s", b.data);
		memcpy(v.bytes, least, sizeof(least));
		ck_assert_msg(str_starts(json_of(&b, &v), "-9223372036"), "%s", b.data);
	}
	buf_fini(&b);
}
END_TEST

/* The bytes are what setsockopt(2) takes: libc's structs and numbers. */
START_TEST(bytes_are_the_kernels)
{
	const struct linger linger = { 1, 5 };
	const struct timeval tv = { 1, 500000 };
	const int n = -5;
	struct value v;
	struct err err;

	ck_assert_int_eq(value_parse(&v, VALUE_LINGER, "X", "1,5s", &err), 0);
	ck_assert_mem_eq(v.bytes, &linger, sizeof(linger));
	ck_assert_uint_eq(v.len, sizeof(linger));
	ck_assert_int_eq(value_parse(&v, VALUE_TIMEVAL, "X", "1.5", &err), 0);
	ck_assert_uint_eq(v.len, sizeof(tv));
	ck_assert_int_eq(memcmp(v.bytes, &tv, sizeof(tv)), 0);
	ck_assert_int_eq(value_parse(&v, VALUE_INT, "X", "-5", &err), 0);
	ck_assert_uint_eq(v.len, sizeof(n));
	ck_assert_mem_eq(v.bytes, &n, sizeof(n));
	ck_assert_int_eq(value_parse(&v, VALUE_IFINDEX_BE, "X", "258", &err), 0);
	ck_assert_mem_eq(v.bytes, "\0\0\1\2", 4);
}
END_TEST

/* A value of another length than its type's is shown by its length, never misread. */
START_TEST(other_lengths)
{
	static const struct {
		enum value_type type;
		size_t len;
		const char *text, *json;
	} cases[] = {
		{ VALUE_INT, 1, "1", "1" },
		{ VALUE_BOOL, 1, "on", "true" },
		{ VALUE_INT, 3, "0x010000", "\"0x010000\"" },
		{ VALUE_INT, 0, "0x", "\"0x\"" },
		{ VALUE_LINGER, 4, "0x01000000", "\"0x01000000\"" },
		{ VALUE_IN_ADDR, 2, "0x0100", "\"0x0100\"" },
		{ VALUE_TCPINFO, 4, "0x01000000", "\"0x01000000\"" },
		{ VALUE_TCPINFO, 8, "{state=established}",
		  "{\"state\":\"established\",\"retransmits\":0,\"probes\":0,\"backoff\":0}" },
		{ VALUE_IFNAME, 0, "\"\"", "\"\"" },
		{ VALUE_GIDS, 0, "{}", "[]" },
	};
	struct buf b = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct value v = { .type = cases[i].type };

		v.bytes[0] = 1;
		value_got(&v, cases[i].len);
		ck_assert_str_eq(text_of(&b, &v), cases[i].text);
		ck_assert_str_eq(json_of(&b, &v), cases[i].json);
	}
	buf_fini(&b);
}
END_TEST

START_TEST(structs)
{
	const uint32_t cred[3] = { 42, 1000, UINT32_MAX }, groups[3] = { 4, 24, 27 };
	const uint32_t memory[9] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, stamping[2] = { 16, 3 };
	static const unsigned char addr[16] = { [4] = 192, [6] = 2, [7] = 1 };
	struct sockaddr sa = { .sa_family = AF_INET };
	struct {
		enum value_type type;
		const void *bytes;
		size_t len;
		const char *text, *json;
	} cases[] = {
		{ VALUE_UCRED, cred, sizeof(cred), "{pid=42,uid=1000,gid=-1}",
		  "{\"pid\":42,\"uid\":1000,\"gid\":-1}" },
		{ VALUE_GIDS, groups, sizeof(groups), "{4,24,27}", "[4,24,27]" },
		{ VALUE_MEMINFO, memory, 8, "{rmem_alloc=1,rcvbuf=2}",
		  "{\"rmem_alloc_bytes\":1,\"rcvbuf_bytes\":2}" },
		{ VALUE_MEMINFO, memory, sizeof(memory),
		  "{rmem_alloc=1,rcvbuf=2,wmem_alloc=3,sndbuf=4,fwd_alloc=5,wmem_queued=6,optmem=7,"
		  "backlog=8,drops=9}",
		  "{\"rmem_alloc_bytes\":1,\"rcvbuf_bytes\":2,\"wmem_alloc_bytes\":3,"
		  "\"sndbuf_bytes\":4,\"fwd_alloc_bytes\":5,\"wmem_queued_bytes\":6,"
		  "\"optmem_bytes\":7,\"backlog_bytes\":8,\"drops\":9}" },
		{ VALUE_TSTAMPING, stamping, 8, "0x10 (clock 3)", "{\"flags\":16,\"bind_phc\":3}" },
		{ VALUE_TSTAMPING, stamping, 4, "0x10", "{\"flags\":16,\"bind_phc\":0}" },
		{ VALUE_SOCKADDR, &sa, sizeof(sa), "192.0.2.1:0", "\"192.0.2.1:0\"" },
		{ VALUE_IFNAME, "lo\0xxxx", 7, "lo", "\"lo\"" },
		{ VALUE_STR, "a\x1b\xff", 3, "a\\x1b\\xff", "\"a\\u001b\xef\xbf\xbd\"" },
	};
	struct buf b = { 0 };

	memcpy((char *)&sa + 4, addr + 4, sizeof(sa) - 4);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct value v = { .type = cases[i].type };

		memcpy(v.bytes, cases[i].bytes, cases[i].len);
		value_got(&v, cases[i].len);
		ck_assert_str_eq(text_of(&b, &v), cases[i].text);
		ck_assert_str_eq(json_of(&b, &v), cases[i].json);
	}
	buf_fini(&b);
}
END_TEST

START_TEST(a_filter_is_a_count)
{
	struct value v = { .type = VALUE_CBPF };
	struct buf b = { 0 };

	value_got(&v, 1);
	ck_assert_str_eq(text_of(&b, &v), "1 instruction");
	value_got(&v, 12);
	ck_assert_str_eq(text_of(&b, &v), "12 instructions");
	ck_assert_str_eq(json_of(&b, &v), "12");
	buf_fini(&b);
}
END_TEST

/* Some bytes for V, other ones at each call, and of a size that a user would write. */
static void fill(struct value *v, uint64_t *seed)
{
	size_t room = value_room(v->type), n = room > 16 ? 16 : room;
	int64_t pair[2];

	for (size_t k = 0; k < n; k++) { /* Knuth's MMIX generator */
		*seed = *seed * 6364136223846793005 + 1442695040888963407;
		v->bytes[k] = (unsigned char)(*seed >> 56);
	}
	switch (v->type) {
	case VALUE_UINT64:
	case VALUE_COOKIE:
	case VALUE_BYTES64:
	case VALUE_RATE:
		pair[0] = v->bytes[0] * 997;
		pair[1] = v->bytes[1] * 3001;
		if (n >= sizeof(pair[0]))
			memcpy(v->bytes, pair, n);
		break;
	case VALUE_TIMEVAL64:
	case VALUE_TIMEVAL: /* which is shorter on some machines */
		value_set_time(v, v->bytes[0] * INT64_C(997000000000) + v->bytes[1] * 3001000);
		return;
	case VALUE_IFINDEX:
	case VALUE_IFINDEX_BE:
		v->bytes[0] &= 0x7f;
		v->bytes[3] &= 0x7f;
		break;
	case VALUE_TSTAMPING: /* only the flags are written */
		memset(v->bytes + 4, 0, 4);
		break;
	default:
		break;
	}
	value_got(v, n);
}

/* For every type that can be written: bytes -> text -> bytes, without what is in parentheses. */
START_TEST(round_trip)
{
	struct buf b = { 0 };
	uint64_t seed = 1;

	for (unsigned type = 0; type < VALUE_TYPES; type++) {
		enum value_type t = (enum value_type)type;
		struct value v = { .type = t }, again;
		struct err err = { 0 };

		if (!value_type_parses(t) || t == VALUE_STR || t == VALUE_IFNAME)
			continue;
		for (unsigned i = 0; i < 2000; i++) {
			char *explained;

			fill(&v, &seed);
			text_of(&b, &v);
			explained = strstr(b.data, " (");
			if (explained)
				*explained = '\0';
			ck_assert_msg(value_parse(&again, t, "X", b.data, &err) == 0, "%s: %s",
				      value_type_name(t), err.text);
			ck_assert_msg(value_equal(&v, &again), "%s: %s", value_type_name(t),
				      b.data);
		}
	}
	buf_fini(&b);
}
END_TEST

START_TEST(equal)
{
	struct value one = { .type = VALUE_BOOL }, seven = { .type = VALUE_BOOL };
	struct value a = { .type = VALUE_STR }, b = { .type = VALUE_STR };
	struct err err;
	long long n;

	ck_assert_int_eq(value_parse(&one, VALUE_BOOL, "X", "1", &err), 0);
	ck_assert_int_eq(value_parse(&seven, VALUE_BOOL, "X", "7", &err), 0);
	ck_assert(value_equal(&one, &seven));
	ck_assert(value_number(&seven, &n));
	ck_assert_int_eq(n, 7);
	one.type = seven.type = VALUE_INT;
	ck_assert(!value_equal(&one, &seven));

	memcpy(a.bytes, "cubic\0\0\0", 8);
	value_got(&a, 8);
	memcpy(b.bytes, "cubic", 5);
	value_got(&b, 5);
	ck_assert(value_equal(&a, &b));
	value_got(&b, 4);
	ck_assert(!value_equal(&a, &b));
	ck_assert(!value_number(&a, &n));
}
END_TEST

START_TEST(types_are_described)
{
	for (unsigned type = 0; type < VALUE_TYPES; type++) {
		enum value_type t = (enum value_type)type;

		ck_assert_ptr_nonnull(value_type_name(t));
		ck_assert_ptr_nonnull(value_type_c(t));
		ck_assert_uint_le(value_room(t), VALUE_MAX);
	}
	ck_assert_str_eq(value_type_unit(VALUE_MSEC), "s");
	ck_assert_ptr_null(value_type_unit(VALUE_BOOL));
}
END_TEST

UNIT_MAIN("value", written_and_shown, refused, numbers_out_of_range, bytes_are_the_kernels,
	  other_lengths, structs, a_filter_is_a_count, round_trip, equal, types_are_described)
