/* SPDX-License-Identifier: MIT */
#include "cmd/addr_subnet.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

enum {
	PIECE = 64 << 10, /* bytes of a series that are written at once */
};

int subnet_refuse(struct subnet *s, struct err *err)
{
	out_bytes(s->o, SUBNET_INPUT, s->operand.text, s->operand.len);
	return cli_refuse(s->cli, s->o, SUBNET_ERROR, &s->operand, err);
}

/* Fills S->net from S->operand: 1, 0 if it was complained of, -1. */
static int read_operand(struct subnet *s)
{
	struct err err;

	if (prefix_parse(&s->net, s->operand.text, s->operand.len, 0, s->flags, &err) == 0)
		return 1;
	return subnet_refuse(s, &err);
}

int subnet_each(struct cli *cli, int argc, char **argv, const struct subnet_work *work)
{
	struct subnet s = { .cli = cli, .flags = work->flags };
	int index = 0, rc;

	if (cli_want(cli, argc, argv, 1, argc) < 0)
		return -1;
	s.o = cli_out(cli, false);
	if (!s.o)
		return -1;
	rc = work->begin ? work->begin(&s, work->how) : 0;
	while (rc == 0 && (rc = cli_next(cli, argc, argv, &index, &s.operand)) > 0) {
		rc = read_operand(&s);
		if (rc > 0)
			rc = work->one(&s, work->how);
		if (rc < 0)
			break;
	}
	if (rc == 0 && work->end && !cli_interrupted())
		rc = work->end(&s, work->how);
	if (rc > 0)
		rc = 0;
	return out_close(s.o, &cli->err) < 0 ? -1 : rc;
}

static void set_columns(struct subnet *s, const struct range *r)
{
	if (s->operand.text)
		out_bytes(s->o, SUBNET_INPUT, s->operand.text, s->operand.len);
	addr_range_set(s->o, SUBNET_PREFIX, r);
}

int subnet_put(struct subnet *s, const struct range *r)
{
	char text[PREFIX_STRLEN + 1];
	size_t n;

	if (!out_is_text(s->o)) {
		set_columns(s, r);
		return out_row(s->o, &s->cli->err);
	}
	n = strlen(range_format(r, text));
	text[n] = '\n';
	return out_text(s->o, text, n + 1, &s->cli->err);
}

/* The same in pieces of text. */
static int put_text(struct subnet *s, struct ip_series *series)
{
	struct buf b = { 0 };
	int rc = 0;

	while (rc == 0 && !series->done && !cli_interrupted()) {
		b.len = 0;
		ip_series_write(series, &b, PIECE);
		rc = out_text(s->o, b.data, b.len, &s->cli->err);
	}
	buf_fini(&b);
	return rc;
}

int subnet_put_series(struct subnet *s, struct ip_series *series, unsigned length)
{
	struct u128 address;
	int rc = 0;

	if (out_is_text(s->o))
		return put_text(s, series);
	while (rc == 0 && !cli_interrupted() && ip_series_next(series, &address)) {
		struct range r = range_of_prefix(series->family, address, length);

		rc = subnet_put(s, &r);
	}
	return rc;
}

char *subnet_size(const struct subnet *s, char buf[static SUBNET_SIZE_STRLEN])
{
	const struct range *r = &s->net.range;
	char count[IPCOUNT_STRLEN];

	snprintf(buf, SUBNET_SIZE_STRLEN, "%s address%s", ipcount_format(range_count(r), count),
		 u128_eq(r->first, r->last) ? "" : "es");
	return buf;
}

int subnet_misuse(struct cli *cli, const char *reason)
{
	cli->misused = true;
	return err_set(&cli->err, ERR_USAGE, "%s", reason);
}

int subnet_last_number(struct cli *cli, int *argc, char **argv, struct subnet_number *number)
{
	const char *text = *argc ? argv[*argc - 1] : "", *digits = text + (*text == '/');
	size_t n = strlen(digits);
	char show[STR_SHOW];

	*number = (struct subnet_number){ SUBNET_NO_NUMBER, { 0, 0 } };
	if (*text != '/' && strspn(text, "0123456789") != n)
		return 0;
	if (n == 0 && *text != '/')
		return 0;
	--*argc;
	number->form = *text == '/' ? SUBNET_SLASH : SUBNET_PLAIN;
	if (n && (n == 1 || *digits != '0') && u128_scan(digits, digits + n, &number->n) == n &&
	    (*text != '/' || !u128_less(u128_of(128), number->n)))
		return 0;
	return err_set(&cli->err, ERR_USAGE, "\"%s\" is not %s", str_show(show, text),
		       *text == '/' ? "a length from /0 to /128" : "a number from 0 to 2^128 - 1");
}

int subnet_option_num(const char *what, const char *text, uint64_t min, struct u128 *n,
		      struct err *err)
{
	size_t len = strlen(text);
	char show[STR_SHOW];

	if (len && u128_scan(text, text + len, n) == len && !u128_less(*n, u128_of(min)))
		return 0;
	return err_set(err, ERR_USAGE, "--%s: \"%s\" is not a number from %u to 2^128 - 1", what,
		       str_show(show, text), (unsigned)min);
}
