/* SPDX-License-Identifier: MIT */
/*
 * resolve_bulk.c - many names, as getaddrinfo(3) answers: threads ask, a record a line
 *
 * The text of an answer is made by the thread that asked: what is kept of it is small, and the
 * one thread that prints has little to do.
 */
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "cmd/resolve_impl.h"
#include "ev/workers.h"

enum {
	COL_INPUT,
	COL_NAME,
	COL_SERVICE,
	COL_STATUS,
	COL_ADDRESSES,
	COL_PORT,
	COL_CANONNAME,
	COL_TIME,
	COL_ERROR,
};

enum {
	AHEAD = 8, /* look-ups that wait for each thread */
};

static const struct out_col cols[] = {
	[COL_INPUT] = { "input", OUT_STR, "the line of input", true },
	[COL_NAME] = { "name", OUT_STR, "the name that was asked for", false },
	[COL_SERVICE] = { "service", OUT_STR, "the service that was asked for", true },
	[COL_STATUS] = { "status", OUT_STR, "ok, nxdomain, nodata, temporary, ...", false },
	[COL_ADDRESSES] = { "addresses", OUT_LIST, "its addresses, each once, in order", false },
	[COL_PORT] = { "port", OUT_INT, "the service's port", true },
	[COL_CANONNAME] = { "canonname", OUT_STR, "the canonical name", true },
	[COL_TIME] = { "time_s", OUT_SECS, "how long the system took for it", true },
	[COL_ERROR] = { "error", OUT_STR, "why there is no answer", true },
};

const struct command_view resolve_bulk_view = { "--file", cols, ARRAY_SIZE(cols) };

/* What is kept of an answer. */
struct answer {
	const char *status;
	struct err *err; /* NULL if there are addresses */
	uint64_t took_ns;
	char *canonname;
	struct buf text; /* N addresses, each with a NUL; in the own forms, what is printed */
	size_t n;
	uint16_t port;
};

/* What all look-ups share. */
struct batch {
	struct resolve *r;
	struct workers *workers;
	size_t most;     /* look-ups under way */
	struct buf text; /* of a line that is printed */
	bool left;       /* a thread still has a look-up */

	enum out_format format; /* the threads read no more than this */
	struct gai_hints hints;
	bool canonname;
};

/* A look-up that is under way.  A thread may have it for longer than the batch is there. */
struct look {
	struct workers_job job; /* first: a look is found by it */
	const struct batch *batch;
	struct memo_entry *e;
	struct answer *answer;
	size_t key_len;
	char key[];
};

/* The name and the service in the key that resolve_parse() has made. */
static struct resolve_query query_of(const char *key, size_t len)
{
	struct resolve_query q = { .name = key };
	size_t n = strlen(key) + 1;

	if (n < len)
		q.service = key + n;
	return q;
}

static void put_address(struct buf *b, const struct batch *batch, const struct sa *sa, bool port)
{
	char text[SA_STRLEN];

	switch (batch->format) {
	case OUT_CLASSIC:
		buf_printf(b, "%s\n", sa_format(sa, text));
		break;
	case OUT_PLAIN:
		buf_addc(b, ' ');
		buf_adds(b, port ? sa_format(sa, text) : sa_format_host(sa, text));
		break;
	default:
		sa_add_host(b, sa);
		buf_addc(b, '\0');
	}
}

static void fill(struct answer *a, const struct look *look, const struct gai_rows *rows)
{
	const struct resolve_query q = query_of(look->key, look->key_len);
	bool port = resolve_or_none(q.service);

	a->status = "ok";
	for (size_t i = 0; i < rows->n; i++) {
		if (look->batch->format != OUT_CLASSIC && gai_is_repeated(rows, i))
			continue;
		put_address(&a->text, look->batch, &rows->v[i].sa, port);
		a->n++;
	}
	if (port && rows->n)
		a->port = sa_port(&rows->v[0].sa);
	if (look->batch->canonname && rows->n && rows->v[0].canonname)
		a->canonname = xstrdup(rows->v[0].canonname);
}

