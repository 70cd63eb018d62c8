/* SPDX-License-Identifier: MIT */
/*
 * pattern.h - a stream of bytes that a seed makes, so that what returns can be checked
 *
 * The byte at each offset depends on the seed and the offset alone: whoever knows both needs to
 * keep nothing of what was sent, and a byte that is lost, doubled or moved shows, since no piece
 * of the stream repeats.
 */
#ifndef NETIPC_ECHO_PATTERN_H
#define NETIPC_ECHO_PATTERN_H

#include <stddef.h>
#include <stdint.h>

/* Writes the N bytes from OFFSET on of the stream of SEED to TO. */
void pattern_fill(uint64_t seed, uint64_t offset, void *to, size_t n);

/*
 * How many of the N bytes at DATA are as the stream of SEED has them from OFFSET on: N if all
 * are, else where the first is that is not.
 */
size_t pattern_check(uint64_t seed, uint64_t offset, const void *data, size_t n);

/* The byte at OFFSET. */
uint8_t pattern_byte(uint64_t seed, uint64_t offset);

#endif
