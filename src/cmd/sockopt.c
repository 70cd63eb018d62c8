/* SPDX-License-Identifier: MIT */
/*
 * sockopt.c - netipc sockopt: the options of a fresh socket, as a table
 *
 * The lecture's table of options, read from a socket that the command opens itself.  The
 * verb try sets options on such a socket and reads them back; list prints the table that
 * all of it comes from.
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"
#include "cmd/commands.h"
#include "cmd/sockopt_shared.h"

static const struct opt sockopt_opts[] = {
	OPT_BOOL('a', "all", sockopt_options, all, "also what this socket does not have"),
	OPT_WORDS(0, "options", "NAMES", sockopt_options, names, "only these, with commas between",
		  OPT_HINT_LIST, sockset_words_names),
	SOCKOPT_KIND_OPTS,
	OPT_END,
};

enum {
	COL_LEVEL,
	COL_OPTION,
	COL_TYPE,
	COL_VALUE,
	COL_SETTABLE,
	COL_UNIT,
	COL_NUMBER,
	COL_LENGTH,
	COL_SINCE,
	COL_CAPABILITY,
	COL_EFFECT,
	COL_MEANING,
	COL_ERROR,
};

static const struct out_col sockopt_cols[] = {
	[COL_LEVEL] = { "level", OUT_STR, "the level: SOL_SOCKET or a protocol", false },
	[COL_OPTION] = { "option", OUT_STR, "the option", false },
	[COL_TYPE] = { "type", OUT_STR, "how the value is read", false },
	[COL_VALUE] = { "value", OUT_ANY, "the value, or - if it could not be read", false },
	[COL_SETTABLE] = { "settable", OUT_BOOL, "setsockopt(2) takes it", false },
	[COL_UNIT] = { "unit", OUT_STR, "what a number in JSON counts", true },
	[COL_NUMBER] = { "number", OUT_INT, "the option's number", true },
	[COL_LENGTH] = { "length", OUT_INT, "bytes of the value", true },
	[COL_SINCE] = { "since", OUT_STR, "the Linux version that brought it", true },
	[COL_CAPABILITY] = { "capability", OUT_STR, "what setting it needs", true },
	[COL_EFFECT] = { "effect", OUT_STR, "what reading it does", true },
	[COL_MEANING] = { "meaning", OUT_STR, "what it is for", true },
	[COL_ERROR] = { "error", OUT_STR, "why there is no value", true },
};

/* Why O is not read at all, or NULL if it is. */
static const char *not_read(const struct option_row *o)
{
	if (own_reads(o))
		return NULL;
	if (!(o->flags & OPTION_GET))
		return o->flags & OPTION_SET ? "it can only be set" : "it has no use";
	return option_effect(o);
}

