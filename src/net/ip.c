/* SPDX-License-Identifier: MIT */
#include "net/ip.h"

#include <stdio.h>
#include <string.h>

#include "base/scan.h"
#include "base/str.h"

/* The text being parsed, for messages. */
struct text {
	const char *start, *end;
	size_t before;
	struct err *err;
};

/* Fails at AT with a reason. */
static int bad(const struct text *t, const char *at, const char *reason)
{
	char show[STR_SHOW];

	return err_set(t->err, ERR_USAGE, "\"%s\" is not an address: %s (column %zu)",
		       str_show_n(show, t->start, (size_t)(t->end - t->start)), reason,
		       t->before + (size_t)(at - t->start) + 1);
}

static int bad_byte(const struct text *t, const char *at, const char *wanted)
{
	char show[STR_SHOW], reason[160];

	if (at == t->end)
		snprintf(reason, sizeof(reason), "it ends where %s should be", wanted);
	else
		snprintf(reason, sizeof(reason), "\"%s\" where %s should be",
			 str_show_n(show, at, 1), wanted);
	return bad(t, at, reason);
}

/* One octet at *S; moves *S behind it. */
static int parse_octet(const struct text *t, const char **s, uint8_t *octet)
{
	const char *at = *s, *end = at;
	char reason[96];
	uint64_t v;

	while (end < t->end && str_is_digit(*end))
		end++;
	if (end == at)
		return bad_byte(t, at, "an octet");
	if (end - at > 1 && *at == '0')
		return bad(t, at, "an octet with a leading zero, which some read as octal");
	if (!scan_uint(at, end, 255, &v)) {
		snprintf(reason, sizeof(reason), "octet %.*s%s is over 255",
			 end - at > 12 ? 12 : (int)(end - at), at, end - at > 12 ? "..." : "");
		return bad(t, at, reason);
	}
	*octet = (uint8_t)v;
	*s = end;
	return 0;
}

static int parse_v4(const struct text *t, const char *s, uint8_t b[static 4])
{
	for (unsigned i = 0; i < 4; i++) {
		char reason[64];

		if (i && s == t->end) {
			snprintf(reason, sizeof(reason), "%u octet%s instead of four", i,
				 i == 1 ? "" : "s");
			return bad(t, s, reason);
		}
		if (i && *s++ != '.')
			return bad_byte(t, s - 1, "a dot");
		if (parse_octet(t, &s, &b[i]) < 0)
			return -1;
	}
	if (s < t->end)
		return bad_byte(t, s, "the end");
	return 0;
}

/* Moves the groups behind "::" (N bytes, GAP of them before it) to the end. */
static void spread(uint8_t b[static 16], size_t n, size_t gap)
{
	size_t tail = n - gap;

	memmove(b + 16 - tail, b + gap, tail);
	memset(b + gap, 0, 16 - n);
}

/* The text from AT to the next colon is a dotted quad. */
static const char *group_end(const struct text *t, const char *at, int *dots)
{
	for (*dots = 0; at < t->end && *at != ':'; at++)
		*dots += *at == '.';
	return at;
}

static int parse_group(const struct text *t, const char **s, uint8_t to[static 2])
{
	size_t n;
	uint64_t v;

	for (n = 0; *s + n < t->end && str_hex_digit((*s)[n]) >= 0; n++)
		;
	if (n == 0)
		return bad_byte(t, *s, "a hexadecimal digit");
	if (n > 4)
		return bad(t, *s + 4, "a group of more than four digits");
	scan_hex(*s, *s + n, 0xffff, &v);
	to[0] = (uint8_t)(v >> 8);
	to[1] = (uint8_t)v;
	*s += n;
	return 0;
}

/* What may stand behind a group: the end, or a colon and another group. */
static int after_group(const struct text *t, const char **s)
{
	if (*s == t->end)
		return 0;
	if (**s != ':')
		return bad_byte(t, *s, "a colon");
	(*s)++;
	if (*s == t->end)
		return bad(t, *s - 1, "it ends with a single colon");
	return 0;
}

/* The N bytes of B become 16: "::" stood before byte GAP, which is SIZE_MAX without one. */
static int fill_gap(const struct text *t, uint8_t b[static 16], size_t n, size_t gap)
{
	char reason[64];

	if (gap != SIZE_MAX && n == 16)
		return bad(t, t->start, "eight groups and \"::\", which stands for none");
	if (gap == SIZE_MAX && n < 16) {
		snprintf(reason, sizeof(reason), "%zu group%s instead of eight", n / 2,
			 n == 2 ? "" : "s");
		return bad(t, t->end, reason);
	}
	if (gap != SIZE_MAX)
		spread(b, n, gap);
	return 0;
}

