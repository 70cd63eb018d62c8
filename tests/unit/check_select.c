/* SPDX-License-Identifier: MIT */
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

#include "sockopt/select.h"
#include "unit.h"

static const struct {
	const char *text;
	enum selector_kind kind;
	long pid;
	int fd;
} kinds[] = {
	{ "812", SELECT_PID, 812, -1 },
	{ "812:11", SELECT_PID, 812, 11 },
	{ "pid=812:0", SELECT_PID, 812, 0 },
	{ "nginx", SELECT_NAME, 0, -1 },
	{ "systemd-resolve", SELECT_NAME, 0, -1 },
	{ "a:b", SELECT_NAME, 0, -1 },
	{ "name=812", SELECT_NAME, 0, -1 },
	{ "7zip", SELECT_NAME, 0, -1 },
	{ "-", SELECT_NAME, 0, -1 },
	{ ":5432", SELECT_ENDS, 0, -1 },
	{ "10.0.0.1", SELECT_ENDS, 0, -1 },
	{ "10.0.0.1:80", SELECT_ENDS, 0, -1 },
	{ "[::1]:80", SELECT_ENDS, 0, -1 },
	{ "::1", SELECT_ENDS, 0, -1 },
	{ "*-:443", SELECT_ENDS, 0, -1 },
	{ "*:80-*", SELECT_ENDS, 0, -1 },
	{ "10.0.0.1:80-10.0.0.2:5000", SELECT_ENDS, 0, -1 },
	{ "ino=45012", SELECT_INODE, 0, -1 },
	{ "unix:/run/x.sock", SELECT_UNIX, 0, -1 },
	{ "unix:@name", SELECT_UNIX, 0, -1 },
	{ "fd=3", SELECT_FD, 0, 3 },
};

START_TEST(forms)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct selector s;
		struct err err = { 0 };

		ck_assert_msg(selector_parse(&s, kinds[i].text, &err) == 0, "%s: %s", kinds[i].text,
			      err.text);
		ck_assert_msg(s.kind == kinds[i].kind, "%s: %d", kinds[i].text, s.kind);
		ck_assert_msg(s.pid == kinds[i].pid && s.fd == kinds[i].fd, "%s", kinds[i].text);
	}
}
END_TEST

START_TEST(bad_forms)
{
	static const char *const bad[] = {
		"",      ":",     ":99999",        ":http", "[::1",  "[::1]:x", "812:",
		"812:x", "pid=x", "pid=0",         "ino=",  "ino=0", "ino=x",   "ino=-1",
		"fd=",   "fd=-1", "fd=9999999999", "name=", "unix:",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct selector s;
		struct err err = { 0 };

		ck_assert_msg(selector_parse(&s, bad[i], &err) < 0, "%s", bad[i]);
		ck_assert_int_eq(err.kind, ERR_USAGE);
		ck_assert_msg(strlen(err.text) > 0, "%s", bad[i]);
	}
}
END_TEST

static struct sa end_of(const char *text)
{
	struct endpoint ep;
	struct err err;
	struct sa sa;

	ck_assert_msg(endpoint_parse(&ep, text, strlen(text), &err) == 0, "%s", text);
	ck_assert_int_eq(sa_from_endpoint(&sa, &ep, &err), 0);
	return sa;
}

START_TEST(ends)
{
	static const struct {
		const char *text, *local, *peer;
		bool takes;
	} cases[] = {
		{ ":80", "10.0.0.1:80", NULL, true },
		{ ":80", "10.0.0.1:81", "10.0.0.2:80", false },
		{ ":80", "[::ffff:10.0.0.1]:80", NULL, true },
		{ "10.0.0.1:80", "[::ffff:10.0.0.1]:80", NULL, true },
		{ "10.0.0.1:80", "10.0.0.2:80", NULL, false },
		{ "10.0.0.1", "10.0.0.1:5", NULL, true },
		{ "*-:80", "10.0.0.1:5", "10.0.0.2:80", true },
		{ "*-:80", "10.0.0.1:80", NULL, false },
		{ "10.0.0.1:5-10.0.0.2:80", "10.0.0.1:5", "10.0.0.2:80", true },
		{ "10.0.0.1:5-10.0.0.2:80", "10.0.0.1:5", "10.0.0.2:81", false },
		{ "::1", "[::1]:1", NULL, true },
		{ ":80", "unix:/x", NULL, false },
		{ "unix:/x", "unix:/x", NULL, true },
		{ "unix:/x", "unix:/xy", NULL, false },
		{ "unix:/x", "unix:@/x", NULL, false },
		{ "unix:@x", "unix:@x", NULL, true },
		{ "unix:@x", "unix:@xy", NULL, false },
		{ "unix:/x", "10.0.0.1:5", NULL, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sa local = end_of(cases[i].local), peer = { 0 };
		struct selector s;
		struct err err;

		if (cases[i].peer)
			peer = end_of(cases[i].peer);
		ck_assert_int_eq(selector_parse(&s, cases[i].text, &err), 0);
		ck_assert_msg(selector_takes_ends(&s, &local, cases[i].peer ? &peer : NULL) ==
				      cases[i].takes,
			      "%s of %s", cases[i].text, cases[i].local);
	}
}
END_TEST

START_TEST(holders)
{
	static const struct {
		const char *text;
		bool takes;
	} cases[] = {
		{ "812", true },      { "812:11", true },   { "812:12", false }, { "813", false },
		{ "postgres", true }, { "postgre", false }, { "ino=7", true },   { "ino=8", false },
		{ "fd=11", false },   { ":80", true },
	};
	struct live_process p = { .pid = 812, .name = "postgres" };
	struct live_holder h = { .inode = 7, .fd = 11 };
	struct selector s;
	struct err err;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ck_assert_int_eq(selector_parse(&s, cases[i].text, &err), 0);
		ck_assert_msg(selector_takes_holder(&s, &p, &h) == cases[i].takes, "%s",
			      cases[i].text);
	}
	/* The kernel keeps 15 bytes of a name: who types all of it means that process. */
	strcpy(p.name, "systemd-resolve");
	ck_assert_int_eq(selector_parse(&s, "systemd-resolved", &err), 0);
	ck_assert(selector_takes_holder(&s, &p, &h));
}
END_TEST

UNIT_MAIN("select", forms, bad_forms, ends, holders)
