/* SPDX-License-Identifier: MIT */
#include "dns/rr.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "unit.h"

/* The rdata of N bytes at MSG as text; the bytes lie alone, so that a sanitizer sees the end. */
static bool text_of(struct buf *b, uint16_t type, const void *rdata, size_t n)
{
	struct wire_rr rr = { .type = type, .class = RR_IN, .rdlen = n };
	uint8_t *copy = malloc(n ? n : 1);
	bool ok;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, rdata, n);
	b->len = 0;
	ok = rr_text(b, copy, n, &rr);
	buf_str(b);
	free(copy);
	return ok;
}

static size_t unhex(uint8_t *to, const char *hex)
{
	size_t n;

	for (n = 0; str_hex_digit(hex[0]) >= 0; n++, hex += 2)
		to[n] = (uint8_t)(str_hex_digit(hex[0]) << 4 | str_hex_digit(hex[1]));
	return n;
}

/* Each line of rr.zone: OWNER 300 TYPEn \# LENGTH HEX ; TYPE TEXT. */
static void check_line(char *line)
{
	char *text = strstr(line, " ; "), *type, *end = NULL, word[RR_WORD];
	uint8_t rdata[512];
	unsigned long number, length;
	struct buf b = { 0 };
	uint16_t parsed;
	bool known;

	ck_assert_ptr_nonnull(text);
	line = strstr(line, " TYPE");
	ck_assert_ptr_nonnull(line);
	number = strtoul(line + 5, &line, 10);
	ck_assert(str_starts(line, " \\# "));
	length = strtoul(line + 4, &line, 10);
	ck_assert_uint_eq(unhex(rdata, line + 1), length);

	type = text + 3;
	text = strchr(type, ' ');
	ck_assert_ptr_nonnull(text);
	*text++ = '\0';
	end = text + strlen(text) - 1;
	*end = '\0';
	known = text_of(&b, (uint16_t)number, rdata, length);
	ck_assert_msg(strcmp(b.data, text) == 0, "%s: \"%s\" and not \"%s\"", type, b.data, text);
	ck_assert(known);
	ck_assert_str_eq(rr_word(word, RR_TYPE, (unsigned)number), type);
	ck_assert(rr_number(RR_TYPE, type, &parsed));
	ck_assert_uint_eq(parsed, number);
	buf_fini(&b);
}

START_TEST(as_dig_shows)
{
	const char *srcdir = getenv("srcdir");
	char path[4096], line[4096];
	unsigned lines = 0;
	FILE *fp;

	snprintf(path, sizeof(path), "%s/tests/data/rr.zone", srcdir ? srcdir : ".");
	fp = fopen(path, "r");
	ck_assert_msg(fp, "%s", path);
	while (fgets(line, sizeof(line), fp)) {
		if (!strstr(line, " \\# "))
			continue;
		check_line(line);
		lines++;
	}
	fclose(fp);
	ck_assert_uint_gt(lines, 100);
}
END_TEST

