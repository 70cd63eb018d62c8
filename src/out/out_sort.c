/* SPDX-License-Identifier: MIT */
/*
 * out_sort.c - records in the order of one of their columns
 *
 * They are held back as bytes: where a record stands in one buffer, its key in another.  What
 * compares two of them is memcmp(3): numbers and durations become keys of eight bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "out/out_impl.h"

enum {
	TEXT_RECORD = -1, /* in place of a cell's kind: of out_text() */
};

struct held {
	const char *key; /* while sorting; NULL if the record has no value in the column */
	size_t key_at, key_len;
	size_t at, number;
};

struct sorter {
	unsigned col;
	bool reverse;
	bool has_order;   /* ORDER is in place of the column's value */
	struct buf order; /* of the present record */
	struct held_records VEC(struct held) held;
	struct buf keys, records;
};

int out_sort(struct out *o, const char *name, struct err *err)
{
	const bool reverse = *name == '-';
	unsigned col;

	if (out_find_col(o, "--sort", name + reverse, strlen(name + reverse), &col, err) < 0) {
		o->line.len = 0; /* no heading: there will be no records */
		return -1;
	}
	o->sorter = xcalloc(1, sizeof(*o->sorter));
	o->sorter->col = col;
	o->sorter->reverse = reverse;
	o->wanted[col] = true;
	return 0;
}

bool out_sorts_by(const struct out *o, unsigned col)
{
	return o->sorter && o->sorter->col == col;
}

void out_order(struct out *o, unsigned col, const void *bytes, size_t n)
{
	if (!out_sorts_by(o, col))
		return;
	o->sorter->has_order = true;
	o->sorter->order.len = 0;
	buf_add(&o->sorter->order, bytes, n);
}

/* Eight bytes that compare as VALUE does, behind what is less or more than any of its kind. */
static void add_number(struct buf *b, char before, uint64_t value)
{
	buf_addc(b, before);
	for (int shift = 56; shift >= 0; shift -= 8)
		buf_addc(b, (char)(value >> shift));
}

static void add_decimal(struct buf *b, const struct buf *text)
{
	const bool minus = text->len && text->data[0] == '-';
	uint64_t value = 0;

	for (size_t i = minus; i < text->len; i++)
		value = 10 * value + (uint64_t)(text->data[i] - '0');
	add_number(b, minus ? 0 : 1, minus ? ~value : value);
}

/* Appends the key of the present record; false if it has no value. */
static bool add_key(struct sorter *s, const struct cell *c)
{
	if (s->has_order) {
		buf_add(&s->keys, s->order.data, s->order.len);
		return true;
	}
	switch (c->kind) {
	case CELL_ABSENT:
		return false;
	case CELL_NUM:
	case CELL_BIG:
		add_decimal(&s->keys, &c->text);
		return true;
	case CELL_SECS:
		add_number(&s->keys, 0, c->ns);
		return true;
	case CELL_STR:
	case CELL_BOOL:
		buf_add(&s->keys, c->text.data, c->text.len);
		return true;
	case CELL_LIST:
		buf_add(&s->keys, c->text.data, c->text.len);
		return c->text.len != 0;
	case CELL_RAW:
		buf_add(&s->keys, c->text.data, c->text.len);
		buf_add(&s->keys, c->json.data, c->json.len);
		return true;
	}
	return false;
}

static void hold(struct out *o)
{
	struct sorter *s = o->sorter;
	size_t key_at = s->keys.len;
	bool has_key = add_key(s, &o->cells[s->col]);

	/* KEYS may still move: what is stored for now is whether there is one. */
	*vec_push(&s->held) = (struct held){
		.key = has_key ? "" : NULL,
		.key_at = key_at,
		.key_len = s->keys.len - key_at,
		.at = s->records.len,
		.number = s->held.n,
	};
	s->has_order = false;
}

static void put_size(struct buf *b, size_t n)
{
	buf_add(b, &n, sizeof(n));
}

static size_t get_size(const char **at)
{
	size_t n;

	memcpy(&n, *at, sizeof(n));
	*at += sizeof(n);
	return n;
}

static void put_bytes(struct buf *b, const struct buf *bytes)
{
	put_size(b, bytes->len);
	buf_add(b, bytes->data, bytes->len);
}

void out_sort_row(struct out *o)
{
	struct buf *b = &o->sorter->records;

	hold(o);
	for (size_t i = 0; i < o->nchosen; i++) {
		const struct cell *c = &o->cells[o->chosen[i]];

		buf_addc(b, (char)c->kind);
		if (c->kind == CELL_ABSENT)
			continue;
		buf_add(b, &c->ns, sizeof(c->ns));
		put_bytes(b, &c->text);
		put_bytes(b, &c->json);
	}
}

void out_sort_text(struct out *o, const char *text, size_t n)
{
	struct buf *b = &o->sorter->records;

	hold(o);
	buf_addc(b, TEXT_RECORD);
	put_size(b, n);
	buf_add(b, text, n);
}

static void get_bytes(struct buf *b, const char **at)
{
	size_t n = get_size(at);

	b->len = 0;
	buf_add(b, *at, n);
	*at += n;
}

/* Makes the record at AT the line that is handed over next. */
static void print(struct out *o, const char *at)
{
	if ((signed char)*at == TEXT_RECORD) {
		size_t n;

		at++;
		n = get_size(&at);
		buf_add(&o->line, at, n);
		return;
	}
	for (size_t i = 0; i < o->nchosen; i++) {
		struct cell *c = &o->cells[o->chosen[i]];

		c->kind = (enum cell_kind) * at++;
		if (c->kind == CELL_ABSENT)
			continue;
		memcpy(&c->ns, at, sizeof(c->ns));
		at += sizeof(c->ns);
		get_bytes(&c->text, &at);
		get_bytes(&c->json, &at);
	}
	o->ops->row(o);
}

/* Those without a key come last; of equal ones the first that came. */
static int compare(const struct held *a, const struct held *b, bool reverse)
{
	int order;

	if (!a->key || !b->key) {
		order = !a->key - !b->key;
	} else {
		size_t n = a->key_len < b->key_len ? a->key_len : b->key_len;

		order = n ? memcmp(a->key, b->key, n) : 0;
		if (order == 0)
			order = (a->key_len > b->key_len) - (a->key_len < b->key_len);
		if (reverse)
			order = -order;
	}
	return order ? order : (a->number > b->number) - (a->number < b->number);
}

static int upwards(const void *a, const void *b)
{
	return compare(a, b, false);
}

static int downwards(const void *a, const void *b)
{
	return compare(a, b, true);
}

void out_sort_print(struct out *o)
{
	struct sorter *s = o->sorter;

	if (s->held.n == 0)
		return;
	for (size_t i = 0; i < s->held.n; i++)
		if (s->held.v[i].key)
			s->held.v[i].key = buf_str(&s->keys) + s->held.v[i].key_at;
	qsort(s->held.v, s->held.n, sizeof(*s->held.v), s->reverse ? downwards : upwards);
	for (size_t i = 0; i < s->held.n && !o->failed; i++) {
		print(o, s->records.data + s->held.v[i].at);
		out_hand_over(o);
	}
	s->held.n = 0;
}

bool out_sort_holds(const struct out *o)
{
	return o->sorter && o->sorter->held.n != 0;
}

void out_sort_free(struct out *o)
{
	if (!o->sorter)
		return;
	vec_fini(&o->sorter->held);
	buf_fini(&o->sorter->keys);
	buf_fini(&o->sorter->records);
	buf_fini(&o->sorter->order);
	free(o->sorter);
}
