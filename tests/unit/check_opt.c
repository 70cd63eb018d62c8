/* SPDX-License-Identifier: MIT */
#include "cli/opt.h"

#include <string.h>

#include "base/macros.h"
#include "unit.h"

struct values {
	bool flag;
	unsigned mode, bits, number;
	const char *text;
	struct opt_strs texts;
	int choice, maybe;
	uint64_t ns, bytes;
};

static const struct opt_choice choices[] = {
	{ "tcp", 6, "IPPROTO_TCP" },
	{ "udp", 17, NULL },
	{ "N", 0, NULL },
	{ NULL, 0, NULL },
};

static const struct opt_choice modes[] = {
	{ "on", 1, NULL },
	{ "off", 2, NULL },
	{ NULL, 0, NULL },
};

static const struct opt opts[] = {
	OPT_GROUP("Group"),
	OPT_BOOL('f', "flag", values, flag, "a flag"),
	OPT_SET('a', "mode-a", values, mode, 1, "one of two"),
	OPT_SET('b', "mode-b", values, mode, 2, "the other"),
	OPT_BITS(0, "bit-1", values, bits, 1, "a bit"),
	OPT_BITS(0, "bit-4", values, bits, 4, "another"),
	OPT_UINT('n', "number", "N", values, number, 1, 100, "a number"),
	OPT_STR('t', "text", "TEXT", values, text, "a text"),
	OPT_STRS('e', "each", "TEXT", values, texts, "several"),
	OPT_CHOICE('p', "protocol", "NAME", values, choice, choices, "a choice"),
	OPT_CHOICE('m', "mode", "MODE", values, choice, modes, "another, without numbers"),
	OPT_CHOICE_OR("maybe", "MODE", values, maybe, modes, 7, "may have one"),
	OPT_DURATION(0, "timeout", "TIME", values, ns, "a time"),
	OPT_SIZE(0, "size", "BYTES", values, bytes, "a size"),
	OPT_END,
};

/* Parses the words of LINE, which a blank ends; "~" stands for an empty word. */
static int parse(const char *line, struct values *v, char *words, char **argv, struct err *err)
{
	const struct opt_set set = { opts, v };
	int argc = 0;

	argv[argc++] = words;
	strcpy(words, "prog");
	for (char *w = words + 5; *line; argc++) {
		size_t n = strcspn(line, " ");

		argv[argc] = w;
		memcpy(w, line, n);
		w[n] = '\0';
		if (strcmp(w, "~") == 0)
			*w = '\0';
		w += n + 1;
		line += n + (line[n] == ' ');
	}
	argv[argc] = NULL;
	*v = (struct values){ 0 };
	return opt_parse(&set, 1, argc, argv, err);
}

START_TEST(every_type)
{
	char words[256], *argv[32];
	struct values v;
	struct err err;
	int first = parse("-fb x --bit-1 --bit-4 -n 7 --text=a=b -e 1 --each 2 -p UDP "
			  "--timeout 250ms --size 4k y",
			  &v, words, argv, &err);

	ck_assert_msg(first > 0, "%s", err.text);
	ck_assert(v.flag);
	ck_assert_uint_eq(v.mode, 2);
	ck_assert_uint_eq(v.bits, 5);
	ck_assert_uint_eq(v.number, 7);
	ck_assert_str_eq(v.text, "a=b");
	ck_assert_uint_eq(v.texts.n, 2);
	ck_assert_str_eq(v.texts.v[1], "2");
	ck_assert_int_eq(v.choice, 17);
	ck_assert_uint_eq(v.ns, 250000000);
	ck_assert_uint_eq(v.bytes, 4096);
	/* The operands come last, in their order. */
	ck_assert_str_eq(argv[first], "x");
	ck_assert_str_eq(argv[first + 1], "y");
	opt_fini(opts, &v);
	ck_assert_uint_eq(v.texts.n, 0);
}
END_TEST

