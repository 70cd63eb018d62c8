/* SPDX-License-Identifier: MIT */
/*
 * live.h - the sockets of running processes: who holds them, and a copy of one to look at
 *
 * live_scan() reads /proc, which takes nothing from anybody.  live_open() gets a duplicate of one
 * descriptor (pidfd_getfd(2), Linux 5.6).  While that is open the connection is not closed when
 * its owner closes it: it is for a few system calls, never across output.
 */
#ifndef NETIPC_SOCKOPT_LIVE_H
#define NETIPC_SOCKOPT_LIVE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/vec.h"

enum {
	LIVE_NAME = 17, /* bytes of a process's name, TASK_COMM_LEN, and one more */
};

struct live_process {
	pid_t pid;
	char name[LIVE_NAME]; /* any bytes but NUL; "" if unknown */
	uint64_t netns;       /* the inode of its network namespace, 0 if that may not be known */
	bool denied;          /* its descriptors may not be listed */
};

/* A descriptor that is a socket. */
struct live_holder {
	uint64_t inode;
	uint32_t process; /* which of the scan's */
	int fd;           /* its number in that process */
};

struct live_processes VEC(struct live_process);
struct live_holders VEC(struct live_holder);

/* Zero it before the first scan. */
struct live_scan {
	struct live_processes
		processes;           /* by process id; only those with sockets, and denied ones */
	struct live_holders holders; /* by inode, process, descriptor */
	size_t denied;               /* processes */
	size_t unnamed;              /* others of PROCESSES, whose names may not be known */
};

/*
 * Fills SCAN with every process of the folder PROC ("/proc") but this one.  What ends while it is
 * looked at is left out; what may not be looked at is denied.  ERR_SYSTEM if PROC or a process
 * cannot be read for another reason, or this is not Linux.
 */
int live_scan(struct live_scan *scan, const char *proc, struct err *err) MUST_CHECK;
void live_scan_fini(struct live_scan *scan);

/* What became of live_open(). */
enum live_outcome {
	LIVE_OPEN,
	LIVE_GONE,    /* process or descriptor are not there any more */
	LIVE_CHANGED, /* the descriptor is another socket, or none */
	LIVE_DENIED,  /* not permitted */
	LIVE_CLASS,   /* a copy would rewrite its net_cls or net_prio class */
	LIVE_FAILED,
};

/* Zero it, then set the first members. */
struct live_reader {
	const char *proc; /* "/proc" */
	bool force;       /* also what is LIVE_CLASS */
	bool no_signals;  /* the caller's thread takes none: none need be held back */

	pid_t pid; /* private from here: of PIDFD, 0 for none */
	int pidfd;
	bool looked, classes; /* this kernel's control groups may tag sockets; was that looked at */
	bool tagged;          /* those of PID differ from ours */
	bool masked;
	unsigned char mask[128];
};

/*
 * Opens a copy of descriptor FD of process PID, which is to be socket INODE, in *COPY.  Signals
 * that could stop or end this process are held back until live_close().  *CODE is the error number
 * if there is one behind the outcome, else 0.
 */
enum live_outcome live_open(struct live_reader *r, pid_t pid, int fd, uint64_t inode, int *copy,
			    int *code) MUST_CHECK;
void live_close(struct live_reader *r, int copy);

/* Closes what the reader keeps; it can be used again. */
void live_reader_fini(struct live_reader *r);

/*
 * Gives the calling thread a descriptor table that no other thread has, with what is open now.  The
 * kernel need not count the users of a descriptor then, which makes each call on one a sixth
 * faster.  What the thread opens from here on it has to close itself.  A system that cannot is
 * slower, and no more.
 */
void live_own_descriptors(void);

/* Which socket descriptor FD of process PID is now, or 0. */
uint64_t live_inode(const char *proc, pid_t pid, int fd);

/* The network namespace of PID as in struct live_process, 0 if unknown. */
uint64_t live_netns(const char *proc, pid_t pid);

/*
 * Opens a socket in the network namespace of process PID.  -1 with errno.
 */
int live_socket(const char *proc, pid_t pid, int family, int type, int protocol);

/* This process has CAP_SYS_PTRACE, in its own user namespace. */
bool live_privileged(const char *proc);

/* The kernel knows the calls: 0, or ERR_SYSTEM that says what is missing. */
int live_supported(struct err *err) MUST_CHECK;

#endif