static int parse_v6(const struct text *t, uint8_t b[static 16])
{
	const char *s = t->start;
	size_t n = 0, gap = SIZE_MAX;

	if (s < t->end && *s == ':' && (s + 1 == t->end || s[1] != ':'))
		return bad(t, s, "it begins with a single colon");
	while (s < t->end) {
		int dots;

		if (*s == ':') { /* the second colon of "::", or both at the start */
			if (gap != SIZE_MAX)
				return bad(t, s, "\"::\" more than once");
			gap = n;
			s += s == t->start ? 2 : 1;
			continue;
		}
		if (n == 16)
			return bad(t, s, "more than eight groups");
		group_end(t, s, &dots);
		if (dots) {
			if (n > 12)
				return bad(t, s, "no room for an IPv4 address at the end");
			if (parse_v4(t, s, b + n) < 0)
				return -1;
			n += 4;
			s = t->end;
			break;
		}
		if (parse_group(t, &s, b + n) < 0)
			return -1;
		n += 2;
		if (after_group(t, &s) < 0)
			return -1;
	}
	return fill_gap(t, b, n, gap);
}

size_t ip_size(const struct ip *ip)
{
	return ip->family == 4 ? 4 : 16;
}

int ip_parse(struct ip *ip, const char *text, size_t len, size_t before, struct err *err)
{
	const struct text t = { text, text + len, before, err };

	*ip = (struct ip){ 0 };
	if (len == 0)
		return bad(&t, text, "it is empty");
	if (memchr(text, ':', len)) {
		ip->family = 6;
		return parse_v6(&t, ip->b);
	}
	ip->family = 4;
	if (!str_is_digit(*text))
		return bad(&t, text, "it begins with neither a digit nor a colon");
	return parse_v4(&t, text, ip->b);
}

static char *format_v4(const uint8_t b[static 4], char *to, size_t size)
{
	snprintf(to, size, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
	return to;
}

static unsigned group(const struct ip *ip, unsigned i)
{
	return (unsigned)ip->b[2 * i] << 8 | ip->b[2 * i + 1];
}

/* The first of the longest runs of two or more zero groups; its length, or 0. */
static unsigned longest_zeros(const struct ip *ip, unsigned *first)
{
	unsigned best = 0, run = 0;

	for (unsigned i = 0; i < 8; i++) {
		run = group(ip, i) == 0 ? run + 1 : 0;
		if (run > best) {
			best = run;
			*first = i + 1 - run;
		}
	}
	return best >= 2 ? best : 0;
}

char *ip_format(const struct ip *ip, char buf[static IP_STRLEN])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	unsigned zero = 8, zeros;
	char *p = buf;

	if (ip->family == 4)
		return format_v4(ip->b, buf, IP_STRLEN);
	if (memcmp(ip->b, mapped, sizeof(mapped)) == 0) { /* RFC 5952 section 5 */
		memcpy(buf, "::ffff:", 7);
		format_v4(ip->b + 12, buf + 7, IP_STRLEN - 7);
		return buf;
	}
	zeros = longest_zeros(ip, &zero);
	*p = '\0';
	for (unsigned i = 0; i < 8; i++) {
		if (zeros && i == zero) {
			memcpy(p, "::", 3);
			p += 2;
			i += zeros - 1;
			continue;
		}
		p += snprintf(p, IP_STRLEN - (size_t)(p - buf), "%s%x",
			      i && p[-1] != ':' ? ":" : "", group(ip, i));
	}
	return buf;
}

char *ip_format_full(const struct ip *ip, char buf[static IP_FULL_STRLEN])
{
	if (ip->family == 4)
		return format_v4(ip->b, buf, IP_FULL_STRLEN);
	for (unsigned i = 0; i < 8; i++)
		snprintf(buf + 5 * i, IP_FULL_STRLEN - 5 * i, "%04x%s", group(ip, i),
			 i < 7 ? ":" : "");
	return buf;
}

char *ip_format_decimal(const struct ip *ip, char buf[static IP_DECIMAL_STRLEN])
{
	uint8_t left[16];
	size_t n = ip_size(ip), at = IP_DECIMAL_STRLEN - 1;
	bool more = true;

	/* Long division by ten, a byte at a time: no 128-bit type is needed. */
	memcpy(left, ip->b, n);
	buf[at] = '\0';
	while (more) {
		unsigned rest = 0;

		more = false;
		for (size_t i = 0; i < n; i++) {
			rest = rest << 8 | left[i];
			left[i] = (uint8_t)(rest / 10);
			rest %= 10;
			more = more || left[i];
		}
		buf[--at] = (char)('0' + rest);
	}
	memmove(buf, buf + at, IP_DECIMAL_STRLEN - at);
	return buf;
}

char *ip_format_arpa(const struct ip *ip, char buf[static IP_ARPA_STRLEN])
{
	static const char hex[] = "0123456789abcdef";
	char *p = buf;

	if (ip->family == 4) {
		snprintf(buf, IP_ARPA_STRLEN, "%u.%u.%u.%u.in-addr.arpa", ip->b[3], ip->b[2],
			 ip->b[1], ip->b[0]);
		return buf;
	}
	for (int i = 15; i >= 0; i--) {
		*p++ = hex[ip->b[i] & 15];
		*p++ = '.';
		*p++ = hex[ip->b[i] >> 4];
		*p++ = '.';
	}
	memcpy(p, "ip6.arpa", sizeof("ip6.arpa"));
	return buf;
}
