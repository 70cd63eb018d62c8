/* SPDX-License-Identifier: MIT */
/* check_order.c - the rules of RFC 6724 section 6, on rows that are made up and on this machine */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "base/macros.h"
#include "dns/gai.h"
#include "dns/order.h"
#include "dns/order_impl.h"
#include "net/endpoint.h"
#include "unit.h"

static struct sa sa_of(const char *text)
{
	struct endpoint ep;
	struct err err;
	struct sa sa;

	ck_assert_int_eq(endpoint_parse_address(&ep, text, strlen(text), 0, &err), 0);
	sa_from_ip(&sa, &ep.ip, 0);
	return sa;
}

/* A row of a usable address that no rule tells from another one of its family. */
static struct order_row row_of(const char *to, const char *from)
{
	return (struct order_row){ .sa = sa_of(to),
				   .source = sa_of(from),
				   .has_source = true,
				   .scope = 14,
				   .source_scope = 14,
				   .label = 1,
				   .source_label = 1,
				   .precedence = 40,
				   .native = 1,
				   .ifindex = 1 };
}

static void set_unusable(struct order_row *row)
{
	row->has_source = false;
	row->code = ENETUNREACH;
}

static void set_scopes(struct order_row *row)
{
	row->scope = 5;
}

static void set_deprecated(struct order_row *row)
{
	row->deprecated = true;
}

static void set_away(struct order_row *row)
{
	row->home = false;
}

static void set_labels(struct order_row *row)
{
	row->source_label = 2;
}

static void set_precedence(struct order_row *row)
{
	row->precedence = 10;
}

static void set_tunnel(struct order_row *row)
{
	row->native = 0;
	row->ifindex = 2;
}

static void set_unknown(struct order_row *row)
{
	row->native = -1;
	row->ifindex = 0;
}

static void set_wider(struct order_row *row)
{
	row->scope = row->source_scope = 15;
}

static void set_common(struct order_row *row)
{
	row->common = 7;
}

static void set_nothing(struct order_row *row)
{
	row->ifindex = 2;
}

/* What makes a row worse than the other one, and the rule that sees it: of glibc, and of musl. */
static const struct {
	void (*worsen)(struct order_row *row);
	enum order_rule glibc, musl;
	const char *why;
} rules[] = {
	{ set_unusable, ORDER_USABLE, ORDER_USABLE, "no way to 2001:db8::2: " },
	{ set_scopes, ORDER_SCOPE_MATCH, ORDER_SCOPE_MATCH,
	  "2001:db8::2 is site-local and its source 2001:db8::9 global" },
	{ set_deprecated, ORDER_DEPRECATED, ORDER_UNCHANGED, "source 2001:db8::9 is deprecated" },
	{ set_away, ORDER_HOME, ORDER_UNCHANGED, "source 2001:db8::8 is a home address" },
	{ set_labels, ORDER_LABEL_MATCH, ORDER_LABEL_MATCH,
	  "2001:db8::2 has label 1 and its source 2001:db8::9 label 2" },
	{ set_precedence, ORDER_PRECEDENCE, ORDER_PRECEDENCE, "precedence 40 is higher than 10" },
	{ set_tunnel, ORDER_NATIVE, ORDER_UNCHANGED, "source 2001:db8::9 is on a tunnel" },
	{ set_unknown, ORDER_NATIVE, ORDER_UNCHANGED,
	  "source 2001:db8::9 is on no interface that is known" },
	{ set_wider, ORDER_SCOPE_SMALLER, ORDER_SCOPE_SMALLER, "global is nearer than scope 15" },
	{ set_common, ORDER_PREFIX, ORDER_PREFIX,
	  "8 bits of 2001:db8::1 are those of its source 2001:db8::8, 7 bits of 2001:db8::2 are "
	  "those of its source 2001:db8::9" },
	{ set_nothing, ORDER_UNCHANGED, ORDER_UNCHANGED,
	  "no rule tells them apart: they are as they were answered" },
};

static void check_pair(struct order *o, enum order_rule rule, const char *what)
{
	size_t index[2], wrong;
	enum order_rule said;
	int sign;

	ck_assert_msg(order_compare(o, 0, 1, &sign) == rule, "%s: rule %d", what,
		      order_compare(o, 0, 1, NULL));
	ck_assert_int_eq(sign, rule == ORDER_UNCHANGED ? 0 : -1);
	ck_assert_int_eq(order_compare(o, 1, 0, &sign), rule);
	ck_assert_int_eq(sign, rule == ORDER_UNCHANGED ? 0 : 1);
	ck_assert_uint_eq(order_check(o, &said), 0);
	order_sort(o, index);
	ck_assert_msg(index[0] == 0 && index[1] == 1, "%s", what);
	o->rows.v[2] = o->rows.v[0];
	o->rows.v[0] = o->rows.v[1];
	o->rows.v[1] = o->rows.v[2];
	wrong = order_check(o, &said);
	order_sort(o, index);
	if (rule == ORDER_UNCHANGED) {
		ck_assert_uint_eq(wrong, 0);
		ck_assert_uint_eq(index[0], 0);
	} else {
		ck_assert_uint_eq(wrong, 1);
		ck_assert_int_eq(said, rule);
		ck_assert_uint_eq(index[0], 1);
	}
	o->rows.v[1] = o->rows.v[0];
	o->rows.v[0] = o->rows.v[2];
}

