/* SPDX-License-Identifier: MIT */
/*
 * spawn.c - start-to-exit times of commands, measured side by side
 *
 *	spawn ROUNDS <COMMANDS
 *
 * Each line of standard input is a command with its arguments, apart by single spaces.
 * Each round runs every command once, so that what else the machine does hits all alike.
 * Prints the median in microseconds, a tab and the command.  A command that ends with a
 * status over 1 ends the measurement.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static void split(struct command *c, const char *line, long rounds)
{
	char *rest = strdup(line);
	size_t n = 0;

	c->line = strdup(line);
	c->us = calloc((size_t)rounds, sizeof(*c->us));
	if (!c->line || !c->us || !rest)
		die("no memory", line);
	for (char *word; (word = strsep(&rest, " "));) {
		if (n + 1 == MAX_ARGS)
			die("too many arguments", line);
		c->argv[n++] = word;
	}
}

static double time_once(const struct command *c, const posix_spawn_file_actions_t *actions)
{
	double start = now_us();
	int status;
	pid_t pid;

	if (posix_spawn(&pid, c->argv[0], actions, NULL, c->argv, environ) != 0)
		die("cannot be run", c->line);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) > 1)
		die("failed", c->line);
	return now_us() - start;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	static struct command commands[MAX_COMMANDS];
	posix_spawn_file_actions_t actions;
	char line[1024];
	long rounds = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
	size_t n = 0;

	if (rounds < 1 || rounds > MAX_ROUNDS)
		die("usage", "spawn ROUNDS <COMMANDS");
	while (n < MAX_COMMANDS && fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line)
			split(&commands[n++], line, rounds);
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	/* The first round warms the caches and is overwritten. */
	for (long round = -1; round < rounds; round++) {
		for (size_t i = 0; i < n; i++)
			commands[i].us[round < 0 ? 0 : round] = time_once(&commands[i], &actions);
	}
	posix_spawn_file_actions_destroy(&actions);
	for (size_t i = 0; i < n; i++) {
		qsort(commands[i].us, (size_t)rounds, sizeof(double), compare);
		printf("%.1f\t%s\n", commands[i].us[rounds / 2], commands[i].line);
	}
	return EXIT_SUCCESS;
}
