/* SPDX-License-Identifier: MIT */
/* rresolve_bulk.c - many addresses looked up side by side, by the system or of the DNS */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/compat.h"
#include "base/str.h"
#include "cmd/rresolve_impl.h"
#include "ev/workers.h"

enum {
	THREADS = 16,
	JOBS_A_THREAD = 4, /* that wait, so that none is idle */
	PORTS = 65536,
};

struct bulk_state {
	struct rresolve *r;
	struct rresolve_operands operands;
	struct workers *workers;
	const sigset_t *mask;
	unsigned threads;
	char **services; /* of the DNS mode: by port, those that were looked up */
};

/* A look-up of the system, which a thread makes. */
struct job {
	struct workers_job work;
	struct memo_entry *e;
	struct sa sa;
	int flags;
	bool fcrdns;
	struct rresolve_answer answer;
};

static int parse(const struct bulk_state *b, struct rresolve_query *q,
		 const struct cli_operand *line, struct err *err)
{
	return rresolve_parse(q, b->r, line, true, err);
}

/* The key of all lines that --resume leaves out; that of a question is longer. */
static bool is_left_out(const struct memo_entry *e)
{
	return e->key_len == 1;
}

/*
 * --resume: the record of LINE is there already.  Lines of text have no input but the address,
 * and so do not tell ports apart.
 */
static bool had(const struct bulk_state *b, const struct cli_operand *line)
{
	struct cli_operand address;
	struct rresolve_query q;
	char text[SA_STRLEN];
	struct err err;

	if (!b->r->opt->dns.resume)
		return false;
	if (!out_is_text(b->r->o) || parse(b, &q, line, &err) < 0 || q.ep.has_port)
		return dnsrun_had(&b->r->dns, line);
	address = (struct cli_operand){ .text = sa_format_host(&q.sa, text) };
	address.len = strlen(address.text);
	return dnsrun_had(&b->r->dns, &address);
}

static int key(void *owner, const struct cli_operand *line, struct buf *key, struct err *err)
{
	struct bulk_state *b = owner;
	struct rresolve_query q;

	if (had(b, line)) {
		buf_addc(key, '-');
		return 0;
	}
	if (b->operands.failed) {
		b->operands.failed = false;
		*err = b->operands.err;
		return -1;
	}
	if (parse(b, &q, line, err) < 0)
		return -1;
	if (b->r->dns.wanted && q.ep.kind == ENDPOINT_UNIX)
		return err_set(err, ERR_USAGE, "the DNS has no names of UNIX addresses");
	if (b->r->dns.wanted) {
		buf_addc(key, (char)q.ep.ip.family);
		buf_add(key, q.ep.ip.b, ip_size(&q.ep.ip));
		return 0;
	}
	buf_addc(key, q.ep.has_port);
	buf_add(key, &q.sa.u, q.sa.len);
	return 0;
}

/* The DNS */

static void answered(void *user)
{
	bulk_done(user);
}

static int ask_dns(void *owner, struct memo_entry *e, struct err *err)
{
	struct bulk_state *b = owner;
	struct ip ip = { .family = (uint8_t)e->key[0] };
	struct rresolve_answer *a;

	(void)err;
	if (is_left_out(e)) {
		bulk_done(e);
		return 0;
	}
	a = xmalloc(sizeof(*a));
	memcpy(ip.b, e->key + 1, ip_size(&ip));
	e->answer = a;
	rresolve_dns(b->r, a, &ip, answered, e);
	return 0;
}

static bool full_dns(void *owner)
{
	struct bulk_state *b = owner;

	return dnsrun_full(&b->r->dns);
}

static int wait_dns(void *owner, int fd, bool poll, struct err *err)
{
	struct bulk_state *b = owner;

	return dnsrun_wait(&b->r->dns, fd, poll, err);
}

/* The system */

static void run_job(struct workers_job *work)
{
	struct job *job = (struct job *)work;

	rresolve_system(&job->answer, &job->sa, job->flags, job->fcrdns);
}

static int ask_system(void *owner, struct memo_entry *e, struct err *err)
{
	struct bulk_state *b = owner;
	struct job *job;

	if (is_left_out(e)) {
		bulk_done(e);
		return 0;
	}
	job = xcalloc(1, sizeof(*job));
	job->work.run = run_job;
	job->e = e;
	sa_from_raw(&job->sa, e->key + 1, (socklen_t)(e->key_len - 1));
	job->fcrdns = b->r->opt->fcrdns;
	job->flags = b->r->flags;
	if (!e->key[0] && out_format(b->r->o) != OUT_CLASSIC)
		job->flags |= NI_NUMERICSERV;
	if (workers_add(b->workers, &job->work, err) == 0)
		return 0;
	free(job);
	return -1;
}