/* Rdata that is not what the type demands. */
static const struct {
	uint16_t type;
	const char *rdata;
	size_t len;
} malformed_rows[] = {
#define D(s)     s, sizeof(s) - 1
#define LOC_REST "\x80\0\0\0\x80\0\0\0\0\0\0\0"
	{ 1, D("") },
	{ 1, D("\1\2\3") },
	{ 1, D("\1\2\3\4\5") },
	{ 28, D("\1\2\3\4") },
	{ 5, D("") },
	{ 5, D("\1a") },
	{ 5, D("\1a\0x") },
	{ 5, D("\1a\xc0\0") },
	{ 15, D("\0\1") },
	{ 15, D("\0") },
	{ 6, D("\0\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0") },
	{ 16, D("") },
	{ 16, D("\2a") },
	{ 16, D("\1a\2b") },
	{ 13, D("\1a") },
	{ 52, D("\3\1") },
	{ 52, D("\3\1\1") },
	{ 48, D("\1\1\3\x0d") },
	{ 257, D("\0\0x") },
	{ 257, D("\0\3a-bx") },
	{ 257, D("\0\3ab") },
	{ 47, D("\0\0\0") },
	{ 47, D("\0\0\1") },
	{ 47, D("\0\0") },
	{ 47, D("\0\1\1\x40\0\1\x40") },
	{ 47, D("\0\0\1\x40\0\1\x40") },
	{ 47, D("\0\0\x21"
		"123456789012345678901234567890123") },
	{ 50, D("\1\1\0\0\2\1") },
	{ 50, D("\1\1\0\0\0\0") },
	{ 50, D("\1\1\0\0\0\4abc") },
	{ 46, D("\0\1\1\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0") },
	{ 29, D("\1\x12\x12\x12" LOC_REST) },
	{ 29, D("\0\x02\x12\x12" LOC_REST) },
	{ 29, D("\0\x12\xa1\x12" LOC_REST) },
	{ 29, D("\0\x12\x12\x1a" LOC_REST) },
	{ 29, D("\0\x12\x12\x12" LOC_REST "\0") },
	{ 29, D("\0\x12\x12\x12\x93\x4f\xd9\x01\x80\0\0\0\0\0\0\0") },
	{ 29, D("\0\x12\x12\x12\x80\0\0\0\x59\x60\x4d\xff\0\0\0\0") },
	{ 108, D("12345") },
	{ 109, D("1234567") },
	{ 104, D("\0\1"
		 "1234567") },
#define SVC "\0\1\0"
	{ 65, D(SVC "\0") },
	{ 65, D(SVC "\0\7\0") },
	{ 65, D(SVC "\0\7\0\2a") },
	{ 65, D(SVC "\0\7\0\1a\0\7\0\1a") },
	{ 65, D(SVC "\0\7\0\1a\0\6\0\1a") },
	{ 65, D(SVC "\0\1\0\0") },
	{ 65, D(SVC "\0\1\0\1\0") },
	{ 65, D(SVC "\0\1\0\2\2a") },
	{ 65, D(SVC "\0\1\0\3\1a\2") },
	{ 65, D(SVC "\0\2\0\0") },
	{ 65, D(SVC "\0\1\0\2\1a\0\2\0\1a") },
	{ 65, D(SVC "\0\3\0\1\1") },
	{ 65, D(SVC "\0\3\0\3\1\1\1") },
	{ 65, D(SVC "\0\4\0\0") },
	{ 65, D(SVC "\0\4\0\5\1\2\3\4\5") },
	{ 65, D(SVC "\0\6\0\4\1\2\3\4") },
	{ 65, D(SVC "\0\0\0\0") },
	{ 65, D(SVC "\0\0\0\2\0\0") },
	{ 65, D(SVC "\0\0\0\2\0\3") },
	{ 65, D(SVC "\0\0\0\3\0\3\0\0\3\0\2\0\1") },
	{ 65, D(SVC "\0\0\0\4\0\3\0\3\0\3\0\2\0\1") },
	{ 65, D(SVC "\0\0\0\4\0\1\0\7\0\1\0\2\1a") },
#undef D
};

START_TEST(malformed)
{
	struct buf b = { 0 }, want = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(malformed_rows); i++) {
		ck_assert_msg(!text_of(&b, malformed_rows[i].type, malformed_rows[i].rdata,
				       malformed_rows[i].len),
			      "row %zu: %s", i, b.data);
		text_of(&want, 65535, malformed_rows[i].rdata, malformed_rows[i].len);
		ck_assert_str_eq(b.data, want.data);
		ck_assert(str_starts(b.data, "\\# "));
	}
	buf_fini(&b);
	buf_fini(&want);
}
END_TEST

/* A type that has no form keeps its bytes, and none of it is malformed. */
START_TEST(generic)
{
	static const uint16_t types[] = { 0, 10, 41, 250, 251, 255, 65280, 65535 };
	struct buf b = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		ck_assert(text_of(&b, types[i], "\1\2\xff", 3));
		ck_assert_str_eq(b.data, "\\# 3 0102FF");
		ck_assert(text_of(&b, types[i], "", 0));
		ck_assert_str_eq(b.data, "\\# 0");
	}
	buf_fini(&b);
}
END_TEST

