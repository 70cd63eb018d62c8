/* SPDX-License-Identifier: MIT */
/* resolve_explain_dns.c - the DNS asked by our own stub, which shows each name that is tried */
#include <netdb.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "cmd/resolve_explain_impl.h"
#include "dns/rr.h"

/*
 * Each server is asked once, for as long as libc waits for it: so this ends before libc does if
 * none has an answer.
 */
static struct engine *open_engine(struct story *s, struct targets *servers)
{
	const struct conf_resolv *conf = &s->resolv;
	unsigned n = (unsigned)conf_resolv_used(conf);
	struct engine_config config = {
		.tries = n,
		.timeout_ns = conf->timeout_s * CLOCK_S,
		.rotate = conf->flags[CONF_ROTATE],
		.tcp = conf->flags[CONF_USE_VC],
		.ask = { .flags = WIRE_RD },
	};
	char text[SA_STRLEN];

	for (unsigned i = 0; i < n; i++) {
		const struct sa *sa = &conf->servers.v[i].sa;

		*vec_push(servers) = *sa;
		*vec_push(&s->dns.servers) =
			xasprintf("%s#%u", sa_format_host(sa, text), sa_port(sa));
	}
	config.servers = servers->v;
	config.nservers = n;
	return engine_new(&config, &s->dns.err);
}

static void add_row(struct story *s, const struct wire_reader *r, const struct wire_rr *rr)
{
	struct ip ip = { .family = rr->type == RR_A ? 4 : 6 };
	struct gai_row *row;

	if (rr->rdlen != ip_size(&ip))
		return;
	memcpy(ip.b, r->msg + rr->rdata, rr->rdlen);
	row = vec_push(&s->dns.rows);
	*row = (struct gai_row){ .family = ip.family == 4 ? AF_INET : AF_INET6 };
	sa_from_ip(&row->sa, &ip, 0);
}

static void take(struct story *s, const struct stub_look *look)
{
	for (size_t i = 0; i < look->attempts.n; i++)
		*vec_push(&s->dns.attempts) = look->attempts.v[i];
	s->dns.status = look->status;
	s->dns.searched = look->searched;
	for (unsigned i = 0; i < look->nparts; i++) {
		const struct stub_part *part = &look->parts[i];
		struct wire_reader r;
		struct wire_rr rr;
		struct buf owner = { 0 };

		if (!stub_begin(&r, part))
			continue;
		while (stub_next(&r, part, &rr) > 0) {
			add_row(s, &r, &rr);
			owner.len = 0;
			wire_name_text(&owner, &rr.owner, false);
		}
		if (owner.len && !s->dns.canonname)
			s->dns.canonname = xstrdup(buf_str(&owner));
		buf_fini(&owner);
	}
}

static void done(struct stub_look *look)
{
	*(bool *)look->user = true;
}

static void ask(struct story *s, const struct stub_config *config, const struct wire_name *name,
		bool absolute)
{
	static const uint16_t types[] = { RR_A, RR_AAAA };
	const uint16_t *first = &types[s->family == AF_INET6];
	struct stub_look *look = stub_look_new(first, s->family == AF_UNSPEC ? 2 : 1);
	bool ended = false;

	look->trace = true;
	look->on_done = done;
	look->user = &ended;
	stub_ask(look, config, name, absolute);
	while (!ended && engine_turn(config->engine, UINT64_MAX, &s->dns.err) == 0)
		continue;
	if (ended)
		take(s, look);
	stub_look_free(look);
}

/* As libc would ask. */
static void ask_as_libc(struct story *s, const struct wire_name *name, bool absolute)
{
	struct targets servers = { 0 };
	struct names VEC(struct wire_name) search = { 0 };
	struct stub_config config = {
		.engine = open_engine(s, &servers),
		.ndots = s->resolv.ndots,
		.recurse = true,
	};

	for (size_t i = 0; i < s->resolv.search.n; i++) {
		const char *text = s->resolv.search.v[i];
		struct wire_name domain;
		struct err ignored;

		if (wire_name_parse(&domain, text, strlen(text), &ignored) == 0)
			*vec_push(&search) = domain;
	}
	config.search = search.v;
	config.nsearch = search.n;
	if (config.engine)
		ask(s, &config, name, absolute);
	engine_free(config.engine);
	vec_fini(&search);
	vec_fini(&servers);
}

/*
 * glibc asks the DNS for names of hosts alone, for others it says at once that there is none:
 * letters, digits, "-", "_", and no "-" at the beginning.
 */
static int check_host(const struct wire_name *name, const char *text, struct err *err)
{
	static const char good_ones[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					"0123456789-_";
	char show[STR_SHOW];
	bool good = name->bytes[0] == 0 || name->bytes[1] != '-';

	for (size_t at = 0; name->bytes[at]; at += name->bytes[at] + 1U) {
		for (size_t i = 1; i <= name->bytes[at]; i++)
			good &= name->bytes[at + i] && strchr(good_ones, name->bytes[at + i]);
	}
	if (good)
		return 0;
	return err_set(
		err, ERR_USAGE,
		"libc takes \"%s\" for no host name (letters, digits, \"_\", and \"-\" that is "
		"not the first character)",
		str_show(show, text));
}

void story_ask_dns(struct story *s)
{
	uint64_t begin = clock_now_ns();
	struct wire_name name;
	bool absolute;

	s->dns.asked = true;
	if (stub_name(&name, &absolute, s->name, strlen(s->name), &s->dns.err) < 0)
		return;
	if (!s->run && source_has_modules() && check_host(&name, s->name, &s->dns.err) < 0)
		return;
	if (s->run) {
		for (unsigned i = 0; i < s->run->servers.n; i++)
			*vec_push(&s->dns.servers) = xstrdup(dnsrun_server(s->run, i));
		ask(s, &s->run->stub, &name, absolute);
	} else {
		ask_as_libc(s, &name, absolute);
	}
	s->dns.took_ns = clock_now_ns() - begin;
}
