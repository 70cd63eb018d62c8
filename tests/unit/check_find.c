/* SPDX-License-Identifier: MIT */
#include "net/find.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/macros.h"
#include "base/xalloc.h"
#include "net/find_impl.h"
#include "unit.h"

/* A text, and what is found in it, blanks between. */
static const struct {
	const char *in, *out;
} rows[] = {
	/* IPv4 and what stands around it */
	{ "192.0.2.1", "192.0.2.1" },
	{ "", "" },
	{ "0.0.0.0 255.255.255.255", "0.0.0.0 255.255.255.255" },
	{ "192.0.2.1 - - [22/Nov/2026:12:34:56 +0000] \"GET / HTTP/1.1\" 200", "192.0.2.1" },
	{ "to 192.0.2.1. Then", "192.0.2.1" },
	{ "192.0.2.1.", "192.0.2.1" },
	{ "192.0.2.1...", "192.0.2.1" },
	{ "...192.0.2.1", "192.0.2.1" },
	{ ".192.0.2.1", "192.0.2.1" },
	{ "192.0.2.1, (192.0.2.2); <192.0.2.3>", "192.0.2.1 192.0.2.2 192.0.2.3" },
	{ "192.0.2.1:80 [192.0.2.1]:80", "192.0.2.1 192.0.2.1" },
	{ "192.0.2.0/24 192.0.2.1-192.0.2.9", "192.0.2.0 192.0.2.1 192.0.2.9" },
	{ "src=192.0.2.1 user@192.0.2.1 http://192.0.2.1/", "192.0.2.1 192.0.2.1 192.0.2.1" },
	{ "example.net/192.0.2.1:80", "192.0.2.1" },
	{ "192.0.2.1%eth0", "192.0.2.1" },
	{ "\xe6\x9d\xa5\xe8\x87\xaa"
	  "192.0.2.1\xe7\x9a\x84",
	  "192.0.2.1" },
	{ "1.2.3.4.5", "" },
	{ "1.2.3.4.5.6.7.8", "" },
	{ "5.1.2.3.4", "" },
	{ "x1.2.3.4 v1.2.3.4 _1.2.3.4", "" },
	{ "1.2.3.4x 1.2.3.4_", "" },
	{ "www.1.2.3.4 1.2.3.4.example.net 4.3.2.1.in-addr.arpa lib-1.2.3.4.so", "" },
	{ "1.2.3.400 1.2.3.256 256.1.1.1 1.2.3 1.2..3.4 1.2.3.", "" },
	{ "01.2.3.4 1.02.3.4 1.2.3.04 1.2.3.00", "" },
	{ "0001.2.3.4 1.2.3.4444", "" },
	{ "192.168.100.200", "192.168.100.200" },
	{ "1.22.333.4 1.22.133.4", "1.22.133.4" },
	/* escapes */
	{ "\\n192.0.2.1\\t192.0.2.2\\", "192.0.2.1 192.0.2.2" },
	{ "\\x22192.0.2.1\\x22", "192.0.2.1" },
	{ "1.1.1.1:80-\\u003e10.0.0.2:443 \\u00262.3.4.5", "1.1.1.1 10.0.0.2 2.3.4.5" },
	{ "u=http%3A%2F%2F192.0.2.1%2F %201.2.3.4 %20201.2.3.4", "192.0.2.1 1.2.3.4 201.2.3.4" },
	{ "a#0111.2.3.4 a\\01110.2.3.4", "1.2.3.4 10.2.3.4" },
	{ "\033[32m192.0.2.1\033[0m \033[01;31m\033[K192.0.2.2", "192.0.2.1 192.0.2.2" },
	{ "\\u001b[36m192.0.2.1", "192.0.2.1" },
	{ "%41"
	  "1.2.3.4 \\x411.2.3.4 \\u00411.2.3.4 [m1.2.3.4 \\q1.2.3.4",
	  "" },
	{ "[m1.2.3.4", "" },
	{ "100%1.2.3.4", "1.2.3.4" },
	/* IPv6 and what stands around it */
	{ "2001:db8::1", "2001:db8::1" },
	{ "::1", "::1" },
	{ "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8" },
	{ "2001:0db8:0000:0000:0000:0000:0000:0001", "2001:0db8:0000:0000:0000:0000:0000:0001" },
	{ "1:2:3:4:5:6:7:: ::2:3:4:5:6:7:8", "1:2:3:4:5:6:7:: ::2:3:4:5:6:7:8" },
	{ "from ::1: refused, fe80::1: (2001:DB8::)", "::1 fe80::1 2001:DB8::" },
	{ "[::1]:80 http://[2001:db8::1]/", "::1 2001:db8::1" },
	{ "2001:db8::/32 ::1. ::1, ::1;", "2001:db8:: ::1 ::1 ::1" },
	{ "client:2001:db8::1 [IPv6:2001:db8::1] ip6:2001:db8::/32 key:::1",
	  "2001:db8::1 2001:db8::1 2001:db8:: ::1" },
	{ "src=2001:db8::1 \"2001:db8::1\"", "2001:db8::1 2001:db8::1" },
	{ "IP6 2001:db8::1.443 > 2001:db8::2.51234:", "2001:db8::1 2001:db8::2" },
	{ "2001:db8::1.4.3 2001:db8::1.example 2001:db8::1.123456", "" },
	{ "fe80::1%eth0 fe80::1%eth0.100 [fe80::1%2]:80 fe80::1%eth0.",
	  "fe80::1%eth0 fe80::1%eth0.100 fe80::1%2 fe80::1%eth0" },
	{ "http://[fe80::1%25eth0]/ [fe80::1%25]", "fe80::1%25eth0 fe80::1%25" },
	{ "fe80::1% fe80::1%-x fe80::1%0123456789abcdef", "fe80::1 fe80::1 fe80::1" },
	{ "fe80::1%0123456789abcde", "fe80::1%0123456789abcde" },
	{ "::ffff:192.0.2.1 64:ff9b::192.0.2.1 1:2:3:4:5:6:1.2.3.4 ::192.0.2.1",
	  "::ffff:192.0.2.1 64:ff9b::192.0.2.1 1:2:3:4:5:6:1.2.3.4 ::192.0.2.1" },
	{ "[::ffff:192.0.2.1]:80 ::ffff:192.0.2.1. ::ffff:192.0.2.1:80",
	  "::ffff:192.0.2.1 ::ffff:192.0.2.1 ::ffff:192.0.2.1" },
	{ "::ffff:192.0.2.1.5 ::ffff:192.0.2.256 ::ffff:192.0.2.1x", "" },
	{ "port:1.2.3.4 22:1.2.3.4 12345::1.2.3.4", "1.2.3.4 1.2.3.4 1.2.3.4" },
	{ "12:34:56 2026-11-22T12:34:56+00:00 12:34:56.789 1:2:3:4:5:6:7", "" },
	{ "00:53:00:00:00:01 aa:bb:cc:dd:ee:ff:00:11 50:06:01:60:3b:a0:11:22", "" },
	{ "ab:cd:ef:01:23:45:67:89:ab:cd:ef:01:23:45:67:89", "" },
	{ "ab:cd:ef:01:23:45:67:89:ab:cd:ef:01:23:45:67:89:ab:cd:ef:01:23:45:67::", "" },
	{ "std::dead Space::1 Foo::Bar a::b::c std::vector ffi:: bad::cafeg", "" },
	{ "WARN :: text ::group:: :: ::: :::22 ::::", "" },
	{ "[::]:80 ::/0 :: [::", ":: ::" },
	{ "12345::1 1::2::3 1:2:3:4:5:6:7:8:9 1:2:3:4:5:6:7:8::", "" },
	{ "::1x x::1 _::1 2001:db8::g", "" },
	{ "5.::1 1.2.3.4::1", "1.2.3.4" },
	{ "\\u003e2001:db8::1 \\u003e::1 %5B::1%5D %5Bfe80::1%5D \\n2001:db8::1",
	  "2001:db8::1 ::1 ::1%5D fe80::1%5D 2001:db8::1" },
	{ "a#0112001:db8::1", "2001:db8::1" },
	{ "\033[32m2001:db8::1\033[0m", "2001:db8::1" },
	{ "1.2.3.4:2001:db8::1", "1.2.3.4 2001:db8::1" },
};

