/* SPDX-License-Identifier: MIT */
/*
 * fuzz_saved.c - what is read as a result is written as a line that is read as the same, and merges
 * with itself to twice its counts with the same percentiles
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "echo/saved.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_again(const struct saved *s, struct saved *again)
{
	struct buf first = { 0 }, second = { 0 };
	struct err err;

	saved_write(&first, s);
	if (saved_read(again, first.data, first.len, &err) < 0)
		abort();
	saved_write(&second, again);
	if (first.len != second.len || memcmp(first.data, second.data, first.len) != 0)
		abort();
	buf_fini(&first);
	buf_fini(&second);
}

static void merge(struct saved *s, const struct saved *again)
{
	const struct hist *before =
		again->mode == SAVED_PING ? &again->ping.rtt : &again->load.latency;
	const struct hist *after = s->mode == SAVED_PING ? &s->ping.rtt : &s->load.latency;
	struct err err;

	if (saved_merge(s, again, &err) < 0)
		return; /* a count would be too large */
	if (after->n != 2 * before->n || !hist_is_sound(after))
		abort();
	for (double q = 0; q <= 1; q += 0.125)
		if (hist_quantile(after, q) != hist_quantile(before, q) && before->n < 1 << 20)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct saved *s = xmalloc(sizeof(*s)), *again = xmalloc(sizeof(*again));
	struct err err;

	if (saved_read(s, (const char *)data, size, &err) == 0) {
		write_again(s, again);
		merge(s, again);
		saved_fini(again);
	}
	saved_fini(s);
	free(again);
	free(s);
	return 0;
}
