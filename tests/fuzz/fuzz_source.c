/* SPDX-License-Identifier: MIT */
/* fuzz_source.c - a message of the process that asks a source of names */
#include <stdlib.h>
#include <string.h>

#include "dns/source_impl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* What is taken and sent again is taken again, and is the same from then on. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source_answer a = { .index = 0 }, b = { .index = 0 };
	struct buf one = { 0 }, two = { 0 };

	if (source_get(&a, data, size)) {
		source_put(&one, &a);
		require(source_get(&b, one.data + 4, one.len - 4));
		source_put(&two, &b);
		require(one.len == two.len && memcmp(one.data, two.data, one.len) == 0);
	}
	source_answer_fini(&a);
	source_answer_fini(&b);
	buf_fini(&one);
	buf_fini(&two);
	return 0;
}
