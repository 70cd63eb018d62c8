/* SPDX-License-Identifier: MIT */
/* echo_server_print.c - the lines of netipc echo-server, and its counters */
#include <poll.h>
#include <string.h>

#include "base/io.h"
#include "base/str.h"
#include "cmd/commands.h"
#include "cmd/echo_server_impl.h"
#include "cmd/metrics.h"

enum {
	LAST_WAIT_MS = 1000, /* for room on standard error at the end */
};

/* Columns, in the order of cmd_echo_server.cols. */
enum {
	COL_EVENT,
	COL_ADDRESS,
	COL_PEER,
	COL_BYTES,
	COL_ERROR,
	COL_KIND,
};

/* The name of the kind of listener I of SERVER: "tcp", "unix-dgram". */
static const char *kind_of(const struct echo_server *server, size_t i)
{
	bool local = echo_server_address(server, i)->u.sa.sa_family == AF_UNIX;

	switch (echo_server_type(server, i)) {
	case SOCK_STREAM:
		return local ? "unix" : "tcp";
	case SOCK_DGRAM:
		return local ? "unix-dgram" : "udp";
	case SOCK_SEQPACKET:
		return local ? "unix-seqpacket" : "sctp-seqpacket";
	default:
		return NULL;
	}
}

/*
 * FP takes a line without making us wait longer than that: a line is shorter than PIPE_BUF,
 * so a pipe with room has room for one.  O_NONBLOCK would also be set for whoever else has
 * the same open file.  An error is left to the write, which can tell it.
 */
static bool takes_line(FILE *fp, int timeout_ms)
{
	struct pollfd io = { .fd = fileno(fp), .events = POLLOUT };

	return poll(&io, 1, timeout_ms) != 0;
}

int echo_server_ready(struct service *v, size_t i, struct err *err)
{
	const struct echo_server *s = v->parts[0].server;
	const struct sa *address = echo_server_address(s, i);
	const char *kind = kind_of(s, i);
	char text[SA_STRLEN], *plain;
	int rc;

	if (out_is_text(v->o)) {
		sa_format(address, text);
		/* Where an address may be served in two ways, the line tells which. */
		if (v->opt->tcp && v->opt->udp)
			plain = xasprintf("ready %s %s\n", text, kind);
		else
			plain = xasprintf("ready %s\n", text);
		rc = out_text(v->o, plain, strlen(plain), err);
		free(plain);
	} else {
		out_str(v->o, COL_EVENT, "ready");
		target_column(v->o, COL_ADDRESS, address);
		out_str(v->o, COL_KIND, kind);
		rc = out_row(v->o, err);
	}
	return rc < 0 ? -1 : out_flush(v->o, err);
}

static int print(struct service *v, const struct echo_event *e, struct err *err)
{
	const char *word = e->kind == ECHO_CONNECTED ? "connected" : "disconnected";
	char text[SA_STRLEN], *plain;
	int rc;

	if (out_is_text(v->o)) {
		plain = xasprintf("%s from %s\n", word, sa_format(e->peer, text));
		rc = out_text(v->o, plain, strlen(plain), err);
		free(plain);
	} else {
		out_str(v->o, COL_EVENT, word);
		target_column(v->o, COL_ADDRESS, e->address);
		target_column(v->o, COL_PEER, e->peer);
		out_str(v->o, COL_ERROR, e->error);
		if (e->kind == ECHO_DISCONNECTED)
			out_uint(v->o, COL_BYTES, e->bytes);
		rc = out_row(v->o, err);
	}
	return rc < 0 ? -1 : out_flush(v->o, err);
}

/* Whoever reads the lines may stop to: an event is left out then, and the clients are served. */
static bool can_print(struct service *v)
{
	if (takes_line(v->cli->out, 0))
		return true;
	v->left_out++;
	if (!v->told && takes_line(v->cli->errors, 0)) {
		v->told = true;
		cli_note(v->cli, "standard output is not read: event lines are left out");
	}
	return false;
}

static void put_event(struct service *v, const struct echo_event *e)
{
	char text[SA_STRLEN];
	struct err err;

	if (e->kind == ECHO_CROWDED) {
		if (takes_line(v->cli->errors, 0))
			cli_note(v->cli, "%s: new connections cannot be served now: %s",
				 sa_format(e->address, text), e->error);
		return;
	}
	if (v->deaf || !can_print(v))
		return;
	/* Whoever reads the lines may go; the clients are served on. */
	if (print(v, e, &err) < 0) {
		v->deaf = true;
		cli_status(v->cli, err.kind);
		if (takes_line(v->cli->errors, 0))
			cli_complain(v->cli, &err);
	}
}

