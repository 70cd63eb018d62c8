/* SPDX-License-Identifier: MIT */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"

enum {
	IO_BLOCK = 8192,
	IO_READ = 4096, /* bytes that a read can fill at least */
};

/* More of L behind what it has. */
static int refill(struct io_lines *l, struct err *err)
{
	char show[STR_SHOW];
	ssize_t n;

	if (l->pos)
		buf_consume(&l->buf, l->pos);
	l->pos = 0;
	buf_reserve(&l->buf, l->buf.len ? IO_READ : IO_BLOCK);
	do {
		if (l->wait && !l->wait(l->fd)) {
			errno = EINTR;
			return err_sys(err, "%s", str_show(show, l->name));
		}
		n = read(l->fd, l->buf.data + l->buf.len, l->buf.cap - l->buf.len);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(err, "%s", str_show(show, l->name));
	l->eof = n == 0;
	l->buf.len += (size_t)n;
	return 0;
}

/* The next line, whoever's share it is. */
static int next_line(struct io_lines *l, char **line, size_t *len, struct err *err)
{
	for (;;) {
		size_t left = l->buf.len - l->pos, at = l->pos + l->scanned;
		char *end = NULL, show[STR_SHOW];

		if (left > l->scanned)
			end = memchr(l->buf.data + at, l->delimiter, l->buf.len - at);
		if (end || (l->eof && left)) {
			*len = end ? (size_t)(end - l->buf.data) - l->pos : left;
			l->pos += *len + (end != NULL);
			buf_str(&l->buf); /* room for the NUL behind a last line */
			*line = l->buf.data + l->pos - *len - (end != NULL);
			(*line)[*len] = '\0';
			l->scanned = 0;
			l->number++;
			l->cut = !end;
			return 1;
		}
		if (l->eof)
			return 0;
		l->scanned = left;
		if (left > IO_LINE_MAX)
			return err_set(err, ERR_USAGE, "%s: line %llu is longer than 64 MiB",
				       str_show(show, l->name), (unsigned long long)l->number + 1);
		if (refill(l, err) < 0)
			return -1;
	}
}

int io_lines_next(struct io_lines *l, char **line, size_t *len, struct err *err)
{
	int rc;

	do {
		rc = next_line(l, line, len, err);
	} while (rc > 0 && !io_share_has(l->share, l->number - 1));
	return rc;
}

bool io_lines_waits(const struct io_lines *l)
{
	size_t left = l->buf.len - l->pos;

	return !l->eof && (left == 0 || !memchr(l->buf.data + l->pos, l->delimiter, left));
}

void io_lines_fini(struct io_lines *l)
{
	buf_fini(&l->buf);
}

static int read_all(struct buf *b, int fd, const char *path, struct err *err)
{
	char show[STR_SHOW];
	size_t most = b->len + IO_LINE_MAX;

	while (b->len <= most) {
		ssize_t n = read(fd, buf_reserve(b, IO_BLOCK), IO_BLOCK);

		if (n == 0)
			return 1;
		if (n < 0 && errno != EINTR)
			return err_sys(err, "%s", str_show(show, path));
		b->len += n > 0 ? (size_t)n : 0;
	}
	return err_set(err, ERR_USAGE, "%s: more than 64 MiB", str_show(show, path));
}

int io_read_file(struct buf *b, const char *path, struct err *err)
{
	char show[STR_SHOW];
	int fd, rc;

	do {
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	} while (fd < 0 && errno == EINTR);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return err_sys(err, "%s", str_show(show, path));
	rc = read_all(b, fd, path, err);
	close(fd);
	return rc;
}
