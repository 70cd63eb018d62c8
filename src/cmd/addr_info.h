/* SPDX-License-Identifier: MIT */
/* addr_info.h - netipc addr info, which is also netipc addr without a verb */
#ifndef NETIPC_CMD_ADDR_INFO_H
#define NETIPC_CMD_ADDR_INFO_H

#include "cli/command.h"

struct addr_info_options {
	bool only4, only6;
};

enum addr_info_column {
	COL_INPUT,
	COL_FAMILY,
	COL_ADDRESS,
	COL_ZONE,
	COL_PORT,
	COL_PATH,
	COL_EXPANDED,
	COL_INTEGER,
	COL_HEX,
	COL_HOST_ORDER,
	COL_NETWORK_ORDER,
	COL_SOCKADDR,
	COL_REVERSE,
	COL_ERROR,
	ADDR_INFO_COLUMNS,
};

extern const struct opt addr_info_opts[];
extern const struct out_col addr_info_cols[ADDR_INFO_COLUMNS];
int addr_info_run(struct cli *cli, const void *options, int argc, char **argv);

extern const struct command addr_verb_info;

#endif
