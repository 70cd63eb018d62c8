/* SPDX-License-Identifier: MIT */
/*
 * sockopt_probe.c - netipc sockopt probe: what this kernel does with sockets
 *
 * Four parts: which sockets there are, which options they have, what the calls for files do with
 * them, what the flags of send(2) and recv(2) do.  For people a table with a cell a
 * combination; else a record a cell.
 */
#include <errno.h>
#include <string.h>

#include "base/io.h"
#include "base/str.h"
#include "cmd/sockopt_probe_impl.h"

#define PATH_PROTOCOLS "/proc/net/protocols"

static const struct opt probe_opts[] = {
	OPT_BOOL('a', "all", probe_options, all, "try what may load kernel modules too"),
	OPT_STR('k', "kinds", "LIST", probe_options, kinds, "only on these kinds of socket"),
	OPT_BOOL('v', "verbose", probe_options, verbose, "print a line a cell, with the reason"),
	OPT_END,
};

static const struct part {
	const char *name;
	const struct command_view *view;
	int (*run)(struct probe_run *r);
} parts[] = {
	{ "sockets", &sockopt_probe_sockets_view, sockopt_probe_sockets },
	{ "options", &sockopt_probe_options_view, sockopt_probe_options },
	{ "fileops", &sockopt_probe_fileops_view, sockopt_probe_fileops },
	{ "flags", &sockopt_probe_flags_view, sockopt_probe_flags },
};

bool probe_wanted(struct probe_run *r, const char *name)
{
	size_t first = strcspn(name, " ");
	bool wanted = r->nnames == 0;

	for (size_t i = 0; i < r->nnames; i++) {
		const char *word = r->names[i];

		if (str_eq_nocase(word, name) ||
		    (strlen(word) == first && strncmp(word, name, first) == 0))
			r->found[i] = wanted = true;
	}
	return wanted;
}

const char *probe_word(int code)
{
	return code ? sockopt_code_name(code) : "ok";
}

void probe_out_reason(struct out *o, unsigned col, const char *what, int code)
{
	const char *reason = code ? probe_reason(what, code) : NULL;

	out_str(o, col, reason ? reason : code ? strerror(code) : NULL);
}

/* KIND of PART is one of --kinds, or is tried without being asked for. */
static bool kind_listed(const struct probe_run *r, const struct probe_kind *kind, unsigned part)
{
	const char *list = r->opt->kinds;
	size_t n = strlen(kind->name);

	if (!list)
		return r->opt->all || (kind->parts & part & ~(unsigned)PROBE_MORE);
	for (; *list; list += *list == ',') {
		size_t len = strcspn(list, ",");

		if (len == n && memcmp(list, kind->name, n) == 0)
			return true;
		list += len;
	}
	return false;
}

/* A usage error: --kinds has N bytes at NAME that are no kind of PART. */
static int no_kind(struct probe_run *r, unsigned part, const char *name, size_t n)
{
	const struct probe_kind *kinds;
	size_t nkinds = probe_kinds(&kinds);
	struct buf names = { 0 };
	char show[STR_SHOW];

	for (size_t i = 0; i < nkinds; i++)
		if (kinds[i].parts & part)
			buf_printf(&names, " %s", kinds[i].name);
	err_set(&r->cli->err, ERR_USAGE, "--kinds: no kind \"%s\"; there are:%s",
		str_show_n(show, name, n), buf_str(&names));
	buf_fini(&names);
	return -1;
}

/* Each of --kinds is a kind of PART. */
static int check_kinds(struct probe_run *r, unsigned part)
{
	const struct probe_kind *kinds;
	size_t n = probe_kinds(&kinds), len, i;

	for (const char *list = r->opt->kinds; list; list = list[len] ? list + len + 1 : NULL) {
		len = strcspn(list, ",");
		for (i = 0; i < n; i++)
			if ((kinds[i].parts & part) && strlen(kinds[i].name) == len &&
			    memcmp(kinds[i].name, list, len) == 0)
				break;
		if (i == n)
			return no_kind(r, part, list, len);
	}
	return 0;
}

/* Says that KIND is not tried: below the grid, or as a record. */
static int tell(struct probe_run *r, const struct probe_told *told, const struct probe_kind *kind,
		const char *const why[2])
{
	if (out_is_text(r->o)) {
		buf_printf(&r->below, "%s: not tried: %s, %s\n", kind->name, why[0], why[1]);
		return 0;
	}
	out_str(r->o, told->socket, kind->name);
	out_str(r->o, told->result, why[0]);
	out_str(r->o, told->reason, why[1]);
	return out_row(r->o, &r->cli->err);
}

