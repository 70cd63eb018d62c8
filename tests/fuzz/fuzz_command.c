/* SPDX-License-Identifier: MIT */
/*
 * fuzz_command.c - whole commands with the bytes as standard input; the first byte is the command
 *
 * Every format has the same records: JSON is an object a line, CSV (RFC 4180) and TSV have as many
 * cells in each record as in the heading.  Nothing in a table, in JSON or in a message acts on
 * a terminal, and the status is the same whatever the format.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "cmd/commands.h"
#include "fuzz_file.h"
#include "fuzz_shown.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	ARGS = 10,
	DEPTH = 8, /* of JSON */
};

/* None writes more than a few records a line, or asks the network. */
static const char *const lines[][ARGS] = {
	{ "addr", "-" },
	{ "addr", "--legacy", "-" },
	{ "addr", "-0", "-" },
	{ "addr", "info", "-" },
	{ "addr", "count", "-" },
	{ "addr", "range", "-" },
	{ "addr", "next", "-" },
	{ "addr", "super", "-" },
	{ "addr", "agg", "-" },
	{ "addr", "sort", "-" },
	{ "addr", "set", "-" },
	{ "addr", "contains", "10.0.0.0/8", "-" },
	{ "addr", "contains", "-", "10.0.0.1" },
	{ "addr", "gaps", "192.0.2.0/24", "-" },
	{ "addr", "compare", "2001:db8::/32", "-" },
	{ "addr", "conv", "-" },
	{ "addr", "conv", "-t", "hex", "-" },
	{ "addr", "grep", "-e", "10.0.0.0/8", "-e", "@private", "-" },
	{ "addr", "grep", "--outside", "-e", "::/0", "-" },
	{ "hosts", "-f", "-" },
	{ "protos", "-f", "-" },
	{ "services", "-f", "-" },
	{ "hosts", "--check", "-f", "-" },
	{ "protos", "--check", "-f", "-" },
	{ "services", "--check", "-f", "-" },
	{ "hosts", "-" },
	{ "services", "-" },
	{ "sockopt", "list", "-" },
	{ "addr", "--shard=1/2", "-" },
	{ "echo-client", "--merge", "-" },
};

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* What was written to FD, which is emptied. */
static void take(struct buf *b, int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);

	b->len = 0;
	require(size >= 0);
	if (size)
		require(pread(fd, buf_reserve(b, (size_t)size), (size_t)size, 0) == size);
	b->len = (size_t)size;
	require(ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0);
}

/* Runs ARGV with descriptors 0 to 2 as it needs them; the status. */
static int run(int argc, char **argv, const int fds[3], struct buf *out, struct buf *errors)
{
	int saved[3], status;

	fflush(stdout);
	for (int i = 0; i < 3; i++) {
		saved[i] = dup(i);
		require(saved[i] >= 0 && dup2(fds[i], i) == i);
	}
	status = command_main(commands, argc, argv);
	fflush(stdout);
	for (int i = 0; i < 3; i++)
		require(dup2(saved[i], i) == i && close(saved[i]) == 0);
	take(out, fds[1]);
	take(errors, fds[2]);
	return status;
}

static const char *skip_string(const char *s)
{
	require(*s == '"');
	for (s++; *s != '"'; s++) {
		require((unsigned char)*s >= ' ');
		if (*s == '\\') {
			s++;
			require(*s && strchr("\"\\/bfnrtu", *s));
			for (int i = 1; *s == 'u' && i <= 4; i++)
				require(str_hex_digit(s[i]) >= 0);
		}
	}
	return s + 1;
}

static const char *skip_number(const char *s)
{
	s += *s == '-';
	require(str_is_digit(*s) && (*s != '0' || !str_is_digit(s[1])));
	s += strspn(s, "0123456789");
	if (*s == '.') {
		require(str_is_digit(s[1]));
		s += 1 + strspn(s + 1, "0123456789");
	}
	if (*s == 'e' || *s == 'E') {
		s += 1 + (s[1] == '-' || s[1] == '+');
		require(str_is_digit(*s));
		s += strspn(s, "0123456789");
	}
	return s;
}

