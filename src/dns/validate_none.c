/* SPDX-License-Identifier: MIT */
/* validate_none.c - the validator of a build without libunbound: there is none */
#include "base/macros.h"
#include "dns/validate.h"

struct validator *validator_new(const struct validator_config *config UNUSED, struct err *err)
{
	(void)err_set(err, ERR_USAGE,
		      "built without libunbound: nothing can be validated (configure with "
		      "--with-unbound)");
	return NULL;
}

void validator_free(struct validator *v UNUSED)
{
}

int validator_ask(struct validator *v UNUSED, struct validate_query *q UNUSED, struct err *err)
{
	return err_set(err, ERR_USAGE, "built without libunbound");
}

size_t validator_busy(const struct validator *v UNUSED)
{
	return 0;
}

int validator_fd(const struct validator *v UNUSED)
{
	return -1;
}

int validator_turn(struct validator *v UNUSED, uint64_t deadline_ns UNUSED, struct err *err)
{
	return err_set(err, ERR_USAGE, "built without libunbound");
}
