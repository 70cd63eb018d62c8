/* SPDX-License-Identifier: MIT */
#include "db/db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "db/dbline.h"
#include "unit.h"

static const struct {
	const char *in;
	size_t nfields;
	const char *first, *last, *comment; /* NULL if there is none */
} splits[] = {
	{ "", 0, NULL, NULL, NULL },
	{ " \t\r", 0, NULL, NULL, NULL },
	{ "a", 1, "a", "a", NULL },
	{ "  a\tb\v\fc  ", 3, "a", "c", NULL },
	{ "1 2 3 4 5 6 7 8", 8, "1", "8", NULL },
	{ " 1\t2 3 4 5 6 7 8  last # c", 9, "1", "last", "c" },
	{ "a b\r", 2, "a", "b", NULL },
	{ "a b#c", 2, "a", "b", "c" },
	{ "a b # c # d ", 2, "a", "b", "c # d" },
	{ "a #", 1, "a", "a", NULL },
	{ "a # \t\r", 1, "a", "a", NULL },
	{ "# a b", 0, NULL, NULL, "a b" },
	{ "#", 0, NULL, NULL, NULL },
	{ "\xef\xbb\xbf"
	  "a b",
	  2, "a", "b", NULL },
	{ "\xff\xfe \xc3\xa4", 2, "\xff\xfe", "\xc3\xa4", NULL },
};

static void same_or_null(const char *got, const char *want)
{
	if (want)
		ck_assert_str_eq(got, want);
	else
		ck_assert_ptr_null(got);
}

START_TEST(lines_are_split)
{
	for (size_t i = 0; i < ARRAY_SIZE(splits); i++) {
		struct arena a = { 0 };
		struct dbline line;

		dbline_split(&line, &a, 1, splits[i].in, strlen(splits[i].in));
		ck_assert_int_eq(dbline_is_blank(splits[i].in, strlen(splits[i].in)),
				 splits[i].nfields == 0);
		ck_assert_msg(line.nfields == splits[i].nfields, "\"%s\": %zu fields", splits[i].in,
			      line.nfields);
		if (line.nfields) {
			ck_assert_str_eq(line.fields[0], splits[i].first);
			ck_assert_str_eq(line.fields[line.nfields - 1], splits[i].last);
		}
		same_or_null(line.comment, splits[i].comment);
		ck_assert_uint_eq(line.nul, 0);
		arena_fini(&a);
	}
}
END_TEST

START_TEST(marks_and_nuls_are_seen)
{
	static const char mark[] = "\xef\xbb\xbf"
				   "a";
	struct arena a = { 0 };
	struct dbline line;

	dbline_split(&line, &a, 1, mark, 4);
	ck_assert(line.bom);
	ck_assert_uint_eq(dbline_column(&line, line.fields[0]), 4);
	dbline_split(&line, &a, 2, mark, 4);
	ck_assert(!line.bom);
	ck_assert_str_eq(line.fields[0], mark);
	dbline_split(&line, &a, 3, "ab \0c", 5);
	ck_assert_uint_eq(line.nul, 4);
	dbline_split(&line, &a, 4, "ab # \0c", 7);
	ck_assert_uint_eq(line.nul, 0);
	ck_assert_uint_eq(line.comment_len, 2);
	arena_fini(&a);
}
END_TEST

