/* SPDX-License-Identifier: MIT */
#include "net/registry.h"

#include <string.h>

#include "base/buf.h"
#include "base/str.h"

/* The words of the columns. */
enum {
	NO = REGISTRY_NO,
	YES = REGISTRY_YES,
	NA = REGISTRY_NA,
	BLANK = REGISTRY_BLANK,
};

/* clang-format off */
static const struct registry_entry entries[] = {
#define DATE(day)
#define ENTRY(origin, prefix, family, hi, lo, length, name, rfc, allocated, terminated, \
	      source, destination, forwardable, global, reserved)                       \
	{ REGISTRY_##origin, family, length, source, destination, forwardable, global,  \
	  reserved, { hi, lo }, prefix, name, rfc, allocated, terminated },
#include "net/registry.def"
#include "net/registry_more.def"
#undef DATE
#undef ENTRY
};

static const char date[] =
#define DATE(day) day
#define ENTRY(...)
#include "net/registry.def"
	;
#undef DATE
#undef ENTRY
/* clang-format on */

static bool is_global(const struct registry_entry *e)
{
	return e->origin != REGISTRY_MULTICAST && e->global == REGISTRY_YES;
}

static bool is_special(const struct registry_entry *e)
{
	return e->origin == REGISTRY_IANA;
}

static bool is_multicast(const struct registry_entry *e)
{
	return e->origin == REGISTRY_MULTICAST;
}

static bool is_terminated(const struct registry_entry *e)
{
	return e->terminated[0] != '\0';
}

/*
 * A class has the entries that a function says yes to or, so that a new file of IANA's adds
 * to it, those whose names begin with one of two texts.
 */
static const struct class
{
	const char *name, *help;
	bool (*has)(const struct registry_entry *e);
	const char *begins[2];
} classes[] = {
	{ "global", "globally reachable unicast", is_global, { NULL } },
	{ "special", "all of IANA's registries", is_special, { NULL } },
	{ "multicast", "224.0.0.0/4, ff00::/8", is_multicast, { NULL } },
	{ "deprecated", "what has a date of termination", is_terminated, { NULL } },
	{ "private", "RFC 1918, fc00::/7", NULL, { "Private-Use", "Unique-Local" } },
	{ "shared", "100.64.0.0/10, behind carriers' NAT", NULL, { "Shared Address Space" } },
	{ "loopback", "127.0.0.0/8, ::1", NULL, { "Loopback" } },
	{ "link-local", "169.254.0.0/16, fe80::/10", NULL, { "Link Local", "Link-Local" } },
	{ "unspecified", "0.0.0.0, ::", NULL, { "This host", "Unspecified" } },
	{ "this-network", "0.0.0.0/8 without 0.0.0.0", NULL, { "This network" } },
	{ "broadcast", "255.255.255.255", NULL, { "Limited Broadcast" } },
	{ "reserved", "240.0.0.0/4 without @broadcast", NULL, { "Reserved" } },
	{ "documentation", "for examples", NULL, { "Documentation" } },
	{ "benchmarking", "198.18.0.0/15, 2001:2::/48", NULL, { "Benchmarking" } },
	{ "discard", "100::/64", NULL, { "Discard-Only" } },
	{ "mapped", "IPv4 in ::ffff:0:0/96", NULL, { "IPv4-mapped" } },
	{ "nat64", "64:ff9b::/96, 64:ff9b:1::/48", NULL, { "IPv4-IPv6 Translat" } },
	{ "6to4", "2002::/16", NULL, { "6to4" } },
	{ "teredo", "2001::/32", NULL, { "TEREDO" } },
	{ "srv6", "5f00::/16", NULL, { "Segment Routing" } },
};

const struct registry_entry *registry_all(size_t *n)
{
	*n = ARRAY_SIZE(entries);
	return entries;
}

const char *registry_date(void)
{
	return date;
}

struct range registry_range(const struct registry_entry *e)
{
	struct u128 host = u128_ones(ip_bits(e->family) - e->length);

	return (struct range){ e->family, e->first, u128_or(e->first, host) };
}

const struct registry_entry *registry_find(unsigned family, struct u128 address)
{
	const struct registry_entry *found = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		const struct registry_entry *e = &entries[i];
		unsigned host = ip_bits(e->family) - e->length;

		if (e->family == family && (!found || e->length > found->length) &&
		    u128_eq(u128_shr(u128_xor(address, e->first), host), u128_of(0)))
			found = e;
	}
	return found;
}

/* Stores AT in *NEXT if it is behind ADDRESS and nothing nearer is there. */
static void nearer(struct u128 address, struct u128 at, bool *some, struct u128 *next)
{
	if (u128_less(address, at) && (!*some || u128_less(at, *next))) {
		*next = at;
		*some = true;
	}
}

bool registry_next(unsigned family, struct u128 address, struct u128 *next)
{
	bool some = false;

	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		struct range range = registry_range(&entries[i]);

		if (range.family != family)
			continue;
		nearer(address, range.first, &some, next);
		if (!u128_eq(range.last, u128_ones(ip_bits(family))))
			nearer(address, u128_add(range.last, u128_of(1)), &some, next);
	}
	return some;
}

const char *registry_class_name(size_t i)
{
	return i < ARRAY_SIZE(classes) ? classes[i].name : NULL;
}

const char *registry_class_help(size_t i)
{
	return i < ARRAY_SIZE(classes) ? classes[i].help : NULL;
}

bool registry_class_has(size_t i, const struct registry_entry *e)
{
	const struct class *c = &classes[i];

	if (c->has)
		return c->has(e);
	for (size_t k = 0; k < ARRAY_SIZE(c->begins); k++)
		if (c->begins[k] && str_starts(e->name, c->begins[k]))
			return true;
	return false;
}

/* The ranges of class I in one family: pieces of the same entry, neighbours joined. */
static void add_family(size_t i, unsigned family, void (*add)(void *, const struct range *),
		       void *to)
{
	struct u128 at = u128_of(0), next = at;
	struct range range = { .family = (uint8_t)family };
	bool open = false, more;

	do {
		more = registry_next(family, at, &next);
		if (registry_class_has(i, registry_find(family, at))) {
			if (!open)
				range.first = at;
			open = true;
		} else if (open) {
			range.last = u128_sub(at, u128_of(1));
			add(to, &range);
			open = false;
		}
		at = next;
	} while (more);
	if (open) {
		range.last = u128_ones(ip_bits(family));
		add(to, &range);
	}
}

static int no_class(const char *name, size_t len, struct err *err)
{
	char show[STR_SHOW];
	struct buf list = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(classes); i++)
		buf_printf(&list, "%s@%s", i ? ", " : "", classes[i].name);
	err_set(err, ERR_USAGE, "\"%s\" is no class of addresses; these are: %s",
		str_show_n(show, name, len), buf_str(&list));
	buf_fini(&list);
	return -1;
}

int registry_class(const char *name, size_t len, void (*add)(void *to, const struct range *range),
		   void *to, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		size_t n = strlen(classes[i].name);

		if (len != n + 1 || name[0] != '@' || memcmp(name + 1, classes[i].name, n) != 0)
			continue;
		add_family(i, 4, add, to);
		add_family(i, 6, add, to);
		return 0;
	}
	return no_class(name, len, err);
}
