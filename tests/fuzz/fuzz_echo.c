/* SPDX-License-Identifier: MIT */
/*
 * fuzz_echo.c - what came back of what was sent: the stream of a seed, the numbers of datagrams,
 * the window of the pipe, and commands to the client between what is sent
 *
 * The first bytes are seed and offset, the rest is what came, as a difference from what was sent:
 * the first that differs is found, wherever it is and however the bytes come in pieces.
 */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "echo/client_impl.h"
#include "echo/pattern.h"
#include "echo/ping_impl.h"
#include "echo/window.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	HEAD = 18,
	RING = 64,
};

static void require(bool holds)
{
	if (!holds)
		abort();
}

static uint64_t get64(const uint8_t *from)
{
	uint64_t v;

	memcpy(&v, from, sizeof(v));
	return v;
}

/* Byte by byte. */
static size_t first_difference(uint64_t seed, uint64_t offset, const uint8_t *came, size_t n)
{
	size_t i = 0;

	while (i < n && came[i] == pattern_byte(seed, offset + i))
		i++;
	return i;
}

static void check_pattern(uint64_t seed, uint64_t offset, uint8_t *came, size_t n, size_t cut)
{
	size_t at = pattern_check(seed, offset, came, n);

	require(at == first_difference(seed, offset, came, n));
	cut = n ? cut % n : 0;
	require(pattern_check(seed, offset, came, cut) == (at < cut ? at : cut));
	if (at >= cut)
		require(pattern_check(seed, offset + cut, came + cut, n - cut) == at - cut);
}

/* A datagram has the number with which it was made; one of another run hardly ever has. */
static void check_number(uint64_t seed, uint64_t number, const uint8_t *other)
{
	static struct ping p;
	struct ping_config config = { .type = SOCK_DGRAM, .seed = seed };
	uint8_t made[PING_NUMBER + 8], again[PING_NUMBER + 8];

	p.config = &config;
	p.token = get64(other);
	ping_make(&p, number, made, sizeof(made));
	require(ping_number(&p, made) == number);
	ping_make(&p, ping_number(&p, made), again, sizeof(again));
	require(memcmp(made, again, sizeof(made)) == 0);
	ping_make(&p, ping_number(&p, other), again, sizeof(again));
	require(memcmp(other, again, PING_NUMBER) == 0);
}

/* Goes through the window in pieces that the bytes choose, and compares with the whole. */
static void check_window(const uint8_t *sent, const uint8_t *came, size_t n, uint8_t steps)
{
	size_t want = 0, put = 0, back = 0;
	struct window w;

	while (want < n && sent[want] == came[want])
		want++;
	window_init(&w, 1 + steps % RING);
	for (unsigned round = 0; back < n; round++) {
		char *room;
		const char *out;
		size_t k = window_room(&w, &room), some = 1 + (steps >> round % 4) % 7;

		k = k < n - put ? k : n - put;
		memcpy(room, sent + put, k);
		window_take(&w, k);
		put += k;
		k = window_unsent(&w, &out);
		k = k < some ? k : some;
		window_send(&w, k);
		require(w.sent <= put && w.taken == put);
		k = (size_t)w.sent - back < some ? (size_t)w.sent - back : some;
		window_check(&w, (const char *)came + back, k);
		back += k;
		if (round % 5 == 4 && w.size < n)
			window_grow(&w, w.size + 3);
		require(w.differs == (want < back));
	}
	if (w.differs)
		require(w.offset == want && w.want == sent[want] && w.got == came[want]);
	window_fini(&w);
}

static void no_prompt(void *ctx)
{
	(void)ctx;
}

/* What of the N bytes at DATA is sent, in pieces of SOME, and what is a command. */
static void console(struct buf *sent, struct buf *commands, const uint8_t *data, size_t n,
		    size_t some)
{
	static struct client c;
	struct echo_client_config config = { .escape = 0x1d, .prompt = no_prompt };
	char *piece = xmalloc(n + 1);

	memset(&c, 0, sizeof(c));
	c.config = &config;
	for (size_t at = 0, k; at < n; at += k) {
		k = n - at < some ? n - at : some;
		memcpy(piece, data + at, k);
		buf_add(sent, piece, client_console_take(&c, piece, k));
	}
	buf_add(commands, c.commands.data, c.commands.len);
	buf_fini(&c.commands);
	free(piece);
}

/* However it is cut it is the same, and nothing of it is lost but the escapes. */
static void check_console(const uint8_t *data, size_t n, size_t some)
{
	struct buf sent = { 0 }, commands = { 0 }, all = { 0 }, again = { 0 };
	size_t escapes = 0;

	console(&sent, &commands, data, n, n + 1);
	console(&all, &again, data, n, 1 + some % 7);
	require(sent.len == all.len && commands.len == again.len);
	require(memcmp(buf_str(&sent), buf_str(&all), all.len) == 0);
	require(memcmp(buf_str(&commands), buf_str(&again), again.len) == 0);
	for (size_t i = 0; i < n; i++)
		escapes += data[i] == 0x1d;
	require(sent.len + commands.len <= n && sent.len + commands.len + escapes >= n);
	require(escapes || sent.len == n);
	buf_fini(&sent);
	buf_fini(&commands);
	buf_fini(&all);
	buf_fini(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *sent, *came;
	uint64_t seed, offset;

	if (size < HEAD)
		return 0;
	seed = get64(data);
	offset = get64(data + 8) >> 1;
	check_number(seed, offset, data);
	size -= HEAD;
	check_console(data + HEAD, size, data[17]);
	sent = xmalloc(size + 1);
	came = xmalloc(size + 1);
	pattern_fill(seed, offset, sent, size);
	require(first_difference(seed, offset, sent, size) == size);
	for (size_t i = 0; i < size; i++)
		came[i] = sent[i] ^ data[HEAD + i];
	check_pattern(seed, offset, came, size, data[16]);
	check_window(sent, came, size, data[17]);
	free(sent);
	free(came);
	return 0;
}
