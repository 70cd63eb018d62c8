/* SPDX-License-Identifier: MIT */
/*
 * fuzz_ipset.c - the value of a set expression is sorted and disjoint, and so is that of its
 * complement, which has all the rest; a line of a list is read at full speed as it is slowly
 */
#include <stdlib.h>
#include <string.h>

#include "net/ipset_expr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int load(void *to, const struct ipset_step *step, struct ipset *out, struct err *err)
{
	(void)to;
	return ipset_add_text(out, step->text, step->len, step->before, 0, err);
}

static void check_order(const struct ipset *s)
{
	for (unsigned family = 4; family <= 6; family += 2) {
		for (size_t i = 0; i < ipset_ranges(s, family); i++) {
			struct range r = ipset_range(s, family, i), next;

			if (u128_less(r.last, r.first))
				abort();
			if (i + 1 == ipset_ranges(s, family))
				continue;
			next = ipset_range(s, family, i + 1);
			if (!u128_less(u128_add(r.last, u128_of(1)), next.first))
				abort();
		}
	}
}

static void check_expression(const char *text, size_t len)
{
	struct ipset s = { 0 }, rest = { 0 }, both = { 0 };
	struct err err = { 0 };
	struct ipset_expr e;

	if (ipset_expr_parse(&e, text, len, &err) < 0 ||
	    ipset_expr_eval(&e, load, NULL, &s, &err) < 0) {
		if (err.kind != ERR_USAGE || !*err.text)
			abort();
	} else {
		ipset_combine(&rest, &s, &s, IPSET_COMPLEMENT);
		ipset_combine(&both, &s, &rest, IPSET_UNION);
		check_order(&s);
		check_order(&rest);
		if (both.v4.n != 1 || both.v6.n != 1)
			abort();
	}
	ipset_expr_fini(&e);
	ipset_fini(&s);
	ipset_fini(&rest);
	ipset_fini(&both);
}

static void check_line(const char *text, size_t len)
{
	struct ipset fast = { 0 }, slow = { 0 };
	char *data = malloc(len + IPSET_SLACK);
	struct ipset_line line;
	uint64_t lines = 0;
	struct err err;

	if (!data)
		abort();
	if (len)
		memcpy(data, text, len);
	memset(data + len, '\n', IPSET_SLACK);
	if (len && !memchr(text, '\n', len) &&
	    ipset_add_lines(&fast, data, len, '\n', 0, &lines) == len) {
		if (lines != 1 || ipset_line_read(&line, data, len, 0, &err) != 1)
			abort();
		ipset_add(&slow, &line.prefix.range);
		if (!ipset_equal(&fast, &slow))
			abort();
	}
	free(data);
	ipset_fini(&fast);
	ipset_fini(&slow);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_expression((const char *)data, size);
	check_line((const char *)data, size);
	return 0;
}
