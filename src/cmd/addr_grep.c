/* SPDX-License-Identifier: MIT */
/*
 * addr_grep.c - netipc addr grep: the lines that have an address of a set
 *
 * The letters are those of grep(1), so -o is --only-matching here, and --columns has only its
 * long name.
 */
#include "cmd/addr_grep.h"

#include <string.h>

#include "base/str.h"
#include "cmd/addr_sets.h"
#include "net/registry.h"

/* clang-format off */
static const struct opt grep_opts[] = {
	OPT_GROUP("Addresses"),
	OPT_STRS('e', "net", "NET", addr_grep_options, nets, "a network, range, address or @CLASS"),
	{ OPT_T_STRS, 'f', "file", "LIST", "a file of networks, with labels behind them",
	  OPT_FIELD(addr_grep_options, lists, struct opt_strs), 0, 0, NULL, OPT_HINT_FILE },
	OPT_BOOL(0, "outside", addr_grep_options, outside, "addresses that are in none of them"),
	OPT_BOOL(0, "embedded", addr_grep_options, embedded, "IPv4 addresses inside of IPv6 ones too"),
	OPT_BOOL(0, "strict", addr_grep_options, strict, "refuse bits behind a prefix's length"),
	OPT_BOOL(0, "legacy", addr_grep_options, legacy, "networks: take what inet_aton reads too"),
	ADDR_BAD_OPT(addr_grep_options, bad),
	OPT_GROUP("Where in a line"),
	OPT_UINT('k', "field", "N", addr_grep_options, field, 1, 1000000, "look into field N only"),
	OPT_STR('d', "delimiter", "C", addr_grep_options, separator,
		"fields are separated by C, not by blanks"),
	OPT_BOOL(0, "anchor", addr_grep_options, anchor, "only at its begin; with -k the whole field"),
	OPT_BOOL(0, "loose", addr_grep_options, loose, "in words too, as grepcidr 3 does"),
	OPT_GROUP("What is printed"),
	OPT_BOOL('v', "invert-match", addr_grep_options, invert, "the other lines"),
	OPT_BOOL('o', "only-matching", addr_grep_options, only, "the addresses, one a line"),
	OPT_BOOL(0, "label", addr_grep_options, label, "the network and its label behind a line"),
	OPT_BOOL('c', "count", addr_grep_options, count, "how many lines"),
	OPT_BOOL('l', "files-with-matches", addr_grep_options, with_match, "names of files with a line"),
	OPT_BOOL('L', "files-without-match", addr_grep_options, without_match,
		 "names of files without a line"),
	OPT_BOOL('q', "quiet", addr_grep_options, quiet, "nothing; the status tells"),
	OPT_UINT('m', "max-count", "N", addr_grep_options, max, 1, UINT32_MAX, "stop a file after N lines"),
	OPT_BOOL('n', "line-number", addr_grep_options, number, "the number before a line"),
	OPT_BOOL(0, "with-filename", addr_grep_options, name, "the file's name before a line"),
	OPT_BOOL(0, "no-filename", addr_grep_options, no_name, "no name, even of several files"),
	OPT_END,
};
/* clang-format on */

static const struct out_col grep_cols[] = {
	[GREP_FILE] = { "file", OUT_STR, "the file", false },
	[GREP_LINE] = { "line", OUT_INT, "the number of the line", false },
	[GREP_COLUMN] = { "column", OUT_INT, "the byte of the line where the address begins",
			  false },
	[GREP_ADDRESS] = { "address", OUT_STR, "the line's first address in the set, canonical",
			   false },
	[GREP_FAMILY] = { "family", OUT_STR, "ipv4 or ipv6", true },
	[GREP_NET] = { "net", OUT_STR, "the smallest network that has it", false },
	[GREP_LABEL] = { "label", OUT_STR, "what stands behind the network in LIST", false },
	[GREP_TEXT] = { "text", OUT_STR, "the line; with -o the address as it stands there",
			false },
	[GREP_COUNT] = { "count", OUT_INT, "how many lines, with -c", true },
	[GREP_ERROR] = { "error", OUT_STR, "what is wrong with a line of LIST (--err=print)",
			 true },
};

