/* SPDX-License-Identifier: MIT */
/*
 * fuzz_opt.c - the words of a command line, by the tables of each command
 *
 * The first byte is the command, words end with a NUL.  The options that were read, written one
 * by one as --NAME=VALUE, are read as the same; so are the words in the order in which they were
 * left, and the operands are still all there.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "cli/program.h"
#include "cmd/commands.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	WORDS = 64,
	COMMANDS = 64,
	SHARED = 256, /* bytes of what the options that are no command's own write to */
};

struct line {
	int argc;
	char *argv[WORDS + 2];
	void *values[PROGRAM_SETS];
	struct opt_set sets[PROGRAM_SETS];
	size_t nsets;
};

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void line_init(struct line *l, const struct command *cmd)
{
	const struct opt *tables[PROGRAM_SETS];

	*l = (struct line){ .argc = 1, .argv = { xstrndup("netipc", 6) } };
	l->nsets = program_sets(cmd, tables);
	for (size_t i = 0; i < l->nsets; i++) {
		l->values[i] = xcalloc(1, i == 0 ? cmd->size + 1 : SHARED);
		l->sets[i] = (struct opt_set){ tables[i], l->values[i] };
	}
}

static void line_fini(struct line *l)
{
	for (size_t i = 0; i < l->nsets; i++) {
		opt_fini(l->sets[i].opts, l->values[i]);
		free(l->values[i]);
	}
	for (int i = 0; i < l->argc; i++)
		free(l->argv[i]);
}

static void add_word(struct line *l, const char *text, size_t n)
{
	if (l->argc <= WORDS)
		l->argv[l->argc++] = xstrndup(text, n);
}

static void add_words(struct line *l, const char *text, size_t size)
{
	while (size > 0) {
		const char *end = memchr(text, '\0', size);
		size_t n = end ? (size_t)(end - text) : size;

		add_word(l, text, n);
		n += end != NULL;
		text += n;
		size -= n;
	}
}

static void add_option(struct line *l, const struct opt *o, const char *value)
{
	struct buf b = { 0 };

	buf_printf(&b, "--%s%s%s", o->long_name, value ? "=" : "", value ? value : "");
	add_word(l, buf_str(&b), b.len);
	buf_fini(&b);
}

static void add_choice(struct line *l, const struct opt *o, int value)
{
	const struct opt_choice *c = o->choices;
	char number[16];

	if (o->optional && value == (int)o->min) {
		add_option(l, o, NULL);
		return;
	}
	snprintf(number, sizeof(number), "%d", value);
	for (; c->name; c++) {
		bool any = strcmp(c->name, "N") == 0;

		if (any || c->value == value) {
			add_option(l, o, any ? number : c->name);
			return;
		}
	}
	abort();
}

