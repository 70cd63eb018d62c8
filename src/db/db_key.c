/* SPDX-License-Identifier: MIT */
/* db_key.c - what a user looks up */
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "db/db.h"

int db_key_parse(struct db_key *key, const struct db_type *type, const char *text, struct err *err)
{
	size_t n;

	key->text = text;
	key->name = key->protocol = key->addr.zone = NULL;
	key->set = (struct ipset){ 0 };
	if (*text == '\0')
		return err_set(err, ERR_USAGE, "no %s has an empty name", type->what);
	n = strlen(text) + 1;
	key->memory = n <= sizeof(key->few) ? key->few : xmalloc(n);
	memcpy(key->memory, text, n);
	if (type->parse_key(key, err) == 0)
		return 0;
	db_key_fini(key);
	return -1;
}

void db_key_fini(struct db_key *key)
{
	ipset_fini(&key->set);
	if (key->memory != key->few)
		free(key->memory);
	key->memory = NULL;
}

int db_key_numbers(struct db_key *key, const char *text,
		   int (*number)(uint32_t *n, const char *text, size_t len, size_t before,
				 struct err *err),
		   struct err *err)
{
	size_t first = strspn(text, "0123456789"), last, before = (size_t)(text - key->memory);
	char show[STR_SHOW];

	if (first == 0 || (text[first] && text[first] != '-'))
		return 0;
	last = text[first] ? strspn(text + first + 1, "0123456789") : 0;
	if (text[first] && (last == 0 || text[first + 1 + last]))
		return 0;
	if (number(&key->number, text, first, before, err) < 0)
		return -1;
	key->kind = DB_KEY_NUMBER;
	if (last == 0)
		return 1;
	if (number(&key->last, text + first + 1, last, before + first + 1, err) < 0)
		return -1;
	if (key->last < key->number)
		return err_set(err, ERR_USAGE, "\"%s\": it ends before it begins (column %zu)",
			       str_show(show, key->text), before + first + 2);
	key->kind = DB_KEY_NUMBERS;
	return 1;
}

struct ip db_ip_plain(const struct ip *ip)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct ip plain = { .family = 4 };

	if (ip->family != 6 || memcmp(ip->b, mapped, sizeof(mapped)) != 0)
		return *ip;
	memcpy(plain.b, ip->b + sizeof(mapped), 4);
	return plain;
}

bool db_row_named(const struct db_row *row, const char *name, bool nocase)
{
	for (size_t i = 0; i <= row->naliases; i++) {
		const char *own = i ? row->aliases[i - 1] : row->name;

		if (nocase ? str_eq_nocase(own, name) : strcmp(own, name) == 0)
			return true;
	}
	return false;
}

void db_row_aliases(const struct db_row *row, struct buf *b)
{
	for (size_t i = 0; i < row->naliases; i++) {
		if (strcmp(row->aliases[i], row->name) == 0)
			continue;
		buf_adds(b, row->aliases[i]);
		buf_addc(b, '\0');
	}
}
