/* SPDX-License-Identifier: MIT */
/*
 * addr_step.c - netipc addr nth, next, prev, super, range: from one prefix to another
 */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cmd/addr_subnet.h"

struct step_options {
	unsigned flags;
	bool common;
	int form;
};

static const struct opt step_opts[] = { SUBNET_STRICT(step_options), OPT_END };

static const struct out_col step_cols[] = { SUBNET_COLS };

/* nth */

enum {
	NTH_INDEX = SUBNET_COLUMNS,
};

static const struct out_col nth_cols[] = {
	SUBNET_COLS,
	[NTH_INDEX] = { "index", OUT_INT, "the number of the address, from 0 on", false },
};

/* The operands behind NET. */
struct indexes {
	int argc;
	char **argv;
};

/* Address number TEXT, from 0 on or from -1 back, of the present net. */
static int put_nth(struct subnet *s, const char *text)
{
	bool back = *text == '-';
	const char *digits = text + back;
	char show[STR_SHOW], net[STR_SHOW], size[SUBNET_SIZE_STRLEN];
	struct range r = s->net.range;
	struct u128 i, address;
	struct err err;

	if (!*digits || u128_scan(digits, digits + strlen(digits), &i) != strlen(digits) ||
	    (back && u128_eq(i, u128_of(0)))) {
		err_set(&err, ERR_USAGE, "\"%s\" is not a number, from 0 on or from -1 back",
			str_show(show, text));
		return subnet_refuse(s, &err);
	}
	if (!range_nth(&r, i, back, &address)) {
		subnet_size(s, size);
		err_set(&err, ERR_NEGATIVE, "\"%s\" has %s: none is number %s",
			str_show(net, s->operand.text), size, str_show(show, text));
		return subnet_refuse(s, &err);
	}
	addr_count_set(s->o, NTH_INDEX, (struct ipcount){ 0, u128_sub(address, r.first) });
	r.first = r.last = address;
	return subnet_put(s, &r);
}

/* Each of the numbers, of one net. */
static int nth_of_net(struct subnet *s, void *how)
{
	const struct indexes *indexes = how;
	int rc = 0;

	for (int i = 0; i < indexes->argc && rc == 0; i++)
		rc = put_nth(s, indexes->argv[i]);
	return rc;
}

/* Numbers from standard input, of the net that NET is. */
static int nth_from_input(struct cli *cli, unsigned flags, int argc, char **argv)
{
	struct subnet s = { .cli = cli, .flags = flags };
	const char *net = argv[0];
	struct cli_operand number;
	int index = 1, rc;
	struct err err;

	if (prefix_parse(&s.net, net, strlen(net), 0, flags, &cli->err) < 0)
		return -1;
	s.o = cli_out(cli, false);
	if (!s.o)
		return -1;
	while ((rc = cli_next(cli, argc, argv, &index, &number)) > 0) {
		s.operand = number;
		s.operand.text = net;
		s.operand.len = strlen(net);
		rc = cli_operand_check(&number, &err) < 0 ? subnet_refuse(&s, &err) :
							    put_nth(&s, number.text);
		if (rc < 0)
			break;
	}
	return out_close(s.o, &cli->err) < 0 ? -1 : rc;
}

static int nth_run(struct cli *cli, const void *options, int argc, char **argv)
{
	const struct step_options *opt = options;
	struct indexes indexes = { argc - 1, argv + 1 };
	bool input = false;

	if (cli_want(cli, argc, argv, 2, argc) < 0)
		return -1;
	for (int i = 1; i < argc; i++)
		input = input || strcmp(argv[i], "-") == 0;
	if (!input)
		return subnet_each(cli, 1, argv,
				   &(struct subnet_work){ opt->flags, NULL, nth_of_net, NULL,
							  &indexes });
	if (strcmp(argv[0], "-") == 0)
		return subnet_misuse(cli, "standard input has either nets or numbers");
	return nth_from_input(cli, opt->flags, argc, argv);
}

const struct command addr_verb_nth = {
	.name = "nth",
	.summary = "print the address that has a number in a prefix",
	.operands = "NET I...",
	.opts = step_opts,
	.cols = nth_cols,
	.ncols = ARRAY_SIZE(nth_cols),
	.size = sizeof(struct step_options),
	.flags = COMMAND_RECORDS | COMMAND_BATCH | COMMAND_NUMBERS,
	.run = nth_run,
};

/* next, prev */

struct move {
	struct u128 n;
	bool back;
};

