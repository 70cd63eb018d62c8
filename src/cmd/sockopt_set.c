/* SPDX-License-Identifier: MIT */
/* sockopt_set.c - netipc sockopt set: options of live sockets, changed while they are in use */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "cmd/sockopt_live.h"
#include "cmd/sockopt_shared.h"
#include "cmd/sockopt_show.h"

struct set_options {
	struct sockopt_choice choice;
	bool all, dry;
	const char *undo;
};

static const struct opt set_opts[] = {
	OPT_BOOL('n', "dry-run", set_options, dry, "only tell what would be done"),
	OPT_BOOL(0, "all", set_options, all, "on every socket that matches, not just one"),
	OPT_BOOL(0, "force", set_options, choice.force, "also what cannot be taken back"),
	OPT_FILE(0, "undo-file", "FILE", set_options, undo, "append the commands that undo it"),
	SOCKOPT_CHOICE_OPTS(set_options),
	OPT_END,
};

enum {
	COL_PID,
	COL_FD,
	COL_PROCESS,
	COL_INODE,
	COL_OPTION,
	COL_WAS,
	COL_ASKED,
	COL_GOT,
	COL_UNIT,
	COL_NOTE,
	COL_ERROR,
};

static const struct out_col set_cols[] = {
	[COL_PID] = { "pid", OUT_INT, "the process that holds the socket", false },
	[COL_FD] = { "fd", OUT_INT, "its descriptor there", false },
	[COL_PROCESS] = { "process", OUT_STR, "the process's name", false },
	[COL_INODE] = { "inode", OUT_INT, "the socket's inode", true },
	[COL_OPTION] = { "option", OUT_STR, "the option", false },
	[COL_WAS] = { "was", OUT_ANY, "the value before", false },
	[COL_ASKED] = { "asked", OUT_ANY, "the value that was set", false },
	[COL_GOT] = { "got", OUT_ANY, "the value that was read afterwards", false },
	[COL_UNIT] = { "unit", OUT_STR, "what a number in JSON counts", true },
	[COL_NOTE] = { "note", OUT_STR, "what the kernel did, and why", false },
	[COL_ERROR] = { "error", OUT_STR, "the error number", true },
};

/* One NAME=VALUE, and what became of it on the present socket. */
struct assignment {
	const struct option_row *row;
	struct own_try t;
};

struct set {
	struct cli *cli;
	const struct set_options *opt;
	struct out *o;
	struct sockopt_live live;
	struct snapshot_plan plan;
	struct snapshot snapshot;
	struct assignments VEC(struct assignment) list;
	struct value lock; /* SO_BUF_LOCK before, or no bytes */
	int undo;          /* a descriptor, or -1 */
};

static int read_assignments(struct set *s, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		struct assignment *a = vec_push(&s->list);

		memset(a, 0, sizeof(*a));
		a->row = sockset_parse(argv[i], &a->t.asked, &s->cli->err);
		if (!a->row)
			return -1;
		if (a->row->flags & OPTION_ONE_WAY && !s->opt->choice.force)
			return err_set(
				&s->cli->err, ERR_USAGE,
				"%s cannot be taken back or destroys something (--force sets it)",
				option_name(a->row));
	}
	return 0;
}

/* Keeps of the candidates those that are meant. */
static int choose(struct set *s)
{
	struct sockopt_live *l = &s->live;
	size_t kept = 0;

	for (size_t i = 0; i < l->found.n; i++) {
		size_t unread = l->unread;

		if (!sockopt_live_take(l, &l->found.v[i], &s->plan, &s->snapshot))
			continue;
		l->unread = unread; /* it is read again when it is changed */
		l->found.v[kept++] = l->found.v[i];
	}
	l->found.n = kept;
	if (kept > 1 && !s->opt->all)
		return err_set(&s->cli->err, ERR_USAGE,
			       "%zu sockets match \"%s\": choose one (PID:FD, ino=N), or --all",
			       kept, l->text);
	return 0;
}

/* What is done while the socket is held. */
static void change(void *ctx, int fd)
{
	struct set *s = ctx;
	struct option_list lock = { 0 };

	snapshot_take(&s->snapshot, fd, &s->plan);
	s->lock.len = 0;
	if (options_find(&lock, "SO_BUF_LOCK") && option_get(fd, lock.v[0], &s->lock))
		s->lock.len = 0;
	vec_fini(&lock);
	for (size_t i = 0; i < s->list.n; i++) {
		struct assignment *a = &s->list.v[i];

		if (s->opt->dry) {
			a->t.was.type = a->row->type;
			a->t.was.len = 0;
			a->t.was_code = option_is_safe(a->row) ? option_get(fd, a->row, &a->t.was) :
								 ENOPROTOOPT;
		} else {
			own_try(fd, a->row, &a->t);
		}
	}
}

