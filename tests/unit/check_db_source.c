/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "db/builtin.h"
#include "db/db.h"
#include "db/nss_impl.h"
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

static void check_modules(const struct db_nss_conf *conf, const char *want, const char *what)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < conf->modules.n; i++)
		buf_printf(&b, "%s%s", i ? " " : "", conf->modules.v[i]);
	ck_assert_msg(strcmp(buf_str(&b), want) == 0, "%s: \"%s\"", what, buf_str(&b));
	buf_fini(&b);
}

static char *write_file(const char *text)
{
	char *path = xstrdup("/tmp/check_db_source.XXXXXX");
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	return path;
}

START_TEST(nsswitch_conf_is_read)
{
	char *path = write_file("# x\nservices: db files\nhosts: dns\nhosts: mdns dns mdns\n");
	struct db_nss_conf conf;
	struct err err = { 0 };

	ck_assert_int_eq(db_nss_conf_read(&conf, path, &db_hosts, &err), 0);
	check_modules(&conf, "mdns dns", "hosts: the last line is the one");
	db_nss_conf_fini(&conf);
	ck_assert_int_eq(db_nss_conf_read(&conf, path, &db_services, &err), 0);
	check_modules(&conf, "db files", "services");
	db_nss_conf_fini(&conf);
	ck_assert_int_eq(db_nss_conf_read(&conf, path, &db_protocols, &err), 0);
	check_modules(&conf, "files", "protocols: no line");
	db_nss_conf_fini(&conf);
	unlink(path);
	ck_assert_int_eq(db_nss_conf_read(&conf, path, &db_hosts, &err), 0);
	check_modules(&conf, "files dns", "hosts: no file");
	db_nss_conf_fini(&conf);
	ck_assert_int_lt(db_nss_conf_read(&conf, "/", &db_hosts, &err), 0);
	ck_assert_int_eq(err.kind, ERR_SYSTEM);
	free(path);
}
END_TEST

/* DB gets the rows of TEXT, lines of its file. */
static void read_lines(struct db *db, const struct db_type *type, const char *text)
{
	db_init(db, type);
	for (const char *next; *text; text = next) {
		next = strchr(text, '\n') + 1;
		db_read_line(db, 2, text, (size_t)(next - text) - 1);
	}
	ck_assert_uint_eq(db->faults.n, 0);
}

static const struct {
	const struct db_type *type;
	const char *lines;
} wire_rows[] = {
	{ &db_hosts, "192.0.2.1 one two three\nfe80::1%eth0 four\n::1 five\n" },
	{ &db_protocols, "tcp 6 TCP\nudp 17\nhuge 65535 a b c d e\n" },
	{ &db_services, "http 80/tcp www\ndomain 53/udp\nx 0/y\nz 65535/sctp\n" },
};

static void same_row(const struct db_type *type, const struct db_row *a, const struct db_row *b)
{
	ck_assert_str_eq(a->name, b->name);
	ck_assert_uint_eq(a->naliases, b->naliases);
	for (size_t i = 0; i < a->naliases; i++)
		ck_assert_str_eq(a->aliases[i], b->aliases[i]);
	if (type == &db_hosts) {
		ck_assert_uint_eq(a->u.host.naddrs, b->u.host.naddrs);
		ck_assert_mem_eq(&a->u.host.addrs[0].ip, &b->u.host.addrs[0].ip, sizeof(struct ip));
		ck_assert_pstr_eq(a->u.host.addrs[0].zone, b->u.host.addrs[0].zone);
	} else if (type == &db_protocols) {
		ck_assert_uint_eq(a->u.protocol.number, b->u.protocol.number);
	} else {
		ck_assert_uint_eq(a->u.service.port, b->u.service.port);
		ck_assert_str_eq(a->u.service.protocol, b->u.service.protocol);
	}
}

/* What is sent arrives; what is cut short anywhere, or has more at its end, is no message. */
START_TEST(messages_come_back)
{
	for (size_t i = 0; i < ARRAY_SIZE(wire_rows); i++) {
		struct db from, to;
		struct err err = { 0 };

		read_lines(&from, wire_rows[i].type, wire_rows[i].lines);
		db_init(&to, wire_rows[i].type);
		for (size_t k = 0; k < from.rows.n; k++) {
			struct buf b = { 0 };
			uint32_t len;

			ck_assert_int_eq(nss_put_row(&b, from.type, &from.rows.v[k]), 0);
			memcpy(&len, b.data, sizeof(len));
			ck_assert_uint_eq(b.len, len + sizeof(len));
			for (size_t n = 0; n < len; n++)
				ck_assert_int_eq(nss_get(&to, b.data + sizeof(len), n, &err), -2);
			ck_assert_int_eq(nss_get(&to, b.data + sizeof(len), len, &err), 1);
			ck_assert_uint_eq(to.rows.n, k + 1);
			same_row(from.type, &from.rows.v[k], &to.rows.v[k]);
			buf_addc(&b, '\0');
			ck_assert_int_eq(nss_get(&to, b.data + sizeof(len), len + 1U, &err), -2);
			buf_fini(&b);
		}
		db_fini(&from);
		db_fini(&to);
	}
}
END_TEST

