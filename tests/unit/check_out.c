/* SPDX-License-Identifier: MIT */
#include "out/out.h"

#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "unit.h"

static const struct out_col cols[] = {
	{ "name", OUT_STR, "a string", false },      { "size_bytes", OUT_INT, "a number", false },
	{ "time_s", OUT_SECS, "a duration", false }, { "tags", OUT_LIST, "a list", false },
	{ "up", OUT_BOOL, "a truth", true },
};

/* What two records print in FORMAT, with these columns. */
static char *print(enum out_format format, const char *columns, bool no_header)
{
	const struct out_choice choice = { format, no_header, columns };
	char *text = NULL;
	size_t size;
	FILE *fp = open_memstream(&text, &size);
	struct err err;
	struct out *o = out_open(fp, &choice, cols, ARRAY_SIZE(cols), false, &err);

	ck_assert_ptr_nonnull(o);
	out_str(o, 0, "caf\xc3\xa9");
	out_uint(o, 1, 12);
	out_ns(o, 2, 1500000);
	out_item(o, 3, "x");
	out_item(o, 3, "y z");
	out_bool(o, 4, true);
	ck_assert_int_eq(out_row(o, &err), 0);
	out_ns(o, 2, 1);
	out_bool(o, 4, true);
	out_drop(o);
	out_bytes(o, 0, "a\"\t\n\\,\x1b\xff", 8);
	out_uint(o, 1, UINT64_C(9007199254740993));
	out_list(o, 3);
	ck_assert_int_eq(out_row(o, &err), 0);
	ck_assert_uint_eq(out_rows(o), 2);
	ck_assert_int_eq(out_close(o, &err), 0);
	fclose(fp);
	return text;
}

static const struct {
	enum out_format format;
	const char *columns;
	bool no_header;
	const char *want;
} prints[] = {
	{ OUT_JSON, NULL, false,
	  "{\"name\":\"caf\xc3\xa9\",\"size_bytes\":12,\"time_s\":0.0015,\"tags\":[\"x\",\"y z\"],"
	  "\"up\":true}\n"
	  "{\"name\":\"a\\\"\\t\\n\\\\,\\u001b\xef\xbf\xbd\",\"size_bytes\":\"9007199254740993\","
	  "\"time_s\":null,\"tags\":[],\"up\":null}\n" },
	{ OUT_JSON, "up,name", false,
	  "{\"up\":true,\"name\":\"caf\xc3\xa9\"}\n"
	  "{\"up\":null,\"name\":\"a\\\"\\t\\n\\\\,\\u001b\xef\xbf\xbd\"}\n" },
	{ OUT_CSV, NULL, false,
	  "name,size_bytes,time_s,tags,up\r\n"
	  "caf\xc3\xa9,12,0.0015,x y z,true\r\n"
	  "\"a\"\"\t\n\\,\\x1b\\xff\",9007199254740993,,,\r\n" },
	{ OUT_TSV, "size_bytes,name", true,
	  "12\tcaf\xc3\xa9\n9007199254740993\ta\"\\t\\n\\\\,\\x1b\\xff\n" },
	{ OUT_TABLE, NULL, false,
	  "NAME                        SIZE-BYTES   TIME-S  TAGS\n"
	  "caf\xc3\xa9                                12  1.50 ms  x y z\n"
	  "a\"\\x09\\x0a\\,\\x1b\\xff  9007199254740993        -  -\n" },
	{ OUT_PLAIN, "up,size_bytes", true, "true                12\n-     9007199254740993\n" },
	{ OUT_TABLE, "+up", true, NULL },
};

START_TEST(every_format)
{
	for (size_t i = 0; i < ARRAY_SIZE(prints); i++) {
		char *got = print(prints[i].format, prints[i].columns, prints[i].no_header);

		if (prints[i].want)
			ck_assert_str_eq(got, prints[i].want);
		else if (!prints[i].want)
			ck_assert_ptr_nonnull(strstr(got, "  true\n"));
		free(got);
	}
}
END_TEST

START_TEST(columns_line_up)
{
	char *got = print(OUT_TABLE, NULL, false);
	const char *heading = strstr(got, "TIME-S"), *value = strstr(got, "1.50 ms");

	/* TIME-S ends where "1.50 ms" ends: numbers stand on the right; the e with an accent
	   is two bytes and one column. */
	ck_assert_ptr_nonnull(heading);
	ck_assert_ptr_nonnull(value);
	ck_assert_int_eq(heading + 6 - got + (strchr(got, '\n') + 1 - got) + 1, value + 7 - got);
	free(got);
}
END_TEST

