/* SPDX-License-Identifier: MIT */
/*
 * complete.c - netipc __complete: what the shells' completion stubs ask
 *
 * The stubs pass the words behind "netipc" up to the cursor; the last one, perhaps
 * empty, is being typed.  All knowledge is in the option tables, so nothing can be
 * stale.
 */
#include <string.h>

#include "base/str.h"
#include "cli/program.h"

static void candidate(FILE *fp, const char *prefix, const char *word, const char *help,
		      const char *typed)
{
	if (str_starts(word, typed))
		fprintf(fp, "%s%s\t%s\n", prefix, word, help);
}

static void commands(const struct command *const *table, const char *typed, FILE *fp)
{
	for (; table && *table; table++)
		candidate(fp, "", (*table)->name, (*table)->summary, typed);
}

/* The option of CMD that the word "--name", "--name=..." or "-x" is, or NULL. */
static const struct opt *find_opt(const struct command *cmd, const char *word)
{
	const struct opt *sets[PROGRAM_SETS];
	size_t n = program_sets(cmd, sets), len = strcspn(word, "=");

	for (size_t i = 0; i < n; i++) {
		for (const struct opt *o = sets[i]; o->type != OPT_T_END; o++) {
			if (o->type == OPT_T_GROUP)
				continue;
			if (word[1] == '-' ? strlen(o->long_name) == len - 2 &&
						     memcmp(o->long_name, word + 2, len - 2) == 0 :
					     o->short_name && o->short_name == word[1])
				return o;
		}
	}
	return NULL;
}

/* The command has a column of this name without any option. */
static bool is_own(const struct command *cmd, const char *key)
{
	for (size_t i = 0; i < cmd->ncols; i++)
		if (strcmp(cmd->cols[i].key, key) == 0)
			return true;
	return false;
}

/* COL if it goes on what was typed behind the KEPT bytes. */
static void column(const struct out_col *col, const char *prefix, const char *typed, size_t kept,
		   FILE *fp)
{
	if (str_starts(col->key, typed + kept))
		fprintf(fp, "%s%.*s%s\t%s\n", prefix, (int)kept, typed, col->key, col->help);
}

/* A list: its last name is completed, what stands before is kept. */
static void columns(const struct command *cmd, const char *prefix, const char *typed, FILE *fp)
{
	const char *comma = strrchr(typed, ',');
	size_t kept = comma ? (size_t)(comma + 1 - typed) : *typed == '+';

	for (size_t i = 0; i < cmd->ncols; i++)
		column(&cmd->cols[i], prefix, typed, kept, fp);
	for (const struct command_view *const *v = cmd->views; v && *v; v++)
		for (size_t i = 0; i < (*v)->ncols; i++)
			if (!is_own(cmd, (*v)->cols[i].key))
				column(&(*v)->cols[i], prefix, typed, kept, fp);
}

/* What WORDS of a command or an option are compared with. */
struct typed {
	const char *prefix; /* stands before it in the same word */
	int kept;           /* bytes of it that stand before TEXT */
	const char *text;
	FILE *fp;
};

/* Numbers are offered to who begins with one: there is one for each process. */
static void word(void *ctx, const char *text, const char *help)
{
	const struct typed *typed = ctx;

	if (str_is_digit(*text) && !str_is_digit(*typed->text))
		return;
	if (str_starts(text, typed->text) &&
	    (strcmp(text, typed->text) != 0 || text[strlen(text) - 1] != '='))
		fprintf(typed->fp, "%s%.*s%s\t%s\n", typed->prefix, typed->kept,
			typed->text - typed->kept, text, help);
}

