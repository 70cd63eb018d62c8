/* SPDX-License-Identifier: MIT */
/*
 * fuzz_rr.c - rdata as text: the first two bytes are its type, and all are a name of a type
 *
 * What is shown prints; rdata that is malformed is shown whole; the rest is the same text when
 * its names are written out.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "dns/rr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* "\# 3 010203", with spaces among the digits. */
static bool is_generic(const struct buf *b, const uint8_t *rdata, size_t n)
{
	struct buf want = { 0 }, digits = { 0 };
	size_t before;
	bool same;

	buf_printf(&want, "\\# %zu%s", n, n ? " " : "");
	before = want.len;
	for (size_t i = 0; i < n; i++)
		buf_printf(&want, "%02X", rdata[i]);
	for (size_t i = 0; i < b->len; i++)
		if (i < before || b->data[i] != ' ')
			buf_addc(&digits, b->data[i]);
	same = digits.len == want.len && memcmp(digits.data, want.data, want.len) == 0;
	buf_fini(&want);
	buf_fini(&digits);
	return same;
}

static void check_rdata(uint16_t type, const uint8_t *rdata, size_t n)
{
	struct wire_rr rr = { .type = type, .class = RR_IN, .rdlen = n };
	struct buf text = { 0 }, plain = { 0 }, again = { 0 };
	bool ok = rr_text(&text, rdata, n, &rr);

	for (size_t i = 0; i < text.len; i++)
		require(text.data[i] >= ' ' && text.data[i] <= '~');
	require(text.len && text.data[text.len - 1] != ' ');
	require(ok || is_generic(&text, rdata, n));
	rr_plain(&plain, rdata, n, &rr);
	if (ok) {
		rr.rdlen = plain.len;
		require(rr_text(&again, (const uint8_t *)plain.data, plain.len, &rr));
		require(again.len == text.len && memcmp(again.data, text.data, text.len) == 0);
	} else {
		require(plain.len == n && (n == 0 || memcmp(plain.data, rdata, n) == 0));
	}
	buf_fini(&text);
	buf_fini(&plain);
	buf_fini(&again);
}

/* What is a name of a number is one of the number that it names. */
static void check_word(const char *text)
{
	for (enum rr_set set = RR_TYPE; set <= RR_ERROR; set++) {
		char word[RR_WORD];
		uint16_t number, again;

		if (!rr_number(set, text, &number))
			continue;
		rr_word(word, set, number);
		require(rr_number(set, word, &again) && again == number);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[64];
	size_t n = size < sizeof(text) - 1 ? size : sizeof(text) - 1;

	memcpy(text, data, n);
	text[n] = '\0';
	check_word(text);
	if (size >= 2)
		check_rdata((uint16_t)(data[0] << 8 | data[1]), data + 2, size - 2);
	return 0;
}
