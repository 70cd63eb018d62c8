/* SPDX-License-Identifier: MIT */
/* sockopt_diff.c - netipc sockopt diff: two live sockets side by side */
#include <string.h>

#include "cmd/sockopt_live.h"
#include "cmd/sockopt_shared.h"
#include "cmd/sockopt_show.h"

struct diff_options {
	struct sockopt_choice choice;
	bool all;
};

static const struct opt diff_opts[] = {
	OPT_BOOL('a', "all", diff_options, all, "also what is equal, and what changes by itself"),
	SOCKOPT_CHOICE_OPTS(diff_options),
	OPT_END,
};

enum {
	COL_OPTION,
	COL_FIRST,
	COL_SECOND,
	COL_DIFFERENT,
	COL_LEVEL,
	COL_UNIT,
};

static const struct out_col diff_cols[] = {
	[COL_OPTION] = { "option", OUT_STR, "the option", false },
	[COL_FIRST] = { "first", OUT_ANY, "its value on the first socket", false },
	[COL_SECOND] = { "second", OUT_ANY, "its value on the second", false },
	[COL_DIFFERENT] = { "different", OUT_BOOL, "the two are not the same", true },
	[COL_LEVEL] = { "level", OUT_STR, "the option's level", true },
	[COL_UNIT] = { "unit", OUT_STR, "what a number in JSON counts", true },
};

/* The one socket that TEXT means, read as PLAN says. */
static int take_one(struct cli *cli, const struct diff_options *opt, const char *text,
		    struct snapshot_plan *plan, struct snapshot *s)
{
	struct snapshot other = { 0 };
	struct sockopt_live live;
	int rc = -1;

	if (sockopt_live_init(&live, cli, &opt->choice, text) == 0 &&
	    sockopt_live_find(&live) == 0) {
		for (size_t i = 0; i < live.found.n && live.taken < 2; i++)
			if (sockopt_live_take(&live, &live.found.v[i], plan, &other)) {
				struct snapshot swap = *s;

				if (live.taken > 1)
					break;
				*s = other;
				other = swap;
				if (!s->no_address)
					sockopt_live_unread(&live, s->no_value);
			}
		if (live.taken > 1)
			err_set(&cli->err, ERR_USAGE,
				"several sockets match \"%s\": choose one (PID:FD, ino=N)", text);
		else
			rc = sockopt_live_end(&live);
	}
	snapshot_fini(&other);
	sockopt_live_fini(&live);
	return rc;
}

static const struct value *value_of(const struct snapshot *s, const struct option_row *row)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->values[i].row == row && !s->values[i].code)
			return &s->values[i].value;
	return NULL;
}

/* Prints ROW if it differs: 1 if it does, 0, or -1. */
static int compare(struct cli *cli, struct out *o, const struct diff_options *opt,
		   const struct option_row *row, const struct value *a, const struct value *b)
{
	bool differ = !a != !b || (a && !value_equal(a, b));

	if ((!a && !b) || (!opt->all && (!differ || row->flags & OPTION_DYNAMIC)))
		return 0;
	out_str(o, COL_OPTION, option_name(row));
	if (a)
		sockopt_out_value(o, COL_FIRST, a);
	if (b)
		sockopt_out_value(o, COL_SECOND, b);
	sockopt_out_yes(o, COL_DIFFERENT, differ);
	out_str(o, COL_LEVEL, option_level(row)->name);
	out_str(o, COL_UNIT, value_type_unit(row->type));
	if (out_row(o, &cli->err) < 0)
		return -1;
	return differ && !(row->flags & OPTION_DYNAMIC);
}

static int diff_run(struct cli *cli, const void *options, int argc, char **argv)
{
	const struct diff_options *opt = options;
	struct snapshot a = { 0 }, b = { 0 };
	struct snapshot_plan plan = { 0 };
	const struct option_row *rows;
	struct out *o;
	size_t n;
	int rc;

	if (cli_want(cli, argc, argv, 2, 2) < 0)
		return -1;
	o = cli_out(cli, false);
	if (!o)
		return -1;
	rows = options_all(&n);
	for (size_t i = 0; i < n; i++)
		if (option_level(&rows[i])->read && option_is_safe(&rows[i]))
			*vec_push(&plan.rows) = &rows[i];
	rc = take_one(cli, opt, argv[0], &plan, &a);
	if (rc == 0)
		rc = take_one(cli, opt, argv[1], &plan, &b);
	for (size_t i = 0; i < plan.rows.n && rc == 0; i++) {
		const struct option_row *row = plan.rows.v[i];

		rc = compare(cli, o, opt, row, value_of(&a, row), value_of(&b, row));
		if (rc > 0) {
			cli_status(cli, ERR_NEGATIVE);
			rc = 0;
		}
	}
	snapshot_plan_fini(&plan);
	snapshot_fini(&a);
	snapshot_fini(&b);
	return out_close(o, &cli->err) < 0 ? -1 : rc;
}

const struct command sockopt_verb_diff = {
	.name = "diff",
	.summary = "compare the options of two live sockets",
	.operands = "SELECTOR SELECTOR",
	.opts = diff_opts,
	.cols = diff_cols,
	.ncols = ARRAY_SIZE(diff_cols),
	.size = sizeof(struct diff_options),
	.flags = COMMAND_RECORDS,
	.words = sockopt_words_selector,
	.run = diff_run,
};