START_TEST(ends_and_errors_come_back)
{
	struct err said = { 0 }, err = { 0 };
	struct buf b = { 0 };
	struct db db;

	db_init(&db, &db_hosts);
	nss_put_end(&b);
	ck_assert_int_eq(nss_get(&db, b.data + 4, b.len - 4, &err), 0);
	ck_assert_int_eq(nss_get(&db, b.data + 4, 0, &err), -2);
	b.len = 0;
	(void)err_set(&said, ERR_NEGATIVE, "no host \"x\"");
	said.code = ENOENT;
	nss_put_error(&b, &said);
	ck_assert_int_eq(nss_get(&db, b.data + 4, b.len - 4, &err), -1);
	ck_assert_int_eq(err.kind, ERR_NEGATIVE);
	ck_assert_int_eq(err.code, ENOENT);
	ck_assert_str_eq(err.text, said.text);
	ck_assert_int_eq(nss_get(&db, b.data + 4, b.len - 5, &err), -2);
	ck_assert_int_eq(err.kind, ERR_SYSTEM);
	said.kind = ERR_NONE;
	b.len = 0;
	nss_put_error(&b, &said);
	ck_assert_int_eq(nss_get(&db, b.data + 4, b.len - 4, &err), -2);
	buf_fini(&b);
	db_fini(&db);
}
END_TEST

START_TEST(a_row_that_is_too_long_is_left_out)
{
	char *name = xmalloc(NSS_MESSAGE_MAX + 1);
	struct db_row row = { .name = name };
	struct buf b = { 0 };

	memset(name, 'a', NSS_MESSAGE_MAX);
	name[NSS_MESSAGE_MAX] = '\0';
	ck_assert_int_eq(nss_put_row(&b, &db_protocols, &row), -1);
	ck_assert_uint_eq(b.len, 0);
	buf_fini(&b);
	free(name);
}
END_TEST

static const struct {
	const struct db_type *type;
	const char *row, *other;
	enum db_difference difference;
} differences[] = {
	{ &db_hosts, "192.0.2.1 a\n", "192.0.2.1 a b\n", DB_SAME },
	{ &db_hosts, "192.0.2.1 a\n", "192.0.2.2 a\n192.0.2.1 A\n", DB_SAME },
	{ &db_hosts, "192.0.2.1 a\n", "192.0.2.2 a\n", DB_OTHER_VALUE },
	{ &db_hosts, "::1 a\n", "127.0.0.1 a\n", DB_OTHER_VALUE },
	{ &db_hosts, "192.0.2.1 a\n", "192.0.2.1 b\n", DB_OTHER_NAME },
	{ &db_hosts, "192.0.2.1 a\n", "192.0.2.1 b a\n", DB_OTHER_NAME },
	{ &db_hosts, "192.0.2.1 a\n", "192.0.2.2 b\n", DB_ABSENT },
	{ &db_hosts, "192.0.2.1 a\n", "", DB_ABSENT },
	{ &db_protocols, "tcp 6 TCP\n", "tcp 6 TCP\n", DB_SAME },
	{ &db_protocols, "tcp 6 TCP x\n", "tcp 6 x TCP\n", DB_SAME },
	{ &db_protocols, "tcp 6 TCP\n", "tcp 6\n", DB_OTHER_ALIASES },
	{ &db_protocols, "tcp 6\n", "tcp 6 TCP\n", DB_OTHER_ALIASES },
	{ &db_protocols, "tcp 6\n", "tcp 7\n", DB_OTHER_VALUE },
	{ &db_protocols, "tcp 6\n", "TCP 6\n", DB_OTHER_NAME },
	{ &db_services, "a 1/tcp\n", "a 1/tcp\n", DB_SAME },
	{ &db_services, "a 1/tcp\n", "a 1/udp\n", DB_ABSENT },
	{ &db_services, "a 1/tcp\n", "a 2/tcp\n", DB_OTHER_VALUE },
	{ &db_services, "a 1/tcp\n", "b 1/tcp\n", DB_OTHER_NAME },
	{ &db_services, "a 1/tcp\n", "b 1/udp\n", DB_ABSENT },
};

