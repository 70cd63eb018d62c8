/* SPDX-License-Identifier: MIT */
/* sockopt_show.c - netipc sockopt show: the options of live sockets, and whose they are */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cmd/sockopt_live.h"
#include "cmd/sockopt_shared.h"
#include "cmd/sockopt_show.h"
#include "sockopt/notes.h"

static const struct opt show_opts[] = {
	OPT_BOOL('a', "all", show_options, all, "every option that is safe to read"),
	OPT_WORDS(0, "options", "NAMES", show_options, names, "only these, with commas between",
		  OPT_HINT_LIST, sockset_words_names),
	OPT_STR('l', "level", "LEVEL", show_options, level,
		"only those of LEVEL (tcp, ip, socket)"),
	OPT_BOOL('c', "changed", show_options, changed, "only what the program has set"),
	OPT_BOOL('i', "info", show_options, info, "also TCP_INFO in words"),
	OPT_BOOL('t', "table", show_options, table, "one row a socket, one column an option"),
	OPT_DURATION(0, "watch", "TIME", show_options, watch_ns,
		     "look again every TIME: what changes"),
	OPT_UINT(0, "count", "N", show_options, count, 1, UINT32_MAX, "end --watch after N looks"),
	OPT_BOOL(0, "force", show_options, choice.force,
		 "also what reading has an effect on, if named"),
	SOCKOPT_CHOICE_OPTS(show_options),
	OPT_END,
};

enum {
	COL_PID,
	COL_FD,
	COL_PROCESS,
	COL_FAMILY,
	COL_TYPE,
	COL_STATE,
	COL_LOCAL,
	COL_PEER,
	COL_INODE,
	COL_LEVEL,
	COL_OPTION,
	COL_VALUE,
	COL_DEFAULT,
	COL_CHANGED,
	COL_UNIT,
	COL_NOTE,
	COL_PROTOCOL,
	COL_HOLDERS,
	COL_UID,
	COL_BEFORE,
};

static const struct out_col show_cols[] = {
	[COL_PID] = { "pid", OUT_INT, "the process that holds the socket", false },
	[COL_FD] = { "fd", OUT_INT, "its descriptor there", false },
	[COL_PROCESS] = { "process", OUT_STR, "the process's name", false },
	[COL_FAMILY] = { "family", OUT_STR, "inet, inet6, unix, ...", true },
	[COL_TYPE] = { "type", OUT_STR, "stream, dgram, ...", true },
	[COL_STATE] = { "state", OUT_STR, "ESTAB, LISTEN, UNCONN, ...", false },
	[COL_LOCAL] = { "local", OUT_STR, "its own address", false },
	[COL_PEER] = { "peer", OUT_STR, "the peer's address", false },
	[COL_INODE] = { "inode", OUT_INT, "the socket's inode", true },
	[COL_LEVEL] = { "level", OUT_STR, "the option's level", true },
	[COL_OPTION] = { "option", OUT_STR, "the option", false },
	[COL_VALUE] = { "value", OUT_ANY, "its value", false },
	[COL_DEFAULT] = { "default", OUT_ANY, "what a fresh socket of the kind has", true },
	[COL_CHANGED] = { "changed", OUT_BOOL, "the program has set it", false },
	[COL_UNIT] = { "unit", OUT_STR, "what a number in JSON counts", true },
	[COL_NOTE] = { "note", OUT_STR, "what it means; then there is no option", true },
	[COL_PROTOCOL] = { "protocol", OUT_STR, "tcp, udp, ...", true },
	[COL_HOLDERS] = { "holders", OUT_LIST, "all that hold it, as PID:FD", true },
	[COL_UID] = { "uid", OUT_INT, "its owner, if it may not be opened", true },
	[COL_BEFORE] = { "before", OUT_ANY, "the value of the last look (--watch)", true },
};

enum {
	NAME_WIDTH = 20,
	VALUE_WIDTH = 12, /* before what is said of a value */
	MANY = 200,       /* sockets that are worth another thread */
};

