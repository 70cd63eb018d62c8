/* SPDX-License-Identifier: MIT */
/* lint_services.c - services(5): NAME PORT/PROTOCOL [ALIAS...] */
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "db/lint_impl.h"
#include "net/endpoint.h"

/* As protocols(5) has them; upper case is an alias there. */
static const char *const known[] = {
#define PROTOCOL(name, number, aliases, comment) name,
#include "db/builtin_protocols.def"
#undef PROTOCOL
};

enum {
	NEAR = 2, /* changes that make another protocol of it, at most */
};

/* PROTOCOL is in lower case. */
static void check_known(struct lint_at *at, size_t column, const char *protocol)
{
	const char *nearest = NULL;
	struct buf b = { 0 };
	unsigned distance = NEAR + 1;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strcmp(known[i], protocol) == 0)
			return;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		unsigned d = str_distance(known[i], protocol);

		if (d < distance && strlen(known[i]) > d) {
			distance = d;
			nearest = known[i];
		}
	}
	if (nearest)
		buf_printf(&b, "; did you mean \"%s\"?", nearest);
	lint_found(at, LINT_S010, 1, column, LINT_WORDS(protocol, buf_str(&b)));
	buf_fini(&b);
}

/* The protocol at SLASH in lower case, as libc compares it; PROTOCOL is that. */
static void check_case(struct lint_at *at, const char *slash, char *protocol)
{
	const char *text = at->words[1];
	struct buf b = { 0 };
	bool upper = false;

	for (char *s = protocol; *s; s++) {
		upper |= *s != str_lower(*s);
		*s = str_lower(*s);
	}
	if (!upper)
		return;
	lint_found(at, LINT_S007, 1, (size_t)(slash + 1 - text), LINT_WORDS(slash + 1, protocol));
	buf_add(&b, text, (size_t)(slash + 1 - text));
	buf_adds(&b, protocol);
	lint_edit(at, 1, b.data, b.len);
	buf_fini(&b);
}

/* The slash of "80/tcp"; NULL if that is not what stands behind the name. */
static const char *find_slash(struct lint_at *at)
{
	const char *text, *slash, *second;

	if (at->line.nfields < 2) {
		lint_found(at, LINT_S001, 0, strlen(at->words[0]), LINT_WORDS(NULL));
		return NULL;
	}
	text = at->words[1];
	slash = strchr(text, '/');
	if (!slash || !slash[1]) {
		lint_found(at, LINT_S002, 1, strlen(text), LINT_WORDS(NULL));
		return NULL;
	}
	second = strchr(slash + 1, '/');
	if (second)
		lint_found(at, LINT_S004, 1, (size_t)(second - text), LINT_WORDS(NULL));
	return second ? NULL : slash;
}

static bool parse(struct lint_at *at)
{
	const char *slash = find_slash(at), *text;
	char *protocol;
	struct buf b = { 0 };
	struct err err;
	uint16_t port;

	if (!slash)
		return false;
	text = at->words[1];
	if (endpoint_parse_port(&port, text, (size_t)(slash - text), lint_before(at, 1), &err) <
	    0) {
		lint_found_err(at, LINT_S003, 1, &err);
		return false;
	}
	if (port == 0)
		lint_found(at, LINT_S009, 1, 0, LINT_WORDS(NULL));
	protocol = arena_copy(&at->memory, slash + 1, strlen(slash + 1));
	check_case(at, slash, protocol);
	check_known(at, (size_t)(slash + 1 - text), protocol);
	buf_uint(&b, port);
	buf_addc(&b, '/');
	buf_adds(&b, protocol);
	at->value = arena_copy(&at->memory, b.data, b.len);
	at->scope = protocol;
	buf_fini(&b);
	return true;
}

static void check_name(struct lint_at *at, size_t i)
{
	if (lint_is_number(at->words[i]))
		lint_found(at, LINT_S008, i, 0, LINT_WORDS(at->words[i]));
}

static bool may_share(const char *value UNUSED)
{
	return false;
}

const struct lint_type lint_services = {
	.value_field = 1,
	.longest = 127, /* 128 with a NUL */
	.flush = true,
	.shadowed = LINT_S005,
	.again = LINT_S006,
	.parse = parse,
	.name = check_name,
	.may_share = may_share,
};
