/* SPDX-License-Identifier: MIT */
/* fuzz_protos.c - a line of protocols(5), and a key */
#include <stdio.h>

#include "fuzz_db.h"

static void before(struct buf *b, const struct db_row *row)
{
	(void)b;
	(void)row;
}

static void behind(struct buf *b, const struct db_row *row)
{
	buf_printf(b, "\t%u", (unsigned)row->u.protocol.number);
}

static bool equal(const struct db_row *a, const struct db_row *b)
{
	return a->u.protocol.number == b->u.protocol.number;
}

static void keys(const struct fuzz_db *f, struct db *db)
{
	unsigned number = (unsigned)db->rows.v[0].u.protocol.number;
	char key[64];

	snprintf(key, sizeof(key), "%u", number);
	fuzz_db_finds(f, db, key);
	snprintf(key, sizeof(key), "%u-%u", number / 2, number);
	fuzz_db_finds(f, db, key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct fuzz_db f = { &db_protocols, before, behind, equal, keys };

	return fuzz_db(&f, data, size);
}
