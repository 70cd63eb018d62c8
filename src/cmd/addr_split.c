/* SPDX-License-Identifier: MIT */
/*
 * addr_split.c - netipc addr split: a prefix in parts, by length, by number, by hosts
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cmd/addr_subnet.h"

struct split_options {
	unsigned flags;
	const char *into, *hosts;
	bool free;
};

static const struct opt split_opts[] = {
	OPT_STR(0, "into", "N", split_options, into, "into N parts that are as equal as can be"),
	OPT_STR(0, "hosts", "LIST", split_options, hosts,
		"a part for each number of hosts or /LEN"),
	OPT_BOOL(0, "free", split_options, free, "with --hosts: list what is left too"),
	SUBNET_STRICT(split_options),
	OPT_END,
};

enum {
	SPLIT_HOSTS = SUBNET_COLUMNS,
	SPLIT_USABLE,
	SPLIT_FREE,
};

static const struct out_col split_cols[] = {
	SUBNET_COLS,
	[SPLIT_HOSTS] = { "hosts", OUT_INT, "for how many hosts it was asked", false },
	[SPLIT_USABLE] = { "usable", OUT_INT, "how many hosts it has addresses for", true },
	[SPLIT_FREE] = { "free", OUT_BOOL, "it is left over", true },
};

/* An item of --hosts: a number of hosts, or a length. */
struct want {
	const char *text;
	size_t len;
	struct u128 hosts; /* if LENGTH is -1 */
	int length;
};

struct wants VEC(struct want);

struct split {
	const struct split_options *opt;
	unsigned length;    /* of the last operand */
	struct u128 into;   /* --into */
	struct wants wants; /* --hosts */
};

/* The parts of R by the length that was given; what is smaller stays as it is. */
static int by_length(struct subnet *s, const struct split *how)
{
	unsigned bits = ip_bits(s->net.range.family);
	struct range rest = s->net.range, prefix;
	char show[STR_SHOW];
	struct err err;
	bool more;
	int rc;

	if (how->length > bits) {
		err_set(&err, ERR_USAGE, "\"%s\" has no /%u: an address has %u bits",
			str_show(show, s->operand.text), how->length, bits);
		return subnet_refuse(s, &err);
	}
	if (range_prefix_length(&rest) > (int)how->length) {
		err_set(&err, ERR_NEGATIVE, "\"%s\" is smaller than a /%u",
			str_show(show, s->operand.text), how->length);
		return subnet_refuse(s, &err);
	}
	do {
		struct ip_series series;

		more = range_next_prefix(&rest, &prefix);
		if (range_prefix_length(&prefix) >= (int)how->length) {
			rc = subnet_put(s, &prefix);
			continue;
		}
		ip_series_init(&series, &prefix, u128_shl(u128_of(1), bits - how->length),
			       how->length == bits ? -1 : (int)how->length);
		rc = subnet_put_series(s, &series, how->length);
	} while (rc == 0 && more && !cli_interrupted());
	return rc;
}

/* N prefixes of LENGTH that begin at *FIRST, which then is where they end. */
static int put_equal(struct subnet *s, struct u128 *first, struct u128 n, unsigned length)
{
	struct range whole = s->net.range;
	unsigned bits = ip_bits(whole.family);
	struct u128 step = u128_shl(u128_of(1), bits - length), way = { 0, 0 };
	struct ip_series series;

	if (u128_eq(n, u128_of(0)))
		return 0;
	whole.first = *first;
	if (u128_mul(step, n, &way)) /* too much only for all of IPv6, which nothing follows */
		*first = u128_add(*first, way);
	ip_series_init(&series, &whole, step, length == bits ? -1 : (int)length);
	ip_series_limit(&series, n);
	return subnet_put_series(s, &series, length);
}

/*
 * A prefix as N: with 2^k the least power of two that is not under N, 2^k - N of the parts
 * are k - 1 bits longer than the prefix, and the others k bits.
 */
static int prefix_into(struct subnet *s, struct u128 n, unsigned length)
{
	unsigned k = 128 - u128_clz(u128_sub(n, u128_of(1)));
	struct u128 large = u128_sub(u128_shl(u128_of(1), k), n), first = s->net.range.first;

	if (k == 0)
		return subnet_put(s, &s->net.range);
	if (put_equal(s, &first, large, length + k - 1) < 0)
		return -1;
	return put_equal(s, &first, u128_sub(n, large), length + k);
}

