/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "db/db.h"
#include "db/diff.h"
#include "unit.h"

/*
 * The lines of FILE, and those that libc is to have given: as in a file, but that several
 * addresses of one host have commas between, and a name may be "-": empty.  WANT is "LINE WORD"
 * for each entry, with the name that libc has of it behind a = if it has one; KEY is NULL for
 * the lists.
 */
static const struct {
	const char *what;
	const struct db_type *type;
	const char *key, *file, *libc, *want;
} cases[] = {
	{ "nothing", &db_hosts, NULL, "", "", "" },
	{ "the same", &db_services, NULL, "a 1/tcp x y\nb 2/udp", "a 1/tcp x y\nb 2/udp",
	  "1 kept=a\n2 kept=b\n" },
	{ "the order does not matter", &db_services, NULL, "a 1/tcp\nb 2/udp", "b 2/udp\na 1/tcp",
	  "1 kept=a\n2 kept=b\n" },
	{ "twice is not once", &db_protocols, NULL, "a 1\na 1", "a 1", "1 kept=a\n2 dropped\n" },
	{ "once is not twice", &db_protocols, NULL, "a 1", "a 1\na 1", "1 kept=a\n0 added=a\n" },
	{ "all dropped", &db_services, NULL, "a 1/tcp\nb 2/udp", "", "1 dropped\n2 dropped\n" },
	{ "all added", &db_services, NULL, "", "a 1/tcp", "0 added=a\n" },
	{ "an alias less", &db_protocols, NULL, "a 1 A", "a 1", "1 changed=a\n" },
	{ "an alias that is the name", &db_protocols, NULL, "a 1", "a 1 a", "1 kept=a\n" },
	{ "another number", &db_protocols, NULL, "a 1", "a 2", "1 changed=a\n" },
	{ "another name", &db_protocols, NULL, "a 1", "b 1", "1 changed=b\n" },
	{ "the same name goes before the same number", &db_protocols, NULL, "a 1\nb 2", "b 1",
	  "1 dropped\n2 changed=b\n" },
	{ "a protocol of its own", &db_services, NULL, "a 1/tcp", "a 1/udp",
	  "1 dropped\n0 added=a\n" },
	{ "IPv6 dropped", &db_hosts, NULL, "192.0.2.1 a\n2001:db8::1 a", "192.0.2.1 a",
	  "1 kept=a\n2 dropped\n" },
	{ "IPv6 is not made IPv4", &db_hosts, NULL, "2001:db8::1 a", "192.0.2.1 a",
	  "1 dropped\n0 added=a\n" },
	{ "loopback", &db_hosts, NULL, "127.0.0.1 l\n::1 l ip6-l", "127.0.0.1 l\n127.0.0.1 l ip6-l",
	  "1 kept=l\n2 changed=l\n" },
	{ "loopback first, and dropped", &db_hosts, NULL, "::1 l\n127.0.0.1 l", "127.0.0.1 l",
	  "1 dropped\n2 kept=l\n" },
	{ "mapped", &db_hosts, NULL, "::ffff:192.0.2.1 a", "192.0.2.1 a", "1 changed=a\n" },
	{ "zone", &db_hosts, NULL, "fe80::1%lo a", "fe80::1 a", "1 changed=a\n" },
	{ "nameless", &db_hosts, NULL, "192.0.2.1\n192.0.2.1 a", "192.0.2.1 -\n192.0.2.1 a",
	  "1 nameless=\n2 kept=a\n" },
	{ "a line that nobody reads", &db_hosts, NULL, "1.2.3 a\n192.0.2.1 b", "192.0.2.1 b",
	  "1 dropped\n2 kept=b\n" },
	{ "a line that libc alone reads", &db_services, NULL, "a 65537/tcp\nb 2/tcp",
	  "a 1/tcp\nb 2/tcp", "1 changed=a\n2 kept=b\n" },

	{ "key: nothing", &db_services, "a", "", "", "" },
	{ "key: the first match", &db_services, "a", "a 1/tcp\na 1/udp\nb 2/tcp a", "a 1/tcp",
	  "1 kept=a\n2 not-first\n3 not-first\n" },
	{ "key: not the first match", &db_services, "a", "a 1/tcp\na 1/udp", "a 1/udp",
	  "1 not-first\n2 kept=a\n" },
	{ "key: no answer", &db_services, "a", "a 1/tcp\nb 1/udp", "", "1 dropped\n" },
	{ "key: an answer of its own", &db_services, "a", "b 1/tcp", "a 1/tcp", "0 added=a\n" },
	{ "key: the alias as the name", &db_services, "www", "http 80/tcp www", "www 80/tcp",
	  "1 changed=www\n" },
	{ "key: a number", &db_protocols, "0", "ip 0\nhopopt 0", "ip 0",
	  "1 kept=ip\n2 not-first\n" },
	{ "key: a list of numbers", &db_protocols, "0-2", "a 0\nb 1\nc 2\nd 3", "a 0\nc 2",
	  "1 kept=a\n2 dropped\n3 kept=c\n" },
	{ "key: all over a protocol", &db_services, "/udp", "a 1/tcp\nb 1/udp\nc 2/udp", "b 1/udp",
	  "2 kept=b\n3 dropped\n" },
	{ "key: merged", &db_hosts, "a", "2001:db8::1 a\n192.0.2.1 a\n192.0.2.2 a b",
	  "192.0.2.1,192.0.2.2 a b", "1 dropped\n2 merged\n3 merged=a\n" },
	{ "key: merged, another name", &db_hosts, "a", "192.0.2.1 x a\n192.0.2.2 y a",
	  "192.0.2.1,192.0.2.2 x a y", "1 merged\n2 merged=x\n" },
	{ "key: more addresses than the file has", &db_hosts, "a", "192.0.2.1 a",
	  "192.0.2.1,192.0.2.2 a", "1 changed=a\n" },
	{ "key: one of two", &db_hosts, "a", "192.0.2.1 a\n192.0.2.2 a", "192.0.2.2 a",
	  "1 not-first\n2 kept=a\n" },
	{ "key: both families", &db_hosts, "a", "192.0.2.1 a\n2001:db8::1 a",
	  "192.0.2.1,2001:db8::1 a", "1 merged\n2 merged=a\n" },
	{ "key: DNS has another address", &db_hosts, "a", "192.0.2.1 a", "192.0.2.9 a",
	  "1 changed=a\n" },
	{ "key: an address", &db_hosts, "192.0.2.1", "192.0.2.1 a\n192.0.2.1 b", "192.0.2.1 a",
	  "1 kept=a\n2 not-first\n" },
	{ "key: mapped", &db_hosts, "192.0.2.1", "::ffff:192.0.2.1 a", "192.0.2.1 a",
	  "1 changed=a\n" },
	{ "key: a nameless line", &db_hosts, "192.0.2.1", "192.0.2.1", "192.0.2.1 -",
	  "1 nameless=\n" },
	{ "key: a line that libc alone reads", &db_services, "a", "a 65537/tcp", "a 1/tcp",
	  "1 changed=a\n" },
	{ "key: a network", &db_hosts, "192.0.2.0/24", "192.0.2.1 a\n192.0.3.1 b\n192.0.2.2 c",
	  "192.0.2.1 a", "1 kept=a\n3 dropped\n" },
};

