/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/scan.h"
#include "base/str.h"
#include "cmd/echo_client_impl.h"
#include "unit.h"

static struct hist h;

static void expect(struct buf *b, const char *want)
{
	ck_assert_str_eq(buf_str(b), want);
	buf_fini(b);
}

START_TEST(sparks)
{
	static const uint64_t values[] = { 0, 1, 2, 3, 4, 5, 6, 7, LIVE_NONE };
	static const uint64_t large[] = { UINT64_MAX - 1, 1 };
	struct buf b = { 0 };

	echo_client_put_spark(&b, values, ARRAY_SIZE(values), false);
	expect(&b, "_.-:=+*#x");
	echo_client_put_spark(&b, values, ARRAY_SIZE(values), true);
	expect(&b, "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588x");
	echo_client_put_spark(&b, values + 8, 1, true);
	expect(&b, "x");
	echo_client_put_spark(&b, large, 2, false);
	expect(&b, "#_");
	echo_client_put_spark(&b, values, 1, false);
	expect(&b, "_");
	echo_client_put_spark(&b, values, 0, false);
	ck_assert_uint_eq(b.len, 0);
}
END_TEST

START_TEST(bars)
{
	struct buf b = { 0 };

	memset(&h, 0, sizeof(h));
	echo_client_put_bars(&b, &h, true);
	ck_assert_uint_eq(b.len, 0);
	hist_add_n(&h, 1100, 400); /* the bar has 50 characters: an eighth for each */
	hist_add_n(&h, 1200, 13);
	hist_add_n(&h, 1500, 1);
	hist_add_n(&h, 3000, 8);
	echo_client_put_bars(&b, &h, false);
	expect(&b, "<= 1.15 us             400 ##################################################\n"
		   "<= 1.28 us              13 #\n"
		   "<= 1.41 us               0\n"
		   "<= 1.53 us               1 #\n"
		   "...\n"
		   "<= 3.07 us               8 #\n");
	echo_client_put_bars(&b, &h, true);
	ck_assert_ptr_nonnull(strstr(buf_str(&b), "  13 \u2588\u258b\n"));
	ck_assert_ptr_nonnull(strstr(buf_str(&b), "   1 \u258f\n"));
	ck_assert_ptr_nonnull(strstr(buf_str(&b), "   8 \u2588\n"));
	buf_fini(&b);
}
END_TEST

/* The count in a line such as "<= 1.15 us   400 ###". */
static uint64_t count_in(const char *line)
{
	const char *unit = strchr(line + strlen("<= "), ' ');
	uint64_t n;

	ck_assert_ptr_nonnull(unit);
	unit += strcspn(unit + 1, " ") + 1;
	unit += strspn(unit, " ");
	ck_assert_uint_gt(scan_uint(unit, unit + strlen(unit), UINT64_MAX, &n), 0);
	return n;
}

/* Whatever is in it: all counts are there, and no bar is empty or too long. */
START_TEST(many_bars)
{
	uint64_t state = 1, sum = 0;
	struct buf b = { 0 };
	unsigned lines = 0;

	memset(&h, 0, sizeof(h));
	for (int i = 0; i < 10000; i++) {
		state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		hist_add(&h, 1000 + (state >> (20 + (state >> 59))));
	}
	echo_client_put_bars(&b, &h, false);
	buf_str(&b); /* ends with NUL */
	for (char *line = b.data, *next; *line != '\0'; line = next) {
		uint64_t n;
		const char *bar;

		next = strchr(line, '\n');
		ck_assert_ptr_nonnull(next);
		*next++ = '\0';
		lines++;
		if (strcmp(line, "...") == 0)
			continue;
		n = count_in(line);
		sum += n;
		bar = strchr(line, '#');
		ck_assert_int_eq(n > 0, bar != NULL);
		if (bar)
			ck_assert_uint_le(strlen(bar), 50);
	}
	ck_assert_uint_eq(sum, 10000);
	ck_assert_uint_le(lines, 64);
	buf_fini(&b);
}
END_TEST