/* O as it was read into AT, if it is not as it was before. */
static void add_read(struct line *l, const struct opt *o, const char *at)
{
	const unsigned *number = (const void *)at;
	const uint64_t *big = (const void *)at;
	const char *const *text = (const void *)at;
	const struct opt_strs *texts = (const void *)at;
	char value[32];

	switch (o->type) {
	case OPT_T_BOOL:
		if (*(const bool *)at)
			add_option(l, o, NULL);
		break;
	case OPT_T_SET:
		if (*number && *number == o->min)
			add_option(l, o, NULL);
		break;
	case OPT_T_BITS:
		if ((*number & o->min) == o->min)
			add_option(l, o, NULL);
		break;
	case OPT_T_UINT:
		snprintf(value, sizeof(value), "%u", *number);
		if (*number >= o->min && *number <= o->max)
			add_option(l, o, value);
		break;
	case OPT_T_STR:
		if (*text)
			add_option(l, o, *text);
		break;
	case OPT_T_STRS:
		for (size_t i = 0; i < texts->n; i++)
			add_option(l, o, texts->v[i]);
		break;
	case OPT_T_CHOICE:
		if (*(const int *)at)
			add_choice(l, o, *(const int *)at);
		break;
	case OPT_T_DURATION:
		snprintf(value, sizeof(value), "%" PRIu64 "ns", *big);
		if (*big)
			add_option(l, o, value);
		break;
	case OPT_T_SIZE:
		snprintf(value, sizeof(value), "%" PRIu64, *big);
		if (*big)
			add_option(l, o, value);
		break;
	case OPT_T_END:
	case OPT_T_GROUP:
		break;
	}
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void check_same(const struct opt *o, const char *a, const char *b)
{
	const struct opt_strs *x = (const void *)a, *y = (const void *)b;

	switch (o->type) {
	case OPT_T_BOOL:
		require(*(const bool *)a == *(const bool *)b);
		break;
	case OPT_T_SET:
	case OPT_T_BITS:
	case OPT_T_UINT:
	case OPT_T_CHOICE:
		require(memcmp(a, b, sizeof(unsigned)) == 0);
		break;
	case OPT_T_STR:
		require(same_text(*(const char *const *)(const void *)a,
				  *(const char *const *)(const void *)b));
		break;
	case OPT_T_STRS:
		require(x->n == y->n);
		for (size_t i = 0; i < x->n; i++)
			require(strcmp(x->v[i], y->v[i]) == 0);
		break;
	case OPT_T_DURATION:
	case OPT_T_SIZE:
		require(memcmp(a, b, sizeof(uint64_t)) == 0);
		break;
	case OPT_T_END:
	case OPT_T_GROUP:
		break;
	}
}

static void each_option(struct line *l, const struct line *read, const struct line *again)
{
	for (size_t i = 0; i < read->nsets; i++)
		for (const struct opt *o = read->sets[i].opts; o->type != OPT_T_END; o++) {
			const char *at = (const char *)read->values[i] + o->offset;

			if (l)
				add_read(l, o, at);
			else
				check_same(o, at, (const char *)again->values[i] + o->offset);
		}
}

static int parse(struct line *l, struct err *err)
{
	l->argv[l->argc] = NULL;
	return opt_parse(l->sets, l->nsets, l->argc, l->argv, err);
}

/* LINE was read, with FIRST the first operand. */
static void check_again(const struct command *cmd, const struct line *line, int first)
{
	struct line written, same;
	struct err err;

	line_init(&written, cmd);
	each_option(&written, line, NULL);
	if (written.argc <= WORDS) {
		require(parse(&written, &err) == written.argc);
		each_option(NULL, line, &written);
	}
	line_init(&same, cmd);
	for (int i = 1; i < line->argc; i++)
		add_word(&same, line->argv[i], strlen(line->argv[i]));
	require(parse(&same, &err) == first);
	each_option(NULL, line, &same);
	for (int i = first; i < line->argc; i++)
		require(strcmp(line->argv[i], same.argv[i]) == 0);
	line_fini(&written);
	line_fini(&same);
}

/* The commands and their verbs; how many there are. */
static size_t list_commands(const struct command *all[static COMMANDS])
{
	size_t n = 0;

	for (size_t i = 0; commands[i]; i++) {
		all[n++] = commands[i];
		for (size_t k = 0; commands[i]->verbs && commands[i]->verbs[k]; k++)
			all[n++] = commands[i]->verbs[k];
	}
	require(n < COMMANDS);
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct command *all[COMMANDS];
	static size_t n;
	const struct command *cmd;
	struct err err = { 0 };
	struct line line;
	int first;

	if (n == 0)
		n = list_commands(all);
	if (size == 0 || n == 0)
		return 0;
	cmd = all[data[0] % n];
	line_init(&line, cmd);
	add_words(&line, (const char *)data + 1, size - 1);
	first = parse(&line, &err);
	if (first < 0)
		require(err.kind == ERR_USAGE && *err.text);
	else
		check_again(cmd, &line, first);
	line_fini(&line);
	return 0;
}
