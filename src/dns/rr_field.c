/* SPDX-License-Identifier: MIT */
#include "dns/rr_impl.h"

#include <string.h>

#include "base/str.h"
#include "dns/wire_impl.h"

enum {
	GROUP = 56, /* characters of hexadecimal or base 64 digits between spaces */
};

const uint8_t *rr_take(struct rdata *r, size_t n)
{
	const uint8_t *s = r->msg + r->at;

	if (n > r->end - r->at)
		return NULL;
	r->at += n;
	return s;
}

bool rr_take16(struct rdata *r, uint16_t *v)
{
	const uint8_t *s = rr_take(r, 2);

	if (!s)
		return false;
	*v = wire_get16(s);
	return true;
}

/* What is left, which is something. */
static const uint8_t *take_rest(struct rdata *r, size_t *n)
{
	*n = r->end - r->at;
	return *n ? rr_take(r, *n) : NULL;
}

/* Bytes behind their length, which is one byte. */
static const uint8_t *take_counted(struct rdata *r, size_t *n)
{
	const uint8_t *length = rr_take(r, 1);

	if (!length)
		return NULL;
	*n = *length;
	return rr_take(r, *n);
}

static bool print_name(struct buf *b, struct rdata *r)
{
	struct wire_name name;
	size_t used = wire_read_name(r->msg, r->len, r->at, &name);

	if (used == 0 || !rr_take(r, used))
		return false;
	wire_name_text(b, &name, true);
	return true;
}

/* A number of N bytes. */
static bool print_uint(struct buf *b, struct rdata *r, size_t n)
{
	const uint8_t *s = rr_take(r, n);

	if (!s)
		return false;
	buf_uint(b, n == 1 ? *s : n == 2 ? wire_get16(s) : wire_get32(s));
	return true;
}

static bool print_u8(struct buf *b, struct rdata *r)
{
	return print_uint(b, r, 1);
}

static bool print_u16(struct buf *b, struct rdata *r)
{
	return print_uint(b, r, 2);
}

static bool print_u32(struct buf *b, struct rdata *r)
{
	return print_uint(b, r, 4);
}

/* The day of the Gregorian calendar, counted in years that begin in March. */
static void put_day(struct buf *b, uint32_t days)
{
	uint32_t since = days + 719468; /* 1 March of the year 0 */
	uint32_t era = since / 146097, of_era = since % 146097;
	uint32_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	uint32_t of_year = of_era - (365 * year + year / 4 - year / 100);
	uint32_t month = (5 * of_year + 2) / 153;
	uint32_t day = of_year - (153 * month + 2) / 5 + 1;

	month = month < 10 ? month + 3 : month - 9;
	buf_printf(b, "%04u%02u%02u", era * 400 + year + (month <= 2), month, day);
}

static bool print_time(struct buf *b, struct rdata *r)
{
	const uint8_t *s = rr_take(r, 4);
	uint32_t v;

	if (!s)
		return false;
	v = wire_get32(s);
	put_day(b, v / 86400);
	v %= 86400;
	buf_printf(b, "%02u%02u%02u", v / 3600, v / 60 % 60, v % 60);
	return true;
}

static bool print_type(struct buf *b, struct rdata *r)
{
	char word[RR_WORD];
	uint16_t type;

	if (!rr_take16(r, &type))
		return false;
	buf_adds(b, rr_word(word, RR_TYPE, type));
	return true;
}

/* The types of one window; *ANY if one stands before them. */
static void put_window(struct buf *b, unsigned window, const uint8_t *bits, size_t n, bool *any)
{
	char word[RR_WORD];

	for (unsigned i = 0; i < 8 * n; i++) {
		if (!(bits[i / 8] & 0x80 >> i % 8))
			continue;
		if (*any)
			buf_addc(b, ' ');
		*any = true;
		buf_adds(b, rr_word(word, RR_TYPE, window << 8 | i));
	}
}