/* The same with the rules of grepcidr 3; its source says so. */
static const struct {
	const char *in, *out;
} loose[] = {
	{ "x1.2.3.4 v1.2.3.4 1.2.3.4.5", "1.2.3.4 1.2.3.4 1.2.3.4" },
	{ "001.002.003.004 0000001.2.3.4", "001.002.003.004 0000001.2.3.4" },
	{ "a1.2.3.4 1.2.3.400 1.2a3.4.5.6", "3.4.5.6" },
	{ "300.1.2.3.4 1..2.3.4.5 1.2.3.4.5.6.7.8", "1.2.3.4 2.3.4.5 1.2.3.4 5.6.7.8" },
	{ "12:34:56.7.8.9 5:1.2.3.4", "56.7.8.9 1.2.3.4" },
	{ "std::foo a::b :: 1:: ::1", "d::f a::b 1:: ::1" },
	{ ":::1 1:::2", "::1 1::" },
	{ "1:2:3:4:5:6:7:8 1:2:3:4:5:6:7:8:9 1:2:3:4:5:6:7:8: x",
	  "1:2:3:4:5:6:7:8 1:2:3:4:5:6:7:8:9" },
	{ "1:2:3:4:5:6::8 1:2:3:4:5:6:7::", "1:2:3:4:5:6:7::" },
	{ "::1.2.3.4 ::ffff:1.2.3.4x 1:2:3:4:5:6:1.2.3.4 ::1.2.3 ::300.1.2.3.4",
	  "::1.2.3.4 ::ffff:1.2.3.4 1:2:3:4:5:6:1.2.3.4 ::300 1.2.3.4" },
	{ "12345::1 a2345::1", "12345::1" },
	{ "1.2.3.4", "1.2.3.4" },
	{ "2001:db8::1", "2001:db8::1" },
};

