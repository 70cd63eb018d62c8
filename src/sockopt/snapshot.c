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

enum {
	NUMBER_NOTHING = -2,
	MEM_RCVBUF = 1, /* words of SO_MEMINFO */
	MEM_SNDBUF = 3,
	OFFSET_PACING = 112, /* tcpi_max_pacing_rate, which older headers lack */
};

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

/* Gives V the value that S has shown already.  False if it has not. */
typedef bool know_value(const struct snapshot *s, struct value *v);

static bool know_number(struct value *v, long long n)
{
	if (n >= 0)
		value_set_number(v, n);
	return n >= 0;
}

static bool know_family(const struct snapshot *s, struct value *v)
{
	return know_number(v, s->family);
}

static bool know_type(const struct snapshot *s, struct value *v)
{
	return know_number(v, s->type);
}

static bool know_protocol(const struct snapshot *s, struct value *v)
{
	return know_number(v, s->protocol);
}

static bool know_netns(const struct snapshot *s, struct value *v)
{
	return s->cookie && s->cookie <= INT64_MAX && know_number(v, (long long)s->cookie);
}

/* Whether it listens is TCP's state; that of MPTCP is of its first subflow. */
static bool know_listening(const struct snapshot *s, struct value *v)
{
	return s->info.len && s->protocol == IPPROTO_TCP &&
	       know_number(v, s->state == STATE_LISTEN);
}

static bool know_peer(const struct snapshot *s, struct value *v)
{
	if (!s->has_peer || s->family != AF_INET || s->peer.len != value_room(v->type))
		return false;
	memcpy(v->bytes, &s->peer.u, s->peer.len);
	v->len = s->peer.len;
	return true;
}

static bool know_info(const struct snapshot *s, struct value *v)
{
	memcpy(v->bytes, s->info.bytes, s->info.len);
	v->len = s->info.len;
	return v->len != 0;
}

/* TCP_INFO has it too, with 64 bits; MPTCP's is that of its first subflow. */
static bool know_pacing(const struct snapshot *s, struct value *v)
{
	size_t n = sizeof(uint64_t);

	if (s->protocol != IPPROTO_TCP || s->info.len < OFFSET_PACING + n ||
	    value_room(v->type) != n)
		return false;
	memcpy(v->bytes, s->info.bytes + OFFSET_PACING, n);
	v->len = n;
	return true;
}

/* Number I of SO_MEMINFO. */
static bool know_word(const struct snapshot *s, size_t i, struct value *v)
{
	uint32_t n;

	if (s->memory.len < (i + 1) * sizeof(n))
		return false;
	memcpy(&n, s->memory.bytes + i * sizeof(n), sizeof(n));
	return know_number(v, n);
}

static bool know_rcvbuf(const struct snapshot *s, struct value *v)
{
	return know_word(s, MEM_RCVBUF, v);
}

static bool know_sndbuf(const struct snapshot *s, struct value *v)
{
	return know_word(s, MEM_SNDBUF, v);
}

static bool know_memory(const struct snapshot *s, struct value *v)
{
	memcpy(v->bytes, s->memory.bytes, s->memory.len);
	v->len = s->memory.len;
	return v->len != 0;
}

/* What all sockets of a kind answer. */
struct answer {
	int code;
	struct value value;
};

/* An option to be asked for. */
struct ask {
	const struct option_row *row;
	size_t place;
	bool gone;           /* this kind of socket does not have it */
	know_value *know;    /* it need not be asked for; or NULL */
	bool alike;          /* all of this kind answer alike, */
	struct ask *so_long; /* as long as this one is zero, unless NULL */
	bool watched, zero;  /* it is a SO_LONG; this socket's is zero or empty */
	struct answer *same; /* of all that are ALIKE, once it was got; else NULL */
};

/* What one kind of socket is asked for. */
struct snapshot_asks {
	int family, type, protocol;
	struct ask *v;
	size_t n;
	unsigned of_memory; /* of them, how many SO_MEMINFO tells */
};

