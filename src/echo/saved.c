/* SPDX-License-Identifier: MIT */
#include "echo/saved.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/xalloc.h"
#include "echo/saved_impl.h"

enum {
	PINGS = 1 << SAVED_PING,
	LOADS = 1 << SAVED_LOAD | 1 << SAVED_BULK | 1 << SAVED_CHURN,
	ANY = PINGS | LOADS,
};

#define EXACT (UINT64_C(1) << 53) /* above this, other programs would round a number of JSON */

static const char *const mode_words[] = { "ping", "load", "bulk", "churn", NULL };
static const char *const kind_words[] = {
	"tcp", "udp", "unix", "unix dgram", "unix seqpacket", NULL
};

/* clang-format off */
#define M(name, type, merge, field, modes) { name, type, merge, offsetof(struct saved, field), modes, NULL }
#define LOAD_SUM(field) M(#field, SAVED_NUMBER, SAVED_SUM, load.field, LOADS)
#define PING_SUM(name, verdict) M(name, SAVED_NUMBER, SAVED_SUM, ping.verdicts[verdict], PINGS)
const struct saved_member saved_members[] = {
	/* "mode" is the first: it says which others there are. */
	{ "mode", SAVED_WORD, SAVED_ALIKE, offsetof(struct saved, mode), ANY, mode_words },
	{ "socket", SAVED_WORD, SAVED_ALIKE, offsetof(struct saved, kind), ANY, kind_words },
	M("open_loop", SAVED_YES, SAVED_ALIKE, paced, ANY),
	M("own_connections", SAVED_YES, SAVED_ALIKE, own, ANY),
	M("runs", SAVED_NUMBER, SAVED_SUM, runs, ANY),
	M("peer", SAVED_TEXT, SAVED_OWN, peer, ANY),
	M("size_min", SAVED_NUMBER, SAVED_LEAST, size_min, ANY),
	M("size_max", SAVED_NUMBER, SAVED_MOST, size_max, ANY),
	M("at_a_time", SAVED_NUMBER, SAVED_SUM, at_a_time, ANY),
	M("rate", SAVED_NUMBER, SAVED_SUM, rate, ANY),
	M("begin_ns", SAVED_NUMBER, SAVED_OWN, begin_ns, ANY),
	M("elapsed_ns", SAVED_NUMBER, SAVED_OWN, load.elapsed_ns, LOADS),
	M("elapsed_ns", SAVED_NUMBER, SAVED_OWN, ping.elapsed_ns, PINGS),
	LOAD_SUM(connections),
	LOAD_SUM(sent),
	LOAD_SUM(received),
	LOAD_SUM(bytes_out),
	LOAD_SUM(bytes_in),
	LOAD_SUM(bytes_timed),
	LOAD_SUM(missing),
	LOAD_SUM(different),
	LOAD_SUM(unsent),
	LOAD_SUM(refused),
	LOAD_SUM(broken),
	LOAD_SUM(duplicate),
	LOAD_SUM(reordered),
	LOAD_SUM(late),
	LOAD_SUM(foreign),
	M("sent", SAVED_NUMBER, SAVED_SUM, ping.sent, PINGS),
	PING_SUM("received", PING_OK),
	PING_SUM("lost", PING_LOST),
	PING_SUM("late", PING_LATE),
	PING_SUM("duplicate", PING_DUPLICATE),
	PING_SUM("different", PING_DIFFERENT),
	PING_SUM("foreign", PING_FOREIGN),
	PING_SUM("refused", PING_REFUSED),
	PING_SUM("closed", PING_CLOSED),
	M("reordered", SAVED_NUMBER, SAVED_SUM, ping.reordered, PINGS),
	M("unsent", SAVED_NUMBER, SAVED_SUM, ping.not_sent, PINGS),
	M("jitter_ns", SAVED_NUMBER, SAVED_OWN, ping.jitter_ns, PINGS),
	M("error_status", SAVED_NUMBER, SAVED_OWN, error_kind, LOADS),
	M("error", SAVED_TEXT, SAVED_OWN, error, LOADS),
	M("latency", SAVED_HIST, SAVED_SUM, load.latency, LOADS),
	M("service", SAVED_HIST, SAVED_SUM, load.service, LOADS),
	M("connect", SAVED_HIST, SAVED_SUM, load.connect, LOADS),
	M("latency", SAVED_HIST, SAVED_SUM, ping.rtt, PINGS),
	M("network", SAVED_HIST, SAVED_SUM, ping.network, PINGS),
	M("connect", SAVED_HIST, SAVED_SUM, ping.connect, PINGS),
	{ .name = NULL },
};

#define H(name, type, field) { name, type, SAVED_OWN, offsetof(struct hist, field), ANY, NULL }
const struct saved_member saved_hist_members[] = {
	H("n", SAVED_NUMBER, n),
	H("min_ns", SAVED_NUMBER, min),
	H("max_ns", SAVED_NUMBER, max),
	H("sum_ns", SAVED_NUMBER, sum),
	H("sum_wraps", SAVED_NUMBER, wraps),
	H("buckets", SAVED_BUCKETS, count),
	{ .name = NULL },
};
/* clang-format on */

/* Writing */

static void put_number(struct buf *b, uint64_t v)
{
	buf_printf(b, v > EXACT ? "\"%llu\"" : "%llu", (unsigned long long)v);
}

