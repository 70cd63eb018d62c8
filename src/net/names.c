/* SPDX-License-Identifier: MIT */
#include "net/names.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/str.h"

static const struct entry {
	enum names_set set;
	int value;
	const char *name; /* "SOCK_STREAM" */
} entries[] = {
#define NAME(set, constant) { NAMES_##set, constant, #constant },
#include "net/names.def"
#undef NAME
};

/* What follows the prefix. */
static const char *word(const struct entry *e)
{
	return strchr(e->name, '_') + 1;
}

const char *names_of(enum names_set set, int value)
{
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
		if (entries[i].set == set && entries[i].value == value)
			return entries[i].name;
	return NULL;
}

char *names_word(char buf[static NAMES_STRLEN], enum names_set set, int value)
{
	const char *name = names_of(set, value), *p;
	size_t n = 0;

	if (!name) {
		snprintf(buf, NAMES_STRLEN, "%d", value);
		return buf;
	}
	for (p = strchr(name, '_') + 1; *p && n < NAMES_STRLEN - 1; p++)
		buf[n++] = str_lower(*p);
	buf[n] = '\0';
	return buf;
}

bool names_value(enum names_set set, const char *text, int *value)
{
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		const struct entry *e = &entries[i];

		if (e->set == set &&
		    (str_eq_nocase(e->name, text) || str_eq_nocase(word(e), text))) {
			*value = e->value;
			return true;
		}
	}
	return false;
}

int names_bits(int *bits, enum names_set set, const char *const *names, unsigned chosen,
	       struct err *err)
{
	for (; chosen; chosen >>= 1, names++) {
		int value = 0;

		if (!(chosen & 1))
			continue;
		if (!names_value(set, *names, &value))
			return err_set(err, ERR_USAGE, "this system has no %s", *names);
		*bits |= value;
	}
	return 0;
}
