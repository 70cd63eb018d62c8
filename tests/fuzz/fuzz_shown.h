/* SPDX-License-Identifier: MIT */
/* fuzz_shown.h - text that a terminal is given */
#ifndef NETIPC_TESTS_FUZZ_SHOWN_H
#define NETIPC_TESTS_FUZZ_SHOWN_H

#include <stdlib.h>

#include "base/macros.h"
#include "base/str.h"

/* Control characters, and what turns or hides the text around it; \n where LINES says so. */
static inline bool fuzz_acts(uint32_t point, bool lines)
{
	static const struct {
		uint32_t first, last;
	} acts[] = { { 0, 0x1f },        { 0x7f, 0x9f },       { 0xad, 0xad },
		     { 0x61c, 0x61c },   { 0x200b, 0x200f },   { 0x2028, 0x202e },
		     { 0x2060, 0x2064 }, { 0x2066, 0x206f },   { 0xfeff, 0xfeff },
		     { 0xfff9, 0xfffb }, { 0xe0001, 0xe0001 }, { 0xe0020, 0xe007f } };

	for (size_t i = 0; i < ARRAY_SIZE(acts); i++)
		if (point >= acts[i].first && point <= acts[i].last)
			return point != '\n' || !lines;
	return false;
}

/* The LEN bytes at TEXT are UTF-8 that prints. */
static inline void fuzz_shown(const char *text, size_t len, bool lines)
{
	uint32_t point;

	for (size_t at = 0, n; at < len; at += n) {
		n = str_utf8(text + at, len - at, &point);
		if (n == 0 || fuzz_acts(point, lines))
			abort();
	}
}

#endif
