/* SPDX-License-Identifier: MIT */
/* io_write.c - files that are made, in folders where others may have prepared something */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "base/xalloc.h"

static int write_all(int fd, const char *data, size_t n)
{
	while (n) {
		ssize_t done = write(fd, data, n);

		if (done < 0 && errno != EINTR)
			return -1;
		data += done > 0 ? done : 0;
		n -= done > 0 ? (size_t)done : 0;
	}
	return 0;
}

/* A file of its own: O_EXCL follows no link, and never takes what somebody else has made. */
static int make_new(const char *path)
{
	const int how = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int fd = open(path, how, 0644);

	if (fd >= 0 || errno != EEXIST || unlink(path) < 0)
		return fd; /* what an earlier run has left is removed, by its name alone */
	return open(path, how, 0644);
}

static int close_all(int fd, int rc)
{
	int code = errno;

	if (close(fd) < 0)
		return -1;
	errno = code;
	return rc;
}

int io_replace_file(const char *path, const void *data, size_t n, struct err *err)
{
	char *new, show[STR_SHOW];
	struct stat st;
	int fd, rc;

	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return err_set(err, ERR_SYSTEM, "%s: it is no regular file", str_show(show, path));
	new = xasprintf("%s.new", path);
	fd = make_new(new);
	rc = fd < 0 ? -1 : close_all(fd, write_all(fd, data, n));
	if (rc == 0)
		rc = rename(new, path);
	if (rc < 0)
		err_sys(err, "%s", str_show(show, path));
	if (rc < 0 && fd >= 0)
		unlink(new);
	free(new);
	return rc;
}

int io_write_file(const char *path, const void *data, size_t n, struct err *err)
{
	char show[STR_SHOW];
	struct stat st;
	int fd, rc;

	if (lstat(path, &st) < 0 || !S_ISCHR(st.st_mode))
		return io_replace_file(path, data, n, err);
	fd = open(path, O_WRONLY | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
	rc = fd < 0 ? -1 : close_all(fd, write_all(fd, data, n));
	return rc < 0 ? err_sys(err, "%s", str_show(show, path)) : 0;
}

/* Why commands that are appended to the file ST could be another user's; NULL if not. */
static const char *not_ours(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return "it is no regular file";
	if (st->st_uid != geteuid())
		return "it belongs to another user";
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return "others may write to it";
	return st->st_nlink == 1 ? NULL : "it has another name too";
}

int io_append_file(const char *path, struct err *err)
{
	/* O_NONBLOCK: the end of a pipe that nobody reads is not waited for. */
	int fd =
		open(path,
		     O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
		     0600);
	const char *why = "it is no regular file";
	char show[STR_SHOW];
	struct stat st;

	str_show(show, path);
	if (fd < 0 && errno != ELOOP && errno != ENXIO)
		return err_sys(err, "%s", show);
	if (fd >= 0 && fstat(fd, &st) < 0)
		err_sys(err, "%s", show);
	else if (fd >= 0 && !(why = not_ours(&st)))
		return fd;
	else
		err_set(err, ERR_SYSTEM, "%s: %s", show, why);
	if (fd >= 0)
		close(fd);
	return -1;
}
