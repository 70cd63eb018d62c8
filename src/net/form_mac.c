/* SPDX-License-Identifier: MIT */
/* form_mac.c - MAC addresses and EUI-64 as interface identifiers (RFC 4291 appendix A) */
#include <string.h>

#include "base/str.h"
#include "net/form_impl.h"

enum {
	MAC_BYTES = 6,
	EUI64_BYTES = 8,
	LOCAL_BIT = 0x02, /* the universal/local bit, which an interface identifier inverts */
};

/* How bytes are written: so many, so many digits together at most and at least, this between. */
struct layout {
	size_t bytes, together;
	size_t least; /* digits of a part */
	char separator;
};

/* BSD systems leave out the leading zeros behind colons; Cisco writes 0000.5e00.5301. */
static const struct layout layouts[] = {
	{ MAC_BYTES, 1, 1, ':' },   { MAC_BYTES, 1, 2, '-' },   { MAC_BYTES, 2, 4, '.' },
	{ EUI64_BYTES, 1, 2, '-' }, { EUI64_BYTES, 2, 4, '.' }, { EUI64_BYTES, 1, 2, ':' },
};

/* One part of L at *S, which is moved behind it, to TO. */
static bool read_part(const struct layout *l, const char **s, const char *end, uint8_t *to)
{
	unsigned value = 0;
	size_t n;

	for (n = 0; *s < end && n < 2 * l->together && str_hex_digit(**s) >= 0; n++)
		value = value << 4 | (unsigned)str_hex_digit(*(*s)++);
	if (n < l->least)
		return false;
	for (size_t i = l->together; i-- > 0; value >>= 8)
		to[i] = (uint8_t)value;
	return true;
}

static bool read_bytes(const struct layout *l, const char *s, const char *end,
		       uint8_t to[static EUI64_BYTES])
{
	for (size_t i = 0; i < l->bytes; i += l->together) {
		if (i && (s == end || *s++ != l->separator))
			return false;
		if (!read_part(l, &s, end, to + i))
			return false;
	}
	return s == end;
}

/* How many bytes the text from S to END has in one of the layouts; 0 if in none. */
static size_t read_any(const char *s, const char *end, uint8_t to[static EUI64_BYTES])
{
	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++)
		if (read_bytes(&layouts[i], s, end, to))
			return layouts[i].bytes;
	return 0;
}

bool form_is_mac(const char *s, const char *end)
{
	uint8_t bytes[EUI64_BYTES];

	return read_any(s, end, bytes) == MAC_BYTES;
}

bool form_is_eui64(const char *s, const char *end)
{
	uint8_t bytes[EUI64_BYTES];

	/* With colons it is an IPv6 address. */
	return !memchr(s, ':', (size_t)(end - s)) && read_any(s, end, bytes) == EUI64_BYTES;
}

/* The link-local address (RFC 4862 section 5.3) that an interface with the MAC makes. */
int form_read_mac(const struct form_text *t, struct form_value *v)
{
	uint8_t bytes[EUI64_BYTES];
	size_t n = read_any(t->start, t->end, bytes);

	if (!n)
		return form_bad(t, t->start, "%s",
				"it is neither 6 nor 8 bytes as 00:00:5e:00:53:01, "
				"00-00-5e-00-53-01 or 0000.5e00.5301");
	if (n == MAC_BYTES) {
		memmove(bytes + 5, bytes + 3, 3);
		bytes[3] = 0xff;
		bytes[4] = 0xfe;
	}
	v->form = n == MAC_BYTES ? FORM_MAC : FORM_EUI64;
	v->ep.ip = (struct ip){ .family = 6, .b = { 0xfe, 0x80 } };
	memcpy(v->ep.ip.b + 8, bytes, EUI64_BYTES);
	v->ep.ip.b[8] ^= LOCAL_BIT;
	return 0;
}

const char *form_write_mac(struct buf *b, const struct form_value *v, enum form form)
{
	uint8_t id[EUI64_BYTES];

	if (v->ep.kind == ENDPOINT_UNIX)
		return "it is a UNIX address";
	if (v->ep.ip.family == 4)
		return "an IPv4 address has no interface identifier";
	if (v->is_range || v->length >= 0)
		return v->is_range ? "it is a range" : "it is a prefix";
	memcpy(id, v->ep.ip.b + 8, sizeof(id));
	id[0] ^= LOCAL_BIT;
	if (form == FORM_EUI64) {
		form_write_bytes(b, id, sizeof(id), '-');
		return NULL;
	}
	if (id[3] != 0xff || id[4] != 0xfe)
		return "no ff:fe is in the middle of its interface identifier";
	memmove(id + 3, id + 5, 3);
	form_write_bytes(b, id, MAC_BYTES, ':');
	return NULL;
}