/* One line of each database and what becomes of it. */
static const struct {
	const struct db_type *type;
	const char *in;
	const char *name; /* NULL if the line has no row */
	size_t naliases;
	const char *fault; /* then this is in the text of the fault */
} lines[] = {
	{ &db_hosts, "192.0.2.1 a", "a", 0, NULL },
	{ &db_hosts, "2001:db8::1\ta b\tc # d", "a", 2, NULL },
	{ &db_hosts, "fe80::1%lo a", "a", 0, NULL },
	{ &db_hosts, "::ffff:192.0.2.1 a", "a", 0, NULL },
	{ &db_hosts, "192.0.2.1", NULL, 0, "no name behind the address (column 10)" },
	{ &db_hosts, " 192.0.2.1 # a", NULL, 0, "no name behind the address (column 11)" },
	{ &db_hosts, "\t256.1.1.1 a", NULL, 0, "octet 256 is over 255 (column 2)" },
	{ &db_hosts, "010.0.0.1 a", NULL, 0, "leading zero" },
	{ &db_hosts, "1.2.3 a", NULL, 0, "3 octets" },
	{ &db_hosts, "fe80::1% a", NULL, 0, "the zone behind \"%\" is empty (column 8)" },
	{ &db_hosts, "192.0.2.1%lo a", NULL, 0, "a zone is for IPv6" },
	{ &db_hosts, "fe80::1%0123456789abcdef a", NULL, 0, "more than 15 bytes" },
	{ &db_hosts, "[::1] a", NULL, 0, "\"[\"" },
	{ &db_hosts, "192.0.2.1:80 a", NULL, 0, "(column 10)" },
	{ &db_hosts, "a 192.0.2.1", NULL, 0, "\"a\"" },
	{ &db_protocols, "tcp 6 TCP", "tcp", 1, NULL },
	{ &db_protocols, "ip 0", "ip", 0, NULL },
	{ &db_protocols, "mptcp 262", "mptcp", 0, NULL },
	{ &db_protocols, "x 65535", "x", 0, NULL },
	{ &db_protocols, "x 006", "x", 0, NULL },
	{ &db_protocols, "x 65536", NULL, 0,
	  "\"65536\" is not a number from 0 to 65535 (column 3)" },
	{ &db_protocols, "x", NULL, 0, "no number behind the name (column 2)" },
	{ &db_protocols, "x # 6", NULL, 0, "no number" },
	{ &db_protocols, "x 6x", NULL, 0, "\"6x\"" },
	{ &db_protocols, "x -6", NULL, 0, "\"-6\"" },
	{ &db_protocols, "x 0x6", NULL, 0, "\"0x6\"" },
	{ &db_protocols, "x 18446744073709551622", NULL, 0, "not a number" },
	{ &db_services, "http 80/tcp www", "http", 1, NULL },
	{ &db_services, "x 0/udp", "x", 0, NULL },
	{ &db_services, "x 65535/udp", "x", 0, NULL },
	{ &db_services, "x 00080/udp", "x", 0, NULL },
	{ &db_services, "x", NULL, 0, "no port behind the name (column 2)" },
	{ &db_services, "x 80", NULL, 0, "no protocol behind the port (column 5)" },
	{ &db_services, "x 80/", NULL, 0, "no protocol behind the port" },
	{ &db_services, "x /tcp", NULL, 0, "port \"\"" },
	{ &db_services, "x 65536/tcp", NULL, 0,
	  "\"65536\" is not a number from 0 to 65535 (column 3)" },
	{ &db_services, "x 0x50/tcp", NULL, 0, "\"0x50\"" },
	{ &db_services, "x +80/tcp", NULL, 0, "\"+80\"" },
	{ &db_services, "x 80 /tcp", NULL, 0, "no protocol" },
	{ &db_services, "x 80/tcp/udp", NULL, 0, "more than one slash (column 9)" },
	{ &db_services, "x 80/tcp/", NULL, 0, "more than one slash (column 9)" },
};

START_TEST(rows_are_read)
{
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		const char *in = lines[i].in;
		struct db db;

		db_init(&db, lines[i].type);
		db_read_line(&db, 7, in, strlen(in));
		if (lines[i].name) {
			ck_assert_msg(db.rows.n == 1 && db.faults.n == 0, "\"%s\" was not taken",
				      in);
			ck_assert_str_eq(db.rows.v[0].name, lines[i].name);
			ck_assert_uint_eq(db.rows.v[0].naliases, lines[i].naliases);
			ck_assert_uint_eq(db.rows.v[0].line, 7);
		} else {
			ck_assert_msg(db.rows.n == 0 && db.faults.n == 1, "\"%s\" was taken", in);
			ck_assert_msg(strstr(db.faults.v[0].text, lines[i].fault) != NULL,
				      "\"%s\": %s", in, db.faults.v[0].text);
			ck_assert_uint_eq(db.faults.v[0].line, 7);
			ck_assert(db.faults.v[0].lost);
		}
		db_fini(&db);
	}
}
END_TEST

