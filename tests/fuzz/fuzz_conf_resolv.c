/* SPDX-License-Identifier: MIT */
/* fuzz_conf_resolv.c - resolv.conf(5), and the environment, which is what follows a 0xff byte */
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

/* The zone is written as a number: its name counts only for an address that is link-local. */
static void write_server(struct buf *b, struct sa sa)
{
	char text[SA_STRLEN];
	uint32_t zone = 0;

	require(sa_port(&sa) == CONF_PORT);
	if (sa.u.sa.sa_family == AF_INET6) {
		zone = sa.u.in6.sin6_scope_id;
		sa.u.in6.sin6_scope_id = 0;
	}
	buf_printf(b, "nameserver %s", sa_format_host(&sa, text));
	if (zone)
		buf_printf(b, "%%%u", zone);
	buf_addc(b, '\n');
}

static void write_conf(struct buf *b, const struct conf_resolv *conf)
{
	for (size_t i = 0; i < conf->servers.n; i++)
		write_server(b, conf->servers.v[i].sa);
	buf_adds(b, "search");
	for (size_t i = 0; i < conf->search.n; i++)
		buf_printf(b, " %s", conf->search.v[i]);
	buf_printf(b, "\noptions ndots:%u timeout:%u attempts:%u", conf->ndots, conf->timeout_s,
		   conf->attempts);
	for (int i = 0; i < CONF_FLAGS; i++)
		if (conf->flags[i])
			buf_printf(b, " %s", conf_flag_word((enum conf_flag)i));
	for (size_t i = 0; i < conf->sortlist.n; i++)
		buf_printf(b, "\nsortlist %u/%u", conf->sortlist.v[i].address,
			   conf->sortlist.v[i].mask);
	buf_addc(b, '\n');
}

/* What was read is within its limits and, written as such a file, is read as the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *at = size ? memchr(data, 0xff, size) : NULL;
	char *env = at ? strndup((const char *)at + 1, size - (size_t)(at - data) - 1) : NULL;
	struct conf_around around = { .localdomain = env, .res_options = env, .hostname = env };
	struct conf_resolv conf, again;
	struct buf first = { 0 }, second = { 0 };

	conf_resolv_parse(&conf, (const char *)data, at ? (size_t)(at - data) : size, &around);
	require(conf.servers.n > 0 && conf_resolv_used(&conf) > 0);
	require(conf.ndots <= 15 && conf.timeout_s - 1 < 30 && conf.attempts - 1 < 5);
	write_conf(&first, &conf);
	conf_resolv_parse(&again, first.data, first.len, NULL);
	write_conf(&second, &again);
	require(first.len == second.len && memcmp(first.data, second.data, first.len) == 0);
	buf_fini(&first);
	buf_fini(&second);
	conf_resolv_fini(&conf);
	conf_resolv_fini(&again);
	free(env);
	return 0;
}
