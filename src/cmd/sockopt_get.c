/* SPDX-License-Identifier: MIT */
/* sockopt_get.c - netipc sockopt get: the values of options of a live socket, for scripts */
#include <string.h>

#include "cmd/sockopt_live.h"
#include "cmd/sockopt_shared.h"

struct get_options {
	struct sockopt_choice choice;
};

static const struct opt get_opts[] = {
	OPT_BOOL(0, "force", get_options, choice.force, "also what reading has an effect on"),
	SOCKOPT_CHOICE_OPTS(get_options),
	OPT_END,
};

enum {
	COL_VALUE,
	COL_OPTION,
	COL_UNIT,
	COL_PID,
	COL_FD,
	COL_INODE,
	COL_ERROR,
};

static const struct out_col get_cols[] = {
	[COL_VALUE] = { "value", OUT_ANY, "the value", false },
	[COL_OPTION] = { "option", OUT_STR, "the option", true },
	[COL_UNIT] = { "unit", OUT_STR, "what a number in JSON counts", true },
	[COL_PID] = { "pid", OUT_INT, "the process that holds the socket", true },
	[COL_FD] = { "fd", OUT_INT, "its descriptor there", true },
	[COL_INODE] = { "inode", OUT_INT, "the socket's inode", true },
	[COL_ERROR] = { "error", OUT_STR, "why there is no value", true },
};

struct get {
	struct cli *cli;
	struct out *o;
	struct sockopt_live live;
	struct snapshot_plan plan;
	struct snapshot snapshot;
};

/* The error number that the plan's row got: 0 for a value. */
static const struct snapshot_value *value_of(const struct snapshot *s, const struct option_row *row)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->values[i].row == row)
			return &s->values[i];
	return NULL;
}

static int put_value(struct get *g, const struct sockopt_found *f, const struct option_row *row)
{
	const struct snapshot_value *v = value_of(&g->snapshot, row);
	const struct live_process *p;
	const struct live_holder *h = sockopt_holder(&g->live, f, &p);
	struct buf b = { 0 };
	int rc;

	if (!v || v->code) {
		const char *why = v ? sockopt_code_name(v->code) : "the socket has no such option";
		struct err err;

		err_set(&err, ERR_NEGATIVE, "%s is not read: %s", option_name(row), why);
		cli_complain(g->cli, &err);
		out_str(g->o, COL_ERROR, why);
	} else if (out_is_text(g->o)) {
		value_text(&b, &v->value);
		buf_addc(&b, '\n');
		rc = out_text(g->o, b.data, b.len, &g->cli->err);
		buf_fini(&b);
		return rc;
	} else {
		sockopt_out_value(g->o, COL_VALUE, &v->value);
	}
	if (out_is_text(g->o))
		return 0;
	out_str(g->o, COL_OPTION, option_name(row));
	out_str(g->o, COL_UNIT, value_type_unit(row->type));
	if (h) {
		out_int(g->o, COL_PID, p->pid);
		out_int(g->o, COL_FD, h->fd);
	}
	out_uint(g->o, COL_INODE, f->inode);
	return out_row(g->o, &g->cli->err);
}

/* Each NAME means one option. */
static int choose(struct get *g, int argc, char **argv)
{
	struct option_list list = { 0 };
	int rc = 0;

	for (int i = 0; i < argc && rc == 0; i++) {
		const struct option_row *row = sockset_row(argv[i], &g->cli->err);

		if (!row)
			rc = -1;
		else if (!option_is_safe(row) && !g->plan.force)
			rc = err_set(&g->cli->err, ERR_NEGATIVE, "%s is not read: %s%s",
				     option_name(row),
				     option_effect(row) ? option_effect(row) : "it can only be set",
				     option_effect(row) ? " (--force reads it)" : "");
		else
			*vec_push(&g->plan.rows) = row;
	}
	vec_fini(&list);
	return rc;
}

static int get_all(struct get *g)
{
	if (sockopt_live_find(&g->live) < 0)
		return -1;
	for (size_t i = 0; i < g->live.found.n; i++) {
		struct sockopt_found *f = &g->live.found.v[i];

		if (!sockopt_live_take(&g->live, f, &g->plan, &g->snapshot))
			continue;
		for (size_t j = 0; j < g->plan.rows.n; j++)
			if (put_value(g, f, g->plan.rows.v[j]) < 0)
				return -1;
	}
	return sockopt_live_end(&g->live);
}

static int get_run(struct cli *cli, const void *options, int argc, char **argv)
{
	const struct get_options *opt = options;
	struct get g = { .cli = cli, .plan = { .force = opt->choice.force } };
	int rc = -1;

	if (cli_want(cli, argc, argv, 2, argc) < 0)
		return -1;
	g.o = cli_out(cli, false);
	if (!g.o)
		return -1;
	if (choose(&g, argc - 1, argv + 1) == 0 &&
	    sockopt_live_init(&g.live, cli, &opt->choice, argv[0]) == 0)
		rc = get_all(&g);
	sockopt_live_fini(&g.live);
	snapshot_plan_fini(&g.plan);
	snapshot_fini(&g.snapshot);
	return out_close(g.o, &cli->err) < 0 ? -1 : rc;
}

const struct command sockopt_verb_get = {
	.name = "get",
	.summary = "print the values of options of a live socket",
	.operands = "SELECTOR NAME...",
	.opts = get_opts,
	.cols = get_cols,
	.ncols = ARRAY_SIZE(get_cols),
	.size = sizeof(struct get_options),
	.flags = COMMAND_RECORDS,
	.words = sockopt_words_get,
	.run = get_run,
};
