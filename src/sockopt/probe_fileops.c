/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/compat.h"
#include "sockopt/probe_impl.h"

static const char queued[] = "hello";

enum {
	QUEUED = sizeof(queued) - 1,
};

void probe_detail(struct probe_answer *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(a->detail, sizeof(a->detail), fmt, ap);
	va_end(ap);
}

void probe_answer(struct probe_answer *a, long long n)
{
	a->code = n < 0 ? errno : 0;
}

void probe_answer_bytes(struct probe_answer *a, ssize_t n)
{
	probe_answer(a, n);
	if (n >= 0)
		probe_detail(a, "%zd byte%s", n, n == 1 ? "" : "s");
}

static bool pipe_is_pending(void)
{
	sigset_t pending;

	sigpending(&pending);
	return sigismember(&pending, SIGPIPE) == 1;
}

void probe_pipe_begin(struct probe_pipe *p)
{
	sigset_t set;

	p->pending = pipe_is_pending();
	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &set, &p->before);
}

bool probe_pipe_end(const struct probe_pipe *p)
{
	bool came = !p->pending && pipe_is_pending();
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	if (came)
		sigwait(&set, &sig);
	pthread_sigmask(SIG_SETMASK, &p->before, NULL);
	return came;
}

/* The calls that answer by what they return. */
#define CALL(id, expression)                                              \
	void probe_do_##id(struct probe_end *end, struct probe_answer *a) \
	{                                                                 \
		probe_answer(a, (expression));                            \
	}

CALL(fchdir, fchdir(end->fd))
CALL(fchmod, fchmod(end->fd, 0600))
CALL(fchown, fchown(end->fd, getuid(), getgid()))
CALL(setfd, fcntl(end->fd, F_SETFD, FD_CLOEXEC))
CALL(setfl, fcntl(end->fd, F_SETFL, O_NONBLOCK))
CALL(setown, fcntl(end->fd, F_SETOWN, getpid()))
CALL(fdatasync, fdatasync(end->fd))
CALL(fsync, fsync(end->fd))
CALL(ftruncate, ftruncate(end->fd, 0))
CALL(lseek, lseek(end->fd, 0, SEEK_CUR))
CALL(futimens, futimens(end->fd, NULL))
CALL(flock, flock(end->fd, LOCK_EX | LOCK_NB))

void probe_do_close(struct probe_end *end, struct probe_answer *a)
{
	probe_answer(a, close(end->fd));
	end->fd = -1;
}

/* NEW is a duplicate, or -1. */
static void duplicate(struct probe_answer *a, int new)
{
	probe_answer(a, new);
	if (new >= 0)
		close(new);
}

void probe_do_dup(struct probe_end *end, struct probe_answer *a)
{
	duplicate(a, dup(end->fd)); /* NOLINT(android-cloexec-dup): dup itself is tried */
}

void probe_do_dup2(struct probe_end *end, struct probe_answer *a)
{
	int to = fcntl(end->fd, F_DUPFD_CLOEXEC, 0);

	probe_answer(a, to);
	if (to >= 0)
		duplicate(a, dup2(end->fd, to));
}

void probe_do_dupfd(struct probe_end *end, struct probe_answer *a)
{
	duplicate(a, fcntl(end->fd, F_DUPFD, 0));
}

void probe_do_getfd(struct probe_end *end, struct probe_answer *a)
{
	int flags = fcntl(end->fd, F_GETFD);

	probe_answer(a, flags);
	if (flags >= 0)
		probe_detail(a, flags & FD_CLOEXEC ? "FD_CLOEXEC" : "0");
}

void probe_do_getfl(struct probe_end *end, struct probe_answer *a)
{
	int flags = fcntl(end->fd, F_GETFL);

	probe_answer(a, flags);
	if (flags >= 0)
		probe_detail(a, "%s%s", (flags & O_ACCMODE) == O_RDWR ? "O_RDWR" : "?",
			     flags & O_NONBLOCK ? "|O_NONBLOCK" : "");
}

void probe_do_getown(struct probe_end *end, struct probe_answer *a)
{
	errno = 0;
	/* A group is a negative number, and so may be no error. */
	if (fcntl(end->fd, F_GETOWN) == -1)
		a->code = errno;
}

void probe_do_setlk(struct probe_end *end, struct probe_answer *a)
{
	const struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	probe_answer(a, fcntl(end->fd, F_SETLK, &lock));
}

void probe_do_fstat(struct probe_end *end, struct probe_answer *a)
{
	struct stat st;
	int rc = fstat(end->fd, &st);

	probe_answer(a, rc);
	if (rc == 0)
		probe_detail(a, "mode %#o, size %lld, block size %ld", (unsigned)st.st_mode,
			     (long long)st.st_size, (long)st.st_blksize);
}

