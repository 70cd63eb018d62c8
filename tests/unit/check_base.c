/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/scan.h"
#include "base/str.h"
#include "base/vec.h"
#include "unit.h"

START_TEST(errors_are_values)
{
	struct err err = { 0 };

	ck_assert_int_eq(err_set(&err, ERR_NEGATIVE, "%s: no", "x"), -1);
	ck_assert_int_eq(err.kind, ERR_NEGATIVE);
	ck_assert_str_eq(err.text, "x: no");
	err_prefix(&err, "line %d: ", 3);
	ck_assert_str_eq(err.text, "line 3: x: no");
	errno = ENOENT;
	err_sys(&err, "open %s", "f");
	ck_assert_int_eq(err.code, ENOENT);
	ck_assert_int_eq(err.kind, ERR_SYSTEM);
	ck_assert(strstr(err.text, "open f: ") == err.text);
}
END_TEST

/* SCAN(uint, TEXT, MAX, VALUE): scan_uint() over a string. */
#define SCAN(what, text, max, value) scan_##what(text, strchr(text, '\0'), max, value)

START_TEST(numbers)
{
	uint64_t v = 7;
	int64_t i;
	struct err err;

	ck_assert_uint_eq(SCAN(uint, "42x", 100, &v), 2);
	ck_assert_uint_eq(v, 42);
	ck_assert_uint_eq(SCAN(uint, "101", 100, &v), 0);
	ck_assert_uint_eq(v, 42);
	ck_assert_uint_eq(SCAN(uint, "", 100, &v), 0);
	ck_assert_int_eq(scan_uint_all("18446744073709551615", "n", 0, UINT64_MAX, &v, &err), 0);
	ck_assert_uint_eq(v, UINT64_MAX);
	ck_assert_int_lt(scan_uint_all("18446744073709551616", "n", 0, UINT64_MAX, &v, &err), 0);
	ck_assert_int_lt(scan_uint_all("-1", "n", 0, 9, &v, &err), 0);
	ck_assert_int_lt(scan_uint_all("5", "n", 6, 9, &v, &err), 0);
	ck_assert_str_eq(err.text, "n: \"5\" is not a number from 6 to 9");
	ck_assert_uint_eq(SCAN(hex, "fFg", 0xff, &v), 2);
	ck_assert_uint_eq(v, 255);
	ck_assert_uint_eq(SCAN(hex, "100", 0xff, &v), 0);
	ck_assert(scan_int_all("-9223372036854775808", &i) && i == INT64_MIN);
	ck_assert(scan_int_all("0x10", &i) && i == 16);
	ck_assert(scan_int_all("-0x10", &i) && i == -16);
	ck_assert(!scan_int_all("9223372036854775808", &i));
	ck_assert(!scan_int_all("", &i) && !scan_int_all("-", &i) && !scan_int_all("1 ", &i));
}
END_TEST

static const struct {
	const char *text;
	uint64_t ns; /* 0: must fail */
} durations[] = {
	{ "2", 2000000000 },
	{ "0.5", 500000000 },
	{ "250ms", 250000000 },
	{ "1.5us", 1500 },
	{ "5m", 300000000000 },
	{ "1d", 86400000000000 },
	{ "7ns", 7 },
	{ "", 0 },
	{ "s", 0 },
	{ "1.", 0 },
	{ ".5", 0 },
	{ "-1", 0 },
	{ "1x", 0 },
	{ "99999999999d", 0 },
	{ "0.1234567891234", 123456789 },
	{ "1.5h", 5400000000000 },
};

START_TEST(times_and_sizes)
{
	struct err err;
	uint64_t v;

	for (size_t i = 0; i < ARRAY_SIZE(durations); i++) {
		int rc = scan_duration_all(durations[i].text, "t", &v, &err);

		ck_assert_msg((rc == 0) == (durations[i].ns != 0), "%s", durations[i].text);
		if (rc == 0)
			ck_assert_msg(v == durations[i].ns, "%s: %" PRIu64, durations[i].text, v);
	}
	ck_assert_int_eq(scan_size_all("64k", "s", &v, &err), 0);
	ck_assert_uint_eq(v, 65536);
	ck_assert_int_eq(scan_size_all("1G", "s", &v, &err), 0);
	ck_assert_uint_eq(v, 1U << 30);
	ck_assert_int_lt(scan_size_all("1kb", "s", &v, &err), 0);
	ck_assert_int_lt(scan_size_all("99999999t", "s", &v, &err), 0);
	ck_assert_int_lt(scan_size_all("", "s", &v, &err), 0);
}
END_TEST

