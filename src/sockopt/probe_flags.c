/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/str.h"
#include "sockopt/probe_impl.h"

enum {
	ROOM = 64,
	SHORT_MS = 50, /* how long a call waits that is expected to */
	MOST_SENDS = 4096,
	SEND_BUFFER = 65536,
};

static const char text[] = "abcdefgh";

void probe_came(struct probe_trial *t, enum probe_outcome outcome, const char *fmt, ...)
{
	va_list ap;

	t->answer->outcome = outcome;
	va_start(ap, fmt);
	vsnprintf(t->answer->came, sizeof(t->answer->came), fmt, ap);
	va_end(ap);
}

void probe_refused(struct probe_trial *t, int code)
{
	const char *reason = probe_reason("flag", code);

	t->answer->code = code;
	probe_came(t, PROBE_REFUSED, "%s", reason ? reason : strerror(code));
}

bool probe_put(struct probe_trial *t, int fd, const char *data, int flags)
{
	ssize_t n = send(fd, data, strlen(data), flags | MSG_NOSIGNAL);

	if (n < 0)
		probe_refused(t, errno);
	else if ((size_t)n < strlen(data))
		probe_came(t, PROBE_IGNORED, "%zd of %zu bytes were sent", n, strlen(data));
	return n == (ssize_t)strlen(data);
}

ssize_t probe_take(int fd, char *to, size_t room, int flags)
{
	ssize_t n;

	probe_wait(fd, POLLIN);
	n = recv(fd, to, room - 1, flags);
	to[n < 0 ? 0 : n] = '\0';
	return n;
}

/* FD waits in its calls from here on, at most MS. */
static bool make_blocking(struct probe_trial *t, int fd, unsigned ms)
{
	const struct timeval limit = { .tv_sec = ms / 1000,
				       .tv_usec = (suseconds_t)(ms % 1000 * 1000) };

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) == 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) == 0 &&
	    fcntl(fd, F_SETFL, 0) == 0)
		return true;
	probe_came(t, PROBE_UNSEEN, "it cannot be tried: %s", strerror(errno));
	return false;
}

void probe_flag_oob(struct probe_trial *t)
{
	char urgent[ROOM] = "", got[ROOM] = "";
	int fd = t->end.fd, peer = t->end.peer;
	size_t have = 0;
	ssize_t n;

	if (!probe_put(t, fd, "ab", 0) || !probe_put(t, fd, "!", MSG_OOB) ||
	    !probe_put(t, fd, "cd", 0))
		return;
	probe_wait(peer, POLLPRI);
	n = recv(peer, urgent, 1, MSG_OOB);
	if (n < 0) {
		probe_refused(t, errno);
		return;
	}
	/* A read stops at the mark. */
	while (have < 4 && (n = probe_take(peer, got + have, sizeof(got) - have, 0)) > 0)
		have += (size_t)n;
	probe_came(t, strcmp(urgent, "!") == 0 ? PROBE_WORKS : PROBE_IGNORED,
		   "of \"ab\", \"!\", \"cd\" the urgent \"%s\" came first, then \"%s\"", urgent,
		   got);
}

void probe_flag_dontroute(struct probe_trial *t)
{
	char got[ROOM];

	if (!probe_put(t, t->end.fd, text, MSG_DONTROUTE))
		return;
	if (probe_take(t->end.peer, got, sizeof(got), 0) < 0)
		probe_came(t, PROBE_UNSEEN, "it was sent, and did not come");
	else
		probe_came(t, PROBE_UNSEEN, "it came: %s",
			   t->kind->family == AF_UNIX ? "there is no route between them" :
							"the peer is on this host");
}

