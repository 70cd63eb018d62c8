/* SPDX-License-Identifier: MIT */
#include "sockopt/snapshot.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"
#include "net/names.h"
#include "sockopt/numbers.h"

static const struct {
	const char *name, *alias; /* ss(8)'s word, and RFC 9293's where it differs */
} states[STATES] = {
	[STATE_UNKNOWN] = { "UNKNOWN", NULL },
	[STATE_ESTAB] = { "ESTAB", "ESTABLISHED" },
	[STATE_SYN_SENT] = { "SYN-SENT", NULL },
	[STATE_SYN_RECV] = { "SYN-RECV", "SYN-RECEIVED" },
	[STATE_FIN_WAIT_1] = { "FIN-WAIT-1", NULL },
	[STATE_FIN_WAIT_2] = { "FIN-WAIT-2", NULL },
	[STATE_TIME_WAIT] = { "TIME-WAIT", NULL },
	[STATE_UNCONN] = { "UNCONN", "CLOSED" },
	[STATE_CLOSE_WAIT] = { "CLOSE-WAIT", NULL },
	[STATE_LAST_ACK] = { "LAST-ACK", NULL },
	[STATE_LISTEN] = { "LISTEN", "LISTENING" },
	[STATE_CLOSING] = { "CLOSING", NULL },
	[STATE_NEW_SYN_RECV] = { "NEW-SYN-RECV", NULL },
};

const char *snapshot_state_name(int state)
{
	return states[state > 0 && state < STATES ? state : STATE_UNKNOWN].name;
}

/* The same but for case, and "_" for "-". */
static bool is_word(const char *word, const char *text)
{
	for (; *word && *text; word++, text++)
		if (str_upper(*text == '_' ? '-' : *text) != *word)
			return false;
	return *word == *text;
}

int snapshot_state_parse(const char *text)
{
	for (int i = STATE_ESTAB; i < STATES; i++)
		if (is_word(states[i].name, text) ||
		    (states[i].alias && is_word(states[i].alias, text)))
			return i;
	return -1;
}

/* "SOCK_STREAM" becomes "stream". */
static void put_word(char *buf, size_t room, const char *constant)
{
	const char *word = strchr(constant, '_');
	size_t n = 0;

	for (word = word ? word + 1 : constant; *word && n + 1 < room; word++)
		buf[n++] = str_lower(*word);
	buf[n] = '\0';
}

const char *snapshot_family(char buf[static SNAPSHOT_KIND], const struct snapshot *s)
{
	char constant[NAMES_STRLEN];

	put_word(buf, SNAPSHOT_KIND, names_word(constant, NAMES_AF, s->family));
	return buf;
}

const char *snapshot_type(char buf[static SNAPSHOT_KIND], const struct snapshot *s)
{
	char constant[NAMES_STRLEN];

	put_word(buf, SNAPSHOT_KIND, names_word(constant, NAMES_SOCK, s->type));
	return buf;
}

const char *snapshot_kind(char buf[static SNAPSHOT_KIND], const struct snapshot *s)
{
	char constant[NAMES_STRLEN];
	bool inet = s->family == AF_INET || s->family == AF_INET6;
	size_t n;

	if (inet && s->type == SOCK_RAW)
		return snapshot_type(buf, s);
	if (inet && s->protocol > 0) {
		put_word(buf, SNAPSHOT_KIND, names_word(constant, NAMES_IPPROTO, s->protocol));
		return buf;
	}
	snapshot_family(buf, s);
	n = strlen(buf);
	buf[n++] = '-';
	put_word(buf + n, SNAPSHOT_KIND - n, names_word(constant, NAMES_SOCK, s->type));
	return buf;
}

/* An option to be asked for. */
struct ask {
	const struct option_row *row;
	size_t place;
	bool gone;          /* this kind of socket does not have it */
	bool fixed;         /* all of this kind have the same */
	struct value *same; /* that, once it was got; else NULL */
};

/* What one kind of socket is asked for. */
struct snapshot_asks {
	int family, type, protocol;
	struct ask *v;
	size_t n;
};

