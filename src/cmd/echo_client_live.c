/* SPDX-License-Identifier: MIT */
/* echo_client_live.c - --live: how it goes, on the terminal, four times a second */
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "cmd/echo_client_impl.h"

enum {
	SECONDS = 10, /* that are "last" */
	VALUES = 1024,
	WIDTH = 80, /* of a terminal that does not tell */
	HEIGHT = 24,
};

struct echo_live {
	struct echo_session *s;
	int fd;
	bool utf8, hides, drawn;
	uint64_t next_ns, second_ns;
	uint64_t values[VALUES]; /* the newest last */
	size_t n;
	struct hist past[SECONDS]; /* what was known at the last seconds, a ring */
	uint64_t seconds;
	struct hist recent;
};

struct echo_live *echo_live_open(struct echo_session *s)
{
	int fd = fileno(s->cli->errors);
	const char *term = getenv("TERM");
	struct echo_live *l;

	if (!s->opt->live)
		return NULL;
	if (isatty(fd) != 1 || !term || strcmp(term, "dumb") == 0) {
		cli_note(s->cli, "--live: standard error is no terminal that can be drawn on");
		return NULL;
	}
	l = xcalloc(1, sizeof(*l));
	l->s = s;
	l->fd = fd;
	l->utf8 = cli_utf8();
	l->hides = out_is_text(s->o) && isatty(fileno(s->cli->out)) == 1;
	l->second_ns = clock_now_ns();
	return l;
}

bool echo_live_hides(const struct echo_live *l)
{
	return l && l->hides;
}

void echo_live_add(struct echo_live *l, uint64_t value)
{
	if (!l)
		return;
	if (l->n == VALUES) {
		l->n = VALUES / 2; /* no terminal is as wide */
		memmove(l->values, l->values + VALUES - l->n, l->n * sizeof(l->values[0]));
	}
	l->values[l->n++] = value;
}

/* Whoever has stopped the terminal (^S) must not stop what is measured. */
static bool takes(const struct echo_live *l)
{
	struct pollfd io = { .fd = l->fd, .events = POLLOUT };

	return poll(&io, 1, 0) == 1 && io.revents & POLLOUT;
}

static void show(struct echo_live *l, const struct buf *b)
{
	fwrite(b->data, 1, b->len, l->s->cli->errors);
	fflush(l->s->cli->errors);
}

/* Keeps what is known at each second, and makes RECENT. */
static void remember(struct echo_live *l, const struct hist *all, uint64_t now_ns)
{
	while (now_ns >= l->second_ns + CLOCK_S) {
		l->second_ns += CLOCK_S;
		l->past[l->seconds++ % SECONDS] = *all;
	}
	if (l->seconds >= SECONDS)
		hist_since(&l->recent, all, &l->past[l->seconds % SECONDS]);
}

void echo_live_draw(struct echo_live *l, const char *head, const struct hist *all, bool bandwidth)
{
	uint64_t now_ns = clock_now_ns();
	struct winsize size;
	struct buf b = { 0 };
	const struct echo_live_view view = {
		.head = head,
		.values = l->values,
		.n = l->n,
		.bandwidth = bandwidth,
		.recent = &l->recent,
		.all = all,
	};

	if (now_ns < l->next_ns)
		return;
	l->next_ns = now_ns + LIVE_TICK_NS - LIVE_TICK_NS / 8;
	remember(l, all, now_ns);
	if (!takes(l))
		return;
	if (ioctl(l->fd, TIOCGWINSZ, &size) < 0 || size.ws_col == 0 || size.ws_row == 0)
		size = (struct winsize){ .ws_col = WIDTH, .ws_row = HEIGHT };
	echo_client_frame(&b, &view, size.ws_col, size.ws_row, l->utf8);
	show(l, &b);
	l->drawn = true;
	buf_fini(&b);
}

void echo_live_clear(struct echo_live *l)
{
	struct buf b = { 0 };

	if (!l || !l->drawn)
		return;
	buf_adds(&b, "\r\x1b[J");
	show(l, &b);
	buf_fini(&b);
	l->drawn = false;
	l->next_ns = 0;
}

void echo_live_close(struct echo_live *l)
{
	echo_live_clear(l);
	free(l);
}