static bool is_changed(const struct shown *w, const struct snapshot_value *v)
{
	return w->fresh && baseline_changed(w->fresh, w->s, v);
}

static const struct value *fresh_value(const struct shown *w, const struct snapshot_value *v)
{
	return w->fresh ? snapshot_same(w->fresh, w->s, v) : NULL;
}

bool sockopt_show_wants(const struct shown *w, const struct snapshot_value *v)
{
	const struct show *show = w->show;

	if (v->code)
		return false;
	if (w->part && !show->named)
		return !show->opt->changed;
	if (show->opt->info && v->row == show->info)
		return true;
	if (!w->part && v->place >= show->shown.n)
		return false;
	return !show->opt->changed || is_changed(w, v);
}

/* The ends, safe to print: "10.0.0.5:80 -> 10.0.0.9:1024". */
static void put_ends(struct buf *b, const struct snapshot *s)
{
	char text[SA_STRLEN];

	if (s->has_local)
		buf_adds(b, sa_format(&s->local, text));
	if (s->has_peer) {
		buf_adds(b, " -> ");
		buf_adds(b, sa_format(&s->peer, text));
	}
}

static void put_owner(struct buf *b, const struct sockopt_live *l, const struct sockopt_found *f)
{
	const struct live_process *p;
	const struct live_holder *h = sockopt_holder(l, f, &p);

	if (h) {
		str_safe(b, p->name, strlen(p->name));
		buf_addc(b, '[');
		buf_uint(b, (uint64_t)p->pid);
		buf_adds(b, "] fd ");
		buf_uint(b, (uint64_t)h->fd);
	} else if (f->own >= 0) {
		buf_printf(b, "fd %d", f->own);
	} else if (f->known && f->known->uid != DIAG_NO_UID) {
		buf_printf(b, "uid %u", f->known->uid);
	} else {
		buf_addc(b, '-');
	}
}

void sockopt_put_socket(struct buf *b, const struct sockopt_live *l, const struct sockopt_found *f,
			const struct snapshot *s)
{
	char kind[SNAPSHOT_KIND];

	put_owner(b, l, f);
	buf_adds(b, "  ");
	buf_adds(b, snapshot_kind(kind, s));
	buf_addc(b, ' ');
	buf_adds(b, snapshot_state_name(s->state));
	buf_adds(b, "  ");
	put_ends(b, s);
	buf_adds(b, "  ino ");
	buf_uint(b, f->inode);
	buf_addc(b, '\n');
}

/* Who else holds the socket: an option that is set there changes here. */
static void put_sharers(struct buf *b, const struct sockopt_live *l, const struct sockopt_found *f)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct live_process *p = &l->scan.processes.v[f->holders[i].process];

		if (i == f->first)
			continue;
		buf_adds(b, "  also held by ");
		str_safe(b, p->name, strlen(p->name));
		buf_printf(b, "[%ld] fd %d\n", (long)p->pid, f->holders[i].fd);
	}
}

void sockopt_show_columns(const struct shown *w)
{
	unsigned protocol = w->show->extra, holders = protocol + 1, uid = protocol + 2;
	struct out *o = w->show->o;
	const struct sockopt_live *l = &w->show->live;
	const struct live_process *p;
	const struct live_holder *h = sockopt_holder(l, w->found, &p);
	char word[SNAPSHOT_KIND];
	struct buf b = { 0 };

	if (h) {
		out_int(o, COL_PID, p->pid);
		out_int(o, COL_FD, h->fd);
		out_str(o, COL_PROCESS, p->name);
	} else if (w->found->own >= 0) {
		out_int(o, COL_FD, w->found->own);
	}
	out_str(o, COL_FAMILY, snapshot_family(word, w->s));
	out_str(o, COL_TYPE, snapshot_type(word, w->s));
	out_str(o, protocol, snapshot_kind(word, w->s));
	out_str(o, COL_STATE, snapshot_state_name(w->s->state));
	if (w->s->has_local) {
		sa_add(&b, &w->s->local);
		out_bytes(o, COL_LOCAL, b.data, b.len);
	}
	b.len = 0;
	if (w->s->has_peer) {
		sa_add(&b, &w->s->peer);
		out_bytes(o, COL_PEER, b.data, b.len);
	}
	out_uint(o, COL_INODE, w->found->inode);
	if (w->part && w->found->known->uid != DIAG_NO_UID)
		out_uint(o, uid, w->found->known->uid);
	if (out_wants(o, holders))
		for (size_t i = 0; i < w->found->n; i++) {
			h = &w->found->holders[i];
			b.len = 0;
			buf_printf(&b, "%ld:%d", (long)l->scan.processes.v[h->process].pid, h->fd);
			out_item(o, holders, buf_str(&b));
		}
	buf_fini(&b);
}

