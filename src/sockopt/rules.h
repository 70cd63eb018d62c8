/* SPDX-License-Identifier: MIT */
/*
 * rules.h - why the kernel made of a value what it did, and what it would make of one
 *
 * rules.def holds the rules: adding one is one line there.  A rule that foretells a result is
 * given as the reason only if the result is what really came.
 */
#ifndef NETIPC_SOCKOPT_RULES_H
#define NETIPC_SOCKOPT_RULES_H

#include "sockopt/own.h"

/* What a rule asks of the system. */
struct rules_env {
	/*
	 * The folder that has net/core/rmem_max: "/proc/sys".  NULL: the socket is in another
	 * network namespace, whose sysctls and interfaces cannot be asked from here.
	 */
	const char *sysctls;
	uint64_t tick_ns; /* of the kernel's clock, from rules_tick_ns(); 0: not known */
};

/* The tick of the kernel's clock; 0 where the system does not tell. */
uint64_t rules_tick_ns(void);

/* An option that was set, or is to be set, on a socket. */
struct rules_case {
	const struct option_row *row;
	const struct own_kind *kind; /* NULL: not known */
	const struct own_try *t;
};

/*
 * Appends to B, in one line, why T->got is not T->asked or why it was refused, with the live
 * values of the sysctls behind it; and what else came of it, also if it is as asked.  False, and
 * nothing appended, if there is nothing to say.
 */
bool rules_why(struct buf *b, const struct rules_case *c, const struct rules_env *env);

/*
 * Fills T->got, the codes and the outcome with what would come of T->asked, given T->was, as far
 * as the rules know; C->t is not looked at.  Appends to WHY the reason, and what it needs that
 * the caller may not have.  Sets nothing.  False if no rule says anything: then T is as if it
 * were set as asked.
 */
bool rules_predict(struct own_try *t, struct buf *why, const struct rules_case *c,
		   const struct rules_env *env);

/*
 * The names of the sysctls that O's default and limits come from: stores at most MAX of them in
 * NAMES and returns how many there are.  A name may end in an index, "net.ipv4.tcp_rmem[2]".
 */
size_t rules_sysctls(const struct option_row *o, const char **names, size_t max);

/* Appends the live value of sysctl NAME to B, in one line.  False if it cannot be read. */
bool rules_sysctl(struct buf *b, const char *name, const struct rules_env *env);

#endif
