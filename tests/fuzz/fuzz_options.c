/* SPDX-License-Identifier: MIT */
/*
 * fuzz_options.c - NAME, LEVEL:NUMBER:TYPE and NAME=VALUE of socket options
 *
 * What is found by one of them is found again by its numbers, with the same value.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "cmd/sockset.h"
#include "sockopt/options.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* "LEVEL:NUMBER:TYPE" in numbers is the same option. */
static void check_numbers(const struct option_row *row)
{
	struct buf b = { 0 };
	struct option_custom *c;
	struct err err;

	buf_printf(&b, "%d:%d", option_level(row)->number, row->number);
	if (value_type_parses((enum value_type)row->type))
		buf_printf(&b, ":%s",
			   row->type == VALUE_RAW ? "raw" :
						    value_type_name((enum value_type)row->type));
	c = option_custom(buf_str(&b), &err);
	require(c && c->level.number == option_level(row)->number && c->row.number == row->number);
	require(strcmp(value_type_name((enum value_type)c->row.type),
		       value_type_name((enum value_type)row->type)) == 0);
	free(c);
	buf_fini(&b);
}

static void check_custom(const char *text)
{
	struct err err = { 0 };
	struct option_custom *c = option_custom(text, &err);

	if (!c) {
		require(err.kind == ERR_USAGE && *err.text);
		return;
	}
	require(strchr(text, ':') && *option_name(&c->row) && option_level(&c->row)->name);
	require(c->row.number == strtoll(strchr(text, ':') + 1, NULL, 0) ||
		strchr(text, ':')[1] == '0'); /* not octal */
	if (*text >= '1' && *text <= '9')
		require(c->level.number == strtoll(text, NULL, 10));
	check_numbers(&c->row);
	free(c);
}

/* Each is found by its own name too, and no name is nearer than one that is there. */
static void check_find(const char *text)
{
	struct option_list list = { 0 }, own = { 0 };
	const char *near = options_nearest(text);
	size_t n = options_find(&list, text);

	require(n == list.n);
	for (size_t i = 0; i < n; i++) {
		bool found = false;

		own.n = 0;
		require(options_find(&own, option_name(list.v[i])) > 0);
		for (size_t k = 0; k < own.n; k++)
			found |= own.v[k] == list.v[i];
		require(found);
	}
	if (near) {
		list.n = 0;
		require(options_find(&list, near) > 0);
	}
	vec_fini(&list);
	vec_fini(&own);
}

/* A value that was read for an option, printed, is read for it as the same. */
static void check_setting(const char *text)
{
	const struct option_row *row;
	struct value value, again;
	struct buf b = { 0 };
	struct err err = { 0 };
	char *explained;

	row = sockset_parse(text, &value, &err);
	if (!row) {
		require(err.kind != ERR_NONE && *err.text);
		return;
	}
	require(row->flags & OPTION_SET && value.type == row->type);
	if (value.type == VALUE_STR || value.type == VALUE_IFNAME)
		return; /* names may have bytes that are escaped when they are printed */
	value_text(&b, &value);
	explained = strstr(buf_str(&b), " (");
	if (explained)
		*explained = '\0';
	require(value_parse(&again, (enum value_type)row->type, "X", b.data, &err) == 0);
	require(value_equal(&value, &again));
	buf_fini(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);

	check_custom(text);
	if (strlen(text) < 64) /* the nearest name takes its time */
		check_find(text);
	/* An option by its numbers is kept till the end of the program: not here. */
	if (!memchr(text, ':', strcspn(text, "=")))
		check_setting(text);
	free(text);
	return 0;
}
