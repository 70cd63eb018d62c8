/* SPDX-License-Identifier: MIT */
/* sockopt_probe_options.c - probe options: which options a kind of socket has */
#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "cmd/sockopt_probe_impl.h"

enum {
	COL_LEVEL,
	COL_OPTION,
	COL_SOCKET,
	COL_RESULT,
	COL_LENGTH,
	COL_REASON,
};

static const struct out_col cols[] = {
	[COL_LEVEL] = { "level", OUT_STR, "SOL_SOCKET or a protocol", false },
	[COL_OPTION] = { "option", OUT_STR, "the option", false },
	[COL_SOCKET] = { "socket", OUT_STR, "the kind of socket", false },
	[COL_RESULT] = { "result", OUT_STR, "ok, an error number's name, or unread", false },
	[COL_LENGTH] = { "length", OUT_INT, "bytes of the value", false },
	[COL_REASON] = { "reason", OUT_STR, "why there is no value", false },
};
const struct command_view sockopt_probe_options_view = { "options", cols, ARRAY_SIZE(cols) };
static const struct probe_told told = { COL_SOCKET, COL_RESULT, COL_REASON };

/* The sockets, one of each kind, and what is counted of the options. */
struct sockets {
	struct probe_end *ends;
	unsigned unread, nowhere;
};

static int record(struct probe_run *r, const struct option_row *row, const char *kind,
		  const char *result, const struct value *v, const char *reason)
{
	if (out_is_text(r->o))
		return 0;
	out_str(r->o, COL_LEVEL, option_level(row)->name);
	out_str(r->o, COL_OPTION, option_name(row));
	out_str(r->o, COL_SOCKET, kind);
	out_str(r->o, COL_RESULT, result);
	if (v)
		out_uint(r->o, COL_LENGTH, v->len);
	out_str(r->o, COL_REASON, reason);
	return out_row(r->o, &r->cli->err);
}

/* The socket does not have the option: the two numbers say so, each in its part of the kernel. */
static bool has_not(int code)
{
	return code == ENOPROTOOPT || code == EOPNOTSUPP;
}

/* A row; it is not shown to people if no socket has the option. */
static int try_option(struct probe_run *r, struct sockets *s, const struct option_row *row)
{
	bool any = false;

	probe_grid_add(&r->grid, option_name(row));
	for (size_t k = 0; k < r->kinds.n; k++) {
		struct value v = { 0 };
		int code = option_get(s->ends[k].fd, row, &v);
		const char *reason = code ? probe_reason("option", code) : NULL;
		char length[24];

		any = any || !has_not(code);
		snprintf(length, sizeof(length), "%zu", v.len);
		probe_grid_add(&r->grid, has_not(code) ? "-" : code ? probe_word(code) : length);
		if (record(r, row, r->kinds.v[k]->name, probe_word(code), code ? NULL : &v,
			   code && !reason ? strerror(code) : reason) < 0)
			return -1;
	}
	if (!any && !r->nnames && !r->opt->all) {
		probe_grid_drop_row(&r->grid);
		s->nowhere++;
	}
	return 0;
}

static int leave_out(struct probe_run *r, struct sockets *s, const struct option_row *row)
{
	const char *effect = option_effect(row);

	s->unread++;
	if (r->nnames) {
		probe_grid_add(&r->grid, option_name(row));
		for (size_t k = 0; k < r->kinds.n; k++)
			probe_grid_add(&r->grid, "unread");
	}
	return record(r, row, NULL, "unread", NULL,
		      row->flags & OPTION_GET ? effect : "it cannot be got");
}

static int try_all(struct probe_run *r, struct sockets *s)
{
	struct option_list list = { 0 };
	const struct option_row *rows;
	size_t n;
	int rc = 0;

	for (size_t i = 0; i < r->nnames; i++)
		r->found[i] = options_find(&list, r->names[i]) > 0;
	rows = options_all(&n);
	for (size_t i = 0; i < n && r->nnames == 0; i++)
		*vec_push(&list) = &rows[i];
	for (size_t i = 0; i < list.n && rc == 0; i++) {
		const struct option_row *row = list.v[i];

		if (row->number < 0 || (!r->nnames && !option_level(row)->read))
			continue;
		rc = own_reads(row) ? try_option(r, s, row) : leave_out(r, s, row);
	}
	vec_fini(&list);
	return rc;
}

/* Opens a socket of each kind. */
static int open_all(struct probe_run *r, struct sockets *s)
{
	for (size_t k = 0; k < r->kinds.n; k++) {
		const char *call;
		int code = probe_open(r->kinds.v[k], &s->ends[k], &call);

		if (code) {
			errno = code;
			return err_sys(&r->cli->err, "%s: %s", r->kinds.v[k]->name, call);
		}
	}
	return 0;
}

int sockopt_probe_options(struct probe_run *r)
{
	struct sockets s = { 0 };
	int rc;

	if (probe_choose(r, PROBE_OPTIONS | PROBE_MORE, &told) < 0)
		return -1;
	s.ends = xcalloc(r->kinds.n + 1, sizeof(*s.ends));
	for (size_t k = 0; k < r->kinds.n; k++)
		s.ends[k] = (struct probe_end){ -1, -1 };
	probe_grid_add(&r->grid, "option");
	for (size_t k = 0; k < r->kinds.n; k++)
		probe_grid_add(&r->grid, r->kinds.v[k]->name);
	probe_grid_heading(&r->grid, 1);
	rc = open_all(r, &s);
	if (rc == 0)
		rc = try_all(r, &s);
	for (size_t k = 0; k < r->kinds.n; k++)
		probe_close(&s.ends[k]);
	free(s.ends);
	if (s.nowhere)
		buf_printf(&r->below, "%u more options are on none of these: see --all\n",
			   s.nowhere);
	if (s.unread && !r->nnames)
		buf_printf(&r->below, "%u are not read, as -v tells\n", s.unread);
	return rc;
}
