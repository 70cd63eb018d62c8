/* SPDX-License-Identifier: MIT */
/*
 * command.h - what a command is, and what it may use while it runs
 *
 * One file in cmd/ holds one command: its options, its columns, its run function,
 * and last a const struct command, which commands.c lists.  A verb (netipc sockopt
 * list) is a struct command too, listed by its command.
 *
 * A run function gets a struct cli.  It opens its records with cli_out(), goes
 * through its operands with cli_next(), and tells what went wrong with
 * cli_complain(): that prints one line, remembers the worst status and lets the
 * batch go on.  It returns 0, or -1 with CLI->err filled to stop at once.
 */
#ifndef NETIPC_CLI_COMMAND_H
#define NETIPC_CLI_COMMAND_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "cli/opt.h"
#include "out/out.h"

struct cli;

enum command_flags {
	COMMAND_RECORDS = 1 << 0,  /* has columns and the output options */
	COMMAND_CLASSIC = 1 << 1,  /* has --classic too */
	COMMAND_BATCH = 1 << 2,    /* reads operands from standard input by -; has -0, --shard */
	COMMAND_SERVER = 1 << 3,   /* waits in an event loop: see cli_hold_signals() */
	COMMAND_NUMBERS = 1 << 4,  /* -1 is an operand, not an option */
	COMMAND_NO_WORDS = 1 << 5, /* a word of letters is a verb, never an operand */
	COMMAND_RUNS = 1 << 6,     /* behind -- is a command to run: CLI->rest */
	COMMAND_WHOLE = 1 << 7,    /* with COMMAND_BATCH: needs all of its input, has no --shard */
};

/* Other columns that a command has with one of its options. */
struct command_view {
	const char *option; /* "--check" */
	const struct out_col *cols;
	size_t ncols;
};

struct command {
	const char *name;     /* as typed: "echo-server" */
	const char *summary;  /* one line; the .Nd of its manual page */
	const char *operands; /* after the options in the synopsis: "ADDRESS..." */
	const struct opt *opts;
	const struct out_col *cols; /* the records it prints, or NULL */
	size_t ncols;
	const struct command_view *const *views; /* NULL-terminated, or NULL */
	size_t size;                             /* of the options' struct */
	unsigned flags;
	const struct command *const *verbs; /* NULL-terminated, or NULL */
	const char *more;                   /* further lines for --help, or NULL */

	/*
	 * Calls WORD for each text that the operand behind PLACE others can be, for the
	 * completion; or NULL.
	 */
	void (*words)(int place, void (*word)(void *ctx, const char *text, const char *help),
		      void *ctx);

	/* Fills the options with what is not zero by default; or NULL. */
	void (*defaults)(void *options);

	/* Runs with the parsed options and ARGC operands. */
	int (*run)(struct cli *cli, const void *options, int argc, char **argv);
};

/* The options that every command with records has. */
struct cli_output {
	unsigned format; /* enum out_format */
	bool no_header;
	const char *columns;
	bool null;         /* -0 */
	const char *shard; /* "I/N" */
};

struct cli {
	const struct command *cmd;
	const char *name; /* for messages: "netipc sockopt list" */
	FILE *out, *errors;
	struct cli_output output;
	struct err err;      /* what run() returns -1 with */
	enum err_kind worst; /* of all that was complained of */
	char **rest;         /* COMMAND_RUNS: what is behind --, ends with NULL; or NULL */
	int status;          /* what to exit with instead of WORST, if not 0 */

	/* What --shard leaves for this run, NULL for all.  cli_next() heeds it. */
	const struct io_share *share;

	struct out *records;   /* private: what cli_out() opened */
	struct io_lines input; /* private: of cli_next() */
	struct io_share shard; /* private: what SHARE points to */
	uint64_t operands;     /* private: of the command line, gone through by cli_next() */
	bool reading;
	bool misused; /* the error is about the command line: --help would help */
};

/*
 * Opens the records of the command on CLI->out in the chosen format.  STREAM as for
 * out_open().  NULL with CLI->err filled; close with out_close(), after the last
 * cli_next().  Before cli_next() waits for standard input, what was printed is flushed.
 */
struct out *cli_out(struct cli *cli, bool stream) MUST_CHECK;

/* The same with the columns of VIEW, one of the command's. */
struct out *cli_out_view(struct cli *cli, const struct command_view *view, bool stream) MUST_CHECK;

/* One operand of a batch. */
struct cli_operand {
	const char *text; /* a string; holds until the next call */
	size_t len;       /* of TEXT, which has a NUL inside if LEN > strlen(TEXT) */
	uint64_t line;    /* of the input, from 1; 0 for an operand of the command line */
	const char *file; /* that has the line; NULL is standard input */
};

