/* SPDX-License-Identifier: MIT */
/*
 * addr_subnet.h - what the verbs of subnet arithmetic share: their columns, the way from an
 * operand to a range, and from a range to a line or a record
 */
#ifndef NETIPC_CMD_ADDR_SUBNET_H
#define NETIPC_CMD_ADDR_SUBNET_H

#include "cmd/addr_sets.h"
#include "net/prefix_list.h"
#include "net/prefix_math.h"

/* The columns that each of the verbs has; those of its own follow from SUBNET_COLUMNS on. */
enum {
	SUBNET_INPUT,
	SUBNET_PREFIX,
	SUBNET_ERROR = SUBNET_PREFIX + ADDR_RANGE_NCOLS,
	SUBNET_COLUMNS,
};

/* clang-format off */
#define SUBNET_COLS \
	[SUBNET_INPUT] = { "input", OUT_STR, "the operand", true }, \
	ADDR_RANGE_COLS(SUBNET_PREFIX), \
	[SUBNET_ERROR] = { "error", OUT_STR, "what is wrong with the operand", true }
#define SUBNET_STRICT(st) \
	OPT_BITS(0, "strict", st, flags, PREFIX_STRICT, "refuse prefixes with bits behind the length")
/* clang-format on */

/* A verb at work. */
struct subnet {
	struct cli *cli;
	struct out *o;
	unsigned flags;             /* of enum prefix_flags */
	struct cli_operand operand; /* the present one; its text is NULL if it is none */
	struct prefix net;          /* what it is */
};

/* What a verb does with its operands. */
struct subnet_work {
	unsigned flags;
	/*
	 * Each returns 0, or -1 with the error in the cli.  BEGIN and END, which may be NULL, are
	 * called first and last; BEGIN may also return 1, to end without an error.
	 */
	int (*begin)(struct subnet *s, void *how);
	int (*one)(struct subnet *s, void *how);
	int (*end)(struct subnet *s, void *how);
	void *how;
};

/*
 * Opens the records, does WORK with each operand that can be read, and closes them.  What
 * cannot be read is complained of.
 */
int subnet_each(struct cli *cli, int argc, char **argv, const struct subnet_work *work);

/* Complains of the present operand. */
int subnet_refuse(struct subnet *s, struct err *err) MUST_CHECK;

/* Prints R: a line, or a record with the columns that are set already. */
int subnet_put(struct subnet *s, const struct range *r) MUST_CHECK;

/* Prints all of SERIES, of prefixes of LENGTH. */
int subnet_put_series(struct subnet *s, struct ip_series *series, unsigned length) MUST_CHECK;

enum {
	SUBNET_SIZE_STRLEN = IPCOUNT_STRLEN + sizeof(" addresses"),
};

/* "256 addresses": how many the present net has. */
char *subnet_size(const struct subnet *s, char buf[static SUBNET_SIZE_STRLEN]);

/* Fails because of the command line. */
int subnet_misuse(struct cli *cli, const char *reason);

/* A last operand that is a number. */
struct subnet_number {
	enum {
		SUBNET_NO_NUMBER,
		SUBNET_PLAIN,
		SUBNET_SLASH
	} form; /* "24" or "/24" */
	struct u128 n;
};

/* Takes the last of *ARGC operands off if it is a number; -1 if it looks so but is none. */
int subnet_last_number(struct cli *cli, int *argc, char **argv,
		       struct subnet_number *number) MUST_CHECK;

/* TEXT, the value of option --WHAT, is a number of 128 bits that is not under MIN. */
int subnet_option_num(const char *what, const char *text, uint64_t min, struct u128 *n,
		      struct err *err) MUST_CHECK;

/* The verbs. */
extern const struct command addr_verb_contains, addr_verb_gaps, addr_verb_list, addr_verb_next,
	addr_verb_nth, addr_verb_prev, addr_verb_rand, addr_verb_range, addr_verb_split,
	addr_verb_super;

#endif
