/* SPDX-License-Identifier: MIT */
/*
 * out_table.c - the aligned table
 *
 * Rows are held back until it is known how wide the columns are: all of them for a
 * list, the first screenful for a stream.  Then the widths stay.
 */
#include <string.h>

#include "base/str.h"
#include "out/out_impl.h"

enum {
	TABLE_HOLD = 4096,    /* rows of a list that are held back at most */
	TABLE_SCREENFUL = 24, /* the same of a stream */
	TABLE_WIDEST = 64,    /* a wider cell does not push its neighbours */
	TABLE_TEXT = 32768,   /* bytes reserved for cells: growing copies, unused costs nothing */
	TABLE_LINES = 16384,  /* bytes of lines that are handed over at once */
};

static bool right_aligned(const struct out *o, size_t i)
{
	enum out_type type = o->cols[o->chosen[i]].type;

	return type == OUT_INT || type == OUT_SECS;
}

/* Appends a row whose cells' bytes begin at TEXT, nothing behind the last; returns their end. */
static const char *put_row(struct out *o, const char *text, const struct table_cell *cells)
{
	size_t gap = 0; /* blanks before the cell */

	for (size_t i = 0; i < o->nchosen; i++) {
		size_t width = o->table.width[i], len = cells[i].len;
		size_t pad = cells[i].columns < width ? width - cells[i].columns : 0;
		bool right = right_aligned(o, i);
		char *at;

		gap += right ? pad : 0;
		at = buf_reserve(&o->line, gap + len);
		memset(at, ' ', gap);
		memcpy(at + gap, text, len);
		o->line.len += gap + len;
		text += len;
		gap = 2 + (right ? 0 : pad);
	}
	buf_addc(&o->line, '\n');
	return text;
}

/* The heading of column I: its key in upper case, a dash for an underscore. */
static struct table_cell put_heading(struct out *o, struct buf *b, size_t i)
{
	size_t start = b->len;
	uint32_t len;

	for (const char *k = o->cols[o->chosen[i]].key; *k; k++)
		buf_addc(b, *k == '_' ? '-' : str_upper(*k));
	len = (uint32_t)(b->len - start);
	return (struct table_cell){ len, len };
}

static void settle(struct out *o)
{
	struct table *t = &o->table;
	struct table_cells heading = { 0 };
	struct buf text = { 0 };

	for (size_t i = 0; i < o->nchosen; i++) {
		*vec_push(&heading) = put_heading(o, &text, i);
		if (!o->no_header && heading.v[i].columns > t->width[i])
			t->width[i] = heading.v[i].columns;
	}
	if (!o->no_header)
		put_row(o, buf_str(&text), heading.v);
	buf_fini(&text);
	vec_fini(&heading);
	t->sized = true;
}

static void table_flush(struct out *o)
{
	struct table *t = &o->table;
	const char *text = t->text.data;

	if (t->rows == 0)
		return;
	if (!t->sized)
		settle(o);
	for (size_t r = 0; r < t->rows && !o->failed; r++) {
		text = put_row(o, text, t->cells.v + r * o->nchosen);
		if (o->line.len >= TABLE_LINES)
			out_hand_over(o);
	}
	t->rows = 0;
	t->cells.n = 0;
	t->text.len = 0;
}

/* Appends C as a table has it and returns the columns that it takes. */
static size_t put_cell(struct buf *b, const struct cell *c)
{
	const size_t start = b->len, n = c->text.len;
	size_t columns = 0;

	if (c->kind == CELL_STR && n && /* the usual case */
	    str_copy_plain(buf_reserve(b, n), c->text.data, n, 0, 0) == n) {
		b->len += n;
		return n;
	}
	if (c->kind == CELL_STR || c->kind == CELL_RAW) {
		columns = str_safe(b, c->text.data, c->text.len);
	} else if (c->kind == CELL_LIST) {
		for (size_t at = 0, len; at < n; at += len + 1) {
			len = strlen(c->text.data + at);
			columns += at ? str_safe(b, " ", 1) : 0;
			columns += str_safe(b, c->text.data + at, len);
		}
	} else { /* plain ASCII */
		out_cell_text(b, c);
		columns = b->len - start;
	}
	return b->len > start ? columns : str_safe(b, "-", 1);
}

static void table_row(struct out *o)
{
	struct table *t = &o->table;

	if (!t->text.data)
		buf_grow(&t->text, TABLE_TEXT);
	for (size_t i = 0; i < o->nchosen; i++) {
		size_t start = t->text.len, columns;

		columns = put_cell(&t->text, &o->cells[o->chosen[i]]);
		if (!t->sized && columns > t->width[i] && columns <= TABLE_WIDEST)
			t->width[i] = columns;
		*vec_push(&t->cells) = (struct table_cell){
			.len = (uint32_t)(t->text.len - start),
			.columns = (uint32_t)columns,
		};
	}
	t->rows++;
	if (t->sized || t->rows == (o->stream ? TABLE_SCREENFUL : TABLE_HOLD))
		table_flush(o);
}

const struct out_ops out_ops_table = { .row = table_row, .flush = table_flush };