void probe_do_fstatvfs(struct probe_end *end, struct probe_answer *a)
{
	struct statvfs st;

	probe_answer(a, fstatvfs(end->fd, &st));
}

/* A request of ioctl(2) that has returned RC and stored VALUE. */
static void requested(struct probe_answer *a, int rc, int value)
{
	probe_answer(a, rc);
	if (rc >= 0)
		probe_detail(a, "%d", value);
}

void probe_do_fionread(struct probe_end *end, struct probe_answer *a)
{
	int value = 0, rc = ioctl(end->fd, FIONREAD, &value);

	requested(a, rc, value);
}

void probe_do_outq(struct probe_end *end, struct probe_answer *a)
{
	int value = 0, rc = ioctl(end->fd, TIOCOUTQ, &value);

	requested(a, rc, value);
}

void probe_do_atmark(struct probe_end *end, struct probe_answer *a)
{
	int mark = sockatmark(end->fd);

	probe_answer(a, mark);
	if (mark >= 0)
		probe_detail(a, "%d", mark);
}

void probe_do_isatty(struct probe_end *end, struct probe_answer *a)
{
	a->code = isatty(end->fd) ? 0 : errno;
}

void probe_do_mmap(struct probe_end *end, struct probe_answer *a)
{
	size_t n = (size_t)sysconf(_SC_PAGESIZE);
	void *map = mmap(NULL, n, PROT_READ, MAP_SHARED, end->fd, 0);

	probe_answer(a, map == MAP_FAILED ? -1 : 0);
	if (map != MAP_FAILED)
		munmap(map, n);
}

void probe_do_poll(struct probe_end *end, struct probe_answer *a)
{
	struct pollfd p = { .fd = end->fd, .events = POLLIN | POLLOUT };
	int n = poll(&p, 1, 0);

	probe_answer(a, n);
	if (n >= 0)
		probe_detail(a, "%s%s%s%s", p.revents & POLLIN ? "in " : "",
			     p.revents & POLLOUT ? "out " : "", p.revents & POLLHUP ? "hup " : "",
			     p.revents & POLLERR ? "err " : "");
	if (a->detail[0])
		a->detail[strlen(a->detail) - 1] = '\0';
}

/* Calls that read, and calls that write, which may raise SIGPIPE. */
#define READ_CALL(id, expression)                                         \
	void probe_do_##id(struct probe_end *end, struct probe_answer *a) \
	{                                                                 \
		char to[16];                                              \
		struct iovec v = { to, 1 };                               \
		(void)v;                                                  \
		probe_answer_bytes(a, (expression));                      \
	}
#define WRITE_CALL(id, expression)                                        \
	void probe_do_##id(struct probe_end *end, struct probe_answer *a) \
	{                                                                 \
		char from[] = "x";                                        \
		struct iovec v = { from, 1 };                             \
		struct probe_pipe p;                                      \
		(void)v;                                                  \
		probe_pipe_begin(&p);                                     \
		probe_answer_bytes(a, (expression));                      \
		if (probe_pipe_end(&p))                                   \
			probe_detail(a, "and SIGPIPE");                   \
	}
READ_CALL(read, read(end->fd, to, 1))
READ_CALL(recv, recv(end->fd, to, 1, 0))
READ_CALL(readv, readv(end->fd, &v, 1))
READ_CALL(pread, pread(end->fd, to, 1, 0))
WRITE_CALL(write, write(end->fd, from, 1))
WRITE_CALL(send, send(end->fd, from, 1, 0))
WRITE_CALL(writev, writev(end->fd, &v, 1))
WRITE_CALL(pwrite, pwrite(end->fd, from, 1, 0))

/* Nothing was read: whether what is there was left there. */
static void read_none(const struct probe_end *end, ssize_t n, struct probe_answer *a)
{
	int left;

	probe_answer_bytes(a, n);
	if (n == 0 && end->peer >= 0 && ioctl(end->fd, FIONREAD, &left) == 0)
		probe_detail(a, "0 bytes, %d left", left);
}

void probe_do_read_none(struct probe_end *end, struct probe_answer *a)
{
	char to[1];

	read_none(end, read(end->fd, to, 0), a);
}

void probe_do_recv_none(struct probe_end *end, struct probe_answer *a)
{
	char to[1];

	read_none(end, recv(end->fd, to, 0, 0), a);
}

/* Nothing was written: whether the peer got it. */
static void wrote_none(const struct probe_end *end, ssize_t n, struct probe_answer *a)
{
	struct pollfd p = { .fd = end->peer, .events = POLLIN };

	probe_answer_bytes(a, n);
	if (n == 0 && end->peer >= 0)
		probe_detail(a, poll(&p, 1, 0) > 0 ? "an empty message came" : "nothing came");
}

