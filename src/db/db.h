/* SPDX-License-Identifier: MIT */
/*
 * db.h - the databases of hosts, protocols and services
 *
 * A struct db holds the rows of one database in the order of their source: a file that
 * our own reader has read, or libc's own calls.  What differs between the databases is a
 * struct db_type each; all else is written once.
 *
 *	db_init(&db, &db_services);
 *	if (db_read(&db, "/etc/services", &err) < 0) ...
 *	for (i = 0; (i = db_find(&db, &key, i)) < db.rows.n; i++) ... db.rows.v[i]
 *	db_fini(&db);
 */
#ifndef NETIPC_DB_DB_H
#define NETIPC_DB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"
#include "net/ipset.h"

struct buf;
struct db_csv;
struct db_index;
struct db_libc;
struct dbline;
struct lint_type;

/* An address of a host; ZONE is NULL if it has none. */
struct db_addr {
	struct ip ip;
	const char *zone;
};

/* One entry.  All that it points to lives as long as the db. */
struct db_row {
	const char *name;
	const char *const *aliases;
	size_t naliases;
	uint64_t line;       /* of the file, from 1; 0 if it is not from a file */
	const char *comment; /* COMMENT_LEN bytes, or NULL */
	size_t comment_len;
	union {
		struct {
			const struct db_addr *addrs; /* at least one */
			size_t naddrs;
		} host;
		struct {
			uint32_t number;
		} protocol;
		struct {
			uint16_t port; /* host order */
			const char *protocol;
		} service;
	} u;
};

/* What a user looks up. */
struct db_key {
	const char *text; /* as it was written */
	enum {
		DB_KEY_NAME,     /* NAME is an entry's name or alias */
		DB_KEY_NUMBER,   /* NUMBER is a protocol's or a port */
		DB_KEY_ADDRESS,  /* ADDR is a host's */
		DB_KEY_NUMBERS,  /* from NUMBER to LAST */
		DB_KEY_NETWORK,  /* a host's address is in SET */
		DB_KEY_PROTOCOL, /* PROTOCOL alone: every service over it */
	} kind;
	const char *name;
	uint32_t number, last;
	struct db_addr addr;  /* of a network the zone alone */
	struct ip plain;      /* ADDR as db_ip_plain() has it */
	struct ipset set;     /* sealed */
	const char *protocol; /* of a service, or NULL for any */
	char *memory;         /* private from here */
	char few[64];         /* MEMORY unless it must be larger */
};

/* How much two entries are the same: from all that they have to what they are for. */
enum db_level {
	DB_LEVEL_ALL,   /* every part is */
	DB_LEVEL_ENTRY, /* name and value are, an address as libc has it */
	DB_LEVEL_NAME,
	DB_LEVEL_VALUE,
	DB_LEVELS,
};

/* What a row is to an answer of libc's, which may be made of several rows. */
enum db_part {
	DB_PART_NONE,
	DB_PART_IN,    /* its address and name are in the answer */
	DB_PART_OTHER, /* its address is of a family that the answer has none of */
};

/* One kind of database. */
struct db_type {
	const char *what;        /* an entry: "host" */
	const char *database;    /* its name in nsswitch.conf(5): "hosts" */
	const char *nss_default; /* glibc's modules if it is not named there */

	/* Fills ROW, whose LINE and comment are set, from the fields of LINE, one at least. */
	int (*parse_line)(struct db_row *row, const struct dbline *line, struct arena *a,
			  struct err *err);

	/* Fills KEY, whose TEXT and MEMORY (a copy of it, to be cut up) are set. */
	int (*parse_key)(struct db_key *key, struct err *err);

	bool (*matches)(const struct db_row *row, const struct db_key *key);

	/* Gives INDEX each number and address of ROW, as it stands in a key. */
	void (*index)(const struct db_row *row, struct db_index *index);

	/*
	 * Appends what is the same in two rows that are so to LEVEL; false if ROW, of which
	 * little could be read, does not have it.
	 */
	bool (*identity)(const struct db_row *row, enum db_level level, struct buf *b);

	/* NULL if libc makes no answer of several rows. */
	enum db_part (*part)(const struct db_row *row, const struct db_row *answer);

	bool nocase; /* upper and lower case of a name are the same */

	const struct db_csv *csv; /* db/format.h, or NULL */
	const struct db_libc *libc;
	const struct lint_type *lint;
};

extern const struct db_type db_hosts, db_protocols, db_services;

/* A line that is not as it should be. */
struct db_fault {
	uint64_t line;
	const char *text;  /* what is wrong, with the column */
	bool lost;         /* the line has no row */
	struct db_row row; /* what could be read of it: a name or NULL, a host's address or none */
};

