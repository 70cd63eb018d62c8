/* SPDX-License-Identifier: MIT */
/* dbcmd_source.c - --source: where the rows come from, and what answers if a file is missing */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cmd/dbcmd_impl.h"
#include "db/builtin.h"

enum {
	TIMEOUT_S = 30,
};

static const char *source_of(const struct dbcmd_options *opt)
{
	return opt->source ? opt->source : DBCMD_FILES;
}

static bool is(const struct dbcmd_options *opt, const char *source)
{
	return strcmp(source_of(opt), source) == 0;
}

/* The module that SOURCE is the name of, with "nss:" or without; NULL if it is another source. */
static const char *module_of(const char *source)
{
	static const char *const others[] = { DBCMD_FILES, DBCMD_NSS, DBCMD_BUILTIN, DBCMD_ALL };

	if (str_starts(source, DBCMD_MODULE))
		return source + strlen(DBCMD_MODULE);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (strcmp(source, others[i]) == 0)
			return NULL;
	return source;
}

/* It becomes the name of a file, and a word of nsswitch.conf(5). */
static bool may_be_module(const char *module)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_-";

	return *module && strlen(module) < 64 && module[strspn(module, letters)] == '\0';
}

int dbcmd_source_check(struct cli *cli, const struct dbcmd_options *opt)
{
	const char *module = module_of(source_of(opt));
	char show[STR_SHOW];

	if (opt->source && opt->libc)
		return err_set(&cli->err, ERR_USAGE, "--libc is a source of its own: no --source");
	if (is(opt, "libc")) /* as the column has it */
		return err_set(&cli->err, ERR_USAGE, "the source libc is --libc");
	if (module && !may_be_module(module))
		return err_set(&cli->err, ERR_USAGE, "\"%s\" is no source and no module's name",
			       str_show(show, opt->source));
	if (opt->timeout_ns != DBCMD_TIMEOUT_UNSET &&
	    (is(opt, DBCMD_FILES) || is(opt, DBCMD_BUILTIN)))
		return err_set(&cli->err, ERR_USAGE,
			       "--timeout is for --source=nss, all or a module");
	if (opt->file && !is(opt, DBCMD_FILES) && !is(opt, DBCMD_ALL))
		return err_set(&cli->err, ERR_USAGE, "--source=%s reads no --file", opt->source);
	return 0;
}

static void use_builtin(struct dbcmd_run *r)
{
	db_builtin(&r->db);
	r->source = DBCMD_BUILTIN;
	r->name = r->shown = "the built-in table";
}

static int read_file(struct dbcmd_run *r)
{
	struct err *err = &r->cli->err;

	r->source = DBCMD_FILES;
	if (dbcmd_reads_input(r->opt))
		return db_read_fd(&r->db, STDIN_FILENO, r->name, err);
	if (db_read(&r->db, r->path, err) == 0)
		return 0;
	if (r->opt->file || err->code != ENOENT)
		return -1;
	if (is(r->opt, DBCMD_ALL)) {
		cli_note(r->cli, "%s", err->text);
	} else {
		cli_note(r->cli, "%s; the built-in table is used", err->text);
		use_builtin(r);
	}
	*err = (struct err){ 0 };
	return 0;
}

int dbcmd_flush(struct dbcmd_run *r)
{
	return out_holds(r->o) ? 0 : out_flush(r->o, &r->cli->err);
}

static int list_nss(struct dbcmd_run *r)
{
	struct err err;

	if (dbcmd_flush(r) < 0)
		return -1;
	if (db_nss_ask(&r->nss, NULL, &r->db, &err) < 0 && !cli_interrupted()) {
		err_prefix(&err, "%s: ", r->source);
		cli_complain(r->cli, &err);
	}
	return dbcmd_list(r);
}

static int find_nss(struct dbcmd_run *r, const struct db_key *key, struct err *err)
{
	db_clear(&r->db);
	if (dbcmd_flush(r) < 0)
		return -1;
	if (db_nss_ask(&r->nss, key->text, &r->db, err) < 0) {
		if (cli_interrupted())
			*err = (struct err){ 0 };
		else
			err_prefix(err, "%s: ", r->source);
		return 0;
	}
	for (size_t i = 0; i < (r->opt->first ? 1 : r->db.rows.n); i++)
		if (dbcmd_put_row(r, &r->db.rows.v[i], key->text) < 0)
			return -1;
	return 0;
}

struct db_nss dbcmd_nss(const struct dbcmd_run *r, const char *module)
{
	return (struct db_nss){
		.type = r->d->type,
		.module = module,
		.timeout_ns = r->opt->timeout_ns == DBCMD_TIMEOUT_UNSET ? TIMEOUT_S * CLOCK_S :
									  r->opt->timeout_ns,
		.wait = cli_wait_until,
	};
}

static int use_nss(struct dbcmd_run *r)
{
	const char *module = module_of(r->opt->source);

	if (module && !db_nss_has_modules())
		return err_set(&r->cli->err, ERR_SYSTEM,
			       "this libc has no NSS modules that can be asked alone");
	buf_printf(&r->source_text, module ? DBCMD_MODULE "%s" : DBCMD_NSS, module);
	r->source = buf_str(&r->source_text);
	r->nss = dbcmd_nss(r, module);
	r->list = list_nss;
	r->find = find_nss;
	return 0;
}

int dbcmd_source_open(struct dbcmd_run *r)
{
	if (is(r->opt, DBCMD_BUILTIN)) {
		use_builtin(r);
		return 0;
	}
	if (is(r->opt, DBCMD_FILES))
		return read_file(r);
	if (is(r->opt, DBCMD_ALL))
		return read_file(r) < 0 ? -1 : dbcmd_all_open(r);
	return use_nss(r);
}

void dbcmd_source_close(struct dbcmd_run *r)
{
	dbcmd_all_close(r);
	db_nss_close(&r->nss);
	buf_fini(&r->source_text);
}
