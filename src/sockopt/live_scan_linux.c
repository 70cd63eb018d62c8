/* SPDX-License-Identifier: MIT */
/* live_scan_linux.c - the sockets in /proc/PID/fd; other systems have nothing like it */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/scan.h"
#include "sockopt/live_impl.h"

#ifdef __linux__

enum {
	BLIND_GAP = 256,   /* descriptors that are not there in a row: there are no more */
	BLIND_MAX = 65536, /* looked for where they cannot be listed */
	MANY = 1000,       /* descriptors that are worth another thread */
};

/* TEXT as a decimal number, or -1. */
static long number(const char *text)
{
	size_t len = strlen(text);
	uint64_t n;

	return len && scan_uint(text, text + len, INT32_MAX, &n) == len ? (long)n : -1;
}

/* CODE says that the process, or what was asked of it, is not there any more. */
static bool is_gone(int code)
{
	return code == ENOENT || code == ESRCH || code == ENOTDIR;
}

static bool is_denied(int code)
{
	return code == EACCES || code == EPERM;
}

/* CODE is neither about the process that is looked at nor about what is permitted: 0 if it is. */
static int ours(int code)
{
	return is_gone(code) || is_denied(code) ? 0 : code;
}

/*
 * The process's name: what stands in its file comm.  It stays empty if that cannot be known.
 * Returns 0 or an error number.
 */
static int read_name(char name[static LIVE_NAME], int dir)
{
	int fd = openat(dir, "comm", O_RDONLY | O_CLOEXEC), code;
	size_t len = 0;
	ssize_t n;

	name[0] = '\0';
	if (fd < 0)
		return errno;
	while (len < LIVE_NAME - 1 && (n = read(fd, name + len, LIVE_NAME - 1 - len)) != 0) {
		if (n < 0 && errno != EINTR)
			break;
		len += n > 0 ? (size_t)n : 0;
	}
	code = n < 0 ? errno : 0;
	close(fd);
	if (len && name[len - 1] == '\n')
		len--;
	name[len] = '\0';
	return code;
}

/* A process that is being looked at; it is added to the scan with its first socket. */
struct looking {
	struct live_scan *scan;
	pid_t pid;
	int dir; /* -1: it may not be opened */
	bool added;
	int failed; /* the error number of what could not be known of it */
};

static struct live_process *add_process(struct looking *l)
{
	struct live_process *p;
	int64_t netns;
	int code;

	if (l->added)
		return &l->scan->processes.v[l->scan->processes.n - 1];
	l->added = true;
	p = vec_push(&l->scan->processes);
	*p = (struct live_process){ .pid = l->pid };
	if (l->dir < 0)
		return p;
	code = read_name(p->name, l->dir);
	l->scan->unnamed += is_denied(code);
	l->failed = ours(code);
	netns = live_link(l->dir, "ns/net", "net");
	if (netns < 0 && !l->failed)
		l->failed = ours(errno);
	p->netns = netns > 0 ? (uint64_t)netns : 0;
	return p;
}

static void add_denied(struct looking *l)
{
	add_process(l)->denied = true;
	l->scan->denied++;
}

static void add_holder(struct looking *l, uint64_t inode, int fd)
{
	add_process(l);
	*vec_push(&l->scan->holders) = (struct live_holder){
		.inode = inode,
		.process = (uint32_t)(l->scan->processes.n - 1),
		.fd = fd,
	};
}

/*
 * The descriptors may be copied, but not listed (CAP_SYS_PTRACE alone): they are tried in turn.
 * Returns 0 or an error number, as the others that look below.
 */
static int look_blindly(struct looking *l)
{
	int pidfd = live_pidfd(l->pid), code = 0;

	if (pidfd < 0)
		return errno;
	for (int fd = 0, gap = 0; fd < BLIND_MAX && gap < BLIND_GAP && !code; fd++, gap++) {
		int copy = live_copy(pidfd, fd);
		struct stat st;

		if (copy < 0) {
			code = errno == EBADF ? 0 : errno;
			continue;
		}
		gap = 0;
		if (fstat(copy, &st) < 0)
			code = errno;
		else if (S_ISSOCK(st.st_mode))
			add_holder(l, st.st_ino, fd);
		close(copy);
	}
	close(pidfd);
	return code;
}

/* A descriptor of a process, and the inode if it is a socket, else 0. */
struct link_found {
	int fd;
	uint64_t inode;
};

