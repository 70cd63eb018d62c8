/* SPDX-License-Identifier: MIT */
/* db_compare.c - whether two sources say the same */
#include <string.h>

#include "base/str.h"
#include "db/db.h"

static bool same_name(const struct db_type *type, const char *a, const char *b)
{
	return type->nocase ? str_eq_nocase(a, b) : strcmp(a, b) == 0;
}

/* What value I of ROW is looked up by. */
static struct db_key value_key(const struct db_type *type, const struct db_row *row, size_t i)
{
	struct db_key key = { .kind = DB_KEY_NUMBER };

	if (type == &db_hosts) {
		key.kind = DB_KEY_ADDRESS;
		key.addr = row->u.host.addrs[i];
		key.plain = db_ip_plain(&key.addr.ip);
	} else if (type == &db_protocols) {
		key.number = row->u.protocol.number;
	} else {
		key.number = row->u.service.port;
		key.protocol = row->u.service.protocol;
	}
	return key;
}

static bool same_aliases(const struct db_row *a, const struct db_row *b)
{
	for (size_t i = 0; i < a->naliases; i++)
		if (!db_row_named(b, a->aliases[i], false))
			return false;
	for (size_t i = 0; i < b->naliases; i++)
		if (!db_row_named(a, b->aliases[i], false))
			return false;
	return true;
}

enum db_difference db_compare(struct db *other, const struct db_row *row, size_t i)
{
	const struct db_type *type = other->type;
	struct db_key value = value_key(type, row, i);
	struct db_key name = { .kind = DB_KEY_NAME, .name = row->name, .protocol = value.protocol };
	enum db_difference found = DB_ABSENT;
	size_t k = 0;

	for (; (k = db_find(other, &name, k)) < other->rows.n; k++) {
		const struct db_row *its = &other->rows.v[k];

		if (!type->matches(its, &value)) {
			found = found == DB_ABSENT ? DB_OTHER_VALUE : found;
		} else if (!same_name(type, its->name, row->name)) {
			found = DB_OTHER_NAME;
		} else if (type == &db_hosts || same_aliases(row, its)) {
			return DB_SAME;
		} else {
			return DB_OTHER_ALIASES;
		}
	}
	if (found == DB_ABSENT && db_find(other, &value, 0) < other->rows.n)
		found = DB_OTHER_NAME;
	return found;
}
