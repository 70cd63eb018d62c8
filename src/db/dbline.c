/* SPDX-License-Identifier: MIT */
#include "db/dbline.h"

#include <string.h>

#include "base/str.h"

bool dbline_has_bom(const char *text, size_t len)
{
	static const char bom[DBLINE_BOM] = { '\xef', '\xbb', '\xbf' };

	return len >= sizeof(bom) && memcmp(text, bom, sizeof(bom)) == 0;
}

/* Puts a NUL behind each field in S to END, and the first MAX in FIELDS; returns how many. */
static size_t split(char *s, char *end, const char **fields, size_t max)
{
	size_t n = 0;

	for (;;) {
		while (s < end && str_is_space(*s))
			*s++ = '\0';
		if (s == end)
			return n;
		if (n < max)
			fields[n] = s;
		n++;
		while (s < end && ((unsigned char)*s > ' ' || !str_is_space(*s)))
			s++;
	}
}

void dbline_split(struct dbline *line, struct arena *a, uint64_t number, const char *text,
		  size_t len)
{
	char *copy = arena_copy(a, text, len), *s = copy, *end = copy + len;
	const char **fields;
	char *hash = len ? memchr(copy, '#', len) : NULL, *stop = hash ? hash : end, *nul;

	line->number = number;
	line->text = copy;
	line->comment = NULL;
	line->comment_len = 0;
	line->bom = number == 1 && dbline_has_bom(copy, len);
	if (line->bom)
		s += DBLINE_BOM;
	nul = memchr(s, '\0', (size_t)(stop - s));
	line->nul = nul ? (size_t)(nul - copy) + 1 : 0;
	line->fields = line->few;
	line->nfields = split(s, stop, line->few, DBLINE_FEW);
	if (line->nfields > DBLINE_FEW) { /* once more, from the blanks as they were */
		fields = arena_alloc(a, line->nfields * sizeof(*fields));
		memcpy(s, text + (s - copy), (size_t)(stop - s));
		split(s, stop, fields, line->nfields);
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

bool dbline_is_blank(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && str_is_space(text[i]))
		i++;
	return i == len || text[i] == '#';
}

const char *const *dbline_rest(const struct dbline *line, size_t from, struct arena *a)
{
	size_t n = line->nfields - from;
	const char **rest;

	if (n == 0)
		return NULL;
	rest = arena_alloc(a, n * sizeof(*rest));
	memcpy(rest, line->fields + from, n * sizeof(*rest));
	return rest;
}

void dbline_drop(struct dbline *line, size_t i, struct arena *a)
{
	const char **fields = arena_alloc(a, line->nfields * sizeof(*fields));

	memcpy(fields, line->fields, i * sizeof(*fields));
	memcpy(fields + i, line->fields + i + 1, (line->nfields - i - 1) * sizeof(*fields));
	line->fields = fields;
	line->nfields--;
}

size_t dbline_column(const struct dbline *line, const char *field)
{
	return (size_t)(field - line->text) + 1;
}
