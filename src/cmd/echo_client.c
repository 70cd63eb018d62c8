/* SPDX-License-Identifier: MIT */
/*
 * echo_client.c - netipc echo-client: sends standard input to an echo service and looks
 * whether all of it comes back
 */
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "cmd/commands.h"
#include "cmd/echo_client_impl.h"
#include "echo/client.h"

static const struct opt echo_client_opts[] = {
	OPT_GROUP("What is done, if not the pipe"),
	OPT_BITS(0, "ping", echo_client_options, modes, ECHO_PING,
		 "one probe after the other, each one's time"),
	OPT_BITS(0, "load", echo_client_options, modes, ECHO_LOAD,
		 "many messages, on -n connections"),
	OPT_BITS(0, "bulk", echo_client_options, modes, ECHO_BULK, "streams as fast as they go"),
	OPT_BITS(0, "churn", echo_client_options, modes, ECHO_CHURN,
		 "connect, one message, close, again"),
	OPT_BITS(0, "check", echo_client_options, modes, ECHO_CHECK,
		 "look what is wrong with the server"),
	OPT_BITS(0, "flags", echo_client_options, modes, ECHO_FLAGS,
		 "show the flags of send(2) and recv(2)"),
	OPT_BITS(0, "merge", echo_client_options, modes, ECHO_MERGE,
		 "print as one what several have saved"),
	OPT_GROUP("Measuring"),
	OPT_UINT('c', "count", "N", echo_client_options, count, 1, UINT32_MAX,
		 "end after N probes or messages"),
	OPT_DURATION('d', "duration", "TIME", echo_client_options, duration_ns,
		     "end after TIME [5s with --load]"),
	OPT_DURATION('i', "interval", "TIME", echo_client_options, interval_ns,
		     "between probes [1s]; between reports"),
	OPT_STR('s', "size", "SIZE", echo_client_options, size,
		"bytes of a message, or FROM-TO [64]"),
	OPT_UINT('n', "connections", "N", echo_client_options, connections, 1, 1000000,
		 "connections at a time [1]"),
	OPT_UINT('p', "pipeline", "N", echo_client_options, pipeline, 1, 65536,
		 "messages on their way on each [1]"),
	OPT_UINT('T', "threads", "N", echo_client_options, threads, 1, 1024, "threads [1]"),
	OPT_UINT('r', "rate", "N", echo_client_options, rate, 1, 1000000000,
		 "N messages a second, whether any return or not"),
	OPT_BOOL(0, "connect", echo_client_options, connect,
		 "with --ping, a connection for each probe"),
	OPT_BOOL(0, "timestamping", echo_client_options, timestamping,
		 "with --ping, the kernel's times of packets"),
	OPT_BOOL(0, "histogram", echo_client_options, histogram, "draw how long they took"),
	OPT_BOOL(0, "live", echo_client_options, live, "draw how it goes, on a terminal"),
	OPT_FILE(0, "hdr", "FILE", echo_client_options, hdr,
		 "write that for HdrHistogram's plotters"),
	OPT_FILE(0, "metrics", "FILE", echo_client_options, metrics,
		 "write the counts to FILE, in Prometheus' form"),
	OPT_FILE(0, "save", "FILE", echo_client_options, save,
		 "write all of the result to FILE, for --merge"),
	OPT_UINT(0, "seed", "N", echo_client_options, seed, 1, UINT32_MAX,
		 "make the bytes from N, each time the same"),
	OPT_DURATION(0, "busy-poll", "TIME", echo_client_options, busy_poll_ns,
		     "look for so long before sleeping"),
	OPT_BOOL('q', "quiet", echo_client_options, quiet, "with --ping, the summary only"),
	OPT_GROUP("Connection"),
	OPT_BOOL('u', "udp", echo_client_options, udp, "UDP instead of TCP: each line a datagram"),
	OPT_STR('U', "unix", "PATH", echo_client_options, path,
		"the UNIX socket at PATH, or @NAME"),
	OPT_BOOL(0, "seqpacket", echo_client_options, seqpacket,
		 "records on the UNIX socket: SOCK_SEQPACKET"),
	OPT_BOOL(0, "dgram", echo_client_options, dgram, "datagrams on the UNIX socket"),
	OPT_BOOL('4', "ipv4", echo_client_options, only4, "IPv4 only"),
	OPT_BOOL('6', "ipv6", echo_client_options, only6, "IPv6 only"),
	OPT_STR(0, "bind", "ADDRESS", echo_client_options, bind,
		"send from ADDRESS, or ADDRESS:PORT"),
	OPT_STR(0, "tos", "TOS", echo_client_options, tos,
		"mark packets: a DSCP such as EF, or a number"),
	OPT_STRS_WORDS(0, "sockopt", "NAME=VALUE", echo_client_options, sockopts,
		       "set a socket option; may be repeated", sockset_words_set),
	OPT_DURATION('t', "timeout", "TIME", echo_client_options, timeout_ns,
		     "longest silence of the server [30s; UDP 1s]"),
	OPT_BOOL(0, "hex", echo_client_options, hex,
		 "show what is sent and returned as a hex dump"),
	OPT_BOOL('v', "verbose", echo_client_options, verbose,
		 "show addresses, and what TCP measured"),
	OPT_END,
};

