/* SPDX-License-Identifier: MIT */
/*
 * server.h - the echo service (RFC 862): TCP, UDP, UNIX sockets
 *
 * One thread, one event loop.  Every byte that is received goes back, in order, also after
 * the client's half-close and while the server ends.  An idle connection holds no buffer;
 * one whose peer does not read holds one of 64 KiB and is not read from until it is empty,
 * so memory is bounded whatever clients do.
 */
#ifndef NETIPC_ECHO_SERVER_H
#define NETIPC_ECHO_SERVER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "echo/activate.h"
#include "echo/fault.h"
#include "net/sa.h"

enum echo_event_kind {
	ECHO_CONNECTED,
	ECHO_DISCONNECTED,
	ECHO_CROWDED, /* connections cannot be taken; told once a minute at most */
};

struct echo_event {
	enum echo_event_kind kind;
	const struct sa *address; /* of the listener */
	const struct sa *peer;    /* NULL for ECHO_CROWDED */
	uint64_t bytes;           /* echoed on the connection */
	const char *error;        /* why it ended or cannot be taken; NULL if all went well */
};

struct echo_server_config {
	unsigned backlog; /* of listen(2) */
	bool v6only;      /* an IPv6 listener takes no IPv4 */
	bool reuse_port;  /* several servers share an address, a thread each (SO_REUSEPORT) */
	unsigned max_connections; /* more wait to be taken; 0: no limit */
	uint64_t idle_ns;         /* a connection that is silent for so long is closed; 0: never */
	uint64_t max_rate;        /* bytes a second that a peer's address is served; 0: no limit */
	uint64_t max_answers;     /* datagrams a second to one address; 0: no limit */
	bool free_loopback;       /* MAX_ANSWERS does not hold for loopback addresses */
	bool any_source;  /* answers datagrams from reserved ports too, which may make a loop */
	uint64_t spin_ns; /* of loop_spin() */
	struct fault_config fault; /* what is done wrong */
	uint64_t drain_ns;         /* how long echo_server_run() may go on after STOP */
	const char *backend;       /* of the event loop; NULL for the best */
	const sigset_t *mask;      /* of signals while the loop waits, or NULL */
	int signal_fd; /* can be read after a signal, to end a wait; 0: MASK lets them in */

	bool (*stop)(void *ctx); /* asked before each wait: end now */

	/* Sets what else is wanted of a listener, before bind(2), or of a connection; or NULL. */
	int (*prepare)(void *ctx, int fd, bool listener, struct err *err);

	/* Called every TURN_NS, and at each signal; or NULL. */
	void (*turn)(void *ctx);
	uint64_t turn_ns;

	void (*event)(void *ctx, const struct echo_event *event);
	void *ctx;
};

struct echo_counters {
	uint64_t connections; /* taken */
	uint64_t refused;     /* closed at once for want of a descriptor */
	uint64_t failed;      /* ended by an error of the peer or the network */
	uint64_t bytes;       /* returned, of both kinds */
	uint64_t datagrams;   /* returned */
	uint64_t timed_out;   /* closed because they were silent */
	uint64_t open;        /* now */
	uint64_t
		unanswered; /* datagrams that must not be answered: the source or the destination */
	uint64_t limited;   /* datagrams over the limit of their source */
	uint64_t dropped;   /* datagrams that could not be answered */
	struct fault_counters faults;
};

struct echo_server;

/* A server without listeners; CONFIG must outlive it.  End with echo_server_free(). */
struct echo_server *echo_server_new(const struct echo_server_config *config,
				    struct err *err) MUST_CHECK;

/* Closes all, removes the socket files, frees.  NULL is allowed. */
void echo_server_free(struct echo_server *server);

/*
 * Listens on the N addresses SA for TYPE: SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET.  If port 0 is
 * asked for, all get the same port, which the system chooses.  An address of a family that this
 * machine has not is passed over, unless none is left; [::] becomes 0.0.0.0 there (with V6ONLY it
 * does not).
 */
int echo_server_listen(struct echo_server *server, int type, const struct sa *sa, size_t n,
		       struct err *err) MUST_CHECK;

/* Takes over what was opened by another: a listener, or one connection. */
int echo_server_adopt(struct echo_server *server, const struct activate_socket *socket,
		      struct err *err) MUST_CHECK;

/* The address of listener I as getsockname(2) has it, or NULL behind the last; its type. */
const struct sa *echo_server_address(const struct echo_server *server, size_t i);
int echo_server_type(const struct echo_server *server, size_t i);

/*
 * Serves until CONFIG->stop, then drains: what waits on the listeners is taken, they are
 * closed, what is received is returned, and each connection that has been quiet for a tenth of a
 * second is closed when its peer has all, at the latest after CONFIG->drain_ns.  -1 only if the
 * system cannot wait for events.
 */
int echo_server_run(struct echo_server *server, struct err *err) MUST_CHECK;

const struct echo_counters *echo_server_counters(const struct echo_server *server);

/* Adds FROM to SUM. */
void echo_counters_add(struct echo_counters *sum, const struct echo_counters *from);

/*
 * The lecture's server, to compare with: a process for each connection, which blocks.  Serves the
 * first listener, a stream, until CONFIG->stop after a signal; then as echo_server_run().  Of the
 * limits only max_connections holds.
 */
int echo_server_run_fork(struct echo_server *server, struct err *err) MUST_CHECK;

#endif
