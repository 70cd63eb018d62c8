/* SPDX-License-Identifier: MIT */
/* liar.h - servers that lie, each in a process of its own, for the tests of the clients */
#ifndef NETIPC_TESTS_UNIT_LIAR_H
#define NETIPC_TESTS_UNIT_LIAR_H

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../liar.h"
#include "base/clock.h"
#include "base/macros.h"
#include "unit.h"

struct liar_child {
	pid_t pid;
	struct sa sa;
};

static UNUSED struct liar_child liar_start(const struct liar *liar)
{
	struct liar_child child = { 0 };
	int fd = liar_open(liar, &child.sa);

	ck_assert_int_ge(fd, 0);
	child.pid = fork();
	ck_assert_int_ge(child.pid, 0);
	if (child.pid == 0) {
		liar_serve(liar, fd);
		_exit(0);
	}
	close(fd);
	return child;
}

static UNUSED void liar_stop(struct liar_child *child)
{
	kill(child->pid, SIGKILL);
	ck_assert_int_eq(waitpid(child->pid, NULL, 0), child->pid);
}

/* Asked while something runs that must come to its end: not after a minute or so. */
static UNUSED bool liar_hangs(void *ctx)
{
	return clock_now_ns() > *(uint64_t *)ctx;
}

#endif
