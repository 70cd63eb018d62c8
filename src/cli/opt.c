/* SPDX-License-Identifier: MIT */
#include "cli/opt.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/scan.h"
#include "base/str.h"

enum {
	OPT_LONG_BASE = 256 /* getopt value of the first option, above any char */
};

struct parser {
	struct {
		const struct opt *opt;
		void *values;
	} * all;
	struct option *longs;
	char *shorts;
	size_t n;
};

/* The entry of a list of choices that stands for any number. */
static bool takes_number(const struct opt_choice *c)
{
	return strcmp(c->name, "N") == 0;
}

static int choice_error(const struct opt *o, const char *text, struct err *err)
{
	char show[STR_SHOW];
	struct buf names = { 0 };

	for (const struct opt_choice *c = o->choices; c->name; c++)
		buf_printf(&names, "%s%s",
			   takes_number(c) ? " or " :
			   c == o->choices ? "" :
					     ", ",
			   takes_number(c) ? "a number" : c->name);
	err_set(err, ERR_USAGE, "--%s: \"%s\" is not one of %s", o->long_name, str_show(show, text),
		buf_str(&names));
	buf_fini(&names);
	return -1;
}

static int store_choice(const struct opt *o, const char *what, const char *text, int *at,
			struct err *err)
{
	bool is_number = str_is_digit(text[*text == '-' || *text == '+']);

	for (const struct opt_choice *c = o->choices; c->name; c++) {
		uint64_t v;

		if (takes_number(c)) {
			if (!is_number)
				continue;
			if (scan_uint_all(text, what, 0, INT_MAX, &v, err) < 0)
				return -1;
			*at = (int)v;
			return 0;
		}
		if (str_eq_nocase(c->name, text) ||
		    (c->constant && str_eq_nocase(c->constant, text))) {
			*at = c->value;
			return 0;
		}
	}
	return choice_error(o, text, err);
}

static int store(const struct opt *o, const char *arg, void *values, struct err *err)
{
	void *at = (char *)values + o->offset;
	char what[64];
	uint64_t v;

	snprintf(what, sizeof(what), "--%s", o->long_name);
	switch (o->type) {
	case OPT_T_BOOL:
		*(bool *)at = true;
		return 0;
	case OPT_T_SET:
		*(unsigned *)at = (unsigned)o->min;
		return 0;
	case OPT_T_BITS:
		*(unsigned *)at |= (unsigned)o->min;
		return 0;
	case OPT_T_UINT:
		if (scan_uint_all(arg, what, o->min, o->max, &v, err) < 0)
			return -1;
		*(unsigned *)at = (unsigned)v;
		return 0;
	case OPT_T_STR:
		*(const char **)at = arg;
		return 0;
	case OPT_T_STRS:
		*vec_push((struct opt_strs *)at) = arg;
		return 0;
	case OPT_T_CHOICE:
		if (!arg) {
			*(int *)at = (int)o->min;
			return 0;
		}
		return store_choice(o, what, arg, at, err);
	case OPT_T_DURATION:
		return scan_duration_all(arg, what, at, err);
	case OPT_T_SIZE:
		return scan_size_all(arg, what, at, err);
	case OPT_T_END:
	case OPT_T_GROUP:
		break;
	}
	abort();
}

static size_t count(const struct opt *o)
{
	size_t n = 0;

	for (; o->type != OPT_T_END; o++)
		n += o->type != OPT_T_GROUP;
	return n;
}

