/* SPDX-License-Identifier: MIT */
/* fuzz_nss_conf.c - a line of nsswitch.conf(5) */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "db/nss.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* The modules are words, each once, and as a line of their own they are the same modules. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct db_nss_conf conf = { 0 }, again = { 0 };
	struct buf b = { 0 };

	db_nss_conf_line(&conf, "hosts", (const char *)data, size);
	buf_adds(&b, "hosts:");
	for (size_t i = 0; i < conf.modules.n; i++) {
		const char *name = conf.modules.v[i];

		require(*name && name[strcspn(name, " \t\n\v\f\r#[")] == '\0');
		buf_printf(&b, " %s", name);
	}
	db_nss_conf_line(&again, "hosts", b.data, b.len);
	require(again.modules.n == conf.modules.n);
	for (size_t i = 0; i < conf.modules.n; i++)
		require(strcmp(again.modules.v[i], conf.modules.v[i]) == 0);
	buf_fini(&b);
	db_nss_conf_fini(&conf);
	db_nss_conf_fini(&again);
	return 0;
}
