/* SPDX-License-Identifier: MIT */
/*
 * fuzz_io.c - the lines of a file, one by one and in runs, are those that the bytes have
 *
 * The first byte is the delimiter and how often the bytes stand in the file, so that lines cross
 * the blocks in which it is read.
 */
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "fuzz_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* Where the line of B from AT on ends. */
static size_t line_end(const struct buf *b, size_t at, char delimiter)
{
	const char *end = at < b->len ? memchr(b->data + at, delimiter, b->len - at) : NULL;

	return end ? (size_t)(end - b->data) : b->len;
}

static void check_lines(const struct buf *b, char delimiter)
{
	struct io_lines lines = { .fd = fuzz_file(0, b->data, b->len),
				  .delimiter = delimiter,
				  .name = "x" };
	struct err err = { 0 };
	uint64_t number = 0;
	size_t at = 0, len;
	char *line;

	while (io_lines_next(&lines, &line, &len, &err) > 0) {
		size_t end = line_end(b, at, delimiter);

		require(at < b->len && len == end - at && memcmp(line, b->data + at, len) == 0);
		require(line[len] == '\0' && lines.number == ++number);
		require(lines.cut == (end == b->len));
		memset(line, 'x', len);
		at = end + 1;
	}
	require(err.kind == ERR_NONE && at >= b->len);
	io_lines_fini(&lines);
}

static void check_blocks(const struct buf *b, char delimiter)
{
	struct io_blocks blocks = { .fd = fuzz_file(0, b->data, b->len),
				    .delimiter = delimiter,
				    .name = "x" };
	struct err err = { 0 };
	size_t at = 0, len;
	char *data;

	while (io_blocks_next(&blocks, &data, &len, &err) > 0) {
		require(len > 0 && len <= b->len - at && memcmp(data, b->data + at, len) == 0);
		require(data[len - 1] == delimiter || at + len == b->len);
		for (int i = 1; i <= IO_SLACK; i++)
			require(data[-i] == delimiter && data[len + (size_t)i - 1] == delimiter);
		memset(data, 'x', len);
		at += len;
	}
	require(err.kind == ERR_NONE && at == b->len);
	io_blocks_fini(&blocks);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf b = { 0 };
	unsigned times;

	if (size < 1)
		return 0;
	times = data[0] & 128 ? 1U << (data[0] & 15) : 1;
	times = size < 65536 / times ? times : 1;
	for (unsigned i = 0; i < times; i++)
		buf_add(&b, data + 1, size - 1);
	check_lines(&b, data[0] & 64 ? '\0' : '\n');
	check_blocks(&b, data[0] & 64 ? '\0' : '\n');
	buf_fini(&b);
	return 0;
}
