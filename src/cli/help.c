/* SPDX-License-Identifier: MIT */
/* help.c - --help, --version and __dump, from the tables */
#include <string.h>

#include "base/str.h"
#include "cli/program.h"

enum {
	HELP_LEFT = 26, /* columns of "-j, --json" and the like */
};

static void put_opt(const struct opt *o, char letter, FILE *fp)
{
	char left[64];

	if (o->type == OPT_T_GROUP) {
		fprintf(fp, "\n%s:\n", o->help);
		return;
	}
	snprintf(left, sizeof(left), "%c%c%c --%s%s%s%s", letter ? '-' : ' ', letter ? letter : ' ',
		 letter ? ',' : ' ', o->long_name,
		 o->optional ? "[=" :
		 o->arg      ? "=" :
			       "",
		 o->arg ? o->arg : "", o->optional ? "]" : "");
	if (strlen(left) > HELP_LEFT)
		fprintf(fp, "  %s\n  %-*s %s\n", left, HELP_LEFT, "", o->help);
	else
		fprintf(fp, "  %-*s %s\n", HELP_LEFT, left, o->help);
}

/* The columns that are, or are not, WIDE. */
static void put_cols(const struct command *cmd, bool wide, const char *heading, FILE *fp)
{
	bool any = false;

	for (size_t i = 0; i < cmd->ncols; i++) {
		if (cmd->cols[i].wide != wide)
			continue;
		fprintf(fp, "%s%s%s  %-*s %s\n", any ? "" : "\n", any ? "" : heading,
			any ? "" : ":\n", HELP_LEFT, cmd->cols[i].key, cmd->cols[i].help);
		any = true;
	}
}

void help_command(const struct command *cmd, const char *name, FILE *fp)
{
	const struct opt *sets[PROGRAM_SETS];
	size_t n = program_sets(cmd, sets);

	fprintf(fp, "Usage: %s [OPTION]...%s%s\n\n%c%s.\n", name, *cmd->operands ? " " : "",
		cmd->operands, str_upper(*cmd->summary), cmd->summary + 1);
	for (const struct command *const *v = cmd->verbs; v && *v; v++)
		fprintf(fp, "%s  %-*s %s\n", v == cmd->verbs ? "\nVerbs:\n" : "", HELP_LEFT,
			(*v)->name, (*v)->summary);
	if (cmd->more)
		fprintf(fp, "\n%s", cmd->more);
	if (cmd->opts->type != OPT_T_GROUP && cmd->opts->type != OPT_T_END)
		fputs("\nOptions:\n", fp);
	for (size_t i = 0; i < n; i++)
		for (const struct opt *o = sets[i]; o->type != OPT_T_END; o++)
			put_opt(o, program_letter(sets, n, o), fp);
	put_cols(cmd, false, "Columns", fp);
	put_cols(cmd, true, "Columns that the table has only on request", fp);
	for (const struct command_view *const *v = cmd->views; v && *v; v++) {
		fprintf(fp, "\nColumns with %s:\n", (*v)->option);
		for (size_t i = 0; i < (*v)->ncols; i++)
			fprintf(fp, "  %-*s %s\n", HELP_LEFT, (*v)->cols[i].key,
				(*v)->cols[i].help);
	}
	name += strlen("netipc "); /* "sockopt list": the page is the command's */
	fprintf(fp, "\nThe manual page is netipc-%.*s(1).\n", (int)strcspn(name, " "), name);
}

void help_program(const struct command *const *table, FILE *fp)
{
	fputs("Usage: netipc COMMAND [OPTION]... [OPERAND]...\n"
	      "       netipc help [COMMAND] | --version | --list | --install[=DIR]\n\n"
	      "Show what the socket layer of this machine really does.\n\nCommands:\n",
	      fp);
	for (; *table; table++)
		fprintf(fp, "  %-14s %s\n", (*table)->name, (*table)->summary);
	fputs("\nOther:\n"
	      "  --help         print this help\n"
	      "  --version      print version and features\n"
	      "  --list         print the names of the commands\n"
	      "  --install[=DIR]\n"
	      "                 make links named after the commands, in DIR or\n"
	      "                 beside the binary\n\n"
	      "Exit status: 0 done, 1 asked and answered no, 2 wrong usage or malformed\n"
	      "input, 3 the system or the network failed.  The manual page is netipc(1).\n",
	      fp);
}

static void dump_opt(const struct opt *o, char letter, FILE *fp)
{
	fprintf(fp, "option\t%c\t%s\t%s%s%s\t%s\n", letter ? letter : '-', o->long_name,
		o->optional ? "[" : "", o->arg ? o->arg : "", o->optional ? "]" : "", o->help);
}

static void dump_cols(const struct out_col *cols, size_t n, FILE *fp)
{
	static const char *const types[] = {
		[OUT_STR] = "string",   [OUT_INT] = "integer", [OUT_BOOL] = "boolean",
		[OUT_SECS] = "seconds", [OUT_LIST] = "list",   [OUT_ANY] = "any",
	};

	for (size_t i = 0; i < n; i++)
		fprintf(fp, "column\t%s\t%s\t%s\n", cols[i].key, types[cols[i].type], cols[i].help);
}

static void dump_command(const struct command *cmd, const char *of, FILE *fp)
{
	const struct opt *sets[PROGRAM_SETS];
	size_t n = program_sets(cmd, sets);

	fprintf(fp, "command\t%s%s%s\t%s\t%s\n", of, *of ? " " : "", cmd->name, cmd->operands,
		cmd->summary);
	for (size_t i = 0; i < n; i++)
		for (const struct opt *o = sets[i]; o->type != OPT_T_END; o++)
			if (o->type != OPT_T_GROUP)
				dump_opt(o, program_letter(sets, n, o), fp);
	dump_cols(cmd->cols, cmd->ncols, fp);
	for (const struct command_view *const *v = cmd->views; v && *v; v++)
		dump_cols((*v)->cols, (*v)->ncols, fp);
	for (const struct command *const *v = cmd->verbs; v && *v; v++)
		dump_command(*v, cmd->name, fp);
}

void help_dump(const struct command *const *table, FILE *fp)
{
	for (; *table; table++)
		dump_command(*table, "", fp);
}