static const struct {
	const char *file;
	const struct db_type *type;
} files[] = {
	{ "hosts", &db_hosts },
	{ "protocols", &db_protocols },
	{ "services", &db_services },
};

/* The database of TYPE from its fixture. */
static void read_fixture(struct db *db, const struct db_type *type)
{
	const char *dir = getenv("srcdir");
	struct err err;

	db_init(db, type);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		char *path;

		if (files[i].type != type)
			continue;
		path = xasprintf("%s/tests/data/%s", dir ? dir : ".", files[i].file);
		ck_assert_msg(db_read(db, path, &err) == 0, "%s", err.text);
		free(path);
	}
	ck_assert_uint_gt(db->rows.n, 0);
	ck_assert_uint_eq(db->faults.n, 0);
}

/* A key and the lines of the fixture that it is for. */
static const struct {
	const struct db_type *type;
	const char *key;
	uint64_t lines[6]; /* 0 ends them */
} keys[] = {
	{ &db_hosts, "localhost", { 2, 3 } },
	{ &db_hosts, "LocalHost", { 2, 3 } },
	{ &db_hosts, "ip6-loopback", { 3 } },
	{ &db_hosts, "BETA", { 5, 6 } },
	{ &db_hosts, "192.0.2.10", { 4, 9 } },
	{ &db_hosts, "2001:db8::12", { 7 } },
	{ &db_hosts, "2001:DB8:0:0::0:12", { 7 } },
	{ &db_hosts, "::1", { 3 } },
	{ &db_hosts, "::ffff:192.0.2.10", { 4, 9 } },
	{ &db_hosts, "[2001:db8::12]", { 7 } },
	{ &db_hosts, "[fe80::1%eth0]", { 8 } },
	{ &db_hosts, "0xc000020b", { 5 } },
	{ &db_hosts, "11.2.0.192.in-addr.arpa", { 5 } },
	{ &db_hosts, "http://192.0.2.11/", { 5 } },
	{ &db_hosts, "192.0.2.0/24", { 4, 5, 9 } },
	{ &db_hosts, "192.0.2.11/24", { 4, 5, 9 } },
	{ &db_hosts, "192.0.2.0/255.255.255.0", { 4, 5, 9 } },
	{ &db_hosts, "2.0.192.in-addr.arpa", { 4, 5, 9 } },
	{ &db_hosts, "192.0.2.11-192.0.2.20", { 5 } },
	{ &db_hosts, "192.0.2.9+2", { 4, 9 } },
	{ &db_hosts, "192.0.2.11/32", { 5 } },
	{ &db_hosts, "192.0.2.12/31", { 0 } },
	{ &db_hosts, "0.0.0.0/0", { 2, 4, 5, 9 } },
	{ &db_hosts, "::/0", { 3, 6, 7, 8 } },
	{ &db_hosts, "2001:db8::/32", { 6, 7 } },
	{ &db_hosts, "2001:db8::12-2001:db8::ffff", { 7 } },
	{ &db_hosts, "fe80::1%eth0/10", { 8 } },
	{ &db_hosts, "fe80::1%eth1/10", { 0 } },
	{ &db_hosts, "@loopback", { 2, 3 } },
	{ &db_hosts, "00-00-5e-00-53-01", { 0 } },
	{ &db_hosts, "2", { 0 } },
	{ &db_hosts, "beta-1", { 0 } },
	{ &db_hosts, "example.arpa", { 0 } },
	{ &db_hosts, "fe80::1", { 8 } },
	{ &db_hosts, "fe80::1%eth0", { 8 } },
	{ &db_hosts, "fe80::1%eth1", { 0 } },
	{ &db_hosts, "2001:db8::11%eth0", { 0 } },
	{ &db_hosts, "alpha.example", { 0 } },
	{ &db_protocols, "tcp", { 5 } },
	{ &db_protocols, "TCP", { 5 } },
	{ &db_protocols, "Tcp", { 0 } },
	{ &db_protocols, "0", { 2, 3 } },
	{ &db_protocols, "0006", { 5 } },
	{ &db_protocols, "262", { 8 } },
	{ &db_protocols, "255", { 0 } },
	{ &db_protocols, "0-6", { 2, 3, 4, 5 } },
	{ &db_protocols, "6-6", { 5 } },
	{ &db_protocols, "7-16", { 0 } },
	{ &db_protocols, "6-", { 0 } },
	{ &db_protocols, "-6", { 0 } },
	{ &db_protocols, "1-2-3", { 0 } },
	{ &db_services, "syslog", { 7, 8 } },
	{ &db_services, "syslog/udp", { 8 } },
	{ &db_services, "514", { 7, 8 } },
	{ &db_services, "514/tcp", { 7 } },
	{ &db_services, "00053/udp", { 5 } },
	{ &db_services, "domain", { 4, 5 } },
	{ &db_services, "WWW", { 0 } },
	{ &db_services, "/udp", { 5, 8 } },
	{ &db_services, "/ddp", { 10 } },
	{ &db_services, "/UDP", { 0 } },
	{ &db_services, "http/udp", { 0 } },
	{ &db_services, "65535", { 0 } },
	{ &db_services, "23-53", { 2, 3, 4, 5 } },
	{ &db_services, "23-53/udp", { 5 } },
	{ &db_services, "514-514", { 7, 8 } },
	{ &db_services, "54-79", { 0 } },
	{ &db_services, "23-x", { 0 } },
};

