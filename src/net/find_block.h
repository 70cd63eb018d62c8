/* SPDX-License-Identifier: MIT */
/*
 * find_block.h - the way through a text, block by block
 *
 * A file that includes it has defined
 *
 *	FIND_TARGET      attributes of the functions, for their instructions
 *	equal(s, c)      a bit for each of the FIND_BLOCK bytes at S that is C
 *	read_quad(s, v)  ip4_read_slack()
 *
 * First the places of a batch that can be an address are collected, from bits alone; then
 * each is read.  So neither loop waits for the branches of the other.
 */
#include <string.h>

#include "base/str.h"
#include "net/find_impl.h"

enum {
	BATCH_BYTES = 1 << 20, /* that a batch goes through at most; places are of 32 bits */
};

/*
 * A bit for each place where an address may be: the first of three dots that are two to four
 * bytes apart; the first of two colons side by side, or of four that are two to five bytes
 * apart, as no time has them.
 */
static inline FIND_TARGET uint64_t begins(uint64_t dots, uint64_t colons)
{
	uint64_t pairs = dots & (dots >> 2 | dots >> 3 | dots >> 4);
	uint64_t found = pairs & (pairs >> 2 | pairs >> 3 | pairs >> 4);
	uint64_t chain = colons & (colons - 1);

	found |= colons & colons >> 1;
	chain &= chain - 1;
	chain &= chain - 1;
	if (chain) { /* of four or more */
		chain = colons;
		for (unsigned i = 0; i < 3; i++)
			chain &= chain >> 2 | chain >> 3 | chain >> 4 | chain >> 5;
		found |= chain;
	}
	return found & ((UINT64_C(1) << FIND_STEP) - 1);
}

/* The block at S, of which LEFT bytes are text, and the bits that it has. */
static inline FIND_TARGET const char *block(const char *s, size_t left, bool slack,
					    char copy[FIND_BLOCK], uint64_t *bits)
{
	*bits = ~UINT64_C(0);
	if (left >= FIND_BLOCK)
		return s;
	*bits = (UINT64_C(1) << left) - 1;
	return slack ? s : memcpy(copy, s, left);
}

/* Appends the places of the bits FOUND behind AT; most blocks have one or none. */
static inline FIND_TARGET size_t put_places(uint32_t *places, size_t n, uint64_t found, size_t at)
{
	places[n] = (uint32_t)at + (uint32_t)__builtin_ctzll(found | UINT64_C(1) << 63);
	n += found != 0;
	for (found &= found - 1; found; found &= found - 1)
		places[n++] = (uint32_t)at + (uint32_t)__builtin_ctzll(found);
	return n;
}

/* Places from T->at on, where the next batch begins then. */
static FIND_TARGET size_t collect(struct find_text *t, uint32_t places[static FIND_BATCH])
{
	const char *text = t->text + t->at;
	size_t len = t->len - t->at, n = 0, at;
	char copy[FIND_BLOCK] = { 0 };

	for (at = 0; at < len && n <= FIND_BATCH - FIND_STEP && at < BATCH_BYTES; at += FIND_STEP) {
		uint64_t bits;
		const char *s = block(text + at, len - at, t->slack, copy, &bits);

		n = put_places(places, n, begins(equal(s, '.') & bits, equal(s, ':') & bits), at);
	}
	t->at += at < len ? at : len;
	return n;
}

/* The border class of the byte at I, and that of the ends of the text. */
static inline FIND_TARGET unsigned border(const struct find_text *t, size_t i)
{
	const unsigned class = FIND_WORD | FIND_DOT | FIND_ESCAPE;

	return i < t->len ? find_class_of(t->text[i]) & class : 0;
}

/* The IPv4 address whose first dot is at X. */
static inline FIND_TARGET bool read_dots(const struct find_text *t, size_t x, struct find_hit *hit)
{
	const char *dot = t->text + x;
	size_t digits, n, at;
	uint32_t v;

	if ((x < FIND_BEFORE || t->len - x < FIND_BEHIND) && !t->slack)
		return find_v4(t, x, hit);
	digits = str_is_digit(dot[-2]);
	digits += digits & str_is_digit(dot[-3]);
	digits++;
	at = x - digits;
	n = read_quad(dot - digits, &v);
	/* Before the text AT - 1 is over its end, and has no class. */
	if (!n || digits > x || at + n > t->len || border(t, at - 1) | border(t, at + n))
		return find_v4(t, x, hit);
	*hit = (struct find_hit){ .at = at, .len = (uint32_t)n, .family = 4, .value = u128_of(v) };
	return true;
}

