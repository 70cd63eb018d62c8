/* SPDX-License-Identifier: MIT */
/*
 * addr_shared.h - what the verbs of netipc addr share: the way through their input, what
 * they do with bad lines, and their plain output
 *
 * A verb that goes through files or standard input has a struct addr_io:
 *
 *	addr_io_init(&io, cli, o, opt->err, argc, argv);
 *	while ((rc = addr_io_next(&io, &data, &len)) > 0)
 *		for each line of DATA:
 *			io.line++;
 *			... buf_add(&io.text, ...) or out_row(), or
 *			if (addr_io_bad(&io, line, n, &err) < 0) { rc = -1; break; }
 *	if (addr_io_fini(&io) < 0) rc = -1;
 */
#ifndef NETIPC_CMD_ADDR_SHARED_H
#define NETIPC_CMD_ADDR_SHARED_H

#include "cli/command.h"
#include "net/ip_legacy.h"
#include "net/ipset.h"

/* What becomes of a line that cannot be read. */
enum addr_bad {
	ADDR_BAD_WARN,  /* a complaint; the rest goes on; status 2 */
	ADDR_BAD_ABORT, /* a complaint, and the end; status 2 */
	ADDR_BAD_SKIP,  /* left out without a word */
	ADDR_BAD_PRINT, /* passed on to the output as it is */
};

extern const struct opt_choice addr_bad_choices[];

/* The option of it; FIELD is an int of the options' struct ST. */
#define ADDR_BAD_OPT(st, field)                                     \
	OPT_CHOICE(0, "err", "POLICY", st, field, addr_bad_choices, \
		   "bad lines: warn, abort, skip or print")

/* Input and plain output of a verb. */
struct addr_io {
	struct cli *cli;
	struct out *o;
	enum addr_bad bad;
	char delimiter; /* behind a line that is passed on: NUL with -0, or what the verb sets */
	char **argv;    /* the files that are left, "-" is standard input */
	int argc;
	const char *name;        /* of the input that is read: "standard input" */
	uint64_t line;           /* lines of it that the verb has gone through; the verb counts */
	bool failed;             /* some input was not read to its end, as was complained of */
	struct buf text;         /* plain output, for a command whose form is text */
	struct io_blocks blocks; /* private from here */
	const struct io_share *share;
	bool open;
};

/*
 * ARGC operands are files; without one, standard input is read.  With -0 lines end with a
 * NUL byte.  All lines are read, whatever --shard says, unless addr_io_share() is called.
 */
void addr_io_init(struct addr_io *io, struct cli *cli, struct out *o, int bad, int argc,
		  char **argv);

/* Only the lines are read that --shard leaves for this run; before the first addr_io_next(). */
void addr_io_share(struct addr_io *io);

/*
 * The next run of whole lines, as io_blocks_next() gives it; a run never spans two inputs.
 * What cannot be opened or read is complained of, and the next input is tried.  Before it
 * waits, and when there is much of it, what was printed is written.  Returns 1, 0 at the
 * end or after a signal, -1 with the error in the cli.
 */
int addr_io_next(struct addr_io *io, char **data, size_t *len) MUST_CHECK;

/*
 * Line number IO->line, the LEN bytes at TEXT, cannot be used because of ERR, which this
 * completes with where it stands.  0 to go on, -1 to stop with the error in the cli.
 */
int addr_io_bad(struct addr_io *io, const char *text, size_t len, struct err *err) MUST_CHECK;

/* Tells how an address was read that only inet_aton(3) reads so, if L is one; behind WHERE. */
void addr_note_legacy(struct cli *cli, const char *where, const struct ip_legacy *l);

/* The same of line number IO->line; -1 with the error in the cli. */
int addr_io_note(struct addr_io *io, const struct ip_legacy *l) MUST_CHECK;

/* Writes IO->text if it is big, or ALL of it. */
int addr_io_write(struct addr_io *io, bool all) MUST_CHECK;

/* Writes what is left and closes the input; -1 with the error in the cli. */
int addr_io_fini(struct addr_io *io);

/*
 * Leaves out of the *LEN bytes at LINE, which are line number IO->line, the byte order mark
 * that some editors put before the first one.
 */
const char *addr_io_unmark(const struct addr_io *io, const char *line, size_t *len);

/* The columns of a range, which stand together in a verb's table from BASE on. */
enum addr_range_col {
	ADDR_RANGE_PREFIX,
	ADDR_RANGE_FAMILY,
	ADDR_RANGE_FIRST,
	ADDR_RANGE_LAST,
	ADDR_RANGE_LENGTH,
	ADDR_RANGE_COUNT,
	ADDR_RANGE_NCOLS,
};

/* clang-format off */
#define ADDR_RANGE_COLS(base) \
	[(base) + ADDR_RANGE_PREFIX] = { "prefix", OUT_STR, "the prefix, or FIRST-LAST if it is none", false }, \
	[(base) + ADDR_RANGE_FAMILY] = { "family", OUT_STR, "ipv4 or ipv6", false }, \
	[(base) + ADDR_RANGE_FIRST] = { "first", OUT_STR, "its first address", false }, \
	[(base) + ADDR_RANGE_LAST] = { "last", OUT_STR, "its last address", false }, \
	[(base) + ADDR_RANGE_LENGTH] = { "length", OUT_INT, "the length of the prefix", false }, \
	[(base) + ADDR_RANGE_COUNT] = { "count", OUT_INT, "how many addresses it has", false }
/* clang-format on */

/* Sets them. */
void addr_range_set(struct out *o, unsigned base, const struct range *r);

/* A count in column COL. */
void addr_count_set(struct out *o, unsigned col, struct ipcount n);

/* Cuts the blanks (and the CR of a CRLF) off both ends of the *LEN bytes at TEXT. */
const char *addr_trim(const char *text, size_t *len);

/* The verbs, which addr.c lists. */
extern const struct command addr_verb_agg;
extern const struct command addr_verb_compare;
extern const struct command addr_verb_conv;
extern const struct command addr_verb_count;
extern const struct command addr_verb_grep;
extern const struct command addr_verb_set;
extern const struct command addr_verb_sort;

#endif
