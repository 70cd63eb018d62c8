/* SPDX-License-Identifier: MIT */
/* install.c - netipc --install: links named after the commands */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "base/xalloc.h"
#include "cli/program.h"

/* The path of this binary; NULL with CLI->err filled. */
static char *self(struct cli *cli)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path));

	if (n < 0) {
		err_sys(&cli->err, "/proc/self/exe");
		return NULL;
	}
	if ((size_t)n == sizeof(path)) {
		err_set(&cli->err, ERR_SYSTEM, "/proc/self/exe: the path is too long");
		return NULL;
	}
	return xstrndup(path, (size_t)n);
}

/* PATH is a link to TARGET already. */
static bool linked_to(const char *path, const char *target)
{
	char to[4096];
	ssize_t n = readlink(path, to, sizeof(to));

	return n > 0 && (size_t)n == strlen(target) && memcmp(to, target, (size_t)n) == 0;
}

/* One link; what is there already is left as it is. */
static void link_one(struct cli *cli, const char *target, const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name), show[STR_SHOW];
	struct err err;

	str_show(show, path);
	if (symlink(target, path) == 0)
		fprintf(cli->out, "%s\n", show);
	else if (errno != EEXIST) {
		err_sys(&err, "%s", show);
		cli_complain(cli, &err);
	} else if (!linked_to(path, target)) {
		err_set(&err, ERR_NEGATIVE, "%s exists and is left as it is", show);
		cli_complain(cli, &err);
	}
	free(path);
}

int install_links(struct cli *cli, const struct command *const *table, const char *dir)
{
	char *target = self(cli), *beside, show[STR_SHOW];
	int rc = 0;

	if (!target)
		return -1;
	beside = xstrndup(target, (size_t)(strrchr(target, '/') - target));
	if (!dir)
		dir = beside;
	if (!*dir)
		rc = err_set(&cli->err, ERR_USAGE, "--install: the directory's name is empty");
	else if (access(dir, W_OK | X_OK) < 0)
		rc = err_sys(&cli->err, "%s", str_show(show, dir));
	for (; rc == 0 && *table; table++)
		link_one(cli, target, dir, (*table)->name);
	free(beside);
	free(target);
	return rc;
}
