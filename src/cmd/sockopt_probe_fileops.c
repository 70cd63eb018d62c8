/* SPDX-License-Identifier: MIT */
/* sockopt_probe_fileops.c - probe fileops: what the calls for files do with sockets */
#include <string.h>

#include "base/str.h"
#include "cmd/sockopt_probe_impl.h"

enum {
	COL_FUNCTION,
	COL_LECTURE,
	COL_SOCKET,
	COL_RESULT,
	COL_AGREES,
	COL_DETAIL,
	COL_REASON,
};

static const struct out_col cols[] = {
	[COL_FUNCTION] = { "function", OUT_STR, "the call", false },
	[COL_LECTURE] = { "lecture", OUT_STR, "what the lecture says of it", false },
	[COL_SOCKET] = { "socket", OUT_STR, "the kind of socket", false },
	[COL_RESULT] = { "result", OUT_STR, "ok, or the name of the error number", false },
	[COL_AGREES] = { "agrees", OUT_BOOL, "it is as the lecture says", false },
	[COL_DETAIL] = { "detail", OUT_STR, "what it gave", false },
	[COL_REASON] = { "reason", OUT_STR, "why it is not ok", false },
};
const struct command_view sockopt_probe_fileops_view = { "fileops", cols, ARRAY_SIZE(cols) };
static const struct probe_told told = { COL_SOCKET, COL_RESULT, COL_REASON };

static int try_one(struct probe_run *r, const struct probe_fileop *op,
		   const struct probe_kind *kind)
{
	enum probe_agreement agreement;
	struct probe_answer a;

	if (probe_fileop(op, kind, &a, &agreement, &r->cli->err) < 0)
		return -1;
	probe_grid_add(&r->grid, probe_word(a.code));
	if (agreement == PROBE_DIFFERS)
		buf_printf(&r->differs, " %s", kind->name);
	if (out_is_text(r->o))
		return 0;
	out_str(r->o, COL_FUNCTION, op->name);
	sockopt_out_known(r->o, COL_LECTURE, op->lecture);
	out_str(r->o, COL_SOCKET, kind->name);
	out_str(r->o, COL_RESULT, probe_word(a.code));
	if (agreement != PROBE_OPEN)
		sockopt_out_yes(r->o, COL_AGREES, agreement == PROBE_AGREES);
	sockopt_out_known(r->o, COL_DETAIL, a.detail);
	probe_out_reason(r->o, COL_REASON, op->name, a.code);
	return out_row(r->o, &r->cli->err);
}

int sockopt_probe_fileops(struct probe_run *r)
{
	const struct probe_fileop *ops;
	size_t n = probe_fileops(&ops);

	if (probe_choose(r, PROBE_FILEOPS, &told) < 0)
		return -1;
	probe_grid_add(&r->grid, "function");
	probe_grid_add(&r->grid, "lecture");
	for (size_t i = 0; i < r->kinds.n; i++)
		probe_grid_add(&r->grid, r->kinds.v[i]->name);
	probe_grid_heading(&r->grid, 2);
	for (size_t i = 0; i < n; i++) {
		if (!probe_wanted(r, ops[i].name))
			continue;
		probe_grid_add(&r->grid, ops[i].name);
		probe_grid_add(&r->grid, *ops[i].lecture ? ops[i].lecture : "-");
		for (size_t k = 0; k < r->kinds.n; k++)
			if (try_one(r, &ops[i], r->kinds.v[k]) < 0)
				return -1;
		if (r->differs.len)
			buf_printf(&r->below, "%s: not %s with%s\n", ops[i].name, ops[i].lecture,
				   buf_str(&r->differs));
		r->differs.len = 0;
	}
	return 0;
}
