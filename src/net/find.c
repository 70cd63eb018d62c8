/* SPDX-License-Identifier: MIT */
#include "net/find.h"

#include <string.h>

#include "base/str.h"
#include "net/find_impl.h"
#include "net/ip_text.h"

enum {
	ZONE_MAX = 15, /* IF_NAMESIZE without its NUL */
	RUN_MAX = 45,  /* bytes of an address before a colon of it */
};

/* clang-format off */
#define W  FIND_WORD,
#define H  FIND_WORD | FIND_HEX,
#define E  FIND_ESCAPE,
#define O  0,
#define W5 W W W W W
#define O5 O O O O O
#define O16 O5 O5 O5 O
#define LETTERS H H H H H H W5 W5 W5 W5

const uint8_t find_class[256] = {
	O16 O16
	O O O E O E O5 O O O FIND_DOT, O
	H H H H H H H H H H FIND_COLON, O5
	O LETTERS O E O O W
	O LETTERS O5
	O16 O16 O16 O16 O16 O16 O16 O16
};
/* clang-format on */

static bool is_word(char c)
{
	return find_class_of(c) & FIND_WORD;
}

/* The byte that two hexadecimal digits at S stand for is no word byte. */
static bool is_hex_escape(const char *s)
{
	unsigned high = ip_digits[(unsigned char)s[0]], low = ip_digits[(unsigned char)s[1]];

	return high <= 15 && low <= 15 && !(find_class[high << 4 | low] & FIND_WORD);
}

/* Three octal digits at S of a control character. */
static bool is_octal_escape(const char *s)
{
	return s[0] == '0' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7';
}

/* ESC [ 1 ; 31 m, which sets a colour, ends before S; a visible ESC may have any spelling. */
static bool is_colour(const char *s, size_t n)
{
	const char *at = s - 1, *first = n > 16 ? s - 16 : s - n;

	if (*at != 'm' && *at != 'K')
		return false;
	while (at > first && (str_is_digit(at[-1]) || at[-1] == ';'))
		at--;
	return at > first && at[-1] == '[' && (at < s - 1 || (at - 1 > first && at[-2] == '\033'));
}

/* An escape ends before S, of which the N bytes before it can be read. */
static bool is_behind_escape(const char *s, size_t n)
{
	if (n >= 2 && s[-2] == '\\' && memchr("abefnrtv", s[-1], 8))
		return true;
	if (n >= 3 && s[-3] == '%' && is_hex_escape(s - 2))
		return true;
	if (n >= 4 && s[-4] == '\\' && s[-3] == 'x' && is_hex_escape(s - 2))
		return true;
	if (n >= 4 && (s[-4] == '\\' || s[-4] == '#') && is_octal_escape(s - 3))
		return true;
	if (n >= 6 && memcmp(s - 6, "\\u00", 4) == 0 && is_hex_escape(s - 2))
		return true;
	return n >= 3 && is_colour(s, n);
}

/* An address may begin at S. */
static bool may_begin(const struct find_text *t, size_t s)
{
	const char *text = t->text + s;
	unsigned before;

	if (s == 0)
		return true;
	before = find_class_of(text[-1]);
	if (before & FIND_WORD)
		return is_behind_escape(text, s);
	if (before & FIND_DOT)
		return s == 1 || !is_word(text[-2]);
	/* Of %201.2.3.4 and #0111.2.3.4 the first octet is 1. */
	if (before & FIND_ESCAPE && t->len - s > 3)
		return !(text[-1] == '%' ? is_hex_escape(text) : is_octal_escape(text));
	return true;
}

/* An address may end before E. */
static bool may_end(const struct find_text *t, size_t e)
{
	unsigned behind = e < t->len ? find_class_of(t->text[e]) : 0;

	if (behind & FIND_DOT)
		return e + 1 == t->len || !is_word(t->text[e + 1]);
	return !(behind & FIND_WORD);
}

/* The IPv4 address at S. */
static bool read_v4(const struct find_text *t, size_t s, struct find_hit *hit)
{
	uint32_t v;
	size_t n = ip4_read(t->text + s, t->text + t->len, &v);

	if (!n || !may_end(t, s + n))
		return false;
	*hit = (struct find_hit){ .at = s, .len = (uint32_t)n, .family = 4, .value = u128_of(v) };
	return true;
}

bool find_v4(const struct find_text *t, size_t x, struct find_hit *hit)
{
	size_t digits = 0;

	while (digits < 3 && digits < x && str_is_digit(t->text[x - digits - 1]))
		digits++;
	for (; digits; digits--)
		if (may_begin(t, x - digits))
			return read_v4(t, x - digits, hit);
	return false;
}

/* Bytes of a zone at S, where the N bytes begin with "%"; 0 if it is none. */
static size_t zone_size(const char *s, size_t n)
{
	size_t i = 1;

	if (n < 2 || !is_word(s[1]))
		return 0;
	while (i < n && (is_word(s[i]) || s[i] == '.' || s[i] == '-'))
		i++;
	while (s[i - 1] == '.' || s[i - 1] == '-')
		i--;
	return i - 1;
}

