/* SPDX-License-Identifier: MIT */
/* hosts.c - hosts(5): ADDRESS NAME [ALIAS...] */
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "db/db.h"
#include "db/dbline.h"
#include "db/index.h"
#include "db/libc.h"
#include "db/lint.h"
#include "net/form.h"
#include "net/ip_legacy.h"
#include "net/ipset.h"

static int parse_line(struct db_row *row, const struct dbline *line, struct arena *a,
		      struct err *err)
{
	const char *text = line->fields[0];
	size_t before = dbline_column(line, text) - 1;
	size_t len = strlen(text);
	const char *zone = memchr(text, '%', len);
	struct db_addr *addr = arena_alloc(a, sizeof(*addr));
	struct endpoint ep;

	if (line->nfields >= 2)
		row->name = line->fields[1];
	addr->zone = zone ? zone + 1 : NULL;
	if (!zone) { /* the usual case, for which no endpoint need be made */
		if (ip_parse(&addr->ip, text, len, before, err) < 0)
			return -1;
	} else {
		if (endpoint_parse_address(&ep, text, len, before, err) < 0)
			return -1;
		addr->ip = ep.ip;
	}
	row->u.host.addrs = addr;
	row->u.host.naddrs = 1;
	if (!row->name)
		return err_set(err, ERR_USAGE, "no name behind the address (column %zu)",
			       before + len + 1);
	row->aliases = dbline_rest(line, 2, a);
	row->naliases = line->nfields - 2;
	return 0;
}

/*
 * TEXT may be an address, or more than one, in some form: it begins with a digit, or it has what
 * no name has, or it is a reverse name.
 */
static bool may_be_value(const char *text)
{
	size_t len = strlen(text);

	if (str_is_digit(*text) || strchr("@[{", *text) || strpbrk(text, ":%/"))
		return true;
	if (len > 1 && text[len - 1] == '.')
		len--;
	return len >= 5 && str_lower(text[len - 1]) == 'a' && text[len - 5] == '.';
}

/* TEXT is no name: it has what none has, or its last label is a number (RFC 3696). */
static bool like_address(const char *text)
{
	const char *dot = strrchr(text, '.'), *last = dot ? dot + 1 : text;

	if (*text == '[' || strpbrk(text, ":%/"))
		return true;
	return dot && *last && last[strspn(last, "0123456789")] == '\0';
}

/* A MAC address that could be a name as well. */
static bool is_name_too(const struct form_value *v, const char *text)
{
	return (v->form == FORM_MAC || v->form == FORM_EUI64) && !strchr(text, ':');
}

static int no_host_key(const struct db_key *key, const char *what, struct err *err)
{
	char show[STR_SHOW];

	return err_set(err, ERR_USAGE, "\"%s\": no host has %s", str_show(show, key->text), what);
}

/* KEY is for V: one address, a prefix or a range. */
static int take_value(struct db_key *key, const struct form_value *v, struct err *err)
{
	const unsigned family = v->ep.ip.family;
	struct range range;

	if (v->ep.kind == ENDPOINT_UNIX)
		return no_host_key(key, "a UNIX address", err);
	if (v->ep.has_port)
		return no_host_key(key, "a port", err);
	if (v->ep.zone[0]) {
		memcpy(key->memory, v->ep.zone, strlen(v->ep.zone) + 1);
		key->addr.zone = key->memory;
	}
	if (!v->is_range && v->length < 0) {
		key->kind = DB_KEY_ADDRESS;
		key->addr.ip = v->ep.ip;
		key->plain = db_ip_plain(&v->ep.ip);
		return 0;
	}
	range = (struct range){ (uint8_t)family, ip_num(&v->ep.ip), ip_num(&v->last) };
	if (!v->is_range)
		range = range_of_prefix(family, range.first, (unsigned)v->length);
	key->kind = DB_KEY_NETWORK;
	ipset_add(&key->set, &range);
	ipset_seal(&key->set);
	return 0;
}

/* "@private": a class of addresses */
static int take_class(struct db_key *key, struct err *err)
{
	if (ipset_add_text(&key->set, key->text, strlen(key->text), 0, 0, err) < 0)
		return -1;
	key->kind = DB_KEY_NETWORK;
	ipset_seal(&key->set);
	return 0;
}

