/* SPDX-License-Identifier: MIT */
/* libc_opens_linux.c - the watch of libc_opens.h: inotify(7), which needs no privilege */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"
#include "base/str.h"
#include "db/libc_opens.h"

#ifdef HAVE_SYS_INOTIFY_H

#include <sys/inotify.h>

int db_opens_watch(const char *path, struct err *err)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	char show[STR_SHOW];

	if (fd < 0)
		return err_sys(err, "inotify_init1");
	/* What comes between two opens keeps the kernel from making one event of them. */
	if (inotify_add_watch(fd, path, IN_OPEN | IN_ACCESS | IN_CLOSE) >= 0)
		return fd;
	(void)err_sys(err, "%s", str_show(show, path));
	close(fd);
	return -1;
}

int db_opens_drain(int fd, uint64_t *opens, struct err *err)
{
	struct inotify_event event;
	char buf[4096];
	ssize_t n;

	*opens = 0;
	while ((n = read(fd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR))
		for (ssize_t i = 0; i < n; i += (ssize_t)(sizeof(event) + event.len)) {
			memcpy(&event, buf + i, sizeof(event));
			*opens += (event.mask & IN_OPEN) != 0;
		}
	return n < 0 && errno != EAGAIN ? err_sys(err, "read from inotify") : 0;
}

#else

static int cannot(struct err *err)
{
	return err_set(err, ERR_SYSTEM, "this system cannot count how often a file is opened");
}

int db_opens_watch(const char *path UNUSED, struct err *err)
{
	return cannot(err);
}

int db_opens_drain(int fd UNUSED, uint64_t *opens UNUSED, struct err *err)
{
	return cannot(err);
}

#endif
