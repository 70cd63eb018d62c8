/* SPDX-License-Identifier: MIT */
/* nss_conf.c - the modules that nsswitch.conf(5) names */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "db/db.h"
#include "db/nss.h"

static void add(struct db_nss_conf *conf, const char *name, size_t len)
{
	for (size_t i = 0; i < conf->modules.n; i++)
		if (strlen(conf->modules.v[i]) == len && memcmp(conf->modules.v[i], name, len) == 0)
			return;
	*vec_push(&conf->modules) = arena_copy(&conf->memory, name, len);
}

static const char *skip_blanks(const char *s, const char *end)
{
	while (s < end && str_is_space(*s))
		s++;
	return s;
}

/* From S to the end of the word or, if it begins with a bracket, of the action. */
static const char *skip_word(const char *s, const char *end)
{
	const char *close;

	if (*s == '[') {
		close = memchr(s, ']', (size_t)(end - s));
		return close ? close + 1 : end;
	}
	while (s < end && !str_is_space(*s) && *s != '[')
		s++;
	return s;
}

void db_nss_conf_line(struct db_nss_conf *conf, const char *database, const char *text, size_t len)
{
	const char *comment = len ? memchr(text, '#', len) : NULL;
	const char *end = comment ? comment : text + len, *s, *next;
	size_t n = strlen(database);

	s = skip_blanks(text, end);
	if ((size_t)(end - s) <= n || memcmp(s, database, n) != 0)
		return;
	s = skip_blanks(s + n, end);
	if (s == end || *s != ':' || memchr(s, '\0', (size_t)(end - s)))
		return;
	conf->modules.n = 0;
	for (s = skip_blanks(s + 1, end); s < end; s = skip_blanks(next, end)) {
		next = skip_word(s, end);
		if (*s != '[')
			add(conf, s, (size_t)(next - s));
	}
}

static int read_lines(struct db_nss_conf *conf, int fd, const char *name, const char *database,
		      struct err *err)
{
	struct io_lines lines = { .fd = fd, .delimiter = '\n', .name = name };
	char *text;
	size_t len;
	int rc;

	while ((rc = io_lines_next(&lines, &text, &len, err)) > 0)
		db_nss_conf_line(conf, database, text, len);
	io_lines_fini(&lines);
	return rc;
}

int db_nss_conf_read(struct db_nss_conf *conf, const char *path, const struct db_type *type,
		     struct err *err)
{
	char show[STR_SHOW];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), rc = 0;

	*conf = (struct db_nss_conf){ 0 };
	db_nss_conf_line(conf, "default", type->nss_default, strlen(type->nss_default));
	if (fd >= 0) {
		rc = read_lines(conf, fd, str_show(show, path), type->database, err);
		close(fd);
	} else if (errno != ENOENT) {
		rc = err_sys(err, "%s", str_show(show, path));
	}
	if (rc < 0)
		db_nss_conf_fini(conf);
	return rc;
}

void db_nss_conf_fini(struct db_nss_conf *conf)
{
	vec_fini(&conf->modules);
	arena_fini(&conf->memory);
}
