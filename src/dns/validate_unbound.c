/* SPDX-License-Identifier: MIT */
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unbound.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/xalloc.h"
#include "dns/validate.h"

/* What is called of the library; the types are those of its header. */
struct calls {
	__typeof__(ub_ctx_create) *ctx_create;
	__typeof__(ub_ctx_delete) *ctx_delete;
	__typeof__(ub_ctx_set_option) *ctx_set_option;
	__typeof__(ub_ctx_set_fwd) *ctx_set_fwd;
	__typeof__(ub_ctx_add_ta_file) *ctx_add_ta_file;
	__typeof__(ub_ctx_debugout) *ctx_debugout;
	__typeof__(ub_ctx_async) *ctx_async;
	__typeof__(ub_resolve_async) *resolve_async;
	__typeof__(ub_fd) *fd;
	__typeof__(ub_process) *process;
	__typeof__(ub_resolve_free) *resolve_free;
	__typeof__(ub_strerror) *strerror;
};

static const struct {
	const char *symbol;
	size_t offset;
} symbols[] = {
	{ "ub_ctx_create", offsetof(struct calls, ctx_create) },
	{ "ub_ctx_delete", offsetof(struct calls, ctx_delete) },
	{ "ub_ctx_set_option", offsetof(struct calls, ctx_set_option) },
	{ "ub_ctx_set_fwd", offsetof(struct calls, ctx_set_fwd) },
	{ "ub_ctx_add_ta_file", offsetof(struct calls, ctx_add_ta_file) },
	{ "ub_ctx_debugout", offsetof(struct calls, ctx_debugout) },
	{ "ub_ctx_async", offsetof(struct calls, ctx_async) },
	{ "ub_resolve_async", offsetof(struct calls, resolve_async) },
	{ "ub_fd", offsetof(struct calls, fd) },
	{ "ub_process", offsetof(struct calls, process) },
	{ "ub_resolve_free", offsetof(struct calls, resolve_free) },
	{ "ub_strerror", offsetof(struct calls, strerror) },
};

struct validator {
	struct calls lib;
	struct ub_ctx *ctx;
	size_t busy;
	const sigset_t *mask;
	const char *anchor; /* its file: the caller's */
};

/* The library stays loaded: threads and exit handlers of it and of what it needs may be left. */
static int load(struct calls *lib, struct err *err)
{
	void *handle = dlopen(UNBOUND_LIBRARY, RTLD_NOW | RTLD_LOCAL);

	if (!handle)
		return err_set(err, ERR_SYSTEM, "cannot load libunbound: %s", dlerror());
	for (size_t i = 0; i < ARRAY_SIZE(symbols); i++) {
		void *found = dlsym(handle, symbols[i].symbol);

		if (!found)
			return err_set(err, ERR_SYSTEM, "%s has no %s", UNBOUND_LIBRARY,
				       symbols[i].symbol);
		memcpy((char *)lib + symbols[i].offset, &found, sizeof(found));
	}
	return 0;
}

static int failed(const struct validator *v, const char *what, int rc, struct err *err)
{
	return err_set(err, ERR_SYSTEM, "libunbound: %s: %s", what, v->lib.strerror(rc));
}