/* Adds the lines of TEXT to DB. */
static void read_lines(struct db *db, const char *text)
{
	uint64_t number = 1;

	while (*text) {
		size_t n = strcspn(text, "\n");

		db_read_line(db, number++, text, n);
		text += n + (text[n] == '\n');
	}
}

/* The same as libc's rows: without lines, and "-" is no name. */
static void read_answers(struct db *db, const char *text)
{
	static struct db_addr addrs[2];

	while (*text) {
		size_t n = strcspn(text, "\n"), comma = strcspn(text, ",");
		char line[128];
		struct db_row *row;

		if (comma >= n)
			comma = 0;
		snprintf(line, sizeof(line), "%.*s", (int)(n - comma - !!comma),
			 text + comma + !!comma);
		db_read_line(db, 1, line, strlen(line));
		ck_assert_uint_eq(db->faults.n, 0);
		row = &db->rows.v[db->rows.n - 1];
		row->line = 0;
		if (strcmp(row->name, "-") == 0)
			row->name = "";
		if (comma) { /* the first address and the one of the row */
			ck_assert_int_eq(ip_parse(&addrs[0].ip, text, comma, 0, NULL), 0);
			addrs[1] = row->u.host.addrs[0];
			row->u.host.addrs = addrs;
			row->u.host.naddrs = 2;
		}
		text += n + (text[n] == '\n');
	}
}

