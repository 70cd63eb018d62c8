/* SPDX-License-Identifier: MIT */
#include "echo/window.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

void window_init(struct window *w, size_t size)
{
	*w = (struct window){ .data = xmalloc(size), .size = size };
}

void window_fini(struct window *w)
{
	free(w->data);
	w->data = NULL;
}

/* The first byte that must be kept. */
static uint64_t start(const struct window *w)
{
	return w->differs ? w->sent : w->back;
}

/* N bytes from offset AT on, cut where the ring ends. */
static size_t unbroken(const struct window *w, uint64_t at, uint64_t n)
{
	size_t left = w->size - (size_t)(at % w->size);

	return n < left ? (size_t)n : left;
}

void window_grow(struct window *w, size_t size)
{
	struct window to = *w;

	to.data = xmalloc(size);
	to.size = size;
	for (uint64_t at = start(w), n; at < w->taken; at += n) {
		size_t from = unbroken(w, at, w->taken - at);

		n = unbroken(&to, at, from);
		memcpy(to.data + at % size, w->data + at % w->size, (size_t)n);
	}
	free(w->data);
	*w = to;
}

size_t window_room(const struct window *w, char **where)
{
	*where = w->data + w->taken % w->size;
	return unbroken(w, w->taken, w->size - (w->taken - start(w)));
}

void window_take(struct window *w, size_t n)
{
	w->taken += n;
}

size_t window_unsent(const struct window *w, const char **what)
{
	*what = w->data + w->sent % w->size;
	return unbroken(w, w->sent, w->taken - w->sent);
}

void window_send(struct window *w, size_t n)
{
	w->sent += n;
}

static void differ(struct window *w, int want, char got)
{
	w->differs = true;
	w->offset = w->back;
	w->want = want;
	w->got = (unsigned char)got;
}

void window_check(struct window *w, const char *data, size_t n)
{
	while (n && !w->differs) {
		const char *sent = w->data + w->back % w->size;
		size_t same = unbroken(w, w->back, w->sent - w->back);

		if (same == 0) {
			differ(w, -1, *data);
			return;
		}
		if (same > n)
			same = n;
		if (memcmp(sent, data, same) != 0) {
			while (*sent == *data) {
				sent++;
				data++;
				w->back++;
			}
			differ(w, (unsigned char)*sent, *data);
			return;
		}
		w->back += same;
		data += same;
		n -= same;
	}
}
