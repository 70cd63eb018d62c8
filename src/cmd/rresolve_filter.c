/* SPDX-License-Identifier: MIT */
/*
 * rresolve_filter.c - netipc rresolve --filter: names in place of the addresses of a text
 *
 * The text is read in runs of lines.  Each run that is held back is a chunk with its holes, the
 * addresses that a name may take the place of.  Chunks leave in their order, line by line, as
 * far as the holes of a line have their answer; reading goes on meanwhile, until too much is
 * held back.  So there is no work for a line but for its addresses.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/io.h"
#include "base/str.h"
#include "cmd/rresolve_impl.h"
#include "dns/rr.h"
#include "net/find.h"

enum {
	HELD_MAX = 32 << 20,     /* bytes that are held back */
	QUESTIONS_MAX = 4096,    /* that wait to be sent, besides those that are under way */
	CACHE_MAX = 1 << 18,     /* addresses */
	OUTPUT_MANY = 128 << 10, /* bytes that are written at once */
	TTL_MIN = 1,             /* seconds that an answer is kept at least and at most */
	TTL_MAX = 86400,
	TTL_NEGATIVE = 60, /* without a TTL of its own */
	TTL_FAILURE = 30,  /* RFC 2308 section 7: at most 300 */
};

/* An address in a chunk. */
struct hole {
	size_t at;
	uint32_t len;
	bool first; /* of its line */
	struct rresolve_name *name;
};

/* A run of lines that is held back; the holes and then the text stand behind it. */
struct chunk {
	struct chunk *next;
	uint64_t arrived_ns;
	size_t len, done; /* bytes; those that have left */
	size_t n, hole;   /* holes; the first that has not left */
	size_t answered;  /* those before it have their answer */
	bool in_json;     /* the line of the hole at hand begins with a brace */
	const char *text;
	struct hole holes[];
};

struct holes VEC(struct hole);

struct filter {
	struct rresolve *r;
	struct io_blocks in;
	struct loop_fd io; /* of IN */
	bool eof, waits;   /* nothing is there to be read now */
	struct find find;
	char delimiter;
	struct rresolve_cache cache;
	struct question *questions;

	struct chunk *first, **last;
	size_t held;        /* bytes of all chunks */
	struct holes holes; /* of the run that is being read */
	struct buf text;    /* that leaves */

	bool heard;         /* some address has a name, or it is known that it has none */
	struct err failure; /* the first time that neither was heard */
};

/* A question under way, one of F->questions. */
struct question {
	struct question *next, **link; /* LINK is what points to it */
	struct stub_look *look;
	struct filter *f;
	struct rresolve_name *name;
};

