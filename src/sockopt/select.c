/* SPDX-License-Identifier: MIT */
#include "sockopt/select.h"

#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>

#include "base/scan.h"
#include "base/str.h"

static const char *const forms =
	"want PID, PID:FD, a process's name, :PORT, ADDRESS:PORT, LOCAL-PEER, ino=N, unix:PATH or fd=N";

/* The decimal number that the N bytes at TEXT are, at most MAX; -1 if they are none. */
static int64_t decimal(const char *text, size_t n, int64_t max)
{
	uint64_t number;

	if (n == 0 || scan_uint(text, text + n, (uint64_t)max, &number) != n)
		return -1;
	return (int64_t)number;
}

/* "", "*", ":80", "10.0.0.1", "10.0.0.1:80", "[::1]:80", "*:80". */
static bool parse_end(struct selector_end *end, const char *text, size_t n)
{
	struct endpoint ep;
	struct err ignored;

	*end = (struct selector_end){ 0 };
	if (n > 0 && text[0] == '*') {
		text++;
		n--;
		if (n > 0 && text[0] != ':')
			return false;
	}
	if (n == 0)
		return true;
	if (text[0] == ':' && (n < 2 || text[1] != ':')) {
		end->has_port = true;
		return endpoint_parse_port(&end->port, text + 1, n - 1, 0, &ignored) == 0;
	}
	if (endpoint_parse(&ep, text, n, &ignored) < 0 || ep.kind != ENDPOINT_IP)
		return false;
	end->has_ip = true;
	end->ip = ep.ip;
	end->has_port = ep.has_port;
	end->port = ep.port;
	return true;
}

/* LOCAL, LOCAL-PEER or -PEER; process names have dashes too, so both ends must be ends. */
static bool parse_ends(struct selector *s, const char *text)
{
	const char *dash = strchr(text, '-');
	size_t n = dash ? (size_t)(dash - text) : strlen(text);

	s->peer = (struct selector_end){ 0 };
	return parse_end(&s->local, text, n) &&
	       (!dash || parse_end(&s->peer, dash + 1, strlen(dash + 1))) &&
	       (s->local.has_ip || s->local.has_port || s->peer.has_ip || s->peer.has_port);
}

static bool parse_process(struct selector *s, const char *text)
{
	const char *colon = strchr(text, ':');
	size_t n = colon ? (size_t)(colon - text) : strlen(text);
	int64_t pid = decimal(text, n, INT32_MAX), fd = -1;

	if (colon)
		fd = decimal(colon + 1, strlen(colon + 1), INT32_MAX);
	if (pid <= 0 || (colon && fd < 0))
		return false;
	s->pid = (pid_t)pid;
	s->fd = (int)fd;
	return true;
}

static int bad(const char *text, const char *why, struct err *err)
{
	char show[STR_SHOW];

	return err_set(err, ERR_USAGE, "\"%s\": %s", str_show(show, text), why);
}

static int parse_unix(struct selector *s, const char *text, struct err *err)
{
	s->kind = SELECT_UNIX;
	return endpoint_parse(&s->path, text, strlen(text), err);
}

/* "ino=N", "fd=N", "pid=N", "name=TEXT": 1, 0 if it is none of these, -1 on error. */
static int parse_prefixed(struct selector *s, const char *text, struct err *err)
{
	const char *value = strchr(text, '=');
	int64_t n;

	if (!value)
		return 0;
	value++;
	n = decimal(value, strlen(value), INT64_MAX);
	if (str_starts(text, "name=")) {
		s->kind = SELECT_NAME;
		s->name = value;
		return *value ? 1 : bad(text, "the name is empty", err);
	}
	if (str_starts(text, "pid=")) {
		s->kind = SELECT_PID;
		return parse_process(s, value) ? 1 : bad(text, "want pid=N or pid=N:FD", err);
	}
	if (str_starts(text, "ino=")) {
		s->kind = SELECT_INODE;
		s->inode = n > 0 ? (uint64_t)n : 0;
		return n > 0 ? 1 : bad(text, "want ino=N, the number of an inode", err);
	}
	if (str_starts(text, "fd=")) {
		s->kind = SELECT_FD;
		s->fd = (int)n;
		return n >= 0 && n <= INT32_MAX ? 1 : bad(text, "want fd=N, a descriptor", err);
	}
	return 0;
}

int selector_parse(struct selector *s, const char *text, struct err *err)
{
	int rc;

	*s = (struct selector){ .fd = -1 };
	if (!*text)
		return err_set(err, ERR_USAGE, "the selector is empty: %s", forms);
	if (str_starts(text, "unix:"))
		return parse_unix(s, text, err);
	rc = parse_prefixed(s, text, err);
	if (rc)
		return rc < 0 ? -1 : 0;
	if (str_is_digit(*text) && parse_process(s, text)) {
		s->kind = SELECT_PID;
		return 0;
	}
	if (parse_ends(s, text)) {
		s->kind = SELECT_ENDS;
		return 0;
	}
	/* What can only have been meant as an address is not taken for a name. */
	if (*text == ':' || *text == '[' || (strchr(text, ':') && str_is_digit(*text)))
		return bad(text, forms, err);
	s->kind = SELECT_NAME;
	s->name = text;
	return 0;
}

bool selector_takes_holder(const struct selector *s, const struct live_process *p,
			   const struct live_holder *h)
{
	switch (s->kind) {
	case SELECT_PID:
		return p->pid == s->pid && (s->fd < 0 || h->fd == s->fd);
	case SELECT_NAME:
		/* The kernel keeps the first 15 bytes of a name. */
		return strncmp(p->name, s->name, LIVE_NAME - 2) == 0;
	case SELECT_INODE:
		return h->inode == s->inode;
	case SELECT_FD:
		return false;
	default:
		return true;
	}
}

static bool takes_end(const struct selector_end *end, const struct sa *sa)
{
	struct sa plain;
	struct ip ip;

	if (!end->has_ip && !end->has_port)
		return true;
	if (!sa)
		return false;
	plain = *sa;
	sa_unmap(&plain);
	if (!sa_ip(&plain, &ip) || (end->has_port && sa_port(&plain) != end->port))
		return false;
	return !end->has_ip ||
	       (ip.family == end->ip.family && memcmp(ip.b, end->ip.b, ip_size(&ip)) == 0);
}

static bool is_path(const struct endpoint *path, const struct sa *sa)
{
	size_t before = offsetof(struct sockaddr_un, sun_path), n;
	const char *name;

	if (!sa || sa->u.sa.sa_family != AF_UNIX || sa->len <= before)
		return false;
	name = sa->u.un.sun_path;
	n = sa->len - before;
	if (path->abstract)
		return name[0] == '\0' && n == path->path_len + 1 &&
		       memcmp(name + 1, path->path, path->path_len) == 0;
	return strnlen(name, n) == path->path_len && memcmp(name, path->path, path->path_len) == 0;
}

bool selector_takes_ends(const struct selector *s, const struct sa *local, const struct sa *peer)
{
	if (s->kind == SELECT_ENDS)
		return takes_end(&s->local, local) && takes_end(&s->peer, peer);
	if (s->kind == SELECT_UNIX)
		return is_path(&s->path, local);
	return true;
}
