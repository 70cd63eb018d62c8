/* SPDX-License-Identifier: MIT */
/* resolve_watch.c - --watch: what changes in the answer, and when */
#include <netdb.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/str.h"
#include "cmd/resolve_dns.h"
#include "cmd/resolve_impl.h"
#include "dns/rr.h"

enum {
	TIME_LEN = sizeof("2026-11-22T15:04:05.678Z") + 8, /* of years after 9999 too */
};

enum {
	COL_TIME,
	COL_NAME,
	COL_SERVICE,
	COL_CHANGE,
	COL_ADDRESS,
	COL_ADDRESSES,
	COL_STATUS,
	COL_ERROR,
};

static const struct out_col cols[] = {
	[COL_TIME] = { "time", OUT_STR, "when it was seen, in UTC (RFC 3339)", false },
	[COL_NAME] = { "name", OUT_STR, "the name that was asked for", false },
	[COL_SERVICE] = { "service", OUT_STR, "the service that was asked for", true },
	[COL_CHANGE] = { "change", OUT_STR, "answer, added, removed, order, failed, recovered",
			 false },
	[COL_ADDRESS] = { "address", OUT_STR, "the one that was added or removed", false },
	[COL_ADDRESSES] = { "addresses", OUT_LIST, "all that there are now, in order", true },
	[COL_STATUS] = { "status", OUT_STR, "ok, nxdomain, nodata, temporary, ...", true },
	[COL_ERROR] = { "error", OUT_STR, "why there is no answer", true },
};

const struct command_view resolve_watch_view = { "--watch", cols, ARRAY_SIZE(cols) };

/* What one look-up said: addresses, or an error. */
struct answer {
	struct texts VEC(char *) addresses;
	const char *status;
	struct err err; /* kind ERR_NONE if there are addresses */
};

struct watch {
	struct resolve *r;
	const char *name;
	char time[TIME_LEN];
	const struct answer *now;

	bool dns; /* the DNS is asked, with what follows */
	struct resolve_dns d;
	struct resolve_dns_name dns_name;
	uint16_t port;
};

static void fini(struct answer *a)
{
	for (size_t i = 0; i < a->addresses.n; i++)
		free(a->addresses.v[i]);
	vec_fini(&a->addresses);
}

static bool has(const struct answer *a, const char *address)
{
	for (size_t i = 0; i < a->addresses.n; i++)
		if (strcmp(a->addresses.v[i], address) == 0)
			return true;
	return false;
}

static void set_time(char text[static TIME_LEN])
{
	struct timespec now;
	struct tm tm;
	size_t n;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	n = strftime(text, TIME_LEN, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + n, TIME_LEN - n, ".%03uZ", (unsigned)(now.tv_nsec / 1000000) % 1000);
}

/* "TIME NAME CHANGE", and what there is to say of it. */
static int put_line(const struct watch *w, const char *change, const char *address)
{
	struct resolve *r = w->r;
	struct buf b = { 0 };
	int rc;

	buf_printf(&b, "%s ", w->time);
	str_safe(&b, w->name, strlen(w->name));
	buf_printf(&b, " %s", change);
	if (address) {
		buf_addc(&b, ' ');
		str_safe(&b, address, strlen(address));
	} else if (w->now->err.kind) {
		buf_addc(&b, ' ');
		str_safe(&b, w->now->err.text, strlen(w->now->err.text));
	}
	for (size_t i = 0; !address && i < w->now->addresses.n; i++) {
		const char *text = w->now->addresses.v[i];

		buf_addc(&b, ' ');
		str_safe(&b, text, strlen(text));
	}
	buf_addc(&b, '\n');
	rc = out_text(r->o, b.data, b.len, &r->cli->err);
	buf_fini(&b);
	return rc;
}

static int put(const struct watch *w, const char *change, const char *address)
{
	struct out *o = w->r->o;

	if (out_is_text(o))
		return put_line(w, change, address);
	out_str(o, COL_TIME, w->time);
	out_str(o, COL_NAME, w->name);
	out_str(o, COL_SERVICE, w->r->service);
	out_str(o, COL_CHANGE, change);
	out_str(o, COL_ADDRESS, address);
	out_list(o, COL_ADDRESSES);
	for (size_t i = 0; i < w->now->addresses.n; i++)
		out_item(o, COL_ADDRESSES, w->now->addresses.v[i]);
	out_str(o, COL_STATUS, w->now->status);
	if (w->now->err.kind)
		out_str(o, COL_ERROR, w->now->err.text);
	return out_row(o, &w->r->cli->err);
}

/* Each of A's addresses that B does not have. */
static int put_more(const struct watch *w, const char *change, const struct answer *a,
		    const struct answer *b)
{
	for (size_t i = 0; i < a->addresses.n; i++)
		if (!has(b, a->addresses.v[i]) && put(w, change, a->addresses.v[i]) < 0)
			return -1;
	return 0;
}

static bool same_order(const struct answer *a, const struct answer *b)
{
	for (size_t i = 0; i < a->addresses.n; i++)
		if (strcmp(a->addresses.v[i], b->addresses.v[i]) != 0)
			return false;
	return true;
}

/* What is different; BEFORE is NULL the first time. */
static int tell(const struct watch *w, const struct answer *before)
{
	const struct answer *now = w->now;
	uint64_t told = out_rows(w->r->o);

	if (!before)
		return put(w, now->err.kind ? "failed" : "answer", NULL);
	if (now->err.kind)
		return strcmp(before->status, now->status) == 0 ? 0 : put(w, "failed", NULL);
	if (before->err.kind)
		return put(w, "recovered", NULL);
	if (put_more(w, "removed", before, now) < 0 || put_more(w, "added", now, before) < 0)
		return -1;
	if (out_rows(w->r->o) == told && !same_order(before, now))
		return put(w, "order", NULL);
	return 0;
}

