/* SPDX-License-Identifier: MIT */
#include "base/nsswitch.h"

#include <string.h>

#include "base/io.h"
#include "base/macros.h"
#include "base/str.h"

static const char *const status_names[] = { "SUCCESS", "NOTFOUND", "UNAVAIL", "TRYAGAIN" };
static const char *const action_names[] = { "continue", "return", "merge" };

/* The databases that glibc knows: it reads no line of another one. */
static const char *const databases[] = {
	"aliases",    "ethers",   "group",    "group_compat", "gshadow",       "hosts",
	"initgroups", "netgroup", "networks", "passwd",       "passwd_compat", "protocols",
	"publickey",  "rpc",      "services", "shadow",       "shadow_compat",
};

/* A line that is being read: S is the next byte of what is left, up to END. */
struct reader {
	struct nsswitch *to; /* of the database that is asked for, else NULL: only checked */
	struct notes *notes;
	size_t line;
	const char *start, *s, *end;
	bool commented; /* a note told that there are no comments */
};

const char *nsswitch_status_name(enum nsswitch_status status)
{
	return status_names[status];
}

const char *nsswitch_action_name(enum nsswitch_action action)
{
	return action_names[action];
}

static size_t column(const struct reader *r, const char *at)
{
	return (size_t)(at - r->start) + 1;
}

static void skip_blanks(struct reader *r)
{
	while (r->s < r->end && str_is_space(*r->s))
		r->s++;
}

/* The bytes up to a blank or one of STOPS. */
static size_t take_word(struct reader *r, const char *stops)
{
	const char *from = r->s;

	while (r->s < r->end && !str_is_space(*r->s) && !strchr(stops, *r->s))
		r->s++;
	return (size_t)(r->s - from);
}

static bool is_word(const char *text, size_t len, const char *word)
{
	if (strlen(word) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (str_lower(text[i]) != str_lower(word[i]))
			return false;
	return true;
}

/* The number of the word at R in NAMES, of N; -1 if it is none of them, which is noted. */
static int take_name(struct reader *r, const char *const *names, size_t n, const char *what)
{
	const char *from = r->s;
	size_t len = take_word(r, "=]");
	char show[STR_SHOW];

	for (size_t i = 0; i < n; i++)
		if (is_word(from, len, names[i]))
			return (int)i;
	note_add(r->notes, r->line, column(r, from),
		 "\"%s\" is no %s: glibc cannot read this line, and finds nothing in any database",
		 str_show_n(show, from, len), what);
	return -1;
}

static void set_action(struct nsswitch_source *source, int status, bool all_others,
		       enum nsswitch_action action)
{
	for (int i = 0; i < NSSWITCH_STATUSES; i++)
		if ((i == status) != all_others)
			source->on[i] = action;
}

/* "!STATUS=action"; -1 if glibc gives up. */
static int take_action(struct reader *r, struct nsswitch_source *source)
{
	bool all_others = r->s < r->end && *r->s == '!';
	int status, action;

	r->s += all_others;
	status = take_name(r, status_names, ARRAY_SIZE(status_names), "status");
	if (status < 0)
		return -1;
	skip_blanks(r);
	if (r->s == r->end || *r->s != '=') {
		note_add(r->notes, r->line, column(r, r->s),
			 "\"=\" is missing: glibc cannot read this line, and finds nothing in any "
			 "database");
		return -1;
	}
	r->s++;
	skip_blanks(r);
	action = take_name(r, action_names, ARRAY_SIZE(action_names), "action");
	if (action < 0)
		return -1;
	set_action(source, status, all_others, (enum nsswitch_action)action);
	skip_blanks(r);
	return 0;
}

/* What stands in brackets behind SOURCE, if that follows. */
static int take_actions(struct reader *r, struct nsswitch_source *source)
{
	const char *from = r->s;

	if (r->s == r->end || *r->s != '[')
		return 0;
	r->s++;
	skip_blanks(r);
	do {
		if (take_action(r, source) < 0)
			return -1;
	} while (r->s == r->end || *r->s != ']');
	r->s++;
	if (r->to)
		source->actions = arena_copy(&r->to->memory, from, (size_t)(r->s - from));
	return 0;
}

static void note_comment(struct reader *r, const char *from, size_t len)
{
	if (r->to && !r->commented && memchr(from, '#', len)) {
		r->commented = true;
		note_add(r->notes, r->line, column(r, from),
			 "\"#\" begins no comment here: glibc takes it and the words behind it for "
			 "sources");
	}
}

/* The sources that R has from S on; -1 if glibc cannot read them. */
static int take_sources(struct reader *r)
{
	for (skip_blanks(r); r->s < r->end; skip_blanks(r)) {
		struct nsswitch_source source = { .on[NSSWITCH_SUCCESS] = NSSWITCH_RETURN };
		const char *from = r->s;
		size_t len = take_word(r, "[");

		if (len == 0) {
			note_add(
				r->notes, r->line, column(r, from),
				"brackets that follow no source: glibc ignores the rest of the line");
			return 0;
		}
		note_comment(r, from, len);
		source.column = column(r, from);
		skip_blanks(r);
		if (take_actions(r, &source) < 0)
			return -1;
		if (r->to) {
			source.name = arena_copy(&r->to->memory, from, len);
			*vec_push(&r->to->sources) = source;
		}
	}
	return 0;
}

static bool is_database(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(databases); i++)
		if (strlen(databases[i]) == len && memcmp(databases[i], name, len) == 0)
			return true;
	return false;
}