enum {
	COL_LOCAL,
	COL_PEER,
	COL_EQUAL,
	COL_SENT,
	COL_RECEIVED,
	COL_DATAGRAMS,
	COL_LOST,
	COL_LATE,
	COL_CONNECT,
	COL_ELAPSED,
	COL_ERROR,
};

static const struct out_col echo_client_cols[] = {
	[COL_LOCAL] = { "local", OUT_STR, "this end's address (getsockname)", false },
	[COL_PEER] = { "peer", OUT_STR, "the server's address (getpeername)", false },
	[COL_EQUAL] = { "equal", OUT_BOOL, "all that was sent came back as it was", false },
	[COL_SENT] = { "sent_bytes", OUT_INT, "sent", false },
	[COL_RECEIVED] = { "received_bytes", OUT_INT, "returned", false },
	[COL_DATAGRAMS] = { "datagrams", OUT_INT, "sent, with --udp", true },
	[COL_LOST] = { "lost", OUT_INT, "datagrams without an answer in time", false },
	[COL_LATE] = { "late", OUT_INT, "answers that came too late, or twice", true },
	[COL_CONNECT] = { "connect_s", OUT_SECS, "from the start to the connection", false },
	[COL_ELAPSED] = { "elapsed_s", OUT_SECS, "from the start to the end", false },
	[COL_ERROR] = { "error", OUT_STR, "what went wrong", true },
};

enum {
	TIMEOUT_DEFAULT_S = 30,
	TIMEOUT_UDP_S = 1,
};

int echo_client_type(const struct echo_session *s)
{
	return s->opt->seqpacket ? SOCK_SEQPACKET : s->opt->udp ? SOCK_DGRAM : SOCK_STREAM;
}

/* The longest wait for the server; 0: any. */
static uint64_t pipe_timeout(const struct echo_session *s)
{
	if (s->opt->udp)
		return echo_client_timeout(s, TIMEOUT_UDP_S * CLOCK_S);
	return echo_client_timeout(s, isatty(STDIN_FILENO) == 1 ? 0 : TIMEOUT_DEFAULT_S * CLOCK_S);
}

static void on_failed(void *ctx, const struct sa *sa UNUSED, const struct err *err)
{
	const struct echo_session *s = ctx;

	if (s->opt->verbose)
		cli_note(s->cli, "%s", err->text);
}

static void on_connected(void *ctx, const struct sa *local, const struct sa *peer)
{
	const struct echo_session *s = ctx;
	char text[SA_STRLEN];

	if (!s->opt->verbose)
		return;
	cli_note(s->cli, "local %s", sa_format(local, text));
	cli_note(s->cli, "peer %s", sa_format(peer, text));
}

static int on_socket(void *ctx, int fd, struct err *err)
{
	return echo_client_prepare(ctx, fd, err);
}

static int on_open(void *ctx, struct sa *sa, struct err *err)
{
	struct echo_session *s = ctx;

	return echo_client_open(s, pipe_timeout(s), sa, err);
}