/* The days at which the calendar is not as usual; dig counts those after 2094 as past. */
START_TEST(times)
{
	static const struct {
		const char *rdata, *text;
	} rows[] = {
#define SIG(expires, begins) "\0\1\1\1\0\0\0\0" expires begins "\0\0\0x"
		{ SIG("\x38\xbc\x5d\x7f", "\x38\xbc\x5d\x80"), "20000229235959 20000301000000" },
		{ SIG("\xf4\xd4\x1f\x7f", "\xf4\xd4\x1f\x80"), "21000228235959 21000301000000" },
		{ SIG("\xff\xff\xff\xff", "\0\0\0\0"), "21060207062815 19700101000000" },
#undef SIG
	};
	struct buf b = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		ck_assert(text_of(&b, RR_RRSIG, rows[i].rdata, 20));
		ck_assert_msg(strstr(b.data, rows[i].text), "%s", b.data);
	}
	buf_fini(&b);
}
END_TEST

/* Names that point into the message, and what is shown behind text that is there already. */
START_TEST(compressed)
{
	static const uint8_t msg[] = "\4test\0\0\x0a\2mx\xc0\0...";
	struct wire_rr rr = { .type = RR_MX, .rdata = 6, .rdlen = 7 };
	struct buf b = { 0 };

	buf_adds(&b, "MX ");
	ck_assert(rr_text(&b, msg, sizeof(msg), &rr));
	ck_assert_str_eq(buf_str(&b), "MX 10 mx.test.");
	b.len = 0;
	rr_plain(&b, msg, sizeof(msg), &rr);
	ck_assert_uint_eq(b.len, 11);
	ck_assert_mem_eq(b.data, "\0\x0a\2mx\4test", 11);

	b.len = 3;
	rr.rdlen = 6; /* the name ends in the middle of a pointer */
	ck_assert(!rr_text(&b, msg, sizeof(msg), &rr));
	ck_assert_str_eq(buf_str(&b) + 3, "\\# 6 000A026D78C0");
	b.len = 0;
	rr_plain(&b, msg, sizeof(msg), &rr);
	ck_assert_uint_eq(b.len, 6);
	ck_assert_mem_eq(b.data, msg + 6, 6);
	buf_fini(&b);
}
END_TEST

