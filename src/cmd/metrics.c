/* SPDX-License-Identifier: MIT */
#include "cmd/metrics.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/xalloc.h"

/* SUFFIX is part of the name: what reads the file knows no families of names. */
static void head(struct buf *b, const char *name, const char *suffix, const char *type,
		 const char *help)
{
	buf_printf(b, "# HELP %s%s %s\n# TYPE %s%s %s\n", name, suffix, help, name, suffix, type);
}

/* NAMESUFFIX{LABELS,MORE} and the blank before the value; no braces without both. */
static void sample(struct buf *b, const char *name, const char *suffix, const char *labels,
		   const char *more)
{
	bool some = *labels || *more;

	buf_printf(b, "%s%s%s%s%s%s%s ", name, suffix, some ? "{" : "", labels,
		   *labels && *more ? "," : "", more, some ? "}" : "");
}

static void put_seconds(struct buf *b, uint64_t ns)
{
	buf_printf(b, "%llu.%09llu\n", (unsigned long long)(ns / CLOCK_S),
		   (unsigned long long)(ns % CLOCK_S));
}

void metrics_label(struct buf *labels, const char *key, const char *value)
{
	struct buf safe = { 0 };

	str_safe(&safe, value, strlen(value));
	buf_printf(labels, "%s%s=\"", labels->len ? "," : "", key);
	for (size_t i = 0; i < safe.len; i++) {
		if (safe.data[i] == '"' || safe.data[i] == '\\')
			buf_addc(labels, '\\');
		buf_addc(labels, safe.data[i]);
	}
	buf_addc(labels, '"');
	buf_fini(&safe);
}

void metrics_counter(struct buf *b, const char *name, const char *help, const char *labels,
		     uint64_t value)
{
	head(b, name, "_total", "counter", help);
	sample(b, name, "_total", labels, "");
	buf_printf(b, "%llu\n", (unsigned long long)value);
}

void metrics_gauge(struct buf *b, const char *name, const char *help, uint64_t value)
{
	head(b, name, "", "gauge", help);
	buf_printf(b, "%s %llu\n", name, (unsigned long long)value);
}

void metrics_summary(struct buf *b, const char *name, const char *help, const char *labels,
		     const struct hist *h)
{
	static const struct {
		double share;
		const char *label;
	} quantiles[] = {
		{ 0.5, "quantile=\"0.5\"" },   { 0.9, "quantile=\"0.9\"" },
		{ 0.99, "quantile=\"0.99\"" }, { 0.999, "quantile=\"0.999\"" },
		{ 1, "quantile=\"1\"" },
	};

	head(b, name, "", "summary", help);
	for (size_t i = 0; i < ARRAY_SIZE(quantiles) && h->n; i++) {
		sample(b, name, "", labels, quantiles[i].label);
		put_seconds(b, hist_quantile(h, quantiles[i].share));
	}
	sample(b, name, "_sum", labels, "");
	put_seconds(b, h->wraps ? UINT64_MAX : h->sum);
	sample(b, name, "_count", labels, "");
	buf_printf(b, "%llu\n", (unsigned long long)h->n);
}

char *metrics_folder(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return xstrdup(".");
	return slash == path ? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
}
