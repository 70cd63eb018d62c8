/* SPDX-License-Identifier: MIT */
#include "echo/fault.h"

#include <string.h>

#include "base/scan.h"
#include "base/str.h"

enum {
	DIGITS_MAX = 6, /* behind the point; more make no difference in millionths of a percent */
};

/* One draw for each thing that may happen, so that one option does not change the others. */
enum draw {
	DRAW_LOSS,
	DRAW_DUPLICATE,
	DRAW_REORDER,
	DRAW_CORRUPT,
	DRAW_WHERE,
	DRAW_CHANGE,
	DRAW_JITTER,
	DRAWS,
};

bool fault_none(const struct fault_config *c)
{
	return !(c->delay_ns || c->jitter_ns || c->loss || c->duplicate || c->reorder ||
		 c->corrupt || c->chunk || c->end != FAULT_NEVER);
}

/* splitmix64 of the draw's own counter. */
static uint64_t draw(const struct fault_config *c, uint64_t number, enum draw what)
{
	uint64_t v = c->seed + (number * DRAWS + (uint64_t)what + 1) * UINT64_C(0x9e3779b97f4a7c15);

	v = (v ^ v >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	v = (v ^ v >> 27) * UINT64_C(0x94d049bb133111eb);
	return v ^ v >> 31;
}

static bool happens(const struct fault_config *c, uint64_t number, enum draw what, uint32_t share)
{
	return share && draw(c, number, what) % FAULT_WHOLE < share;
}

static uint64_t delay(const struct fault_config *c, uint64_t number)
{
	uint64_t least = c->delay_ns > c->jitter_ns ? c->delay_ns - c->jitter_ns : 0;
	uint64_t most = c->delay_ns + c->jitter_ns;

	if (c->jitter_ns == 0)
		return c->delay_ns;
	return least + draw(c, number, DRAW_JITTER) % (most - least + 1);
}

void fault_plan(struct fault_plan *plan, const struct fault_config *c, uint64_t number, size_t len,
		struct fault_counters *counters)
{
	memset(plan, 0, sizeof(*plan));
	counters->units++;
	if (happens(c, number, DRAW_LOSS, c->loss)) {
		plan->lose = true;
		counters->lost++;
		return;
	}
	plan->delay_ns = delay(c, number);
	plan->duplicate = happens(c, number, DRAW_DUPLICATE, c->duplicate);
	plan->reorder = happens(c, number, DRAW_REORDER, c->reorder);
	plan->corrupt = len && happens(c, number, DRAW_CORRUPT, c->corrupt);
	if (plan->corrupt) {
		plan->at = (size_t)(draw(c, number, DRAW_WHERE) % len);
		plan->change = (uint8_t)(1 + draw(c, number, DRAW_CHANGE) % 255);
	}
	counters->delayed += plan->delay_ns != 0;
	counters->duplicated += plan->duplicate;
	counters->reordered += plan->reorder;
	counters->corrupted += plan->corrupt;
}

/* "12.5" in units of 1 / ONE, which is a power of ten; the bytes read, 0 if it is no number. */
static size_t decimal(const char *text, const char *end, uint64_t one, uint64_t *value)
{
	uint64_t part = one;
	size_t n = scan_uint(text, end, FAULT_WHOLE, value);

	if (n == 0)
		return 0;
	*value *= one;
	if (text[n] != '.')
		return n;
	n++;
	if (!str_is_digit(text[n]))
		return 0;
	for (int i = 0; str_is_digit(text[n]) && i < DIGITS_MAX; i++, n++) {
		part /= 10;
		*value += part * (uint64_t)(text[n] - '0');
	}
	return n;
}

bool fault_share(const char *text, uint32_t *millionths)
{
	const char *end = text + strlen(text);
	uint64_t value, below;
	size_t n = decimal(text, end, FAULT_WHOLE, &value), m;

	if (n == 0)
		return false;
	if (text[n] == '%') {
		n++;
		value /= 100;
	} else if (text[n] == '/') {
		m = scan_uint(text + n + 1, end, UINT32_MAX, &below);
		if (m == 0 || below == 0)
			return false;
		n += 1 + m;
		value /= below;
	}
	if (n != (size_t)(end - text) || value > FAULT_WHOLE)
		return false;
	*millionths = (uint32_t)value;
	return true;
}
