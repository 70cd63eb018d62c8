/* SPDX-License-Identifier: MIT */
/* io_child.c - what a child process that calls foreign code begins with, and its answers */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/compat.h"
#include "base/io.h"
#include "base/macros.h"

void io_detach(void)
{
	static const int defaults[] = { SIGINT, SIGTERM, SIGALRM, SIGPIPE };
	int null;
	sigset_t none;

	compat_end_with_parent();
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++)
		signal(defaults[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0)
		return;
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
}

bool io_send_all(int fd, const void *data, size_t n)
{
	const char *from = data;

	for (size_t done = 0; done < n;) {
		ssize_t sent = send(fd, from + done, n - done, MSG_NOSIGNAL);

		if (sent < 0 && errno != EINTR)
			return false;
		done += sent > 0 ? (size_t)sent : 0;
	}
	return true;
}