static int put_record(const struct shown *w, const struct snapshot_value *v,
		      const struct value *before)
{
	const struct value *fresh = fresh_value(w, v);
	struct out *o = w->show->o;

	sockopt_show_columns(w);
	out_str(o, COL_LEVEL, option_level(v->row)->name);
	out_str(o, COL_OPTION, option_name(v->row));
	sockopt_out_value(o, COL_VALUE, &v->value);
	if (fresh)
		sockopt_out_value(o, COL_DEFAULT, fresh);
	if (w->fresh)
		sockopt_out_yes(o, COL_CHANGED, is_changed(w, v));
	out_str(o, COL_UNIT, value_type_unit(v->row->type));
	if (before)
		sockopt_out_value(o, COL_BEFORE, before);
	return out_row(o, &w->show->cli->err);
}

/* "  NAME VALUE", and what it was or would be. */
static void format_line(struct buf *b, const struct snapshot_value *v, const struct value *before,
			const struct value *fresh)
{
	const char *name = option_name(v->row);
	size_t n = strlen(name), from;

	buf_add(b, "  ", 2);
	buf_add(b, name, n);
	buf_fill(b, ' ', n < NAME_WIDTH ? NAME_WIDTH + 1 - n : 1);
	from = b->len;
	value_text(b, &v->value);
	if ((before || fresh) && b->len - from < VALUE_WIDTH)
		buf_fill(b, ' ', VALUE_WIDTH - (b->len - from));
	if (before || fresh) {
		buf_adds(b, before ? "  (was " : "  (default ");
		value_text(b, before ? before : fresh);
		buf_addc(b, ')');
	}
	buf_addc(b, '\n');
}

