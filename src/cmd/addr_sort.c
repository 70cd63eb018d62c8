/* SPDX-License-Identifier: MIT */
/*
 * addr_sort.c - netipc addr sort: the lines of lists in the order of their addresses
 *
 * IPv4 comes before IPv6, a lower first address before a higher, a larger network before a
 * smaller one that begins with it; equal ones stay in their order.
 */
#include <string.h>

#include "cmd/addr_sets.h"
#include "net/ipset_sort.h"

enum {
	TEXT_MANY = 64 << 10, /* bytes that are written at once */
};

struct sort_options {
	bool only4, only6, unique, reverse, strict, legacy;
	int bad;
};

static const struct opt sort_opts[] = {
	OPT_BOOL('4', "ipv4", sort_options, only4, "only IPv4"),
	OPT_BOOL('6', "ipv6", sort_options, only6, "only IPv6"),
	OPT_BOOL('u', "unique", sort_options, unique, "of equal networks only the first"),
	OPT_BOOL('r', "reverse", sort_options, reverse, "from the highest to the lowest"),
	OPT_BOOL(0, "strict", sort_options, strict, "refuse bits behind a prefix's length"),
	OPT_BOOL(0, "legacy", sort_options, legacy, "take what inet_aton reads too"),
	ADDR_BAD_OPT(sort_options, bad),
	OPT_END,
};

enum {
	SORT_INPUT,
	SORT_PREFIX,
	SORT_LABEL = SORT_PREFIX + ADDR_RANGE_NCOLS,
	SORT_ERROR,
};

static const struct out_col sort_cols[] = {
	[SORT_INPUT] = { "input", OUT_STR, "the line", true },
	ADDR_RANGE_COLS(SORT_PREFIX),
	[SORT_LABEL] = { "label", OUT_STR, "what stands behind it in the line", false },
	[SORT_ERROR] = { "error", OUT_STR, "what is wrong with a line of --err=print", true },
};

struct item {
	struct range range;
	size_t at, len, label_len; /* of its line in the text; the label is its end */
};

struct items VEC(struct item);

/* All that was read. */
struct sorting {
	struct buf text;
	struct items v4, v6;
};

static void take(void *to, const struct ipset_line *line, const char *text, size_t len)
{
	struct sorting *s = to;
	struct item *item = line->prefix.range.family == 4 ? vec_push(&s->v4) : vec_push(&s->v6);

	*item = (struct item){ line->prefix.range, s->text.len, len, line->label_len };
	buf_add(&s->text, text, len);
}

/* The order of ITEMS; LAST of each element is the number of an item. */
static struct range4 *order4(const struct items *items)
{
	struct range4 *order = xcalloc(items->n + 1, sizeof(*order));

	for (size_t i = 0; i < items->n; i++)
		order[i] = (struct range4){ ~(uint32_t)items->v[i].range.last.lo, (uint32_t)i };
	order = ipset_sort4(order, items->n);
	for (size_t i = 0; i < items->n; i++)
		order[i].first = (uint32_t)items->v[order[i].last].range.first.lo;
	return ipset_sort4(order, items->n);
}

static struct range4 *order6(const struct items *items)
{
	struct range6 *keys = xcalloc(items->n + 1, sizeof(*keys));
	struct range4 *by_last, *order;

	for (size_t i = 0; i < items->n; i++)
		keys[i].first = u128_not(items->v[i].range.last);
	by_last = ipset_order6(keys, items->n);
	for (size_t i = 0; i < items->n; i++)
		keys[i].first = items->v[by_last[i].last].range.first;
	order = ipset_order6(keys, items->n);
	for (size_t i = 0; i < items->n; i++)
		order[i].last = by_last[order[i].last].last;
	free(by_last);
	free(keys);
	return order;
}

/* Moves the items to where they belong; those that are left out are not there. */
static void sort_items(struct items *items, bool four, bool unique)
{
	struct item *sorted = xcalloc(items->n + 1, sizeof(*sorted));
	struct range4 *order = four ? order4(items) : order6(items);
	size_t n = 0;

	for (size_t i = 0; i < items->n; i++) {
		const struct item *item = &items->v[order[i].last];

		if (unique && n && u128_eq(sorted[n - 1].range.first, item->range.first) &&
		    u128_eq(sorted[n - 1].range.last, item->range.last))
			continue;
		sorted[n++] = *item;
	}
	free(order);
	free(items->v);
	*items = (struct items){ sorted, n, items->n + 1 };
}

static int print_item(struct cli *cli, struct out *o, const struct sorting *s,
		      const struct item *item)
{
	const char *line = s->text.data + item->at;

	out_bytes(o, SORT_INPUT, line, item->len);
	addr_range_set(o, SORT_PREFIX, &item->range);
	if (item->label_len)
		out_bytes(o, SORT_LABEL, line + item->len - item->label_len, item->label_len);
	return out_row(o, &cli->err);
}

static int print_items(struct cli *cli, struct out *o, const struct sorting *s,
		       const struct items *items, bool reverse)
{
	struct buf b = { 0 };
	int rc = 0;

	for (size_t i = 0; i < items->n && rc == 0; i++) {
		const struct item *item = &items->v[reverse ? items->n - 1 - i : i];

		if (!out_is_text(o)) {
			rc = print_item(cli, o, s, item);
			continue;
		}
		buf_add(&b, s->text.data + item->at, item->len);
		buf_addc(&b, cli->output.null ? '\0' : '\n');
		if (b.len > TEXT_MANY || i + 1 == items->n) {
			rc = out_text(o, b.data, b.len, &cli->err);
			b.len = 0;
		}
	}
	buf_fini(&b);
	return rc;
}

static int sort_and_print(struct cli *cli, struct out *o, const struct sort_options *opt,
			  struct sorting *s)
{
	struct items *order[] = { &s->v4, &s->v6 };
	const bool skip[] = { opt->only6 && !opt->only4, opt->only4 && !opt->only6 };

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		size_t k = opt->reverse ? 1 - i : i;

		if (skip[k])
			continue;
		sort_items(order[k], k == 0, opt->unique);
		if (print_items(cli, o, s, order[k], opt->reverse) < 0)
			return -1;
	}
	return 0;
}

static int sort_run(struct cli *cli, const void *options, int argc, char **argv)
{
	const struct sort_options *opt = options;
	struct out *o = cli_out(cli, false);
	struct sorting s = { 0 };
	struct addr_load l = {
		.cli = cli,
		.o = o,
		.bad = opt->bad,
		.flags = addr_sets_flags(opt->strict, opt->legacy),
		.text_col = SORT_INPUT,
		.error_col = SORT_ERROR,
		.take = take,
		.to = &s,
		.shared = true,
	};
	int rc;

	if (!o)
		return -1;
	rc = addr_load_all(&l, argc, argv, NULL);
	if (rc == 0 && !cli_interrupted())
		rc = sort_and_print(cli, o, opt, &s);
	buf_fini(&s.text);
	vec_fini(&s.v4);
	vec_fini(&s.v6);
	return out_close(o, &cli->err) < 0 ? -1 : rc;
}

const struct command addr_verb_sort = {
	.name = "sort",
	.summary = "print lists in the order of their addresses",
	.operands = "[NET|@CLASS|FILE]...",
	.opts = sort_opts,
	.cols = sort_cols,
	.ncols = ARRAY_SIZE(sort_cols),
	.size = sizeof(struct sort_options),
	.flags = COMMAND_RECORDS | COMMAND_BATCH,
	.run = sort_run,
};