static const struct find_kernel *kernels[3];
static size_t nkernels;

/* Those that this machine can run; the scalar one is the first. */
static void find_kernels(void)
{
	kernels[0] = &find_scalar;
	nkernels = 1;
#if defined(__x86_64__)
	if (__builtin_cpu_supports("sse4.1"))
		kernels[nkernels++] = &find_sse41;
	if (__builtin_cpu_supports("avx2"))
		kernels[nkernels++] = &find_avx2;
#endif
}

static void set_kernel(struct find *f, const struct find_kernel *kernel)
{
	find_init(f, 0);
	f->next = kernel->anywhere;
	f->count = kernel->count;
}

/* All hits in the text, blanks between; SLACK as in struct find_text. */
static void put_hits_of(struct buf *b, const struct find *f, const char *text, size_t len,
			bool slack)
{
	struct find_text t = { .text = text, .len = len, .slack = slack };
	struct find_hit hits[FIND_BATCH];
	size_t n;

	b->len = 0;
	while ((n = find_next(f, &t, hits)) > 0) {
		ck_assert_uint_le(n, FIND_BATCH);
		for (size_t i = 0; i < n; i++) {
			ck_assert_uint_le(hits[i].at + hits[i].len, len);
			buf_add(b, text + hits[i].at, hits[i].len);
			buf_addc(b, ' ');
		}
	}
	if (b->len)
		b->len--;
	buf_str(b);
}

static void put_hits(struct buf *b, const struct find *f, const char *text, size_t len)
{
	put_hits_of(b, f, text, len, false);
}

/* A copy without a byte to spare: reading over the end is seen by sanitizers and valgrind. */
static char *exact(const char *text, size_t len)
{
	char *copy = xmalloc(len ? len : 1);

	memcpy(copy, text, len);
	return copy;
}

