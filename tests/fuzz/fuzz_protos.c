/* SPDX-License-Identifier: MIT */
/* fuzz_protos.c - a line of protocols(5), and a key */
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct fuzz_db f = { &db_protocols, before, behind, equal };

	return fuzz_db(&f, data, size);
}