START_TEST(words)
{
	static const struct {
		enum rr_set set;
		const char *text;
		int number; /* -1: none */
		const char *word;
	} rows[] = {
		{ RR_TYPE, "mx", 15, "MX" },
		{ RR_TYPE, "TYPE15", 15, "MX" },
		{ RR_TYPE, "type65280", 65280, "TYPE65280" },
		{ RR_TYPE, "nsap-ptr", 23, "NSAP-PTR" },
		{ RR_TYPE, "ANY", 255, "ANY" },
		{ RR_TYPE, "TYPE0", 0, "TYPE0" },
		{ RR_TYPE, "TYPE65536", -1, NULL },
		{ RR_TYPE, "TYPE", -1, NULL },
		{ RR_TYPE, "TYPE01", -1, NULL },
		{ RR_TYPE, "TYPE1x", -1, NULL },
		{ RR_TYPE, "15", -1, NULL },
		{ RR_TYPE, "", -1, NULL },
		{ RR_TYPE, "IN", -1, NULL },
		{ RR_CLASS, "ch", 3, "CH" },
		{ RR_CLASS, "CLASS3", 3, "CH" },
		{ RR_CLASS, "class32", 32, "CLASS32" },
		{ RR_RCODE, "nxdomain", 3, "NXDOMAIN" },
		{ RR_RCODE, "BADVERS", 16, "BADVERS" },
		{ RR_RCODE, "RCODE4095", 4095, "RCODE4095" },
		{ RR_OPCODE, "opcode3", 3, "OPCODE3" },
		{ RR_OPCODE, "notify", 4, "NOTIFY" },
		{ RR_OPTION, "cookie", 10, "COOKIE" },
		{ RR_OPTION, "OPT65001", 65001, "OPT65001" },
		{ RR_ERROR, "stale answer", 3, "Stale Answer" },
		{ RR_ERROR, "EDE99", 99, "EDE99" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char word[RR_WORD];
		uint16_t number = 7777;
		bool found = rr_number(rows[i].set, rows[i].text, &number);

		ck_assert_msg(found == (rows[i].number >= 0), "%s", rows[i].text);
		if (!found) {
			ck_assert_uint_eq(number, 7777);
			continue;
		}
		ck_assert_int_eq(number, rows[i].number);
		ck_assert_str_eq(rr_word(word, rows[i].set, number), rows[i].word);
	}
}
END_TEST

/* Every name of every set is read back as its number, and no set is empty. */
START_TEST(all_words)
{
	for (enum rr_set set = RR_TYPE; set <= RR_ERROR; set++) {
		const char *name;
		size_t n;

		for (n = 0; (name = rr_name_at(set, n)); n++) {
			char word[RR_WORD];
			uint16_t number;

			ck_assert_uint_lt(strlen(name), RR_WORD);
			ck_assert(rr_number(set, name, &number));
			ck_assert_str_eq(rr_word(word, set, number), name);
		}
		ck_assert_uint_ge(n, 5);
	}
}
END_TEST

START_TEST(options)
{
	static const struct {
		const char *option;
		size_t len;
		const char *word, *text;
	} rows[] = {
#define D(s) s, sizeof(s) - 1
		{ D("\0\3\0\4gpd\x1b"), "NSID", "\"gpd\\027\"" },
		{ D("\0\3\0\0"), "NSID", "" },
		{ D("\0\x08\0\7\0\1\x18\0\xc0\0\2"), "CLIENT-SUBNET", "192.0.2.0/24/0" },
		{ D("\0\x08\0\x0a\0\2\x30\x20\x20\1\x0d\xb8\0\1"), "CLIENT-SUBNET",
		  "2001:db8:1::/48/32" },
		{ D("\0\x08\0\4\0\1\0\0"), "CLIENT-SUBNET", "0.0.0.0/0/0" },
		{ D("\0\x08\0\4\0\1\1\0"), "CLIENT-SUBNET", "00010100" },
		{ D("\0\x08\0\x09\0\1\x21\0\1\2\3\4\5"), "CLIENT-SUBNET", "000121000102030405" },
		{ D("\0\x08\0\4\0\3\0\0"), "CLIENT-SUBNET", "00030000" },
		{ D("\0\x08\0\3\0\1\0"), "CLIENT-SUBNET", "000100" },
		{ D("\0\x0a\0\x08\1\2\3\4\5\6\7\xff"), "COOKIE", "01020304050607FF" },
		{ D("\0\x0f\0\2\0\x12"), "EDE", "18 (Prohibited)" },
		{ D("\0\x0f\0\5\0\3a\"\n"), "EDE", "3 (Stale Answer): \"a\\\"\\010\"" },
		{ D("\0\x0f\0\2\3\xe7"), "EDE", "999" },
		{ D("\0\x0f\0\1\3"), "EDE", "03" },
		{ D("\xfd\xe9\0\1\1"), "OPT65001", "01" },
#undef D
	};
	struct buf b = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const uint8_t *msg = (const uint8_t *)rows[i].option;
		struct wire_edns edns = { .options = 0, .options_len = rows[i].len };
		struct rr_option option;
		char word[RR_WORD];
		size_t at = 0;

		ck_assert(rr_option_next(&option, msg, &edns, &at));
		ck_assert_uint_eq(at, rows[i].len);
		ck_assert_str_eq(rr_word(word, RR_OPTION, option.code), rows[i].word);
		b.len = 0;
		rr_option_text(&b, &option);
		ck_assert_str_eq(buf_str(&b), rows[i].text);
		ck_assert(!rr_option_next(&option, msg, &edns, &at));
		ck_assert_uint_eq(at, rows[i].len);
		for (edns.options_len = 1; edns.options_len < rows[i].len; edns.options_len++) {
			at = 0;
			ck_assert(!rr_option_next(&option, msg, &edns, &at));
			ck_assert_uint_eq(at, 0);
		}
	}
	buf_fini(&b);
}
END_TEST

START_TEST(two_options)
{
	static const uint8_t msg[] = "??\0\3\0\1a\0\x0c\0\2\0\0\0";
	struct wire_edns edns = { .options = 2, .options_len = sizeof(msg) - 1 - 2 };
	struct rr_option option;
	size_t at = 0;

	ck_assert(rr_option_next(&option, msg, &edns, &at));
	ck_assert_uint_eq(option.code, 3);
	ck_assert(rr_option_next(&option, msg, &edns, &at));
	ck_assert_uint_eq(option.code, 12);
	ck_assert_uint_eq(option.len, 2);
	ck_assert(!rr_option_next(&option, msg, &edns, &at));
	ck_assert_uint_eq(at, 11); /* and a byte is left */
	ck_assert_uint_eq(edns.options_len, 12);
}
END_TEST

UNIT_MAIN("rr", as_dig_shows, malformed, generic, times, compressed, words, all_words, options,
	  two_options)
