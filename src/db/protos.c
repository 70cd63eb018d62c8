/* SPDX-License-Identifier: MIT */
/* protos.c - protocols(5): NAME NUMBER [ALIAS...] */
#include <string.h>

#include "base/buf.h"
#include "base/scan.h"
#include "base/str.h"
#include "db/db.h"
#include "db/dbline.h"
#include "db/format.h"
#include "db/index.h"
#include "db/libc.h"
#include "db/lint.h"

enum {
	/* Not 255: Linux has protocols that are no number of an IP header, as IPPROTO_MPTCP. */
	NUMBER_MAX = 65535,
};

/* The LEN bytes at TEXT are a protocol's number; BEFORE is how many bytes stand before it. */
static int parse_number(uint32_t *number, const char *text, size_t len, size_t before,
			struct err *err)
{
	char show[STR_SHOW];
	uint64_t v = 0;

	if (len == 0 || scan_uint(text, text + len, NUMBER_MAX, &v) != len)
		return err_set(err, ERR_USAGE,
			       "protocol \"%s\" is not a number from 0 to %d (column %zu)",
			       str_show_n(show, text, len), NUMBER_MAX, before + 1);
	*number = (uint32_t)v;
	return 0;
}

static int parse_line(struct db_row *row, const struct dbline *line, struct arena *a,
		      struct err *err)
{
	const char *name = line->fields[0], *number;

	row->name = name;
	if (line->nfields < 2)
		return err_set(err, ERR_USAGE, "no number behind the name (column %zu)",
			       dbline_column(line, name) + strlen(name));
	number = line->fields[1];
	if (parse_number(&row->u.protocol.number, number, strlen(number),
			 dbline_column(line, number) - 1, err) < 0)
		return -1;
	row->aliases = dbline_rest(line, 2, a);
	row->naliases = line->nfields - 2;
	return 0;
}

/* NAME, NUMBER or LO-HI */
static int parse_key(struct db_key *key, struct err *err)
{
	key->kind = DB_KEY_NAME;
	key->name = key->memory;
	return db_key_numbers(key, key->memory, parse_number, err) < 0 ? -1 : 0;
}

static bool matches(const struct db_row *row, const struct db_key *key)
{
	if (key->kind == DB_KEY_NAME)
		return db_row_named(row, key->name, false);
	if (key->kind == DB_KEY_NUMBERS)
		return row->u.protocol.number >= key->number && row->u.protocol.number <= key->last;
	return row->u.protocol.number == key->number;
}

static bool identity(const struct db_row *row, enum db_level level, struct buf *b)
{
	if (!row->name)
		return false;
	if (level != DB_LEVEL_VALUE) {
		buf_adds(b, row->name);
		buf_addc(b, '\0');
	}
	if (level != DB_LEVEL_NAME)
		buf_add(b, &row->u.protocol.number, sizeof(row->u.protocol.number));
	if (level == DB_LEVEL_ALL)
		db_row_aliases(row, b);
	return true;
}

static void index_values(const struct db_row *row, struct db_index *index)
{
	db_index_add(index, &row->u.protocol.number, sizeof(row->u.protocol.number));
}

static void set_values(struct db_row *row, uint32_t number, const char *protocol UNUSED)
{
	row->u.protocol.number = number;
}

static const struct db_csv csv = {
	.what = "IANA's protocols",
	.name = "Keyword",
	.number = "Decimal",
	.comment = "Protocol",
	.parse = parse_number,
	.set = set_values,
	.capitals = true,
};

const struct db_type db_protocols = {
	.what = "protocol",
	.database = "protocols",
	.nss_default = "files",
	.parse_line = parse_line,
	.parse_key = parse_key,
	.matches = matches,
	.index = index_values,
	.identity = identity,
	.csv = &csv,
	.libc = &db_libc_protocols,
	.lint = &lint_protocols,
};
