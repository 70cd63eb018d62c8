/* SPDX-License-Identifier: MIT */
#include "cmd/addr_sets.h"

#include <string.h>
#include <unistd.h>

#include "base/scan.h"
#include "base/str.h"
#include "net/ip_text.h"
#include "net/registry.h"

const struct opt addr_sets_opts[] = {
	OPT_BOOL('4', "ipv4", addr_sets_options, only4, "only IPv4"),
	OPT_BOOL('6', "ipv6", addr_sets_options, only6, "only IPv6"),
	OPT_BOOL(0, "ranges", addr_sets_options, ranges, "ranges instead of prefixes"),
	OPT_UINT(0, "max-len4", "N", addr_sets_options, max4, 0, 32,
		 "widen IPv4 prefixes that are longer than /N"),
	OPT_UINT(0, "max-len6", "N", addr_sets_options, max6, 0, 128,
		 "widen IPv6 prefixes that are longer than /N"),
	OPT_BOOL(0, "spf", addr_sets_options, spf, "ip4: and ip6: before each prefix"),
	OPT_BOOL(0, "strict", addr_sets_options, strict, "refuse bits behind a prefix's length"),
	OPT_BOOL(0, "legacy", addr_sets_options, legacy, "take what inet_aton reads too"),
	ADDR_BAD_OPT(addr_sets_options, bad),
	OPT_END,
};

void addr_sets_defaults(void *options)
{
	struct addr_sets_options *opt = options;

	opt->max4 = 32;
	opt->max6 = 128;
}

const struct out_col addr_sets_cols[] = {
	ADDR_RANGE_COLS(ADDR_SETS_PREFIX),
	[ADDR_SETS_INPUT] = { "input", OUT_STR, "a bad line that --err=print passes on", true },
	[ADDR_SETS_ERROR] = { "error", OUT_STR, "what is wrong with it", true },
};

/* A bad line: the shared policy, but a record where records are printed. */
static int bad_line(struct addr_load *l, struct addr_io *io, const char *line, size_t n,
		    struct err *err)
{
	if (l->bad != ADDR_BAD_PRINT || out_is_text(l->o))
		return addr_io_bad(io, line, n, err);
	out_bytes(l->o, (unsigned)l->text_col, line, n);
	out_str(l->o, (unsigned)l->error_col, err->text);
	return out_row(l->o, &l->cli->err);
}

static void give(struct addr_load *l, struct ipset *s, const struct ipset_line *line,
		 const char *text, size_t len)
{
	if (l->take)
		l->take(l->to, line, text, len);
	else
		ipset_add(s, &line->prefix.range);
}

/* The line at LINE, which ipset_add_lines() has left. */
static int load_line(struct addr_load *l, struct addr_io *io, const char *line, size_t n,
		     struct ipset *s)
{
	struct ipset_line read;
	struct err err;
	int rc;

	io->line++;
	line = addr_io_unmark(io, line, &n);
	rc = ipset_line_read(&read, line, n, l->flags, &err);
	if (rc < 0)
		return bad_line(l, io, line, n, &err);
	if (rc == 0)
		return 0;
	line = addr_trim(line, &n);
	give(l, s, &read, line, n);
	return addr_io_note(io, &read.prefix.legacy);
}

static int load_block(struct addr_load *l, struct addr_io *io, const char *data, size_t len,
		      struct ipset *s)
{
	const char delimiter = l->cli->output.null ? '\0' : '\n', *end = data + len;

	while (data < end) {
		const char *stop;

		if (!l->take)
			data += ipset_add_lines(s, data, (size_t)(end - data), delimiter, l->flags,
						&io->line);
		if (data == end)
			return 0;
		stop = memchr(data, delimiter, (size_t)(end - data));
		if (!stop)
			stop = end;
		if (load_line(l, io, data, (size_t)(stop - data), s) < 0)
			return -1;
		data = stop < end ? stop + 1 : end;
	}
	return 0;
}

int addr_load_file(struct addr_load *l, char *path, struct ipset *s)
{
	struct addr_io io;
	char *data;
	size_t len;
	int rc;

	addr_io_init(&io, l->cli, l->o, l->bad, 1, &path);
	if (l->shared)
		addr_io_share(&io);
	if (!l->take) /* what becomes a set is printed in lines of text */
		io.delimiter = '\n';
	while ((rc = addr_io_next(&io, &data, &len)) > 0) {
		rc = load_block(l, &io, data, len, s);
		if (rc < 0)
			break;
	}
	l->failed = l->failed || io.failed;
	return addr_io_fini(&io) < 0 ? -1 : rc;
}