/* Some of the descriptors in FOLDER. */
struct links {
	int folder;
	struct link_found *v;
	size_t n;
	int code; /* filled: 0, or why one could not be read */
};

static void *read_links(void *arg)
{
	struct links *links = arg;
	char name[sizeof("2147483647")];

	for (size_t i = 0; i < links->n && !links->code; i++) {
		int64_t inode;

		snprintf(name, sizeof(name), "%d", links->v[i].fd);
		inode = live_link(links->folder, name, "socket");
		links->v[i].inode = inode > 0 ? (uint64_t)inode : 0;
		links->code = inode < 0 && !is_gone(errno) ? errno : 0;
	}
	return NULL;
}

static void *read_own_links(void *arg)
{
	live_own_descriptors();
	return read_links(arg);
}

/* Reads the N links at V: many of them in two threads. */
static int read_all_links(int folder, struct link_found *v, size_t n)
{
	size_t half = n >= MANY ? n / 2 : 0;
	struct links other = { folder, v, half, 0 };
	struct links own = { folder, v + half, n - half, 0 };
	pthread_t thread;
	bool started = half && pthread_create(&thread, NULL, read_own_links, &other) == 0;

	read_links(&own);
	if (started)
		pthread_join(thread, NULL);
	else
		read_links(&other);
	return own.code ? own.code : other.code;
}

struct links_found VEC(struct link_found);

/* As readdir(3); errno is 0 at the end of LIST. */
static struct dirent *next_entry(DIR *list)
{
	errno = 0;
	return readdir(list);
}

/* Lists the sockets of a process. */
static int look(struct looking *l)
{
	int folder = openat(l->dir, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC), code;
	struct links_found found = { 0 };
	struct dirent *entry;
	DIR *list;

	if (folder < 0)
		return errno == EACCES ? look_blindly(l) : errno;
	list = fdopendir(folder);
	if (!list) {
		code = errno;
		close(folder);
		return code;
	}
	while ((entry = next_entry(list))) {
		long fd = number(entry->d_name);

		if (fd >= 0)
			*vec_push(&found) = (struct link_found){ (int)fd, 0 };
	}
	code = errno;
	if (!code && found.n)
		code = read_all_links(folder, found.v, found.n);
	for (size_t i = 0; i < found.n; i++)
		if (found.v[i].inode)
			add_holder(l, found.v[i].inode, found.v[i].fd);
	vec_fini(&found);
	closedir(list);
	return code;
}

/* Returns 0, or the error number because of which nothing more can be looked at. */
static int scan_process(struct live_scan *scan, int proc, const char *name)
{
	struct looking l = { .scan = scan, .pid = (pid_t)number(name) };
	int code = 0;

	l.dir = openat(proc, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	code = l.dir < 0 ? errno : look(&l);
	if (is_denied(code))
		add_denied(&l);
	if (l.dir >= 0)
		close(l.dir);
	return l.failed ? l.failed : ours(code);
}

static int compare_holders(const void *a, const void *b)
{
	const struct live_holder *x = a, *y = b;

	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	if (x->process != y->process)
		return x->process < y->process ? -1 : 1;
	return (x->fd > y->fd) - (x->fd < y->fd);
}

int live_scan(struct live_scan *scan, const char *proc, struct err *err)
{
	DIR *list = opendir(proc);
	struct dirent *entry;
	int code = 0, end;
	long pid = 0;

	scan->processes.n = scan->holders.n = 0;
	scan->denied = scan->unnamed = 0;
	if (!list)
		return err_sys(err, "%s", proc);
	while (!code && (entry = next_entry(list))) {
		pid = number(entry->d_name);
		if (pid > 0 && pid != getpid())
			code = scan_process(scan, dirfd(list), entry->d_name);
	}
	end = errno;
	closedir(list);
	errno = code ? code : end;
	if (code)
		return err_sys(err, "%s/%ld", proc, pid);
	if (end)
		return err_sys(err, "%s", proc);
	if (scan->holders.n)
		qsort(scan->holders.v, scan->holders.n, sizeof(*scan->holders.v), compare_holders);
	return 0;
}

void live_scan_fini(struct live_scan *scan)
{
	vec_fini(&scan->processes);
	vec_fini(&scan->holders);
	scan->denied = 0;
}

#else

int live_scan(struct live_scan *scan UNUSED, const char *proc UNUSED, struct err *err)
{
	return err_set(err, ERR_SYSTEM, LIVE_NONE);
}

void live_scan_fini(struct live_scan *scan UNUSED)
{
}

#endif