START_TEST(cases)
{
	struct buf b = { 0 };

	find_kernels();
	for (size_t k = 0; k < nkernels; k++) {
		struct find f;

		set_kernel(&f, kernels[k]);
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			char *copy = exact(rows[i].in, strlen(rows[i].in));

			put_hits(&b, &f, copy, strlen(rows[i].in));
			ck_assert_msg(strcmp(buf_str(&b), rows[i].out) == 0,
				      "kernel %zu: \"%s\": \"%s\" instead of \"%s\"", k, rows[i].in,
				      buf_str(&b), rows[i].out);
			free(copy);
		}
	}
	buf_fini(&b);
}
END_TEST

/* What stands in the slack around a text is not looked at. */
START_TEST(slack)
{
	static const char *const around[] = { "1", ".", "1.2.3.4 ", ":", "x" };
	struct buf b = { 0 }, text = { 0 };

	find_kernels();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(around); j++) {
			size_t n = strlen(rows[i].in), before;

			text.len = 0;
			while (text.len < FIND_SLACK)
				buf_adds(&text, around[j]);
			before = text.len;
			buf_adds(&text, rows[i].in);
			while (text.len < before + n + FIND_SLACK)
				buf_adds(&text, around[j]);
			for (size_t k = 0; k < nkernels; k++) {
				struct find f;

				set_kernel(&f, kernels[k]);
				put_hits_of(&b, &f, text.data + before, n, true);
				ck_assert_msg(strcmp(buf_str(&b), rows[i].out) == 0,
					      "kernel %zu: \"%s\" in \"%s\": \"%s\"", k, rows[i].in,
					      around[j], buf_str(&b));
			}
		}
	}
	buf_fini(&b);
	buf_fini(&text);
}
END_TEST

START_TEST(loose_cases)
{
	struct buf b = { 0 };

	find_kernels();
	for (size_t k = 0; k < nkernels; k++) {
		for (size_t i = 0; i < ARRAY_SIZE(loose); i++) {
			char *copy = exact(loose[i].in, strlen(loose[i].in));
			struct find f;

			find_init(&f, FIND_LOOSE);
			f.next = kernels[k]->loose;
			put_hits(&b, &f, copy, strlen(loose[i].in));
			ck_assert_msg(strcmp(buf_str(&b), loose[i].out) == 0,
				      "kernel %zu: \"%s\": \"%s\" instead of \"%s\"", k,
				      loose[i].in, buf_str(&b), loose[i].out);
			free(copy);
		}
	}
	buf_fini(&b);
}
END_TEST

/* Each case at each place of the blocks: before it and behind it stands what matters not. */
START_TEST(every_boundary)
{
	struct buf b = { 0 }, text = { 0 };

	find_kernels();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		for (size_t at = 1; at < 2 * FIND_BLOCK + 3; at++) {
			size_t behind = at % 71;

			text.len = 0;
			buf_fill(&text, '-', at - 1);
			buf_addc(&text, '\n');
			buf_adds(&text, rows[i].in);
			buf_addc(&text, '\n');
			buf_fill(&text, '-', behind);
			for (size_t k = 0; k < nkernels; k++) {
				char *copy = exact(text.data, text.len);
				struct find f;

				set_kernel(&f, kernels[k]);
				put_hits(&b, &f, copy, text.len);
				ck_assert_msg(strcmp(buf_str(&b), rows[i].out) == 0,
					      "kernel %zu at %zu: \"%s\": \"%s\"", k, at,
					      rows[i].in, buf_str(&b));
				free(copy);
			}
		}
	}
	buf_fini(&b);
	buf_fini(&text);
}
END_TEST

static uint32_t next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*state >> 33);
}

