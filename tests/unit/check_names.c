/* SPDX-License-Identifier: MIT */
#include "net/names.h"

#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/str.h"
#include "unit.h"

static const char *const prefixes[] = {
	[NAMES_AF] = "AF_", [NAMES_SOCK] = "SOCK_", [NAMES_IPPROTO] = "IPPROTO_",
	[NAMES_AI] = "AI_", [NAMES_NI] = "NI_",
};

static const struct entry {
	enum names_set set;
	int value;
	const char *name;
} entries[] = {
#define NAME(set, constant) { NAMES_##set, constant, #constant },
#include "net/names.def"
#undef NAME
};

START_TEST(known)
{
	static const struct {
		enum names_set set;
		int value;
		const char *name, *word;
	} cases[] = {
		{ NAMES_AF, AF_INET6, "AF_INET6", "inet6" },
		{ NAMES_AF, AF_UNIX, "AF_UNIX", "unix" },
		{ NAMES_SOCK, SOCK_STREAM, "SOCK_STREAM", "stream" },
		{ NAMES_SOCK, SOCK_SEQPACKET, "SOCK_SEQPACKET", "seqpacket" },
		{ NAMES_IPPROTO, 0, "IPPROTO_IP", "ip" },
		{ NAMES_IPPROTO, 17, "IPPROTO_UDP", "udp" },
		{ NAMES_AI, AI_PASSIVE, "AI_PASSIVE", "passive" },
		{ NAMES_NI, NI_DGRAM, "NI_DGRAM", "dgram" },
		{ NAMES_SOCK, 4711, NULL, "4711" },
		{ NAMES_AF, -1, NULL, "-1" },
	};
	char buf[NAMES_STRLEN];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ck_assert_pstr_eq(names_of(cases[i].set, cases[i].value), cases[i].name);
		ck_assert_str_eq(names_word(buf, cases[i].set, cases[i].value), cases[i].word);
	}
}
END_TEST

/* Each entry is found by both its names; the number gives its first name back. */
START_TEST(round_trip)
{
	const struct entry *e = entries;

	ck_assert_uint_gt(ARRAY_SIZE(entries), 30);
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		const char *first = names_of(e[i].set, e[i].value);
		char buf[NAMES_STRLEN];
		int value = -1;

		ck_assert_msg(str_starts(e[i].name, prefixes[e[i].set]), "%s", e[i].name);
		ck_assert(names_value(e[i].set, e[i].name, &value));
		ck_assert_int_eq(value, e[i].value);
		ck_assert_ptr_nonnull(first);
		ck_assert(names_value(e[i].set, names_word(buf, e[i].set, e[i].value), &value));
		ck_assert_int_eq(value, e[i].value);
		ck_assert(str_eq_nocase(buf, strchr(first, '_') + 1));
		for (size_t j = 0; j < i; j++)
			ck_assert_msg(strcmp(e[i].name, e[j].name) != 0, "%s twice", e[i].name);
	}
}
END_TEST

START_TEST(not_known)
{
	int value = 42;

	ck_assert(!names_value(NAMES_SOCK, "", &value));
	ck_assert(!names_value(NAMES_SOCK, "tcp", &value));
	ck_assert(!names_value(NAMES_SOCK, "AF_INET", &value));
	ck_assert(!names_value(NAMES_AF, "SOCK_STREAM", &value));
	ck_assert_int_eq(value, 42);
	ck_assert(names_value(NAMES_SOCK, "sock_Stream", &value));
	ck_assert_int_eq(value, SOCK_STREAM);
}
END_TEST

START_TEST(chosen_bits)
{
	static const char *const names[] = { "AI_PASSIVE", "AI_NO_SUCH", "AI_ALL" };
	struct err err;
	int bits = 0;

	ck_assert_int_eq(names_bits(&bits, NAMES_AI, names, 0, &err), 0);
	ck_assert_int_eq(bits, 0);
	ck_assert_int_eq(names_bits(&bits, NAMES_AI, names, 1U | 4U, &err), 0);
	ck_assert_int_eq(bits, AI_PASSIVE | AI_ALL);
	ck_assert_int_eq(names_bits(&bits, NAMES_AI, names, 2U, &err), -1);
	ck_assert_int_eq(err.kind, ERR_USAGE);
	ck_assert_str_eq(err.text, "this system has no AI_NO_SUCH");
}
END_TEST

UNIT_MAIN("names", known, round_trip, not_known, chosen_bits)