static void put_buckets(struct buf *b, const struct hist *h)
{
	bool first = true;

	buf_addc(b, '[');
	for (size_t i = 0; i < HIST_BUCKETS; i++) {
		if (!h->count[i])
			continue;
		buf_printf(b, "%s[%zu,", first ? "" : ",", i);
		put_number(b, h->count[i]);
		buf_addc(b, ']');
		first = false;
	}
	buf_addc(b, ']');
}

static void put_hist(struct buf *b, const struct hist *h)
{
	buf_printf(b, "{\"per_octave\":%d", HIST_SUB);
	for (const struct saved_member *m = saved_hist_members; m->name; m++) {
		buf_printf(b, ",\"%s\":", m->name);
		if (m->type == SAVED_BUCKETS)
			put_buckets(b, h);
		else
			put_number(b, saved_number(h, m));
	}
	buf_addc(b, '}');
}

static void put_member(struct buf *b, const struct saved *s, const struct saved_member *m)
{
	const char *text;

	buf_printf(b, ",\"%s\":", m->name);
	switch (m->type) {
	case SAVED_NUMBER:
		put_number(b, saved_number(s, m));
		break;
	case SAVED_YES:
		buf_adds(b, saved_number(s, m) ? "true" : "false");
		break;
	case SAVED_WORD:
		buf_printf(b, "\"%s\"", m->words[saved_number(s, m)]);
		break;
	case SAVED_TEXT:
		text = *(char *const *)saved_value(s, m);
		if (text)
			str_json(b, text, strlen(text));
		else
			buf_adds(b, "null");
		break;
	case SAVED_HIST:
		put_hist(b, saved_value(s, m));
		break;
	case SAVED_BUCKETS:
		break;
	}
}

void saved_write(struct buf *b, const struct saved *s)
{
	buf_printf(b, "{\"netipc_result\":%d", SAVED_VERSION);
	for (const struct saved_member *m = saved_members; m->name; m++)
		if (m->modes & 1U << s->mode)
			put_member(b, s, m);
	buf_adds(b, "}\n");
}

/* Merging */

/* What S and FROM differ in, or NULL. */
static const struct saved_member *difference(const struct saved *s, const struct saved *from)
{
	for (const struct saved_member *m = saved_members; m->name; m++)
		if (m->rule == SAVED_ALIKE && saved_number(s, m) != saved_number(from, m))
			return m;
	return NULL;
}

static const char *shown(const struct saved *s, const struct saved_member *m)
{
	uint64_t v = saved_number(s, m);

	return m->type == SAVED_WORD ? m->words[v] : v ? "true" : "false";
}

/* The counts and sums of both can be held. */
static bool fits(const struct saved *s, const struct saved *from)
{
	for (const struct saved_member *m = saved_members; m->name; m++) {
		uint64_t a, b;

		if (m->rule != SAVED_SUM || !(m->modes & 1U << s->mode))
			continue;
		a = m->type == SAVED_HIST ? ((const struct hist *)saved_value(s, m))->n :
					    saved_number(s, m);
		b = m->type == SAVED_HIST ? ((const struct hist *)saved_value(from, m))->n :
					    saved_number(from, m);
		if (__builtin_add_overflow(a, b, &a))
			return false;
	}
	return true;
}

static void merge_member(struct saved *s, const struct saved *from, const struct saved_member *m)
{
	uint64_t *a, b;

	if (m->type == SAVED_HIST) {
		hist_merge(saved_place(s, m), saved_value(from, m));
		return;
	}
	if (m->rule == SAVED_OWN || m->rule == SAVED_ALIKE)
		return;
	a = saved_place(s, m);
	b = saved_number(from, m);
	if (m->rule == SAVED_SUM)
		*a += b;
	else if (m->rule == SAVED_LEAST ? b < *a : b > *a)
		*a = b;
}

static void merge_others(struct saved *s, const struct saved *from)
{
	uint64_t *elapsed_ns = s->mode == SAVED_PING ? &s->ping.elapsed_ns : &s->load.elapsed_ns;
	uint64_t end_ns = s->begin_ns + saved_elapsed(s),
		 from_end_ns = from->begin_ns + saved_elapsed(from);

	if (from->begin_ns < s->begin_ns)
		s->begin_ns = from->begin_ns;
	*elapsed_ns = (end_ns > from_end_ns ? end_ns : from_end_ns) - s->begin_ns;
	if (s->peer && (!from->peer || strcmp(s->peer, from->peer) != 0)) {
		free(s->peer);
		s->peer = NULL;
	}
	if (!s->error && from->error) {
		s->error = xstrdup(from->error);
		s->error_kind = from->error_kind;
	}
	s->ping.jitter_ns = 0; /* it is of the order in which probes came back */
}

int saved_merge(struct saved *s, const struct saved *from, struct err *err)
{
	const struct saved_member *differs = difference(s, from);

	if (differs)
		return err_set(err, ERR_USAGE, "its %s is %s, that of the others %s", differs->name,
			       shown(from, differs), shown(s, differs));
	if (!fits(s, from))
		return err_set(err, ERR_USAGE, "the sum of a count is over 2^64");
	for (const struct saved_member *m = saved_members; m->name; m++)
		if (m->modes & 1U << s->mode)
			merge_member(s, from, m);
	merge_others(s, from);
	return 0;
}

void saved_fini(struct saved *s)
{
	free(s->peer);
	free(s->error);
	s->peer = s->error = NULL;
}