/* TEXT has the look of an address: who meant a file does not hear of octets. */
static bool looks_like_address(const char *text)
{
	size_t n = strspn(text, "0123456789abcdefABCDEF.:/+-");

	return strpbrk(text, ".:") && (text[n] == '\0' || text[n] == '%');
}

struct taking {
	struct addr_load *l;
	struct ipset *s;
};

/* A range of a class. */
static void take_range(void *to, const struct range *r)
{
	const struct taking *taking = to;
	struct ipset_line line = { .prefix = { .range = *r, .address = r->first } };
	char text[PREFIX_STRLEN];

	line.label = range_format(r, text);
	give(taking->l, taking->s, &line, text, strlen(text));
}

/* The next operand that is no file is ours. */
static bool has_operand(struct addr_load *l)
{
	return !l->shared || io_share_has(l->cli->share, l->operands++);
}

int addr_load_operand(struct addr_load *l, const char *text, size_t len, size_t before,
		      struct ipset *s, struct err *err)
{
	struct ipset_line line = { .label = text };
	char *path;
	int rc;

	if (len == 1 && *text == '-') {
		if (l->input_used)
			return err_set(err, ERR_USAGE, "standard input can be read only once");
		l->input_used = true;
	} else if (len && *text == '@') {
		struct taking taking = { l, s };

		if (!has_operand(l))
			return 0;
		return registry_class(text, len, take_range, &taking, err);
	} else if (prefix_parse(&line.prefix, text, len, before, l->flags, err) == 0) {
		if (!has_operand(l))
			return 0;
		give(l, s, &line, text, len);
		addr_note_legacy(l->cli, "", &line.prefix.legacy);
		return 0;
	}
	if (memchr(text, '\0', len))
		return -1;
	path = xstrndup(text, len);
	if (len == 0 || (looks_like_address(path) && access(path, F_OK) != 0)) {
		free(path);
		return -1;
	}
	rc = addr_load_file(l, path, s);
	if (rc < 0) {
		*err = l->cli->err;
		l->stopped = true;
	}
	free(path);
	return rc;
}

int addr_load_all(struct addr_load *l, int argc, char **argv, struct ipset *s)
{
	static char standard_input[] = "-";
	struct err err;

	if (argc == 0)
		return addr_load_file(l, standard_input, s);
	for (int i = 0; i < argc && !cli_interrupted(); i++) {
		if (addr_load_operand(l, argv[i], strlen(argv[i]), 0, s, &err) == 0)
			continue;
		if (l->stopped || l->bad == ADDR_BAD_ABORT) {
			l->cli->err = err;
			return -1;
		}
		cli_complain(l->cli, &err);
	}
	return 0;
}

unsigned addr_sets_flags(bool strict, bool legacy)
{
	return (strict ? PREFIX_STRICT : 0U) | (legacy ? PREFIX_LEGACY : 0U);
}

uint64_t addr_sets_prefixes(const struct ipset *s, unsigned family)
{
	uint64_t n = 0;

	for (size_t i = 0; i < ipset_ranges(s, family); i++) {
		struct range rest = ipset_range(s, family, i), prefix;

		while (n++, range_next_prefix(&rest, &prefix))
			;
	}
	return n;
}

void addr_sets_restrict(struct ipset *s, bool only4, bool only6)
{
	if (only4 && !only6)
		s->v6.n = 0;
	if (only6 && !only4)
		s->v4.n = 0;
}

static int print_row(struct cli *cli, struct out *o, const struct range *r)
{
	addr_range_set(o, ADDR_SETS_PREFIX, r);
	return out_row(o, &cli->err);
}

enum {
	LINE_ROOM = 4 + 2 * IP6_ROOM + 8, /* bytes of a line that is written at full speed */
	TEXT_MANY = 64 << 10,
};

static char *put_length(char *to, unsigned length)
{
	const struct ip_octet *octet = &ip_octets[length];

	*to++ = '/';
	memcpy(to, octet->text, 4);
	return to + octet->size - 1; /* without the dot */
}