static int move_one(struct subnet *s, void *how)
{
	const struct move *move = how;
	struct range r = s->net.range;
	char show[STR_SHOW], n[IPCOUNT_STRLEN];
	struct err err;

	if (range_move(&r, move->n, move->back))
		return subnet_put(s, &r);
	str_show(show, s->operand.text);
	if (u128_eq(move->n, u128_of(1)))
		err_set(&err, ERR_NEGATIVE,
			"nothing of its size is %s \"%s\": the address space %s there",
			move->back ? "before" : "behind", show, move->back ? "begins" : "ends");
	else
		err_set(&err, ERR_NEGATIVE, "nothing of its size is %s places %s \"%s\"",
			ipcount_format((struct ipcount){ 0, move->n }, n),
			move->back ? "before" : "behind", show);
	return subnet_refuse(s, &err);
}

static int move_run(struct cli *cli, const void *options, int argc, char **argv, bool back)
{
	const struct step_options *opt = options;
	struct move move = { { 0, 1 }, back };
	struct subnet_number number;

	if (subnet_last_number(cli, &argc, argv, &number) < 0)
		return -1;
	if (number.form == SUBNET_SLASH)
		return subnet_misuse(cli, "a number is wanted behind NET, not a length");
	if (number.form == SUBNET_PLAIN)
		move.n = number.n;
	return subnet_each(cli, argc, argv,
			   &(struct subnet_work){ opt->flags, NULL, move_one, NULL, &move });
}

static int next_run(struct cli *cli, const void *options, int argc, char **argv)
{
	return move_run(cli, options, argc, argv, false);
}

static int prev_run(struct cli *cli, const void *options, int argc, char **argv)
{
	return move_run(cli, options, argc, argv, true);
}

const struct command addr_verb_next = {
	.name = "next",
	.summary = "print the prefix of the same size behind one",
	.operands = "NET... [N]",
	.opts = step_opts,
	.cols = step_cols,
	.ncols = ARRAY_SIZE(step_cols),
	.size = sizeof(struct step_options),
	.flags = COMMAND_RECORDS | COMMAND_BATCH,
	.run = next_run,
};

const struct command addr_verb_prev = {
	.name = "prev",
	.summary = "print the prefix of the same size before one",
	.operands = "NET... [N]",
	.opts = step_opts,
	.cols = step_cols,
	.ncols = ARRAY_SIZE(step_cols),
	.size = sizeof(struct step_options),
	.flags = COMMAND_RECORDS | COMMAND_BATCH,
	.run = prev_run,
};

/* super */

static const struct opt super_opts[] = {
	OPT_BOOL('c', "common", step_options, common, "the smallest prefix that has every NET"),
	SUBNET_STRICT(step_options),
	OPT_END,
};

/* What is asked of super; of all operands together with --common. */
struct super {
	struct subnet_number number;
	struct range all; /* with family 0 as long as there was none */
};

static int super_one(struct subnet *s, void *how)
{
	const struct super *super = how;
	struct range r = range_enclosing(&s->net.range);
	unsigned length = (unsigned)range_prefix_length(&r);
	struct u128 n = super->number.n, has = u128_of(length);
	char show[STR_SHOW], shown[IPCOUNT_STRLEN];
	struct err err;

	/* The smallest prefix around a range is above it already. */
	if (super->number.form == SUBNET_NO_NUMBER)
		n = u128_of(range_prefix_length(&s->net.range) >= 0);
	if (u128_less(has, n)) {
		str_show(show, s->operand.text);
		ipcount_format((struct ipcount){ 0, n }, shown);
		if (super->number.form == SUBNET_SLASH)
			err_set(&err, ERR_NEGATIVE, "\"%s\" does not fit in a /%s", show, shown);
		else
			err_set(&err, ERR_NEGATIVE, "\"%s\" has no prefix %s bit%s shorter", show,
				shown, u128_eq(n, u128_of(1)) ? "" : "s");
		return subnet_refuse(s, &err);
	}
	length = super->number.form == SUBNET_SLASH ? (unsigned)n.lo : length - (unsigned)n.lo;
	r = range_of_prefix(r.family, r.first, length);
	return subnet_put(s, &r);
}

