/* SPDX-License-Identifier: MIT */
/* rresolve_system.c - what getnameinfo(3) says of an address, and getaddrinfo(3) of its name */
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/rresolve_impl.h"

/* The host is IP itself, not a name of it. */
static bool is_numeric(const char *host, const struct ip *ip)
{
	size_t len = strcspn(host, "%");
	struct ip read;
	struct err err;

	return ip_parse(&read, host, len, 0, &err) == 0 && read.family == ip->family &&
	       memcmp(read.b, ip->b, ip_size(ip)) == 0;
}

/* One of the addresses of NAME is IP. */
static int confirm(struct rresolve_answer *a, const char *name, struct sa sa, struct err *err)
{
	struct gai_rows rows = { 0 };
	struct gai_hints hints = { .socktype = SOCK_DGRAM };
	struct ip want, got;
	int rc;

	sa_unmap(&sa);
	sa_ip(&sa, &want);
	hints.family = want.family == 4 ? AF_INET : AF_INET6;
	a->fcrdns = RRESOLVE_FCRDNS_MISMATCH;
	rc = gai_lookup(&rows, name, NULL, &hints, err);
	for (size_t i = 0; i < rows.n; i++) {
		if (sa_ip(&rows.v[i].sa, &got) && got.family == want.family &&
		    memcmp(got.b, want.b, ip_size(&want)) == 0)
			a->fcrdns = RRESOLVE_FCRDNS_OK;
	}
	gai_fini(&rows);
	if (rc < 0 && err->kind != ERR_NEGATIVE) {
		a->fcrdns = RRESOLVE_FCRDNS_UNASKED;
		return -1;
	}
	return 0;
}

static enum stub_status status_of(const struct err *err)
{
	return err->kind == ERR_NEGATIVE ? STUB_NXDOMAIN : STUB_SERVFAIL;
}

void rresolve_system(struct rresolve_answer *a, const struct sa *sa, int flags, bool fcrdns)
{
	struct gai_name name;
	struct err err;
	struct ip ip;
	int rc = gai_reverse(&name, sa, flags, &err);
	bool named = rc == 0 && !(sa_ip(sa, &ip) && is_numeric(name.host, &ip));

	*a = (struct rresolve_answer){ .status = STUB_OK };
	if (rc < 0) {
		a->status = status_of(&err);
	} else {
		a->names = xstrdup(name.host);
		a->nnames = 1;
		a->service = xstrdup(name.service);
		if (!named && !(flags & NI_NUMERICHOST))
			a->status = STUB_NXDOMAIN;
	}
	if (fcrdns && named) {
		rc = confirm(a, name.host, *sa, &err);
	} else if (fcrdns && (rc == 0 || err.kind == ERR_NEGATIVE)) {
		a->fcrdns = RRESOLVE_FCRDNS_NONE;
		rc = 0;
	}
	if (rc < 0) {
		a->kind = err.kind;
		a->error = xstrdup(err.text);
	} else if (a->fcrdns == RRESOLVE_FCRDNS_MISMATCH || a->fcrdns == RRESOLVE_FCRDNS_NONE) {
		a->kind = ERR_NEGATIVE;
	}
}
