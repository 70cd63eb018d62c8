/* SPDX-License-Identifier: MIT */
/*
 * addr_list.c - netipc addr list, rand: the addresses of a prefix, all or some at random
 */
#include <stdio.h>

#include "base/hash.h"
#include "base/scan.h"
#include "base/str.h"
#include "cmd/addr_subnet.h"
#include "net/ip_random.h"

static const struct out_col list_cols[] = { SUBNET_COLS };

/* list */

struct list_options {
	unsigned flags;
	const char *step, *limit;
};

static const struct opt list_opts[] = {
	OPT_STR('s', "step", "N", list_options, step, "every Nth address [1]"),
	OPT_STR('l', "limit", "N", list_options, limit, "at most N addresses of each NET"),
	SUBNET_STRICT(list_options),
	OPT_END,
};

struct list {
	struct u128 step, limit;
	bool limited;
};

static int list_one(struct subnet *s, void *how)
{
	const struct list *list = how;
	struct ip_series series;

	ip_series_init(&series, &s->net.range, list->step, -1);
	if (list->limited)
		ip_series_limit(&series, list->limit);
	return subnet_put_series(s, &series, ip_bits(s->net.range.family));
}

static int list_run(struct cli *cli, const void *options, int argc, char **argv)
{
	const struct list_options *opt = options;
	struct list list = { .step = u128_of(1), .limited = opt->limit };

	if (opt->step && subnet_option_num("step", opt->step, 1, &list.step, &cli->err) < 0)
		return -1;
	if (opt->limit && subnet_option_num("limit", opt->limit, 0, &list.limit, &cli->err) < 0)
		return -1;
	return subnet_each(cli, argc, argv,
			   &(struct subnet_work){ opt->flags, NULL, list_one, NULL, &list });
}

const struct command addr_verb_list = {
	.name = "list",
	.summary = "print every address of a prefix",
	.operands = "NET...",
	.opts = list_opts,
	.cols = list_cols,
	.ncols = ARRAY_SIZE(list_cols),
	.size = sizeof(struct list_options),
	.flags = COMMAND_RECORDS | COMMAND_BATCH,
	.run = list_run,
};

/* rand */

struct rand_options {
	unsigned flags;
	const char *n, *seed;
	unsigned length;
	bool unique;
};

enum {
	LENGTH_OF_ADDRESS = 129, /* no --length: as long as an address */
};

static void rand_defaults(void *options)
{
	((struct rand_options *)options)->length = LENGTH_OF_ADDRESS;
}

static const struct opt rand_opts[] = {
	OPT_STR('n', "number", "N", rand_options, n, "how many of each NET [1]"),
	OPT_BOOL('u', "unique", rand_options, unique, "no one twice"),
	OPT_UINT('l', "length", "LEN", rand_options, length, 0, 128,
		 "prefixes of this length, not addresses"),
	OPT_STR('s', "seed", "N", rand_options, seed,
		"the same ones for the same N, not the kernel's"),
	SUBNET_STRICT(rand_options),
	OPT_END,
};

struct numbers VEC(struct u128);

/*
 * A row of all numbers that is being shuffled (Fisher and Yates), of which only those are kept
 * that are no longer in their place: what is in place P is at the hash of P in NUMBERS.
 */
struct shuffled {
	struct hash places;
	struct numbers numbers;
};

static struct u128 number_at(const struct shuffled *row, struct u128 place)
{
	size_t i = hash_get(&row->places, &place, sizeof(place));

	return i == HASH_NONE ? place : row->numbers.v[i];
}

static void put_number(struct shuffled *row, struct u128 place, struct u128 number)
{
	size_t *i = hash_put(&row->places, &place, sizeof(place));

	if (*i == HASH_NONE) {
		*i = row->numbers.n;
		(void)vec_push(&row->numbers);
	}
	row->numbers.v[*i] = number;
}

struct draw {
	const struct rand_options *opt;
	struct u128 n; /* --number */
	struct ip_random random;
	struct u128 max, drawn; /* numbers from 0 to MAX; how many were drawn of them */
	struct shuffled row;    /* with --unique */
};