/* Pieces of which texts are made that are nearly addresses. */
static const char *const pieces[] = {
	"1",           "2",       "10",  "192",  "255",     "256",       "0",
	"00",          ".",       ".",   ".",    ".",       ":",         ":",
	"::",          "::",      "a",   "f",    "db8",     "2001",      "ffff",
	"g",           "x",       "_",   "-",    " ",       "\n",        "%",
	"%2",          "[",       "]",   "/",    "1.2.3.4", "192.0.2.1", "::1",
	"2001:db8::1", "\\u003e", "%20", "#011", "\033[1m", "eth0",      "aa:bb:cc:dd:ee:ff",
	"12:34:56",    "\\n",     ",",
};

/* The kernels agree on a million bytes of such pieces. */
START_TEST(kernels_agree)
{
	struct buf want = { 0 }, got = { 0 }, text = { 0 };
	uint64_t state = 1;
	size_t found = 0;

	find_kernels();
	for (unsigned round = 0; round < 3000; round++) {
		char *copy;

		text.len = 0;
		for (unsigned i = next_random(&state) % 200; i-- > 0;)
			buf_adds(&text, pieces[next_random(&state) % ARRAY_SIZE(pieces)]);
		copy = exact(text.data, text.len);
		for (size_t k = 0; k < 2 * nkernels; k++) {
			const struct find_kernel *kernel = kernels[k % nkernels];
			struct buf *b = k % nkernels ? &got : &want;
			struct find f;

			set_kernel(&f, kernel);
			if (k >= nkernels)
				f.next = kernel->loose;
			put_hits(b, &f, copy, text.len);
			ck_assert_msg(strcmp(buf_str(b), buf_str(&want)) == 0,
				      "kernel %zu: \"%s\" instead of \"%s\" in \"%s\"", k,
				      buf_str(b), buf_str(&want), buf_str(&text));
		}
		found += want.len;
		free(copy);
	}
	ck_assert_uint_gt(found, 50000);
	buf_fini(&want);
	buf_fini(&got);
	buf_fini(&text);
}
END_TEST

/* Every layout of four octets, and what is none: the value, as ip_parse() has it, or no hit. */
START_TEST(octets)
{
	static const char *const some[] = { "0",   "7",   "00",  "07",  "10",  "99",   "100",
					    "199", "255", "256", "300", "999", "1000", "" };
	const size_t n = ARRAY_SIZE(some);

	find_kernels();
	for (size_t i = 0; i < n * n * n * n; i++) {
		struct find_hit hits[FIND_BATCH];
		char text[64];
		struct err err;
		struct ip ip;
		int len = snprintf(text, sizeof(text), "     %s.%s.%s.%s                  ",
				   some[i % n], some[i / n % n], some[i / n / n % n],
				   some[i / n / n / n]);
		size_t size = strcspn(text + 5, " ");
		bool good = ip_parse(&ip, text + 5, size, 0, &err) == 0;

		for (size_t k = 0; k < nkernels; k++) {
			struct find_text t = { .text = text, .len = (size_t)len };
			struct find f;

			set_kernel(&f, kernels[k]);
			ck_assert_msg(find_next(&f, &t, hits) == good, "kernel %zu: \"%s\"", k,
				      text);
			if (good)
				ck_assert_msg(hits[0].at == 5 && hits[0].len == size &&
						      u128_eq(hits[0].value, ip_num(&ip)),
					      "kernel %zu: \"%s\"", k, text);
		}
	}
}
END_TEST

/* A hit's value, family and zone. */
START_TEST(values)
{
	static const char text[] = "192.0.2.1 [fe80::1%25eth0] ::ffff:1.2.3.4";
	struct find_text t = { .text = text, .len = sizeof(text) - 1 };
	struct find_hit hits[FIND_BATCH];
	struct find f;

	find_init(&f, 0);
	ck_assert_uint_eq(find_next(&f, &t, hits), 3);
	ck_assert_uint_eq(hits[0].family, 4);
	ck_assert_uint_eq(hits[0].value.lo, 0xc0000201);
	ck_assert_uint_eq(hits[0].zone, 0);
	ck_assert_uint_eq(hits[1].family, 6);
	ck_assert_uint_eq(hits[1].value.hi, UINT64_C(0xfe80) << 48);
	ck_assert_uint_eq(hits[1].value.lo, 1);
	ck_assert_uint_eq(hits[1].zone, 4);
	ck_assert(!hits[1].dotted);
	ck_assert(hits[2].dotted);
	ck_assert_uint_eq(hits[2].value.lo, 0xffff01020304);
	ck_assert_uint_eq(find_next(&f, &t, hits), 0);
}
END_TEST