/* The kernel has nothing behind these: each socket answers alike. */
static bool is_fixed(const struct option_row *row)
{
	static const int numbers[] = {
		NUMBER_SO_BSDCOMPAT,
		NUMBER_SO_SNDLOWAT,
		NUMBER_SO_BPF_EXTENSIONS,
	};

	if (option_level(row)->number != SOL_SOCKET || row->number < 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (row->number == numbers[i])
			return true;
	return false;
}

static const struct snapshot_asks *asks_of(struct snapshot_plan *plan, const struct snapshot *s)
{
	struct snapshot_asks *a;

	for (size_t i = 0; i < plan->kinds.n; i++) {
		a = &plan->kinds.v[i];
		if (a->family == s->family && a->type == s->type && a->protocol == s->protocol)
			return a;
	}
	a = vec_push(&plan->kinds);
	*a = (struct snapshot_asks){ s->family, s->type, s->protocol, NULL, 0 };
	a->v = xcalloc(plan->rows.n + 1, sizeof(*a->v));
	for (size_t i = 0; i < plan->rows.n; i++) {
		const struct option_row *row = plan->rows.v[i];

		if (option_applies(row, s->family, s->type, s->protocol) &&
		    (plan->force || option_is_safe(row)))
			a->v[a->n++] = (struct ask){ row, i, false, is_fixed(row), NULL };
	}
	return a;
}

static int number_of(int fd, int level, int number)
{
	socklen_t len = sizeof(int);
	int n = -1;

	if (number < 0 || getsockopt(fd, level, number, &n, &len) < 0)
		return -1;
	return n;
}

/* TCP's own state, by the first byte of struct tcp_info; 0 if FD is no such socket. */
static int tcp_state(int fd)
{
	unsigned char state = 0;
	socklen_t len = sizeof(state);

	if (getsockopt(fd, IPPROTO_TCP, NUMBER_TCP_INFO, &state, &len) < 0 || state >= STATES)
		return 0;
	return state;
}

static int state_of(const struct snapshot *s, int fd)
{
	bool inet = s->family == AF_INET || s->family == AF_INET6;
	int state = inet && s->type == SOCK_STREAM ? tcp_state(fd) : 0;

	if (state)
		return state;
	if (number_of(fd, SOL_SOCKET, NUMBER_SO_ACCEPTCONN) > 0)
		return STATE_LISTEN;
	return s->has_peer ? STATE_ESTAB : STATE_UNCONN;
}

/* What has an IP address, TCP's number and a TCP state needs no more questions: it is TCP. */
static bool take_tcp(struct snapshot *s, int fd)
{
	int family = s->has_local ? s->local.u.sa.sa_family : -1;

	if ((family != AF_INET && family != AF_INET6) || s->protocol != IPPROTO_TCP)
		return false;
	s->state = tcp_state(fd);
	s->family = family;
	s->type = SOCK_STREAM;
	return s->state != 0;
}

static void take_identity(struct snapshot *s, int fd)
{
	socklen_t len = sizeof(s->cookie);

	s->local.len = s->peer.len = sizeof(s->local.u);
	s->has_local = getsockname(fd, &s->local.u.sa, &s->local.len) == 0;
	s->has_peer = getpeername(fd, &s->peer.u.sa, &s->peer.len) == 0;
	s->protocol = number_of(fd, SOL_SOCKET, NUMBER_SO_PROTOCOL);
	if (!take_tcp(s, fd)) {
		s->family = number_of(fd, SOL_SOCKET, NUMBER_SO_DOMAIN);
		s->type = number_of(fd, SOL_SOCKET, NUMBER_SO_TYPE);
		s->state = state_of(s, fd);
	}
	s->cookie = 0;
	if (NUMBER_SO_NETNS_COOKIE < 0 ||
	    getsockopt(fd, SOL_SOCKET, NUMBER_SO_NETNS_COOKIE, &s->cookie, &len) < 0)
		s->cookie = 0;
}

/* The option is part of what S is: its number, or -1 if it has to be asked for. */
static long long known_number(const struct snapshot *s, const struct snapshot_key *key)
{
	if (key->level != SOL_SOCKET || key->number < 0)
		return -1;
	if (key->number == NUMBER_SO_DOMAIN)
		return s->family;
	if (key->number == NUMBER_SO_TYPE)
		return s->type;
	if (key->number == NUMBER_SO_PROTOCOL)
		return s->protocol;
	if (key->number == NUMBER_SO_NETNS_COOKIE && s->cookie && s->cookie <= INT64_MAX)
		return (long long)s->cookie;
	return -1;
}

/* A descriptor that reading made (SO_PEERPIDFD) is no value for anybody else. */
static void drop_descriptor(struct snapshot_value *v)
{
	int fd = -1;

	if (v->code || !(v->row->flags & OPTION_NEWFD) || v->value.len != sizeof(fd))
		return;
	memcpy(&fd, v->value.bytes, sizeof(fd));
	if (fd >= 0)
		close(fd);
}

void snapshot_clear(struct snapshot *s, size_t n)
{
	s->n = 0;
	if (s->cap >= n)
		return;
	free(s->values);
	free(s->keys);
	s->values = xcalloc(n, sizeof(*s->values));
	s->keys = xcalloc(n, sizeof(*s->keys));
	s->cap = n;
}

struct snapshot_value *snapshot_add(struct snapshot *s, const struct option_row *row)
{
	struct snapshot_value *v = &s->values[s->n];

	v->row = row;
	v->code = 0;
	v->value.type = row->type;
	v->value.len = 0;
	s->keys[s->n] = (struct snapshot_key){ option_level(row)->number, row->number };
	s->n++;
	return v;
}

/* Fills V: what is known already is not asked for again. */
static void take_value(struct snapshot_value *v, struct ask *ask, const struct snapshot *s, int fd)
{
	long long known = known_number(s, &s->keys[v - s->values]);

	v->place = ask->place;
	if (known >= 0) {
		value_set_number(&v->value, known);
	} else if (ask->same) {
		v->value.len = ask->same->len;
		memcpy(v->value.bytes, ask->same->bytes, ask->same->len);
	} else {
		v->code = option_get(fd, v->row, &v->value);
		if (ask->fixed && v->code == 0) {
			ask->same = xmalloc(sizeof(*ask->same));
			*ask->same = v->value;
		}
	}
}

void snapshot_take(struct snapshot *s, int fd, struct snapshot_plan *plan)
{
	const struct snapshot_asks *asks;

	snapshot_clear(s, plan->rows.n);
	take_identity(s, fd);
	asks = asks_of(plan, s);
	for (size_t i = 0; i < asks->n; i++) {
		struct ask *ask = &asks->v[i];
		struct snapshot_value *v;

		if (ask->gone)
			continue;
		v = snapshot_add(s, ask->row);
		take_value(v, ask, s, fd);
		drop_descriptor(v);
		ask->gone = v->code == ENOPROTOOPT || v->code == EOPNOTSUPP;
		s->n -= ask->gone;
	}
}

const struct value *snapshot_value(const struct snapshot *s, int level, int number)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->keys[i].number == number && s->keys[i].level == level &&
		    s->values[i].code == 0)
			return &s->values[i].value;
	return NULL;
}

