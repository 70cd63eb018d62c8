/* SPDX-License-Identifier: MIT */
/*
 * fuzz_str.c - any bytes made safe for a terminal, for JSON, and for a message
 *
 * What was made safe has nothing hidden and stays as it is; JSON, read as RFC 8259 has it, is the
 * bytes again, with U+FFFD for what is not UTF-8.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/xalloc.h"
#include "fuzz_shown.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_safe(const char *text, size_t size)
{
	struct buf safe = { 0 }, again = { 0 };
	char show[STR_SHOW], *copy = xstrndup(text, size);
	size_t columns = str_safe(&safe, text, size);

	fuzz_shown(safe.data, safe.len, false);
	require(str_safe(&again, safe.data, safe.len) == columns);
	require(safe.len == again.len && memcmp(buf_str(&safe), buf_str(&again), safe.len) == 0);
	str_show_n(show, text, size);
	require(strlen(show) < STR_SHOW);
	fuzz_shown(show, strlen(show), false);
	str_show(show, copy);
	require(strlen(show) < STR_SHOW);
	fuzz_shown(show, strlen(show), false);
	buf_fini(&safe);
	buf_fini(&again);
	free(copy);
}

/* Appends POINT in UTF-8. */
static void put_point(struct buf *b, uint32_t point)
{
	static const uint8_t first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	unsigned n = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;

	buf_addc(b, (char)(first[n] | point >> 6 * (n - 1)));
	while (--n > 0)
		buf_addc(b, (char)(0x80 | (point >> 6 * (n - 1) & 63)));
}

/* The UTF-16 unit behind \u. */
static uint32_t read_unit(const char *s)
{
	uint32_t unit = 0;

	require(s[0] == '\\' && s[1] == 'u');
	for (int i = 2; i < 6; i++) {
		require(str_hex_digit(s[i]) >= 0);
		unit = unit << 4 | (uint32_t)str_hex_digit(s[i]);
	}
	return unit;
}

/* What the escape at S stands for; how long it is. */
static size_t read_escape(struct buf *b, const char *s)
{
	static const char letters[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	const char *letter = s[1] ? strchr(letters, s[1]) : NULL;
	uint32_t unit, low;

	if (letter) {
		buf_addc(b, values[letter - letters]);
		return 2;
	}
	unit = read_unit(s);
	require(unit < 0xdc00 || unit > 0xdfff);
	if (unit < 0xd800 || unit > 0xdbff) {
		put_point(b, unit);
		return 6;
	}
	low = read_unit(s + 6);
	require(low >= 0xdc00 && low <= 0xdfff);
	put_point(b, 0x10000 + ((unit & 0x3ff) << 10 | (low & 0x3ff)));
	return 12;
}

/* The string of JSON TEXT, which is one and nothing else. */
static void read_json(struct buf *b, const char *text, size_t len)
{
	size_t at = 1;

	require(len >= 2 && text[0] == '"' && text[len - 1] == '"');
	while (at < len - 1) {
		require((unsigned char)text[at] >= ' ' && text[at] != '"');
		if (text[at] == '\\')
			at += read_escape(b, text + at);
		else
			buf_addc(b, text[at++]);
	}
	require(at == len - 1);
}

static void check_json(const char *text, size_t size)
{
	struct buf json = { 0 }, read = { 0 }, want = { 0 };
	uint32_t point;

	for (size_t at = 0, n; at < size; at += n) {
		n = str_utf8(text + at, size - at, &point);
		if (n)
			buf_add(&want, text + at, n);
		else
			put_point(&want, 0xfffd);
		n += n == 0;
	}
	str_json(&json, text, size);
	fuzz_shown(json.data, json.len, false);
	read_json(&read, buf_str(&json), json.len);
	require(read.len == want.len && memcmp(buf_str(&read), buf_str(&want), read.len) == 0);
	buf_fini(&json);
	buf_fini(&read);
	buf_fini(&want);
}

/* What is taken for UTF-8 is the shortest form of its code point. */
static void check_utf8(const char *text, size_t size)
{
	struct buf b = { 0 };
	uint32_t point;

	for (size_t at = 0; at < size; at++) {
		size_t n = str_utf8(text + at, size - at, &point);

		if (n == 0)
			continue;
		require(point <= 0x10ffff && (point < 0xd800 || point > 0xdfff));
		b.len = 0;
		put_point(&b, point);
		require(b.len == n && memcmp(b.data, text + at, n) == 0);
	}
	buf_fini(&b);
}

/* The distance is symmetric, 0 only between equals, and no more than the longer one. */
static void check_distance(const char *text, size_t size)
{
	size_t half = size / 2 < 40 ? size / 2 : 40;
	char *a = xstrndup(text, half), *b = xstrndup(text + half, half);
	unsigned far = str_distance(a, b);

	require(far == str_distance(b, a) && (far == 0) == (strcmp(a, b) == 0));
	require(far <= (strlen(a) > strlen(b) ? strlen(a) : strlen(b)));
	free(a);
	free(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;

	if (size == 0)
		return 0;
	check_utf8(text, size);
	check_safe(text, size);
	check_json(text, size);
	check_distance(text, size);
	return 0;
}
