/* SPDX-License-Identifier: MIT */
/*
 * out_table.c - the aligned table
 *
 * Rows are held back until it is known how wide the columns are: all of them for a
 * list, the first screenful for a stream.  Then the widths stay.
 */
#include "base/str.h"
#include "out/out_impl.h"

enum {
	TABLE_HOLD = 4096,    /* rows of a list that are held back at most */
	TABLE_SCREENFUL = 24, /* the same of a stream */
	TABLE_WIDEST = 64,    /* a wider cell does not push its neighbours */
};

static bool right_aligned(const struct out *o, size_t i)
{
	enum out_type type = o->cols[o->chosen[i]].type;

	return type == OUT_INT || type == OUT_SECS;
}

/* Appends one row of N cells whose bytes are at TEXT; nothing is padded behind the last. */
static void put_row(struct out *o, const char *text, const struct table_cell *cells)
{
	for (size_t i = 0; i < o->nchosen; i++) {
		size_t width = o->table.width[i];
		size_t pad = cells[i].columns < width ? width - cells[i].columns : 0;

		if (i)
			buf_fill(&o->line, ' ', 2);
		if (right_aligned(o, i))
			buf_fill(&o->line, ' ', pad);
		buf_add(&o->line, text, cells[i].len);
		if (!right_aligned(o, i) && i + 1 < o->nchosen)
			buf_fill(&o->line, ' ', pad);
		text += cells[i].len;
	}
	buf_addc(&o->line, '\n');
}

/* The heading of column I: its key in upper case, a dash for an underscore. */
static struct table_cell put_heading(struct out *o, struct buf *b, size_t i)
{
	size_t start = b->len;

	for (const char *k = o->cols[o->chosen[i]].key; *k; k++)
		buf_addc(b, *k == '_' ? '-' : str_upper(*k));
	return (struct table_cell){ b->len - start, b->len - start };
}

static void settle(struct out *o)
{
	struct table *t = &o->table;
	struct table_cells heading = { 0 };
	struct buf text = { 0 };

	for (size_t i = 0; i < o->nchosen; i++) {
		*vec_push(&heading) = put_heading(o, &text, i);
		t->width[i] = o->no_header ? 0 : heading.v[i].columns;
		for (size_t r = 0; r < t->rows; r++) {
			size_t columns = t->cells.v[r * o->nchosen + i].columns;

			if (columns > t->width[i] && columns <= TABLE_WIDEST)
				t->width[i] = columns;
		}
	}
	if (!o->no_header)
		put_row(o, text.data, heading.v);
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
	for (size_t r = 0; r < t->rows; r++) {
		const struct table_cell *cells = t->cells.v + r * o->nchosen;

		put_row(o, text, cells);
		for (size_t i = 0; i < o->nchosen; i++)
			text += cells[i].len;
	}
	t->rows = 0;
	t->cells.n = 0;
	t->text.len = 0;
}

static void table_row(struct out *o)
{
	struct table *t = &o->table;
	struct buf raw = { 0 };

	for (size_t i = 0; i < o->nchosen; i++) {
		const struct cell *c = &o->cells[o->chosen[i]];
		const struct buf *text = &c->text;
		size_t start = t->text.len, columns;

		if (c->kind == CELL_ABSENT || c->kind == CELL_LIST || c->kind == CELL_SECS) {
			raw.len = 0;
			out_cell_text(&raw, c);
			text = &raw;
		}
		columns = text->len ? str_safe(&t->text, text->data, text->len) :
				      str_safe(&t->text, "-", 1);
		*vec_push(&t->cells) = (struct table_cell){ t->text.len - start, columns };
	}
	buf_fini(&raw);
	t->rows++;
	if (t->sized || t->rows == (o->stream ? TABLE_SCREENFUL : TABLE_HOLD))
		table_flush(o);
}

const struct out_ops out_ops_table = { .row = table_row, .flush = table_flush };
