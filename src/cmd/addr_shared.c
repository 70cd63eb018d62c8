/* SPDX-License-Identifier: MIT */
#include "cmd/addr_shared.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "net/form.h"

enum {
	TEXT_MANY = 128 << 10, /* bytes of plain output that are written at once */
};

const struct opt_choice addr_bad_choices[] = {
	{ "warn", ADDR_BAD_WARN, NULL },
	{ "abort", ADDR_BAD_ABORT, NULL },
	{ "skip", ADDR_BAD_SKIP, NULL },
	{ "print", ADDR_BAD_PRINT, NULL },
	{ NULL, 0, NULL },
};

void addr_io_init(struct addr_io *io, struct cli *cli, struct out *o, int bad, int argc,
		  char **argv)
{
	static char standard_input[] = "-";
	static char *none[] = { standard_input, NULL };

	*io = (struct addr_io){
		.cli = cli,
		.o = o,
		.bad = (enum addr_bad)bad,
		.delimiter = cli->output.null ? '\0' : '\n',
		.argc = argc ? argc : 1,
		.argv = argc ? argv : none,
	};
}

void addr_io_share(struct addr_io *io)
{
	io->share = io->cli->share;
}

int addr_io_write(struct addr_io *io, bool all)
{
	int rc = 0;

	if (io->text.len && (all || io->text.len >= TEXT_MANY)) {
		rc = out_text(io->o, io->text.data, io->text.len, &io->cli->err);
		io->text.len = 0;
	}
	return rc;
}

/* Complains of ERR behind what was printed so far. */
static int complain(struct addr_io *io, const struct err *err)
{
	if (addr_io_write(io, true) < 0)
		return -1;
	cli_complain(io->cli, err);
	return 0;
}

/* PATH could not be opened: an address was typed in its place, perhaps. */
static void no_file(struct err *err, const char *path)
{
	char show[STR_SHOW];
	struct form_value value;
	int code = errno;
	bool is_address =
		code == ENOENT && form_read(&value, FORM_AUTO, 0, path, strlen(path), err) == 0;

	errno = code;
	err_sys(err, "%s%s", str_show(show, path),
		is_address ? ", an address where a file is wanted" : "");
}

/* Opens the next input that can be; 0 if there is none. */
static int open_next(struct addr_io *io)
{
	while (io->argc > 0) {
		const char *path = *io->argv++;
		bool input = strcmp(path, "-") == 0;
		struct err err;
		int fd;

		io->argc--;
		fd = input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0) {
			no_file(&err, path);
			io->failed = true;
			if (complain(io, &err) < 0)
				return -1;
			continue;
		}
		io->name = input ? "standard input" : path;
		io->line = 0;
		io->open = true;
		io->blocks = (struct io_blocks){
			.fd = fd,
			.delimiter = io->cli->output.null ? '\0' : '\n',
			.name = io->name,
			.wait = cli_wait,
			.share = io->share,
		};
		return 1;
	}
	return 0;
}

static void close_input(struct addr_io *io)
{
	if (!io->open)
		return;
	io_blocks_fini(&io->blocks);
	if (io->blocks.fd != STDIN_FILENO)
		close(io->blocks.fd);
	io->open = false;
}

/* What is known so far is printed before waiting for more. */
static int write_before_read(struct addr_io *io)
{
	bool waits = io_blocks_waits(&io->blocks);

	if (addr_io_write(io, waits) < 0)
		return -1;
	return waits ? out_flush(io->o, &io->cli->err) : 0;
}

/* The input cannot be read on because of ERR: 1 to go on with what is left, 0 to end, -1. */
static int read_failed(struct addr_io *io, const struct err *err)
{
	bool too_long = err->kind == ERR_USAGE;

	if (err->code == EINTR)
		return 0;
	io->line += too_long;
	if (too_long && io->bad == ADDR_BAD_SKIP)
		return 1;
	io->failed = true;
	if (complain(io, err) < 0)
		return -1;
	if (too_long)
		return io->bad != ADDR_BAD_ABORT;
	close_input(io);
	return 1;
}

