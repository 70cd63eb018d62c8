/* SPDX-License-Identifier: MIT */
#include "net/ip_legacy.h"

#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "base/scan.h"
#include "base/str.h"
#include "net/ip_text.h"

/* One number as strtoul(3) with base 0 reads it, at most UINT32_MAX; its length, or 0. */
static size_t read_number(const char *s, const char *end, uint64_t *v)
{
	size_t n = 0;

	if (s == end || *s != '0')
		return scan_uint(s, end, UINT32_MAX, v);
	if (end - s > 2 && str_lower(s[1]) == 'x') {
		n = scan_hex(s + 2, end, UINT32_MAX, v);
		return n ? n + 2 : 0;
	}
	for (*v = 0; s + n < end && s[n] >= '0' && s[n] <= '7'; n++) {
		*v = *v << 3 | (uint64_t)(s[n] - '0');
		if (*v > UINT32_MAX)
			return 0;
	}
	return n;
}

static bool read_aton(uint32_t *v, const char *s, const char *end)
{
	uint64_t number;
	unsigned left = 4; /* bytes that are not filled */
	uint32_t value = 0;

	for (;;) {
		size_t n = read_number(s, end, &number);

		if (!n)
			return false;
		s += n;
		if (s == end)
			break;
		if (*s++ != '.' || number > 255 || left == 1)
			return false;
		value |= (uint32_t)number << 8 * --left;
	}
	if (number >> 8 * left)
		return false;
	*v = value | (uint32_t)number;
	return true;
}

static bool read_decimal(uint32_t *v, const char *s, const char *end)
{
	uint64_t number;

	*v = 0;
	for (unsigned left = 4; left; s++) {
		size_t n = scan_uint(s, end, 255, &number);

		if (!n)
			return false;
		s += n;
		*v |= (uint32_t)number << 8 * --left;
		if (s == end)
			return true;
		if (*s != '.')
			return false;
	}
	return false;
}

bool ip_legacy_read(struct ip_legacy *l, const char *text, size_t len)
{
	*l = (struct ip_legacy){ 0 };
	if (!read_aton(&l->aton, text, text + len))
		return false;
	l->has_decimal = read_decimal(&l->decimal, text, text + len);
	l->text = text;
	l->len = len;
	return true;
}

static const char takes_first[] = "; --legacy takes the first", takes_it[] = "; --legacy takes it";

void ip_legacy_hint(struct err *err, const char *text, size_t len)
{
	char aton[IP4_ROOM] = "", decimal[IP4_ROOM] = "";
	size_t at = strlen(err->text);
	struct ip_legacy l;

	if (!ip_legacy_read(&l, text, len))
		return;
	*ip4_write(aton, l.aton) = '\0';
	*ip4_write(decimal, l.decimal) = '\0';
	if (l.has_decimal && l.decimal != l.aton)
		snprintf(err->text + at, sizeof(err->text) - at,
			 "; inet_aton reads %s, others read %s%s", aton, decimal, takes_first);
	else
		snprintf(err->text + at, sizeof(err->text) - at, "; inet_aton reads %s%s", aton,
			 takes_it);
}

void ip_legacy_hint_bare(struct err *err)
{
	const char *const ends[] = { takes_first, takes_it };
	size_t len = strlen(err->text);

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		size_t n = strlen(ends[i]);

		if (len >= n && strcmp(err->text + len - n, ends[i]) == 0)
			err->text[len - n] = '\0';
	}
}

void ip_legacy_note(struct buf *b, const struct ip_legacy *l)
{
	char show[STR_SHOW], address[IP4_ROOM];

	*ip4_write(address, l->aton) = '\0';
	buf_printf(b, "\"%s\" is read as %s, as inet_aton does", str_show_n(show, l->text, l->len),
		   address);
	*ip4_write(address, l->decimal) = '\0';
	if (l->has_decimal && l->decimal != l->aton)
		buf_printf(b, "; others read %s", address);
}
