/* SPDX-License-Identifier: MIT */
#include "cmd/dnsrun.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "dns/gai.h"
#include "net/prefix.h"

enum {
	GLIBC_TIMEOUT_S = 5,
	GLIBC_ATTEMPTS = 2,
	HOSTNAME = 256,
	LOOK = 256, /* records between two looks at the clock */
};

#define LOOK_NS (500 * CLOCK_MS) /* between two updates of the progress */

void dnsrun_defaults(struct dnsrun_options *opt)
{
	opt->bufsize = opt->retries = DNSRUN_UNSET;
}

int dnsrun_refuse(const struct dnsrun_options *opt, bool timeout, struct err *err)
{
	const struct {
		const char *option;
		bool given;
	} of_dns[] = {
		{ "tcp", opt->tcp },
		{ "bufsize", opt->bufsize != DNSRUN_UNSET },
		{ "no-recurse", opt->no_recurse },
		{ "do", opt->dnssec_ok },
		{ "nsid", opt->nsid },
		{ "ecs", opt->ecs },
		{ "random-case", opt->random_case },
		{ "resolv-conf", opt->resolv_conf },
		{ "window", opt->window },
		{ "retries", opt->retries != DNSRUN_UNSET },
		{ "timeout", opt->timeout_ns && !timeout },
		{ "rate", opt->rate },
	};

	for (size_t i = 0; i < ARRAY_SIZE(of_dns); i++)
		if (of_dns[i].given)
			return err_set(
				err, ERR_USAGE,
				"--%s is of the DNS, which is not asked: add --dns or @SERVER",
				of_dns[i].option);
	return 0;
}

/* Takes "@SERVER[#PORT]", "@[v6]#PORT" apart; SERVER_LEN is 0 if nothing is there. */
static int split_server(const char **server, size_t *server_len, uint16_t *port, const char *text,
			struct err *err)
{
	const char *hash = strrchr(text, '#');
	size_t len = hash ? (size_t)(hash - text) : strlen(text);

	*port = CONF_PORT;
	if (hash && endpoint_parse_port(port, hash + 1, strlen(hash + 1), len + 2, err) < 0)
		return -1;
	if (hash && *port == 0)
		return err_set(err, ERR_USAGE, "nobody can be asked at port 0");
	if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	if (len == 0)
		return err_set(err, ERR_USAGE, "the server is missing");
	*server = text;
	*server_len = len;
	return 0;
}

/* TEXT can only be meant as an address: digits and dots, or a colon in it. */
static bool is_number(const char *text, size_t len)
{
	size_t digits = 0;

	if (memchr(text, ':', len))
		return true;
	while (digits < len && (str_is_digit(text[digits]) || text[digits] == '.'))
		digits++;
	return digits == len;
}

/* Puts the address TEXT into SERVERS: 1; 0 if it is a name, -1 if it is neither. */
static int add_number(struct targets *servers, const char *text, struct err *err)
{
	struct endpoint ep;
	const char *server;
	uint16_t port;
	size_t len;
	struct sa sa;

	if (split_server(&server, &len, &port, text, err) < 0)
		return -1;
	if (!is_number(server, len))
		return 0;
	if (endpoint_parse_address(&ep, server, len, 1, err) < 0)
		return -1;
	if (sa_from_endpoint(&sa, &ep, err) < 0)
		return -1;
	sa_set_port(&sa, port);
	*vec_push(servers) = sa;
	return 1;
}

int dnsrun_init(struct dnsrun *run, struct cli *cli, const struct dnsrun_options *opt, int *argc,
		char **argv)
{
	int kept = 0, n = *argc;
	char show[STR_SHOW];

	*run = (struct dnsrun){ .cli = cli, .opt = opt, .wanted = opt->dns };
	run->began_ns = clock_now_ns();
	for (int i = 0; i < n; i++) {
		struct targets server = { 0 };
		int rc;

		if (argv[i][0] != '@') {
			argv[kept++] = argv[i];
			continue;
		}
		rc = add_number(&server, argv[i] + 1, &cli->err);
		vec_fini(&server);
		if (rc < 0) {
			cli->misused = true;
			return err_prefix(&cli->err, "\"%s\": ", str_show(show, argv[i]));
		}
		*vec_push(&run->named) = argv[i] + 1;
		run->wanted = true;
	}
	argv[kept] = NULL;
	*argc = kept;
	return 0;
}

