/* SPDX-License-Identifier: MIT */
#include "echo/check.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "echo/check_impl.h"
#include "echo/pattern.h"
#include "net/sock.h"

enum {
	LOOK_MS = 50, /* between two looks for signals */
};

static const struct item {
	void (*run)(struct check *k);
	const char *name, *what;
	int type;
} items[] = {
#define CHECK(function, name, type, what) { check_##function, name, what, type },
#include "echo/check.def"
}, flags[] = {
#include "echo/flags.def"
#undef CHECK
};

PRINTF_LIKE(3, 0)
static void say(struct check *k, enum check_verdict verdict, const char *fmt, va_list ap)
{
	k->result->verdict = verdict;
	vsnprintf(k->result->text, sizeof(k->result->text), fmt, ap);
}

bool check_failed(struct check *k, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(k, CHECK_FAILED, fmt, ap);
	va_end(ap);
	return false;
}

void check_passed(struct check *k, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(k, CHECK_PASSED, fmt, ap);
	va_end(ap);
}

void check_skipped(struct check *k, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(k, CHECK_SKIPPED, fmt, ap);
	va_end(ap);
}

bool check_wait(struct check *k, int fd, bool write, uint64_t timeout_ns)
{
	struct pollfd io = { .fd = fd, .events = write ? POLLOUT : POLLIN };
	uint64_t deadline = clock_now_ns() + timeout_ns;

	for (;;) {
		int rc;

		if (k->config->stop && k->config->stop(k->config->ctx)) {
			k->stopped = true;
			return false;
		}
		rc = compat_ppoll(&io, 1, clock_left_ns(deadline), k->config->mask);
		if (rc > 0)
			return true;
		if (rc == 0 || errno != EINTR)
			return false;
	}
}

