/* SPDX-License-Identifier: MIT */
/* echo_client_stats.c - what --ping and --load share: sizes, percentiles, histograms */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/scan.h"
#include "base/str.h"
#include "cmd/echo_client_impl.h"

enum {
	BAR = 50,      /* characters of the longest bar */
	GROUPS = 8,    /* bars for each power of two */
	EMPTY_MAX = 3, /* rows without a value; more become one */
};

bool echo_client_stop(void *ctx UNUSED)
{
	return cli_interrupted();
}

uint64_t echo_client_timeout(const struct echo_session *s, uint64_t fallback_ns)
{
	return s->opt->timeout_ns == ECHO_UNSET ? fallback_ns : s->opt->timeout_ns;
}

int echo_client_size(struct echo_session *s, size_t least, size_t most, size_t fallback,
		     struct err *err)
{
	const char *text = s->opt->size, *dash;
	char first[32];
	uint64_t from = 0, to = 0;
	int rc;

	s->size_min = s->size_max = fallback;
	if (!text)
		return 0;
	dash = strchr(text, '-');
	if (dash && (size_t)(dash - text) < sizeof(first)) {
		memcpy(first, text, (size_t)(dash - text));
		first[dash - text] = '\0';
		rc = scan_size_all(first, "--size", &from, err);
		if (rc == 0)
			rc = scan_size_all(dash + 1, "--size", &to, err);
	} else {
		rc = scan_size_all(text, "--size", &from, err);
		to = from;
	}
	if (rc < 0)
		return -1;
	if (from < least || to > most || from > to)
		return err_set(err, ERR_USAGE, "--size: \"%s\" is not between %zu and %zu bytes",
			       text, least, most);
	s->size_min = (size_t)from;
	s->size_max = (size_t)to;
	return 0;
}

void echo_client_hist(struct out *o, unsigned first, const struct hist *h)
{
	if (h->n == 0)
		return;
	out_ns(o, first + HIST_MIN, h->min);
	out_ns(o, first + HIST_MEAN, (uint64_t)hist_mean(h));
	out_ns(o, first + HIST_P50, hist_quantile(h, 0.5));
	out_ns(o, first + HIST_P90, hist_quantile(h, 0.9));
	out_ns(o, first + HIST_P99, hist_quantile(h, 0.99));
	out_ns(o, first + HIST_P999, hist_quantile(h, 0.999));
	out_ns(o, first + HIST_MAX, h->max);
}

void echo_client_put_time(struct buf *b, uint64_t ns)
{
	static const struct {
		uint64_t from;
		double unit;
		const char *name;
	} units[] = { { CLOCK_S, 1e9, "s" }, { CLOCK_MS, 1e6, "ms" }, { 0, 1e3, "us" } };
	size_t i = 0;
	double v;

	while (ns < units[i].from)
		i++;
	v = (double)ns / units[i].unit;
	buf_printf(b, "%.*f %s", v < 10 ? 2 : v < 100 ? 1 : 0, v, units[i].name);
}

void echo_client_put_hist(struct buf *b, const char *what, const struct hist *h)
{
	static const struct {
		const char *name;
		double share;
	} shares[] = { { "p50", 0.5 }, { "p90", 0.9 }, { "p99", 0.99 }, { "p99.9", 0.999 } };

	if (h->n == 0)
		return;
	buf_printf(b, "%s: min ", what);
	echo_client_put_time(b, h->min);
	for (size_t i = 0; i < ARRAY_SIZE(shares); i++) {
		buf_printf(b, ", %s ", shares[i].name);
		echo_client_put_time(b, hist_quantile(h, shares[i].share));
	}
	buf_adds(b, ", max ");
	echo_client_put_time(b, h->max);
	buf_addc(b, '\n');
}

/* One bar for each eighth of a power of two that has values. */
static void draw(struct buf *b, const struct hist *h)
{
	uint64_t sums[HIST_BUCKETS / (HIST_SUB / GROUPS)] = { 0 }, most = 0;
	size_t width = HIST_SUB / GROUPS, first = SIZE_MAX, last = 0;

	for (size_t i = 0; i < HIST_BUCKETS; i++)
		sums[i / width] += h->count[i];
	for (size_t i = 0; i < ARRAY_SIZE(sums); i++) {
		if (!sums[i])
			continue;
		first = first == SIZE_MAX ? i : first;
		last = i;
		most = sums[i] > most ? sums[i] : most;
	}
	for (size_t i = first; i <= last && first != SIZE_MAX; i++) {
		size_t before = b->len, bar = (size_t)(sums[i] * BAR / most), next = i;

		while (!sums[next])
			next++;
		if (next - i > EMPTY_MAX) {
			buf_adds(b, "...\n");
			i = next - 1;
			continue;
		}
		buf_adds(b, "<= ");
		echo_client_put_time(b, hist_last((i + 1) * width - 1));
		buf_fill(b, ' ', before + 16 > b->len ? before + 16 - b->len : 1);
		buf_printf(b, "%10llu", (unsigned long long)sums[i]);
		buf_addc(b, sums[i] ? ' ' : '\n');
		if (!sums[i])
			continue;
		buf_fill(b, '#', bar ? bar : 1);
		buf_addc(b, '\n');
	}
}

static int write_hdr(const struct echo_session *s, const struct hist *h, struct err *err)
{
	struct buf b = { 0 };
	char show[STR_SHOW];
	FILE *fp = fopen(s->opt->hdr, "we");
	bool failed;

	if (!fp)
		return err_sys(err, "%s", str_show(show, s->opt->hdr));
	hist_hdr(&b, h, 1000);
	failed = fwrite(b.data, 1, b.len, fp) != b.len;
	buf_fini(&b);
	failed = fclose(fp) != 0 || failed;
	return failed ? err_sys(err, "write %s", str_show(show, s->opt->hdr)) : 0;
}

int echo_client_draw(struct echo_session *s, const struct hist *h)
{
	struct err *err = &s->cli->err;
	struct buf b = { 0 };
	int rc = 0;

	if (s->opt->histogram && out_is_text(s->o)) {
		draw(&b, h);
		rc = out_text(s->o, b.data, b.len, err);
		buf_fini(&b);
	}
	if (rc == 0 && s->opt->hdr)
		rc = write_hdr(s, h, err);
	return rc;
}
