/* SPDX-License-Identifier: MIT */
/* echo_client_merge.c - --save and --merge: the results of many runs as if they had been one */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "cmd/echo_client_impl.h"
#include "echo/saved.h"

/* Each mode whose results can be saved, and its columns. */
static const struct {
	unsigned bit;
	const struct command_view *view;
} modes[SAVED_MODES] = {
	[SAVED_PING] = { ECHO_PING, &echo_client_ping_view },
	[SAVED_LOAD] = { ECHO_LOAD, &echo_client_load_view },
	[SAVED_BULK] = { ECHO_BULK, &echo_client_load_view },
	[SAVED_CHURN] = { ECHO_CHURN, &echo_client_load_view },
};

bool echo_client_saves_only(const struct echo_session *s)
{
	return s->opt->save && strcmp(s->opt->save, "-") == 0;
}

static enum saved_kind kind_of(const struct echo_client_options *opt)
{
	if (opt->path)
		return opt->seqpacket ? SAVED_SEQPACKET : opt->dgram ? SAVED_DGRAM : SAVED_UNIX;
	return opt->udp ? SAVED_UDP : SAVED_TCP;
}

static int save(const struct echo_session *s, const struct saved *saved)
{
	struct err *err = &s->cli->err;
	struct buf b = { 0 };
	int rc = 0;

	saved_write(&b, saved);
	if (!echo_client_saves_only(s))
		rc = io_replace_file(s->opt->save, b.data, b.len, err);
	else if (fwrite(b.data, 1, b.len, s->cli->out) != b.len)
		rc = err_sys(err, "write to standard output");
	buf_fini(&b);
	return rc;
}

int echo_client_save(struct echo_session *s, const struct load_result *load,
		     const struct ping_result *ping)
{
	const struct echo_client_options *opt = s->opt;
	struct saved *saved;
	int rc;

	if (!opt->save)
		return 0;
	saved = xcalloc(1, sizeof(*saved));
	while (modes[saved->mode].bit != opt->modes)
		saved->mode++;
	saved->kind = kind_of(opt);
	saved->paced = opt->rate != 0;
	saved->own = opt->connect;
	saved->runs = 1;
	saved->size_min = s->size_min;
	saved->size_max = s->size_max;
	saved->at_a_time = opt->connections;
	saved->rate = opt->rate;
	saved->begin_ns = s->begin_ns;
	saved->peer = xstrdup(s->peer.data);
	if (ping)
		saved->ping = *ping;
	else
		saved->load = *load;
	if (load && load->fault.kind != ERR_NONE) {
		saved->error_kind = load->fault.kind;
		saved->error = xstrdup(load->fault.text);
	}
	rc = save(s, saved);
	saved_fini(saved);
	free(saved);
	return rc;
}

/* What is merged so far, and the place for the next. */
struct merging {
	struct saved sum, next;
	bool begun;
	struct echo_client_options opt; /* as if SUM had been measured with them */
};

static int take(struct merging *m, const char *line, size_t len, struct err *err)
{
	int rc;

	if (saved_read(m->begun ? &m->next : &m->sum, line, len, err) < 0)
		return -1;
	if (!m->begun) {
		m->begun = true;
		return 0;
	}
	rc = saved_merge(&m->sum, &m->next, err);
	saved_fini(&m->next);
	return rc;
}

/* All results of LINES, of which there must be some. */
static int take_lines(struct merging *m, struct io_lines *lines, struct err *err)
{
	uint64_t results = 0;
	char show[STR_SHOW], *line;
	size_t len;
	int rc;

	while ((rc = io_lines_next(lines, &line, &len, err)) > 0) {
		if (!cli_trim(&line, &len, lines->number == 1))
			continue;
		if (take(m, line, len, err) < 0)
			return err_prefix(err, "%s:%llu: ", str_show(show, lines->name),
					  (unsigned long long)lines->number);
		results++;
	}
	if (rc == 0 && results == 0)
		return err_set(err, ERR_USAGE, "%s: no result of echo-client is there",
			       str_show(show, lines->name));
	return rc;
}

static int take_file(struct merging *m, const char *path, struct err *err)
{
	bool input = strcmp(path, "-") == 0;
	struct io_lines lines = {
		.fd = input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY),
		.delimiter = '\n',
		.name = input ? "standard input" : path,
		.wait = cli_wait,
	};
	char show[STR_SHOW];
	int rc;

	if (lines.fd < 0)
		return err_sys(err, "%s", str_show(show, path));
	rc = take_lines(m, &lines, err);
	io_lines_fini(&lines);
	if (!input)
		close(lines.fd);
	return rc;
}

/* Nothing is connected to. */
static int check(const struct echo_client_options *opt, struct err *err)
{
	const struct {
		bool given;
		const char *name;
	} useless[] = {
		{ opt->udp, "--udp" },
		{ opt->path, "--unix" },
		{ opt->only4, "--ipv4" },
		{ opt->only6, "--ipv6" },
		{ opt->bind, "--bind" },
		{ opt->tos, "--tos" },
		{ opt->sockopts.n, "--sockopt" },
		{ opt->timeout_ns != ECHO_UNSET, "--timeout" },
		{ opt->hex, "--hex" },
		{ opt->verbose, "--verbose" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(useless); i++)
		if (useless[i].given)
			return err_set(err, ERR_USAGE, "--merge connects to nobody: no use for %s",
				       useless[i].name);
	return 0;
}

/* The report of the run that SUM would be the result of. */
static int report(struct echo_session *s, const struct saved *sum)
{
	if (sum->mode == SAVED_PING)
		return echo_client_ping_report(s, &sum->ping);
	return echo_client_load_report(s, &sum->load);
}

static int print(struct echo_session *s, struct merging *m)
{
	struct saved *sum = &m->sum;
	struct err ignored;
	int rc;

	m->opt = *s->opt;
	m->opt.modes = modes[sum->mode].bit;
	m->opt.udp = sum->kind == SAVED_UDP || sum->kind == SAVED_DGRAM;
	m->opt.rate = (unsigned)sum->paced;
	m->opt.connect = sum->own;
	s->opt = &m->opt;
	s->runs = sum->runs;
	buf_adds(&s->peer, sum->peer ? sum->peer : "");
	buf_str(&s->peer);
	if (sum->error) {
		sum->load.fault.kind = (enum err_kind)sum->error_kind;
		snprintf(sum->load.fault.text, sizeof(sum->load.fault.text), "%s", sum->error);
	}
	s->o = cli_out_view(s->cli, modes[sum->mode].view, true);
	if (!s->o)
		return -1;
	rc = report(s, sum);
	if (rc == 0 && m->opt.save)
		rc = save(s, sum);
	return out_close(s->o, rc < 0 ? &ignored : &s->cli->err) < 0 ? -1 : rc;
}

int echo_client_merge(struct echo_session *s, int argc, char **argv)
{
	const struct echo_client_options *opt = s->opt;
	struct merging *m;
	int rc = 0;

	s->cli->misused = true;
	if (check(opt, &s->cli->err) < 0 || cli_want(s->cli, argc, argv, 1, argc) < 0)
		return -1;
	s->cli->misused = false;
	m = xcalloc(1, sizeof(*m));
	for (int i = 0; i < argc && rc == 0; i++)
		rc = take_file(m, argv[i], &s->cli->err);
	if (rc == 0)
		rc = print(s, m);
	else if (cli_interrupted())
		rc = 0; /* the signal itself ends the process */
	buf_fini(&s->peer);
	saved_fini(&m->sum);
	s->opt = opt;
	free(m);
	return rc;
}