/* Networks of LISTs and operands, each with its label. */
static void add_net(struct grep *g, const struct range *r, const char *label, size_t n)
{
	ipnets_add(&g->nets, r, (uint32_t)g->given.n);
	*vec_push(&g->given) = (struct grep_net){ *r, n ? arena_copy(&g->arena, label, n) : "", n };
}

static void take_line(void *to, const struct ipset_line *line, const char *text UNUSED,
		      size_t len UNUSED)
{
	add_net(to, &line->prefix.range, line->label, line->label_len);
}

/* Where the ranges of a class go, whose label is its name. */
struct class
{
	struct grep *g;
	const char *name;
};

static void take_range(void *to, const struct range *r)
{
	const struct class *class = to;

	if (class->g->with_nets)
		add_net(class->g, r, class->name, strlen(class->name));
	else
		ipset_add(&class->g->set, r);
}

/* The NET of an option -e. */
static int add_operand(struct grep *g, const char *text, unsigned flags, struct err *err)
{
	struct class class = { g, text };
	struct prefix p;

	if (*text == '@')
		return registry_class(text, strlen(text), take_range, &class, err);
	if (prefix_parse(&p, text, strlen(text), 0, flags, err) < 0)
		return -1;
	addr_note_legacy(g->cli, "", &p.legacy);
	if (g->with_nets)
		add_net(g, &p.range, "", 0);
	else
		ipset_add(&g->set, &p.range);
	return 0;
}

/* All networks; -1 with the error in the cli, 1 if it was complained of. */
static int load(struct grep *g)
{
	const struct addr_grep_options *opt = g->opt;
	const unsigned flags = addr_sets_flags(opt->strict, opt->legacy);
	struct addr_load l = {
		.cli = g->cli,
		.o = g->o,
		.bad = opt->bad,
		.flags = flags,
		.text_col = GREP_TEXT,
		.error_col = GREP_ERROR,
		.take = g->with_nets ? take_line : NULL,
		.to = g,
	};

	for (size_t i = 0; i < opt->nets.n; i++)
		if (add_operand(g, opt->nets.v[i], flags, &g->cli->err) < 0)
			return -1;
	for (size_t i = 0; i < opt->lists.n; i++) {
		char *path = xstrdup(opt->lists.v[i]);
		int rc = addr_load_file(&l, path, &g->set);

		free(path);
		if (rc < 0)
			return -1;
	}
	if (g->with_nets)
		ipnets_seal(&g->nets);
	else
		ipset_seal(&g->set);
	ipset_index(g->with_nets ? &g->nets.set : &g->set);
	return l.failed;
}

/* What is said of an input as a whole, at its end. */
static int sum_up(struct grep *g)
{
	const struct addr_grep_options *opt = g->opt;
	struct buf *b = &g->io.text;
	bool names = opt->with_match || opt->without_match;

	if (opt->quiet || (!names && !opt->count) ||
	    (names && (g->matches != 0) != opt->with_match))
		return 0;
	if (!out_is_text(g->o)) {
		out_str(g->o, GREP_FILE, g->io.name);
		if (!names)
			out_uint(g->o, GREP_COUNT, g->matches);
		return out_row(g->o, &g->cli->err);
	}
	if (names || g->show_name)
		buf_adds(b, g->io.name);
	if (!names && g->show_name)
		buf_addc(b, ':');
	if (!names)
		buf_uint(b, g->matches);
	buf_addc(b, '\n');
	return 0;
}

/* One input, which PATH names. */
static int grep_file(struct grep *g, char *path)
{
	char *data;
	size_t len;
	int rc = 0;

	addr_io_init(&g->io, g->cli, g->o, g->opt->bad, 1, &path);
	addr_io_share(&g->io);
	g->matches = 0;
	g->enough = false;
	while (!g->enough && (rc = addr_io_next(&g->io, &data, &len)) > 0) {
		rc = grep_lines(g, data, len);
		if (rc < 0)
			break;
	}
	if (rc >= 0 && g->io.name)
		rc = sum_up(g);
	return addr_io_fini(&g->io) < 0 ? -1 : rc;
}