/* The argument of O; PREFIX is what stands before it in the same word. */
static void argument(const struct command *cmd, const struct opt *o, const char *prefix,
		     const char *typed, FILE *fp)
{
	for (const struct opt_choice *c = o->choices; c && c->name; c++)
		if (strcmp(c->name, "N") != 0)
			candidate(fp, prefix, c->name, "", typed);
	if (o->hint == OPT_HINT_FILE)
		fputs(":file\n", fp);
	if (o->hint == OPT_HINT_COLUMNS)
		columns(cmd, prefix, typed, fp);
	if (o->words) {
		const char *comma = o->hint == OPT_HINT_LIST ? strrchr(typed, ',') : NULL;
		const char *last = comma ? comma + 1 : typed;

		o->words(0, word, &(struct typed){ prefix, (int)(last - typed), last, fp });
	}
}

static void option(const struct opt *o, const char *typed, FILE *fp)
{
	if (!str_starts(o->long_name, typed + 2))
		return;
	if (o->optional)
		fprintf(fp, "--%s\t%s\n", o->long_name, o->help);
	fprintf(fp, "--%s%s\t%s\n", o->long_name, o->arg ? "=" : "", o->help);
}

static void options(const struct command *cmd, const char *typed, FILE *fp)
{
	const struct opt *sets[PROGRAM_SETS];
	size_t n = program_sets(cmd, sets);

	for (size_t i = 0; i < n; i++)
		for (const struct opt *o = sets[i]; o->type != OPT_T_END; o++)
			if (o->type != OPT_T_GROUP)
				option(o, typed, fp);
}

static void operands(const struct command *cmd, int argc, char **argv, FILE *fp)
{
	struct typed typed = { "", 0, argv[argc - 1], fp };
	int place = 0;

	for (int i = 0; i < argc - 1; i++)
		place += argv[i][0] != '-' || !argv[i][1];
	/* without a letter those of a command with verbs would hide them */
	if (cmd->words && (*typed.text || !cmd->verbs))
		cmd->words(place, word, &typed);
}

static void of_command(const struct command *cmd, int argc, char **argv, FILE *fp)
{
	const char *typed = argv[argc - 1], *before = argc > 1 ? argv[argc - 2] : "";
	const char *equals = strchr(typed, '=');
	const struct opt *o = NULL;

	if (before[0] == '-' && before[1] && !strchr(before, '='))
		o = find_opt(cmd, before);
	if (o && o->arg && !o->optional) {
		argument(cmd, o, "", typed, fp);
		return;
	}
	if (str_starts(typed, "--") && equals) {
		char prefix[64];

		o = find_opt(cmd, typed);
		snprintf(prefix, sizeof(prefix), "%.*s", (int)(equals + 1 - typed), typed);
		if (o && o->arg)
			argument(cmd, o, prefix, equals + 1, fp);
		return;
	}
	if (*typed != '-')
		operands(cmd, argc, argv, fp);
	else if (!typed[1] || typed[1] == '-') /* nothing goes on a letter */
		options(cmd, typed[1] ? typed : "--", fp);
}

void complete(const struct command *const *table, int argc, char **argv, FILE *fp)
{
	const struct command *cmd, *verb;

	if (argc < 1)
		return;
	if (argc == 1) {
		commands(table, argv[0], fp);
		for (const char *const *w = program_words; *w && *argv[0]; w++)
			candidate(fp, "", *w, "", argv[0]);
		return;
	}
	if (strcmp(argv[0], "help") == 0) {
		cmd = argc == 3 ? program_find(table, argv[1]) : NULL;
		if (argc == 2 || cmd)
			commands(cmd ? cmd->verbs : table, argv[argc - 1], fp);
		return;
	}
	for (int i = 1; i < argc - 1; i++)
		if (strcmp(argv[i], "--") == 0)
			return; /* operands, of which nothing is known */
	cmd = program_find(table, argv[0]);
	if (!cmd)
		return;
	verb = argc > 2 ? program_find(cmd->verbs, argv[1]) : NULL;
	if (argc == 2)
		commands(cmd->verbs, argv[1], fp);
	if (verb)
		of_command(verb, argc - 2, argv + 2, fp);
	else
		of_command(cmd, argc - 1, argv + 1, fp);
}
