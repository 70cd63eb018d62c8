/* SPDX-License-Identifier: MIT */
/*
 * resolve.c - netipc resolve: what getaddrinfo(3) makes of a name and a service
 *
 * The lecture's example: its lines are the plain form, and each field of its hints is an
 * option.  The answer is libc's, in libc's order.  Other ways to look up are parts of their
 * own, resolve_*.c, one of which the options choose.
 */
#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <string.h>

#include "base/compat.h"
#include "base/str.h"
#include "cmd/commands.h"
#include "cmd/kinds.h"
#include "cmd/resolve_impl.h"
#include "net/names.h"

/* One bit of an options field for each AI_ flag: a platform may not have the flag itself. */
enum {
	FLAG_PASSIVE,
	FLAG_CANONNAME,
	FLAG_NUMERICHOST,
	FLAG_NUMERICSERV,
	FLAG_V4MAPPED,
	FLAG_ALL,
	FLAG_ADDRCONFIG,
	FLAG_IDN,
	FLAG_CANONIDN,
};

enum {
	SOURCES = 256, /* bytes of -s */
};

static const char *const flag_names[] = {
	[FLAG_PASSIVE] = "AI_PASSIVE",         [FLAG_CANONNAME] = "AI_CANONNAME",
	[FLAG_NUMERICHOST] = "AI_NUMERICHOST", [FLAG_NUMERICSERV] = "AI_NUMERICSERV",
	[FLAG_V4MAPPED] = "AI_V4MAPPED",       [FLAG_ALL] = "AI_ALL",
	[FLAG_ADDRCONFIG] = "AI_ADDRCONFIG",   [FLAG_IDN] = "AI_IDN",
	[FLAG_CANONIDN] = "AI_CANONIDN",
};

static const struct opt_choice probe_modes[] = {
	{ "first", RESOLVE_PROBE_FIRST, NULL },
	{ "all", RESOLVE_PROBE_ALL, NULL },
	{ NULL, 0, NULL },
};

/* clang-format off */
#define FLAG(l, bit, h) OPT_BITS(0, l, resolve_options, flags, 1U << (bit), h)

static const struct opt resolve_opts[] = {
	OPT_GROUP("Hints"),
	OPT_BOOL('4', "ipv4", resolve_options, only4, "ask for IPv4 addresses only"),
	OPT_BOOL('6', "ipv6", resolve_options, only6, "ask for IPv6 addresses only"),
	OPT_CHOICE(0, "socktype", "TYPE", resolve_options, socktype, kind_types, KIND_TYPES_HELP),
	OPT_CHOICE(0, "protocol", "PROTO", resolve_options, protocol, kind_protocols,
		   KIND_PROTOCOLS_HELP),
	OPT_GROUP("Flags of getaddrinfo(3)"),
	FLAG("passive", FLAG_PASSIVE, "addresses to bind a server to (AI_PASSIVE)"),
	FLAG("canonname", FLAG_CANONNAME, "the canonical name too (AI_CANONNAME)"),
	FLAG("numerichost", FLAG_NUMERICHOST, "NAME is an address, look nothing up"),
	FLAG("numericserv", FLAG_NUMERICSERV, "SERVICE is a port number"),
	FLAG("v4mapped", FLAG_V4MAPPED, "with -6, IPv4 as ::ffff:a.b.c.d if no IPv6"),
	FLAG("all", FLAG_ALL, "with --v4mapped, both kinds"),
	FLAG("addrconfig", FLAG_ADDRCONFIG, "only families that this machine has"),
	FLAG("idn", FLAG_IDN, "encode an international NAME (AI_IDN)"),
	FLAG("canonidn", FLAG_CANONIDN, "decode the canonical name (AI_CANONIDN)"),
	OPT_GROUP("Where names are looked up"),
	OPT_STR('s', "source", "SOURCE", resolve_options, source,
		"ask this source alone, files or dns; or a list"),
	OPT_GROUP("More about the answer"),
	OPT_BITS(0, "explain", resolve_options, modes, RESOLVE_EXPLAIN,
		 "why these addresses, in this order"),
	OPT_BITS(0, "compare", resolve_options, modes, RESOLVE_COMPARE,
		 "each source beside the others and the DNS"),
	OPT_CHOICE_OR("probe", "first|all", resolve_options, probe, probe_modes, RESOLVE_PROBE_FIRST,
		      "connect to them until one works, or to all"),
	OPT_DURATION(0, "stagger", "TIME", resolve_options, stagger_ns,
		     "between two connections of --probe (250ms)"),
	OPT_DURATION(0, "watch", "TIME", resolve_options, watch_ns,
		     "look up every TIME and print what changes"),
	OPT_UINT('c', "count", "N", resolve_options, count, 1, UINT_MAX,
		 "end --watch after N look-ups"),
	DNSRUN_QUERY_OPTS(resolve_options, dns),
	OPT_STR('t', "type", "TYPE,...", resolve_options, type, "records of these types (implies --dns)"),
	OPT_BOOL(0, "validate", resolve_options, validate, "check DNSSEC signatures (libunbound)"),
	OPT_FILE(0, "anchor", "FILE", resolve_options, anchor,
		 "trust anchor of --validate, for the root's"),
	OPT_BOOL('v', "verbose", resolve_options, verbose, "all that was asked and answered"),
	BULK_OPTS(resolve_options),
	DNSRUN_BATCH_OPTS(resolve_options, dns),
	OPT_END,
};
/* clang-format on */

