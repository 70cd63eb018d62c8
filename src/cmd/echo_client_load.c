/* SPDX-License-Identifier: MIT */
/* echo_client_load.c - --load, --bulk, --churn: many messages, and how fast they come back */
#include <string.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/str.h"
#include "cmd/echo_client_impl.h"
#include "echo/load.h"

enum {
	SIZE = 64,
	TIMEOUT_S = 5,
	TIMEOUT_UDP_S = 1,
	DURATION_S = 5,
	RATE_PIPELINE = 8192, /* messages on their way with --rate, on all connections */
};

enum {
	COL_RECORD,
	COL_PEER,
	COL_CONNECTIONS,
	COL_SENT,
	COL_RECEIVED,
	COL_SENT_BYTES,
	COL_RECEIVED_BYTES,
	COL_RATE,
	COL_BANDWIDTH,
	COL_ELAPSED,
	COL_MISSING,
	COL_DIFFERENT,
	COL_UNSENT,
	COL_REFUSED,
	COL_BROKEN,
	COL_DUPLICATE,
	COL_REORDERED,
	COL_LATE,
	COL_FOREIGN,
	COL_ERROR,
	COL_HIST,
	NCOLS = COL_HIST + HIST_COLS,
};

/* clang-format off */
static const struct out_col cols[NCOLS] = {
	[COL_RECORD] = { "record", OUT_STR, "interval or summary", false },
	[COL_PEER] = { "peer", OUT_STR, "the server's address", true },
	[COL_CONNECTIONS] = { "connections", OUT_INT, "that were made", true },
	[COL_SENT] = { "sent", OUT_INT, "messages", true },
	[COL_RECEIVED] = { "received", OUT_INT, "messages that came back", false },
	[COL_SENT_BYTES] = { "sent_bytes", OUT_INT, "sent", true },
	[COL_RECEIVED_BYTES] = { "received_bytes", OUT_INT, "returned", false },
	[COL_RATE] = { "rate", OUT_INT, "messages a second", false },
	[COL_BANDWIDTH] = { "bandwidth", OUT_INT, "bytes a second that came back", false },
	[COL_ELAPSED] = { "elapsed_s", OUT_SECS, "from the start", false },
	[COL_MISSING] = { "missing", OUT_INT, "messages that did not come back", false },
	[COL_DIFFERENT] = { "different", OUT_INT, "streams or datagrams that were changed", false },
	[COL_UNSENT] = { "unsent", OUT_INT, "messages that were due and not sent", true },
	[COL_REFUSED] = { "refused", OUT_INT, "connections that could not be made", true },
	[COL_BROKEN] = { "broken", OUT_INT, "connections that the server ended", true },
	[COL_DUPLICATE] = { "duplicate", OUT_INT, "datagrams that came once more", true },
	[COL_REORDERED] = { "reordered", OUT_INT, "datagrams that came behind later ones", true },
	[COL_LATE] = { "late", OUT_INT, "datagrams that came after their time-out", true },
	[COL_FOREIGN] = { "foreign", OUT_INT, "datagrams that were not sent", true },
	[COL_ERROR] = { "error", OUT_STR, "the first thing that went wrong", true },
	ECHO_HIST_COLS(COL_HIST),
};
/* clang-format on */

const struct command_view echo_client_load_view = { "--load", cols, NCOLS };

/* clang-format off */
#define COUNTED_OF(noun, field, words, name, help) \
	{ offsetof(struct load_result, field), words, "netipc_echo_client_" name, help, noun }
