/* SPDX-License-Identifier: MIT */
/* live_linux.c - a copy of a live socket by pidfd_getfd(2), which other systems do not have */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/io.h"
#include "base/scan.h"
#include "sockopt/live_impl.h"

#ifdef __linux__

enum {
	PIDFD_OPEN = 434, /* the same numbers on each architecture */
	PIDFD_GETFD = 438,
	PATH_ROOM = 64,
	LINK_ROOM = 64,
};

int live_pidfd(pid_t pid)
{
	return (int)syscall(PIDFD_OPEN, pid, 0);
}

int live_copy(int pidfd, int fd)
{
	return (int)syscall(PIDFD_GETFD, pidfd, fd, 0);
}

int64_t live_link(int dir, const char *file, const char *kind)
{
	char text[LINK_ROOM];
	ssize_t n = readlinkat(dir, file, text, sizeof(text) - 1);
	size_t len = strlen(kind);
	uint64_t inode = 0;

	if (n < 0)
		return -1;
	text[n] = '\0';
	if (strncmp(text, kind, len) != 0 || strncmp(text + len, ":[", 2) != 0)
		return 0;
	scan_uint(text + len + 2, text + n, INT64_MAX, &inode);
	return (int64_t)inode;
}

void live_own_descriptors(void)
{
#ifndef HAVE_SANITIZERS /* that of threads takes one number in two tables for one descriptor */
	(void)unshare(CLONE_FILES);
#endif
}

uint64_t live_inode(const char *proc, pid_t pid, int fd)
{
	char path[PATH_ROOM];
	int64_t inode;

	snprintf(path, sizeof(path), "%s/%ld/fd/%d", proc, (long)pid, fd);
	inode = live_link(AT_FDCWD, path, "socket");
	return inode > 0 ? (uint64_t)inode : 0;
}

uint64_t live_netns(const char *proc, pid_t pid)
{
	char path[PATH_ROOM];
	int64_t inode;

	snprintf(path, sizeof(path), "%s/%ld/ns/net", proc, (long)pid);
	inode = live_link(AT_FDCWD, path, "net");
	return inode > 0 ? (uint64_t)inode : 0;
}

/* Controllers of control groups, version 1, that tag a socket with the group of who receives it. */
static bool is_class(const char *line, size_t n)
{
	return memmem(line, n, "net_cls", 7) || memmem(line, n, "net_prio", 8);
}

/* Appends to LINES those of file PATH that name such a controller; false if it cannot be read. */
static bool class_lines(struct buf *lines, const char *path)
{
	struct buf text = { 0 };
	struct err err;
	int rc = io_read_file(&text, path, &err);

	if (rc > 0)
		for (size_t at = 0, n; at < text.len; at += n + 1) {
			const char *end = memchr(text.data + at, '\n', text.len - at);

			n = end ? (size_t)(end - text.data) - at : text.len - at;
			if (is_class(text.data + at, n))
				buf_printf(lines, "%.*s\n", (int)n, text.data + at);
		}
	buf_fini(&text);
	return rc >= 0 || err.code == ESRCH;
}

/* A line of /proc/cgroups, "net_cls\t4\t1\t1", has a hierarchy that is not 0: it is in use. */
static bool classes_in_use(const char *proc)
{
	struct buf lines = { 0 };
	char path[PATH_ROOM];
	bool use;

	snprintf(path, sizeof(path), "%s/cgroups", proc);
	use = !class_lines(&lines, path);
	for (const char *s = buf_str(&lines); *s && !use; s = strchr(s, '\n') + 1) {
		const char *number = s + strcspn(s, "\t\n");

		use = *number == '\t' && number[1] != '0';
	}
	buf_fini(&lines);
	return use;
}

/* The process of R is in another group than we are. */
static bool is_tagged(const struct live_reader *r)
{
	struct buf own = { 0 }, other = { 0 };
	char path[PATH_ROOM];
	bool differ;

	snprintf(path, sizeof(path), "%s/self/cgroup", r->proc);
	differ = !class_lines(&own, path);
	snprintf(path, sizeof(path), "%s/%ld/cgroup", r->proc, (long)r->pid);
	differ =
		!class_lines(&other, path) || differ || strcmp(buf_str(&own), buf_str(&other)) != 0;
	buf_fini(&own);
	buf_fini(&other);
	return differ;
}

static void forget(struct live_reader *r)
{
	if (r->pid)
		close(r->pidfd);
	r->pid = 0;
}

void live_reader_fini(struct live_reader *r)
{
	forget(r);
}

static bool turn_to(struct live_reader *r, pid_t pid)
{
	if (!r->looked) {
		r->classes = classes_in_use(r->proc);
		r->looked = true;
	}
	if (r->pid == pid)
		return true;
	forget(r);
	r->pidfd = live_pidfd(pid);
	if (r->pidfd < 0)
		return false;
	r->pid = pid;
	r->tagged = r->classes && is_tagged(r);
	return true;
}

