/* SPDX-License-Identifier: MIT */
/* source_child.c - the process that asks the sources: a module may hang or crash in it */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/io.h"
#include "dns/source_impl.h"
#include "net/names.h"

static enum nsswitch_status status_of(const struct err *err)
{
	if (err->kind == ERR_NONE)
		return NSSWITCH_SUCCESS;
	if (err->kind == ERR_NEGATIVE)
		return NSSWITCH_NOTFOUND;
	return err->code == EAI_AGAIN ? NSSWITCH_TRYAGAIN : NSSWITCH_UNAVAIL;
}

/* All modules, or the one that compat_nss_only() has chosen. */
static void ask_libc(struct source_answer *a, const struct source_question *q)
{
	uint64_t begin = clock_now_ns();

	a->call = "getaddrinfo";
	a->ttl = -1;
	if (gai_lookup(&a->rows, q->name, q->service, &q->hints, &a->err) == 0) {
		a->err = (struct err){ 0 };
		if (a->rows.v[0].canonname)
			a->canonname = xstrdup(a->rows.v[0].canonname);
	}
	a->took_ns = clock_now_ns() - begin;
	a->status = status_of(&a->err);
}

/* getaddrinfo(3) of the one module: no errno, no TTL, and its order is the sorted one. */
static void ask_only(struct source_answer *a, const struct source_question *q)
{
	struct source_question only = *q;

	only.service = NULL;
	only.hints.socktype = SOCK_STREAM;
	only.hints.protocol = 0;
	only.hints.flags |= AI_CANONNAME;
	if (compat_nss_only("hosts", q->source) < 0) {
		a->outcome = errno == ENOENT ? SOURCE_ABSENT : SOURCE_ANSWERED;
		a->status = NSSWITCH_UNAVAIL;
		a->number = errno;
		a->ttl = -1;
	} else {
		ask_libc(a, &only);
	}
}

/* A name that getaddrinfo(3) encodes before it asks. */
static bool is_encoded(const struct source_question *q)
{
	int idn;

	if (!names_value(NAMES_AI, "AI_IDN", &idn) || !(q->hints.flags & idn))
		return false;
	for (const char *s = q->name; *s; s++)
		if ((unsigned char)*s >= 0x80)
			return true;
	return false;
}

void source_child(int fd, const struct source_asker *asker)
{
	struct buf out = { 0 };

	io_detach();
	for (size_t i = asker->next; i < asker->n; i++) {
		const struct source_question *q = &asker->questions[i];
		struct source_answer a = { .index = i };
		enum nsswitch_status status;

		if (!q->source)
			ask_libc(&a, q);
		else if (is_encoded(q) || !source_call(&a, q))
			ask_only(&a, q);
		status = a.status;
		out.len = 0;
		source_put(&out, &a);
		source_answer_fini(&a);
		if (!io_send_all(fd, out.data, out.len))
			break;
		if (asker->goes_on && !asker->goes_on(asker->owner, i, status))
			break;
	}
	_exit(0);
}
