/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/str.h"
#include "dns/wire_impl.h"
#include "net/ip_bad.h"

/* What a name is while it is put together: LABEL is where the length of the last label goes. */
struct draft {
	struct wire_name *name;
	size_t len, label;
};

static bool draft_add(struct draft *d, uint8_t byte)
{
	if (d->len >= WIRE_NAME_MAX - 1)
		return false; /* no room for the root */
	d->name->bytes[d->len++] = byte;
	return true;
}

/* Ends the last label, which has N bytes; there is room for the length of the next. */
static void draft_end(struct draft *d, size_t n)
{
	d->name->bytes[d->label] = (uint8_t)n;
	d->label = d->len++;
}

/* The byte that the text behind a backslash at S stands for; how much text that is, or 0. */
static size_t read_escape(const char *s, const char *end, uint8_t *byte)
{
	unsigned v = 0;

	if (s == end)
		return 0;
	if (!str_is_digit(*s)) {
		*byte = (uint8_t)*s;
		return 1;
	}
	if (end - s < 3)
		return 0;
	for (unsigned i = 0; i < 3; i++) {
		if (!str_is_digit(s[i]))
			return 0;
		v = v * 10 + (unsigned)(s[i] - '0');
	}
	*byte = (uint8_t)v;
	return v <= 255 ? 3 : 0;
}

static int bad_label(const struct ip_source *t, const char *s, size_t n)
{
	if (n > WIRE_LABEL_MAX)
		return ip_bad(t, s, "a label of more than 63 bytes");
	if (s == t->end)
		return ip_bad(t, s, "it is empty");
	return ip_bad(t, s, "an empty label");
}

static int parse_labels(struct draft *d, const struct ip_source *t)
{
	const char *s = t->start;

	while (s < t->end || s == t->start) {
		const char *start = s;
		size_t n;

		for (n = 0; s < t->end && *s != '.'; n++) {
			uint8_t byte = (uint8_t)*s++;

			if (byte == '\\') {
				size_t used = read_escape(s, t->end, &byte);

				if (!used)
					return ip_bad(t, s - 1,
						      "a backslash without a character or three "
						      "digits up to 255");
				s += used;
			}
			if (!draft_add(d, byte))
				return ip_bad(t, s - 1, "more than 255 bytes");
		}
		if (n == 0 || n > WIRE_LABEL_MAX)
			return bad_label(t, start, n);
		draft_end(d, n);
		s += s < t->end;
	}
	return 0;
}

int wire_name_parse(struct wire_name *name, const char *text, size_t len, struct err *err)
{
	const struct ip_source t = { text, text + len, 0, "a domain name", err };
	struct draft d = { name, 1, 0 };

	if (len != 1 || *text != '.') {
		if (parse_labels(&d, &t) < 0)
			return -1;
	}
	name->bytes[d.len - 1] = 0;
	name->len = (uint8_t)d.len;
	return 0;
}

/* One byte of a label in presentation form; returns how many characters. */
static size_t put_byte(char *to, uint8_t byte)
{
	if (byte <= ' ' || byte > '~') {
		to[0] = '\\';
		to[1] = (char)('0' + byte / 100);
		to[2] = (char)('0' + byte / 10 % 10);
		to[3] = (char)('0' + byte % 10);
		return 4;
	}
	if (strchr("\"$().;@\\", byte)) {
		to[0] = '\\';
		to[1] = (char)byte;
		return 2;
	}
	to[0] = (char)byte;
	return 1;
}

/* A byte that stands for itself, and of which most names are made. */
static bool is_common(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	       (c >= 'A' && c <= 'Z');
}

void wire_name_text(struct buf *b, const struct wire_name *name, bool dot)
{
	enum {
		LONGEST = 4 * WIRE_NAME_MAX,
	};
	const uint8_t *s = name->bytes;
	char *start = buf_reserve(b, LONGEST), *to = start;

	while (*s) {
		const uint8_t *end = s + 1 + *s;

		for (s++; s < end; s++) {
			if (is_common(*s))
				*to++ = (char)*s;
			else
				to += put_byte(to, *s);
		}
		*to++ = '.';
	}
	if (to == start)
		*to++ = '.';
	else if (!dot)
		to--;
	b->len += (size_t)(to - start);
}

static uint8_t *put_label(uint8_t *to, const char *label, size_t n)
{
	*to++ = (uint8_t)n;
	memcpy(to, label, n);
	return to + n;
}

/* The label of an octet in decimal. */
static uint8_t *put_octet(uint8_t *to, unsigned v)
{
	uint8_t *length = to++;

	if (v >= 100)
		*to++ = (uint8_t)('0' + v / 100);
	if (v >= 10)
		*to++ = (uint8_t)('0' + v / 10 % 10);
	*to++ = (uint8_t)('0' + v % 10);
	*length = (uint8_t)(to - length - 1);
	return to;
}

void wire_name_arpa(struct wire_name *name, const struct ip *ip)
{
	static const char hex[] = "0123456789abcdef";
	uint8_t *to = name->bytes;

	if (ip->family == 4) {
		for (int i = 3; i >= 0; i--)
			to = put_octet(to, ip->b[i]);
		to = put_label(to, "in-addr", 7);
	} else {
		for (int i = 15; i >= 0; i--) {
			to = put_label(to, &hex[ip->b[i] & 15], 1);
			to = put_label(to, &hex[ip->b[i] >> 4], 1);
		}
		to = put_label(to, "ip6", 3);
	}
	to = put_label(to, "arpa", 4);
	*to++ = 0;
	name->len = (uint8_t)(to - name->bytes);
}

/* The eight bytes at S with their ASCII letters in lower case. */
static uint64_t lower8(const uint8_t *s)
{
	const uint64_t ones = 0x0101010101010101;
	uint64_t v, low7, upper;

	memcpy(&v, s, sizeof(v));
	low7 = v & 0x7f * ones;
	upper = (low7 + (0x80 - 'A') * ones) & ~(low7 + (0x7f - 'Z') * ones) & ~v & 0x80 * ones;
	return v | upper >> 2;
}

/* The lengths of the labels are below 'A' and stay what they are. */
bool wire_bytes_equal(const uint8_t *a, const uint8_t *b, size_t n)
{
	size_t i;

	if (memcmp(a, b, n) == 0)
		return true;
	for (i = 0; i + 8 <= n; i += 8) {
		if (lower8(a + i) != lower8(b + i))
			return false;
	}
	for (; i < n; i++) {
		if (str_lower((char)a[i]) != str_lower((char)b[i]))
			return false;
	}
	return true;
}

bool wire_name_equal(const struct wire_name *a, const struct wire_name *b)
{
	return a->len == b->len && wire_bytes_equal(a->bytes, b->bytes, a->len);
}
