/* SPDX-License-Identifier: MIT */
/*
 * gen.c - data for the benchmarks of addr
 *
 *	gen KIND COUNT [SEED]
 *
 * Prints COUNT lines of a kind of the table below.  The same KIND, COUNT and SEED give the
 * same bytes on every machine.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"

/* SplitMix64: every seed is as good as another. */
static uint64_t state;

static uint64_t draw(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* A number under N. */
static unsigned below(unsigned n)
{
	return (unsigned)((draw() >> 32) * n >> 32);
}

static void put_v4(uint32_t a)
{
	printf("%u.%u.%u.%u", a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255);
}

/* Within 2000::/8, with the runs of zero groups that are met in practice, or with none. */
static void draw_v6(uint8_t b[16])
{
	for (unsigned half = 0; half < 2; half++) {
		uint64_t bits = draw();

		for (unsigned i = 0; i < 8; i++)
			b[8 * half + i] = (uint8_t)(bits >> (56 - 8 * i));
	}
	b[0] = 0x20;
	if (below(4) > 0)
		b[1] = 0x01;
	switch (below(4)) {
	case 0:
		memset(b + 6, 0, 8);
		break;
	case 1:
		memset(b + 8, 0, 7);
		break;
	case 2:
		memset(b + 8, 0, 2);
		break;
	}
}

static void put_v6(const uint8_t b[16])
{
	char text[INET6_ADDRSTRLEN];

	fputs(inet_ntop(AF_INET6, b, text, sizeof(text)), stdout);
}

static void v4(void)
{
	put_v4((uint32_t)draw());
	putchar('\n');
}

static void v6(void)
{
	uint8_t b[16];

	draw_v6(b);
	put_v6(b);
	putchar('\n');
}

static void v6_upper(void)
{
	uint8_t b[16];

	draw_v6(b);
	for (unsigned i = 0; i < 16; i += 2)
		printf("%s%02X%02X", i ? ":" : "", b[i], b[i + 1]);
	putchar('\n');
}

/* The lengths of the prefixes in a full routing table, in percent, roughly. */
struct share {
	unsigned percent, length;
};

static const struct share lengths4[] = {
	{ 55, 24 }, { 12, 23 }, { 11, 22 }, { 5, 21 }, { 5, 20 },
	{ 4, 19 },  { 3, 18 },  { 2, 17 },  { 2, 16 }, { 1, 13 },
};

static const struct share lengths6[] = {
	{ 45, 48 }, { 15, 32 }, { 10, 44 }, { 10, 40 }, { 10, 36 }, { 5, 64 }, { 3, 29 }, { 2, 56 },
};

static unsigned draw_length(const struct share *share)
{
	unsigned left = below(100);

	for (; left >= share->percent; share++)
		left -= share->percent;
	return share->length;
}

static void nets4(void)
{
	unsigned length = draw_length(lengths4);

	put_v4((uint32_t)draw() & ~(uint32_t)0 << (32 - length));
	printf("/%u\n", length);
}

static void nets6(void)
{
	unsigned length = draw_length(lengths6);
	uint8_t b[16];

	draw_v6(b);
	for (unsigned bit = length; bit < 128; bit++)
		b[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
	put_v6(b);
	printf("/%u\n", length);
}

/* One line in 32 of the logs has an IPv6 address. */
static void put_client(void)
{
	if (below(32) == 0) {
		uint8_t b[16];

		draw_v6(b);
		put_v6(b);
	} else {
		put_v4((uint32_t)draw());
	}
}

static void put_time(void)
{
	unsigned second = below(24 * 60 * 60);

	printf("%02u:%02u:%02u", second / 3600, second / 60 % 60, second % 60);
}

static void weblog(void)
{
	static const char *const paths[] = {
		"/index.html",      "/api/v1/users/1234", "/static/js/app.min.js", "/login",
		"/images/logo.png", "/search?q=sockets",  "/robots.txt",           "/setup.php",
	};
	static const char *const agents[] = {
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
		"curl/7.88.1",
		"Googlebot/2.1 (+http://www.google.com/bot.html)",
		"python-requests/2.28.1",
	};

	put_client();
	fputs(" - - [22/Nov/2026:", stdout);
	put_time();
	printf(" +0000] \"GET %s HTTP/1.1\"", paths[below(ARRAY_SIZE(paths))]);
	fputs(below(2) ? " 200" : " 404", stdout);
	printf(" %u", below(100000));
	printf(" \"-\" \"%s\"\n", agents[below(ARRAY_SIZE(agents))]);
}

static void sshlog(void)
{
	fputs("Nov 22 ", stdout);
	put_time();
	printf(" host sshd[%u]: Failed password for invalid user admin from ", below(32768));
	put_client();
	printf(" port %u ssh2\n", 1024 + below(60000));
}

static const struct kind {
	const char *name;
	void (*line)(void);
} kinds[] = {
	{ "v4", v4 },             /* 192.0.2.1 */
	{ "v6", v6 },             /* 2001:db8::1, canonical */
	{ "v6-upper", v6_upper }, /* 2001:0DB8:0000:0000:0000:0000:0000:0001 */
	{ "nets4", nets4 },       /* 192.0.2.0/24 */
	{ "nets6", nets6 },       /* 2001:db8::/32 */
	{ "weblog", weblog },     /* the address begins the line */
	{ "sshlog", sshlog },     /* the address is in the middle of the line */
};

static const struct kind *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	}
	return NULL;
}

int main(int argc, char **argv)
{
	const struct kind *kind = argc == 3 || argc == 4 ? find(argv[1]) : NULL;
	unsigned long count;

	if (!kind) {
		fputs("usage: gen KIND COUNT [SEED], KIND one of", stderr);
		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
			fprintf(stderr, " %s", kinds[i].name);
		fputc('\n', stderr);
		return EXIT_FAILURE;
	}
	count = strtoul(argv[2], NULL, 10);
	state = argc == 4 ? strtoull(argv[3], NULL, 10) : 1;
	while (count-- > 0)
		kind->line();
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("gen");
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}