START_TEST(differences_are_seen)
{
	for (size_t i = 0; i < ARRAY_SIZE(differences); i++) {
		struct db one, other;

		read_lines(&one, differences[i].type, differences[i].row);
		read_lines(&other, differences[i].type, differences[i].other);
		for (int twice = 0; twice < 2; twice++) /* without an index, and with one */
			ck_assert_msg(db_compare(&other, &one.rows.v[0], 0) ==
					      differences[i].difference,
				      "%s: %s", differences[i].row, differences[i].other);
		db_fini(&one);
		db_fini(&other);
	}
}
END_TEST

static struct db_nss nss_of(const struct db_type *type)
{
	return (struct db_nss){ .type = type, .timeout_ns = 20 * CLOCK_S };
}

/* The child says what libc says here. */
START_TEST(a_child_answers)
{
	struct db_nss nss = nss_of(&db_protocols);
	struct err err = { 0 };
	struct db asked, list;
	pid_t pid;

	db_init(&asked, &db_protocols);
	db_init(&list, &db_protocols);
	db_libc_begin(&list, false);
	db_libc_list(&list);
	db_libc_end(&list);
	if (db_nss_ask(&nss, NULL, &asked, &err) < 0)
		ck_assert_int_eq(err.kind, ERR_NEGATIVE);
	ck_assert_uint_eq(asked.rows.n, list.rows.n);
	pid = nss.pid;
	ck_assert_int_gt(pid, 0);
	for (size_t i = 0; i < list.rows.n; i++) {
		same_row(&db_protocols, &asked.rows.v[i], &list.rows.v[i]);
		ck_assert_int_eq(db_nss_ask(&nss, list.rows.v[i].name, &asked, &err), 0);
		ck_assert_int_eq(nss.pid, pid);
	}
	ck_assert_int_lt(db_nss_ask(&nss, "no such protocol", &asked, &err), 0);
	ck_assert_int_eq(err.kind, ERR_NEGATIVE);
	ck_assert_int_lt(db_nss_ask(&nss, "65536", &asked, &err), 0);
	ck_assert_int_eq(err.kind, ERR_USAGE);
	db_nss_close(&nss);
	ck_assert_int_eq(kill(pid, 0), -1); /* it is gone, and waited for */
	ck_assert_int_eq(errno, ESRCH);
	db_nss_close(&nss);
	db_fini(&asked);
	db_fini(&list);
}
END_TEST

static int too_late(int fd UNUSED, uint64_t deadline_ns UNUSED)
{
	return 0;
}

static int a_signal(int fd UNUSED, uint64_t deadline_ns UNUSED)
{
	return -1;
}

START_TEST(a_child_can_fail)
{
	struct db_nss nss = nss_of(&db_protocols);
	struct err err = { 0 };
	char *key = xmalloc(NSS_KEY_MAX + 2);
	struct db db;

	db_init(&db, &db_protocols);
	nss.wait = too_late;
	ck_assert_int_lt(db_nss_ask(&nss, "tcp", &db, &err), 0);
	ck_assert_int_eq(err.kind, ERR_SYSTEM);
	ck_assert_str_eq(err.text, "no answer within 20 s");
	ck_assert_int_eq(nss.pid, 0);
	nss.wait = a_signal;
	ck_assert_int_lt(db_nss_ask(&nss, "tcp", &db, &err), 0);
	ck_assert_int_eq(err.code, EINTR);
	ck_assert_int_eq(nss.pid, 0);
	nss.wait = NULL;
	(void)!db_nss_ask(&nss, "tcp", &db, &err);
	ck_assert_int_gt(nss.pid, 0);
	kill(nss.pid, SIGTERM);
	while (kill(nss.pid, 0) == 0 && nss.pid) /* it says nothing more, and then it is seen */
		if (db_nss_ask(&nss, "tcp", &db, &err) < 0 && err.kind == ERR_SYSTEM)
			break;
	ck_assert_str_eq(err.text, "the process that asks it was ended by signal 15");
	ck_assert_int_eq(nss.pid, 0);
	memset(key, 'a', NSS_KEY_MAX + 1);
	key[NSS_KEY_MAX + 1] = '\0';
	ck_assert_int_lt(db_nss_ask(&nss, key, &db, &err), 0);
	ck_assert_int_eq(err.kind, ERR_USAGE);
	key[NSS_KEY_MAX] = '\0';
	ck_assert_int_lt(db_nss_ask(&nss, key, &db, &err), 0);
	ck_assert_int_eq(err.kind, ERR_NEGATIVE);
	db_nss_close(&nss);
	db_fini(&db);
	free(key);
}
END_TEST

UNIT_MAIN("db_source", builtin_protocols_are_complete, builtin_services_are_unique,
	  builtin_has_what_everyone_knows, nsswitch_conf_is_read, messages_come_back,
	  ends_and_errors_come_back, a_row_that_is_too_long_is_left_out, differences_are_seen,
	  a_child_answers, a_child_can_fail)
