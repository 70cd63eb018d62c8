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

/* Which rows of the table a kind of socket does not have. */
struct snapshot_absent {
	int family, type, protocol;
	unsigned char *rows; /* a bit for each of the plan's */
};

static unsigned char *absent_rows(struct snapshot_plan *plan, const struct snapshot *s)
{
	struct snapshot_absent *a;

	for (size_t i = 0; i < plan->kinds.n; i++) {
		a = &plan->kinds.v[i];
		if (a->family == s->family && a->type == s->type && a->protocol == s->protocol)
			return a->rows;
	}
	a = vec_push(&plan->kinds);
	*a = (struct snapshot_absent){ s->family, s->type, s->protocol, NULL };
	a->rows = xcalloc(1, plan->rows.n / 8 + 1);
	for (size_t i = 0; i < plan->rows.n; i++) {
		const struct option_row *row = plan->rows.v[i];

		if (!option_applies(row, s->family, s->type, s->protocol) ||
		    !(plan->force || option_is_safe(row)))
			a->rows[i / 8] |= (unsigned char)(1u << i % 8);
	}
	return a->rows;
}

static int number_of(int fd, int level, int number)
{
	socklen_t len = sizeof(int);
	int n = -1;

	if (number < 0 || getsockopt(fd, level, number, &n, &len) < 0)
		return -1;
	return n;
}

static bool is_tcp(const struct snapshot *s)
{
	return (s->family == AF_INET || s->family == AF_INET6) && s->type == SOCK_STREAM;
}

static int state_of(const struct snapshot *s, int fd)
{
	unsigned char state = 0; /* the first byte of struct tcp_info */
	socklen_t len = sizeof(state);

	if (is_tcp(s) && getsockopt(fd, IPPROTO_TCP, NUMBER_TCP_INFO, &state, &len) == 0 &&
	    state < STATES)
		return state;
	if (number_of(fd, SOL_SOCKET, NUMBER_SO_ACCEPTCONN) > 0)
		return STATE_LISTEN;
	return s->has_peer ? STATE_ESTAB : STATE_UNCONN;
}

static void take_identity(struct snapshot *s, int fd)
{
	socklen_t len = sizeof(s->cookie);

	s->family = number_of(fd, SOL_SOCKET, NUMBER_SO_DOMAIN);
	s->type = number_of(fd, SOL_SOCKET, NUMBER_SO_TYPE);
	s->protocol = number_of(fd, SOL_SOCKET, NUMBER_SO_PROTOCOL);
	s->local.len = s->peer.len = sizeof(s->local.u);
	s->has_local = getsockname(fd, &s->local.u.sa, &s->local.len) == 0;
	s->has_peer = getpeername(fd, &s->peer.u.sa, &s->peer.len) == 0;
	s->state = state_of(s, fd);
	s->cookie = 0;
	if (NUMBER_SO_NETNS_COOKIE < 0 ||
	    getsockopt(fd, SOL_SOCKET, NUMBER_SO_NETNS_COOKIE, &s->cookie, &len) < 0)
		s->cookie = 0;
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

void snapshot_take(struct snapshot *s, int fd, struct snapshot_plan *plan)
{
	unsigned char *absent;

	if (s->cap < plan->rows.n) {
		free(s->values);
		s->values = xcalloc(plan->rows.n, sizeof(*s->values));
		s->cap = plan->rows.n;
	}
	take_identity(s, fd);
	absent = absent_rows(plan, s);
	s->n = 0;
	for (size_t i = 0; i < plan->rows.n; i++) {
		struct snapshot_value *v = &s->values[s->n];

		if (absent[i / 8] & 1u << i % 8)
			continue;
		v->row = plan->rows.v[i];
		v->place = i;
		v->code = option_get(fd, v->row, &v->value);
		drop_descriptor(v);
		if (v->code == ENOPROTOOPT || v->code == EOPNOTSUPP)
			absent[i / 8] |= (unsigned char)(1u << i % 8);
		else
			s->n++;
	}
}

const struct value *snapshot_value(const struct snapshot *s, int level, int number)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->values[i].row->number == number && s->values[i].code == 0 &&
		    option_level(s->values[i].row)->number == level)
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
	s->values = NULL;
	s->n = s->cap = 0;
}

void snapshot_plan_fini(struct snapshot_plan *plan)
{
	for (size_t i = 0; i < plan->kinds.n; i++)
		free(plan->kinds.v[i].rows);
	vec_fini(&plan->kinds);
	vec_fini(&plan->rows);
}
