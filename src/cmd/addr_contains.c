/* SPDX-License-Identifier: MIT */
/*
 * addr_contains.c - netipc addr contains, gaps: what a prefix has in it, and what not
 */
#include <string.h>

#include "base/str.h"
#include "cmd/addr_sets.h"
#include "cmd/addr_subnet.h"

/* contains */

struct contains_options {
	unsigned flags;
	bool quiet;
};

static const struct opt contains_opts[] = {
	OPT_BOOL('q', "quiet", contains_options, quiet, "print nothing: the status tells"),
	SUBNET_STRICT(contains_options),
	OPT_END,
};

enum {
	CONTAINS_RELATION = SUBNET_COLUMNS,
	CONTAINS_CONTAINED,
};

static const struct out_col contains_cols[] = {
	SUBNET_COLS,
	[CONTAINS_RELATION] = { "relation", OUT_STR, "inside, equal, around, partly or outside",
				false },
	[CONTAINS_CONTAINED] = { "contained", OUT_BOOL, "all of it is in the first operand",
				 false },
};

/* How a range lies to another. */
struct relation {
	const char *name, *words;
	bool contained;
};

static const struct relation inside = { "inside", "is in", true },
			     equal = { "equal", "equals", true },
			     around = { "around", "is around", false },
			     partly = { "partly", "is partly in", false },
			     outside = { "outside", "is not in", false };

/* The first operand. */
struct container {
	const char *text;
	struct ipset set;
	struct buf name;
	bool quiet;
};

/* The number of the first range of SET that does not end before R begins. */
static size_t first_behind(const struct ipset *set, const struct range *r)
{
	size_t low = 0, high = ipset_ranges(set, r->family);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct range at = ipset_range(set, r->family, middle);

		if (u128_less(at.last, r->first))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* R has all addresses of SET, of which some are of its family. */
static bool is_around(const struct ipset *set, const struct range *r)
{
	size_t n = ipset_ranges(set, r->family);
	struct range first = ipset_range(set, r->family, 0);
	struct range last = ipset_range(set, r->family, n - 1);

	return ipset_ranges(set, r->family == 4 ? 6 : 4) == 0 && range_contains(r, &first) &&
	       range_contains(r, &last);
}

/* As ranges of a set do not touch, R is in it if it is in one of them. */
static const struct relation *relate(const struct ipset *set, const struct range *r)
{
	size_t i = first_behind(set, r);
	struct range at;

	if (i == ipset_ranges(set, r->family))
		return &outside;
	at = ipset_range(set, r->family, i);
	if (u128_less(r->last, at.first))
		return &outside;
	if (range_contains(&at, r))
		return is_around(set, r) ? &equal : &inside;
	return is_around(set, r) ? &around : &partly;
}

static int contains_one(struct subnet *s, void *how)
{
	const struct container *net = how;
	const struct relation *relation = relate(&net->set, &s->net.range);
	struct buf line = { 0 };
	char r[PREFIX_STRLEN];
	int rc;

	if (!relation->contained)
		cli_status(s->cli, ERR_NEGATIVE);
	if (net->quiet)
		return 0;
	if (!out_is_text(s->o)) {
		out_str(s->o, CONTAINS_RELATION, relation->name);
		out_bool(s->o, CONTAINS_CONTAINED, relation->contained);
		return subnet_put(s, &s->net.range);
	}
	buf_printf(&line, "%s %s ", range_format(&s->net.range, r), relation->words);
	buf_add(&line, net->name.data, net->name.len);
	buf_addc(&line, '\n');
	rc = out_text(s->o, line.data, line.len, &s->cli->err);
	buf_fini(&line);
	return rc;
}

/* Reads the first operand; 1 if that was complained of. */
static int contains_begin(struct subnet *s, void *how)
{
	struct container *net = how;
	const char *text = net->text, *name = strcmp(text, "-") == 0 ? "standard input" : text;
	struct addr_load l = { .cli = s->cli, .o = s->o, .flags = s->flags };
	char canonical[PREFIX_STRLEN];
	struct prefix p;
	struct err none;

	if (addr_load_operand(&l, text, strlen(text), 0, &net->set, &s->cli->err) < 0)
		return -1;
	if (l.failed)
		return 1;
	ipset_seal(&net->set);
	if (prefix_parse(&p, text, strlen(text), 0, s->flags, &none) == 0)
		buf_adds(&net->name, range_format(&p.range, canonical));
	else
		str_safe(&net->name, name, strlen(name));
	return 0;
}

static int contains_run(struct cli *cli, const void *options, int argc, char **argv)
{
	const struct contains_options *opt = options;
	struct container net = { .text = argv[0], .quiet = opt->quiet };
	int rc;

	if (cli_want(cli, argc, argv, 2, argc) < 0)
		return -1;
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[0], "-") == 0 && strcmp(argv[i], "-") == 0)
			return subnet_misuse(cli, "standard input can be read only once");
	rc = subnet_each(cli, argc - 1, argv + 1,
			 &(struct subnet_work){ opt->flags, contains_begin, contains_one, NULL,
						&net });
	ipset_fini(&net.set);
	buf_fini(&net.name);
	return rc;
}

