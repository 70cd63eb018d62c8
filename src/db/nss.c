/* SPDX-License-Identifier: MIT */
#include "db/nss.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/str.h"
#include "db/db.h"
#include "db/nss_impl.h"

enum {
	READ_SIZE = 1 << 16,
};

static int start(struct db_nss *nss, struct err *err)
{
	int fds[2];

	if (nss->pid)
		return 0;
	if (compat_socketpair(fds) < 0)
		return err_sys(err, "socketpair");
	nss->pid = fork();
	if (nss->pid == 0) {
		close(fds[0]);
		nss_child(fds[1], nss);
	}
	if (nss->pid < 0) {
		nss->pid = 0;
		(void)err_sys(err, "fork");
		close(fds[0]);
	}
	close(fds[1]);
	nss->fd = fds[0];
	return nss->pid ? 0 : -1;
}

/* Ends the child; returns what became of it, by itself if it had ended before. */
static int finish(struct db_nss *nss)
{
	int status = 0;

	kill(nss->pid, SIGKILL);
	close(nss->fd);
	while (waitpid(nss->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	nss->pid = 0;
	nss->pos = 0;
	buf_fini(&nss->in);
	return status;
}

/* The child says nothing more; once it has begun to end, our signal changes nothing. */
static int gone(struct db_nss *nss, struct err *err)
{
	int status = finish(nss);

	if (WIFSIGNALED(status))
		return err_set(err, ERR_SYSTEM, "the process that asks it was ended by signal %d",
			       WTERMSIG(status));
	return err_set(err, ERR_SYSTEM, "the process that asks it ended with status %d",
		       WEXITSTATUS(status));
}

static int wait_until(int fd, uint64_t deadline_ns)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int rc;

	do
		rc = compat_ppoll(&p, 1, clock_left_ns(deadline_ns), NULL);
	while (rc < 0 && errno == EINTR);
	return rc != 0;
}

/* More of what the child says. */
static int receive(struct db_nss *nss, uint64_t deadline, struct err *err)
{
	int rc = (nss->wait ? nss->wait : wait_until)(nss->fd, deadline);
	ssize_t n;

	if (rc < 0) {
		(void)err_set(err, ERR_SYSTEM, "interrupted");
		err->code = EINTR;
		finish(nss);
		return -1;
	}
	if (rc == 0) {
		finish(nss);
		return err_set(err, ERR_SYSTEM, "no answer within %g s",
			       (double)nss->timeout_ns / (double)CLOCK_S);
	}
	if (nss->pos)
		buf_consume(&nss->in, nss->pos);
	nss->pos = 0;
	do
		n = recv(nss->fd, buf_reserve(&nss->in, READ_SIZE), READ_SIZE, 0);
	while (n < 0 && errno == EINTR);
	if (n == 0 || (n < 0 && errno == ECONNRESET))
		return gone(nss, err);
	if (n < 0) {
		(void)err_sys(err, "read from the process that asks it");
		finish(nss);
		return -1;
	}
	nss->in.len += (size_t)n;
	return 0;
}

/* The next message, its length left out; BODY holds until the next call. */
static int next(struct db_nss *nss, uint64_t deadline, const char **body, uint32_t *len,
		struct err *err)
{
	for (;;) {
		size_t have = nss->in.len - nss->pos;

		*len = 0;
		if (have >= sizeof(*len)) {
			memcpy(len, nss->in.data + nss->pos, sizeof(*len));
			if (*len > NSS_MESSAGE_MAX) {
				finish(nss);
				return err_set(err, ERR_SYSTEM, "an answer that cannot be read");
			}
			if (have - sizeof(*len) >= *len)
				break;
		}
		if (receive(nss, deadline, err) < 0)
			return -1;
	}
	*body = nss->in.data + nss->pos + sizeof(*len);
	nss->pos += sizeof(*len) + *len;
	return 0;
}

static int ask(struct db_nss *nss, const char *key, struct err *err)
{
	struct buf b = { 0 };
	uint32_t n = (uint32_t)(1 + (key ? strlen(key) : 0));
	size_t done = 0;
	ssize_t sent = 0;

	buf_add(&b, &n, sizeof(n));
	buf_addc(&b, key ? 'k' : 'l');
	buf_adds(&b, key ? key : "");
	while (sent >= 0 && done < b.len) {
		sent = send(nss->fd, b.data + done, b.len - done, MSG_NOSIGNAL);
		if (sent > 0)
			done += (size_t)sent;
		else if (sent < 0 && errno == EINTR)
			sent = 0;
	}
	buf_fini(&b);
	if (sent >= 0)
		return 0;
	if (errno == EPIPE || errno == ECONNRESET)
		return gone(nss, err);
	(void)err_sys(err, "write to the process that asks it");
	finish(nss);
	return -1;
}

int db_nss_ask(struct db_nss *nss, const char *key, struct db *db, struct err *err)
{
	uint64_t now = clock_now_ns(), deadline = now + nss->timeout_ns;
	size_t total = 0, before = db->rows.n;
	const char *body;
	uint32_t len;
	int rc = 1;

	if (deadline < now)
		deadline = UINT64_MAX;
	if (key && strlen(key) > NSS_KEY_MAX)
		return err_set(err, ERR_USAGE, "a key of over %d bytes", NSS_KEY_MAX);
	if (start(nss, err) < 0 || ask(nss, key, err) < 0)
		return -1;
	while (rc > 0) {
		if (next(nss, deadline, &body, &len, err) < 0) {
			rc = -1;
			break;
		}
		total += len;
		rc = nss_get(db, body, len, err);
		if (rc > 0 && total > NSS_ANSWER_MAX)
			rc = 2 * err_set(err, ERR_SYSTEM, "an answer without end");
		if (rc == -2)
			finish(nss);
	}
	if (rc < 0)
		db->rows.n = before;
	return rc < 0 ? -1 : 0;
}

void db_nss_close(struct db_nss *nss)
{
	if (nss->pid)
		finish(nss);
}
