/* SPDX-License-Identifier: MIT */
/*
 * diag.h - the kernel's own list of sockets (NETLINK_SOCK_DIAG, sock_diag(7))
 *
 * It has the sockets of this network namespace, of every process, and needs no permission; of
 * their options it tells a few.
 */
#ifndef NETIPC_SOCKOPT_DIAG_H
#define NETIPC_SOCKOPT_DIAG_H

#include "net/sa.h"
#include "sockopt/value.h"

enum {
	DIAG_VALUES = 24, /* options that it tells at most */
};
#define DIAG_NO_UID UINT32_MAX

/* An option's value as far as the kernel's list has it. */
struct diag_value {
	int level, number;
	size_t len;
	const void *bytes; /* in the message, or in NUMBERS */
};

struct diag_socket {
	int family, type, protocol;
	uint64_t inode; /* 0 for one that no process has */
	uint32_t uid;   /* DIAG_NO_UID: an older kernel does not tell it of UNIX sockets */
	int state;      /* of enum snapshot_state */
	bool has_local, has_peer;
	struct sa local, peer;
	size_t n; /* of VALUES */
	struct diag_value values[DIAG_VALUES];
	int numbers[DIAG_VALUES]; /* private */
};

/*
 * Calls EACH with CTX for every TCP, UDP and UNIX socket of this network namespace, with its
 * options if OPTIONS.  A kind of socket that this kernel cannot list is left out.  -1 if the kernel
 * cannot be asked at all.
 */
int diag_each(bool options, void (*each)(void *ctx, const struct diag_socket *s), void *ctx,
	      struct err *err) MUST_CHECK;

/*
 * Reads the N bytes at DATA, the payload of one message about a socket of FAMILY and PROTOCOL (of
 * TYPE for UNIX sockets the message tells): false if they are not what the kernel sends.
 */
bool diag_parse(struct diag_socket *s, int family, int protocol, const void *data, size_t n);

#endif
