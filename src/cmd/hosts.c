/* SPDX-License-Identifier: MIT */
/*
 * hosts.c - netipc hosts: the hosts that this machine knows, IPv6 too
 *
 * The lecture lists them with gethostent(3), which drops IPv6 on many systems; here the
 * file is read, and --libc asks as the lecture does.
 */
#include <string.h>

#include "base/compat.h"
#include "base/str.h"
#include "cmd/commands.h"
#include "cmd/dbcmd.h"

enum {
	COL_ADDRESS,
	COL_ZONE,
	COL_FAMILY,
	COL_NAME,
	COL_ALIASES,
	COL_SOURCE,
	COL_FILE,
	COL_LINE,
	COL_INPUT,
	COL_ERROR,
	COL_AGREES,
};

static const struct out_col hosts_cols[] = {
	[COL_ADDRESS] = { "address", OUT_STR, "the address, with its zone if it has one", false },
	[COL_ZONE] = { "zone", OUT_STR, "the IPv6 zone", true },
	[COL_FAMILY] = { "family", OUT_STR, "ipv4 or ipv6", false },
	[COL_NAME] = { "name", OUT_STR, "the canonical name", false },
	DBCMD_SHARED_COLS,
};

/* As it would be pasted; the bytes of the zone may be any. */
static void put_address(struct buf *b, const struct db_addr *addr)
{
	char text[IP_STRLEN];

	buf_adds(b, ip_format(&addr->ip, text));
	if (addr->zone) {
		buf_addc(b, '%');
		buf_adds(b, addr->zone);
	}
}

/* IPv4 before IPv6, each by value, and zones by their text. */
static void set_order(struct out *o, const struct db_addr *addr)
{
	struct buf b = { 0 };

	if (!out_sorts_by(o, COL_ADDRESS))
		return;
	buf_addc(&b, (char)addr->ip.family);
	buf_add(&b, addr->ip.b, ip_size(&addr->ip));
	buf_adds(&b, addr->zone ? addr->zone : "");
	out_order(o, COL_ADDRESS, b.data, b.len);
	buf_fini(&b);
}

static bool set(struct out *o, const struct db_row *row, size_t i)
{
	const struct db_addr *addr = &row->u.host.addrs[i];
	char text[IP_STRLEN];
	struct buf b = { 0 };

	if (i >= row->u.host.naddrs)
		return false;
	if (addr->zone) {
		put_address(&b, addr);
		out_bytes(o, COL_ADDRESS, b.data, b.len);
		buf_fini(&b);
	} else {
		out_str(o, COL_ADDRESS, ip_format(&addr->ip, text));
	}
	set_order(o, addr);
	out_str(o, COL_ZONE, addr->zone);
	out_str(o, COL_FAMILY, addr->ip.family == 4 ? "ipv4" : "ipv6");
	return true;
}

/* "name=cshome.cs.nctu.edu.tw, addr={ 140.113.235.101 }" */
static void classic(struct buf *b, const struct db_row *row)
{
	struct buf address = { 0 };

	dbcmd_classic_name(b, row);
	buf_adds(b, ", addr={ ");
	for (size_t i = 0; i < row->u.host.naddrs; i++) {
		address.len = 0;
		put_address(&address, &row->u.host.addrs[i]);
		str_safe(b, address.data, address.len);
		buf_addc(b, ' ');
	}
	buf_adds(b, "}\n");
	buf_fini(&address);
}

static const struct dbcmd hosts = {
	.type = &db_hosts,
	.path = _PATH_HOSTS,
	.value = "address",
	.cols = DBCMD_INDEXES(DBCMD_NONE),
	.set = set,
	.classic = classic,
};

static int hosts_run(struct cli *cli, const void *options, int argc, char **argv)
{
	return dbcmd_run(cli, &hosts, options, argc, argv);
}

const struct command cmd_hosts = {
	.name = "hosts",
	.summary = "list or look up the hosts that this machine knows",
	.operands = "[NAME|ADDRESS|NETWORK|RANGE]...",
	.opts = dbcmd_opts,
	.cols = hosts_cols,
	.ncols = ARRAY_SIZE(hosts_cols),
	.views = dbcmd_views,
	.size = sizeof(struct dbcmd_options),
	.flags = COMMAND_RECORDS | COMMAND_CLASSIC | COMMAND_BATCH,
	.defaults = dbcmd_defaults,
	.run = hosts_run,
};
