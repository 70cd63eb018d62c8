/* SPDX-License-Identifier: MIT */
#include "out/out.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/xalloc.h"
#include "out/out_impl.h"

static const struct out_ops *const ops_of[] = {
	[OUT_PLAIN] = &out_ops_table, [OUT_TABLE] = &out_ops_table, [OUT_JSON] = &out_ops_json,
	[OUT_CSV] = &out_ops_csv,     [OUT_TSV] = &out_ops_tsv,     [OUT_CLASSIC] = &out_ops_table,
};

static void choose(struct out *o, unsigned col)
{
	if (o->wanted[col])
		return;
	o->wanted[col] = true;
	o->chosen[o->nchosen++] = col;
}

static void choose_default(struct out *o)
{
	bool table = o->format != OUT_JSON && o->format != OUT_CSV && o->format != OUT_TSV;

	for (unsigned i = 0; i < o->ncols; i++)
		if (!table || !o->cols[i].wide)
			choose(o, i);
}

int out_find_col(const struct out *o, const char *option, const char *name, size_t n, unsigned *col,
		 struct err *err)
{
	const char *best = NULL;
	char show[STR_SHOW];

	for (*col = 0; *col < o->ncols; ++*col)
		if (strlen(o->cols[*col].key) == n && memcmp(o->cols[*col].key, name, n) == 0)
			return 0;
	str_show_n(show, name, n);
	for (unsigned i = 0; i < o->ncols && !best; i++)
		if (str_distance(o->cols[i].key, show) <= 2)
			best = o->cols[i].key;
	return err_set(err, ERR_USAGE, "%s: no column \"%s\"%s%s%s", option, show,
		       best ? "; did you mean \"" : "", best ? best : "", best ? "\"?" : "");
}

/* LIST is names with commas between; one with a plus sign adds to the default. */
static int choose_list(struct out *o, const char *list, struct err *err)
{
	if (*list == '+')
		choose_default(o);
	for (const char *s = list + (*list == '+');; s++) {
		size_t n = strcspn(s, ",");
		unsigned col;

		if (out_find_col(o, "--columns", s, n, &col, err) < 0)
			return -1;
		choose(o, col);
		s += n;
		if (!*s)
			return 0;
	}
}

static void release(struct out *o)
{
	for (size_t i = 0; i < o->ncols; i++) {
		buf_fini(&o->cells[i].text);
		buf_fini(&o->cells[i].json);
	}
	for (size_t i = 0; o->heads && i < o->nchosen; i++)
		buf_fini(&o->heads[i]);
	free(o->heads);
	out_sort_free(o);
	free(o->cells);
	free(o->chosen);
	free(o->wanted);
	free(o->table.width);
	vec_fini(&o->table.cells);
	buf_fini(&o->table.text);
	buf_fini(&o->line);
	free(o);
}

struct out *out_open(FILE *fp, const struct out_choice *choice, const struct out_col *cols,
		     size_t n, bool stream, struct err *err)
{
	struct out *o = xcalloc(1, sizeof(*o));

	o->fp = fp;
	o->format = choice->format;
	if (choice->columns && (o->format == OUT_PLAIN || o->format == OUT_CLASSIC))
		o->format = OUT_TABLE;
	o->ops = ops_of[o->format];
	o->no_header = choice->no_header;
	o->writes = choice->writes;
	o->stream = stream;
	o->cols = cols;
	o->ncols = n;
	o->chosen = xcalloc(n, sizeof(*o->chosen));
	o->wanted = xcalloc(n, sizeof(*o->wanted));
	o->cells = xcalloc(n, sizeof(*o->cells));
	if (!choice->columns) {
		choose_default(o);
	} else if (choose_list(o, choice->columns, err) < 0) {
		release(o);
		return NULL;
	}
	o->table.width = xcalloc(o->nchosen, sizeof(*o->table.width));
	if (o->ops->begin)
		o->ops->begin(o);
	return o;
}

enum out_format out_format(const struct out *o)
{
	return o->format;
}

bool out_is_text(const struct out *o)
{
	return o->format == OUT_PLAIN || o->format == OUT_CLASSIC;
}

bool out_wants(const struct out *o, unsigned col)
{
	return o->wanted[col];
}

uint64_t out_rows(const struct out *o)
{
	return o->rows;
}

static struct cell *cell_set(struct out *o, unsigned col, enum cell_kind kind)
{
	struct cell *c = &o->cells[col];

	c->kind = kind;
	c->text.len = 0;
	c->json.len = 0;
	return c;
}

void out_bytes(struct out *o, unsigned col, const void *value, size_t n)
{
	if (value && o->wanted[col])
		buf_add(&cell_set(o, col, CELL_STR)->text, value, n);
}

void out_str(struct out *o, unsigned col, const char *value)
{
	if (value && o->wanted[col])
		out_bytes(o, col, value, strlen(value));
}

/* RFC 8259 section 6: integers in [-(2**53)+1, (2**53)-1] are the same everywhere. */
static enum cell_kind number_kind(uint64_t magnitude)
{
	return magnitude < UINT64_C(1) << 53 ? CELL_NUM : CELL_BIG;
}

