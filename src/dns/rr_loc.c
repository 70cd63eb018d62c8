/* SPDX-License-Identifier: MIT */
#include "dns/rr_impl.h"
#include "dns/wire_impl.h"

enum {
	SECOND = 1000, /* of an angle, in the unit of the wire */
	DEGREE = 3600 * SECOND,
	ALTITUDE_0 = 100000 * 100, /* centimetres below the reference */
};

/* A size in centimetres is a digit and a power of ten. */
static bool print_size(struct buf *b, uint8_t v)
{
	static const uint32_t powers[] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000 };
	unsigned digit = v >> 4, power = v & 15;

	if (digit > 9 || power > 9 || (digit == 0 && power))
		return false;
	if (power < 2)
		buf_printf(b, " 0.%02um", digit * powers[power]);
	else
		buf_printf(b, " %um", digit * powers[power - 2]);
	return true;
}

/* An angle of at most LIMIT degrees, and to which side of 0 it is. */
static bool print_angle(struct buf *b, uint32_t v, uint32_t limit, const char *sides)
{
	const uint32_t zero = 0x80000000;
	bool positive = v >= zero;
	uint32_t angle = positive ? v - zero : zero - v;

	if (angle > limit * DEGREE)
		return false;
	buf_printf(b, "%u %u %u.%03u %c ", angle / DEGREE, angle / (60 * SECOND) % 60,
		   angle / SECOND % 60, angle % SECOND, positive ? sides[0] : sides[1]);
	return true;
}

bool rr_print_loc(struct buf *b, struct rdata *r)
{
	const uint8_t *s = rr_take(r, 16);
	uint32_t altitude;

	if (!s || s[0] != 0) /* the version */
		return false;
	if (!print_angle(b, wire_get32(s + 4), 90, "NS") ||
	    !print_angle(b, wire_get32(s + 8), 180, "EW"))
		return false;
	altitude = wire_get32(s + 12);
	if (altitude < ALTITUDE_0)
		buf_addc(b, '-');
	altitude = altitude < ALTITUDE_0 ? ALTITUDE_0 - altitude : altitude - ALTITUDE_0;
	buf_printf(b, "%u.%02um", altitude / 100, altitude % 100);
	return print_size(b, s[1]) && print_size(b, s[2]) && print_size(b, s[3]);
}