#define COUNTED(field, words, name, help) COUNTED_OF(NULL, field, words, name, help)
static const struct echo_counted counted[] = {
	COUNTED(connections, NULL, "connections", "Connections that were made."),
	COUNTED(sent, NULL, "sent", "Messages that were sent."),
	COUNTED(received, NULL, "returned", "Messages that came back."),
	COUNTED(bytes_out, NULL, "sent_bytes", "Bytes that were sent."),
	COUNTED(bytes_in, NULL, "returned_bytes", "Bytes that came back."),
	COUNTED(missing, "missing", "missing", "Messages that did not come back."),
	COUNTED(different, "different", "different", "Streams or datagrams that came back changed."),
	COUNTED(unsent, "not sent in time", "unsent", "Messages that were due and not sent."),
	COUNTED_OF("connection", refused, "refused", "refused", "Connections that could not be made."),
	COUNTED_OF("connection", broken, "broken", "broken", "Connections that the server ended."),
	COUNTED(duplicate, "duplicate", "duplicate", "Datagrams that came once more."),
	COUNTED(reordered, "reordered", "reordered", "Datagrams that came behind later ones."),
	COUNTED(late, "late", "late", "Datagrams that came after their time-out."),
	COUNTED(foreign, "foreign", "foreign", "Datagrams that came and were not sent."),
};
static const struct echo_counted timed[] = {
	COUNTED(latency, NULL, "round_trip_seconds", "From when a message was due."),
	COUNTED(service, NULL, "service_seconds", "With a rate, from when it was sent."),
	COUNTED(connect, NULL, "connect_seconds", "Until a connection was made."),
};
#undef COUNTED
#undef COUNTED_OF
/* clang-format on */

struct run {
	struct echo_session *s;
	struct sa peer;
	struct echo_live *live;
	struct echo_metrics metrics;
	uint64_t interval_ns, next_ns;        /* between lines, 0: none; and when the next is due */
	uint64_t live_n, live_bytes, live_ns; /* at the last look */
	double live_sum;
	bool failed; /* what was printed could not be */
};

/* N a second in ELAPSED_NS. */
static uint64_t per_second(uint64_t n, uint64_t elapsed_ns)
{
	return elapsed_ns ? (uint64_t)((double)n * 1e9 / (double)elapsed_ns) : 0;
}

static void set_result(struct out *o, const struct run *r, const char *record,
		       const struct load_result *l)
{
	out_str(o, COL_RECORD, record);
	echo_client_peer_column(o, COL_PEER, r->s);
	out_uint(o, COL_CONNECTIONS, l->connections);
	out_uint(o, COL_SENT, l->sent);
	out_uint(o, COL_RECEIVED, l->received);
	out_uint(o, COL_SENT_BYTES, l->bytes_out);
	out_uint(o, COL_RECEIVED_BYTES, l->bytes_in);
	out_uint(o, COL_RATE, per_second(l->received, l->elapsed_ns));
	out_uint(o, COL_BANDWIDTH, per_second(l->bytes_timed, l->elapsed_ns));
	out_ns(o, COL_ELAPSED, l->elapsed_ns);
	out_uint(o, COL_MISSING, l->missing);
	out_uint(o, COL_DIFFERENT, l->different);
	out_uint(o, COL_UNSENT, l->unsent);
	out_uint(o, COL_REFUSED, l->refused);
	out_uint(o, COL_BROKEN, l->broken);
	if (r->s->opt->udp) {
		out_uint(o, COL_DUPLICATE, l->duplicate);
		out_uint(o, COL_REORDERED, l->reordered);
		out_uint(o, COL_LATE, l->late);
		out_uint(o, COL_FOREIGN, l->foreign);
	}
	if (l->fault.kind != ERR_NONE)
		out_str(o, COL_ERROR, l->fault.text);
	echo_client_hist(o, COL_HIST, &l->latency);
}

/* What L has, in words: rates first, then what went wrong. */
static void put_result(struct buf *b, const struct run *r, const struct load_result *l)
{
	bool bulk = r->s->opt->modes & ECHO_BULK;

	echo_client_put_peer(b, r->s);
	buf_adds(b, ": ");
	if (!bulk)
		buf_printf(b, "%llu message%s returned, %llu a second, ",
			   (unsigned long long)l->received, str_plural(l->received),
			   (unsigned long long)per_second(l->received, l->elapsed_ns));
	echo_client_put_bandwidth(b, per_second(l->bytes_timed, l->elapsed_ns));
	buf_adds(b, " each way in ");
	echo_client_put_time(b, l->elapsed_ns);
	echo_client_put_counts(b, l, counted, ARRAY_SIZE(counted));
}

