/* SPDX-License-Identifier: MIT */
#include "fakedns.h"

#include <stdio.h>
#include <string.h>

#include "base/scan.h"
#include "base/str.h"
#include "net/ip.h"

/* NAME is SUFFIX or below it. */
static bool is_below(const struct name *name, const struct name *suffix)
{
	size_t at = 0;

	while (name->len - at > suffix->len)
		at += name->bytes[at] + 1U;
	return name->len - at == suffix->len &&
	       memcmp(name->bytes + at, suffix->bytes, suffix->len) == 0;
}

static bool is_arpa(const struct name *name)
{
	static const uint8_t arpa[] = { 4, 'a', 'r', 'p', 'a', 0 };

	return name->len >= sizeof(arpa) &&
	       memcmp(name->bytes + name->len - sizeof(arpa), arpa, sizeof(arpa)) == 0;
}

static bool label_starts(const struct name *name, const char *text)
{
	size_t n = strlen(text);

	return name->bytes[0] >= n && memcmp(name->bytes + 1, text, n) == 0;
}

/* The hash of the rule in fakedns.c: the labels without their lengths, in lower case. */
static uint32_t name_hash(const struct name *name)
{
	uint32_t h = 5381;

	for (size_t at = 0; name->bytes[at]; at += name->bytes[at] + 1U) {
		for (size_t i = 1; i <= name->bytes[at]; i++)
			h = h * 33 + name->bytes[at + i];
	}
	return h;
}

/* The address that the arpa name stands for; false if it is not a whole one. */
static bool arpa_address(const struct name *name, struct ip *ip)
{
	static const uint8_t v4[] = "\007in-addr\004arpa", v6[] = "\003ip6\004arpa";
	unsigned labels = 0;
	size_t at = 0;

	*ip = (struct ip){ 0 };
	while (labels < 32 && name->len - at != sizeof(v4) && name->len - at != sizeof(v6)) {
		const char *s = (const char *)name->bytes + at + 1;
		unsigned n = name->bytes[at];
		uint64_t value = 0;

		if (n == 0)
			return false;
		if (labels < 4 && scan_uint(s, s + n, 255, &value) == n)
			ip->b[15 - labels] = (uint8_t)value;
		labels++;
		at += n + 1U;
	}
	if (labels == 4 && memcmp(name->bytes + at, v4, sizeof(v4)) == 0) {
		ip->family = 4;
		memmove(ip->b, ip->b + 12, 4);
		return true;
	}
	if (labels != 32 || name->len - at != sizeof(v6) ||
	    memcmp(name->bytes + at, v6, sizeof(v6)) != 0)
		return false;
	ip->family = 6;
	memset(ip->b, 0, sizeof(ip->b));
	for (unsigned i = 0; i < 32; i++) {
		int digit = str_hex_digit((char)name->bytes[2 * i + 1]);

		if (name->bytes[2 * i] != 1 || digit < 0)
			return false;
		ip->b[15 - i / 2] |= (uint8_t)(digit << 4 * (i % 2));
	}
	return true;
}

/* "ip-10-1-2-3" or "ip-" and 32 hexadecimal digits, and SUFFIX. */
static void make_ptr(struct made *m, const struct ip *ip, const struct name *suffix)
{
	static const char hex[] = "0123456789abcdef";
	char text[64] = "ip", *p = text + 2;
	size_t n;

	if (ip->family == 4) {
		for (unsigned i = 0; i < 4; i++)
			p += snprintf(p, 5, "-%u", (unsigned)ip->b[i]);
	} else {
		*p++ = '-';
		for (unsigned i = 0; i < 32; i++)
			*p++ = hex[ip->b[i / 2] >> (i % 2 ? 0 : 4) & 15];
	}
	n = (size_t)(p - text);
	m->data[0] = (uint8_t)n;
	memcpy(m->data + 1, text, n);
	memcpy(m->data + 1 + n, suffix->bytes, suffix->len);
	m->rr.len = (uint16_t)(1 + n + suffix->len);
}

