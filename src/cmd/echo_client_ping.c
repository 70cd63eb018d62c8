/* SPDX-License-Identifier: MIT */
/* echo_client_ping.c - --ping: one probe after the other, and what became of each */
#include <string.h>

#include "base/clock.h"
#include "base/compat.h"
#include "cmd/echo_client_impl.h"
#include "echo/ping.h"

enum {
	SIZE = 64,
	TIMEOUT_S = 1,
};

enum {
	COL_RECORD,
	COL_PEER,
	COL_LOCAL,
	COL_NUMBER,
	COL_STATUS,
	COL_RTT,
	COL_BYTES,
	COL_OFFSET,
	COL_REORDERED,
	COL_CONNECT,
	COL_HOST_SEND,
	COL_HOST_RECV,
	COL_TCP_RTT,
	COL_RETRANSMITS,
	COL_ERRNO,
	COL_SENT,
	COL_RECEIVED,
	COL_LOST,
	COL_LATE,
	COL_DUPLICATE,
	COL_DIFFERENT,
	COL_REFUSED,
	COL_CLOSED,
	COL_FOREIGN,
	COL_JITTER,
	COL_ELAPSED,
	COL_HIST,
	NCOLS = COL_HIST + HIST_COLS,
};

/* clang-format off */
static const struct out_col cols[NCOLS] = {
	[COL_RECORD] = { "record", OUT_STR, "probe or summary", false },
	[COL_PEER] = { "peer", OUT_STR, "the server's address", true },
	[COL_LOCAL] = { "local", OUT_STR, "this end's address", true },
	[COL_NUMBER] = { "number", OUT_INT, "of the probe, from 1", false },
	[COL_STATUS] = { "status", OUT_STR, "ok, lost, late, duplicate, different, ...", false },
	[COL_RTT] = { "rtt_s", OUT_SECS, "from send(2) to recv(2)", false },
	[COL_BYTES] = { "bytes", OUT_INT, "of the probe", true },
	[COL_OFFSET] = { "offset", OUT_INT, "of the first byte that differs", true },
	[COL_REORDERED] = { "reordered", OUT_ANY, "true: behind a later one; or how many", true },
	[COL_CONNECT] = { "connect_s", OUT_SECS, "until the connection was made", true },
	[COL_HOST_SEND] = { "host_send_s", OUT_SECS, "in this host before the packet left", true },
	[COL_HOST_RECV] = { "host_recv_s", OUT_SECS, "in this host after it came", true },
	[COL_TCP_RTT] = { "tcp_rtt_s", OUT_SECS, "the kernel's own round trip (TCP_INFO)", true },
	[COL_RETRANSMITS] = { "retransmits", OUT_INT, "segments that TCP sent again", true },
	[COL_ERRNO] = { "errno", OUT_STR, "the name of the error, ECONNREFUSED", true },
	[COL_SENT] = { "sent", OUT_INT, "probes", false },
	[COL_RECEIVED] = { "received", OUT_INT, "that came back as they were", false },
	[COL_LOST] = { "lost", OUT_INT, "that did not, in time", false },
	[COL_LATE] = { "late", OUT_INT, "of them came later", true },
	[COL_DUPLICATE] = { "duplicate", OUT_INT, "came once more", true },
	[COL_DIFFERENT] = { "different", OUT_INT, "came back changed", true },
	[COL_REFUSED] = { "refused", OUT_INT, "nobody took them", true },
	[COL_CLOSED] = { "closed", OUT_INT, "the server ended their connection", true },
	[COL_FOREIGN] = { "foreign", OUT_INT, "came and were not sent", true },
	[COL_JITTER] = { "jitter_s", OUT_SECS, "as RFC 3550 has it", true },
	[COL_ELAPSED] = { "elapsed_s", OUT_SECS, "of all", true },
	ECHO_HIST_COLS(COL_HIST),
};
/* clang-format on */

const struct command_view echo_client_ping_view = { "--ping", cols, NCOLS };

/* clang-format off */
#define COUNTED(field, words, name, help) \
	{ offsetof(struct ping_result, field), words, "netipc_echo_client_" name, help, NULL }
