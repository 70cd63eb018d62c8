/* SPDX-License-Identifier: MIT */
#include "sockopt/options.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>

#include "base/str.h"
#include "sockopt/numbers.h"

/* The words of the column FLAGS. */
enum {
	R = OPTION_GET,
	W = OPTION_SET,
	INPUT = OPTION_INPUT,
	DYNAMIC = OPTION_DYNAMIC,
	TWICE = OPTION_TWICE,
	UNKNOWN = OPTION_UNKNOWN,
	ONE_WAY = OPTION_ONE_WAY,
	VIEW = OPTION_VIEW,
	RAW_ONLY = OPTION_RAW_ONLY,
	CLEARS = OPTION_CLEARS,
	CONSUMES = OPTION_CONSUMES,
	NEWFD = OPTION_NEWFD,
	MODLOAD = OPTION_MODLOAD,
	MUTATES = OPTION_MUTATES,
	SECRET = OPTION_SECRET,
};

/* The words of the columns FAMILY and PROTOCOL; what is above is a number. */
enum {
	ANY = OPTION_ANY,
	NONE = -2,
	IP = -3,
	RAW = -4,
	TCP = -5,
	UDP = -6,
	MPTCP = 262,
	UDPLITE = 136,
};

enum level_index {
#define LEVEL(name, number, read, family, protocol) LEVEL_##name,
#define OPT(level, name, number, type, flags, since, capability, meaning)
#include "sockopt/options.def"
#undef LEVEL
#undef OPT
};

static const struct option_level levels[] = {
#define LEVEL(name, number, read, family, protocol) { #name, number, read, family, protocol },
#define OPT(level, name, number, type, flags, since, capability, meaning)
#include "sockopt/options.def"
#undef LEVEL
#undef OPT
};

