/* SPDX-License-Identifier: MIT */
#include "net/ipset_expr.h"

#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "unit.h"

/* Operands are numbers: each digit of one is an address. */
static int load_digits(void *to, const struct ipset_step *step, struct ipset *out, struct err *err)
{
	size_t *calls = to;

	++*calls;
	for (size_t i = 0; i < step->len; i++) {
		if (step->text[i] == '-')
			ipset_add4(out, 100, 100);
		else if (step->text[i] >= '0' && step->text[i] <= '9')
			ipset_add4(out, (uint32_t)(step->text[i] - '0') * 2,
				   (uint32_t)(step->text[i] - '0') * 2);
		else
			return err_set(err, ERR_NEGATIVE, "no digit at %zu", step->before + i);
	}
	return 0;
}

/* The digits that a set has, "-" for 100, "*" if 200 is in it too. */
static void show(const struct ipset *s, char *text)
{
	for (uint32_t i = 0; i < 10; i++) {
		if (ipset_has4(s, 2 * i))
			*text++ = (char)('0' + i);
	}
	if (ipset_has4(s, 100))
		*text++ = '-';
	if (ipset_has4(s, 200))
		*text++ = '*';
	*text = '\0';
}

static const struct {
	const char *in, *out; /* a NULL out: REASON */
	const char *reason;
} rows[] = {
	{ "12", "12", NULL },
	{ " 12 ", "12", NULL },
	{ "12 + 34", "1234", NULL },
	{ "12 +34", "1234", NULL },
	{ "12 union 34", "1234", NULL },
	{ "12 & 23", "2", NULL },
	{ "12&23", "2", NULL },
	{ "12 and 23", "2", NULL },
	{ "12 - 23", "1", NULL },
	{ "12 -23", "1", NULL },
	{ "12 minus 23", "1", NULL },
	{ "12 ^ 23", "13", NULL },
	{ "12^23", "13", NULL },
	{ "12 xor 23", "13", NULL },
	{ "!12", "03456789-*", NULL },
	{ "~ 12", "03456789-*", NULL },
	{ "not 12", "03456789-*", NULL },
	{ "!!12", "12", NULL },
	{ "not(12)", "03456789-*", NULL },
	{ "12 - 1 - 2", "", NULL },
	{ "12 - (1 - 2)", "2", NULL },
	{ "1 + 2 & 23", "12", NULL },
	{ "(1 + 2) & 23", "2", NULL },
	{ "1 & 12 + 3", "13", NULL },
	{ "12 ^ 23 + 4", "134", NULL },
	{ "12 + 3 ^ 1", "23", NULL },
	{ "!12 & 123", "3", NULL },
	{ "123 - !12", "12", NULL },
	{ "12 & !(2 + 3)", "1", NULL },
	{ "((((12))))", "12", NULL },
	{ "-", "-", NULL },
	{ "1 - -", "1", NULL },
	{ "- - -", "", NULL },
	{ "\"12\" + \"3\"", "123", NULL },
	{ "", NULL, "it ends where a set should be (column 1)" },
	{ "1 +", NULL, "it ends where a set should be (column 4)" },
	{ "+ 1", NULL, "\"+\" where a set should be (column 1)" },
	{ "1 + + 2", NULL, "\"+\" where a set should be (column 5)" },
	{ "1 and xor 2", NULL, "\"xor\" where a set should be (column 7)" },
	{ "1 2", NULL, "\"2\" where an operator should be (column 3)" },
	{ "1 (2)", NULL, "\"(\" where an operator should be (column 3)" },
	{ "1 !2", NULL, "\"!2\" where an operator should be (column 3)" },
	{ "1 \"2\"", NULL, "where an operator should be (column 3)" },
	{ "1 android 2", NULL, "\"android\" where an operator should be (column 3)" },
	{ "(1", NULL, "\"(\" without \")\" (column 1)" },
	{ "1 + ((2)", NULL, "\"(\" without \")\" (column 5)" },
	{ "1)", NULL, "\")\" without \"(\" (column 2)" },
	{ "()", NULL, "\")\" where a set should be (column 2)" },
	{ "\"1", NULL, "a quote without its end (column 1)" },
	{ "1 + \"\"", NULL, "an empty operand (column 5)" },
	{ "1 + x", NULL, "no digit at 4" },
	{ "!", NULL, "it ends where a set should be (column 2)" },
};

START_TEST(values)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ipset out = { 0 };
		struct ipset_expr e;
		struct err err = { 0 };
		size_t calls = 0;
		char text[16];
		int rc = ipset_expr_parse(&e, rows[i].in, strlen(rows[i].in), &err);

		if (rc == 0)
			rc = ipset_expr_eval(&e, load_digits, &calls, &out, &err);
		ipset_expr_fini(&e);
		if (!rows[i].out) {
			ck_assert_msg(rc < 0, "\"%s\" was taken", rows[i].in);
			ck_assert_msg(strstr(err.text, rows[i].reason) != NULL, "%s: %s",
				      rows[i].in, err.text);
			continue;
		}
		ck_assert_msg(rc == 0, "%s: %s", rows[i].in, err.text);
		show(&out, text);
		ck_assert_msg(strcmp(text, rows[i].out) == 0, "%s: %s", rows[i].in, text);
		ipset_fini(&out);
	}
}
END_TEST

/* LEVELS parentheses around an operand. */
static int parse_nested(size_t levels, struct err *err)
{
	char *text = xmalloc(2 * levels + 1);
	struct ipset_expr e;
	int rc;

	memset(text, '(', levels);
	text[levels] = '1';
	memset(text + levels + 1, ')', levels);
	rc = ipset_expr_parse(&e, text, 2 * levels + 1, err);
	ipset_expr_fini(&e);
	free(text);
	return rc;
}

START_TEST(depth)
{
	struct err err = { 0 };

	ck_assert_int_eq(parse_nested(IPSET_EXPR_DEPTH, &err), 0);
	ck_assert_int_eq(parse_nested(IPSET_EXPR_DEPTH + 1, &err), -1);
	ck_assert_msg(strstr(err.text, "too many open parentheses (column 101)") != NULL, "%s",
		      err.text);
}
END_TEST

/* Parentheses that are closed do not count. */
START_TEST(many)
{
	char text[4 * (IPSET_EXPR_DEPTH + 2)];
	struct ipset_expr e;
	struct err err = { 0 };

	for (size_t i = 0; i < sizeof(text); i += 4)
		memcpy(text + i, "(1)+", 4);
	ck_assert_msg(ipset_expr_parse(&e, text, sizeof(text) - 1, &err) == 0, "%s", err.text);
	ipset_expr_fini(&e);
}
END_TEST

/* A NUL byte is in no operand. */
START_TEST(nul)
{
	static const char *const texts[] = { "\0", "1\0", "1 +\0", "1 + \0002" };
	static const size_t sizes[] = { 1, 2, 4, 6 };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct ipset_expr e;
		struct err err;

		ck_assert_int_eq(ipset_expr_parse(&e, texts[i], sizes[i], &err), -1);
		ipset_expr_fini(&e);
	}
}
END_TEST

UNIT_MAIN("ipset_expr", values, depth, many, nul)
