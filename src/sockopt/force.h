/* SPDX-License-Identifier: MIT */
/*
 * force.h - socket options forced on the sockets of a command and of all that it starts
 *
 * The kernel holds the command's bind(2), connect(2) and listen(2) (a seccomp filter with user
 * notification), this process sets the options on the very socket, and the call goes on.  So it
 * needs neither root nor a library in the command, which may be static.  Whatever cannot be done
 * is counted, and the command goes on as if it were alone.
 */
#ifndef NETIPC_SOCKOPT_FORCE_H
#define NETIPC_SOCKOPT_FORCE_H

#include <stdint.h>
#include <sys/types.h>

#include "sockopt/own.h"

/* The calls of the command that are held. */
enum force_call {
	FORCE_BIND,
	FORCE_CONNECT,
	FORCE_LISTEN,
	FORCE_SETSOCKOPT, /* of a forced option, if KEEP */
	FORCE_SOCKET,     /* of UDP */
};

enum {
	FORCE_NAME = 16, /* bytes of a process's name */
};

struct force_option {
	const struct option_row *row; /* filled by the caller, */
	struct own_try first;         /* in which ASKED alone; of the first socket that took it */
	uint64_t sockets;             /* that took it */
	uint64_t refused;             /* sockets that did not */
	int code;                     /* why the first of them did not */
};
struct force_options VEC(struct force_option);

/* One option of one socket, as it is set; or a socket that could not be reached. */
struct force_event {
	enum force_call call;
	pid_t pid; /* of the thread that called */
	const char *name;
	int fd;                            /* in that process; -1 if it has none yet */
	const struct force_option *option; /* NULL: the socket was not reached, for CODE */
	const struct own_try *tried;
	int code;
};

/* Sockets that were not reached, by the reason. */
struct force_miss {
	int code;       /* EPERM: the process may not be looked into; or another error number */
	uint64_t calls; /* that went on without */
	pid_t pid;      /* the first, and its name */
	char name[FORCE_NAME];
};
struct force_misses VEC(struct force_miss);

/* Zero it, and fill the first part. */
struct force {
	struct force_options options;
	bool keep;  /* the command's own setsockopt(2) of them succeeds and changes nothing */
	bool udp;   /* UDP sockets are made here, so that those that only send are reached too */
	bool wait;  /* also for the processes that the command leaves behind */
	bool bound; /* the command is killed if this process is */
	bool alone; /* this process keeps no descriptor of its own but 2 */
	/* NULL, or told of each socket; slower, for each option is read before and after. */
	void (*event)(void *data, const struct force_event *e);
	void *data;

	int status;        /* of the command, as wait(2) has it */
	int exec_code;     /* 0, or why the command was not run: ENOENT, EACCES */
	bool no_new_privs; /* no program of the command can gain privileges */
	pid_t left;        /* 0, or the process that goes on for those that are left behind */
	uint64_t sockets;  /* different ones that were reached and may have one of the options */
	uint64_t kept;     /* calls of setsockopt(2) that had no effect */
	uint64_t udp_made; /* UDP sockets that the command made itself, */
	uint64_t udp_seen; /* of which so many were reached */
	uint64_t rings;    /* io_uring_setup(2): what they connect and bind is not seen */
	uint64_t filters;  /* seccomp(2) with notification, of which a process can have one */
	struct force_misses missed;

	struct own_try tried; /* private: the last, for EVENT */
};

/*
 * Runs ARGV, found in the PATH, with the options forced, until it ends; passes signals on to it
 * that came to this process alone, and stops when it stops.  A process that it leaves behind is
 * served on by a child, LEFT, unless WAIT.  -1 with ERR_SYSTEM if the command was not started;
 * other systems than Linux cannot.
 */
int force_run(struct force *f, char *const *argv, struct err *err) MUST_CHECK;

/* "connect" */
const char *force_call_name(enum force_call call);

/* Frees the lists of F. */
void force_fini(struct force *f);

#endif
