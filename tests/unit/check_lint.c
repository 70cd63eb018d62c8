/* SPDX-License-Identifier: MIT */
#include "db/lint.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "db/db.h"
#include "unit.h"

#define L       "127.0.0.1 localhost\n"
#define BOM     "\xef\xbb\xbf"
#define TEXT(s) s, sizeof(s) - 1

/* A file, its findings as "LINE:COLUMN CODE ", and what it is when fixed; NULL: the same. */
static const struct {
	const struct lint_type *type;
	const char *in;
	size_t len;
	const char *findings;
	const char *fixed;
} files[] = {
	{ &lint_hosts, TEXT(""), "1:1 H017 ", NULL },
	{ &lint_services, TEXT(""), "", NULL },
	{ &lint_protocols, TEXT(""), "", NULL },
	{ &lint_hosts, TEXT("\n \t\n  # x\n" L "#\n"), "", NULL },
	/* One name over both families, several lines of one address, upper and lower case. */
	{ &lint_hosts, TEXT(L "::1 localhost\n192.0.2.1 a\n2001:db8::1 A\n192.0.2.1 A b\n"), "",
	  NULL },
	{ &lint_hosts, TEXT(L "0.0.0.0 a\n0.0.0.0 b\n:: a\n:: b\n"), "", NULL },
	{ &lint_hosts, TEXT(L "127.0.0.1 a\n127.9.9.9 b\n127.9.9.9 c\n::1 d\n::1 e\n"), "", NULL },
	{ &lint_hosts, TEXT(L "128.0.0.1 a\n128.0.0.1 b\n::2 d\n::2 e\n"), "3:11 H007 5:5 H007 ",
	  NULL },
	{ &lint_hosts, TEXT(L "192.0.2.1 a A\n"), "", NULL },
	/* Marks and NULs move no column. */
	{ &lint_hosts, TEXT(BOM "127.0.0.1 localhost a_\n"), "1:1 F001 1:25 H009 ",
	  "127.0.0.1 localhost a_\n" },
	{ &lint_hosts, TEXT(BOM " 127.0.0.1 localhost\n"), "1:1 F001 1:4 F010 ", L },
	{ &lint_hosts, TEXT("\0" BOM "127.0.0.1 localhost\0 a_\n"), "1:1 F001 1:1 F004 1:27 H009 ",
	  "127.0.0.1 localhost a_\n" },
	{ &lint_hosts, TEXT(L "19\0002.0.2.300 a\n"), "2:3 F004 2:10 H001 ",
	  L "# H001: 192.0.2.300 a\n" },
	{ &lint_hosts, TEXT(L "192.0.2.1 a#\0\0\r\0\r\r\n"), "2:13 F003 2:15 F002 ",
	  L "192.0.2.1 a#\n" },
	{ &lint_hosts, TEXT(L "192.0.2.1 a\0b # c\0\n"), "2:12 F004 ", L "192.0.2.1 ab # c\n" },
	{ &lint_hosts, TEXT(L BOM "192.0.2.1 a\n"), "2:1 H001 ", L "# H001: " BOM "192.0.2.1 a\n" },
	{ &lint_hosts, TEXT(L "192.0.2.1 a\r"), "2:12 F002 2:13 F006 ", L "192.0.2.1 a\n" },
	{ &lint_hosts, TEXT(L "192.0.2.1 a\r \n"), "", NULL },
	{ &lint_hosts, TEXT(L "\r\n192.0.2.1 a\n192.0.2.2 b\r\n"), "2:1 F002 ",
	  L "\n192.0.2.1 a\n192.0.2.2 b\n" },
	{ &lint_hosts, TEXT(L "\r\n\0\n"), "2:1 F002 3:1 F004 ", L "\n\n" },
	{ &lint_hosts, TEXT(L " "), "2:2 F006 ", L " \n" },
	{ &lint_hosts, TEXT(BOM), "1:1 F001 1:4 F006 1:1 H017 ", "\n" },
	/* What is mended counts as mended for what follows. */
	{ &lint_hosts, TEXT(L "192.0.2.1 a. a\n"), "2:12 H012 2:14 F009 ", L "192.0.2.1 a\n" },
	{ &lint_hosts, TEXT(L "0x7f.1 localhost. # again\n0x7f.1 localhost\n"),
	  "2:1 H004 2:17 H012 2:1 F008 3:1 H004 3:1 F008 ", L "# again\n" },
	{ &lint_hosts, TEXT(L "192.0.2.1 a b a  a\tb b # c\n"),
	  "2:15 F009 2:18 F009 2:20 F009 2:22 F009 ", L "192.0.2.1 a b # c\n" },
	{ &lint_hosts, TEXT(L "  192.0.2.1 \t a. \n"), "2:1 F010 2:16 H012 ",
	  L "192.0.2.1 \t a \n" },
	{ &lint_hosts, TEXT(L "192.0.2.1 a\n192.0.2.1 a"), "3:1 F008 3:12 F006 ",
	  L "192.0.2.1 a\n" },
	{ &lint_hosts, TEXT(L "fe80::1%a b\nfe80::1%c b\nfe80::1%a b\n"),
	  "2:8 H005 3:8 H005 3:11 H006 4:8 H005 4:1 F008 ", L "fe80::1%a b\nfe80::1%c b\n" },
	/* A reading that is not sure is no address for what follows. */
	{ &lint_hosts, TEXT(L "010.0.0.1 a b_\n8.0.0.1 c\n10.0.0.1 d\n192.0.2.1 a\n"),
	  "2:1 H003 2:14 H009 ", NULL },
	{ &lint_hosts, TEXT(L "0 a\n10 b\n"), "2:1 H004 3:1 H003 ", L "0.0.0.0 a\n10 b\n" },
	/* Names. */
	{ &lint_hosts, TEXT(L "192.0.2.1 . .. a. a..\n"),
	  "2:11 H013 2:13 H013 2:17 H012 2:21 H013 ", L "192.0.2.1 . .. a a..\n" },
	{ &lint_hosts, TEXT(L "192.0.2.1 -\xff.1\n"), "2:12 H008 2:11 H014 2:14 H015 2:12 F005 ",
	  NULL },
	{ &lint_hosts, TEXT("127.9.9.9 LocalHost x.localhost\n"), "", NULL },
	{ &lint_hosts, TEXT("::ffff:127.0.0.1 localhost\n"), "", NULL },
	{ &lint_hosts, TEXT("192.0.2.1 xlocalhost\n"), "1:1 H017 ", NULL },
	{ &lint_hosts, TEXT("192.0.2.1 x.localhost\n"), "1:11 H016 1:1 H017 ", NULL },
	{ &lint_hosts, TEXT("::2 LOCALHOST. # x\n"), "1:14 H012 1:5 H016 ", "::2 LOCALHOST # x\n" },
	/* Services. */
	{ &lint_services, TEXT("a 1/tcp b\na 1/udp b\nc 1/tcp\n"), "3:1 S006 ", NULL },
	{ &lint_services, TEXT("A 1/tcp\na 2/tcp\n"), "", NULL },
	{ &lint_services, TEXT("a 1/tcp\na 001/TCP\n"), "2:7 S007 2:1 F008 ", "a 1/tcp\n" },
	{ &lint_services, TEXT("a 1/Tcp a\tb\n"), "1:5 S007 1:9 F009 ", "a 1/tcp\tb\n" },
	{ &lint_services, TEXT("b 1/tcp a\na 2/tcp\n"), "2:1 S005 ", NULL },
	{ &lint_services, TEXT("a /tcp\nb 1/\nc\nd 1//\ne -1/tcp\nf 65536/tcp\n"),
	  "1:3 S003 2:5 S002 3:2 S001 4:5 S004 5:3 S003 6:3 S003 ",
	  "# S003: a /tcp\n# S002: b 1/\n# S001: c\n# S004: d 1//\n# S003: e -1/tcp\n"
	  "# S003: f 65536/tcp\n" },
	/* Protocols. */
	{ &lint_protocols, TEXT("ip 0 IP\nhopopt 0\n"), "", NULL },
	{ &lint_protocols, TEXT("  a 1 A\na 01\na 1 A A\n"), "3:7 F009 3:1 F008 ",
	  "  a 1 A\na 01\n" },
	{ &lint_protocols, TEXT("a 1\nb 1 a\nb 2\n"), "2:1 P003 3:1 P004 ", NULL },
	{ &lint_protocols, TEXT("a 65535\nb 65536\nc +1\n"), "2:3 P002 3:3 P002 ",
	  "a 65535\n# P002: b 65536\n# P002: c +1\n" },
};