bool snapshot_number(const struct snapshot *s, int level, int number, long long *n)
{
	const struct value *v = snapshot_value(s, level, number);

	return v && value_number(v, n);
}

const struct value *snapshot_same(const struct snapshot *s, const struct snapshot *other,
				  const struct snapshot_value *v)
{
	size_t guess = (size_t)(v - other->values);

	/* Sockets of one kind have the same options: most often it is at the same place. */
	if (guess < s->n && s->values[guess].row == v->row)
		return s->values[guess].code ? NULL : &s->values[guess].value;
	for (size_t i = 0; i < s->n; i++)
		if (s->values[i].row == v->row)
			return s->values[i].code ? NULL : &s->values[i].value;
	return NULL;
}

void snapshot_fini(struct snapshot *s)
{
	free(s->values);
	free(s->keys);
	s->values = NULL;
	s->keys = NULL;
	s->n = s->cap = 0;
}

void snapshot_plan_fini(struct snapshot_plan *plan)
{
	for (size_t i = 0; i < plan->kinds.n; i++) {
		struct snapshot_asks *a = &plan->kinds.v[i];

		for (size_t j = 0; j < a->n; j++)
			free(a->v[j].same);
		free(a->v);
	}
	vec_fini(&plan->kinds);
	vec_fini(&plan->rows);
}