START_TEST(utf8)
{
	static const struct {
		const char *bytes;
		size_t len; /* 0: not valid */
		uint32_t point;
	} rows[] = {
		{ "a", 1, 'a' },
		{ "\xc3\xa9", 2, 0xe9 },
		{ "\xe2\x82\xac", 3, 0x20ac },
		{ "\xf0\x9f\x98\x80", 4, 0x1f600 },
		{ "\x80", 0, 0 },
		{ "\xc0\x80", 0, 0 },
		{ "\xe0\x80\x80", 0, 0 },
		{ "\xed\xa0\x80", 0, 0 },
		{ "\xf4\x90\x80\x80", 0, 0 },
		{ "\xff", 0, 0 },
		{ "\xc3", 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint32_t point = 0;

		ck_assert_uint_eq(str_utf8(rows[i].bytes, strlen(rows[i].bytes), &point),
				  rows[i].len);
		if (rows[i].len)
			ck_assert_uint_eq(point, rows[i].point);
	}
}
END_TEST

START_TEST(untrusted_text)
{
	struct buf b = { 0 };
	char show[STR_SHOW], big[1000];

	ck_assert_uint_eq(str_safe(&b, "a\x1b[31m\x80\xc3\xa9", 9), 1 + 4 + 4 + 4 + 1);
	ck_assert_str_eq(buf_str(&b), "a\\x1b[31m\\x80\xc3\xa9");
	buf_fini(&b);
	str_safe(&b, "\xe2\x80\xae", 3); /* U+202E turns the text behind it around */
	ck_assert_str_eq(buf_str(&b), "\\u{202e}");
	buf_fini(&b);
	ck_assert_uint_eq(str_safe(&b, "\xe6\x97\xa5", 3), 2);
	buf_fini(&b);
	ck_assert_str_eq(str_show(show, "short"), "short");
	ck_assert_str_eq(str_show_n(show, "a\0b", 3), "a\\x00b");
	memset(big, '\xc3', sizeof(big));
	for (size_t i = 1; i < sizeof(big); i += 2)
		big[i] = '\xa9';
	for (size_t n = 0; n < sizeof(big); n++) {
		str_show_n(show, big, n);
		ck_assert_uint_lt(strlen(show), STR_SHOW);
	}
	ck_assert(strstr(show, "...") != NULL);
}
END_TEST

/* Every byte at every place of texts of every length up to 20. */
START_TEST(plain_text)
{
	char text[20], to[20];

	for (size_t n = 0; n <= sizeof(text); n++) {
		memset(text, 'x', n);
		ck_assert_uint_eq(str_copy_plain(to, text, n, '"', ','), n);
		ck_assert(n == 0 || memcmp(to, text, n) == 0);
		for (size_t at = 0; at < n; at++) {
			for (unsigned c = 0; c < 256; c++) {
				bool plain = c >= 0x20 && c < 0x7f && c != '"' && c != ',';
				size_t got;

				text[at] = (char)c;
				memset(to, 0, sizeof(to));
				got = str_copy_plain(to, text, n, '"', ',');
				ck_assert_msg(got == (plain ? n : at), "byte %u at %zu of %zu: %zu",
					      c, at, n, got);
				ck_assert(got == 0 || memcmp(to, text, got) == 0);
			}
			text[at] = 'x';
		}
	}
}
END_TEST

START_TEST(distances)
{
	ck_assert_uint_eq(str_distance("resolve", "resovle"), 1);
	ck_assert_uint_eq(str_distance("addr", "adr"), 1);
	ck_assert_uint_eq(str_distance("", "abc"), 3);
	ck_assert_uint_eq(str_distance("hosts", "hosts"), 0);
	ck_assert_uint_eq(str_distance("kitten", "sitting"), 3);
	ck_assert(str_eq_nocase("HtTp", "http") && !str_eq_nocase("http", "https"));
}
END_TEST

START_TEST(lines_of_a_pipe)
{
	static const char text[] = "one\n\nthree\0x\nlast";
	struct io_lines l = { .delimiter = '\n', .name = "pipe" };
	struct err err;
	char *line;
	size_t len;
	int fd[2];

	ck_assert_int_eq(pipe(fd), 0);
	ck_assert_int_eq(write(fd[1], text, sizeof(text) - 1), sizeof(text) - 1);
	close(fd[1]);
	l.fd = fd[0];
	ck_assert_int_eq(io_lines_next(&l, &line, &len, &err), 1);
	ck_assert_str_eq(line, "one");
	ck_assert_int_eq(io_lines_next(&l, &line, &len, &err), 1);
	ck_assert_uint_eq(len, 0);
	ck_assert_int_eq(io_lines_next(&l, &line, &len, &err), 1);
	ck_assert_uint_eq(len, 7);
	ck_assert_uint_eq(l.number, 3);
	ck_assert(!l.cut);
	ck_assert_int_eq(io_lines_next(&l, &line, &len, &err), 1);
	ck_assert_str_eq(line, "last");
	ck_assert(l.cut);
	ck_assert_int_eq(io_lines_next(&l, &line, &len, &err), 0);
	io_lines_fini(&l);
	close(fd[0]);
	l = (struct io_lines){ .fd = -1, .name = "closed" };
	ck_assert_int_eq(io_lines_next(&l, &line, &len, &err), -1);
	ck_assert_int_eq(err.code, EBADF);
	io_lines_fini(&l);
}
END_TEST

/* Every run is whole lines, all of them come, and the slack is delimiters. */
static void blocks_of(const char *path, uint64_t want, uint64_t too_long)
{
	struct io_blocks b = { .delimiter = '\n', .name = path };
	uint64_t bytes = 0, bad = 0;
	struct err err;
	char *data;
	size_t len;
	int rc;

	b.fd = open(path, O_RDONLY);
	ck_assert_int_ge(b.fd, 0);
	while ((rc = io_blocks_next(&b, &data, &len, &err)) != 0) {
		if (rc < 0) {
			ck_assert_int_eq(err.kind, ERR_USAGE);
			bad++;
			continue;
		}
		for (int i = 1; i <= IO_SLACK; i++)
			ck_assert(data[-i] == '\n' && data[len + (size_t)i - 1] == '\n');
		for (size_t i = 0; i < len; i++, bytes++)
			if (data[i] != (bytes % 10 == 9 ? '\n' : 'x'))
				ck_abort_msg("byte %" PRIu64 " is %d", bytes, data[i]);
		memset(data, 'x', len);
	}
	ck_assert_uint_eq(bytes, want);
	ck_assert_uint_eq(bad, too_long);
	io_blocks_fini(&b);
	close(b.fd);
}

enum {
	TOO_LONG = IO_LINE_MAX + (256 << 10),
};

START_TEST(runs_of_lines)
{
	char path[] = "/tmp/netipc-check-XXXXXX", *long_line = xmalloc(TOO_LONG + 1);
	int fd = mkstemp(path);
	FILE *fp = fdopen(fd, "w");

	ck_assert_ptr_nonnull(fp);
	blocks_of(path, 0, 0);
	for (int i = 0; i < 100003; i++)
		ck_assert_int_ge(fputs("xxxxxxxxx\n", fp), 0);
	fputs("xxxx", fp); /* no delimiter at the end */
	fflush(fp);
	blocks_of(path, 1000034, 0);
	fputs("xxxxx\n", fp);
	memset(long_line, 'L', TOO_LONG);
	long_line[TOO_LONG] = '\n';
	ck_assert_uint_eq(fwrite(long_line, 1, TOO_LONG + 1, fp), TOO_LONG + 1);
	fputs("xxxxxxxxx\nxx", fp);
	fclose(fp);
	blocks_of(path, 1000052, 1);
	unlink(path);
	free(long_line);
}
END_TEST

START_TEST(runs_of_a_line_at_the_limit)
{
	char path[] = "/tmp/netipc-check-XXXXXX", *line = xmalloc(IO_LINE_MAX + 1);
	int fd = mkstemp(path);

	memset(line, 'L', IO_LINE_MAX);
	line[IO_LINE_MAX] = '\n';
	ck_assert_int_eq(write(fd, line, IO_LINE_MAX + 1), IO_LINE_MAX + 1);
	close(fd);
	free(line);
	struct io_blocks b = { .delimiter = '\n', .name = path };
	struct err err;
	char *data;
	size_t len;

	b.fd = open(path, O_RDONLY);
	ck_assert_int_eq(io_blocks_next(&b, &data, &len, &err), 1);
	ck_assert_uint_eq(len, IO_LINE_MAX + 1);
	ck_assert_int_eq(io_blocks_next(&b, &data, &len, &err), 0);
	io_blocks_fini(&b);
	close(b.fd);
	b = (struct io_blocks){ .delimiter = '\n', .name = "closed", .fd = -1 };
	ck_assert_int_eq(io_blocks_next(&b, &data, &len, &err), -1);
	ck_assert_int_eq(err.code, EBADF);
	io_blocks_fini(&b);
	unlink(path);
}
END_TEST

enum {
	SHARED = 30011, /* lines; more than one run has */
	SHARES = 7,
};

/* Adds the line of LEN bytes at LINE to SEEN, which counts; it must be of share I. */
static void count_shared(unsigned seen[static SHARED], uint64_t i, const char *line, size_t len)
{
	uint64_t number;

	ck_assert_uint_eq(scan_uint(line, line + len, SHARED - 1, &number), len);
	ck_assert_uint_eq(number % SHARES, i);
	seen[number]++;
}

static void share_of_lines(int fd, const struct io_share *share, unsigned seen[static SHARED])
{
	struct io_lines l = { .fd = fd, .delimiter = '\n', .name = "shared", .share = share };
	struct err err;
	char *line;
	size_t len;

	while (io_lines_next(&l, &line, &len, &err) == 1) {
		count_shared(seen, share->index, line, len);
		ck_assert_uint_eq(l.number % SHARES, (share->index + 1) % SHARES);
	}
	io_lines_fini(&l);
}

static void share_of_blocks(int fd, const struct io_share *share, unsigned seen[static SHARED])
{
	struct io_blocks b = { .fd = fd, .delimiter = '\n', .name = "shared", .share = share };
	uint64_t n = 0;
	struct err err;
	char *data;
	size_t len;

	while (io_blocks_next(&b, &data, &len, &err) == 1) {
		ck_assert_uint_ne(len, 0);
		for (int i = 1; i <= IO_SLACK; i++)
			ck_assert(data[-i] == '\n' && data[len + (size_t)i - 1] == '\n');
		for (const char *at = data, *end; at < data + len; at = end + 1) {
			end = memchr(at, '\n', (size_t)(data + len - at) + 1);
			count_shared(seen, share->index, at, (size_t)(end - at));
			n++;
			/* The lines tell their number themselves: it is one less than their place.
			 */
			ck_assert_uint_eq(io_share_place(share, n) % SHARES,
					  (share->index + 1) % SHARES);
		}
		memset(data, 'x', len);
	}
	ck_assert_uint_ge(n, SHARED / SHARES);
	ck_assert_uint_le(n, SHARED / SHARES + 1);
	io_blocks_fini(&b);
}

START_TEST(shares)
{
	char path[] = "/tmp/netipc-check-XXXXXX";
	static unsigned lines[SHARED], blocks[SHARED];
	int fd = mkstemp(path);
	FILE *fp = fdopen(fd, "w+");

	ck_assert_ptr_nonnull(fp);
	for (unsigned i = 0; i < SHARED; i++)
		fprintf(fp, "%0*u%s", i % 100 + 1, i, i < SHARED - 1 ? "\n" : "");
	ck_assert_int_eq(fflush(fp), 0);
	for (uint64_t i = 0; i < SHARES; i++) {
		const struct io_share share = { i, SHARES };

		ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
		share_of_lines(fd, &share, lines);
		ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
		share_of_blocks(fd, &share, blocks);
	}
	for (unsigned i = 0; i < SHARED; i++)
		ck_assert(lines[i] == 1 && blocks[i] == 1);
	ck_assert_uint_eq(io_share_place(NULL, 5), 5);
	ck_assert_uint_eq(io_share_place(&(struct io_share){ 2, 3 }, 2), 6);
	fclose(fp);
	unlink(path);
}
END_TEST

/* The line that is too long is of one share, whose run alone complains of it. */
START_TEST(share_of_a_long_line)
{
	char path[] = "/tmp/netipc-check-XXXXXX", *long_line = xmalloc(TOO_LONG + 1);
	int fd = mkstemp(path);
	FILE *fp = fdopen(fd, "w+");

	ck_assert_ptr_nonnull(fp);
	memset(long_line, 'L', TOO_LONG);
	long_line[TOO_LONG] = '\n';
	fputs("0\n", fp);
	ck_assert_uint_eq(fwrite(long_line, 1, TOO_LONG + 1, fp), TOO_LONG + 1);
	fputs("2\n3\n", fp);
	ck_assert_int_eq(fflush(fp), 0);
	for (uint64_t i = 0; i < 2; i++) {
		const struct io_share share = { i, 2 };
		struct io_blocks b = { .fd = fd, .delimiter = '\n', .name = path, .share = &share };
		struct buf got = { 0 };
		unsigned bad = 0;
		struct err err;
		char *data;
		size_t len;
		int rc;

		ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
		while ((rc = io_blocks_next(&b, &data, &len, &err)) != 0) {
			if (rc < 0)
				bad++;
			else
				buf_add(&got, data, len);
		}
		ck_assert_str_eq(buf_str(&got), i ? "3\n" : "0\n2\n");
		ck_assert_uint_eq(bad, i);
		buf_fini(&got);
		io_blocks_fini(&b);
	}
	fclose(fp);
	unlink(path);
	free(long_line);
}
END_TEST

START_TEST(deadlines)
{
	ck_assert_int_eq(clock_left_ns(UINT64_MAX), -1);
	ck_assert_int_eq(clock_left_ns(0), 0);
	ck_assert(clock_left_ns(clock_now_ns() + 3600 * CLOCK_S) > (int64_t)(3590 * CLOCK_S));
	ck_assert(clock_left_ns(UINT64_MAX - 1) > 0);
}
END_TEST

START_TEST(names_of_errors)
{
	ck_assert_str_eq(err_code_name(ENOPROTOOPT), "ENOPROTOOPT");
	ck_assert_str_eq(err_code_name(EPERM), "EPERM");
	ck_assert_ptr_null(err_code_name(0));
	ck_assert_ptr_null(err_code_name(-1));
}
END_TEST

START_TEST(json_strings)
{
	static const struct {
		const char *bytes, *json;
	} rows[] = {
		{ "", "\"\"" },
		{ "a\"b\\", "\"a\\\"b\\\\\"" },
		{ "\n\x01\x7f", "\"\\n\\u0001\\u007f\"" },
		{ "\xc3\xa9\xff", "\"\xc3\xa9\xef\xbf\xbd\"" },
	};
	struct buf b = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		b.len = 0;
		str_json(&b, rows[i].bytes, strlen(rows[i].bytes));
		ck_assert_str_eq(buf_str(&b), rows[i].json);
	}
	buf_fini(&b);
}
END_TEST

