/* SPDX-License-Identifier: MIT */
/*
 * addr_conv.c - netipc addr conv: a stream of addresses from one form to another
 *
 * What is most often asked for, the canonical text of lines that are addresses, goes through
 * whole runs of lines at once; all else goes line by line.
 */
#include <string.h>

#include "base/str.h"
#include "cmd/addr_read.h"
#include "cmd/addr_shared.h"
#include "net/ip_lines.h"
#include "net/prefix.h"

struct conv_options {
	struct addr_read read;
	int to; /* enum form */
	bool network;
	int bad; /* enum addr_bad */
};

static const struct opt_choice output_forms[] = {
	{ "canon", FORM_CANON, NULL }, { "full", FORM_FULL, NULL },
	{ "int", FORM_INT, NULL },     { "hex", FORM_HEX, NULL },
	{ "bin", FORM_BIN, NULL },     { "arpa", FORM_ARPA, NULL },
	{ "mac", FORM_MAC, NULL },     { "eui64", FORM_EUI64, NULL },
	{ "c", FORM_C, NULL },         { "sockaddr", FORM_SOCKADDR, NULL },
	{ "unix", FORM_UNIX, NULL },   { NULL, 0, NULL },
};

static const struct opt conv_opts[] = {
	ADDR_READ_OPTS(conv_options),
	OPT_CHOICE('t', "to", "FORM", conv_options, to, output_forms, "the form to write (canon)"),
	OPT_BOOL(0, "network", conv_options, network, "clear the bits behind a prefix's length"),
	ADDR_BAD_OPT(conv_options, bad),
	OPT_END,
};

enum {
	COL_INPUT,
	COL_FORM,
	COL_FAMILY,
	COL_ADDRESS,
	COL_OUTPUT,
	COL_LENGTH,
	COL_LAST,
	COL_ZONE,
	COL_PORT,
	COL_ERROR,
};

static const struct out_col conv_cols[] = {
	[COL_INPUT] = { "input", OUT_STR, "the line without blanks at its ends", false },
	[COL_FORM] = { "form", OUT_STR, "the form that it was read from", false },
	[COL_FAMILY] = { "family", OUT_STR, "ipv4, ipv6 or unix", false },
	[COL_ADDRESS] = { "address", OUT_STR, "the address alone, in its canonical form", true },
	[COL_OUTPUT] = { "output", OUT_STR, "the line in the form that was asked for", false },
	[COL_LENGTH] = { "length", OUT_INT, "the length of a prefix", true },
	[COL_LAST] = { "last", OUT_STR, "the last address of a range", true },
	[COL_ZONE] = { "zone", OUT_STR, "the IPv6 zone", true },
	[COL_PORT] = { "port", OUT_INT, "the port", true },
	[COL_ERROR] = { "error", OUT_STR, "what is wrong with the line", true },
};

enum {
	RUN_MANY = 16 << 10, /* bytes that are worth a write of their own */
	REWRITE_MANY = 256,  /* lines that are rewritten before trying to pass lines on */
};

struct conv {
	const struct conv_options *opt;
	struct addr_io io;
	struct buf value; /* the present line in the form that was asked for */
	char delimiter;
	const struct ip_kernel *kernel; /* NULL: each line is looked at by itself */
};

/* The address of a prefix becomes the first of it. */
static void clear_host(struct form_value *v)
{
	const unsigned family = v->ep.ip.family;

	if (v->length >= 0)
		v->ep.ip = ip_from_num(family, range_of_prefix(family, ip_num(&v->ep.ip),
							       (unsigned)v->length)
						       .first);
}

/* Reads TEXT to V and writes it to C->value. */
static int convert(struct conv *c, struct form_value *v, const char *text, size_t len,
		   struct err *err)
{
	c->value.len = 0;
	if (addr_read(v, &c->opt->read, text, len, err) < 0)
		return -1;
	if (c->opt->network)
		clear_host(v);
	return form_write(&c->value, v, (enum form)c->opt->to, err);
}

static void set_columns(struct conv *c, const struct form_value *v, const char *input, size_t len)
{
	struct out *o = c->io.o;
	char text[IP_STRLEN];
	struct buf b = { 0 };
	struct err err;

	out_str(o, COL_FORM, addr_read_form(v, input, len));
	if (v->ep.kind == ENDPOINT_UNIX) {
		out_str(o, COL_FAMILY, "unix");
		if (form_write(&b, v, FORM_UNIX, &err) == 0)
			out_bytes(o, COL_ADDRESS, b.data, b.len);
		buf_fini(&b);
		return;
	}
	out_str(o, COL_FAMILY, v->ep.ip.family == 4 ? "ipv4" : "ipv6");
	out_str(o, COL_ADDRESS, ip_format(&v->ep.ip, text));
	if (v->length >= 0)
		out_int(o, COL_LENGTH, v->length);
	if (v->is_range)
		out_str(o, COL_LAST, ip_format(&v->last, text));
	if (v->ep.zone[0])
		out_str(o, COL_ZONE, v->ep.zone);
	if (v->ep.has_port)
		out_uint(o, COL_PORT, v->ep.port);
}

