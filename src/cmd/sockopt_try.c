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
	TRY_NOTE,
	TRY_ERROR,
};

static const struct out_col try_cols[] = {
	[TRY_OPTION] = { "option", OUT_STR, "the option", false },
	[TRY_ASKED] = { "asked", OUT_ANY, "the value that was set", false },
	[TRY_GOT] = { "got", OUT_ANY, "the value that was read afterwards", false },
	[TRY_WAS] = { "was", OUT_ANY, "the value before", true },
	[TRY_UNIT] = { "unit", OUT_STR, "what a number in JSON counts", true },
	[TRY_TYPE] = { "type", OUT_STR, "how the value is read", true },
	[TRY_NOTE] = { "note", OUT_STR, "what the kernel did", false },
	[TRY_ERROR] = { "error", OUT_STR, "the error number, or what is wrong", true },
};

/* Takes "NAME=VALUE" apart and reads both. */
static const struct option_row *parse_assignment(const struct cli_operand *operand,
						 struct value *asked, struct err *err)
{
	if (cli_operand_check(operand, err) < 0)
		return NULL;
	return sockset_parse(operand->text, asked, err);
}

static void set_note(struct out *o, const struct own_try *t)
{
	long long asked, got;
	char note[128];

	switch (t->outcome) {
	case OWN_SET:
		return;
	case OWN_DOUBLED:
		out_str(o, TRY_NOTE, "set; the kernel keeps twice as much");
		return;
	case OWN_DIFFERENT:
		if (!value_number(&t->asked, &asked) || !value_number(&t->got, &got))
			out_str(o, TRY_NOTE, "changed by the kernel");
		else
			out_str(o, TRY_NOTE,
				got < asked ? "lowered by the kernel" : "raised by the kernel");
		return;
	case OWN_REFUSED:
		snprintf(note, sizeof(note), "refused: %s", strerror(t->set_code));
		out_str(o, TRY_NOTE, note);
		out_str(o, TRY_ERROR, sockopt_code_name(t->set_code));
		return;
	case OWN_UNREADABLE:
		out_str(o, TRY_NOTE, "set; it cannot be read back");
		return;
	}
}

static int try_one(struct cli *cli, struct out *o, int fd, const struct cli_operand *operand)
{
	const struct option_row *row;
	struct own_try t;
	struct err err;

	row = parse_assignment(operand, &t.asked, &err);
	if (!row)
		return sockopt_reject(cli, o, operand, TRY_OPTION, TRY_ERROR, &err);
	own_try(fd, row, &t);
	out_str(o, TRY_OPTION, option_name(row));
	sockopt_out_value(o, TRY_ASKED, &t.asked);
	if (!t.got_code)
		sockopt_out_value(o, TRY_GOT, &t.got);
	if (!t.was_code)
		sockopt_out_value(o, TRY_WAS, &t.was);
	out_str(o, TRY_UNIT, value_type_unit(row->type));
	out_str(o, TRY_TYPE, value_type_name(row->type));
	set_note(o, &t);
	if (t.outcome == OWN_DIFFERENT || t.outcome == OWN_REFUSED)
		cli_status(cli, ERR_NEGATIVE);
	return out_row(o, &cli->err);
}

static int try_run(struct cli *cli, const void *options, int argc, char **argv)
{
	struct cli_operand operand;
	int index = 0, rc, fd;
	struct out *o;

	if (cli_want(cli, argc, argv, 1, argc) < 0)
		return -1;
	fd = sockopt_open(options, &cli->err);
	if (fd < 0)
		return -1;
	o = cli_out(cli, false);
	if (!o) {
		close(fd);
		return -1;
	}
	while ((rc = cli_next(cli, argc, argv, &index, &operand)) > 0) {
		rc = try_one(cli, o, fd, &operand);
		if (rc < 0)
			break;
	}
	close(fd);
	return out_close(o, &cli->err) < 0 ? -1 : rc;
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
	.run = try_run,
};