void echo_server_event(struct service *v, const struct echo_event *e)
{
	if (v->opt->quiet && e->kind != ECHO_CROWDED)
		return;
	pthread_mutex_lock(&v->lock);
	put_event(v, e);
	pthread_mutex_unlock(&v->lock);
}

/* What is counted, for --metrics; and the words for those that are told only if there are any. */
static const struct {
	size_t offset;
	const char *words, *name, *help;
} counted[] = {
#define COUNTER(field, words, name, help)                                               \
	{                                                                               \
		offsetof(struct echo_counters, field), words, "netipc_echo_" name, help \
	}
	COUNTER(connections, NULL, "connections", "Connections that were taken."),
	COUNTER(datagrams, NULL, "datagrams", "Datagrams that were returned."),
	COUNTER(bytes, NULL, "bytes", "Bytes that were returned."),
	COUNTER(failed, "cut off", "cut_off", "Connections that ended by an error."),
	COUNTER(timed_out, "timed out", "timed_out", "Connections closed for their silence."),
	COUNTER(refused, "turned away", "turned_away",
		"Connections closed at once for want of a descriptor."),
	COUNTER(unanswered, "not answered", "unanswered",
		"Datagrams that must not be answered: their source or destination."),
	COUNTER(limited, "over the limit", "limited", "Datagrams over the limit of their source."),
	COUNTER(dropped, "dropped", "dropped", "Datagrams that could not be returned."),
	COUNTER(faults.delayed, "delayed", "delayed", "Delayed on purpose."),
	COUNTER(faults.lost, "lost on purpose", "lost", "Lost on purpose."),
	COUNTER(faults.duplicated, "duplicated", "duplicated", "Sent twice on purpose."),
	COUNTER(faults.reordered, "reordered", "reordered", "Put in wrong order on purpose."),
	COUNTER(faults.corrupted, "corrupted", "corrupted", "Changed on purpose."),
	COUNTER(faults.resets, "reset", "reset", "Connections reset on purpose."),
	COUNTER(faults.closes, "closed", "closed", "Connections closed on purpose."),
	COUNTER(faults.stalls, "stalled", "stalled", "Connections stalled on purpose."),
#undef COUNTER
};

static uint64_t value_of(const struct echo_counters *c, size_t i)
{
	return *(const uint64_t *)((const char *)c + counted[i].offset);
}

/* Appends "1 connection", "2 connections". */
static void put_count(struct buf *b, uint64_t n, const char *what)
{
	buf_printf(b, "%s%llu %s%s", b->len ? ", " : "", (unsigned long long)n, what,
		   str_plural(n));
}

void echo_server_count(struct service *v, const struct echo_counters *c, bool running)
{
	struct buf b = { 0 };

	pthread_mutex_lock(&v->lock);
	if (takes_line(v->cli->errors, running ? 0 : LAST_WAIT_MS)) {
		if (v->streams)
			put_count(&b, c->connections, "connection");
		if (v->streams && running)
			buf_printf(&b, " (%llu open)", (unsigned long long)c->open);
		if (v->datagrams)
			put_count(&b, c->datagrams, "datagram");
		/* What a process of its own has returned it alone knows. */
		if (v->opt->model != MODEL_FORK) {
			put_count(&b, c->bytes, "byte");
			buf_adds(&b, " echoed");
		}
		for (size_t i = 0; i < ARRAY_SIZE(counted); i++)
			if (counted[i].words && value_of(c, i))
				buf_printf(&b, ", %llu %s", (unsigned long long)value_of(c, i),
					   counted[i].words);
		if (v->left_out) {
			put_count(&b, v->left_out, "line");
			buf_adds(&b, " left out");
		}
		cli_note(v->cli, "%s", buf_str(&b));
	}
	pthread_mutex_unlock(&v->lock);
	buf_fini(&b);
}

int echo_server_metrics(struct service *v, const struct echo_counters *c, struct err *err)
{
	struct buf b = { 0 };
	int rc;

	metrics_gauge(&b, "netipc_echo_open", "Connections that are open.", c->open);
	for (size_t i = 0; i < ARRAY_SIZE(counted); i++)
		metrics_counter(&b, counted[i].name, counted[i].help, "", value_of(c, i));
	rc = io_replace_file(v->opt->metrics, b.data, b.len, err);
	buf_fini(&b);
	return rc;
}
