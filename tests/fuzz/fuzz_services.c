/* SPDX-License-Identifier: MIT */
/* fuzz_services.c - a line of services(5), and a key */
#include "fuzz_db.h"

static void before(struct buf *b, const struct db_row *row)
{
	(void)b;
	(void)row;
}

static void behind(struct buf *b, const struct db_row *row)
{
	fuzz_db_word(row->u.service.protocol);
	buf_printf(b, "\t%u/%s", row->u.service.port, row->u.service.protocol);
}

static bool equal(const struct db_row *a, const struct db_row *b)
{
	return a->u.service.port == b->u.service.port &&
	       strcmp(a->u.service.protocol, b->u.service.protocol) == 0;
}

static void keys(const struct fuzz_db *f, struct db *db)
{
	unsigned port = db->rows.v[0].u.service.port;
	const char *protocol = db->rows.v[0].u.service.protocol;
	char *key;

	key = xasprintf("%u/%s", port, protocol);
	fuzz_db_finds(f, db, key);
	free(key);
	key = xasprintf("%u-65535/%s", port, protocol);
	fuzz_db_finds(f, db, key);
	free(key);
	key = xasprintf("/%s", protocol);
	fuzz_db_finds(f, db, key);
	free(key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct fuzz_db f = { &db_services, before, behind, equal, keys };

	return fuzz_db(&f, data, size);
}