static int print(struct run *r, const char *record, const struct load_result *l, bool last)
{
	struct out *o = r->s->o;
	struct err *err = &r->s->cli->err;
	struct buf b = { 0 };
	int rc;

	if (echo_client_saves_only(r->s))
		return 0;
	if (!out_is_text(o)) {
		set_result(o, r, record, l);
		rc = out_row(o, err);
	} else {
		put_result(&b, r, l);
		buf_addc(&b, '\n');
		if (last) {
			echo_client_put_hist(&b,
					     r->s->opt->rate ? "from when it was due" :
							       "round trip",
					     &l->latency);
			echo_client_put_hist(&b, "from when it was sent", &l->service);
			if (r->s->opt->modes & ECHO_CHURN)
				echo_client_put_hist(&b, "connect", &l->connect);
		}
		rc = out_text(o, b.data, b.len, err);
		buf_fini(&b);
	}
	return rc < 0 ? -1 : out_flush(o, err);
}

/* What --live has since the look before: the mean round trip, or the bandwidth of streams. */
static void look(struct run *r, const struct load_result *l)
{
	bool bulk = r->s->opt->modes & ECHO_BULK;
	uint64_t n = l->latency.n - r->live_n, bytes = l->bytes_in - r->live_bytes;
	uint64_t value = LIVE_NONE;
	struct buf b = { 0 };

	if (bulk && bytes)
		value = per_second(bytes, l->elapsed_ns - r->live_ns);
	else if (!bulk && n)
		value = (uint64_t)((hist_sum(&l->latency) - r->live_sum) / (double)n);
	r->live_n = l->latency.n;
	r->live_sum = hist_sum(&l->latency);
	r->live_bytes = l->bytes_in;
	r->live_ns = l->elapsed_ns;
	echo_live_add(r->live, value);
	put_result(&b, r, l);
	echo_live_draw(r->live, buf_str(&b), &l->latency, bulk);
	buf_fini(&b);
}

static void on_report(void *ctx, const struct load_result *so_far)
{
	struct run *r = ctx;

	if (r->failed)
		return;
	echo_metrics_tick(&r->metrics, so_far);
	if (r->interval_ns && so_far->elapsed_ns >= r->next_ns && !echo_live_hides(r->live)) {
		r->next_ns += r->interval_ns;
		echo_live_clear(r->live);
		if (print(r, "interval", so_far, false) < 0)
			r->failed = true;
	}
	if (r->live && so_far->elapsed_ns >= r->live_ns + LIVE_TICK_NS / 8 * 7)
		look(r, so_far);
}