static void note_finding(void *arg, const struct lint_finding *f)
{
	buf_printf(arg, "%u:%zu %s ", (unsigned)f->line, f->column, lint_rules[f->id].code);
}

static void lint_text(const struct lint_type *type, const char *text, size_t len,
		      struct buf *findings, struct buf *fixed)
{
	const char *end = text + len;
	struct lint l;

	lint_init(&l, type, note_finding, findings);
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline ? newline : end;

		lint_line(&l, text, (size_t)(stop - text), !newline);
		if (l.fixed.len)
			buf_add(fixed, l.fixed.data, l.fixed.len);
		text = newline ? newline + 1 : end;
	}
	lint_end(&l);
	lint_fini(&l);
}

START_TEST(findings_and_what_they_become)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		const char *want = files[i].fixed ? files[i].fixed : files[i].in;
		struct buf findings = { 0 }, fixed = { 0 };

		lint_text(files[i].type, files[i].in, files[i].len, &findings, &fixed);
		ck_assert_msg(strcmp(buf_str(&findings), files[i].findings) == 0,
			      "case %zu: \"%s\": found %s, wanted %s", i, files[i].in,
			      findings.data, files[i].findings);
		ck_assert_msg(strcmp(buf_str(&fixed), want) == 0,
			      "case %zu: fixed is\n%s, wanted\n%s", i, fixed.data, want);
		buf_fini(&findings);
		buf_fini(&fixed);
	}
}
END_TEST

