/* SPDX-License-Identifier: MIT */
#include "cmd/target.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "dns/gai.h"

int target_split(const char *text, char **host, char **service, struct err *err)
{
	struct endpoint_parts parts;
	char show[STR_SHOW];

	*host = *service = NULL;
	if (endpoint_split(text, strlen(text), &parts, err) < 0)
		return -1;
	if (!parts.port && (strchr(text, ':') || *text == '\0'))
		return err_set(err, ERR_USAGE, "\"%s\": no port; write HOST:PORT or [ADDRESS]:PORT",
			       str_show(show, text));
	if (!parts.port) {
		*service = xstrdup(text);
		return 0;
	}
	*host = parts.host ? xstrndup(parts.host, parts.host_len) : NULL;
	*service = xstrndup(parts.port, parts.port_len);
	return 0;
}

/* getaddrinfo(3), during which a signal ends the process. */
static int look_up(struct gai_rows *rows, const char *host, const char *service,
		   const struct target *what, struct cli *cli, struct out *o, struct err *err)
{
	struct gai_hints hints = {
		.family = what->only4 == what->only6 ? AF_UNSPEC :
			  what->only4                ? AF_INET :
						       AF_INET6,
		.socktype = what->type,
	};
	int rc;

	if (cli_block_begin(cli, o) < 0) {
		*err = cli->err;
		return -1;
	}
	rc = gai_lookup(rows, host, service, &hints, err);
	cli_block_end();
	return rc;
}

/* The port of the user's word: a number, or a service that the system knows. */
static int find_port(uint16_t *port, const struct target *what, struct cli *cli, struct out *o,
		     struct err *err)
{
	struct gai_rows rows = { 0 };
	const char *word = what->service;
	char show[STR_SHOW];
	int rc;

	if (*word == '\0' || str_is_digit(*word))
		return endpoint_parse_port(port, word, strlen(word), 0, err);
	rc = look_up(&rows, NULL, word, what, cli, o, err);
	if (rc == 0)
		*port = sa_port(&rows.v[0].sa);
	else if (err->kind == ERR_NEGATIVE)
		err_set(err, ERR_USAGE, "\"%s\" is neither a port nor a service of this system",
			str_show(show, word));
	gai_fini(&rows);
	return rc;
}

/* TEXT can only be meant as an address: digits and dots, or a colon in it. */
static bool is_number(const char *text)
{
	return strchr(text, ':') || text[strspn(text, "0123456789.")] == '\0';
}

static int add_number(struct targets *targets, const struct target *what, const char *host,
		      uint16_t port, struct err *err)
{
	char show[STR_SHOW];
	struct endpoint ep;
	struct sa sa;

	if (endpoint_parse(&ep, host, strlen(host), err) < 0 || sa_from_endpoint(&sa, &ep, err) < 0)
		return -1;
	if (what->only4 != what->only6 && (ep.ip.family == 4) != what->only4)
		return err_set(err, ERR_USAGE, "\"%s\" is not IPv%d", str_show(show, host),
			       what->only4 ? 4 : 6);
	sa_set_port(&sa, port);
	*vec_push(targets) = sa;
	return 0;
}

int target_resolve(struct targets *targets, const struct target *what, struct cli *cli,
		   struct out *o, struct err *err)
{
	const char *host = what->host;
	struct gai_rows rows = { 0 };
	uint16_t port = 0;
	int rc;

	if (find_port(&port, what, cli, o, err) < 0)
		return -1;
	if (!host)
		host = what->only4 && !what->only6 ? "0.0.0.0" : "::";
	if (is_number(host))
		return add_number(targets, what, host, port, err);
	rc = look_up(&rows, host, NULL, what, cli, o, err);
	for (size_t i = 0; rc == 0 && i < rows.n; i++) {
		sa_set_port(&rows.v[i].sa, port);
		*vec_push(targets) = rows.v[i].sa;
	}
	gai_fini(&rows);
	return rc;
}

int target_unix(struct targets *targets, const char *path, struct err *err)
{
	struct endpoint ep;
	char *text;
	int rc;

	text = str_starts(path, "unix:") ? xstrdup(path) : xasprintf("unix:%s", path);
	rc = endpoint_parse(&ep, text, strlen(text), err);
	free(text);
	if (rc == 0)
		rc = sa_from_endpoint(vec_push(targets), &ep, err);
	return rc;
}

void target_column(struct out *o, unsigned col, const struct sa *sa)
{
	struct buf b = { 0 };

	sa_add(&b, sa);
	out_bytes(o, col, b.data, b.len);
	buf_fini(&b);
}
