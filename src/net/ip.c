/* SPDX-License-Identifier: MIT */
#include "net/ip.h"

#include <stdio.h>
#include <string.h>

#include "base/scan.h"
#include "base/str.h"
#include "net/ip_bad.h"
#include "net/ip_text.h"

static const char hex[] = "0123456789abcdef";

/* One octet at *S; moves *S behind it. */
static int explain_octet(const struct ip_source *t, const char **s)
{
	const char *at = *s, *end = at;
	char reason[96];
	uint64_t v;

	while (end < t->end && str_is_digit(*end))
		end++;
	if (end == at)
		return ip_bad_byte(t, at, "an octet");
	if (end - at > 1 && *at == '0')
		return ip_bad(t, at, "an octet with a leading zero, which some read as octal");
	if (!scan_uint(at, end, 255, &v)) {
		snprintf(reason, sizeof(reason), "octet %.*s%s is over 255",
			 end - at > 12 ? 12 : (int)(end - at), at, end - at > 12 ? "..." : "");
		return ip_bad(t, at, reason);
	}
	*s = end;
	return 0;
}

static int explain_v4(const struct ip_source *t, const char *s)
{
	for (unsigned i = 0; i < 4; i++) {
		char reason[64];

		if (i && s == t->end) {
			snprintf(reason, sizeof(reason), "%u octet%s instead of four", i,
				 i == 1 ? "" : "s");
			return ip_bad(t, s, reason);
		}
		if (i && *s++ != '.')
			return ip_bad_byte(t, s - 1, "a dot");
		if (explain_octet(t, &s) < 0)
			return -1;
	}
	return ip_bad_byte(t, s, "the end");
}

/* The text from AT to the next colon has a dot. */
static bool has_dot(const struct ip_source *t, const char *at)
{
	for (; at < t->end && *at != ':'; at++)
		if (*at == '.')
			return true;
	return false;
}

/* One group at *S, and what may stand behind it: the end, or a colon and another group. */
static int explain_group(const struct ip_source *t, const char **s)
{
	size_t n;

	for (n = 0; *s + n < t->end && str_hex_digit((*s)[n]) >= 0; n++)
		;
	if (n == 0)
		return ip_bad_byte(t, *s, "a hexadecimal digit");
	if (n > 4)
		return ip_bad(t, *s + 4, "a group of more than four digits");
	*s += n;
	if (*s == t->end)
		return 0;
	if (**s != ':')
		return ip_bad_byte(t, *s, "a colon");
	(*s)++;
	if (*s == t->end)
		return ip_bad(t, *s - 1, "it ends with a single colon");
	return 0;
}

static int explain_v6(const struct ip_source *t)
{
	const char *s = t->start;
	unsigned n = 0; /* groups, a dotted quad being two */
	bool gap = false;
	char reason[64];

	if (*s == ':' && (s + 1 == t->end || s[1] != ':'))
		return ip_bad(t, s, "it begins with a single colon");
	while (s < t->end) {
		if (*s == ':') { /* the second colon of "::", or both at the start */
			if (gap)
				return ip_bad(t, s, "\"::\" more than once");
			gap = true;
			s += s == t->start ? 2 : 1;
			continue;
		}
		if (n == 8)
			return ip_bad(t, s, "more than eight groups");
		if (has_dot(t, s)) {
			uint32_t quad;

			if (n > 6)
				return ip_bad(t, s, "no room for an IPv4 address at the end");
			if (ip4_read(s, t->end, &quad) != (size_t)(t->end - s))
				return explain_v4(t, s);
			n += 2;
			break;
		}
		if (explain_group(t, &s) < 0)
			return -1;
		n++;
	}
	if (gap)
		return ip_bad(t, t->start, "eight groups and \"::\", which stands for none");
	snprintf(reason, sizeof(reason), "%u group%s instead of eight", n, n == 1 ? "" : "s");
	return ip_bad(t, t->end, reason);
}

size_t ip_size(const struct ip *ip)
{
	return ip->family == 4 ? 4 : 16;
}

/* Finds what is wrong with a text that the fast reader does not take. */
static int explain(const struct ip_source *t)
{
	if (t->start == t->end)
		return ip_bad(t, t->start, "it is empty");
	if (memchr(t->start, ':', (size_t)(t->end - t->start)))
		return explain_v6(t);
	if (!str_is_digit(*t->start))
		return ip_bad(t, t->start, "it begins with neither a digit nor a colon");
	return explain_v4(t, t->start);
}

bool ip_read(struct ip *ip, const char *text, size_t len)
{
	struct u128 v6;
	uint32_t v4;

	if (len && ip4_read(text, text + len, &v4) == len)
		*ip = ip_from_num(4, u128_of(v4));
	else if (len && ip6_read(text, text + len, &v6) == len)
		*ip = ip_from_num(6, v6);
	else
		return false;
	return true;
}

int ip_parse(struct ip *ip, const char *text, size_t len, size_t before, struct err *err)
{
	const struct ip_source t = { text, text + len, before, "an address", err };

	return ip_read(ip, text, len) ? 0 : explain(&t);
}

static char *format_v4(const struct ip *ip, char *to)
{
	*ip4_write(to, (uint32_t)ip_num(ip).lo) = '\0';
	return to;
}

char *ip_format(const struct ip *ip, char buf[static IP_STRLEN])
{
	char text[IP6_ROOM];
	size_t n;

	if (ip->family == 4)
		return format_v4(ip, buf);
	n = (size_t)(ip6_write(text, ip_num(ip)) - text);
	memcpy(buf, text, n);
	buf[n] = '\0';
	return buf;
}

char *ip_format_full(const struct ip *ip, char buf[static IP_FULL_STRLEN])
{
	char *to = buf;

	if (ip->family == 4)
		return format_v4(ip, buf);
	for (unsigned i = 0; i < 16; i++) {
		*to++ = hex[ip->b[i] >> 4];
		*to++ = hex[ip->b[i] & 15];
		if (i % 2)
			*to++ = ':';
	}
	to[-1] = '\0';
	return buf;
}

char *ip_format_decimal(const struct ip *ip, char buf[static IP_DECIMAL_STRLEN])
{
	const struct u128 n = ip_num(ip);
	uint32_t left[4] = { (uint32_t)(n.hi >> 32), (uint32_t)n.hi, (uint32_t)(n.lo >> 32),
			     (uint32_t)n.lo };
	unsigned at = IP_DECIMAL_STRLEN - 1;
	bool more = true;

	/* Long division by 10^9, 32 bits at a time: no 128-bit type is needed. */
	buf[at] = '\0';
	while (more) {
		uint64_t rest = 0;

		more = false;
		for (unsigned i = 0; i < 4; i++) {
			rest = rest << 32 | left[i];
			left[i] = (uint32_t)(rest / 1000000000);
			rest %= 1000000000;
			more = more || left[i];
		}
		for (unsigned i = 0; more ? i < 9 : i == 0 || rest; i++, rest /= 10)
			buf[--at] = (char)('0' + rest % 10);
	}
	memmove(buf, buf + at, IP_DECIMAL_STRLEN - at);
	return buf;
}

char *ip_format_arpa(const struct ip *ip, char buf[static IP_ARPA_STRLEN])
{
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