/* A range that is no prefix as N ranges, the first ones longer by one address. */
static int range_into(struct subnet *s, struct u128 n)
{
	struct u128 longer, each, one = u128_of(1);
	struct range part = s->net.range;
	int rc = 0;

	each = u128_div(u128_add(range_span(&part), one), n, &longer);
	for (struct u128 i = { 0, 0 }; rc == 0 && u128_less(i, n) && !cli_interrupted();
	     i = u128_add(i, one)) {
		part.last = u128_add(part.first, each);
		if (!u128_less(i, longer))
			part.last = u128_sub(part.last, one);
		rc = subnet_put(s, &part);
		part.first = u128_add(part.last, one);
	}
	return rc;
}

static int by_number(struct subnet *s, const struct split *how)
{
	const struct range *r = &s->net.range;
	int length = range_prefix_length(r);
	char show[STR_SHOW], size[SUBNET_SIZE_STRLEN], number[IPCOUNT_STRLEN];
	struct err err;

	if (u128_less(range_span(r), u128_sub(how->into, u128_of(1)))) {
		subnet_size(s, size);
		err_set(&err, ERR_NEGATIVE, "\"%s\" has %s, fewer than %s",
			str_show(show, s->operand.text), size,
			ipcount_format((struct ipcount){ 0, how->into }, number));
		return subnet_refuse(s, &err);
	}
	return length < 0 ? range_into(s, how->into) : prefix_into(s, how->into, (unsigned)length);
}

/* A part that is asked for, and what became of it. */
struct part {
	const struct want *want;
	int length;
	struct range range;
	size_t order; /* in which it was asked */
};

