/* SPDX-License-Identifier: MIT */
/* services.c - netipc services: the services that this machine knows, by name, port and protocol */
#include <string.h>

#include "base/compat.h"
#include "base/str.h"
#include "cmd/commands.h"
#include "cmd/dbcmd.h"

enum {
	COL_NAME,
	COL_PORT,
	COL_PROTO,
	COL_ALIASES,
	COL_SOURCE,
	COL_FILE,
	COL_LINE,
	COL_COMMENT,
	COL_INPUT,
	COL_ERROR,
	COL_AGREES,
};

static const struct out_col services_cols[] = {
	[COL_NAME] = { "name", OUT_STR, "the official name", false },
	[COL_PORT] = { "port", OUT_INT, "the port", false },
	[COL_PROTO] = { "proto", OUT_STR, "the protocol: tcp, udp", false },
	[COL_COMMENT] = { "comment", OUT_STR, "the comment of the line", false },
	DBCMD_SHARED_COLS,
};

static bool set(struct out *o, const struct db_row *row, size_t i)
{
	if (i > 0)
		return false;
	out_uint(o, COL_PORT, row->u.service.port);
	out_str(o, COL_PROTO, row->u.service.protocol);
	return true;
}

/* "name=telnet (tcp/23), alias={ }" */
static void classic(struct buf *b, const struct db_row *row)
{
	dbcmd_classic_name(b, row);
	buf_adds(b, " (");
	str_safe(b, row->u.service.protocol, strlen(row->u.service.protocol));
	buf_printf(b, "/%u)", row->u.service.port);
	dbcmd_classic_aliases(b, row);
}

static const struct dbcmd services = {
	.type = &db_services,
	.path = _PATH_SERVICES,
	.value = "port",
	.cols = DBCMD_INDEXES(COL_COMMENT),
	.set = set,
	.classic = classic,
};

static int services_run(struct cli *cli, const void *options, int argc, char **argv)
{
	return dbcmd_run(cli, &services, options, argc, argv);
}

const struct command cmd_services = {
	.name = "services",
	.summary = "list or look up the services that this machine knows",
	.operands = "[NAME|PORT|LO-HI][/PROTO]...",
	.opts = dbcmd_opts,
	.cols = services_cols,
	.ncols = ARRAY_SIZE(services_cols),
	.views = dbcmd_views,
	.size = sizeof(struct dbcmd_options),
	.flags = COMMAND_RECORDS | COMMAND_CLASSIC | COMMAND_BATCH,
	.defaults = dbcmd_defaults,
	.run = services_run,
};
