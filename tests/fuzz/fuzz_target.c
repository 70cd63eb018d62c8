/* SPDX-License-Identifier: MIT */
/*
 * fuzz_target.c - HOST:PORT, and @SERVER#PORT
 *
 * The parts of the first are pieces of the text, and put together with brackets they come apart as
 * the same; a server that is an address and a port is taken, and nothing is left of it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "cmd/dnsrun.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static bool inside(const char *part, size_t n, const char *text, size_t len)
{
	return part >= text && n <= len && part <= text + len - n;
}

static bool same(const char *a, size_t n, const char *b, size_t m)
{
	return a && b ? n == m && memcmp(a, b, n) == 0 : a == b;
}

/* The host in brackets, or in front of the only colon; the port behind. */
static void check_where(const char *text, size_t len, const struct endpoint_parts *p)
{
	const char *first = len ? memchr(text, ':', len) : NULL, *end = text + len;
	const char *bracket = len && *text == '[' ? memchr(text, ']', len) : NULL;
	bool several = first && memchr(first + 1, ':', (size_t)(end - first - 1));

	if (bracket) {
		require(p->host == text + 1 && p->host_len == (size_t)(bracket - text) - 1);
		require(bracket + 1 == end ? !p->port : p->port == bracket + 2);
	} else if (first && !several) {
		require(p->host ? p->host == text && p->host_len == (size_t)(first - text) :
				  first == text);
		require(p->port == first + 1);
	} else {
		require(!p->port && p->host_len == len);
	}
	require(!p->port || p->port + p->port_len == end);
}

static void check_parts(const char *text, size_t len)
{
	struct endpoint_parts p, again;
	struct buf b = { 0 };
	struct err err = { 0 };

	if (endpoint_split(text, len, &p, &err) < 0) {
		require(err.kind == ERR_USAGE && *err.text);
		return;
	}
	check_where(text, len, &p);
	require(!p.host || inside(p.host, p.host_len, text, len));
	require(!p.port || inside(p.port, p.port_len, text, len));
	require(!p.port || *text == '[' || !memchr(p.port, ':', p.port_len));
	if (p.host) {
		buf_addc(&b, '[');
		buf_add(&b, p.host, p.host_len);
		buf_addc(&b, ']');
	}
	if (p.port) {
		buf_addc(&b, ':');
		buf_add(&b, p.port, p.port_len);
	}
	if (!p.host || !memchr(p.host, ']', p.host_len)) {
		require(endpoint_split(buf_str(&b), b.len, &again, &err) == 0);
		require(same(p.host, p.host_len, again.host, again.host_len));
		require(same(p.port, p.port_len, again.port, again.port_len));
	}
	buf_fini(&b);
}

/* A target has a port, and what stands before it. */
static void check_target(const char *text)
{
	char *host, *service;
	struct err err = { 0 };

	if (target_split(text, &host, &service, &err) < 0) {
		require(err.kind == ERR_USAGE && *err.text && !host && !service);
		return;
	}
	require(service && strlen(text) >= strlen(service));
	require(strcmp(text + strlen(text) - strlen(service), service) == 0);
	require(!host || strstr(text, host));
	free(host);
	free(service);
}

static void check_unix(const char *text)
{
	struct targets targets = { 0 };
	struct err err = { 0 };

	if (target_unix(&targets, text, &err) < 0)
		require(err.kind == ERR_USAGE && *err.text);
	else
		require(targets.n == 1 && targets.v[0].u.sa.sa_family == AF_UNIX);
	vec_fini(&targets);
}

/* "@TEXT" among the operands. */
static void check_server(const char *text)
{
	static char before[] = "before", behind[] = "behind";
	char *server = xasprintf("@%s", text), *argv[] = { before, server, behind, NULL };
	const char *hash = strrchr(text, '#');
	size_t len = hash ? (size_t)(hash - text) : strlen(text);
	const struct dnsrun_options opt = { 0 };
	struct cli cli = { 0 };
	struct endpoint ep;
	struct dnsrun run;
	uint16_t port = 53;
	struct err err;
	int argc = 3, rc = dnsrun_init(&run, &cli, &opt, &argc, argv);
	bool good = endpoint_parse_address(&ep, text, len, 0, &err) == 0 && !*ep.zone &&
		    (!hash || endpoint_parse_port(&port, hash + 1, strlen(hash + 1), 0, &err) == 0);

	if (rc < 0)
		require(cli.err.kind == ERR_USAGE || cli.err.kind == ERR_NEGATIVE);
	else
		require(argc == 2 && argv[0] == before && argv[1] == behind && run.wanted);
	require(!good || (rc == 0) == (port != 0));
	dnsrun_finish(&run);
	free(server);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);

	check_parts((const char *)data, size);
	check_target(text);
	check_unix(text);
	check_server(text);
	free(text);
	return 0;
}
