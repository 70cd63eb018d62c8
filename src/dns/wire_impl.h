/* SPDX-License-Identifier: MIT */
/* wire_impl.h - what the files of the wire codec share */
#ifndef NETIPC_DNS_WIRE_IMPL_H
#define NETIPC_DNS_WIRE_IMPL_H

#include "dns/wire.h"

static inline uint16_t wire_get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t wire_get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The same N bytes but for ASCII case. */
bool wire_bytes_equal(const uint8_t *a, const uint8_t *b, size_t n);

#endif
