/* SPDX-License-Identifier: MIT */
/* resolve_explain.c - --explain: who was asked, what each said, why in this order */
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/scan.h"
#include "base/str.h"
#include "cmd/resolve_explain_impl.h"

#define SOURCES "files dns" /* that libc asks if it is not told */

enum {
	TIMEOUT_S = 60, /* longer than the DNS of three servers takes to fail */
};

static uint64_t timeout(const struct story *s)
{
	return s->r->opt->dns.timeout_ns ? s->r->opt->dns.timeout_ns : TIMEOUT_S * CLOCK_S;
}

void story_note(struct story *s, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	*vec_push(&s->notes) = xstrdup(text);
}

bool story_has(const struct gai_rows *rows, const struct sa *address)
{
	struct sa want = *address, have;

	sa_unmap(&want);
	sa_set_port(&want, 0);
	for (size_t i = 0; i < rows->n; i++) {
		have = rows->v[i].sa;
		sa_unmap(&have);
		sa_set_port(&have, 0);
		if (sa_equal(&have, &want))
			return true;
	}
	return false;
}

const struct story_source *story_last(const struct story *s)
{
	const struct story_source *last = NULL;

	for (size_t i = 0; i < s->sources.n; i++)
		if (s->sources.v[i].asked)
			last = &s->sources.v[i];
	return last;
}

const struct story_source *story_winner(const struct story *s)
{
	const struct story_source *last = story_last(s);

	return last && last->answer.status == NSSWITCH_SUCCESS && last->action != NSSWITCH_MERGE ?
		       last :
		       NULL;
}

/* The families that AI_ADDRCONFIG leaves: glibc looks for an address that is not loopback. */
static void find_families(struct story *s)
{
	struct ifaddrs *list;

	if (getifaddrs(&list) < 0) {
		s->has4 = s->has6 = true;
		return;
	}
	for (const struct ifaddrs *i = list; i; i = i->ifa_next) {
		struct sockaddr_in in;
		struct sockaddr_in6 in6;

		if (i->ifa_addr && i->ifa_addr->sa_family == AF_INET) {
			memcpy(&in, i->ifa_addr, sizeof(in));
			s->has4 |= ntohl(in.sin_addr.s_addr) != INADDR_LOOPBACK;
		} else if (i->ifa_addr && i->ifa_addr->sa_family == AF_INET6) {
			memcpy(&in6, i->ifa_addr, sizeof(in6));
			s->has6 |= !IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr);
		}
	}
	freeifaddrs(list);
}

static bool is_number(const char *name)
{
	const struct gai_hints hints = { .flags = AI_NUMERICHOST, .socktype = SOCK_STREAM };
	struct gai_rows rows = { 0 };
	struct err ignored;
	bool is = gai_lookup(&rows, name, NULL, &hints, &ignored) == 0;

	gai_fini(&rows);
	return is;
}

/* musl takes what its other checks leave for a service. */
static bool has_service(const struct story *s)
{
	struct gai_hints hints = s->r->hints;
	struct gai_rows rows = { 0 };
	struct err err;
	uint64_t number;
	bool has;

	if (!s->service || scan_uint_all(s->service, "port", 0, UINT16_MAX, &number, &err) == 0)
		return true;
	hints.flags &= ~(AI_CANONNAME | AI_NUMERICHOST);
	has = gai_lookup(&rows, NULL, s->service, &hints, &err) == 0 || err.code != EAI_SERVICE;
	gai_fini(&rows);
	return has;
}

static enum story_skip find_skip(struct story *s)
{
	int flags = s->r->hints.flags;

	s->family = s->r->hints.family;
	find_families(s);
	if (!has_service(s))
		return STORY_SERVICE;
	if (source_has_modules() && flags & AI_ADDRCONFIG) {
		if ((s->family == AF_INET && !s->has4) || (s->family == AF_INET6 && !s->has6))
			return STORY_ADDRCONFIG;
		if (s->family == AF_UNSPEC && s->has4 != s->has6)
			s->family = s->has4 ? AF_INET : AF_INET6;
	}
	if (!s->name)
		return STORY_NO_NAME;
	if (is_number(s->name))
		return STORY_NUMBER;
	if (flags & AI_NUMERICHOST)
		return STORY_NUMERICHOST;
	return s->sw.broken ? STORY_BROKEN : STORY_ASKS;
}

static bool nscd_runs(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = compat_socket(AF_UNIX, SOCK_STREAM, 0), rc;

	if (fd < 0)
		return false;
	memcpy(un.sun_path, path, strlen(path) + 1);
	rc = connect(fd, (struct sockaddr *)&un, sizeof(un));
	close(fd);
	return rc == 0;
}

