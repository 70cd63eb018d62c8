/* SPDX-License-Identifier: MIT */
/* force_impl.h - what the files of force.h share; nobody else includes it */
#ifndef NETIPC_SOCKOPT_FORCE_IMPL_H
#define NETIPC_SOCKOPT_FORCE_IMPL_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "sockopt/force.h"

/* Options whose order matters to the kernel are put into it: IP_TOS changes SO_PRIORITY. */
void force_order(struct force *f);

/* Sockets of KIND may have O, and are such as it is forced on: not those of AF_UNIX. */
bool force_applies(const struct option_row *o, const struct own_kind *kind);

/* Sets the options on socket FD of KIND, which E tells of; counts it if it is NEW. */
void force_apply(struct force *f, int fd, const struct own_kind *kind, bool new,
		 struct force_event *e);

/* Takes note that a call went on without its socket having been reached. */
void force_missed(struct force *f, struct force_event *e);

/* A call that is held, of a command or of the process that becomes one. */
enum force_seen {
	SEEN_SOCKET, /* CALL of FD */
	SEEN_MAKE,   /* socket(2), of KIND */
	SEEN_RING,
	SEEN_FILTER,
	SEEN_OTHER,
};

struct force_request {
	enum force_call call;
	int fd;
	int level, number; /* of setsockopt(2) */
	struct own_kind kind;
};

struct sock_fprog;
struct seccomp_data;

/* The architecture of this program, as struct seccomp_data has it; 0 if it is not known here. */
uint32_t force_arch(void);

/* The filter that holds what F needs; free its FILTER.  -1 if this architecture is not known. */
int force_filter(const struct force *f, struct sock_fprog *program, struct err *err) MUST_CHECK;

/*
 * What thread TID calls, of what F needs.  The arguments may be in its memory (socketcall(2)), so
 * that the caller has to check afterwards that TID is still the same; SEEN_OTHER if they cannot be
 * read.
 */
enum force_seen force_decode(const struct force *f, const struct seccomp_data *data, pid_t tid,
			     struct force_request *request);

/* F forces the option NUMBER of LEVEL. */
bool force_has(const struct force *f, int level, int number);

/* What the child says before it becomes the command, or why it does not. */
struct force_hello {
	enum {
		HELLO_FILTER = 1, /* seccomp(2) failed */
		HELLO_READY,      /* the listener comes along */
		HELLO_EXEC,       /* execvp(3) failed */
	} what;
	int code;
	bool no_new_privs;
	size_t held_size, answer_size; /* of struct force_watch */
};

/* The supervisor, on Linux. */
struct seccomp_notif;
struct seccomp_notif_resp;

enum {
	FORCE_PIDFDS = 64,
	FORCE_COOKIES = 4096,
	/* system calls that older headers lack; the numbers are the same on each architecture */
	FORCE_PIDFD_OPEN = 434,
	FORCE_PIDFD_GETFD = 438,
};

struct force_watch {
	struct force *f;
	int listener, signals;         /* -1 if not open */
	pid_t pid;                     /* the command; 0 once it has ended */
	bool leave;                    /* those that it left behind are not waited for */
	bool by_group;                 /* this kernel has no pidfd of a thread */
	size_t held_size, answer_size; /* what the kernel writes and reads, or more */
	struct seccomp_notif *held;
	struct seccomp_notif_resp *answer;
	struct {
		pid_t tid; /* 0: free */
		int fd;
	} pidfds[FORCE_PIDFDS];
	uint64_t cookies[FORCE_COOKIES]; /* of the sockets that were seen last */
};

/* Receives one call that is held, serves it and lets it go on. */
void force_serve(struct force_watch *w);

/* Closes the descriptors that force_serve() has kept. */
void force_forget(struct force_watch *w);

/* How the child becomes the command. */
struct force_child {
	int fd; /* to say hello */
	char *const *argv;
	const struct sock_fprog *program;
	sigset_t mask;                /* for the command */
	struct sigaction pipe, child; /* SIGPIPE and SIGCHLD for it */
	pid_t bound;                  /* its parent, which it must not outlive; or 0 */
	int (*filter)(const struct sock_fprog *program, struct force_hello *hello);
};

/* Installs the filter, sends its listener, becomes the command. */
NORETURN void force_become(const struct force_child *c);

/*
 * fork(2) for those that the command left behind: in the child, which is in a session of its own
 * with no output, serves them with SERVE and ends.  In the parent, the child's id or -1.
 */
pid_t force_stay(void (*serve)(void *w), void *w);

/* recvmsg(2) of a hello: 1, 0 at the end, -1; FD is the descriptor that came along, or -1. */
int force_hear(int from, struct force_hello *hello, int *fd);

#endif