/*
 * The addresses of a server that was given by name, during which a signal ends the process.
 * Without such a server nothing can be asked: that is a failure, not an answer.
 */
static int add_name(struct dnsrun *run, const char *text, struct out *o)
{
	const struct gai_hints hints = { .socktype = SOCK_DGRAM };
	struct gai_rows rows = { 0 };
	struct cli *cli = run->cli;
	const char *server;
	uint16_t port;
	size_t len;
	char *name;
	int rc;

	if (split_server(&server, &len, &port, text, &cli->err) < 0 ||
	    (o && cli_block_begin(cli, o) < 0))
		return -1;
	name = xstrndup(server, len);
	rc = gai_lookup(&rows, name, NULL, &hints, &cli->err);
	if (o)
		cli_block_end();
	for (size_t i = 0; rc == 0 && i < rows.n; i++) {
		sa_set_port(&rows.v[i].sa, port);
		*vec_push(&run->servers) = rows.v[i].sa;
	}
	gai_fini(&rows);
	free(name);
	if (rc == 0)
		return 0;
	if (cli->err.kind == ERR_NEGATIVE)
		cli->err.kind = ERR_SYSTEM;
	return err_prefix(&cli->err, "server ");
}

/* The servers that the command line names. */
static int add_named(struct dnsrun *run, struct out *o)
{
	for (size_t i = 0; i < run->named.n; i++) {
		int rc = add_number(&run->servers, run->named.v[i], &run->cli->err);

		if (rc < 0 || (rc == 0 && add_name(run, run->named.v[i], o) < 0))
			return -1;
	}
	return 0;
}

/* The prefix of --ecs. */
static int set_ecs(struct wire_ask *ask, const char *text, struct err *err)
{
	struct prefix p;

	if (prefix_parse(&p, text, strlen(text), 0, PREFIX_STRICT, err) < 0)
		return -1;
	if (p.length < 0)
		return err_set(err, ERR_USAGE, "\"%s\" is a range, not a prefix", text);
	ask->ecs = true;
	ask->ecs_ip = ip_from_num(p.range.family, p.range.first);
	ask->ecs_length = (uint8_t)p.length;
	return 0;
}

/* What each question has besides its name and type. */
static int set_ask(struct dnsrun *run, struct wire_ask *ask)
{
	const struct dnsrun_options *opt = run->opt;
	bool sized = opt->bufsize != DNSRUN_UNSET;

	if (!opt->no_recurse)
		ask->flags |= WIRE_RD;
	if (run->conf.flags[CONF_TRUST_AD])
		ask->flags |= WIRE_AD;
	ask->dnssec_ok = opt->dnssec_ok;
	ask->nsid = opt->nsid;
	ask->bufsize = (uint16_t)(sized ? opt->bufsize : DNSRUN_BUFSIZE);
	if (opt->ecs && set_ecs(ask, opt->ecs, &run->cli->err) < 0)
		return err_prefix(&run->cli->err, "--ecs: ");
	ask->edns = sized || run->conf.flags[CONF_EDNS0];
	if (!ask->edns)
		ask->edns = ask->dnssec_ok || ask->nsid || ask->ecs;
	if (sized && opt->bufsize == 0) {
		if (ask->dnssec_ok || ask->nsid || ask->ecs)
			return err_set(&run->cli->err, ERR_USAGE,
				       "--bufsize=0 leaves EDNS out, which --do, --nsid and --ecs "
				       "need");
		ask->edns = false;
	}
	return 0;
}

/* How often and how long to ask.  glibc's defaults leave it to the engine, which adapts. */
static void set_patience(const struct dnsrun *run, struct engine_config *config)
{
	const struct conf_resolv *conf = &run->conf;
	bool is_default = conf->timeout_s == GLIBC_TIMEOUT_S && conf->attempts == GLIBC_ATTEMPTS;

	config->timeout_ns = run->opt->timeout_ns;
	if (!config->timeout_ns && conf->timeout_s != GLIBC_TIMEOUT_S)
		config->timeout_ns = conf->timeout_s * CLOCK_S;
	if (run->opt->retries != DNSRUN_UNSET)
		config->tries = run->opt->retries + 1;
	else if (!is_default)
		config->tries = conf->attempts * (unsigned)run->servers.n;
}

