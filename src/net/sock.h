/* SPDX-License-Identifier: MIT */
/*
 * sock.h - sockets: open, bind, listen, accept, connect, names
 *
 * Every descriptor made here is non-blocking and close-on-exec from birth.  An error
 * names the call and the address.
 */
#ifndef NETIPC_NET_SOCK_H
#define NETIPC_NET_SOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "net/sa.h"

/* A socket of the address family FAMILY and SOCK_STREAM or SOCK_DGRAM; -1 on error. */
int sock_open(int family, int type, struct err *err) MUST_CHECK;

/* How a server's socket is made. */
struct sock_server {
	int type;
	unsigned backlog; /* of listen(2), but for SOCK_DGRAM */
	bool v6only;      /* an IPv6 socket takes no IPv4 */
	bool reuse_port;  /* SO_REUSEPORT: several sockets share the address */

	/* Sets what else is wanted, before bind(2); or NULL. */
	int (*prepare)(void *ctx, int fd, struct err *err);
	void *ctx;
};

/*
 * A socket that is bound to SA, with SO_REUSEADDR for TCP, and listens if it is a stream.
 * IPV6_V6ONLY is set either way, whatever the system's default is.  For the path of a
 * UNIX socket see also sock_clear_path().
 */
int sock_listen(const struct sa *sa, const struct sock_server *how, struct err *err) MUST_CHECK;

/*
 * The next connection of listening socket FD, and its address in PEER.  -1 with errno,
 * as accept(2): it is for a loop that looks at each reason itself.
 */
int sock_accept(int fd, struct sa *peer);

/* Small pieces go out at once on FD, which is to be connected to SA: TCP_NODELAY; others need
 * nothing. */
int sock_nodelay(int fd, const struct sa *sa, int type, struct err *err) MUST_CHECK;

/*
 * Begins to connect FD to SA: 1 if it is connected, 0 if that is under way (wait until
 * FD is writable, then ask sock_connected()), -1 with ERR filled.
 */
int sock_connect(int fd, const struct sa *sa, struct err *err) MUST_CHECK;

/* How the connection to SA that sock_connect() began has ended. */
int sock_connected(int fd, const struct sa *sa, struct err *err) MUST_CHECK;

/* The address of FD's own end (getsockname) and of its peer (getpeername). */
int sock_local(int fd, struct sa *sa, struct err *err) MUST_CHECK;
int sock_peer(int fd, struct sa *sa, struct err *err) MUST_CHECK;

/* Bytes that were sent on TCP socket FD and that its peer has not acknowledged; 0 if unknown. */
size_t sock_unsent(int fd);

/* A socket file, to know it again. */
struct sock_file {
	uint64_t device, inode;
};

/*
 * Removes the socket file of UNIX address SA if nobody listens there: it was left by a
 * server that is gone.  Nothing there, or an abstract name, is no error; a file of another
 * type, and a socket that somebody listens on, is.
 */
int sock_clear_path(const struct sa *sa, struct err *err) MUST_CHECK;

/* Notes which file the bound UNIX address SA is; INODE is 0 if it is none. */
void sock_note_path(const struct sa *sa, struct sock_file *file);

/* Removes the file of SA if it is still FILE. */
void sock_remove_path(const struct sa *sa, const struct sock_file *file);

#endif
