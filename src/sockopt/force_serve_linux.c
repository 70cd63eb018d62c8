/* SPDX-License-Identifier: MIT */
/* force_serve_linux.c - one call that is held: whose it is, and the options on its socket */
#include "sockopt/force_impl.h"

#ifdef __linux__

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/io.h"
#include "base/scan.h"

enum {
	OF_THREAD = O_EXCL, /* PIDFD_THREAD, Linux 6.9 */
};

/* ioctl(2), again if it was interrupted; musl's takes an int, which these requests do not fit. */
static int control(int fd, unsigned long request, void *arg)
{
	int rc;

	do {
		rc = (int)syscall(SYS_ioctl, fd, request, arg);
	} while (rc < 0 && errno == EINTR);
	return rc;
}

static bool still_held(const struct force_watch *w)
{
	uint64_t id = w->held->id;

	return control(w->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

/* The process that thread TID belongs to, or 0. */
static pid_t process_of(pid_t tid)
{
	static const char key[] = "\nTgid:\t";
	struct buf text = { 0 };
	char path[32];
	struct err ignored;
	uint64_t pid = 0;
	const char *at;

	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	if (io_read_file(&text, path, &ignored) > 0) {
		at = strstr(buf_str(&text), key);
		if (at)
			scan_uint(at + sizeof(key) - 1, text.data + text.len, INT32_MAX, &pid);
	}
	buf_fini(&text);
	return (pid_t)pid;
}

static int open_pidfd(struct force_watch *w, pid_t tid)
{
	int fd = -1;

	if (!w->by_group) {
		fd = (int)syscall(FORCE_PIDFD_OPEN, tid, OF_THREAD);
		w->by_group = fd < 0 && errno == EINVAL;
	}
	if (w->by_group)
		fd = (int)syscall(FORCE_PIDFD_OPEN, process_of(tid), 0);
	return fd;
}

static void forget_pidfd(struct force_watch *w, size_t i)
{
	if (w->pidfds[i].tid)
		close(w->pidfds[i].fd);
	w->pidfds[i].tid = 0;
}

void force_forget(struct force_watch *w)
{
	for (size_t i = 0; i < FORCE_PIDFDS; i++)
		forget_pidfd(w, i);
}

/* A pidfd for the thread whose call is held; *FRESH if it was not known before.  -1 with errno. */
static int pidfd_of(struct force_watch *w, bool *fresh)
{
	pid_t tid = (pid_t)w->held->pid;
	size_t i = (size_t)tid % FORCE_PIDFDS;
	int fd;

	*fresh = w->pidfds[i].tid != tid;
	if (!*fresh)
		return w->pidfds[i].fd;
	fd = open_pidfd(w, tid);
	if (fd < 0)
		return -1;
	if (!still_held(w)) {
		close(fd);
		errno = ESRCH;
		return -1;
	}
	forget_pidfd(w, i);
	w->pidfds[i].tid = tid;
	w->pidfds[i].fd = fd;
	return fd;
}

/* Descriptor FD of the thread whose call is held.  -1 with errno. */
static int take(struct force_watch *w, int fd)
{
	size_t slot = (size_t)w->held->pid % FORCE_PIDFDS;
	bool fresh;
	int from = pidfd_of(w, &fresh), got;

	if (from < 0)
		return -1;
	got = (int)syscall(FORCE_PIDFD_GETFD, from, fd, 0);
	if (got >= 0 || fresh || errno != ESRCH)
		return got;
	/* the thread that had this number has ended */
	forget_pidfd(w, slot);
	from = pidfd_of(w, &fresh);
	return from < 0 ? -1 : (int)syscall(FORCE_PIDFD_GETFD, from, fd, 0);
}

/* TAKE, once more with room for it if there are too many descriptors. */
static int take_socket(struct force_watch *w, int fd)
{
	int got = take(w, fd);

	if (got >= 0 || errno != EMFILE)
		return got;
	force_forget(w);
	return take(w, fd);
}

/* The socket was not among those that were seen last; from now on it is. */
static bool is_new(struct force_watch *w, int fd)
{
	uint64_t cookie = 0, *slot;
	socklen_t len = sizeof(cookie);

	if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len) < 0)
		return true;
	slot = &w->cookies[cookie % FORCE_COOKIES];
	if (*slot == cookie)
		return false;
	*slot = cookie;
	return true;
}

static bool get_kind(int fd, struct own_kind *kind)
{
	const struct {
		int number, *to;
	} parts[] = {
		{ SO_DOMAIN, &kind->family },
		{ SO_TYPE, &kind->type },
		{ SO_PROTOCOL, &kind->protocol },
	};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		socklen_t len = sizeof(int);

		if (getsockopt(fd, SOL_SOCKET, parts[i].number, parts[i].to, &len) < 0)
			return false;
	}
	return true;
}

static bool any_applies(const struct force *f, const struct own_kind *kind)
{
	for (size_t i = 0; i < f->options.n; i++)
		if (force_applies(f->options.v[i].row, kind))
			return true;
	return false;
}

