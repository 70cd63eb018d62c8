/* SPDX-License-Identifier: MIT */
#include "base/note.h"

#include <stdarg.h>
#include <stdio.h>

void note_add(struct notes *notes, size_t line, size_t column, const char *fmt, ...)
{
	struct note *note;
	char text[512];
	va_list ap;

	if (notes->n == NOTE_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	note = vec_push(notes);
	*note = (struct note){ .line = line, .column = column, .text = xstrdup(text) };
}

void note_fini(struct notes *notes)
{
	for (size_t i = 0; i < notes->n; i++)
		free(notes->v[i].text);
	vec_fini(notes);
}
