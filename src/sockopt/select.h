/* SPDX-License-Identifier: MIT */
/*
 * select.h - which live sockets a user means
 *
 *	812          all of process 812
 *	812:11       its descriptor 11
 *	nginx        all of the processes of that name; name=812 if it looks like something else
 *	:5432        the local port; ADDR:5432 and ADDR the local address as well
 *	*-:443       the peer's port; A:80-B:5000 both ends
 *	ino=45012    the inode
 *	unix:/path   a UNIX socket bound there, unix:@name in the abstract namespace
 *	fd=3         descriptor 3 that this process was started with
 */
#ifndef NETIPC_SOCKOPT_SELECT_H
#define NETIPC_SOCKOPT_SELECT_H

#include "net/sa.h"
#include "sockopt/live.h"
#include "sockopt/snapshot.h"

enum selector_kind {
	SELECT_ALL,
	SELECT_PID,
	SELECT_NAME,
	SELECT_ENDS,
	SELECT_INODE,
	SELECT_UNIX,
	SELECT_FD,
};

/* One end of a connection. */
struct selector_end {
	bool has_ip, has_port;
	struct ip ip;
	uint16_t port; /* host order */
};

struct selector {
	enum selector_kind kind;
	pid_t pid;
	int fd;           /* of PID, -1 for all; of this process for SELECT_FD */
	const char *name; /* borrowed from the text */
	uint64_t inode;
	struct selector_end local, peer;
	struct endpoint path; /* of SELECT_UNIX */
};

/* Reads TEXT, which must live as long as S.  ERR_USAGE. */
int selector_parse(struct selector *s, const char *text, struct err *err) MUST_CHECK;

/* Descriptor H of process P may be meant, as far as that is known without opening it. */
bool selector_takes_holder(const struct selector *s, const struct live_process *p,
			   const struct live_holder *h);

/* A socket with these ends is meant; an end that it does not have is NULL. */
bool selector_takes_ends(const struct selector *s, const struct sa *local, const struct sa *peer);

#endif
