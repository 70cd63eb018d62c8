/* SPDX-License-Identifier: MIT */
/* fuzz_ip_lines.c - lines are passed on and rewritten alike by every instruction set */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "net/ip_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What K makes of the lines from AT to END, up to the first that is no address. */
static struct ip_lines rewrite(const struct ip_kernel *k, const char *at, const char *end, char *to)
{
	struct ip_lines l = { .at = at, .end = end, .to = to, .delimiter = '\n' };

	k->rewrite(&l, UINT32_MAX);
	return l;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t room = 2 * size + IP_LINES_ROOM;
	char *in = xmalloc(size + IP_LINES_SLACK), *out = xmalloc(room), *again = xmalloc(room);
	const struct ip_kernel *first = ip_lines_kernel(0), *k;
	struct ip_lines want;

	if (size)
		memcpy(in, data, size);
	memset(in + size, '\n', IP_LINES_SLACK);
	want = rewrite(first, in, in + size, out);
	for (unsigned i = 0; (k = ip_lines_kernel(i)); i++) {
		struct ip_lines l = rewrite(k, in, in + size, again);
		uint64_t lines = 0;
		size_t n = k->pass(in, in + size, '\n', &lines);

		if (l.at != want.at || l.lines != want.lines || l.to - again != want.to - out ||
		    memcmp(again, out, (size_t)(l.to - again)) != 0)
			abort();
		/* What is passed on is what it would have been rewritten to. */
		if (lines > want.lines || memcmp(in, out, n) != 0)
			abort();
	}
	free(in);
	free(out);
	free(again);
	return 0;
}
