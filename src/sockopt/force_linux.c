/* SPDX-License-Identifier: MIT */
/*
 * force_linux.c - the supervisor: seccomp_unotify(2), pidfd_getfd(2), and the command's signals
 *
 * One thread does it all: each call that is held is answered before the next is looked at.  It
 * never waits for the command but in poll(2), and what fails lets the call go on.
 */
#include "sockopt/force.h"

#include "sockopt/force_impl.h"

#ifdef __linux__

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/compat.h"

enum {
	CLOSE_RANGE = 436,
	SPEC_ALLOW = 1 << 2,
	LISTEN = 1 << 3,
	WAIT_KILLABLE = 1 << 5, /* Linux 5.19 */

	OWN_FDS = 5, /* 2, and where be_alone() puts ours; those from here on are not ours */
};
#define NOTIF_SET_FLAGS SECCOMP_IOW(4, uint64_t)
#define SYNC_WAKE_UP    1UL /* Linux 6.6 */

/* The command has ended or was stopped, as wait(2) says. */
static void look_at_command(struct force_watch *w)
{
	int status;
	pid_t pid;

	if (!w->pid)
		return;
	do
		pid = waitpid(w->pid, &status, WNOHANG | WUNTRACED);
	while (pid < 0 && errno == EINTR);
	if (pid != w->pid)
		return;
	if (!WIFSTOPPED(status)) {
		w->f->status = status;
		w->pid = 0;
	} else if (WSTOPSIG(status) != SIGSTOP) {
		/* the terminal's: the shell waits for this process; on both go together */
		raise(SIGSTOP);
		kill(w->pid, SIGCONT);
	}
}

/* A signal that the terminal or the kernel sent has come to the command as well. */
static void take_signal(struct force_watch *w)
{
	struct signalfd_siginfo s;

	/* Whatever cannot be read may have been that it has ended. */
	if (read(w->signals, &s, sizeof(s)) != sizeof(s) || s.ssi_signo == SIGCHLD)
		look_at_command(w);
	else if (!w->pid)
		w->leave = true;
	else if (s.ssi_code != SI_KERNEL)
		kill(w->pid, (int)s.ssi_signo);
}

/* Until the command has ended, and with WAIT all that it left behind.  True if some are left. */
static bool watch(struct force_watch *w)
{
	struct pollfd fds[] = { { .fd = w->signals, .events = POLLIN },
				{ .fd = w->listener, .events = POLLIN } };

	while (w->pid || !w->leave) {
		if (!w->pid && !w->f->wait)
			break;
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0)
			continue;
		if (fds[0].revents)
			take_signal(w);
		if (fds[1].revents & POLLIN)
			force_serve(w);
		else if (fds[1].revents & POLLHUP)
			fds[1].fd = -1; /* nobody is held any more */
		if (fds[1].fd < 0 && !w->pid)
			return false;
	}
	return fds[1].fd >= 0 && (poll(&fds[1], 1, 0) <= 0 || !(fds[1].revents & POLLHUP));
}

/* The rest of those that were left behind, by a process that nobody waits for. */
static void stay(void *arg)
{
	struct force_watch *w = arg;

	close(w->signals);
	w->signals = -1; /* they stay blocked: it ends when it is not needed any more */
	w->f->event = NULL;
	w->f->wait = true;
	w->leave = false;
	(void)watch(w);
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* In the child: the filter, with no_new_privs if that is needed for it.  -1 with errno. */
static int install(const struct sock_fprog *program, struct force_hello *hello)
{
	/* it is no sandbox: the command needs no protection from what it runs */
	static const unsigned flags[] = { LISTEN | SPEC_ALLOW | WAIT_KILLABLE, LISTEN | SPEC_ALLOW,
					  LISTEN };
	struct seccomp_notif_sizes sizes = { 0 };
	int fd = -1;

	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) < 0)
		return -1;
	hello->held_size = larger(sizes.seccomp_notif, sizeof(struct seccomp_notif));
	hello->answer_size = larger(sizes.seccomp_notif_resp, sizeof(struct seccomp_notif_resp));
	for (size_t i = 0; i < ARRAY_SIZE(flags) && fd < 0; i++) {
		fd = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags[i], program);
		if (fd < 0 && errno == EACCES && !hello->no_new_privs) {
			if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
				return -1;
			hello->no_new_privs = true;
			fd = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags[i], program);
		}
		if (fd < 0 && errno != EINVAL)
			return -1;
	}
	return fd;
}

static int refused(const struct force_hello *hello, struct err *err)
{
	errno = hello->code;
	if (hello->code == EBUSY)
		return err_set(err, ERR_SYSTEM,
			       "another program is notified of this process's system calls already "
			       "(sockopt exec in sockopt exec, or a container)");
	if (hello->code == EINVAL || hello->code == ENOSYS)
		return err_sys(err, "seccomp user notification is not in this kernel");
	return err_sys(err, "seccomp");
}