/* The hints that OPT asks for; in the classic form the lecture's are the default. */
static int set_hints(struct resolve *r, bool classic)
{
	const struct resolve_options *opt = r->opt;

	r->hints.socktype = opt->socktype;
	r->hints.protocol = opt->protocol;
	if (opt->only4 != opt->only6)
		r->hints.family = opt->only4 ? AF_INET : AF_INET6;
	if (classic && !opt->only4 && !opt->only6)
		r->hints.family = AF_INET;
	if (classic && !opt->socktype)
		r->hints.socktype = SOCK_STREAM;
	r->canonname = opt->flags & 1U << FLAG_CANONNAME;
	return names_bits(&r->hints.flags, NAMES_AI, flag_names, opt->flags, &r->cli->err);
}

/* -s: what nsswitch.conf(5) would have after "hosts:", a comma for each blank. */
static int use_source(const char *source, struct err *err)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_-";
	char show[STR_SHOW], modules[SOURCES];
	size_t n = strlen(source);
	int rc;

	for (const char *s = source;; s++) {
		size_t word = strspn(s, letters);

		if (word == 0 || (s[word] && s[word] != ',') || n >= sizeof(modules))
			return err_set(err, ERR_USAGE, "\"%s\" is no source and no list of them",
				       str_show(show, source));
		s += word;
		if (!*s)
			break;
	}
	for (size_t i = 0; i <= n; i++)
		modules[i] = source[i] == ',' ? ' ' : source[i];
	rc = compat_nss_only("hosts", modules);
	if (rc == 0)
		return 0;
	if (errno == ENOENT)
		return err_set(err, ERR_SYSTEM,
			       "--source=%s: there is no such module of the name service", source);
	return err_set(err, ERR_SYSTEM,
		       "this libc cannot be told where to look names up: no --source");
}

/* --dns, or what implies it: a type, a check of signatures, an operand @SERVER. */
static bool asks_dns(const struct resolve *r)
{
	return r->dns.wanted || r->opt->type || r->opt->validate;
}

typedef int part_fn(struct resolve *r, int argc, char **argv);

/* The part that an option asks for; they exclude one another. */
static int find_part(const struct resolve *r, part_fn **run)
{
	const struct resolve_options *opt = r->opt;
	const struct {
		const char *option;
		bool chosen;
		part_fn *run;
	} parts[] = {
		{ "--explain", opt->modes & RESOLVE_EXPLAIN, resolve_explain },
		{ "--compare", opt->modes & RESOLVE_COMPARE, resolve_compare },
		{ "--probe", opt->probe, resolve_probe },
		{ "--watch", opt->watch_ns != RESOLVE_UNSET, resolve_watch },
		{ "--file", opt->bulk.file, resolve_bulk },
	};
	const char *option = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (!parts[i].chosen)
			continue;
		if (option)
			return err_set(&r->cli->err, ERR_USAGE, "%s and %s do not go together",
				       option, parts[i].option);
		option = parts[i].option;
		*run = parts[i].run;
	}
	if (option && *run != resolve_bulk && r->cli->output.format == OUT_CLASSIC)
		return err_set(&r->cli->err, ERR_USAGE, "the lecture has no lines for %s", option);
	return 0;
}

/* Options that say how another one works. */
static int check_options(const struct resolve_options *opt, struct err *err)
{
	if (opt->stagger_ns != RESOLVE_UNSET && opt->probe != RESOLVE_PROBE_FIRST)
		return err_set(err, ERR_USAGE, "--stagger is for --probe=first");
	if (opt->count && opt->watch_ns == RESOLVE_UNSET)
		return err_set(err, ERR_USAGE, "--count is for --watch");
	if (opt->watch_ns == 0)
		return err_set(err, ERR_USAGE, "--watch needs some time between two look-ups");
	if (opt->anchor && !opt->validate)
		return err_set(err, ERR_USAGE, "--anchor is for --validate");
	return 0;
}