START_TEST(json_strings_read)
{
	static const struct {
		const char *json;
		size_t length; /* 0: it is none */
		const char *text;
	} rows[] = {
		{ "\"\"", 2, "" },
		{ "\"ab\",", 4, "ab" },
		{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", 18, "\"\\/\b\f\n\r\t" },
		{ "\"\\u0041\\u00e9\\u20AC\"", 20, "A\xc3\xa9\xe2\x82\xac" },
		{ "\"\\ud83d\\ude00\"", 14, "\xf0\x9f\x98\x80" },
		{ "\"\\ud83dx\"", 9, "\xef\xbf\xbdx" },
		{ "\"\\ude00\\ud83d\"", 14, "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\"\xc3\xa9\xff\"", 5, "\xc3\xa9\xff" },
		{ "", 0, NULL },
		{ "a", 0, NULL },
		{ "\"a", 0, NULL },
		{ "\"a\\", 0, NULL },
		{ "\"a\\\"", 0, NULL },
		{ "\"a\n\"", 0, NULL },
		{ "\"\\x41\"", 0, NULL },
		{ "\"\\u12\"", 0, NULL },
		{ "\"\\u12g4\"", 0, NULL },
	};
	struct buf b = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *json = rows[i].json;

		b.len = 0;
		ck_assert_uint_eq(scan_json_string(json, json + strlen(json), &b), rows[i].length);
		if (rows[i].length)
			ck_assert_str_eq(buf_str(&b), rows[i].text);
	}
	buf_fini(&b);
}
END_TEST

