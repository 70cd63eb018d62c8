/* SPDX-License-Identifier: MIT */
/*
 * rresolve.c - netipc rresolve: what getnameinfo(3) makes of an address and a port
 *
 * The lecture's example, whose line "host:service" is the plain form.  Each flag of the
 * call is an option.  Many addresses, the DNS itself and texts are parts of their own,
 * rresolve_*.c.
 */
#include <locale.h>
#include <netdb.h>
#include <string.h>

#include "base/str.h"
#include "cmd/commands.h"
#include "cmd/rresolve_impl.h"
#include "net/names.h"

/* One bit of an options field for each NI_ flag: a platform may not have the flag itself. */
enum {
	FLAG_DGRAM,
	FLAG_NAMEREQD,
	FLAG_NOFQDN,
	FLAG_NUMERICHOST,
	FLAG_NUMERICSERV,
	FLAG_IDN,
};

static const char *const flag_names[] = {
	[FLAG_DGRAM] = "NI_DGRAM",
	[FLAG_NAMEREQD] = "NI_NAMEREQD",
	[FLAG_NOFQDN] = "NI_NOFQDN",
	[FLAG_NUMERICHOST] = "NI_NUMERICHOST",
	[FLAG_NUMERICSERV] = "NI_NUMERICSERV",
	[FLAG_IDN] = "NI_IDN",
};

/* clang-format off */
#define FLAG(l, bit, h) OPT_BITS(0, l, rresolve_options, flags, 1U << (bit), h)

static const struct opt rresolve_opts[] = {
	OPT_GROUP("Flags of getnameinfo(3)"),
	FLAG("dgram", FLAG_DGRAM, "the service is of UDP, not TCP (NI_DGRAM)"),
	FLAG("namereqd", FLAG_NAMEREQD, "an address without a name is an error"),
	FLAG("nofqdn", FLAG_NOFQDN, "a local host without its domain (NI_NOFQDN)"),
	FLAG("numerichost", FLAG_NUMERICHOST, "print the address, look no name up"),
	FLAG("numericserv", FLAG_NUMERICSERV, "print the port, look no service up"),
	FLAG("idn", FLAG_IDN, "decode an international name (NI_IDN)"),
	OPT_GROUP("More about the answer"),
	OPT_BOOL(0, "fcrdns", rresolve_options, fcrdns, "ask whether the name has the address"),
	OPT_BOOL(0, "force", rresolve_options, force, "go through more than 1048576 addresses"),
	OPT_GROUP("Names in a text"),
	OPT_BOOL(0, "filter", rresolve_options, filter, "put names in place of a text's addresses"),
	OPT_UINT(0, "field", "N", rresolve_options, field, 1, 1000000, "those of field N (1)"),
	OPT_BOOL(0, "all", rresolve_options, all, "those of all fields"),
	OPT_BOOL(0, "brackets", rresolve_options, brackets, "keep the address: name[address]"),
	OPT_DURATION(0, "max-delay", "TIME", rresolve_options, max_delay_ns,
		     "let no line wait longer for its names"),
	DNSRUN_QUERY_OPTS(rresolve_options, dns),
	BULK_OPTS(rresolve_options),
	DNSRUN_BATCH_OPTS(rresolve_options, dns),
	OPT_END,
};
/* clang-format on */

static void defaults(void *options)
{
	struct rresolve_options *opt = options;

	opt->max_delay_ns = UINT64_MAX;
	dnsrun_defaults(&opt->dns);
}

/* The lecture's call, of one address. */
static int single(struct rresolve *r, const char *text)
{
	const struct cli_operand operand = { .text = text, .len = strlen(text) };
	struct rresolve_answer answer;
	struct rresolve_query q;
	struct err err;
	int flags = r->flags, rc;

	if (rresolve_parse(&q, r, &operand, false, &err) < 0)
		return rresolve_refuse(r, &q, &operand, &err);
	if (cli_block_begin(r->cli, r->o) < 0)
		return -1;
	if (!q.ep.has_port && out_format(r->o) != OUT_CLASSIC)
		flags |= NI_NUMERICSERV; /* nobody asks for the service: spare the look-up */
	rresolve_system(&answer, &q.sa, flags, r->opt->fcrdns);
	cli_block_end();
	rc = rresolve_print(r, &q, &operand, &answer);
	rresolve_answer_fini(&answer);
	return rc;
}

static int misuse(struct cli *cli, const char *text)
{
	cli->misused = true;
	return err_set(&cli->err, ERR_USAGE, "%s", text);
}