void echo_client_put_tcp(struct buf *b, const struct ping_tcp *tcp)
{
	buf_adds(b, "TCP round trip ");
	echo_client_put_time(b, tcp->rtt_ns);
	buf_adds(b, ", varies by ");
	echo_client_put_time(b, tcp->rttvar_ns);
	buf_printf(b, "; %u segment%s sent again; window of %u segment%s", tcp->retransmits,
		   str_plural(tcp->retransmits), tcp->cwnd, str_plural(tcp->cwnd));
	if (tcp->delivery_rate)
		buf_printf(b, "; %.3g MB/s", (double)tcp->delivery_rate / 1e6);
}

/* What TCP knows of the connection at its end. */
static void note_tcp(const struct echo_session *s, const struct ping_tcp *tcp)
{
	struct buf b = { 0 };

	if (!s->opt->verbose || !tcp->known)
		return;
	echo_client_put_tcp(&b, tcp);
	cli_note(s->cli, "%.*s", (int)b.len, b.data);
	buf_fini(&b);
}

/* What R comes to in words, in ERR; false if all is well. */
static bool judge(const struct echo_result *r, struct err *err)
{
	char text[SA_STRLEN];
	unsigned long long offset = r->offset, missing = r->missing, sent = r->sent;

	sa_format(&r->peer, text);
	switch (r->verdict) {
	case ECHO_UNKNOWN:
	case ECHO_EQUAL:
		return false;
	case ECHO_DIFFERENT:
		err_set(err, ERR_NEGATIVE, "%s: offset %llu differs: sent 0x%02x, got 0x%02x", text,
			offset, (unsigned)r->want, (unsigned)r->got);
		break;
	case ECHO_EXTRA:
		err_set(err, ERR_NEGATIVE,
			"%s: offset %llu differs: got 0x%02x, which was not sent", text, offset,
			(unsigned)r->got);
		break;
	case ECHO_MISSING:
		err_set(err, ERR_NEGATIVE, "%s: %llu of %llu byte%s %s missing from offset %llu on",
			text, missing, sent, str_plural(sent), missing == 1 ? "is" : "are",
			r->datagrams ? offset : sent - missing);
		break;
	case ECHO_CLOSED:
		err_set(err, ERR_NEGATIVE,
			"%s closed the connection before the end of the input; "
			"%llu of %llu byte%s %s missing",
			text, missing, sent, str_plural(sent), missing == 1 ? "is" : "are");
		break;
	case ECHO_LOST:
		err_set(err, ERR_NEGATIVE, "%s: %llu of %llu datagram%s had no answer", text,
			(unsigned long long)r->lost, (unsigned long long)r->datagrams,
			str_plural(r->datagrams));
		break;
	}
	return true;
}

/* The one record; ERR is what went wrong, or NULL. */
static int print_record(const struct echo_session *s, const struct echo_result *r,
			const struct err *err, struct err *out_err)
{
	struct out *o = s->o;

	if (r->connected) {
		target_column(o, COL_LOCAL, &r->local);
		target_column(o, COL_PEER, &r->peer);
		out_ns(o, COL_CONNECT, r->connect_ns);
		if (r->verdict != ECHO_UNKNOWN)
			out_bool(o, COL_EQUAL, r->verdict == ECHO_EQUAL);
	}
	out_uint(o, COL_SENT, r->sent);
	out_uint(o, COL_RECEIVED, r->received);
	if (echo_client_type(s) != SOCK_STREAM) {
		out_uint(o, COL_DATAGRAMS, r->datagrams);
		out_uint(o, COL_LOST, r->lost);
		out_uint(o, COL_LATE, r->late);
	}
	if (r->elapsed_ns)
		out_ns(o, COL_ELAPSED, r->elapsed_ns);
	if (err)
		out_str(o, COL_ERROR, err->text);
	return out_row(o, out_err);
}

