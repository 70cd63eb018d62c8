/* SPDX-License-Identifier: MIT */
/*
 * sockopt_exec.c - netipc sockopt exec: runs a command with options forced on its sockets
 *
 * The engine is sockopt/force.h.  All that this prints goes to standard error, for standard
 * output is the command's.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/str.h"
#include "cmd/sockopt_shared.h"
#include "sockopt/force.h"

struct exec_options {
	bool keep, verbose, quiet, udp, wait, bound;
};

static const struct opt exec_opts[] = {
	OPT_BOOL('S', "keep", exec_options, keep, "CMD's own setting of them changes nothing"),
	OPT_BOOL('u', "udp", exec_options, udp, "reach UDP sockets that only send too"),
	OPT_BOOL('w', "wait", exec_options, wait, "wait for all that CMD leaves behind"),
	OPT_BOOL('k', "kill", exec_options, bound, "CMD is killed if netipc is"),
	OPT_BOOL('v', "verbose", exec_options, verbose, "print a line for each option of a socket"),
	OPT_BOOL('q', "quiet", exec_options, quiet, "print no report at the end"),
	OPT_END,
};

enum {
	/* of the own failures, as env(1) and timeout(1) have it; then as sh(1) */
	STATUS_OWN = 125,
	STATUS_NOT_RUN = 126,
	STATUS_NOT_FOUND = 127,
	STATUS_SIGNAL = 128,
};

/* What a socket's option has become, "0s -> 30s". */
static void add_change(struct buf *b, const struct own_try *t)
{
	if (t->was_code == 0) {
		value_text(b, &t->was);
		buf_adds(b, " -> ");
	}
	value_text(b, t->got_code == 0 ? &t->got : &t->asked);
}