int addr_io_next(struct addr_io *io, char **data, size_t *len)
{
	struct err err;

	while (!cli_interrupted()) {
		int rc = io->open ? 1 : open_next(io);

		if (rc <= 0)
			return rc;
		if (write_before_read(io) < 0)
			return -1;
		rc = io_blocks_next(&io->blocks, data, len, &err);
		if (rc > 0)
			return rc;
		if (rc == 0)
			close_input(io);
		else if ((rc = read_failed(io, &err)) <= 0)
			return rc;
	}
	return 0;
}

int addr_io_bad(struct addr_io *io, const char *text, size_t len, struct err *err)
{
	char show[STR_SHOW];

	switch (io->bad) {
	case ADDR_BAD_SKIP:
		return 0;
	case ADDR_BAD_PRINT:
		buf_add(&io->text, text, len);
		buf_addc(&io->text, io->delimiter);
		return 0;
	case ADDR_BAD_WARN:
	case ADDR_BAD_ABORT:
		break;
	}
	err_prefix(err, "%s:%llu: ", str_show(show, io->name),
		   (unsigned long long)io_share_place(io->share, io->line));
	if (io->bad == ADDR_BAD_ABORT) {
		io->cli->err = *err;
		return -1;
	}
	return complain(io, err);
}

void addr_note_legacy(struct cli *cli, const char *where, const struct ip_legacy *l)
{
	struct buf note = { 0 };

	if (!l->text)
		return;
	ip_legacy_note(&note, l);
	cli_note(cli, "%s%s", where, buf_str(&note));
	buf_fini(&note);
}

int addr_io_note(struct addr_io *io, const struct ip_legacy *l)
{
	char where[STR_SHOW + 32], show[STR_SHOW];

	if (!l->text)
		return 0;
	if (addr_io_write(io, true) < 0)
		return -1;
	snprintf(where, sizeof(where), "%s:%llu: ", str_show(show, io->name),
		 (unsigned long long)io_share_place(io->share, io->line));
	addr_note_legacy(io->cli, where, l);
	return 0;
}

int addr_io_fini(struct addr_io *io)
{
	int rc = addr_io_write(io, true);

	close_input(io);
	buf_fini(&io->text);
	return rc;
}

const char *addr_io_unmark(const struct addr_io *io, const char *line, size_t *len)
{
	if (io_share_place(io->share, io->line) != 1 || *len < 3 ||
	    memcmp(line, "\xef\xbb\xbf", 3) != 0)
		return line;
	*len -= 3;
	return line + 3;
}

const char *addr_trim(const char *text, size_t *len)
{
	while (*len && str_is_space(*text)) {
		text++;
		--*len;
	}
	while (*len && str_is_space(text[*len - 1]))
		--*len;
	return text;
}

void addr_count_set(struct out *o, unsigned col, struct ipcount n)
{
	char text[IPCOUNT_STRLEN];

	if (n.over || n.low.hi)
		out_str(o, col, ipcount_format(n, text));
	else
		out_uint(o, col, n.low.lo);
}

void addr_range_set(struct out *o, unsigned base, const struct range *r)
{
	struct ip first = ip_from_num(r->family, r->first), last = ip_from_num(r->family, r->last);
	int length = range_prefix_length(r);
	char text[PREFIX_STRLEN];

	out_str(o, base + ADDR_RANGE_PREFIX, range_format(r, text));
	out_str(o, base + ADDR_RANGE_FAMILY, r->family == 4 ? "ipv4" : "ipv6");
	out_str(o, base + ADDR_RANGE_FIRST, ip_format(&first, text));
	out_str(o, base + ADDR_RANGE_LAST, ip_format(&last, text));
	if (length >= 0)
		out_int(o, base + ADDR_RANGE_LENGTH, length);
	addr_count_set(o, base + ADDR_RANGE_COUNT, range_count(r));
}
