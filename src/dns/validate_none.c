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

struct validator *validator_new(const struct validate_config *config UNUSED, struct err *err)
{
	unable(err);
	return NULL;
}

void validator_free(struct validator *v UNUSED)
{
}

int validate(struct validator *v UNUSED, const struct wire_question *q UNUSED,
	     struct validate_answer *answer UNUSED, struct err *err)
{
	return unable(err);
}

void validate_fini(struct validate_answer *answer UNUSED, const struct validator *v UNUSED)
{
}
