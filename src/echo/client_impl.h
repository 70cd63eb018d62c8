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
	CLIENT_BLOCK = 256 << 10, /* bytes of one call */
	CLIENT_PIPE = 1 << 20,    /* bytes that pipes on both sides should have room for */
	CLIENT_WINDOW = 1 << 20,  /* bytes of a stream that may be on their way, at first */
	CLIENT_WINDOW_MAX = 4 << 20,
	CLIENT_RECENT = 16, /* datagrams that are remembered, to know late answers */
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

	size_t tried;   /* addresses */
	struct sa peer; /* that is connected to, or the present one */
	bool connecting, done, failed;
	struct err err; /* if FAILED */
	uint64_t start_ns, progress_ns;
	bool in_end;
	char block[CLIENT_BLOCK];

	const char *rest; /* what OUT has not taken yet, NREST bytes, here or there */
	size_t nrest, print_max;
	struct buf printing; /* of a terminal: with what could act on it escaped */
	int reopened;        /* the output, if it is a pipe: it does not block */
	int pass[2];         /* a pipe, or -1 */
	bool direct;         /* OUT takes what it can at once, or fails */

	uint64_t there, back; /* bytes in the hex dump */

	struct buf commands; /* lines; the one from COMMAND on is not finished while COMMANDING */
	size_t command;
	bool commanding;

	/* Streams */
	struct window window;
	bool shut, peer_end;
	int send_errno;           /* why nothing can be sent any more, or 0 */
	struct client_feed *feed; /* does the sending, or NULL */

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

/* How much the output takes without a wait; and the end of it. */
void client_print_open(struct client *c);
void client_print_close(struct client *c);

/* Writes what is in line and OUT takes. */
void client_print_more(struct client *c);

/* Prints the N bytes at DATA, which stay there until client_printed(). */
void client_print(struct client *c, const char *data, size_t n);

/* All that was to be printed is. */
bool client_printed(const struct client *c);

/*
 * Passes what was received to the output, and has it in the block too: how much, of which PRINTED
 * bytes are printed.  0 if nothing was received, for whatever reason, -1 if it failed.
 */
ssize_t client_pass(struct client *c, size_t *printed);
void client_pass_open(struct client *c);
void client_pass_close(struct client *c);

/* With a hex dump, what is going to be sent. */
void client_print_sent(struct client *c, const char *data, size_t n);

/* Takes commands out of the N bytes at DATA: how many are left.  And runs them. */
size_t client_console_take(struct client *c, char *data, size_t n);
void client_console_run(struct client *c);

/* Reads at most N bytes of the input: how many; 0 also at its end, which is noted. */
size_t client_read(struct client *c, char *where, size_t n);

/*
 * Has a thread of its own read the input and send it; false if there can be none.  SHUT, IN_END,
 * SEND_ERRNO, PROGRESS_NS and the window are as at the last meeting; all that was taken counts as
 * sent.
 */
bool client_feed_start(struct client *c);
void client_feed_meet(struct client *c);

/* Ends it; false if that cannot be waited for: the ring remains its own. */
bool client_feed_end(struct client *c);

/* What the input and the socket wait for, and the output by itself. */
void client_want(struct client *c, unsigned in, unsigned sock);

/* The address of the peer, for messages. */
const struct sa *client_address(const struct client *c);

#endif
