/* SPDX-License-Identifier: MIT */
/*
 * fuzz_select.c - which sockets a user means: the numbers that stand there; and what was read,
 * written with its prefix, is the same
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "sockopt/select.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void write_end(struct buf *b, const struct selector_end *end)
{
	char text[IP_STRLEN];

	if (end->has_ip)
		buf_printf(b, end->ip.family == 6 ? "[%s]" : "%s", ip_format(&end->ip, text));
	else
		buf_addc(b, '*');
	if (end->has_port)
		buf_printf(b, ":%u", (unsigned)end->port);
}

static void write_selector(struct buf *b, const struct selector *s)
{
	switch (s->kind) {
	case SELECT_PID:
		require(s->pid > 0 && s->fd >= -1);
		buf_printf(b, "pid=%ld", (long)s->pid);
		if (s->fd >= 0)
			buf_printf(b, ":%d", s->fd);
		break;
	case SELECT_NAME:
		require(*s->name);
		buf_printf(b, "name=%s", s->name);
		break;
	case SELECT_ENDS:
		write_end(b, &s->local);
		buf_addc(b, '-');
		write_end(b, &s->peer);
		break;
	case SELECT_INODE:
		buf_printf(b, "ino=%" PRIu64, s->inode);
		break;
	case SELECT_UNIX:
		require(s->path.kind == ENDPOINT_UNIX && s->path.path_len <= ENDPOINT_PATH_MAX);
		buf_adds(b, s->path.abstract       ? "unix:@" :
			    s->path.path[0] == '@' ? "unix:./" :
						     "unix:");
		buf_add(b, s->path.path, s->path.path_len);
		break;
	case SELECT_FD:
		require(s->fd >= 0);
		buf_printf(b, "fd=%d", s->fd);
		break;
	case SELECT_ALL:
		abort();
	}
}

/* The decimal number that ends at END, not before BEGIN. */
static unsigned long long number_before(const char *begin, const char *end)
{
	const char *s = end;

	while (s > begin && str_is_digit(s[-1]))
		s--;
	return strtoull(s, NULL, 10);
}

/* The numbers and names are those that stand in TEXT. */
static void check_direct(const struct selector *s, const char *text)
{
	const char *equals = strchr(text, '='), *value = equals ? equals + 1 : text;
	const char *colon = strchr(value, ':'), *end = text + strlen(text);
	const char *dash = strchr(text, '-'), *local = dash ? dash : end;

	if (s->kind == SELECT_PID) {
		require(s->pid == strtol(value, NULL, 10));
		require(s->fd == (colon ? strtol(colon + 1, NULL, 10) : -1));
	}
	if (s->kind == SELECT_INODE)
		require(s->inode == strtoull(value, NULL, 10));
	if (s->kind == SELECT_FD)
		require(s->fd == strtol(value, NULL, 10));
	if (s->kind == SELECT_NAME)
		require(s->name == text || s->name == text + strlen("name="));
	if (s->kind == SELECT_ENDS && s->local.has_port)
		require(s->local.port == number_before(text, local));
	if (s->kind == SELECT_ENDS && s->peer.has_port)
		require(dash && s->peer.port == number_before(dash + 1, end));
}

/* The socket of these ends is one that the selector means. */
static void check_takes(const struct selector *s)
{
	struct sa local, peer;

	sa_from_ip(&local, &s->local.ip, s->local.port);
	sa_from_ip(&peer, &s->peer.ip, s->peer.port);
	require(selector_takes_ends(s, s->local.has_ip ? &local : NULL,
				    s->peer.has_ip ? &peer : NULL) ||
		(!s->local.has_ip && s->local.has_port) || (!s->peer.has_ip && s->peer.has_port));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);
	struct buf first = { 0 }, second = { 0 };
	struct err err = { 0 };
	struct selector s, again;

	if (selector_parse(&s, text, &err) < 0) {
		require(err.kind == ERR_USAGE && *err.text);
	} else {
		check_direct(&s, text);
		write_selector(&first, &s);
		require(selector_parse(&again, buf_str(&first), &err) == 0);
		write_selector(&second, &again);
		require(s.kind == again.kind && strcmp(first.data, buf_str(&second)) == 0);
		if (s.kind == SELECT_ENDS)
			check_takes(&s);
	}
	buf_fini(&first);
	buf_fini(&second);
	free(text);
	return 0;
}
