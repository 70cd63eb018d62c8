/* SPDX-License-Identifier: MIT */
/* sockopt_watch.c - netipc sockopt show --watch: what changes on live sockets */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cmd/sockopt_show.h"

struct memories VEC(struct show_memory);

static struct show_memory *recall(struct memories *m, uint64_t inode)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->v[i].inode == inode)
			return &m->v[i];
	return NULL;
}

static void forget(struct show_memory *memory)
{
	free(memory->values);
	free(memory->header);
	memory->values = NULL;
	memory->header = NULL;
}

/* What was read of F just now. */
static void keep(struct memories *m, struct show_memory *memory, const struct show *show,
		 const struct sockopt_found *f)
{
	const struct snapshot *s = &show->snapshot;
	struct buf header = { 0 };

	if (!memory) {
		memory = vec_push(m);
		*memory = (struct show_memory){ .inode = f->inode };
	}
	forget(memory);
	memory->seen = true;
	memory->n = 0;
	memory->values = xcalloc(s->n + 1, sizeof(*memory->values));
	for (size_t i = 0; i < s->n; i++)
		if (!s->values[i].code)
			memory->values[memory->n++] = s->values[i];
	sockopt_put_socket(&header, &show->live, f, s);
	memory->header = xstrdup(buf_str(&header));
	buf_fini(&header);
}

/* The sockets that were not there any more in this round. */
static int tell_gone(struct show *show, struct memories *m)
{
	struct memories kept = { 0 };
	struct buf b = { 0 };
	int rc = 0;

	for (size_t i = 0; i < m->n; i++) {
		if (m->v[i].seen) {
			*vec_push(&kept) = m->v[i];
			continue;
		}
		if (rc == 0 && out_is_text(show->o)) {
			b.len = 0;
			buf_printf(&b, "%s  gone\n", m->v[i].header);
			rc = out_text(show->o, b.data, b.len, &show->cli->err);
		}
		forget(&m->v[i]);
	}
	vec_fini(m);
	*m = kept;
	buf_fini(&b);
	return rc;
}

static int look(struct show *show, struct memories *m)
{
	for (size_t i = 0; i < m->n; i++)
		m->v[i].seen = false;
	if (sockopt_live_find(&show->live) < 0)
		return -1;
	for (size_t i = 0; i < show->live.found.n; i++) {
		struct sockopt_found *f = &show->live.found.v[i];
		struct show_memory *memory = recall(m, f->inode);
		size_t taken = show->live.taken;

		if (cli_interrupted())
			return 0;
		if (sockopt_show_found(show, f, memory) < 0)
			return -1;
		if (show->live.taken > taken)
			keep(m, memory, show, f);
	}
	return tell_gone(show, m);
}

int sockopt_watch(struct show *show)
{
	uint64_t due = clock_now_ns();
	struct memories m = { 0 };
	int rc = 0;

	cli_hold_signals();
	for (unsigned i = 0; rc == 0 && (!show->opt->count || i < show->opt->count); i++) {
		if (i && cli_wait_until(-1, due += show->opt->watch_ns) < 0)
			break;
		rc = look(show, &m);
		if (rc == 0)
			rc = out_flush(show->o, &show->cli->err);
	}
	for (size_t i = 0; i < m.n; i++)
		forget(&m.v[i]);
	vec_fini(&m);
	return rc;
}
