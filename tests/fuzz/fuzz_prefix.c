/* SPDX-License-Identifier: MIT */
/* fuzz_prefix.c - a prefix or range that parses is the same after format and parse */
#include <stdlib.h>
#include <string.h>

#include "net/prefix.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = { 0 };
	char text[PREFIX_STRLEN];
	struct prefix p, again;

	if (prefix_parse(&p, (const char *)data, size, 0, 0, &err) < 0) {
		if (err.kind != ERR_USAGE || !*err.text)
			abort();
		return 0;
	}
	if (u128_less(p.range.last, p.range.first) || u128_less(p.address, p.range.first) ||
	    u128_less(p.range.last, p.address))
		abort();
	if (p.length >= 0 && p.length != range_prefix_length(&p.range))
		abort();
	range_format(&p.range, text);
	if (prefix_parse(&again, text, strlen(text), 0, PREFIX_STRICT, &err) < 0 ||
	    again.range.family != p.range.family || !u128_eq(again.range.first, p.range.first) ||
	    !u128_eq(again.range.last, p.range.last))
		abort();
	return 0;
}
