/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "db/builtin.h"
#include "db/db.h"
#include "unit.h"

/* Rows of DB that match KEY. */
static size_t count(struct db *db, const char *text)
{
	struct err err = { 0 };
	struct db_key key;
	size_t n = 0;

	ck_assert_msg(db_key_parse(&key, db->type, text, &err) == 0, "%s", err.text);
	for (size_t i = db_find(db, &key, 0); i < db->rows.n; i = db_find(db, &key, i + 1))
		n++;
	db_key_fini(&key);
	return n;
}

static void init(struct db *db, const struct db_type *type)
{
	db_init(db, type);
	db_builtin(db);
	ck_assert_uint_eq(db->faults.n, 0);
	for (size_t i = 0; i < db->rows.n; i++)
		ck_assert_uint_eq(db->rows.v[i].line, 0);
}

/* IANA's registry has 0 to 147 and 253 to 255; 0 is IP too, and 262 is of Linux. */
START_TEST(builtin_protocols_are_complete)
{
	struct db db;
	uint32_t last = 0;

	init(&db, &db_protocols);
	for (uint32_t i = 0; i <= 262; i++) {
		bool known = i <= 147 || (i >= 253 && i <= 255) || i == 262;
		char text[8];

		snprintf(text, sizeof(text), "%u", (unsigned)i);
		ck_assert_msg(count(&db, text) == (i ? known : 2U), "protocol %s", text);
	}
	ck_assert_uint_eq(db.rows.n, 153);
	for (size_t i = 0; i < db.rows.n; i++) {
		const struct db_row *row = &db.rows.v[i];

		ck_assert_uint_ge(row->u.protocol.number, last);
		last = row->u.protocol.number;
		ck_assert_msg(row->comment_len > 0, "%s", row->name);
		ck_assert_msg(count(&db, row->name) == 1, "%s", row->name);
		for (size_t k = 0; k < row->naliases; k++)
			ck_assert_msg(count(&db, row->aliases[k]) == 1, "%s", row->aliases[k]);
	}
	db_fini(&db);
}
END_TEST

/* A port and its protocol are there once, in order. */
START_TEST(builtin_services_are_unique)
{
	struct db db;
	uint16_t last = 0;

	init(&db, &db_services);
	ck_assert_uint_gt(db.rows.n, 350);
	for (size_t i = 0; i < db.rows.n; i++) {
		const struct db_row *row = &db.rows.v[i];
		char text[64];

		ck_assert_uint_ge(row->u.service.port, last);
		last = row->u.service.port;
		snprintf(text, sizeof(text), "%u/%s", (unsigned)row->u.service.port,
			 row->u.service.protocol);
		ck_assert_msg(count(&db, text) == 1, "%s", text);
		snprintf(text, sizeof(text), "%s/%s", row->name, row->u.service.protocol);
		ck_assert_msg(count(&db, text) >= 1, "%s", text);
	}
	db_fini(&db);
}
END_TEST

static const struct {
	const struct db_type *type;
	const char *key, *name;
	size_t n;
} known[] = {
	{ &db_hosts, "localhost", "localhost", 2 },
	{ &db_hosts, "127.0.0.1", "localhost", 1 },
	{ &db_hosts, "::1", "localhost", 1 },
	{ &db_hosts, "127.0.0.2", NULL, 0 },
	{ &db_protocols, "TCP", "tcp", 1 },
	{ &db_protocols, "IPv6-ICMP", "ipv6-icmp", 1 },
	{ &db_protocols, "Min-IPv4", "min-ipv4", 1 },
	{ &db_protocols, "aggfrag", "aggfrag", 1 },
	{ &db_services, "domain/udp", "domain", 1 },
	{ &db_services, "80/tcp", "http", 1 },
	{ &db_services, "443/udp", "https", 1 },
	{ &db_services, "514/tcp", "shell", 1 },
	{ &db_services, "514/udp", "syslog", 1 },
	{ &db_services, "syslog", "shell", 2 },
	{ &db_services, "imap/tcp", "imap2", 1 },
	{ &db_services, "1/ddp", "rtmp", 1 },
};

START_TEST(builtin_has_what_everyone_knows)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		struct err err = { 0 };
		struct db_key key;
		struct db db;
		size_t first;

		init(&db, known[i].type);
		ck_assert_msg(count(&db, known[i].key) == known[i].n, "%s", known[i].key);
		ck_assert(db_key_parse(&key, known[i].type, known[i].key, &err) == 0);
		first = db_find(&db, &key, 0);
		if (known[i].name)
			ck_assert_str_eq(db.rows.v[first].name, known[i].name);
		db_key_fini(&key);
		db_fini(&db);
	}
}
END_TEST

UNIT_MAIN("db_source", builtin_protocols_are_complete, builtin_services_are_unique,
	  builtin_has_what_everyone_knows)
