/* SPDX-License-Identifier: MIT */
#include "db/libc_opens.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/compat.h"

/* 1, or 0 if the child has ended without a report. */
static int receive(int fd, struct db_opens_report *report, struct err *err)
{
	size_t done = 0;

	while (done < sizeof(*report)) {
		ssize_t n = recv(fd, (char *)report + done, sizeof(*report) - done, 0);

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

int db_opens_count(struct db_opens *opens, const struct db_opens_task *task, struct err *err)
{
	struct db_opens_report report;
	int fds[2], got = -1;
	pid_t pid;

	if (compat_socketpair(fds) < 0)
		return err_sys(err, "socketpair");
	pid = fork();
	if (pid == 0)
		db_opens_child(fds[1], task);
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
