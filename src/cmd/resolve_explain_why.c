/* SPDX-License-Identifier: MIT */
/* resolve_explain_why.c - why the answer is what it is, and what surprises beside it */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/compat.h"
#include "base/str.h"
#include "cmd/resolve_explain_impl.h"

static void put_safe(struct buf *b, const char *text)
{
	str_safe(b, text, strlen(text));
}

static const char *family_name(int family)
{
	return family == AF_INET ? "IPv4" : "IPv6";
}

/* libc reads "127.1" and "0x7f000001" as addresses too. */
static void put_number(struct buf *b, const struct story *s)
{
	char text[SA_STRLEN];

	put_safe(b, s->name);
	buf_adds(b, " is an address");
	if (s->libc.rows.n && strchr(s->name, ':') == NULL &&
	    strcmp(sa_format_host(&s->libc.rows.v[0].sa, text), s->name) != 0)
		buf_printf(b, " to libc, which reads it as %s", text);
	buf_adds(b, ", not a name: no source is asked");
}

/* Nothing is asked. */
static void put_skip(struct buf *b, const struct story *s)
{
	switch (s->skip) {
	case STORY_ASKS:
		break;
	case STORY_NO_NAME:
		buf_adds(b, s->r->hints.flags & AI_PASSIVE ?
				    "without a name and with AI_PASSIVE these are the addresses to "
				    "bind a server to" :
				    "without a name these are this machine's own addresses");
		break;
	case STORY_NUMBER:
		put_number(b, s);
		break;
	case STORY_NUMERICHOST:
		put_safe(b, s->name);
		buf_adds(b, " is no address, and AI_NUMERICHOST lets no name be looked up");
		break;
	case STORY_ADDRCONFIG:
		buf_printf(b,
			   "AI_ADDRCONFIG asks for %s only if this machine has such an address "
			   "other than loopback, and it has none: no source is asked",
			   family_name(s->family));
		break;
	case STORY_SERVICE:
		buf_adds(b, "there is no service ");
		put_safe(b, s->service);
		buf_adds(b, " for this type of socket (" _PATH_SERVICES
			    "): no source is asked for the name");
		break;
	case STORY_BROKEN:
		buf_printf(b,
			   _PATH_NSSWITCH_CONF
			   ":%zu cannot be read by libc, which then asks no source",
			   s->sw.line);
		break;
	}
}

/* "as www.example.org, with the search domain" */
static void put_searched(struct buf *b, const struct story *s)
{
	for (size_t i = 0; s->dns.searched && i < s->dns.attempts.n; i++) {
		if (s->dns.attempts.v[i].status != STUB_OK)
			continue;
		buf_adds(b, " as ");
		wire_name_text(b, &s->dns.attempts.v[i].question.name, false);
		buf_printf(b, ", with a domain of %s",
			   s->resolv.search_from == CONF_FROM_ENV ?
				   "LOCALDOMAIN in the environment" :
			   s->resolv.search_from == CONF_FROM_HOSTNAME ?
				   "this machine's own name" :
				   "the search list of /etc/resolv.conf");
		return;
	}
}

static bool is(const struct story_source *source, const char *name)
{
	return strcmp(source->conf->name, name) == 0;
}

static void put_found(struct buf *b, const struct story *s, const struct story_source *winner)
{
	size_t left = (size_t)(&s->sources.v[s->sources.n] - winner) - 1;

	if (is(winner, "files"))
		buf_adds(b, "the name is in " _PATH_HOSTS);
	else if (is(winner, "dns"))
		buf_adds(b, "the DNS has the name");
	else {
		buf_adds(b, "the source ");
		put_safe(b, winner->conf->name);
		buf_adds(b, " has the name");
	}
	if (is(winner, "dns"))
		put_searched(b, s);
	if (left && winner->action == NSSWITCH_RETURN) {
		buf_adds(b, "; the first source that has it is the only one that counts, so ");
		put_safe(b, winner[1].conf->name);
		buf_printf(b, "%s not asked", left > 1 ? " and those after it are" : " was");
	}
}