/* Options that something else than a batch would not heed. */
static int check_batch(const struct resolve_options *opt, struct err *err)
{
	if (!opt->bulk.unordered && !opt->dns.resume)
		return 0;
	return err_set(err, ERR_USAGE, "--%s is for a batch, -f FILE or \"-\"",
		       opt->dns.resume ? "resume" : "unordered");
}

/* Options that RUN would not heed; LINES: it is a batch. */
static int check_part(const struct resolve *r, part_fn *run, bool lines)
{
	const struct resolve_options *opt = r->opt;
	struct err *err = &r->cli->err;

	if (asks_dns(r) && run == resolve_probe)
		return err_set(err, ERR_USAGE, "--probe asks libc, not the DNS itself");
	if ((opt->type || opt->validate) && run != resolve_system && run != resolve_bulk)
		return err_set(err, ERR_USAGE, "%s looks addresses up: no --type, no --validate",
			       run == resolve_watch   ? "--watch" :
			       run == resolve_explain ? "--explain" :
							"--compare");
	if (asks_dns(r) && opt->source && run != resolve_explain && run != resolve_compare)
		return err_set(err, ERR_USAGE, "--source is of libc, which --dns does not ask");
	if (!lines && (check_batch(opt, err) < 0 || cli_no_shard(r->cli) < 0))
		return -1;
	if (asks_dns(r) || run == resolve_compare)
		return 0;
	return dnsrun_refuse(&opt->dns, run == resolve_probe || run == resolve_explain, err);
}

static int run_part(struct resolve *r, int argc, char **argv)
{
	const bool lines = argc > 0 && strcmp(argv[0], "-") == 0;
	part_fn *run = resolve_system;
	struct err *err = &r->cli->err;

	r->cli->misused = true;
	if (find_part(r, &run) < 0 || check_options(r->opt, err) < 0)
		return -1;
	if (run == resolve_system && lines)
		run = resolve_bulk;
	if (run == resolve_system && argc > 2 && !r->opt->type) {
		r->pairs = argv;
		r->npairs = argc;
		run = resolve_bulk;
	}
	if (check_part(r, run, lines || run == resolve_bulk) < 0)
		return -1;
	r->cli->misused = false;
	if (r->opt->source && use_source(r->opt->source, err) < 0)
		return -1;
	if (asks_dns(r) && (run == resolve_system || run == resolve_bulk))
		run = resolve_dns;
	return run(r, argc, argv);
}

static void defaults(void *options)
{
	struct resolve_options *opt = options;

	dnsrun_defaults(&opt->dns);
	opt->stagger_ns = opt->watch_ns = RESOLVE_UNSET;
}

static int resolve_run(struct cli *cli, const void *options, int argc, char **argv)
{
	const struct resolve_options *opt = options;
	struct resolve r = { .cli = cli, .opt = opt };
	int rc;

	if (opt->flags & (1U << FLAG_IDN | 1U << FLAG_CANONIDN))
		setlocale(LC_CTYPE, ""); /* of the names; a tenth of the time from start to exit */
	if (set_hints(&r, cli->output.format == OUT_CLASSIC) < 0)
		return -1;
	rc = dnsrun_init(&r.dns, cli, &opt->dns, &argc, argv);
	if (rc == 0)
		rc = run_part(&r, argc, argv);
	if (r.o && out_close(r.o, &cli->err) < 0)
		rc = -1;
	dnsrun_finish(&r.dns);
	buf_fini(&r.pair);
	return rc;
}

static const struct command_view *const views[] = {
	&resolve_bulk_view,     &resolve_dns_view,     &resolve_dns_records_view,
	&resolve_dns_bulk_view, &resolve_compare_view, &resolve_explain_view,
	&resolve_probe_view,    &resolve_watch_view,   NULL,
};

const struct command cmd_resolve = {
	.name = "resolve",
	.summary = "print the addresses of a name as getaddrinfo gives them",
	.operands = "[@SERVER] [NAME [SERVICE]]...",
	.opts = resolve_opts,
	.cols = resolve_cols,
	.ncols = ARRAY_SIZE(resolve_cols),
	.views = views,
	.size = sizeof(struct resolve_options),
	.flags = COMMAND_RECORDS | COMMAND_CLASSIC | COMMAND_BATCH,
	.defaults = defaults,
	.run = resolve_run,
};
