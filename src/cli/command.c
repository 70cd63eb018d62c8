/* SPDX-License-Identifier: MIT */
#include "cli/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/scan.h"
#include "base/str.h"
#include "cli/program.h"
#include "cli/signals.h"

enum {
	ASKED_HELP = 1,
	ASKED_VERSION = 2,
};

struct common {
	unsigned asked;
};

static const struct opt common_opts[] = {
	OPT_GROUP("Other"),
	OPT_SET('h', "help", common, asked, ASKED_HELP, "print this help"),
	OPT_SET('V', "version", common, asked, ASKED_VERSION, "print version and features"),
	OPT_END,
};

/* clang-format off */
#define OUTPUT_OPTS \
	OPT_GROUP("Output"), \
	OPT_SET('j', "json", cli_output, format, OUT_JSON, "print one JSON object a record"), \
	OPT_SET(0, "csv", cli_output, format, OUT_CSV, "print comma-separated values (RFC 4180)"), \
	OPT_SET(0, "tsv", cli_output, format, OUT_TSV, "print tab-separated values"), \
	{ OPT_T_STR, 'o', "columns", "LIST", "print these columns; +NAME adds to the default", \
	  OPT_FIELD(cli_output, columns, const char *), 0, 0, NULL, OPT_HINT_COLUMNS }, \
	OPT_BOOL('H', "no-header", cli_output, no_header, "print no heading")
#define CLASSIC_OPT \
	OPT_SET(0, "classic", cli_output, format, OUT_CLASSIC, "print the lecture's lines")
/* clang-format on */

static const struct opt output_opts[] = { OUTPUT_OPTS, OPT_END };
static const struct opt output_classic_opts[] = { OUTPUT_OPTS, CLASSIC_OPT, OPT_END };

static const struct opt batch_opts[] = {
	OPT_GROUP("Input"),
	OPT_BOOL('0', "null", cli_output, null, "- reads operands that end with a NUL"),
	OPT_STR(0, "shard", "I/N", cli_output, shard, "each Nth line, from number I on (0 to N-1)"),
	OPT_END,
};

static const struct opt batch_whole_opts[] = {
	OPT_GROUP("Input"),
	OPT_BOOL('0', "null", cli_output, null, "- reads operands that end with a NUL"),
	OPT_END,
};

size_t program_sets(const struct command *cmd, const struct opt *sets[static PROGRAM_SETS])
{
	size_t n = 0;

	sets[n++] = cmd->opts;
	if (cmd->flags & COMMAND_BATCH)
		sets[n++] = cmd->flags & COMMAND_WHOLE ? batch_whole_opts : batch_opts;
	if (cmd->flags & COMMAND_RECORDS)
		sets[n++] = cmd->flags & COMMAND_CLASSIC ? output_classic_opts : output_opts;
	sets[n++] = common_opts;
	return n;
}

char program_letter(const struct opt *const *sets, size_t n, const struct opt *o)
{
	for (size_t i = 0; i < n; i++) {
		for (const struct opt *first = sets[i]; first->type != OPT_T_END; first++) {
			if (first->short_name == o->short_name)
				return first == o ? o->short_name : '\0';
		}
	}
	return '\0';
}

const struct command *program_find(const struct command *const *table, const char *name)
{
	for (; table && *table; table++)
		if (strcmp((*table)->name, name) == 0)
			return *table;
	return NULL;
}

/* A negative number; -0 is an option. */
static bool is_negative(const char *word)
{
	return word[0] == '-' && word[1] >= '1' && word[1] <= '9' &&
	       word[1 + strspn(word + 1, "0123456789")] == '\0';
}

/*
 * getopt(3) takes what begins with a dash for options: a blank before it keeps it from
 * that.  The copies are in MEM.
 */