static void put_value(struct buf *b, const char *word, int code, const struct value *v)
{
	buf_printf(b, "  %s ", word);
	if (code)
		buf_addc(b, '-');
	else
		value_text(b, v);
}

/* One line of the command's own form. */
static void put_line(struct buf *b, const struct set *s, const struct assignment *a,
		     const char *note)
{
	buf_printf(b, "  %s", option_name(a->row));
	put_value(b, "was", a->t.was_code, &a->t.was);
	put_value(b, "asked", 0, &a->t.asked);
	if (!s->opt->dry)
		put_value(b, "got", a->t.set_code ? a->t.set_code : a->t.got_code, &a->t.got);
	if (note && *note)
		buf_printf(b, "  (%s)", note);
	buf_addc(b, '\n');
}

static int put_record(const struct set *s, const struct sockopt_found *f,
		      const struct assignment *a, const char *note)
{
	const struct live_process *p;
	const struct live_holder *h = sockopt_holder(&s->live, f, &p);
	struct out *o = s->o;

	if (h) {
		out_int(o, COL_PID, p->pid);
		out_int(o, COL_FD, h->fd);
		out_str(o, COL_PROCESS, p->name);
	} else if (f->own >= 0) {
		out_int(o, COL_FD, f->own);
	}
	out_uint(o, COL_INODE, f->inode);
	out_str(o, COL_OPTION, option_name(a->row));
	if (!a->t.was_code)
		sockopt_out_value(o, COL_WAS, &a->t.was);
	sockopt_out_value(o, COL_ASKED, &a->t.asked);
	if (!s->opt->dry && !a->t.set_code && !a->t.got_code)
		sockopt_out_value(o, COL_GOT, &a->t.got);
	out_str(o, COL_UNIT, value_type_unit(a->row->type));
	if (note && *note)
		out_str(o, COL_NOTE, note);
	if (!s->opt->dry && a->t.set_code)
		out_str(o, COL_ERROR, sockopt_code_name(a->t.set_code));
	return out_row(o, &s->cli->err);
}

/* Who has changed what, on standard error and, as root, in the system's log. */
static void audit(const struct set *s, const struct sockopt_found *f, const struct assignment *a)
{
	const struct live_process *p;
	const struct live_holder *h = sockopt_holder(&s->live, f, &p);
	struct buf b = { 0 };
	char text[SA_STRLEN];

	buf_printf(&b, "uid=%ld set", (long)getuid());
	if (h) {
		buf_printf(&b, " pid=%ld(", (long)p->pid);
		str_safe(&b, p->name, strlen(p->name));
		buf_printf(&b, ") fd=%d", h->fd);
	}
	buf_printf(&b, " ino=%llu", (unsigned long long)f->inode);
	if (s->snapshot.has_local)
		buf_printf(&b, " %s", sa_format(&s->snapshot.local, text));
	if (s->snapshot.has_peer)
		buf_printf(&b, "->%s", sa_format(&s->snapshot.peer, text));
	buf_printf(&b, " %s ", option_name(a->row));
	if (!a->t.was_code)
		value_text(&b, &a->t.was);
	buf_adds(&b, "->");
	value_text(&b, a->t.got_code ? &a->t.asked : &a->t.got);
	cli_note(s->cli, "%s", buf_str(&b));
	if (geteuid() == 0) {
		openlog("netipc sockopt", LOG_PID, LOG_AUTHPRIV);
		syslog(LOG_NOTICE, "%s", buf_str(&b));
		closelog();
	}
	buf_fini(&b);
}

/*
 * V as an argument of the shell: what value_text() adds in parentheses is left out.  A quote is
 * one of the few bytes that the name of an interface may have, which is another's to choose.
 */
static void put_argument(struct buf *b, const struct option_row *row, const struct value *v)
{
	struct buf text = { 0 };
	const char *end;

	value_text(&text, v);
	end = strstr(buf_str(&text), " (");
	buf_printf(b, " '%s=", option_name(row));
	for (const char *at = buf_str(&text); end ? at < end : *at; at++) {
		if (*at == '\'')
			buf_adds(b, "'\\'");
		buf_addc(b, *at);
	}
	buf_addc(b, '\'');
	buf_fini(&text);
}

/* The command that undoes A on the socket. */
static int write_undo(const struct set *s, const struct sockopt_found *f,
		      const struct assignment *a)
{
	struct option_list lock = { 0 };
	struct value was = a->t.was;
	char show[STR_SHOW];
	struct buf b = { 0 };
	ssize_t done;
	long long n;
	int rc = 0;

	if (s->undo < 0 || a->t.was_code || a->t.set_code)
		return 0;
	if (a->row->flags & OPTION_TWICE && value_number(&was, &n))
		value_set_number(&was, n / 2);
	buf_printf(&b, "netipc sockopt set ino=%llu", (unsigned long long)f->inode);
	put_argument(&b, a->row, &was);
	if (a->row->flags & OPTION_TWICE && s->lock.len && options_find(&lock, "SO_BUF_LOCK"))
		put_argument(&b, lock.v[0], &s->lock);
	buf_addc(&b, '\n');
	done = write(s->undo, b.data, b.len);
	if (done >= 0 && (size_t)done < b.len)
		errno = ENOSPC;
	if (done != (ssize_t)b.len)
		rc = err_sys(&s->cli->err, "%s: what was changed is not in it",
			     str_show(show, s->opt->undo));
	vec_fini(&lock);
	buf_fini(&b);
	return rc;
}