/* The address in a first label that make_ptr() made. */
static bool label_address(const struct name *name, struct ip *ip)
{
	const char *s = (const char *)name->bytes + 4;
	unsigned n = name->bytes[0], octet = 0, value = 0;

	*ip = (struct ip){ .family = 6 };
	if (!label_starts(name, "ip-"))
		return false;
	n -= 3;
	if (n == 32) {
		for (unsigned i = 0; i < 32; i++) {
			int digit = str_hex_digit(s[i]);

			if (digit < 0)
				return false;
			ip->b[i / 2] |= (uint8_t)(digit << (i % 2 ? 0 : 4));
		}
		return true;
	}
	ip->family = 4;
	for (unsigned i = 0; i <= n; i++) {
		if (i < n && str_is_digit(s[i])) {
			value = 10 * value + (unsigned)(s[i] - '0');
		} else if (octet < 4 && value < 256 && (i == n || s[i] == '-')) {
			ip->b[octet++] = (uint8_t)value;
			value = 0;
		} else {
			return false;
		}
	}
	return octet == 4;
}

static void make_address(struct made *m, const struct name *name, unsigned type)
{
	uint32_t h = name_hash(name);
	struct ip ip;
	bool fixed = label_address(name, &ip);

	if (fixed && ip.family == (type == TYPE_A ? 4 : 6)) {
		m->rr.len = (uint16_t)ip_size(&ip);
		memcpy(m->data, ip.b, m->rr.len);
	} else if (fixed) {
		return;
	} else if (type == TYPE_A) {
		uint8_t b[4] = { 10, (uint8_t)(h >> 16), (uint8_t)(h >> 8), (uint8_t)h };

		memcpy(m->data, b, sizeof(b));
		m->rr.len = sizeof(b);
	} else {
		uint8_t b[16] = { 0x20,
				  0x01,
				  0x0d,
				  0xb8,
				  0,
				  0,
				  0,
				  0,
				  0,
				  0,
				  0,
				  0,
				  (uint8_t)(h >> 24),
				  (uint8_t)(h >> 16),
				  (uint8_t)(h >> 8),
				  (uint8_t)h };

		memcpy(m->data, b, sizeof(b));
		m->rr.len = sizeof(b);
	}
}

bool make(const struct server *s, const struct name *name, unsigned type, struct made *m,
	  const struct name **suffix)
{
	static const struct name fallback = { 6, "\004test" };
	const struct name *forward = &fallback;
	struct ip ip;

	*suffix = NULL;
	for (size_t i = s->suffixes; i-- > 0;) {
		if (is_below(name, &s->suffix[i]))
			*suffix = &s->suffix[i];
		if (!is_arpa(&s->suffix[i]))
			forward = &s->suffix[i];
	}
	if (!*suffix)
		return false;
	memset(m, 0, offsetof(struct made, data));
	m->rr.type = (uint16_t)type;
	m->rr.ttl = (uint32_t)s->ttl;
	m->rr.data = m->data;
	m->exists = !label_starts(name, "nx-");
	m->mute = label_starts(name, "mute-");
	m->servfail = label_starts(name, "fail-");
	if (!m->exists || label_starts(name, "nodata-") || name->len == (*suffix)->len)
		return true;
	if (label_starts(name, "cname-") && name->bytes[0] > 6) {
		m->rr.type = TYPE_CNAME;
		m->rr.len = (uint16_t)(name->len - 6);
		memcpy(m->data, name->bytes + 6, m->rr.len);
		m->data[0] = (uint8_t)(name->bytes[0] - 6);
	} else if (is_arpa(*suffix)) {
		m->exists = arpa_address(name, &ip);
		if (m->exists && type == TYPE_PTR)
			make_ptr(m, &ip, forward);
	} else if (type == TYPE_A || type == TYPE_AAAA) {
		make_address(m, name, type);
	}
	return true;
}
