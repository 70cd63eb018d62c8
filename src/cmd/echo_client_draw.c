/* SPDX-License-Identifier: MIT */
/* echo_client_draw.c - pictures in characters: the bars of --histogram, what --live shows */
#include <string.h>

#include "base/clock.h"
#include "cmd/echo_client_impl.h"

enum {
	BAR = 50,    /* characters of the longest bar */
	EIGHTHS = 8, /* of a character, in UTF-8 */
	GROUPS = 8,  /* bars for each power of two; fewer if there are more than */
	ROWS = 40,
	EMPTY_MAX = 3, /* rows without a value; more become one */
	LABEL = 28,    /* characters behind a sparkline */
};

/* U+2588 is the full block; from there up each is an eighth narrower, down an eighth lower. */
static void put_block(struct buf *b, int narrower, int lower)
{
	buf_adds(b, "\xe2\x96");
	buf_addc(b, (char)(0x88 + narrower - lower));
}

/* A bar for COUNT where MOST has the longest; none is too short to be seen. */
static void put_bar(struct buf *b, uint64_t count, uint64_t most, bool utf8)
{
	unsigned eighths = (unsigned)((double)count * BAR * EIGHTHS / (double)most);

	if (!utf8) {
		buf_fill(b, '#', eighths < EIGHTHS ? 1 : eighths / EIGHTHS);
		return;
	}
	eighths += eighths == 0;
	for (unsigned i = 0; i < eighths / EIGHTHS; i++)
		put_block(b, 0, 0);
	if (eighths % EIGHTHS)
		put_block(b, (int)(EIGHTHS - eighths % EIGHTHS), 0);
}

/* The sums of COUNT in groups of WIDTH buckets. */
struct sums {
	size_t width, first, last; /* first and last that is not 0 */
	uint64_t most, v[HIST_BUCKETS / (HIST_SUB / GROUPS)];
};

static void sum_up(struct sums *s, const struct hist *h, size_t width)
{
	*s = (struct sums){ .width = width, .first = SIZE_MAX };
	for (size_t i = 0; i < HIST_BUCKETS; i++)
		s->v[i / width] += h->count[i];
	for (size_t i = 0; i < HIST_BUCKETS / width; i++) {
		if (!s->v[i])
			continue;
		s->first = s->first == SIZE_MAX ? i : s->first;
		s->last = i;
		s->most = s->v[i] > s->most ? s->v[i] : s->most;
	}
}

void echo_client_put_bars(struct buf *b, const struct hist *h, bool utf8)
{
	struct sums s;

	if (h->n == 0)
		return;
	sum_up(&s, h, HIST_SUB / GROUPS);
	for (size_t width = s.width; s.last - s.first >= ROWS && width < HIST_SUB;)
		sum_up(&s, h, width *= 2);
	for (size_t i = s.first; i <= s.last; i++) {
		size_t before = b->len, next = i;

		while (!s.v[next])
			next++;
		if (next - i > EMPTY_MAX) {
			buf_adds(b, "...\n");
			i = next - 1;
			continue;
		}
		buf_adds(b, "<= ");
		echo_client_put_time(b, hist_last((i + 1) * s.width - 1));
		buf_fill(b, ' ', before + 16 > b->len ? before + 16 - b->len : 1);
		buf_printf(b, "%10llu", (unsigned long long)s.v[i]);
		if (s.v[i]) {
			buf_addc(b, ' ');
			put_bar(b, s.v[i], s.most, utf8);
		}
		buf_addc(b, '\n');
	}
}

void echo_client_put_spark(struct buf *b, const uint64_t *values, size_t n, bool utf8)
{
	static const char ascii[] = "_.-:=+*#";
	uint64_t most = 1;

	for (size_t i = 0; i < n; i++)
		if (values[i] != LIVE_NONE && values[i] > most)
			most = values[i];
	for (size_t i = 0; i < n; i++) {
		int level;

		if (values[i] == LIVE_NONE) {
			buf_addc(b, 'x');
			continue;
		}
		level = (int)((double)values[i] * (EIGHTHS - 1) / (double)most + 0.5);
		if (utf8)
			put_block(b, 0, EIGHTHS - 1 - level);
		else
			buf_addc(b, ascii[level]);
	}
}

static void put_value(struct buf *b, const struct echo_live_view *v, uint64_t value)
{
	if (v->bandwidth)
		echo_client_put_bandwidth(b, value);
	else
		echo_client_put_time(b, value);
}

/* The newest values that have room, and behind them the last and the largest of these. */
static void put_values(struct buf *b, const struct echo_live_view *v, size_t width, bool utf8)
{
	size_t room = width > LABEL ? width - LABEL : width;
	const uint64_t *values = v->values + (v->n > room ? v->n - room : 0);
	size_t n = v->n > room ? room : v->n;
	uint64_t most = 0, last = n ? values[n - 1] : LIVE_NONE;

	echo_client_put_spark(b, values, n, utf8);
	for (size_t i = 0; i < n; i++)
		if (values[i] != LIVE_NONE && values[i] > most)
			most = values[i];
	if (width <= LABEL || most == 0)
		return;
	buf_addc(b, ' ');
	if (last != LIVE_NONE) {
		put_value(b, v, last);
		buf_adds(b, ", ");
	}
	buf_adds(b, "most ");
	put_value(b, v, most);
}

static void put_shares(struct buf *b, const char *what, const struct hist *h)
{
	buf_printf(b, "%s: p50 ", what);
	echo_client_put_time(b, hist_quantile(h, 0.5));
	buf_adds(b, ", p90 ");
	echo_client_put_time(b, hist_quantile(h, 0.9));
	buf_adds(b, ", p99 ");
	echo_client_put_time(b, hist_quantile(h, 0.99));
	buf_adds(b, ", p99.9 ");
	echo_client_put_time(b, hist_quantile(h, 0.999));
	buf_adds(b, ", max ");
	echo_client_put_time(b, h->max);
}

/* Cuts what stands in B from START on to WIDTH characters. */
static void cut(struct buf *b, size_t start, size_t width)
{
	size_t n = 0;

	for (size_t i = start; i < b->len; i++) {
		n += ((unsigned char)b->data[i] & 0xc0) != 0x80;
		if (n > width) {
			b->len = i;
			return;
		}
	}
}

void echo_client_frame(struct buf *b, const struct echo_live_view *v, unsigned width,
		       unsigned height, bool utf8)
{
	/* The last column would wrap on some terminals, the last row scroll. */
	size_t room = width > 1 ? width - 1 : 1;
	unsigned lines = 0;

	buf_adds(b, "\r\x1b[J");
	for (unsigned i = 0; i < LIVE_LINES && lines + 1 < height; i++) {
		size_t before = b->len;

		if (lines)
			buf_adds(b, "\r\n");
		if (i == 0)
			buf_adds(b, v->head);
		else if (i == 1 && v->n)
			put_values(b, v, room, utf8);
		else if (i == 2 && v->recent && v->recent->n)
			put_shares(b, "last 10 s", v->recent);
		else if (i == 3 && v->all && v->all->n)
			put_shares(b, "all", v->all);
		else {
			b->len = before;
			continue;
		}
		cut(b, before + (lines ? 2 : 0), room);
		lines++;
	}
	/* There the cursor stays with its line when a terminal breaks lines anew on a resize. */
	buf_addc(b, '\r');
	if (lines > 1)
		buf_printf(b, "\x1b[%uA", lines - 1);
}
