/* SPDX-License-Identifier: MIT */
/* client_print.c - the output of the echo client: as it comes, escaped, or as a hex dump */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/compat.h"
#include "base/str.h"
#include "echo/client_impl.h"

enum {
	HEX_LINE = 16, /* bytes */
};

void client_print_open(struct client *c)
{
	struct stat st;

	c->reopened = -1;
	c->print_max = PIPE_BUF;
	if (c->config->out < 0 || fstat(c->config->out, &st) < 0)
		return;
	if (S_ISFIFO(st.st_mode))
		c->reopened = compat_reopen_pipe(c->config->out);
	if (c->reopened >= 0) {
		c->out.fd = c->reopened;
		compat_pipe_room(c->reopened, CLIENT_PIPE);
	}
	c->direct = c->reopened >= 0 || S_ISREG(st.st_mode);
	if (c->direct || !(S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode) || isatty(c->config->out)))
		c->print_max = CLIENT_BLOCK;
}

void client_print_close(struct client *c)
{
	client_pass_close(c);
	if (c->reopened >= 0)
		close(c->reopened);
	buf_fini(&c->printing);
}

bool client_printed(const struct client *c)
{
	return c->nrest == 0;
}

/* As str_safe(), but lines remain lines. */
static void print_safe(struct buf *b, const char *data, size_t n)
{
	size_t start = 0;

	for (size_t i = 0; i < n; i++) {
		if (data[i] != '\n' && data[i] != '\t')
			continue;
		str_safe(b, data + start, i - start);
		buf_addc(b, data[i]);
		start = i + 1;
	}
	str_safe(b, data + start, n - start);
}

/* A line of the dump for each 16 of the N bytes at DATA, which are at OFFSET of what MARK says. */
static void print_hex(struct buf *b, char mark, uint64_t offset, const char *data, size_t n)
{
	for (size_t at = 0; at < n; at += HEX_LINE) {
		size_t len = n - at < HEX_LINE ? n - at : HEX_LINE;
		unsigned long long place = offset + at;

		buf_printf(b, "%c %08llx ", mark, place);
		for (size_t i = 0; i < HEX_LINE; i++) {
			if (i == HEX_LINE / 2)
				buf_addc(b, ' ');
			if (i < len)
				buf_printf(b, " %02x", (unsigned)(unsigned char)data[at + i]);
			else
				buf_adds(b, "   ");
		}
		buf_adds(b, "  |");
		for (size_t i = 0; i < len; i++)
			buf_addc(b, data[at + i] < ' ' || data[at + i] > '~' ? '.' : data[at + i]);
		buf_adds(b, "|\n");
	}
}

/* What is written next is behind what waits already. */
static struct buf *behind(struct client *c)
{
	if (c->printing.len > c->nrest)
		buf_consume(&c->printing, c->printing.len - c->nrest);
	return &c->printing;
}

/*
 * Writes what OUT takes without a wait.  It blocks, and other processes may need it to: when it is
 * writable a pipe takes PIPE_BUF bytes, and a terminal takes some.  A file, and a pipe that could
 * be opened anew, take what they have room for.
 */
void client_print_more(struct client *c)
{
	struct pollfd p = { .fd = c->out.fd, .events = POLLOUT };

	while (c->nrest && (c->direct || poll(&p, 1, 0) == 1)) {
		ssize_t n = write(c->out.fd, c->rest,
				  c->nrest < c->print_max ? c->nrest : c->print_max);

		if (n >= 0) {
			c->rest += n;
			c->nrest -= (size_t)n;
		} else if (compat_would_block(errno)) {
			return;
		} else if (errno != EINTR) {
			err_sys(&c->err, "write to standard output");
			client_fail(c);
			return;
		}
	}
}

static void print_made(struct client *c)
{
	c->rest = c->printing.data;
	c->nrest = c->printing.len;
	client_print_more(c);
}

void client_print(struct client *c, const char *data, size_t n)
{
	if (c->config->out < 0)
		return;
	if (c->config->hex) {
		print_hex(behind(c), '<', c->back, data, n);
		c->back += n;
		print_made(c);
	} else if (c->config->safe) {
		print_safe(behind(c), data, n);
		print_made(c);
	} else {
		c->rest = data;
		c->nrest = n;
		client_print_more(c);
	}
}

void client_print_sent(struct client *c, const char *data, size_t n)
{
	if (c->config->out < 0 || !c->config->hex)
		return;
	print_hex(behind(c), '>', c->there, data, n);
	c->there += n;
	print_made(c);
}