/* The texts of all rows, one behind the other. */
static const struct texts {
#define LEVEL(name, number, read, family, protocol)
#define OPT(level, name_, number, type, flags, since_, capability_, meaning_)    \
	struct {                                                                 \
		char name[sizeof(#name_)], since[sizeof(since_)];                \
		char capability[sizeof(capability_)], meaning[sizeof(meaning_)]; \
	} level##_##name_;
#include "sockopt/options.def"
#undef OPT
} texts = {
#define OPT(level, name, number, type, flags, since, capability, meaning) \
	{ #name, since, capability, meaning },
#include "sockopt/options.def"
#undef OPT
};
_Static_assert(sizeof(texts) <= UINT16_MAX, "an offset fits a row");

static const struct option_row rows[] = {
#define OPT(level, name_, number, type, flags, since_, capability_, meaning_) \
	{ NUMBER_##name_,                                                     \
	  flags,                                                              \
	  VALUE_##type,                                                       \
	  LEVEL_##level,                                                      \
	  offsetof(struct texts, level##_##name_.name),                       \
	  offsetof(struct texts, level##_##name_.since),                      \
	  offsetof(struct texts, level##_##name_.capability),                 \
	  offsetof(struct texts, level##_##name_.meaning) },
#include "sockopt/options.def"
#undef LEVEL
#undef OPT
};

static const struct {
	enum option_flags flag;
	const char *text;
} effects[] = {
	{ OPTION_CLEARS, "reading clears it" },
	{ OPTION_CONSUMES, "reading consumes it" },
	{ OPTION_NEWFD, "reading opens a descriptor" },
	{ OPTION_MODLOAD, "reading may load a kernel module" },
	{ OPTION_MUTATES, "reading acts on the socket" },
	{ OPTION_SECRET, "it holds a key" },
	{ OPTION_UNNAMED, "what reading does is not known" },
	{ OPTION_INPUT, "reading needs input" },
};

const struct option_row *options_all(size_t *n)
{
	*n = ARRAY_SIZE(rows);
	return rows;
}

/* O begins a struct option_custom. */
static const struct option_custom *custom_of(const struct option_row *o)
{
	return o->level_ == OPTION_LEVEL_CUSTOM ? (const struct option_custom *)(const void *)o :
						  NULL;
}

const struct option_level *option_level(const struct option_row *o)
{
	if (custom_of(o))
		return &custom_of(o)->level;
	return &levels[o->level_];
}

static const char *text_at(uint16_t offset)
{
	return (const char *)&texts + offset;
}

const char *option_name(const struct option_row *o)
{
	return custom_of(o) ? custom_of(o)->name : text_at(o->name_);
}

const char *option_since(const struct option_row *o)
{
	return text_at(o->since_);
}

const char *option_capability(const struct option_row *o)
{
	return text_at(o->capability_);
}

const char *option_meaning(const struct option_row *o)
{
	return text_at(o->meaning_);
}

/* What follows the prefix of a name: up to the first underscore. */
static const char *without_prefix(const char *name)
{
	const char *underscore = strchr(name, '_');

	return underscore ? underscore + 1 : name;
}

void option_no_texts(struct option_row *o)
{
	/* the end of a text is one without a byte */
	o->since_ = (uint16_t)(rows[0].name_ + strlen(option_name(&rows[0])));
	o->capability_ = o->meaning_ = o->since_;
}

const struct option_row *options_number(int level, int number)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].number == number && option_level(&rows[i])->number == level)
			return &rows[i];
	return NULL;
}

bool option_level_is(const struct option_level *level, const char *text)
{
	static const char sol[] = "SOL_";
	const char *name = without_prefix(level->name);
	size_t i = 0;

	if (str_eq_nocase(level->name, text) || str_eq_nocase(name, text))
		return true;
	while (sol[i] && str_upper(text[i]) == sol[i])
		i++;
	return !sol[i] && str_eq_nocase(name, text + i);
}

static bool is_named(const struct option_row *o, const char *text)
{
	return str_eq_nocase(option_name(o), text);
}

static bool is_short(const struct option_row *o, const char *text)
{
	return str_eq_nocase(without_prefix(option_name(o)), text);
}

static bool is_of_level(const struct option_row *o, const char *text)
{
	return option_level_is(option_level(o), text);
}

size_t options_find(struct option_list *list, const char *text)
{
	static bool (*const ways[])(const struct option_row *o, const char *text) = {
		is_of_level,
		is_named,
		is_short,
	};
	size_t before = list->n;

	for (size_t w = 0; w < ARRAY_SIZE(ways) && list->n == before; w++)
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
			if (ways[w](&rows[i], text))
				*vec_push(list) = &rows[i];
	return list->n - before;
}

/* TEXT in capitals, as the names are; cut to N - 1 bytes. */
static void upper(char *buf, size_t n, const char *text)
{
	size_t i;

	for (i = 0; i < n - 1 && text[i]; i++)
		buf[i] = str_upper(text[i]);
	buf[i] = '\0';
}

/* The edit distance, or LEAST if it cannot be less: the lengths alone are that far apart. */
static unsigned distance(const char *name, const char *text, unsigned least)
{
	size_t n = strlen(name), m = strlen(text);

	if ((n > m ? n - m : m - n) >= least)
		return least;
	return str_distance(name, text);
}

const char *options_nearest(const char *text)
{
	const char *best = NULL;
	unsigned least = strlen(text) < 6 ? 2 : 3;
	char name[48];

	if (strlen(text) >= sizeof(name))
		return NULL;
	upper(name, sizeof(name), text);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *const forms[] = { option_name(&rows[i]),
					      without_prefix(option_name(&rows[i])) };

		for (size_t f = 0; f < ARRAY_SIZE(forms); f++) {
			unsigned d = distance(forms[f], name, least);

			if (d < least) {
				least = d;
				best = option_name(&rows[i]);
			}
		}
	}
	return best;
}

const char *option_effect(const struct option_row *o)
{
	for (size_t i = 0; i < ARRAY_SIZE(effects); i++)
		if (o->flags & effects[i].flag)
			return effects[i].text;
	return NULL;
}

bool option_is_safe(const struct option_row *o)
{
	return (o->flags & OPTION_GET) && !(o->flags & (OPTION_EFFECTS | OPTION_INPUT));
}

const struct option_row *option_readback(const struct option_row *o)
{
	static const struct {
		const char *set, *got;
	} pairs[] = {
		{ "SO_SNDBUFFORCE", "SO_SNDBUF" },
		{ "SO_RCVBUFFORCE", "SO_RCVBUF" },
	};

	if (o->flags & OPTION_GET)
		return o;
	for (size_t p = 0; p < ARRAY_SIZE(pairs); p++)
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
			if (strcmp(option_name(o), pairs[p].set) == 0 &&
			    strcmp(option_name(&rows[i]), pairs[p].got) == 0)
				return &rows[i];
	return NULL;
}

static bool family_fits(int wanted, int family)
{
	if (wanted == IP)
		return family == AF_INET || family == AF_INET6;
	return wanted == ANY || wanted == family;
}

static bool protocol_fits(int wanted, int type, int protocol)
{
	switch (wanted) {
	case ANY:
		return true;
	case RAW:
		return type == SOCK_RAW;
	case TCP:
		return type == SOCK_STREAM && (protocol == IPPROTO_TCP || protocol == MPTCP);
	case UDP:
		return type == SOCK_DGRAM && (protocol == IPPROTO_UDP || protocol == UDPLITE);
	}
	return wanted == protocol;
}

bool option_applies(const struct option_row *o, int family, int type, int protocol)
{
	const struct option_level *level = option_level(o);

	if ((o->flags & OPTION_RAW_ONLY) && type != SOCK_RAW)
		return false;
	return family_fits(level->family_, family) &&
	       protocol_fits(level->protocol_, type, protocol);
}

int option_get(int fd, const struct option_row *o, struct value *v)
{
	socklen_t len = (socklen_t)value_room(o->type);

	v->type = o->type;
	v->len = 0;
	if (o->number < 0)
		return ENOPROTOOPT;
	if (getsockopt(fd, option_level(o)->number, o->number, v->bytes, &len) < 0)
		return errno;
	value_got(v, len);
	return 0;
}

int option_set(int fd, const struct option_row *o, const struct value *v)
{
	if (o->number < 0)
		return ENOPROTOOPT;
	return setsockopt(fd, option_level(o)->number, o->number, v->bytes, (socklen_t)v->len) < 0 ?
		       errno :
		       0;
}
