/* SPDX-License-Identifier: MIT */
/* live_impl.h - what the two parts of live.h share: private to sockopt/ */
#ifndef NETIPC_SOCKOPT_LIVE_IMPL_H
#define NETIPC_SOCKOPT_LIVE_IMPL_H

#include "sockopt/live.h"

#define LIVE_NONE "live sockets need Linux 5.6 (pidfd_getfd)"

/* pidfd_open(2) and pidfd_getfd(2): -1 with errno. */
int live_pidfd(pid_t pid);
int live_copy(int pidfd, int fd);

/*
 * The inode of "KIND:[N]" that the link FILE of folder DIR says, 0 if it says else; -1 with
 * errno.
 */
int64_t live_link(int dir, const char *file, const char *kind);

#endif
