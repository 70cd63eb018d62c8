/* SPDX-License-Identifier: MIT */
/*
 * spawn.c - what commands cost from start to exit, measured side by side
 *
 *	spawn [-p] ROUNDS <COMMANDS
 *
 * Each line of standard input is a command with its arguments, apart by single spaces; one
 * that begins with "!" is a line for sh.  Each round runs every command once, so that what
 * else the machine does hits all alike.  Output goes to /dev/null, with -p to a pipe that is
 * read until its end.
 *
 * Prints a line for each command, apart by tabs: the median and the least time in
 * microseconds, the least processor time (user and system, of all of its processes), the
 * largest resident set in KiB, and the command.  A command that ends with a status over 1
 * ends the measurement.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	MAX_COMMANDS = 64,
	MAX_ARGS = 32,
	MAX_ROUNDS = 100000,
};

struct command {
	char *line;           /* as it was read */
	char *argv[MAX_ARGS]; /* into a copy of it */
	double *us;           /* one time a round */
	double cpu_us;        /* the least */
	long rss;             /* the most */
};

static void die(const char *what, const char *on)
{
	fprintf(stderr, "spawn: %s: %s\n", what, on);
	exit(EXIT_FAILURE);
}

static double now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static double us_of(struct timeval tv)
{
	return (double)tv.tv_sec * 1e6 + (double)tv.tv_usec;
}

static void split(struct command *c, const char *line, long rounds)
{
	static char sh[] = "/bin/sh", option[] = "-c";
	bool is_sh = *line == '!';
	char *rest = strdup(line + is_sh);
	size_t n = 0;

	c->line = strdup(line);
	c->us = calloc((size_t)rounds, sizeof(*c->us));
	if (!c->line || !c->us || !rest)
		die("no memory", line);
	if (is_sh) {
		c->argv[n++] = sh;
		c->argv[n++] = option;
		c->argv[n++] = rest;
		return;
	}
	for (char *word; (word = strsep(&rest, " "));) {
		if (n + 1 == MAX_ARGS)
			die("too many arguments", line);
		c->argv[n++] = word;
	}
}

/* Runs C with standard output to OUT; the descriptor is closed in any case. */
static pid_t run(const struct command *c, int out)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, 1);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, c->argv[0], &actions, NULL, c->argv, environ) != 0)
		die("cannot be run", c->line);
	posix_spawn_file_actions_destroy(&actions);
	close(out);
	return pid;
}

static void drain(int fd)
{
	static char sink[64 * 1024];

	while (read(fd, sink, sizeof(sink)) > 0)
		;
	close(fd);
}

/* Runs C once and returns how long it took. */
static double measure(struct command *c, bool to_pipe)
{
	int fds[2] = { -1, -1 }, status;
	double start, cpu, us;
	struct rusage usage;
	pid_t pid;

	if (to_pipe ? pipe(fds) < 0 : (fds[1] = open("/dev/null", O_WRONLY | O_CLOEXEC)) < 0)
		die("no output", c->line);
	if (to_pipe) {
		fcntl(fds[0], F_SETFD, FD_CLOEXEC);
		fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	}
	start = now_us();
	pid = run(c, fds[1]);
	if (to_pipe)
		drain(fds[0]);
	if (wait4(pid, &status, 0, &usage) != pid || !WIFEXITED(status) || WEXITSTATUS(status) > 1)
		die("failed", c->line);
	us = now_us() - start;
	cpu = us_of(usage.ru_utime) + us_of(usage.ru_stime);
	if (c->cpu_us == 0 || cpu < c->cpu_us)
		c->cpu_us = cpu;
	if (usage.ru_maxrss > c->rss)
		c->rss = usage.ru_maxrss;
	return us;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print(struct command *c, size_t rounds)
{
	qsort(c->us, rounds, sizeof(double), compare);
	printf("%.1f\t%.1f\t%.1f\t%ld\t%s\n", c->us[rounds / 2], c->us[0], c->cpu_us, c->rss,
	       c->line);
}

int main(int argc, char **argv)
{
	static struct command commands[MAX_COMMANDS];
	bool to_pipe = argc == 3 && strcmp(argv[1], "-p") == 0;
	long rounds = argc == 2 + to_pipe ? strtol(argv[argc - 1], NULL, 10) : 0;
	char line[1024];
	size_t n = 0;

	if (rounds < 1 || rounds > MAX_ROUNDS)
		die("usage", "spawn [-p] ROUNDS <COMMANDS");
	while (n < MAX_COMMANDS && fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line)
			split(&commands[n++], line, rounds);
	}
	/* The first round warms the caches and is overwritten. */
	for (long round = -1; round < rounds; round++) {
		for (size_t i = 0; i < n; i++)
			commands[i].us[round < 0 ? 0 : round] = measure(&commands[i], to_pipe);
	}
	for (size_t i = 0; i < n; i++)
		print(&commands[i], (size_t)rounds);
	return EXIT_SUCCESS;
}
