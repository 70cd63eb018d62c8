/* SPDX-License-Identifier: MIT */
/*
 * echo_server.c - netipc echo-server: the lecture's TCP echo server, and UDP and UNIX
 *
 * Its lines are the lecture's, "connected from" and "disconnected from", after one
 * "ready" line a listener for the scripts that wait for it.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "cmd/commands.h"
#include "cmd/echo_server_impl.h"

static const struct opt_choice models[] = {
	{ "events", MODEL_EVENTS, NULL },
	{ "fork", MODEL_FORK, NULL },
	{ NULL, 0, NULL },
};

/* clang-format off */
static const struct opt echo_server_opts[] = {
	OPT_GROUP("Listening"),
	OPT_BOOL('u', "udp", echo_server_options, udp, "UDP instead of TCP"),
	OPT_BOOL(0, "tcp", echo_server_options, tcp, "TCP; with --udp, both"),
	OPT_STRS('U', "unix", "PATH", echo_server_options, paths,
		 "also a UNIX stream socket at PATH, or @NAME"),
	OPT_BOOL(0, "seqpacket", echo_server_options, seqpacket,
		 "records on the UNIX socket: SOCK_SEQPACKET"),
	OPT_BOOL(0, "dgram", echo_server_options, dgram, "datagrams on the UNIX socket"),
	OPT_BOOL('4', "ipv4", echo_server_options, only4, "IPv4 only"),
	OPT_BOOL('6', "ipv6", echo_server_options, only6, "IPv6 only"),
	OPT_UINT('b', "backlog", "N", echo_server_options, backlog, 0, 65535,
		 "connections that may wait to be taken"),
	OPT_STRS_WORDS(0, "sockopt", "NAME=VALUE", echo_server_options, sockopts,
		 "set a socket option on each socket", sockset_words_set),
	OPT_UINT('T', "threads", "N", echo_server_options, threads, 1, 1024,
		 "threads, each with its own sockets [1]"),
	OPT_DURATION(0, "busy-poll", "TIME", echo_server_options, busy_poll_ns,
		     "look for so long before sleeping"),
	OPT_CHOICE(0, "model", "MODEL", echo_server_options, model, models,
		   "events, or fork: a process a connection"),
	OPT_GROUP("Limits"),
	OPT_UINT(0, "max-connections", "N", echo_server_options, max_connections, 1, UINT32_MAX,
		 "at a time; more wait to be taken"),
	OPT_DURATION(0, "idle-timeout", "TIME", echo_server_options, idle_ns,
		     "close a connection that is silent for so long"),
	OPT_SIZE(0, "max-rate", "SIZE", echo_server_options, max_rate,
		 "bytes a second for each client's address"),
	OPT_SIZE(0, "max-answers", "N", echo_server_options, max_answers,
		 "datagrams a second to each address; 0: all"),
	OPT_BOOL(0, "any-source", echo_server_options, any_source,
		 "answer datagrams from ports below 1024 too"),
	OPT_DURATION(0, "drain", "TIME", echo_server_options, drain_ns,
		     "at the end, wait so long for clients [10s]"),
	OPT_GROUP("Rights"),
	OPT_STR(0, "user", "NAME", echo_server_options, user,
		"become this user, or UID:GID, when it listens"),
	OPT_BOOL(0, "no-sandbox", echo_server_options, no_sandbox,
		 "keep the right to open files and the like"),
	OPT_GROUP("Counters"),
	OPT_DURATION(0, "stats", "TIME", echo_server_options, stats_ns,
		     "print them each TIME, on standard error"),
	OPT_FILE(0, "metrics", "FILE", echo_server_options, metrics,
		 "write them to FILE each second, for Prometheus"),
	OPT_BOOL('q', "quiet", echo_server_options, quiet, "print only the ready line"),
	OPT_GROUP("Faults on purpose, to test clients"),
	OPT_DURATION(0, "delay", "TIME", echo_server_options, delay_ns, "wait before each answer"),
	OPT_DURATION(0, "jitter", "TIME", echo_server_options, jitter_ns,
		     "vary the delay by so much"),
	OPT_STR(0, "loss", "SHARE", echo_server_options, loss, "leave answers out: 5%, 0.05, 1/20"),
	OPT_STR(0, "duplicate", "SHARE", echo_server_options, duplicate, "send answers twice"),
	OPT_STR(0, "reorder", "SHARE", echo_server_options, reorder,
		"send answers behind the next one"),
	OPT_STR(0, "corrupt", "SHARE", echo_server_options, corrupt, "change a byte of answers"),
	OPT_SIZE(0, "chunk", "SIZE", echo_server_options, chunk,
		 "send a stream in pieces of so many bytes"),
	OPT_SIZE(0, "reset-after", "SIZE", echo_server_options, reset_after,
		 "reset a connection after so many bytes"),
	OPT_SIZE(0, "close-after", "SIZE", echo_server_options, close_after,
		 "close a connection after so many bytes"),
	OPT_SIZE(0, "stall", "SIZE", echo_server_options, stall,
		 "answer no more after so many bytes"),
	OPT_UINT(0, "seed", "N", echo_server_options, seed, 0, UINT32_MAX,
		 "choose other answers for them [1]"),
	OPT_END,
};
/* clang-format on */