/*
 * getaddrinfo(3) cannot merge: it ends there, too.  Is called in the process that asks as well: it
 * must not change anything.
 */
static bool goes_on(const void *owner, size_t i, enum nsswitch_status status)
{
	const struct story *s = owner;

	return s->run || s->sources.v[i].conf->on[status] == NSSWITCH_CONTINUE;
}

static bool is(const struct story_source *source, const char *name)
{
	return strcmp(source->conf->name, name) == 0;
}

/* What the file has for the name; and with FILL, as the answer of a source. */
static void ask_hosts(struct story *s, struct source_answer *fill)
{
	struct db_key key = { .kind = DB_KEY_NAME };
	struct err err;

	if (s->hosts.rows.n == 0 && db_read(&s->hosts, _PATH_HOSTS, &err) < 0) {
		if (fill) {
			fill->status = NSSWITCH_UNAVAIL;
			fill->number = err.code;
		}
		return;
	}
	key.text = key.name = s->name;
	for (size_t i = 0; fill && (i = db_find(&s->hosts, &key, i)) < s->hosts.rows.n; i++) {
		const struct db_row *row = &s->hosts.rows.v[i];
		struct gai_row *to;

		for (size_t j = 0; j < row->u.host.naddrs; j++) {
			const struct ip *ip = &row->u.host.addrs[j].ip;
			int family = ip->family == 4 ? AF_INET : AF_INET6;

			if (s->family != AF_UNSPEC && s->family != family)
				continue;
			to = vec_push(&fill->rows);
			*to = (struct gai_row){ .family = family };
			sa_from_ip(&to->sa, ip, 0);
			if (!fill->canonname)
				fill->canonname = xstrdup(row->name);
		}
	}
	if (fill)
		fill->status = fill->rows.n ? NSSWITCH_SUCCESS : NSSWITCH_NOTFOUND;
}

static void take(struct story *s, struct source_answer *answer)
{
	struct story_source *source = &s->sources.v[answer->index];

	source->asked = true;
	source->answer = *answer;
	source->action = source->conf->on[answer->status];
	*answer = (struct source_answer){ .index = 0 };
}

/* All sources by libc's own modules. */
static int ask_modules(struct story *s)
{
	struct source_question *questions = xcalloc(s->sources.n + 1, sizeof(*questions));
	struct source_answer answer = { .index = 0 };
	struct source_asker asker = {
		.questions = questions,
		.n = s->sources.n,
		.timeout_ns = timeout(s),
		.goes_on = goes_on,
		.owner = s,
		.mask = s->run ? cli_hold_signals() : NULL,
	};
	int rc;

	for (size_t i = 0; i < s->sources.n; i++) {
		questions[i].source = s->sources.v[i].conf->name;
		questions[i].name = s->name;
		questions[i].hints = s->r->hints;
		questions[i].hints.family = s->family;
	}
	rc = s->sources.n ? source_start(&asker, &s->r->cli->err) : 0;
	while (rc == 0 && asker.next < asker.n) {
		if (is(&s->sources.v[asker.next], "dns") && !s->dns.asked)
			story_ask_dns(s);
		if (!source_next(&asker, &answer))
			break;
		take(s, &answer);
	}
	source_close(&asker);
	free(questions);
	return rc;
}

static void add_missing(struct gai_rows *to, const struct gai_rows *from,
			const struct gai_rows *have)
{
	for (size_t i = 0; i < from->n; i++) {
		struct gai_row *row;

		if (story_has(have, &from->v[i].sa) || story_has(to, &from->v[i].sa))
			continue;
		row = vec_push(to);
		*row = from->v[i];
		row->canonname = NULL;
	}
}

/* The answer of our own stub as that of a source. */
static void fill_dns(const struct story_dns *dns, struct source_answer *answer)
{
	static const enum nsswitch_status statuses[] = {
		[STUB_OK] = NSSWITCH_SUCCESS,          [STUB_NODATA] = NSSWITCH_NOTFOUND,
		[STUB_NXDOMAIN] = NSSWITCH_NOTFOUND,   [STUB_SERVFAIL] = NSSWITCH_TRYAGAIN,
		[STUB_REFUSED] = NSSWITCH_TRYAGAIN,    [STUB_TIMEOUT] = NSSWITCH_TRYAGAIN,
		[STUB_UNREACHABLE] = NSSWITCH_UNAVAIL, [STUB_MALFORMED] = NSSWITCH_TRYAGAIN,
	};

	answer->status = dns->attempts.n ? statuses[dns->status] : NSSWITCH_NOTFOUND;
	if (dns->status == STUB_NODATA)
		answer->h_number = NO_DATA;
	add_missing(&answer->rows, &dns->rows, &answer->rows);
	answer->canonname = dns->canonname ? xstrdup(dns->canonname) : NULL;
	for (size_t i = 0; i < dns->attempts.n; i++) {
		const struct stub_attempt *a = &dns->attempts.v[i];

		if (a->status == STUB_OK && a->has_ttl && (answer->ttl < 0 || a->ttl < answer->ttl))
			answer->ttl = a->ttl;
	}
}

