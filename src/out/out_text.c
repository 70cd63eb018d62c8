/* SPDX-License-Identifier: MIT */
/* out_text.c - the formats for programs: NDJSON, CSV (RFC 4180), TSV */
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "base/xalloc.h"
#include "out/out_impl.h"

static void json_secs(struct buf *b, uint64_t ns)
{
	buf_printf(b, "%" PRIu64 ".%09" PRIu64, ns / 1000000000, ns % 1000000000);
	while (b->data[b->len - 1] == '0')
		b->len--;
	if (b->data[b->len - 1] == '.')
		b->len--;
}

static void json_cell(struct buf *b, const struct cell *c)
{
	switch (c->kind) {
	case CELL_ABSENT:
		buf_adds(b, "null");
		return;
	case CELL_NUM:
	case CELL_BOOL:
		buf_add(b, c->text.data, c->text.len);
		return;
	case CELL_STR:
	case CELL_BIG:
		str_json(b, c->text.data, c->text.len);
		return;
	case CELL_SECS:
		json_secs(b, c->ns);
		return;
	case CELL_RAW:
		buf_add(b, c->json.data, c->json.len);
		return;
	case CELL_LIST:
		buf_addc(b, '[');
		for (size_t at = 0; at < c->text.len;) {
			size_t n = strlen(c->text.data + at);

			if (at)
				buf_addc(b, ',');
			str_json(b, c->text.data + at, n);
			at += n + 1;
		}
		buf_addc(b, ']');
		return;
	}
}

/* What stands before each cell is the same in every record. */
static void json_begin(struct out *o)
{
	o->heads = xcalloc(o->nchosen, sizeof(*o->heads));
	for (size_t i = 0; i < o->nchosen; i++)
		buf_printf(&o->heads[i], "%s\"%s\":", i ? "," : "{", o->cols[o->chosen[i]].key);
}

static void json_row(struct out *o)
{
	for (size_t i = 0; i < o->nchosen; i++) {
		buf_add(&o->line, o->heads[i].data, o->heads[i].len);
		json_cell(&o->line, &o->cells[o->chosen[i]]);
	}
	buf_add(&o->line, "}\n", 2);
}

/* A cell as a program reads it: durations in seconds, not in readable units. */
static void cell_value(struct buf *b, const struct cell *c)
{
	if (c->kind == CELL_SECS)
		json_secs(b, c->ns);
	else
		out_cell_text(b, c);
}

/*
 * Appends the N bytes at TEXT with those of SPECIAL as they are put by PUT, and all the rest
 * made safe for a terminal, which none of the two formats has a rule for.
 */
static void put_special(struct buf *b, const char *text, size_t n, const char *special,
			void (*put)(struct buf *b, char c))
{
	for (size_t i = 0, run; i < n; i += run) {
		for (run = 0; i + run < n; run++)
			if (text[i + run] && strchr(special, text[i + run]))
				break;
		str_safe(b, text + i, run);
		if (i + run < n)
			put(b, text[i + run++]);
	}
}

static void csv_special(struct buf *b, char c)
{
	if (c == '"')
		buf_addc(b, '"');
	buf_addc(b, c);
}

static void csv_odd(struct buf *b, const char *text, size_t n)
{
	bool quote = false;

	for (size_t i = 0; i < n && !quote; i++)
		quote = text[i] && strchr(",\"\r\n", text[i]);
	if (quote)
		buf_addc(b, '"');
	put_special(b, text, n, "\"\n\t", csv_special); /* a CR would go over the line before it */
	if (quote)
		buf_addc(b, '"');
}

/* A tab, a line end and a backslash become \t \n \r \\, so that a record is one line. */
static void tsv_special(struct buf *b, char c)
{
	buf_addc(b, '\\');
	buf_addc(b, c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : c);
}

static void tsv_odd(struct buf *b, const char *text, size_t n)
{
	put_special(b, text, n, "\t\n\r\\", tsv_special);
}

/* What differs between the two; ODD appends a cell that is not plain. */
struct delimited {
	char delimiter, special[2];
	const char *end;
	void (*odd)(struct buf *b, const char *text, size_t n);
};

static const struct delimited *delimited_of(const struct out *o)
{
	static const struct delimited csv = { ',', { '"', ',' }, "\r\n", csv_odd };
	static const struct delimited tsv = { '\t', { '\\', '\\' }, "\n", tsv_odd };

	return o->format == OUT_CSV ? &csv : &tsv;
}

static void put_bytes(struct buf *b, const struct delimited *d, const char *text, size_t n)
{
	if (str_copy_plain(buf_reserve(b, n), text, n, d->special[0], d->special[1]) == n)
		b->len += n;
	else
		d->odd(b, text, n);
}

/* Appends the items with a blank between if all of them are plain. */
static bool put_plain_list(struct buf *b, const struct delimited *d, const struct buf *items)
{
	const size_t start = b->len;

	for (size_t at = 0, n; at < items->len; at += n + 1) {
		n = strlen(items->data + at);
		if (at)
			buf_addc(b, ' ');
		if (str_copy_plain(buf_reserve(b, n), items->data + at, n, d->special[0],
				   d->special[1]) != n) {
			b->len = start;
			return false;
		}
		b->len += n;
	}
	return true;
}

static void put_cell(struct buf *b, const struct delimited *d, const struct cell *c)
{
	struct buf text = { 0 };

	if (c->kind == CELL_LIST && put_plain_list(b, d, &c->text))
		return;
	if (c->kind == CELL_NUM) { /* as it is */
		buf_add(b, c->text.data, c->text.len);
	} else if (c->kind == CELL_STR) { /* without a copy */
		put_bytes(b, d, c->text.data, c->text.len);
	} else if (c->kind != CELL_ABSENT) {
		cell_value(&text, c);
		put_bytes(b, d, text.data, text.len);
		buf_fini(&text);
	}
}

static void delimited_row(struct out *o)
{
	const struct delimited *d = delimited_of(o);

	for (size_t i = 0; i < o->nchosen; i++) {
		if (i)
			buf_addc(&o->line, d->delimiter);
		put_cell(&o->line, d, &o->cells[o->chosen[i]]);
	}
	buf_adds(&o->line, d->end);
}

static void delimited_begin(struct out *o)
{
	const struct delimited *d = delimited_of(o);

	if (o->no_header)
		return;
	for (size_t i = 0; i < o->nchosen; i++) {
		if (i)
			buf_addc(&o->line, d->delimiter);
		buf_adds(&o->line, o->cols[o->chosen[i]].key);
	}
	buf_adds(&o->line, d->end);
}

const struct out_ops out_ops_json = { .begin = json_begin, .row = json_row };
const struct out_ops out_ops_csv = { .begin = delimited_begin, .row = delimited_row };
const struct out_ops out_ops_tsv = { .begin = delimited_begin, .row = delimited_row };
