/* SPDX-License-Identifier: MIT */
/* fuzz_nss.c - a message of the process that asks the name service; the first byte is the type */
#include <stdlib.h>
#include <string.h>

#include "db/db.h"
#include "db/nss_impl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* A row that is sent again is the same message; anything else has a reason or is an end. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct db_type *const types[] = { &db_hosts, &db_protocols, &db_services };
	struct err err = { 0 };
	struct buf b = { 0 };
	struct db db;
	int rc;

	if (size == 0)
		return 0;
	db_init(&db, types[data[0] % 3]);
	rc = nss_get(&db, data + 1, size - 1, &err);
	require(db.rows.n == (rc == 1));
	if (rc == 1) {
		require(nss_put_row(&b, db.type, &db.rows.v[0]) == 0);
		require(b.len - 4 == size - 1 && memcmp(b.data + 4, data + 1, size - 1) == 0);
	} else if (rc == 0) {
		require(size == 2);
	} else {
		require(err.kind != ERR_NONE && *err.text);
	}
	buf_fini(&b);
	db_fini(&db);
	return 0;
}