static void hide_negatives(struct arena *mem, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		size_t n = strlen(argv[i]);
		char *copy;

		if (!is_negative(argv[i]))
			continue;
		copy = arena_alloc(mem, n + 2);
		copy[0] = ' ';
		memcpy(copy + 1, argv[i], n + 1);
		argv[i] = copy;
	}
}

static void show_negatives(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (argv[i][0] == ' ' && is_negative(argv[i] + 1))
			argv[i]++;
}

/* Reads --shard's "I/N". */
static int read_shard(struct cli *cli)
{
	const char *text = cli->output.shard, *end, *slash;
	struct io_share *s = &cli->shard;
	char show[STR_SHOW];
	size_t n;

	if (!text)
		return 0;
	end = text + strlen(text);
	slash = text + strcspn(text, "/");
	n = scan_uint(text, slash, UINT32_MAX, &s->index);
	if (n == 0 || text + n != slash || slash == end ||
	    scan_uint(slash + 1, end, UINT32_MAX, &s->count) != (size_t)(end - slash - 1) ||
	    slash + 1 == end || s->count == 0)
		return err_set(&cli->err, ERR_USAGE,
			       "--shard: \"%s\" is not I/N, which is number I of N shares, from 0",
			       str_show(show, text));
	if (s->index >= s->count)
		return err_set(&cli->err, ERR_USAGE,
			       "--shard: \"%s\": the shares have the numbers 0 to %llu",
			       str_show(show, text), (unsigned long long)s->count - 1);
	cli->share = s;
	return 0;
}

/* Parses the command line; returns the index of the first operand, or -1. */
static int parse(struct cli *cli, void *options, struct common *common, int argc, char **argv)
{
	const struct opt *tables[PROGRAM_SETS];
	struct opt_set sets[PROGRAM_SETS];
	size_t n = program_sets(cli->cmd, tables);

	for (size_t i = 0; i < n; i++)
		sets[i] = (struct opt_set){ tables[i], &cli->output };
	sets[0].values = options;
	sets[n - 1].values = common;
	cli->misused = true;
	argc = opt_parse(sets, n, argc, argv, &cli->err);
	if (argc >= 0 && !common->asked && read_shard(cli) < 0)
		argc = -1;
	if (argc >= 0)
		cli->misused = false;
	return argc;
}

/* Finds the -- of a command that runs another one: how many of ARGV stand before it. */
static int before_rest(struct cli *cli, int argc, char **argv)
{
	for (int i = 1; i < argc && (cli->cmd->flags & COMMAND_RUNS); i++) {
		if (strcmp(argv[i], "--") != 0)
			continue;
		cli->rest = &argv[i + 1];
		return i;
	}
	return argc;
}

/* What is still buffered is written now: a full disk must not look like success. */
static void finish(struct cli *cli)
{
	struct err err;
	int rc;

	signals_write(true);
	rc = fflush(cli->out);
	signals_write(false);
	if (rc == 0 && !ferror(cli->out))
		return;
	if (cli->worst != ERR_SYSTEM) {
		err_sys(&err, "write to standard output");
		cli_complain(cli, &err);
	}
}

static int run(const struct command *cmd, const char *name, int argc, char **argv)
{
	struct cli cli = { .cmd = cmd, .name = name, .out = stdout, .errors = stderr };
	void *options = xcalloc(1, cmd->size);
	struct common common = { 0 };
	struct arena mem = { 0 };
	int first;

	if (cmd->defaults)
		cmd->defaults(options);
	if (cmd->flags & COMMAND_NUMBERS)
		hide_negatives(&mem, argc, argv);
	argc = before_rest(&cli, argc, argv);
	first = parse(&cli, options, &common, argc, argv);
	if (cmd->flags & COMMAND_NUMBERS)
		show_negatives(argc, argv);
	if (common.asked == ASKED_HELP) {
		help_command(cmd, name, cli.out);
	} else if (common.asked == ASKED_VERSION) {
		help_version(cli.out);
	} else if (first < 0) {
		cli_complain(&cli, &cli.err);
	} else {
		if (cmd->flags & (COMMAND_BATCH | COMMAND_SERVER))
			signals_catch();
		if (cmd->run(&cli, options, argc - first, argv + first) < 0)
			cli_complain(&cli, &cli.err);
	}
	finish(&cli);
	io_lines_fini(&cli.input);
	opt_fini(cmd->opts, options);
	free(options);
	arena_fini(&mem);
	if (cmd->flags & (COMMAND_BATCH | COMMAND_SERVER))
		signals_die();
	return cli.status ? cli.status : (int)cli.worst;
}