/* What the child says until it is the command; 0 also if that could not be run. */
static int start(struct force_watch *w, int from, struct err *err)
{
	struct force_hello hello = { 0 };
	int rc = force_hear(from, &hello, &w->listener), none;

	if (rc > 0 && hello.what == HELLO_FILTER)
		return refused(&hello, err);
	if (rc <= 0 || w->listener < 0)
		return err_set(err, ERR_SYSTEM, "the command's process ended before it was run");
	w->f->no_new_privs = hello.no_new_privs;
	w->held_size = hello.held_size;
	w->answer_size = hello.answer_size;
	w->held = xcalloc(1, w->held_size);
	w->answer = xcalloc(1, w->answer_size);
	(void)syscall(SYS_ioctl, w->listener, NOTIF_SET_FLAGS, SYNC_WAKE_UP);
	if (force_hear(from, &hello, &none) > 0)
		w->f->exec_code = hello.code;
	return 0;
}

/* Linux has what is needed, and nothing forbids it: better known before the command runs. */
static int check_kernel(struct err *err)
{
	int pidfd, fd;

	pidfd = (int)syscall(FORCE_PIDFD_OPEN, getpid(), 0);
	if (pidfd < 0)
		return err_sys(err, "pidfd_open (Linux 5.3)");
	fd = (int)syscall(FORCE_PIDFD_GETFD, pidfd, pidfd, 0);
	if (fd < 0)
		err_sys(err, "pidfd_getfd (Linux 5.6)");
	else
		close(fd);
	close(pidfd);
	return fd < 0 ? -1 : 0;
}

/* All signals that can be passed on; not those of a mistake of our own. */
static void hold_signals(sigset_t *old)
{
	static const int own[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS };
	sigset_t all;

	sigfillset(&all);
	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		sigdelset(&all, own[i]);
	sigprocmask(SIG_SETMASK, &all, old);
}

/* The command's descriptors are its own: who waits for the end of a pipe waits for it alone. */
static void be_alone(struct force_watch *w, int *hello)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int high = fcntl(*hello, F_DUPFD_CLOEXEC, OWN_FDS);
	int signals = fcntl(w->signals, F_DUPFD_CLOEXEC, OWN_FDS);

	if (null < 0 || high < 0 || signals < 0)
		return;
	(void)dup2(null, 0);
	(void)dup2(null, 1);
	*hello = dup2(high, OWN_FDS - 2);
	w->signals = dup2(signals, OWN_FDS - 1);
	(void)syscall(CLOSE_RANGE, OWN_FDS, ~0U, 0);
}

/* Makes the child that becomes the command, and serves it. */
static int run(struct force_watch *w, struct force_child *child, struct err *err)
{
	int pair[2], rc;
	sigset_t all;

	if (compat_socketpair(pair) < 0)
		return err_sys(err, "socketpair");
	sigfillset(&all);
	w->signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	if (w->signals < 0) {
		err_sys(err, "signalfd");
		close(pair[0]);
		close(pair[1]);
		return -1;
	}
	child->fd = pair[1];
	child->bound = w->f->bound ? getpid() : 0;
	w->pid = fork();
	if (w->pid == 0)
		force_become(child);
	close(pair[1]);
	if (w->pid < 0) {
		err_sys(err, "fork");
		close(pair[0]);
		return -1;
	}
	if (w->f->alone)
		be_alone(w, &pair[0]);
	rc = start(w, pair[0], err);
	close(pair[0]);
	if (rc < 0 || w->f->exec_code) {
		while (waitpid(w->pid, &w->f->status, 0) < 0 && errno == EINTR)
			;
		return rc;
	}
	if (watch(w))
		w->f->left = force_stay(stay, w);
	return 0;
}

int force_run(struct force *f, char *const *argv, struct err *err)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN },
			       normal = { .sa_handler = SIG_DFL };
	struct force_watch *w = xcalloc(1, sizeof(*w));
	struct sock_fprog program = { 0 };
	struct force_child child = { .argv = argv, .program = &program, .filter = install };
	int rc = -1;

	w->f = f;
	w->listener = w->signals = -1;
	force_order(f);
	if (force_filter(f, &program, err) < 0 || check_kernel(err) < 0)
		goto out;
	hold_signals(&child.mask);
	sigaction(SIGPIPE, &ignore, &child.pipe);
	sigaction(SIGCHLD, &normal, &child.child);
	rc = run(w, &child, err);
	force_forget(w);
	if (w->listener >= 0)
		close(w->listener);
	if (w->signals >= 0)
		close(w->signals);
	sigaction(SIGPIPE, &child.pipe, NULL);
	sigaction(SIGCHLD, &child.child, NULL);
	sigprocmask(SIG_SETMASK, &child.mask, NULL);
out:
	free(program.filter);
	free(w->held);
	free(w->answer);
	free(w);
	return rc;
}

#else

int force_run(struct force *f UNUSED, char *const *argv UNUSED, struct err *err)
{
	return err_set(err, ERR_SYSTEM, "forcing options on a command needs Linux 5.6 or newer");
}

#endif
