/* SPDX-License-Identifier: MIT */
#include "net/ip_lines.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/str.h"
#include "net/ip.h"
#include "unit.h"

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525U + 1013904223U;
	return *state >> 8;
}

/* A text behind whose slack no byte can be read. */
struct page {
	char *mem, *limit; /* where the slack ends */
	size_t size;
};

static void page_init(struct page *p)
{
	size_t one = (size_t)sysconf(_SC_PAGESIZE);

	p->size = one > 8192 ? 2 * one : 8192 + one;
	p->mem = mmap(NULL, p->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(p->mem, MAP_FAILED);
	p->limit = p->mem + p->size - one;
	ck_assert_int_eq(mprotect(p->limit, one, PROT_NONE), 0);
	memset(p->mem, '\n', (size_t)(p->limit - p->mem));
}

static void page_fini(struct page *p)
{
	munmap(p->mem, p->size);
}

/* Puts TEXT at the end of the page, before the slack. */
static const char *place(struct page *p, const char *text, size_t len, const char **end)
{
	char *at = p->limit - IP_LINES_SLACK - len;

	memcpy(at, text, len);
	memset(at + len, '\n', IP_LINES_SLACK);
	*end = at + len;
	return at;
}

/* What the line from S to END is in canonical form; false if it is no address. */
static bool canonical(const char *s, const char *end, char to[static IP_STRLEN])
{
	struct err err;
	struct ip ip;

	if (ip_parse(&ip, s, (size_t)(end - s), 0, &err) < 0)
		return false;
	ip_format(&ip, to);
	return true;
}

static const char *line_end(const char *s, const char *end)
{
	const char *stop = memchr(s, '\n', (size_t)(end - s));

	return stop ? stop : end;
}

static bool is_canonical(const char *s, const char *end)
{
	char text[IP_STRLEN];

	return canonical(s, end, text) && strlen(text) == (size_t)(end - s) &&
	       memcmp(text, s, strlen(text)) == 0;
}

/*
 * What K passes on is canonical, and is counted; it stops at a line that is not, or at one of
 * IPv6.  Returns how many lines it passed.
 */
static uint64_t check_pass(const struct ip_kernel *k, const char *at, const char *end)
{
	uint64_t lines = 0, count = 0;
	const char *stop = at + k->pass(at, end, '\n', &lines);

	while (at < stop) {
		const char *eol = line_end(at, end);

		if (!is_canonical(at, eol))
			ck_abort_msg("passed: %.*s", (int)(eol - at), at);
		at = eol + 1;
		count++;
	}
	ck_assert_ptr_eq(at, stop);
	ck_assert_uint_eq(count, lines);
	if (stop < end && !memchr(stop, ':', (size_t)(line_end(stop, end) - stop)) &&
	    is_canonical(stop, line_end(stop, end)))
		ck_abort_msg("not passed: %.*s", (int)(line_end(stop, end) - stop), stop);
	return lines;
}

/* Rewrites all lines up to the first that is no address, and compares. */
static void check_rewrite(const struct ip_kernel *k, const char *at, const char *end)
{
	char *text = malloc(2 * (size_t)(end - at) + IP_LINES_ROOM), want[IP_STRLEN];
	struct ip_lines l = { .at = at, .end = end, .to = text, .delimiter = '\n' };
	const char *to = text;
	uint64_t lines = 0;

	k->rewrite(&l, UINT32_MAX);
	while (at < end) {
		const char *eol = line_end(at, end), *last = eol;

		if (eol > at && eol[-1] == '\r')
			last--;
		if (!canonical(at, last, want))
			break;
		ck_assert_mem_eq(to, want, strlen(want));
		to += strlen(want);
		ck_assert_int_eq(*to++, '\n');
		at = eol + 1;
		lines++;
	}
	ck_assert_ptr_eq(l.at, at);
	ck_assert_ptr_eq(l.to, to);
	ck_assert_uint_eq(l.lines, lines);
	free(text);
}

static void check_all(struct page *p, const char *text, size_t len)
{
	const char *end, *at = place(p, text, len, &end);
	const struct ip_kernel *k;

	for (unsigned i = 0; (k = ip_lines_kernel(i)); i++) {
		check_pass(k, at, end);
		check_rewrite(k, at, end);
	}
}

/* Every layout of a dotted quad, good and bad octets, alone and with each byte behind it. */
START_TEST(quads)
{
	static const char *const octets[] = { "0",    "7",  "42", "99", "100", "255", "256",
					      "999",  "00", "01", "09", "001", "010", "",
					      "1000", "1a", ":",  " 1", "\377" };
	const unsigned n = ARRAY_SIZE(octets);
	struct page p;

	page_init(&p);
	for (unsigned i = 0; i < n * n * n * n; i++) {
		char text[64];
		int len = snprintf(text, sizeof(text), "%s.%s.%s.%s\n", octets[i % n],
				   octets[i / n % n], octets[i / n / n % n], octets[i / n / n / n]);

		/* The good octets with each other, the bad ones one at a time. */
		if ((i % n > 5) + (i / n % n > 5) + (i / n / n % n > 5) + (i / n / n / n > 5) < 2)
			check_all(&p, text, (size_t)len);
	}
	for (unsigned c = 0; c < 256; c++) {
		char text[] = "192.0.2.1?\n1.2.3.4\n";

		text[9] = (char)c;
		check_all(&p, text, sizeof(text) - 1);
		memcpy(text, "2001:db8:1", 10);
		text[c % 10] = (char)c;
		check_all(&p, text, sizeof(text) - 1);
	}
	page_fini(&p);
}
END_TEST

/* A line of no more than 47 bytes; most are addresses. */
static size_t random_line(char *to, uint32_t *state)
{
	static const char alphabet[] = "0123456789abcdefABCDEF:.:.: \r";
	const uint32_t a = next_random(state), b = next_random(state), c = next_random(state);
	struct ip ip = { .family = a % 2 ? 4 : 6 };
	char text[IP_STRLEN];

	for (unsigned i = 0; i < 16; i++)
		ip.b[i] = (uint8_t)(b >> i % 8 & 3 ? next_random(state) : 0);
	if (a % 16 == 2 || a % 16 == 5)
		ip_format_full(&ip, text);
	else
		ip_format(&ip, text);
	if (a / 16 % 8 == 0)
		text[c % strlen(text)] = alphabet[c / 64 % (sizeof(alphabet) - 1)];
	for (char *p = text; a / 2048 % 4 == 0 && *p; p++)
		*p = str_upper(*p);
	if (a / 128 % 16 == 0)
		strcat(text, "\r");
	strcat(strcpy(to, text), "\n");
	return strlen(to);
}

/* The same for each length of text and each alignment. */
START_TEST(random_lines)
{
	uint32_t state = 1;
	struct page p;

	page_init(&p);
	for (unsigned i = 0; i < 20000; i++) {
		char text[512];
		size_t len = 0, cut;

		for (unsigned n = 1 + next_random(&state) % 8; n; n--)
			len += random_line(text + len, &state);
		cut = next_random(&state) % 4 ? 0 : next_random(&state) % (len < 8 ? len : 8);
		check_all(&p, text, len - cut); /* the last line may have no newline */
	}
	page_fini(&p);
}
END_TEST

/* Near to canonical, each in its own way. */
START_TEST(not_canonical)
{
	static const char *const texts[] = {
		"1:0::2",
		"1::0:2",
		"0::1",
		"::0",
		"1:0:0:2:3:4:5:6",
		"1::2:0:0:0:3",
		"1:0:0:0:2::3",
		"1::0",
		"1::2:3:4:5:6:7",
		"1:2:3:4:5:6:7::",
		"::2:3:4:5:6:7:8",
		"1:0:0:2::3",
		"1::2:0:0:3",
		"1:2:3:4:5:6:7:8:9",
		"1:2:3:4:5:6:7",
		"1::2:",
		"1:::2",
		"1::2::3",
		":1::2",
		"::",
		"::1",
		"::ffff:1.2.3.4",
		"::ffff:102:304",
		"::1.2.3.4",
		"1:2:3:4:5:6:7:08",
		"01::",
		"1::A",
		"12345::",
		"1::12345",
		"1.2.3.4.5678901.",
		"1.2.3.4.5",
		"1.2.3.4-------------------------------6",
		"1.2.3.4---------------------------------------------------------------9",
		"1.2.3",
		"1234567890123456",
		"1.2.3.4.5.6.7.8.9",
		"................",
		":::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::",
		"1111111111111111111111111111111111111111111111111111111111111111111111111111111",
		"2001:0db8:0000:0000:0000:0000:0000:0001",
		"0000:0000:0000:0000:0000:ffff:c000:0201",
		"0000:0000:0000:0000:0000:FFFE:c000:0201",
		"0000:0000:0000:0000:0000:0000:0000:0000",
		"",
		"\r",
		"1::2%lo",
	};
	struct page p;

	page_init(&p);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		char text[128];
		int len = snprintf(text, sizeof(text), "1::2\n%s\n1::3\n", texts[i]);

		check_all(&p, text, (size_t)len);
		check_all(&p, text, (size_t)len - 6);
	}
	page_fini(&p);
}
END_TEST

/* What is common is passed on at once, which is what it is for. */
START_TEST(passes_the_common)
{
	static const char text[] = "192.0.2.1\n2001:db8::1\n255.255.255.255\n"
				   "2001:db8:1:2:3:4:5:6\n2001:db8:0:1::\n1::8\n0.0.0.0\n"
				   "fe80::1234:5678:9abc:def0\n1:2:3:4:5:6::\n"
				   "abcd:ef01:2345:6789:abcd:ef01:2345:6789\n";
	const struct ip_kernel *k;
	const char *at, *end;
	struct page p;

	page_init(&p);
	at = place(&p, text, sizeof(text) - 1, &end);
	for (unsigned i = 0; (k = ip_lines_kernel(i)); i++)
		ck_assert_uint_eq(check_pass(k, at, end), strcmp(k->name, "scalar") == 0 ? 1 : 10);
	page_fini(&p);
}
END_TEST

UNIT_MAIN("ip_lines", quads, random_lines, not_canonical, passes_the_common)