struct db {
	const struct db_type *type;
	struct db_rows VEC(struct db_row) rows;
	struct db_faults VEC(struct db_fault) faults;
	struct arena memory;
	bool (*wait)(int fd);                /* of struct io_lines, or NULL */
	bool stayopen;                       /* of db_libc_begin() */
	const char *call;                    /* the libc call that db_libc_find() made last */
	size_t lookups;                      /* private from here */
	bool (*is_extra)(const char *field); /* of the third of a line: it is no alias; or NULL */
	struct db_index *index;
};

void db_init(struct db *db, const struct db_type *type);
void db_fini(struct db *db);

/* Takes all rows and faults out: an index must not outlive them. */
void db_clear(struct db *db);

/*
 * Adds the rows of the file PATH, in any format of db/format.h, and a fault for each line that
 * cannot be read.  -1 with
 * ERR_SYSTEM if the file cannot be read, ERR_USAGE if a line is too long to be one, EINTR as
 * ERR's code if DB's wait() says no: the file may be a pipe that never ends.  It is read in
 * pieces, not mapped: a file that is cut short or replaced meanwhile does no harm.  One that is
 * written to meanwhile is read again, so that the rows are what it was or what it has become.
 */
int db_read(struct db *db, const char *path, struct err *err) MUST_CHECK;

/* The same for what can be read from FD, which stays open; errors call it NAME. */
int db_read_fd(struct db *db, int fd, const char *name, struct err *err) MUST_CHECK;

/* Adds a fault; TEXT is copied.  Returns it, until the next one is added. */
struct db_fault *db_add_fault(struct db *db, uint64_t line, const char *text, bool lost);

/* Adds the row or the fault of the one line that is the LEN bytes at TEXT. */
void db_read_line(struct db *db, uint64_t number, const char *text, size_t len);

/*
 * Takes TEXT apart, which must outlive KEY.  ERR_USAGE if it cannot be a key of the database.
 * End with db_key_fini().
 */
int db_key_parse(struct db_key *key, const struct db_type *type, const char *text,
		 struct err *err) MUST_CHECK;
void db_key_fini(struct db_key *key);

/*
 * For a type's parse_key(): TEXT, a part of KEY's memory, is "N" or "LO-HI"; NUMBER reads one of
 * them as prefix_parse() does.  Returns 1, 0 if it is neither and so a name, -1 with ERR filled.
 */
int db_key_numbers(struct db_key *key, const char *text,
		   int (*number)(uint32_t *n, const char *text, size_t len, size_t before,
				 struct err *err),
		   struct err *err) MUST_CHECK;

/* IPv4 that IP, ::ffff:192.0.2.1, is mapped from: the same host; else IP itself. */
struct ip db_ip_plain(const struct ip *ip);

/*
 * The index of the first of the rows that were read, from FROM on, that KEY is for; the number
 * of rows if none is.  From the second look-up on, which is a call with FROM 0, an index of
 * the rows makes each short that is for a name, a number or an address.
 */
size_t db_find(struct db *db, const struct db_key *key, size_t from);

/* ROW has NAME as its name or as an alias; NOCASE leaves ASCII case out of account. */
bool db_row_named(const struct db_row *row, const char *name, bool nocase);

/* How another source differs from a row. */
enum db_difference {
	DB_SAME, /* it has the name with the value: address, number, or port and protocol */
	DB_OTHER_ALIASES, /* it has, with other aliases; those of hosts are left out of account */
	DB_ABSENT,        /* it has neither the name nor the value */
	DB_OTHER_NAME,    /* it has the value under another name, or the name as an alias */
	DB_OTHER_VALUE,   /* it has the name, over the same protocol, but not this value */
};

/* What OTHER, which is of the same type, has for ROW's name and, of a host, its address I. */
enum db_difference db_compare(struct db *other, const struct db_row *row, size_t i);
/* Appends ROW's aliases, for an identity; the name itself, which musl gives, is none. */
void db_row_aliases(const struct db_row *row, struct buf *b);

/*
 * Begins look-ups by libc's own calls, which are not thread-safe: sethostent(1),
 * setprotoent(1) or setservent(1) if STAYOPEN, else nothing.
 */
void db_libc_begin(struct db *db, bool stayopen);

/* Adds all that gethostent(3), getprotoent(3) or getservent(3) gives. */
void db_libc_list(struct db *db);

/*
 * Replaces the rows of DB by what libc's call for KEY gives: one entry, or for
 * DB_KEY_PROTOCOL all that the list has.  ERR_NEGATIVE if there is none; for hosts, h_errno in
 * words, which may be ERR_SYSTEM.
 */
int db_libc_find(struct db *db, const struct db_key *key, struct err *err) MUST_CHECK;

/* endhostent(3), endprotoent(3) or endservent(3). */
void db_libc_end(const struct db *db);

#endif