static bool is_failure(const struct story_source *source)
{
	return source->asked && (source->answer.status == NSSWITCH_TRYAGAIN ||
				 source->answer.status == NSSWITCH_UNAVAIL);
}

/* The question that the servers failed to answer; the last one, if several. */
static const struct stub_attempt *find_failed(const struct story *s)
{
	const struct stub_attempt *found = NULL;

	for (size_t i = 0; i < s->dns.attempts.n; i++)
		if (s->dns.attempts.v[i].status > STUB_NXDOMAIN)
			found = &s->dns.attempts.v[i];
	return found;
}

static void put_servers(struct buf *b, const struct story *s)
{
	size_t n = s->dns.servers.n;

	buf_printf(b, n == 1 ? "the DNS server " : "none of the DNS servers ");
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%s%s", i ? ", " : "", s->dns.servers.v[i]);
}

/* The servers, and what is wrong with them. */
static void put_dns_failure(struct buf *b, const struct story *s)
{
	const struct stub_attempt *a = find_failed(s);
	bool one = s->dns.servers.n == 1;

	if (!a) {
		buf_adds(b, "libc's question to the DNS failed, though netipc's own was answered: "
			    "ask again");
		return;
	}
	if (a->status == STUB_UNREACHABLE || a->status == STUB_TIMEOUT) {
		put_servers(b, s);
		if (a->status == STUB_TIMEOUT)
			buf_adds(b, one ? " did not answer within " :
					  " answered; the last one within ");
		else
			buf_adds(b, one ? " cannot be asked: " : " can be asked: ");
		if (a->status == STUB_TIMEOUT)
			story_time(b, a->took_ns);
		else
			story_errno(b, a->code);
		buf_adds(b, "; this says nothing about the name: look at the network and at "
			    "/etc/resolv.conf");
		return;
	}
	buf_printf(b, "the DNS server %s ",
		   a->server < s->dns.servers.n ? s->dns.servers.v[a->server] : "that answered");
	if (a->status == STUB_REFUSED)
		buf_adds(b, "refuses to answer (REFUSED): it is not meant for this machine, or "
			    "knows other names only");
	else if (a->status == STUB_SERVFAIL)
		buf_adds(b, "failed (SERVFAIL): it did not get an answer itself, or one that it "
			    "does not believe (DNSSEC); this says nothing about the name");
	else
		buf_adds(b, "sends what is no answer");
}

static void put_failure(struct buf *b, const struct story *s, const struct story_source *source)
{
	if (is(source, "dns") && source->answer.outcome == SOURCE_ANSWERED) {
		put_dns_failure(b, s);
		return;
	}
	put_safe(b, source->conf->name);
	buf_adds(b, " failed: ");
	story_said(b, s, source);
}

/* The name that the DNS has without such an address. */
static const struct stub_attempt *find_nodata(const struct story *s)
{
	for (size_t i = 0; i < s->dns.attempts.n; i++)
		if (s->dns.attempts.v[i].status == STUB_NODATA)
			return &s->dns.attempts.v[i];
	return NULL;
}

