/* SPDX-License-Identifier: MIT */
/* form_arpa.c - names below in-addr.arpa (RFC 1035 section 3.5) and ip6.arpa (RFC 3596) */
#include <string.h>

#include "base/scan.h"
#include "base/str.h"
#include "net/form_impl.h"
#include "net/ip_num.h"

/* One of the two trees of names. */
struct tree {
	const char *name;
	unsigned family;
	unsigned bits; /* that a label stands for */
	unsigned base; /* of the number that a label is */
};

static const struct tree trees[] = {
	{ "in-addr.arpa", 4, 8, 10 },
	{ "ip6.arpa", 6, 4, 16 },
};

/* The text without the dot of the root. */
static const char *without_root(const char *s, const char *end)
{
	return end > s && end[-1] == '.' ? end - 1 : end;
}

static bool eq_nocase_n(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_lower(a[i]) != b[i])
			return false;
	return true;
}

/* The tree that the name from S to END is in, and in *LABELS where its own labels end. */
static const struct tree *tree_of(const char *s, const char *end, const char **labels)
{
	for (size_t i = 0; i < ARRAY_SIZE(trees); i++) {
		size_t n = strlen(trees[i].name);

		if ((size_t)(end - s) < n || !eq_nocase_n(end - n, trees[i].name, n))
			continue;
		*labels = end - n;
		if (*labels == s || (*labels)[-1] == '.')
			return &trees[i];
	}
	return NULL;
}

bool form_is_arpa(const char *s, const char *end)
{
	const char *root = without_root(s, end);

	return root - s > 5 && eq_nocase_n(root - 5, ".arpa", 5);
}

/* The label from S to END as the number it must be. */
static int read_label(const struct form_text *t, const struct tree *tree, const char *s,
		      const char *end, uint64_t *n)
{
	const size_t len = (size_t)(end - s);

	if (tree->base == 16)
		return len == 1 && scan_hex(s, end, 15, n) == 1 ?
			       0 :
			       form_bad(t, s, "a label that is not one hexadecimal digit");
	if (len == 0 || scan_uint(s, end, 255, n) != len)
		return form_bad(t, s, "a label that is not a number from 0 to 255");
	if (len > 1 && *s == '0')
		return form_bad(t, s, "a label with a leading zero");
	return 0;
}

int form_read_arpa(const struct form_text *t, struct form_value *v)
{
	const char *end, *s = t->start;
	const struct tree *tree = tree_of(s, without_root(s, t->end), &end);
	struct u128 n = { 0, 0 };
	unsigned bits = 0;

	if (!tree)
		return form_bad(t, s, "it ends with neither in-addr.arpa nor ip6.arpa");
	/* The first label is the last of the address. */
	for (; s < end; s++) {
		const char *dot = memchr(s, '.', (size_t)(end - s));
		uint64_t label;

		if (bits == ip_bits(tree->family))
			return form_bad(t, s, "it has more than %u labels before \"%s\"",
					ip_bits(tree->family) / tree->bits, tree->name);
		if (read_label(t, tree, s, dot, &label) < 0)
			return -1;
		n = u128_or(n, u128_shl(u128_of(label), bits));
		bits += tree->bits;
		s = dot;
	}
	if (bits < ip_bits(tree->family))
		v->length = (int)bits;
	v->ep.ip = ip_from_num(tree->family, u128_shl(n, ip_bits(tree->family) - bits));
	return 0;
}

const char *form_write_arpa(struct buf *b, const struct form_value *v, enum form form)
{
	const struct tree *tree = &trees[v->ep.ip.family == 6];
	const unsigned all = ip_bits(v->ep.ip.family);
	const unsigned length = v->length < 0 ? all : (unsigned)v->length;
	struct u128 n = ip_num(&v->ep.ip);

	(void)form;
	if (v->ep.kind == ENDPOINT_UNIX)
		return "it is a UNIX address";
	if (v->is_range)
		return "it is a range";
	if (length % tree->bits)
		return tree->family == 4 ?
			       "a zone of in-addr.arpa is of /0, /8, /16, /24 or /32" :
			       "a zone of ip6.arpa has a length that is a multiple of 4";
	n = u128_shr(n, all - length);
	for (unsigned at = 0; at < length; at += tree->bits, n = u128_shr(n, tree->bits)) {
		unsigned label = (unsigned)n.lo & ((1U << tree->bits) - 1);

		if (tree->base == 16)
			buf_addc(b, "0123456789abcdef"[label]);
		else
			buf_uint(b, label);
		buf_addc(b, '.');
	}
	buf_adds(b, tree->name);
	return NULL;
}
