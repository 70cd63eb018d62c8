/* SPDX-License-Identifier: MIT */
#include "base/str.h"

#include <string.h>

#include "base/macros.h"
#include "base/xalloc.h"

bool str_eq_nocase(const char *a, const char *b)
{
	while (*a && str_lower(*a) == str_lower(*b)) {
		a++;
		b++;
	}
	return *a == *b;
}

bool str_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

/* Optimal string alignment: three rows of the usual table are enough to see a swap. */
unsigned str_distance(const char *a, const char *b)
{
	enum {
		LONGEST = 63,
	};
	unsigned rows[3][LONGEST + 1];
	size_t la = strlen(a), lb = strlen(b);

	if (la > LONGEST || lb > LONGEST)
		return LONGEST + 1;
	for (size_t j = 0; j <= lb; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= la; i++) {
		unsigned *row = rows[i % 3], *up = rows[(i + 2) % 3], *upup = rows[(i + 1) % 3];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= lb; j++) {
			row[j] =
				min3(up[j] + 1, row[j - 1] + 1, up[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    upup[j - 2] + 1 < row[j])
				row[j] = upup[j - 2] + 1;
		}
	}
	return rows[la % 3][lb];
}

size_t str_utf8(const char *s, size_t n, uint32_t *point)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char first = (unsigned char)s[0];
	size_t len = first < 0x80 ? 1 : first < 0xc0 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	uint32_t p;

	if (len == 0 || len > n || first > 0xf4)
		return 0;
	p = len == 1 ? first : first & (0x7fU >> len);
	for (size_t i = 1; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if ((c & 0xc0) != 0x80)
			return 0;
		p = p << 6 | (c & 0x3f);
	}
	if (p < least[len] || p > 0x10ffff || (p >= 0xd800 && p <= 0xdfff))
		return 0;
	*point = p;
	return len;
}

struct range {
	uint32_t first, last;
};

static bool in_ranges(const struct range *r, size_t n, uint32_t point)
{
	for (size_t i = 0; i < n; i++)
		if (point >= r[i].first && point <= r[i].last)
			return true;
	return false;
}

/* Code points that print nothing, or that turn what stands around them (Unicode Cf, Zl, Zp). */
static const struct range hidden[] = {
	{ 0x00, 0x1f },     { 0x7f, 0x9f },     { 0xad, 0xad },       { 0x61c, 0x61c },
	{ 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },   { 0xfe00, 0xfe0f },
	{ 0xfeff, 0xfeff }, { 0xfff9, 0xfffb }, { 0xe0000, 0xe0fff },
};

