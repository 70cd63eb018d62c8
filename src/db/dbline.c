/* SPDX-License-Identifier: MIT */
#include "db/dbline.h"

#include <string.h>

#include "base/str.h"

static const char bom[] = { '\xef', '\xbb', '\xbf' };

enum {
	FEW = 16, /* fields that most lines do not have more of */
};

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
		while (s < end && !str_is_space(*s))
			s++;
	}
}

void dbline_split(struct dbline *line, struct arena *a, uint64_t number, const char *text,
		  size_t len)
{
	char *copy = arena_copy(a, text, len), *s = copy, *end = copy + len;
	const char *few[FEW], **fields;
	char *hash = len ? memchr(copy, '#', len) : NULL, *stop = hash ? hash : end, *nul;

	*line = (struct dbline){ .number = number, .text = copy };
	if (number == 1 && len >= sizeof(bom) && memcmp(copy, bom, sizeof(bom)) == 0) {
		line->bom = true;
		s += sizeof(bom);
	}
	nul = memchr(s, '\0', (size_t)(stop - s));
	line->nul = nul ? (size_t)(nul - copy) + 1 : 0;
	line->nfields = split(s, stop, few, FEW);
	if (line->nfields) {
		fields = arena_alloc(a, line->nfields * sizeof(*fields));
		if (line->nfields <= FEW) {
			memcpy(fields, few, line->nfields * sizeof(*fields));
		} else { /* once more, from the blanks as they were */
			memcpy(s, text + (s - copy), (size_t)(stop - s));
			split(s, stop, fields, line->nfields);
		}
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
