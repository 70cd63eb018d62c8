/* SPDX-License-Identifier: MIT */
/*
 * nsswitch.h - the sources that nsswitch.conf(5) names for a database, and what follows on each
 *
 * A source that was asked says one of four words; the action for it says whether that is the
 * end, or the next source is asked.  Without one in brackets SUCCESS returns and all else
 * continues.  The reader takes what glibc takes.
 */
#ifndef NETIPC_BASE_NSSWITCH_H
#define NETIPC_BASE_NSSWITCH_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/note.h"

enum nsswitch_status {
	NSSWITCH_SUCCESS,
	NSSWITCH_NOTFOUND,
	NSSWITCH_UNAVAIL,
	NSSWITCH_TRYAGAIN,
	NSSWITCH_STATUSES,
};

enum nsswitch_action {
	NSSWITCH_CONTINUE, /* the next source is asked */
	NSSWITCH_RETURN,
	NSSWITCH_MERGE, /* the next one's answer is added: of groups; getaddrinfo(3) fails there */
};

struct nsswitch_source {
	const char *name;
	enum nsswitch_action on[NSSWITCH_STATUSES];
	const char *actions; /* "[NOTFOUND=return]" as it is written; NULL if there is none */
	size_t column;       /* of the name */
};

struct nsswitch {
	struct nsswitch_sources VEC(struct nsswitch_source) sources; /* repetitions too */
	size_t line; /* of the file; 0: it has none, and the sources are libc's default */
	bool broken; /* glibc cannot read this line, and then finds nothing in any database */
	struct notes notes;  /* of this database's lines */
	struct arena memory; /* private */
};

/* "SUCCESS", as nsswitch.conf(5) and the modules have them; "return". */
const char *nsswitch_status_name(enum nsswitch_status status);
const char *nsswitch_action_name(enum nsswitch_action action);

/*
 * Reads the line of DATABASE ("hosts") in the LEN bytes at TEXT, the last one if there are
 * several.  If there is none the sources are those of FALLBACK ("files dns"), or none for NULL.
 */
void nsswitch_parse(struct nsswitch *n, const char *text, size_t len, const char *database,
		    const char *fallback);

/* The same of the file PATH; one that is not there is an empty one.  -1 if it cannot be read. */
int nsswitch_read(struct nsswitch *n, const char *path, const char *database, const char *fallback,
		  struct err *err) MUST_CHECK;

void nsswitch_fini(struct nsswitch *n);

#endif
