/* SPDX-License-Identifier: MIT */
#include "base/scan.h"

#include <inttypes.h>
#include <string.h>

#include "base/str.h"

size_t scan_uint(const char *s, const char *end, uint64_t max, uint64_t *value)
{
	const uint64_t tenth = max / 10;
	const char *p = s;
	uint64_t v = 0;

	for (; p < end && str_is_digit(*p); p++) {
		uint64_t digit = (uint64_t)(*p - '0');

		if (v > tenth || digit > max - 10 * v)
			return 0;
		v = 10 * v + digit;
	}
	if (p > s)
		*value = v;
	return (size_t)(p - s);
}

size_t scan_hex(const char *s, const char *end, uint64_t max, uint64_t *value)
{
	const char *p = s;
	uint64_t v = 0;
	int digit;

	for (; p < end && (digit = str_hex_digit(*p)) >= 0; p++) {
		if (v > max >> 4 || (v << 4 | (uint64_t)digit) > max)
			return 0;
		v = v << 4 | (uint64_t)digit;
	}
	if (p > s)
		*value = v;
	return (size_t)(p - s);
}

/* Appends the UTF-8 of POINT, U+FFFD for a surrogate. */
static void put_utf8(struct buf *b, uint32_t point)
{
	if (point >= 0xd800 && point < 0xe000)
		point = 0xfffd;
	if (point < 0x80) {
		buf_addc(b, (char)point);
		return;
	}
	if (point < 0x800) {
		buf_addc(b, (char)(0xc0 | point >> 6));
	} else {
		if (point < 0x10000) {
			buf_addc(b, (char)(0xe0 | point >> 12));
		} else {
			buf_addc(b, (char)(0xf0 | point >> 18));
			buf_addc(b, (char)(0x80 | (point >> 12 & 63)));
		}
		buf_addc(b, (char)(0x80 | (point >> 6 & 63)));
	}
	buf_addc(b, (char)(0x80 | (point & 63)));
}

/* The four digits behind the "\\u" at S. */
static bool scan_unit(const char *s, const char *end, uint32_t *unit)
{
	*unit = 0;
	if (end - s < 6 || s[0] != '\\' || s[1] != 'u')
		return false;
	for (int i = 2; i < 6; i++) {
		int digit = str_hex_digit(s[i]);

		if (digit < 0)
			return false;
		*unit = *unit << 4 | (uint32_t)digit;
	}
	return true;
}

/* The character that the escape at S, its backslash, stands for; how many bytes that takes. */
static size_t scan_escape(const char *s, const char *end, struct buf *b)
{
	static const char letters[] = "bfnrt\"\\/", values[] = "\b\f\n\r\t\"\\/";
	uint32_t unit, second;
	const char *letter;

	if (scan_unit(s, end, &unit)) {
		bool is_first = unit >= 0xd800 && unit < 0xdc00;

		if (is_first && scan_unit(s + 6, end, &second) && second >= 0xdc00 &&
		    second < 0xe000) {
			put_utf8(b, 0x10000 + ((unit - 0xd800) << 10) + (second - 0xdc00));
			return 12;
		}
		put_utf8(b, unit);
		return 6;
	}
	if (end - s < 2 || !s[1] || !(letter = strchr(letters, s[1])))
		return 0;
	buf_addc(b, values[letter - letters]);
	return 2;
}

size_t scan_json_string(const char *s, const char *end, struct buf *b)
{
	const char *p = s;

	if (p == end || *p != '"')
		return 0;
	for (p++; p < end && *p != '"';) {
		size_t n = 1;

		if (*p == '\\')
			n = scan_escape(p, end, b);
		else if ((unsigned char)*p < ' ')
			n = 0;
		else
			buf_addc(b, *p);
		if (n == 0)
			return 0;
		p += n;
	}
	return p < end ? (size_t)(p - s) + 1 : 0;
}

int scan_uint_all(const char *text, const char *what, uint64_t min, uint64_t max, uint64_t *value,
		  struct err *err)
{
	const char *end = text + strlen(text);
	char show[STR_SHOW];
	uint64_t v = 0;

	if (text == end || scan_uint(text, end, max, &v) != strlen(text) || v < min)
		return err_set(err, ERR_USAGE,
			       "%s: \"%s\" is not a number from %" PRIu64 " to %" PRIu64, what,
			       str_show(show, text), min, max);
	*value = v;
	return 0;
}

bool scan_int_all(const char *text, int64_t *value)
{
	bool minus = *text == '-';
	const char *s = text + minus, *end = s + strlen(s);
	uint64_t max = (uint64_t)INT64_MAX + minus, v = 0;
	size_t n;

	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
		s += 2;
		n = scan_hex(s, end, max, &v);
	} else {
		n = scan_uint(s, end, max, &v);
	}
	if (n == 0 || s + n != end)
		return false;
	*value = minus ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}

static const struct {
	char name[3];
	uint64_t ns;
} duration_units[] = {
	{ "ns", 1 },          { "us", 1000 },         { "ms", 1000000 },       { "s", 1000000000 },
	{ "m", 60000000000 }, { "h", 3600000000000 }, { "d", 86400000000000 }, { "", 1000000000 },
};

int scan_duration_all(const char *text, const char *what, uint64_t *value_ns, struct err *err)
{
	const char *end = text + strlen(text), *s = text;
	uint64_t whole = 0, fraction = 0, scale = 1;
	char show[STR_SHOW];
	size_t n;

	n = scan_uint(s, end, UINT64_MAX, &whole);
	if (n == 0)
		goto bad;
	s += n;
	if (*s == '.') {
		for (s++; str_is_digit(*s); s++) {
			if (scale == 1000000000)
				continue; /* below a nanosecond */
			fraction = 10 * fraction + (uint64_t)(*s - '0');
			scale *= 10;
		}
		if (s[-1] == '.')
			goto bad;
	}
	for (size_t i = 0; i < ARRAY_SIZE(duration_units); i++) {
		uint64_t ns = duration_units[i].ns;

		if (strcmp(s, duration_units[i].name) != 0)
			continue;
		if (whole > (uint64_t)INT64_MAX / ns - 1)
			return err_set(err, ERR_USAGE, "%s: \"%s\" is too long a time", what,
				       str_show(show, text));
		/* ns is at most a day: 8.64e13 * 1e9 / scale could overflow, so divide first. */
		*value_ns =
			whole * ns + (ns >= scale ? ns / scale * fraction : ns * fraction / scale);
		return 0;
	}
bad:
	return err_set(err, ERR_USAGE, "%s: \"%s\" is not a time such as 2, 0.5, 250ms or 5m", what,
		       str_show(show, text));
}

int scan_size_all(const char *text, const char *what, uint64_t *bytes, struct err *err)
{
	static const char units[] = "kmgt";
	const char *end = text + strlen(text), *at;
	unsigned shift = 0;
	char show[STR_SHOW];
	uint64_t v = 0;
	size_t n = scan_uint(text, end, UINT64_MAX, &v);

	if (n && end - text == (ptrdiff_t)n + 1) {
		at = strchr(units, str_lower(text[n]));
		if (at && *at) {
			shift = 10 * (unsigned)(at - units + 1);
			n++;
		}
	}
	if (n == 0 || text + n != end || v > (uint64_t)INT64_MAX >> shift)
		return err_set(err, ERR_USAGE, "%s: \"%s\" is not a size such as 4096, 64k or 1m",
			       what, str_show(show, text));
	*bytes = v << shift;
	return 0;
}
