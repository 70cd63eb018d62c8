/* SPDX-License-Identifier: MIT */
/*
 * addr_set.c - netipc addr set, compare: sets computed from lists, and two of them side by
 * side
 */
#include <string.h>

#include "cmd/addr_sets.h"
#include "net/ipset_expr.h"

static int load_operand(void *to, const struct ipset_step *step, struct ipset *out, struct err *err)
{
	struct addr_load *l = to;

	return addr_load_operand(l, step->text, step->len, step->before, out, err);
}

/*
 * The value of an expression.  Returns 1, 0 if an input could not be read, as was complained
 * of, or a signal has come: then there is none.
 */
static int evaluate(struct addr_load *l, const char *text, size_t len, struct ipset *s)
{
	struct cli *cli = l->cli;
	struct ipset_expr e;
	struct err err;
	int rc = ipset_expr_parse(&e, text, len, &err);

	if (rc == 0)
		rc = ipset_expr_eval(&e, load_operand, l, s, &err);
	ipset_expr_fini(&e);
	if (rc < 0) {
		cli->err = err;
		return -1;
	}
	return !l->failed && !cli_interrupted();
}

static int set_run(struct cli *cli, const void *options, int argc, char **argv)
{
	const struct addr_sets_options *opt = options;
	struct addr_load l = {
		.cli = cli,
		.bad = opt->bad,
		.flags = addr_sets_flags(opt->strict, opt->legacy),
		.text_col = ADDR_SETS_INPUT,
		.error_col = ADDR_SETS_ERROR,
	};
	struct ipset s = { 0 };
	struct buf text = { 0 };
	int rc;

	if (cli_want(cli, argc, argv, 1, argc) < 0)
		return -1;
	l.o = cli_out(cli, false);
	if (!l.o)
		return -1;
	for (int i = 0; i < argc; i++)
		buf_printf(&text, "%s%s", i ? " " : "", argv[i]);
	rc = evaluate(&l, text.data, text.len, &s);
	if (rc > 0)
		rc = addr_sets_print(cli, l.o, opt, &s);
	ipset_fini(&s);
	buf_fini(&text);
	return out_close(l.o, &cli->err) < 0 ? -1 : rc;
}

const struct command addr_verb_set = {
	.name = "set",
	.summary = "print the union, intersection or difference of sets",
	.operands = "EXPRESSION...",
	.opts = addr_sets_opts,
	.cols = addr_sets_cols,
	.ncols = ADDR_SETS_NCOLS,
	.size = sizeof(struct addr_sets_options),
	.flags = COMMAND_RECORDS | COMMAND_BATCH | COMMAND_WHOLE,
	.defaults = addr_sets_defaults,
	.run = set_run,
};

struct compare_options {
	bool only4, only6, strict, legacy, list;
	int bad;
};

static const struct opt compare_opts[] = {
	OPT_BOOL('4', "ipv4", compare_options, only4, "only IPv4"),
	OPT_BOOL('6', "ipv6", compare_options, only6, "only IPv6"),
	OPT_BOOL('l', "list", compare_options, list, "list the prefixes"),
	OPT_BOOL(0, "strict", compare_options, strict, "refuse bits behind a prefix's length"),
	OPT_BOOL(0, "legacy", compare_options, legacy, "take what inet_aton reads too"),
	ADDR_BAD_OPT(compare_options, bad),
	OPT_END,
};

enum {
	COMPARE_IN,
	COMPARE_FAMILY,
	COMPARE_PREFIX,
	COMPARE_RANGES,
	COMPARE_PREFIXES,
	COMPARE_COUNT,
	COMPARE_INPUT,
	COMPARE_ERROR,
};

static const struct out_col compare_cols[] = {
	[COMPARE_IN] = { "in", OUT_STR, "a, b or both", false },
	[COMPARE_FAMILY] = { "family", OUT_STR, "ipv4 or ipv6", false },
	[COMPARE_PREFIX] = { "prefix", OUT_STR, "with --list: a prefix of these addresses", true },
	[COMPARE_RANGES] = { "ranges", OUT_INT, "the fewest ranges that these are", false },
	[COMPARE_PREFIXES] = { "prefixes", OUT_INT, "the fewest prefixes", false },
	[COMPARE_COUNT] = { "count", OUT_INT, "how many addresses", false },
	[COMPARE_INPUT] = { "input", OUT_STR, "a bad line that --err=print passes on", true },
	[COMPARE_ERROR] = { "error", OUT_STR, "what is wrong with it", true },
};