static void add(const struct watch *w, struct answer *a, const struct sa *sa)
{
	bool port = resolve_or_none(w->r->service);
	char text[SA_STRLEN];

	port ? sa_format(sa, text) : sa_format_host(sa, text);
	if (!has(a, text))
		*vec_push(&a->addresses) = xstrdup(text);
}

/* As the parts of a run function: 1, 0 after a signal, -1. */
static int ask_libc(const struct watch *w, struct answer *a)
{
	struct resolve *r = w->r;
	struct gai_rows rows = { 0 };

	if (cli_block_begin(r->cli, r->o) < 0)
		return -1;
	a->status = "ok";
	if (gai_lookup(&rows, resolve_or_none(w->name), resolve_or_none(r->service), &r->hints,
		       &a->err) < 0)
		a->status = gai_code_status(a->err.code);
	else
		a->err.kind = ERR_NONE;
	cli_block_end();
	for (size_t i = 0; i < rows.n; i++)
		add(w, a, &rows.v[i].sa);
	gai_fini(&rows);
	return 1;
}

static void add_part(const struct watch *w, struct answer *a, const struct stub_part *part)
{
	struct wire_reader reader;
	struct wire_rr rr;

	if (!stub_begin(&reader, part))
		return;
	while (stub_next(&reader, part, &rr)) {
		struct ip ip = { .family = part->type == RR_A ? 4 : 6 };
		struct sa sa;

		if (rr.rdlen != ip_size(&ip))
			continue;
		memcpy(ip.b, reader.msg + rr.rdata, rr.rdlen);
		sa_from_ip(&sa, &ip, w->port);
		add(w, a, &sa);
	}
}

static int ask_dns(struct watch *w, struct answer *a)
{
	struct stub_look *look = stub_look_new(w->d.types, w->d.ntypes);
	int rc = resolve_dns_look(&w->d, look, &w->dns_name);

	if (rc > 0) {
		a->err.kind = ERR_NONE;
		a->status = stub_status_word(look->status);
		if (look->status != STUB_OK)
			resolve_dns_error(&w->d, stub_decided(look), w->name, &a->err);
		for (unsigned i = 0; i < look->nparts; i++)
			add_part(w, a, &look->parts[i]);
	}
	stub_look_free(look);
	return rc;
}

static int watch(struct watch *w)
{
	const struct resolve_options *opt = w->r->opt;
	struct answer answers[2] = { 0 };
	uint64_t due = clock_now_ns();
	int rc = 0;

	for (unsigned i = 0; rc == 0 && (!opt->count || i < opt->count); i++) {
		struct answer *now = &answers[i % 2], *before = i ? &answers[(i + 1) % 2] : NULL;

		if (i && cli_wait_until(-1, due += opt->watch_ns) < 0)
			break;
		fini(now);
		w->now = now;
		rc = w->dns ? ask_dns(w, now) : ask_libc(w, now);
		if (rc <= 0)
			break;
		cli_status(w->r->cli, now->err.kind);
		set_time(w->time);
		rc = tell(w, before);
		if (rc == 0)
			rc = out_flush(w->r->o, &w->r->cli->err);
	}
	w->now = NULL;
	fini(&answers[0]);
	fini(&answers[1]);
	return rc;
}

/* The port that records have none of. */
static int set_port(struct watch *w)
{
	const struct gai_hints hints = { .flags = AI_NUMERICHOST, .family = AF_INET };
	struct gai_rows rows = { 0 };
	int rc;

	if (!resolve_or_none(w->r->service))
		return 0;
	rc = gai_lookup(&rows, "127.0.0.1", w->r->service, &hints, &w->r->cli->err);
	if (rc == 0)
		w->port = sa_port(&rows.v[0].sa);
	gai_fini(&rows);
	return rc;
}

static int open_dns(struct watch *w)
{
	struct resolve *r = w->r;
	struct resolve_dns *d = &w->d;
	int family = r->hints.family;

	*d = (struct resolve_dns){ .r = r, .run = &r->dns };
	if (resolve_dns_name(&w->dns_name, d, w->name, &r->cli->err) < 0)
		return -1;
	if (w->dns_name.is_literal)
		return err_set(&r->cli->err, ERR_USAGE, "an address is never looked up in the DNS");
	if (set_port(w) < 0 || dnsrun_open(d->run, r->o) < 0)
		return -1;
	if (family != AF_INET6)
		d->types[d->ntypes++] = RR_A;
	if (family == AF_INET6 || (family == 0 && !d->run->conf.flags[CONF_NO_AAAA]))
		d->types[d->ntypes++] = RR_AAAA;
	w->dns = true;
	return 0;
}

int resolve_watch(struct resolve *r, int argc, char **argv)
{
	struct cli *cli = r->cli;
	struct watch w = { .r = r };

	if (cli_want(cli, argc, argv, 1, 2) < 0)
		return -1;
	cli->misused = true;
	if (strcmp(argv[0], "-") == 0)
		return err_set(&cli->err, ERR_USAGE, "--watch takes one NAME, not a list");
	if (!*argv[0] || (argc > 1 && !*argv[1]))
		return err_set(&cli->err, ERR_USAGE, "the %s is empty",
			       *argv[0] ? "service" : "name");
	cli->misused = false;
	w.name = argv[0];
	r->service = argc > 1 ? argv[1] : NULL;
	r->o = cli_out_view(cli, &resolve_watch_view, true);
	if (!r->o || (r->dns.wanted && open_dns(&w) < 0))
		return -1;
	return watch(&w);
}