/* The record of a line that cannot be converted; a table has none without its last column. */
static int bad_record(struct conv *c, struct err *err)
{
	struct addr_io *io = &c->io;

	if (io->bad == ADDR_BAD_SKIP ||
	    (out_format(io->o) == OUT_TABLE && !out_wants(io->o, COL_ERROR))) {
		out_drop(io->o);
		return 0;
	}
	out_str(io->o, COL_ERROR, err->text);
	return out_row(io->o, &io->cli->err);
}

static int record(struct conv *c, const char *text, size_t len)
{
	struct form_value v;
	struct err err;

	out_bytes(c->io.o, COL_INPUT, text, len);
	if (convert(c, &v, text, len, &err) < 0) {
		if (bad_record(c, &err) < 0)
			return -1;
		return c->io.bad == ADDR_BAD_PRINT ? 0 : addr_io_bad(&c->io, text, len, &err);
	}
	set_columns(c, &v, text, len);
	out_bytes(c->io.o, COL_OUTPUT, c->value.data, c->value.len);
	return out_row(c->io.o, &c->io.cli->err) < 0 ? -1 : addr_io_note(&c->io, &v.legacy);
}

/* The LEN bytes at LINE in plain form. */
static int plain(struct conv *c, const char *line, size_t len, const char *text, size_t n)
{
	struct form_value v;
	struct err err;

	if (convert(c, &v, text, n, &err) < 0)
		return addr_io_bad(&c->io, line, len, &err);
	/* Names of interfaces and sockets are others' bytes. */
	if (v.ep.kind == ENDPOINT_UNIX || v.ep.zone[0])
		str_safe(&c->io.text, c->value.data, c->value.len);
	else
		buf_add(&c->io.text, c->value.data, c->value.len);
	buf_addc(&c->io.text, c->delimiter);
	return addr_io_note(&c->io, &v.legacy);
}

/* The line from *AT on, which is moved behind it. */
static int one(struct conv *c, const char **at, const char *end)
{
	const char *line = *at, *stop = memchr(line, c->delimiter, (size_t)(end - line));
	size_t len = (size_t)((stop ? stop : end) - line), n = len;
	const char *text;

	*at = line + len + 1;
	c->io.line++;
	text = addr_io_unmark(&c->io, line, &n);
	text = addr_trim(text, &n);
	if (n == 0)
		return 0;
	return out_is_text(c->io.o) ? plain(c, line, len, text, n) : record(c, text, n);
}

/* Prints the N bytes at TEXT, which are lines. */
static int pass_on(struct conv *c, const char *text, size_t n)
{
	if (n < RUN_MANY) {
		buf_add(&c->io.text, text, n);
		return addr_io_write(&c->io, false);
	}
	if (addr_io_write(&c->io, true) < 0)
		return -1;
	return out_text(c->io.o, text, n, &c->io.cli->err);
}

/* The run of lines from DATA to END. */
static int run(struct conv *c, const char *data, const char *end)
{
	struct ip_lines l = { .at = data, .end = end, .delimiter = c->delimiter };
	int rc = 0;

	while (l.at < end && rc == 0) {
		size_t n = c->kernel ? c->kernel->pass(l.at, end, c->delimiter, &c->io.line) : 0;

		if (n) {
			rc = pass_on(c, l.at, n);
			l.at += n;
			continue;
		}
		if (c->kernel) {
			l.lines = 0;
			l.to = buf_reserve(&c->io.text, 2 * (size_t)(end - l.at) + IP_LINES_ROOM);
			c->kernel->rewrite(&l, REWRITE_MANY);
			c->io.text.len = (size_t)(l.to - c->io.text.data);
			c->io.line += l.lines;
			rc = addr_io_write(&c->io, false);
		}
		if (rc == 0 && l.lines == 0)
			rc = one(c, &l.at, end);
	}
	return rc;
}

static int conv_run(struct cli *cli, const void *options, int argc, char **argv)
{
	const struct conv_options *opt = options;
	struct out *o = cli_out(cli, false);
	struct conv c = { .opt = opt, .delimiter = cli->output.null ? '\0' : '\n' };
	size_t len;
	char *data;
	int rc;

	if (!o)
		return -1;
	if (out_is_text(o) && opt->to == FORM_CANON && !opt->read.only4 && !opt->read.only6 &&
	    (opt->read.form == FORM_AUTO || opt->read.form == FORM_TEXT))
		c.kernel = ip_lines_kernel(0);
	addr_io_init(&c.io, cli, o, opt->bad, argc, argv);
	addr_io_share(&c.io);
	while ((rc = addr_io_next(&c.io, &data, &len)) > 0)
		if (run(&c, data, data + len) < 0) {
			rc = -1;
			break;
		}
	if (addr_io_fini(&c.io) < 0)
		rc = -1;
	buf_fini(&c.value);
	return out_close(o, &cli->err) < 0 ? -1 : rc;
}

static void conv_defaults(void *options)
{
	struct conv_options *opt = options;

	opt->to = FORM_CANON;
}

const struct command addr_verb_conv = {
	.name = "conv",
	.summary = "write addresses in another form",
	.operands = "[FILE]...",
	.opts = conv_opts,
	.cols = conv_cols,
	.ncols = ARRAY_SIZE(conv_cols),
	.size = sizeof(struct conv_options),
	.flags = COMMAND_RECORDS | COMMAND_BATCH,
	.more = ADDR_READ_MORE
	"FORM of -t: canon full int hex bin arpa mac eui64 sockaddr c unix\n",
	.defaults = conv_defaults,
	.run = conv_run,
};
