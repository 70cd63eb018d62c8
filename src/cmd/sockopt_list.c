/* SPDX-License-Identifier: MIT */
/* sockopt_list.c - netipc sockopt list: the table of options itself */
#include "cmd/sockopt_shared.h"

static const struct opt list_opts[] = { OPT_END };

enum {
	LIST_LEVEL,
	LIST_OPTION,
	LIST_NUMBER,
	LIST_TYPE,
	LIST_GET,
	LIST_SET,
	LIST_SINCE,
	LIST_C_TYPE,
	LIST_CAPABILITY,
	LIST_EFFECT,
	LIST_MEANING,
	LIST_ERROR,
};

static const struct out_col list_cols[] = {
	[LIST_LEVEL] = { "level", OUT_STR, "the level: SOL_SOCKET or a protocol", false },
	[LIST_OPTION] = { "option", OUT_STR, "the option", false },
	[LIST_NUMBER] = { "number", OUT_INT, "its number on this system", false },
	[LIST_TYPE] = { "type", OUT_STR, "how its value is read", false },
	[LIST_GET] = { "get", OUT_BOOL, "getsockopt(2) gives it", false },
	[LIST_SET] = { "set", OUT_BOOL, "setsockopt(2) takes it", false },
	[LIST_SINCE] = { "since", OUT_STR, "the Linux version that brought it", false },
	[LIST_C_TYPE] = { "c_type", OUT_STR, "the C type that the calls take", true },
	[LIST_CAPABILITY] = { "capability", OUT_STR, "what setting it needs", true },
	[LIST_EFFECT] = { "effect", OUT_STR, "what reading it does", true },
	[LIST_MEANING] = { "meaning", OUT_STR, "what it is for", false },
	[LIST_ERROR] = { "error", OUT_STR, "why there is nothing to list", true },
};

static int list_one(struct cli *cli, struct out *o, const struct option_row *row)
{
	out_str(o, LIST_LEVEL, option_level(row)->name);
	out_str(o, LIST_OPTION, option_name(row));
	if (row->number >= 0)
		out_int(o, LIST_NUMBER, row->number);
	if (!(row->flags & OPTION_UNKNOWN)) {
		out_str(o, LIST_TYPE, value_type_name(row->type));
		out_str(o, LIST_C_TYPE, value_type_c(row->type));
		sockopt_out_yes(o, LIST_GET, row->flags & OPTION_GET);
		sockopt_out_yes(o, LIST_SET, row->flags & OPTION_SET);
	}
	sockopt_out_known(o, LIST_SINCE, option_since(row));
	sockopt_out_known(o, LIST_CAPABILITY, option_capability(row));
	if (out_wants(o, LIST_EFFECT))
		out_str(o, LIST_EFFECT, option_effect(row));
	sockopt_out_known(o, LIST_MEANING, option_meaning(row));
	return out_row(o, &cli->err);
}

static int list_operand(struct cli *cli, struct out *o, const struct cli_operand *operand)
{
	struct option_list list = { 0 };
	struct err err;
	int rc = 0;

	if (cli_operand_check(operand, &err) < 0 ||
	    (options_find(&list, operand->text) == 0 &&
	     sockset_unknown(operand->text, ERR_NEGATIVE, &err) < 0))
		rc = sockopt_reject(cli, o, operand, LIST_OPTION, LIST_ERROR, &err);
	for (size_t i = 0; i < list.n && rc == 0; i++)
		rc = list_one(cli, o, list.v[i]);
	vec_fini(&list);
	return rc;
}

static int list_run(struct cli *cli, const void *options UNUSED, int argc, char **argv)
{
	struct cli_operand operand;
	const struct option_row *rows;
	int index = 0, rc = 0;
	struct out *o = cli_out(cli, false);
	size_t n;

	if (!o)
		return -1;
	rows = options_all(&n);
	for (size_t i = 0; argc == 0 && i < n && rc == 0; i++)
		rc = list_one(cli, o, &rows[i]);
	while (rc == 0 && (rc = cli_next(cli, argc, argv, &index, &operand)) > 0)
		rc = list_operand(cli, o, &operand);
	return out_close(o, &cli->err) < 0 ? -1 : rc;
}

const struct command sockopt_verb_list = {
	.name = "list",
	.summary = "list the socket options that are known",
	.operands = "[NAME|LEVEL]...",
	.opts = list_opts,
	.cols = list_cols,
	.ncols = ARRAY_SIZE(list_cols),
	.flags = COMMAND_RECORDS | COMMAND_BATCH,
	.run = list_run,
};
