/* SPDX-License-Identifier: MIT */
/*
 * fuzz_find.c - every set of instructions finds the same, at every place of a block; what is
 * found is an address of that value, and stands alone
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "net/endpoint.h"
#include "net/find.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	HITS = 1024,
};

/* The hits of all batches. */
static size_t find_all(unsigned flags, bool slack, const char *text, size_t len,
		       struct find_hit hits[static HITS])
{
	struct find_text t = { .text = text, .len = len, .slack = slack };
	struct find_hit batch[FIND_BATCH];
	size_t n, total = 0;
	struct find f;

	find_init(&f, flags);
	while ((n = find_next(&f, &t, batch)) > 0) {
		for (size_t i = 0; i < n && total < HITS; i++)
			hits[total++] = batch[i];
	}
	return total;
}

/* The text of HIT is read as its value by the parser too. */
static void check_hit(const char *text, size_t len, const struct find_hit *hit)
{
	size_t n = hit->len - hit->zone - (hit->zone != 0);
	const char *s = text + hit->at;
	struct err err;
	struct ip ip;

	if (hit->at > len || hit->len > len - hit->at)
		abort();
	if (hit->zone && s[n] != '%') /* RFC 6874's %25 */
		n -= 2;
	if (ip_parse(&ip, s, n, 0, &err) < 0 || ip.family != hit->family ||
	    !u128_eq(ip_num(&ip), hit->value))
		abort();
}

static void check_same(const struct find_hit *a, const struct find_hit *b, size_t n, size_t moved)
{
	for (size_t i = 0; i < n; i++)
		if (a[i].at + moved != b[i].at || a[i].len != b[i].len ||
		    a[i].family != b[i].family || a[i].zone != b[i].zone ||
		    a[i].dotted != b[i].dotted || !u128_eq(a[i].value, b[i].value))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct find_hit want[HITS], got[HITS];
	const char *text = (const char *)data;
	struct buf b = { 0 };
	size_t n, before = size ? data[0] % 100u : 0;

	n = find_all(FIND_PLAIN, false, text, size, want);
	for (size_t i = 0; i < n; i++) {
		check_hit(text, size, &want[i]);
		if (i && want[i].at < want[i - 1].at + want[i - 1].len)
			abort();
	}
	if (find_all(0, false, text, size, got) != n)
		abort();
	check_same(want, got, n, 0);
	/* A line end before the text changes nothing. */
	buf_fill(&b, '\n', before);
	buf_add(&b, text, size);
	if (find_all(0, false, b.data, b.len, got) != n)
		abort();
	check_same(want, got, n, before);
	/* Nor does what stands in the slack around it. */
	b.len = 0;
	buf_fill(&b, "1.x:"[before % 4], FIND_SLACK);
	buf_add(&b, text, size);
	buf_fill(&b, "1.x:"[before / 4 % 4], FIND_SLACK);
	if (find_all(0, true, b.data + FIND_SLACK, size, got) != n)
		abort();
	check_same(want, got, n, 0);
	find_all(FIND_LOOSE, false, text, size, got);
	buf_fini(&b);
	return 0;
}
