/* SPDX-License-Identifier: MIT */
#include "sockopt/own.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "net/names.h"

/* The constant that N is in SET, or its number. */
static const char *constant(char buf[static NAMES_STRLEN], enum names_set set, int n)
{
	const char *name = names_of(set, n);

	if (name)
		return name;
	snprintf(buf, NAMES_STRLEN, "%d", n);
	return buf;
}

int own_open(const struct own_kind *kind, struct err *err)
{
	char family[NAMES_STRLEN], type[NAMES_STRLEN];
	int fd = socket(kind->family, kind->type | SOCK_CLOEXEC, kind->protocol);

	if (fd >= 0)
		return fd;
	return err_sys(err, "socket(%s, %s, %d)", constant(family, NAMES_AF, kind->family),
		       constant(type, NAMES_SOCK, kind->type), kind->protocol);
}

static int number_of(int fd, const char *name)
{
	struct option_list list = { 0 };
	long long number = -1;
	struct value v;

	if (options_find(&list, name) > 0 && option_get(fd, list.v[0], &v) == 0 &&
	    !value_number(&v, &number))
		number = -1;
	vec_fini(&list);
	return (int)number;
}

void own_kind(int fd, struct own_kind *kind)
{
	kind->family = number_of(fd, "SO_DOMAIN");
	kind->type = number_of(fd, "SO_TYPE");
	kind->protocol = number_of(fd, "SO_PROTOCOL");
}

bool own_reads(const struct option_row *o)
{
	return option_is_safe(o) || (o->flags & OPTION_UNNAMED) ||
	       (option_level(o)->number == SOL_SOCKET && o->number == SO_ERROR);
}

/* The same option, read now: an option that is not safe to read is as one that cannot be. */
static int get(int fd, const struct option_row *o, struct value *v)
{
	const struct option_row *shows = option_readback(o);

	v->type = o->type;
	v->len = 0;
	return shows && own_reads(shows) ? option_get(fd, shows, v) : ENOPROTOOPT;
}

/* Off was asked, and it is off: the time that stays says nothing. */
static bool both_off(const struct value *asked, const struct value *got)
{
	struct linger a, b;

	if (asked->type != VALUE_LINGER || asked->len != sizeof(a) || got->len != sizeof(b))
		return false;
	memcpy(&a, asked->bytes, sizeof(a));
	memcpy(&b, got->bytes, sizeof(b));
	return !a.l_onoff && !a.l_linger && !b.l_onoff;
}

enum own_outcome own_compare(const struct option_row *o, const struct own_try *t)
{
	long long asked, got;

	if (t->set_code)
		return OWN_REFUSED;
	if (t->got_code)
		return OWN_UNREADABLE;
	if (value_equal(&t->asked, &t->got) || both_off(&t->asked, &t->got))
		return OWN_SET;
	if ((o->flags & OPTION_TWICE) && value_number(&t->asked, &asked) &&
	    value_number(&t->got, &got) && got == 2 * asked)
		return OWN_DOUBLED;
	return OWN_DIFFERENT;
}

void own_try(int fd, const struct option_row *o, struct own_try *t)
{
	t->was_code = get(fd, o, &t->was);
	t->set_code = option_set(fd, o, &t->asked);
	t->got_code = get(fd, o, &t->got);
	t->outcome = own_compare(o, t);
}
