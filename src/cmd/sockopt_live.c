/* SPDX-License-Identifier: MIT */
/* sockopt_live.c - the live sockets that a selector means */
#include "cmd/sockopt_live.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/scan.h"
#include "base/str.h"
#include "sockopt/options.h"

#define PROC "/proc"

enum {
	REMEDY = 128, /* bytes of how to read more */
};

/* The network namespace that TEXT means: a process's, or one of ip-netns(8). */
static int read_netns(struct sockopt_live *l, const char *text)
{
	char show[STR_SHOW], *path;
	struct stat st;
	uint64_t pid;
	int rc;

	if (scan_uint_all(text, "", 1, INT32_MAX, &pid, &l->cli->err) == 0) {
		l->netns = live_netns(PROC, (pid_t)pid);
		if (!l->netns)
			return err_sys(&l->cli->err, "--netns %s", text);
		return 0;
	}
	if (strchr(text, '/'))
		return err_set(&l->cli->err, ERR_USAGE, "--netns %s: want a process id or a name",
			       str_show(show, text));
	path = xasprintf("/run/netns/%s", text);
	rc = stat(path, &st);
	free(path);
	if (rc < 0)
		return err_sys(&l->cli->err, "--netns %s", str_show(show, text));
	l->netns = st.st_ino;
	return 0;
}

int sockopt_live_init(struct sockopt_live *l, struct cli *cli, const struct sockopt_choice *choice,
		      const char *selector)
{
	char show[STR_SHOW];

	*l = (struct sockopt_live){
		.cli = cli,
		.choice = choice,
		.text = selector,
		.state = -1,
		.selector = { .kind = SELECT_ALL, .fd = -1 },
		.reader = { .proc = PROC, .force = choice->force },
	};
	if (selector && selector_parse(&l->selector, selector, &cli->err) < 0)
		return -1;
	if (choice->state) {
		l->state = snapshot_state_parse(choice->state);
		if (l->state < 0)
			return err_set(
				&cli->err, ERR_USAGE,
				"--state %s: want estab, listen, unconn, syn-sent, close-wait, "
				"fin-wait-1, ...",
				str_show(show, choice->state));
	}
	if (choice->netns && read_netns(l, choice->netns) < 0)
		return -1;
	if (l->selector.kind == SELECT_FD)
		return 0;
	return live_supported(&cli->err);
}

/* The sockets are chosen by their ends, which the kernel's list has. */
static bool is_narrow(const struct sockopt_live *l)
{
	return l->selector.kind == SELECT_ENDS || l->selector.kind == SELECT_UNIX;
}

static void forget_known(struct sockopt_live *l)
{
	for (size_t i = 0; i < l->known.n; i++)
		free(l->known.v[i]);
	l->known.n = 0;
}

/* A copy of S with all that it points to, in one block. */
static struct diag_socket *copy_known(const struct diag_socket *s)
{
	struct diag_socket *copy;
	size_t sum = 0;
	char *to;

	for (size_t i = 0; i < s->n; i++)
		sum += s->values[i].len;
	copy = xmalloc(sizeof(*copy) + sum);
	*copy = *s;
	to = (char *)(copy + 1);
	for (size_t i = 0; i < s->n; i++) {
		memcpy(to, s->values[i].bytes, s->values[i].len);
		copy->values[i].bytes = to;
		to += s->values[i].len;
	}
	return copy;
}

static void keep_known(void *ctx, const struct diag_socket *s)
{
	struct sockopt_live *l = ctx;

	if (s->inode)
		*vec_push(&l->listed) = s->inode;
	if (s->inode && selector_takes_ends(&l->selector, s->has_local ? &s->local : NULL,
					    s->has_peer ? &s->peer : NULL))
		*vec_push(&l->known) = copy_known(s);
}

static int compare_known(const void *a, const void *b)
{
	const struct diag_socket *x = *(struct diag_socket *const *)a;
	const struct diag_socket *y = *(struct diag_socket *const *)b;

	return (x->inode > y->inode) - (x->inode < y->inode);
}