static FIND_TARGET size_t anywhere(const struct find *f UNUSED, struct find_text *t,
				   struct find_hit *hits)
{
	uint32_t places[FIND_BATCH];
	size_t n = 0;

	while (n == 0 && t->at < t->len) {
		size_t from = t->at, nplaces = collect(t, places);

		for (size_t i = 0; i < nplaces; i++) {
			size_t x = from + places[i];

			if (x < t->last)
				continue;
			if (!(t->text[x] == '.' ? read_dots(t, x, &hits[n]) :
						  find_v6(t, x, &hits[n])))
				continue;
			t->last = hits[n].at + hits[n].len;
			n++;
		}
	}
	return n;
}

/* The address that the line at X begins with. */
static inline FIND_TARGET bool read_start(const struct find_text *t, size_t x, struct find_hit *hit)
{
	const char *s;
	size_t n;
	uint32_t v;

	while (x < t->len && (t->text[x] == ' ' || t->text[x] == '\t'))
		x++;
	s = t->text + x;
	if (t->len - x < FIND_BEHIND)
		return find_at(t, x, hit);
	n = read_quad(s, &v);
	if (!n || find_class_of(s[n]) & (FIND_WORD | FIND_DOT))
		return find_at(t, x, hit);
	*hit = (struct find_hit){
		.at = x,
		.len = (uint32_t)n,
		.family = 4,
		.value = u128_of(v),
	};
	return true;
}

/* The ends of lines from T->at on. */
static FIND_TARGET size_t collect_ends(const struct find *f, struct find_text *t,
				       uint32_t places[static FIND_BATCH])
{
	const char *text = t->text + t->at;
	size_t len = t->len - t->at, n = 0, at;
	char copy[FIND_BLOCK] = { 0 };

	for (at = 0; at < len && n < FIND_BATCH - FIND_BLOCK && at < BATCH_BYTES;
	     at += FIND_BLOCK) {
		uint64_t bits;
		const char *s = block(text + at, len - at, t->slack, copy, &bits);

		n = put_places(places, n, equal(s, f->delimiter) & bits, at);
	}
	t->at += at < len ? at : len;
	return n;
}

static FIND_TARGET size_t starts(const struct find *f, struct find_text *t, struct find_hit *hits)
{
	uint32_t places[FIND_BATCH];
	size_t n = 0;

	if (t->at == 0 && t->len)
		n += read_start(t, 0, &hits[0]);
	while (t->at < t->len && n <= 1) {
		size_t from = t->at, nplaces = collect_ends(f, t, places);

		for (size_t i = 0; i < nplaces; i++)
			n += read_start(t, from + places[i] + 1, &hits[n]);
	}
	return n;
}

/*
 * What has neither a dot nor a colon is no token with an address, so that those alone are
 * looked at: the token begins with the digits before one.
 */
static FIND_TARGET size_t loose(const struct find *f UNUSED, struct find_text *t,
				struct find_hit *hits)
{
	const char *end = t->text + t->len, *s = t->text + t->at;
	char copy[FIND_BLOCK] = { 0 };
	size_t n = 0;

	for (const char *from = s; from < end; from += FIND_BLOCK) {
		uint64_t marks, bits;
		const char *at = block(from, (size_t)(end - from), t->slack, copy, &bits);

		for (marks = (equal(at, '.') | equal(at, ':')) & bits; marks; marks &= marks - 1) {
			const char *mark = from + __builtin_ctzll(marks), *begin = mark;

			if (mark < s) /* it was read with a token before */
				continue;
			while (begin > s && find_class_of(begin[-1]) & FIND_HEX)
				begin--;
			s = begin;
			if (*begin == '.') {
				s++;
			} else if (find_loose_token(&s, end, &hits[n])) {
				hits[n].at += (size_t)(begin - t->text);
				if (++n == FIND_BATCH) {
					t->at = (size_t)(s - t->text);
					return n;
				}
			}
		}
	}
	t->at = t->len;
	return n;
}

static FIND_TARGET size_t count(const char *text, size_t len, char c)
{
	size_t n = 0;

	for (; len >= FIND_BLOCK; text += FIND_BLOCK, len -= FIND_BLOCK)
		n += (size_t)__builtin_popcountll(equal(text, c));
	for (; len > 0; text++, len--)
		n += *text == c;
	return n;
}
