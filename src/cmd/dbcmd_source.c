/* SPDX-License-Identifier: MIT */
/* dbcmd_source.c - --source: where the rows come from, and what answers if a file is missing */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cmd/dbcmd_impl.h"
#include "db/builtin.h"

static void use_builtin(struct dbcmd_run *r)
{
	db_builtin(&r->db);
	r->source = DBCMD_BUILTIN;
	r->name = r->shown = "the built-in table";
}

static int read_file(struct dbcmd_run *r)
{
	struct err *err = &r->cli->err;

	if (dbcmd_reads_input(r->opt))
		return db_read_fd(&r->db, STDIN_FILENO, r->name, err);
	if (db_read(&r->db, r->path, err) == 0)
		return 0;
	if (r->opt->file || err->code != ENOENT)
		return -1;
	cli_note(r->cli, "%s; the built-in table is used", err->text);
	*err = (struct err){ 0 };
	use_builtin(r);
	return 0;
}

int dbcmd_source_check(struct cli *cli, const struct dbcmd_options *opt)
{
	char show[STR_SHOW];

	if (!opt->source)
		return 0;
	if (opt->libc)
		return err_set(&cli->err, ERR_USAGE, "--libc is a source of its own: no --source");
	if (strcmp(opt->source, DBCMD_FILES) == 0)
		return 0;
	if (strcmp(opt->source, DBCMD_BUILTIN) != 0)
		return err_set(&cli->err, ERR_USAGE, "there is no source \"%s\"",
			       str_show(show, opt->source));
	if (opt->file)
		return err_set(&cli->err, ERR_USAGE, "--source=%s reads no --file", opt->source);
	return 0;
}

int dbcmd_source_read(struct dbcmd_run *r)
{
	if (r->opt->source && strcmp(r->opt->source, DBCMD_BUILTIN) == 0) {
		use_builtin(r);
		return 0;
	}
	r->source = DBCMD_FILES;
	return read_file(r);
}