/* The domains as names; what cannot be one is left out, as in glibc. */
static void set_stub(struct dnsrun *run)
{
	for (size_t i = 0; i < run->conf.search.n; i++) {
		const char *text = run->conf.search.v[i];
		struct wire_name domain;
		struct err ignored;

		if (wire_name_parse(&domain, text, strlen(text), &ignored) == 0)
			*vec_push(&run->search) = domain;
	}
	run->stub = (struct stub_config){
		.engine = run->engine,
		.search = run->search.v,
		.nsearch = run->search.n,
		.ndots = run->conf.ndots,
		.recurse = !run->opt->no_recurse,
	};
}

static int read_conf(struct dnsrun *run)
{
	const char *path = run->opt->resolv_conf ? run->opt->resolv_conf : "/etc/resolv.conf";
	char hostname[HOSTNAME] = "";
	const struct conf_around around = {
		.localdomain = getenv("LOCALDOMAIN"),
		.res_options = getenv("RES_OPTIONS"),
		.hostname = hostname,
	};

	if (gethostname(hostname, sizeof(hostname) - 1) < 0)
		*hostname = '\0';
	if (conf_resolv_read(&run->conf, path, &around, &run->cli->err) < 0)
		return -1;
	if (run->opt->resolv_conf && run->conf.missing)
		return err_set(&run->cli->err, ERR_SYSTEM, "%s: no such file", path);
	return 0;
}

int dnsrun_open(struct dnsrun *run, struct out *o)
{
	struct cli *cli = run->cli;
	const struct dnsrun_options *opt = run->opt;
	struct engine_config config = {
		.window = opt->window,
		.rate = opt->rate,
		.random_case = opt->random_case,
	};

	if (read_conf(run) < 0 || set_ask(run, &config.ask) < 0 || add_named(run, o) < 0)
		return -1;
	if (run->servers.n == 0)
		for (size_t i = 0; i < conf_resolv_used(&run->conf); i++)
			*vec_push(&run->servers) = run->conf.servers.v[i].sa;
	config.servers = run->servers.v;
	config.nservers = run->servers.n;
	config.rotate = run->conf.flags[CONF_ROTATE];
	config.tcp = opt->tcp || run->conf.flags[CONF_USE_VC];
	set_patience(run, &config);
	config.mask = cli_hold_signals();
	run->engine = engine_new(&config, &cli->err);
	if (!run->engine)
		return -1;
	set_stub(run);
	for (size_t i = 0; i < run->servers.n; i++) {
		char text[SA_STRLEN];

		*vec_push(&run->texts) =
			xasprintf("%s#%u", sa_format_host(&run->servers.v[i], text),
				  sa_port(&run->servers.v[i]));
	}
	return 0;
}

const char *dnsrun_server(const struct dnsrun *run, unsigned i)
{
	return i < run->texts.n ? run->texts.v[i] : "";
}

bool dnsrun_full(const struct dnsrun *run)
{
	unsigned window = run->opt->window ? run->opt->window : DNSRUN_WINDOW;

	return engine_waiting(run->engine) >= window;
}

/* That FD can be read ends the wait; who waits reads it. */
static void on_input(struct loop_fd *io, unsigned ready)
{
	(void)io;
	(void)ready;
}

/* Watches FD, or nothing if it is -1. */
static int watch(struct dnsrun *run, int fd, struct err *err)
{
	struct loop *loop = engine_loop(run->engine);
	struct loop_fd *io = &run->input;

	if (!io->on_ready && fd >= 0) {
		*io = (struct loop_fd){ .fd = fd, .on_ready = on_input };
		return loop_add(loop, io, LOOP_READ, err);
	}
	if (!io->on_ready || (io->want != 0) == (fd >= 0))
		return 0;
	return loop_want(loop, io, fd >= 0 ? LOOP_READ : 0, err);
}

int dnsrun_wait(struct dnsrun *run, int fd, bool poll, struct err *err)
{
	uint64_t deadline = poll ? 0 : UINT64_MAX;

	if (watch(run, fd, err) < 0)
		return -1;
	if (!poll && run->shown)
		deadline = run->look_ns + LOOK_NS;
	return engine_turn(run->engine, deadline, err);
}

