/* SPDX-License-Identifier: MIT */
/* fuzz_hosts.c - a line of hosts(5), and a key */
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct fuzz_db f = { &db_hosts, before, behind, equal };

	return fuzz_db(&f, data, size);
}
