/* SPDX-License-Identifier: MIT */
/* sockopt_probe_flags.c - probe flags: what the flags of send(2) and recv(2) do */
#include <string.h>

#include "base/str.h"
#include "cmd/sockopt_probe_impl.h"

enum {
	COL_FLAG,
	COL_CALL,
	COL_ASKED,
	COL_SOCKET,
	COL_RESULT,
	COL_CAME,
};

static const struct out_col cols[] = {
	[COL_FLAG] = { "flag", OUT_STR, "MSG_PEEK and so on", false },
	[COL_CALL] = { "call", OUT_STR, "send, recv or both", false },
	[COL_ASKED] = { "asked", OUT_STR, "what the flag asks for", true },
	[COL_SOCKET] = { "socket", OUT_STR, "the kind of socket", false },
	[COL_RESULT] = { "result", OUT_STR, "works, ignored, taken, or an error's name", false },
	[COL_CAME] = { "came", OUT_STR, "what came of it", false },
};
const struct command_view sockopt_probe_flags_view = { "flags", cols, ARRAY_SIZE(cols) };
static const struct probe_told told = { COL_SOCKET, COL_RESULT, COL_CAME };

static int try_one(struct probe_run *r, const struct probe_flag *flag,
		   const struct probe_kind *kind)
{
	struct probe_flag_answer a;

	if (probe_flag(flag, kind, &a, &r->cli->err) < 0)
		return -1;
	if (out_is_text(r->o)) {
		buf_printf(&r->text, "  %-14s  %-10s  ", kind->name, probe_outcome_word(&a));
		str_safe(&r->text, a.came, strlen(a.came));
		buf_addc(&r->text, '\n');
		return 0;
	}
	out_str(r->o, COL_FLAG, flag->name);
	out_str(r->o, COL_CALL, flag->call);
	out_str(r->o, COL_ASKED, flag->asked);
	out_str(r->o, COL_SOCKET, kind->name);
	out_str(r->o, COL_RESULT, probe_outcome_word(&a));
	out_str(r->o, COL_CAME, a.came);
	return out_row(r->o, &r->cli->err);
}

/* FLAG with each kind of socket. */
static int try_flag(struct probe_run *r, const struct probe_flag *flag)
{
	r->text.len = 0;
	buf_printf(&r->text, "%s of %s: %s\n", flag->name, flag->call, flag->asked);
	for (size_t k = 0; k < r->kinds.n; k++)
		if (try_one(r, flag, r->kinds.v[k]) < 0)
			return -1;
	return out_is_text(r->o) ? out_text(r->o, r->text.data, r->text.len, &r->cli->err) : 0;
}

int sockopt_probe_flags(struct probe_run *r)
{
	const struct probe_flag *flags;
	size_t n = probe_flags(&flags);

	if (probe_choose(r, PROBE_FLAGS, &told) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		bool wanted = probe_wanted(r, flags[i].name) ||
			      probe_wanted(r, flags[i].name + strlen("MSG_"));

		if (wanted && try_flag(r, &flags[i]) < 0)
			return -1;
	}
	return 0;
}
