/* SPDX-License-Identifier: MIT */
/* hosts.c - hosts(5): ADDRESS NAME [ALIAS...] */
#include <string.h>

#include "base/str.h"
#include "db/db.h"
#include "db/dbline.h"
#include "db/index.h"
#include "db/libc.h"
#include "net/endpoint.h"

static int parse_line(struct db_row *row, const struct dbline *line, struct arena *a,
		      struct err *err)
{
	const char *text = line->fields[0];
	size_t before = dbline_column(line, text) - 1;
	struct db_addr *addr;
	struct endpoint ep;

	if (endpoint_parse_address(&ep, text, strlen(text), before, err) < 0)
		return -1;
	if (line->nfields < 2)
		return err_set(err, ERR_USAGE, "no name behind the address (column %zu)",
			       before + strlen(text) + 1);
	addr = arena_alloc(a, sizeof(*addr));
	addr->ip = ep.ip;
	addr->zone = ep.zone[0] ? strchr(text, '%') + 1 : NULL;
	row->u.host.addrs = addr;
	row->u.host.naddrs = 1;
	row->name = line->fields[1];
	row->aliases = dbline_rest(line, 2, a);
	row->naliases = line->nfields - 2;
	return 0;
}

/* TEXT is no name: it has a colon or a zone, or its last label is a number (RFC 3696). */
static bool like_address(const char *text)
{
	const char *dot = strrchr(text, '.'), *last = dot ? dot + 1 : text;

	if (strpbrk(text, ":%"))
		return true;
	return dot && *last && last[strspn(last, "0123456789")] == '\0';
}

static int parse_key(struct db_key *key, struct err *err)
{
	struct endpoint ep;
	char *zone;

	if (endpoint_parse_address(&ep, key->text, strlen(key->text), 0, err) == 0) {
		zone = strchr(key->memory, '%');
		key->kind = DB_KEY_ADDRESS;
		key->addr = (struct db_addr){ .ip = ep.ip, .zone = zone ? zone + 1 : NULL };
		return 0;
	}
	if (like_address(key->text))
		return -1;
	*err = (struct err){ 0 };
	key->kind = DB_KEY_NAME;
	key->name = key->memory;
	return 0;
}

/* A key without a zone is for every zone. */
static bool same_address(const struct db_addr *a, const struct db_addr *key)
{
	return a->ip.family == key->ip.family && memcmp(a->ip.b, key->ip.b, ip_size(&a->ip)) == 0 &&
	       (!key->zone || (a->zone && strcmp(a->zone, key->zone) == 0));
}

static bool matches(const struct db_row *row, const struct db_key *key)
{
	if (key->kind == DB_KEY_NAME)
		return db_row_named(row, key->name, true);
	for (size_t i = 0; i < row->u.host.naddrs; i++)
		if (same_address(&row->u.host.addrs[i], &key->addr))
			return true;
	return false;
}

static void index_values(const struct db_row *row, struct db_index *index)
{
	for (size_t i = 0; i < row->u.host.naddrs; i++) {
		const struct ip *ip = &row->u.host.addrs[i].ip;

		db_index_add(index, ip->b, ip_size(ip));
	}
}

const struct db_type db_hosts = {
	.what = "host",
	.parse_line = parse_line,
	.parse_key = parse_key,
	.matches = matches,
	.index = index_values,
	.nocase = true,
	.libc = &db_libc_hosts,
};