/* What netipc itself can be told; their arguments are in man/netipc.1. */
const char *const program_words[] = {
	"help", "--help", "--version", "--list", "--install", NULL,
};

/* The nearest to NAME of the commands and of WORDS, or NULL. */
static const char *nearest(const struct command *const *table, const char *const *words,
			   const char *name)
{
	const char *best = NULL;
	unsigned least = 3;

	for (; *table; table++) {
		unsigned d = str_distance((*table)->name, name);
		size_t half = strlen((*table)->name) / 2;

		/* "protocols" for protos: the same beginning counts as near */
		if (d > 2 && half >= 2 && strncmp((*table)->name, name, half + 1) == 0)
			d = 2;
		if (d < least) {
			least = d;
			best = (*table)->name;
		}
	}
	for (; *words; words++) {
		if (str_distance(*words, name) < least) {
			least = str_distance(*words, name);
			best = *words;
		}
	}
	return best;
}

/* WORD is a verb of CMD, mistyped. */
static int no_verb(const struct command *cmd, const char *word)
{
	static const char *const none[] = { NULL };
	const char *best = cmd->verbs ? nearest(cmd->verbs, none, word) : NULL;
	char show[STR_SHOW], *name;
	struct cli cli = { .out = stdout, .errors = stderr, .misused = true };
	struct err err;

	if (!(cmd->flags & COMMAND_NO_WORDS) || !best ||
	    word[strspn(word, "abcdefghijklmnopqrstuvwxyz-")] || *word == '-')
		return 0;
	name = xasprintf("netipc %s", cmd->name);
	cli.name = name;
	err_set(&err, ERR_USAGE, "no verb \"%s\"; did you mean \"%s\"?", str_show(show, word),
		best);
	cli_complain(&cli, &err);
	free(name);
	return (int)cli.worst;
}

/* Runs CMD, or the verb of it that ARGV[1] names. */
static int run_command(const struct command *cmd, int argc, char **argv)
{
	const struct command *verb = argc > 1 ? program_find(cmd->verbs, argv[1]) : NULL;
	int status = argc > 1 && !verb ? no_verb(cmd, argv[1]) : 0;
	char *name;

	if (status)
		return status;
	name = verb ? xasprintf("netipc %s %s", cmd->name, verb->name) :
		      xasprintf("netipc %s", cmd->name);
	status = verb ? run(verb, name, argc - 1, argv + 1) : run(cmd, name, argc, argv);
	free(name);
	return status;
}

static int unknown(struct cli *cli, const struct command *const *table, const char *name)
{
	const char *best = nearest(table, program_words, name);
	char show[STR_SHOW];

	cli->misused = true;
	if (*name == '-')
		return err_set(&cli->err, ERR_USAGE, "unknown option %s%s%s%s",
			       str_show(show, name), best ? "; did you mean " : "",
			       best ? best : "", best ? "?" : "");
	return err_set(&cli->err, ERR_USAGE, "no command \"%s\"%s%s%s", str_show(show, name),
		       best ? "; did you mean \"" : "", best ? best : "", best ? "\"?" : "");
}

/* Nothing may stand behind what is done already. */
static int no_more(struct cli *cli, int argc, char **argv)
{
	char show[STR_SHOW];

	if (argc == 0)
		return 0;
	cli->misused = true;
	return err_set(&cli->err, ERR_USAGE, "unexpected operand \"%s\"", str_show(show, argv[0]));
}