int dnsrun_drain(struct dnsrun *run, struct err *err)
{
	while (engine_busy(run->engine) && !cli_interrupted())
		if (engine_turn(run->engine, UINT64_MAX, err) < 0)
			return -1;
	return 0;
}

static double seconds(uint64_t ns)
{
	return (double)ns / 1e9;
}

/* How far the batch is, on a terminal that shows nothing else. */
static void show_progress(struct dnsrun *run)
{
	uint64_t now = clock_now_ns();

	if (now - run->look_ns < LOOK_NS)
		return;
	run->look_ns = now;
	fprintf(run->cli->errors,
		"\r%llu records, %llu without an answer, %llu failed, %.0f a second ",
		(unsigned long long)run->records, (unsigned long long)run->negative,
		(unsigned long long)run->failed,
		(double)run->records / seconds(now - run->began_ns));
	fflush(run->cli->errors);
	run->shown = true;
}

void dnsrun_count(struct dnsrun *run, enum err_kind kind)
{
	run->records++;
	run->negative += kind == ERR_NEGATIVE;
	run->failed += kind > ERR_NEGATIVE;
	if (run->records == 1)
		run->progress = isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO);
	if (run->progress && run->records % LOOK == 0)
		show_progress(run);
}

static void print_server(const struct dnsrun *run, unsigned i)
{
	const struct {
		const char *word;
		size_t offset;
	} more[] = {
		{ "asked again", offsetof(struct engine_stats, resent) },
		{ "time-outs", offsetof(struct engine_stats, timeouts) },
		{ "SERVFAIL", offsetof(struct engine_stats, servfail) },
		{ "REFUSED", offsetof(struct engine_stats, refused) },
		{ "truncated", offsetof(struct engine_stats, truncated) },
		{ "over TCP", offsetof(struct engine_stats, tcp) },
		{ "not to the question", offsetof(struct engine_stats, mismatched) },
		{ "malformed", offsetof(struct engine_stats, malformed) },
	};
	struct engine_stats s;
	struct buf b = { 0 };

	engine_server_stats(run->engine, i, &s);
	buf_printf(&b, "%llu questions, %llu answers", (unsigned long long)s.sent,
		   (unsigned long long)s.answered);
	for (size_t j = 0; j < ARRAY_SIZE(more); j++) {
		uint64_t n;

		memcpy(&n, (const char *)&s + more[j].offset, sizeof(n));
		if (n)
			buf_printf(&b, ", %llu %s", (unsigned long long)n, more[j].word);
	}
	if (s.srtt_ns)
		buf_printf(&b, ", round trip %.3f ms", (double)s.srtt_ns / 1e6);
	cli_note(run->cli, "%s: %s", dnsrun_server(run, i), buf_str(&b));
	buf_fini(&b);
}

static void print_stats(const struct dnsrun *run)
{
	double s = seconds(clock_now_ns() - run->began_ns);

	cli_note(run->cli,
		 "%llu records in %.3f s (%.0f a second): %llu answered, %llu without an answer, "
		 "%llu failed",
		 (unsigned long long)run->records, s, s > 0 ? (double)run->records / s : 0,
		 (unsigned long long)(run->records - run->negative - run->failed),
		 (unsigned long long)run->negative, (unsigned long long)run->failed);
	for (unsigned i = 0; run->engine && i < run->servers.n; i++)
		print_server(run, i);
}

void dnsrun_finish(struct dnsrun *run)
{
	if (!run->cli)
		return;
	if (run->shown)
		fputs("\r\033[K", run->cli->errors);
	if (run->opt->stats || (run->records && cli_interrupted()))
		print_stats(run);
	if (run->engine) {
		if (run->input.on_ready)
			loop_del(engine_loop(run->engine), &run->input);
		engine_free(run->engine);
	}
	conf_resolv_fini(&run->conf);
	for (size_t i = 0; i < run->texts.n; i++)
		free(run->texts.v[i]);
	vec_fini(&run->texts);
	vec_fini(&run->search);
	vec_fini(&run->servers);
	vec_fini(&run->named);
	hash_fini(&run->had);
}
