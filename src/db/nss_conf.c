/* SPDX-License-Identifier: MIT */
/* nss_conf.c - the modules that nsswitch.conf(5) names */
#include <string.h>

#include "base/nsswitch.h"
#include "db/db.h"
#include "db/nss.h"

static bool has(const struct db_nss_conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->modules.n; i++)
		if (strcmp(conf->modules.v[i], name) == 0)
			return true;
	return false;
}

int db_nss_conf_read(struct db_nss_conf *conf, const char *path, const struct db_type *type,
		     struct err *err)
{
	struct nsswitch file;

	*conf = (struct db_nss_conf){ 0 };
	if (nsswitch_read(&file, path, type->database, type->nss_default, err) < 0)
		return -1;
	for (size_t i = 0; i < file.sources.n; i++) {
		const char *name = file.sources.v[i].name;

		if (!has(conf, name))
			*vec_push(&conf->modules) = arena_copy(&conf->memory, name, strlen(name));
	}
	nsswitch_fini(&file);
	return 0;
}

void db_nss_conf_fini(struct db_nss_conf *conf)
{
	vec_fini(&conf->modules);
	arena_fini(&conf->memory);
}