/* Called by a thread. */
static void run(struct workers_job *job)
{
	struct look *look = (struct look *)job;
	const struct resolve_query q = query_of(look->key, look->key_len);
	struct answer *a = xcalloc(1, sizeof(*a));
	struct gai_hints hints = look->batch->hints;
	const char *service = resolve_or_none(q.service);
	struct gai_rows rows = { 0 };
	uint64_t began = clock_now_ns();
	struct err err;

	/* The addresses are the same for each type of socket: one has a third of the rows. */
	if (!service && !hints.socktype && !hints.protocol)
		hints.socktype = SOCK_STREAM;
	if (gai_lookup(&rows, resolve_or_none(q.name), service, &hints, &err) < 0) {
		a->status = gai_code_status(err.code);
		a->err = xmalloc(sizeof(*a->err));
		*a->err = err;
	} else {
		fill(a, look, &rows);
	}
	a->took_ns = clock_now_ns() - began;
	gai_fini(&rows);
	look->answer = a;
}

static bool skip(void *owner, const struct cli_operand *line)
{
	const struct batch *batch = owner;

	return dnsrun_had(&batch->r->dns, line);
}

static int key(void *owner, const struct cli_operand *line, struct buf *key, struct err *err)
{
	const struct batch *batch = owner;
	struct resolve_query q;

	return resolve_parse(&q, key, batch->r, line, err);
}

static int ask(void *owner, struct memo_entry *e, struct err *err)
{
	struct batch *batch = owner;
	struct look *look = xmalloc(sizeof(*look) + e->key_len + 1U);

	*look = (struct look){ .job.run = run, .batch = batch, .e = e, .key_len = e->key_len };
	memcpy(look->key, e->key, e->key_len + 1U);
	e->answer = look;
	return workers_add(batch->workers, &look->job, err);
}

static bool full(void *owner)
{
	const struct batch *batch = owner;

	return workers_busy(batch->workers) >= batch->most;
}

static int wait(void *owner, int fd, bool poll, struct err *err)
{
	struct batch *batch = owner;
	struct pollfd fds[] = {
		{ .fd = workers_fd(batch->workers), .events = POLLIN },
		{ .fd = fd, .events = POLLIN },
	};
	struct look *look;

	(void)err;
	if (!poll)
		cli_poll(fds, ARRAY_SIZE(fds), UINT64_MAX);
	while ((look = (struct look *)workers_done(batch->workers))) {
		struct memo_entry *e = look->e;

		e->answer = look->answer;
		free(look);
		bulk_done(e);
	}
	return 0;
}

/* A look-up that is not done is left to its thread. */
static void forget(void *owner, struct memo_entry *e)
{
	struct answer *a = e->done ? e->answer : NULL;

	(void)owner;
	if (!a)
		return;
	free(a->err);
	free(a->canonname);
	buf_fini(&a->text);
	free(a);
}

/* "NAME ADDRESS..."; the lecture has a line for each row and no name. */
static int print_text(struct batch *batch, const struct memo_entry *e, const struct answer *a)
{
	struct buf *b = &batch->text;

	b->len = 0;
	if (batch->format == OUT_PLAIN)
		str_safe(b, e->key, strlen(e->key));
	buf_add(b, a->text.data, a->text.len);
	if (batch->format == OUT_PLAIN)
		buf_addc(b, '\n');
	return out_text(batch->r->o, b->data, b->len, &batch->r->cli->err);
}

