/* SPDX-License-Identifier: MIT */
/* live_linux.c - /proc/PID/fd and pidfd_getfd(2); other systems have nothing like them */
#include <dirent.h>
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
#include "sockopt/live.h"

#ifdef __linux__

enum {
	PIDFD_OPEN = 434, /* the same numbers on each architecture */
	PIDFD_GETFD = 438,
	PATH_ROOM = 64,
	LINK_ROOM = 64,
	BLIND_GAP = 256,   /* descriptors that are not there in a row: there are no more */
	BLIND_MAX = 65536, /* looked for where they cannot be listed */
	MANY = 1000,       /* descriptors that are worth another thread */
};

static int open_process(pid_t pid)
{
	return (int)syscall(PIDFD_OPEN, pid, 0);
}

static int copy_descriptor(int pidfd, int fd)
{
	return (int)syscall(PIDFD_GETFD, pidfd, fd, 0);
}

/* TEXT as a decimal number, or -1. */
static long number(const char *text)
{
	size_t len = strlen(text);
	uint64_t n;

	return len && scan_uint(text, text + len, INT32_MAX, &n) == len ? (long)n : -1;
}

/* The inode of "KIND:[N]" that the link FILE of folder DIR says, 0 if it says else; -1 with errno.
 */
static int64_t link_inode(int dir, const char *file, const char *kind)
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
	(void)unshare(CLONE_FILES);
}

uint64_t live_inode(const char *proc, pid_t pid, int fd)
{
	char path[PATH_ROOM];
	int64_t inode;

	snprintf(path, sizeof(path), "%s/%ld/fd/%d", proc, (long)pid, fd);
	inode = link_inode(AT_FDCWD, path, "socket");
	return inode > 0 ? (uint64_t)inode : 0;
}

uint64_t live_netns(const char *proc, pid_t pid)
{
	char path[PATH_ROOM];
	int64_t inode;

	snprintf(path, sizeof(path), "%s/%ld/ns/net", proc, (long)pid);
	inode = link_inode(AT_FDCWD, path, "net");
	return inode > 0 ? (uint64_t)inode : 0;
}

/* The process's name: what stands in its file comm. */
static void read_name(char name[static LIVE_NAME], int dir)
{
	int fd = openat(dir, "comm", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, name, LIVE_NAME - 1);

	if (fd >= 0)
		close(fd);
	if (n > 0 && name[n - 1] == '\n')
		n--;
	name[n > 0 ? n : 0] = '\0';
}

/* A process that is being looked at; it is added to the scan with its first socket. */
struct looking {
	struct live_scan *scan;
	pid_t pid;
	int dir;
	bool added;
	int failed; /* an error number that is ours */
};

static void add_process(struct looking *l, bool denied)
{
	struct live_process *p;
	int64_t netns;

	if (l->added)
		return;
	l->added = true;
	p = vec_push(&l->scan->processes);
	p->pid = l->pid;
	p->denied = denied;
	read_name(p->name, l->dir);
	netns = link_inode(l->dir, "ns/net", "net");
	p->netns = netns > 0 ? (uint64_t)netns : 0;
	l->scan->denied += denied;
}

static void add_holder(struct looking *l, uint64_t inode, int fd)
{
	add_process(l, false);
	*vec_push(&l->scan->holders) = (struct live_holder){
		.inode = inode,
		.process = (uint32_t)(l->scan->processes.n - 1),
		.fd = fd,
	};
}

/* CODE is about us, not about the process that is being looked at. */
static bool is_ours(int code)
{
	return code == EMFILE || code == ENFILE || code == ENOMEM;
}

/* The descriptors may be copied, but not listed (CAP_SYS_PTRACE alone): they are tried in turn. */
static bool look_blindly(struct looking *l)
{
	int pidfd = open_process(l->pid);
	bool permitted = true;

	if (pidfd < 0)
		return true; /* it has ended */
	for (int fd = 0, gap = 0; fd < BLIND_MAX && gap < BLIND_GAP && permitted; fd++, gap++) {
		int copy = copy_descriptor(pidfd, fd);
		struct stat st;

		if (copy >= 0) {
			gap = 0;
			if (fstat(copy, &st) == 0 && S_ISSOCK(st.st_mode))
				add_holder(l, st.st_ino, fd);
			close(copy);
		} else {
			permitted = errno != EPERM;
		}
	}
	close(pidfd);
	return permitted;
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
	bool denied;
};

static void *read_links(void *arg)
{
	struct links *links = arg;
	char name[sizeof("2147483647")];

	for (size_t i = 0; i < links->n && !links->denied; i++) {
		int64_t inode;

		snprintf(name, sizeof(name), "%d", links->v[i].fd);
		inode = link_inode(links->folder, name, "socket");
		links->v[i].inode = inode > 0 ? (uint64_t)inode : 0;
		links->denied = inode < 0 && errno == EACCES;
	}
	return NULL;
}

static void *read_own_links(void *arg)
{
	live_own_descriptors();
	return read_links(arg);
}

