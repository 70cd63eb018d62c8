/* SPDX-License-Identifier: MIT */
#include "net/prefix_list.h"

#include <stdio.h>
#include <string.h>

#include "net/ip_text.h"
#include "net/prefix_math.h"

enum {
	LINE_ROOM = IP6_ROOM + IP_SERIES_TAIL,
};

void ip_series_init(struct ip_series *s, const struct range *r, struct u128 step, int length)
{
	*s = (struct ip_series){
		.family = r->family, .next = r->first, .last = r->last, .step = step
	};
	if (length >= 0)
		snprintf(s->tail, sizeof(s->tail), "/%u\n", (unsigned)length & 0xff);
	else
		s->tail[0] = '\n';
	s->tail_len = strlen(s->tail);
}

void ip_series_limit(struct ip_series *s, struct u128 n)
{
	struct u128 way;

	if (u128_eq(n, u128_of(0)))
		s->done = true;
	else if (u128_mul(s->step, u128_sub(n, u128_of(1)), &way) &&
		 u128_less(way, u128_sub(s->last, s->next)))
		s->last = u128_add(s->next, way);
}

bool ip_series_next(struct ip_series *s, struct u128 *address)
{
	if (s->done)
		return false;
	*address = s->next;
	if (u128_less(u128_sub(s->last, s->next), s->step))
		s->done = true;
	else
		s->next = u128_add(s->next, s->step);
	return true;
}

/* Copies the tail behind an address. */
static inline char *put_tail(const struct ip_series *s, char *to)
{
	memcpy(to, s->tail, IP_SERIES_TAIL);
	return to + s->tail_len;
}

/*
 * Lines of IPv4 addresses: as long as the first three octets stay, only the last one is
 * written anew.
 */
static char *write_v4(struct ip_series *s, char *to, const char *end)
{
	const uint64_t last = s->last.lo, step = s->step.hi ? UINT64_MAX : s->step.lo;
	uint64_t next = s->next.lo;

	while (!s->done && to < end) {
		const uint64_t block = next >> 8;
		char head[IP4_ROOM];
		size_t n = (size_t)(ip4_write(head, (uint32_t)(block << 8)) - head) - 1;

		do {
			const struct ip_octet *octet = &ip_octets[next & 255];

			memcpy(to, head, IP4_ROOM);
			memcpy(to + n, octet->text, 4);
			to = put_tail(s, to + n + octet->size - 1);
			s->done = last - next < step;
			next += step;
		} while (!s->done && next >> 8 == block && to < end);
	}
	s->next.lo = next;
	return to;
}

/* The group V as it is written in an address; four bytes are touched. */
static inline char *put_group(char *to, unsigned v)
{
	static const char hex[] = "0123456789abcdef";
	unsigned n = v > 0xfff ? 4 : v > 0xff ? 3 : v > 0xf ? 2 : 1;

	v <<= 4 * (4 - n);
	to[0] = hex[v >> 12 & 15];
	to[1] = hex[v >> 8 & 15];
	to[2] = hex[v >> 4 & 15];
	to[3] = hex[v & 15];
	return to + n;
}

/* Writes the next address without looking at what is common to it and the others. */
static char *write_whole(struct ip_series *s, char *to)
{
	struct u128 address = s->next;

	ip_series_next(s, &address);
	return put_tail(s, ip6_write(to, address));
}

/*
 * Lines of IPv6 addresses.  All that have the first seven groups in common, and the last one
 * not zero, begin with the same text, since that one can be in no run of zeros.
 */
static char *write_v6(struct ip_series *s, char *to, const char *end)
{
	while (!s->done && to < end) {
		const struct u128 block = u128_shr(s->next, 16);
		char head[IP6_ROOM];
		size_t n;

		if ((s->next.lo & 0xffff) == 0 || (block.hi == 0 && block.lo >> 16 == 0xffff)) {
			to = write_whole(s, to);
			continue;
		}
		n = (size_t)(ip6_write(head, u128_or(u128_shl(block, 16), u128_of(1))) - head) - 1;
		do {
			struct u128 address = s->next;

			ip_series_next(s, &address);
			memcpy(to, head, IP6_ROOM);
			to = put_tail(s, put_group(to + n, address.lo & 0xffff));
		} while (!s->done && u128_eq(u128_shr(s->next, 16), block) && to < end);
	}
	return to;
}

void ip_series_write(struct ip_series *s, struct buf *b, size_t size)
{
	char *to, *end;

	if (b->len >= size)
		return;
	to = buf_reserve(b, size - b->len + LINE_ROOM);
	end = to + (size - b->len);
	to = s->family == 4 ? write_v4(s, to, end) : write_v6(s, to, end);
	b->len = (size_t)(to - b->data);
}