/* Where addresses are, in the order of the output. */
static const struct part {
	const char *name;
	const char *sign; /* before a prefix of the list */
	enum ipset_op op;
} parts[] = {
	{ "a", "-", IPSET_DIFFERENCE },
	{ "b", "+", IPSET_REVERSE },
	{ "both", "=", IPSET_INTERSECTION },
};

static int print_counts(struct cli *cli, struct out *o, const struct part *part,
			const struct ipset *s)
{
	for (unsigned family = 4; family <= 6; family += 2) {
		out_str(o, COMPARE_IN, part->name);
		out_str(o, COMPARE_FAMILY, family == 4 ? "ipv4" : "ipv6");
		out_uint(o, COMPARE_RANGES, ipset_ranges(s, family));
		out_uint(o, COMPARE_PREFIXES, addr_sets_prefixes(s, family));
		addr_count_set(o, COMPARE_COUNT, ipset_count(s, family));
		if (ipset_ranges(s, family) == 0)
			out_drop(o);
		else if (out_row(o, &cli->err) < 0)
			return -1;
	}
	return 0;
}

static int print_prefix(struct cli *cli, struct out *o, const struct part *part,
			const struct range *r)
{
	char text[PREFIX_STRLEN], line[PREFIX_STRLEN + 3];
	int n;

	range_format(r, text);
	if (out_is_text(o)) {
		n = snprintf(line, sizeof(line), "%s %s\n", part->sign, text);
		return out_text(o, line, (size_t)n, &cli->err);
	}
	out_str(o, COMPARE_IN, part->name);
	out_str(o, COMPARE_FAMILY, r->family == 4 ? "ipv4" : "ipv6");
	out_str(o, COMPARE_PREFIX, text);
	addr_count_set(o, COMPARE_COUNT, range_count(r));
	return out_row(o, &cli->err);
}

static int print_list(struct cli *cli, struct out *o, const struct part *part,
		      const struct ipset *s)
{
	for (unsigned family = 4; family <= 6; family += 2) {
		for (size_t i = 0; i < ipset_ranges(s, family); i++) {
			struct range rest = ipset_range(s, family, i), prefix;
			bool more;

			do {
				more = range_next_prefix(&rest, &prefix);
				if (print_prefix(cli, o, part, &prefix) < 0)
					return -1;
			} while (more);
		}
	}
	return 0;
}

static int compare(struct cli *cli, struct out *o, const struct compare_options *opt,
		   struct ipset sets[static 2])
{
	int rc = 0;

	addr_sets_restrict(&sets[0], opt->only4, opt->only6);
	addr_sets_restrict(&sets[1], opt->only4, opt->only6);
	if (!ipset_equal(&sets[0], &sets[1]))
		cli_status(cli, ERR_NEGATIVE);
	for (size_t i = 0; i < ARRAY_SIZE(parts) && rc == 0; i++) {
		struct ipset s = { 0 };

		ipset_combine(&s, &sets[0], &sets[1], parts[i].op);
		rc = opt->list ? print_list(cli, o, &parts[i], &s) :
				 print_counts(cli, o, &parts[i], &s);
		ipset_fini(&s);
	}
	return rc;
}

static int compare_run(struct cli *cli, const void *options, int argc, char **argv)
{
	const struct compare_options *opt = options;
	struct addr_load l = {
		.cli = cli,
		.bad = opt->bad,
		.flags = addr_sets_flags(opt->strict, opt->legacy),
		.text_col = COMPARE_INPUT,
		.error_col = COMPARE_ERROR,
	};
	struct ipset sets[2] = { { { 0 } } };
	int rc = 1;

	if (cli_want(cli, argc, argv, 2, 2) < 0)
		return -1;
	l.o = cli_out(cli, false);
	if (!l.o)
		return -1;
	for (int i = 0; i < 2 && rc > 0; i++)
		rc = evaluate(&l, argv[i], strlen(argv[i]), &sets[i]);
	if (rc > 0)
		rc = compare(cli, l.o, opt, sets);
	ipset_fini(&sets[0]);
	ipset_fini(&sets[1]);
	return out_close(l.o, &cli->err) < 0 ? -1 : rc;
}

const struct command addr_verb_compare = {
	.name = "compare",
	.summary = "print what two sets have in common and what not",
	.operands = "EXPRESSION EXPRESSION",
	.opts = compare_opts,
	.cols = compare_cols,
	.ncols = ARRAY_SIZE(compare_cols),
	.size = sizeof(struct compare_options),
	.flags = COMMAND_RECORDS | COMMAND_BATCH | COMMAND_WHOLE,
	.run = compare_run,
};