/* Sees whether KIND can be opened. */
static int choose_one(struct probe_run *r, const struct probe_told *told,
		      const struct probe_kind *kind)
{
	const char *call, *reason;
	struct probe_end end;
	char text[128];
	int code;

	if (!r->opt->all && !probe_loaded(buf_str(&r->loaded), kind->loaded))
		return tell(r, told, kind,
			    (const char *const[]){ "untried", "it may load a module: see --all" });
	code = probe_open(kind, &end, &call);
	if (code == 0) {
		probe_close(&end);
		*vec_push(&r->kinds) = kind;
		return 0;
	}
	errno = code;
	if (probe_exhausted(code))
		return err_sys(&r->cli->err, "%s: %s", kind->name, call);
	reason = probe_reason(call, code);
	snprintf(text, sizeof(text), "%s: %s", call, reason ? reason : strerror(code));
	return tell(r, told, kind, (const char *const[]){ probe_word(code), text });
}

int probe_choose(struct probe_run *r, unsigned part, const struct probe_told *told)
{
	const struct probe_kind *kinds;
	size_t n = probe_kinds(&kinds);

	if (check_kinds(r, part) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if ((kinds[i].parts & part) && kind_listed(r, &kinds[i], part) &&
		    choose_one(r, told, &kinds[i]) < 0)
			return -1;
	return 0;
}

/* Every name that the user gave was one. */
static void complain_names(struct probe_run *r, const char *part)
{
	char show[STR_SHOW];
	struct err err;

	for (size_t i = 0; i < r->nnames; i++) {
		if (r->found[i])
			continue;
		if (strcmp(part, "options") == 0)
			sockset_unknown(r->names[i], ERR_USAGE, &err);
		else
			err_set(&err, ERR_USAGE, "%s: there is no \"%s\"", part,
				str_show(show, r->names[i]));
		cli_complain(r->cli, &err);
	}
}

static int print_grid(struct probe_run *r)
{
	if (!out_is_text(r->o))
		return 0;
	if (probe_grid_print(&r->grid, r->o, !r->cli->output.no_header, &r->cli->err) < 0)
		return -1;
	return r->below.len ? out_text(r->o, r->below.data, r->below.len, &r->cli->err) : 0;
}

static int run_part(struct probe_run *r, const struct part *part)
{
	int rc;

	if (r->opt->verbose && r->cli->output.format == OUT_PLAIN)
		r->cli->output.format = OUT_TABLE;
	r->o = cli_out_view(r->cli, part->view, false);
	if (!r->o)
		return -1;
	rc = part->run(r);
	if (rc == 0)
		complain_names(r, part->name);
	if (rc == 0)
		rc = print_grid(r);
	return out_close(r->o, &r->cli->err) < 0 ? -1 : rc;
}

static int probe_run_verb(struct cli *cli, const void *options, int argc, char **argv)
{
	struct probe_run r = { .cli = cli, .opt = options };
	const struct part *part = NULL;
	char show[STR_SHOW];
	struct err ignored;
	int rc;

	if (cli_want(cli, argc, argv, 1, argc) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (strcmp(parts[i].name, argv[0]) == 0)
			part = &parts[i];
	if (!part) {
		cli->misused = true;
		return err_set(&cli->err, ERR_USAGE, "no part \"%s\"", str_show(show, argv[0]));
	}
	if (r.opt->kinds && part->run == sockopt_probe_sockets) {
		cli->misused = true;
		return err_set(&cli->err, ERR_USAGE, "--kinds: sockets are not tried by kinds");
	}
	r.nnames = (size_t)argc - 1;
	r.names = argv + 1;
	r.found = xcalloc(r.nnames + 1, sizeof(*r.found));
	/* Without it nothing is known to be loaded. */
	if (io_read_file(&r.loaded, PATH_PROTOCOLS, &ignored) < 0)
		r.loaded.len = 0;
	rc = run_part(&r, part);
	buf_fini(&r.loaded);
	buf_fini(&r.below);
	buf_fini(&r.untried);
	buf_fini(&r.absent);
	buf_fini(&r.text);
	buf_fini(&r.differs);
	vec_fini(&r.kinds);
	probe_grid_fini(&r.grid);
	free(r.found);
	return rc;
}

static const struct command_view *const views[] = {
	&sockopt_probe_sockets_view,
	&sockopt_probe_options_view,
	&sockopt_probe_fileops_view,
	&sockopt_probe_flags_view,
	NULL,
};

const struct command sockopt_verb_probe = {
	.name = "probe",
	.summary = "try what this kernel does with sockets",
	.operands = "sockets|options|fileops|flags [NAME]...",
	.opts = probe_opts,
	.views = views,
	.size = sizeof(struct probe_options),
	.flags = COMMAND_RECORDS,
	.run = probe_run_verb,
};