static bool print_types(struct buf *b, struct rdata *r)
{
	int last = -1;
	bool any = false;

	while (r->at < r->end) {
		const uint8_t *window = rr_take(r, 1), *bits;
		size_t n;

		bits = take_counted(r, &n);
		if (!bits || *window <= last || n == 0 || n > 32)
			return false;
		put_window(b, *window, bits, n, &any);
		last = *window;
	}
	return true;
}

void rr_put_quoted(struct buf *b, const uint8_t *s, size_t n)
{
	buf_addc(b, '"');
	for (; n; n--, s++) {
		if (*s < ' ' || *s > '~') {
			buf_printf(b, "\\%03u", *s);
		} else {
			if (*s == '"' || *s == '\\')
				buf_addc(b, '\\');
			buf_addc(b, (char)*s);
		}
	}
	buf_addc(b, '"');
}

static bool print_string(struct buf *b, struct rdata *r)
{
	size_t n;
	const uint8_t *s = take_counted(r, &n);

	if (s)
		rr_put_quoted(b, s, n);
	return s;
}

static bool print_strings(struct buf *b, struct rdata *r)
{
	if (!print_string(b, r))
		return false;
	while (r->at < r->end) {
		buf_addc(b, ' ');
		if (!print_string(b, r))
			return false;
	}
	return true;
}

static bool print_tag(struct buf *b, struct rdata *r)
{
	size_t n;
	const uint8_t *s = take_counted(r, &n);

	if (!s || n == 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = str_lower((char)s[i]);

		if (!str_is_digit(c) && (c < 'a' || c > 'z'))
			return false;
	}
	buf_add(b, s, n);
	return true;
}

static bool print_text(struct buf *b, struct rdata *r)
{
	size_t n = r->end - r->at;

	rr_put_quoted(b, rr_take(r, n), n);
	return true;
}

/* Spaces into the digits from START on. */
static void put_groups(struct buf *b, size_t start)
{
	size_t digits = b->len - start, spaces = digits ? (digits - 1) / GROUP : 0;

	buf_reserve(b, spaces);
	for (size_t i = spaces; i; i--) {
		char *from = b->data + start + i * GROUP;
		size_t n = i == spaces ? digits - i * GROUP : GROUP;

		memmove(from + i, from, n);
		from[i - 1] = ' ';
	}
	b->len += spaces;
}

static void put_digits(struct buf *b, const uint8_t *s, size_t n)
{
	static const char hex[] = "0123456789ABCDEF";
	char *to = buf_reserve(b, 2 * n);

	b->len += 2 * n;
	for (; n; n--, s++) {
		*to++ = hex[*s >> 4];
		*to++ = hex[*s & 15];
	}
}

void rr_put_hex(struct buf *b, const uint8_t *s, size_t n)
{
	size_t start = b->len;

	if (n == 0)
		return;
	put_digits(b, s, n);
	put_groups(b, start);
}

static bool print_hex(struct buf *b, struct rdata *r)
{
	size_t n;
	const uint8_t *s = take_rest(r, &n);

	if (s)
		rr_put_hex(b, s, n);
	return s;
}

void rr_put_base64(struct buf *b, const uint8_t *s, size_t n)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	while (n) {
		size_t take = n < 3 ? n : 3;
		uint32_t v = (uint32_t)s[0] << 16 | (take > 1 ? (uint32_t)s[1] << 8 : 0) |
			     (take > 2 ? s[2] : 0);

		for (unsigned i = 0; i < 4; i++)
			buf_addc(b, i > take ? '=' : digits[v >> (18 - 6 * i) & 63]);
		s += take;
		n -= take;
	}
}

static bool print_base64(struct buf *b, struct rdata *r)
{
	size_t n, start = b->len;
	const uint8_t *s = take_rest(r, &n);

	if (!s)
		return false;
	rr_put_base64(b, s, n);
	put_groups(b, start);
	return true;
}

