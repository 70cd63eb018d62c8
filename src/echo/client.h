/* SPDX-License-Identifier: MIT */
/*
 * client.h - sends what it reads to an echo service, prints what returns, compares the two
 *
 * It sends and receives at the same time, so that neither side waits for the other.  At
 * the end of its input it shuts down its sending half and waits for the rest.  Of what is
 * on its way at most a few MiB are kept.  Datagrams, and the records of SOCK_SEQPACKET, are sent
 * one at a time: each is a line of the input, with its newline.
 */
#ifndef NETIPC_ECHO_CLIENT_H
#define NETIPC_ECHO_CLIENT_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "echo/ping.h"
#include "net/sa.h"

enum {
	/* With every header it goes through any path of today's networks in one piece. */
	ECHO_DATAGRAM_MAX = 1400,
};

struct client;

struct echo_client_config {
	int type;                   /* SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET */
	const struct sa *addresses; /* of the service: tried in this order, unless there is OPEN */
	size_t naddresses;
	int in;       /* what is sent */
	int out;      /* where what returns is printed; -1: nowhere */
	bool threads; /* a stream: a thread may read IN and send */
	bool safe;    /* OUT is a terminal: escape what could act on it */
	bool hex;     /* print what is sent and what returns as a hex dump; no THREADS */
	char escape;  /* what follows this byte in a line of the input is a command; 0: none */
	uint64_t timeout_ns;  /* the longest wait for the peer; 0: none */
	const char *backend;  /* of the event loop; NULL for the best */
	const sigset_t *mask; /* of signals while the loop waits, or NULL */

	bool (*stop)(void *ctx); /* asked before each wait: end now */
	/* ERR is why the address SA is not used; another follows. */
	void (*failed)(void *ctx, const struct sa *sa, const struct err *err);
	int (*prepare)(void *ctx, int fd, struct err *err); /* before it connects; or NULL */
	/* A socket that is connected to PEER, of the calling thread's making; or NULL. */
	int (*open)(void *ctx, struct sa *peer, struct err *err);
	void (*connected)(void *ctx, const struct sa *local, const struct sa *peer);
	/* With ESCAPE: it was read; and its LINE of N bytes, for which there is echo_console_*().
	 */
	void (*prompt)(void *ctx);
	void (*command)(void *ctx, struct client *client, const char *line, size_t n);
	void *ctx;
};

enum echo_verdict {
	ECHO_UNKNOWN,   /* it failed or was stopped before that was known */
	ECHO_EQUAL,     /* all that was sent came back */
	ECHO_DIFFERENT, /* at OFFSET came GOT for WANT */
	ECHO_EXTRA,     /* at OFFSET came GOT, which was not sent */
	ECHO_MISSING,   /* the peer closed, and MISSING bytes had not come; a datagram was cut */
	ECHO_CLOSED,    /* the peer closed before the end of the input; MISSING as above */
	ECHO_LOST,      /* datagrams: LOST of them had no answer in time */
};

struct echo_result {
	enum echo_verdict verdict; /* the first that holds */
	uint64_t offset, missing;
	int want, got;
	bool connected;
	struct sa local, peer;
	uint64_t connect_ns; /* from the start to the connection */
	uint64_t elapsed_ns; /* from the start to the end */
	uint64_t sent, received;
	uint64_t datagrams, lost;
	struct ping_tcp tcp; /* of a TCP connection, at its end */
	uint64_t late;       /* answers that came too late, or twice */
};

/*
 * Does all of it and fills RESULT, also on failure.  -1 if it could not connect (with the
 * reason of the last address), the connection broke, the peer was silent for longer than
 * the time-out, or input or output failed.  The verdict may be known all the same: what
 * was different before that.
 */
int echo_client_run(const struct echo_client_config *config, struct echo_result *result,
		    struct err *err) MUST_CHECK;

/* Nothing more is sent: the same as the end of the input. */
void echo_console_shut(struct client *client);

/* Sends BYTE as urgent data, which is no part of the stream. */
int echo_console_urgent(struct client *client, unsigned char byte, struct err *err) MUST_CHECK;

/* Ends it; what did not come back is not waited for. */
void echo_console_quit(struct client *client);

/* The result as it is now; times and verdict are open. */
void echo_console_status(struct client *client, struct echo_result *result);

#endif
