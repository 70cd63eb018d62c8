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
	ECHO_MERGE = 1 << 6, /* results of the first four that others have saved */
};

#define ECHO_UNSET UINT64_MAX /* a time that was not given */

struct echo_client_options {
	bool seqpacket, dgram; /* with PATH; DGRAM sets UDP too, which means datagrams */
	bool udp, only4, only6, verbose, hex;
	const char *path;
	uint64_t timeout_ns;
	const char *bind, *tos;
	struct opt_strs sockopts;
	unsigned modes;

	/* --ping, --load */
	uint64_t interval_ns, duration_ns, busy_poll_ns;
	unsigned count, connections, threads, rate, seed;
	unsigned pipeline; /* 0: not given */
	const char *size;  /* "64", "64-1400" */
	bool connect, timestamping, histogram, live, quiet;
	const char *hdr; /* file for the histogram in HdrHistogram's form */
	const char *metrics;
	const char *save; /* file for the result, which ECHO_MERGE reads */
};

struct echo_client_config;
struct ping_tcp;
struct termios;

struct echo_session {
	struct cli *cli;
	const struct echo_client_options *opt;
	struct out *o;
	struct targets targets;
	size_t size_min, size_max;
	struct buf peer;   /* the server's address; empty for results of several servers */
	uint64_t begin_ns; /* since 1970 */
	uint64_t runs;     /* whose results are merged; 1: it is measured now */

	/* What is set on each socket */
	struct sa bind;
	bool probing; /* from any port: one that was just used cannot be so again for a while */
	struct value tos;
	struct sockset sockset;
	pthread_mutex_t lock; /* of SOCKSET */
};

/* ERR_USAGE if an option was given that the mode, or the pipe, has no use for. */
int echo_client_suits(const struct echo_client_options *opt, struct err *err) MUST_CHECK;

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

/* Appends its text to B, or sets column COL. */
void echo_client_put_peer(struct buf *b, const struct echo_session *s);
void echo_client_peer_column(struct out *o, unsigned col, const struct echo_session *s);

/*
 * A socket that is connected to SA, that address.  -1 if there is none, for the reason of the last
 * one; ERR is of no kind if a signal came.
 */
int echo_client_open(struct echo_session *s, uint64_t timeout_ns, struct sa *sa,
		     struct err *err) MUST_CHECK;

/* SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET. */
int echo_client_type(const struct echo_session *s);

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

/* Appends bytes a second in readable units, "3.04 kB/s". */
void echo_client_put_bandwidth(struct buf *b, uint64_t bytes);

/* One thing that is counted in a mode's result. */
struct echo_counted {
	size_t offset;     /* of the uint64_t in the result */
	const char *words; /* behind its number in the summary, if it is not 0; or NULL */
	const char *name;  /* of its metric, or NULL */
	const char *help;
	const char *noun; /* between the number and the words, or NULL */
};

static inline uint64_t echo_counted_value(const void *result, const struct echo_counted *c)
{
	return *(const uint64_t *)((const char *)result + c->offset);
}

/* Appends ", 3 lost" for each of the N that has words and is not 0. */
void echo_client_put_counts(struct buf *b, const void *result, const struct echo_counted *counted,
			    size_t n);

/* --histogram and --hdr, of H. */
int echo_client_draw(struct echo_session *s, const struct hist *h);

/*
 * --metrics: written at the begin, so that a file that cannot be is told before anything is
 * measured, then each second, and at the end.  Each does nothing without the option.
 */
struct echo_metrics {
	struct echo_session *s;
	const struct echo_counted *counted, *timed; /* TIMED: the offsets are of struct hist */
	size_t ncounted, ntimed;
	bool failed;
	uint64_t next_ns;
};
int echo_metrics_begin(struct echo_metrics *m, const void *result) MUST_CHECK;
void echo_metrics_tick(struct echo_metrics *m, const void *result);
int echo_metrics_end(struct echo_metrics *m, const void *result) MUST_CHECK;

/*
 * Appends a line with a bar for each eighth of a power of two, or a larger part if there would be
 * many; more than three without a value are one line.
 */
void echo_client_put_bars(struct buf *b, const struct hist *h, bool utf8);

#define LIVE_NONE UINT64_MAX /* among values: nothing came back */

enum {
	LIVE_LINES = 4,
	LIVE_TICK_NS = 250000000,
};

/* What --live draws. */
struct echo_live_view {
	const char *head;       /* counts, in words */
	const uint64_t *values; /* the newest last: durations, or bytes a second */
	size_t n;
	bool bandwidth;
	const struct hist *recent, *all; /* an empty one has no line */
};

/* Appends a line of N characters, each as high as its value among them; "x" for LIVE_NONE. */
void echo_client_put_spark(struct buf *b, const uint64_t *values, size_t n, bool utf8);

/*
 * Appends what makes the terminal, WIDTH x HEIGHT characters, show V in place of what was drawn
 * last; the cursor is at the begin of its first line then.
 */
void echo_client_frame(struct buf *b, const struct echo_live_view *v, unsigned width,
		       unsigned height, bool utf8);

/*
 * The state of --live; NULL without the option, or without a terminal to draw on, which a note
 * tells: then nothing is drawn.  Draws on standard error, at most each LIVE_TICK_NS, and measures
 * the terminal each time.
 */
struct echo_live;
struct echo_live *echo_live_open(struct echo_session *s);
void echo_live_add(struct echo_live *l, uint64_t value);
void echo_live_draw(struct echo_live *l, const char *head, const struct hist *all, bool bandwidth);
void echo_live_clear(struct echo_live *l); /* before other output */
void echo_live_close(struct echo_live *l);

/* The drawing is in place of the lines that come while it is measured: both are on the terminal. */
bool echo_live_hides(const struct echo_live *l);

/* Appends what TCP has measured. */
void echo_client_put_tcp(struct buf *b, const struct ping_tcp *tcp);

/* The commands behind ^] on the terminal that is CONFIG's input, as it was BEFORE. */
void echo_client_console_open(struct echo_client_config *config, struct termios *before);
void echo_client_console_close(const struct echo_client_config *config,
			       const struct termios *before);

/* The modes. */
int echo_client_ping(struct echo_session *s);
int echo_client_load(struct echo_session *s);
int echo_client_check(struct echo_session *s);
int echo_client_merge(struct echo_session *s, int argc, char **argv);

struct load_result;
struct ping_result;

/* Prints what was measured, here or elsewhere, in every form that was asked for; judges it. */
int echo_client_load_report(struct echo_session *s, const struct load_result *result) MUST_CHECK;
int echo_client_ping_report(struct echo_session *s, const struct ping_result *result) MUST_CHECK;

/* --save, of the one of LOAD and PING that is not NULL. */
int echo_client_save(struct echo_session *s, const struct load_result *load,
		     const struct ping_result *ping) MUST_CHECK;

/* The result goes to standard output in place of the report. */
bool echo_client_saves_only(const struct echo_session *s);

extern const struct command_view echo_client_ping_view, echo_client_load_view,
	echo_client_check_view;

#endif
