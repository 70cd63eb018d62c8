/* SPDX-License-Identifier: MIT */
/* sockopt_probe_sockets.c - probe sockets: what socket(2) makes */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/str.h"
#include "cmd/sockopt_probe_impl.h"
#include "net/names.h"

enum {
	COL_DOMAIN,
	COL_TYPE,
	COL_PROTOCOL,
	COL_RESULT,
	COL_REASON,
	FAMILIES = 64, /* numbers of domains are below */
};

static const struct out_col cols[] = {
	[COL_DOMAIN] = { "domain", OUT_STR, "AF_INET and so on", false },
	[COL_TYPE] = { "type", OUT_STR, "SOCK_STREAM and so on", false },
	[COL_PROTOCOL] = { "protocol", OUT_STR, "IPPROTO_TCP and so on, or 0", false },
	[COL_RESULT] = { "result", OUT_STR, "ok, an error number's name, or untried", false },
	[COL_REASON] = { "reason", OUT_STR, "why it is not ok", false },
};
const struct command_view sockopt_probe_sockets_view = { "sockets", cols, ARRAY_SIZE(cols) };

/* Protocol NUMBER of FAMILY as it is shown. */
static const char *protocol_name(int number, char buf[static NAMES_STRLEN])
{
	const char *name = number ? names_of(NAMES_IPPROTO, number) : NULL;

	if (name)
		return name;
	snprintf(buf, NAMES_STRLEN, "%d", number);
	return buf;
}

static int record(struct probe_run *r, const int asked[3], const char *result, const char *reason)
{
	char protocol[NAMES_STRLEN];

	if (out_is_text(r->o))
		return 0;
	out_str(r->o, COL_DOMAIN, names_of(NAMES_AF, asked[0]));
	if (asked[1])
		out_str(r->o, COL_TYPE, names_of(NAMES_SOCK, asked[1]));
	if (asked[1] || asked[2])
		out_str(r->o, COL_PROTOCOL, protocol_name(asked[2], protocol));
	out_str(r->o, COL_RESULT, result);
	out_str(r->o, COL_REASON, reason);
	return out_row(r->o, &r->cli->err);
}

/* Says of a domain or protocol that is left out why, below the grid. */
static int leave_out(struct probe_run *r, const int asked[3])
{
	char protocol[NAMES_STRLEN];

	buf_printf(&r->untried, "%s %s", r->untried.len ? "," : "", names_of(NAMES_AF, asked[0]));
	if (asked[2])
		buf_printf(&r->untried, " %s", protocol_name(asked[2], protocol));
	return record(r, asked, "untried", "it may load a module: see --all");
}

/* One cell: 0, the error number, or -1 if the run has failed. */
static int try_type(struct probe_run *r, const int asked[3])
{
	int code;

	if (!r->opt->all && !probe_type_loaded(buf_str(&r->loaded), asked[0], asked[1])) {
		probe_grid_add(&r->grid, "-");
		return record(r, asked, "untried", "it may load a module: see --all");
	}
	code = probe_socket(asked[0], asked[1], asked[2]);
	if (probe_exhausted(code)) {
		errno = code;
		return err_sys(&r->cli->err, "socket(%s, %s, %d)", names_of(NAMES_AF, asked[0]),
			       names_of(NAMES_SOCK, asked[1]), asked[2]);
	}
	probe_grid_add(&r->grid, probe_word(code));
	if (record(r, asked, probe_word(code), code ? probe_reason("socket", code) : NULL) < 0)
		return -1;
	return code;
}

/* A row: FAMILY and PROTOCOL with each type. */
static int try_row(struct probe_run *r, int family, int protocol)
{
	const int *types;
	size_t n = probe_types(&types), absent = 0;
	char name[NAMES_STRLEN];

	probe_grid_add(&r->grid, names_of(NAMES_AF, family));
	probe_grid_add(&r->grid, protocol_name(protocol, name));
	for (size_t i = 0; i < n; i++) {
		int code = try_type(r, (const int[]){ family, types[i], protocol });

		if (code < 0)
			return -1;
		absent += code == EAFNOSUPPORT;
	}
	if (absent < n)
		return 0;
	probe_grid_drop_row(&r->grid);
	if (!protocol)
		buf_printf(&r->absent, " %s", names_of(NAMES_AF, family));
	return 0;
}

/* The text of /proc/net/protocols names the domain FAMILY, or it needs no module. */
static const char *loaded_name(int family)
{
	const struct probe_domain *domains;
	size_t n = probe_domains(&domains);

	for (size_t i = 0; i < n; i++)
		if (domains[i].family == family)
			return domains[i].loaded;
	return NULL;
}

static int try_domain(struct probe_run *r, int family)
{
	const char *loaded = buf_str(&r->loaded);
	const struct probe_protocol *protocols;
	size_t n = probe_protocols(&protocols);

	if (!r->opt->all && !probe_loaded(loaded, loaded_name(family)))
		return leave_out(r, (const int[]){ family, 0, 0 });
	if (try_row(r, family, 0) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		int rc;

		if (protocols[i].family != family)
			continue;
		if (!r->opt->all && !probe_loaded(loaded, protocols[i].loaded))
			rc = leave_out(r, (const int[]){ family, 0, protocols[i].number });
		else
			rc = try_row(r, family, protocols[i].number);
		if (rc < 0)
			return -1;
	}
	return 0;
}

/* What the grid leaves out. */
static void say_below(struct probe_run *r)
{
	struct buf none = { 0 }, text = { 0 };

	if (r->untried.len)
		buf_printf(&text, "not tried, as that may load a module:%s", buf_str(&r->untried));
	probe_wrap(&r->below, buf_str(&text));
	text.len = 0;
	if (r->absent.len)
		buf_printf(&text, "not in this kernel:%s", buf_str(&r->absent));
	probe_wrap(&r->below, buf_str(&text));
	if (!r->opt->all)
		probe_grid_drop_columns(&r->grid, &none);
	if (none.len)
		buf_printf(&r->below, "of no domain here: %s\n", buf_str(&none));
	buf_fini(&none);
	buf_fini(&text);
}

int sockopt_probe_sockets(struct probe_run *r)
{
	const int *types;
	size_t n = probe_types(&types);

	probe_grid_add(&r->grid, "domain");
	probe_grid_add(&r->grid, "protocol");
	for (size_t i = 0; i < n; i++)
		probe_grid_add(&r->grid, names_of(NAMES_SOCK, types[i]) + strlen("SOCK_"));
	probe_grid_heading(&r->grid, 2);
	for (int family = 1; family < FAMILIES; family++) {
		const char *name = names_of(NAMES_AF, family);

		if (name && (probe_wanted(r, name) || probe_wanted(r, name + strlen("AF_"))) &&
		    try_domain(r, family) < 0)
			return -1;
	}
	say_below(r);
	return 0;
}
