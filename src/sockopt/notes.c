/* SPDX-License-Identifier: MIT */
#include "sockopt/notes.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/io.h"
#include "base/scan.h"
#include "sockopt/numbers.h"

enum {
	NOTE_ROOM = 256,
};

/* What a rule looks at, and its note: a constant, or what it wrote into ROOM. */
struct facts {
	const struct snapshot *s, *fresh;
	struct notes *notes;
	const char *text;
	char *room; /* of NOTE_ROOM bytes */
};

static bool number(const struct facts *f, int level, int option, long long *n)
{
	return snapshot_number(f->s, level, option, n);
}

static bool is(const struct facts *f, int level, int option, long long wanted)
{
	long long n;

	return number(f, level, option, &n) && n == wanted;
}

/* The option was read and is not as in a fresh socket. */
static bool was_set(const struct facts *f, int level, int option)
{
	long long n, fresh;

	return f->fresh && number(f, level, option, &n) &&
	       snapshot_number(f->fresh, level, option, &fresh) && n != fresh;
}

static bool is_connected(const struct facts *f)
{
	return f->s->state == STATE_ESTAB || f->s->state == STATE_CLOSE_WAIT;
}

static bool say(struct facts *f, const char *text)
{
	f->text = text;
	return true;
}

static bool keepalive_idle(struct facts *f)
{
	static const struct {
		int number;
		const char *name;
	} times[] = {
		{ NUMBER_TCP_KEEPIDLE, "TCP_KEEPIDLE" },
		{ NUMBER_TCP_KEEPINTVL, "TCP_KEEPINTVL" },
		{ NUMBER_TCP_KEEPCNT, "TCP_KEEPCNT" },
	};

	if (!is(f, SOL_SOCKET, SO_KEEPALIVE, 0))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(times); i++)
		if (was_set(f, IPPROTO_TCP, times[i].number)) {
			snprintf(f->room, NOTE_ROOM,
				 "%s is set, but SO_KEEPALIVE is off: no probe is ever sent",
				 times[i].name);
			return say(f, f->room);
		}
	return false;
}

static bool receive_buffer(struct facts *f)
{
	long long bits;

	return number(f, SOL_SOCKET, NUMBER_SO_BUF_LOCK, &bits) && bits & 2 &&
	       say(f,
		   "SO_RCVBUF was set by the program: the kernel no longer tunes the receive buffer");
}

static bool send_buffer(struct facts *f)
{
	long long bits;

	return number(f, SOL_SOCKET, NUMBER_SO_BUF_LOCK, &bits) && bits & 1 &&
	       say(f,
		   "SO_SNDBUF was set by the program: the kernel no longer tunes the send buffer");
}

static bool linger_reset(struct facts *f)
{
	const struct value *v = snapshot_value(f->s, SOL_SOCKET, SO_LINGER);
	struct linger linger;

	if (!v || v->len != sizeof(linger))
		return false;
	memcpy(&linger, v->bytes, sizeof(linger));
	return linger.l_onoff && linger.l_linger == 0 &&
	       say(f,
		   "SO_LINGER is on with 0 s: close() drops what is unsent and resets the connection");
}

static bool cork(struct facts *f)
{
	return is(f, IPPROTO_TCP, NUMBER_TCP_CORK, 1) && is(f, IPPROTO_TCP, TCP_NODELAY, 1) &&
	       say(f, "TCP_CORK holds small segments back although TCP_NODELAY is on");
}

static bool user_timeout(struct facts *f)
{
	return is_connected(f) && f->notes->late[0] &&
	       is(f, IPPROTO_TCP, NUMBER_TCP_USER_TIMEOUT, 0) && say(f, f->notes->late);
}

static bool no_keepalive(struct facts *f)
{
	return is_connected(f) && f->s->protocol == IPPROTO_TCP &&
	       is(f, SOL_SOCKET, SO_KEEPALIVE, 0) &&
	       say(f,
		   "SO_KEEPALIVE is off: while nothing is sent, a peer that is gone is never noticed");
}

/* In the order of what matters most. */
static bool (*const rules[])(struct facts *f) = {
	keepalive_idle, linger_reset, cork, receive_buffer, send_buffer, no_keepalive, user_timeout,
};

/* Setting NAME ("net/ipv4/tcp_retries2") as a number, or -1. */
static long long setting(const struct notes *n, const char *name)
{
	struct buf text = { 0 };
	struct err ignored;
	uint64_t value = 0;
	bool known = false;
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", n->sysctl, name);
	if (io_read_file(&text, path, &ignored) > 0)
		known = text.len && scan_uint(text.data, text.data + text.len, INT64_MAX, &value);
	buf_fini(&text);
	return known ? (long long)value : -1;
}

/* The note on a connection without a time-out, which is the same for all. */
static void read_settings(struct notes *n)
{
	long long retries = setting(n, "net/ipv4/tcp_retries2");

	n->read = true;
	if (retries >= 0)
		snprintf(
			n->late, sizeof(n->late),
			"TCP_USER_TIMEOUT is 0: a peer that is gone is noticed after net.ipv4.tcp_retries2=%lld"
			" retransmissions of unacknowledged data%s",
			retries, retries == 15 ? ", about 15 min" : "");
}

void notes_each(struct notes *n, const struct snapshot *s, const struct snapshot *fresh,
		void (*put)(void *ctx, const char *text), void *ctx)
{
	char room[NOTE_ROOM];
	struct facts facts = { s, fresh, n, NULL, room };

	if (!n->read)
		read_settings(n);
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		if (rules[i](&facts))
			put(ctx, facts.text);
}
