/* SPDX-License-Identifier: MIT */
/* resolve_dns_validate.c - resolve --validate: the signatures of what was answered are checked */
#include <stdlib.h>

#include "cmd/resolve_dns.h"
#include "dns/rr.h"

/* The check of one part. */
struct check {
	struct validate_query query; /* first: found by it */
	struct resolve_dns *d;
	struct stub_part *part;
};

int resolve_dns_open_validator(struct resolve_dns *d)
{
	const char *own[] = { d->r->opt->anchor, NULL };
	const struct validator_config config = {
		.servers = d->run->servers.v,
		.nservers = d->run->servers.n,
		.tcp = d->run->opt->tcp,
		.anchors = *own ? own : validator_anchors,
		.mask = cli_hold_signals(),
	};

	d->validator = validator_new(&config, &d->r->cli->err);
	return d->validator ? 0 : -1;
}

/* The answer is the validator's then; a bad one is as a resolver that validates has it. */
static void on_done(struct validate_query *q)
{
	struct check *check = (struct check *)q;
	unsigned i = stub_part_index(check->part);
	struct resolve_dns *d = check->d;
	char word[RR_WORD];

	d->verdicts[i] = validate_word(q->verdict);
	if (q->msg)
		stub_take(check->part, q->msg, q->len);
	if (q->verdict == VALIDATE_BOGUS)
		d->bogus[i] = xasprintf("the answer is bogus: %s", q->why ? q->why : "no reason");
	else if (q->verdict == VALIDATE_INDETERMINATE)
		d->bogus[i] = xasprintf("the signatures could not be checked (%s)",
					rr_word(word, RR_RCODE, q->rcode));
	if (d->bogus[i])
		check->part->last.status = STUB_SERVFAIL;
}

static int wait(struct resolve_dns *d)
{
	while (validator_busy(d->validator) && !cli_interrupted())
		if (validator_turn(d->validator, UINT64_MAX, &d->r->cli->err) < 0)
			return -1;
	return 0;
}

int resolve_dns_validate(struct resolve_dns *d, struct stub_look *look)
{
	struct check checks[RESOLVE_DNS_TYPES];

	for (unsigned i = 0; i < look->nparts; i++) {
		struct stub_part *part = &look->parts[i];

		free(d->bogus[i]);
		d->bogus[i] = NULL;
		d->verdicts[i] = NULL;
		if (stub_status_kind(part->last.status) == ERR_SYSTEM)
			continue;
		checks[i] = (struct check){ .d = d, .part = part };
		checks[i].query.question = part->last.question;
		checks[i].query.on_done = on_done;
		if (validator_ask(d->validator, &checks[i].query, &d->r->cli->err) < 0)
			return -1;
	}
	if (wait(d) < 0)
		return -1;
	if (validator_busy(d->validator))
		return 0;
	stub_combine(look);
	return 1;
}
