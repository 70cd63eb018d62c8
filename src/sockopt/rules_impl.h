/* SPDX-License-Identifier: MIT */
/* rules_impl.h - what the files of rules.h share; nobody else includes it */
#ifndef NETIPC_SOCKOPT_RULES_IMPL_H
#define NETIPC_SOCKOPT_RULES_IMPL_H

#include "sockopt/rules.h"

/* The column KIND of rules.def; rules_kinds.c has a function for each. */
enum rule_kind {
	/* another value comes of it */
	RULE_MOST,           /* above A: A */
	RULE_MOST_SYSCTL,    /* above SYSCTL: SYSCTL */
	RULE_LEAST_OR_0,     /* below A, and not 0: about A */
	RULE_MEANS,          /* A: B */
	RULE_DEFAULT,        /* A: SYSCTL */
	RULE_BELOW,          /* below A: B */
	RULE_ALWAYS,         /* anything: A */
	RULE_BUFFER_MOST,    /* above SYSCTL, or below 0: twice SYSCTL */
	RULE_BUFFER_LEAST,   /* twice of it is below A: about A; if B also below 0 */
	RULE_BUFFER_FULL,    /* twice of it is no int: the most that is */
	RULE_LOWAT_MOST,     /* above half of SYSCTL, or below 0: half of SYSCTL */
	RULE_TOS_STREAM,     /* 8 bits of it, and the lower two of before */
	RULE_TOS_BYTE,       /* 8 bits of it */
	RULE_LINGER_NONZERO, /* on by another number than 1 */
	RULE_LINGER_OFF,     /* off, with another time than before: that */
	RULE_LINGER_NEGATIVE,
	RULE_TIME_NEGATIVE, /* below 0: 0 */
	RULE_TICKS,         /* no whole number of ticks: rounded up */
	RULE_SYN_BACKOFF,   /* rounded up to the times of the SYN-ACK */
	RULE_LOWER,         /* less came of it, whatever it was */
	RULE_UNCHANGED,     /* it is what it was */
	RULE_DIFFERENT,     /* another one came of it */
	/* it is refused */
	RULE_RANGE,          /* not from A to B: EINVAL */
	RULE_RANGE_OR_0,     /* nor 0 */
	RULE_RANGE_OR_LESS1, /* nor -1 */
	RULE_TICK_RANGE,     /* less ticks than A, or above B: EINVAL */
	RULE_TIME_SPLIT,     /* below 0 and no whole seconds: EDOM */
	RULE_NO_STREAM,      /* on a stream: A */
	RULE_PORTS,          /* the low one is above the high one: EINVAL */
	RULE_BIT_OFF,        /* not 0, and SYSCTL lacks the bits A: B */
	RULE_UNKNOWN_CC,     /* no word of SYSCTL: ENOENT */
	RULE_REFUSED,        /* it was, with A */
	/* it may be refused */
	RULE_NEEDS,        /* above B: A */
	RULE_NEEDS_BELOW,  /* below B: A */
	RULE_NEEDS_MORE,   /* more than it was: A */
	RULE_FORBIDDEN_CC, /* no word of SYSCTL: EPERM */
	/* it is as asked, or as another rule says */
	RULE_TELL,
	RULE_TELL_TCP,          /* on TCP */
	RULE_TELL_TWICE,        /* twice as much came of it */
	RULE_TELL_NONZERO,      /* neither 0 nor 1 */
	RULE_TELL_CHANGE,       /* it is not what it was */
	RULE_TELL_LINGER_RESET, /* on, and no time */
	RULE_TELL_NO_INTERFACE,
	RULE_TELL_BIT_OFF, /* not 0, and SYSCTL lacks the bits A */
};

struct rule {
	const char *option, *sysctl, *text;
	int a, b;
	enum rule_kind kind;
};

/* What rules look at.  WAS and GOT are NULL if they are not known. */
struct rule_facts {
	const struct rules_case *c;
	const struct rules_env *env;
	const struct value *was, *asked, *got;
	int code;       /* with which it was refused; 0: it was set; -1: it is still to be set */
	bool is_number; /* ASKED is one: */
	long long number;
};

/* What a rule that fits foretells. */
struct ruling {
	enum {
		RULING_VALUE, /* WOULD */
		RULING_ABOUT, /* something like WOULD */
		RULING_CODE,  /* refused with CODE */
		RULING_NEEDS, /* perhaps refused with CODE */
		RULING_TELL,  /* nothing */
	} what;
	int code;
	struct value would;
};

/* R fits the facts: then OUT is filled. */
bool rule_fits(const struct rule *r, const struct rule_facts *f, struct ruling *out);

/* The number that sysctl NAME has now. */
bool rule_sysctl_number(const struct rules_env *env, const char *name, long long *number);

#endif