static int draw_number(struct draw *d, struct u128 *number, struct err *err)
{
	struct u128 place;

	if (!d->opt->unique)
		return ip_random_num(&d->random, d->max, number, err);
	if (ip_random_num(&d->random, u128_sub(d->max, d->drawn), &place, err) < 0)
		return -1;
	place = u128_add(place, d->drawn);
	*number = number_at(&d->row, place);
	put_number(&d->row, place, number_at(&d->row, d->drawn));
	return 0;
}

/* Prints N prefixes of LENGTH, the first possible one of which is at FIRST. */
static int put_drawn(struct subnet *s, struct draw *d, struct u128 first, unsigned length)
{
	unsigned family = s->net.range.family, host = ip_bits(family) - length;
	struct u128 one = u128_of(1), number;
	int rc = 0;

	for (d->drawn = u128_of(0); rc == 0 && u128_less(d->drawn, d->n) && !cli_interrupted();
	     d->drawn = u128_add(d->drawn, one)) {
		struct range r;

		if (draw_number(d, &number, &s->cli->err) < 0)
			return -1;
		r = range_of_prefix(family, u128_add(first, u128_shl(number, host)), length);
		rc = subnet_put(s, &r);
	}
	return rc;
}

/* Of what can be drawn from the present net: an address or a prefix, in words. */
static const char *thing(unsigned length, unsigned bits, char buf[static 16])
{
	if (length == bits)
		return "addresses";
	snprintf(buf, 16, "/%us", length);
	return buf;
}

static int rand_one(struct subnet *s, void *how)
{
	struct draw *d = how;
	unsigned bits = ip_bits(s->net.range.family), length = d->opt->length;
	char show[STR_SHOW], n[IPCOUNT_STRLEN], what[16];
	struct range from;
	struct err err;
	int rc;

	if (length == LENGTH_OF_ADDRESS)
		length = bits;
	str_show(show, s->operand.text);
	if (length > bits) {
		err_set(&err, ERR_USAGE, "\"%s\" has no /%u: an address has %u bits", show, length,
			bits);
		return subnet_refuse(s, &err);
	}
	if (!range_aligned(&s->net.range, length, &from)) {
		err_set(&err, ERR_NEGATIVE, "\"%s\" has no /%u in it", show, length);
		return subnet_refuse(s, &err);
	}
	d->max = u128_shr(range_span(&from), bits - length);
	if (d->opt->unique && u128_less(d->max, u128_sub(d->n, u128_of(1)))) {
		err_set(&err, ERR_NEGATIVE, "\"%s\" has no %s different %s", show,
			ipcount_format((struct ipcount){ 0, d->n }, n), thing(length, bits, what));
		return subnet_refuse(s, &err);
	}
	rc = put_drawn(s, d, from.first, length);
	hash_fini(&d->row.places);
	vec_fini(&d->row.numbers);
	return rc;
}

static int rand_run(struct cli *cli, const void *options, int argc, char **argv)
{
	const struct rand_options *opt = options;
	struct draw d = { .opt = opt, .n = u128_of(1) };
	uint64_t seed;

	if (opt->n && subnet_option_num("number", opt->n, 1, &d.n, &cli->err) < 0)
		return -1;
	if (opt->seed) {
		if (scan_uint_all(opt->seed, "--seed", 0, UINT64_MAX, &seed, &cli->err) < 0)
			return -1;
		ip_random_seed(&d.random, seed);
	}
	return subnet_each(cli, argc, argv,
			   &(struct subnet_work){ opt->flags, NULL, rand_one, NULL, &d });
}

const struct command addr_verb_rand = {
	.name = "rand",
	.summary = "print addresses of a prefix at random",
	.operands = "NET...",
	.opts = rand_opts,
	.cols = list_cols,
	.ncols = ARRAY_SIZE(list_cols),
	.size = sizeof(struct rand_options),
	.flags = COMMAND_RECORDS | COMMAND_BATCH,
	.defaults = rand_defaults,
	.run = rand_run,
};
