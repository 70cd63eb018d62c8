/* SPDX-License-Identifier: MIT */
/* sockopt_try.c - netipc sockopt try: what the kernel makes of a value */
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "cmd/sockopt_shared.h"

static const struct opt try_opts[] = { SOCKOPT_KIND_OPTS, OPT_END };

enum {
	TRY_OPTION,
	TRY_ASKED,
	TRY_GOT,
	TRY_WAS,
	TRY_UNIT,
	TRY_TYPE,
	TRY_WHY,
	TRY_ERROR,
};

static const struct out_col try_cols[] = {
	[TRY_OPTION] = { "option", OUT_STR, "the option", false },
	[TRY_ASKED] = { "asked", OUT_ANY, "the value that was set", false },
	[TRY_GOT] = { "got", OUT_ANY, "the value that was read afterwards", false },
	[TRY_WAS] = { "was", OUT_ANY, "the value before", true },
	[TRY_UNIT] = { "unit", OUT_STR, "what a number in JSON counts", true },
	[TRY_TYPE] = { "type", OUT_STR, "how the value is read", true },
	[TRY_WHY] = { "why", OUT_STR, "why it is not just as asked", false },
	[TRY_ERROR] = { "error", OUT_STR, "the error number, or what is wrong", true },
};

/* The columns of what came of ROW: why, and the error's name. */
static void set_why(struct out *o, const struct rules_case *c, const struct rules_env *env)
{
	struct buf why = { 0 };

	if (rules_why(&why, c, env))
		out_bytes(o, TRY_WHY, why.data, why.len);
	if (c->t->outcome == OWN_REFUSED)
		out_str(o, TRY_ERROR, sockopt_code_name(c->t->set_code));
	buf_fini(&why);
}

/* A socket that options are tried on. */
struct trial {
	struct cli *cli;
	struct out *o;
	int fd;
	struct own_kind kind;
	struct rules_env env;
};

static int try_one(const struct trial *trial, const struct cli_operand *operand)
{
	struct cli *cli = trial->cli;
	struct out *o = trial->o;
	const struct option_row *row;
	struct own_try t;
	struct err err;

	row = cli_operand_check(operand, &err) < 0 ?
		      NULL :
		      sockset_parse_for(operand->text, &trial->kind, &t.asked, &err);
	if (!row)
		return sockopt_reject(cli, o, operand, TRY_OPTION, TRY_ERROR, &err);
	own_try(trial->fd, row, &t);
	out_str(o, TRY_OPTION, option_name(row));
	sockopt_out_value(o, TRY_ASKED, &t.asked);
	if (!t.got_code)
		sockopt_out_value(o, TRY_GOT, &t.got);
	if (!t.was_code)
		sockopt_out_value(o, TRY_WAS, &t.was);
	out_str(o, TRY_UNIT, value_type_unit(row->type));
	out_str(o, TRY_TYPE, value_type_name(row->type));
	set_why(o, &(struct rules_case){ row, &trial->kind, &t }, &trial->env);
	if (t.outcome == OWN_DIFFERENT || t.outcome == OWN_REFUSED)
		cli_status(cli, ERR_NEGATIVE);
	return out_row(o, &cli->err);
}

static int try_run(struct cli *cli, const void *options, int argc, char **argv)
{
	struct trial trial = { .cli = cli, .env = sockopt_rules_env() };
	struct cli_operand operand;
	int index = 0, rc;

	if (cli_want(cli, argc, argv, 1, argc) < 0)
		return -1;
	trial.fd = sockopt_open(options, &cli->err);
	if (trial.fd < 0)
		return -1;
	own_kind(trial.fd, &trial.kind);
	trial.o = cli_out(cli, false);
	if (!trial.o) {
		close(trial.fd);
		return -1;
	}
	while ((rc = cli_next(cli, argc, argv, &index, &operand)) > 0) {
		rc = try_one(&trial, &operand);
		if (rc < 0)
			break;
	}
	close(trial.fd);
	return out_close(trial.o, &cli->err) < 0 ? -1 : rc;
}

const struct command sockopt_verb_try = {
	.name = "try",
	.summary = "set options of a fresh socket and read them back",
	.operands = "NAME=VALUE...",
	.opts = try_opts,
	.cols = try_cols,
	.ncols = ARRAY_SIZE(try_cols),
	.size = sizeof(struct sockopt_options),
	.flags = COMMAND_RECORDS | COMMAND_BATCH,
	.defaults = sockopt_defaults,
	.words = sockset_words_set,
	.run = try_run,
};
