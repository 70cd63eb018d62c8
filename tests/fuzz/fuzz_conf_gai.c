/* SPDX-License-Identifier: MIT */
/* fuzz_conf_gai.c - gai.conf(5) */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "dns/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* Each is no longer than the one before it, and the last one is for all addresses. */
static void write_table(struct buf *b, const struct conf_prefixes *table, const char *what)
{
	char text[INET6_ADDRSTRLEN];

	require(table->n > 0 && table->v[table->n - 1].bits == 0);
	for (size_t i = 0; i < table->n; i++) {
		require(table->v[i].bits <= (i ? table->v[i - 1].bits : 128));
		require(conf_gai_match(table, &table->v[i].prefix) <= &table->v[i]);
		inet_ntop(AF_INET6, &table->v[i].prefix, text, sizeof(text));
		buf_printf(b, "%s %s/%u %d\n", what, text, table->v[i].bits, table->v[i].value);
	}
}

static void write_conf(struct buf *b, const struct conf_gai *conf)
{
	char text[INET_ADDRSTRLEN];

	write_table(b, &conf->labels, "label");
	write_table(b, &conf->precedences, "precedence");
	require(conf->scopes.n > 0 && conf->scopes.v[conf->scopes.n - 1].mask == 0);
	for (size_t i = 0; i < conf->scopes.n; i++) {
		uint32_t address = htonl(conf->scopes.v[i].address);

		require(i == 0 || conf->scopes.v[i].mask <= conf->scopes.v[i - 1].mask);
		require((conf->scopes.v[i].address & ~conf->scopes.v[i].mask) == 0);
		inet_ntop(AF_INET, &address, text, sizeof(text));
		buf_printf(b, "scopev4 %s/%d %d\n", text,
			   __builtin_popcount(conf->scopes.v[i].mask), conf->scopes.v[i].value);
	}
	buf_printf(b, "reload %s\n", conf->reload ? "yes" : "no");
}

/* What was read, written as such a file, is read as the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf_gai conf, again;
	struct buf first = { 0 }, second = { 0 };

	conf_gai_parse(&conf, (const char *)data, size);
	write_conf(&first, &conf);
	conf_gai_parse(&again, first.data, first.len);
	write_conf(&second, &again);
	require(again.notes.n == 0 || conf.own_labels || conf.own_precedences);
	require(first.len == second.len && memcmp(first.data, second.data, first.len) == 0);
	buf_fini(&first);
	buf_fini(&second);
	conf_gai_fini(&conf);
	conf_gai_fini(&again);
	return 0;
}