/* Blocks of combining marks; of wide letters and pictures (Unicode East Asian Width W and F). */
static const struct range combining[] = {
	{ 0x300, 0x36f },   { 0x483, 0x489 },   { 0x591, 0x5bd },
	{ 0x610, 0x61a },   { 0x64b, 0x65f },   { 0x1ab0, 0x1aff },
	{ 0x1dc0, 0x1dff }, { 0x20d0, 0x20ff }, { 0xfe20, 0xfe2f },
};
static const struct range wide[] = {
	{ 0x1100, 0x115f },   { 0x2e80, 0x303e },   { 0x3041, 0xa4cf },   { 0xac00, 0xd7a3 },
	{ 0xf900, 0xfaff },   { 0xfe30, 0xfe6f },   { 0xff00, 0xff60 },   { 0xffe0, 0xffe6 },
	{ 0x1f300, 0x1f64f }, { 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
};

/* POINT prints nothing, or acts on the text around it or on a terminal (Unicode Cc, Cf, Zl, Zp). */
static bool is_hidden(uint32_t point)
{
	return in_ranges(hidden, ARRAY_SIZE(hidden), point);
}

/* Columns that POINT takes on a terminal: 0, 1 or 2. */
static unsigned width(uint32_t point)
{
	if (point < 0x300)
		return 1;
	if (in_ranges(combining, ARRAY_SIZE(combining), point))
		return 0;
	return in_ranges(wide, ARRAY_SIZE(wide), point) ? 2 : 1;
}

/* A top bit is set if WORD has a zero byte, and none if it has neither that nor a top bit. */
static inline uint64_t zero_bytes(uint64_t word)
{
	return (word - UINT64_C(0x0101010101010101)) & ~word;
}

/* Each byte of WORD is ASCII that prints and neither A nor B. */
static inline bool is_plain(uint64_t word, char a, char b)
{
	const uint64_t each = UINT64_C(0x0101010101010101);
	/* A top bit is set if its byte is under 0x20, over 0x7e, or over 0x7f. */
	uint64_t odd = (word - 0x20 * each) | (word + each) | word;

	odd |= zero_bytes(word ^ each * (unsigned char)a);
	odd |= zero_bytes(word ^ each * (unsigned char)b);
	return !(odd & 0x80 * each);
}

/* Four to seven bytes as two words of four that overlap; fewer as the first, middle and last. */
static inline bool copy_few(char *to, const char *s, size_t n, char a, char b)
{
	uint32_t first, last;

	if (n >= sizeof(first)) {
		memcpy(&first, s, sizeof(first));
		memcpy(&last, s + n - sizeof(last), sizeof(last));
		if (!is_plain(first | (uint64_t)last << 32, a, b))
			return false;
		memcpy(to, &first, sizeof(first));
		memcpy(to + n - sizeof(last), &last, sizeof(last));
		return true;
	}
	first = (uint32_t)(unsigned char)s[0] | (uint32_t)(unsigned char)s[n / 2] << 8 |
		(uint32_t)(unsigned char)s[n - 1] << 16;
	if (!is_plain(first | UINT64_C(0x3030303030) << 24, a, b))
		return false;
	to[0] = s[0];
	to[n / 2] = s[n / 2];
	to[n - 1] = s[n - 1];
	return true;
}

/* In words, of which the last may have bytes of the one before it. */
static inline size_t copy_plain(char *to, const char *s, size_t n, char a, char b)
{
	uint64_t word;
	size_t len = 0;

	if (n && n < sizeof(word) && copy_few(to, s, n, a, b))
		return n;

	for (; n - len >= sizeof(word); len += sizeof(word)) {
		memcpy(&word, s + len, sizeof(word));
		if (!is_plain(word, a, b))
			break;
		memcpy(to + len, &word, sizeof(word));
	}
	if (len && n - len < sizeof(word)) {
		memcpy(&word, s + n - sizeof(word), sizeof(word));
		if (is_plain(word, a, b)) {
			memcpy(to + n - sizeof(word), &word, sizeof(word));
			return n;
		}
	}
	for (; len < n && s[len] >= 0x20 && s[len] < 0x7f && s[len] != a && s[len] != b; len++)
		to[len] = s[len];
	return len;
}

size_t str_copy_plain(char *to, const char *s, size_t n, char a, char b)
{
	return copy_plain(to, s, n, a, b);
}

size_t str_safe(struct buf *b, const char *s, size_t n)
{
	size_t columns = 0;

	while (n) {
		uint32_t point;
		size_t before = b->len, len = copy_plain(buf_reserve(b, n), s, n, 0, 0);

		if (len) { /* the usual case */
			b->len += len;
			s += len;
			n -= len;
			columns += len;
			continue;
		}
		len = str_utf8(s, n, &point);
		if (len <= 1) {
			buf_printf(b, "\\x%02x", (unsigned)(unsigned char)*s);
			columns += b->len - before;
			len = 1;
		} else if (is_hidden(point)) {
			buf_printf(b, "\\u{%x}", (unsigned)point);
			columns += b->len - before;
		} else {
			buf_add(b, s, len);
			columns += width(point);
		}
		s += len;
		n -= len;
	}
	return columns;
}

char *str_show_n(char buf[static STR_SHOW], const char *text, size_t n)
{
	enum {
		KEEP = 60, /* bytes of safe text before "..." */
	};
	size_t take = n < KEEP ? n : KEEP, len;
	struct buf b = { 0 };

	/* A cut must not make valid UTF-8 look invalid. */
	while (take < n && take && ((unsigned char)text[take] & 0xc0) == 0x80)
		take--;
	str_safe(&b, text, take);
	len = b.len;
	if (len > KEEP) {
		len = KEEP;
		while (len && ((unsigned char)b.data[len] & 0xc0) == 0x80)
			len--;
	}
	if (len)
		memcpy(buf, b.data, len);
	memcpy(buf + len, "...", 4);
	if (take == n && len == b.len)
		buf[len] = 0;
	buf_fini(&b);
	return buf;
}

/* \uNNNN, above U+FFFF as a surrogate pair (RFC 8259 section 7). */
static void json_escape(struct buf *b, uint32_t point)
{
	if (point > 0xffff)
		buf_printf(b, "\\u%04x\\u%04x", (unsigned)(0xd7c0 + (point >> 10)),
			   (unsigned)(0xdc00 + (point & 0x3ff)));
	else
		buf_printf(b, "\\u%04x", (unsigned)point);
}

/* Appends what the N bytes at S begin with, as a part of a JSON string; returns how many. */
static size_t json_point(struct buf *b, const char *s, size_t n)
{
	static const char named[] = "\b\f\n\r\t\"\\", letters[] = "bfnrt\"\\";
	uint32_t point;
	size_t len = str_utf8(s, n, &point);
	const char *at = len == 1 && *s ? strchr(named, *s) : NULL;

	if (at) {
		buf_addc(b, '\\');
		buf_addc(b, letters[at - named]);
	} else if (len && is_hidden(point)) {
		json_escape(b, point);
	} else if (len) {
		buf_add(b, s, len);
	} else {
		buf_adds(b, "\xef\xbf\xbd"); /* U+FFFD for a byte that is not UTF-8 */
	}
	return len ? len : 1;
}

void str_json(struct buf *b, const char *s, size_t n)
{
	buf_addc(b, '"');
	while (n) {
		size_t len = str_copy_plain(buf_reserve(b, n), s, n, '"', '\\');

		b->len += len;
		if (len == 0)
			len = json_point(b, s, n);
		s += len;
		n -= len;
	}
	buf_addc(b, '"');
}

char *str_show(char buf[static STR_SHOW], const char *text)
{
	return str_show_n(buf, text, strlen(text));
}