START_TEST(keys_find_all)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		size_t row = 0, n = 0;
		struct db_key key;
		struct err err;
		struct db db;

		read_fixture(&db, keys[i].type);
		ck_assert_msg(db_key_parse(&key, keys[i].type, keys[i].key, &err) == 0, "%s",
			      err.text);
		for (; (row = db_find(&db, &key, row)) < db.rows.n; row++, n++)
			ck_assert_msg(db.rows.v[row].line == keys[i].lines[n],
				      "%s: line %u, wanted %u", keys[i].key,
				      (unsigned)db.rows.v[row].line, (unsigned)keys[i].lines[n]);
		ck_assert_msg(keys[i].lines[n] == 0, "%s: only %zu rows", keys[i].key, n);
		db_key_fini(&key);
		db_fini(&db);
	}
}
END_TEST

/* With an index, which the second look-up makes, each key has the rows that match it. */
START_TEST(an_index_finds_the_same)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct db db;

		read_fixture(&db, files[i].type);
		for (size_t k = 0; k < 2 * ARRAY_SIZE(keys); k++) {
			const char *text = keys[k / 2].key;
			struct db_key key;
			struct err err;
			size_t at = 0;

			if (db_key_parse(&key, files[i].type, text, &err) < 0)
				continue; /* one of another database */
			for (size_t row = 0; row < db.rows.n; row++)
				if (files[i].type->matches(&db.rows.v[row], &key)) {
					at = db_find(&db, &key, at);
					ck_assert_msg(at++ == row, "%s: not row %zu", text, row);
				}
			ck_assert_msg(db_find(&db, &key, at) == db.rows.n, "%s: too much", text);
			db_key_fini(&key);
		}
		ck_assert_ptr_nonnull(db.index);
		db_fini(&db);
	}
}
END_TEST

/* Rows that are read after the index was made are in the next one. */
START_TEST(an_index_keeps_up)
{
	static const char *const more[] = { "192.0.2.1 a A", "192.0.2.2 b", "::1 B" };
	struct db_key key;
	struct err err;
	struct db db;
	size_t n = 0;

	db_init(&db, &db_hosts);
	ck_assert(db_key_parse(&key, &db_hosts, "b", &err) == 0);
	for (size_t i = 0; i < ARRAY_SIZE(more); i++) {
		db_read_line(&db, i + 1, more[i], strlen(more[i]));
		n = db_find(&db, &key, 0);
		ck_assert_uint_eq(n, 1);
	}
	ck_assert_uint_eq(db_find(&db, &key, 2), 2);
	ck_assert_uint_eq(db_find(&db, &key, 3), 3);
	db_key_fini(&key);
	db_fini(&db);
}
END_TEST

