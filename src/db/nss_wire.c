/* SPDX-License-Identifier: MIT */
/* nss_wire.c - what the child says to its parent, as bytes and from bytes */
#include <string.h>

#include "db/db.h"
#include "db/nss_impl.h"

static void put_number(struct buf *b, uint32_t n)
{
	buf_add(b, &n, sizeof(n));
}

static void put_text(struct buf *b, const char *text)
{
	size_t n = text ? strlen(text) : 0;

	put_number(b, (uint32_t)n);
	buf_add(b, text ? text : "", n);
}

/* Where a message begins; close_message() fills in how long it has become. */
static size_t open_message(struct buf *b, char what)
{
	size_t at = b->len;

	put_number(b, 0);
	buf_addc(b, what);
	return at;
}

static void close_message(struct buf *b, size_t at)
{
	uint32_t n = (uint32_t)(b->len - at - sizeof(n));

	memcpy(b->data + at, &n, sizeof(n));
}

static void put_host(struct buf *b, const struct db_row *row)
{
	put_number(b, (uint32_t)row->u.host.naddrs);
	for (size_t i = 0; i < row->u.host.naddrs; i++) {
		const struct db_addr *addr = &row->u.host.addrs[i];

		put_number(b, addr->ip.family);
		buf_add(b, addr->ip.b, ip_size(&addr->ip));
		put_text(b, addr->zone);
	}
}

int nss_put_row(struct buf *b, const struct db_type *type, const struct db_row *row)
{
	size_t at = open_message(b, 'r');

	put_text(b, row->name);
	put_number(b, (uint32_t)row->naliases);
	for (size_t i = 0; i < row->naliases; i++)
		put_text(b, row->aliases[i]);
	if (type == &db_hosts) {
		put_host(b, row);
	} else if (type == &db_protocols) {
		put_number(b, row->u.protocol.number);
	} else {
		put_number(b, row->u.service.port);
		put_text(b, row->u.service.protocol);
	}
	if (b->len - at > NSS_MESSAGE_MAX) {
		b->len = at;
		return -1;
	}
	close_message(b, at);
	return 0;
}

void nss_put_end(struct buf *b)
{
	close_message(b, open_message(b, '.'));
}

void nss_put_error(struct buf *b, const struct err *err)
{
	size_t at = open_message(b, 'e');

	put_number(b, err->kind);
	put_number(b, (uint32_t)err->code);
	put_text(b, err->text);
	close_message(b, at);
}

struct reader {
	struct buf_rest rest;
	struct arena *memory;
};

/* At most MAX. */
static uint32_t get_number(struct reader *r, uint32_t max)
{
	uint32_t n = 0;
	const char *p = buf_take(&r->rest, sizeof(n));

	if (p)
		memcpy(&n, p, sizeof(n));
	if (n <= max)
		return n;
	r->rest.bad = true;
	return 0;
}

static const char *get_text(struct reader *r)
{
	size_t n = get_number(r, NSS_MESSAGE_MAX);
	const char *p = buf_take(&r->rest, n);

	if (p && n && memchr(p, '\0', n))
		r->rest.bad = true;
	return arena_copy(r->memory, p && !r->rest.bad ? p : "", p && !r->rest.bad ? n : 0);
}

/* How many follow that take LEAST bytes each: no more than there can be. */
static size_t get_count(struct reader *r, size_t least)
{
	return get_number(r, (uint32_t)((size_t)(r->rest.end - r->rest.p) / least));
}

static void get_host(struct reader *r, struct db_row *row)
{
	size_t n = get_count(r, 4 + 4 + 4);
	struct db_addr *addrs = arena_alloc(r->memory, n * sizeof(*addrs));

	for (size_t i = 0; i < n; i++) {
		uint32_t family = get_number(r, 6);
		const char *bytes, *zone;

		addrs[i] = (struct db_addr){ .ip.family = family == 4 ? 4 : 6 };
		r->rest.bad |= family != 4 && family != 6;
		bytes = buf_take(&r->rest, ip_size(&addrs[i].ip));
		if (bytes)
			memcpy(addrs[i].ip.b, bytes, ip_size(&addrs[i].ip));
		zone = get_text(r);
		addrs[i].zone = *zone ? zone : NULL;
	}
	row->u.host.addrs = addrs;
	row->u.host.naddrs = n;
	r->rest.bad |= n == 0;
}

static void get_row(struct reader *r, const struct db_type *type, struct db_row *row)
{
	const char **aliases;

	*row = (struct db_row){ .name = get_text(r) };
	row->naliases = get_count(r, 4);
	aliases = arena_alloc(r->memory, row->naliases * sizeof(*aliases));
	for (size_t i = 0; i < row->naliases; i++)
		aliases[i] = get_text(r);
	row->aliases = aliases;
	if (type == &db_hosts) {
		get_host(r, row);
	} else if (type == &db_protocols) {
		row->u.protocol.number = get_number(r, UINT32_MAX);
	} else {
		row->u.service.port = (uint16_t)get_number(r, UINT16_MAX);
		row->u.service.protocol = get_text(r);
	}
}

int nss_get(struct db *db, const void *body, size_t len, struct err *err)
{
	struct reader r = { { body, (const char *)body + len, false }, &db->memory };
	const char *what = buf_take(&r.rest, 1), *text;
	struct db_row row;
	struct err said = { 0 };

	if (what && *what == 'r') {
		get_row(&r, db->type, &row);
		if (!r.rest.bad && r.rest.p == r.rest.end) {
			*vec_push(&db->rows) = row;
			return 1;
		}
	} else if (what && *what == '.') {
		if (r.rest.p == r.rest.end)
			return 0;
	} else if (what && *what == 'e') {
		said.kind = (enum err_kind)get_number(&r, ERR_SYSTEM);
		said.code = (int)get_number(&r, INT32_MAX);
		text = get_text(&r);
		if (!r.rest.bad && r.rest.p == r.rest.end && said.kind != ERR_NONE && *text) {
			(void)err_set(err, said.kind, "%s", text);
			err->code = said.code;
			return -1;
		}
	}
	(void)err_set(err, ERR_SYSTEM, "an answer that cannot be read");
	return -2;
}
