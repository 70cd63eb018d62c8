/* SPDX-License-Identifier: MIT */
/*
 * scan.h - scanners that compose
 *
 * Each takes the text from S to END (no NUL needed), stores what it read, and
 * returns how many bytes that was; 0 means that the text does not begin so, and
 * nothing was stored.  The *_all forms take a string and want all of it.
 */
#ifndef NETIPC_BASE_SCAN_H
#define NETIPC_BASE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* Decimal digits, no sign, at most MAX. */
size_t scan_uint(const char *s, const char *end, uint64_t max, uint64_t *value);

/* Hexadecimal digits of either case, without 0x, at most MAX. */
size_t scan_hex(const char *s, const char *end, uint64_t max, uint64_t *value);

/*
 * A string of JSON (RFC 8259) with its quotes, of which B gets the text that it stands for, in
 * UTF-8; what does not pair of surrogates is U+FFFD.  B may get a part of what is no string.
 */
size_t scan_json_string(const char *s, const char *end, struct buf *b);

/* TEXT is a decimal number from MIN to MAX; WHAT names it in the error. */
int scan_uint_all(const char *text, const char *what, uint64_t min, uint64_t max, uint64_t *value,
		  struct err *err) MUST_CHECK;

/* TEXT is a signed number: decimal, or hexadecimal behind 0x. */
bool scan_int_all(const char *text, int64_t *value);

/*
 * TEXT is a duration: a decimal number, which may have a fraction, and a unit
 * (ns us ms s m h d); a bare number is in seconds.  VALUE is in nanoseconds.
 */
int scan_duration_all(const char *text, const char *what, uint64_t *value_ns,
		      struct err *err) MUST_CHECK;

/* TEXT is a size: a decimal number and k, m, g or t for powers of 1024, either case. */
int scan_size_all(const char *text, const char *what, uint64_t *bytes, struct err *err) MUST_CHECK;

#endif