/* How often the engine reports: for lines as asked, and for what is drawn or written. */
static uint64_t report_ns(const struct run *r)
{
	uint64_t ns = r->interval_ns;

	if ((r->live || r->s->opt->metrics) && (ns == 0 || ns > LIVE_TICK_NS))
		ns = LIVE_TICK_NS;
	return ns;
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

/* Everything that was sent came back as it was. */
static void judge(const struct run *r, const struct load_result *l)
{
	bool whole = !l->missing && !l->different && !l->broken && !l->refused && !l->foreign &&
		     !l->duplicate && !l->unsent && !l->late && !l->reordered;

	if (l->fault.kind != ERR_NONE)
		cli_complain(r->s->cli, &l->fault);
	if (!whole)
		cli_status(r->s->cli, ERR_NEGATIVE);
}

/* METRICS of R. */
static void init(struct run *r, struct echo_session *s)
{
	r->s = s;
	r->metrics = (struct echo_metrics){ .s = s,
					    .counted = counted,
					    .ncounted = ARRAY_SIZE(counted),
					    .timed = timed,
					    .ntimed = ARRAY_SIZE(timed) };
}

static int report(struct run *r, const struct load_result *result)
{
	if (echo_metrics_end(&r->metrics, result) < 0 || r->failed ||
	    print(r, "summary", result, true) < 0 || echo_client_draw(r->s, &result->latency) < 0)
		return -1;
	judge(r, result);
	return 0;
}

int echo_client_load_report(struct echo_session *s, const struct load_result *result)
{
	struct run r = { 0 };

	init(&r, s);
	return report(&r, result);
}

static int configure(struct echo_session *s, struct load_config *config, struct err *err)
{
	const struct echo_client_options *opt = s->opt;
	size_t least = opt->udp ? LOAD_DATAGRAM_MIN : 1;
	size_t most = opt->udp ? LOAD_DATAGRAM_MAX : LOAD_MESSAGE_MAX;

	if (opt->udp && opt->modes & (ECHO_BULK | ECHO_CHURN)) {
		s->cli->misused = true;
		return err_set(err, ERR_USAGE,
			       "--bulk and --churn need connections, which %s has not",
			       opt->dgram ? "--dgram" : "--udp");
	}
	if (echo_client_size(s, least, most, SIZE, err) < 0)
		return -1;
	config->size_min = s->size_min;
	config->size_max = s->size_max;
	config->kind = opt->modes & ECHO_BULK  ? LOAD_BULK :
		       opt->modes & ECHO_CHURN ? LOAD_CHURN :
						 LOAD_MESSAGES;
	if (opt->duration_ns != ECHO_UNSET)
		config->duration_ns = opt->duration_ns;
	else if (!opt->count)
		config->duration_ns = DURATION_S * CLOCK_S;
	if (!opt->seed && compat_random(&config->seed, sizeof(config->seed)) < 0)
		return err_sys(err, "random numbers");
	return 0;
}

/* By the clock nothing waits for what is on its way, but memory has an end. */
static unsigned pipeline(const struct echo_client_options *opt)
{
	if (opt->pipeline || !opt->rate)
		return opt->pipeline ? opt->pipeline : 1;
	return opt->connections < RATE_PIPELINE / 16 ? RATE_PIPELINE / opt->connections : 16;
}

int echo_client_load(struct echo_session *s)
{
	const struct echo_client_options *opt = s->opt;
	struct err *err = &s->cli->err;
	struct run *r = xcalloc(1, sizeof(*r));
	struct load_result *result = xcalloc(1, sizeof(*result));
	struct load_config config = {
		.type = echo_client_type(s),
		.address = &r->peer,
		.connections = opt->connections,
		.threads = opt->threads,
		.pipeline = pipeline(opt),
		.messages = opt->count,
		.rate = opt->rate,
		.timeout_ns =
			echo_client_timeout(s, (opt->udp ? TIMEOUT_UDP_S : TIMEOUT_S) * CLOCK_S),
		.seed = opt->seed,
		.spin_ns = opt->busy_poll_ns,
		.mask = cli_hold_signals(),
		.stop = stop,
		.prepare = on_socket,
		.report = on_report,
		.ctx = r,
	};
	int rc;

	init(r, s);
	r->interval_ns = opt->interval_ns == ECHO_UNSET ? 0 : opt->interval_ns;
	r->next_ns = r->interval_ns;
	rc = configure(s, &config, err);
	if (rc == 0)
		rc = echo_client_address(s, &r->peer, err);
	if (rc == 0)
		rc = echo_metrics_begin(&r->metrics, result);
	if (rc == 0) {
		r->live = echo_live_open(s);
		config.interval_ns = report_ns(r);
		s->begin_ns = clock_real_ns();
		rc = load_run(&config, result, err);
		echo_live_close(r->live);
	}
	if (rc == 0)
		rc = report(r, result);
	if (rc == 0)
		rc = echo_client_save(s, result, NULL);
	free(result);
	free(r);
	return rc;
}
