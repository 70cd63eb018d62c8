/* SPDX-License-Identifier: MIT */
/* echo_client_impl.h - the parts of netipc echo-client: private to cmd/echo_client*.c */
#ifndef NETIPC_CMD_ECHO_CLIENT_IMPL_H
#define NETIPC_CMD_ECHO_CLIENT_IMPL_H

#include <pthread.h>

#include "cli/command.h"
#include "cmd/sockset.h"
#include "cmd/target.h"
#include "ev/hist.h"

/* What is done, one bit each in the options' MODES; none: the pipe. */
enum {
	ECHO_PING = 1 << 0,
	ECHO_LOAD = 1 << 1,
	ECHO_BULK = 1 << 2,
	ECHO_CHURN = 1 << 3,
	ECHO_CHECK = 1 << 4,
	ECHO_FLAGS = 1 << 5,
};

#define ECHO_UNSET UINT64_MAX /* a time that was not given */

struct echo_client_options {
	bool udp, only4, only6, verbose;
	const char *path;
	uint64_t timeout_ns;
	const char *bind, *tos;
	struct opt_strs sockopts;
	unsigned modes;

	/* --ping, --load */
	uint64_t interval_ns, duration_ns, busy_poll_ns;
	unsigned count, connections, pipeline, threads, rate, seed;
	const char *size; /* "64", "64-1400" */
	bool connect, timestamping, histogram, quiet;
	const char *hdr; /* file for the histogram in HdrHistogram's form */
};

struct echo_session {
	struct cli *cli;
	const struct echo_client_options *opt;
	struct out *o;
	struct targets targets;
	size_t size_min, size_max;

	/* What is set on each socket */
	struct sa bind;
	bool probing; /* from any port: one that was just used cannot be so again for a while */
	struct value tos;
	struct sockset sockset;
	pthread_mutex_t lock; /* of SOCKSET */
};

/* Parses --size; DEFAULT if it was not given. */
int echo_client_size(struct echo_session *s, size_t least, size_t most, size_t fallback,
		     struct err *err) MUST_CHECK;

/* Reads --bind, --tos and --sockopt; leaves the addresses that --bind can reach. */
int echo_client_socket_read(struct echo_session *s, struct err *err) MUST_CHECK;
int echo_client_socket_targets(struct echo_session *s, struct err *err) MUST_CHECK;

/* Sets them on FD, before it connects; for any thread. */
int echo_client_prepare(struct echo_session *s, int fd, struct err *err) MUST_CHECK;

/* Asked by the engines: a signal has come. */
bool echo_client_stop(void *ctx);

/* The address that is used: the first that takes a connection, as RFC 8305 finds it. */
int echo_client_address(struct echo_session *s, struct sa *sa, struct err *err) MUST_CHECK;

/*
 * A socket that is connected to SA, that address.  -1 if there is none, for the reason of the last
 * one; ERR is of no kind if a signal came.
 */
int echo_client_open(struct echo_session *s, uint64_t timeout_ns, struct sa *sa,
		     struct err *err) MUST_CHECK;

/* The time-out, FALLBACK_NS if none was given. */
uint64_t echo_client_timeout(const struct echo_session *s, uint64_t fallback_ns);

/* Columns of a histogram, which a view has one behind the other from its MIN on. */
enum {
	HIST_MIN,
	HIST_MEAN,
	HIST_P50,
	HIST_P90,
	HIST_P99,
	HIST_P999,
	HIST_MAX,
	HIST_COLS,
};
#define ECHO_HIST_COLS(first)                                                                      \
	[(first) + HIST_MIN] = { "min_s", OUT_SECS, "the shortest round trip", true },             \
		   [(first) + HIST_MEAN] = { "mean_s", OUT_SECS, "the mean", true },               \
		   [(first) +                                                                      \
			   HIST_P50] = { "p50_s", OUT_SECS, "half of all took no longer", false }, \
		   [(first) + HIST_P90] = { "p90_s", OUT_SECS, "90 % took no longer", true },      \
		   [(first) + HIST_P99] = { "p99_s", OUT_SECS, "99 % took no longer", false },     \
		   [(first) + HIST_P999] = { "p999_s", OUT_SECS, "99.9 % took no longer", false }, \
		   [(first) + HIST_MAX] = { "max_s", OUT_SECS, "the longest", false }
void echo_client_hist(struct out *o, unsigned first, const struct hist *h);

/* Appends "min 12 us, p50 ..." with a newline; nothing for an empty one. */
void echo_client_put_hist(struct buf *b, const char *what, const struct hist *h);

/* Appends a duration in readable units, "41.2 us". */
void echo_client_put_time(struct buf *b, uint64_t ns);

/* --histogram and --hdr, of H. */
int echo_client_draw(struct echo_session *s, const struct hist *h);

/* The modes. */
int echo_client_ping(struct echo_session *s);
int echo_client_load(struct echo_session *s);
int echo_client_check(struct echo_session *s);

extern const struct command_view echo_client_ping_view, echo_client_load_view,
	echo_client_check_view;

#endif
