/* SPDX-License-Identifier: MIT */
/* echo_server_impl.h - the parts of netipc echo-server: private to cmd/echo_server*.c */
#ifndef NETIPC_CMD_ECHO_SERVER_IMPL_H
#define NETIPC_CMD_ECHO_SERVER_IMPL_H

#include <pthread.h>
#include <stdatomic.h>

#include "cli/command.h"
#include "cmd/sockset.h"
#include "cmd/target.h"
#include "echo/server.h"
#include "ev/workers.h"

#define ECHO_UNSET UINT64_MAX /* a number that was not given */

enum {
	ECHO_ANSWERS =
		100000, /* datagrams a second to one address, unless another number is given */
};

enum {
	MODEL_EVENTS,
	MODEL_FORK,
};

struct echo_server_options {
	bool tcp, udp, seqpacket, dgram, only4, only6, quiet;
	struct opt_strs paths, sockopts;
	unsigned backlog, threads;
	int model;
	uint64_t busy_poll_ns;

	unsigned max_connections;
	uint64_t idle_ns, max_rate, max_answers, drain_ns;
	bool any_source;

	const char *user;
	bool no_sandbox;

	uint64_t stats_ns;
	const char *metrics;

	uint64_t delay_ns, jitter_ns, chunk, reset_after, close_after, stall;
	const char *loss, *duplicate, *reorder, *corrupt; /* shares */
	unsigned seed;
};

/* Addresses for one type of socket. */
struct wanted {
	int type;
	struct targets targets;
};
struct wanteds VEC(struct wanted);

/* One thread's server. */
struct part {
	struct workers_job job; /* first */
	struct service *service;
	struct echo_server_config config;
	struct echo_server *server;

	/* Of the threads but the first: guarded by the service's lock. */
	pthread_t thread;
	bool running;
	unsigned asked; /* the last time that its counters were asked for and given */
	struct echo_counters counters;
	int rc;
	struct err err;
};

/* The running server. */
struct service {
	struct cli *cli;
	const struct echo_server_options *opt;
	struct out *o;
	struct wanteds wanted;
	struct fault_config fault;
	struct sockset sockset;
	bool streams, datagrams; /* are served */
	const char *notify;      /* the text of NOTIFY_SOCKET, or NULL */

	struct part *parts;
	unsigned nparts;
	struct workers *workers; /* the threads but the first, or NULL */
	sigset_t mask;           /* while the first waits */
	int signal_fd;           /* tells of signals: 0 if it waits with MASK */
	sigset_t quiet_mask;     /* while the others wait */
	pthread_t first;
	atomic_bool ending;  /* the others shall end */
	atomic_bool failed;  /* one of the others has */
	atomic_uint asked;   /* how often the others' counters have been asked for */
	atomic_uint missing; /* the others that have not answered */
	bool stopping;       /* has been told */

	/* What waits for the counters. */
	bool want_line, want_metrics;
	uint64_t next_line_ns;
	bool metrics_failed;

	pthread_mutex_t lock; /* of what is printed, and of the parts */
	bool deaf;            /* the records cannot be written: none is tried any more */
	bool told;            /* that lines are left out */
	uint64_t left_out;
};

/* Prints the ready line of listener I. */
int echo_server_ready(struct service *v, size_t i, struct err *err) MUST_CHECK;

/* Prints what happened, unless nobody reads it. */
void echo_server_event(struct service *v, const struct echo_event *e);

/* Prints C on standard error: RUNNING or as the last thing. */
void echo_server_count(struct service *v, const struct echo_counters *c, bool running);

/* Writes C to the file of --metrics. */
int echo_server_metrics(struct service *v, const struct echo_counters *c,
			struct err *err) MUST_CHECK;

/* Listens, serves until the end, and tells what was done. */
int echo_server_serve(struct service *v) MUST_CHECK;

#endif
