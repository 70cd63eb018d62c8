/* SPDX-License-Identifier: MIT */
/* validate_none.c - the validator of a build without libunbound: there is none */
#include "base/macros.h"
#include "dns/validate.h"

static int unable(struct err *err)
{
	return err_set(err, ERR_USAGE,
		       "built without libunbound, which checks signatures (configure "
		       "--with-unbound)");
}

struct validator *validator_new(const struct validator_config *config UNUSED, struct err *err)
{
	unable(err);
	return NULL;
}

void validator_free(struct validator *v UNUSED)
{
}

int validator_ask(struct validator *v UNUSED, struct validate_query *q UNUSED, struct err *err)
{
	return unable(err);
}

size_t validator_busy(const struct validator *v UNUSED)
{
	return 0;
}

int validator_turn(struct validator *v UNUSED, uint64_t deadline_ns UNUSED, struct err *err)
{
	return unable(err);
}
