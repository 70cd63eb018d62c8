/* SPDX-License-Identifier: MIT */
/* libc_opens.c - how often libc opens the file of a database */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/compat.h"
#include "db/db.h"
#include "db/libc.h"

/* What the child tells. */
struct report {
	struct err err; /* or ERR_NONE */
	struct db_opens opens;
};

/* TIMES calls were made: what the watch FD has is theirs. */
static int count(struct db_opens *opens, int fd, const char *call, uint64_t times, struct err *err)
{
	size_t i = 0;
	uint64_t n;

	if (db_opens_drain(fd, &n, err) < 0)
		return -1;
	while (i < opens->n && strcmp(opens->calls[i].call, call) != 0)
		i++;
	if (i == DB_OPENS_CALLS)
		return err_set(err, ERR_SYSTEM, "no room for the call %s", call);
	if (i == opens->n)
		memccpy(opens->calls[opens->n++].call, call, '\0',
			sizeof(opens->calls[i].call) - 1);
	opens->calls[i].times += times;
	opens->calls[i].opens += n;
	return 0;
}

/* Call by call: the kernel may make one of equal events that follow each other. */
static int count_keys(struct db_opens *opens, struct db *db, int fd, char *const *keys, size_t n,
		      struct err *err)
{
	struct err ignored; /* a look-up without an answer is one, too */
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		struct db_key key;

		if (db_key_parse(&key, db->type, keys[i], &ignored) < 0)
			continue;
		db->call = NULL;
		if (db_libc_find(db, &key, &ignored) == 0 || db->call)
			rc = count(opens, fd, db->call, 1, err);
		db_key_fini(&key);
	}
	return rc;
}

static int count_list(struct db_opens *opens, struct db *db, int fd, struct err *err)
{
	db_libc_list(db);
	return count(opens, fd, db->type->libc->list_call, db->rows.n + 1, err);
}

static int work(struct db_opens *opens, const struct db_type *type, const char *path,
		char *const *keys, size_t n, bool stayopen, struct err *err)
{
	int fd = db_opens_watch(path, err), rc = 0;
	struct db db;

	if (fd < 0)
		return -1;
	db_init(&db, type);
	db_libc_begin(&db, stayopen);
	if (stayopen)
		rc = count(opens, fd, type->libc->set_call, 1, err);
	if (rc == 0 && n > 0)
		rc = count_keys(opens, &db, fd, keys, n, err);
	else if (rc == 0)
		rc = count_list(opens, &db, fd, err);
	db_libc_end(&db);
	db_fini(&db);
	close(fd);
	return rc;
}

/* 1, or 0 if the child has ended without a report. */
static int receive(int fd, struct report *report, struct err *err)
{
	size_t done = 0;

	while (done < sizeof(*report)) {
		ssize_t n = read(fd, (char *)report + done, sizeof(*report) - done);

		if (n < 0 && errno != EINTR)
			return err_sys(err, "read from the process that counts");
		if (n == 0)
			return 0;
		done += n > 0 ? (size_t)n : 0;
	}
	return 1;
}

/* Waits for the child to end; says how if GOT is 0, because it has told nothing. */
static int finish(pid_t pid, int got, struct err *err)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (got != 0)
		return got;
	if (WIFSIGNALED(status))
		return err_set(err, ERR_SYSTEM, "the process that counts was ended by signal %d",
			       WTERMSIG(status));
	return err_set(err, ERR_SYSTEM, "the process that counts ended with status %d",
		       WEXITSTATUS(status));
}

int db_libc_opens(struct db_opens *opens, const struct db_type *type, const char *path,
		  char *const *keys, size_t n, bool stayopen, struct err *err)
{
	struct report report = { .err.kind = ERR_NONE };
	int fds[2], got = -1;
	pid_t pid;

	if (compat_socketpair(fds) < 0)
		return err_sys(err, "socketpair");
	pid = fork();
	if (pid == 0) {
		(void)!work(&report.opens, type, path, keys, n, stayopen, &report.err);
		_exit(send(fds[1], &report, sizeof(report), MSG_NOSIGNAL) < 0);
	}
	if (pid < 0)
		(void)err_sys(err, "fork");
	close(fds[1]);
	if (pid > 0)
		got = finish(pid, receive(fds[0], &report, err), err);
	close(fds[0]);
	if (got < 0)
		return -1;
	*opens = report.opens;
	if (report.err.kind == ERR_NONE)
		return 0;
	*err = report.err;
	return -1;
}