static int misuse(struct cli *cli, const char *text)
{
	cli->misused = true;
	return err_set(&cli->err, ERR_USAGE, "%s", text);
}

/* The options fit together. */
static int check_options(struct cli *cli, const struct addr_grep_options *opt)
{
	if (opt->nets.n == 0 && opt->lists.n == 0)
		return misuse(cli, "no networks to look for: use -e NET or -f LIST");
	if (opt->invert && (opt->only || opt->label))
		return misuse(cli, "-v prints lines for what they lack: no use for -o and --label");
	if (opt->with_match && opt->without_match)
		return misuse(cli, "-l and -L print the names of different files: use one");
	if (opt->outside && opt->label)
		return misuse(cli, "--outside finds what is in no network: no use for --label");
	if (opt->separator && !opt->field)
		return misuse(cli, "-d separates fields: use -k N to choose one");
	if (opt->separator && strlen(opt->separator) != 1 && strcmp(opt->separator, "\\t") != 0)
		return misuse(cli, "-d takes one byte, or \\t for a tab");
	return 0;
}

/* Standard input can be read for one purpose only. */
static int check_input(struct cli *cli, const struct addr_grep_options *opt, int argc, char **argv)
{
	unsigned uses = argc == 0;

	for (int i = 0; i < argc; i++)
		uses += strcmp(argv[i], "-") == 0;
	for (size_t i = 0; i < opt->lists.n; i++)
		uses += strcmp(opt->lists.v[i], "-") == 0;
	return uses > 1 ? misuse(cli, "standard input can be read only once") : 0;
}

static void init(struct grep *g, int argc)
{
	const struct addr_grep_options *opt = g->opt;
	unsigned flags = opt->loose ? FIND_LOOSE : 0;

	if (opt->anchor && !opt->field)
		flags |= FIND_START;
	find_init(&g->find, flags);
	if (g->cli->output.null)
		g->find.delimiter = '\0';
	if (opt->separator)
		g->separator =
			opt->separator[0] == '\\' && opt->separator[1] ? '\t' : opt->separator[0];
	g->show_name = opt->name || (argc > 1 && !opt->no_name);
	g->with_nets = !opt->invert && !opt->outside &&
		       (opt->label || (!out_is_text(g->o) &&
				       (out_wants(g->o, GREP_NET) || out_wants(g->o, GREP_LABEL))));
}

static void fini(struct grep *g)
{
	ipset_fini(&g->set);
	ipnets_fini(&g->nets);
	vec_fini(&g->given);
	arena_fini(&g->arena);
}

static int grep_run(struct cli *cli, const void *options, int argc, char **argv)
{
	static char standard_input[] = "-";
	struct grep g = { .opt = options, .cli = cli };
	int rc;

	if (check_options(cli, options) < 0 || check_input(cli, options, argc, argv) < 0)
		return -1;
	g.o = cli_out(cli, true);
	if (!g.o)
		return -1;
	init(&g, argc);
	rc = load(&g);
	if (rc == 0 && argc == 0)
		rc = grep_file(&g, standard_input);
	for (int i = 0; i < argc && rc == 0 && !cli_interrupted() && !(g.any && g.opt->quiet); i++)
		rc = grep_file(&g, argv[i]);
	fini(&g);
	if (out_close(g.o, &cli->err) < 0 || rc < 0)
		return -1;
	if (!g.any)
		cli_status(cli, ERR_NEGATIVE);
	return 0;
}

const struct command addr_verb_grep = {
	.name = "grep",
	.summary = "print the lines that have an address of a set",
	.operands = "[FILE]...",
	.opts = grep_opts,
	.cols = grep_cols,
	.ncols = ARRAY_SIZE(grep_cols),
	.size = sizeof(struct addr_grep_options),
	.flags = COMMAND_RECORDS | COMMAND_BATCH,
	.run = grep_run,
};
