/* SPDX-License-Identifier: MIT */
/*
 * fuzz_complete.c - the words of an unfinished command line, each ended by a NUL
 *
 * Every candidate goes on what was typed, in either case, and has a description; what it adds
 * prints.  A candidate that is taken stays one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cli/program.h"
#include "cmd/commands.h"
#include "fuzz_file.h"
#include "fuzz_shown.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	WORDS = 16,
};

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* What can stand in the place of the last word. */
static void candidates(struct buf *b, int argc, char **argv)
{
	int fd = dup(fuzz_file(0, NULL, 0));
	FILE *fp = fd < 0 ? NULL : fdopen(fd, "w+b");
	char block[4096];
	size_t n;

	require(fp != NULL);
	if (!fp)
		return;
	complete(commands, argc, argv, fp);
	rewind(fp);
	while ((n = fread(block, 1, sizeof(block), fp)) > 0)
		buf_add(b, block, n);
	require(fclose(fp) == 0);
}

static bool goes_on(const char *word, const char *typed)
{
	while (*typed && str_lower(*word) == str_lower(*typed)) {
		word++;
		typed++;
	}
	return *typed == '\0';
}

/* The first candidate in B, allocated; NULL if there is none. */
static char *check_lines(const struct buf *b, const char *typed)
{
	char *first = NULL;

	for (size_t at = 0; at < b->len;) {
		const char *line = b->data + at, *end = memchr(line, '\n', b->len - at);
		const char *tab = end ? memchr(line, '\t', (size_t)(end - line)) : NULL;

		require(end != NULL);
		at += (size_t)(end - line) + 1;
		if (*line == ':') /* the shell's own */
			continue;
		require(tab && goes_on(line, typed));
		fuzz_shown(line + strlen(typed), (size_t)(tab - line) - strlen(typed), false);
		fuzz_shown(tab + 1, (size_t)(end - tab) - 1, false);
		if (!first)
			first = xstrndup(line, (size_t)(tab - line));
	}
	return first;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *argv[WORDS + 1], *first, *last;
	struct buf b = { 0 }, again = { 0 };
	int argc = 0;

	for (size_t at = 0, n; at < size && argc < WORDS; at += n + 1) {
		n = strnlen((const char *)data + at, size - at);
		argv[argc++] = xstrndup((const char *)data + at, n);
	}
	argv[argc] = NULL;
	if (argc > 0 && !strpbrk(argv[argc - 1], "\n\t")) {
		last = argv[argc - 1];
		candidates(&b, argc, argv);
		first = check_lines(&b, last);
		if (first) {
			argv[argc - 1] = first;
			candidates(&again, argc, argv);
			free(check_lines(&again, first));
			argv[argc - 1] = last;
		}
		free(first);
	}
	for (int i = 0; i < argc; i++)
		free(argv[i]);
	buf_fini(&b);
	buf_fini(&again);
	return 0;
}
