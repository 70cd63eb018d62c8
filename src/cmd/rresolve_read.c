/* SPDX-License-Identifier: MIT */
/* rresolve_read.c - what rresolve is asked: operands, lines, and the addresses of a sweep */
#include <string.h>

#include "base/str.h"
#include "cmd/rresolve_impl.h"
#include "net/form.h"
#include "net/prefix_math.h"

/* Bytes of the word of OPERAND that begins at AT, and of the blanks that do. */
static size_t word_length(const struct cli_operand *operand, size_t at)
{
	size_t end = at;

	while (end < operand->len && !str_is_space(operand->text[end]))
		end++;
	return end - at;
}

static size_t blanks(const struct cli_operand *operand, size_t at)
{
	size_t end = at;

	while (end < operand->len && str_is_space(operand->text[end]))
		end++;
	return end - at;
}

/* A port beside Q's address, which must not have one too. */
static int set_port(struct rresolve_query *q, const char *port, size_t len, size_t before,
		    struct err *err)
{
	if (q->ep.kind != ENDPOINT_IP)
		return err_set(err, ERR_USAGE, "a UNIX address has no port");
	if (q->ep.has_port)
		return err_set(err, ERR_USAGE, "the address has a port already: %u", q->ep.port);
	if (endpoint_parse_port(&q->ep.port, port, len, before, err) < 0)
		return -1;
	q->ep.has_port = true;
	return 0;
}

/* The port of a line, the word from AT on, behind which nothing stands. */
static int set_own_port(struct rresolve_query *q, const struct cli_operand *line, size_t at,
			struct err *err)
{
	size_t len = word_length(line, at), rest = at + len + blanks(line, at + len);
	char show[STR_SHOW];

	if (rest < line->len)
		return err_set(err, ERR_USAGE, "unexpected \"%s\" after the port",
			       str_show_n(show, line->text + rest, word_length(line, rest)));
	return set_port(q, line->text + at, len, at, err);
}

/* The LEN bytes at TEXT end with "arpa": a name in a tree of PTR records. */
static bool is_arpa(const char *text, size_t len)
{
	static const char arpa[] = ".arpa";
	const size_t n = sizeof(arpa) - 1;

	len -= len && text[len - 1] == '.';
	if (len < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (str_lower(text[len - n + i]) != arpa[i])
			return false;
	return true;
}

static int parse_address(struct endpoint *ep, const char *text, size_t len, struct err *err)
{
	struct form_value v;
	char show[STR_SHOW];

	if (!is_arpa(text, len))
		return endpoint_parse(ep, text, len, err);
	if (form_read(&v, FORM_ARPA, 0, text, len, err) < 0)
		return -1;
	if (v.length >= 0 && v.length != (int)ip_bits(v.ep.ip.family))
		return err_set(err, ERR_USAGE, "\"%s\" is the name of a prefix, not of an address",
			       str_show_n(show, text, len));
	*ep = v.ep;
	return 0;
}

int rresolve_parse(struct rresolve_query *q, const struct rresolve *r,
		   const struct cli_operand *operand, bool line, struct err *err)
{
	size_t len = operand->len, port;
	char show[STR_SHOW];
	int rc = 0;

	*q = (struct rresolve_query){ .known = false };
	/* A path may have blanks. */
	if (line && !str_starts(operand->text, "unix:"))
		len = word_length(operand, 0);
	if (parse_address(&q->ep, operand->text, len, err) < 0)
		return -1;
	port = len + blanks(operand, len);
	if (port < operand->len)
		rc = set_own_port(q, operand, port, err);
	else if (r->port && !(line && (q->ep.has_port || q->ep.kind == ENDPOINT_UNIX)))
		rc = set_port(q, r->port, strlen(r->port), 0, err);
	if (rc == 0) {
		q->known = true;
		rc = sa_from_endpoint(&q->sa, &q->ep, err);
	}
	if (rc < 0)
		return err_prefix(err, "\"%s\": ", str_show_n(show, operand->text, operand->len));
	return 0;
}

/* TEXT is written as more than one address can be: with a slash, a dash or a plus. */
static bool is_range(const char *text)
{
	return !str_starts(text, "unix:") && !is_arpa(text, strlen(text)) && !strchr(text, '%') &&
	       strpbrk(text, "/+-") != NULL;
}

bool rresolve_is_port(const char *text)
{
	return strcmp(text, "-") != 0 && !strpbrk(text, ".:/");
}

bool rresolve_is_single(const char *text)
{
	struct form_value v;
	struct err err;

	if (is_range(text))
		return false;
	return !is_arpa(text, strlen(text)) ||
	       form_read(&v, FORM_ARPA, 0, text, strlen(text), &err) < 0 || v.length < 0 ||
	       v.length == (int)ip_bits(v.ep.ip.family);
}

/* The addresses that the operand TEXT stands for. */
static int read_range(struct range *range, const char *text, struct err *err)
{
	struct form_value v;
	struct prefix p;

	if (is_range(text)) {
		if (prefix_parse(&p, text, strlen(text), 0, 0, err) < 0)
			return -1;
		*range = p.range;
		return 0;
	}
	if (form_read(&v, FORM_ARPA, 0, text, strlen(text), err) < 0)
		return -1;
	*range = range_of_prefix(v.ep.ip.family, ip_num(&v.ep.ip), (unsigned)v.length);
	return 0;
}

/* No sweep is so large by mistake. */
static int check_size(const struct rresolve *r, const char *text, const struct range *range,
		      struct err *err)
{
	struct u128 span = range_span(range);
	char show[STR_SHOW], count[IPCOUNT_STRLEN];

	if (r->opt->force || (span.hi == 0 && span.lo < RRESOLVE_SWEEP_MAX))
		return 0;
	return err_set(err, ERR_USAGE, "\"%s\" has %s addresses, more than %u: use --force",
		       str_show(show, text), ipcount_format(range_count(range), count),
		       RRESOLVE_SWEEP_MAX);
}

/* Makes the text of the operand: an address, and PORT behind it. */
static void set_text(struct rresolve_operands *ops, const char *address, const char *port,
		     struct cli_operand *operand)
{
	ops->text.len = 0;
	buf_adds(&ops->text, address);
	if (port) {
		buf_addc(&ops->text, ' ');
		buf_adds(&ops->text, port);
	}
	*operand = (struct cli_operand){ .text = buf_str(&ops->text), .len = ops->text.len };
}

/* The next address of the sweep. */
static void step(struct rresolve_operands *ops, struct cli_operand *operand)
{
	const struct ip ip = ip_from_num(ops->range.family, ops->range.first);
	char text[IP_STRLEN];

	set_text(ops, ip_format(&ip, text), ops->port, operand);
	ops->sweeping = !u128_eq(ops->range.first, ops->range.last);
	ops->range.first = u128_add(ops->range.first, u128_of(1));
}

int rresolve_operands_next(struct rresolve_operands *ops, struct cli_operand *operand)
{
	const char *text;

	if (ops->sweeping) {
		step(ops, operand);
		return 1;
	}
	if (ops->index >= ops->argc)
		return 0;
	text = ops->argv[ops->index++];
	ops->port = NULL;
	if (ops->index < ops->argc && rresolve_is_port(ops->argv[ops->index]))
		ops->port = ops->argv[ops->index++];
	set_text(ops, text, ops->port, operand);
	if (rresolve_is_single(text))
		return 1;
	if (read_range(&ops->range, text, &ops->err) < 0 ||
	    check_size(ops->r, text, &ops->range, &ops->err) < 0)
		ops->failed = true;
	else
		step(ops, operand);
	return 1;
}