static int converse(struct echo_session *s)
{
	const struct echo_client_options *opt = s->opt;
	bool plain = out_format(s->o) == OUT_PLAIN, interactive = isatty(STDIN_FILENO) == 1;
	struct echo_client_config config = {
		.type = echo_client_type(s),
		.addresses = s->targets.v,
		.naddresses = s->targets.n,
		.in = STDIN_FILENO,
		.out = plain ? STDOUT_FILENO : -1,
		.safe = isatty(STDOUT_FILENO) == 1,
		.threads = !interactive && isatty(STDOUT_FILENO) != 1 && !opt->hex,
		.hex = opt->hex,
		.timeout_ns = pipe_timeout(s),
		.mask = cli_hold_signals(),
		.stop = echo_client_stop,
		.failed = on_failed,
		.connected = on_connected,
		.prepare = on_socket,
		.open = opt->udp ? NULL : on_open,
		.ctx = s,
	};
	struct termios terminal = { 0 };
	struct echo_result result;
	struct err err, failure;
	bool bad;
	int rc;

	if (interactive)
		echo_client_console_open(&config, &terminal);
	rc = echo_client_run(&config, &result, &failure);
	if (interactive)
		echo_client_console_close(&config, &terminal);
	note_tcp(s, &result.tcp);
	bad = judge(&result, &err);
	if (bad)
		cli_complain(s->cli, &err);
	if (rc < 0)
		cli_complain(s->cli, &failure);
	if (rc < 0 && bad)
		err_prefix(&failure, "%s; ", err.text);
	if (plain)
		return 0;
	return print_record(s, &result, rc < 0 ? &failure : bad ? &err : NULL, &s->cli->err);
}

/* Where to connect to, as the operands or --unix say. */
static int find_targets(struct echo_session *s, int argc, char **argv)
{
	const struct echo_client_options *opt = s->opt;
	struct cli *cli = s->cli;
	struct target what = {
		.type = opt->udp ? SOCK_DGRAM : SOCK_STREAM,
		.only4 = opt->only4,
		.only6 = opt->only6,
	};
	char *host = NULL, *service = NULL, show[STR_SHOW];
	int rc = 0;

	if (cli_want(cli, argc, argv, opt->path ? 0 : 1, opt->path ? 0 : 2) < 0)
		return -1;
	if (echo_client_socket_read(s, &cli->err) < 0)
		return -1;
	if (opt->path)
		return target_unix(&s->targets, opt->path, &cli->err);
	if (argc == 2) {
		what.host = argv[0];
		what.service = argv[1];
	} else {
		rc = target_split(argv[0], &host, &service, &cli->err);
		what.host = host;
		what.service = service;
	}
	if (rc == 0 && (!what.host || !*what.host))
		rc = err_set(&cli->err, ERR_USAGE, "\"%s\": host or port is missing",
			     str_show(show, argv[0]));
	if (rc == 0)
		rc = target_resolve(&s->targets, &what, cli, s->o, &cli->err);
	if (rc == 0)
		rc = echo_client_socket_targets(s, &cli->err);
	free(host);
	free(service);
	return rc;
}

/*
 * There is nothing to connect to, for the reason in the context: that has its record too,
 * but not what is wrong with the command line itself.
 */
static int print_no_target(const struct echo_session *s)
{
	const struct echo_result none = { 0 };
	struct cli *cli = s->cli;

	if (cli->misused || out_format(s->o) == OUT_PLAIN ||
	    (out_format(s->o) == OUT_TABLE && !out_wants(s->o, COL_ERROR)))
		return -1;
	cli_complain(cli, &cli->err);
	return print_record(s, &none, &cli->err, &cli->err);
}

/* Each mode of MODES, and how it runs with which columns. */
static const struct mode {
	unsigned bit;
	const struct command_view *view;
	int (*run)(struct echo_session *s);
	bool stream; /* its records come slowly */
} modes[] = {
	{ ECHO_PING, &echo_client_ping_view, echo_client_ping, true },
	{ ECHO_LOAD, &echo_client_load_view, echo_client_load, true },
	{ ECHO_BULK, &echo_client_load_view, echo_client_load, true },
	{ ECHO_CHURN, &echo_client_load_view, echo_client_load, true },
	{ ECHO_CHECK, &echo_client_check_view, echo_client_check, true },
	{ ECHO_FLAGS, &echo_client_check_view, echo_client_check, true },
};

static const struct mode *find_mode(unsigned bits)
{
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		if (modes[i].bit == bits)
			return &modes[i];
	return NULL;
}