/* RFC 8259 section 6: 2^53 is the first number that may not be exact. */
START_TEST(numbers_that_are_not_exact)
{
	const struct out_choice choice = { .format = OUT_JSON, .columns = "size_bytes" };
	char *text = NULL;
	size_t size;
	FILE *fp = open_memstream(&text, &size);
	struct err err;
	struct out *o = out_open(fp, &choice, cols, ARRAY_SIZE(cols), false, &err);

	for (int i = -1; i <= 0; i++) {
		out_uint(o, 1, (UINT64_C(1) << 53) + (uint64_t)(int64_t)i);
		ck_assert_int_eq(out_row(o, &err), 0);
		out_int(o, 1, -(INT64_C(1) << 53) - i);
		ck_assert_int_eq(out_row(o, &err), 0);
	}
	ck_assert_int_eq(out_close(o, &err), 0);
	fclose(fp);
	ck_assert_str_eq(text, "{\"size_bytes\":9007199254740991}\n"
			       "{\"size_bytes\":-9007199254740991}\n"
			       "{\"size_bytes\":\"9007199254740992\"}\n"
			       "{\"size_bytes\":\"-9007199254740992\"}\n");
	free(text);
}
END_TEST

/* One cell that is wider than all others does not push its column. */
START_TEST(wide_cells_stand_out)
{
	const struct out_choice choice = { .format = OUT_TABLE,
					   .no_header = true,
					   .columns = "name,up" };
	char *text = NULL, wide[101];
	size_t size;
	FILE *fp = open_memstream(&text, &size);
	struct err err;
	struct out *o = out_open(fp, &choice, cols, ARRAY_SIZE(cols), false, &err);

	memset(wide, 'w', 100);
	wide[100] = '\0';
	out_str(o, 0, wide);
	out_bool(o, 4, true);
	ck_assert_int_eq(out_row(o, &err), 0);
	out_str(o, 0, "name");
	out_bool(o, 4, false);
	ck_assert_int_eq(out_row(o, &err), 0);
	ck_assert_int_eq(out_close(o, &err), 0);
	fclose(fp);
	ck_assert_ptr_nonnull(strstr(text, "w  true\nname  false\n"));
	free(text);
}
END_TEST

static const struct {
	const char *sort;
	const char *want; /* the names, in order */
} sorts[] = {
	{ "name", "abcde" },        { "-name", "edcba" },  { "size_bytes", "bcade" },
	{ "-size_bytes", "acbde" }, { "time_s", "acbde" }, { "-time_s", "bcade" },
	{ "tags", "cbade" },        { "up", "bacde" },
};

/* Sorts five records, of which D and E have no value but a name. */
static char *print_sorted(enum out_format format, const char *sort)
{
	static const int64_t sizes[] = { 100, -20, -3 };
	static const char *const tags[] = { "z", "a", "" };
	static const uint64_t times[] = { 1, 5, 2 };
	const struct out_choice choice = { format, true, "name" };
	char *text = NULL, name[2] = "";
	size_t size;
	FILE *fp = open_memstream(&text, &size);
	struct err err;
	struct out *o = out_open(fp, &choice, cols, ARRAY_SIZE(cols), false, &err);

	ck_assert_int_eq(out_sort(o, sort, &err), 0);
	for (unsigned i = 0; i < 5; i++) {
		name[0] = (char)('a' + i);
		out_str(o, 0, name);
		for (unsigned k = i; k < 3; k = 3) {
			out_int(o, 1, sizes[k]);
			out_ns(o, 2, times[k]);
			out_item(o, 3, tags[k]);
		}
		if (i < 2)
			out_bool(o, 4, i == 0);
		ck_assert_int_eq(out_row(o, &err), 0);
		ck_assert(out_holds(o));
		ck_assert_int_eq(out_flush(o, &err), 0);
	}
	ck_assert_int_eq(out_close(o, &err), 0);
	fclose(fp);
	return text;
}

START_TEST(records_are_sorted)
{
	for (size_t i = 0; i < ARRAY_SIZE(sorts); i++) {
		char want[11] = "", *got = print_sorted(OUT_TSV, sorts[i].sort), *table;

		for (size_t k = 0; k < 5; k++) {
			want[2 * k] = sorts[i].want[k];
			want[2 * k + 1] = '\n';
		}
		ck_assert_msg(strcmp(got, want) == 0, "%s: %s", sorts[i].sort, got);
		table = print_sorted(OUT_TABLE, sorts[i].sort);
		ck_assert_str_eq(table, want);
		free(table);
		free(got);
	}
}
END_TEST