/* What became of A, for the status too. */
static void judge(const struct set *s, const struct assignment *a, char note[static SOCKOPT_NOTE])
{
	bool denied = a->t.set_code == EPERM || a->t.set_code == EACCES;

	if (s->opt->dry) {
		sockopt_foretell(note, a->row, &a->t, &s->snapshot);
		return;
	}
	sockopt_try_note(note, a->row, &a->t, &s->snapshot);
	if (denied)
		cli_status(s->cli, ERR_SYSTEM);
	else if (a->t.outcome == OWN_DIFFERENT || a->t.outcome == OWN_REFUSED)
		cli_status(s->cli, ERR_NEGATIVE);
}

/* Tells of what was done, and how to undo it: also if no output can be written any more. */
static int keep_track(const struct set *s, const struct sockopt_found *f)
{
	int rc = 0;

	for (size_t i = 0; i < s->list.n; i++)
		if (!s->list.v[i].t.set_code)
			audit(s, f, &s->list.v[i]);
	/* The last change is undone first: what was set twice, and what depends on another. */
	for (size_t i = s->list.n; i-- > 0 && rc == 0;)
		rc = write_undo(s, f, &s->list.v[i]);
	if (f->n > 1)
		cli_note(s->cli, "ino=%llu is held by %zu descriptors: all of them see the change",
			 (unsigned long long)f->inode, f->n);
	return rc;
}

static int report(struct set *s, const struct sockopt_found *f)
{
	int rc = s->opt->dry ? 0 : keep_track(s, f);
	char note[SOCKOPT_NOTE];
	struct buf b = { 0 };

	if (out_is_text(s->o))
		sockopt_put_socket(&b, &s->live, f, &s->snapshot);
	for (size_t i = 0; i < s->list.n && rc == 0; i++) {
		const struct assignment *a = &s->list.v[i];

		judge(s, a, note);
		if (out_is_text(s->o))
			put_line(&b, s, a, note);
		else
			rc = put_record(s, f, a, note);
	}
	if (rc == 0 && out_is_text(s->o))
		rc = out_text(s->o, b.data, b.len, &s->cli->err);
	buf_fini(&b);
	return rc;
}

static int set_all(struct set *s)
{
	if (sockopt_live_find(&s->live) < 0 || choose(s) < 0)
		return -1;
	for (size_t i = 0; i < s->live.found.n; i++) {
		struct sockopt_found *f = &s->live.found.v[i];

		if (!sockopt_live_use(&s->live, f, change, s)) {
			s->live.taken--; /* it has gone since it was chosen */
			continue;
		}
		sockopt_live_unread(&s->live, s->snapshot.no_address);
		if (report(s, f) < 0)
			return -1;
	}
	s->live.whole = true;
	return sockopt_live_end(&s->live);
}

static int set_run(struct cli *cli, const void *options, int argc, char **argv)
{
	struct set s = { .cli = cli, .opt = options, .undo = -1 };
	int rc = -1;

	if (cli_want(cli, argc, argv, 2, argc) < 0)
		return -1;
	s.o = cli_out(cli, false);
	if (!s.o)
		return -1;
	if (s.opt->undo && !s.opt->dry)
		s.undo = io_append_file(s.opt->undo, &cli->err);
	if ((s.undo >= 0 || !s.opt->undo || s.opt->dry) &&
	    read_assignments(&s, argc - 1, argv + 1) == 0 &&
	    sockopt_live_init(&s.live, cli, &s.opt->choice, argv[0]) == 0)
		rc = set_all(&s);
	if (s.undo >= 0)
		close(s.undo);
	sockopt_live_fini(&s.live);
	snapshot_plan_fini(&s.plan);
	snapshot_fini(&s.snapshot);
	vec_fini(&s.list);
	return out_close(s.o, &cli->err) < 0 ? -1 : rc;
}

const struct command sockopt_verb_set = {
	.name = "set",
	.summary = "change options of a live socket",
	.operands = "SELECTOR NAME=VALUE...",
	.opts = set_opts,
	.cols = set_cols,
	.ncols = ARRAY_SIZE(set_cols),
	.size = sizeof(struct set_options),
	.flags = COMMAND_RECORDS,
	.words = sockopt_words_set,
	.run = set_run,
};