static const struct out_col echo_server_cols[] = {
	{ "event", OUT_STR, "ready, connected or disconnected", false },
	{ "address", OUT_STR, "the server's own address", false },
	{ "peer", OUT_STR, "the client's address", false },
	{ "echoed_bytes", OUT_INT, "returned on the connection", false },
	{ "error", OUT_STR, "why the connection was cut off", false },
	{ "kind", OUT_STR, "of the address: tcp, udp, unix, ...", true },
};

/* Adds the addresses of HOST and SERVICE for sockets of TYPE. */
static int find_host(struct service *v, int type, const char *host, const char *service)
{
	const struct target what = {
		.host = host,
		.service = service,
		.type = type,
		.only4 = v->opt->only4,
		.only6 = v->opt->only6,
	};
	struct wanted *w = vec_push(&v->wanted);

	*w = (struct wanted){ .type = type };
	return target_resolve(&w->targets, &what, v->cli, v->o, &v->cli->err);
}

static int find_operand(struct service *v, const char *text)
{
	const struct echo_server_options *opt = v->opt;
	char *host = NULL, *service = NULL;
	int rc = target_split(text, &host, &service, &v->cli->err);

	if (rc == 0 && (opt->tcp || !opt->udp))
		rc = find_host(v, SOCK_STREAM, host, service);
	if (rc == 0 && opt->udp)
		rc = find_host(v, SOCK_DGRAM, host, service);
	free(host);
	free(service);
	return rc;
}

static int find_path(struct service *v, const char *path)
{
	struct wanted *w = vec_push(&v->wanted);

	*w = (struct wanted){ .type = v->opt->seqpacket ? SOCK_SEQPACKET :
				      v->opt->dgram     ? SOCK_DGRAM :
							  SOCK_STREAM };
	return target_unix(&w->targets, path, &v->cli->err);
}

/* Where to listen, as the operands and --unix say. */
static int find_targets(struct service *v, int argc, char **argv)
{
	const struct echo_server_options *opt = v->opt;

	for (int i = 0; i < argc; i++)
		if (find_operand(v, argv[i]) < 0)
			return -1;
	for (size_t i = 0; i < opt->paths.n; i++)
		if (find_path(v, opt->paths.v[i]) < 0)
			return -1;
	return 0;
}

static int misuse(struct service *v, const char *text)
{
	v->cli->misused = true;
	return err_set(&v->cli->err, ERR_USAGE, "%s", text);
}

static int check_fork(struct service *v)
{
	const struct echo_server_options *opt = v->opt;

	if (opt->threads > 1 || !fault_none(&v->fault) || opt->idle_ns || opt->max_rate ||
	    opt->busy_poll_ns)
		return misuse(v, "--model=fork has no threads, no faults and no limit "
				 "but --max-connections");
	if (opt->stats_ns || opt->metrics)
		return misuse(v, "--model=fork has no --stats and no --metrics");
	return 0;
}

