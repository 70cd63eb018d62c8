/* SPDX-License-Identifier: MIT */
/* echo_client_stats.c - what --ping and --load share: sizes, percentiles, histograms */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/scan.h"
#include "base/str.h"
#include "cmd/echo_client_impl.h"
#include "cmd/metrics.h"

bool echo_client_stop(void *ctx UNUSED)
{
	return cli_interrupted();
}

uint64_t echo_client_timeout(const struct echo_session *s, uint64_t fallback_ns)
{
	return s->opt->timeout_ns == ECHO_UNSET ? fallback_ns : s->opt->timeout_ns;
}

void echo_client_put_peer(struct buf *b, const struct echo_session *s)
{
	if (s->peer.len)
		str_safe(b, s->peer.data, s->peer.len);
	else
		buf_adds(b, "several servers");
}

void echo_client_peer_column(struct out *o, unsigned col, const struct echo_session *s)
{
	if (s->peer.len)
		out_bytes(o, col, s->peer.data, s->peer.len);
}

enum {
	LOADS = ECHO_LOAD | ECHO_BULK | ECHO_CHURN,
	TIMES = ECHO_PING | ECHO_LOAD | ECHO_CHURN, /* that have round trips */
};

static const char *const mode_names[] = { "--ping",  "--load",  "--bulk", "--churn",
					  "--check", "--flags", "--merge" };

/* "--ping, --load and --churn". */
static void put_modes(struct buf *b, unsigned modes)
{
	bool first = true;

	for (unsigned i = 0; i < ARRAY_SIZE(mode_names); i++) {
		unsigned rest = modes >> (i + 1);

		if (!(modes & 1U << i))
			continue;
		buf_printf(b, "%s%s", first ? "" : rest ? ", " : " and ", mode_names[i]);
		first = false;
	}
}

