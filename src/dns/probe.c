/* SPDX-License-Identifier: MIT */
#include "dns/probe.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/sock.h"

struct probe {
	const struct probe_config *config;
	struct probe_tries *tries;
	struct loop *loop;
	struct loop_timer stagger;
	size_t next; /* to be started */
	size_t busy;
	bool won;
	uint64_t began_ns;
	struct err *err;
	bool broken; /* the loop failed, ERR says how */
};

static struct probe_try *try_of_fd(struct loop_fd *io)
{
	return (struct probe_try *)(void *)((char *)io - offsetof(struct probe_try, io));
}

static struct probe_try *try_of_timer(struct loop_timer *timer)
{
	return (struct probe_try *)(void *)((char *)timer - offsetof(struct probe_try, timer));
}

void probe_interleave(struct probe_tries *tries)
{
	struct probe_tries from = *tries, to = { 0 };
	int family = from.n ? from.v[0].sa.u.sa.sa_family : 0;
	size_t at[2] = { 0, 0 }; /* of the first one's family, of the other */

	for (unsigned turn = 0; to.n < from.n; turn = !turn) {
		size_t *i = &at[turn];

		while (*i < from.n && (from.v[*i].sa.u.sa.sa_family == family) == (turn == 1))
			++*i;
		if (*i < from.n)
			*vec_push(&to) = from.v[(*i)++];
	}
	vec_fini(&from);
	*tries = to;
}

const char *probe_status_word(enum probe_status status)
{
	static const char *const words[] = {
		[PROBE_UNTRIED] = "untried",     [PROBE_CONNECTED] = "connected",
		[PROBE_FAILED] = "failed",       [PROBE_TIMEOUT] = "timeout",
		[PROBE_ABANDONED] = "abandoned",
	};

	return words[status];
}

/* T is over. */
static void end(struct probe_try *t, enum probe_status status, int code)
{
	struct probe *p = t->probe;
	bool wins = status == PROBE_CONNECTED && !p->won;

	t->status = status;
	t->code = code;
	t->took_ns = clock_now_ns() - p->began_ns - t->start_ns;
	loop_timer_stop(p->loop, &t->timer);
	if (t->io.fd >= 0) {
		loop_del(p->loop, &t->io);
		if (wins && p->config->keep)
			t->fd = t->io.fd;
		else
			close(t->io.fd);
		t->io.fd = -1;
	}
	p->busy--;
	if (wins)
		p->won = t->winner = true;
}

static void start_more(struct probe *p);

static void on_ready(struct loop_fd *io, unsigned ready)
{
	struct probe_try *t = try_of_fd(io);
	struct probe *p = t->probe;

	(void)ready;
	if (t->status != PROBE_ABANDONED || t->io.fd < 0)
		return;
	if (sock_connected(io->fd, &t->sa, &t->err) < 0)
		end(t, PROBE_FAILED, t->err.code);
	else
		end(t, PROBE_CONNECTED, 0);
	start_more(p);
}

static void on_due(struct loop_timer *timer)
{
	struct probe_try *t = try_of_timer(timer);
	char text[SA_STRLEN];

	errno = ETIMEDOUT;
	err_sys(&t->err, "connect %s", sa_format(&t->sa, text));
	end(t, PROBE_TIMEOUT, 0);
	start_more(t->probe);
}

/* A socket that begins to connect: as sock_connect(). */
static int begin(struct probe *p, struct probe_try *t, struct err *err)
{
	const struct probe_config *config = p->config;
	int rc;

	t->io.fd = sock_open(t->sa.u.sa.sa_family, config->type ? config->type : SOCK_STREAM, err);
	if (t->io.fd < 0 || (config->prepare && config->prepare(config->ctx, t->io.fd, err) < 0))
		return -1;
	rc = sock_connect(t->io.fd, &t->sa, err);
	if (rc >= 0) {
		struct err ignored;

		if (sock_local(t->io.fd, &t->local, &ignored) < 0)
			t->local.len = 0;
	}
	return rc;
}

/* Begins T, which may be over at once. */
static void start(struct probe *p, struct probe_try *t)
{
	int rc;

	t->probe = p;
	t->start_ns = clock_now_ns() - p->began_ns;
	t->status = PROBE_ABANDONED; /* unless it comes to an end */
	t->timer.on_due = on_due;
	t->io.on_ready = on_ready;
	t->fd = -1;
	p->busy++;
	rc = begin(p, t, &t->err);
	if (rc < 0) {
		end(t, PROBE_FAILED, t->err.code);
	} else if (rc > 0) {
		end(t, PROBE_CONNECTED, 0);
	} else if (loop_add(p->loop, &t->io, LOOP_WRITE, p->err) < 0) {
		p->broken = true;
		end(t, PROBE_FAILED, p->err->code);
	} else if (p->config->timeout_ns) {
		loop_timer_set(p->loop, &t->timer, clock_now_ns() + p->config->timeout_ns);
	}
}

/*
 * Begins what is to be begun now: all, or the next one.  After a failure the next one does not
 * wait for its turn.
 */
static void start_more(struct probe *p)
{
	bool all = p->config->all;

	loop_timer_stop(p->loop, &p->stagger);
	while (p->next < p->tries->n && !p->broken && (all || !p->won)) {
		struct probe_try *t = &p->tries->v[p->next++];

		start(p, t);
		if (!all && t->io.fd >= 0)
			break;
	}
	if (p->next < p->tries->n && !p->won && !p->broken)
		loop_timer_set(p->loop, &p->stagger, clock_now_ns() + p->config->stagger_ns);
}

static void on_stagger(struct loop_timer *timer)
{
	start_more((struct probe *)(void *)((char *)timer - offsetof(struct probe, stagger)));
}

static bool goes_on(const struct probe *p)
{
	if (p->broken || (p->config->stopped && p->config->stopped()))
		return false;
	if (p->won && !p->config->all)
		return false;
	return p->busy || p->next < p->tries->n;
}

int probe_run(struct probe_tries *tries, const struct probe_config *config, struct err *err)
{
	struct probe p = {
		.config = config,
		.tries = tries,
		.stagger.on_due = on_stagger,
		.began_ns = clock_now_ns(),
		.err = err,
	};
	int rc = 0;

	p.loop = loop_new(NULL, config->mask, err);
	if (!p.loop)
		return -1;
	start_more(&p);
	while (rc == 0 && goes_on(&p))
		rc = loop_turn(p.loop, err);
	for (size_t i = 0; i < p.next; i++)
		if (tries->v[i].io.fd >= 0 && tries->v[i].status == PROBE_ABANDONED)
			end(&tries->v[i], PROBE_ABANDONED, 0);
	loop_timer_stop(p.loop, &p.stagger);
	loop_free(p.loop);
	return p.broken ? -1 : rc;
}