START_TEST(each_rule_decides)
{
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		struct order_row rows[3];
		struct order o = { .libc = ORDER_GLIBC, .rows = { rows, 2, 3 } };
		struct buf b = { 0 };

		rows[0] = row_of("2001:db8::1", "2001:db8::8");
		rows[1] = row_of("2001:db8::2", "2001:db8::9");
		rows[0].common = rows[1].common = 8;
		rows[0].home = rows[1].home = true;
		rules[i].worsen(&rows[1]);
		check_pair(&o, rules[i].glibc, rules[i].why);
		order_why(&b, &o, 0, 1);
		ck_assert_msg(strncmp(buf_str(&b), rules[i].why, strlen(rules[i].why)) == 0,
			      "\"%s\", not \"%s\"", buf_str(&b), rules[i].why);
		o.libc = ORDER_RFC6724;
		check_pair(&o, rules[i].glibc, rules[i].why);
		o.libc = ORDER_MUSL;
		check_pair(&o, rules[i].musl, rules[i].why);
		buf_fini(&b);
	}
}
END_TEST

/* An earlier rule is stronger than all that come after it. */
START_TEST(rules_have_an_order)
{
	for (size_t i = 0; i + 1 < ARRAY_SIZE(rules); i++)
		for (size_t j = i + 1; j + 1 < ARRAY_SIZE(rules); j++) {
			struct order_row rows[3];
			struct order o = { .libc = ORDER_GLIBC, .rows = { rows, 2, 3 } };

			rows[0] = row_of("2001:db8::1", "2001:db8::8");
			rows[1] = row_of("2001:db8::2", "2001:db8::9");
			rows[0].common = rows[1].common = 8;
			rows[0].home = rows[1].home = true;
			rules[i].worsen(&rows[1]);
			rules[j].worsen(&rows[0]);
			if (rules[i].glibc != rules[j].glibc)
				check_pair(&o, rules[i].glibc, rules[i].why);
		}
}
END_TEST

START_TEST(prefixes_count_within_a_family)
{
	struct order_row rows[3] = { row_of("192.0.2.1", "192.0.2.2"),
				     row_of("2001:db8::1", "2001:db8::2") };
	struct order o = { .libc = ORDER_GLIBC, .rows = { rows, 2, 3 } };

	rows[0].common = 30;
	rows[1].common = 7;
	check_pair(&o, ORDER_UNCHANGED, "glibc");
	o.libc = ORDER_MUSL;
	check_pair(&o, ORDER_PREFIX, "musl");
	rows[1] = row_of("192.0.2.9", "192.0.2.2");
	check_pair(&o, ORDER_UNCHANGED, "musl does not sort IPv4 alone");
}
END_TEST

/* A before B by rule 9, B before C and C before A as they were answered: glibc's merge decides. */
START_TEST(a_circle_is_sorted_as_glibc_does)
{
	struct order_row rows[3] = { row_of("2001:db8::1", "::1"), row_of("192.0.2.1", "192.0.2.2"),
				     row_of("2001:db8::2", "::1") };
	struct order o = { .libc = ORDER_GLIBC, .rows = { rows, 3, 3 } };
	size_t index[3];

	rows[2].common = 1;
	order_sort(&o, index);
	ck_assert_uint_eq(index[0], 0);
	ck_assert_uint_eq(index[1], 1);
	ck_assert_uint_eq(index[2], 2);
}
END_TEST

START_TEST(rules_have_names)
{
	for (int i = ORDER_USABLE; i <= ORDER_UNCHANGED; i++) {
		ck_assert_ptr_nonnull(order_rule_name((enum order_rule)i));
		ck_assert_ptr_nonnull(order_rule_plain((enum order_rule)i));
	}
	ck_assert_str_eq(order_rule_name(ORDER_PRECEDENCE), "prefer higher precedence");
}
END_TEST

START_TEST(masks_are_those_of_the_prefix)
{
	ck_assert_uint_eq(order_mask(32), UINT32_MAX);
	ck_assert_uint_eq(order_mask(8), 0xff000000);
	ck_assert_uint_eq(order_mask(1), 0x80000000);
}
END_TEST

static void measure(struct order *o, struct conf_gai *gai, const char *const *addresses, size_t n)
{
	struct err err;

	ck_assert_int_eq(order_tables(gai, o->libc, "/nonexistent/gai.conf", &err), 0);
	o->gai = gai;
	for (size_t i = 0; i < n; i++) {
		struct sa sa = sa_of(addresses[i]);

		order_add(o, &sa);
	}
	order_measure(o);
}

