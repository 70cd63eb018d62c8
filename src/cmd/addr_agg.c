/* SPDX-License-Identifier: MIT */
/*
 * addr_agg.c - netipc addr agg, count: the fewest prefixes that are the same addresses, and
 * how many addresses that is
 */
#include <string.h>

#include "cmd/addr_sets.h"

/* All operands as one sealed set, of the families that are wanted. */
static int load(struct addr_load *l, const struct addr_sets_options *opt, int argc, char **argv,
		struct ipset *s)
{
	l->bad = opt->bad;
	l->flags = addr_sets_flags(opt->strict, opt->legacy);
	if (addr_load_all(l, argc, argv, s) < 0)
		return -1;
	addr_sets_restrict(s, opt->only4, opt->only6);
	ipset_seal(s);
	return 0;
}

static int agg_run(struct cli *cli, const void *options, int argc, char **argv)
{
	struct out *o = cli_out(cli, false);
	struct addr_load l = { .cli = cli,
			       .o = o,
			       .text_col = ADDR_SETS_INPUT,
			       .error_col = ADDR_SETS_ERROR,
			       .shared = true };
	struct ipset s = { 0 };
	int rc;

	if (!o)
		return -1;
	rc = load(&l, options, argc, argv, &s);
	if (rc == 0 && !cli_interrupted())
		rc = addr_sets_print(cli, o, options, &s);
	ipset_fini(&s);
	return out_close(o, &cli->err) < 0 ? -1 : rc;
}

const struct command addr_verb_agg = {
	.name = "agg",
	.summary = "print the fewest prefixes of the same addresses",
	.operands = "[NET|@CLASS|FILE]...",
	.opts = addr_sets_opts,
	.cols = addr_sets_cols,
	.ncols = ADDR_SETS_NCOLS,
	.size = sizeof(struct addr_sets_options),
	.flags = COMMAND_RECORDS | COMMAND_BATCH,
	.defaults = addr_sets_defaults,
	.run = agg_run,
};

static const struct opt count_opts[] = {
	OPT_BOOL('4', "ipv4", addr_sets_options, only4, "only IPv4"),
	OPT_BOOL('6', "ipv6", addr_sets_options, only6, "only IPv6"),
	OPT_BOOL(0, "strict", addr_sets_options, strict, "refuse bits behind a prefix's length"),
	OPT_BOOL(0, "legacy", addr_sets_options, legacy, "take what inet_aton reads too"),
	ADDR_BAD_OPT(addr_sets_options, bad),
	OPT_END,
};

enum {
	COUNT_FAMILY,
	COUNT_RANGES,
	COUNT_PREFIXES,
	COUNT_COUNT,
	COUNT_INPUT,
	COUNT_ERROR,
};

static const struct out_col count_cols[] = {
	[COUNT_FAMILY] = { "family", OUT_STR, "ipv4 or ipv6", false },
	[COUNT_RANGES] = { "ranges", OUT_INT, "the fewest ranges that these are", false },
	[COUNT_PREFIXES] = { "prefixes", OUT_INT, "the fewest prefixes", false },
	[COUNT_COUNT] = { "count", OUT_INT, "how many addresses, each counted once", false },
	[COUNT_INPUT] = { "input", OUT_STR, "a bad line that --err=print passes on", true },
	[COUNT_ERROR] = { "error", OUT_STR, "what is wrong with it", true },
};

static int count_rows(struct cli *cli, struct out *o, const struct ipset *s)
{
	for (unsigned family = 4; family <= 6; family += 2) {
		if (ipset_ranges(s, family) == 0)
			continue;
		out_str(o, COUNT_FAMILY, family == 4 ? "ipv4" : "ipv6");
		out_uint(o, COUNT_RANGES, ipset_ranges(s, family));
		out_uint(o, COUNT_PREFIXES, addr_sets_prefixes(s, family));
		addr_count_set(o, COUNT_COUNT, ipset_count(s, family));
		if (out_row(o, &cli->err) < 0)
			return -1;
	}
	return 0;
}

static int count_run(struct cli *cli, const void *options, int argc, char **argv)
{
	const struct addr_sets_options *opt = options;
	struct out *o = cli_out(cli, false);
	struct addr_load l = {
		.cli = cli, .o = o, .text_col = COUNT_INPUT, .error_col = COUNT_ERROR
	};
	struct ipset s = { 0 };
	char text[IPCOUNT_STRLEN + 1];
	bool whole;
	size_t n;
	int rc;

	if (!o)
		return -1;
	rc = load(&l, opt, argc, argv, &s);
	/* A number does not show that something is left out of it. */
	whole = rc == 0 && !l.failed && !cli_interrupted();
	if (whole && out_is_text(o)) {
		ipcount_format(ipcount_add(ipset_count(&s, 4), ipset_count(&s, 6)), text);
		n = strlen(text);
		text[n++] = '\n';
		rc = out_text(o, text, n, &cli->err);
	} else if (whole) {
		rc = count_rows(cli, o, &s);
	}
	ipset_fini(&s);
	return out_close(o, &cli->err) < 0 ? -1 : rc;
}

const struct command addr_verb_count = {
	.name = "count",
	.summary = "print how many addresses these are",
	.operands = "[NET|@CLASS|FILE]...",
	.opts = count_opts,
	.cols = count_cols,
	.ncols = ARRAY_SIZE(count_cols),
	.size = sizeof(struct addr_sets_options),
	.flags = COMMAND_RECORDS | COMMAND_BATCH | COMMAND_WHOLE,
	.run = count_run,
};
