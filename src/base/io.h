/* SPDX-License-Identifier: MIT */
/* io.h - the lines of a descriptor, one by one or in runs; small files as a whole, also new ones */
#ifndef NETIPC_BASE_IO_H
#define NETIPC_BASE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * One of COUNT equal shares of what is gone through one by one: each COUNTth, from number INDEX on,
 * counted from 0.
 */
struct io_share {
	uint64_t index, count; /* INDEX < COUNT */
};

/* Number AT, from 0, is of share S; NULL has all. */
static inline bool io_share_has(const struct io_share *s, uint64_t at)
{
	return !s || at % s->count == s->index;
}

/* Where number N of share S stands among all; both from 1. */
static inline uint64_t io_share_place(const struct io_share *s, uint64_t n)
{
	return s ? s->index + (n - 1) * s->count + 1 : n;
}

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

	const struct io_share *share; /* the lines of others are passed over; NULL: all are ours */

	uint64_t number; /* of the line that was returned last, from 1 */
	bool cut;        /* that line is the last and has no delimiter */

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

enum {
	IO_SLACK = 64,          /* bytes that can be read before and behind a run of lines */
	IO_LINE_MAX = 64 << 20, /* bytes of the longest line */
};

/*
 * The lines of a descriptor in runs as large as a read(2) brings them, for those who go
 * through millions.  Zero it, then set the first members.
 */
struct io_blocks {
	int fd;
	char delimiter;
	const char *name;     /* for messages */
	bool (*wait)(int fd); /* as in struct io_lines */
	const struct io_share *share;

	char *mem; /* private from here */
	size_t cap, have, given, scanned;
	uint64_t offset, lines; /* LINES is counted with a share only */
	bool eof, skipping;
	char held[IO_SLACK];
};

/*
 * Stores the next run of whole lines: LEN bytes at DATA, which hold until the next call and
 * may be written to, their last byte a delimiter unless the input ends without one.
 * IO_SLACK bytes on both sides of them can be read, and are delimiters.  Memory is bounded
 * by 256 KiB or twice the longest line.  Returns 1, 0 at the end, -1 on error: with EINTR as
 * ERR's code if WAIT said no; with ERR_USAGE for a line that is longer than IO_LINE_MAX (by
 * 256 KiB or more), which the next call leaves out and goes on behind.
 */
int io_blocks_next(struct io_blocks *b, char **data, size_t *len, struct err *err) MUST_CHECK;

/* The next io_blocks_next() would wait: nothing is there to be read now. */
bool io_blocks_waits(const struct io_blocks *b);

void io_blocks_fini(struct io_blocks *b);

/*
 * Appends what is in the file PATH to B: 1, or 0 if there is no such file.  -1 if it cannot be
 * read; ERR_USAGE if it has more than 64 MiB.
 */
int io_read_file(struct buf *b, const char *path, struct err *err) MUST_CHECK;

/*
 * Makes PATH a file of the N bytes at DATA: whole as PATH.new, which is then renamed, so that a
 * reader never sees a part.  Neither is written to if it is there: PATH.new is a new file always,
 * its mode 0644 without the umask's bits.  ERR_SYSTEM if it cannot, or if PATH is there and no
 * regular file, which a link is not.
 */
int io_replace_file(const char *path, const void *data, size_t n, struct err *err) MUST_CHECK;

/* The same, but what is a character device is written to. */
int io_write_file(const char *path, const void *data, size_t n, struct err *err) MUST_CHECK;

/*
 * Opens PATH to append what its owner will run: a file with mode 0600 if it is not there.  What is
 * there must be a regular file of this user that nobody else may write to and that has no other
 * name, no link; else ERR_SYSTEM.  It never waits.  Returns the descriptor or -1.
 */
int io_append_file(const char *path, struct err *err) MUST_CHECK;

/*
 * For a child process that calls code of others, which may hang or crash in it: it ends with its
 * parent, signals do what they do by default and none is blocked, and standard input and output are
 * /dev/null.
 */
void io_detach(void);

/* Sends the N bytes at DATA over socket FD, which waits; false if it cannot. */
bool io_send_all(int fd, const void *data, size_t n);

#endif