/* Only what a line begins with; more lines than a batch has. */
START_TEST(line_starts)
{
	struct buf b = { 0 }, text = { 0 };
	const unsigned flags[] = { FIND_START, FIND_START | FIND_LOOSE };

	for (unsigned i = 0; i < 1000; i++)
		buf_printf(&text, "%s10.0.%u.%u x 1.2.3.4\n\n[::1]:80\nx 1.1.1.1\n",
			   i % 3 ? " \t" : "", i / 256, i % 256);
	buf_adds(&text, "2001:db8::1");
	find_kernels();
	for (size_t k = 0; k < nkernels + 1; k++) {
		struct find_text t = { .text = text.data, .len = text.len };
		struct find_hit hits[FIND_BATCH];
		size_t n, total = 0, v6 = 0;
		struct find f;

		find_init(&f, flags[k == nkernels]);
		if (k < nkernels)
			f.next = kernels[k]->starts;
		while ((n = find_next(&f, &t, hits)) > 0) {
			for (size_t i = 0; i < n; i++) {
				size_t at = hits[i].at;

				v6 += hits[i].family == 6;
				if (hits[i].family == 4)
					ck_assert_uint_eq(hits[i].value.lo >> 24, 10);
				ck_assert(at == 0 || strchr(" \t\n[", text.data[at - 1]));
			}
			total += n;
		}
		/* grepcidr 3 knows no bracket at the start. */
		ck_assert_uint_eq(total, k < nkernels ? 2001 : 1001);
		ck_assert_uint_eq(v6, k < nkernels ? 1001 : 1);
	}
	buf_fini(&b);
	buf_fini(&text);
}
END_TEST

START_TEST(lines)
{
	char text[300];
	size_t want = 0;

	find_kernels();
	for (size_t i = 0; i < sizeof(text); i++)
		want += (text[i] = i % 7 == 0 || i % 11 == 0 ? '\n' : '\v') == '\n';
	for (size_t k = 0; k < nkernels; k++) {
		struct find f;

		set_kernel(&f, kernels[k]);
		ck_assert_uint_eq(find_lines(&f, text, sizeof(text)), want);
		ck_assert_uint_eq(find_lines(&f, text + 1, 0), 0);
		f.delimiter = '\0';
		ck_assert_uint_eq(find_lines(&f, text, sizeof(text)), 0);
	}
}
END_TEST

/* A run without end is gone through once. */
START_TEST(long_runs)
{
	static const char *const units[] = { "1.2.3.4.", "aa:", "::",
					     "1.",       "%2",  "1:2:3:4:5:6:7:8::" };
	struct buf text = { 0 };

	find_kernels();
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		text.len = 0;
		while (text.len < 4 << 20)
			buf_adds(&text, units[i]);
		for (size_t k = 0; k < nkernels + 1; k++) {
			struct find_text t = { .text = text.data, .len = text.len };
			struct find_hit hits[FIND_BATCH];
			size_t n, total = 0;
			struct find f;

			find_init(&f, k == nkernels ? FIND_LOOSE : 0);
			if (k < nkernels)
				set_kernel(&f, kernels[k]);
			while ((n = find_next(&f, &t, hits)) > 0)
				total += n;
			ck_assert_uint_le(total, k < nkernels ? 0 : text.len);
		}
	}
	buf_fini(&text);
}
END_TEST

UNIT_MAIN("find", cases, slack, loose_cases, every_boundary, kernels_agree, octets, values,
	  line_starts, lines, long_runs)
