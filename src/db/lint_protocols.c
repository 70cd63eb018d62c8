/* SPDX-License-Identifier: MIT */
/* lint_protocols.c - protocols(5): NAME NUMBER [ALIAS...] */
#include <stdio.h>
#include <string.h>

#include "db/db.h"
#include "db/format.h"
#include "db/lint_impl.h"

static bool parse(struct lint_at *at)
{
	const char *text;
	char value[16];
	uint32_t number;
	struct err err;

	if (at->line.nfields < 2) {
		lint_found(at, LINT_P001, 0, strlen(at->words[0]), LINT_WORDS(NULL));
		return false;
	}
	text = at->words[1];
	if (db_protocols.csv->parse(&number, text, strlen(text), lint_before(at, 1), &err) < 0) {
		lint_found_err(at, LINT_P002, 1, &err);
		return false;
	}
	snprintf(value, sizeof(value), "%u", (unsigned)number);
	at->value = arena_copy(&at->memory, value, strlen(value));
	at->scope = "";
	return true;
}

static void check_name(struct lint_at *at, size_t i)
{
	if (lint_is_number(at->words[i]))
		lint_found(at, LINT_P005, i, 0, LINT_WORDS(at->words[i]));
}

/* 0 is hopopt, and "ip" by custom: the number that means any protocol to socket(2). */
static bool may_share(const char *value)
{
	return strcmp(value, "0") == 0;
}

const struct lint_type lint_protocols = {
	.value_field = 1,
	.shadowed = LINT_P004,
	.again = LINT_P003,
	.parse = parse,
	.name = check_name,
	.may_share = may_share,
};
