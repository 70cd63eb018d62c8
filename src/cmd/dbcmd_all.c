/* SPDX-License-Identifier: MIT */
/* dbcmd_all.c - --source=all: what each source says, side by side, and where they differ */
#include <errno.h>
#include <string.h>

#include "base/compat.h"
#include "cmd/dbcmd_impl.h"
#include "db/builtin.h"

struct source {
	const char *name;
	struct db *db; /* the file's, or OWN */
	struct db own; /* of the built-in table, or the last answer */
	struct db_nss nss;
	bool asks;   /* NSS */
	bool few;    /* it does not mean to know all names of a value */
	bool absent; /* there is no such module: it is left out */
	bool answered;
};

struct dbcmd_all {
	struct source *sources;
	size_t n;
	size_t printed; /* the source whose rows are printed */
	struct db_nss_conf conf;
	struct arena memory;
};

static struct source *add(struct dbcmd_run *r, const char *name)
{
	struct source *s = &r->all->sources[r->all->n++];

	s->name = name;
	s->db = &s->own;
	db_init(&s->own, r->d->type);
	return s;
}

static void add_nss(struct dbcmd_run *r, const char *module)
{
	struct buf name = { 0 };
	struct source *s;

	buf_printf(&name, module ? DBCMD_MODULE "%s" : DBCMD_NSS, module);
	s = add(r, arena_copy(&r->all->memory, name.data, name.len));
	s->asks = true;
	s->nss = dbcmd_nss(r, module);
	buf_fini(&name);
}

/* Asks each source that is asked for KEY; the last failure is in ERR.  -1: a signal came. */
static int ask_all(struct dbcmd_run *r, const char *key, struct err *err)
{
	struct err failure;

	for (size_t i = 0; i < r->all->n; i++) {
		struct source *s = &r->all->sources[i];

		s->answered = !s->asks;
		if (!s->asks || s->absent)
			continue;
		db_clear(s->db);
		if (db_nss_ask(&s->nss, key, s->db, &failure) == 0 ||
		    failure.kind == ERR_NEGATIVE) {
			s->answered = true;
			continue;
		}
		if (cli_interrupted())
			return -1;
		cli_note(r->cli, "%s: %s", s->name, failure.text);
		s->absent = failure.code == ENOENT;
		if (s->absent)
			continue;
		cli_status(r->cli, ERR_SYSTEM);
		*err = failure;
	}
	return 0;
}

/* The rows of S that are for KEY; those of NSS are its answer. */
static int print(struct dbcmd_run *r, const struct source *s, const struct db_key *key)
{
	struct db *db = s->db;
	size_t i = s->asks ? 0 : db_find(db, key, 0);

	for (; i < db->rows.n; i = s->asks ? i + 1 : db_find(db, key, i + 1)) {
		if (dbcmd_put_row(r, &db->rows.v[i], key->text) < 0)
			return -1;
		if (r->opt->first)
			break;
	}
	return 0;
}

static int find(struct dbcmd_run *r, const struct db_key *key, struct err *err)
{
	uint64_t before = out_rows(r->o);
	char show[STR_SHOW];
	struct err failure = { 0 };

	if (dbcmd_flush(r) < 0)
		return -1;
	if (ask_all(r, key->text, &failure) < 0)
		return 0;
	for (size_t i = 0; i < r->all->n; i++) {
		r->all->printed = i;
		r->source = r->all->sources[i].name;
		if (print(r, &r->all->sources[i], key) < 0)
			return -1;
	}
	if (out_rows(r->o) == before)
		err_set(err, failure.kind ? failure.kind : ERR_NEGATIVE,
			"no %s \"%s\" in any source%s", r->d->type->what, str_show(show, key->text),
			failure.kind ? " that answers" : "");
	return 0;
}

static int list(struct dbcmd_run *r)
{
	struct err failure = { 0 };

	if (dbcmd_flush(r) < 0)
		return -1;
	if (ask_all(r, NULL, &failure) < 0)
		return 0;
	for (size_t i = 0; i < r->all->n; i++) /* DNS has no list */
		r->all->sources[i].answered &= r->all->sources[i].db->rows.n > 0;
	for (size_t i = 0; i < r->all->n; i++) {
		struct source *s = &r->all->sources[i];

		r->all->printed = i;
		r->source = s->name;
		if (s->db == &r->db && dbcmd_list(r) < 0)
			return -1;
		for (size_t k = 0; s->db != &r->db && k < s->db->rows.n; k++)
			if (dbcmd_put_row(r, &s->db->rows.v[k], NULL) < 0)
				return -1;
	}
	return 0;
}

const char *dbcmd_all_agrees(struct dbcmd_run *r, const struct db_row *row, size_t i)
{
	const char *const words[] = {
		[DB_SAME] = "yes",        [DB_OTHER_ALIASES] = "aliases", [DB_ABSENT] = "only here",
		[DB_OTHER_NAME] = "name", [DB_OTHER_VALUE] = r->d->value,
	};
	enum db_difference worst = DB_SAME;
	bool asked = false, found = false;

	for (size_t k = 0; k < r->all->n; k++) {
		struct source *s = &r->all->sources[k];
		enum db_difference d;

		if (k == r->all->printed || !s->answered)
			continue;
		asked = true;
		d = db_compare(s->db, row, i);
		if (d == DB_OTHER_NAME && s->few)
			d = DB_ABSENT;
		found |= d == DB_SAME || d == DB_OTHER_ALIASES;
		if (d != DB_ABSENT && d > worst)
			worst = d;
	}
	if (!found && worst < DB_ABSENT)
		worst = DB_ABSENT;
	return asked ? words[worst] : NULL;
}

int dbcmd_all_open(struct dbcmd_run *r)
{
	struct dbcmd_all *all = xcalloc(1, sizeof(*all));
	struct source *builtin;

	r->all = all;
	r->list = list;
	r->find = find;
	if (db_nss_has_modules() &&
	    db_nss_conf_read(&all->conf, _PATH_NSSWITCH_CONF, r->d->type, &r->cli->err) < 0)
		return -1;
	all->sources = xcalloc(all->conf.modules.n + 3, sizeof(*all->sources));
	add(r, DBCMD_FILES)->db = &r->db;
	for (size_t i = 0; i < all->conf.modules.n; i++)
		add_nss(r, all->conf.modules.v[i]);
	add_nss(r, NULL);
	builtin = add(r, DBCMD_BUILTIN);
	builtin->few = r->d->type == &db_hosts;
	db_builtin(builtin->db);
	return 0;
}

void dbcmd_all_close(struct dbcmd_run *r)
{
	struct dbcmd_all *all = r->all;

	if (!all)
		return;
	for (size_t i = 0; i < all->n; i++) {
		db_nss_close(&all->sources[i].nss);
		db_fini(&all->sources[i].own);
	}
	free(all->sources);
	db_nss_conf_fini(&all->conf);
	arena_fini(&all->memory);
	free(all);
	r->all = NULL;
}