/*
 * Where libc has no modules: the two sources that it has, by our own readers.  To compare, the
 * DNS is asked for the server alone, as libc would ask it.
 */
static void ask_own(struct story *s)
{
	for (size_t i = 0; i < s->sources.n; i++) {
		struct source_answer answer = { .index = i, .ttl = -1 };
		enum nsswitch_status status;
		uint64_t begin = clock_now_ns();

		if (is(&s->sources.v[i], "files")) {
			ask_hosts(s, &answer);
		} else if (!s->run) {
			story_ask_dns(s);
			fill_dns(&s->dns, &answer);
		} else {
			continue;
		}
		answer.took_ns = clock_now_ns() - begin;
		status = answer.status;
		take(s, &answer);
		if (!goes_on(s, i, status))
			break;
	}
}

static int ask_sources(struct story *s)
{
	if (s->skip != STORY_ASKS)
		return 0;
	if (!source_has_modules())
		ask_own(s);
	else if (ask_modules(s) < 0)
		return -1;
	if (s->run && !s->dns.asked)
		story_ask_dns(s);
	return 0;
}

/* getaddrinfo(3) itself may have come to no answer. */
static void set_outcome(struct story *s)
{
	struct err *err = &s->libc.err;
	char by[32] = "";

	switch (s->libc.outcome) {
	case SOURCE_ANSWERED:
	case SOURCE_ABSENT:
		break;
	case SOURCE_CRASHED:
		if (s->libc.number)
			(void)snprintf(by, sizeof(by), " (signal %d)", s->libc.number);
		(void)err_set(err, ERR_SYSTEM,
			      "getaddrinfo ended its process%s, as it does in any program", by);
		break;
	case SOURCE_HUNG:
		(void)err_set(err, ERR_SYSTEM, "getaddrinfo gave no answer within %g s",
			      (double)timeout(s) / (double)CLOCK_S);
		break;
	case SOURCE_LOST:
		(void)err_set(err, ERR_SYSTEM, "what getaddrinfo said cannot be read");
		break;
	}
}

/* All that is asked takes no longer than the slowest: getaddrinfo(3) has a process too. */
static int ask(struct story *s)
{
	struct source_question question = {
		.name = s->name,
		.service = s->service,
		.hints = s->r->hints,
	};
	struct source_asker libc = {
		.questions = &question,
		.n = 1,
		.timeout_ns = timeout(s),
		.mask = s->run ? cli_hold_signals() : NULL,
	};
	uint64_t begin = clock_now_ns();
	int rc;

	if (source_start(&libc, &s->r->cli->err) < 0)
		return -1;
	rc = ask_sources(s);
	if (rc == 0 && !source_next(&libc, &s->libc))
		rc = err_set(&s->r->cli->err, ERR_SYSTEM, "the process that asks has gone");
	source_close(&libc);
	if (rc == 0)
		set_outcome(s);
	s->took_ns = clock_now_ns() - begin;
	return rc;
}

static void find_order(struct story *s)
{
	s->order.libc = order_libc();
	s->order.gai = &s->gai;
	for (size_t i = 0; i < s->libc.rows.n; i++) {
		const struct sa *sa = &s->libc.rows.v[i].sa;
		const struct gai_rows before = { s->libc.rows.v, i, i };

		if (!story_has(&before, sa))
			order_add(&s->order, sa);
	}
	order_measure(&s->order);
	s->wrong = order_check(&s->order, &s->rule);
}

/* Does libc have what its sources gave? */
static void find_difference(struct story *s)
{
	const struct story_source *winner = story_winner(s);

	if (s->run || s->skip != STORY_ASKS || s->nscd || !winner || s->libc.err.kind != ERR_NONE)
		return;
	add_missing(&s->missing, &winner->answer.rows, &s->libc.rows);
	add_missing(&s->added, &s->libc.rows, &winner->answer.rows);
}