/* The kernel says that there is no such option on the socket, or nothing to say now. */
static bool is_absent(int code)
{
	static const int codes[] = { ENOPROTOOPT, EOPNOTSUPP, ENOTCONN, EINVAL,
				     ENODATA,     ENOENT,     EPERM,    EACCES };

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

static void set_row(struct out *o, const struct option_row *row)
{
	out_str(o, COL_LEVEL, option_level(row)->name);
	out_str(o, COL_OPTION, option_name(row));
	out_str(o, COL_TYPE, value_type_name(row->type));
	sockopt_out_yes(o, COL_SETTABLE, row->flags & OPTION_SET);
	out_str(o, COL_UNIT, value_type_unit(row->type));
	if (row->number >= 0)
		out_int(o, COL_NUMBER, row->number);
	sockopt_out_known(o, COL_SINCE, option_since(row));
	sockopt_out_known(o, COL_CAPABILITY, option_capability(row));
	out_str(o, COL_EFFECT, option_effect(row));
	sockopt_out_known(o, COL_MEANING, option_meaning(row));
}

/* A table of socket FD being printed. */
struct reading {
	struct cli *cli;
	struct out *o;
	int fd;
	bool all; /* of the options that were not named, also those without a value */
};

/* Why ROW has no value; the error number is 0 if it was not read at all. */
struct refusal {
	const char *why; /* NULL: it has one */
	int code;
};

/* That an option of which the user asked has no value is an answer; what is odd is a failure. */
static void complain(const struct reading *r, const struct option_row *row,
		     const struct refusal *refusal)
{
	int code = refusal->code;
	bool denied = code && (!is_absent(code) || code == EPERM || code == EACCES);
	struct err err;

	if (code)
		err_set(&err, denied ? ERR_SYSTEM : ERR_NEGATIVE, "%s is not read: %s (%s)",
			option_name(row), strerror(code), refusal->why);
	else
		err_set(&err, ERR_NEGATIVE, "%s is not read: %s", option_name(row), refusal->why);
	cli_complain(r->cli, &err);
}

/* Prints ROW.  A NAMED option is printed whatever comes, and complained of without a value. */
static int read_one(const struct reading *r, const struct option_row *row, bool named)
{
	struct refusal refusal = { not_read(row), 0 };
	struct value v = { 0 };

	if (!refusal.why) {
		refusal.code = option_get(r->fd, row, &v);
		refusal.why = refusal.code ? sockopt_code_name(refusal.code) : NULL;
	}
	if (refusal.why) {
		bool odd = refusal.code && !is_absent(refusal.code);

		if (!named && !r->all && !odd)
			return 0;
		if (named || odd)
			complain(r, row, &refusal);
	}
	set_row(r->o, row);
	out_str(r->o, COL_ERROR, refusal.why);
	if (!refusal.why) {
		sockopt_out_value(r->o, COL_VALUE, &v);
		out_uint(r->o, COL_LENGTH, v.len);
	}
	return out_row(r->o, &r->cli->err);
}

/* Where the system does not tell the kind of a socket, all is tried. */
static bool is_apt(const struct own_kind *kind, const struct option_row *row)
{
	return kind->family < 0 || kind->protocol < 0 ||
	       option_applies(row, kind->family, kind->type, kind->protocol);
}

static int read_all(const struct reading *r)
{
	const struct option_row *rows;
	struct own_kind kind = { -1, -1, -1 };
	size_t n;

	if (!r->all)
		own_kind(r->fd, &kind);
	rows = options_all(&n);
	for (size_t i = 0; i < n; i++)
		if (option_level(&rows[i])->read && is_apt(&kind, &rows[i]) &&
		    read_one(r, &rows[i], false) < 0)
			return -1;
	return 0;
}

/* The options that OPERAND names: one, a few of the same short name, or a level's. */
static int read_operand(const struct reading *r, const struct cli_operand *operand)
{
	struct option_list list = { 0 };
	uint64_t before = out_rows(r->o);
	char show[STR_SHOW];
	struct err err;
	int rc = 0;

	if (cli_operand_check(operand, &err) < 0 || sockset_find(&list, operand->text, &err) < 0)
		rc = sockopt_reject(r->cli, r->o, operand, COL_OPTION, COL_ERROR, &err);
	else
		for (size_t i = 0; i < list.n && rc == 0; i++)
			rc = read_one(r, list.v[i], list.n == 1);
	if (rc == 0 && list.n > 1 && out_rows(r->o) == before) {
		err_set(&err, ERR_NEGATIVE, "this socket has no option of \"%s\"",
			str_show(show, operand->text));
		rc = sockopt_reject(r->cli, r->o, operand, COL_OPTION, COL_ERROR, &err);
	}
	vec_fini(&list);
	return rc;
}

/* The names of LIST, which has commas between them. */
static int read_names(const struct reading *r, const char *list)
{
	char *names = xstrdup(list);
	int rc = 0;

	for (char *s = names, *end; s && rc == 0; s = end) {
		struct cli_operand operand = { .text = s };

		end = strchr(s, ',');
		if (end)
			*end++ = '\0';
		operand.len = strlen(s);
		rc = read_operand(r, &operand);
	}
	free(names);
	return rc;
}

static int sockopt_run(struct cli *cli, const void *options, int argc, char **argv)
{
	const struct sockopt_options *opt = options;
	struct reading r = { .cli = cli, .all = opt->all };
	const char *columns = cli->output.columns, *named = NULL;
	struct cli_operand operand;
	int index = 0, rc = 0;

	if (argc == 0 && cli_no_shard(cli) < 0)
		return -1;
	if (columns && sockopt_names_options(columns, sockopt_cols, ARRAY_SIZE(sockopt_cols))) {
		named = columns;
		cli->output.columns = NULL;
	}
	r.o = sockopt_out(cli, false);
	if (!r.o)
		return -1;
	r.fd = sockopt_open(opt, &cli->err);
	if (r.fd < 0) {
		struct err ignored;

		out_close(r.o, &ignored);
		return -1;
	}
	if (argc == 0 && !named && !opt->names)
		rc = read_all(&r);
	if (opt->names)
		rc = read_names(&r, opt->names);
	if (named && rc == 0)
		rc = read_names(&r, named);
	while (rc == 0 && (rc = cli_next(cli, argc, argv, &index, &operand)) > 0)
		rc = read_operand(&r, &operand);
	close(r.fd);
	return out_close(r.o, &cli->err) < 0 ? -1 : rc;
}

static const struct command *const verbs[] = {
	&sockopt_verb_show, &sockopt_verb_get,   &sockopt_verb_set,
	&sockopt_verb_try,  &sockopt_verb_list,  &sockopt_verb_exec,
	&sockopt_verb_diff, &sockopt_verb_probe, NULL,
};

const struct command cmd_sockopt = {
	.name = "sockopt",
	.summary = "print the options of a socket, set and list them",
	.operands = "[NAME|LEVEL]...",
	.opts = sockopt_opts,
	.cols = sockopt_cols,
	.ncols = ARRAY_SIZE(sockopt_cols),
	.size = sizeof(struct sockopt_options),
	.flags = COMMAND_RECORDS | COMMAND_BATCH,
	.verbs = verbs,
	.defaults = sockopt_defaults,
	.words = sockset_words_names,
	.run = sockopt_run,
};
