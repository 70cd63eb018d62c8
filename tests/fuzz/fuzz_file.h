/* SPDX-License-Identifier: MIT */
/* fuzz_file.h - the bytes as a file, for parsers that read one */
#ifndef NETIPC_TESTS_FUZZ_FILE_H
#define NETIPC_TESTS_FUZZ_FILE_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	FUZZ_FILES = 3,
};

/* A folder for files that shall cost little: on Linux one in memory. */
static inline const char *fuzz_tmp(void)
{
	const char *tmp = getenv("TMPDIR");

	if (access("/dev/shm", W_OK) == 0)
		return "/dev/shm";
	return tmp && *tmp ? tmp : "/tmp";
}

/* A descriptor, the same for each WHICH, of a file without a name that has the N bytes at DATA. */
static inline int fuzz_file(unsigned which, const void *data, size_t n)
{
	static int fds[FUZZ_FILES];
	int fd = fds[which];

	if (fd == 0) {
		char path[128];

		snprintf(path, sizeof(path), "%.100s/fuzz-XXXXXX", fuzz_tmp());
		fd = fds[which] = mkstemp(path);
		if (fd < 0 || unlink(path) < 0)
			abort();
	}
	if (ftruncate(fd, 0) < 0 || (n && pwrite(fd, data, n, 0) != (ssize_t)n) ||
	    lseek(fd, 0, SEEK_SET) < 0)
		abort();
	return fd;
}

#endif