static const struct {
	const struct db_type *type;
	const char *key, *reason;
} bad_keys[] = {
	{ &db_hosts, "", "no host has an empty name" },
	{ &db_protocols, "", "no protocol has an empty name" },
	{ &db_services, "", "no service has an empty name" },
	{ &db_hosts, "256.1.1.1", "octet 256 is over 255 (column 1)" },
	{ &db_hosts, "1.2.3", "3 octets" },
	{ &db_hosts, "1::2::3", "more than once" },
	{ &db_hosts, "fe80::1%", "is empty" },
	{ &db_hosts, "a%b", "\"a\"" },
	{ &db_hosts, "192.0.2.1:80", "\"192.0.2.1:80\": no host has a port" },
	{ &db_hosts, "unix:/x", "no host has a UNIX address" },
	{ &db_hosts, "[::1", "\"[\"" },
	{ &db_hosts, "192.0.2.0/33", "length 33 is over 32 (column 11)" },
	{ &db_hosts, "192.0.2.9-192.0.2.1", "ends before it begins (column 11)" },
	{ &db_hosts, "192.0.2.1-::1", "one end is IPv4, the other IPv6" },
	{ &db_hosts, "a/24", "\"a\"" },
	{ &db_hosts, "@nothing", "nothing" },
	{ &db_protocols, "65536", "not a number from 0 to 65535" },
	{ &db_protocols, "1-65536", "\"65536\" is not a number from 0 to 65535 (column 3)" },
	{ &db_protocols, "17-6", "\"17-6\": it ends before it begins (column 4)" },
	{ &db_services, "http/", "no protocol behind the slash (column 6)" },
	{ &db_services, "/", "no protocol behind the slash (column 2)" },
	{ &db_services, "80/tcp/", "more than one slash (column 7)" },
	{ &db_services, "80/tcp/udp", "more than one slash (column 7)" },
	{ &db_services, "//", "more than one slash (column 2)" },
	{ &db_services, "65536", "not a number from 0 to 65535" },
	{ &db_services, "65536/tcp", "not a number from 0 to 65535" },
	{ &db_services, "1-65536/tcp", "\"65536\" is not a number from 0 to 65535 (column 3)" },
	{ &db_services, "90-80/tcp", "\"90-80/tcp\": it ends before it begins (column 4)" },
};

START_TEST(bad_keys_are_refused)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad_keys); i++) {
		struct db_key key;
		struct err err = { 0 };

		ck_assert_msg(db_key_parse(&key, bad_keys[i].type, bad_keys[i].key, &err) < 0,
			      "\"%s\" was taken", bad_keys[i].key);
		ck_assert_int_eq(err.kind, ERR_USAGE);
		ck_assert_msg(strstr(err.text, bad_keys[i].reason) != NULL, "%s: %s",
			      bad_keys[i].key, err.text);
	}
}
END_TEST

/* Each row that the listing of libc gives is one that the row's own name finds. */
START_TEST(libc_agrees_with_itself)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct db all, one;

		if (files[i].type == &db_hosts)
			continue; /* a name that is not in the file would ask DNS */
		db_init(&all, files[i].type);
		db_init(&one, files[i].type);
		db_libc_begin(&all, true);
		db_libc_list(&all);
		for (size_t k = 0; k < all.rows.n; k++) {
			struct db_key key;
			struct err err;

			ck_assert(db_key_parse(&key, files[i].type, all.rows.v[k].name, &err) == 0);
			ck_assert_msg(db_libc_find(&one, &key, &err) == 0, "%s", err.text);
			ck_assert_uint_eq(one.rows.n, 1);
			ck_assert(files[i].type->matches(&one.rows.v[0], &key));
			db_key_fini(&key);
		}
		db_libc_end(&all);
		db_fini(&one);
		db_fini(&all);
	}
}
END_TEST

