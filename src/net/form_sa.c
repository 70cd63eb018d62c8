/* SPDX-License-Identifier: MIT */
/* form_sa.c - the bytes of a struct sockaddr, of this and of other machines */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "net/form_impl.h"
#include "net/sa.h"

/* How a system begins its addresses: what the first two bytes are, and the order of the rest. */
struct layout {
	int first, second; /* ANY, or the byte */
	int domain;
	bool big; /* a number in the machine's order is big-endian */
};

enum {
	ANY = -1,
	PORT_AT = 2,
	IN_ADDR_AT = 4,
	IN_SIZE = 8, /* without sin_zero, which has no use */
	IN6_ADDR_AT = 8,
	IN6_SCOPE_AT = 24,
	IN6_SIZE = 28,
	UN_PATH_AT = 2,
};

/*
 * Linux has a family of two bytes; the BSDs have a length, which need not be set, and a
 * family.  AF_INET6 is another number on each.
 */
static const struct layout layouts[] = {
	{ 2, 0, AF_INET, false },     { 0, 2, AF_INET, true },      { 16, 2, AF_INET, false },
	{ 10, 0, AF_INET6, false },   { 0, 10, AF_INET6, true },    { ANY, 24, AF_INET6, false },
	{ ANY, 28, AF_INET6, false }, { ANY, 30, AF_INET6, false }, { 1, 0, AF_UNIX, false },
	{ ANY, 1, AF_UNIX, true },
};

static const struct layout *layout_of(const uint8_t *bytes, size_t n)
{
	if (n < 2)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++)
		if ((layouts[i].first == ANY || layouts[i].first == bytes[0]) &&
		    layouts[i].second == bytes[1])
			return &layouts[i];
	return NULL;
}

static bool is_between(char c)
{
	return str_is_space(c) || c == ':' || c == '-' || c == ',';
}

/* Behind what may stand before a byte: separators, 0x, \x. */
static const char *skip_between(const char *s, const char *end)
{
	while (s < end && is_between(*s))
		s++;
	if (end - s > 2 && (*s == '0' || *s == '\\') && str_lower(s[1]) == 'x')
		s += 2;
	return s;
}

/* The bytes that the text is, at most SIZE; a byte is two digits. */
static int read_bytes(const struct form_text *t, uint8_t *bytes, size_t size, size_t *n)
{
	char show[STR_SHOW];

	*n = 0;
	for (const char *s = skip_between(t->start, t->end); s < t->end; (*n)++) {
		int high = str_hex_digit(*s), low = s + 1 < t->end ? str_hex_digit(s[1]) : -1;

		if (high < 0)
			return form_bad(t, s, "\"%s\" where a hexadecimal digit should be",
					str_show_n(show, s, 1));
		if (low < 0)
			return form_bad(t, s, "a byte is two digits");
		if (*n == size)
			return form_bad(t, s, "it has more than %zu bytes", size);
		bytes[*n] = (uint8_t)(high << 4 | low);
		s = skip_between(s + 2, t->end);
	}
	return 0;
}

static int too_short(const struct form_text *t, const char *type, size_t n, size_t want)
{
	return form_bad(t, t->end, "%zu bytes; a struct %s has %zu", n, type, want);
}

static void set_port(struct form_value *v, const uint8_t *bytes)
{
	v->ep.port = (uint16_t)(bytes[0] << 8 | bytes[1]);
	v->ep.has_port = v->ep.port != 0;
}

static int read_in(const struct form_text *t, struct form_value *v, const uint8_t *bytes, size_t n)
{
	if (n < IN_SIZE)
		return too_short(t, "sockaddr_in", n, sizeof(struct sockaddr_in));
	set_port(v, bytes + PORT_AT);
	v->ep.ip.family = 4;
	memcpy(v->ep.ip.b, bytes + IN_ADDR_AT, 4);
	return 0;
}

static int read_in6(const struct form_text *t, struct form_value *v, const uint8_t *bytes, size_t n)
{
	const struct layout *l = layout_of(bytes, n);
	uint32_t scope = 0;

	/* Old ones end with the address. */
	if (n < IN6_SIZE && n != IN6_SCOPE_AT)
		return too_short(t, "sockaddr_in6", n, IN6_SIZE);
	set_port(v, bytes + PORT_AT);
	v->ep.ip.family = 6;
	memcpy(v->ep.ip.b, bytes + IN6_ADDR_AT, 16);
	for (size_t i = 0; n >= IN6_SIZE && i < 4; i++)
		scope |= (uint32_t)bytes[IN6_SCOPE_AT + i] << 8 * (l->big ? 3 - i : i);
	if (scope)
		snprintf(v->ep.zone, sizeof(v->ep.zone), "%" PRIu32, scope);
	return 0;
}

static int read_un(const struct form_text *t, struct form_value *v, const uint8_t *bytes, size_t n)
{
	const char *path = (const char *)bytes + UN_PATH_AT;
	size_t len = n - UN_PATH_AT;

	v->ep.kind = ENDPOINT_UNIX;
	v->ep.abstract = len > 1 && path[0] == '\0';
	if (v->ep.abstract) {
		path++;
		len--;
	} else {
		len = strnlen(path, len);
	}
	if (len == 0 || len >= ENDPOINT_PATH_MAX)
		return form_bad(t, t->end, len ? "the name is too long" : "it has no name");
	memcpy(v->ep.path, path, len);
	v->ep.path_len = len;
	return 0;
}

int form_read_sockaddr(const struct form_text *t, struct form_value *v)
{
	uint8_t bytes[sizeof(struct sockaddr_storage)];
	const struct layout *l;
	size_t n;

	if (read_bytes(t, bytes, sizeof(bytes), &n) < 0)
		return -1;
	l = layout_of(bytes, n);
	if (!l)
		return form_bad(t, t->start, "the first two bytes are no known family");
	if (l->domain == AF_INET)
		return read_in(t, v, bytes, n);
	return l->domain == AF_INET6 ? read_in6(t, v, bytes, n) : read_un(t, v, bytes, n);
}

/* Bytes with a blank between each. */
bool form_is_sockaddr(const char *s, const char *end)
{
	size_t n = (size_t)(end - s);

	if (n < 5 || n % 3 != 2)
		return false;
	for (size_t i = 0; i < n; i++)
		if (i % 3 == 2 ? s[i] != ' ' : str_hex_digit(s[i]) < 0)
			return false;
	return true;
}

const char *form_write_sockaddr(struct buf *b, const struct form_value *v, enum form form)
{
	struct err err;
	struct sa sa;

	(void)form;
	if (v->is_range || v->length >= 0)
		return v->is_range ? "it is a range" : "it is a prefix";
	if (sa_from_endpoint(&sa, &v->ep, &err) < 0)
		return err.kind == ERR_SYSTEM ? "its zone cannot be looked up" :
						"its zone is no interface of this machine";
	form_write_bytes(b, &sa.u, sa.len, ' ');
	return NULL;
}
