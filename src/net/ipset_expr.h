/* SPDX-License-Identifier: MIT */
/*
 * ipset_expr.h - expressions of sets: "(a + b) & !c"
 *
 *	!  ~  not        what is not in the set         binds first
 *	&  and           what is in both
 *	+  union         what is in one of them         these three last, from left to right
 *	-  minus         what is in the left one only
 *	^  xor           what is in one of them only
 *
 * Operands end at a blank, a parenthesis, "&" or "^"; "+" and "-" are parts of ranges and
 * need a blank before them.  One with such a character in it stands in double quotes.  What
 * an operand means is the caller's business; "-" where an operand is wanted is one.
 */
#ifndef NETIPC_NET_IPSET_EXPR_H
#define NETIPC_NET_IPSET_EXPR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/vec.h"
#include "net/ipset.h"

enum {
	IPSET_EXPR_DEPTH = 100, /* parentheses in each other */
};

/* A step of the evaluation: an operand is pushed, an operator works on those pushed last. */
struct ipset_step {
	enum {
		IPSET_OPERAND,
		IPSET_NOT,
		IPSET_BINARY
	} kind;
	enum ipset_op op;
	const char *text; /* of an operand, in the text that was parsed */
	size_t len, before;
};

struct ipset_expr {
	struct ipset_steps VEC(struct ipset_step) steps;
};

/*
 * Parses the LEN bytes at TEXT, which must outlive E.  ERR_USAGE names the reason and the
 * column, from 1.  Ends with ipset_expr_fini(), after an error too.
 */
int ipset_expr_parse(struct ipset_expr *e, const char *text, size_t len,
		     struct err *err) MUST_CHECK;

/*
 * Fills OUT, which is empty, with what the operand STEP stands for; it need not be sealed.
 * -1 with ERR filled ends the evaluation.
 */
typedef int ipset_load(void *to, const struct ipset_step *step, struct ipset *out, struct err *err);

/*
 * OUT, which is empty, becomes the value of E, sealed.  LOAD is called for the operands from
 * left to right, with TO.
 */
int ipset_expr_eval(const struct ipset_expr *e, ipset_load *load, void *to, struct ipset *out,
		    struct err *err) MUST_CHECK;

void ipset_expr_fini(struct ipset_expr *e);

#endif