START_TEST(files_that_cannot_be_read)
{
	struct err err = { 0 };
	struct db db;

	db_init(&db, &db_hosts);
	ck_assert_int_lt(db_read(&db, "/nonexistent/hosts", &err), 0);
	ck_assert_int_eq(err.kind, ERR_SYSTEM);
	ck_assert_ptr_nonnull(strstr(err.text, "/nonexistent/hosts"));
	ck_assert_int_lt(db_read(&db, "/", &err), 0);
	ck_assert_int_eq(err.kind, ERR_SYSTEM);
	ck_assert_int_eq(db_read(&db, "/dev/null", &err), 0);
	ck_assert_uint_eq(db.rows.n, 0);
	db_fini(&db);
}
END_TEST

/* Files in other formats: what is on each of their rows, and the text of their faults. */
static const struct {
	const struct db_type *type;
	const char *text, *rows;
	const char *faults;
} formats[] = {
	{ &db_protocols, "Decimal,Keyword,Protocol\n6,TCP,Control\n", "2 tcp TCP 6 Control\n", "" },
	{ &db_protocols,
	  "\xef\xbb\xbf"
	  "Protocol,Decimal,keyword\r\nControl,6,tcp\r\n\r\n",
	  "2 tcp 6 Control\n", "" },
	{ &db_protocols, "Decimal,Keyword,Protocol\n9,IGP,\"a\n  b\n\"\n10,\"X \"\"Y\"\"\",\"c,d\"",
	  "2 igp IGP 9 a b\n5 x-\"y\" X-\"Y\" 10 c,d\n", "" },
	{ &db_protocols,
	  "Decimal,Keyword,Protocol\n61,,any\n,A,\n148-150,,\n13,ARGUS (old),\n"
	  "135,Mobility Header\n",
	  "5 argus ARGUS 13\n6 mobility-header Mobility-Header 135\n", "" },
	{ &db_protocols, "Decimal,Keyword,Protocol\nx,A,\n1-,A,\n65536,A,\n3-1,A,\n-1,A,\n2,B,\n",
	  "7 b B 2\n", "2 (column 1)\n3 (column 3)\n4 (column 1)\n5 (column 3)\n6 (column 1)\n" },
	{ &db_protocols, "Decimal,Keyword,Protocol\n1,A,\"b\n2,C,d\n", "", "2 not closed\n" },
	/* not a heading, so a line of a file */
	{ &db_protocols, "Decimal,Keyword\n", "", "1 no number\n" },
	{ &db_services,
	  "Service Name,Port Number,Transport Protocol,Description\na,7-9,tcp,d\n"
	  ",1,tcp,\nb,,tcp,\nc,5,,\nd,2-1,udp,\n",
	  "2 a 7/tcp d\n2 a 8/tcp d\n2 a 9/tcp d\n", "5 no protocol (column 5)\n6 (column 5)\n" },
	{ &db_services, "# nmap\na 1/tcp 0.5 # c\nb 2/tcp 1/1000 x\nc 3/tcp 0. y\nd 4/tcp\n",
	  "2 a 1/tcp c\n3 b x 2/tcp\n4 c 0. y 3/tcp\n5 d 4/tcp\n", "" },
	/* the first entry says that there are no frequencies */
	{ &db_services, "x\na 1/tcp\nb 2/tcp 0.5\n", "2 a 1/tcp\n3 b 0.5 2/tcp\n", "1 no port\n" },
	{ &db_protocols, "a 1 0.5\n", "1 a 0.5 1\n", "" },
};

static void add_row_text(struct buf *b, const struct db_type *type, const struct db_row *row)
{
	buf_printf(b, "%u %s", (unsigned)row->line, row->name);
	for (size_t i = 0; i < row->naliases; i++)
		buf_printf(b, " %s", row->aliases[i]);
	if (type == &db_services)
		buf_printf(b, " %u/%s", row->u.service.port, row->u.service.protocol);
	else
		buf_printf(b, " %u", (unsigned)row->u.protocol.number);
	if (row->comment)
		buf_printf(b, " %.*s", (int)row->comment_len, row->comment);
	buf_addc(b, '\n');
}