const struct command addr_verb_contains = {
	.name = "contains",
	.summary = "say what is in a prefix or list",
	.operands = "NET|@CLASS|FILE OTHER...",
	.opts = contains_opts,
	.cols = contains_cols,
	.ncols = ARRAY_SIZE(contains_cols),
	.size = sizeof(struct contains_options),
	.flags = COMMAND_RECORDS | COMMAND_BATCH,
	.run = contains_run,
};

/* gaps */

struct gaps_options {
	struct addr_sets_options sets;
	bool between;
};

static void gaps_defaults(void *options)
{
	addr_sets_defaults(&((struct gaps_options *)options)->sets);
}

static const struct opt gaps_opts[] = {
	OPT_BOOL('b', "between", gaps_options, between, "no NET: between the first and the last"),
	OPT_BOOL('r', "ranges", gaps_options, sets.ranges,
		 "each gap as one range, not as prefixes"),
	OPT_BOOL('4', "ipv4", gaps_options, sets.only4, "only IPv4"),
	OPT_BOOL('6', "ipv6", gaps_options, sets.only6, "only IPv6"),
	OPT_BOOL(0, "strict", gaps_options, sets.strict, "refuse bits behind a prefix's length"),
	OPT_BOOL(0, "legacy", gaps_options, sets.legacy, "take what inet_aton reads too"),
	ADDR_BAD_OPT(gaps_options, sets.bad),
	OPT_END,
};

/* From the first to the last address of each family in SET. */
static void add_hull(struct ipset *hull, const struct ipset *set)
{
	for (unsigned family = 4; family <= 6; family += 2) {
		size_t n = ipset_ranges(set, family);
		struct range r;

		if (n == 0)
			continue;
		r = ipset_range(set, family, 0);
		r.last = ipset_range(set, family, n - 1).last;
		ipset_add(hull, &r);
	}
}

/* Reads NET into WHOLE, unless there is none, and the list into SET; seals both. */
static int gaps_load(struct addr_load *l, const struct gaps_options *opt, int argc, char **argv,
		     struct ipset *whole, struct ipset *set)
{
	if (!opt->between &&
	    addr_load_operand(l, argv[0], strlen(argv[0]), 0, whole, &l->cli->err) < 0)
		return -1;
	if (addr_load_all(l, argc - !opt->between, argv + !opt->between, set) < 0)
		return -1;
	ipset_seal(set);
	if (opt->between)
		add_hull(whole, set);
	addr_sets_restrict(whole, opt->sets.only4, opt->sets.only6);
	ipset_seal(whole);
	return 0;
}

static int gaps_run(struct cli *cli, const void *options, int argc, char **argv)
{
	const struct gaps_options *opt = options;
	struct ipset whole = { 0 }, set = { 0 }, gaps = { 0 };
	struct addr_load l = {
		.cli = cli,
		.bad = opt->sets.bad,
		.flags = addr_sets_flags(opt->sets.strict, opt->sets.legacy),
		.text_col = ADDR_SETS_INPUT,
		.error_col = ADDR_SETS_ERROR,
	};
	int rc;

	if (!opt->between && cli_want(cli, argc, argv, 1, argc) < 0)
		return -1;
	l.o = cli_out(cli, false);
	if (!l.o)
		return -1;
	rc = gaps_load(&l, opt, argc, argv, &whole, &set);
	/* What a list that was not read to its end leaves out is not known. */
	if (rc == 0 && !l.failed && !cli_interrupted()) {
		ipset_combine(&gaps, &whole, &set, IPSET_DIFFERENCE);
		rc = addr_sets_print(cli, l.o, &opt->sets, &gaps);
	}
	ipset_fini(&gaps);
	ipset_fini(&set);
	ipset_fini(&whole);
	return out_close(l.o, &cli->err) < 0 ? -1 : rc;
}

const struct command addr_verb_gaps = {
	.name = "gaps",
	.summary = "print what a list leaves out of a prefix",
	.operands = "[NET] [NET|@CLASS|FILE]...",
	.opts = gaps_opts,
	.cols = addr_sets_cols,
	.ncols = ADDR_SETS_NCOLS,
	.size = sizeof(struct gaps_options),
	.flags = COMMAND_RECORDS | COMMAND_BATCH | COMMAND_WHOLE,
	.defaults = gaps_defaults,
	.run = gaps_run,
};
