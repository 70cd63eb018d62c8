/* SPDX-License-Identifier: MIT */
/*
 * nss.h - what the system's name service says, and each module of it alone
 *
 * glibc finds hosts, protocols and services by modules, which nsswitch.conf(5) names: files,
 * dns, myhostname.  To ask one of them alone changes how a process resolves names, and a
 * module may hang or crash: so a child asks, never this process, one child for all
 * questions to a source.
 *
 *	struct db_nss nss = { .type = &db_hosts, .module = "dns", .timeout_ns = 5 * CLOCK_S };
 *	if (db_nss_ask(&nss, "localhost", &db, &err) < 0) ...
 *	db_nss_close(&nss);
 *
 * By name hosts are asked for with getaddrinfo(3), all else with the calls of libc.h.
 */
#ifndef NETIPC_DB_NSS_H
#define NETIPC_DB_NSS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"

struct db;
struct db_row;
struct db_type;

/* A source that is asked.  Zero it, then set the first members. */
struct db_nss {
	const struct db_type *type;
	const char *module;  /* this one alone; NULL: all, as the system is configured */
	uint64_t timeout_ns; /* for each answer */

	/*
	 * 1 if FD can be read, 0 if DEADLINE_NS of clock_now_ns() has passed, -1 if there shall
	 * be no more waiting, because a signal has come.
	 */
	int (*wait)(int fd, uint64_t deadline_ns);

	pid_t pid; /* private from here; 0: no child */
	int fd;
	struct buf in; /* what it said; up to POS it has been read */
	size_t pos;
};

/* This system's modules can be asked one by one: glibc's can. */
bool db_nss_has_modules(void);

/*
 * Adds to DB the rows that are the answer to KEY, or with NULL the whole list.  -1 with
 * ERR_NEGATIVE if there is none and ERR_USAGE if KEY cannot be one; with ERR_SYSTEM if the
 * source cannot be asked, gives no answer in time, or ends: the next question then has
 * a new child.  The code is EINTR after wait() has said no, ENOENT if there is no such
 * module here.
 */
int db_nss_ask(struct db_nss *nss, const char *key, struct db *db, struct err *err) MUST_CHECK;

/* Ends the child. */
void db_nss_close(struct db_nss *nss);

/* The modules that nsswitch.conf(5) names for a database, each once, in its order. */
struct db_nss_conf {
	struct db_nss_modules VEC(const char *) modules;
	struct arena memory;
};

/*
 * Reads the line of TYPE's database from PATH; if there is none, or no such file, the
 * modules are those that glibc takes then.  -1 with ERR_SYSTEM if PATH cannot be read.
 */
int db_nss_conf_read(struct db_nss_conf *conf, const char *path, const struct db_type *type,
		     struct err *err) MUST_CHECK;
void db_nss_conf_fini(struct db_nss_conf *conf);

#endif