enum {
	CLI_WHERE = 128,
};

/* "standard input:3: ", "FILE:3: ", or "" for an operand of the command line; returns BUF. */
const char *cli_where(const struct cli_operand *operand, char buf[static CLI_WHERE]);

/*
 * The next operand of ARGV from *INDEX on; for "-", the lines of standard input, blanks
 * at both ends and empty lines left out, or with -0 exactly what stands before each NUL.
 * What --shard leaves for others is passed over.
 * Returns 1, 0 at the end or after a signal, -1 with CLI->err filled.  A command with
 * COMMAND_BATCH goes through its operands with this alone.
 */
int cli_next(struct cli *cli, int argc, char **argv, int *index,
	     struct cli_operand *operand) MUST_CHECK;

/*
 * Cuts off the blanks at both ends of LINE, and the byte order mark that some editors put
 * before the FIRST one; false if nothing is left.
 */
bool cli_trim(char **line, size_t *len, bool first);

/* ERR_USAGE if OPERAND has a NUL byte, which no name and no path can have. */
int cli_operand_check(const struct cli_operand *operand, struct err *err) MUST_CHECK;

/* As cli_complain(), with where OPERAND stands in the input before the text. */
void cli_complain_at(struct cli *cli, const struct cli_operand *operand, struct err *err);

/*
 * An operand without an answer: complains as cli_complain_at(), and ends the record whose
 * other columns are set already with the reason in column COL.  The command's own form has
 * no such record, nor has a table without COL.  -1 if it cannot be printed.
 */
int cli_refuse(struct cli *cli, struct out *o, unsigned col, const struct cli_operand *operand,
	       struct err *err) MUST_CHECK;

/* ARGC operands are between MIN and MAX, or CLI->err says which is missing or too much. */
int cli_want(struct cli *cli, int argc, char **argv, int min, int max) MUST_CHECK;

/* Fails if --shard was given: there are no lines or operands that it could share out. */
int cli_no_shard(struct cli *cli) MUST_CHECK;

/* Prints ERR as "netipc CMD: TEXT" on standard error and keeps the worst status. */
void cli_complain(struct cli *cli, const struct err *err);

/* As cli_complain() with a text of its own; a note does not change the status. */
void cli_note(struct cli *cli, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* A status without a message: "asked and answered: no" that the output itself shows. */
void cli_status(struct cli *cli, enum err_kind kind);

/* The locale's characters are UTF-8, so that more than ASCII can be drawn. */
bool cli_utf8(void);

/*
 * SIGINT or SIGTERM has come: stop reading, finish what is begun, return.  The process
 * then dies by that signal.
 */
bool cli_interrupted(void);

/*
 * From here on SIGINT and SIGTERM come only while a call waits with the mask that this
 * returns (ppoll, epoll_pwait), so that none falls between a look at cli_interrupted() and
 * the wait.  A second signal then ends the process at once.
 */
const sigset_t *cli_hold_signals(void);

/*
 * The other way, for a loop that cannot spare the time to change the mask at each wait: signals
 * come as they like, and then there is something to be read from the descriptor that this returns.
 * It stays open; -1 if there cannot be one.  Another signal's handler does the same with
 * cli_signal_wake().
 */
int cli_signal_fd(struct err *err) MUST_CHECK;
void cli_signal_wake(void);

/*
 * Waits until FD can be read, at its end or with an error too; false if a signal has come
 * instead.  For struct io_lines and the like.
 */
bool cli_wait(int fd);

/* The same until DEADLINE_NS of clock_now_ns(): 1, 0 if that has passed, -1 for a signal. */
int cli_wait_until(int fd, uint64_t deadline_ns);

/* poll(2) until DEADLINE_NS, as cli_wait_until(): how many are ready, 0, or -1 for a signal. */
int cli_poll(struct pollfd *fds, nfds_t n, uint64_t deadline_ns);

/*
 * Around a libc call that may block for long and cannot be interrupted (getaddrinfo):
 * flushes the records, and lets a signal end the process at once.  While a table still
 * holds records back to size its columns, the first signal waits for the call instead,
 * so that they are printed; the second does not wait.
 */
int cli_block_begin(struct cli *cli, struct out *o) MUST_CHECK;
void cli_block_end(void);

/* The whole program: finds the command of ARGV in TABLE, runs it, returns the status. */
int command_main(const struct command *const *table, int argc, char **argv);

#endif