#define VERDICT(verdict, words, help) COUNTED(verdicts[PING_##verdict], words, words, help)
static const struct echo_counted counted[] = {
	COUNTED(sent, NULL, "sent", "Probes that were sent."),
	COUNTED(verdicts[PING_OK], NULL, "returned", "Probes that came back as they were, in time."),
	VERDICT(LOST, "lost", "Probes that did not come back in time."),
	VERDICT(LATE, "late", "Probes that came back later."),
	VERDICT(DUPLICATE, "duplicate", "Datagrams that came once more."),
	VERDICT(DIFFERENT, "different", "Probes that came back changed."),
	VERDICT(FOREIGN, "foreign", "Datagrams that came and were not sent."),
	VERDICT(REFUSED, "refused", "Probes that nobody took."),
	VERDICT(CLOSED, "closed", "Probes on a connection that the server ended."),
	COUNTED(reordered, "reordered", "reordered", "Probes that came behind later ones."),
	COUNTED(not_sent, "not sent", "unsent", "Probes that were not sent: too many were on their way."),
};
static const struct echo_counted timed[] = {
	COUNTED(rtt, NULL, "round_trip_seconds", "From send to receive."),
	COUNTED(connect, NULL, "connect_seconds", "Until a connection was made."),
};
#undef VERDICT
#undef COUNTED
/* clang-format on */

struct run {
	struct echo_session *s;
	struct sa peer;
	struct echo_live *live;
	struct echo_metrics metrics;
	bool failed; /* what was printed could not be */
};

static void put_probe(struct buf *b, const struct run *r, const struct ping_probe *p)
{
	char text[SA_STRLEN];

	buf_printf(b, "%s: probe %llu: ", sa_format(&r->peer, text), (unsigned long long)p->number);
	if (p->verdict == PING_OK || p->verdict == PING_LATE || p->verdict == PING_DIFFERENT)
		echo_client_put_time(b, p->rtt_ns);
	if (p->verdict == PING_DIFFERENT)
		buf_printf(b, ", differs at offset %zu", p->offset);
	else if (p->verdict != PING_OK)
		buf_printf(b, "%s%s", p->verdict == PING_LATE ? ", " : "", ping_word(p->verdict));
	if (p->code)
		buf_printf(b, " (%s)", strerror(p->code));
	if (p->reordered)
		buf_adds(b, ", reordered");
	if (p->connect_ns && r->s->opt->connect) {
		buf_adds(b, ", connect ");
		echo_client_put_time(b, p->connect_ns);
	}
	if (p->stamped) {
		buf_adds(b, ", in this host ");
		echo_client_put_time(b, p->host_send_ns);
		buf_adds(b, " + ");
		echo_client_put_time(b, p->host_recv_ns);
	}
	buf_addc(b, '\n');
}

static void set_probe(struct out *o, const struct run *r, const struct ping_probe *p)
{
	bool back =
		p->verdict == PING_OK || p->verdict == PING_LATE || p->verdict == PING_DIFFERENT;

	out_str(o, COL_RECORD, "probe");
	target_column(o, COL_PEER, &r->peer);
	if (p->local.len)
		target_column(o, COL_LOCAL, &p->local);
	if (p->number)
		out_uint(o, COL_NUMBER, p->number);
	out_str(o, COL_STATUS, ping_word(p->verdict));
	out_uint(o, COL_BYTES, p->bytes);
	if (back) {
		out_ns(o, COL_RTT, p->rtt_ns);
		out_raw(o, COL_REORDERED, p->reordered ? "yes" : "no",
			p->reordered ? "true" : "false");
	}
	if (p->verdict == PING_DIFFERENT)
		out_uint(o, COL_OFFSET, p->offset);
	if (p->connect_ns)
		out_ns(o, COL_CONNECT, p->connect_ns);
	if (p->stamped) {
		out_ns(o, COL_HOST_SEND, p->host_send_ns);
		out_ns(o, COL_HOST_RECV, p->host_recv_ns);
	}
	if (p->tcp.known) {
		out_ns(o, COL_TCP_RTT, p->tcp.rtt_ns);
		out_uint(o, COL_RETRANSMITS, p->tcp.retransmits);
	}
	if (p->code)
		out_str(o, COL_ERRNO, err_code_name(p->code));
}

