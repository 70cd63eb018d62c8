/* SPDX-License-Identifier: MIT */
/*
 * fuzz_activate.c - LISTEN_PID and LISTEN_FDS of the environment, a NUL between them
 *
 * "*" for the first is this process.  Sockets are taken only if both are plain numbers, as many
 * as there are.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "echo/activate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* TEXT is digits, the number at most MAX; or -1. */
static long number(const char *text, long max)
{
	long n;

	if (!*text || text[strspn(text, "0123456789")])
		return -1;
	errno = 0;
	n = strtol(text, NULL, 10);
	return errno == 0 && n <= max ? n : -1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *pid = xstrndup((const char *)data, size), *fds, own[16];
	size_t n = strlen(pid);
	struct err err = { 0 };
	long whom, many;
	int rc;

	fds = n < size ? xstrndup((const char *)data + n + 1, size - n - 1) : NULL;
	snprintf(own, sizeof(own), "%ld", (long)getpid());
	if (strcmp(pid, "*") == 0) {
		free(pid);
		pid = xstrndup(own, strlen(own));
	}
	rc = activate_count(pid, fds, &err);
	whom = number(pid, INT32_MAX);
	many = fds ? number(fds, ACTIVATE_MAX) : 0;
	if (!fds)
		require(rc == 0);
	else if (whom < 1 || (whom == getpid() && many < 0))
		require(rc == -1 && err.kind == ERR_USAGE && *err.text);
	else
		require(rc == (whom == getpid() ? many : 0));
	require(activate_count(NULL, fds, &err) == 0 && activate_count(pid, NULL, &err) == 0);
	free(pid);
	free(fds);
	return 0;
}
