/* SPDX-License-Identifier: MIT */
/* services.c - services(5): NAME PORT/PROTOCOL [ALIAS...] */
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "db/db.h"
#include "db/dbline.h"
#include "db/format.h"
#include "db/index.h"
#include "db/libc.h"
#include "db/lint.h"
#include "net/endpoint.h"

/* What is wrong with "80", "80/" and "/tcp", or with a missing field. */
static int incomplete(const char *what, size_t column, struct err *err)
{
	return err_set(err, ERR_USAGE, "no %s (column %zu)", what, column);
}

static int parse_line(struct db_row *row, const struct dbline *line, struct arena *a,
		      struct err *err)
{
	const char *name = line->fields[0], *port, *slash, *second;
	size_t column;

	row->name = name;
	if (line->nfields < 2)
		return incomplete("port behind the name", dbline_column(line, name) + strlen(name),
				  err);
	port = line->fields[1];
	column = dbline_column(line, port);
	slash = strchr(port, '/');
	if (!slash || !slash[1])
		return incomplete("protocol behind the port", column + strlen(port), err);
	second = strchr(slash + 1, '/');
	if (second)
		return err_set(err, ERR_USAGE, "more than one slash (column %zu)",
			       dbline_column(line, second));
	row->u.service.protocol = slash + 1;
	if (endpoint_parse_port(&row->u.service.port, port, (size_t)(slash - port), column - 1,
				err) < 0)
		return -1;
	row->aliases = dbline_rest(line, 2, a);
	row->naliases = line->nfields - 2;
	return 0;
}

static int parse_port(uint32_t *number, const char *text, size_t len, size_t before,
		      struct err *err)
{
	uint16_t port;

	if (endpoint_parse_port(&port, text, len, before, err) < 0)
		return -1;
	*number = port;
	return 0;
}

/* Takes "/PROTOCOL" off the end of KEY's memory. */
static int cut_protocol(struct db_key *key, struct err *err)
{
	char *slash = strchr(key->memory, '/'), *second, show[STR_SHOW];

	if (!slash)
		return 0;
	*slash = '\0';
	key->protocol = slash + 1;
	second = strchr(key->protocol, '/');
	if (second)
		return err_set(err, ERR_USAGE, "\"%s\": more than one slash (column %zu)",
			       str_show(show, key->text), (size_t)(second - key->memory) + 1);
	if (!*key->protocol)
		return err_set(err, ERR_USAGE, "\"%s\": no protocol behind the slash (column %zu)",
			       str_show(show, key->text), (size_t)(slash - key->memory) + 2);
	return 0;
}

/* NAME, PORT or LO-HI, each with /PROTOCOL or without; /PROTOCOL */
static int parse_key(struct db_key *key, struct err *err)
{
	if (cut_protocol(key, err) < 0)
		return -1;
	key->kind = *key->memory ? DB_KEY_NAME : DB_KEY_PROTOCOL;
	key->name = key->memory;
	return db_key_numbers(key, key->memory, parse_port, err) < 0 ? -1 : 0;
}

static bool matches(const struct db_row *row, const struct db_key *key)
{
	uint16_t port = row->u.service.port;

	if (key->protocol && strcmp(row->u.service.protocol, key->protocol) != 0)
		return false;
	if (key->kind == DB_KEY_NAME)
		return db_row_named(row, key->name, false);
	if (key->kind == DB_KEY_NUMBERS)
		return port >= key->number && port <= key->last;
	return key->kind == DB_KEY_PROTOCOL || port == key->number;
}

static bool identity(const struct db_row *row, enum db_level level, struct buf *b)
{
	if (!row->name || !row->u.service.protocol)
		return false;
	buf_adds(b, row->u.service.protocol);
	buf_addc(b, '\0');
	if (level != DB_LEVEL_VALUE) {
		buf_adds(b, row->name);
		buf_addc(b, '\0');
	}
	if (level != DB_LEVEL_NAME)
		buf_add(b, &row->u.service.port, sizeof(row->u.service.port));
	if (level == DB_LEVEL_ALL)
		db_row_aliases(row, b);
	return true;
}

static void index_values(const struct db_row *row, struct db_index *index)
{
	uint32_t port = row->u.service.port;

	db_index_add(index, &port, sizeof(port));
}

static void set_values(struct db_row *row, uint32_t number, const char *protocol)
{
	row->u.service.port = (uint16_t)number;
	row->u.service.protocol = protocol;
}

static const struct db_csv csv = {
	.what = "IANA's services",
	.name = "Service Name",
	.number = "Port Number",
	.protocol = "Transport Protocol",
	.comment = "Description",
	.parse = parse_port,
	.set = set_values,
};

const struct db_type db_services = {
	.what = "service",
	.database = "services",
	.nss_default = "files",
	.parse_line = parse_line,
	.parse_key = parse_key,
	.matches = matches,
	.index = index_values,
	.identity = identity,
	.csv = &csv,
	.libc = &db_libc_services,
	.lint = &lint_services,
};
