/* SPDX-License-Identifier: MIT */
#include "cmd/dnsrun.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "dns/gai.h"

enum {
	DNS_PORT = 53,
};

void dnsrun_defaults(struct dnsrun_options *opt)
{
	opt->bufsize = DNSRUN_BUFSIZE;
	opt->retries = DNSRUN_UNSET;
}

/* Takes "@SERVER[#PORT]", "@[v6]#PORT" apart; SERVER_LEN is 0 if nothing is there. */
static int split_server(const char **server, size_t *server_len, uint16_t *port, const char *text,
			struct err *err)
{
	const char *hash = strrchr(text, '#');
	size_t len = hash ? (size_t)(hash - text) : strlen(text);

	*port = DNS_PORT;
	if (hash && endpoint_parse_port(port, hash + 1, strlen(hash + 1), len + 2, err) < 0)
		return -1;
	if (hash && *port == 0)
		return err_set(err, ERR_USAGE, "nobody can be asked at port 0");
	if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	if (len == 0)
		return err_set(err, ERR_USAGE, "the server is missing");
	*server = text;
	*server_len = len;
	return 0;
}

/* TEXT can only be meant as an address: digits and dots, or a colon in it. */
static bool is_number(const char *text, size_t len)
{
	size_t digits = 0;

	if (memchr(text, ':', len))
		return true;
	while (digits < len && (str_is_digit(text[digits]) || text[digits] == '.'))
		digits++;
	return digits == len;
}

/* Puts the address TEXT into SERVERS: 1; 0 if it is a name, -1 if it is neither. */
static int add_number(struct targets *servers, const char *text, struct err *err)
{
	struct endpoint ep;
	const char *server;
	uint16_t port;
	size_t len;
	struct sa sa;

	if (split_server(&server, &len, &port, text, err) < 0)
		return -1;
	if (!is_number(server, len))
		return 0;
	if (endpoint_parse_address(&ep, server, len, 1, err) < 0)
		return -1;
	if (sa_from_endpoint(&sa, &ep, err) < 0)
		return -1;
	sa_set_port(&sa, port);
	*vec_push(servers) = sa;
	return 1;
}

int dnsrun_init(struct dnsrun *run, struct cli *cli, const struct dnsrun_options *opt, int *argc,
		char **argv)
{
	int kept = 0, n = *argc;
	char show[STR_SHOW];

	*run = (struct dnsrun){ .cli = cli, .opt = opt, .wanted = opt->dns };
	run->began_ns = clock_now_ns();
	for (int i = 0; i < n; i++) {
		struct targets server = { 0 };
		int rc;

		if (argv[i][0] != '@') {
			argv[kept++] = argv[i];
			continue;
		}
		rc = add_number(&server, argv[i] + 1, &cli->err);
		vec_fini(&server);
		if (rc < 0) {
			cli->misused = true;
			return err_prefix(&cli->err, "\"%s\": ", str_show(show, argv[i]));
		}
		*vec_push(&run->named) = argv[i] + 1;
		run->wanted = true;
	}
	argv[kept] = NULL;
	*argc = kept;
	return 0;
}

/* The addresses of a server that was given by name, during which a signal ends the process. */
static int add_name(struct dnsrun *run, const char *text, struct out *o)
{
	const struct gai_hints hints = { .socktype = SOCK_DGRAM };
	struct gai_rows rows = { 0 };
	struct cli *cli = run->cli;
	const char *server;
	uint16_t port;
	size_t len;
	char *name;
	int rc;

	if (split_server(&server, &len, &port, text, &cli->err) < 0 ||
	    (o && cli_block_begin(cli, o) < 0))
		return -1;
	name = xstrndup(server, len);
	rc = gai_lookup(&rows, name, NULL, &hints, &cli->err);
	if (o)
		cli_block_end();
	for (size_t i = 0; rc == 0 && i < rows.n; i++) {
		sa_set_port(&rows.v[i].sa, port);
		*vec_push(&run->servers) = rows.v[i].sa;
	}
	gai_fini(&rows);
	free(name);
	return rc < 0 ? err_prefix(&cli->err, "server ") : 0;
}

/* The servers that the command line names. */
static int add_named(struct dnsrun *run, struct out *o)
{
	for (size_t i = 0; i < run->named.n; i++) {
		int rc = add_number(&run->servers, run->named.v[i], &run->cli->err);

		if (rc < 0 || (rc == 0 && add_name(run, run->named.v[i], o) < 0))
			return -1;
	}
	return 0;
}

int dnsrun_open(struct dnsrun *run, struct out *o)
{
	return add_named(run, o);
}

void dnsrun_finish(struct dnsrun *run)
{
	if (run->engine)
		engine_free(run->engine);
	vec_fini(&run->servers);
	vec_fini(&run->named);
	hash_fini(&run->had);
}
