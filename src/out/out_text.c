/* SPDX-License-Identifier: MIT */
/* out_text.c - the formats for programs: NDJSON, CSV (RFC 4180), TSV */
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
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

static void json_row(struct out *o)
{
	for (size_t i = 0; i < o->nchosen; i++) {
		buf_adds(&o->line, i ? ",\"" : "{\"");
		buf_adds(&o->line, o->cols[o->chosen[i]].key);
		buf_adds(&o->line, "\":");
		json_cell(&o->line, &o->cells[o->chosen[i]]);
	}
	buf_adds(&o->line, "}\n");
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
 * Appends TEXT with the bytes of SPECIAL as they are put by PUT, and all the rest made
 * safe for a terminal, which none of the two formats has a rule for.
 */
static void put_cell(struct buf *b, const struct buf *text, const char *special,
		     void (*put)(struct buf *b, char c))
{
	for (size_t i = 0, n; i < text->len; i += n) {
		for (n = 0; i + n < text->len; n++)
			if (text->data[i + n] && strchr(special, text->data[i + n]))
				break;
		str_safe(b, text->data + i, n);
		if (i + n < text->len)
			put(b, text->data[i + n++]);
	}
}

static void csv_special(struct buf *b, char c)
{
	if (c == '"')
		buf_addc(b, '"');
	buf_addc(b, c);
}

static void csv_cell(struct buf *b, const struct buf *text)
{
	bool quote = false;

	for (size_t i = 0; i < text->len && !quote; i++)
		quote = text->data[i] && strchr(",\"\r\n", text->data[i]);
	if (quote)
		buf_addc(b, '"');
	put_cell(b, text, "\"\r\n\t", csv_special);
	if (quote)
		buf_addc(b, '"');
}

/* A tab, a line end and a backslash become \t \n \r \\, so that a record is one line. */
static void tsv_special(struct buf *b, char c)
{
	buf_addc(b, '\\');
	buf_addc(b, c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : c);
}

static void tsv_cell(struct buf *b, const struct buf *text)
{
	put_cell(b, text, "\t\n\r\\", tsv_special);
}

static void delimited_row(struct out *o)
{
	bool csv = o->format == OUT_CSV;
	struct buf text = { 0 };

	for (size_t i = 0; i < o->nchosen; i++) {
		text.len = 0;
		cell_value(&text, &o->cells[o->chosen[i]]);
		if (i)
			buf_addc(&o->line, csv ? ',' : '\t');
		if (csv)
			csv_cell(&o->line, &text);
		else
			tsv_cell(&o->line, &text);
	}
	buf_adds(&o->line, csv ? "\r\n" : "\n");
	buf_fini(&text);
}

static void delimited_begin(struct out *o)
{
	bool csv = o->format == OUT_CSV;

	if (o->no_header)
		return;
	for (size_t i = 0; i < o->nchosen; i++) {
		if (i)
			buf_addc(&o->line, csv ? ',' : '\t');
		buf_adds(&o->line, o->cols[o->chosen[i]].key);
	}
	buf_adds(&o->line, csv ? "\r\n" : "\n");
}

const struct out_ops out_ops_json = { .row = json_row };
const struct out_ops out_ops_csv = { .begin = delimited_begin, .row = delimited_row };
const struct out_ops out_ops_tsv = { .begin = delimited_begin, .row = delimited_row };
