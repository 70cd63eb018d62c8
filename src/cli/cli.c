/* SPDX-License-Identifier: MIT */
/* cli.c - what a running command uses: records, operands, complaints, signals */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/str.h"
#include "cli/command.h"
#include "cli/signals.h"

static volatile sig_atomic_t interrupted; /* the signal that came, or 0 */
static volatile sig_atomic_t blocking;    /* inside a call that cannot be interrupted */
static sigset_t wait_mask;
static bool held;
static int wake[2] = { -1, -1 }; /* a pipe, for cli_signal_fd() */

void cli_signal_wake(void)
{
	int code = errno;

	/* If it does not fit, there is enough to be read already. */
	if (wake[1] >= 0 && write(wake[1], "", 1) < 0)
		errno = code;
}

/* A second signal does not wait: a reader that does not read could block us for ever. */
static void on_signal(int sig)
{
	if (blocking || interrupted) {
		signal(sig, SIG_DFL);
		raise(sig);
	}
	interrupted = sig;
	cli_signal_wake();
}

void signals_catch(void)
{
	static const int signals[] = { SIGINT, SIGTERM };
	struct sigaction old, act = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

	/* SA_RESTART: a write in progress is finished; where we wait, we do it in cli_wait(). */
	sigemptyset(&act.sa_mask);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
			sigaction(signals[i], &act, NULL);
}

void signals_die(void)
{
	if (!interrupted)
		return;
	signal(interrupted, SIG_DFL);
	if (held)
		sigprocmask(SIG_SETMASK, &wait_mask, NULL);
	raise(interrupted);
}

static void block_signals(sigset_t *old)
{
	sigset_t both;

	sigemptyset(&both);
	sigaddset(&both, SIGINT);
	sigaddset(&both, SIGTERM);
	sigprocmask(SIG_BLOCK, &both, old);
}

const sigset_t *cli_hold_signals(void)
{
	if (!held) /* a second time both would be in the mask */
		block_signals(&wait_mask);
	held = true;
	return &wait_mask;
}

int cli_signal_fd(struct err *err)
{
	if (wake[0] < 0 && compat_pipe(wake) < 0)
		return err_sys(err, "pipe");
	return wake[0];
}

/* While signals are held, a reader that does not read must not keep them back too. */
void signals_write(bool begins)
{
	sigset_t ignored;

	if (held && begins)
		sigprocmask(SIG_SETMASK, &wait_mask, NULL);
	else if (held)
		block_signals(&ignored);
}

bool cli_interrupted(void)
{
	return interrupted != 0;
}

int cli_poll(struct pollfd *fds, nfds_t n, uint64_t deadline_ns)
{
	sigset_t old;
	int rc = -1;

	/* Blocked, a signal cannot come between the look at the flag and the wait. */
	block_signals(&old);
	while (rc < 0 && !interrupted) {
		rc = compat_ppoll(fds, n, clock_left_ns(deadline_ns), held ? &wait_mask : &old);
		if (rc < 0 && errno != EINTR)
			rc = 1; /* the read behind it tells what is wrong */
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	return interrupted ? -1 : rc;
}

int cli_wait_until(int fd, uint64_t deadline_ns)
{
	struct pollfd io = { .fd = fd, .events = POLLIN };
	int rc = cli_poll(&io, 1, deadline_ns);

	return rc > 0 ? 1 : rc;
}

bool cli_wait(int fd)
{
	return cli_wait_until(fd, UINT64_MAX) >= 0;
}

int cli_block_begin(struct cli *cli, struct out *o)
{
	if (out_holds(o))
		return 0;
	if (out_flush(o, &cli->err) < 0)
		return -1;
	blocking = 1;
	return 0;
}

void cli_block_end(void)
{
	blocking = 0;
}

struct out *cli_out_view(struct cli *cli, const struct command_view *view, bool stream)
{
	const struct out_choice choice = {
		.format = (enum out_format)cli->output.format,
		.no_header = cli->output.no_header,
		.columns = cli->output.columns,
		.writes = signals_write,
	};

	struct out *o;

	cli->misused = true;
	if (choice.format == OUT_CLASSIC && choice.columns) {
		err_set(&cli->err, ERR_USAGE, "--classic has no columns to choose");
		return NULL;
	}
	o = out_open(cli->out, &choice, view->cols, view->ncols, stream, &cli->err);
	cli->misused = !o;
	cli->records = o;
	return o;
}

struct out *cli_out(struct cli *cli, bool stream)
{
	const struct command_view own = { .cols = cli->cmd->cols, .ncols = cli->cmd->ncols };

	return cli_out_view(cli, &own, stream);
}

void cli_status(struct cli *cli, enum err_kind kind)
{
	if (kind > cli->worst)
		cli->worst = kind;
}

/* One write, so that lines of several processes do not mix. */
static void say(struct cli *cli, const char *text, const char *after)
{
	struct buf b = { 0 };

	buf_printf(&b, "%s: ", cli->name);
	str_safe(&b, text, strlen(text));
	buf_printf(&b, "%s\n", after);
	if (!ferror(cli->out))
		fflush(cli->out);
	fwrite(b.data, 1, b.len, cli->errors);
	fflush(cli->errors);
	buf_fini(&b);
}

void cli_complain(struct cli *cli, const struct err *err)
{
	struct buf after = { 0 };

	if (cli->misused && err->kind == ERR_USAGE)
		buf_printf(&after, " (Try '%s --help')", cli->name);
	say(cli, err->text, buf_str(&after));
	buf_fini(&after);
	cli_status(cli, err->kind);
}

const char *cli_where(const struct cli_operand *operand, char buf[static CLI_WHERE])
{
	char show[STR_SHOW];

	*buf = '\0';
	if (operand->line)
		snprintf(buf, CLI_WHERE, "%s:%llu: ",
			 operand->file ? str_show(show, operand->file) : "standard input",
			 (unsigned long long)operand->line);
	return buf;
}

void cli_complain_at(struct cli *cli, const struct cli_operand *operand, struct err *err)
{
	char where[CLI_WHERE];

	err_prefix(err, "%s", cli_where(operand, where));
	cli_complain(cli, err);
}

int cli_refuse(struct cli *cli, struct out *o, unsigned col, const struct cli_operand *operand,
	       struct err *err)
{
	out_str(o, col, err->text);
	cli_complain_at(cli, operand, err);
	if (out_is_text(o) || (out_format(o) == OUT_TABLE && !out_wants(o, col))) {
		out_drop(o);
		return 0;
	}
	return out_row(o, &cli->err);
}

void cli_note(struct cli *cli, const char *fmt, ...)
{
	struct err text;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text.text, sizeof(text.text), fmt, ap);
	va_end(ap);
	say(cli, text.text, "");
}