static int set_options(struct validator *v, bool tcp, struct err *err)
{
	const struct {
		const char *name, *value;
	} options[] = {
		{ "do-not-query-localhost:", "no" },
		{ "tcp-upstream:", tcp ? "yes" : "no" },
		{ "verbosity:", "0" },
		{ "trust-anchor-signaling:", "no" },
		/* The servers know of these; libunbound would answer by itself that they are not.
		 */
		{ "unblock-lan-zones:", "yes" },
		{ "local-zone:", "test. transparent" },
		{ "local-zone:", "home.arpa. transparent" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		int rc = v->lib.ctx_set_option(v->ctx, options[i].name, options[i].value);

		if (rc)
			return failed(v, options[i].name, rc, err);
	}
	return 0;
}

/* libunbound opens the file with the first query only, and does not say what is wrong then. */
static int add_anchor(struct validator *v, const char *const *anchors, struct err *err)
{
	int rc;

	for (size_t i = 0; anchors[i]; i++) {
		if (access(anchors[i], R_OK) < 0)
			continue;
		v->anchor = anchors[i];
		rc = v->lib.ctx_add_ta_file(v->ctx, anchors[i]);
		return rc ? failed(v, anchors[i], rc, err) : 0;
	}
	if (anchors[0] && !anchors[1])
		return err_sys(err, "%s", anchors[0]);
	return err_set(err, ERR_SYSTEM, "no trust anchor is in any of the usual files");
}

static int add_server(struct validator *v, const struct sa *sa, struct err *err)
{
	struct buf b = { 0 };
	int rc;

	sa_add_host(&b, sa);
	buf_printf(&b, "@%u", (unsigned)sa_port(sa));
	rc = v->lib.ctx_set_fwd(v->ctx, buf_str(&b));
	if (rc)
		failed(v, b.data, rc, err);
	buf_fini(&b);
	return rc ? -1 : 0;
}

static int set_up(struct validator *v, const struct validator_config *config, struct err *err)
{
	int rc;

	if (load(&v->lib, err) < 0)
		return -1;
	v->ctx = v->lib.ctx_create();
	if (!v->ctx)
		return err_set(err, ERR_SYSTEM, "libunbound does not start");
	v->lib.ctx_debugout(v->ctx, NULL); /* it would write on standard error */
	if (set_options(v, config->tcp, err) < 0 || add_anchor(v, config->anchors, err) < 0)
		return -1;
	for (size_t i = 0; i < config->nservers; i++)
		if (add_server(v, &config->servers[i], err) < 0)
			return -1;
	rc = v->lib.ctx_async(v->ctx, 1);
	return rc ? failed(v, "thread", rc, err) : 0;
}

struct validator *validator_new(const struct validator_config *config, struct err *err)
{
	struct validator *v = xcalloc(1, sizeof(*v));

	v->mask = config->mask;
	if (set_up(v, config, err) == 0)
		return v;
	validator_free(v);
	return NULL;
}

void validator_free(struct validator *v)
{
	if (v && v->ctx)
		v->lib.ctx_delete(v->ctx);
	free(v);
}

static enum validate_verdict judge(const struct ub_result *r)
{
	if (r->bogus)
		return VALIDATE_BOGUS;
	if (r->secure)
		return VALIDATE_SECURE;
	return r->rcode == 0 || r->rcode == 3 ? VALIDATE_INSECURE : VALIDATE_INDETERMINATE;
}

static void on_answer(void *arg, int rc, struct ub_result *r)
{
	struct validate_query *q = arg;
	struct validator *v = q->owner;

	v->busy--;
	if (rc || !r) {
		q->verdict = VALIDATE_INDETERMINATE;
		q->rcode = 2;
	} else {
		q->verdict = judge(r);
		q->why = r->bogus ? r->why_bogus : NULL;
		q->rcode = (unsigned)r->rcode;
		q->msg = r->answer_packet;
		q->len = q->msg ? (size_t)r->answer_len : 0;
	}
	q->on_done(q);
	if (r)
		v->lib.resolve_free(r);
}

int validator_ask(struct validator *v, struct validate_query *q, struct err *err)
{
	struct buf name = { 0 };
	int rc;

	q->owner = v;
	q->why = NULL;
	q->msg = NULL;
	q->len = 0;
	wire_name_text(&name, &q->question.name, true);
	rc = v->lib.resolve_async(v->ctx, buf_str(&name), q->question.type, q->question.class, q,
				  on_answer, NULL);
	buf_fini(&name);
	if (rc == UB_INITFAIL)
		return err_set(err, ERR_SYSTEM, "libunbound does not take the trust anchor %s",
			       v->anchor);
	if (rc)
		return failed(v, "query", rc, err);
	v->busy++;
	return 0;
}

size_t validator_busy(const struct validator *v)
{
	return v->busy;
}

int validator_turn(struct validator *v, uint64_t deadline_ns, struct err *err)
{
	struct pollfd p = { .fd = v->lib.fd(v->ctx), .events = POLLIN };
	int rc = compat_ppoll(&p, 1, clock_left_ns(deadline_ns), v->mask);

	if (rc < 0 && errno != EINTR)
		return err_sys(err, "poll");
	rc = rc > 0 ? v->lib.process(v->ctx) : 0;
	return rc ? failed(v, "process", rc, err) : 0;
}
