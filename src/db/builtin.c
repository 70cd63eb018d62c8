/* SPDX-License-Identifier: MIT */
#include "db/builtin.h"

#include <string.h>

#include "db/db.h"

/* Each table is lines of its file, for the one reader of them. */
static const char *const hosts[] = {
	"127.0.0.1 localhost # RFC 6761",
	"::1 localhost # RFC 6761",
};

static const char *const protocols[] = {
#define PROTOCOL(name, number, aliases, comment) name " " #number " " aliases " # " comment,
#include "db/builtin_protocols.def"
#undef PROTOCOL
};

static const char *const services[] = {
#define SERVICE(name, port, protocol, aliases, comment) \
	name " " #port "/" protocol " " aliases " # " comment,
#include "db/builtin_services.def"
#undef SERVICE
};

static const struct {
	const struct db_type *type;
	const char *const *lines;
	size_t n;
} tables[] = {
	{ &db_hosts, hosts, ARRAY_SIZE(hosts) },
	{ &db_protocols, protocols, ARRAY_SIZE(protocols) },
	{ &db_services, services, ARRAY_SIZE(services) },
};

void db_builtin(struct db *db)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		if (tables[i].type != db->type)
			continue;
		for (size_t k = 0; k < tables[i].n; k++)
			db_read_line(db, 0, tables[i].lines[k], strlen(tables[i].lines[k]));
	}
}