static void tell(void *data, const struct force_event *e)
{
	struct cli *cli = data;
	struct buf b = { 0 };

	buf_printf(&b, "pid %d (%s) ", (int)e->pid, e->name);
	if (e->fd >= 0)
		buf_printf(&b, "fd %d ", e->fd);
	buf_printf(&b, "%s: ", force_call_name(e->call));
	if (!e->option) {
		buf_printf(&b, "not reached: %s", strerror(e->code));
	} else {
		buf_printf(&b, "%s ", option_name(e->option->row));
		if (e->code)
			buf_printf(&b, "refused: %s", strerror(e->code));
		else
			add_change(&b, e->tried);
	}
	cli_note(cli, "%s", buf_str(&b));
	buf_fini(&b);
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void report_option(struct cli *cli, const struct force_option *o)
{
	struct buf b = { 0 };

	buf_printf(&b, "%s=", option_name(o->row));
	value_text(&b, &o->first.asked);
	buf_printf(&b, ": set on %" PRIu64 " socket%s", o->sockets, plural(o->sockets));
	if (o->sockets && o->first.outcome == OWN_DIFFERENT) {
		buf_adds(&b, " as ");
		value_text(&b, &o->first.got);
	}
	if (o->refused) {
		const char *needs = option_capability(o->row);
		bool denied = o->code == EPERM || o->code == EACCES;

		buf_printf(&b, ", refused on %" PRIu64 ": %s", o->refused, strerror(o->code));
		if (denied && *needs)
			buf_printf(&b, " (it needs %s)", needs);
	}
	cli_note(cli, "%s", buf_str(&b));
	buf_fini(&b);
}

static void report_miss(struct cli *cli, const struct force_miss *m)
{
	cli_note(cli, "%" PRIu64 " call%s went on without: process %d (%s): %s%s", m->calls,
		 plural(m->calls), (int)m->pid, m->name, strerror(m->code),
		 m->code == EPERM ? " (its program cannot be read, or it forbids tracing)" : "");
}

/* Counts that tell what was not covered. */
static void report_limits(struct cli *cli, const struct force *f)
{
	if (f->udp_made > f->udp_seen)
		cli_note(cli, "%" PRIu64 " UDP socket%s neither bound nor connected: not covered%s",
			 f->udp_made - f->udp_seen,
			 f->udp_made - f->udp_seen == 1 ? " was" : "s were",
			 f->udp ? "" : " (--udp covers them)");
	if (f->rings)
		cli_note(cli,
			 "io_uring was set up %" PRIu64 " time%s: what it binds and connects "
			 "is not covered",
			 f->rings, plural(f->rings));
	if (f->filters)
		cli_note(cli,
			 "%" PRIu64 " process%s wanted to be notified of system calls, which "
			 "this prevents",
			 f->filters, f->filters == 1 ? "" : "es");
	if (f->left > 0)
		cli_note(cli, "processes are left behind: process %d goes on setting the options",
			 (int)f->left);
	else if (f->left < 0)
		cli_note(cli, "processes are left behind: their bind and connect will fail");
}

static void report(struct cli *cli, const struct force *f)
{
	for (size_t i = 0; i < f->options.n; i++)
		report_option(cli, &f->options.v[i]);
	if (f->kept)
		cli_note(cli, "%" PRIu64 " call%s of setsockopt changed nothing", f->kept,
			 plural(f->kept));
	for (size_t i = 0; i < f->missed.n; i++)
		report_miss(cli, &f->missed.v[i]);
	report_limits(cli, f);
}

/*
 * Who called netipc shall see what became of the command: a signal that killed it kills this
 * process too, without a core of its own.
 */
static int pass_on(int status)
{
	const struct rlimit none = { 0, 0 };
	sigset_t one;

	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	if (setrlimit(RLIMIT_CORE, &none) == 0) {
		sigemptyset(&one);
		sigaddset(&one, WTERMSIG(status));
		signal(WTERMSIG(status), SIG_DFL);
		sigprocmask(SIG_UNBLOCK, &one, NULL);
		raise(WTERMSIG(status));
	}
	return STATUS_SIGNAL + WTERMSIG(status);
}

static int read_options(struct cli *cli, struct force *f, int argc, char **argv)
{
	if (cli_want(cli, argc, argv, 1, argc) < 0)
		return -1;
	if (!cli->rest || !cli->rest[0]) {
		cli->misused = true;
		return err_set(&cli->err, ERR_USAGE, "a command is missing: -- CMD [ARG]...");
	}
	for (int i = 0; i < argc; i++) {
		struct force_option *o = vec_push(&f->options);

		memset(o, 0, sizeof(*o));
		o->row = sockset_parse(argv[i], &o->first.asked, &cli->err);
		if (!o->row) {
			cli->err.kind = ERR_USAGE;
			return -1;
		}
	}
	return 0;
}

static int exec_run(struct cli *cli, const void *options, int argc, char **argv)
{
	const struct exec_options *opt = options;
	struct force f = { .keep = opt->keep,
			   .udp = opt->udp,
			   .wait = opt->wait,
			   .bound = opt->bound,
			   .alone = true,
			   .event = opt->verbose ? tell : NULL,
			   .data = cli };
	char show[STR_SHOW];
	int rc = read_options(cli, &f, argc, argv);

	if (rc == 0) {
		rc = force_run(&f, cli->rest, &cli->err);
		if (rc < 0)
			cli->status = STATUS_OWN;
	}
	if (rc == 0 && f.exec_code) {
		cli->status = f.exec_code == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_RUN;
		errno = f.exec_code;
		rc = err_sys(&cli->err, "%s", str_show(show, cli->rest[0]));
	} else if (rc == 0) {
		if (!opt->quiet)
			report(cli, &f);
		cli->status = pass_on(f.status);
	}
	force_fini(&f);
	return rc;
}

const struct command sockopt_verb_exec = {
	.name = "exec",
	.summary = "run a command with options forced on its sockets",
	.operands = "NAME=VALUE... -- CMD [ARG]...",
	.opts = exec_opts,
	.size = sizeof(struct exec_options),
	.flags = COMMAND_RUNS,
	.words = sockset_words_set,
	.run = exec_run,
};
