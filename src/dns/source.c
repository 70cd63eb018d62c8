/* SPDX-License-Identifier: MIT */
#include "dns/source.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "dns/source_impl.h"

enum {
	READ_SIZE = 1 << 16,
};

bool source_has_modules(void)
{
	return compat_has_nss();
}

void source_answer_fini(struct source_answer *answer)
{
	free(answer->canonname);
	gai_fini(&answer->rows);
	*answer = (struct source_answer){ .index = 0 };
}

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
#ifdef AI_IDN
	for (const char *s = q->name; q->hints.flags & AI_IDN && *s; s++)
		if ((unsigned char)*s >= 0x80)
			return true;
#else
	(void)q;
#endif
	return false;
}

static bool send_all(int fd, const struct buf *b)
{
	size_t done = 0;

	while (done < b->len) {
		ssize_t n = send(fd, b->data + done, b->len - done, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return false;
		done += n > 0 ? (size_t)n : 0;
	}
	return true;
}

/* A module must not read our input nor write to our output. */
static void detach(void)
{
	static const int defaults[] = { SIGINT, SIGTERM, SIGALRM, SIGPIPE };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	sigset_t none;

	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++)
		signal(defaults[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (null < 0)
		return;
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
}

static void child(int fd, const struct source_asker *asker) NORETURN;
static void child(int fd, const struct source_asker *asker)
{
	struct buf out = { 0 };

	compat_end_with_parent();
	detach();
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
		if (!send_all(fd, &out))
			break;
		if (asker->goes_on && !asker->goes_on(asker->owner, i, status))
			break;
	}
	_exit(0);
}

int source_start(struct source_asker *asker, struct err *err)
{
	int fds[2];

	if (compat_socketpair(fds) < 0)
		return err_sys(err, "socketpair");
	asker->pid = fork();
	if (asker->pid == 0) {
		close(fds[0]);
		child(fds[1], asker);
	}
	close(fds[1]);
	asker->fd = fds[0];
	asker->since_ns = clock_now_ns();
	if (asker->pid > 0)
		return 0;
	asker->pid = 0;
	(void)err_sys(err, "fork");
	close(fds[0]);
	return -1;
}

/* What became of the process, by itself if it had ended before. */
static int finish(struct source_asker *asker)
{
	int status = 0;

	kill(asker->pid, SIGKILL);
	close(asker->fd);
	while (waitpid(asker->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	asker->pid = 0;
	buf_fini(&asker->in);
	return status;
}

void source_close(struct source_asker *asker)
{
	if (asker->pid)
		finish(asker);
}

/* 1 if a whole message is there, BODY and LEN say where; 0 if not yet, -1 if it is none. */
static int message(const struct source_asker *asker, const char **body, uint32_t *len)
{
	if (asker->in.len < sizeof(*len))
		return 0;
	memcpy(len, asker->in.data, sizeof(*len));
	*body = asker->in.data + sizeof(*len);
	if (*len > SOURCE_MESSAGE_MAX)
		return -1;
	return asker->in.len - sizeof(*len) >= *len;
}

/* What it came to: SOURCE_ANSWERED is that there is more. */
static enum source_outcome receive(struct source_asker *asker, uint64_t deadline)
{
	struct pollfd p = { .fd = asker->fd, .events = POLLIN };
	ssize_t n;
	int rc;

	do
		rc = compat_ppoll(&p, 1, clock_left_ns(deadline), asker->mask);
	while (rc < 0 && errno == EINTR);
	if (rc == 0)
		return SOURCE_HUNG;
	do
		n = recv(asker->fd, buf_reserve(&asker->in, READ_SIZE), READ_SIZE, 0);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return n == 0 || errno == ECONNRESET ? SOURCE_CRASHED : SOURCE_LOST;
	asker->in.len += (size_t)n;
	return SOURCE_ANSWERED;
}

/* The next question has no answer: the process is ended, and another one asks the rest. */
static void give_up(struct source_asker *asker, struct source_answer *answer,
		    enum source_outcome outcome)
{
	int status = finish(asker);
	struct err ignored;

	source_answer_fini(answer);
	answer->index = asker->next++;
	answer->outcome = outcome;
	answer->status = NSSWITCH_UNAVAIL;
	if (outcome == SOURCE_CRASHED && WIFSIGNALED(status))
		answer->number = WTERMSIG(status);
	answer->ttl = -1;
	answer->took_ns = outcome == SOURCE_HUNG ? asker->timeout_ns : 0;
	if (asker->goes_on && !asker->goes_on(asker->owner, answer->index, NSSWITCH_UNAVAIL))
		asker->next = asker->n;
	if (asker->next < asker->n && source_start(asker, &ignored) < 0)
		asker->next = asker->n;
}

bool source_next(struct source_asker *asker, struct source_answer *answer)
{
	uint64_t deadline = asker->since_ns + asker->timeout_ns;
	const char *body;
	uint32_t len;
	enum source_outcome got;
	int have;

	source_answer_fini(answer);
	if (!asker->pid || asker->next >= asker->n)
		return false;
	if (deadline < asker->since_ns)
		deadline = UINT64_MAX;
	while ((have = message(asker, &body, &len)) == 0) {
		got = receive(asker, deadline);
		if (got != SOURCE_ANSWERED) {
			give_up(asker, answer, got);
			return true;
		}
	}
	if (have < 0 || !source_get(answer, body, len) || answer->index != asker->next) {
		give_up(asker, answer, SOURCE_LOST);
		return true;
	}
	buf_consume(&asker->in, sizeof(len) + len);
	asker->next++;
	asker->since_ns = clock_now_ns();
	if (asker->goes_on && !asker->goes_on(asker->owner, answer->index, answer->status))
		asker->next = asker->n;
	return true;
}
