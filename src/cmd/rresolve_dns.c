/* SPDX-License-Identifier: MIT */
/* rresolve_dns.c - the names that the DNS has for an address, and whether they have it */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cmd/rresolve_impl.h"
#include "dns/rr.h"

/* A look-up under way: first of the PTR records, then of the addresses of their names. */
struct rresolve_look {
	struct rresolve *r;
	struct rresolve_answer *a;
	void (*on_done)(void *user);
	void *user;
	struct ip ip; /* a mapped one as IPv4 */
	struct rresolve_names names;
	size_t confirmed;   /* of NAMES, those that were asked for */
	struct err failure; /* of the first that could not be */
	struct stub_look *ptr, *forward;
};

static struct ip unmapped(const struct ip *ip)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct ip quad = { .family = 4 };

	if (ip->family == 4 || memcmp(ip->b, mapped, sizeof(mapped)) != 0)
		return *ip;
	memcpy(quad.b, ip->b + sizeof(mapped), 4);
	return quad;
}

void rresolve_arpa(struct wire_name *name, const struct ip *ip)
{
	const struct ip plain = unmapped(ip);

	wire_name_arpa(name, &plain);
}

void rresolve_read_names(struct rresolve_names *names, const struct stub_part *part)
{
	const uint8_t *msg = (const uint8_t *)part->msg.data;
	struct wire_reader r;
	struct wire_name name;
	struct wire_rr rr;

	if (!stub_begin(&r, part))
		return;
	while (names->n < RRESOLVE_NAMES_MAX && stub_next(&r, part, &rr) > 0)
		if (wire_read_name(msg, part->msg.len, rr.rdata, &name) == rr.rdlen)
			*vec_push(names) = name;
}

/* One of the addresses of PART's answer is IP. */
static bool has_address(const struct stub_part *part, const struct ip *ip)
{
	struct wire_reader r;
	struct wire_rr rr;

	if (!stub_begin(&r, part))
		return false;
	while (stub_next(&r, part, &rr) > 0)
		if (rr.rdlen == ip_size(ip) &&
		    memcmp(part->msg.data + rr.rdata, ip->b, rr.rdlen) == 0)
			return true;
	return false;
}

static void end(struct rresolve_look *l)
{
	void (*on_done)(void *user) = l->on_done;
	void *user = l->user;

	l->a->look = NULL;
	rresolve_look_free(l);
	on_done(user);
}

static void fail(struct rresolve_answer *a, const struct err *err)
{
	a->kind = err->kind;
	a->error = xstrdup(err->text);
}

static void confirm_next(struct rresolve_look *l);

static void on_confirmed(struct stub_look *look)
{
	struct rresolve_look *l = look->user;
	struct buf b = { 0 };

	if (has_address(&look->parts[0], &l->ip)) {
		l->a->fcrdns = RRESOLVE_FCRDNS_OK;
		end(l);
		return;
	}
	if (stub_status_kind(look->status) == ERR_SYSTEM && l->failure.kind == ERR_NONE) {
		wire_name_text(&b, &l->names.v[l->confirmed - 1], false);
		stub_look_error(look, &l->failure);
		err_prefix(&l->failure, "%s: ", buf_str(&b));
		buf_fini(&b);
	}
	stub_look_free(look);
	l->forward = NULL;
	confirm_next(l);
}

/* Asks for the addresses of the next name; none is left: the address is of none of them. */
static void confirm_next(struct rresolve_look *l)
{
	const uint16_t type = l->ip.family == 4 ? RR_A : RR_AAAA;

	if (l->confirmed < l->names.n && l->confirmed < RRESOLVE_CONFIRM_MAX) {
		l->forward = stub_look_new(&type, 1);
		l->forward->user = l;
		l->forward->on_done = on_confirmed;
		stub_ask(l->forward, &l->r->dns.stub, &l->names.v[l->confirmed++], true);
		return;
	}
	if (l->failure.kind != ERR_NONE) {
		fail(l->a, &l->failure);
	} else {
		l->a->fcrdns = RRESOLVE_FCRDNS_MISMATCH;
		l->a->kind = ERR_NEGATIVE;
	}
	end(l);
}

/* The names as text, one behind the other. */
static void set_names(struct rresolve_answer *a, const struct rresolve_names *names)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < names->n; i++) {
		wire_name_text(&b, &names->v[i], false);
		buf_addc(&b, '\0');
	}
	a->names = xmalloc(b.len + 1);
	if (b.len)
		memcpy(a->names, b.data, b.len);
	a->nnames = names->n;
	buf_fini(&b);
}

/* The PTR records are there, or are not. */
static void on_ptr(struct stub_look *look)
{
	struct rresolve_look *l = look->user;
	const struct stub_attempt *last = &look->parts[0].last;
	struct rresolve_answer *a = l->a;
	char text[IP_STRLEN];
	struct err err;

	rresolve_read_names(&l->names, &look->parts[0]);
	a->status = look->status;
	if (a->status == STUB_OK && l->names.n == 0)
		a->status = STUB_MALFORMED;
	a->answered = last->answered;
	a->rcode = last->rcode;
	a->has_ttl = last->has_ttl;
	a->ttl = last->ttl;
	a->server = last->server;
	a->tries = last->tries;
	a->took_ns = last->took_ns;
	set_names(a, &l->names);
	if (a->status == STUB_OK) {
		if (l->r->opt->fcrdns)
			confirm_next(l);
		else
			end(l);
		return;
	}
	if (l->r->opt->fcrdns && stub_status_kind(a->status) == ERR_NEGATIVE) {
		a->fcrdns = RRESOLVE_FCRDNS_NONE;
		a->kind = ERR_NEGATIVE;
	} else {
		if (stub_look_error(look, &err) == 0)
			err_set(&err, ERR_SYSTEM, "the answer is malformed");
		err_prefix(&err, "%s: ", ip_format(&l->ip, text));
		fail(a, &err);
	}
	end(l);
}

void rresolve_dns(struct rresolve *r, struct rresolve_answer *a, const struct ip *ip,
		  void (*on_done)(void *user), void *user)
{
	static const uint16_t type = RR_PTR;
	struct rresolve_look *l = xcalloc(1, sizeof(*l));
	struct wire_name arpa;

	*a = (struct rresolve_answer){ .by_dns = true, .look = l };
	*l = (struct rresolve_look){ .r = r, .a = a, .on_done = on_done, .user = user };
	l->ip = unmapped(ip);
	l->ptr = stub_look_new(&type, 1);
	l->ptr->user = l;
	l->ptr->on_done = on_ptr;
	wire_name_arpa(&arpa, &l->ip);
	stub_ask(l->ptr, &r->dns.stub, &arpa, true);
}

void rresolve_look_free(struct rresolve_look *l)
{
	if (!l)
		return;
	stub_look_free(l->ptr);
	if (l->forward)
		stub_look_free(l->forward);
	vec_fini(&l->names);
	free(l);
}
