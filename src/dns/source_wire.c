/* SPDX-License-Identifier: MIT */
/* source_wire.c - an answer as bytes and from bytes */
#include <string.h>

#include "dns/source_impl.h"

/* What CALL can be: the reader gives the constant back. */
static const char *const calls[] = { "getaddrinfo", "gethostbyname4_r", "gethostbyname3_r",
				     "gethostbyname2_r" };

static void put(struct buf *b, int64_t n)
{
	buf_add(b, &n, sizeof(n));
}

static void put_bytes(struct buf *b, const void *bytes, size_t n)
{
	put(b, (int64_t)n);
	buf_add(b, bytes, n);
}

/* NULL is not the empty text. */
static void put_text(struct buf *b, const char *text)
{
	put(b, text != NULL);
	if (text)
		put_bytes(b, text, strlen(text));
}

static int64_t call_index(const char *call)
{
	for (size_t i = 0; call && i < ARRAY_SIZE(calls); i++)
		if (strcmp(calls[i], call) == 0)
			return (int64_t)i;
	return -1;
}

void source_put(struct buf *b, const struct source_answer *a)
{
	size_t at = b->len;
	uint32_t len = 0;

	buf_add(b, &len, sizeof(len));
	put(b, (int64_t)a->index);
	put(b, a->outcome);
	put(b, a->status);
	put(b, a->number);
	put(b, a->h_number);
	put(b, a->ttl);
	put(b, (int64_t)a->took_ns);
	put(b, call_index(a->call));
	put_text(b, a->canonname);
	put(b, a->err.kind);
	put(b, a->err.code);
	put_text(b, a->err.kind == ERR_NONE ? NULL : a->err.text);
	put(b, (int64_t)a->rows.n);
	for (size_t i = 0; i < a->rows.n; i++) {
		const struct gai_row *row = &a->rows.v[i];

		put_bytes(b, &row->sa.u, row->sa.len);
		put(b, row->family);
		put(b, row->socktype);
		put(b, row->protocol);
		put_text(b, row->canonname);
	}
	len = (uint32_t)(b->len - at - sizeof(len));
	memcpy(b->data + at, &len, sizeof(len));
}

/* A number from MIN to MAX. */
static int64_t get(struct buf_rest *r, int64_t min, int64_t max)
{
	int64_t n = 0;
	const void *p = buf_take(r, sizeof(n));

	if (p)
		memcpy(&n, p, sizeof(n));
	if (n >= min && n <= max && p)
		return n;
	r->bad = true;
	return min;
}

static int get_int(struct buf_rest *r)
{
	return (int)get(r, INT32_MIN, INT32_MAX);
}

/* For free(3). */
static char *get_text(struct buf_rest *r)
{
	size_t n;
	const char *p;

	if (get(r, 0, 1) == 0)
		return NULL;
	n = (size_t)get(r, 0, SOURCE_MESSAGE_MAX);
	p = buf_take(r, n);
	if (p && !memchr(p, '\0', n))
		return xstrndup(p, n);
	r->bad = true;
	return NULL;
}

static void get_row(struct buf_rest *r, struct gai_row *row)
{
	size_t len = (size_t)get(r, 0, sizeof(row->sa.u));
	const void *sa = buf_take(r, len);

	*row = (struct gai_row){ .canonname = NULL };
	if (sa)
		sa_from_raw(&row->sa, sa, (socklen_t)len);
	row->family = get_int(r);
	row->socktype = get_int(r);
	row->protocol = get_int(r);
	row->canonname = get_text(r);
	r->bad |= row->family != AF_INET && row->family != AF_INET6;
	r->bad |= row->sa.u.sa.sa_family != row->family;
}

static void get_error(struct buf_rest *r, struct err *err)
{
	enum err_kind kind = (enum err_kind)get(r, ERR_NONE, ERR_SYSTEM);
	int code = get_int(r);
	char *text = get_text(r);

	if (kind != ERR_NONE)
		(void)err_set(err, kind, "%s", text ? text : "");
	err->code = code;
	free(text);
}

bool source_get(struct source_answer *a, const void *body, size_t len)
{
	struct buf_rest r = { body, (const char *)body + len, false };
	int64_t call, rows;

	a->index = (size_t)get(&r, 0, INT32_MAX);
	a->outcome = (enum source_outcome)get(&r, SOURCE_ANSWERED, SOURCE_LOST);
	a->status = (enum nsswitch_status)get(&r, 0, NSSWITCH_STATUSES - 1);
	a->number = get_int(&r);
	a->h_number = get_int(&r);
	a->ttl = get(&r, -1, UINT32_MAX);
	a->took_ns = (uint64_t)get(&r, 0, INT64_MAX);
	call = get(&r, -1, ARRAY_SIZE(calls) - 1);
	a->call = call >= 0 ? calls[call] : NULL;
	a->canonname = get_text(&r);
	get_error(&r, &a->err);
	rows = get(&r, 0, SOURCE_MESSAGE_MAX);
	for (int64_t i = 0; i < rows && !r.bad; i++)
		get_row(&r, vec_push(&a->rows));
	return !r.bad && r.p == r.end;
}
