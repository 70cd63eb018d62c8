/* SPDX-License-Identifier: MIT */
/* probe_linux.c - the calls of probe_fileops.def that Linux alone has, or has under this name */
#include "sockopt/probe_impl.h"

#ifdef __linux__

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#define CALL(id, expression)                                              \
	void probe_do_##id(struct probe_end *end, struct probe_answer *a) \
	{                                                                 \
		probe_answer(a, (expression));                            \
	}

CALL(setlease, fcntl(end->fd, F_SETLEASE, F_RDLCK))
CALL(setpipe, fcntl(end->fd, F_SETPIPE_SZ, 4096))
CALL(fallocate, fallocate(end->fd, 0, 0, 1))
CALL(syncfs, syncfs(end->fd))

void probe_do_fadvise(struct probe_end *end, struct probe_answer *a)
{
	a->code = posix_fadvise(end->fd, 0, 0, POSIX_FADV_NORMAL);
}

void probe_do_epoll(struct probe_end *end, struct probe_answer *a)
{
	struct epoll_event event = { .events = EPOLLIN };
	int ep = epoll_create1(EPOLL_CLOEXEC);

	probe_answer(a, ep < 0 ? -1 : epoll_ctl(ep, EPOLL_CTL_ADD, end->fd, &event));
	if (ep >= 0)
		close(ep);
}

/* A file in memory with a byte in it; -1 with A filled. */
static int file_of_a_byte(struct probe_answer *a)
{
	int fd = (int)syscall(SYS_memfd_create, "netipc", 1U /* MFD_CLOEXEC */);

	if (fd >= 0 && pwrite(fd, "x", 1, 0) == 1)
		return fd;
	probe_answer(a, -1);
	if (fd >= 0)
		close(fd);
	probe_detail(a, "there is no file in memory to try it with");
	return -1;
}

void probe_do_sendfile_to(struct probe_end *end, struct probe_answer *a)
{
	int file = file_of_a_byte(a);
	struct probe_pipe p;
	off_t at = 0;

	if (file < 0)
		return;
	probe_pipe_begin(&p);
	probe_answer_bytes(a, sendfile(end->fd, file, &at, 1));
	if (probe_pipe_end(&p))
		probe_detail(a, "and SIGPIPE");
	close(file);
}

void probe_do_sendfile_from(struct probe_end *end, struct probe_answer *a)
{
	int file = file_of_a_byte(a);

	if (file < 0)
		return;
	probe_answer_bytes(a, sendfile(file, end->fd, NULL, 1));
	close(file);
}

void probe_do_copy_range(struct probe_end *end, struct probe_answer *a)
{
	int file = file_of_a_byte(a);

	if (file < 0)
		return;
	probe_answer_bytes(a, (ssize_t)syscall(SYS_copy_file_range, end->fd, NULL, file, NULL,
					       (size_t)1, 0U));
	close(file);
}

void probe_do_splice(struct probe_end *end, struct probe_answer *a)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0) {
		probe_answer(a, -1);
		return;
	}
	probe_answer_bytes(a, splice(end->fd, NULL, fds[1], NULL, 1, SPLICE_F_NONBLOCK));
	close(fds[0]);
	close(fds[1]);
}

void probe_do_fgetxattr(struct probe_end *end, struct probe_answer *a)
{
	char name[64];
	ssize_t n = fgetxattr(end->fd, "system.sockprotoname", name, sizeof(name) - 1);

	probe_answer(a, n);
	if (n >= 0)
		probe_detail(a, "%.*s", (int)n, name);
}

void probe_do_reopen(struct probe_end *end, struct probe_answer *a)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", end->fd);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	probe_answer(a, fd);
	if (fd >= 0)
		close(fd);
}

#else

/* A file of C has something in it. */
typedef int probe_linux_is_empty;

#endif
