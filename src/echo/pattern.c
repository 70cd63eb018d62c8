/* SPDX-License-Identifier: MIT */
#include "echo/pattern.h"

#include <string.h>

enum {
	WORD = 8,
	CHUNK = 512,
};

/* Word I of the stream: a bijection of the counter (splitmix64), so that no two are the same. */
static uint64_t word(uint64_t seed, uint64_t i)
{
	uint64_t v = seed + (i + 1) * UINT64_C(0x9e3779b97f4a7c15);

	v = (v ^ v >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	v = (v ^ v >> 27) * UINT64_C(0x94d049bb133111eb);
	return v ^ v >> 31;
}

/* Its bytes, the least significant first whatever the machine. */
static void put(uint8_t *to, uint64_t v)
{
	for (int i = 0; i < WORD; i++)
		to[i] = (uint8_t)(v >> 8 * i);
}

uint8_t pattern_byte(uint64_t seed, uint64_t offset)
{
	return (uint8_t)(word(seed, offset / WORD) >> 8 * (offset % WORD));
}

void pattern_fill(uint64_t seed, uint64_t offset, void *to, size_t n)
{
	uint8_t *at = to, part[WORD];
	size_t skip = offset % WORD;
	uint64_t i = offset / WORD;

	if (skip && n) {
		size_t some = WORD - skip < n ? WORD - skip : n;

		put(part, word(seed, i++));
		memcpy(at, part + skip, some);
		at += some;
		n -= some;
	}
	for (; n >= WORD; n -= WORD, at += WORD)
		put(at, word(seed, i++));
	if (n) {
		put(part, word(seed, i));
		memcpy(at, part, n);
	}
}

size_t pattern_check(uint64_t seed, uint64_t offset, const void *data, size_t n)
{
	const uint8_t *got = data;
	uint8_t want[CHUNK];

	for (size_t done = 0; done < n;) {
		size_t some = n - done < CHUNK ? n - done : CHUNK;

		pattern_fill(seed, offset + done, want, some);
		if (memcmp(want, got + done, some) != 0) {
			for (size_t i = 0; i < some; i++)
				if (want[i] != got[done + i])
					return done + i;
		}
		done += some;
	}
	return n;
}