/* The line "DATABASE: sources" at R; glibc takes blanks for the colon too. */
static void read_line(struct nsswitch *n, struct reader *r, const char *database)
{
	const char *name;
	size_t len;

	skip_blanks(r);
	name = r->s;
	len = take_word(r, ":");
	if (len == 0 || r->s == r->end)
		return;
	while (r->s < r->end && (str_is_space(*r->s) || *r->s == ':'))
		r->s++;
	if (strlen(database) == len && memcmp(name, database, len) == 0) {
		r->to = n;
		if (n->line)
			note_add(&n->notes, n->line, 1,
				 "the later one in line %zu replaces this one", r->line);
		n->line = r->line;
		n->sources.n = 0;
	} else if (!is_database(name, len)) {
		return;
	}
	if (take_sources(r) < 0)
		n->broken = true;
}

void nsswitch_parse(struct nsswitch *n, const char *text, size_t len, const char *database,
		    const char *fallback)
{
	const char *s = text, *end = text + len, *next, *nul;
	struct reader r = { .notes = &n->notes };

	*n = (struct nsswitch){ 0 };
	for (size_t line = 1; s < end; line++, s = next + 1) {
		next = memchr(s, '\n', (size_t)(end - s));
		if (!next) {
			note_add(&n->notes, line, 1,
				 "the last line does not end: glibc does not read it");
			break;
		}
		nul = memchr(s, '\0', (size_t)(next - s));
		r = (struct reader){ .notes = &n->notes, .line = line, .start = s, .s = s };
		r.end = nul ? nul : next + 1;
		read_line(n, &r, database);
	}
	if (n->line || !fallback)
		return;
	r = (struct reader){ .to = n, .notes = &n->notes, .start = fallback, .s = fallback };
	r.end = fallback + strlen(fallback);
	(void)take_sources(&r);
}

int nsswitch_read(struct nsswitch *n, const char *path, const char *database, const char *fallback,
		  struct err *err)
{
	struct buf text = { 0 };
	int rc = io_read_file(&text, path, err);

	*n = (struct nsswitch){ 0 };
	if (rc >= 0)
		nsswitch_parse(n, buf_str(&text), text.len, database, fallback);
	buf_fini(&text);
	return rc < 0 ? -1 : 0;
}

void nsswitch_fini(struct nsswitch *n)
{
	vec_fini(&n->sources);
	note_fini(&n->notes);
	arena_fini(&n->memory);
}