static void on_probe(void *ctx, const struct ping_probe *p)
{
	struct run *r = ctx;
	struct cli *cli = r->s->cli;
	struct out *o = r->s->o;
	struct buf b = { 0 };
	int rc = 0;

	if (r->failed)
		return;
	if (p->verdict == PING_OK || p->verdict == PING_LOST)
		echo_live_add(r->live, p->verdict == PING_OK ? p->rtt_ns : LIVE_NONE);
	if (echo_live_hides(r->live))
		return;
	echo_live_clear(r->live);
	if (echo_client_saves_only(r->s)) {
		rc = 0;
	} else if (out_is_text(o) && !r->s->opt->quiet) {
		put_probe(&b, r, p);
		rc = out_text(o, b.data, b.len, &cli->err);
		buf_fini(&b);
	} else if (!out_is_text(o)) {
		set_probe(o, r, p);
		rc = out_row(o, &cli->err);
	}
	if (rc < 0 || out_flush(o, &cli->err) < 0)
		r->failed = true;
}

static int on_socket(void *ctx, int fd, struct err *err)
{
	const struct run *r = ctx;

	return echo_client_prepare(r->s, fd, err);
}

static bool stop(void *ctx)
{
	const struct run *r = ctx;

	return r->failed || cli_interrupted();
}

static void put_counts(struct buf *b, const struct run *r, const struct ping_result *p)
{
	echo_client_put_peer(b, r->s);
	buf_printf(b, ": %llu sent, %llu returned", (unsigned long long)p->sent,
		   (unsigned long long)p->verdicts[PING_OK]);
	echo_client_put_counts(b, p, counted, ARRAY_SIZE(counted));
}

static void on_tick(void *ctx, const struct ping_result *so_far)
{
	struct run *r = ctx;
	struct buf b = { 0 };

	echo_metrics_tick(&r->metrics, so_far);
	if (!r->live)
		return;
	put_counts(&b, r, so_far);
	buf_adds(&b, " in ");
	echo_client_put_time(&b, so_far->elapsed_ns);
	echo_live_draw(r->live, buf_str(&b), &so_far->rtt, false);
	buf_fini(&b);
}

static int summary_text(struct run *r, const struct ping_result *p)
{
	struct buf b = { 0 };
	int rc;

	put_counts(&b, r, p);
	buf_addc(&b, '\n');
	echo_client_put_hist(&b, "round trip", &p->rtt);
	if (r->s->opt->connect)
		echo_client_put_hist(&b, "connect", &p->connect);
	echo_client_put_hist(&b, "without this host", &p->network);
	if (p->rtt.n > 1 && r->s->runs == 1) {
		buf_adds(&b, "jitter: ");
		echo_client_put_time(&b, p->jitter_ns);
		buf_addc(&b, '\n');
	}
	rc = out_text(r->s->o, b.data, b.len, &r->s->cli->err);
	buf_fini(&b);
	return rc;
}

static int summary_record(struct run *r, const struct ping_result *p)
{
	struct out *o = r->s->o;
	char text[24];

	out_str(o, COL_RECORD, "summary");
	echo_client_peer_column(o, COL_PEER, r->s);
	out_uint(o, COL_SENT, p->sent);
	out_uint(o, COL_RECEIVED, p->verdicts[PING_OK]);
	out_uint(o, COL_LOST, p->verdicts[PING_LOST]);
	out_uint(o, COL_LATE, p->verdicts[PING_LATE]);
	out_uint(o, COL_DUPLICATE, p->verdicts[PING_DUPLICATE]);
	out_uint(o, COL_DIFFERENT, p->verdicts[PING_DIFFERENT]);
	out_uint(o, COL_REFUSED, p->verdicts[PING_REFUSED]);
	out_uint(o, COL_CLOSED, p->verdicts[PING_CLOSED]);
	out_uint(o, COL_FOREIGN, p->verdicts[PING_FOREIGN]);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)p->reordered);
	out_raw(o, COL_REORDERED, text, text);
	if (p->rtt.n > 1 && r->s->runs == 1)
		out_ns(o, COL_JITTER, p->jitter_ns);
	out_ns(o, COL_ELAPSED, p->elapsed_ns);
	echo_client_hist(o, COL_HIST, &p->rtt);
	return out_row(o, &r->s->cli->err);
}