/* Makes the range of all operands so far larger by the present one. */
static int super_add(struct subnet *s, void *how)
{
	struct range *all = &((struct super *)how)->all;
	const struct range *r = &s->net.range;
	char show[STR_SHOW];
	struct err err;

	if (all->family == 0)
		*all = *r;
	if (all->family != r->family) {
		err_set(&err, ERR_USAGE, "\"%s\" is IPv%u, what is before it IPv%u",
			str_show(show, s->operand.text), r->family, all->family);
		return subnet_refuse(s, &err);
	}
	if (u128_less(r->first, all->first))
		all->first = r->first;
	if (u128_less(all->last, r->last))
		all->last = r->last;
	return 0;
}

/* The smallest prefix that has all operands; of a part of them it would be no answer. */
static int super_common(struct subnet *s, void *how)
{
	const struct super *super = how;
	struct range r;

	s->operand = (struct cli_operand){ .text = NULL };
	if (super->all.family == 0 || s->cli->worst != ERR_NONE)
		return 0;
	r = range_enclosing(&super->all);
	return subnet_put(s, &r);
}

static int super_run(struct cli *cli, const void *options, int argc, char **argv)
{
	const struct step_options *opt = options;
	struct super super = { 0 };

	if (subnet_last_number(cli, &argc, argv, &super.number) < 0)
		return -1;
	if (!opt->common)
		return subnet_each(cli, argc, argv,
				   &(struct subnet_work){ opt->flags, NULL, super_one, NULL,
							  &super });
	if (super.number.form != SUBNET_NO_NUMBER)
		return subnet_misuse(cli, "--common has neither a length nor a number");
	return subnet_each(cli, argc, argv,
			   &(struct subnet_work){ opt->flags, NULL, super_add, super_common,
						  &super });
}

const struct command addr_verb_super = {
	.name = "super",
	.summary = "print the prefix around a prefix",
	.operands = "NET... [/LEN|N]",
	.opts = super_opts,
	.cols = step_cols,
	.ncols = ARRAY_SIZE(step_cols),
	.size = sizeof(struct step_options),
	.flags = COMMAND_RECORDS | COMMAND_BATCH,
	.run = super_run,
};

/* range */

enum range_form {
	RANGE_OTHER, /* what is written as a range as prefixes, all else as a range */
	RANGE_RANGE,
	RANGE_PREFIXES,
};

static const struct opt_choice range_forms[] = {
	{ "range", RANGE_RANGE, NULL },
	{ "prefixes", RANGE_PREFIXES, NULL },
	{ NULL, 0, NULL },
};

static const struct opt range_opts[] = {
	OPT_CHOICE('t', "to", "FORM", step_options, form, range_forms,
		   "range or prefixes, whatever NET is written as"),
	SUBNET_STRICT(step_options),
	OPT_END,
};

static int put_prefixes(struct subnet *s)
{
	struct range rest = s->net.range, prefix;
	bool more;

	do {
		more = range_next_prefix(&rest, &prefix);
		if (subnet_put(s, &prefix) < 0)
			return -1;
	} while (more);
	return 0;
}

/* "FIRST-LAST", for a single address too. */
static int put_range(struct subnet *s)
{
	const struct range *r = &s->net.range;
	struct ip first = ip_from_num(r->family, r->first), last = ip_from_num(r->family, r->last);
	char text[IP_STRLEN], line[PREFIX_STRLEN + 1];
	int n;

	if (!out_is_text(s->o))
		return subnet_put(s, r);
	n = snprintf(line, sizeof(line), "%s-", ip_format(&first, text));
	n += snprintf(line + n, sizeof(line) - (size_t)n, "%s\n", ip_format(&last, text));
	return out_text(s->o, line, (size_t)n, &s->cli->err);
}

static int range_one(struct subnet *s, void *how)
{
	const struct step_options *opt = how;
	bool as_range =
		opt->form == RANGE_RANGE || (opt->form == RANGE_OTHER && s->net.length >= 0);

	return as_range ? put_range(s) : put_prefixes(s);
}

static int range_run(struct cli *cli, const void *options, int argc, char **argv)
{
	struct step_options opt = *(const struct step_options *)options;

	return subnet_each(cli, argc, argv,
			   &(struct subnet_work){ opt.flags, NULL, range_one, NULL, &opt });
}

const struct command addr_verb_range = {
	.name = "range",
	.summary = "print a prefix as a range, a range as prefixes",
	.operands = "NET...",
	.opts = range_opts,
	.cols = step_cols,
	.ncols = ARRAY_SIZE(step_cols),
	.size = sizeof(struct step_options),
	.flags = COMMAND_RECORDS | COMMAND_BATCH,
	.run = range_run,
};