/* The last source that was asked does not have the name. */
static void put_none(struct buf *b, const struct story *s, const struct story_source *last)
{
	const struct stub_attempt *nodata = find_nodata(s);
	bool nxdomain = s->dns.attempts.n > 0;

	if (last->action == NSSWITCH_RETURN && last + 1 < &s->sources.v[s->sources.n]) {
		put_safe(b, last->conf->name);
		buf_printf(b,
			   " does not have the name, and [NOTFOUND=return] at " _PATH_NSSWITCH_CONF
			   ":%zu ends the search there: ",
			   s->sw.line);
		put_safe(b, last[1].conf->name);
		buf_adds(b, " was not asked");
		return;
	}
	for (size_t i = 0; i < s->dns.attempts.n; i++)
		nxdomain &= s->dns.attempts.v[i].status == STUB_NXDOMAIN;
	if (nodata) {
		wire_name_text(b, &nodata->question.name, false);
		buf_adds(b, " is in the DNS, but has no address of the kind that was asked for "
			    "(NODATA)");
	} else if (s->dns.err.kind == ERR_USAGE) {
		buf_printf(b, "no source has the name, and %s, so no DNS server is asked",
			   s->dns.err.text);
	} else if (nxdomain) {
		buf_adds(b, "no source has the name, and the DNS says that it does not exist "
			    "(NXDOMAIN)");
	} else {
		buf_adds(b, "no source has the name");
	}
}

/* No answer: the source that was asked last decides how that is called. */
static void put_no_answer(struct buf *b, const struct story *s, const struct story_source *last)
{
	const struct story_source *dropped = NULL, *bad = NULL;

	for (size_t i = 0; i < s->sources.n; i++) {
		const struct story_source *source = &s->sources.v[i];

		if (source->asked && source->answer.status == NSSWITCH_SUCCESS)
			dropped = source;
		if (is_failure(source))
			bad = source;
	}
	if (dropped) {
		put_safe(b, dropped->conf->name);
		buf_printf(b, " has the name, but [SUCCESS=%s] at " _PATH_NSSWITCH_CONF ":%zu ",
			   nsswitch_action_name(dropped->action), s->sw.line);
		buf_adds(b, dropped->action == NSSWITCH_MERGE ?
				    "is not for host names: getaddrinfo then gives no answer" :
				    "drops that answer for the next source's, which has none");
	} else if (is_failure(last)) {
		put_failure(b, s, last);
	} else if (bad) {
		put_safe(b, last->conf->name);
		buf_adds(b, ", which is asked last, does not have the name, and so it is called "
			    "unknown; but ");
		put_failure(b, s, bad);
	} else {
		put_none(b, s, last);
	}
}

/* The answer and what the sources say now do not go together. */
static void put_riddle(struct buf *b, const struct story *s)
{
	if (s->nscd)
		buf_adds(b, "it is from the cache of nscd: the sources say something else now");
	else
		buf_adds(b,
			 "it cannot be told: asked a second time, the sources say something else");
}

void story_why(struct buf *b, const struct story *s)
{
	bool found = s->libc.err.kind == ERR_NONE;

	if (s->skip != STORY_ASKS)
		put_skip(b, s);
	else if (!found && s->sources.n == 0)
		buf_printf(b,
			   _PATH_NSSWITCH_CONF
			   ":%zu names no source: libc has nobody to ask, and may even crash",
			   s->sw.line);
	else if (s->libc.outcome != SOURCE_ANSWERED)
		buf_adds(b, s->libc.err.text);
	else if (found != (story_winner(s) != NULL) || !story_last(s))
		put_riddle(b, s);
	else if (found)
		put_found(b, s, story_winner(s));
	else
		put_no_answer(b, s, story_last(s));
	buf_addc(b, '.');
}

/* A family of the answer that a program with AI_ADDRCONFIG would not see. */
static void note_addrconfig(struct story *s)
{
	bool has4 = false, has6 = false, given = s->r->hints.flags & AI_ADDRCONFIG;

	if (!source_has_modules() || s->skip == STORY_ADDRCONFIG || s->skip == STORY_NO_NAME)
		return;
	if (given && s->family != s->r->hints.family) {
		story_note(
			s,
			"AI_ADDRCONFIG: this machine has no %s address but loopback, so %s alone is asked for",
			s->has4 ? "IPv6" : "IPv4", s->has4 ? "IPv4" : "IPv6");
		return;
	}
	for (size_t i = 0; i < s->libc.rows.n; i++) {
		has4 |= s->libc.rows.v[i].family == AF_INET;
		has6 |= s->libc.rows.v[i].family == AF_INET6;
	}
	if (given || s->skip != STORY_ASKS)
		return;
	if (!s->has4 && !s->has6)
		story_note(
			s,
			"this machine has loopback addresses alone: a program that sets AI_ADDRCONFIG and asks for one family gets no answer");
	else if (has4 && !s->has4)
		story_note(
			s,
			"this machine has no IPv4 address but loopback: a program that sets AI_ADDRCONFIG does not get the IPv4 addresses");
	else if (has6 && !s->has6)
		story_note(
			s,
			"this machine has no IPv6 address but loopback: a program that sets AI_ADDRCONFIG does not get the IPv6 addresses");
}

