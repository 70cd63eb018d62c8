/* SPDX-License-Identifier: MIT */
/*
 * addr.c - netipc addr: addresses in every form, filtered, counted, computed with
 *
 * Each verb is in a file of its own; without one, addr is the verb info.
 */
#include "cmd/addr_info.h"
#include "cmd/addr_shared.h"
#include "cmd/addr_subnet.h"
#include "cmd/commands.h"

/* clang-format off */
static const struct command *const verbs[] = {
	&addr_verb_agg,
	&addr_verb_compare,
	&addr_verb_contains,
	&addr_verb_conv,
	&addr_verb_count,
	&addr_verb_gaps,
	&addr_verb_grep,
	&addr_verb_info,
	&addr_verb_list,
	&addr_verb_next,
	&addr_verb_nth,
	&addr_verb_prev,
	&addr_verb_rand,
	&addr_verb_range,
	&addr_verb_set,
	&addr_verb_sort,
	&addr_verb_split,
	&addr_verb_super,
	NULL,
};
/* clang-format on */

const struct command cmd_addr = {
	.name = "addr",
	.summary = "print, filter and compute with addresses",
	.operands = "ADDRESS...",
	.opts = addr_info_opts,
	.cols = addr_info_cols,
	.ncols = ADDR_INFO_COLUMNS,
	.size = sizeof(struct addr_info_options),
	.flags = COMMAND_RECORDS | COMMAND_CLASSIC | COMMAND_BATCH | COMMAND_NO_WORDS,
	.verbs = verbs,
	.more = ADDR_READ_MORE,
	.run = addr_info_run,
};
