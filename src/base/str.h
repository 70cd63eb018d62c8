/* SPDX-License-Identifier: MIT */
/*
 * str.h - text without a locale, and untrusted bytes made safe to print
 *
 * <ctype.h> depends on the locale and is undefined for negative chars; these do
 * not and are not.  Only ASCII has a case here.
 */
#ifndef NETIPC_BASE_STR_H
#define NETIPC_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

static inline bool str_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool str_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline char str_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static inline char str_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

/* The value of hexadecimal digit C, or -1. */
static inline int str_hex_digit(char c)
{
	if (str_is_digit(c))
		return c - '0';
	c = str_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The end of a noun that N are of: "1 byte", "2 bytes". */
static inline const char *str_plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* The strings are equal but for ASCII case. */
bool str_eq_nocase(const char *a, const char *b);

/* TEXT begins with PREFIX. */
bool str_starts(const char *text, const char *prefix);

/* Edit distance of A and B in insertions, deletions, changes and swaps; for suggestions. */
unsigned str_distance(const char *a, const char *b);

/*
 * Decodes one UTF-8 sequence of the N > 0 bytes at S: stores the code point and
 * returns its length, or returns 0 if the bytes are not valid UTF-8 (RFC 3629:
 * no overlong form, no surrogate, at most U+10FFFF).
 */
size_t str_utf8(const char *s, size_t n, uint32_t *point);

/*
 * Copies to TO what the N bytes at S begin with of ASCII that prints, up to the first A or B,
 * which are ASCII too; returns how many bytes that are.
 */
size_t str_copy_plain(char *to, const char *s, size_t n, char a, char b);

/*
 * Appends the N bytes at S with all that could act on a terminal made visible:
 * control characters and invalid UTF-8 as \xNN, invisible and direction-changing
 * characters as \u{N}.  Returns the columns that the appended text takes.
 */
size_t str_safe(struct buf *b, const char *s, size_t n);

/*
 * Appends the N bytes at S as a JSON string, quotes included (RFC 8259); a byte that is
 * not UTF-8 becomes U+FFFD.
 */
void str_json(struct buf *b, const char *s, size_t n);

enum {
	STR_SHOW = 72, /* bytes that str_show() needs */
};

/*
 * Writes TEXT to BUF for use in a message: as str_safe(), and a long one cut with
 * "...".  Returns BUF.
 */
char *str_show(char buf[static STR_SHOW], const char *text);

/* The same for N bytes, which may hold NULs. */
char *str_show_n(char buf[static STR_SHOW], const char *text, size_t n);

#endif
