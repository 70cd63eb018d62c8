/* SPDX-License-Identifier: MIT */
#include "dns/source.h"

#include <errno.h>
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

int source_start(struct source_asker *asker, struct err *err)
{
	int fds[2];

	if (compat_socketpair(fds) < 0)
		return err_sys(err, "socketpair");
	asker->pid = fork();
	if (asker->pid == 0) {
		close(fds[0]);
		source_child(fds[1], asker);
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