/* An argument that may be left out is never the next word. */
START_TEST(optional)
{
	static const struct {
		const char *line;
		int value, operands;
	} cases[] = {
		{ "x", 0, 1 },
		{ "--maybe", 7, 0 },
		{ "--maybe x", 7, 1 },
		{ "--maybe on", 7, 1 },
		{ "--maybe=on", 1, 0 },
		{ "--maybe=OFF x", 2, 1 },
		{ "--may --maybe=off", 2, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char words[256], *argv[32];
		struct values v;
		struct err err = { 0 };
		int first = parse(cases[i].line, &v, words, argv, &err), n = 0;

		ck_assert_msg(first > 0, "%s: %s", cases[i].line, err.text);
		while (argv[first + n])
			n++;
		ck_assert_int_eq(v.maybe, cases[i].value);
		ck_assert_int_eq(n, cases[i].operands);
	}
}
END_TEST

static const struct {
	const char *line, *error; /* NULL: it is right */
} lines[] = {
	{ "-p 132", NULL },
	{ "--num 5", NULL }, /* getopt_long takes a unique beginning */
	{ "-- -f", NULL },
	{ "-n", "option -n needs a value" },
	{ "--number", "option --number needs a value" },
	{ "-n 0", "--number: \"0\" is not a number from 1 to 100" },
	{ "-n 101", "is not a number from 1 to 100" },
	{ "-n -1", "--number: \"-1\" is not a number" },
	{ "-n ~", "--number: \"\" is not a number" },
	{ "-p ipproto_tcp", NULL },
	{ "-p 2147483647", NULL },
	{ "-p sctp", "--protocol: \"sctp\" is not one of tcp, udp or a number" },
	{ "-p IPPROTO_UDP", "--protocol: \"IPPROTO_UDP\" is not one of tcp, udp or a number" },
	{ "-p N", "--protocol: \"N\" is not one of tcp, udp or a number" },
	{ "-p ~", "--protocol: \"\" is not one of tcp, udp or a number" },
	{ "-p 2147483648", "--protocol: \"2147483648\" is not a number from 0 to 2147483647" },
	{ "-p 99999999999", "--protocol: \"99999999999\" is not a number from 0 to 2147483647" },
	{ "-p -1", "--protocol: \"-1\" is not a number from 0 to 2147483647" },
	{ "-p +6", "--protocol: \"+6\" is not a number from 0 to 2147483647" },
	{ "-p 6x", "--protocol: \"6x\" is not a number from 0 to 2147483647" },
	{ "-m offf", "--mode: \"offf\" is not one of on, off" },
	{ "-m 1", "--mode: \"1\" is not one of on, off" },
	{ "--maybe=", "--maybe: \"\" is not one of on, off" },
	{ "--maybe=x", "--maybe: \"x\" is not one of on, off" },
	{ "-m N", "--mode: \"N\" is not one of on, off" },
	{ "--timeout 1y", "--timeout: \"1y\" is not a time" },
	{ "--size 1q", "--size: \"1q\" is not a size" },
	{ "--flag=yes", "option --flag takes no value" },
	{ "-x", "unknown option -x" },
	{ "--flag -xf", "unknown option -x" },
	{ "--bit", "option --bit may be --bit-1, --bit-4" },
	{ "--flog", "unknown option --flog; did you mean --flag?" },
	{ "--zzzzzz", "unknown option --zzzzzz" },
	{ "--zzz=1", "unknown option --zzz" },
};

START_TEST(errors)
{
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		char words[256], *argv[32];
		struct values v;
		struct err err = { 0 };
		int rc = parse(lines[i].line, &v, words, argv, &err);

		opt_fini(opts, &v);
		if (!lines[i].error) {
			ck_assert_msg(rc > 0, "%s: %s", lines[i].line, err.text);
			continue;
		}
		ck_assert_msg(rc < 0, "%s was taken", lines[i].line);
		ck_assert_int_eq(err.kind, ERR_USAGE);
		ck_assert_msg(strstr(err.text, lines[i].error) != NULL, "%s: %s", lines[i].line,
			      err.text);
	}
}
END_TEST

UNIT_MAIN("opt", every_type, optional, errors)