static void set_answer(struct out *o, const struct memo_entry *e, const struct answer *a)
{
	const struct resolve_query q = query_of(e->key, e->key_len);
	const char *address = a->text.data;

	out_str(o, COL_NAME, q.name);
	out_str(o, COL_SERVICE, q.service);
	out_str(o, COL_STATUS, a->status);
	out_list(o, COL_ADDRESSES);
	for (size_t i = 0; i < a->n; i++) {
		out_item(o, COL_ADDRESSES, address);
		address += strlen(address) + 1;
	}
	if (a->n && resolve_or_none(q.service))
		out_uint(o, COL_PORT, a->port);
	out_str(o, COL_CANONNAME, a->canonname);
	out_ns(o, COL_TIME, a->took_ns);
}

/* A line without an answer: a complaint, and a record in all but the own forms. */
static int print_failed(struct batch *batch, const struct cli_operand *line, struct err *why)
{
	struct out *o = batch->r->o;
	struct cli *cli = batch->r->cli;

	dnsrun_count(&batch->r->dns, why->kind);
	out_str(o, COL_ERROR, why->text);
	cli_complain_at(cli, line, why);
	if (!out_is_text(o))
		return out_row(o, &cli->err);
	out_drop(o);
	return 0;
}

static int print(void *owner, const struct cli_operand *line, const struct memo_entry *e,
		 struct err *why)
{
	struct batch *batch = owner;
	struct out *o = batch->r->o;
	const struct answer *a = e ? e->answer : NULL;
	struct err err;

	if (a && !a->err)
		dnsrun_count(&batch->r->dns, ERR_NONE);
	if (a && !a->err && out_is_text(o))
		return print_text(batch, e, a);
	out_bytes(o, COL_INPUT, line->text, line->len);
	if (!a) {
		out_str(o, COL_STATUS, "invalid");
		return print_failed(batch, line, why);
	}
	set_answer(o, e, a);
	if (!a->err)
		return out_row(o, &batch->r->cli->err);
	err = *a->err;
	return print_failed(batch, line, &err);
}

static int next(void *owner, struct cli_operand *operand, struct err *err UNUSED)
{
	return resolve_next_pair(((struct batch *)owner)->r, operand);
}

static int run_batch(struct batch *batch)
{
	struct resolve *r = batch->r;
	const struct bulk_ops ops = {
		.skip = r->opt->dns.resume ? skip : NULL,
		.key = key,
		.ask = ask,
		.full = full,
		.wait = wait,
		.print = print,
		.forget = forget,
	};
	const struct bulk_config config = {
		.ops = &ops,
		.owner = batch,
		.file = r->opt->bulk.file ? r->opt->bulk.file : "-",
		.next = r->pairs ? next : NULL,
		.unordered = r->opt->bulk.unordered,
	};
	int rc;

	if (r->opt->dns.resume && dnsrun_resume(&r->dns) < 0)
		return -1;
	rc = bulk_run(r->cli, &config);
	batch->left = workers_busy(batch->workers) != 0;
	workers_free(batch->workers);
	buf_fini(&batch->text);
	return rc;
}

int resolve_bulk(struct resolve *r, int argc, char **argv)
{
	unsigned threads = r->opt->bulk.threads ? r->opt->bulk.threads : BULK_THREADS;
	int nfile = r->opt->bulk.file ? 0 : 1, rc;
	struct batch *batch;

	if (!r->pairs && cli_want(r->cli, argc, argv, nfile, nfile + 1) < 0)
		return -1;
	r->service = !r->pairs && argc > nfile ? argv[nfile] : NULL;
	r->o = cli_out_view(r->cli, &resolve_bulk_view, true);
	if (!r->o)
		return -1;
	batch = xcalloc(1, sizeof(*batch));
	batch->r = r;
	batch->most = (size_t)threads * AHEAD;
	batch->format = out_format(r->o);
	batch->hints = r->hints;
	batch->canonname = r->canonname;
	batch->workers = workers_new(threads, &r->cli->err);
	rc = batch->workers ? run_batch(batch) : -1;
	/* After a signal a thread may still be in its call. */
	if (!batch->left)
		free(batch);
	return rc;
}
