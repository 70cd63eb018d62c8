/* SPDX-License-Identifier: MIT */
/* echo_client_check.c - --check: what is wrong with the server; --flags: send's and recv's flags */
#include <string.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/str.h"
#include "cmd/echo_client_impl.h"
#include "echo/check.h"

enum {
	TIMEOUT_S = 2,
	BYTES = 16 << 20,
};

enum {
	COL_CHECK,
	COL_RESULT,
	COL_DETAIL,
	COL_WHAT,
	COL_TIME,
	COL_PEER,
};

static const struct out_col cols[] = {
	[COL_CHECK] = { "check", OUT_STR, "the check, or the flag", false },
	[COL_RESULT] = { "result", OUT_STR, "passed, failed, skipped", false },
	[COL_DETAIL] = { "detail", OUT_STR, "what was seen", false },
	[COL_WHAT] = { "what", OUT_STR, "what is looked at", true },
	[COL_TIME] = { "time_s", OUT_SECS, "how long that took", true },
	[COL_PEER] = { "peer", OUT_STR, "the server's address", true },
};

const struct command_view echo_client_check_view = { "--check", cols, ARRAY_SIZE(cols) };

struct run {
	struct echo_session *s;
	struct sa peer;
	unsigned passed, failed, skipped;
	bool broken; /* what was printed could not be */
};

static void on_result(void *ctx, const struct check_result *result)
{
	static const char *const words[] = {
		[CHECK_PASSED] = "passed",
		[CHECK_FAILED] = "failed",
		[CHECK_SKIPPED] = "skipped",
	};
	struct run *r = ctx;
	struct out *o = r->s->o;
	struct err *err = &r->s->cli->err;
	struct buf b = { 0 };
	int rc;

	r->passed += result->verdict == CHECK_PASSED;
	r->failed += result->verdict == CHECK_FAILED;
	r->skipped += result->verdict == CHECK_SKIPPED;
	if (out_is_text(o)) {
		buf_printf(&b, "%-13s %-7s  ", result->name, words[result->verdict]);
		str_safe(&b, result->text, strlen(result->text));
		buf_addc(&b, '\n');
		rc = out_text(o, b.data, b.len, err);
		buf_fini(&b);
	} else {
		out_str(o, COL_CHECK, result->name);
		out_str(o, COL_RESULT, words[result->verdict]);
		out_str(o, COL_DETAIL, result->text);
		out_str(o, COL_WHAT, result->what);
		out_ns(o, COL_TIME, result->took_ns);
		target_column(o, COL_PEER, &r->peer);
		rc = out_row(o, err);
	}
	if (rc < 0 || out_flush(o, err) < 0)
		r->broken = true;
}

static int on_socket(void *ctx, int fd, struct err *err)
{
	const struct run *r = ctx;

	return echo_client_prepare(r->s, fd, err);
}

static bool stop(void *ctx)
{
	const struct run *r = ctx;

	return r->broken || cli_interrupted();
}

int echo_client_check(struct echo_session *s)
{
	const struct echo_client_options *opt = s->opt;
	struct err *err = &s->cli->err;
	struct run r = { .s = s };
	struct check_config config = {
		.type = echo_client_type(s),
		.address = &r.peer,
		.timeout_ns = echo_client_timeout(s, TIMEOUT_S * CLOCK_S),
		.bytes = BYTES,
		.seed = opt->seed,
		.mask = cli_hold_signals(),
		.stop = stop,
		.prepare = on_socket,
		.report = on_result,
		.ctx = &r,
	};
	struct buf b = { 0 };
	int rc;

	if (echo_client_address(s, &r.peer, err) < 0)
		return -1;
	if (!opt->seed && compat_random(&config.seed, sizeof(config.seed)) < 0)
		return err_sys(err, "random numbers");
	rc = opt->modes & ECHO_FLAGS ? check_flags_run(&config, err) : check_run(&config, err);
	if (r.broken)
		return -1;
	if (rc == 0 && out_is_text(s->o) && !(opt->modes & ECHO_FLAGS)) {
		buf_printf(&b, "%u passed, %u failed, %u skipped\n", r.passed, r.failed, r.skipped);
		rc = out_text(s->o, b.data, b.len, err);
		buf_fini(&b);
	}
	if (r.failed)
		cli_status(s->cli, ERR_NEGATIVE);
	return rc;
}
