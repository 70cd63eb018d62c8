/* SPDX-License-Identifier: MIT */
/*
 * format.h - the formats that a file of a database comes in, told apart by what is in it
 *
 *	lines   hosts(5), protocols(5), services(5)
 *	nmap    services(5) with how often a port was found open in place of the first alias:
 *	        http	80/tcp	0.484143	# World Wide Web HTTP
 *	csv     IANA's registries as RFC 4180: the first line is the headings, by which columns
 *	        are found; a field in quotes may go over several lines
 *
 *	struct db_format f = { 0 };
 *	for each line: db_format_line(&f, &db, number, text, len, &err)
 *	db_format_end(&f, &db);
 *
 * A line of IANA without a name (unassigned, reserved) or without a number (a name for DNS
 * alone) is no entry and no fault.  A range of numbers is an entry for each of them.
 */
#ifndef NETIPC_DB_FORMAT_H
#define NETIPC_DB_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct db;
struct db_row;

/* What is peculiar to IANA's CSV of one database. */
struct db_csv {
	const char *what; /* "IANA's services" */
	/* Headings; PROTOCOL is NULL if it has none. */
	const char *name, *number, *protocol, *comment;
	/* As for db_key_numbers(). */
	int (*parse)(uint32_t *n, const char *text, size_t len, size_t before, struct err *err);
	void (*set)(struct db_row *row, uint32_t number, const char *protocol);
	bool capitals; /* its names are others' aliases: TCP, where others have tcp */
};

enum {
	DB_CSV_NAME,
	DB_CSV_NUMBER,
	DB_CSV_PROTOCOL,
	DB_CSV_COMMENT,
	DB_CSV_COLS,
};

/* A file that is read; zero it. */
struct db_format {
	enum {
		DB_FORMAT_UNKNOWN, /* until the first entry: read as lines */
		DB_FORMAT_LINES,
		DB_FORMAT_CSV,
	} kind;
	size_t cols[DB_CSV_COLS]; /* where the columns of a CSV are */
	struct buf record;        /* of a CSV, as much as has been read */
	uint64_t number;          /* of the line that it begins with */
	bool quoted;              /* it goes on in a quoted field */
	size_t ranged;            /* rows that came from ranges */
};

/*
 * Adds the rows and faults of the next line to DB, the LEN bytes at TEXT.  ERR_USAGE if the file
 * is of another database, or a record of it is too long to be one.
 */
int db_format_line(struct db_format *f, struct db *db, uint64_t number, const char *text,
		   size_t len, struct err *err) MUST_CHECK;

/* The end of the file: a quote that is still open is a fault.  Frees what F holds. */
void db_format_end(struct db_format *f, struct db *db);

#endif
