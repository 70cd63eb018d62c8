/* SPDX-License-Identifier: MIT */
#include "echo/sandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

/* What a process in the sandbox may still do: a bit each. */
enum {
	CAN_EXEC = 1 << 0,
	CAN_READ_FILE = 1 << 1,
	CAN_MAKE_ELSEWHERE = 1 << 2,
	CAN_MAKE_HERE = 1 << 3,
	CAN_BIND = 1 << 4,
	CAN_SEND = 1 << 5,
	CAN_THINK = 1 << 6, /* memory, time */
	FAILED = 1 << 7,
};

static bool can_make(const char *folder)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/netipc-sandbox-%d", folder, (int)getpid());
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	close(fd);
	return unlink(path) == 0;
}

static bool can_bind(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0), rc;

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	rc = bind(fd, (struct sockaddr *)&in, sizeof(in));
	close(fd);
	return rc == 0;
}

static bool can_send(const int fds[2])
{
	char c = 'x';

	return send(fds[0], &c, 1, MSG_NOSIGNAL) == 1 && recv(fds[1], &c, 1, 0) == 1;
}

/* The child: enters with FOLDER allowed, unless that is NULL; BOX goes to the parent. */
static int look(const char *folder, int to, bool enter)
{
	struct sandbox box = { 0 };
	int fds[2], can = 0, fd;
	struct err err;
	void *memory;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0)
		return FAILED;
	if (enter && sandbox_enter(&box, &folder, folder ? 1 : 0, &err) < 0)
		return FAILED;
	if (write(to, &box, sizeof(box)) != sizeof(box))
		return FAILED;
	fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	can |= fd >= 0 ? CAN_READ_FILE : 0;
	can |= can_make("/var/tmp") ? CAN_MAKE_ELSEWHERE : 0;
	can |= can_make("/tmp") ? CAN_MAKE_HERE : 0;
	can |= can_bind() ? CAN_BIND : 0;
	can |= can_send(fds) ? CAN_SEND : 0;
	memory = malloc(1 << 22);
	can |= memory ? CAN_THINK : 0;
	free(memory);
	execl("/nonexistent", "nonexistent", (char *)NULL);
	can |= errno != EPERM ? CAN_EXEC : 0;
	return can;
}

static int in_child(struct sandbox *box, const char *folder, bool enter)
{
	int fds[2], status = -1;
	pid_t pid;

	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	if (pid == 0)
		_exit(look(folder, fds[1], enter));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status) && !(WEXITSTATUS(status) & FAILED), "status 0x%x", status);
	ck_assert_int_eq(read(fds[0], box, sizeof(*box)), sizeof(*box));
	close(fds[0]);
	close(fds[1]);
	return WEXITSTATUS(status);
}

START_TEST(given_up)
{
	struct sandbox box;
	int all = in_child(&box, NULL, false), none = in_child(&box, NULL, true);

	ck_assert_int_eq(all & (CAN_EXEC | CAN_READ_FILE | CAN_SEND),
			 CAN_EXEC | CAN_READ_FILE | CAN_SEND);
	ck_assert_int_eq(none & (CAN_SEND | CAN_THINK), CAN_SEND | CAN_THINK);
	if (box.seccomp)
		ck_assert_int_eq(none & (CAN_EXEC | CAN_BIND), 0);
	if (box.landlock)
		ck_assert_int_eq(none & (CAN_READ_FILE | CAN_MAKE_HERE | CAN_MAKE_ELSEWHERE), 0);
	if (box.landlock_abi >= 4)
		ck_assert_int_eq(none & CAN_BIND, 0);
	ck_assert_int_eq(box.landlock, box.landlock_abi > 0);
}
END_TEST

START_TEST(one_folder)
{
	struct sandbox box;
	int can = in_child(&box, "/tmp", true);

	ck_assert(can & CAN_MAKE_HERE);
	if (box.landlock)
		ck_assert_int_eq(can & (CAN_READ_FILE | CAN_MAKE_ELSEWHERE), 0);
}
END_TEST

START_TEST(no_folder)
{
	static const char *const folder = "/nonexistent";
	struct sandbox box;
	struct err err;
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(sandbox_enter(&box, &folder, 1, &err) < 0 && strstr(err.text, folder) ? 0 :
		      box.landlock_abi                                                      ? 1 :
											      0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

static const struct {
	const char *name;
	bool ok;
	enum err_kind kind;
} users[] = {
	{ "65534:65534", true, 0 },   { "no such user here", false, ERR_USAGE },
	{ "1:", false, ERR_USAGE },   { ":1", false, ERR_USAGE },
	{ "1:2x", false, ERR_USAGE }, { "4294967295:0", false, ERR_USAGE },
	{ "", false, ERR_USAGE },
};

/* 0 if all is as it should be. */
static int become(size_t i, bool root)
{
	struct err err;
	int rc = sandbox_become(users[i].name, &err);

	if (!users[i].ok)
		return rc < 0 && err.kind == users[i].kind ? 0 : 1;
	if (!root) /* refused, unless it is that user already */
		return rc == 0 ? getuid() != 65534 : err.kind != ERR_SYSTEM;
	return rc == 0 && geteuid() == 65534 && getegid() == 65534 && setuid(0) < 0 ? 0 : 1;
}

START_TEST(user)
{
	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		int status = -1;
		pid_t pid = fork();

		if (pid == 0)
			_exit(become(i, getuid() == 0));
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert_msg(status == 0, "\"%s\"", users[i].name);
	}
}
END_TEST

START_TEST(calls)
{
	/* Nothing that starts a program or opens a way out; each name once, in order. */
	static const char *const never[] = { "execve", "execveat", "ptrace", "bind",  "connect",
					     "kill",   "fork",     "vfork",  "mount", "setuid" };

	for (size_t i = 0; sandbox_call(i); i++)
		for (size_t j = 0; j < sizeof(never) / sizeof(never[0]); j++)
			ck_assert_str_ne(sandbox_call(i), never[j]);
}
END_TEST

UNIT_MAIN("sandbox", given_up, one_folder, no_folder, user, calls)
