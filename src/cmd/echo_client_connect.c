/* SPDX-License-Identifier: MIT */
/* echo_client_connect.c - which address of the server is used, as RFC 8305 has it */
#include <unistd.h>

#include "base/clock.h"
#include "cmd/echo_client_impl.h"
#include "dns/probe.h"

enum {
	CONNECT_S = 10,
};

static int prepare(void *ctx, int fd, struct err *err)
{
	return echo_client_prepare(ctx, fd, err);
}

/* Says with -v why an address is not used. */
static void note(const struct echo_session *s, const struct probe_try *t)
{
	char text[SA_STRLEN];

	if (!s->opt->verbose)
		return;
	if (t->status == PROBE_ABANDONED)
		cli_note(s->cli, "connect %s: another address was faster", sa_format(&t->sa, text));
	else
		cli_note(s->cli, "%s", t->err.text);
}

/*
 * Races all addresses: the winner, with SA and, if it is kept, its socket.  -1 if none could be
 * connected to, for the reason of the last; of no kind if a signal came.
 */
static int race(const struct echo_session *s, struct probe_config *config, struct sa *sa,
		struct err *err)
{
	struct probe_tries tries = { 0 };
	const struct probe_try *last = NULL, *winner = NULL;
	int rc = -1;

	for (size_t i = 0; i < s->targets.n; i++)
		*vec_push(&tries) = (struct probe_try){ .sa = s->targets.v[i] };
	probe_interleave(&tries);
	config->stagger_ns = PROBE_STAGGER_NS;
	config->mask = cli_hold_signals();
	config->stopped = cli_interrupted;
	if (probe_run(&tries, config, err) < 0)
		goto out;
	for (size_t i = 0; i < tries.n; i++) {
		const struct probe_try *t = &tries.v[i];

		if (t->winner)
			winner = t;
		else if (t->status == PROBE_FAILED || t->status == PROBE_TIMEOUT)
			last = t;
	}
	/* The last reason is what the whole fails with. */
	for (size_t i = 0; i < tries.n; i++)
		if (&tries.v[i] != winner && tries.v[i].status != PROBE_UNTRIED &&
		    (winner || (&tries.v[i] != last && tries.v[i].status != PROBE_ABANDONED)))
			note(s, &tries.v[i]);
	if (winner) {
		*sa = winner->sa;
		rc = config->keep ? winner->fd : 0;
	} else {
		*err = last && !cli_interrupted() ? last->err : (struct err){ .kind = ERR_NONE };
	}
out:
	vec_fini(&tries);
	return rc;
}

static int choose(struct echo_session *s, struct sa *sa, struct err *err)
{
	struct probe_config config = {
		.timeout_ns = echo_client_timeout(s, CONNECT_S * CLOCK_S),
		.prepare = prepare,
		.ctx = s,
	};
	int rc;

	*sa = s->targets.v[0];
	/* With one address there is no choice, and datagrams connect to any. */
	if (s->targets.n == 1 || s->opt->udp || s->opt->path)
		return 0;
	s->probing = true;
	rc = race(s, &config, sa, err);
	s->probing = false;
	if (rc < 0 && err->kind == ERR_NONE)
		rc = err_set(err, ERR_SYSTEM, "no address takes a connection");
	return rc;
}

int echo_client_address(struct echo_session *s, struct sa *sa, struct err *err)
{
	if (choose(s, sa, err) < 0)
		return -1;
	sa_add(&s->peer, sa);
	buf_str(&s->peer);
	return 0;
}

int echo_client_open(struct echo_session *s, uint64_t timeout_ns, struct sa *sa, struct err *err)
{
	struct probe_config config = {
		.timeout_ns = timeout_ns,
		.type = echo_client_type(s),
		.keep = true,
		.prepare = prepare,
		.ctx = s,
	};

	return race(s, &config, sa, err);
}
