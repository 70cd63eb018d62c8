/* SPDX-License-Identifier: MIT */
/*
 * replay.c - runs a fuzz entry on its seeds, where there is no fuzzer
 *
 * The program fuzz_NAME reads each file of tests/data/fuzz/NAME, and the file cut short at
 * each of its first bytes; files named on the command line instead, to repeat a crash.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	CUTS = 256, /* lengths that are tried besides the whole */
};

/* An allocation of just this size lets a sanitizer see a read past the end. */
static void run_bytes(const char *data, size_t size)
{
	char *copy = xmalloc(size);

	if (size)
		memcpy(copy, data, size);
	LLVMFuzzerTestOneInput((const uint8_t *)copy, size);
	free(copy);
}

static void run(const char *path)
{
	FILE *fp = fopen(path, "rb");
	char block[4096];
	struct buf b = { 0 };
	size_t n;

	if (!fp) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	while ((n = fread(block, 1, sizeof(block), fp)) > 0)
		buf_add(&b, block, n);
	fclose(fp);
	printf("%s: %zu bytes\n", path, b.len);
	fflush(stdout);
	for (size_t cut = 0; cut < b.len && cut < CUTS; cut++)
		run_bytes(b.data, cut);
	run_bytes(b.data, b.len);
	buf_fini(&b);
}

static unsigned run_folder(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	unsigned files = 0;

	if (!dir) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	while ((entry = readdir(dir))) {
		char *file;

		if (entry->d_name[0] == '.')
			continue;
		file = xasprintf("%s/%s", path, entry->d_name);
		run(file);
		free(file);
		files++;
	}
	closedir(dir);
	return files;
}

int main(int argc, char **argv)
{
	const char *srcdir = getenv("srcdir");
	const char *slash = strrchr(argv[0], '/');
	const char *name = slash ? slash + 1 : argv[0];
	char *folder;
	unsigned files;

	for (int i = 1; i < argc; i++)
		run(argv[i]);
	if (argc > 1)
		return EXIT_SUCCESS;
	if (str_starts(name, "fuzz_"))
		name += strlen("fuzz_");
	folder = xasprintf("%s/tests/data/fuzz/%s", srcdir ? srcdir : ".", name);
	files = run_folder(folder);
	if (files == 0)
		fprintf(stderr, "%s: no seeds\n", folder);
	free(folder);
	return files ? EXIT_SUCCESS : EXIT_FAILURE;
}