/* Sockets whose options may be known or alike. */
enum which {
	WHICH_ANY,
	WHICH_IP,
	WHICH_STREAM,
	WHICH_TCP,
};

static bool is_which(const struct snapshot *s, enum which which)
{
	bool ip = s->family == AF_INET || s->family == AF_INET6;
	bool stream = ip && s->type == SOCK_STREAM;

	return which == WHICH_ANY || (which == WHICH_IP && ip) ||
	       (which == WHICH_STREAM && stream) ||
	       (which == WHICH_TCP && stream && s->protocol == IPPROTO_TCP);
}

static const struct known {
	int level, number;
	know_value *know;
} known_rows[] = {
#define KNOWN(level, name, function) { level, NUMBER_##name, function },
#define ALIKE(level, name, which, while_level, while_name)
#include "sockopt/snapshot.def"
#undef KNOWN
#undef ALIKE
};

static const struct alike {
	int level, number;
	enum which which;
	int while_level, while_number;
} alike_rows[] = {
#define KNOWN(level, name, function)
#define ALIKE(level, name, which, while_level, while_name) \
	{ level, NUMBER_##name, WHICH_##which, while_level, NUMBER_##while_name },
#include "sockopt/snapshot.def"
#undef KNOWN
#undef ALIKE
};

static bool is_option(const struct option_row *row, int level, int number)
{
	return row->number >= 0 && row->number == number && option_level(row)->number == level;
}

/* Finds out what of ASK, which will be put at the end of A for sockets like S, is known. */
static void look_up(struct ask *ask, const struct snapshot_asks *a, const struct snapshot *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(known_rows); i++)
		if (is_option(ask->row, known_rows[i].level, known_rows[i].number))
			ask->know = known_rows[i].know;
	for (size_t i = 0; i < ARRAY_SIZE(alike_rows); i++) {
		const struct alike *k = &alike_rows[i];

		if (!is_option(ask->row, k->level, k->number) || !is_which(s, k->which))
			continue;
		ask->alike = k->while_number == NUMBER_NOTHING;
		for (size_t j = 0; j < a->n && !ask->alike; j++)
			if (is_option(a->v[j].row, k->while_level, k->while_number)) {
				ask->so_long = &a->v[j];
				ask->so_long->watched = ask->alike = true;
			}
	}
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
	*a = (struct snapshot_asks){ s->family, s->type, s->protocol, NULL, 0, 0 };
	a->v = xcalloc(plan->rows.n + 1, sizeof(*a->v));
	for (size_t i = 0; i < plan->rows.n; i++) {
		struct ask ask = { .row = plan->rows.v[i], .place = i };

		if (!option_applies(ask.row, s->family, s->type, s->protocol) ||
		    (!plan->force && !option_is_safe(ask.row)))
			continue;
		look_up(&ask, a, s);
		a->of_memory += ask.know == know_rcvbuf || ask.know == know_sndbuf ||
				ask.know == know_memory;
		a->v[a->n++] = ask;
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

/* TCP's own state, the first byte of struct tcp_info; 0 if FD is no such socket. */
static int tcp_state(struct snapshot *s, int fd)
{
	socklen_t len = (socklen_t)value_room(VALUE_TCPINFO);

	if (getsockopt(fd, IPPROTO_TCP, NUMBER_TCP_INFO, s->info.bytes, &len) < 0 || len == 0 ||
	    s->info.bytes[0] == 0 || s->info.bytes[0] >= STATES)
		return 0;
	value_got(&s->info, len);
	return s->info.bytes[0];
}

static int state_of(struct snapshot *s, int fd)
{
	bool inet = s->family == AF_INET || s->family == AF_INET6;
	int state = inet && s->type == SOCK_STREAM ? tcp_state(s, fd) : 0;

	if (state)
		return state;
	if (number_of(fd, SOL_SOCKET, NUMBER_SO_ACCEPTCONN) > 0)
		return STATE_LISTEN;
	if (s->has_peer)
		return STATE_ESTAB;
	return s->no_address ? STATE_UNKNOWN : STATE_UNCONN;
}

/* What has an IP address, TCP's number and a TCP state needs no more questions: it is TCP. */
static bool take_tcp(struct snapshot *s, int fd)
{
	int family = s->has_local ? s->local.u.sa.sa_family : -1;

	if ((family != AF_INET && family != AF_INET6) || s->protocol != IPPROTO_TCP)
		return false;
	s->state = tcp_state(s, fd);
	s->family = family;
	s->type = SOCK_STREAM;
	return s->state != 0;
}

/* CODE, if the kernel has what was asked for and could not tell it; 0 if there is no such thing. */
static int failure(int code)
{
	return code == ENOBUFS || code == ENOMEM || code == EIO ? code : 0;
}

/* What getsockname(2) or getpeername(2) returned: there is an address. */
static bool has_address(struct snapshot *s, int rc)
{
	if (rc < 0 && !s->no_address)
		s->no_address = failure(errno);
	return rc == 0;
}

static void take_identity(struct snapshot *s, int fd)
{
	socklen_t len = sizeof(s->cookie);

	s->no_address = s->no_value = 0;
	s->info.type = VALUE_TCPINFO;
	s->info.len = 0;
	s->local.len = s->peer.len = sizeof(s->local.u);
	s->has_local = has_address(s, getsockname(fd, &s->local.u.sa, &s->local.len));
	s->has_peer = has_address(s, getpeername(fd, &s->peer.u.sa, &s->peer.len));
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

static void take_memory(struct snapshot *s, int fd, bool wanted)
{
	socklen_t len = (socklen_t)value_room(VALUE_MEMINFO);

	s->memory.type = VALUE_MEMINFO;
	s->memory.len = 0;
	if (wanted && NUMBER_SO_MEMINFO >= 0 &&
	    getsockopt(fd, SOL_SOCKET, NUMBER_SO_MEMINFO, s->memory.bytes, &len) == 0)
		value_got(&s->memory, len);
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

/* Zero, or empty. */
static bool is_zero(const struct snapshot_value *v)
{
	for (size_t i = 0; i < v->value.len; i++)
		if (v->value.bytes[i])
			return false;
	return v->code == 0;
}

/* Fills V: what is known already is not asked for again. */
static void take_value(struct snapshot_value *v, struct ask *ask, const struct snapshot *s, int fd)
{
	bool alike = ask->alike && (!ask->so_long || ask->so_long->zero);

	v->place = ask->place;
	if (ask->know && ask->know(s, &v->value))
		return;
	if (alike && ask->same) {
		v->code = ask->same->code;
		v->value.len = ask->same->value.len;
		memcpy(v->value.bytes, ask->same->value.bytes, v->value.len);
		return;
	}
	v->code = option_get(fd, v->row, &v->value);
	if (alike) {
		ask->same = xmalloc(sizeof(*ask->same));
		ask->same->code = v->code;
		ask->same->value = v->value;
	}
	if (ask->watched)
		ask->zero = is_zero(v);
}

void snapshot_take(struct snapshot *s, int fd, struct snapshot_plan *plan)
{
	const struct snapshot_asks *asks;

	snapshot_clear(s, plan->rows.n);
	take_identity(s, fd);
	asks = asks_of(plan, s);
	take_memory(s, fd, asks->of_memory > 1);
	for (size_t i = 0; i < asks->n; i++) {
		struct ask *ask = &asks->v[i];
		struct snapshot_value *v;

		if (ask->gone)
			continue;
		v = snapshot_add(s, ask->row);
		take_value(v, ask, s, fd);
		drop_descriptor(v);
		if (!s->no_value)
			s->no_value = failure(v->code);
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
