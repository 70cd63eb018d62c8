/* SPDX-License-Identifier: MIT */
/*
 * torture.h - one run of a command in which one allocation or system call goes wrong
 *
 * The command is tests/torture-netipc: netipc with tests/torture_alloc.c, which fails the
 * allocation that it is told and marks where main() begins and ends.  System calls between
 * these marks are changed by ptrace(2); when that has happened, the process is let go, so that
 * what follows runs as it does alone, a sanitizer that looks for leaks included.
 */
#ifndef NETIPC_TESTS_TORTURE_H
#define NETIPC_TESTS_TORTURE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define TORTURE_ENV "NETIPC_TORTURE" /* the path of a struct torture_memory */

enum {
	TORTURE_BEGIN = SIGURG,   /* is raised before main(); it is ignored if nobody traces */
	TORTURE_END = 0x746f7274, /* prctl(2) is asked for this behind main() */
};

enum {
	LOOKUPS_MAX = 256
};

/* What the command and its children share with the driver */
struct torture_memory {
	uint64_t fail_at; /* the number of the allocation that fails, from 1; 0: none */
	uint64_t count;   /* allocations */
	bool in_lookup;   /* the one that failed was below one of libc's look-ups */

	/* Threads that are in one now; 0 is free.  They stay there who have loaded a module. */
	pid_t lookups[LOOKUPS_MAX];
};

/* What goes wrong with a call */
enum how {
	INSTEAD, /* it is not made, and returns the error */
	AFTER,   /* it is made, and returns the error all the same */
	SHORT,   /* it is asked for one byte only */
};

/* A system call of tests/torture_calls.def */
struct call {
	const char *name;
	long nr;
	const char *faults;
};

extern const struct call calls[];
extern const size_t calls_count;

enum {
	CALLS_MAX = 96
};

/* What shall go wrong: a call, an allocation, or nothing */
struct fault {
	const struct call *call; /* NULL: an allocation if N is set */
	enum how how;
	int code;     /* errno */
	bool lasting; /* each one from the Nth on */
	unsigned n;   /* from 1 */
};

struct job {
	char **argv;
	const char *input; /* the file that is standard input */
	const char *peer;  /* a shell command, done when a line "ready ADDRESS" has come; or NULL */
	unsigned patience; /* seconds, after which the command hangs */
};

struct run {
	int status; /* of wait(2) */
	char *out, *err, *peer_err;
	size_t out_len, err_len;
	bool hung, left_behind; /* it did not end; a child of it did not */
	bool asked;             /* it was sent SIGTERM, since the peer had ended */
	int peer_status;
	bool in_lookup;   /* it was below one of libc's look-ups */
	unsigned reached; /* how often the fault's call, or an allocation, was made */
	unsigned counts[CALLS_MAX];
};

/* Does JOB with FAULT and fills R, whose texts are to be freed; -1 if ptrace(2) is refused. */
int torture_run(const struct job *job, const struct fault *fault, struct run *r);
void torture_free(struct run *r);

/*
 * Of a call that is about to be made by thread TID, or has just been made.  False if this
 * machine's registers are not known.
 */
bool torture_registers_known(void);
void torture_skip_call(pid_t tid);
void torture_set_count(pid_t tid, uint64_t count);
void torture_set_result(pid_t tid, int64_t result);

#endif