/* The files that libc goes by: what cannot be read is noted, and explained without. */
static void read_conf(struct story *s)
{
	const struct conf_around around = { .localdomain = getenv("LOCALDOMAIN"),
					    .res_options = getenv("RES_OPTIONS") };
	const char *nsswitch = source_has_modules() ? _PATH_NSSWITCH_CONF : "/dev/null";
	struct err err;

	if (nsswitch_read(&s->sw, nsswitch, "hosts", SOURCES, &err) < 0) {
		story_note(s, "%s", err.text);
		nsswitch_parse(&s->sw, "", 0, "hosts", SOURCES);
	}
	for (size_t i = 0; i < s->sw.sources.n; i++)
		*vec_push(&s->sources) = (struct story_source){ .conf = &s->sw.sources.v[i] };
	if (conf_resolv_read(&s->resolv, "/etc/resolv.conf", &around, &err) < 0) {
		story_note(s, "%s", err.text);
		conf_resolv_parse(&s->resolv, "", 0, &around);
	}
	if (order_tables(&s->gai, order_libc(), STORY_GAI_CONF, &err) < 0) {
		story_note(s, "%s", err.text);
		conf_gai_parse(&s->gai, "", 0);
	}
}

int story_check(const struct resolve *r, const char *option)
{
	if (r->opt->source)
		return err_set(&r->cli->err, ERR_USAGE, "%s asks all sources: no --source", option);
	return 0;
}

int story_make(struct story *s, struct resolve *r, const struct resolve_query *q,
	       struct dnsrun *run)
{
	*s = (struct story){
		.r = r,
		.run = run,
		.name = resolve_or_none(q->name),
		.service = resolve_or_none(q->service),
	};
	db_init(&s->hosts, &db_hosts);
	read_conf(s);
	s->skip = find_skip(s);
	s->nscd = source_has_modules() && nscd_runs(STORY_NSCD);
	if (ask(s) < 0)
		return -1;
	find_order(s);
	find_difference(s);
	ask_hosts(s, NULL);
	story_find_notes(s);
	return 0;
}

void story_fini(struct story *s)
{
	for (size_t i = 0; i < s->sources.n; i++)
		source_answer_fini(&s->sources.v[i].answer);
	for (size_t i = 0; i < s->dns.servers.n; i++)
		free(s->dns.servers.v[i]);
	for (size_t i = 0; i < s->notes.n; i++)
		free(s->notes.v[i]);
	vec_fini(&s->sources);
	vec_fini(&s->dns.servers);
	vec_fini(&s->dns.attempts);
	gai_fini(&s->dns.rows);
	free(s->dns.canonname);
	vec_fini(&s->notes);
	source_answer_fini(&s->libc);
	order_fini(&s->order);
	gai_fini(&s->missing);
	gai_fini(&s->added);
	nsswitch_fini(&s->sw);
	conf_resolv_fini(&s->resolv);
	conf_gai_fini(&s->gai);
	db_fini(&s->hosts);
}

static int print(const struct story *s, const struct cli_operand *operand)
{
	struct err err = s->libc.err;
	struct buf b = { 0 };
	int rc;

	if (out_rows(s->r->o))
		buf_addc(&b, '\n');
	if (!out_is_text(s->r->o)) {
		rc = story_rows(s, operand);
		if (err.kind != ERR_NONE)
			cli_complain_at(s->r->cli, operand, &err);
		return rc;
	}
	story_text(&b, s);
	rc = out_text(s->r->o, b.data, b.len, &s->r->cli->err);
	buf_fini(&b);
	if (err.kind != ERR_NONE)
		cli_status(s->r->cli, err.kind);
	return rc;
}

static int one(struct resolve *r, const struct cli_operand *operand)
{
	struct buf mem = { 0 };
	struct resolve_query q;
	struct story s;
	struct err err;
	int rc;

	if (resolve_parse(&q, &mem, r, operand, &err) < 0) {
		rc = story_refuse(r, operand, &err);
	} else if ((rc = cli_block_begin(r->cli, r->o)) == 0) {
		rc = story_make(&s, r, &q, NULL);
		cli_block_end();
		if (rc == 0 && s.libc.err.kind == ERR_USAGE)
			rc = story_refuse(r, operand, &s.libc.err);
		else if (rc == 0)
			rc = print(&s, operand);
		story_fini(&s);
	}
	buf_fini(&mem);
	return rc;
}

int resolve_explain(struct resolve *r, int argc, char **argv)
{
	struct cli_operand operand;
	int index = 0, rc;

	if (r->dns.wanted)
		return err_set(&r->cli->err, ERR_USAGE,
			       "--explain is about libc's answer: no --dns and no @SERVER");
	if (story_check(r, "--explain") < 0 || cli_want(r->cli, argc, argv, 1, 2) < 0)
		return -1;
	r->service = argc > 1 ? argv[1] : NULL;
	r->o = cli_out_view(r->cli, &resolve_explain_view, strcmp(argv[0], "-") == 0);
	if (!r->o)
		return -1;
	while ((rc = cli_next(r->cli, 1, argv, &index, &operand)) > 0) {
		rc = one(r, &operand);
		if (rc < 0)
			break;
	}
	return rc;
}