static bool full_system(void *owner)
{
	struct bulk_state *b = owner;

	return workers_busy(b->workers) >= (size_t)b->threads * JOBS_A_THREAD;
}

static void take_done(struct bulk_state *b)
{
	struct workers_job *work;

	while ((work = workers_done(b->workers)) != NULL) {
		struct job *job = (struct job *)work;
		struct rresolve_answer *a = xmalloc(sizeof(*a));

		*a = job->answer;
		job->e->answer = a;
		bulk_done(job->e);
		free(job);
	}
}

static int wait_system(void *owner, int fd, bool poll, struct err *err)
{
	struct bulk_state *b = owner;
	struct pollfd io[] = {
		{ .fd = workers_fd(b->workers), .events = POLLIN },
		{ .fd = fd, .events = POLLIN },
	};

	if (compat_ppoll(io, ARRAY_SIZE(io), poll ? 0 : -1, b->mask) < 0 && errno != EINTR)
		return err_sys(err, "wait for answers");
	take_done(b);
	return 0;
}

/* Both */

/* The service at PORT, which the DNS does not know. */
static char *service_of(struct bulk_state *b, uint16_t port)
{
	const struct ip any = { .family = 4 };
	struct rresolve_answer a;
	struct sa sa;

	if (!b->services)
		b->services = xcalloc(PORTS, sizeof(*b->services));
	if (!b->services[port]) {
		sa_from_ip(&sa, &any, port);
		rresolve_system(&a, &sa, b->r->flags | NI_NUMERICHOST, false);
		b->services[port] = xstrdup(a.service ? a.service : "");
		rresolve_answer_fini(&a);
	}
	return b->services[port];
}

static int print(void *owner, const struct cli_operand *line, const struct memo_entry *e,
		 struct err *why)
{
	struct bulk_state *b = owner;
	struct rresolve_answer a;
	struct rresolve_query q;
	struct err err;
	int rc;

	if (e && is_left_out(e))
		return 0;
	rc = parse(b, &q, line, &err);
	if (!e)
		return rresolve_refuse(b->r, &q, line, why);
	if (rc < 0)
		return rresolve_refuse(b->r, &q, line, &err);
	a = *(const struct rresolve_answer *)e->answer;
	if (b->r->dns.wanted && q.ep.has_port)
		a.service = service_of(b, q.ep.port);
	return rresolve_print(b->r, &q, line, &a);
}

static void forget(void *owner, struct memo_entry *e)
{
	struct rresolve_answer *a = e->answer;

	(void)owner;
	if (!a)
		return;
	rresolve_look_free(a->look);
	rresolve_answer_fini(a);
	free(a);
}

static int next(void *owner, struct cli_operand *operand, struct err *err)
{
	struct bulk_state *b = owner;

	(void)err;
	return rresolve_operands_next(&b->operands, operand);
}

static const struct bulk_ops dns_ops = { key, ask_dns, full_dns, wait_dns, print, forget };
static const struct bulk_ops system_ops = {
	key, ask_system, full_system, wait_system, print, forget,
};

static void fini(struct bulk_state *b)
{
	if (b->workers) {
		/* After a signal some may be left. */
		for (struct workers_job *work; (work = workers_done(b->workers)) != NULL;) {
			struct job *job = (struct job *)work;

			rresolve_answer_fini(&job->answer);
			free(job);
		}
		workers_free(b->workers);
	}
	for (size_t i = 0; b->services && i < PORTS; i++)
		free(b->services[i]);
	free(b->services);
	buf_fini(&b->operands.text);
}

int rresolve_bulk(struct rresolve *r, const char *file, int argc, char **argv)
{
	const struct rresolve_options *opt = r->opt;
	struct bulk_state b = {
		.r = r,
		.operands = { .r = r, .argc = argc, .argv = argv },
		.threads = opt->bulk.threads ? opt->bulk.threads : THREADS,
	};
	struct bulk_config config = {
		.ops = r->dns.wanted ? &dns_ops : &system_ops,
		.owner = &b,
		.file = file,
		.next = file ? NULL : next,
		.unordered = opt->bulk.unordered,
	};
	int rc;

	if (!r->dns.wanted) {
		b.mask = cli_hold_signals();
		b.workers = workers_new(b.threads, &r->cli->err);
		if (!b.workers)
			return -1;
	}
	rc = bulk_run(r->cli, &config);
	fini(&b);
	return rc;
}