/* RFC 8259, without blanks, which are not written. */
static const char *skip_value(const char *s, unsigned depth)
{
	static const char *const words[] = { "null", "true", "false" };
	bool object = *s == '{';

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (str_starts(s, words[i]))
			return s + strlen(words[i]);
	if (*s == '"')
		return skip_string(s);
	if (!object && *s != '[')
		return skip_number(s);
	require(depth < DEPTH);
	if (s[1] == (object ? '}' : ']'))
		return s + 2;
	do {
		s++;
		if (object) {
			s = skip_string(s);
			require(*s++ == ':');
		}
		s = skip_value(s, depth + 1);
	} while (*s == ',');
	require(*s == (object ? '}' : ']'));
	return s + 1;
}

static size_t json_records(struct buf *b)
{
	size_t n = 0;

	fuzz_shown(b->data, b->len, true);
	for (const char *s = buf_str(b); *s; n++) {
		require(*s == '{');
		s = skip_value(s, 0);
		require(*s++ == '\n');
	}
	return n;
}

/* As many tabs in each line as in the first. */
static size_t tsv_records(const struct buf *b)
{
	size_t n = 0, tabs = 0, first = 0;

	for (size_t i = 0; i < b->len; i++) {
		tabs += b->data[i] == '\t';
		require(b->data[i] != '\r' && b->data[i] != '\0');
		if (b->data[i] != '\n')
			continue;
		first = n++ ? first : tabs;
		require(tabs == first);
		tabs = 0;
	}
	require(n > 0 && tabs == 0 && b->data[b->len - 1] == '\n');
	return n - 1;
}

static size_t csv_records(const struct buf *b)
{
	size_t n = 0, cells = 1, first = 0;
	bool quoted = false;

	for (size_t i = 0; i < b->len; i++) {
		char c = b->data[i];

		if (c == '"')
			quoted = !quoted;
		if (quoted)
			continue;
		cells += c == ',';
		if (c != '\n')
			continue;
		first = n++ ? first : cells;
		require(cells == first);
		cells = 1;
	}
	require(n > 0 && !quoted && b->data[b->len - 1] == '\n');
	return n - 1;
}

/* Runs LINE and one more argument; the options may be moved, so that each run has its own. */
static int run_line(const char *const *line, const char *more, const int fds[3], struct buf *out,
		    struct buf *errors)
{
	char *argv[ARGS + 3], *words[ARGS + 3];
	int argc = 0, status;

	words[argc++] = xstrndup("netipc", 6);
	for (size_t i = 0; line[i]; i++)
		words[argc++] = xstrndup(line[i], strlen(line[i]));
	words[argc++] = xstrndup(more, strlen(more));
	words[argc] = NULL;
	memcpy(argv, words, (size_t)(argc + 1) * sizeof(*argv));
	status = run(argc, argv, fds, out, errors);
	for (int i = 0; i < argc; i++)
		free(words[i]);
	return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const formats[] = { "--json", "--csv", "--tsv", "-H" };
	struct buf out = { 0 }, errors = { 0 };
	const char *const *line;
	size_t records = 0;
	int status = 0;

	if (size == 0)
		return 0;
	line = lines[data[0] % ARRAY_SIZE(lines)];
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		const int fds[] = { fuzz_file(0, data + 1, size - 1), fuzz_file(1, NULL, 0),
				    fuzz_file(2, NULL, 0) };
		int now = run_line(line, formats[i], fds, &out, &errors);

		fuzz_shown(errors.data, errors.len, true);
		if (i == 0) {
			status = now;
			records = json_records(&out);
		}
		require(now >= 0 && now <= 2 && now == status);
		if ((i == 1 || i == 2) && out.len == 0) /* it could not begin */
			require(now != 0 && records == 0);
		else if (i == 1)
			require(csv_records(&out) == records);
		else if (i == 2)
			require(tsv_records(&out) == records);
	}
	buf_fini(&out);
	buf_fini(&errors);
	return 0;
}