static void keep_text(void *arg, const struct lint_finding *f)
{
	buf_adds(arg, f->text);
}

/* The lengths on both sides of what musl reads. */
START_TEST(long_lines)
{
	static const struct {
		const struct lint_type *type;
		const char *start;
		size_t longest;
	} types[] = {
		{ &lint_hosts, "127.0.0.1 localhost #", 510 },
		{ &lint_services, "a 1/tcp #", 127 },
		{ &lint_protocols, "a 1 #", 100000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		for (size_t over = 0; over < 2; over++) {
			struct buf line = { 0 }, text = { 0 };
			struct lint l;

			buf_adds(&line, types[i].start);
			buf_fill(&line, '#', types[i].longest + over - line.len);
			lint_init(&l, types[i].type, keep_text, &text);
			lint_line(&l, line.data, line.len, false);
			if (over && types[i].longest < 1000)
				ck_assert_ptr_nonnull(
					strstr(buf_str(&text), " reads what follows"));
			else
				ck_assert_uint_eq(text.len, 0);
			ck_assert_uint_eq(l.fixed.len, line.len + 1);
			lint_fini(&l);
			buf_fini(&line);
			buf_fini(&text);
		}
	}
}
END_TEST

/* A sentence names the culprit and the other line; what it quotes is cut and made safe. */
START_TEST(sentences)
{
	static const char text[] = L "192.0.2.1 a\n192.0.2.2 b A\n192.0.2.1 \033[1m\n";
	struct buf findings = { 0 };
	const char *s = text;
	struct lint l;

	lint_init(&l, &lint_hosts, keep_text, &findings);
	for (const char *newline; (newline = strchr(s, '\n')); s = newline + 1)
		lint_line(&l, s, (size_t)(newline - s), false);
	ck_assert_str_eq(buf_str(&findings),
			 "name \"A\" stands on line 2 with 192.0.2.1; this address is not found by "
			 "that name unless multi is on"
			 "\"\\x1b[1m\" is not a host name: \"\\x1b\" is no letter, digit or hyphen"
			 "address 192.0.2.1 has the name \"a\" on line 2; its reverse look-up does "
			 "not find \"\\x1b[1m\"");
	lint_fini(&l);
	buf_fini(&findings);
}
END_TEST

/* The reader of TYPE has no row for what is no comment. */
static bool reader_loses(const struct db_type *type, uint64_t number, const char *s, size_t len)
{
	struct db db;
	bool lost = false;

	db_init(&db, type);
	db_read_line(&db, number, s, len);
	for (size_t i = 0; i < db.faults.n; i++)
		lost |= db.faults.v[i].lost;
	db_fini(&db);
	return lost;
}

static bool linter_loses(const struct lint_type *type, uint64_t number, const char *s, size_t len)
{
	static const char *const lost[] = { "H001", "H002", "H003", "H004", "F004", "S001",
					    "S002", "S003", "S004", "P001", "P002" };
	struct buf findings = { 0 };
	struct lint l;
	bool found = false;

	lint_init(&l, type, note_finding, &findings);
	l.number = number - 1;
	lint_line(&l, s, len, false);
	for (size_t i = 0; i < ARRAY_SIZE(lost); i++)
		found |= strstr(buf_str(&findings), lost[i]) != NULL;
	lint_fini(&l);
	buf_fini(&findings);
	return found;
}

/* Our own reader has a row for each line that has no error and no address in doubt. */
START_TEST(the_reader_agrees)
{
	static const struct db_type *const types[] = { &db_hosts, &db_services, &db_protocols };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		const char *s = files[i].in, *end = s + files[i].len;
		const struct db_type *type = types[0];

		for (size_t t = 0; t < ARRAY_SIZE(types); t++)
			if (types[t]->lint == files[i].type)
				type = types[t];
		for (uint64_t number = 1; s < end; number++) {
			const char *newline = memchr(s, '\n', (size_t)(end - s));
			size_t len = (size_t)((newline ? newline : end) - s);

			/* The reader leaves out a line of NULs alone. */
			if (len != 1 || *s != '\0')
				ck_assert_msg(reader_loses(type, number, s, len) ==
						      linter_loses(type->lint, number, s, len),
					      "\"%.*s\"", (int)len, s);
			s += len + 1;
		}
	}
}
END_TEST

UNIT_MAIN("lint", findings_and_what_they_become, long_lines, sentences, the_reader_agrees)