static bool is_same(const struct value *a, const struct value *b)
{
	return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

/* The line of V: most often that of the socket before. */
static const struct buf *make_line(struct shown *w, const struct snapshot_value *v)
{
	const struct value *fresh;
	struct show_line *line;
	bool changed;

	while (w->show->lines.n <= v->place)
		memset(vec_push(&w->show->lines), 0, sizeof(*line));
	line = &w->show->lines.v[v->place];
	if (line->untouched == w->fresh && w->fresh && is_same(&line->value, &v->value))
		return &line->text;
	fresh = fresh_value(w, v);
	changed = fresh && is_changed(w, v);
	line->untouched = fresh && baseline_untouched(w->fresh, w->s, v) ? w->fresh : NULL;
	if (!line->text.len || line->changed != changed || line->fresh != fresh ||
	    !is_same(&line->value, &v->value)) {
		line->changed = changed;
		line->fresh = fresh;
		line->value.len = v->value.len;
		memcpy(line->value.bytes, v->value.bytes, v->value.len);
		line->text.len = 0;
		format_line(&line->text, v, NULL, changed ? fresh : NULL);
	}
	return &line->text;
}

static void put_line(struct shown *w, const struct snapshot_value *v, const struct value *before)
{
	const struct buf *line;

	if (v->row == w->show->info) {
		value_lines(&w->text, "  ", &v->value);
		return;
	}
	if (before || w->part) {
		format_line(&w->text, v, before, NULL);
		return;
	}
	line = make_line(w, v);
	buf_add(&w->text, line->data, line->len);
}

static void put_note(void *ctx, const char *text)
{
	struct shown *w = ctx;
	struct show *show = w->show;

	if (out_is_text(show->o)) {
		buf_adds(&w->text, "  note: ");
		buf_adds(&w->text, text);
		buf_addc(&w->text, '\n');
	} else if (out_wants(show->o, COL_NOTE) && show->rc == 0) {
		sockopt_show_columns(w);
		out_str(show->o, COL_NOTE, text);
		show->rc = out_row(show->o, &show->cli->err);
	}
}

static void put_notes(struct shown *w)
{
	struct show *show = w->show;

	if (w->part)
		put_note(w,
			 "partial: not permitted; this is what the kernel's list of sockets has");
	else if (!show->named && !w->before)
		notes_each(&show->notes, w->s, w->fresh, put_note, w);
}

/* The value that the option had at the last look: NULL if there was none or it is the same. */
static const struct value *value_before(const struct shown *w, const struct snapshot_value *v)
{
	for (size_t i = 0; w->before && i < w->before->n; i++)
		if (w->before->values[i].row == v->row)
			return value_equal(&w->before->values[i].value, &v->value) ?
				       NULL :
				       &w->before->values[i].value;
	return NULL;
}

/* Prints the socket; what W->before has too only if it is different now. */
static int put_shown(struct shown *w)
{
	struct show *show = w->show;
	bool text;
	size_t head;

	if (show->opt->table)
		return show->rc = sockopt_table_row(w);
	text = out_is_text(show->o);
	w->text = show->text;
	w->text.len = 0;
	if (text) {
		sockopt_put_socket(&w->text, &show->live, w->found, w->s);
		put_sharers(&w->text, &show->live, w->found);
	}
	head = w->text.len;
	for (size_t i = 0; i < w->s->n && show->rc == 0; i++) {
		const struct snapshot_value *v = &w->s->values[i];
		const struct value *before = value_before(w, v);

		if (!sockopt_show_wants(w, v) || (w->before && !before))
			continue;
		if (text)
			put_line(w, v, before);
		else
			show->rc = put_record(w, v, before);
	}
	put_notes(w);
	show->text = w->text;
	if (!text || show->rc < 0 || ((w->before || show->opt->changed) && w->text.len == head))
		return show->rc;
	if (show->collect)
		buf_add(show->collect, w->text.data, w->text.len);
	else
		show->rc = out_text(show->o, w->text.data, w->text.len, &show->cli->err);
	return show->rc;
}

int sockopt_show_found(struct show *show, struct sockopt_found *f, const struct show_memory *before)
{
	struct shown w = { .show = show, .found = f, .s = &show->snapshot, .before = before };
	const struct baseline_kind *kind;
	const struct live_process *p;
	const struct live_holder *h;
	char word[SNAPSHOT_KIND];

	if (!sockopt_live_take(&show->live, f, &show->plan, &show->snapshot)) {
		w.part = f->known && show->live.denied + show->live.scan.denied &&
			 sockopt_live_part(&show->live, f, &show->snapshot);
		return w.part ? put_shown(&w) : 0;
	}
	h = sockopt_holder(&show->live, f, &p);
	if (!w.s->no_address)
		sockopt_live_unread(&show->live, w.s->no_value);
	kind = baseline_of(&show->baseline, w.s, h ? p->pid : 0);
	w.fresh = kind->known ? &kind->fresh : NULL;
	show->elsewhere |= kind->known && kind->elsewhere;
	sockopt_show_unfresh(show, snapshot_kind(word, w.s), kind->code);
	return put_shown(&w);
}

void sockopt_show_unfresh(struct show *show, const char *kind, int code)
{
	if (!code || (show->unfresh_code && !baseline_is_ours(code)))
		return;
	show->unfresh_code = code;
	snprintf(show->unfresh, sizeof(show->unfresh), "%s", kind);
}

/* Says what the baselines are not. */
static void say_baselines(struct show *show)
{
	if (show->elsewhere)
		cli_note(show->cli, "sockets of another network are compared with the defaults of "
				    "this one: not permitted to enter it");
	if (!show->unfresh_code)
		return;
	cli_note(show->cli, "what a fresh socket has is not known for %s: %s", show->unfresh,
		 strerror(show->unfresh_code));
	if (baseline_is_ours(show->unfresh_code))
		cli_status(show->cli, ERR_SYSTEM);
}

static int show_all(struct show *show)
{
	if (sockopt_live_find(&show->live) < 0)
		return -1;
	if (show->live.found.n >= MANY && out_is_text(show->o))
		return sockopt_show_many(show);
	for (size_t i = 0; i < show->live.found.n; i++)
		if (cli_interrupted() || sockopt_show_found(show, &show->live.found.v[i], NULL) < 0)
			return show->rc;
	return 0;
}

static int run_show(struct show *show)
{
	int rc = show->opt->watch_ns ? sockopt_watch(show) : show_all(show);

	if (rc < 0)
		return rc;
	say_baselines(show);
	return sockopt_live_end(&show->live);
}

void sockopt_show_fini(struct show *show)
{
	sockopt_table_fini(show);
	sockopt_live_fini(&show->live);
	baseline_fini(&show->baseline);
	snapshot_plan_fini(&show->plan);
	snapshot_fini(&show->snapshot);
	vec_fini(&show->shown);
	buf_fini(&show->text);
	for (size_t i = 0; i < show->lines.n; i++)
		buf_fini(&show->lines.v[i].text);
	vec_fini(&show->lines);
}

static int check_options(struct cli *cli, const struct show_options *opt)
{
	if (opt->count && !opt->watch_ns)
		return err_set(&cli->err, ERR_USAGE, "--count is for --watch");
	if (opt->table && (opt->watch_ns || opt->info))
		return err_set(&cli->err, ERR_USAGE, "--table has no --watch and no --info");
	return 0;
}

static int open_records(struct show *show)
{
	if (show->opt->table)
		return sockopt_table_open(show, show_cols, COL_LEVEL);
	show->o = sockopt_out(show->cli, show->opt->watch_ns != 0);
	return show->o ? 0 : -1;
}

static int show_run(struct cli *cli, const void *options, int argc, char **argv)
{
	struct show show = {
		.cli = cli,
		.opt = options,
		.notes = { .sysctl = "/proc/sys" },
		.extra = COL_PROTOCOL,
	};
	const char *columns = cli->output.columns;
	int rc = -1;

	if (cli_want(cli, argc, argv, 0, 1) < 0 || check_options(cli, show.opt) < 0)
		return -1;
	if (columns && sockopt_names_options(columns, show_cols, ARRAY_SIZE(show_cols)))
		cli->output.columns = NULL;
	else
		columns = NULL;
	show.baseline = (struct baseline){ .proc = "/proc", .plan = &show.plan };
	if (sockopt_show_choose(&show, columns) == 0 &&
	    sockopt_live_init(&show.live, cli, &show.opt->choice, argc ? argv[0] : NULL) == 0 &&
	    open_records(&show) == 0)
		rc = run_show(&show);
	if (show.o && out_close(show.o, &cli->err) < 0)
		rc = -1;
	sockopt_show_fini(&show);
	return rc;
}

const struct command sockopt_verb_show = {
	.name = "show",
	.summary = "print the options of live sockets",
	.operands = "[SELECTOR]",
	.opts = show_opts,
	.cols = show_cols,
	.ncols = ARRAY_SIZE(show_cols),
	.size = sizeof(struct show_options),
	.flags = COMMAND_RECORDS,
	.words = sockopt_words_show,
	.run = show_run,
};