ssize_t check_send(int fd, const void *data, size_t n, int how)
{
	ssize_t sent;

	do
		sent = send(fd, data, n, how | MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent;
}

ssize_t check_recv(int fd, void *data, size_t room, int how)
{
	ssize_t n;

	do
		n = recv(fd, data, room, how);
	while (n < 0 && errno == EINTR);
	return n;
}

int check_connect(struct check *k)
{
	const struct check_config *config = k->config;
	const struct sa *sa = config->address;
	int fd, rc = -1;
	struct err err;

	fd = sock_open(sa->u.sa.sa_family, config->type, &err);
	if (fd >= 0 && sock_nodelay(fd, sa, config->type, &err) == 0 &&
	    (!config->prepare || config->prepare(config->ctx, fd, &err) == 0))
		rc = sock_connect(fd, sa, &err);
	if (rc == 0) {
		errno = ETIMEDOUT;
		rc = check_wait(k, fd, true, config->timeout_ns) ? sock_connected(fd, sa, &err) :
								   err_sys(&err, "connect");
	}
	if (rc >= 0)
		return fd;
	check_failed(k, "%s", err.text);
	k->unreachable = true;
	if (fd >= 0)
		close(fd);
	return -1;
}

bool check_refused(struct check *k)
{
	char text[SA_STRLEN];

	k->unreachable = true;
	return check_failed(k, "send to %s: %s", sa_format(k->config->address, text),
			    strerror(ECONNREFUSED));
}

/* Bytes of the next piece: as they come, or as large as can be. */
static size_t piece(const struct flow *f)
{
	uint64_t left = f->total - f->sent;
	size_t n = CHECK_BLOCK;

	if (f->varies)
		n = 1 + pattern_byte(f->seed + 1, f->sent) *
				(pattern_byte(f->seed + 2, f->sent) % 64 == 0 ? 200U : 1U);
	return left < n ? (size_t)left : n;
}

/* Sends once; false if the connection does not take it any more. */
static bool send_some(struct flow *f)
{
	unsigned char data[CHECK_BLOCK];
	size_t n = piece(f);
	ssize_t sent;

	pattern_fill(f->seed, f->sent, data, n);
	sent = check_send(f->fd, data, n, 0);
	if (sent < 0 && !compat_would_block(errno)) {
		f->code = errno;
		return false;
	}
	if (sent > 0)
		f->sent += (uint64_t)sent;
	if (f->sent == f->total && f->shuts && sent > 0)
		shutdown(f->fd, SHUT_WR);
	return true;
}

/* Receives once and compares; false at the end, or if it failed. */
static bool receive_some(struct flow *f)
{
	unsigned char data[CHECK_BLOCK];
	ssize_t n = check_recv(f->fd, data, sizeof(data), 0);
	size_t same;

	if (n < 0 && compat_would_block(errno))
		return true;
	if (n <= 0) {
		f->ended = n == 0;
		f->code = n < 0 ? errno : f->code;
		return false;
	}
	same = pattern_check(f->seed, f->got, data, (size_t)n);
	/* A byte too many may be by chance the one that would have come next. */
	if (same > f->sent - f->got)
		same = (size_t)(f->sent - f->got);
	if (same < (size_t)n && !f->differs) {
		f->differs = true;
		f->offset = f->got + same;
		f->want = pattern_byte(f->seed, f->offset);
		f->came = data[same];
	}
	f->got += (uint64_t)n;
	return true;
}

/* Something ends the flow before it is done: a signal, or silence since LAST. */
static bool gives_up(struct check *k, struct flow *f, uint64_t now, uint64_t last, uint64_t *look)
{
	/* A wait that has something at once lets no signal in. */
	if (now - *look >= LOOK_MS * CLOCK_MS) {
		compat_ppoll(NULL, 0, 0, k->config->mask);
		*look = now;
	}
	if (k->config->stop && k->config->stop(k->config->ctx))
		k->stopped = true;
	else if (now - last > k->config->timeout_ns)
		f->silent = true;
	return k->stopped || f->silent;
}

void check_flow(struct check *k, struct flow *f)
{
	uint64_t begin = clock_now_ns(), last = begin, look = begin;
	bool sends = true, reads = true;

	if (f->total == 0 && f->shuts)
		shutdown(f->fd, SHUT_WR);
	while (reads && !f->differs && (f->shuts || f->got < f->total)) {
		uint64_t now = clock_now_ns(), due;
		bool quiet = now - begin < f->quiet_ns;
		bool full = quiet && f->most && f->sent >= f->most;
		struct pollfd io = { .fd = f->fd, .events = quiet ? 0 : POLLIN };

		last = quiet ? now : last;
		if (gives_up(k, f, now, last, &look))
			return;
		if (sends && !full && f->sent < f->total)
			io.events |= POLLOUT;
		due = quiet ? begin + f->quiet_ns : last + k->config->timeout_ns;
		if (compat_ppoll(&io, 1, clock_left_ns(due), k->config->mask) <= 0)
			continue;
		if (io.revents & POLLOUT)
			sends = send_some(f);
		if (!quiet && (io.revents & (POLLIN | POLLHUP | POLLERR))) {
			reads = receive_some(f);
			last = clock_now_ns();
		}
	}
}

bool check_judge(struct check *k, const struct flow *f)
{
	unsigned long long offset = f->offset, sent = f->sent, got = f->got;

	if (k->stopped)
		return false;
	if (f->differs && f->offset >= f->total)
		return check_failed(k, "byte 0x%02x came at offset %llu, which was not sent",
				    f->came, offset);
	if (f->differs)
		return check_failed(k, "wrong byte at offset %llu: sent 0x%02x, got 0x%02x", offset,
				    f->want, f->came);
	if (f->code)
		return check_failed(k, "%s after %llu of %llu bytes were returned",
				    strerror(f->code), got, sent);
	if (f->silent)
		return check_failed(k, "silent: %llu of %llu bytes were returned%s", got, sent,
				    f->shuts && got == sent ? ", but not the end of file" : "");
	if (f->got < f->total)
		return check_failed(k, "it ended the stream: %llu of %llu bytes were returned", got,
				    (unsigned long long)f->total);
	return true;
}

/* Those of the N items of LIST that are for the type. */
static int run(const struct check_config *config, const struct item *list, size_t n,
	       struct err *err)
{
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		struct check_result result = { .name = list[i].name, .what = list[i].what };
		struct check k = { .config = config, .result = &result };
		uint64_t begin = clock_now_ns();

		if (list[i].type != config->type)
			continue;
		if (config->stop && config->stop(config->ctx))
			return 0;
		list[i].run(&k);
		if (k.stopped)
			check_skipped(&k, "stopped");
		result.took_ns = clock_now_ns() - begin;
		if (!any && result.verdict == CHECK_FAILED && k.unreachable)
			return err_set(err, ERR_SYSTEM, "%s", result.text);
		any = true;
		config->report(config->ctx, &result);
	}
	return 0;
}

int check_run(const struct check_config *config, struct err *err)
{
	return run(config, items, ARRAY_SIZE(items), err);
}

int check_flags_run(const struct check_config *config, struct err *err)
{
	return run(config, flags, ARRAY_SIZE(flags), err);
}
