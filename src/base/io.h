/* SPDX-License-Identifier: MIT */
/* io.h - the lines of a descriptor */
#ifndef NETIPC_BASE_IO_H
#define NETIPC_BASE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* The lines of a descriptor, read as they come.  Zero it, then set the first members. */
struct io_lines {
	int fd;
	char delimiter;   /* '\n' or '\0'; not part of the line */
	const char *name; /* for messages: "standard input" */

	/*
	 * NULL, or called before each read(2): returns true when FD can be read, false if
	 * there shall be no more reading, because a signal has come.
	 */
	bool (*wait)(int fd);

	uint64_t number; /* of the line that was returned last, from 1 */

	struct buf buf; /* private from here */
	size_t pos, scanned;
	bool eof;
};

/*
 * Stores the next line, without its delimiter and with a NUL behind it; it may be
 * written to and holds until the next call.  A last line without a delimiter counts.
 * Returns 1, 0 at the end, -1 on error: with EINTR as ERR's code if WAIT said no.  A line
 * over 64 MiB is an error: memory stays bounded.
 */
int io_lines_next(struct io_lines *l, char **line, size_t *len, struct err *err) MUST_CHECK;

/* The next io_lines_next() will read, and so may wait. */
bool io_lines_waits(const struct io_lines *l);

void io_lines_fini(struct io_lines *l);

#endif