/* Records in the command's own form have their place by the column too; or by bytes of theirs. */
START_TEST(text_is_sorted)
{
	const struct out_choice choice = { .format = OUT_CLASSIC };
	char *text = NULL;
	size_t size;
	FILE *fp = open_memstream(&text, &size);
	struct err err;
	struct out *o = out_open(fp, &choice, cols, ARRAY_SIZE(cols), false, &err);

	ck_assert_int_eq(out_sort(o, "name", &err), 0);
	ck_assert(out_sorts_by(o, 0) && !out_sorts_by(o, 1));
	out_str(o, 0, "b");
	ck_assert_int_eq(out_text(o, "1\n", 2, &err), 0);
	ck_assert_int_eq(out_text(o, "2\n", 2, &err), 0);
	out_str(o, 0, "ab");
	ck_assert_int_eq(out_text(o, "3\n", 2, &err), 0);
	out_str(o, 0, "z");
	out_order(o, 0, "\0", 1);
	ck_assert_int_eq(out_text(o, "4\n", 2, &err), 0);
	out_str(o, 0, "a");
	ck_assert_int_eq(out_text(o, "5\n", 2, &err), 0);
	ck_assert_int_eq(out_close(o, &err), 0);
	fclose(fp);
	ck_assert_str_eq(text, "4\n5\n3\n1\n2\n");
	free(text);
}
END_TEST

START_TEST(sort_by_no_column)
{
	const struct out_choice choice = { .format = OUT_CSV };
	char *text = NULL;
	size_t size;
	FILE *fp = open_memstream(&text, &size);
	struct err err;
	struct out *o = out_open(fp, &choice, cols, ARRAY_SIZE(cols), false, &err);

	ck_assert_int_lt(out_sort(o, "-nme", &err), 0);
	ck_assert_int_eq(err.kind, ERR_USAGE);
	ck_assert_ptr_nonnull(
		strstr(err.text, "--sort: no column \"nme\"; did you mean \"name\"?"));
	ck_assert_int_eq(out_close(o, &err), 0);
	fclose(fp);
	ck_assert_str_eq(text, "");
	free(text);
}
END_TEST

START_TEST(unknown_column)
{
	const struct out_choice choice = { .format = OUT_TABLE, .columns = "name,tagz" };
	struct err err;

	ck_assert_ptr_null(out_open(stdout, &choice, cols, ARRAY_SIZE(cols), false, &err));
	ck_assert_int_eq(err.kind, ERR_USAGE);
	ck_assert_ptr_nonnull(strstr(err.text, "no column \"tagz\"; did you mean \"tags\"?"));
}
END_TEST

START_TEST(write_errors)
{
	const struct out_choice choice = { .format = OUT_JSON };
	FILE *fp = fopen("/dev/full", "w");
	struct err err;
	struct out *o;
	int rc = 0;

	if (!fp)
		return; /* not Linux */
	o = out_open(fp, &choice, cols, ARRAY_SIZE(cols), false, &err);
	for (int i = 0; i < 10000 && rc == 0; i++) {
		out_str(o, 0, "some text");
		rc = out_row(o, &err);
	}
	ck_assert_int_lt(rc, 0);
	ck_assert_int_eq(err.kind, ERR_SYSTEM);
	ck_assert_int_lt(out_close(o, &err), 0);
	fclose(fp);
}
END_TEST

START_TEST(stream_is_flushed)
{
	const struct out_choice choice = { .format = OUT_TABLE };
	char *text = NULL;
	size_t size;
	FILE *fp = open_memstream(&text, &size);
	struct err err;
	struct out *o = out_open(fp, &choice, cols, ARRAY_SIZE(cols), true, &err);

	ck_assert(!out_holds(o));
	for (int i = 0; i < 30; i++) {
		out_uint(o, 1, (uint64_t)i);
		ck_assert_int_eq(out_row(o, &err), 0);
		ck_assert_int_eq(out_holds(o), i < 23); /* until the columns are sized */
	}
	fflush(fp);
	ck_assert_ptr_nonnull(
		strstr(text, " 29 ")); /* the first screenful is out, and what follows */
	ck_assert_int_eq(out_close(o, &err), 0);
	fclose(fp);
	free(text);
}
END_TEST

START_TEST(gathered_stream_is_not)
{
	const struct out_choice choice = { .format = OUT_CSV };
	char *text = NULL;
	size_t size, before;
	FILE *fp = open_memstream(&text, &size);
	struct err err;
	struct out *o = out_open(fp, &choice, cols, ARRAY_SIZE(cols), true, &err);

	out_uint(o, 1, 1);
	ck_assert_int_eq(out_row(o, &err), 0);
	before = size;
	ck_assert_uint_gt(before, 0);
	out_gather(o);
	out_uint(o, 1, 2);
	ck_assert_int_eq(out_row(o, &err), 0);
	ck_assert_uint_eq(size, before);
	ck_assert_int_eq(out_flush(o, &err), 0);
	ck_assert_uint_gt(size, before);
	ck_assert_int_eq(out_close(o, &err), 0);
	fclose(fp);
	free(text);
}
END_TEST

UNIT_MAIN("out", every_format, columns_line_up, numbers_that_are_not_exact, wide_cells_stand_out,
	  records_are_sorted, text_is_sorted, sort_by_no_column, unknown_column, write_errors,
	  stream_is_flushed, gathered_stream_is_not)