/* The line that the address at AT of the LEN bytes at TEXT is in, from *BEGIN on. */
static void find_line(const struct filter *f, const char *text, size_t len, size_t at,
		      size_t *begin, size_t *end)
{
	const char *before = compat_memrchr(text + *end, f->delimiter, at - *end);
	const char *after = memchr(text + at, f->delimiter, len - at);

	*begin = before ? (size_t)(before - text) + 1 : *end;
	*end = after ? (size_t)(after - text) + 1 : len;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void ask(struct filter *f, struct rresolve_name *name);

/* Where the text is gone through. */
struct place {
	const char *text;
	size_t len;
	size_t begin, end; /* the line */
	size_t at;         /* as far as its fields are counted, */
	unsigned field;    /* the one that the byte before AT is in */
	bool first;        /* nothing of it is wanted so far */
};

/* The byte at AT is in field number WANTED of its line; blanks separate them.  AT only grows. */
static bool is_in_field(struct place *p, size_t at, unsigned wanted)
{
	const char *s = p->text;

	for (; p->at <= at && p->field <= wanted; p->at++)
		p->field += !is_blank(s[p->at]) && (p->at == p->begin || is_blank(s[p->at - 1]));
	return p->field == wanted;
}

/* The address that HIT has found is one of those that are wanted. */
static bool is_wanted(const struct filter *f, struct place *p, const struct find_hit *hit)
{
	const struct rresolve_options *opt = f->r->opt;

	if (hit->at >= p->end) {
		find_line(f, p->text, p->len, hit->at, &p->begin, &p->end);
		p->at = p->begin;
		p->field = 0;
		p->first = true;
	}
	if (hit->zone)
		return false;
	return opt->all || is_in_field(p, hit->at, opt->field ? opt->field : 1);
}

/* Holds the N addresses of HITS, the last N of F->holes. */
static void hold_names(struct filter *f, const struct find_hit *hits, size_t n)
{
	uint64_t hash[FIND_BATCH];
	struct hole *hole;
	bool is_new;

	if (n == 0)
		return;
	hole = &f->holes.v[f->holes.n - n];
	for (size_t i = 0; i < n; i++)
		hash[i] = rresolve_cache_hash(&f->cache, hits[i].family, hits[i].value);
	for (size_t i = 0; i < n; i++)
		rresolve_cache_fetch(&f->cache, hash[i]);
	for (size_t i = 0; i < n; i++) {
		hole[i].name = rresolve_cache_hold(&f->cache, hash[i], hits[i].family,
						   hits[i].value, &is_new);
		if (is_new)
			ask(f, hole[i].name);
	}
}

/* Puts the addresses of the LEN bytes at TEXT that are wanted into F->holes. */
static void find_holes(struct filter *f, const char *text, size_t len)
{
	struct find_text run = { .text = text, .len = len, .slack = true };
	struct place place = { .text = text, .len = len, .first = true };
	struct find_hit hits[FIND_BATCH];
	size_t n;

	f->holes.n = 0;
	while ((n = find_next(&f->find, &run, hits)) > 0) {
		size_t wanted = 0;

		for (size_t i = 0; i < n; i++) {
			if (!is_wanted(f, &place, &hits[i]))
				continue;
			*vec_push(&f->holes) = (struct hole){
				.at = hits[i].at,
				.len = hits[i].len,
				.first = place.first,
			};
			place.first = false;
			hits[wanted++] = hits[i];
		}
		hold_names(f, hits, wanted);
	}
}

/* Holds the LEN bytes at TEXT back. */
static void hold(struct filter *f, const char *text, size_t len, uint64_t now_ns)
{
	size_t holes = f->holes.n * sizeof(struct hole);
	struct chunk *c = xmalloc(sizeof(*c) + holes + len);
	char *to = (char *)c + sizeof(*c) + holes;

	*c = (struct chunk){ .arrived_ns = now_ns, .len = len, .n = f->holes.n, .text = to };
	memcpy(to, text, len);
	if (holes)
		memcpy(c->holes, f->holes.v, holes);
	f->held += sizeof(*c) + holes + len;
	*f->last = c;
	f->last = &c->next;
}

static void drop_first(struct filter *f)
{
	struct chunk *c = f->first;

	f->held -= sizeof(*c) + c->n * sizeof(struct hole) + c->len;
	f->first = c->next;
	if (!f->first)
		f->last = &f->first;
	free(c);
}

/* Names */

/*
 * Appends NAME as a word that cannot be taken for anything else: what is no letter, digit,
 * hyphen or underscore goes as \DDD.  False, and nothing, for a name that no host has: the
 * root, and one whose last label is a number, which could be an address.
 */
static bool put_name(struct buf *b, const struct wire_name *name)
{
	const uint8_t *s = name->bytes;
	bool number = false;

	for (size_t n; (n = *s++) != 0;) {
		if (s - 1 != name->bytes)
			buf_addc(b, '.');
		number = true;
		for (; n; n--, s++) {
			char c = (char)*s;
			bool letter = str_lower(c) >= 'a' && str_lower(c) <= 'z';

			number &= str_is_digit(c);
			if (letter || str_is_digit(c) || c == '-' || c == '_')
				buf_addc(b, c);
			else
				buf_printf(b, "\\%03u", *s);
		}
	}
	if (b->len == 0 || number)
		b->len = 0;
	return b->len != 0;
}

static uint64_t seconds_kept(const struct stub_attempt *last)
{
	uint64_t ttl = last->has_ttl ? last->ttl : TTL_NEGATIVE;

	if (stub_status_kind(last->status) == ERR_SYSTEM)
		return TTL_FAILURE;
	return ttl < TTL_MIN ? TTL_MIN : ttl > TTL_MAX ? TTL_MAX : ttl;
}

static void end_question(struct question *q)
{
	*q->link = q->next;
	if (q->next)
		q->next->link = q->link;
	stub_look_free(q->look);
	free(q);
}

/* Remembers why a question has no answer. */
static void no_answer(struct filter *f, const struct stub_look *look)
{
	stub_look_error(look, &f->failure);
	err_prefix(&f->failure, "%s: ", dnsrun_server(&f->r->dns, look->parts[0].last.server));
}

static void on_done(struct stub_look *look)
{
	const struct stub_attempt *last = &look->parts[0].last;
	struct question *q = look->user;
	struct rresolve_name *name = q->name;
	struct filter *f = q->f;
	struct rresolve_names names = { 0 };
	struct buf b = { 0 };

	rresolve_read_names(&names, &look->parts[0]);
	name->escaped = false;
	if (names.n && put_name(&b, &names.v[0])) {
		name->escaped = memchr(b.data, '\\', b.len) != NULL;
		rresolve_cache_set(name, b.data, b.len);
	} else {
		rresolve_cache_set(name, NULL, 0);
	}
	buf_fini(&b);
	vec_fini(&names);
	name->done = true;
	name->expires_ns = clock_now_ns() + seconds_kept(last) * CLOCK_S;
	if (stub_status_kind(last->status) != ERR_SYSTEM)
		f->heard = true;
	else if (f->failure.kind == ERR_NONE)
		no_answer(f, look);
	dnsrun_count(&f->r->dns, stub_status_kind(look->status));
	rresolve_cache_release(name);
	end_question(q);
}

/* Asks for NAME, which it holds until there is an answer. */
static void ask(struct filter *f, struct rresolve_name *name)
{
	static const uint16_t type = RR_PTR;
	struct question *q = xcalloc(1, sizeof(*q));
	const struct ip ip = ip_from_num(name->family, name->value);
	struct stub_look *look = stub_look_new(&type, 1);
	struct wire_name arpa;

	*q = (struct question){ .f = f, .name = name, .look = look };
	q->next = f->questions;
	q->link = &f->questions;
	if (q->next)
		q->next->link = &q->next;
	f->questions = q;
	name->held++;
	look->user = q;
	look->on_done = on_done;
	rresolve_arpa(&arpa, &ip);
	stub_ask(look, &f->r->dns.stub, &arpa, true);
}

/* Output */

static int write_text(struct filter *f, bool all)
{
	int rc = 0;

	if (f->text.len && (all || f->text.len >= OUTPUT_MANY)) {
		rc = out_text(f->r->o, f->text.data, f->text.len, &f->r->cli->err);
		f->text.len = 0;
	}
	return rc;
}

/* The line of HOLE begins with a brace: JSON, where a backslash needs another one. */
static bool is_in_json(const struct filter *f, const struct chunk *c, const struct hole *hole)
{
	const char *before = compat_memrchr(c->text, f->delimiter, hole->at);
	const char *line = before ? before + 1 : c->text;

	while (str_is_space(*line))
		line++;
	return *line == '{';
}

/* Appends what stands in HOLE's place. */
static void fill(struct filter *f, const struct chunk *c, const struct hole *hole)
{
	const struct rresolve_name *name = hole->name;
	struct buf *b = &f->text;

	if (!name->done || !name->text) {
		buf_add(b, c->text + hole->at, hole->len);
		return;
	}
	if (name->escaped && c->in_json) {
		for (size_t i = 0; i < name->len; i++) {
			if (name->text[i] == '\\')
				buf_addc(b, '\\');
			buf_addc(b, name->text[i]);
		}
	} else {
		buf_add(b, name->text, name->len);
	}
	if (!f->r->opt->brackets)
		return;
	buf_addc(b, '[');
	buf_add(b, c->text + hole->at, hole->len);
	buf_addc(b, ']');
}

/*
 * How many holes the next line of C has; 0 if one of them has no answer, unless with FORCE.  What
 * is held stays answered, so that a long line is not gone through again for each answer.
 */
static size_t line_holes(struct chunk *c, bool force)
{
	size_t i = c->answered > c->hole ? c->answered : c->hole;

	for (; i < c->n && (i == c->hole || !c->holes[i].first); i++)
		if (!force && !c->holes[i].name->done)
			break;
	c->answered = i;
	return i == c->n || (i > c->hole && c->holes[i].first) ? i - c->hole : 0;
}

/* The text of C up to AT leaves. */
static void leave(struct filter *f, struct chunk *c, size_t at)
{
	buf_add(&f->text, c->text + c->done, at - c->done);
	c->done = at;
}

/* Lets the lines of C leave that can, with FORCE all of them; whether none is left. */
static int leave_chunk(struct filter *f, struct chunk *c, bool force, bool *all)
{
	while (c->hole < c->n) {
		size_t n = line_holes(c, force);

		if (n == 0) {
			size_t at = c->holes[c->hole].at;
			const char *before =
				compat_memrchr(c->text + c->done, f->delimiter, at - c->done);

			if (before)
				leave(f, c, (size_t)(before - c->text) + 1);
			*all = false;
			return 0;
		}
		for (; n; n--) {
			const struct hole *hole = &c->holes[c->hole++];

			leave(f, c, hole->at);
			if (hole->first)
				c->in_json = is_in_json(f, c, hole);
			fill(f, c, hole);
			c->done = hole->at + hole->len;
			rresolve_cache_release(hole->name);
		}
		if (write_text(f, false) < 0)
			return -1;
	}
	leave(f, c, c->len);
	*all = true;
	return write_text(f, false);
}

/* The time until which the first chunk waits. */
static uint64_t deadline(const struct filter *f)
{
	uint64_t delay_ns = f->r->opt->max_delay_ns;

	if (!f->first || delay_ns > UINT64_MAX - f->first->arrived_ns)
		return UINT64_MAX;
	return f->first->arrived_ns + delay_ns;
}

/* Lets all lines leave that can; with FORCE those without an answer too. */
static int leave_all(struct filter *f, bool force)
{
	uint64_t now_ns = clock_now_ns();
	bool all = true;

	while (f->first && all) {
		if (leave_chunk(f, f->first, force || deadline(f) <= now_ns, &all) < 0)
			return -1;
		if (all)
			drop_first(f);
	}
	return 0;
}

/* Input */

/* There may be something to be read: the loop goes on meanwhile if not. */
static bool can_read(int fd)
{
	struct pollfd io = { .fd = fd, .events = POLLIN };

	return poll(&io, 1, 0) != 0;
}

static bool has_room(const struct filter *f)
{
	const struct engine *e = f->r->dns.engine;

	return !f->eof && f->held < HELD_MAX && engine_waiting(e) < QUESTIONS_MAX;
}

/* Reads what is there; F->waits if that is nothing. */
static int read_more(struct filter *f)
{
	struct cli *cli = f->r->cli;
	uint64_t now_ns;
	struct err err;
	char *text;
	size_t len;
	int rc = io_blocks_next(&f->in, &text, &len, &err);

	f->waits = rc < 0 && err.code == EINTR;
	f->eof = rc == 0;
	if (rc < 0 && err.kind == ERR_USAGE) { /* a line that is too long */
		cli_complain(cli, &err);
		return 0;
	}
	if (rc < 0 && !f->waits) {
		cli->err = err;
		return -1;
	}
	if (rc <= 0)
		return 0;
	now_ns = clock_now_ns();
	f->cache.now_ns = now_ns;
	find_holes(f, text, len);
	hold(f, text, len, now_ns);
	return 0;
}

/* The loop has ended its wait: that is all. */
static void on_ready(struct loop_fd *io, unsigned ready)
{
	(void)io;
	(void)ready;
}

/* Goes on with the questions; waits if there is nothing else to do. */
static int turn(struct filter *f)
{
	struct engine *e = f->r->dns.engine;
	struct err *err = &f->r->cli->err;
	bool room = has_room(f), idle = !room || f->waits;

	if (idle && (write_text(f, true) < 0 || out_flush(f->r->o, err) < 0))
		return -1;
	if (loop_want(engine_loop(e), &f->io, room && f->waits ? LOOP_READ : 0, err) < 0)
		return -1;
	return engine_turn(e, idle ? deadline(f) : 0, err);
}

static int run(struct filter *f)
{
	while (!cli_interrupted()) {
		if (has_room(f) && read_more(f) < 0)
			return -1;
		if (leave_all(f, false) < 0)
			return -1;
		if (f->eof && !f->first)
			break;
		if (turn(f) < 0)
			return -1;
	}
	/* After a signal nothing that was read is lost. */
	return leave_all(f, true) < 0 ? -1 : write_text(f, true);
}

static int open_input(struct filter *f)
{
	const char *file = f->r->opt->bulk.file;
	struct cli *cli = f->r->cli;
	char show[STR_SHOW];
	bool input = !file || strcmp(file, "-") == 0;

	f->in = (struct io_blocks){
		.fd = input ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC),
		.delimiter = f->delimiter,
		.name = input ? "standard input" : file,
		.wait = can_read,
		.share = cli->share,
	};
	if (f->in.fd < 0)
		return err_sys(&cli->err, "%s", str_show(show, file));
	f->io = (struct loop_fd){ .fd = f->in.fd, .on_ready = on_ready };
	return loop_add(engine_loop(f->r->dns.engine), &f->io, 0, &cli->err);
}

