/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "base/xalloc.h"

/*
 * The memory of a struct io_blocks; DATA is where the bytes of the input begin:
 *
 *	mem        data            data + given          data + have     data + cap
 *	| slack    | lines given   | slack (held aside)  | free          | slack |
 *	           |               | the next line's begin
 */
enum {
	BLOCK_SIZE = 256 << 10,
};

static char *data_of(const struct io_blocks *b)
{
	return b->mem + IO_SLACK;
}

static void resize(struct io_blocks *b, size_t cap)
{
	b->mem = xrealloc_array(b->mem, cap + 2 * (size_t)IO_SLACK, 1);
	b->cap = cap;
	memset(b->mem, b->delimiter, IO_SLACK);
}

/* Forgets the N first bytes. */
static void drop(struct io_blocks *b, size_t n)
{
	b->have -= n;
	b->offset += n;
	memmove(data_of(b), data_of(b) + n, b->have);
}

/* Takes back what was given: the next line's begin moves to the front. */
static void take_back(struct io_blocks *b)
{
	if (!b->given)
		return;
	memcpy(data_of(b) + b->given, b->held, IO_SLACK);
	drop(b, b->given);
	b->given = b->scanned = 0;
}

static int read_more(struct io_blocks *b, struct err *err)
{
	char show[STR_SHOW];
	ssize_t n;

	do {
		if (b->wait && !b->wait(b->fd)) {
			errno = EINTR;
			return err_sys(err, "%s", str_show(show, b->name));
		}
		n = read(b->fd, data_of(b) + b->have, b->cap - b->have);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(err, "%s", str_show(show, b->name));
	b->eof = n == 0;
	b->have += (size_t)n;
	return 0;
}

/* Where the last line ends that is whole, or 0; looks at no byte twice. */
static size_t last_end(struct io_blocks *b)
{
	size_t i = b->have;

	while (i > b->scanned && data_of(b)[i - 1] != b->delimiter)
		i--;
	if (i > b->scanned)
		return i;
	b->scanned = b->have;
	return b->eof ? b->have : 0;
}

/* Moves the lines that are ours of the N bytes of the front together; how many bytes they are. */
static size_t keep_share(struct io_blocks *b, size_t n)
{
	char *to = data_of(b);
	const char *at = to, *end = to + n;

	while (at < end) {
		const char *stop = memchr(at, b->delimiter, (size_t)(end - at));
		size_t len = (size_t)((stop ? stop + 1 : end) - at);

		if (io_share_has(b->share, b->lines++)) {
			memmove(to, at, len);
			to += len;
		}
		at += len;
	}
	return (size_t)(to - data_of(b));
}

/* Gives of the N bytes of the front what is ours; false if nothing is. */
static bool give(struct io_blocks *b, size_t n, char **data, size_t *len)
{
	memcpy(b->held, data_of(b) + n, IO_SLACK);
	b->given = n;
	*data = data_of(b);
	*len = b->share ? keep_share(b, n) : n;
	memset(data_of(b) + *len, b->delimiter, IO_SLACK);
	return *len != 0;
}

/* Reads on to the end of a line that is too long; false if more must be read. */
static bool skip_line(struct io_blocks *b)
{
	const char *end = memchr(data_of(b), b->delimiter, b->have);

	drop(b, end ? (size_t)(end - data_of(b)) + 1 : b->have);
	b->scanned = 0;
	b->skipping = !end;
	return end != NULL;
}

int io_blocks_next(struct io_blocks *b, char **data, size_t *len, struct err *err)
{
	char show[STR_SHOW];

	if (!b->mem)
		resize(b, BLOCK_SIZE);
	take_back(b);
	for (;;) {
		size_t n = b->skipping && !skip_line(b) ? 0 : last_end(b);

		if (n) {
			if (give(b, n, data, len))
				return 1;
			take_back(b);
			continue;
		}
		if (b->eof)
			return 0;
		if (b->have >= IO_LINE_MAX + BLOCK_SIZE) {
			b->skipping = true;
			if (!io_share_has(b->share, b->lines++))
				continue;
			return err_set(err, ERR_USAGE,
				       "%s: the line at byte %llu is longer than 64 MiB",
				       str_show(show, b->name), (unsigned long long)b->offset + 1);
		}
		if (b->have == b->cap)
			resize(b, b->cap < IO_LINE_MAX ? 2 * b->cap : IO_LINE_MAX + BLOCK_SIZE);
		if (read_more(b, err) < 0)
			return -1;
	}
}

bool io_blocks_waits(const struct io_blocks *b)
{
	struct pollfd io = { .fd = b->fd, .events = POLLIN };

	return !b->eof && poll(&io, 1, 0) == 0;
}

void io_blocks_fini(struct io_blocks *b)
{
	free(b->mem);
	b->mem = NULL;
}
