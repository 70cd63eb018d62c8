/* SPDX-License-Identifier: MIT */
#include "sockopt/force.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "sockopt/force_impl.h"

const char *force_call_name(enum force_call call)
{
	static const char *const names[] = {
		[FORCE_BIND] = "bind",     [FORCE_CONNECT] = "connect",
		[FORCE_LISTEN] = "listen", [FORCE_SETSOCKOPT] = "setsockopt",
		[FORCE_SOCKET] = "socket",
	};

	return names[call];
}

static bool is_priority(const struct option_row *o)
{
	return strcmp(option_name(o), "SO_PRIORITY") == 0;
}

void force_order(struct force *f)
{
	struct force_options sorted = { 0 };

	for (int last = 0; last <= 1; last++)
		for (size_t i = 0; i < f->options.n; i++)
			if (is_priority(f->options.v[i].row) == last)
				*vec_push(&sorted) = f->options.v[i];
	vec_fini(&f->options);
	f->options = sorted;
}

bool force_applies(const struct option_row *o, const struct own_kind *kind)
{
	if (option_level(o)->number == SOL_SOCKET && kind->family != AF_INET &&
	    kind->family != AF_INET6)
		return false;
	return option_applies(o, kind->family, kind->type, kind->protocol);
}

/* Its result in T; all of T is filled only if somebody will look at it. */
static void set_one(const struct force *f, struct force_option *o, int fd, struct own_try *t)
{
	if (o->sockets && !f->event) {
		t->set_code = option_set(fd, o->row, &o->first.asked);
		return;
	}
	t->asked = o->first.asked;
	own_try(fd, o->row, t);
	if (t->set_code == 0 && o->sockets == 0)
		o->first = *t;
}

void force_apply(struct force *f, int fd, const struct own_kind *kind, bool new,
		 struct force_event *e)
{
	struct own_try *t = &f->tried;
	bool any = false;

	for (size_t i = 0; i < f->options.n; i++) {
		struct force_option *o = &f->options.v[i];

		if (!force_applies(o->row, kind))
			continue;
		any = true;
		set_one(f, o, fd, t);
		if (t->set_code == ENOPROTOOPT)
			continue; /* an IPv6 socket need not have those of IPv4 */
		if (t->set_code) {
			o->code = o->code ? o->code : t->set_code;
			o->refused += new;
		} else {
			o->sockets += new;
		}
		if (f->event) {
			e->option = o;
			e->tried = t;
			e->code = t->set_code;
			f->event(f->data, e);
		}
	}
	f->sockets += any && new;
}

void force_missed(struct force *f, struct force_event *e)
{
	struct force_miss *m = NULL;

	for (size_t i = 0; i < f->missed.n; i++)
		if (f->missed.v[i].code == e->code)
			m = &f->missed.v[i];
	if (!m) {
		m = vec_push(&f->missed);
		*m = (struct force_miss){ .code = e->code, .pid = e->pid };
		snprintf(m->name, sizeof(m->name), "%s", e->name);
	}
	m->calls++;
	if (f->event) {
		e->option = NULL;
		f->event(f->data, e);
	}
}

bool force_has(const struct force *f, int level, int number)
{
	for (size_t i = 0; i < f->options.n; i++) {
		const struct option_row *o = f->options.v[i].row;

		if (option_level(o)->number == level && o->number == number)
			return true;
	}
	return false;
}

void force_fini(struct force *f)
{
	vec_fini(&f->options);
	vec_fini(&f->missed);
}