static void fini(struct filter *f)
{
	loop_del(engine_loop(f->r->dns.engine), &f->io);
	io_blocks_fini(&f->in);
	if (f->in.fd > STDIN_FILENO)
		close(f->in.fd);
	while (f->first)
		drop_first(f);
	for (struct question *q = f->questions, *next; q; q = next) {
		next = q->next;
		stub_look_free(q->look);
		free(q);
	}
	vec_fini(&f->holes);
	buf_fini(&f->text);
	rresolve_cache_fini(&f->cache);
}

int rresolve_filter(struct rresolve *r, int argc, char **argv)
{
	struct filter f = { .r = r, .cache = { .max = CACHE_MAX } };
	char show[STR_SHOW];
	int rc;

	if (argc > 1 || (argc && strcmp(argv[0], "-") != 0)) {
		r->cli->misused = true;
		return err_set(&r->cli->err, ERR_USAGE,
			       "--filter reads standard input or -f FILE: unexpected \"%s\"",
			       str_show(show, argv[argc - 1]));
	}
	f.last = &f.first;
	f.delimiter = r->cli->output.null ? '\0' : '\n';
	find_init(&f.find, 0);
	f.find.delimiter = f.delimiter;
	rc = open_input(&f);
	if (rc == 0)
		rc = run(&f);
	if (rc == 0 && !f.heard && f.failure.kind != ERR_NONE)
		cli_complain(r->cli, &f.failure);
	fini(&f);
	return rc;
}
