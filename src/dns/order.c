/* SPDX-License-Identifier: MIT */
#include "dns/order.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/macros.h"
#include "net/ip.h"

static const struct {
	const char *name, *plain;
} rules[] = {
#define ORDER_RULE(number, id, name, plain) [number] = { name, plain },
#include "dns/order.def"
#undef ORDER_RULE
};

const char *order_rule_name(enum order_rule rule)
{
	return rules[rule].name;
}

const char *order_rule_plain(enum order_rule rule)
{
	return rules[rule].plain;
}

int order_tables(struct conf_gai *gai, enum order_libc libc, const char *path, struct err *err)
{
	switch (libc) {
	case ORDER_GLIBC:
		return conf_gai_read(gai, path, err);
	case ORDER_MUSL:
		conf_gai_musl(gai);
		break;
	case ORDER_RFC6724:
		conf_gai_rfc6724(gai);
		break;
	}
	return 0;
}

void order_add(struct order *o, const struct sa *sa)
{
	*vec_push(&o->rows) = (struct order_row){ .sa = *sa, .native = -1 };
}

void order_fini(struct order *o)
{
	vec_fini(&o->rows);
}

/* A is what has B beat, by RULE. */
static int decide(bool a, bool b, enum order_rule rule, enum order_rule *decided)
{
	if (a == b)
		return 0;
	*decided = rule;
	return a ? -1 : 1;
}

static int smaller(int a, int b, enum order_rule rule, enum order_rule *decided)
{
	if (a == b)
		return 0;
	*decided = rule;
	return a < b ? -1 : 1;
}

/* What the source addresses say: rules 2 to 5, which musl has two of. */
static int compare_sources(const struct order *o, const struct order_row *a,
			   const struct order_row *b, enum order_rule *rule)
{
	bool all = o->libc != ORDER_MUSL;
	int sign;

	if (!a->has_source)
		return 0;
	sign = decide(a->scope == a->source_scope, b->scope == b->source_scope, ORDER_SCOPE_MATCH,
		      rule);
	if (sign == 0 && all)
		sign = decide(!a->deprecated, !b->deprecated, ORDER_DEPRECATED, rule);
	if (sign == 0 && all)
		sign = decide(a->home, b->home, ORDER_HOME, rule);
	if (sign == 0)
		sign = decide(a->label == a->source_label, b->label == b->source_label,
			      ORDER_LABEL_MATCH, rule);
	return sign;
}

/* Rule 7: glibc takes what it does not know for no native transport. */
static int compare_transport(const struct order *o, const struct order_row *a,
			     const struct order_row *b, enum order_rule *rule)
{
	if (o->libc == ORDER_MUSL || !a->has_source || a->ifindex == b->ifindex)
		return 0;
	return decide(a->native > 0, b->native > 0, ORDER_NATIVE, rule);
}

/* Rule 9: within a family, but for musl. */
static int compare_prefixes(const struct order *o, const struct order_row *a,
			    const struct order_row *b, enum order_rule *rule)
{
	if (!a->has_source ||
	    (o->libc != ORDER_MUSL && a->sa.u.sa.sa_family != b->sa.u.sa.sa_family))
		return 0;
	return smaller(-(int)a->common, -(int)b->common, ORDER_PREFIX, rule);
}

/* musl leaves an answer of IPv4 addresses alone as it is. */
static bool is_sorted_at_all(const struct order *o)
{
	if (o->libc != ORDER_MUSL)
		return true;
	for (size_t i = 0; i < o->rows.n; i++)
		if (o->rows.v[i].sa.u.sa.sa_family != AF_INET)
			return true;
	return false;
}

enum order_rule order_compare(const struct order *o, size_t first, size_t second, int *sign)
{
	const struct order_row *a = &o->rows.v[first], *b = &o->rows.v[second];
	enum order_rule rule = ORDER_UNCHANGED;
	int by = 0;

	if (!is_sorted_at_all(o))
		goto out;
	by = decide(a->has_source, b->has_source, ORDER_USABLE, &rule);
	if (by == 0)
		by = compare_sources(o, a, b, &rule);
	if (by == 0)
		by = smaller(-a->precedence, -b->precedence, ORDER_PRECEDENCE, &rule);
	if (by == 0)
		by = compare_transport(o, a, b, &rule);
	if (by == 0)
		by = smaller(a->scope, b->scope, ORDER_SCOPE_SMALLER, &rule);
	if (by == 0)
		by = compare_prefixes(o, a, b, &rule);
out:
	if (sign)
		*sign = by;
	return rule;
}

/*
 * Merges as glibc's qsort_r() does: rules 7 and 9 are not transitive, so that the order depends
 * on which pairs are compared.
 */
static void merge_sort(const struct order *o, size_t *v, size_t n, size_t *tmp)
{
	size_t half = n / 2, i = 0, j = half, to = 0;

	if (n < 2)
		return;
	merge_sort(o, v, half, tmp);
	merge_sort(o, v + half, n - half, tmp);
	while (i < half && j < n) {
		int sign;

		(void)order_compare(o, v[i], v[j], &sign);
		if (sign == 0)
			sign = v[i] < v[j] ? -1 : 1;
		tmp[to++] = sign < 0 ? v[i++] : v[j++];
	}
	while (i < half)
		tmp[to++] = v[i++];
	memcpy(v, tmp, to * sizeof(*v));
}