/* getopt_long(3) does the parsing; its two tables are made from ours. */
static void parser_init(struct parser *p, const struct opt_set *sets, size_t n)
{
	size_t total = 0, nshort = 0;

	for (size_t i = 0; i < n; i++)
		total += count(sets[i].opts);
	*p = (struct parser){
		.all = xcalloc(total, sizeof(*p->all)),
		.longs = xcalloc(total + 1, sizeof(*p->longs)),
		.shorts = xcalloc(2 * total + 2, 1),
	};
	p->shorts[nshort++] = ':';
	for (size_t i = 0; i < n; i++) {
		for (const struct opt *o = sets[i].opts; o->type != OPT_T_END; o++) {
			if (o->type == OPT_T_GROUP)
				continue;
			p->longs[p->n] = (struct option){
				.name = o->long_name,
				.has_arg = o->optional ? optional_argument :
					   o->arg      ? required_argument :
							 no_argument,
				.val = OPT_LONG_BASE + (int)p->n,
			};
			p->all[p->n].opt = o;
			p->all[p->n].values = sets[i].values;
			p->n++;
			if (!o->short_name || strchr(p->shorts, o->short_name))
				continue;
			p->shorts[nshort++] = o->short_name;
			if (o->arg)
				p->shorts[nshort++] = ':';
		}
	}
}

static void parser_fini(struct parser *p)
{
	free(p->all);
	free(p->longs);
	free(p->shorts);
}

/* The options that begin with NAME, ", --b, --c"; how many there are. */
static size_t beginning_with(const struct parser *p, const char *name, struct buf *b)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		if (str_starts(p->longs[i].name, name))
			buf_printf(b, "%s--%s", n++ ? ", " : "", p->longs[i].name);
	return n;
}

static const char *nearest(const struct parser *p, const char *name)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_distance(name, p->longs[i].name) <= 2)
			return p->longs[i].name;
	return NULL;
}

/* What getopt_long() stopped at: -x as a letter, --xyz as it was written. */
static int bad_option(const struct parser *p, int c, char **argv, struct err *err)
{
	const char *word = optind > 1 ? argv[optind - 1] : "", *best;
	char show[STR_SHOW], letter[3] = { '-', (char)optopt, '\0' };
	bool is_long = optopt == 0 || optopt >= OPT_LONG_BASE;
	char *name = xstrndup(is_long ? word : letter, strcspn(is_long ? word : letter, "="));
	struct buf several = { 0 };

	if (c == ':')
		err_set(err, ERR_USAGE, "option %s needs a value", str_show(show, name));
	else if (is_long && optopt >= OPT_LONG_BASE)
		err_set(err, ERR_USAGE, "option %s takes no value", str_show(show, name));
	else if (is_long && beginning_with(p, name + 2, &several) > 1)
		err_set(err, ERR_USAGE, "option %s may be %s", str_show(show, name),
			buf_str(&several));
	else {
		best = is_long ? nearest(p, name + 2) : NULL;
		err_set(err, ERR_USAGE, "unknown option %s%s%s%s", str_show(show, name),
			best ? "; did you mean --" : "", best ? best : "", best ? "?" : "");
	}
	buf_fini(&several);
	free(name);
	return -1;
}

int opt_parse(const struct opt_set *sets, size_t n, int argc, char **argv, struct err *err)
{
	struct parser p;
	int c, rc = 0;

	parser_init(&p, sets, n);
	opterr = 0;
	optind = 0; /* glibc and musl: start anew, forgetting an earlier scan */
	while (rc == 0 && (c = getopt_long(argc, argv, p.shorts, p.longs, NULL)) != -1) {
		size_t i = c >= OPT_LONG_BASE ? (size_t)(c - OPT_LONG_BASE) : 0;

		if (c == '?' || c == ':') {
			rc = bad_option(&p, c, argv, err);
			break;
		}
		while (c < OPT_LONG_BASE && p.all[i].opt->short_name != c)
			i++;
		rc = store(p.all[i].opt, optarg, p.all[i].values, err);
	}
	parser_fini(&p);
	return rc < 0 ? rc : optind;
}

void opt_fini(const struct opt *opts, void *values)
{
	for (; opts->type != OPT_T_END; opts++)
		if (opts->type == OPT_T_STRS)
			vec_fini((struct opt_strs *)(void *)((char *)values + opts->offset));
}
