/* SPDX-License-Identifier: MIT */
/*
 * opt.h - command line options as data
 *
 * A command's options are one const table.  Parsing, --help, the completions and
 * the check that the manual page names every option all read that table.  Parsing
 * stores into the command's options struct; the macros check at compile time that
 * the field has the type that the option writes.
 */
#ifndef NETIPC_CLI_OPT_H
#define NETIPC_CLI_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/vec.h"

enum opt_type {
	OPT_T_END,
	OPT_T_GROUP,    /* a heading in --help */
	OPT_T_BOOL,     /* bool: becomes true */
	OPT_T_SET,      /* unsigned: becomes VALUE */
	OPT_T_BITS,     /* unsigned: VALUE is ORed in */
	OPT_T_UINT,     /* unsigned: a number from MIN to MAX */
	OPT_T_STR,      /* const char *: the argument itself */
	OPT_T_STRS,     /* struct opt_strs: one more argument each time */
	OPT_T_CHOICE,   /* int: the value of a name in CHOICES, "N": or a number */
	OPT_T_DURATION, /* uint64_t: nanoseconds */
	OPT_T_SIZE,     /* uint64_t: bytes */
};

struct opt_choice {
	const char *name; /* NULL ends the list */
	int value;
	const char *constant; /* its name in C, which is taken too ("SOCK_STREAM"), or NULL */
};

/* The arguments of an option that may be given several times. */
struct opt_strs VEC(const char *);

/* How the argument is completed when it is not a choice. */
enum opt_hint {
	OPT_HINT_NONE,
	OPT_HINT_FILE,
	OPT_HINT_COLUMNS,
	OPT_HINT_LIST, /* of WORDS, with commas between */
};

struct opt {
	enum opt_type type;
	char short_name;       /* 0 if none */
	const char *long_name; /* never NULL but for a group */
	const char *arg;       /* what it takes, in capitals: "SECONDS"; NULL if nothing */
	const char *help;      /* one line of at most 52 characters, no capital, no full stop */
	size_t offset;         /* of the field in the command's options */
	uint64_t min, max;     /* OPT_T_UINT; MIN is the VALUE of OPT_T_SET and OPT_T_BITS */
	const struct opt_choice *choices; /* OPT_T_CHOICE */
	enum opt_hint hint;
	bool optional; /* OPT_T_CHOICE: the argument may be left out, MIN is the value then */

	/* Calls WORD for each text that the argument can be, for the completion; or NULL. */
	void (*words)(int place, void (*word)(void *ctx, const char *text, const char *help),
		      void *ctx);
};

/* clang-format off */
/* The field's offset; a compile error if the field is not of TYPE. */
#define OPT_FIELD(st, field, type) \
	(offsetof(struct st, field) + 0 * sizeof(&((struct st *)0)->field == (type *)0))
#define OPT_GROUP(title) \
	{ .type = OPT_T_GROUP, .help = title }
#define OPT_BOOL(s, l, st, field, h) \
	{ OPT_T_BOOL, s, l, NULL, h, OPT_FIELD(st, field, bool), 0, 0, NULL, OPT_HINT_NONE }
#define OPT_SET(s, l, st, field, v, h) \
	{ OPT_T_SET, s, l, NULL, h, OPT_FIELD(st, field, unsigned), v, 0, NULL, OPT_HINT_NONE }
#define OPT_BITS(s, l, st, field, v, h) \
	{ OPT_T_BITS, s, l, NULL, h, OPT_FIELD(st, field, unsigned), v, 0, NULL, OPT_HINT_NONE }
#define OPT_UINT(s, l, a, st, field, lo, hi, h) \
	{ OPT_T_UINT, s, l, a, h, OPT_FIELD(st, field, unsigned), lo, hi, NULL, OPT_HINT_NONE }
#define OPT_STR(s, l, a, st, field, h) \
	{ OPT_T_STR, s, l, a, h, OPT_FIELD(st, field, const char *), 0, 0, NULL, OPT_HINT_NONE }
#define OPT_FILE(s, l, a, st, field, h) \
	{ OPT_T_STR, s, l, a, h, OPT_FIELD(st, field, const char *), 0, 0, NULL, OPT_HINT_FILE }
#define OPT_COLUMN(s, l, a, st, field, h) \
	{ OPT_T_STR, s, l, a, h, OPT_FIELD(st, field, const char *), 0, 0, NULL, OPT_HINT_COLUMNS }
#define OPT_WORDS(s, l, a, st, field, h, hint, words) \
	{ OPT_T_STR, s, l, a, h, OPT_FIELD(st, field, const char *), 0, 0, NULL, hint, false, words }
#define OPT_STRS_WORDS(s, l, a, st, field, h, words) \
	{ OPT_T_STRS, s, l, a, h, OPT_FIELD(st, field, struct opt_strs), 0, 0, NULL, OPT_HINT_NONE, \
	  false, words }
#define OPT_STRS(s, l, a, st, field, h) \
	{ OPT_T_STRS, s, l, a, h, OPT_FIELD(st, field, struct opt_strs), 0, 0, NULL, OPT_HINT_NONE }
#define OPT_CHOICE(s, l, a, st, field, list, h) \
	{ OPT_T_CHOICE, s, l, a, h, OPT_FIELD(st, field, int), 0, 0, list, OPT_HINT_NONE }
/* --name[=A]: DFLT is the value of --name alone. */
#define OPT_CHOICE_OR(l, a, st, field, list, dflt, h) \
	{ OPT_T_CHOICE, 0, l, a, h, OPT_FIELD(st, field, int), dflt, 0, list, OPT_HINT_NONE, true }
#define OPT_DURATION(s, l, a, st, field, h) \
	{ OPT_T_DURATION, s, l, a, h, OPT_FIELD(st, field, uint64_t), 0, 0, NULL, OPT_HINT_NONE }
#define OPT_SIZE(s, l, a, st, field, h) \
	{ OPT_T_SIZE, s, l, a, h, OPT_FIELD(st, field, uint64_t), 0, 0, NULL, OPT_HINT_NONE }
#define OPT_END { .type = OPT_T_END }
/* clang-format on */

/* One table and the struct that its options write to. */
struct opt_set {
	const struct opt *opts;
	void *values;
};

/*
 * Parses ARGV[1...], which getopt_long(3) may reorder so that the operands come last,
 * by the N tables of SETS.  A letter or name is looked for in their order.  Returns
 * the index of the first operand, or -1 with ERR_USAGE.
 */
int opt_parse(const struct opt_set *sets, size_t n, int argc, char **argv, struct err *err);

/* Frees the lists that options of OPTS made in VALUES. */
void opt_fini(const struct opt *opts, void *values);

#endif