/* help [COMMAND [VERB]] */
static int help_about(struct cli *cli, const struct command *const *table, int argc, char **argv)
{
	const struct command *cmd = argc > 0 ? program_find(table, argv[0]) : NULL, *verb;
	char *name;

	if (argc > 0 && !cmd)
		return unknown(cli, table, argv[0]);
	verb = cmd && argc > 1 ? program_find(cmd->verbs, argv[1]) : NULL;
	if (no_more(cli, argc - (verb ? 2 : cmd ? 1 : 0), argv + (verb ? 2 : 1)) < 0)
		return -1;
	if (!cmd) {
		help_program(table, cli->out);
		return 0;
	}
	name = xasprintf("netipc %s%s%s", cmd->name, verb ? " " : "", verb ? verb->name : "");
	help_command(verb ? verb : cmd, name, cli->out);
	free(name);
	return 0;
}

/* The words that are not a command: options of netipc itself, help, and its own helpers. */
static int run_program(struct cli *cli, const struct command *const *table, int argc, char **argv)
{
	const char *word = argv[1];

	if (strcmp(word, "help") == 0)
		return help_about(cli, table, argc - 2, argv + 2);
	if (strcmp(word, "__complete") == 0) {
		complete(table, argc - 2, argv + 2, cli->out);
		return 0;
	}
	if (no_more(cli, argc - 2, argv + 2) < 0)
		return -1;
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		help_program(table, cli->out);
	else if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
		help_version(cli->out);
	else if (strcmp(word, "--list") == 0)
		for (; *table; table++)
			fprintf(cli->out, "%s\n", (*table)->name);
	else if (strcmp(word, "--install") == 0)
		return install_links(cli, table, NULL);
	else if (str_starts(word, "--install="))
		return install_links(cli, table, strchr(word, '=') + 1);
	else if (strcmp(word, "__dump") == 0)
		help_dump(table, cli->out);
	else
		return unknown(cli, table, word);
	return 0;
}

/*
 * A descriptor 0, 1 or 2 that is closed would be given to the first file or socket.  It
 * is opened the wrong way round instead, so that its use fails with EBADF as before.
 */
static void guard_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) < 0)
			return; /* without /dev/null nothing better can be done */
}

/* The command that ARGV0 names: netipc-addr or addr; any other name is netipc itself. */
static const struct command *linked(const struct command *const *table, const char *argv0)
{
	const char *slash = strrchr(argv0, '/'), *base = slash ? slash + 1 : argv0;

	return program_find(table, str_starts(base, "netipc-") ? base + 7 : base);
}

int command_main(const struct command *const *table, int argc, char **argv)
{
	struct cli cli = { .name = "netipc", .out = stdout, .errors = stderr };
	const struct command *cmd;

	guard_descriptors();
	if (getuid() != geteuid() || getgid() != getegid()) {
		err_set(&cli.err, ERR_SYSTEM,
			"it is set-user-ID or set-group-ID, which is not safe");
		cli_complain(&cli, &cli.err);
		return ERR_SYSTEM;
	}
	cmd = argc > 0 ? linked(table, argv[0]) : NULL;
	if (cmd)
		return run_command(cmd, argc, argv);
	if (argc < 2) {
		cli.misused = true;
		err_set(&cli.err, ERR_USAGE, "a command is missing");
		cli_complain(&cli, &cli.err);
		return ERR_USAGE;
	}
	if (argc > 2 && strcmp(argv[1], "--") == 0) {
		argc--;
		argv++;
	}
	cmd = program_find(table, argv[1]);
	if (cmd)
		return run_command(cmd, argc - 1, argv + 1);
	if (run_program(&cli, table, argc, argv) < 0)
		cli_complain(&cli, &cli.err);
	finish(&cli);
	return (int)cli.worst;
}
