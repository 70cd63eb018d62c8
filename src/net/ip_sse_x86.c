/* SPDX-License-Identifier: MIT */
#if defined(__x86_64__)

#include "net/ip_sse.h"

/*
 * Of octets with A, B, C and D digits: where each begins, the mask, and per octet the places
 * of its hundreds, tens and ones; -128 makes a zero.
 */
#define START2(a)       ((a) + 1)
#define START3(a, b)    ((a) + (b) + 2)
#define START4(a, b, c) ((a) + (b) + (c) + 3)
#define MASK(a, b, c, d)                                                   \
	(1 << (a) | 1 << (START3(a, b) - 1) | 1 << (START4(a, b, c) - 1) | \
	 1 << (START4(a, b, c) + (d)))
#define PLACE(at, n, back) ((n) < (back) ? 0x80 : (at) + (n) - (back))
#define PLACES(at, n)      PLACE(at, n, 3), PLACE(at, n, 2), PLACE(at, n, 1), 0x80
/* The first digit of two is in byte 1 of its octet, of three in byte 0. */
#define FIRST(octet, n) ((n) == 1 ? 0 : 1 << (4 * (octet) + 3 - (n)))

/* clang-format off */
#define LAYOUT(a, b, c, d)                                                             \
	[IP_LAYOUT_HASH(MASK(a, b, c, d)) & 255] = {                                   \
		.shuffle = { PLACES(0, a), PLACES(START2(a), b),                       \
			     PLACES(START3(a, b), c), PLACES(START4(a, b, c), d) },    \
		.mask = (uint16_t)(MASK(a, b, c, d)),                                  \
		.zeros = FIRST(0, a) | FIRST(1, b) | FIRST(2, c) | FIRST(3, d),        \
	},
#define LAYOUTS3(a, b, c) LAYOUT(a, b, c, 1) LAYOUT(a, b, c, 2) LAYOUT(a, b, c, 3)
#define LAYOUTS2(a, b)    LAYOUTS3(a, b, 1) LAYOUTS3(a, b, 2) LAYOUTS3(a, b, 3)
#define LAYOUTS1(a)       LAYOUTS2(a, 1) LAYOUTS2(a, 2) LAYOUTS2(a, 3)

const struct ip_layout ip_layouts[256] = { LAYOUTS1(1) LAYOUTS1(2) LAYOUTS1(3) };
/* clang-format on */

#else
typedef int ip_sse_not_here; /* a translation unit may not be empty */
#endif
