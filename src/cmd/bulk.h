/* SPDX-License-Identifier: MIT */
/*
 * bulk.h - a batch whose look-ups run side by side
 *
 * Lines come from a file, standard input or the command line, and each has one record, in the
 * order of the input or as they are answered.  Lines that ask the same are joined onto one
 * look-up.  Memory is bounded: a line is read only while fewer than DEPTH wait for their answer.
 * While it waits for input it goes on with the look-ups, and the other way round.
 */
#ifndef NETIPC_CMD_BULK_H
#define NETIPC_CMD_BULK_H

#include "cli/command.h"
#include "dns/memo.h"

struct bulk;

/* The options of a batch, a member BULK of the command's options. */
struct bulk_options {
	const char *file;
	bool unordered;
	unsigned threads; /* of the system's look-ups; 0: BULK_THREADS */
};

enum {
	BULK_THREADS = 64, /* started as they are needed: a far server keeps them waiting */
};

/* clang-format off */
#define BULK_OPTS(st) \
	OPT_GROUP("Batch"), \
	OPT_FILE('f', "file", "FILE", st, bulk.file, "look up each line of FILE; - is standard input"), \
	OPT_BOOL(0, "unordered", st, bulk.unordered, "print each answer as soon as it is there"), \
	OPT_UINT('T', "threads", "N", st, bulk.threads, 1, 1024, "look-ups of the system at a time (64)")
/* clang-format on */

/* How a command looks up; OWNER is its own state. */
struct bulk_ops {
	/*
	 * Puts the bytes that are the same for the same question into KEY, which is empty.  -1 with
	 * ERR for a line that asks nothing that can be asked.
	 */
	int (*key)(void *owner, const struct cli_operand *line, struct buf *key, struct err *err);

	/* Begins to look E up, which is new; bulk_done() says that it is answered, at once or
	 * later. */
	int (*ask)(void *owner, struct memo_entry *e, struct err *err);

	/* No more than what is under way: no more lines are read meanwhile. */
	bool (*full)(void *owner);

	/*
	 * Waits until an answer has come, FD (-1: none) can be read, or a signal comes.  With POLL
	 * it does not wait but takes what is there.
	 */
	int (*wait)(void *owner, int fd, bool poll, struct err *err);

	/* Prints the record of LINE: E is answered, or NULL and WHY says what is wrong with it. */
	int (*print)(void *owner, const struct cli_operand *line, const struct memo_entry *e,
		     struct err *why);

	/* Frees E's answer; after a signal also that of one that is not done. */
	void (*forget)(void *owner, struct memo_entry *e);

	/* NULL, or says that LINE is left out, as if it were not there. */
	bool (*skip)(void *owner, const struct cli_operand *line);
};

struct bulk_config {
	const struct bulk_ops *ops;
	void *owner;
	const char
		*file; /* of lines, with -0 each ended by a NUL; "-" is standard input; or NULL */

	/* Instead of FILE: operands that are made one by one: 1, 0 at the end, -1. */
	int (*next)(void *owner, struct cli_operand *line, struct err *err);

	bool unordered;
	size_t depth; /* lines that wait for their answer at most: 65,536 */
	size_t keep;  /* answers that are kept for later lines: 131,072 */
};

/*
 * The whole batch; the records of CLI are open. 0, also after a signal, which stops the reading and
 * leaves unanswered lines out; -1 with CLI->err if the batch cannot go on.
 */
int bulk_run(struct cli *cli, const struct bulk_config *config) MUST_CHECK;

/* E is answered; called by the owner, in ask() or wait(). */
void bulk_done(struct memo_entry *e);

#endif