static int parse_key(struct db_key *key, struct err *err)
{
	struct form_value v;

	key->kind = DB_KEY_NAME;
	key->name = key->memory;
	if (!may_be_value(key->text))
		return 0;
	if (*key->text == '@')
		return take_class(key, err);
	if (form_read(&v, FORM_AUTO, 0, key->text, strlen(key->text), err) < 0) {
		ip_legacy_hint_bare(err);
		if (like_address(key->text))
			return -1;
		*err = (struct err){ 0 };
		return 0;
	}
	return is_name_too(&v, key->text) ? 0 : take_value(key, &v, err);
}

static bool is_in(const struct ipset *set, const struct ip *ip)
{
	const struct u128 n = ip_num(ip);

	return ip->family == 4 ? ipset_has4(set, (uint32_t)n.lo) : ipset_has6(set, n);
}

/* A key without a zone is for every zone. */
static bool same_address(const struct db_addr *a, const struct db_key *key)
{
	const struct ip plain = db_ip_plain(&a->ip);

	if (key->addr.zone && (!a->zone || strcmp(a->zone, key->addr.zone) != 0))
		return false;
	if (key->kind == DB_KEY_NETWORK)
		return is_in(&key->set, &a->ip) || is_in(&key->set, &plain);
	return plain.family == key->plain.family &&
	       memcmp(plain.b, key->plain.b, ip_size(&plain)) == 0;
}

static bool matches(const struct db_row *row, const struct db_key *key)
{
	if (key->kind == DB_KEY_NAME)
		return db_row_named(row, key->name, true);
	for (size_t i = 0; i < row->u.host.naddrs; i++)
		if (same_address(&row->u.host.addrs[i], key))
			return true;
	return false;
}

/* IP as the lecture's calls may give it: the loopback address as IPv4's. */
static struct ip libc_ip(const struct ip *ip)
{
	static const uint8_t loopback[16] = { [15] = 1 };

	if (ip->family == 6 && memcmp(ip->b, loopback, sizeof(loopback)) == 0)
		return (struct ip){ .family = 4, .b = { 127, 0, 0, 1 } };
	return db_ip_plain(ip);
}

/* An address, as it is or as libc has it. */
static void add_address(struct buf *b, const struct db_addr *addr, bool libc)
{
	const struct ip ip = libc ? libc_ip(&addr->ip) : addr->ip;

	buf_addc(b, (char)ip.family);
	buf_add(b, ip.b, ip_size(&ip));
	if (libc)
		return;
	buf_adds(b, addr->zone ? addr->zone : "");
	buf_addc(b, '\0');
}

/* A name is the same in one family only: a host with both has two entries. */
static bool identity(const struct db_row *row, enum db_level level, struct buf *b)
{
	const struct db_addr *addrs = row->u.host.addrs;

	if (level == DB_LEVEL_NAME)
		buf_addc(b, (char)(row->u.host.naddrs ? libc_ip(&addrs->ip).family : 4));
	else
		for (size_t i = 0; i < row->u.host.naddrs; i++)
			add_address(b, &addrs[i], level != DB_LEVEL_ALL);
	if (level != DB_LEVEL_VALUE)
		buf_adds(b, row->name ? row->name : "");
	buf_addc(b, '\0');
	if (level == DB_LEVEL_ALL)
		db_row_aliases(row, b);
	return level == DB_LEVEL_NAME ? row->name != NULL : row->u.host.naddrs > 0;
}

/* gethostbyname(3) makes one answer of all lines with the name that are of its family. */
static enum db_part part(const struct db_row *row, const struct db_row *answer)
{
	const struct ip ip = libc_ip(&row->u.host.addrs[0].ip);
	bool family = false;

	for (size_t i = 0; i < answer->u.host.naddrs; i++) {
		const struct ip other = libc_ip(&answer->u.host.addrs[i].ip);

		if (other.family != ip.family)
			continue;
		family = true;
		if (memcmp(other.b, ip.b, ip_size(&ip)) == 0)
			return db_row_named(answer, row->name, true) ? DB_PART_IN : DB_PART_NONE;
	}
	return family ? DB_PART_NONE : DB_PART_OTHER;
}

static void index_values(const struct db_row *row, struct db_index *index)
{
	for (size_t i = 0; i < row->u.host.naddrs; i++) {
		const struct ip plain = db_ip_plain(&row->u.host.addrs[i].ip);

		db_index_add(index, plain.b, ip_size(&plain));
	}
}

const struct db_type db_hosts = {
	.what = "host",
	.database = "hosts",
	.nss_default = "files dns",
	.parse_line = parse_line,
	.parse_key = parse_key,
	.matches = matches,
	.index = index_values,
	.identity = identity,
	.part = part,
	.nocase = true,
	.libc = &db_libc_hosts,
	.lint = &lint_hosts,
};
