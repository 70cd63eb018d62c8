/* SPDX-License-Identifier: MIT */
/* options_custom.c - an option by its numbers */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/scan.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "sockopt/options.h"

/* "6", "tcp" or "IPPROTO_TCP"; LEVEL is filled. */
static bool scan_level(struct option_level *level, const char *text)
{
	const struct option_row *o;
	int64_t number;
	size_t n;

	o = options_all(&n);
	for (size_t i = 0; i < n; i++) {
		if (option_level_is(option_level(&o[i]), text)) {
			*level = *option_level(&o[i]);
			return true;
		}
	}
	if (!scan_int_all(text, &number) || number < 0 || number > INT_MAX)
		return false;
	*level = (struct option_level){ .number = (int)number };
	for (size_t i = 0; i < n; i++)
		if (option_level(&o[i])->number == number)
			level->name = option_level(&o[i])->name;
	return true;
}

/* "raw" is what else would be hidden behind another type of its name. */
static bool scan_type(uint8_t *type, const char *text)
{
	for (int t = 0; t < VALUE_TYPES; t++) {
		if (!value_type_parses((enum value_type)t) ||
		    !str_eq_nocase(t == VALUE_RAW ? "raw" : value_type_name((enum value_type)t),
				   text))
			continue;
		*type = (uint8_t)t;
		return true;
	}
	return false;
}

/* What the table knows of the option, or that nothing is known. */
static void fill(struct option_custom *c, const struct option_row *known)
{
	uint8_t type = c->row.type;

	if (known) {
		c->row = *known;
		c->row.type = type;
		if (!(known->flags & OPTION_SET)) /* who names a number asks the kernel */
			c->row.flags |= OPTION_SET | OPTION_ONE_WAY;
		snprintf(c->name, sizeof(c->name), "%s", option_name(known));
	} else {
		c->row.flags = OPTION_GET | OPTION_SET | OPTION_ONE_WAY | OPTION_UNNAMED;
		option_no_texts(&c->row);
		if (c->level.name)
			snprintf(c->name, sizeof(c->name), "%s:%d", c->level.name, c->row.number);
		else
			snprintf(c->name, sizeof(c->name), "%d:%d", c->level.number, c->row.number);
	}
	c->row.level_ = OPTION_LEVEL_CUSTOM;
}

static int scan(struct option_custom *c, const char *text, struct err *err)
{
	const struct option_row *known;
	char show[STR_SHOW], words[3][32] = { "", "", "" };
	int64_t number;
	size_t n = 0;

	for (const char *s = text; n < 3; n++) {
		size_t len = strcspn(s, ":");

		if (len < sizeof(words[n]))
			memcpy(words[n], s, len);
		s += len;
		if (!*s++)
			break;
	}
	if (n < 1 || n > 2 || !scan_level(&c->level, words[0]) ||
	    !scan_int_all(words[1], &number) || number < 0 || number > INT_MAX)
		return err_set(err, ERR_USAGE, "\"%s\" is not LEVEL:NUMBER or LEVEL:NUMBER:TYPE",
			       str_show(show, text));
	c->row.number = (int)number;
	known = options_number(c->level.number, (int)number);
	c->row.type = known ? known->type : VALUE_INT;
	if (n == 2 && !scan_type(&c->row.type, words[2]))
		return err_set(err, ERR_USAGE,
			       "\"%s\" is no type: int, bool, bytes, seconds, string, raw, ...",
			       str_show(show, words[2]));
	fill(c, known);
	return 0;
}

struct option_custom *option_custom(const char *text, struct err *err)
{
	struct option_custom *c = xcalloc(1, sizeof(*c));

	if (scan(c, text, err) < 0) {
		free(c);
		return NULL;
	}
	c->level.read = true;
	c->level.family_ = c->level.protocol_ = OPTION_ANY;
	if (!c->level.name) {
		snprintf(c->level_name, sizeof(c->level_name), "%d", c->level.number);
		c->level.name = c->level_name;
	}
	return c;
}
