/* SPDX-License-Identifier: MIT */
/*
 * activate.h - a server whose sockets are opened by who starts it: systemd, or a shell
 *
 * The protocol of sd_listen_fds(3) and sd_notify(3), of which two environment variables and one
 * datagram are all: LISTEN_PID and LISTEN_FDS say that descriptors 3 and up are sockets for
 * this process, NOTIFY_SOCKET where "READY=1" goes.
 */
#ifndef NETIPC_ECHO_ACTIVATE_H
#define NETIPC_ECHO_ACTIVATE_H

#include <stdbool.h>

#include "net/sa.h"

enum {
	ACTIVATE_FIRST = 3, /* the first descriptor */
	ACTIVATE_MAX = 1024,
};

/*
 * How many descriptors are handed over, from the texts of LISTEN_PID and LISTEN_FDS (NULL: not
 * set); 0 if they are for another process.  -1 with ERR_USAGE if a text is no number.
 */
int activate_count(const char *pid, const char *fds, struct err *err) MUST_CHECK;

/* A socket that was handed over. */
struct activate_socket {
	int fd;
	int type;       /* SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET */
	bool connected; /* it is one connection (Accept=yes, inetd), not a listener */
	struct sa sa;   /* its own address */
};

/*
 * Looks what descriptor FD is and makes it non-blocking and close-on-exec.  -1 with ERR_USAGE if
 * it is no socket, a stream that neither listens nor is connected, or datagrams that are connected.
 */
int activate_take(struct activate_socket *s, int fd, struct err *err) MUST_CHECK;

/*
 * Sends TEXT ("READY=1\nSTATUS=...") to PATH, the text of NOTIFY_SOCKET: a path, or an abstract
 * name behind @.  NULL does nothing.
 */
int activate_notify(const char *path, const char *text, struct err *err) MUST_CHECK;

#endif