int echo_client_suits(const struct echo_client_options *opt, struct err *err)
{
	const struct {
		bool given;
		unsigned modes;
		const char *name;
	} uses[] = {
		{ opt->count, ECHO_PING | LOADS, "--count" },
		{ opt->duration_ns != ECHO_UNSET, ECHO_PING | LOADS, "--duration" },
		{ opt->interval_ns != ECHO_UNSET, ECHO_PING | LOADS, "--interval" },
		{ opt->size, ECHO_PING | LOADS, "--size" },
		{ opt->connections != 1, LOADS, "--connections" },
		{ opt->pipeline, ECHO_LOAD, "--pipeline" },
		{ opt->threads != 1, LOADS, "--threads" },
		{ opt->rate, ECHO_LOAD, "--rate" },
		{ opt->connect, ECHO_PING, "--connect" },
		{ opt->timestamping, ECHO_PING, "--timestamping" },
		{ opt->quiet, ECHO_PING, "--quiet" },
		{ opt->histogram, TIMES | ECHO_MERGE, "--histogram" },
		{ opt->hdr, TIMES | ECHO_MERGE, "--hdr" },
		{ opt->live, ECHO_PING | LOADS, "--live" },
		{ opt->metrics, ECHO_PING | LOADS | ECHO_MERGE, "--metrics" },
		{ opt->save, ECHO_PING | LOADS | ECHO_MERGE, "--save" },
		{ opt->busy_poll_ns, ECHO_PING | LOADS, "--busy-poll" },
		{ opt->seed, ECHO_PING | LOADS | ECHO_CHECK | ECHO_FLAGS, "--seed" },
	};
	struct buf b = { 0 };

	if (opt->modes && opt->timeout_ns == 0)
		return err_set(err, ERR_USAGE, "--timeout: 0, for no limit, is for the pipe only");
	if (opt->duration_ns == 0)
		return err_set(err, ERR_USAGE, "--duration: 0 is too short");
	if (opt->interval_ns == 0 && opt->modes & LOADS)
		return err_set(err, ERR_USAGE, "--interval: 0 is for --ping only");
	for (size_t i = 0; i < ARRAY_SIZE(uses); i++) {
		if (!uses[i].given || opt->modes & uses[i].modes)
			continue;
		put_modes(&b, uses[i].modes);
		(void)err_set(err, ERR_USAGE, "%s is for %s", uses[i].name, buf_str(&b));
		buf_fini(&b);
		return -1;
	}
	return 0;
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

void echo_client_put_bandwidth(struct buf *b, uint64_t bytes)
{
	static const char *const units[] = { "B/s", "kB/s", "MB/s", "GB/s" };
	double v = (double)bytes;
	size_t i = 0;

	while (v >= 1000 && i + 1 < ARRAY_SIZE(units)) {
		v /= 1000;
		i++;
	}
	buf_printf(b, "%.*f %s", i == 0 ? 0 : v < 10 ? 2 : v < 100 ? 1 : 0, v, units[i]);
}

void echo_client_put_counts(struct buf *b, const void *result, const struct echo_counted *counted,
			    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct echo_counted *c = &counted[i];
		uint64_t value = echo_counted_value(result, c);

		if (!c->words || !value)
			continue;
		buf_printf(b, ", %llu ", (unsigned long long)value);
		if (c->noun)
			buf_printf(b, "%s%s ", c->noun, str_plural(value));
		buf_adds(b, c->words);
	}
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

static int write_hdr(const struct echo_session *s, const struct hist *h, struct err *err)
{
	struct buf b = { 0 };
	int rc;

	hist_hdr(&b, h, 1000);
	rc = io_write_file(s->opt->hdr, b.data, b.len, err);
	buf_fini(&b);
	return rc;
}

int echo_client_draw(struct echo_session *s, const struct hist *h)
{
	struct err *err = &s->cli->err;
	struct buf b = { 0 };
	int rc = 0;

	if (s->opt->histogram && !echo_client_saves_only(s) && out_is_text(s->o)) {
		echo_client_put_bars(&b, h, cli_utf8());
		rc = out_text(s->o, b.data, b.len, err);
		buf_fini(&b);
	}
	if (rc == 0 && s->opt->hdr)
		rc = write_hdr(s, h, err);
	return rc;
}

/* What of METRICS is the same in each mode. */
static int write_metrics(struct echo_metrics *m, const void *result, struct err *err)
{
	struct buf b = { 0 }, labels = { 0 };
	int rc;

	/* who measures several servers has a file of each, and their samples must differ */
	if (m->s->peer.len)
		metrics_label(&labels, "peer", m->s->peer.data);
	for (size_t i = 0; i < m->ncounted; i++)
		if (m->counted[i].name)
			metrics_counter(&b, m->counted[i].name, m->counted[i].help,
					buf_str(&labels),
					echo_counted_value(result, &m->counted[i]));
	for (size_t i = 0; i < m->ntimed; i++)
		metrics_summary(&b, m->timed[i].name, m->timed[i].help, buf_str(&labels),
				(const struct hist *)((const char *)result + m->timed[i].offset));
	rc = io_replace_file(m->s->opt->metrics, b.data, b.len, err);
	buf_fini(&labels);
	buf_fini(&b);
	return rc;
}

int echo_metrics_begin(struct echo_metrics *m, const void *result)
{
	if (!m->s->opt->metrics)
		return 0;
	m->next_ns = clock_now_ns() + CLOCK_S;
	return write_metrics(m, result, &m->s->cli->err);
}

void echo_metrics_tick(struct echo_metrics *m, const void *result)
{
	uint64_t now_ns = clock_now_ns();
	struct err err;

	if (!m->s->opt->metrics || m->failed || now_ns < m->next_ns)
		return;
	m->next_ns = now_ns + CLOCK_S;
	if (write_metrics(m, result, &err) < 0) {
		m->failed = true;
		cli_complain(m->s->cli, &err);
	}
}

int echo_metrics_end(struct echo_metrics *m, const void *result)
{
	if (!m->s->opt->metrics || m->failed)
		return 0;
	return write_metrics(m, result, &m->s->cli->err);
}
