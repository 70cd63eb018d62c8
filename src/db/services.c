/* SPDX-License-Identifier: MIT */
/* services.c - services(5): NAME PORT/PROTOCOL [ALIAS...] */
#include <string.h>

#include "base/str.h"
#include "db/db.h"
#include "db/dbline.h"
#include "db/index.h"
#include "db/libc.h"
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
	if (endpoint_parse_port(&row->u.service.port, port, (size_t)(slash - port), column - 1,
				err) < 0)
		return -1;
	row->u.service.protocol = slash + 1;
	row->name = name;
	row->aliases = dbline_rest(line, 2, a);
	row->naliases = line->nfields - 2;
	return 0;
}

/* NAME, PORT, NAME/PROTOCOL, PORT/PROTOCOL or /PROTOCOL */
static int parse_key(struct db_key *key, struct err *err)
{
	char *slash = strchr(key->memory, '/'), *second, show[STR_SHOW];
	size_t len;
	uint16_t port;

	if (slash) {
		*slash = '\0';
		key->protocol = slash + 1;
		second = strchr(key->protocol, '/');
		if (second)
			return err_set(err, ERR_USAGE, "\"%s\": more than one slash (column %zu)",
				       str_show(show, key->text),
				       (size_t)(second - key->memory) + 1);
		if (!*key->protocol)
			return err_set(err, ERR_USAGE,
				       "\"%s\": no protocol behind the slash (column %zu)",
				       str_show(show, key->text),
				       (size_t)(slash - key->memory) + 2);
	}
	len = strlen(key->memory);
	if (len == 0) {
		key->kind = DB_KEY_PROTOCOL;
	} else if (key->memory[strspn(key->memory, "0123456789")] == '\0') {
		if (endpoint_parse_port(&port, key->memory, len, 0, err) < 0)
			return -1;
		key->kind = DB_KEY_NUMBER;
		key->number = port;
	} else {
		key->kind = DB_KEY_NAME;
		key->name = key->memory;
	}
	return 0;
}

static bool matches(const struct db_row *row, const struct db_key *key)
{
	if (key->protocol && strcmp(row->u.service.protocol, key->protocol) != 0)
		return false;
	if (key->kind == DB_KEY_NAME)
		return db_row_named(row, key->name, false);
	return key->kind == DB_KEY_PROTOCOL || row->u.service.port == key->number;
}

static void index_values(const struct db_row *row, struct db_index *index)
{
	uint32_t port = row->u.service.port;

	db_index_add(index, &port, sizeof(port));
}

const struct db_type db_services = {
	.what = "service",
	.parse_line = parse_line,
	.parse_key = parse_key,
	.matches = matches,
	.index = index_values,
	.libc = &db_libc_services,
};
