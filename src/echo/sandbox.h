/* SPDX-License-Identifier: MIT */
/*
 * sandbox.h - a server gives up what it does not need
 *
 * After it has bound its sockets an echo server needs to receive and send, and nothing else: no
 * file, no new program, no other user, no new address.  What it gives up cannot be had again.
 */
#ifndef NETIPC_ECHO_SANDBOX_H
#define NETIPC_ECHO_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/*
 * Becomes the user NAME of the user database, or "UID:GID" in numbers: groups, group and user, in
 * this order, for good.  ERR_USAGE if there is no such user, ERR_SYSTEM if it is not permitted.
 */
int sandbox_become(const char *name, struct err *err) MUST_CHECK;

/* What is in force. */
struct sandbox {
	bool no_new_privs; /* prctl(2): no program can give rights */
	bool landlock;    /* landlock(7): no file but in the given folders, from ABI 4 on no bind or
			     connect of TCP */
	bool seccomp;     /* seccomp(2): the system calls of sandbox.def alone; others have EPERM */
	int landlock_abi; /* 0 if the kernel has none */
	bool instrumented; /* a build with sanitizers, whose runtime needs what would be given up */
};

/*
 * Enters the sandbox, in which files may be made, written, renamed and removed in the N folders
 * FOLDERS alone.  What the kernel does not have is left out and false in BOX.  -1 with ERR_SYSTEM
 * if it has it and refuses.  Threads that are started later are in it too; call it before that.
 */
int sandbox_enter(struct sandbox *box, const char *const *folders, size_t n,
		  struct err *err) MUST_CHECK;

/* The name of system call number I that stays permitted, from 0 on; NULL behind the last. */
const char *sandbox_call(size_t i);

#endif
