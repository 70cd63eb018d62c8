/* SPDX-License-Identifier: MIT */
/* client_impl.h - the parts of the echo client: private to echo/ */
#ifndef NETIPC_ECHO_CLIENT_IMPL_H
#define NETIPC_ECHO_CLIENT_IMPL_H

#include "base/buf.h"
#include "echo/client.h"
#include "echo/window.h"
#include "ev/loop.h"
#include "net/sock.h"

enum {
	CLIENT_BLOCK = 65536,    /* bytes of one call */
	CLIENT_WINDOW = 4 << 20, /* bytes of a stream that may be on their way */
	CLIENT_RECENT = 16,      /* datagrams that are remembered, to know late answers */
};

struct client;

/* What streams and datagrams do differently. */
struct client_ops {
	void (*begin)(struct client *c); /* connected */
	void (*read)(struct client *c);  /* the input is readable */
	void (*sock)(struct client *c, unsigned ready);
	void (*due)(struct client *c);    /* the timer */
	void (*settle)(struct client *c); /* after each event: what is waited for next */
	void (*end)(struct client *c);    /* fills the result, frees */
};

/* A datagram that is over. */
struct client_past {
	size_t len;
	uint64_t hash;
};

struct client {
	const struct echo_client_config *config;
	const struct client_ops *ops;
	struct loop *loop;
	struct loop_fd sock, in, out;
	struct loop_timer timer;
	struct echo_result result;

	size_t tried; /* addresses */
	bool connecting, done, failed;
	struct err err; /* if FAILED */
	uint64_t start_ns, progress_ns;
	bool in_end;
	char block[CLIENT_BLOCK];

	struct buf printing; /* what OUT has not taken yet, from PRINTED on */
	size_t printed, print_max;
	int reopened; /* the output, if it is a pipe: it does not block */

	/* Streams */
	struct window window;
	bool shut, peer_end;
	int send_errno; /* why nothing can be sent any more, or 0 */

	/* Datagrams */
	struct buf lines; /* of the input; the datagram on its way stands in front */
	size_t flying;    /* its length, 0 if there is none */
	bool unsent;      /* the system did not take it yet */
	uint64_t before;  /* bytes of those that are over */
	struct client_past past[CLIENT_RECENT];
	unsigned npast;
};

extern const struct client_ops client_stream, client_datagram;

/* Ends the work for the reason in C->err. */
void client_fail(struct client *c);

/* Connects to the next address, or fails if there is none. */
void client_next_address(struct client *c);

/* Puts the N bytes at DATA in line to be printed. */
void client_print(struct client *c, const char *data, size_t n);

/* All that was to be printed is. */
bool client_printed(const struct client *c);

/* Reads at most N bytes of the input: how many; 0 also at its end, which is noted. */
size_t client_read(struct client *c, char *where, size_t n);

/* What the input and the socket wait for, and the output by itself. */
void client_want(struct client *c, unsigned in, unsigned sock);

/* The address of the peer, for messages. */
const struct sa *client_address(const struct client *c);

#endif
