/* SPDX-License-Identifier: MIT */
/*
 * held.c - the least that holding a command's connect(2) can cost
 *
 *	held go COMMAND ARG...     runs it; each connect(2) is held (seccomp_unotify(2)), and goes
 *on at once: what waiting for another process costs, with no work held copy COMMAND ARG...   and
 *its socket is copied and the copy closed, as who sets an option of it has to
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	PIDFD_OPEN = 434,
	PIDFD_GETFD = 438,
	LISTEN = 1 << 3,
};
#define SET_FLAGS    SECCOMP_IOW(4, uint64_t)
#define SYNC_WAKE_UP 1UL

static void die(const char *what)
{
	perror(what);
	exit(125);
}

/* The filter's descriptor goes to the parent by its number, which takes it and answers. */
static void become(char **argv, int to, int from)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_connect, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { sizeof(code) / sizeof(*code), code };
	char byte;
	int fd;

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	fd = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, LISTEN, &program);
	if (fd < 0)
		die("seccomp");
	if (write(to, &fd, sizeof(fd)) != sizeof(fd) || read(from, &byte, 1) != 1)
		die("parent");
	close(fd);
	execvp(argv[0], argv);
	die(argv[0]);
}

/* One call that is held; false if none will be any more. */
static bool serve(int listener, int pidfd, bool copy)
{
	struct {
		struct seccomp_notif n;
		char more[64]; /* of a newer kernel */
	} held;
	struct seccomp_notif_resp answer = { .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE };

	memset(&held, 0, sizeof(held));
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &held.n) < 0)
		return false;
	if (copy) {
		int fd = (int)syscall(PIDFD_GETFD, pidfd, (int)held.n.data.args[0], 0);

		if (fd < 0)
			die("pidfd_getfd");
		close(fd);
	}
	answer.id = held.n.id;
	return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer) == 0 || errno == ENOENT;
}

/* Linux before 6.11 does not tell who waits for a call that all callers have ended: this does. */
static void interrupt(int number)
{
	(void)number;
}

int main(int argc, char **argv)
{
	const struct sigaction ended = { .sa_handler = interrupt };
	bool copy = argc > 2 && strcmp(argv[1], "copy") == 0;
	int up[2], down[2], fd, pidfd, listener, status;
	pid_t pid;

	if (argc < 3 || (!copy && strcmp(argv[1], "go") != 0)) {
		fprintf(stderr, "held: want go or copy, and a command\n");
		return 125;
	}
	if (pipe(up) < 0 || pipe(down) < 0)
		die("pipe");
	sigaction(SIGCHLD, &ended, NULL);
	pid = fork();
	if (pid == 0)
		become(argv + 2, up[1], down[0]);
	if (pid < 0)
		die("fork");
	close(up[1]);
	pidfd = (int)syscall(PIDFD_OPEN, pid, 0);
	if (read(up[0], &fd, sizeof(fd)) != sizeof(fd))
		return 125;
	listener = (int)syscall(PIDFD_GETFD, pidfd, fd, 0);
	if (listener < 0 || write(down[1], "", 1) != 1)
		die("listener");
	close(down[0]);
	close(down[1]);
	(void)ioctl(listener, SET_FLAGS, SYNC_WAKE_UP);
	while (serve(listener, pidfd, copy))
		;
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}
