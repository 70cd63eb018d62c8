/* SPDX-License-Identifier: MIT */
/*
 * ip_num.h - an address as a number of 128 bits
 *
 * Sets, ranges and subnet arithmetic compute with these; an IPv4 address is in the low 32
 * bits.  Not every machine that netipc runs on has a 128-bit type, so it is two halves, and
 * what compilers make of them is as good.
 */
#ifndef NETIPC_NET_IP_NUM_H
#define NETIPC_NET_IP_NUM_H

#include <stdbool.h>
#include <stdint.h>

#include "net/ip.h"

struct u128 {
	uint64_t hi, lo;
};

static inline struct u128 u128_of(uint64_t v)
{
	return (struct u128){ 0, v };
}

static inline bool u128_eq(struct u128 a, struct u128 b)
{
	return a.hi == b.hi && a.lo == b.lo;
}

static inline bool u128_less(struct u128 a, struct u128 b)
{
	return a.hi < b.hi || (a.hi == b.hi && a.lo < b.lo);
}

/* Negative, 0 or positive as A is less than, equal to or greater than B. */
static inline int u128_cmp(struct u128 a, struct u128 b)
{
	return u128_less(a, b) ? -1 : u128_less(b, a);
}

/* Sum and difference, modulo 2^128. */
static inline struct u128 u128_add(struct u128 a, struct u128 b)
{
	uint64_t lo = a.lo + b.lo;

	return (struct u128){ a.hi + b.hi + (lo < a.lo), lo };
}

static inline struct u128 u128_sub(struct u128 a, struct u128 b)
{
	return (struct u128){ a.hi - b.hi - (a.lo < b.lo), a.lo - b.lo };
}

static inline struct u128 u128_and(struct u128 a, struct u128 b)
{
	return (struct u128){ a.hi & b.hi, a.lo & b.lo };
}

static inline struct u128 u128_or(struct u128 a, struct u128 b)
{
	return (struct u128){ a.hi | b.hi, a.lo | b.lo };
}

static inline struct u128 u128_xor(struct u128 a, struct u128 b)
{
	return (struct u128){ a.hi ^ b.hi, a.lo ^ b.lo };
}

static inline struct u128 u128_not(struct u128 a)
{
	return (struct u128){ ~a.hi, ~a.lo };
}

/* Shifts by N, 0 to 128. */
static inline struct u128 u128_shl(struct u128 a, unsigned n)
{
	if (n >= 128)
		return u128_of(0);
	if (n >= 64)
		return (struct u128){ a.lo << (n - 64), 0 };
	if (n == 0)
		return a;
	return (struct u128){ a.hi << n | a.lo >> (64 - n), a.lo << n };
}

static inline struct u128 u128_shr(struct u128 a, unsigned n)
{
	if (n >= 128)
		return u128_of(0);
	if (n >= 64)
		return u128_of(a.hi >> (n - 64));
	if (n == 0)
		return a;
	return (struct u128){ a.hi >> n, a.lo >> n | a.hi << (64 - n) };
}

/* The lowest N bits set, N from 0 to 128. */
static inline struct u128 u128_ones(unsigned n)
{
	return n >= 128 ? u128_not(u128_of(0)) : u128_sub(u128_shl(u128_of(1), n), u128_of(1));
}

/* How many zero bits stand below the lowest set one; 128 if there is none. */
static inline unsigned u128_ctz(struct u128 a)
{
	if (a.lo)
		return (unsigned)__builtin_ctzll(a.lo);
	return a.hi ? 64 + (unsigned)__builtin_ctzll(a.hi) : 128;
}

/* How many zero bits stand above the highest set one; 128 if there is none. */
static inline unsigned u128_clz(struct u128 a)
{
	if (a.hi)
		return (unsigned)__builtin_clzll(a.hi);
	return a.lo ? 64 + (unsigned)__builtin_clzll(a.lo) : 128;
}

/* Bits of an address of FAMILY, 4 or 6. */
static inline unsigned ip_bits(unsigned family)
{
	return family == 4 ? 32 : 128;
}

/* The number that IP is, and back. */
static inline struct u128 ip_num(const struct ip *ip)
{
	struct u128 n = { 0, 0 };

	for (unsigned i = 0; i < ip_bits(ip->family) / 8; i++)
		n = u128_or(u128_shl(n, 8), u128_of(ip->b[i]));
	return n;
}

static inline struct ip ip_from_num(unsigned family, struct u128 n)
{
	struct ip ip = { .family = (uint8_t)family };

	for (unsigned i = ip_bits(family) / 8; i-- > 0; n = u128_shr(n, 8))
		ip.b[i] = (uint8_t)n.lo;
	return ip;
}

#endif