static int compare_inodes(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static const struct diag_socket *find_known(const struct sockopt_live *l, uint64_t inode)
{
	struct diag_socket key = { .inode = inode }, *p = &key, **found;

	if (!l->known.n)
		return NULL;
	found = bsearch(&p, l->known.v, l->known.n, sizeof(*l->known.v), compare_known);
	return found ? *found : NULL;
}

/* The kernel's list, if it narrows what is opened or tells of what may not be. */
static void ask_kernel(struct sockopt_live *l)
{
	struct err err;

	forget_known(l);
	l->listed.n = 0;
	if (!is_narrow(l) && !(l->scan.denied && l->selector.kind == SELECT_ALL))
		return;
	if (diag_each(l->scan.denied, keep_known, l, &err) < 0)
		cli_complain(l->cli, &err);
	if (l->known.n)
		qsort(l->known.v, l->known.n, sizeof(*l->known.v), compare_known);
	if (l->listed.n)
		qsort(l->listed.v, l->listed.n, sizeof(*l->listed.v), compare_inodes);
}

/*
 * The kernel's list says what the ends of the socket with INODE are: it is of our network, and has
 * neither TCP that is bound alone nor other protocols than TCP, UDP and those of UNIX sockets.
 */
static bool is_listed(const struct sockopt_live *l, uint64_t inode)
{
	return l->listed.n &&
	       bsearch(&inode, l->listed.v, l->listed.n, sizeof(*l->listed.v), compare_inodes);
}

/* Holder H may be what the user means. */
static bool takes(const struct sockopt_live *l, const struct live_holder *h)
{
	const struct live_process *p = &l->scan.processes.v[h->process];

	if (l->netns && p->netns != l->netns)
		return false;
	return selector_takes_holder(&l->selector, p, h);
}

/* The N holders of one socket become a candidate, if one of them is meant. */
static void add_found(struct sockopt_live *l, const struct live_holder *holders, size_t n)
{
	struct sockopt_found f = { holders->inode, holders, n, n, -1, NULL };

	for (size_t i = n; i-- > 0;)
		if (takes(l, &holders[i]))
			f.first = i;
	if (f.first == n)
		return;
	f.known = find_known(l, f.inode);
	/* What is not in the list must be opened to know its ends. */
	if (f.known || !is_narrow(l) || !is_listed(l, f.inode))
		*vec_push(&l->found) = f;
}

static int compare_found(const void *a, const void *b)
{
	const struct sockopt_found *x = a, *y = b;
	const struct live_holder *p, *q;

	if (!x->n || !y->n) /* those without a process come last */
		return x->n || y->n ? (x->n ? -1 : 1) :
				      (x->inode > y->inode) - (x->inode < y->inode);
	p = &x->holders[x->first];
	q = &y->holders[y->first];
	if (p->process != q->process)
		return p->process < q->process ? -1 : 1;
	return (p->fd > q->fd) - (p->fd < q->fd);
}

/* Those of the kernel's list that no process shows us. */
static void add_hidden(struct sockopt_live *l)
{
	size_t at = 0;

	if (l->netns)
		return;
	for (size_t i = 0; i < l->known.n; i++) {
		uint64_t inode = l->known.v[i]->inode;

		while (at < l->scan.holders.n && l->scan.holders.v[at].inode < inode)
			at++;
		if (at == l->scan.holders.n || l->scan.holders.v[at].inode != inode)
			*vec_push(&l->found) =
				(struct sockopt_found){ inode, NULL, 0, 0, -1, l->known.v[i] };
	}
}

static int find_own(struct sockopt_live *l)
{
	struct stat st;

	if (fstat(l->selector.fd, &st) < 0)
		return err_sys(&l->cli->err, "fd=%d", l->selector.fd);
	if (!S_ISSOCK(st.st_mode))
		return err_set(&l->cli->err, ERR_NEGATIVE, "fd=%d is no socket", l->selector.fd);
	*vec_push(&l->found) =
		(struct sockopt_found){ st.st_ino, NULL, 0, 0, l->selector.fd, NULL };
	return 0;
}

int sockopt_live_find(struct sockopt_live *l)
{
	l->found.n = 0;
	sockopt_live_forget(l);
	if (l->selector.kind == SELECT_FD)
		return find_own(l);
	if (live_scan(&l->scan, PROC, &l->cli->err) < 0)
		return -1;
	ask_kernel(l);
	for (size_t i = 0, n; i < l->scan.holders.n; i += n) {
		const struct live_holder *h = &l->scan.holders.v[i];

		for (n = 1; i + n < l->scan.holders.n && h[n].inode == h->inode;)
			n++;
		add_found(l, h, n);
	}
	if (l->scan.denied)
		add_hidden(l);
	if (l->found.n)
		qsort(l->found.v, l->found.n, sizeof(*l->found.v), compare_found);
	return 0;
}

const struct live_holder *sockopt_holder(const struct sockopt_live *l,
					 const struct sockopt_found *f,
					 const struct live_process **process)
{
	const struct live_holder *h;

	if (!f->n)
		return NULL;
	h = &f->holders[f->first];
	*process = &l->scan.processes.v[h->process];
	return h;
}

/* Opens F from holder H: once more if its descriptor has become another socket meanwhile. */
static enum live_outcome open_from(struct sockopt_live *l, struct sockopt_found *f,
				   const struct live_holder *h, int *fd)
{
	pid_t pid = l->scan.processes.v[h->process].pid;
	enum live_outcome outcome;
	int code;

	outcome = live_open(&l->reader, pid, h->fd, f->inode, fd, &code);
	if (outcome == LIVE_CHANGED && f->n == 1) {
		uint64_t inode = live_inode(PROC, pid, h->fd);

		if (!inode)
			return LIVE_GONE;
		f->inode = inode;
		outcome = live_open(&l->reader, pid, h->fd, inode, fd, &code);
	}
	if (outcome == LIVE_FAILED)
		l->code = code;
	return outcome;
}

bool sockopt_live_use(struct sockopt_live *l, struct sockopt_found *f,
		      void (*use)(void *ctx, int fd), void *ctx)
{
	enum live_outcome outcome = LIVE_GONE;
	int fd;

	if (f->own >= 0) {
		use(ctx, f->own);
		return true;
	}
	for (size_t i = 0; i < f->n; i++) {
		outcome = open_from(l, f, &f->holders[(f->first + i) % f->n], &fd);
		if (outcome == LIVE_OPEN) {
			use(ctx, fd);
			live_close(&l->reader, fd);
			return true;
		}
	}
	/* One that no process shows us is a socket of a process that may not be looked into. */
	l->denied += outcome == LIVE_DENIED || outcome == LIVE_FAILED || !f->n;
	l->failed += outcome == LIVE_FAILED;
	l->changed += outcome == LIVE_CHANGED;
	l->tagged += outcome == LIVE_CLASS;
	return false;
}

/* S, which has been read, is meant. */
static bool is_meant(struct sockopt_live *l, const struct snapshot *s)
{
	bool listens =
		s->state == STATE_LISTEN || (s->state == STATE_UNCONN && s->type == SOCK_DGRAM &&
					     s->has_local && sa_port(&s->local));

	/* What a raw socket has in place of a port is its protocol. */
	if (s->type == SOCK_RAW && (l->selector.local.has_port || l->selector.peer.has_port))
		return false;
	if ((l->state >= 0 && s->state != l->state) || (l->choice->listening && !listens) ||
	    !selector_takes_ends(&l->selector, s->has_local ? &s->local : NULL,
				 s->has_peer ? &s->peer : NULL))
		return false;
	l->taken++;
	return true;
}

struct taking {
	struct snapshot *s;
	struct snapshot_plan *plan;
};

static void take(void *ctx, int fd)
{
	struct taking *t = ctx;

	snapshot_take(t->s, fd, t->plan);
}

void sockopt_live_unread(struct sockopt_live *l, int code)
{
	l->unread += code != 0;
	l->unread_code = code ? code : l->unread_code;
}

bool sockopt_live_take(struct sockopt_live *l, struct sockopt_found *f, struct snapshot_plan *plan,
		       struct snapshot *s)
{
	struct taking taking = { s, plan };
	bool meant;

	snapshot_clear(s, plan->rows.n); /* no memory is asked for while it is held */
	if (!sockopt_live_use(l, f, take, &taking))
		return false;
	meant = is_meant(l, s);
	if (meant || is_narrow(l) || l->choice->listening || l->state >= 0)
		sockopt_live_unread(l, s->no_address);
	return meant;
}

void sockopt_live_forget(struct sockopt_live *l)
{
	l->denied = l->failed = l->changed = l->tagged = l->unread = l->taken = 0;
}

void sockopt_live_add(struct sockopt_live *l, const struct sockopt_live *lane)
{
	l->denied += lane->denied;
	l->changed += lane->changed;
	l->tagged += lane->tagged;
	l->taken += lane->taken;
	l->failed += lane->failed;
	l->code = lane->failed ? lane->code : l->code;
	l->unread += lane->unread;
	l->unread_code = lane->unread ? lane->unread_code : l->unread_code;
}

static const struct option_row *row_of(int level, int number)
{
	const struct option_row *rows;
	size_t n;

	rows = options_all(&n);
	for (size_t i = 0; i < n; i++)
		if (rows[i].number == number && option_level(&rows[i])->number == level)
			return &rows[i];
	return NULL;
}

bool sockopt_live_part(struct sockopt_live *l, const struct sockopt_found *f, struct snapshot *s)
{
	const struct diag_socket *k = f->known;

	if (!k)
		return false;
	s->family = k->family;
	s->type = k->type;
	s->protocol = k->protocol;
	s->state = k->state;
	s->has_local = k->has_local;
	s->has_peer = k->has_peer;
	s->local = k->local;
	s->peer = k->peer;
	s->cookie = 0;
	snapshot_clear(s, DIAG_VALUES);
	for (size_t i = 0; i < k->n; i++) {
		const struct option_row *row = row_of(k->values[i].level, k->values[i].number);
		struct snapshot_value *v;

		if (!row || k->values[i].len > VALUE_MAX)
			continue;
		v = snapshot_add(s, row);
		memcpy(v->value.bytes, k->values[i].bytes, k->values[i].len);
		value_got(&v->value, k->values[i].len);
	}
	return is_meant(l, s);
}

/* What would make more of it readable. */
static void remedy(char *text, size_t room)
{
	const char *what = "be root or have CAP_SYS_PTRACE";
	struct buf scope = { 0 };
	struct err ignored;

	if (live_privileged(PROC))
		what = "CAP_SYS_PTRACE does not reach there: a user namespace or a security module";
	else if (geteuid() == 0)
		what = "root has no CAP_SYS_PTRACE here";
	snprintf(text, room, "%s", what);
	if (io_read_file(&scope, PROC "/sys/kernel/yama/ptrace_scope", &ignored) > 0 && scope.len &&
	    str_is_digit(scope.data[0]))
		snprintf(text, room, "%s; kernel.yama.ptrace_scope=%c", what, scope.data[0]);
	buf_fini(&scope);
}

/* Processes that could not be looked into, and that the user may have meant: also one whose name is
 * not known. */
static size_t count_denied(const struct sockopt_live *l)
{
	const struct live_processes *all = &l->scan.processes;
	const struct live_holder any = { .fd = l->selector.fd };
	size_t n = 0;

	if (l->selector.kind != SELECT_NAME && l->selector.kind != SELECT_PID)
		return l->scan.denied;
	for (size_t i = 0; i < all->n; i++)
		n += all->v[i].denied && (selector_takes_holder(&l->selector, &all->v[i], &any) ||
					  (l->selector.kind == SELECT_NAME && !all->v[i].name[0]));
	return n;
}

/* The process that the user named is one whose descriptors may not be listed. */
static bool is_denied(const struct sockopt_live *l)
{
	if (l->selector.kind == SELECT_PID)
		for (size_t i = 0; i < l->scan.processes.n; i++)
			if (l->scan.processes.v[i].pid == l->selector.pid)
				return l->scan.processes.v[i].denied;
	return false;
}

static void say_denied(struct sockopt_live *l, size_t denied)
{
	bool matters = l->selector.kind == SELECT_ALL || l->selector.kind == SELECT_NAME ||
		       l->taken == 0 || l->denied || is_denied(l);
	char how[REMEDY];

	if (!matters || !(denied || l->denied))
		return;
	if (l->whole)
		cli_status(l->cli, ERR_SYSTEM);
	remedy(how, sizeof(how));
	if (denied && !(l->denied && is_narrow(l)))
		cli_note(l->cli, "%zu process%s could not be looked into: not permitted (%s)",
			 denied, denied == 1 ? "" : "es", how);
	if (l->failed) {
		cli_note(l->cli, "%zu socket%s could not be opened: %s", l->failed,
			 l->failed == 1 ? "" : "s", strerror(l->code));
		cli_status(l->cli, ERR_SYSTEM);
	}
	if (l->denied > l->failed)
		cli_note(l->cli, "%zu socket%s could not be opened: not permitted (%s)",
			 l->denied - l->failed, l->denied - l->failed == 1 ? "" : "s", how);
}

/* What was not read of those that may be looked at */
static void say_unread(struct sockopt_live *l)
{
	if (l->changed)
		cli_note(l->cli, "%zu socket%s changed while being looked at", l->changed,
			 l->changed == 1 ? "" : "s");
	if (l->tagged)
		cli_note(
			l->cli,
			"%zu socket%s left alone: a copy would change the net_cls or net_prio class "
			"(--force reads them)",
			l->tagged, l->tagged == 1 ? " was" : "s were");
	if (l->scan.unnamed) {
		cli_note(l->cli, "the names of %zu process%s may not be read", l->scan.unnamed,
			 l->scan.unnamed == 1 ? "" : "es");
		cli_status(l->cli, ERR_SYSTEM);
	}
	if (l->unread) {
		cli_note(l->cli, "%zu socket%s could not be read in full: %s", l->unread,
			 l->unread == 1 ? "" : "s", strerror(l->unread_code));
		cli_status(l->cli, ERR_SYSTEM);
	}
}

int sockopt_live_end(struct sockopt_live *l)
{
	char show[STR_SHOW], how[REMEDY];
	size_t denied = count_denied(l);
	bool hidden;

	if (!l->taken && is_denied(l)) {
		remedy(how, sizeof(how));
		return err_set(&l->cli->err, ERR_SYSTEM,
			       "process %ld may not be looked into: not permitted (%s)",
			       (long)l->selector.pid, how);
	}
	say_denied(l, denied);
	say_unread(l);
	if (l->taken)
		return 0;
	hidden = denied || l->denied || l->tagged || l->unread;
	if (l->selector.kind == SELECT_PID && kill(l->selector.pid, 0) < 0 && errno == ESRCH)
		return err_set(&l->cli->err, ERR_NEGATIVE, "there is no process %ld%s",
			       (long)l->selector.pid,
			       l->selector.fd < 0 && l->selector.pid <= UINT16_MAX ?
				       " (a port has a colon in front)" :
				       "");
	if (l->denied)
		return err_set(&l->cli->err, ERR_SYSTEM, "what matches \"%s\" may not be opened",
			       l->text ? str_show(show, l->text) : "");
	return err_set(&l->cli->err, hidden ? ERR_SYSTEM : ERR_NEGATIVE,
		       l->text ? "no socket matches \"%s\"" : "no socket is open%s",
		       l->text ? str_show(show, l->text) : "");
}

void sockopt_live_fini(struct sockopt_live *l)
{
	forget_known(l);
	vec_fini(&l->known);
	vec_fini(&l->listed);
	vec_fini(&l->found);
	live_scan_fini(&l->scan);
	live_reader_fini(&l->reader);
}