/* Takes the zone behind HIT, if there is one, to it. */
static void take_zone(const struct find_text *t, struct find_hit *hit)
{
	size_t e = hit->at + hit->len, n, percent = 1;
	const char *s = t->text + e;

	if (e == t->len || *s != '%')
		return;
	n = zone_size(s, t->len - e);
	if (n > 2 && s[1] == '2' && s[2] == '5' && !str_is_digit(s[3]) && hit->at &&
	    t->text[hit->at - 1] == '[') {
		percent = 3;
		n -= 2;
	}
	if (n == 0 || n > ZONE_MAX)
		return;
	hit->zone = (uint8_t)n;
	hit->len += (uint32_t)(percent + n);
}

/* "::" alone is an address in brackets or with a prefix length. */
static bool is_unspecified(const struct find_text *t, const struct find_hit *hit)
{
	const char *s = t->text + hit->at;
	size_t left = t->len - hit->at - 2;

	return left && ((hit->at && s[-1] == '[' && s[2] == ']') ||
			(left > 1 && s[2] == '/' && str_is_digit(s[3])));
}

/* Eight groups of two digits each. */
static bool is_eui64(const char *s, size_t n)
{
	if (n != 23)
		return false;
	for (size_t i = 2; i < n; i += 3)
		if (s[i] != ':')
			return false;
	return memchr(s, '.', n) == NULL;
}

/* A dot and a port at E, and an address may end behind them. */
static bool is_dotted_port(const struct find_text *t, size_t e)
{
	size_t i = e + 1;

	while (i < t->len && str_is_digit(t->text[i]))
		i++;
	return i > e + 1 && i <= e + 6 && may_end(t, i);
}

/* The IPv6 address HIT may end where it does. */
static bool may_end_v6(const struct find_text *t, const struct find_hit *hit)
{
	size_t e = hit->at + hit->len;
	const char *s = t->text + e;

	if (e == t->len)
		return true;
	if (*s == ':') /* a port, or what ends a run */
		return hit->dotted || e + 1 == t->len ||
		       !(find_class_of(s[1]) & (FIND_HEX | FIND_COLON));
	return may_end(t, e) || (*s == '.' && !hit->dotted && is_dotted_port(t, e));
}

/* The IPv6 address at S. */
static bool read_v6(const struct find_text *t, size_t s, struct find_hit *hit)
{
	const char *text = t->text + s;
	struct u128 v;
	size_t n = ip6_read(text, t->text + t->len, &v);

	if (!n)
		return false;
	*hit = (struct find_hit){ .at = s, .len = (uint32_t)n, .family = 6, .value = v };
	hit->dotted = memchr(text, '.', n) != NULL;
	if (!may_end_v6(t, hit) || (n == 2 && !is_unspecified(t, hit)) || is_eui64(text, n))
		return false;
	take_zone(t, hit);
	return true;
}

/* Where an address may begin in the run from R on, whose first colon is at COLON; or SIZE_MAX. */
static size_t begin_v6(const struct find_text *t, size_t r, size_t colon)
{
	const char *text = t->text;
	bool label = r > 0 && is_word(text[r - 1]);

	if (colon + 1 == t->len)
		return SIZE_MAX;
	if (colon == r && text[r + 1] != ':')
		return r + 1;
	if (may_begin(t, r))
		return colon == r && colon + 2 < t->len && text[r + 2] == ':' ? SIZE_MAX : r;
	for (size_t digits = colon - r < 4 ? colon - r : 4;; digits--) {
		if (may_begin(t, colon - digits))
			return colon - digits;
		if (digits == 0)
			break;
	}
	if (label && (text[colon + 1] != ':' || (colon + 2 < t->len && text[colon + 2] == ':')))
		return colon + 1;
	return SIZE_MAX;
}

bool find_v6(struct find_text *t, size_t x, struct find_hit *hit)
{
	const unsigned run = FIND_HEX | FIND_COLON;
	size_t r = x, colon, s;

	if (x < t->dead)
		return false;
	while (r > t->last && x - r <= RUN_MAX && find_class_of(t->text[r - 1]) & run)
		r--;
	for (colon = r; t->text[colon] != ':';)
		colon++;
	s = x - r > RUN_MAX ? SIZE_MAX : begin_v6(t, r, colon);
	if (s != SIZE_MAX && read_v6(t, s, hit))
		return true;
	while (x < t->len && find_class_of(t->text[x]) & run)
		x++;
	t->dead = x;
	return false;
}

bool find_at(const struct find_text *t, size_t x, struct find_hit *hit)
{
	if (x < t->len && t->text[x] == '[')
		x++;
	return read_v4(t, x, hit) || read_v6(t, x, hit);
}

void find_init(struct find *f, unsigned flags)
{
	const struct find_kernel *best = flags & FIND_PLAIN ? NULL : find_x86();

	if (!best)
		best = &find_scalar;
	*f = (struct find){
		.next = flags & FIND_START ? best->starts : best->anywhere,
		.count = best->count,
		.delimiter = '\n',
	};
	if (flags & FIND_LOOSE)
		f->next = flags & FIND_START ? find_loose_starts : best->loose;
}

size_t find_next(const struct find *f, struct find_text *t, struct find_hit hits[static FIND_BATCH])
{
	return f->next(f, t, hits);
}

size_t find_lines(const struct find *f, const char *text, size_t len)
{
	return f->count(text, len, f->delimiter);
}