/* What contradicts itself. */
static int check(struct service *v, int argc)
{
	const struct echo_server_options *opt = v->opt;

	if (opt->seqpacket && opt->dgram)
		return misuse(v, "--seqpacket and --dgram exclude each other");
	if ((opt->seqpacket || opt->dgram) && opt->paths.n == 0)
		return misuse(v, "--seqpacket and --dgram are for --unix");
	if ((opt->udp || opt->tcp) && argc == 0 && opt->paths.n)
		return misuse(v, "--udp and --tcp need an operand: [HOST:]PORT");
	if (opt->max_connections && opt->max_connections < opt->threads)
		return misuse(v, "--max-connections: at least one for each of --threads");
	return opt->model == MODEL_FORK ? check_fork(v) : 0;
}

static int read_share(struct service *v, const char *name, const char *text, uint32_t *share)
{
	char show[STR_SHOW];

	if (!text || fault_share(text, share))
		return 0;
	return err_set(&v->cli->err, ERR_USAGE, "--%s: \"%s\" is no share: write 5%%, 0.05 or 1/20",
		       name, str_show(show, text));
}

static int read_faults(struct service *v)
{
	const struct echo_server_options *opt = v->opt;
	struct fault_config *f = &v->fault;
	const struct {
		uint64_t after;
		enum fault_end end;
	} ends[] = {
		{ opt->reset_after, FAULT_RESET },
		{ opt->close_after, FAULT_CLOSE },
		{ opt->stall, FAULT_STALL },
	};

	f->seed = opt->seed;
	f->delay_ns = opt->delay_ns;
	f->jitter_ns = opt->jitter_ns;
	f->chunk = opt->chunk;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		if (ends[i].after == ECHO_UNSET)
			continue;
		if (f->end != FAULT_NEVER)
			return misuse(v, "--reset-after, --close-after and --stall exclude "
					 "each other");
		f->end = ends[i].end;
		f->end_after = ends[i].after;
	}
	if (read_share(v, "loss", opt->loss, &f->loss) < 0 ||
	    read_share(v, "duplicate", opt->duplicate, &f->duplicate) < 0 ||
	    read_share(v, "reorder", opt->reorder, &f->reorder) < 0)
		return -1;
	return read_share(v, "corrupt", opt->corrupt, &f->corrupt);
}

static int run_server(struct cli *cli, const void *options, int argc, char **argv)
{
	struct service v = { .cli = cli, .opt = options };
	struct err err;
	int rc;

	signal(SIGPIPE, SIG_IGN); /* a reader of the lines that goes is an error, not an end */
	v.o = cli_out(cli, true);
	if (!v.o)
		return -1;
	rc = read_faults(&v);
	if (rc == 0)
		rc = check(&v, argc);
	if (rc == 0)
		rc = sockset_read(&v.sockset, &v.opt->sockopts, &cli->err);
	if (rc == 0)
		rc = find_targets(&v, argc, argv);
	if (rc == 0)
		rc = echo_server_serve(&v);
	for (size_t i = 0; i < v.wanted.n; i++)
		vec_fini(&v.wanted.v[i].targets);
	vec_fini(&v.wanted);
	sockset_fini(&v.sockset);
	if (out_close(v.o, v.deaf || rc < 0 ? &err : &cli->err) < 0 && !v.deaf)
		rc = -1;
	return rc;
}

static void echo_server_defaults(void *options)
{
	struct echo_server_options *opt = options;

	opt->backlog = SOMAXCONN;
	opt->threads = 1;
	opt->drain_ns = 10 * CLOCK_S;
	opt->max_answers = ECHO_UNSET;
	opt->reset_after = opt->close_after = opt->stall = ECHO_UNSET;
	opt->seed = 1;
}

const struct command cmd_echo_server = {
	.name = "echo-server",
	.summary = "return every byte that clients send",
	.operands = "[HOST:]PORT... | --unix=PATH",
	.opts = echo_server_opts,
	.cols = echo_server_cols,
	.ncols = ARRAY_SIZE(echo_server_cols),
	.size = sizeof(struct echo_server_options),
	.flags = COMMAND_RECORDS | COMMAND_CLASSIC | COMMAND_SERVER,
	.defaults = echo_server_defaults,
	.run = run_server,
};