void probe_do_write_none(struct probe_end *end, struct probe_answer *a)
{
	struct probe_pipe p;

	probe_pipe_begin(&p);
	wrote_none(end, write(end->fd, "", 0), a);
	if (probe_pipe_end(&p))
		probe_detail(a, "and SIGPIPE");
}

void probe_do_send_none(struct probe_end *end, struct probe_answer *a)
{
	struct probe_pipe p;

	probe_pipe_begin(&p);
	wrote_none(end, send(end->fd, "", 0, 0), a);
	if (probe_pipe_end(&p))
		probe_detail(a, "and SIGPIPE");
}

/* Shuts HOW, and says whether a socket that listened has ceased to. */
static void shut(struct probe_end *end, int how, struct probe_answer *a)
{
	int before = 0, after = 0;
	socklen_t len = sizeof(before);

	if (getsockopt(end->fd, SOL_SOCKET, SO_ACCEPTCONN, &before, &len) < 0)
		before = 0;
	probe_answer(a, shutdown(end->fd, how));
	len = sizeof(after);
	if (!before || a->code || getsockopt(end->fd, SOL_SOCKET, SO_ACCEPTCONN, &after, &len) < 0)
		return;
	probe_detail(a, after ? "it listens as before" : "it does not listen any more");
}

void probe_do_shut_rd(struct probe_end *end, struct probe_answer *a)
{
	shut(end, SHUT_RD, a);
}

void probe_do_shut_wr(struct probe_end *end, struct probe_answer *a)
{
	shut(end, SHUT_WR, a);
}

void probe_do_shut_rdwr(struct probe_end *end, struct probe_answer *a)
{
	shut(end, SHUT_RDWR, a);
}

void probe_do_shut_read(struct probe_end *end, struct probe_answer *a)
{
	char to[16];
	ssize_t first, again;

	shut(end, SHUT_RD, a);
	if (a->code)
		return;
	first = recv(end->fd, to, sizeof(to), 0);
	probe_answer_bytes(a, first);
	if (first <= 0)
		return;
	again = recv(end->fd, to, sizeof(to), 0);
	probe_detail(a, "the %zd bytes that were there, then %s", first,
		     again < 0  ? err_code_name(errno) :
		     again == 0 ? "the end" :
				  "more");
}

void probe_do_shut_write(struct probe_end *end, struct probe_answer *a)
{
	shut(end, SHUT_WR, a);
	if (!a->code)
		probe_do_write(end, a);
}

static const struct probe_fileop ops[] = {
#define FILEOP(id, name, lecture, expected, as) { name, lecture, expected, probe_do_##id, as },
#include "sockopt/probe_fileops.def"
#undef FILEOP
};

size_t probe_fileops(const struct probe_fileop **list)
{
	*list = ops;
	return ARRAY_SIZE(ops);
}

/* Calls RUN with a new socket. */
static int do_fresh(void (*run)(struct probe_end *, struct probe_answer *),
		    const struct probe_kind *kind, struct probe_answer *a, struct err *err)
{
	struct probe_end end;
	const char *call;
	int code = probe_open(kind, &end, &call);

	*a = (struct probe_answer){ 0 };
	if (code) {
		errno = code;
		return err_sys(err, "%s: %s", kind->name, call);
	}
	if (end.peer >= 0 && (send(end.peer, queued, QUEUED, MSG_NOSIGNAL) != QUEUED ||
			      !probe_wait(end.fd, POLLIN))) {
		probe_close(&end);
		return err_set(err, ERR_SYSTEM, "%s: nothing can be sent to it", kind->name);
	}
	run(&end, a);
	probe_close(&end);
	return 0;
}

int probe_fileop(const struct probe_fileop *op, const struct probe_kind *kind,
		 struct probe_answer *answer, enum probe_agreement *agreement, struct err *err)
{
	struct probe_answer as;

	*agreement = PROBE_OPEN;
	if (do_fresh(op->run, kind, answer, err) < 0)
		return -1;
	if (op->expected == PROBE_LEFT_OPEN)
		return 0;
	if (op->expected != PROBE_AS_OTHER) {
		*agreement = answer->code == op->expected ? PROBE_AGREES : PROBE_DIFFERS;
		return 0;
	}
	if (do_fresh(op->as, kind, &as, err) < 0)
		return -1;
	*agreement = answer->code == as.code && strcmp(answer->detail, as.detail) == 0 ?
			     PROBE_AGREES :
			     PROBE_DIFFERS;
	return 0;
}
