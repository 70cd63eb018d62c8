/* SPDX-License-Identifier: MIT */
/* options.h - socket options by their names, for the check programs of sockopt/ */
#ifndef NETIPC_UNIT_OPTIONS_H
#define NETIPC_UNIT_OPTIONS_H

#include "sockopt/options.h"
#include "unit.h"

/* The one option that NAME stands for. */
static inline const struct option_row *the(const char *name)
{
	struct option_list list = { 0 };
	const struct option_row *o;

	ck_assert_msg(options_find(&list, name) == 1, "%s", name);
	o = list.v[0];
	vec_fini(&list);
	return o;
}

#endif