int cli_want(struct cli *cli, int argc, char **argv, int min, int max)
{
	char show[STR_SHOW];

	if (argc >= min && argc <= max)
		return 0;
	cli->misused = true;
	if (argc < min)
		return err_set(&cli->err, ERR_USAGE, "an operand is missing: %s",
			       cli->cmd->operands);
	return err_set(&cli->err, ERR_USAGE, "unexpected operand \"%s\"",
		       str_show(show, argv[max]));
}

int cli_no_shard(struct cli *cli)
{
	if (!cli->share)
		return 0;
	cli->misused = true;
	return err_set(&cli->err, ERR_USAGE,
		       "--shard shares out the lines or operands of a batch, and there are none");
}

int cli_operand_check(const struct cli_operand *operand, struct err *err)
{
	size_t n = strlen(operand->text);
	char show[STR_SHOW];

	if (n == operand->len)
		return 0;
	return err_set(err, ERR_USAGE, "\"%s\" has a NUL byte (column %zu)",
		       str_show_n(show, operand->text, operand->len), n + 1);
}

bool cli_trim(char **line, size_t *len, bool first)
{
	if (first && *len >= 3 && memcmp(*line, "\xef\xbb\xbf", 3) == 0) {
		*line += 3;
		*len -= 3;
	}
	while (*len && str_is_space(**line)) {
		++*line;
		--*len;
	}
	while (*len && str_is_space((*line)[*len - 1]))
		--*len;
	(*line)[*len] = '\0';
	return *len != 0;
}

/* The next line of standard input that is not blank; with -0 whatever is between NULs. */
static int next_line(struct cli *cli, struct cli_operand *operand)
{
	for (;;) {
		char *line;
		size_t len;
		int rc;

		if (cli_interrupted())
			return 0;
		/* What is known so far is printed before waiting for more. */
		if (cli->records && io_lines_waits(&cli->input) &&
		    out_flush(cli->records, &cli->err) < 0)
			return -1;
		rc = io_lines_next(&cli->input, &line, &len, &cli->err);
		if (rc < 0 && cli->err.code == EINTR)
			return 0;
		if (rc <= 0)
			return rc;
		if (!cli->output.null && !cli_trim(&line, &len, cli->input.number == 1))
			continue;
		*operand = (struct cli_operand){ line, len, cli->input.number, NULL };
		return 1;
	}
}

int cli_next(struct cli *cli, int argc, char **argv, int *index, struct cli_operand *operand)
{
	for (;;) {
		const char *text;

		if (cli->reading) {
			int rc = next_line(cli, operand);

			if (rc != 0)
				return rc;
			cli->reading = false;
			io_lines_fini(&cli->input);
			continue;
		}
		if (*index >= argc || cli_interrupted())
			return 0;
		text = argv[(*index)++];
		if (strcmp(text, "-") == 0) {
			cli->reading = true;
			cli->input = (struct io_lines){
				.fd = STDIN_FILENO,
				.name = "standard input",
				.delimiter = cli->output.null ? '\0' : '\n',
				.wait = cli_wait,
				.share = cli->share,
			};
			continue;
		}
		if (!io_share_has(cli->share, cli->operands++))
			continue;
		*operand = (struct cli_operand){ text, strlen(text), 0, NULL };
		return 1;
	}
}

bool cli_utf8(void)
{
	return setlocale(LC_CTYPE, "") && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}
