/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/str.h"
#include "net/find_impl.h"
#include "net/ip_text.h"

/*
 * What grepcidr 3 takes for an address, read as it does: from left to right, one token after
 * the other, where the byte that ends a token is not looked at again.
 */
struct token {
	const char *s, *end; /* what is read, and the end of the text */
	const char *begin;   /* of the address */
	uint16_t high[8], low[8];
	unsigned nhigh, nlow; /* groups before and behind "::" */
	bool gap;
};

/* A run of hexadecimal digits. */
struct run {
	const char *begin;
	uint32_t group;
	int octet; /* -1 if it is none, 256 if it is over 255 */
};

static bool is_run(const struct token *t, unsigned class)
{
	return t->s < t->end && find_class_of(*t->s) & class;
}

static bool is_at(const struct token *t, char c)
{
	return t->s < t->end && *t->s == c;
}

static struct run read_run(struct token *t)
{
	struct run r = { .begin = t->s };

	for (; is_run(t, FIND_HEX); t->s++) {
		r.group = r.group << 4 | ip_digits[(unsigned char)*t->s];
		if (!str_is_digit(*t->s))
			r.octet = -1;
		else if (r.octet >= 0)
			r.octet = r.octet > 255 ? 256 : 10 * r.octet + *t->s - '0';
	}
	return r;
}

/* The three octets behind FIRST, whose dot is next. */
static bool read_rest(struct token *t, int first, uint32_t *quad)
{
	*quad = (uint32_t)first;
	for (unsigned i = 0; i < 3; i++) {
		int octet = 0;

		t->s++;
		if (t->s == t->end || !str_is_digit(*t->s))
			return false;
		for (; t->s < t->end && str_is_digit(*t->s); t->s++)
			octet = octet > 255 ? 256 : 10 * octet + *t->s - '0';
		if (octet > 255 || (i < 2 && !is_at(t, '.')))
			return false;
		*quad = *quad << 8 | (uint32_t)octet;
	}
	return true;
}

/* The address of the groups, and of a QUAD behind them. */
static bool store(const struct token *t, bool dotted, uint32_t quad, struct find_hit *hit)
{
	uint16_t groups[8] = { 0 };
	unsigned end = dotted ? 6 : 8;

	memcpy(groups, t->high, sizeof(*groups) * (t->nhigh < end ? t->nhigh : end));
	for (unsigned i = 0; i < t->nlow; i++)
		groups[end - t->nlow + i] = t->low[i];
	if (dotted) {
		groups[6] = (uint16_t)(quad >> 16);
		groups[7] = (uint16_t)quad;
	}
	*hit = (struct find_hit){ .family = 6, .dotted = dotted };
	for (unsigned i = 0; i < 8; i++)
		hit->value = u128_or(u128_shl(hit->value, 16), u128_of(groups[i]));
	return true;
}

/* "::" was read: the groups behind it. */
static bool read_low(struct token *t, struct find_hit *hit)
{
	while (t->nhigh == 0 && is_at(t, ':'))
		t->s++;
	if (t->nhigh == 0)
		t->begin = t->s - 2;
	if (!is_run(t, FIND_HEX))
		return t->nhigh && store(t, false, 0, hit);
	for (;; t->s++) {
		struct run r = read_run(t);
		uint32_t quad;

		if (is_at(t, '.') && r.octet >= 0 && r.octet <= 255 && t->nhigh + t->nlow < 6)
			return read_rest(t, r.octet, &quad) && store(t, true, quad, hit);
		if (r.group > 0xffff)
			return false;
		if (t->nlow < 8)
			t->low[t->nlow++] = (uint16_t)r.group;
		if (!is_at(t, ':'))
			return t->nhigh + t->nlow < 7 && store(t, false, 0, hit);
		if (t->s + 1 == t->end || !(find_class_of(t->s[1]) & FIND_HEX)) {
			t->s++;
			return false;
		}
	}
}

/* A dotted quad whose first octet is R: alone, or behind six groups. */
static bool read_dotted(struct token *t, const struct run *r, struct find_hit *hit)
{
	uint32_t quad;

	if (r->octet > 255 || !read_rest(t, r->octet, &quad))
		return false;
	if (t->nhigh == 6)
		return store(t, true, quad, hit);
	t->begin = r->begin;
	*hit = (struct find_hit){ .family = 4, .value = u128_of(quad) };
	return true;
}

/* The token at T->s, which is a digit; S is then at the byte that ended it. */
static bool read_high(struct token *t, struct find_hit *hit)
{
	for (;; t->s++) {
		struct run r = read_run(t);

		if (is_at(t, '.') && r.octet >= 0 && t->nhigh < 7)
			return read_dotted(t, &r, hit);
		/* The first group is not looked at if it is a number: an oversight of theirs. */
		if (r.group > 0xffff && !(t->nhigh == 0 && r.octet >= 0))
			return false;
		if (t->nhigh < 8)
			t->high[t->nhigh++] = (uint16_t)r.group;
		if (!is_at(t, ':'))
			return t->nhigh == 8 && store(t, false, 0, hit);
		if (t->s + 1 < t->end && t->s[1] == ':') {
			t->s += 2;
			return read_low(t, hit);
		}
		if (t->s + 1 == t->end || !(find_class_of(t->s[1]) & FIND_HEX)) {
			t->s++;
			return false;
		}
	}
}

bool find_loose_token(const char **at, const char *end, struct find_hit *hit)
{
	struct token t = { .s = *at, .end = end, .begin = *at };
	bool found;

	if (*t.s != ':') {
		found = read_high(&t, hit);
	} else if (t.s + 1 < end && t.s[1] == ':') {
		t.s += 2;
		found = read_low(&t, hit);
	} else {
		++*at;
		return false;
	}
	if (found) {
		hit->at = (size_t)(t.begin - *at);
		hit->len = (uint32_t)(t.s - t.begin);
	}
	*at = t.s < end ? t.s + 1 : end;
	return found;
}

size_t find_loose_starts(const struct find *f, struct find_text *t, struct find_hit *hits)
{
	const char *end = t->text + t->len;
	size_t n = 0;

	while (t->at < t->len && n < FIND_BATCH) {
		const char *s = t->text + t->at, *from,
			   *eol = memchr(s, f->delimiter, (size_t)(end - s));

		t->at = eol ? (size_t)(eol - t->text) + 1 : t->len;
		while (s < end && (*s == ' ' || *s == '\t'))
			s++;
		s += end - s > 1 && s[0] == ':' && s[1] != ':'; /* they do not notice it */
		from = s;
		if (s < end && find_class_of(*s) & (FIND_HEX | FIND_COLON) &&
		    find_loose_token(&s, end, &hits[n]))
			hits[n++].at += (size_t)(from - t->text);
	}
	return n;
}
