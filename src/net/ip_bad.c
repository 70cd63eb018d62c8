/* SPDX-License-Identifier: MIT */
#include "net/ip_bad.h"

#include <stdio.h>

#include "base/str.h"

int(ip_bad)(const struct ip_source *t, const char *at, const char *reason)
{
	char show[STR_SHOW];

	return err_set(t->err, ERR_USAGE, "\"%s\" is not %s: %s (column %zu)",
		       str_show_n(show, t->start, (size_t)(t->end - t->start)), t->what, reason,
		       t->before + (size_t)(at - t->start) + 1);
}

int(ip_bad_byte)(const struct ip_source *t, const char *at, const char *wanted)
{
	char show[STR_SHOW], reason[160];

	if (at == t->end)
		snprintf(reason, sizeof(reason), "it ends where %s should be", wanted);
	else
		snprintf(reason, sizeof(reason), "\"%s\" where %s should be",
			 str_show_n(show, at, 1), wanted);
	return ip_bad(t, at, reason);
}