/* Of FRAME: how many lines it has; each has at most MOST characters. */
static unsigned measure(const struct buf *frame, size_t most)
{
	static const char clear[] = "\r\x1b[J";
	const char *s = frame->data, *end = s + frame->len;
	unsigned lines = 1;
	size_t n = 0;

	ck_assert(frame->len > strlen(clear) && memcmp(s, clear, strlen(clear)) == 0);
	for (s += strlen(clear); s < end && *s != '\x1b';) {
		uint32_t point;
		size_t len = str_utf8(s, (size_t)(end - s), &point);

		ck_assert_uint_gt(len, 0); /* no character was cut */
		if (point == '\n')
			lines++;
		n = point == '\n' || point == '\r' ? 0 : n + 1;
		ck_assert_uint_le(n, most);
		s += len;
	}
	return lines;
}

START_TEST(frames)
{
	static const unsigned widths[] = { 1, 2, 5, 20, 27, 28, 29, 30, 40, 79, 80, 81, 200, 1000 };
	uint64_t values[300];
	struct echo_live_view v = {
		.head = "127.0.0.1:7: 300 sent, 299 returned, 1 lost in 60.0 s",
		.values = values,
		.n = ARRAY_SIZE(values),
		.recent = &h,
		.all = &h,
	};
	struct buf b = { 0 };

	memset(&h, 0, sizeof(h));
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		values[i] = i == 7 ? LIVE_NONE : i * CLOCK_MS;
		hist_add(&h, i * CLOCK_MS);
	}
	for (size_t i = 0; i < ARRAY_SIZE(widths); i++) {
		for (unsigned height = 1; height < 8; height++) {
			unsigned lines = height - 1 < LIVE_LINES ? height - 1 : LIVE_LINES;
			char up[24] = "\r";

			b.len = 0;
			echo_client_frame(&b, &v, widths[i], height, i % 2);
			ck_assert_uint_eq(measure(&b, widths[i] > 1 ? widths[i] - 1 : 1),
					  lines ? lines : 1);
			/* The cursor is back at its begin. */
			if (lines > 1)
				snprintf(up, sizeof(up), "\r\x1b[%uA", lines - 1);
			ck_assert_str_eq(buf_str(&b) + b.len - strlen(up), up);
		}
	}
	buf_fini(&b);
}
END_TEST

START_TEST(one_frame)
{
	static const uint64_t values[] = { CLOCK_MS, 2 * CLOCK_MS, LIVE_NONE };
	static const uint64_t bytes[] = { 1000000, 500000 };
	struct echo_live_view v = { .head = "head", .values = values, .n = 3 };
	struct buf b = { 0 };

	memset(&h, 0, sizeof(h));
	hist_add_n(&h, 64, 10);
	v.all = &h;
	echo_client_frame(&b, &v, 80, 24, false);
	expect(&b, "\r\x1b[Jhead\r\n=#x most 2.00 ms\r\n"
		   "all: p50 0.06 us, p90 0.06 us, p99 0.06 us, p99.9 0.06 us, max 0.06 us"
		   "\r\x1b[2A");
	echo_client_frame(&b, &v, 20, 24, false); /* without the label */
	expect(&b, "\r\x1b[Jhead\r\n=#x\r\nall: p50 0.06 us, p\r\x1b[2A");
	v = (struct echo_live_view){ .head = "h", .values = bytes, .n = 2, .bandwidth = true };
	echo_client_frame(&b, &v, 80, 24, false);
	expect(&b, "\r\x1b[Jh\r\n#= 500 kB/s, most 1.00 MB/s\r\x1b[1A");
	v.n = 0;
	echo_client_frame(&b, &v, 80, 24, false);
	expect(&b, "\r\x1b[Jh\r");
}
END_TEST

UNIT_MAIN("echo_draw", sparks, bars, many_bars, frames, one_frame)
