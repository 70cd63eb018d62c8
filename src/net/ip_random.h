/* SPDX-License-Identifier: MIT */
/*
 * ip_random.h - random addresses as numbers: the kernel's, or the same again from a seed
 *
 *	struct ip_random r = { 0 };             the kernel's, getrandom(2)
 *	ip_random_seed(&r, 42);                 or those of seed 42, for ever the same
 *	ip_random_u64(&r, &v, err)
 *
 * The seeded ones are xoshiro256** 1.0 by Blackman and Vigna, its state filled by SplitMix64:
 * good for samples and tests, not for secrets.
 */
#ifndef NETIPC_NET_IP_RANDOM_H
#define NETIPC_NET_IP_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "net/ip_num.h"

struct ip_random {
	bool seeded; /* all is private; the zeroed struct gives the kernel's numbers */
	uint64_t state[4];
	uint64_t pool[32]; /* of the kernel's; LEFT of them are still to be given */
	size_t left;
};

/* From here on R gives the numbers that SEED stands for. */
void ip_random_seed(struct ip_random *r, uint64_t seed);

/* Stores 64 random bits.  -1 with ERR_SYSTEM if the kernel gives none. */
int ip_random_u64(struct ip_random *r, uint64_t *v, struct err *err) MUST_CHECK;

/* The same for a number from 0 to MAX, each as likely as the others. */
int ip_random_num(struct ip_random *r, struct u128 max, struct u128 *value,
		  struct err *err) MUST_CHECK;

#endif