/* The bytes as a file that can be read. */
static int read_text(struct db *db, const char *text, size_t len, struct err *err)
{
	FILE *fp = tmpfile();
	int rc;

	ck_assert_ptr_nonnull(fp);
	ck_assert_uint_eq(fwrite(text, 1, len, fp), len);
	ck_assert_int_eq(fflush(fp), 0);
	rewind(fp);
	rc = db_read_fd(db, fileno(fp), "text", err);
	fclose(fp);
	return rc;
}

START_TEST(other_formats)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		const char *want = formats[i].faults;
		struct buf b = { 0 };
		struct err err;
		struct db db;

		db_init(&db, formats[i].type);
		ck_assert_int_eq(read_text(&db, formats[i].text, strlen(formats[i].text), &err), 0);
		for (size_t k = 0; k < db.rows.n; k++)
			add_row_text(&b, formats[i].type, &db.rows.v[k]);
		ck_assert_msg(strcmp(buf_str(&b), formats[i].rows) == 0, "%s: %s", formats[i].text,
			      b.data);
		for (size_t k = 0; k < db.faults.n; k++) {
			const char *text = db.faults.v[k].text, *end = strchr(want, '\n');
			char *rest;

			if (strstr(text, "byte order mark"))
				continue;
			ck_assert_msg(end != NULL, "%s: %s", formats[i].text, text);
			ck_assert_uint_eq(db.faults.v[k].line, strtoul(want, &rest, 10));
			rest = xstrndup(rest + 1, (size_t)(end - rest - 1));
			ck_assert_msg(strstr(text, rest) != NULL, "%s: %s, not %s", formats[i].text,
				      text, rest);
			free(rest);
			want = end + 1;
		}
		ck_assert_msg(*want == '\0', "%s: no fault: %s", formats[i].text, want);
		buf_fini(&b);
		db_fini(&db);
	}
}
END_TEST

/* A file of another database; ranges that would fill the memory. */
START_TEST(formats_that_are_refused)
{
	static const char services[] = "Service Name,Port Number,Transport Protocol,Description\n";
	struct err err = { 0 };
	struct buf b = { 0 };
	struct db db;

	db_init(&db, &db_hosts);
	ck_assert_int_lt(read_text(&db, services, strlen(services), &err), 0);
	ck_assert_int_eq(err.kind, ERR_USAGE);
	ck_assert_str_eq(err.text, "text: IANA's services, and no hosts");
	db_fini(&db);

	buf_adds(&b, services);
	for (int i = 0; i < 1000; i++)
		buf_adds(&b, "a,0-65535,tcp,\n");
	db_init(&db, &db_services);
	ck_assert_int_eq(read_text(&db, b.data, b.len, &err), 0);
	ck_assert_uint_eq(db.rows.n, 4 * 65536);
	ck_assert_uint_eq(db.faults.n, 996);
	ck_assert_ptr_nonnull(strstr(db.faults.v[0].text, "more than 262144 numbers"));
	db_fini(&db);
	buf_fini(&b);
}
END_TEST

static bool no_wait(int fd UNUSED)
{
	return false;
}

START_TEST(reading_can_be_stopped)
{
	const char *dir = getenv("srcdir");
	char *path = xasprintf("%s/tests/data/hosts", dir ? dir : ".");
	struct err err = { 0 };
	struct db db;

	db_init(&db, &db_hosts);
	db.wait = no_wait;
	ck_assert_int_lt(db_read(&db, path, &err), 0);
	ck_assert_int_eq(err.code, EINTR);
	ck_assert_uint_eq(db.rows.n, 0);
	db_fini(&db);
	free(path);
}
END_TEST

UNIT_MAIN("db", lines_are_split, marks_and_nuls_are_seen, rows_are_read, keys_find_all,
	  an_index_finds_the_same, an_index_keeps_up, bad_keys_are_refused, libc_agrees_with_itself,
	  other_formats, formats_that_are_refused, files_that_cannot_be_read,
	  reading_can_be_stopped)
