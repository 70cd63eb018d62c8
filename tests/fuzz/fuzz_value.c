/* SPDX-License-Identifier: MIT */
/* fuzz_value.c - a value that is read from text is the same after printing and reading */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "sockopt/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is printed of V, without the words in parentheses, is V again. */
static void check_again(const struct value *v)
{
	struct value again;
	struct buf b = { 0 };
	struct err err;
	char *explained;

	value_text(&b, v);
	buf_str(&b);
	explained = strstr(b.data, " (");
	if (explained)
		*explained = '\0';
	if (value_parse(&again, v->type, "X", b.data, &err) < 0 || !value_equal(v, &again))
		abort();
	buf_fini(&b);
}

/* The bytes as the kernel might give them: whatever they are, they are printed. */
static void check_bytes(enum value_type type, const uint8_t *data, size_t size)
{
	struct value v = { .type = type };
	struct buf b = { 0 };

	memcpy(v.bytes, data, size < VALUE_MAX ? size : VALUE_MAX);
	value_got(&v, size);
	value_text(&b, &v);
	if (b.len == 0)
		abort();
	b.len = 0;
	value_json(&b, &v);
	if (b.len == 0)
		abort();
	buf_fini(&b);
}

/* The text as a value of TYPE. */
static void check_text(enum value_type type, const char *text)
{
	struct err err = { 0 };
	struct value v;

	if (value_parse(&v, type, "X", text, &err) < 0) {
		if (err.kind != ERR_USAGE || !*err.text)
			abort();
	} else if (type != VALUE_STR && type != VALUE_IFNAME) {
		check_again(&v); /* names may have bytes that are escaped when they are printed */
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);

	for (unsigned type = 0; type < VALUE_TYPES; type++) {
		check_bytes((enum value_type)type, data, size);
		check_text((enum value_type)type, text);
	}
	free(text);
	return 0;
}
