/* SPDX-License-Identifier: MIT */
/* resolve_probe.c - --probe: which of the addresses can be connected to, and how fast */
#include <string.h>

#include "base/clock.h"
#include "cmd/resolve_impl.h"
#include "dns/probe.h"

enum {
	TIMEOUT_S = 10,
};

enum {
	COL_NAME,
	COL_SERVICE,
	COL_ADDRESS,
	COL_PORT,
	COL_FAMILY,
	COL_STATUS,
	COL_WINNER,
	COL_START,
	COL_TIME,
	COL_LOCAL,
	COL_ERRNO,
	COL_ERROR,
};

static const struct out_col cols[] = {
	[COL_NAME] = { "name", OUT_STR, "the name that was asked for", true },
	[COL_SERVICE] = { "service", OUT_STR, "the service that was asked for", true },
	[COL_ADDRESS] = { "address", OUT_STR, "an address of it, with its zone", false },
	[COL_PORT] = { "port", OUT_INT, "the service's port", false },
	[COL_FAMILY] = { "family", OUT_STR, "ipv4 or ipv6", true },
	[COL_STATUS] = { "status", OUT_STR, "connected, failed, timeout, abandoned, untried",
			 false },
	[COL_WINNER] = { "winner", OUT_BOOL, "it was connected first", false },
	[COL_START] = { "start_s", OUT_SECS, "when it was tried, from the first one on", false },
	[COL_TIME] = { "time_s", OUT_SECS, "how long that took", false },
	[COL_LOCAL] = { "local", OUT_STR, "the address that the kernel connects from", false },
	[COL_ERRNO] = { "errno", OUT_STR, "the name of the error, ECONNREFUSED", false },
	[COL_ERROR] = { "error", OUT_STR, "its words", true },
};

const struct command_view resolve_probe_view = { "--probe", cols, ARRAY_SIZE(cols) };

static void set_address(struct out *o, unsigned col, const struct sa *sa)
{
	struct buf b = { 0 };

	sa_add_host(&b, sa);
	out_bytes(o, col, b.data, b.len);
	buf_fini(&b);
}

static int print_try(struct resolve *r, const char *name, const struct probe_try *t)
{
	struct out *o = r->o;

	out_str(o, COL_NAME, name);
	out_str(o, COL_SERVICE, r->service);
	set_address(o, COL_ADDRESS, &t->sa);
	out_uint(o, COL_PORT, sa_port(&t->sa));
	out_str(o, COL_FAMILY, t->sa.u.sa.sa_family == AF_INET ? "ipv4" : "ipv6");
	out_str(o, COL_STATUS, probe_status_word(t->status));
	out_bool(o, COL_WINNER, t->winner);
	if (t->status != PROBE_UNTRIED) {
		out_ns(o, COL_START, t->start_ns);
		out_ns(o, COL_TIME, t->took_ns);
	}
	if (t->local.len)
		set_address(o, COL_LOCAL, &t->local);
	if (t->status == PROBE_FAILED) {
		out_str(o, COL_ERRNO, err_code_name(t->code));
		out_str(o, COL_ERROR, strerror(t->code));
	}
	return out_row(o, &r->cli->err);
}

/* The addresses of NAME, each once. */
static int look_up(struct resolve *r, const char *name, struct probe_tries *tries)
{
	struct gai_hints hints = r->hints;
	struct gai_rows rows = { 0 };
	int rc;

	hints.socktype = SOCK_STREAM;
	hints.protocol = IPPROTO_TCP;
	if (cli_block_begin(r->cli, r->o) < 0)
		return -1;
	rc = gai_lookup(&rows, resolve_or_none(name), r->service, &hints, &r->cli->err);
	cli_block_end();
	for (size_t i = 0; rc == 0 && i < rows.n; i++)
		if (!gai_is_repeated(&rows, i))
			*vec_push(tries) = (struct probe_try){ .sa = rows.v[i].sa };
	gai_fini(&rows);
	return rc;
}

static int race(struct resolve *r, const char *name, struct probe_tries *tries)
{
	const struct resolve_options *opt = r->opt;
	const struct probe_config config = {
		.all = opt->probe == RESOLVE_PROBE_ALL,
		.stagger_ns = opt->stagger_ns == RESOLVE_UNSET ? PROBE_STAGGER_NS : opt->stagger_ns,
		.timeout_ns = opt->dns.timeout_ns ? opt->dns.timeout_ns : TIMEOUT_S * CLOCK_S,
		.mask = cli_hold_signals(),
		.stopped = cli_interrupted,
	};
	bool any = false;

	if (!config.all)
		probe_interleave(tries);
	if (probe_run(tries, &config, &r->cli->err) < 0)
		return -1;
	for (size_t i = 0; i < tries->n; i++) {
		any |= tries->v[i].winner;
		if (print_try(r, name, &tries->v[i]) < 0)
			return -1;
	}
	if (!any)
		cli_status(r->cli, ERR_NEGATIVE);
	return 0;
}

static int check(const struct resolve *r, int argc, char **argv)
{
	struct cli *cli = r->cli;
	struct err *err = &cli->err;

	if (cli_want(cli, argc, argv, 1, 2) < 0)
		return -1;
	cli->misused = true;
	if (strcmp(argv[0], "-") == 0)
		return err_set(err, ERR_USAGE, "--probe takes one NAME, not a list");
	if (argc < 2 || !resolve_or_none(argv[1]))
		return err_set(err, ERR_USAGE, "--probe needs a SERVICE, the port to connect to");
	if (!*argv[0] || !*argv[1])
		return err_set(err, ERR_USAGE, "the %s is empty", *argv[0] ? "service" : "name");
	if ((r->hints.socktype && r->hints.socktype != SOCK_STREAM) ||
	    (r->hints.protocol && r->hints.protocol != IPPROTO_TCP))
		return err_set(err, ERR_USAGE, "--probe connects by TCP alone");
	cli->misused = false;
	return 0;
}

int resolve_probe(struct resolve *r, int argc, char **argv)
{
	struct probe_tries tries = { 0 };
	int rc;

	if (check(r, argc, argv) < 0)
		return -1;
	r->service = argv[1];
	r->o = cli_out_view(r->cli, &resolve_probe_view, false);
	if (!r->o)
		return -1;
	rc = look_up(r, argv[0], &tries);
	if (rc == 0) {
		rc = race(r, argv[0], &tries);
	} else {
		const struct cli_operand operand = { .text = argv[0], .len = strlen(argv[0]) };
		struct err err = r->cli->err;

		r->cli->err = (struct err){ .kind = ERR_NONE };
		out_str(r->o, COL_NAME, argv[0]);
		out_str(r->o, COL_SERVICE, r->service);
		rc = cli_refuse(r->cli, r->o, COL_ERROR, &operand, &err);
	}
	vec_fini(&tries);
	return rc;
}
