/* SPDX-License-Identifier: MIT */
/* program.h - the parts of the frame that command.c puts together: private to cli/ */
#ifndef NETIPC_CLI_PROGRAM_H
#define NETIPC_CLI_PROGRAM_H

#include "cli/command.h"

enum {
	PROGRAM_SETS = 4, /* option tables that one command can have */
};

/* Every option table of CMD; how many there are. */
size_t program_sets(const struct command *cmd, const struct opt *sets[static PROGRAM_SETS]);

/*
 * The letter of O, an option in one of the N tables SETS, or 0: a command's own option may
 * take the letter of a shared one, which then has its long name alone.
 */
char program_letter(const struct opt *const *sets, size_t n, const struct opt *o);

/* The words and options that netipc itself takes; NULL ends the list. */
extern const char *const program_words[];

/* The command NAME of TABLE, or NULL. */
const struct command *program_find(const struct command *const *table, const char *name);

/* netipc --help, netipc COMMAND --help (NAME is "netipc COMMAND"), netipc --version. */
void help_program(const struct command *const *table, FILE *fp);
void help_command(const struct command *cmd, const char *name, FILE *fp);
void help_version(FILE *fp);

/*
 * netipc __dump: every table as tab-separated lines, for the tests of the pages:
 * "command NAME OPERANDS SUMMARY", then its "option LETTER NAME ARG HELP" (ARG is "[ARG]" if it
 * may be left out), "column KEY TYPE HELP" lines, then its verbs as commands with a blank in the
 * name.
 */
void help_dump(const struct command *const *table, FILE *fp);

/*
 * netipc __complete WORD...: what can stand in the place of the last word, one
 * "CANDIDATE TAB DESCRIPTION" a line; ":file" asks for the shell's own file names.
 */
void complete(const struct command *const *table, int argc, char **argv, FILE *fp);

/* netipc --install[=DIR]: a symbolic link for each command, in DIR or beside the binary. */
int install_links(struct cli *cli, const struct command *const *table, const char *dir);

#endif