START_TEST(arena_pieces_stay)
{
	static const size_t sizes[] = { 0, 1, 7, 100, 8191, 8192, 40000, 3, 1 << 20, 5 };
	struct arena a = { 0 };
	char *pieces[500];

	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		size_t n = sizes[i % ARRAY_SIZE(sizes)];

		pieces[i] = arena_alloc(&a, n);
		ck_assert_uint_eq((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
		memset(pieces[i], (int)i & 0x7f, n);
	}
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++)
		for (size_t k = 0; k < sizes[i % ARRAY_SIZE(sizes)]; k++)
			if (pieces[i][k] != (char)(i & 0x7f))
				ck_abort_msg("piece %zu was written over at %zu", i, k);
	ck_assert_mem_eq(arena_copy(&a, "a\0b", 3), "a\0b\0", 4);
	ck_assert_str_eq(arena_copy(&a, NULL, 0), "");
	arena_fini(&a);
	ck_assert_ptr_null(a.chunks);
	arena_fini(&a);
}
END_TEST

UNIT_MAIN("base", arena_pieces_stay, errors_are_values, numbers, times_and_sizes, utf8,
	  untrusted_text, plain_text, distances, lines_of_a_pipe, runs_of_lines,
	  runs_of_a_line_at_the_limit, shares, share_of_a_long_line, deadlines, json_strings,
	  json_strings_read, names_of_errors)
