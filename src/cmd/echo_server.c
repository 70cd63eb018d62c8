/* SPDX-License-Identifier: MIT */
/*
 * echo_server.c - netipc echo-server: the lecture's TCP echo server, and UDP and UNIX
 *
 * Its lines are the lecture's, "connected from" and "disconnected from", after one
 * "ready" line a listener for the scripts that wait for it.
 */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "cmd/commands.h"
#include "cmd/target.h"
#include "echo/server.h"

struct echo_server_options {
	bool udp, only4, only6, quiet;
	const char *path;
	unsigned backlog;
	uint64_t drain_ns;
};

static const struct opt echo_server_opts[] = {
	OPT_GROUP("Listening"),
	OPT_BOOL('u', "udp", echo_server_options, udp, "UDP instead of TCP"),
	OPT_STR('U', "unix", "PATH", echo_server_options, path,
		"a UNIX stream socket at PATH, or @NAME"),
	OPT_BOOL('4', "ipv4", echo_server_options, only4, "IPv4 only"),
	OPT_BOOL('6', "ipv6", echo_server_options, only6, "IPv6 only"),
	OPT_UINT('b', "backlog", "N", echo_server_options, backlog, 0, 65535,
		 "connections that may wait to be taken"),
	OPT_DURATION(0, "drain", "TIME", echo_server_options, drain_ns,
		     "at the end, wait so long for clients [10s]"),
	OPT_BOOL('q', "quiet", echo_server_options, quiet, "print only the ready line"),
	OPT_END,
};

enum {
	LAST_WAIT_MS = 1000, /* for room on standard error at the end */
};

enum {
	COL_EVENT,
	COL_ADDRESS,
	COL_PEER,
	COL_BYTES,
	COL_ERROR,
};

static const struct out_col echo_server_cols[] = {
	[COL_EVENT] = { "event", OUT_STR, "ready, connected or disconnected", false },
	[COL_ADDRESS] = { "address", OUT_STR, "the server's own address", false },
	[COL_PEER] = { "peer", OUT_STR, "the client's address", false },
	[COL_BYTES] = { "echoed_bytes", OUT_INT, "returned on the connection", false },
	[COL_ERROR] = { "error", OUT_STR, "why the connection was cut off", false },
};

/* The running server. */
struct service {
	struct cli *cli;
	const struct echo_server_options *opt;
	struct out *o;
	bool deaf; /* the records cannot be written: none is tried any more */
	bool told; /* that lines are left out */
	uint64_t left_out;
};

/*
 * FP takes a line without making us wait longer than that: a line is shorter than PIPE_BUF,
 * so a pipe with room has room for one.  O_NONBLOCK would also be set for whoever else has
 * the same open file.  An error is left to the write, which can tell it.
 */
static bool takes_line(FILE *fp, int timeout_ms)
{
	struct pollfd io = { .fd = fileno(fp), .events = POLLOUT };

	return poll(&io, 1, timeout_ms) != 0;
}

/* One record, at once. */
static int print(struct service *v, const char *event, const char *line, const struct sa *address,
		 const struct echo_event *e, struct err *err)
{
	char text[SA_STRLEN], *plain;
	int rc;

	if (out_is_text(v->o)) {
		plain = xasprintf("%s %s\n", line, sa_format(e ? e->peer : address, text));
		rc = out_text(v->o, plain, strlen(plain), err);
		free(plain);
	} else {
		out_str(v->o, COL_EVENT, event);
		target_column(v->o, COL_ADDRESS, address);
		if (e) {
			target_column(v->o, COL_PEER, e->peer);
			out_str(v->o, COL_ERROR, e->error);
		}
		if (e && e->kind == ECHO_DISCONNECTED)
			out_uint(v->o, COL_BYTES, e->bytes);
		rc = out_row(v->o, err);
	}
	return rc < 0 ? -1 : out_flush(v->o, err);
}

/* Whoever reads the lines may stop to: an event is left out then, and the clients are served. */
static bool can_print(struct service *v)
{
	if (takes_line(v->cli->out, 0))
		return true;
	v->left_out++;
	if (!v->told && takes_line(v->cli->errors, 0)) {
		v->told = true;
		cli_note(v->cli, "standard output is not read: event lines are left out");
	}
	return false;
}

static void on_event(void *ctx, const struct echo_event *e)
{
	struct service *v = ctx;
	bool begins = e->kind == ECHO_CONNECTED;
	char text[SA_STRLEN];
	struct err err;

	if (e->kind == ECHO_CROWDED) {
		if (takes_line(v->cli->errors, 0))
			cli_note(v->cli, "%s: new connections cannot be served now: %s",
				 sa_format(e->address, text), e->error);
		return;
	}
	if (v->opt->quiet || v->deaf || !can_print(v))
		return;
	/* Whoever reads the lines may go; the clients are served on. */
	if (print(v, begins ? "connected" : "disconnected",
		  begins ? "connected from" : "disconnected from", e->address, e, &err) < 0) {
		v->deaf = true;
		cli_status(v->cli, err.kind);
		if (takes_line(v->cli->errors, 0))
			cli_complain(v->cli, &err);
	}
}

