/* SPDX-License-Identifier: MIT */
/*
 * fuzz_target.c - HOST:PORT: its parts are pieces of the text, and put together with brackets
 * they come apart as the same
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "cmd/target.h"

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

static void check_parts(const char *text, size_t len)
{
	struct endpoint_parts p, again;
	struct buf b = { 0 };
	struct err err = { 0 };

	if (endpoint_split(text, len, &p, &err) < 0) {
		require(err.kind == ERR_USAGE && *err.text);
		return;
	}
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);

	check_parts((const char *)data, size);
	check_target(text);
	check_unix(text);
	free(text);
	return 0;
}