void order_sort(const struct order *o, size_t *index)
{
	size_t *tmp;

	for (size_t i = 0; i < o->rows.n; i++)
		index[i] = i;
	tmp = xcalloc(o->rows.n + 1, sizeof(*tmp));
	merge_sort(o, index, o->rows.n, tmp);
	free(tmp);
}

size_t order_check(const struct order *o, enum order_rule *rule)
{
	for (size_t i = 1; i < o->rows.n; i++) {
		int sign;

		*rule = order_compare(o, i - 1, i, &sign);
		if (sign > 0)
			return i;
	}
	return 0;
}

void order_add_scope(struct buf *b, int scope)
{
	static const char *const words[] = {
		[1] = "interface-local", [2] = "link-local",   [4] = "admin-local",
		[5] = "site-local",      [8] = "organization", [14] = "global",
	};

	if (scope >= 0 && (size_t)scope < ARRAY_SIZE(words) && words[scope])
		buf_adds(b, words[scope]);
	else
		buf_printf(b, "scope %d", scope);
}

static void add_host(struct buf *b, const struct sa *sa)
{
	char text[SA_STRLEN];

	buf_adds(b, sa_format_host(sa, text));
}

/* " (IPv4)", or of gai.conf " (2001:db8::/32, line 3 of gai.conf)". */
static void add_prefix(struct buf *b, const struct conf_prefix *line)
{
	struct ip ip = { .family = 6 };
	char text[IP_STRLEN];

	if (!line)
		return;
	memcpy(ip.b, &line->prefix, sizeof(ip.b));
	if (line->what)
		buf_printf(b, " (%s", line->what);
	else
		buf_printf(b, " (%s/%u", ip_format(&ip, text), line->bits);
	if (line->line)
		buf_printf(b, ", line %zu of gai.conf", line->line);
	buf_addc(b, ')');
}

static void why_scope(struct buf *b, const struct order_row *row)
{
	add_host(b, &row->sa);
	buf_adds(b, " is ");
	order_add_scope(b, row->scope);
	buf_adds(b, " and its source ");
	add_host(b, &row->source);
	buf_addc(b, ' ');
	order_add_scope(b, row->source_scope);
}

static void why_label(struct buf *b, const struct order_row *row)
{
	add_host(b, &row->sa);
	buf_printf(b, " has label %d and its source ", row->label);
	add_host(b, &row->source);
	buf_printf(b, " label %d", row->source_label);
}

static void why_precedence(struct buf *b, const struct order_row *first,
			   const struct order_row *second)
{
	buf_printf(b, "precedence %d", first->precedence);
	add_prefix(b, first->precedence_line);
	buf_printf(b, " is higher than %d", second->precedence);
	add_prefix(b, second->precedence_line);
}

static void why_unusable(struct buf *b, const struct order_row *row)
{
	buf_adds(b, "no way to ");
	add_host(b, &row->sa);
	if (row->code)
		buf_printf(b, ": %s", strerror(row->code));
}

static void why_common(struct buf *b, const struct order_row *row)
{
	buf_printf(b, "%u bits of ", row->common);
	add_host(b, &row->sa);
	buf_adds(b, " are those of its source ");
	add_host(b, &row->source);
}

static void why_source(struct buf *b, const struct order_row *row, const char *what)
{
	buf_adds(b, "source ");
	add_host(b, &row->source);
	buf_printf(b, " %s", what);
}

void order_why(struct buf *b, const struct order *o, size_t first, size_t second)
{
	const struct order_row *ahead = &o->rows.v[first], *behind = &o->rows.v[second];

	switch (order_compare(o, first, second, NULL)) {
	case ORDER_USABLE:
		why_unusable(b, behind->has_source ? ahead : behind);
		break;
	case ORDER_SCOPE_MATCH:
		why_scope(b, behind);
		break;
	case ORDER_DEPRECATED:
		why_source(b, behind->deprecated ? behind : ahead, "is deprecated");
		break;
	case ORDER_HOME:
		why_source(b, ahead->home ? ahead : behind, "is a home address");
		break;
	case ORDER_LABEL_MATCH:
		why_label(b, behind);
		break;
	case ORDER_PRECEDENCE:
		why_precedence(b, ahead, behind);
		break;
	case ORDER_NATIVE:
		why_source(b, behind,
			   behind->native == 0 ? "is on a tunnel" :
						 "is on no interface that is known");
		break;
	case ORDER_SCOPE_SMALLER:
		order_add_scope(b, ahead->scope);
		buf_adds(b, " is nearer than ");
		order_add_scope(b, behind->scope);
		break;
	case ORDER_PREFIX:
		why_common(b, ahead);
		buf_adds(b, ", ");
		why_common(b, behind);
		break;
	case ORDER_UNCHANGED:
		buf_adds(b, "no rule tells them apart: they are as they were answered");
		break;
	}
}
