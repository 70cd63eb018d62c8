/* SPDX-License-Identifier: MIT */
/* fuzz_hosts.c - a line of hosts(5), and a key */
#include <stdio.h>

#include "fuzz_db.h"

static void before(struct buf *b, const struct db_row *row)
{
	const struct db_addr *addr = &row->u.host.addrs[0];
	char text[IP_STRLEN];

	fuzz_db_require(row->u.host.naddrs == 1);
	buf_printf(b, "%s%s%s ", ip_format(&addr->ip, text), addr->zone ? "%" : "",
		   addr->zone ? addr->zone : "");
}

static void behind(struct buf *b, const struct db_row *row)
{
	(void)b;
	(void)row;
}

static bool equal(const struct db_row *a, const struct db_row *b)
{
	const struct db_addr *x = &a->u.host.addrs[0], *y = &b->u.host.addrs[0];

	return memcmp(&x->ip, &y->ip, sizeof(x->ip)) == 0 &&
	       strcmp(x->zone ? x->zone : "", y->zone ? y->zone : "") == 0;
}

/* The address, a prefix of each length around it, and IPv4 mapped. */
static void keys(const struct fuzz_db *f, struct db *db)
{
	const struct db_addr *addr = &db->rows.v[0].u.host.addrs[0];
	char text[IP_STRLEN], key[2 * IP_STRLEN];

	ip_format(&addr->ip, text);
	fuzz_db_finds(f, db, text);
	for (unsigned length = 0; length <= 8 * ip_size(&addr->ip); length += 7) {
		snprintf(key, sizeof(key), "%s/%u", text, length);
		fuzz_db_finds(f, db, key);
	}
	snprintf(key, sizeof(key), "%s-%s", text, text);
	fuzz_db_finds(f, db, key);
	if (addr->ip.family == 4) {
		snprintf(key, sizeof(key), "[::ffff:%s]", text);
		fuzz_db_finds(f, db, key);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct fuzz_db f = { &db_hosts, before, behind, equal, keys };

	return fuzz_db(&f, data, size);
}
