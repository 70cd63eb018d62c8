/* SPDX-License-Identifier: MIT */
/*
 * live.c - a process with many sockets, and how long one of somebody else is held
 *
 *	live hold N       holds N sockets: a listener on the loopback and connections to it, both
 *	                  ends; prints "ready PID FD", FD one of a connection, and waits until
 *	                  standard input ends
 *	live held PID     takes a snapshot of each socket of process PID, as netipc sockopt show
 *	                  does, one at a time; prints how many there were, and the median, the 99th
 *	                  percentile and the most of microseconds from before the copy is made
 *	                  until it is closed: of the default view, and of all safe options
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "sockopt/live.h"
#include "sockopt/snapshot.h"

static void die(const char *what)
{
	perror(what);
	exit(3);
}

static void hold(long n)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof(in);
	int listener = socket(AF_INET, SOCK_STREAM, 0), fd = -1;
	char byte;

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listener, (struct sockaddr *)&in, len) < 0 || listen(listener, 16) < 0 ||
	    getsockname(listener, (struct sockaddr *)&in, &len) < 0)
		die("listener");
	for (long i = 1; i + 1 < n; i += 2) {
		fd = socket(AF_INET, SOCK_STREAM, 0);
		if (fd < 0 || connect(fd, (struct sockaddr *)&in, len) < 0 ||
		    accept(listener, NULL, NULL) < 0)
			die("connection");
	}
	printf("ready %ld %d\n", (long)getpid(), fd);
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
}

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void measure(const struct live_scan *scan, pid_t pid, unsigned flags, const char *label)
{
	struct live_reader reader = { .proc = "/proc", .no_signals = true };
	double *us = xcalloc(scan->holders.n + 1, sizeof(*us)), start;
	struct snapshot_plan plan = { 0 };
	struct snapshot s = { 0 };
	const struct option_row *rows;
	size_t n, done = 0;
	int fd, code;

	rows = options_all(&n);
	for (size_t i = 0; i < n; i++)
		if (option_level(&rows[i])->read && option_is_safe(&rows[i]) &&
		    (rows[i].flags & flags) == flags)
			*vec_push(&plan.rows) = &rows[i];
	for (size_t i = 0; i < scan->holders.n; i++) {
		const struct live_holder *h = &scan->holders.v[i];

		if (scan->processes.v[h->process].pid != pid)
			continue;
		start = now_us();
		if (live_open(&reader, pid, h->fd, h->inode, &fd, &code) != LIVE_OPEN)
			continue;
		snapshot_take(&s, fd, &plan);
		live_close(&reader, fd);
		us[done++] = now_us() - start;
	}
	live_reader_fini(&reader);
	qsort(us, done, sizeof(*us), compare);
	if (done)
		printf("%zu\t%.1f\t%.1f\t%.1f\t%s\n", done, us[done / 2], us[done * 99 / 100],
		       us[done - 1], label);
	free(us);
	snapshot_fini(&s);
	snapshot_plan_fini(&plan);
}

int main(int argc, char **argv)
{
	struct live_scan scan = { 0 };
	struct err err;
	long n = argc == 3 ? strtol(argv[2], NULL, 10) : 0;

	if (n > 0 && strcmp(argv[1], "hold") == 0) {
		hold(n);
	} else if (n > 0 && strcmp(argv[1], "held") == 0) {
		if (live_scan(&scan, "/proc", &err) < 0)
			die(err.text);
		measure(&scan, (pid_t)n, OPTION_VIEW, "default view");
		measure(&scan, (pid_t)n, 0, "all safe options");
		live_scan_fini(&scan);
	} else {
		fprintf(stderr, "live: want hold N or held PID\n");
		return 2;
	}
	return EXIT_SUCCESS;
}
