/* SPDX-License-Identifier: MIT */
/* dbcmd_check.c - --check and --fix of hosts, protos and services */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "cmd/dbcmd_impl.h"
#include "db/format.h"
#include "db/lint.h"

enum {
	COL_FILE,
	COL_LINE,
	COL_COLUMN,
	COL_GRADE,
	COL_CODE,
	COL_TEXT,
};

static const struct out_col check_cols[] = {
	[COL_FILE] = { "file", OUT_STR, "the file", false },
	[COL_LINE] = { "line", OUT_INT, "the line", false },
	[COL_COLUMN] = { "column", OUT_INT, "the byte of the line, from 1", false },
	[COL_GRADE] = { "grade", OUT_STR, "error, warning or note", false },
	[COL_CODE] = { "code", OUT_STR, "what it is, for ever the same", false },
	[COL_TEXT] = { "text", OUT_STR, "what it is in words", false },
};

static const struct command_view check_view = { "--check", check_cols, ARRAY_SIZE(check_cols) };
const struct command_view *const dbcmd_views[] = { &check_view, &dbcmd_count_view, &dbcmd_diff_view,
						   NULL };

struct check {
	struct dbcmd_run *r;
	int rc; /* -1: the output has failed */
};

int dbcmd_check_options(struct cli *cli, const struct dbcmd_options *opt, int argc)
{
	const char *name = opt->fix ? "--fix" : "--check";

	if (!opt->check && !opt->fix)
		return opt->strict ? err_set(&cli->err, ERR_USAGE, "--strict is for --check") : 0;
	if (argc)
		return err_set(&cli->err, ERR_USAGE, "%s is for a whole file, not for an operand",
			       name);
	if (opt->libc)
		return err_set(&cli->err, ERR_USAGE, "%s is for a file, not for --libc", name);
	if (opt->source && strcmp(opt->source, DBCMD_FILES) != 0)
		return err_set(&cli->err, ERR_USAGE, "%s is for a file, not for --source", name);
	if (cli->output.format == OUT_CLASSIC)
		return err_set(&cli->err, ERR_USAGE, "%s has no lines of the lecture", name);
	if (opt->fix && (cli->output.format != OUT_PLAIN || cli->output.columns || opt->sort))
		return err_set(&cli->err, ERR_USAGE, "--fix prints the file, and no records");
	return 0;
}

/* "hosts:3:11: warning: TEXT [H006]", as compilers do: editors jump there. */
static int put_plain(struct check *c, const struct lint_finding *f)
{
	const struct lint_rule *rule = &lint_rules[f->id];
	struct buf b = { 0 };
	int rc;

	str_safe(&b, c->r->name, strlen(c->r->name));
	buf_printf(&b, ":%" PRIu64 ":%zu: %s: ", f->line, f->column, lint_grades[rule->grade]);
	str_safe(&b, f->text, strlen(f->text));
	buf_printf(&b, " [%s]\n", rule->code);
	rc = out_text(c->r->o, b.data, b.len, &c->r->cli->err);
	buf_fini(&b);
	return rc;
}

static int put_finding(struct check *c, const struct lint_finding *f)
{
	const struct lint_rule *rule = &lint_rules[f->id];
	const char weight = (char)rule->grade;
	struct out *o = c->r->o;

	out_str(o, COL_FILE, c->r->path);
	out_uint(o, COL_LINE, f->line);
	out_uint(o, COL_COLUMN, f->column);
	out_str(o, COL_GRADE, lint_grades[rule->grade]);
	out_str(o, COL_CODE, rule->code);
	out_str(o, COL_TEXT, f->text);
	if (out_sorts_by(o, COL_GRADE))
		out_order(o, COL_GRADE, &weight, 1);
	return out_is_text(o) ? put_plain(c, f) : out_row(o, &c->r->cli->err);
}

static void found(void *arg, const struct lint_finding *f)
{
	struct check *c = arg;
	const struct lint_rule *rule = &lint_rules[f->id];
	const struct dbcmd_options *opt = c->r->opt;

	if (c->rc < 0 || (opt->fix && rule->fix == LINT_EDIT))
		return;
	if (rule->grade == LINT_ERROR || (opt->strict && rule->grade == LINT_WARNING))
		cli_status(c->r->cli, ERR_NEGATIVE);
	if (opt->fix)
		cli_note(c->r->cli, "%s:%" PRIu64 ":%zu: %s: %s [%s]", c->r->shown, f->line,
			 f->column, lint_grades[rule->grade], f->text, rule->code);
	else
		c->rc = put_finding(c, f);
}

/* The first line that tells: what is wrong with other formats than that of /etc is not known. */
static int want_lines(struct check *c, struct db_format *f, uint64_t number, const char *text,
		      size_t len)
{
	struct dbcmd_run *r = c->r;

	if (f->kind != DB_FORMAT_UNKNOWN)
		return 0;
	if (db_format_line(f, &r->db, number, text, len, &r->cli->err) < 0)
		return err_prefix(&r->cli->err, "%s: ", r->shown);
	r->db.rows.n = r->db.faults.n = 0; /* the format is all that is wanted */
	arena_fini(&r->db.memory);
	if (f->kind == DB_FORMAT_CSV || r->db.is_extra)
		return err_set(&r->cli->err, ERR_USAGE, "%s is not in the format of %s", r->shown,
			       r->d->path);
	return 0;
}

static int check_lines(struct check *c, struct io_lines *lines)
{
	struct db_format format = { 0 };
	struct cli *cli = c->r->cli;
	struct lint l;
	char *text;
	size_t len;
	int rc;

	lint_init(&l, c->r->d->type->lint, found, c);
	while (c->rc == 0 && (rc = io_lines_next(lines, &text, &len, &cli->err)) > 0) {
		c->rc = want_lines(c, &format, lines->number, text, len);
		if (c->rc == 0)
			lint_line(&l, text, len, lines->cut);
		/* The file itself, byte for byte: nothing is made safe. */
		if (c->rc == 0 && c->r->opt->fix && l.fixed.len)
			c->rc = out_text(c->r->o, l.fixed.data, l.fixed.len, &cli->err);
	}
	if (c->rc == 0)
		c->rc = rc < 0 && cli->err.code == EINTR && cli_interrupted() ? 0 : rc;
	if (c->rc == 0 && !cli_interrupted())
		lint_end(&l);
	lint_fini(&l);
	db_format_end(&format, &c->r->db);
	return c->rc;
}

static int open_file(struct dbcmd_run *r)
{
	char show[STR_SHOW];
	int fd;

	if (dbcmd_reads_input(r->opt))
		return STDIN_FILENO;
	fd = open(r->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		err_sys(&r->cli->err, "%s", *r->path ? str_show(show, r->path) : "\"\"");
	return fd;
}

int dbcmd_check(struct dbcmd_run *r)
{
	struct check c = { .r = r };
	struct io_lines lines = {
		.fd = open_file(r),
		.delimiter = '\n',
		.name = r->name,
		.wait = cli_wait,
	};
	int rc = -1;

	if (lines.fd < 0)
		return -1;
	if (dbcmd_open_records(r, &check_view) == 0)
		rc = check_lines(&c, &lines);
	io_lines_fini(&lines);
	if (lines.fd != STDIN_FILENO)
		close(lines.fd);
	return rc;
}
