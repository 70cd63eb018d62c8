/* SPDX-License-Identifier: MIT */
#include "echo/window.h"

#include <string.h>

#include "base/macros.h"
#include "unit.h"

/* The text that was taken so far goes in at once, as far as there is room. */
static size_t take(struct window *w, const char *text, size_t n)
{
	size_t done = 0, room;
	char *where;

	while (done < n && (room = window_room(w, &where)) > 0) {
		if (room > n - done)
			room = n - done;
		memcpy(where, text + done, room);
		window_take(w, room);
		done += room;
	}
	return done;
}

/* Sends all that can be sent, as a network would take it. */
static size_t send_all(struct window *w)
{
	const char *what;
	size_t n, sum = 0;

	while ((n = window_unsent(w, &what)) > 0) {
		window_send(w, n);
		sum += n;
	}
	return sum;
}

static const struct {
	const char *name, *sent, *back;
	bool differs;
	uint64_t offset;
	int want, got;
} cases[] = {
	{ "equal", "abcdefgh", "abcdefgh", false, 0, 0, 0 },
	{ "the first byte", "abc", "xbc", true, 0, 'a', 'x' },
	{ "the last byte", "abc", "abx", true, 2, 'c', 'x' },
	{ "one too many", "abc", "abcd", true, 3, -1, 'd' },
	{ "a greeting", "", "220 ready", true, 0, -1, '2' },
	{ "too few is no difference", "abc", "ab", false, 0, 0, 0 },
	{ "one left out", "abcdef", "abdef", true, 2, 'c', 'd' },
	{ "two changed places", "abcdef", "abdcef", true, 2, 'c', 'd' },
	{ "a byte over 127", "a\x80", "a\xff", true, 1, 0x80, 0xff },
};

START_TEST(verdicts)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (size_t step = 1; step < 10; step++) { /* however it is cut into pieces */
			size_t n = strlen(cases[i].back), len;
			struct window w;

			window_init(&w, 8);
			ck_assert_uint_eq(take(&w, cases[i].sent, strlen(cases[i].sent)),
					  strlen(cases[i].sent));
			send_all(&w);
			for (size_t at = 0; at < n; at += len) {
				len = n - at < step ? n - at : step;
				window_check(&w, cases[i].back + at, len);
			}
			ck_assert_msg(w.differs == cases[i].differs, "%s", cases[i].name);
			if (w.differs) {
				ck_assert_msg(w.offset == cases[i].offset, "%s: offset %llu",
					      cases[i].name, (unsigned long long)w.offset);
				ck_assert_msg(w.want == cases[i].want && w.got == cases[i].got,
					      "%s: want %d got %d", cases[i].name, w.want, w.got);
			} else {
				ck_assert_uint_eq(w.back, n);
			}
			window_fini(&w);
		}
	}
}
END_TEST

/*
 * A stream that goes round a small ring many times, in pieces of any length: nothing is
 * taken beyond the size, all comes out as it went in, and a changed byte is found.
 */
START_TEST(stream)
{
	enum {
		SIZE = 37,
		TOTAL = 20000
	};
	static char text[TOTAL];
	unsigned seed = 1;

	for (size_t i = 0; i < TOTAL; i++) {
		seed = seed * 1103515245 + 12345;
		text[i] = (char)(seed >> 16);
	}
	for (size_t bad = 0; bad <= TOTAL; bad += 4999) { /* the last round: none is bad */
		size_t taken = 0, sent = 0, back = 0, n;
		struct window w;
		const char *what;
		char piece[SIZE];

		window_init(&w, SIZE);
		while (back < TOTAL) {
			seed = seed * 1103515245 + 12345;
			n = (seed >> 16) % SIZE + 1;
			switch (seed >> 28 & 3) {
			case 0:
				taken += take(&w, text + taken,
					      n < TOTAL - taken ? n : TOTAL - taken);
				break;
			case 1:
				if (n > window_unsent(&w, &what))
					n = window_unsent(&w, &what);
				ck_assert_int_eq(memcmp(what, text + sent, n), 0);
				window_send(&w, n);
				sent += n;
				break;
			default:
				if (n > sent - back)
					n = sent - back;
				memcpy(piece, text + back, n);
				if (bad >= back && bad < back + n)
					piece[bad - back] ^= 1;
				window_check(&w, piece, n);
				back += n;
			}
			if (!w.differs)
				ck_assert_uint_le(w.taken - w.back, SIZE);
		}
		ck_assert_int_eq(w.differs, bad < TOTAL);
		if (w.differs)
			ck_assert_uint_eq(w.offset, bad);
		window_fini(&w);
	}
}
END_TEST

/* After a difference the window does not fill up, although nothing comes back. */
START_TEST(goes_on)
{
	struct window w;

	window_init(&w, 8);
	take(&w, "abcdefgh", 8);
	send_all(&w);
	ck_assert_uint_eq(take(&w, "x", 1), 0);
	window_check(&w, "x", 1);
	for (int i = 0; i < 100; i++) {
		ck_assert_uint_eq(take(&w, "12345", 5), 5);
		ck_assert_uint_eq(send_all(&w), 5);
	}
	ck_assert_uint_eq(w.sent, 508);
	window_fini(&w);
}
END_TEST

/* A ring that grows keeps what is on its way, wherever that stands in it. */
START_TEST(grows)
{
	for (size_t moved = 0; moved < 16; moved++) {
		const char *what;
		struct window w;
		size_t n;

		window_init(&w, 8);
		for (size_t i = 0; i < moved; i++) {
			take(&w, "-", 1);
			send_all(&w);
			window_check(&w, "-", 1);
		}
		ck_assert_uint_eq(take(&w, "abcdefgh", 8), 8);
		n = window_unsent(&w, &what);
		window_send(&w, n > 5 ? 5 : n);
		window_grow(&w, 16);
		ck_assert_uint_eq(take(&w, "ijklmnopq", 9), 8);
		ck_assert_uint_eq(w.taken, moved + 16);
		send_all(&w);
		window_check(&w, "abcdefghijklmnop", 16);
		ck_assert(!w.differs);
		ck_assert_uint_eq(w.back, moved + 16);
		window_fini(&w);
	}
}
END_TEST

UNIT_MAIN("window", verdicts, stream, goes_on, grows)
