/* SPDX-License-Identifier: MIT */
/*
 * addr_sets.h - sets as the input and output of the verbs of netipc addr
 *
 * An operand is an address, prefix or range, a class ("@global"), "-" for standard input, or
 * a file that lists such; "./10.0.0.0" is a file for sure.
 */
#ifndef NETIPC_CMD_ADDR_SETS_H
#define NETIPC_CMD_ADDR_SETS_H

#include "cmd/addr_shared.h"
#include "net/ipset.h"

struct addr_sets_options {
	bool only4, only6;
	bool strict, legacy;
	bool ranges, spf;
	unsigned max4, max6; /* the longest prefixes */
	int bad;             /* enum addr_bad */
};

extern const struct opt addr_sets_opts[];
void addr_sets_defaults(void *options);

/* The records of the verbs that print a set, a prefix each. */
enum {
	ADDR_SETS_PREFIX,
	ADDR_SETS_INPUT = ADDR_SETS_PREFIX + ADDR_RANGE_NCOLS,
	ADDR_SETS_ERROR,
	ADDR_SETS_NCOLS,
};

extern const struct out_col addr_sets_cols[];

/* Where sets come from. */
struct addr_load {
	struct cli *cli;
	struct out *o;
	int bad;        /* enum addr_bad */
	unsigned flags; /* enum prefix_flags, see addr_sets_flags() */
	int text_col;   /* of a record for a bad line that is passed on: the line itself, */
	int error_col;  /* and the reason */
	/*
	 * NULL, or called for each network in place of adding it to a set: the LEN bytes at
	 * TEXT are the line or operand that LINE was read from, without blanks at its ends.
	 */
	void (*take)(void *to, const struct ipset_line *line, const char *text, size_t len);
	void *to;

	bool shared;       /* --shard leaves lines and operands out */
	uint64_t operands; /* that are no files, so far */
	bool input_used;   /* standard input is read by one operand only */
	bool failed;       /* some input could not be read, as was complained of */
	bool stopped;      /* the error ends the command */
};

/* The enum prefix_flags of --strict and --legacy. */
unsigned addr_sets_flags(bool strict, bool legacy);

/*
 * Adds what the operand, LEN bytes at TEXT with BEFORE of the user's text before it, has to S,
 * which is not used with L->take.
 */
int addr_load_operand(struct addr_load *l, const char *text, size_t len, size_t before,
		      struct ipset *s, struct err *err) MUST_CHECK;

/* The same for the file PATH, "-" for standard input, whatever it may look like. */
int addr_load_file(struct addr_load *l, char *path, struct ipset *s) MUST_CHECK;

/* The same for all operands, standard input if there are none; complains and goes on. */
int addr_load_all(struct addr_load *l, int argc, char **argv, struct ipset *s) MUST_CHECK;

/* Drops the families that were not asked for. */
void addr_sets_restrict(struct ipset *s, bool only4, bool only6);

/* Prints S, which is sealed, as OPT wants it; -1 with the error in CLI. */
int addr_sets_print(struct cli *cli, struct out *o, const struct addr_sets_options *opt,
		    struct ipset *s) MUST_CHECK;

/* How many prefixes of FAMILY S is. */
uint64_t addr_sets_prefixes(const struct ipset *s, unsigned family);

#endif