static bool should_stop(void *ctx UNUSED)
{
	return cli_interrupted();
}

/* Appends "1 connection", "2 connections". */
static void put_count(struct buf *b, uint64_t n, const char *what)
{
	buf_printf(b, "%s%llu %s%s", b->len ? ", " : "", (unsigned long long)n, what,
		   n == 1 ? "" : "s");
}

/* What it did, as the last thing. */
static void print_counters(struct service *v, const struct echo_counters *c)
{
	struct buf b = { 0 };

	if (!takes_line(v->cli->errors, LAST_WAIT_MS))
		return;
	if (v->opt->udp)
		put_count(&b, c->datagrams, "datagram");
	else
		put_count(&b, c->connections, "connection");
	put_count(&b, c->bytes, "byte");
	buf_adds(&b, " echoed");
	if (c->failed)
		buf_printf(&b, ", %llu cut off", (unsigned long long)c->failed);
	if (c->refused)
		buf_printf(&b, ", %llu turned away", (unsigned long long)c->refused);
	if (c->unanswered)
		buf_printf(&b, ", %llu not answered", (unsigned long long)c->unanswered);
	if (c->dropped)
		buf_printf(&b, ", %llu dropped", (unsigned long long)c->dropped);
	if (v->left_out) {
		put_count(&b, v->left_out, "line");
		buf_adds(&b, " left out");
	}
	cli_note(v->cli, "%s", buf_str(&b));
	buf_fini(&b);
}

static int serve(struct service *v, const struct targets *targets)
{
	const struct echo_server_options *opt = v->opt;
	const struct echo_server_config config = {
		.backlog = opt->backlog,
		.v6only = opt->only6 && !opt->only4,
		.drain_ns = opt->drain_ns,
		.mask = cli_hold_signals(),
		.stop = should_stop,
		.event = on_event,
		.ctx = v,
	};
	struct err *err = &v->cli->err;
	struct echo_server *s = echo_server_new(&config, err);
	const struct sa *address;
	int rc = -1;

	if (!s || echo_server_listen(s, opt->udp ? SOCK_DGRAM : SOCK_STREAM, targets->v, targets->n,
				     err) < 0)
		goto out;
	for (size_t i = 0; (address = echo_server_address(s, i)); i++)
		if (print(v, "ready", "ready", address, NULL, err) < 0)
			goto out;
	rc = echo_server_run(s, err);
	if (!opt->quiet)
		print_counters(v, echo_server_counters(s));
out:
	echo_server_free(s);
	return rc;
}

/* Where to listen, as the operand or --unix says. */
static int find_targets(struct service *v, struct targets *targets, int argc, char **argv)
{
	const struct echo_server_options *opt = v->opt;
	struct cli *cli = v->cli;
	struct target what = {
		.type = opt->udp ? SOCK_DGRAM : SOCK_STREAM,
		.only4 = opt->only4,
		.only6 = opt->only6,
	};
	char *host = NULL, *service = NULL;
	int rc;

	if (opt->path && opt->udp) {
		cli->misused = true;
		return err_set(&cli->err, ERR_USAGE, "--unix and --udp exclude each other");
	}
	if (cli_want(cli, argc, argv, opt->path ? 0 : 1, opt->path ? 0 : 1) < 0)
		return -1;
	if (opt->path)
		return target_unix(targets, opt->path, &cli->err);
	rc = target_split(argv[0], &host, &service, &cli->err);
	what.host = host;
	what.service = service;
	if (rc == 0)
		rc = target_resolve(targets, &what, cli, v->o, &cli->err);
	free(host);
	free(service);
	return rc;
}

static int run_server(struct cli *cli, const void *options, int argc, char **argv)
{
	struct service v = { .cli = cli, .opt = options };
	struct targets targets = { 0 };
	struct err err;
	int rc;

	signal(SIGPIPE, SIG_IGN); /* a reader of the lines that goes is an error, not an end */
	v.o = cli_out(cli, true);
	if (!v.o)
		return -1;
	rc = find_targets(&v, &targets, argc, argv);
	if (rc == 0)
		rc = serve(&v, &targets);
	vec_fini(&targets);
	if (out_close(v.o, v.deaf || rc < 0 ? &err : &cli->err) < 0 && !v.deaf)
		rc = -1;
	return rc;
}

static void echo_server_defaults(void *options)
{
	struct echo_server_options *opt = options;

	opt->backlog = SOMAXCONN;
	opt->drain_ns = 10 * CLOCK_S;
}

const struct command cmd_echo_server = {
	.name = "echo-server",
	.summary = "return every byte that clients send",
	.operands = "[HOST:]PORT | --unix=PATH",
	.opts = echo_server_opts,
	.cols = echo_server_cols,
	.ncols = ARRAY_SIZE(echo_server_cols),
	.size = sizeof(struct echo_server_options),
	.flags = COMMAND_RECORDS | COMMAND_CLASSIC | COMMAND_SERVER,
	.defaults = echo_server_defaults,
	.run = run_server,
};