static void show(struct buf *b, const struct db_diff *diff)
{
	for (size_t i = 0; i < diff->n; i++) {
		const struct db_diff_item *item = &diff->v[i];
		uint64_t line = item->broken ? item->broken->line : 0;

		ck_assert(!item->file || !item->broken);
		ck_assert(item->file || item->broken || item->kind == DB_DIFF_ADDED);
		buf_printf(b, "%u %s", (unsigned)(item->file ? item->file->line : line),
			   db_diff_word(item->kind));
		if (item->libc)
			buf_printf(b, "=%s", item->libc->name);
		buf_addc(b, '\n');
	}
}

START_TEST(differences)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct db file, libc;
		struct db_diff diff = { 0 };
		struct buf b = { 0 };
		struct db_key key;
		struct err err;

		db_init(&file, cases[i].type);
		db_init(&libc, cases[i].type);
		read_lines(&file, cases[i].file);
		read_answers(&libc, cases[i].libc);
		if (cases[i].key) {
			ck_assert_int_eq(db_key_parse(&key, cases[i].type, cases[i].key, &err), 0);
			db_diff_key(&diff, &file, &libc, &key);
			db_key_fini(&key);
		} else {
			db_diff_lists(&diff, &file, &libc);
		}
		show(&b, &diff);
		ck_assert_msg(strcmp(buf_str(&b), cases[i].want) == 0, "%s: %s", cases[i].what,
			      buf_str(&b));
		ck_assert_msg(db_diff_found(&diff) == (strstr(cases[i].want, "added") ||
						       strstr(cases[i].want, "nameless") ||
						       strstr(cases[i].want, "changed") ||
						       strstr(cases[i].want, "merged") ||
						       strstr(cases[i].want, "not-first") ||
						       strstr(cases[i].want, "dropped")),
			      "%s", cases[i].what);
		vec_fini(&diff);
		buf_fini(&b);
		db_fini(&file);
		db_fini(&libc);
	}
}
END_TEST

enum {
	MANY = 20000,
};

/* Lists of many entries that are alike, in the opposite order: each is paired, in no time. */
START_TEST(many)
{
	struct db_diff diff = { 0 };
	struct db file, libc;
	char line[64];
	size_t kept = 0;

	db_init(&file, &db_services);
	db_init(&libc, &db_services);
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(line, sizeof(line), "s%u %u/tcp", i % 7, i);
		db_read_line(&file, i + 1, line, strlen(line));
		snprintf(line, sizeof(line), "s%u %u/tcp", (MANY - 1 - i) % 7, MANY - 1 - i);
		db_read_line(&libc, 0, line, strlen(line));
	}
	db_diff_lists(&diff, &file, &libc);
	for (size_t i = 0; i < diff.n; i++)
		kept += diff.v[i].kind == DB_DIFF_KEPT;
	ck_assert_uint_eq(diff.n, MANY);
	ck_assert_uint_eq(kept, MANY);
	vec_fini(&diff);
	db_fini(&file);
	db_fini(&libc);
}
END_TEST

UNIT_MAIN("diff", differences, many)