/* The largest first; equal ones in the order in which they were asked. */
static int larger_first(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	if (x->length != y->length)
		return x->length < y->length ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static int asked_first(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	return x->order < y->order ? -1 : x->order > y->order;
}

/* The lengths of PARTS; fails for what no prefix of the family is. */
static int measure(const struct subnet *s, const struct wants *wants, struct part *parts,
		   struct err *err)
{
	unsigned family = s->net.range.family;

	for (size_t i = 0; i < wants->n; i++) {
		const struct want *w = &wants->v[i];

		parts[i] = (struct part){ .want = w, .length = w->length, .order = i };
		if (w->length < 0)
			parts[i].length = prefix_length_for_hosts(family, w->hosts);
		if (parts[i].length < 0 || parts[i].length > (int)ip_bits(family))
			return err_set(err, ERR_USAGE, "no IPv%u prefix is %s%.*s%s", family,
				       w->length < 0 ? "for " : "a ", (int)w->len, w->text,
				       w->length < 0 ? " hosts" : "");
	}
	return 0;
}

/* What PART is for is not to be had in the present net. */
static int no_room(const struct subnet *s, const struct part *part, bool first, struct err *err)
{
	const struct want *w = part->want;
	char show[STR_SHOW];

	return err_set(err, ERR_NEGATIVE, "\"%s\" has no room for %s%.*s%s%s",
		       str_show(show, s->operand.text), w->length < 0 ? "" : "a ", (int)w->len,
		       w->text, w->length < 0 ? " hosts" : "",
		       first ? "" : " beside the larger ones");
}

/* Finds room for PARTS in POOL. */
static int place(const struct subnet *s, const struct wants *wants, struct part *parts,
		 struct prefix_pool *pool, struct err *err)
{
	if (measure(s, wants, parts, err) < 0)
		return -1;
	prefix_pool_add(pool, &s->net.range);
	qsort(parts, wants->n, sizeof(*parts), larger_first);
	for (size_t i = 0; i < wants->n; i++)
		if (!prefix_pool_take(pool, (unsigned)parts[i].length, &parts[i].range))
			return no_room(s, &parts[i], i == 0, err);
	qsort(parts, wants->n, sizeof(*parts), asked_first);
	return 0;
}

/* A record of --hosts; WANT is NULL for what is left. */
static int put_part(struct subnet *s, const struct range *r, const struct want *want)
{
	struct range hosts = range_of_hosts(r);

	if (want && want->length < 0)
		addr_count_set(s->o, SPLIT_HOSTS, (struct ipcount){ 0, want->hosts });
	addr_count_set(s->o, SPLIT_USABLE, range_count(&hosts));
	out_bool(s->o, SPLIT_FREE, !want);
	return subnet_put(s, r);
}

static int by_hosts(struct subnet *s, const struct split *how)
{
	struct part *parts = xcalloc(how->wants.n, sizeof(*parts));
	struct prefix_pool pool = { 0 };
	struct err err;
	int rc = 0;

	if (place(s, &how->wants, parts, &pool, &err) < 0) {
		rc = subnet_refuse(s, &err);
		goto out;
	}
	for (size_t i = 0; i < how->wants.n && rc == 0; i++)
		rc = put_part(s, &parts[i].range, parts[i].want);
	for (size_t i = 0; i < pool.n && how->opt->free && rc == 0; i++)
		rc = put_part(s, &pool.v[i], NULL);
out:
	vec_fini(&pool);
	free(parts);
	return rc;
}

static int split_one(struct subnet *s, void *how)
{
	const struct split *h = how;

	if (h->opt->hosts)
		return by_hosts(s, h);
	return h->opt->into ? by_number(s, h) : by_length(s, h);
}

/* An item of --hosts from TEXT on. */
static int read_want(const char *text, size_t len, struct want *want, struct err *err)
{
	const char *end = text + len, *digits = text + (len && *text == '/');
	struct u128 n = { 0, 0 };
	char show[STR_SHOW];

	if (digits == end || u128_scan(digits, end, &n) != (size_t)(end - digits) ||
	    (digits > text && u128_less(u128_of(128), n)) ||
	    (digits == text && u128_eq(n, u128_of(0))))
		return err_set(err, ERR_USAGE, "--hosts: \"%s\" is not a number of hosts or /LEN",
			       str_show_n(show, text, len));
	*want = (struct want){ text, len, n, digits > text ? (int)n.lo : -1 };
	return 0;
}

static int read_wants(const char *list, struct wants *wants, struct err *err)
{
	for (const char *s = list;; s++) {
		size_t n = strcspn(s, ",");
		struct want want;

		if (read_want(s, n, &want, err) < 0)
			return -1;
		*vec_push(wants) = want;
		s += n;
		if (!*s)
			return 0;
	}
}

/* How to split, which is to be said in one way. */
static int read_how(struct cli *cli, int *argc, char **argv, struct split *how)
{
	const struct split_options *opt = how->opt;
	struct subnet_number number;

	if (subnet_last_number(cli, argc, argv, &number) < 0)
		return -1;
	if ((number.form != SUBNET_NO_NUMBER) + !!opt->into + !!opt->hosts != 1)
		return subnet_misuse(cli, "one of /LEN behind NET, --into and --hosts is wanted");
	if (opt->free && !opt->hosts)
		return subnet_misuse(cli, "--free wants --hosts");
	if (opt->into)
		return subnet_option_num("into", opt->into, 1, &how->into, &cli->err);
	if (opt->hosts)
		return read_wants(opt->hosts, &how->wants, &cli->err);
	if (u128_less(u128_of(128), number.n))
		return subnet_misuse(cli, "a length is from /0 to /128");
	how->length = (unsigned)number.n.lo;
	return 0;
}

static int split_run(struct cli *cli, const void *options, int argc, char **argv)
{
	struct split how = { .opt = options };
	int rc = read_how(cli, &argc, argv, &how);

	/* Who asks by hosts wants to see which is which. */
	if (how.opt->hosts && cli->output.format == OUT_PLAIN)
		cli->output.format = OUT_TABLE;
	if (rc == 0)
		rc = subnet_each(cli, argc, argv,
				 &(struct subnet_work){ how.opt->flags, NULL, split_one, NULL,
							&how });
	vec_fini(&how.wants);
	return rc;
}

const struct command addr_verb_split = {
	.name = "split",
	.summary = "split prefixes by length, number or hosts",
	.operands = "NET... [/LEN]",
	.opts = split_opts,
	.cols = split_cols,
	.ncols = ARRAY_SIZE(split_cols),
	.size = sizeof(struct split_options),
	.flags = COMMAND_RECORDS | COMMAND_BATCH,
	.run = split_run,
};