void probe_flag_dontwait_send(struct probe_trial *t)
{
	static const char block[4096];
	const int size = SEND_BUFFER;
	int fd = t->end.fd, i;
	uint64_t begin;

	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	setsockopt(t->end.peer, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (!make_blocking(t, fd, PROBE_WAIT_MS))
		return;
	for (i = 0; i < MOST_SENDS; i++) {
		begin = clock_now_ns();
		if (send(fd, block, sizeof(block), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
			break;
	}
	if (i == MOST_SENDS)
		probe_came(t, PROBE_UNSEEN, "there was always room, or what did not fit was lost");
	else if (!compat_would_block(errno))
		probe_refused(t, errno);
	else if (clock_now_ns() - begin < PROBE_WAIT_MS * CLOCK_MS)
		probe_came(t, PROBE_WORKS, "no room: EAGAIN at once, on a socket that waits");
	else
		probe_came(t, PROBE_IGNORED, "no room: it waited until its time was up");
}

void probe_flag_eor(struct probe_trial *t)
{
	char got[ROOM];
	struct iovec v = { got, sizeof(got) };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };
	ssize_t n;

	if (!probe_put(t, t->end.fd, "abcd", MSG_EOR) || !probe_put(t, t->end.fd, "efgh", 0))
		return;
	probe_wait(t->end.peer, POLLIN);
	n = recvmsg(t->end.peer, &m, 0);
	if (n < 0)
		probe_refused(t, errno);
	else if (m.msg_flags & MSG_EOR)
		probe_came(t, PROBE_WORKS, "\"%.*s\" came, marked as the end of a record", (int)n,
			   got);
	else if (n > 4)
		probe_came(t, PROBE_IGNORED, "\"%.*s\" came: a stream has no records", (int)n, got);
	else
		probe_came(t, PROBE_UNSEEN, "\"%.*s\" came%s", (int)n, got,
			   t->kind->type == SOCK_STREAM ? "" :
							  ": a message is a record without it");
}

void probe_flag_peek(struct probe_trial *t)
{
	char first[ROOM], again[ROOM];
	ssize_t n, m;

	if (!probe_put(t, t->end.peer, text, 0))
		return;
	n = probe_take(t->end.fd, first, sizeof(first), MSG_PEEK);
	if (n < 0) {
		probe_refused(t, errno);
		return;
	}
	m = recv(t->end.fd, again, sizeof(again) - 1, 0);
	if (m == n && memcmp(first, again, (size_t)n) == 0)
		probe_came(t, PROBE_WORKS, "\"%s\" came, and again without the flag", first);
	else
		probe_came(t, PROBE_IGNORED, "\"%s\" came, and was gone", first);
}

void probe_flag_trunc(struct probe_trial *t)
{
	char got[4] = "", rest[ROOM];
	ssize_t n;

	if (!probe_put(t, t->end.peer, text, 0))
		return;
	probe_wait(t->end.fd, POLLIN);
	n = recv(t->end.fd, got, 3, MSG_TRUNC);
	if (n < 0)
		probe_refused(t, errno);
	else if (n > 3)
		probe_came(t, PROBE_WORKS, "\"%s\" came, and that it was cut from %zd bytes", got,
			   n);
	else if (got[0])
		probe_came(t, PROBE_IGNORED, "\"%s\" came, as without it", got);
	else if (probe_take(t->end.fd, rest, sizeof(rest), 0) < 0)
		probe_came(t, PROBE_UNSEEN,
			   "3 bytes were thrown away, and the others did not come");
	else
		probe_came(t, PROBE_WORKS,
			   "on this stream: 3 bytes were thrown away unseen, then \"%s\" came",
			   rest);
}

/* A stream waits for the bytes that are asked for; messages come one by one all the same. */
void probe_flag_waitall(struct probe_trial *t)
{
	char got[ROOM] = "";
	uint64_t begin;
	ssize_t n;

	if (!probe_put(t, t->end.peer, "abc", 0))
		return;
	probe_wait(t->end.fd, POLLIN);
	if (t->kind->type != SOCK_STREAM) {
		if (!probe_put(t, t->end.peer, "def", 0))
			return;
		n = recv(t->end.fd, got, 6, MSG_WAITALL);
		if (n < 0)
			probe_refused(t, errno);
		else
			probe_came(t, n == 6 ? PROBE_WORKS : PROBE_IGNORED,
				   "of \"abc\" and \"def\" \"%s\" came", got);
		return;
	}
	if (!make_blocking(t, t->end.fd, SHORT_MS))
		return;
	begin = clock_now_ns();
	n = recv(t->end.fd, got, 6, MSG_WAITALL);
	if (n < 0)
		probe_refused(t, errno);
	else if (clock_now_ns() - begin >= SHORT_MS * CLOCK_MS / 2)
		probe_came(t, PROBE_WORKS,
			   "3 of 6 bytes were there: it waited until its time was up");
	else
		probe_came(t, PROBE_IGNORED, "3 of 6 bytes were there, and came at once");
}

void probe_flag_dontwait_recv(struct probe_trial *t)
{
	uint64_t begin;
	char got[ROOM];

	if (!make_blocking(t, t->end.fd, PROBE_WAIT_MS))
		return;
	begin = clock_now_ns();
	if (recv(t->end.fd, got, sizeof(got), MSG_DONTWAIT) >= 0)
		probe_came(t, PROBE_UNSEEN, "something came that nobody sent");
	else if (!compat_would_block(errno))
		probe_refused(t, errno);
	else if (clock_now_ns() - begin < PROBE_WAIT_MS * CLOCK_MS)
		probe_came(t, PROBE_WORKS,
			   "nothing was there: EAGAIN at once, on a socket that waits");
	else
		probe_came(t, PROBE_IGNORED, "nothing was there: it waited until its time was up");
}

/* Sends on T's socket, whose sending half is shut: SIGPIPE came. */
static bool raises(struct probe_trial *t, int flags, int *code)
{
	struct probe_pipe p;
	ssize_t n;

	probe_pipe_begin(&p);
	n = send(t->end.fd, text, 1, flags);
	*code = n < 0 ? errno : 0;
	return probe_pipe_end(&p);
}

void probe_flag_nosignal(struct probe_trial *t)
{
	int with, without;
	bool came, comes;

	if (shutdown(t->end.fd, SHUT_WR) < 0) {
		probe_refused(t, errno);
		return;
	}
	came = raises(t, MSG_NOSIGNAL, &with);
	comes = raises(t, 0, &without);
	if (came)
		probe_came(t, PROBE_IGNORED, "SIGPIPE came");
	else if (comes)
		probe_came(t, PROBE_WORKS, "%s alone; without the flag SIGPIPE came with it",
			   with ? err_code_name(with) : "no error");
	else
		probe_came(t, PROBE_UNSEEN, "%s, and no signal without the flag either",
			   without ? err_code_name(without) : "no error");
}

static const struct probe_flag flags[] = {
#define FLAG(id, name, call, asked) { name, call, asked, probe_flag_##id },
#include "sockopt/probe_flags.def"
#undef FLAG
};

size_t probe_flags(const struct probe_flag **list)
{
	*list = flags;
	return ARRAY_SIZE(flags);
}

const char *probe_outcome_word(const struct probe_flag_answer *a)
{
	static const char *const words[] = {
		[PROBE_WORKS] = "works",
		[PROBE_IGNORED] = "ignored",
		[PROBE_UNSEEN] = "taken",
		[PROBE_REFUSED] = "refused",
	};
	const char *name = a->outcome == PROBE_REFUSED ? err_code_name(a->code) : NULL;

	return name ? name : words[a->outcome];
}

int probe_flag(const struct probe_flag *flag, const struct probe_kind *kind,
	       struct probe_flag_answer *answer, struct err *err)
{
	struct probe_trial t = { .kind = kind, .answer = answer };
	const char *call;
	int code = probe_open(kind, &t.end, &call);

	*answer = (struct probe_flag_answer){ .outcome = PROBE_UNSEEN };
	if (code) {
		errno = code;
		return err_sys(err, "%s: %s", kind->name, call);
	}
	flag->run(&t);
	probe_close(&t.end);
	return 0;
}