/* The name of process PID, "" if it cannot be had. */
static void get_name(char name[static FORCE_NAME], pid_t pid)
{
	struct buf text = { 0 };
	char path[32];
	struct err ignored;
	size_t n = 0;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	if (io_read_file(&text, path, &ignored) > 0)
		n = strcspn(buf_str(&text), "\n");
	snprintf(name, FORCE_NAME, "%.*s", (int)n, n ? text.data : "");
	buf_fini(&text);
}

/* The options are set on socket FD, which is ours.  False if it is none that they are for. */
static bool serve_socket(struct force_watch *w, int fd, struct force_event *e)
{
	struct own_kind kind;
	bool new;

	if (!get_kind(fd, &kind) || !any_applies(w->f, &kind))
		return false;
	new = is_new(w, fd);
	w->f->udp_seen += new &&kind.type == SOCK_DGRAM && e->call != FORCE_SOCKET;
	/* without KEEP the command may have changed it since */
	if (new || !w->f->keep)
		force_apply(w->f, fd, &kind, new, e);
	return true;
}

static struct force_event event_of(const struct force_watch *w, enum force_call call, int fd,
				   char name[static FORCE_NAME])
{
	struct force_event e = { .call = call, .pid = (pid_t)w->held->pid, .fd = fd, .name = name };

	name[0] = '\0';
	if (w->f->event)
		get_name(name, e.pid);
	return e;
}

/* A call on a socket.  True if it is not to be made at all. */
static bool serve_call(struct force_watch *w, const struct force_request *r)
{
	char name[FORCE_NAME];
	struct force_event e = event_of(w, r->call, r->fd, name);
	int fd = take_socket(w, r->fd);
	bool served;

	if (fd < 0) {
		e.code = errno;
		if (e.code == EBADF || !still_held(w))
			return false; /* the command's own mistake; it is gone */
		get_name(name, e.pid);
		force_missed(w->f, &e);
		return false;
	}
	served = serve_socket(w, fd, &e);
	close(fd);
	if (!served || r->call != FORCE_SETSOCKOPT)
		return false;
	w->f->kept++;
	return true;
}

/* What FILE of /proc/TID is, such as "ns/net" or "" for its folder; false if it cannot be had. */
static bool stat_of(pid_t tid, const char *file, struct stat *st)
{
	char path[48];

	snprintf(path, sizeof(path), "/proc/%d/%s", tid, file);
	return stat(path, st) == 0;
}

/* A socket made here is as one that thread TID makes: same user, same network namespace. */
static bool is_like_us(pid_t tid)
{
	struct stat theirs, ours;

	return stat_of(tid, "", &theirs) && theirs.st_uid == geteuid() &&
	       stat_of(tid, "ns/net", &theirs) && stat_of(getpid(), "ns/net", &ours) &&
	       theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
}

/* Answers a socket(2) of UDP with a socket that is made here.  False if it cannot. */
static bool serve_making(struct force_watch *w, const struct force_request *r)
{
	struct seccomp_notif_addfd add = {
		.id = w->held->id,
		.flags = SECCOMP_ADDFD_FLAG_SEND,
		.newfd_flags = r->kind.type & SOCK_CLOEXEC ? O_CLOEXEC : 0,
	};
	char name[FORCE_NAME];
	struct force_event e = event_of(w, r->call, -1, name);
	int fd;
	bool done;

	if ((r->kind.protocol != 0 && r->kind.protocol != IPPROTO_UDP &&
	     r->kind.protocol != IPPROTO_UDPLITE) ||
	    !is_like_us(e.pid) || !still_held(w))
		return false;
	fd = socket(r->kind.family, r->kind.type | SOCK_CLOEXEC, r->kind.protocol);
	if (fd < 0)
		return false;
	(void)serve_socket(w, fd, &e);
	add.srcfd = (uint32_t)fd;
	done = control(w->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add) >= 0;
	close(fd);
	return done;
}

/* What becomes of a call that is held. */
enum verdict {
	GO_ON,
	SUCCEED,  /* without being made */
	ANSWERED, /* already */
};

static enum verdict serve_held(struct force_watch *w)
{
	struct force_request r;
	enum force_seen seen = force_decode(w->f, &w->held->data, (pid_t)w->held->pid, &r);

	switch (seen) {
	case SEEN_SOCKET:
		return serve_call(w, &r) ? SUCCEED : GO_ON;
	case SEEN_MAKE:
		if (w->f->udp && serve_making(w, &r))
			return ANSWERED;
		w->f->udp_made++;
		return GO_ON;
	case SEEN_RING:
		w->f->rings++;
		return GO_ON;
	case SEEN_FILTER:
		w->f->filters++;
		return GO_ON;
	case SEEN_OTHER:
		break;
	}
	return GO_ON;
}

/* What fails here is a call that is held no more. */
void force_serve(struct force_watch *w)
{
	enum verdict verdict;

	memset(w->held, 0, w->held_size);
	if (control(w->listener, SECCOMP_IOCTL_NOTIF_RECV, w->held) < 0)
		return;
	verdict = serve_held(w);
	if (verdict == ANSWERED)
		return;
	memset(w->answer, 0, w->answer_size);
	w->answer->id = w->held->id;
	w->answer->flags = verdict == SUCCEED ? 0 : SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	(void)control(w->listener, SECCOMP_IOCTL_NOTIF_SEND, w->answer);
}

#endif