static bool print_salt(struct buf *b, struct rdata *r)
{
	size_t n;
	const uint8_t *s = take_counted(r, &n);

	if (!s)
		return false;
	if (n)
		put_digits(b, s, n);
	else
		buf_addc(b, '-');
	return true;
}

/* Base 32 with the extended alphabet (RFC 4648 section 7), not padded: RFC 5155 section 3.3. */
static bool print_hash(struct buf *b, struct rdata *r)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
	size_t n;
	const uint8_t *s = take_counted(r, &n);

	if (!s || n == 0)
		return false;
	for (size_t bit = 0; bit < 8 * n; bit += 5) {
		size_t at = bit / 8;
		unsigned pair = (unsigned)s[at] << 8 | (at + 1 < n ? s[at + 1] : 0U);

		buf_addc(b, digits[pair >> (11 - bit % 8) & 31]);
	}
	return true;
}

/* An address whose first 96 bits are 0 is shown with dots, as inet_ntop(3) does. */
void rr_put_ip(struct buf *b, const uint8_t *s, size_t n)
{
	static const uint8_t zero[12];
	struct ip ip = { .family = n == 4 ? 4 : 6 };
	char text[IP_STRLEN];

	memcpy(ip.b, s, n);
	if (n == 16 && memcmp(s, zero, sizeof(zero)) == 0 && (s[12] || s[13])) {
		buf_adds(b, "::");
		ip = (struct ip){ 4, { s[12], s[13], s[14], s[15] } };
	}
	buf_adds(b, ip_format(&ip, text));
}

static bool print_ip(struct buf *b, struct rdata *r, size_t n)
{
	const uint8_t *s = rr_take(r, n);

	if (s)
		rr_put_ip(b, s, n);
	return s;
}

static bool print_ip4(struct buf *b, struct rdata *r)
{
	return print_ip(b, r, 4);
}

static bool print_ip6(struct buf *b, struct rdata *r)
{
	return print_ip(b, r, 16);
}

static bool print_locator(struct buf *b, struct rdata *r)
{
	const uint8_t *s = rr_take(r, 8);

	for (unsigned i = 0; s && i < 8; i += 2)
		buf_printf(b, "%s%x", i ? ":" : "", (unsigned)wire_get16(s + i));
	return s;
}

static bool print_eui(struct buf *b, struct rdata *r, size_t n)
{
	const uint8_t *s = rr_take(r, n);

	for (unsigned i = 0; s && i < n; i++)
		buf_printf(b, "%s%02x", i ? "-" : "", s[i]);
	return s;
}

static bool print_eui48(struct buf *b, struct rdata *r)
{
	return print_eui(b, r, 6);
}

static bool print_eui64(struct buf *b, struct rdata *r)
{
	return print_eui(b, r, 8);
}

bool rr_print_field(struct buf *b, struct rdata *r, enum rr_field field)
{
	static bool (*const print[F_MANY])(struct buf * b, struct rdata * r) = {
		[F_NAME] = print_name,       [F_U8] = print_u8,
		[F_U16] = print_u16,         [F_U32] = print_u32,
		[F_TIME] = print_time,       [F_TYPE] = print_type,
		[F_TYPES] = print_types,     [F_STRING] = print_string,
		[F_STRINGS] = print_strings, [F_TAG] = print_tag,
		[F_TEXT] = print_text,       [F_HEX] = print_hex,
		[F_BASE64] = print_base64,   [F_SALT] = print_salt,
		[F_HASH] = print_hash,       [F_IP4] = print_ip4,
		[F_IP6] = print_ip6,         [F_LOCATOR] = print_locator,
		[F_EUI48] = print_eui48,     [F_EUI64] = print_eui64,
		[F_LOC] = rr_print_loc,      [F_SVCPARAMS] = rr_print_svcparams,
	};

	return print[field](b, r);
}