/* Reads the N links at V: many of them in two threads.  False if that is not permitted. */
static bool read_all_links(int folder, struct link_found *v, size_t n)
{
	size_t half = n >= MANY ? n / 2 : 0;
	struct links other = { folder, v, half, false };
	struct links own = { folder, v + half, n - half, false };
	pthread_t thread;
	bool started = half && pthread_create(&thread, NULL, read_own_links, &other) == 0;

	read_links(&own);
	if (started)
		pthread_join(thread, NULL);
	else
		read_links(&other);
	return !own.denied && !other.denied;
}

/* Lists the sockets of a process: false if that is not permitted. */
static bool look(struct looking *l)
{
	int folder = openat(l->dir, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct links_found VEC(struct link_found) found = { 0 };
	struct dirent *entry;
	bool permitted;
	DIR *list;

	if (folder < 0) {
		l->failed = is_ours(errno) ? errno : 0;
		return errno == EACCES ? look_blindly(l) : true;
	}
	list = fdopendir(folder);
	if (!list) {
		close(folder);
		return true;
	}
	while ((entry = readdir(list))) {
		long fd = number(entry->d_name);

		if (fd >= 0)
			*vec_push(&found) = (struct link_found){ (int)fd, 0 };
	}
	permitted = !found.n || read_all_links(folder, found.v, found.n);
	for (size_t i = 0; i < found.n; i++)
		if (found.v[i].inode)
			add_holder(l, found.v[i].inode, found.v[i].fd);
	vec_fini(&found);
	closedir(list);
	return permitted;
}

/* Returns 0, or the error number because of which nothing more can be looked at. */
static int scan_process(struct live_scan *scan, int proc, const char *name)
{
	struct looking l = { .scan = scan, .pid = (pid_t)number(name) };

	l.dir = openat(proc, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l.dir < 0)
		return is_ours(errno) ? errno : 0;
	if (!look(&l))
		add_process(&l, true);
	close(l.dir);
	return l.failed;
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
	int code = 0;

	scan->processes.n = scan->holders.n = 0;
	scan->denied = 0;
	if (!list)
		return err_sys(err, "%s", proc);
	while (!code) {
		long pid;

		errno = 0;
		entry = readdir(list);
		if (!entry)
			break;
		pid = number(entry->d_name);
		if (pid > 0 && pid != getpid())
			code = scan_process(scan, dirfd(list), entry->d_name);
	}
	code = code ? code : errno;
	closedir(list);
	errno = code;
	if (code)
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

/* Controllers of control groups, version 1, that tag a socket with the group of who receives it. */
static bool is_class(const char *line, size_t n)
{
	return memmem(line, n, "net_cls", 7) || memmem(line, n, "net_prio", 8);
}

/* Appends to LINES those of file PATH that name such a controller. */
static void class_lines(struct buf *lines, const char *path)
{
	struct buf text = { 0 };
	struct err ignored;

	if (io_read_file(&text, path, &ignored) > 0)
		for (size_t at = 0, n; at < text.len; at += n + 1) {
			const char *end = memchr(text.data + at, '\n', text.len - at);

			n = end ? (size_t)(end - text.data) - at : text.len - at;
			if (is_class(text.data + at, n))
				buf_printf(lines, "%.*s\n", (int)n, text.data + at);
		}
	buf_fini(&text);
}

/* A line of /proc/cgroups, "net_cls\t4\t1\t1", has a hierarchy that is not 0: it is in use. */
static bool classes_in_use(const char *proc)
{
	struct buf lines = { 0 };
	char path[PATH_ROOM];
	bool use = false;

	snprintf(path, sizeof(path), "%s/cgroups", proc);
	class_lines(&lines, path);
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
	class_lines(&own, path);
	snprintf(path, sizeof(path), "%s/%ld/cgroup", r->proc, (long)r->pid);
	class_lines(&other, path);
	differ = strcmp(buf_str(&own), buf_str(&other)) != 0;
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
	r->pidfd = open_process(pid);
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
	*copy = copy_descriptor(r->pidfd, fd);
	if (*copy < 0) {
		*code = errno;
		release_signals(r);
		return why_not(*code);
	}
	if (fstat(*copy, &st) == 0 && S_ISSOCK(st.st_mode) && st.st_ino == inode)
		return LIVE_OPEN;
	live_close(r, *copy);
	return LIVE_CHANGED;
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

int live_supported(struct err *err)
{
	int pidfd = open_process(getpid()), copy, code;

	if (pidfd < 0)
		return err_sys(err, "live sockets need Linux 5.6: pidfd_open");
	copy = copy_descriptor(pidfd, pidfd);
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

#define NO_LIVE "live sockets need Linux 5.6 (pidfd_getfd)"

int live_scan(struct live_scan *scan UNUSED, const char *proc UNUSED, struct err *err)
{
	return err_set(err, ERR_SYSTEM, NO_LIVE);
}

void live_scan_fini(struct live_scan *scan UNUSED)
{
}

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

int live_supported(struct err *err)
{
	return err_set(err, ERR_SYSTEM, NO_LIVE);
}

#endif
