/* SPDX-License-Identifier: MIT */
/* protos.c - netipc protos: the protocols that this machine knows, by name and number */
#include <string.h>

#include "base/compat.h"
#include "cmd/commands.h"
#include "cmd/dbcmd.h"

enum {
	COL_NAME,
	COL_NUMBER,
	COL_ALIASES,
	COL_SOURCE,
	COL_FILE,
	COL_LINE,
	COL_COMMENT,
	COL_INPUT,
	COL_ERROR,
	COL_AGREES,
};

static const struct out_col protos_cols[] = {
	[COL_NAME] = { "name", OUT_STR, "the official name", false },
	[COL_NUMBER] = { "number", OUT_INT, "the number in the IP header", false },
	[COL_COMMENT] = { "comment", OUT_STR, "the comment of the line", false },
	DBCMD_SHARED_COLS,
};

static bool set(struct out *o, const struct db_row *row, size_t i)
{
	if (i > 0)
		return false;
	out_uint(o, COL_NUMBER, row->u.protocol.number);
	return true;
}

/* "name=tcp (6), alias={ TCP }" */
static void classic(struct buf *b, const struct db_row *row)
{
	dbcmd_classic_name(b, row);
	buf_printf(b, " (%u)", (unsigned)row->u.protocol.number);
	dbcmd_classic_aliases(b, row);
}

static const struct dbcmd protos = {
	.type = &db_protocols,
	.path = _PATH_PROTOCOLS,
	.value = "number",
	.cols = DBCMD_INDEXES(COL_COMMENT),
	.set = set,
	.classic = classic,
};

static int protos_run(struct cli *cli, const void *options, int argc, char **argv)
{
	return dbcmd_run(cli, &protos, options, argc, argv);
}

const struct command cmd_protos = {
	.name = "protos",
	.summary = "list or look up the protocols that this machine knows",
	.operands = "[NAME|NUMBER|LO-HI]...",
	.opts = dbcmd_opts,
	.cols = protos_cols,
	.ncols = ARRAY_SIZE(protos_cols),
	.views = dbcmd_views,
	.size = sizeof(struct dbcmd_options),
	.flags = COMMAND_RECORDS | COMMAND_CLASSIC | COMMAND_BATCH,
	.defaults = dbcmd_defaults,
	.run = protos_run,
};