/* The options fit together. */
static int check_options(const struct rresolve *r)
{
	const struct rresolve_options *opt = r->opt;
	const unsigned name_flags =
		1U << FLAG_NAMEREQD | 1U << FLAG_NOFQDN | 1U << FLAG_NUMERICHOST | 1U << FLAG_IDN;

	if (opt->filter && !out_is_text(r->o))
		return misuse(r->cli, "--filter prints the text, no records");
	if (opt->filter && (opt->flags || opt->fcrdns))
		return misuse(r->cli, "--filter has no use for --fcrdns and getnameinfo's flags");
	if (!opt->filter &&
	    (opt->field || opt->all || opt->brackets || opt->max_delay_ns != UINT64_MAX))
		return misuse(r->cli, "--field, --all, --brackets and --max-delay are of --filter");
	if (opt->field && opt->all)
		return misuse(r->cli, "--field N and --all exclude each other");
	if (r->dns.wanted && (opt->flags & name_flags))
		return misuse(r->cli, "--dns does not call getnameinfo: no use for its flags");
	if (opt->fcrdns && (opt->flags & 1U << FLAG_NUMERICHOST))
		return misuse(r->cli,
			      "--fcrdns needs the name that --numerichost does not look up");
	return 0;
}

/* Operand I of ARGV is out of place: the port of a port, or standard input beside others. */
static int check_operands(struct rresolve *r, int argc, char **argv)
{
	bool lines = r->opt->bulk.file || (argc && strcmp(argv[0], "-") == 0);
	int ports = r->opt->bulk.file ? 0 : 1; /* where that of all lines stands */
	char show[STR_SHOW];

	for (int i = 0; i < argc; i++) {
		bool is_port = rresolve_is_port(argv[i]);

		if (lines ? i <= ports && (i < ports || is_port) :
			    strcmp(argv[i], "-") != 0 &&
				    !(is_port && i > 1 && rresolve_is_port(argv[i - 1])))
			continue;
		r->cli->misused = true;
		return err_set(&r->cli->err, ERR_USAGE, "unexpected operand \"%s\"",
			       str_show(show, argv[i]));
	}
	if (argc || r->opt->bulk.file)
		return 0;
	return cli_want(r->cli, argc, argv, 1, 1);
}

/* Addresses are looked up: one, or as many as the operands or lines have. */
static int look_up(struct rresolve *r, int argc, char **argv)
{
	const char *file = r->opt->bulk.file;
	bool one;

	if (check_operands(r, argc, argv) < 0)
		return -1;
	if (!file && strcmp(argv[0], "-") == 0) {
		file = "-";
		argc--;
		argv++;
	}
	one = !file && !r->cli->share && (argc == 1 || (argc == 2 && rresolve_is_port(argv[1]))) &&
	      rresolve_is_single(argv[0]);
	r->many = !one;
	if (file)
		r->port = argc ? argv[0] : NULL;
	else if (one && !r->dns.wanted)
		r->port = argc > 1 ? argv[1] : NULL;
	if (one && !r->dns.wanted)
		return single(r, argv[0]);
	if (dnsrun_resume(&r->dns) < 0)
		return -1;
	return rresolve_bulk(r, file, argc, argv);
}

static int run_part(struct rresolve *r, int argc, char **argv)
{
	const struct rresolve_options *opt = r->opt;

	if (check_options(r) < 0 ||
	    names_bits(&r->flags, NAMES_NI, flag_names, opt->flags, &r->cli->err) < 0)
		return -1;
	r->dns.wanted |= opt->filter;
	r->cli->misused = true;
	if (!r->dns.wanted && dnsrun_refuse(&opt->dns, false, &r->cli->err) < 0)
		return -1;
	r->cli->misused = false;
	if (r->dns.wanted && dnsrun_open(&r->dns, r->o) < 0)
		return -1;
	return opt->filter ? rresolve_filter(r, argc, argv) : look_up(r, argc, argv);
}

static int rresolve_run(struct cli *cli, const void *options, int argc, char **argv)
{
	const struct rresolve_options *opt = options;
	struct rresolve r = { .cli = cli, .opt = opt };
	int rc = -1;

	if (opt->flags & 1U << FLAG_IDN)
		setlocale(LC_CTYPE, ""); /* of the names; a tenth of the time from start to exit */
	if (dnsrun_init(&r.dns, cli, &opt->dns, &argc, argv) < 0)
		return -1;
	r.o = cli_out(cli, opt->bulk.file || (argc && strcmp(argv[0], "-") == 0));
	if (r.o)
		rc = run_part(&r, argc, argv);
	dnsrun_finish(&r.dns);
	return out_close(r.o, &cli->err) < 0 ? -1 : rc;
}

const struct command cmd_rresolve = {
	.name = "rresolve",
	.summary = "print the name of an address as getnameinfo gives it",
	.operands = "[@SERVER] [ADDRESS[/LEN]|A-B [PORT]]...",
	.opts = rresolve_opts,
	.cols = rresolve_cols,
	.ncols = RRESOLVE_NCOLS,
	.size = sizeof(struct rresolve_options),
	.flags = COMMAND_RECORDS | COMMAND_CLASSIC | COMMAND_BATCH,
	.defaults = defaults,
	.run = rresolve_run,
};