static int run_mode(struct echo_session *s, const struct mode *mode, int argc, char **argv)
{
	int rc;

	s->o = cli_out_view(s->cli, mode->view, mode->stream);
	if (!s->o)
		return -1;
	rc = find_targets(s, argc, argv);
	if (rc == 0)
		rc = mode->run(s);
	if (rc == 0 && s->cli->worst == ERR_NONE)
		rc = sockset_untaken(&s->sockset, &s->cli->err);
	buf_fini(&s->peer);
	vec_fini(&s->targets);
	sockset_fini(&s->sockset);
	if (rc < 0) {
		struct err ignored;

		out_close(s->o, &ignored);
		return -1;
	}
	return out_close(s->o, &s->cli->err);
}

/* The options of the kind of socket go together. */
static int check_kind(const struct echo_client_options *opt, struct err *err)
{
	if ((opt->seqpacket || opt->dgram) && !opt->path)
		return err_set(err, ERR_USAGE, "--seqpacket and --dgram are for --unix");
	if (opt->seqpacket && opt->dgram)
		return err_set(err, ERR_USAGE, "--seqpacket and --dgram exclude each other");
	if (opt->path && opt->udp)
		return err_set(err, ERR_USAGE, "--unix and --udp exclude each other");
	if (opt->seqpacket && opt->modes & (ECHO_CHECK | ECHO_FLAGS | ECHO_BULK))
		return err_set(err, ERR_USAGE,
			       "--seqpacket is not for --bulk, --check and --flags");
	return 0;
}

static int run_client(struct cli *cli, const void *options, int argc, char **argv)
{
	struct echo_client_options opt = *(const struct echo_client_options *)options;
	struct echo_session s = {
		.cli = cli, .opt = &opt, .runs = 1, .lock = PTHREAD_MUTEX_INITIALIZER
	};
	int rc;

	if (check_kind(&opt, &cli->err) < 0) {
		cli->misused = true;
		return -1;
	}
	opt.udp |= opt.dgram;
	if (s.opt->modes) {
		const struct mode *mode = find_mode(s.opt->modes);

		cli->misused = true;
		if (!mode && opt.modes != ECHO_MERGE)
			return err_set(&cli->err, ERR_USAGE,
				       "--ping, --load, --bulk, --churn, --check, --flags and "
				       "--merge exclude one another");
		if (echo_client_suits(s.opt, &cli->err) < 0)
			return -1;
		if (echo_client_saves_only(&s) && cli->output.format != OUT_PLAIN)
			return err_set(&cli->err, ERR_USAGE,
				       "--save=- prints no report: no use for its format");
		cli->misused = false;
		if (!mode)
			return echo_client_merge(&s, argc, argv);
		return run_mode(&s, mode, argc, argv);
	}
	if (echo_client_suits(s.opt, &cli->err) < 0) {
		cli->misused = true;
		return -1;
	}
	s.o = cli_out(cli, false);
	if (!s.o)
		return -1;
	rc = find_targets(&s, argc, argv);
	rc = rc == 0 ? converse(&s) : print_no_target(&s);
	if (rc == 0 && cli->worst == ERR_NONE)
		rc = sockset_untaken(&s.sockset, &cli->err);
	vec_fini(&s.targets);
	sockset_fini(&s.sockset);
	if (rc < 0) {
		struct err ignored;

		out_close(s.o, &ignored);
		return -1;
	}
	return out_close(s.o, &cli->err);
}

static void echo_client_defaults(void *options)
{
	struct echo_client_options *opt = options;

	opt->timeout_ns = ECHO_UNSET;
	opt->interval_ns = opt->duration_ns = ECHO_UNSET;
	opt->connections = opt->threads = 1;
}

static const struct command_view *const views[] = {
	&echo_client_ping_view,
	&echo_client_load_view,
	&echo_client_check_view,
	NULL,
};

const struct command cmd_echo_client = {
	.name = "echo-client",
	.summary = "send to an echo service and compare what returns",
	.operands = "HOST PORT | HOST:PORT | --unix=PATH",
	.opts = echo_client_opts,
	.cols = echo_client_cols,
	.ncols = ARRAY_SIZE(echo_client_cols),
	.views = views,
	.size = sizeof(struct echo_client_options),
	.flags = COMMAND_RECORDS | COMMAND_SERVER,
	.defaults = echo_client_defaults,
	.run = run_client,
};