void out_int(struct out *o, unsigned col, int64_t value)
{
	uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	struct cell *c;

	if (!o->wanted[col])
		return;
	c = cell_set(o, col, number_kind(magnitude));
	if (value < 0)
		buf_addc(&c->text, '-');
	buf_uint(&c->text, magnitude);
}

void out_uint(struct out *o, unsigned col, uint64_t value)
{
	if (o->wanted[col])
		buf_uint(&cell_set(o, col, number_kind(value))->text, value);
}

void out_bool(struct out *o, unsigned col, bool value)
{
	if (o->wanted[col])
		buf_adds(&cell_set(o, col, CELL_BOOL)->text, value ? "true" : "false");
}

void out_ns(struct out *o, unsigned col, uint64_t ns)
{
	if (o->wanted[col])
		cell_set(o, col, CELL_SECS)->ns = ns;
}

void out_raw(struct out *o, unsigned col, const char *text, const char *json)
{
	struct cell *c;

	if (!o->wanted[col])
		return;
	c = cell_set(o, col, CELL_RAW);
	if (o->format == OUT_JSON)
		buf_adds(&c->json, json);
	else
		buf_adds(&c->text, text);
}

void out_list(struct out *o, unsigned col)
{
	if (o->wanted[col] && o->cells[col].kind != CELL_LIST)
		cell_set(o, col, CELL_LIST);
}

void out_item(struct out *o, unsigned col, const char *value)
{
	if (!o->wanted[col])
		return;
	out_list(o, col);
	buf_add(&o->cells[col].text, value, strlen(value) + 1);
}

/* Three significant digits and a unit. */
static void readable_ns(struct buf *b, uint64_t ns)
{
	static const struct {
		uint64_t ns;
		const char *name;
	} units[] = { { 1000000000, "s" }, { 1000000, "ms" }, { 1000, "us" }, { 1, "ns" } };
	size_t i = 0;
	double v;

	while (i + 1 < ARRAY_SIZE(units) && ns < units[i].ns)
		i++;
	v = (double)ns / (double)units[i].ns;
	buf_printf(b, "%.*f %s",
		   units[i].ns == 1 || v >= 100 ? 0 :
		   v >= 10                      ? 1 :
						  2,
		   v, units[i].name);
}

void out_cell_text(struct buf *b, const struct cell *c)
{
	size_t start = b->len;

	switch (c->kind) {
	case CELL_ABSENT:
		return;
	case CELL_SECS:
		readable_ns(b, c->ns);
		return;
	case CELL_LIST:
		buf_add(b, c->text.data, c->text.len ? c->text.len - 1 : 0);
		for (; start < b->len; start++)
			if (b->data[start] == '\0')
				b->data[start] = ' ';
		return;
	case CELL_STR:
	case CELL_NUM:
	case CELL_BIG:
	case CELL_BOOL:
	case CELL_RAW:
		buf_add(b, c->text.data, c->text.len);
		return;
	}
}

void out_hand_over(struct out *o)
{
	if (!o->failed && o->line.len && fwrite(o->line.data, 1, o->line.len, o->fp) != o->line.len)
		o->failed = true;
	o->line.len = 0;
}

/* FP, which may block, is written to between a call with true and one with false. */
static void writes(const struct out *o, bool begins)
{
	if (o->writes)
		o->writes(begins);
}

/* Hands what the writer made to FP. */
static int put_line(struct out *o, struct err *err)
{
	bool flush = o->stream && !o->gathers;

	if (flush)
		writes(o, true);
	out_hand_over(o);
	if (!o->failed && flush && fflush(o->fp) != 0)
		o->failed = true;
	if (flush)
		writes(o, false);
	return o->failed ? err_sys(err, "write") : 0;
}

void out_drop(struct out *o)
{
	for (size_t i = 0; i < o->ncols; i++)
		o->cells[i].kind = CELL_ABSENT;
}

int out_row(struct out *o, struct err *err)
{
	if (o->sorter)
		out_sort_row(o);
	else
		o->ops->row(o);
	out_drop(o);
	o->rows++;
	return put_line(o, err);
}

int out_text(struct out *o, const char *text, size_t n, struct err *err)
{
	if (o->sorter)
		out_sort_text(o, text, n);
	out_drop(o);
	o->rows++;
	if (o->sorter)
		return put_line(o, err);
	/* No copy is made: it may be a quarter of a megabyte. */
	writes(o, true);
	if (!o->failed && n && fwrite(text, 1, n, o->fp) != n)
		o->failed = true;
	writes(o, false);
	return put_line(o, err);
}

bool out_holds(const struct out *o)
{
	return o->table.rows != 0 || out_sort_holds(o);
}

void out_gather(struct out *o)
{
	o->gathers = true;
}

int out_flush(struct out *o, struct err *err)
{
	int rc;

	writes(o, true);
	if (o->ops->flush)
		o->ops->flush(o);
	rc = put_line(o, err);
	writes(o, true); /* put_line() may have ended it */
	if (rc == 0 && fflush(o->fp) != 0) {
		o->failed = true;
		rc = err_sys(err, "write");
	}
	writes(o, false);
	return rc;
}

int out_close(struct out *o, struct err *err)
{
	int rc;

	if (!o)
		return 0;
	if (o->sorter)
		out_sort_print(o);
	rc = out_flush(o, err);
	release(o);
	return rc;
}
