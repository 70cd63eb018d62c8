/* SPDX-License-Identifier: MIT */
/*
 * gai.h - getaddrinfo(3) and getnameinfo(3) as values
 *
 * The answer is libc's, unchanged: the same rows in the same order.  Both calls may
 * block for as long as the resolver's time-outs are; both may be called by any thread.
 */
#ifndef NETIPC_DNS_GAI_H
#define NETIPC_DNS_GAI_H

#include "base/vec.h"
#include "net/sa.h"

/* What is asked for; the zeroed struct asks for everything. */
struct gai_hints {
	int flags;    /* AI_ bits */
	int family;   /* AF_UNSPEC, AF_INET or AF_INET6 */
	int socktype; /* SOCK_, or 0 for each */
	int protocol; /* IPPROTO_, or 0 for each */
};

/* One struct addrinfo. */
struct gai_row {
	struct sa sa;
	int family, socktype, protocol;
	char *canonname; /* NULL if there is none: glibc has it in the first row only */
};

/* The rows in libc's order; a zeroed struct is empty. */
struct gai_rows VEC(struct gai_row);

enum {
	GAI_HOST_MAX = 1025,   /* bytes of a host's name with its NUL: NI_MAXHOST of most systems */
	GAI_SERVICE_MAX = 128, /* the same of a service's; a UNIX path on glibc */
};

/* What getnameinfo(3) answers. */
struct gai_name {
	char host[GAI_HOST_MAX];
	char service[GAI_SERVICE_MAX];
};

/*
 * Appends what getaddrinfo(3) gives for NAME and SERVICE, of which one may be NULL, to
 * ROWS.  NULL for HINTS asks for everything.  The error is "NAME: WORDS (EAI_X)"
 * in gai_strerror(3)'s words, with the EAI_ number in its code: ERR_NEGATIVE if there is
 * no such name or it has no such address, ERR_USAGE if the question makes no sense,
 * ERR_SYSTEM if no answer could be had (EAI_AGAIN and the like).  ERR_USAGE too is NULL for
 * both, and a number for SERVICE that has a blank or a sign or is over 65535: glibc takes
 * " 80" and "+65616" for port 80.
 */
int gai_lookup(struct gai_rows *rows, const char *name, const char *service,
	       const struct gai_hints *hints, struct err *err) MUST_CHECK;

/* Frees the rows and makes ROWS empty. */
void gai_fini(struct gai_rows *rows);

/*
 * A row before row I has the same address and port, not always the one just before: a
 * hosts file or a server may name an address twice.
 */
bool gai_is_repeated(const struct gai_rows *rows, size_t i);

/*
 * Stores what getnameinfo(3) gives for SA with the NI_ bits of FLAGS in NAME.  Errors as
 * gai_lookup()'s, "ADDRESS: WORDS (EAI_X)".
 */
int gai_reverse(struct gai_name *name, const struct sa *sa, int flags, struct err *err) MUST_CHECK;

/* The name of an EAI_ number, "EAI_NONAME"; NULL if it is not known. */
const char *gai_code_name(int code);

/*
 * The word of a record for CODE, that of an error of gai_lookup(): "nxdomain", "nodata",
 * "noservice", "temporary", "failed"; "invalid" if the question cannot be asked.
 */
const char *gai_code_status(int code);

/* What the EAI_ number CODE comes to; ERR_SYSTEM if it is not known. */
enum err_kind gai_code_kind(int code);

#endif