/* What would stop or end us waits while a foreign socket is held. */
static void hold_signals(struct live_reader *r)
{
	sigset_t set, old;

	_Static_assert(sizeof(old) <= sizeof(r->mask), "the mask fits");
	if (r->no_signals)
		return;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGTSTP);
	if (sigprocmask(SIG_BLOCK, &set, &old) < 0)
		return;
	memcpy(r->mask, &old, sizeof(old));
	r->masked = true;
}

static void release_signals(struct live_reader *r)
{
	sigset_t old;

	if (!r->masked)
		return;
	memcpy(&old, r->mask, sizeof(old));
	r->masked = false;
	sigprocmask(SIG_SETMASK, &old, NULL);
}

static enum live_outcome why_not(int code)
{
	switch (code) {
	case EPERM:
	case EACCES:
		return LIVE_DENIED;
	case ESRCH:
		return LIVE_GONE;
	case EBADF:
		return LIVE_CHANGED;
	default:
		return LIVE_FAILED;
	}
}

enum live_outcome live_open(struct live_reader *r, pid_t pid, int fd, uint64_t inode, int *copy,
			    int *code)
{
	struct stat st;

	*code = 0;
	if (!turn_to(r, pid)) {
		*code = errno;
		return why_not(errno);
	}
	if (r->tagged && !r->force)
		return LIVE_CLASS;
	hold_signals(r);
	*copy = live_copy(r->pidfd, fd);
	if (*copy < 0) {
		*code = errno;
		release_signals(r);
		return why_not(*code);
	}
	if (fstat(*copy, &st) < 0)
		*code = errno;
	else if (S_ISSOCK(st.st_mode) && st.st_ino == inode)
		return LIVE_OPEN;
	live_close(r, *copy);
	return *code ? LIVE_FAILED : LIVE_CHANGED;
}

void live_close(struct live_reader *r, int copy)
{
	close(copy);
	release_signals(r);
}

/* A socket to be opened elsewhere; FD is -1 and CODE says why if it was not. */
struct errand {
	int netns, family, type, protocol, fd, code;
};

/* A thread of its own, because a thread is what has a namespace. */
static void *run_errand(void *arg)
{
	struct errand *e = arg;

	if (setns(e->netns, CLONE_NEWNET) == 0)
		e->fd = socket(e->family, e->type | SOCK_CLOEXEC, e->protocol);
	e->code = errno;
	return NULL;
}

int live_socket(const char *proc, pid_t pid, int family, int type, int protocol)
{
	struct errand e = { .family = family, .type = type, .protocol = protocol, .fd = -1 };
	char path[PATH_ROOM];
	pthread_t thread;

	snprintf(path, sizeof(path), "%s/%ld/ns/net", proc, (long)pid);
	e.netns = open(path, O_RDONLY | O_CLOEXEC);
	if (e.netns < 0)
		return -1;
	e.code = pthread_create(&thread, NULL, run_errand, &e);
	if (e.code == 0)
		pthread_join(thread, NULL);
	close(e.netns);
	errno = e.code;
	return e.fd;
}

bool live_privileged(const char *proc)
{
	enum {
		SYS_PTRACE = 19
	}; /* the bit of CAP_SYS_PTRACE */
	struct buf status = { 0 };
	char path[PATH_ROOM];
	uint64_t bits = 0;
	struct err ignored;

	snprintf(path, sizeof(path), "%s/self/status", proc);
	if (io_read_file(&status, path, &ignored) > 0) {
		const char *text = buf_str(&status), *s = strstr(text, "\nCapEff:\t");

		if (s)
			scan_hex(s + strlen("\nCapEff:\t"), text + status.len, UINT64_MAX, &bits);
	}
	buf_fini(&status);
	return bits >> SYS_PTRACE & 1;
}

int live_supported(struct err *err)
{
	int pidfd = live_pidfd(getpid()), copy, code;

	if (pidfd < 0)
		return err_sys(err, "live sockets need Linux 5.6: pidfd_open");
	copy = live_copy(pidfd, pidfd);
	code = errno;
	close(pidfd);
	if (copy >= 0)
		close(copy);
	errno = code;
	return copy < 0 && code == ENOSYS ?
		       err_sys(err, "live sockets need Linux 5.6: pidfd_getfd") :
		       0;
}

#else

enum live_outcome live_open(struct live_reader *r UNUSED, pid_t pid UNUSED, int fd UNUSED,
			    uint64_t inode UNUSED, int *copy UNUSED, int *code)
{
	*code = ENOSYS;
	return LIVE_FAILED;
}

void live_close(struct live_reader *r UNUSED, int copy UNUSED)
{
}

void live_reader_fini(struct live_reader *r UNUSED)
{
}

void live_own_descriptors(void)
{
}

uint64_t live_inode(const char *proc UNUSED, pid_t pid UNUSED, int fd UNUSED)
{
	return 0;
}

uint64_t live_netns(const char *proc UNUSED, pid_t pid UNUSED)
{
	return 0;
}

int live_socket(const char *proc UNUSED, pid_t pid UNUSED, int family UNUSED, int type UNUSED,
		int protocol UNUSED)
{
	errno = ENOSYS;
	return -1;
}

bool live_privileged(const char *proc UNUSED)
{
	return false;
}

int live_supported(struct err *err)
{
	return err_set(err, ERR_SYSTEM, LIVE_NONE);
}

#endif