/* Scope, label and precedence are facts of the address. */
static const struct {
	const char *address;
	int scope, label, precedence; /* glibc */
	int musl_scope, musl_label, musl_precedence;
} facts[] = {
	{ "127.0.0.1", 2, 4, 10, 14, 4, 35 },
	{ "127.255.0.1", 2, 4, 10, 14, 4, 35 },
	{ "169.254.1.1", 2, 4, 10, 14, 4, 35 },
	{ "192.168.1.1", 14, 4, 10, 14, 4, 35 },
	{ "192.0.2.1", 14, 4, 10, 14, 4, 35 },
	{ "::1", 2, 0, 50, 2, 0, 50 },
	{ "fe80::1", 2, 1, 40, 2, 1, 40 },
	{ "fec0::1", 5, 5, 40, 5, 1, 40 },
	{ "fd00::1", 14, 6, 40, 14, 13, 3 },
	{ "2001:db8::1", 14, 1, 40, 14, 1, 40 },
	{ "2001::1", 14, 7, 40, 14, 5, 5 },
	{ "2002:c000:201::1", 14, 2, 30, 14, 2, 30 },
	{ "::192.0.2.1", 14, 3, 20, 14, 1, 40 },
	{ "::ffff:192.0.2.1", 14, 4, 10, 14, 4, 35 },
	{ "::ffff:127.0.0.1", 14, 4, 10, 14, 4, 35 },
	{ "ff02::1", 2, 1, 40, 2, 1, 40 },
	{ "ff0e::1", 14, 1, 40, 14, 1, 40 },
};

START_TEST(addresses_have_facts)
{
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++)
		for (int musl = 0; musl < 2; musl++) {
			struct order o = { .libc = musl ? ORDER_MUSL : ORDER_GLIBC };
			const char *address = facts[i].address;
			struct order_row *row;
			struct conf_gai gai;

			measure(&o, &gai, &address, 1);
			row = &o.rows.v[0];
			ck_assert_int_eq(row->scope, musl ? facts[i].musl_scope : facts[i].scope);
			ck_assert_int_eq(row->label, musl ? facts[i].musl_label : facts[i].label);
			ck_assert_int_eq(row->precedence,
					 musl ? facts[i].musl_precedence : facts[i].precedence);
			ck_assert(row->has_source || row->code);
			order_fini(&o);
			conf_gai_fini(&gai);
		}
}
END_TEST

/* Loopback is there wherever tests run. */
START_TEST(loopback_has_a_source)
{
	static const char *const addresses[] = { "127.0.0.1", "127.0.0.1", "255.255.255.255" };
	enum order_libc libcs[] = { ORDER_GLIBC, ORDER_MUSL, ORDER_RFC6724 };

	for (size_t i = 0; i < ARRAY_SIZE(libcs); i++) {
		struct order o = { .libc = libcs[i] };
		struct conf_gai gai;
		char text[SA_STRLEN];

		measure(&o, &gai, addresses, ARRAY_SIZE(addresses));
		ck_assert(o.rows.v[0].has_source && o.rows.v[1].has_source);
		ck_assert_str_eq(sa_format_host(&o.rows.v[0].source, text), "127.0.0.1");
		ck_assert_str_eq(sa_format_host(&o.rows.v[1].source, text), "127.0.0.1");
		ck_assert_uint_ge(o.rows.v[0].common, 32);
		ck_assert(!o.rows.v[2].has_source && o.rows.v[2].code);
		ck_assert_int_eq(order_compare(&o, 0, 1, NULL), ORDER_UNCHANGED);
		ck_assert_int_eq(order_compare(&o, 0, 2, NULL),
				 libcs[i] == ORDER_MUSL ? ORDER_UNCHANGED : ORDER_USABLE);
		order_fini(&o);
		conf_gai_fini(&gai);
	}
}
END_TEST

/* What libc says of this machine's own names. */
START_TEST(libc_agrees)
{
	static const char *const names[] = { "localhost", "ip6-localhost", "127.0.0.1", "::1" };
	struct conf_gai gai;
	struct err err;

	ck_assert_int_eq(order_tables(&gai, order_libc(), "/etc/gai.conf", &err), 0);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct order o = { .libc = order_libc(), .gai = &gai };
		struct gai_rows rows = { 0 };
		enum order_rule rule;

		if (gai_lookup(&rows, names[i], NULL, &(struct gai_hints){ 0 }, &err) == 0) {
			for (size_t k = 0; k < rows.n; k++)
				order_add(&o, &rows.v[k].sa);
			order_measure(&o);
			ck_assert_uint_eq(order_check(&o, &rule), 0);
		}
		gai_fini(&rows);
		order_fini(&o);
	}
	conf_gai_fini(&gai);
}
END_TEST

UNIT_MAIN("order", each_rule_decides, rules_have_an_order, prefixes_count_within_a_family,
	  a_circle_is_sorted_as_glibc_does, rules_have_names, masks_are_those_of_the_prefix,
	  addresses_have_facts, loopback_has_a_source, libc_agrees)