/* Writes the rest of the line of a prefix of LENGTH whose address is there. */
static char *end_prefix(char *to, unsigned length, unsigned bits)
{
	if (length < bits)
		to = put_length(to, length);
	*to++ = '\n';
	return to;
}

static char *put_spf(char *to, const char *mechanism)
{
	memcpy(to, mechanism, 4);
	return to + 4;
}

/* Appends the prefixes that R is, a line each. */
static void put_prefixes4(struct buf *b, struct range4 r, bool spf)
{
	for (;;) {
		char *to = buf_reserve(b, LINE_ROOM);
		unsigned length = range4_first_length(r);
		uint32_t last = r.first + (uint32_t)(UINT64_C(0xffffffff) >> length);

		if (spf)
			to = put_spf(to, "ip4:");
		to = end_prefix(ip4_write(to, r.first), length, 32);
		b->len = (size_t)(to - b->data);
		if (last == r.last)
			return;
		r.first = last + 1;
	}
}

static void put_prefixes6(struct buf *b, struct range6 r, bool spf)
{
	for (;;) {
		char *to = buf_reserve(b, LINE_ROOM);
		unsigned length = range6_first_length(r);
		struct u128 last = u128_or(r.first, u128_ones(128 - length));

		if (spf)
			to = put_spf(to, "ip6:");
		to = end_prefix(ip6_write(to, r.first), length, 128);
		b->len = (size_t)(to - b->data);
		if (u128_eq(last, r.last))
			return;
		r.first = u128_add(last, u128_of(1));
	}
}

static void put_range4(struct buf *b, struct range4 r)
{
	char *to = ip4_write(buf_reserve(b, LINE_ROOM), r.first);

	if (r.first != r.last) {
		*to++ = '-';
		to = ip4_write(to, r.last);
	}
	*to++ = '\n';
	b->len = (size_t)(to - b->data);
}

static void put_range6(struct buf *b, struct range6 r)
{
	char *to = ip6_write(buf_reserve(b, LINE_ROOM), r.first);

	if (!u128_eq(r.first, r.last)) {
		*to++ = '-';
		to = ip6_write(to, r.last);
	}
	*to++ = '\n';
	b->len = (size_t)(to - b->data);
}

static int write_out(struct cli *cli, struct out *o, struct buf *b, size_t many)
{
	int rc = 0;

	if (b->len > many) {
		rc = out_text(o, b->data, b->len, &cli->err);
		b->len = 0;
	}
	return rc;
}

static int print_text(struct cli *cli, struct out *o, const struct addr_sets_options *opt,
		      const struct ipset *s)
{
	bool ranges = opt->ranges && !opt->spf;
	struct buf b = { 0 };
	int rc = 0;

	for (size_t i = 0; i < s->v4.n && rc == 0; i++) {
		if (ranges)
			put_range4(&b, s->v4.v[i]);
		else
			put_prefixes4(&b, s->v4.v[i], opt->spf);
		rc = write_out(cli, o, &b, TEXT_MANY);
	}
	for (size_t i = 0; i < s->v6.n && rc == 0; i++) {
		if (ranges)
			put_range6(&b, s->v6.v[i]);
		else
			put_prefixes6(&b, s->v6.v[i], opt->spf);
		rc = write_out(cli, o, &b, TEXT_MANY);
	}
	if (rc == 0)
		rc = write_out(cli, o, &b, 0);
	buf_fini(&b);
	return rc;
}

static int print_rows(struct cli *cli, struct out *o, const struct addr_sets_options *opt,
		      const struct ipset *s)
{
	for (unsigned family = 4; family <= 6; family += 2) {
		for (size_t i = 0; i < ipset_ranges(s, family); i++) {
			struct range rest = ipset_range(s, family, i), r = rest;
			bool more = false;

			do {
				if (!opt->ranges)
					more = range_next_prefix(&rest, &r);
				if (print_row(cli, o, &r) < 0)
					return -1;
			} while (more);
		}
	}
	return 0;
}

int addr_sets_print(struct cli *cli, struct out *o, const struct addr_sets_options *opt,
		    struct ipset *s)
{
	addr_sets_restrict(s, opt->only4, opt->only6);
	if (opt->max4 < 32)
		ipset_widen(s, 4, opt->max4);
	if (opt->max6 < 128)
		ipset_widen(s, 6, opt->max6);
	return out_is_text(o) ? print_text(cli, o, opt, s) : print_rows(cli, o, opt, s);
}