/* All came back, in order and as it was; else the status says so. */
static void judge(const struct run *r, const struct ping_result *p)
{
	struct cli *cli = r->s->cli;

	if (p->sent && p->verdicts[PING_REFUSED] == p->sent)
		cli_status(cli, ERR_SYSTEM);
	else if (p->verdicts[PING_OK] + (cli_interrupted() ? 1 : 0) < p->sent || p->reordered ||
		 p->verdicts[PING_DUPLICATE] || p->verdicts[PING_FOREIGN])
		cli_status(cli, ERR_NEGATIVE);
}

static struct echo_metrics metrics_of(struct echo_session *s)
{
	return (struct echo_metrics){ .s = s,
				      .counted = counted,
				      .ncounted = ARRAY_SIZE(counted),
				      .timed = timed,
				      .ntimed = ARRAY_SIZE(timed) };
}

static int report(struct run *r, const struct ping_result *result)
{
	int rc = 0;

	if (echo_metrics_end(&r->metrics, result) < 0 || r->failed)
		return -1;
	if (!echo_client_saves_only(r->s))
		rc = out_is_text(r->s->o) ? summary_text(r, result) : summary_record(r, result);
	if (rc < 0 || echo_client_draw(r->s, &result->rtt) < 0)
		return -1;
	judge(r, result);
	return 0;
}

int echo_client_ping_report(struct echo_session *s, const struct ping_result *result)
{
	struct run r = { .s = s, .metrics = metrics_of(s) };

	return report(&r, result);
}

/* What of CONFIG can be wrong or has to be found out. */
static int configure(struct echo_session *s, struct sa *peer, struct ping_config *config,
		     struct err *err)
{
	const struct echo_client_options *opt = s->opt;

	if (echo_client_size(s, opt->udp ? PING_NUMBER : 1, PING_SIZE_MAX, SIZE, err) < 0 ||
	    echo_client_address(s, peer, err) < 0)
		return -1;
	config->size_min = s->size_min;
	config->size_max = s->size_max;
	if (!opt->seed && compat_random(&config->seed, sizeof(config->seed)) < 0)
		return err_sys(err, "random numbers");
	if (opt->live || opt->metrics)
		config->tick_ns = LIVE_TICK_NS;
	return 0;
}

int echo_client_ping(struct echo_session *s)
{
	const struct echo_client_options *opt = s->opt;
	struct err *err = &s->cli->err;
	struct run r = { .s = s, .metrics = metrics_of(s) };
	struct ping_config config = {
		.type = echo_client_type(s),
		.connect_each = opt->connect,
		.interval_ns = opt->interval_ns == ECHO_UNSET ? CLOCK_S : opt->interval_ns,
		.count = opt->count,
		.duration_ns = opt->duration_ns == ECHO_UNSET ? 0 : opt->duration_ns,
		.timeout_ns = echo_client_timeout(s, TIMEOUT_S * CLOCK_S),
		.seed = opt->seed,
		.spin_ns = opt->busy_poll_ns,
		.timestamping = opt->timestamping,
		.mask = cli_hold_signals(),
		.stop = stop,
		.prepare = on_socket,
		.probe = on_probe,
		.tick = on_tick,
		.ctx = &r,
		.address = &r.peer,
	};
	struct ping_result *result;
	int rc;

	if (configure(s, &r.peer, &config, err) < 0)
		return -1;
	result = xcalloc(1, sizeof(*result));
	rc = echo_metrics_begin(&r.metrics, result);
	if (rc == 0) {
		r.live = echo_live_open(s);
		s->begin_ns = clock_real_ns();
		rc = ping_run(&config, result, err);
		echo_live_close(r.live);
	}
	if (result->no_stamps)
		cli_note(s->cli, "--timestamping: no times of packets here: %s",
			 strerror(result->no_stamps));
	if (rc == 0)
		rc = report(&r, result);
	if (rc == 0)
		rc = echo_client_save(s, NULL, result);
	free(result);
	return rc;
}