static void note_mismatch(struct story *s)
{
	char text[SA_STRLEN];

	if (s->wrong)
		story_note(
			s,
			"MISMATCH: by %s %s should stand before the address above it; the answer is libc's all the same",
			order_rule_name(s->rule),
			sa_format_host(&s->order.rows.v[s->wrong].sa, text));
	for (size_t i = 0; i < s->missing.n; i++)
		story_note(s, "MISMATCH: getaddrinfo does not give %s, which the source has",
			   sa_format_host(&s->missing.v[i].sa, text));
	for (size_t i = 0; i < s->added.n; i++)
		story_note(s, "MISMATCH: getaddrinfo gives %s, which the source does not have",
			   sa_format_host(&s->added.v[i].sa, text));
}

static void note_file(struct story *s, const char *path, const struct notes *notes)
{
	for (size_t i = 0; i < notes->n; i++) {
		if (notes->v[i].line)
			story_note(s, "%s:%zu: %s", path, notes->v[i].line, notes->v[i].text);
		else
			story_note(s, "%s: %s", path, notes->v[i].text);
	}
}

/* That which libc does with a name, and our own stub does not. */
static void note_aliases(struct story *s)
{
	const char *file = getenv("HOSTALIASES");
	struct buf b = { 0 };

	if (!file || strchr(s->name, '.'))
		return;
	put_safe(&b, file);
	story_note(
		s,
		"HOSTALIASES is set: libc asks the DNS for the name that %s has in place of this "
		"one, netipc's own questions are for the name as it is",
		buf_str(&b));
	buf_fini(&b);
}

static void note_dns(struct story *s)
{
	if (s->dns.asked && !s->run && source_has_modules())
		note_aliases(s);
	if (s->dns.asked && !s->run && s->resolv.servers.v[0].line == 0)
		story_note(s, "%s, so the DNS server is taken to be on this machine, at 127.0.0.1",
			   s->resolv.missing ? "there is no /etc/resolv.conf" :
					       "/etc/resolv.conf names no server");
	if (s->dns.err.kind == ERR_SYSTEM)
		story_note(s, "the DNS could not be asked by netipc itself: %s", s->dns.err.text);
	for (size_t i = 0; i < conf_resolv_used(&s->resolv) && s->dns.asked; i++) {
		struct ip ip;

		if (sa_ip(&s->resolv.servers.v[i].sa, &ip) && ip.family == 4 && ip.b[0] == 127 &&
		    ip.b[3] == 53 && ip.b[1] == 0 && ip.b[2] == 0)
			story_note(
				s,
				"127.0.0.53 is systemd-resolved on most machines, which has a cache and asks other servers: resolvectl status");
	}
}

void story_find_notes(struct story *s)
{
	note_mismatch(s);
	note_addrconfig(s);
	if (s->nscd)
		story_note(
			s,
			"nscd runs: getaddrinfo asks its cache first, which may know more or less than the sources do now");
	note_dns(s);
	note_file(s, _PATH_NSSWITCH_CONF, &s->sw.notes);
	if (s->dns.asked)
		note_file(s, "/etc/resolv.conf", &s->resolv.notes);
	if (s->order.rows.n > 1)
		note_file(s, STORY_GAI_CONF, &s->gai.notes);
}
