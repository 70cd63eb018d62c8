/* SPDX-License-Identifier: MIT */
/* libc_child.c - the process that asks libc and watches the file */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/compat.h"
#include "db/db.h"
#include "db/libc.h"
#include "db/libc_opens.h"

/* TIMES calls were made: what the watch FD has is theirs. */
static int count(struct db_opens *opens, int fd, const char *call, uint64_t times, struct err *err)
{
	size_t i = 0;
	uint64_t n;

	if (db_opens_drain(fd, &n, err) < 0)
		return -1;
	while (i < opens->n && strcmp(opens->calls[i].call, call) != 0)
		i++;
	if (i == DB_OPENS_CALLS)
		return err_set(err, ERR_SYSTEM, "no room for the call %s", call);
	if (i == opens->n)
		memccpy(opens->calls[opens->n++].call, call, '\0',
			sizeof(opens->calls[i].call) - 1);
	opens->calls[i].times += times;
	opens->calls[i].opens += n;
	return 0;
}

/* Call by call: the kernel may make one of equal events that follow each other. */
static int count_keys(struct db_opens *opens, struct db *db, int fd,
		      const struct db_opens_task *task, struct err *err)
{
	struct err ignored; /* a look-up without an answer is one, too */
	int rc = 0;

	for (size_t i = 0; i < task->n && rc == 0; i++) {
		struct db_key key;

		if (db_key_parse(&key, db->type, task->keys[i], &ignored) < 0)
			continue;
		db->call = NULL;
		if (db_libc_find(db, &key, &ignored) == 0 || db->call)
			rc = count(opens, fd, db->call, 1, err);
		db_key_fini(&key);
	}
	return rc;
}

static int count_list(struct db_opens *opens, struct db *db, int fd, struct err *err)
{
	db_libc_list(db);
	return count(opens, fd, db->type->libc->list_call, db->rows.n + 1, err);
}

static int work(struct db_opens *opens, const struct db_opens_task *task, struct err *err)
{
	int fd = db_opens_watch(task->path, err), rc = 0;
	struct db db;

	if (fd < 0)
		return -1;
	db_init(&db, task->type);
	db_libc_begin(&db, task->stayopen);
	if (task->stayopen)
		rc = count(opens, fd, task->type->libc->set_call, 1, err);
	if (rc == 0 && task->n > 0)
		rc = count_keys(opens, &db, fd, task, err);
	else if (rc == 0)
		rc = count_list(opens, &db, fd, err);
	db_libc_end(&db);
	db_fini(&db);
	close(fd);
	return rc;
}

void db_opens_child(int fd, const struct db_opens_task *task)
{
	struct db_opens_report report = { .err.kind = ERR_NONE };

	compat_end_with_parent(); /* it may wait for ever, and a signal ends the parent */
	(void)!work(&report.opens, task, &report.err);
	_exit(send(fd, &report, sizeof(report), MSG_NOSIGNAL) < 0);
}
