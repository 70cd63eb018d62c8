/* SPDX-License-Identifier: MIT */
/* server_limit.c - what the echo server lets one peer have, and how long it may be silent */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "echo/server_impl.h"

enum {
	WAYS = 4, /* buckets in which an address may be */
};

#define RATE_MAX (UINT64_C(1) << 60) /* no limit in fact; sums of it are numbers still */

/* The bucket of IP: its own, a free one, or that of an address which was not seen for a second. */
static struct bucket *find(struct echo_server *s, enum rate rate, const struct ip *ip, uint64_t now)
{
	size_t set = (size_t)(hash_bytes(&s->seed, ip, sizeof(*ip)) % (ECHO_BUCKETS / WAYS)) * WAYS;
	struct bucket *oldest = &s->buckets[set];

	for (size_t i = set; i < set + WAYS; i++) {
		struct bucket *b = &s->buckets[i];

		if (b->last_ns && b->rate == rate && memcmp(&b->ip, ip, sizeof(*ip)) == 0)
			return b;
		if (b->last_ns < oldest->last_ns)
			oldest = b;
	}
	/* With more addresses than buckets some share one: stricter, never more generous. */
	if (oldest->last_ns && now - oldest->last_ns < CLOCK_S)
		return oldest;
	*oldest = (struct bucket){ .ip = *ip, .rate = rate };
	return oldest;
}

static uint64_t limit_of(const struct echo_server *s, enum rate rate)
{
	uint64_t limit = rate == RATE_BYTES ? s->config->max_rate : s->config->max_answers;

	return limit < RATE_MAX ? limit : RATE_MAX;
}

/* Also of IPv4 on an IPv6 socket. */
static bool is_loopback(const struct ip *ip)
{
	static const uint8_t one[16] = { [15] = 1 }, mapped[13] = { [10] = 0xff, 0xff, 127 };

	if (ip->family == 4)
		return ip->b[0] == 127;
	return memcmp(ip->b, one, sizeof(one)) == 0 || memcmp(ip->b, mapped, sizeof(mapped)) == 0;
}

bool echo_may(struct echo_server *s, enum rate rate, const struct sa *peer, uint64_t n)
{
	uint64_t limit = limit_of(s, rate), now, elapsed, added;
	struct ip ip = { 0 };
	struct bucket *b;

	if (!limit || !sa_ip(peer, &ip))
		return true;
	if (rate == RATE_ANSWERS && s->config->free_loopback && is_loopback(&ip))
		return true;
	if (!s->buckets) {
		s->buckets = xcalloc(ECHO_BUCKETS, sizeof(*s->buckets));
		hash_seed(&s->seed);
	}
	now = clock_now_ns();
	b = find(s, rate, &ip, now);
	elapsed = b->last_ns ? now - b->last_ns : CLOCK_S;
	if (elapsed > CLOCK_S)
		elapsed = CLOCK_S;
	added = elapsed * (limit / CLOCK_S) + elapsed * (limit % CLOCK_S) / CLOCK_S;
	/* What is less than a unit is not lost: the clock of the bucket goes on by whole ones. */
	if (elapsed == CLOCK_S)
		b->last_ns = now;
	else if (added)
		b->last_ns += limit < CLOCK_S ? added * CLOCK_S / limit : elapsed;
	b->tokens += (int64_t)added;
	if (b->tokens > (int64_t)limit)
		b->tokens = (int64_t)limit;
	if (b->tokens <= 0 && n == 0)
		return false;
	if (n && rate == RATE_ANSWERS && b->tokens < (int64_t)n)
		return false;
	b->tokens -= (int64_t)n;
	return true;
}
