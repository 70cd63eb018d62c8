/* SPDX-License-Identifier: MIT */
#include "db/dbline.h"

#include <string.h>

#include "base/str.h"

static const char bom[] = { '\xef', '\xbb', '\xbf' };

/* The fields that begin in S to END, which get a NUL each; FIELDS is NULL to count them. */
static size_t split(char *s, char *end, const char **fields)
{
	size_t n = 0;

	while (s < end) {
		if (str_is_space(*s)) {
			if (fields)
				*s = '\0';
			s++;
			continue;
		}
		if (fields)
			fields[n] = s;
		n++;
		while (s < end && !str_is_space(*s))
			s++;
	}
	return n;
}

void dbline_split(struct dbline *line, struct arena *a, uint64_t number, const char *text,
		  size_t len)
{
	char *copy = arena_copy(a, text, len), *s = copy, *end = copy + len;
	char *hash = len ? memchr(copy, '#', len) : NULL, *stop = hash ? hash : end, *nul;

	*line = (struct dbline){ .number = number, .text = copy };
	if (number == 1 && len >= sizeof(bom) && memcmp(copy, bom, sizeof(bom)) == 0) {
		line->bom = true;
		s += sizeof(bom);
	}
	nul = memchr(s, '\0', (size_t)(stop - s));
	line->nul = nul ? (size_t)(nul - copy) + 1 : 0;
	line->nfields = split(s, stop, NULL);
	if (line->nfields) {
		const char **fields = arena_alloc(a, line->nfields * sizeof(*fields));

		split(s, stop, fields);
		line->fields = fields;
	}
	if (!hash)
		return;
	*hash++ = '\0';
	while (hash < end && str_is_space(*hash))
		hash++;
	while (hash < end && str_is_space(end[-1]))
		end--;
	*end = '\0';
	line->comment = hash < end ? hash : NULL;
	line->comment_len = (size_t)(end - hash);
}

size_t dbline_column(const struct dbline *line, const char *field)
{
	return (size_t)(field - line->text) + 1;
}
