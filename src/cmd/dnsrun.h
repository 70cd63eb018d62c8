/* SPDX-License-Identifier: MIT */
/*
 * dnsrun.h - what resolve and rresolve share when they ask the DNS themselves
 *
 *	struct dnsrun run;
 *	dnsrun_init(&run, cli, &opt->dns, &argc, argv);   takes @SERVER out of the operands
 *	if (run.wanted) dnsrun_open(&run, o);              engine and stub configuration
 *	...
 *	dnsrun_finish(&run);                               --stats, frees all
 *
 * Progress, --stats and --resume work for a batch that does not use the engine too.
 */
#ifndef NETIPC_CMD_DNSRUN_H
#define NETIPC_CMD_DNSRUN_H

#include "base/hash.h"
#include "cli/command.h"
#include "cmd/target.h"
#include "dns/conf.h"
#include "dns/stub.h"

struct dnsrun_options {
	bool dns;
	bool tcp, no_recurse, dnssec_ok, nsid, random_case;
	unsigned window, rate;
	unsigned bufsize, retries; /* DNSRUN_UNSET: as resolv.conf has it */
	uint64_t timeout_ns;
	const char *ecs, *resolv_conf, *resume;
	bool stats;
};

enum {
	DNSRUN_UNSET = ~0U >> 1,
	DNSRUN_BUFSIZE = 1232, /* bytes that pass everywhere in one piece */
	DNSRUN_WINDOW = 500,
	DNSRUN_WINDOW_MAX = 100000,
	DNSRUN_RATE_MAX = 100000000,
};

/* clang-format off */

/* The rows of a command's option table; ST is its options' struct and F its dnsrun_options. */
#define DNSRUN_QUERY_OPTS(st, f)                                                             \
	OPT_GROUP("Asking the DNS itself (--dns or @SERVER)"),                               \
	OPT_BOOL(0, "dns", st, f.dns, "ask the servers of resolv.conf, not libc"),           \
	OPT_BOOL(0, "tcp", st, f.tcp, "ask over TCP alone"),                                 \
	OPT_UINT(0, "bufsize", "BYTES", st, f.bufsize, 0, 65535,                             \
		 "largest UDP answer (EDNS); 0: without EDNS"),                                   \
	OPT_BOOL(0, "no-recurse", st, f.no_recurse, "the server shall ask nobody else (no RD)"), \
	OPT_BOOL(0, "do", st, f.dnssec_ok, "ask for DNSSEC records too (DO)"),               \
	OPT_BOOL(0, "nsid", st, f.nsid, "ask which server it is (RFC 5001)"),                \
	OPT_STR(0, "ecs", "PREFIX", st, f.ecs, "ask on behalf of these clients (RFC 7871)"), \
	OPT_BOOL(0, "random-case", st, f.random_case, "random case, which must come back"),  \
	OPT_FILE(0, "resolv-conf", "FILE", st, f.resolv_conf,                                \
		 "instead of /etc/resolv.conf"),                                             \
	OPT_UINT('w', "window", "N", st, f.window, 1, DNSRUN_WINDOW_MAX,                     \
		 "at most N questions under way (500)"),                                     \
	OPT_UINT(0, "retries", "N", st, f.retries, 0, 100, "ask again at most N times"),     \
	OPT_DURATION(0, "timeout", "TIME", st, f.timeout_ns,                                 \
		     "wait TIME for the first answer")
#define DNSRUN_BATCH_OPTS(st, f)                                                             \
	OPT_UINT(0, "rate", "N", st, f.rate, 1, DNSRUN_RATE_MAX,                             \
		 "at most N questions a second"),                                            \
	OPT_FILE(0, "resume", "FILE", st, f.resume, "leave out what this output has already"), \
	OPT_BOOL(0, "stats", st, f.stats, "print counters on standard error at the end")

/* clang-format on */

/* For struct command's defaults. */
void dnsrun_defaults(struct dnsrun_options *opt);

struct dnsrun {
	struct cli *cli;
	const struct dnsrun_options *opt;
	bool wanted;             /* --dns, or there was an @SERVER */
	struct targets servers;  /* that are asked, with ports */
	struct conf_resolv conf; /* from here to STUB: after dnsrun_open() */
	struct engine *engine;
	struct stub_config stub;

	uint64_t records, negative, failed; /* counted by dnsrun_count() */

	struct opt_strs named; /* private from here */
	struct dnsrun_search VEC(struct wire_name) search;
	struct dnsrun_texts VEC(char *) texts;
	struct hash had;
	struct loop_fd input;
	bool progress, shown;
	uint64_t began_ns, look_ns;
};

/*
 * Begins RUN with the options; takes the operands "@SERVER[#PORT]" out of the *ARGC at ARGV.
 * ERR_USAGE in CLI->err for what cannot be a server.
 */
int dnsrun_init(struct dnsrun *run, struct cli *cli, const struct dnsrun_options *opt, int *argc,
		char **argv) MUST_CHECK;

/*
 * For a look-up that does not ask the DNS itself: ERR_USAGE for an option that is of those that
 * do, and would be without effect; --timeout is let pass if TIMEOUT.
 */
int dnsrun_refuse(const struct dnsrun_options *opt, bool timeout, struct err *err) MUST_CHECK;

/*
 * Reads resolv.conf and makes the engine and the stub's configuration.  A server that is
 * given by name is asked of getaddrinfo(3), for which O (may be NULL) is flushed.
 */
int dnsrun_open(struct dnsrun *run, struct out *o) MUST_CHECK;

/* Prints --stats, takes the progress away and frees all.  After any dnsrun_init(). */
void dnsrun_finish(struct dnsrun *run);

/* "192.0.2.53#53" of server number I; good until dnsrun_finish(). */
const char *dnsrun_server(const struct dnsrun *run, unsigned i);

/* The full() and the wait() of struct bulk_ops, for those whose look-ups are the engine's. */
bool dnsrun_full(const struct dnsrun *run);
int dnsrun_wait(struct dnsrun *run, int fd, bool poll, struct err *err) MUST_CHECK;

/* Turns until all that was asked is answered, or a signal has come. */
int dnsrun_drain(struct dnsrun *run, struct err *err) MUST_CHECK;

/*
 * --resume: reads the file, if the option was given; and whether INPUT, an operand or line,
 * has its record there.  If standard output goes on with that file, a torn last line is cut off.
 */
int dnsrun_resume(struct dnsrun *run) MUST_CHECK;
bool dnsrun_had(const struct dnsrun *run, const struct cli_operand *input);

/* One more record of a batch was printed, KIND is what came of it. */
void dnsrun_count(struct dnsrun *run, enum err_kind kind);

#endif
