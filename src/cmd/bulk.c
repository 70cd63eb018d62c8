/* SPDX-License-Identifier: MIT */
#include "cmd/bulk.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/xalloc.h"

enum {
	DEPTH = 65536,
	KEEP = 131072,
	ROUND = 256,               /* lines between two looks at what has been answered */
	CHUNK = 64 << 10,          /* bytes of lines that are allocated at once */
	HELD_MAX = 4 * IO_LINE_MAX /* bytes of lines that wait */
};

#define FLUSH_NS (50 * CLOCK_MS) /* what is printed is seen after that, input or not */

/* Lines lie in chunks, which are freed when the last of their lines is printed. */
struct chunk {
	struct chunk *next, *prev; /* of all, but the spare one */
	struct bulk *bulk;
	size_t used, size;
	size_t lines;
	_Alignas(8) char mem[];
};

/* A line that is not printed yet. */
struct line {
	struct line *next; /* in the order of printing; while it waits unordered, a ring */
	struct chunk *chunk;
	struct memo_entry *e; /* NULL if WHY says what is wrong */
	struct err *why;
	uint64_t number;
	size_t len;
	char text[];
};

struct bulk {
	struct cli *cli;
	const struct bulk_config *config;
	const struct bulk_ops *ops;
	void *owner;
	struct memo *memo;
	struct io_lines input;
	uint64_t made;    /* operands that config->next() has made */
	const char *file; /* of the lines' places; NULL: standard input */
	bool ended;       /* no more lines come */
	bool starved;     /* none is there to be read now */

	struct line *first, **last; /* to be printed: all lines, or unordered those answered */
	size_t lines, depth;
	size_t held;                          /* bytes of the chunks */
	struct chunk *chunks, *chunk, *spare; /* all, the one that is filled, one for later */
	struct buf key;
	uint64_t now_ns, flushed_ns;
};

static struct chunk *new_chunk(struct bulk *b, size_t size)
{
	struct chunk *c = b->spare;

	if (c && size <= c->size) {
		b->spare = NULL;
	} else {
		size = size < CHUNK ? CHUNK : size;
		c = xmalloc(sizeof(*c) + size);
		c->size = size;
		c->bulk = b;
	}
	c->used = c->lines = 0;
	c->prev = NULL;
	c->next = b->chunks;
	if (c->next)
		c->next->prev = c;
	b->chunks = c;
	b->held += c->size;
	return c;
}

static void drop_chunk(struct bulk *b, struct chunk *c)
{
	b->held -= c->size;
	*(c->prev ? &c->prev->next : &b->chunks) = c->next;
	if (c->next)
		c->next->prev = c->prev;
	if (!b->spare && c->size == CHUNK)
		b->spare = c;
	else
		free(c);
}

/* A copy of OPERAND. */
static struct line *new_line(struct bulk *b, const struct cli_operand *operand)
{
	size_t size = (sizeof(struct line) + operand->len + 1 + 7) & ~(size_t)7;
	struct line *l;

	if (!b->chunk || size > b->chunk->size - b->chunk->used) {
		if (b->chunk && b->chunk->lines == 0)
			drop_chunk(b, b->chunk);
		b->chunk = new_chunk(b, size);
	}
	l = (struct line *)(void *)(b->chunk->mem + b->chunk->used);
	b->chunk->used += size;
	b->chunk->lines++;
	*l = (struct line){ .chunk = b->chunk, .number = operand->line, .len = operand->len };
	memcpy(l->text, operand->text, operand->len);
	l->text[operand->len] = '\0';
	b->lines++;
	return l;
}

static void drop_line(struct bulk *b, struct line *l)
{
	struct chunk *c = l->chunk;

	if (l->e)
		memo_release(b->memo, l->e);
	free(l->why);
	b->lines--;
	if (--c->lines == 0 && c != b->chunk)
		drop_chunk(b, c);
	else if (c->lines == 0)
		c->used = 0;
}

static void append(struct bulk *b, struct line *l)
{
	*b->last = l;
	b->last = &l->next;
}

/* Unordered, the lines that wait for one entry are a ring; the entry has the last. */
static void join(struct memo_entry *e, struct line *l)
{
	struct line *last = e->user;

	l->next = last ? last->next : l;
	if (last)
		last->next = l;
	e->user = l;
}

void bulk_done(struct memo_entry *e)
{
	struct line *last = e->user, *first;
	struct bulk *b;

	e->done = true;
	if (!last)
		return;
	b = last->chunk->bulk;
	first = last->next;
	last->next = NULL;
	*b->last = first;
	b->last = &last->next;
	e->user = NULL;
}

/* A line that cannot be asked: it is printed when its turn comes. */
static void refuse(struct bulk *b, struct line *l, const struct err *why)
{
	l->why = xmalloc(sizeof(*l->why));
	*l->why = *why;
	append(b, l);
}

static int take(struct bulk *b, const struct cli_operand *operand)
{
	struct line *l = new_line(b, operand);
	struct err why;
	bool is_new;
	int rc;

	b->key.len = 0;
	rc = b->ops->key(b->owner, operand, &b->key, &why);
	if (rc == 0 && b->key.len > UINT16_MAX)
		rc = err_set(&why, ERR_USAGE, "longer than %u bytes", UINT16_MAX);
	if (rc < 0) {
		refuse(b, l, &why);
		return 0;
	}
	l->e = memo_hold(b->memo, b->key.data, b->key.len, b->now_ns, &is_new);
	if (l->e->done || !b->config->unordered)
		append(b, l);
	else
		join(l->e, l);
	return is_new ? b->ops->ask(b->owner, l->e, &b->cli->err) : 0;
}

/* For struct io_lines: nothing waits here, but in the owner's wait(). */
static bool is_readable(int fd)
{
	struct pollfd io = { .fd = fd, .events = POLLIN };

	return poll(&io, 1, 0) != 0;
}

/* The next line that is not blank: 1; 0 at the end, or if none can be read now; -1. */
static int next_line(struct bulk *b, struct cli_operand *operand)
{
	struct err *err = &b->cli->err;
	size_t len;
	char *line;
	int rc;

	if (b->config->next) {
		do {
			rc = b->config->next(b->owner, operand, err);
		} while (rc > 0 && !io_share_has(b->cli->share, b->made++));
		b->ended = rc <= 0;
		return rc;
	}
	do {
		rc = io_lines_next(&b->input, &line, &len, err);
		b->starved = rc < 0 && err->code == EINTR;
		if (b->starved)
			return 0;
		b->ended = rc <= 0;
		if (rc <= 0)
			return rc;
	} while (!b->cli->output.null && !cli_trim(&line, &len, b->input.number == 1));
	*operand = (struct cli_operand){ line, len, b->input.number, b->file };
	return 1;
}

/* There is room for one more line. */
static bool has_room(struct bulk *b)
{
	return b->lines < b->depth && b->held < HELD_MAX && !b->ops->full(b->owner);
}

/* Takes lines until enough are under way, or it is time to look at the answers. */
static int fill(struct bulk *b)
{
	struct cli_operand operand;

	b->starved = false;
	b->now_ns = clock_now_ns();
	for (unsigned i = 0; i < ROUND && !cli_interrupted() && has_room(b); i++) {
		int rc = next_line(b, &operand);

		if (rc <= 0)
			return rc;
		if (b->ops->skip && b->ops->skip(b->owner, &operand))
			continue;
		if (take(b, &operand) < 0)
			return -1;
	}
	return 0;
}

static int print(struct bulk *b, const struct line *l)
{
	const struct cli_operand operand = { l->text, l->len, l->number, b->file };

	return b->ops->print(b->owner, &operand, l->e, l->why);
}

/* Prints what can be: up to the first that waits, or with ALL those behind it too. */
static int drain(struct bulk *b, bool all)
{
	struct line *l, *next;
	int rc = 0;

	for (l = b->first; l && rc == 0; l = next) {
		bool waits = l->e && !l->e->done;

		if (waits && !all)
			break;
		if (!waits)
			rc = print(b, l);
		next = l->next;
		drop_line(b, l);
	}
	b->first = l;
	if (!l)
		b->last = &b->first;
	return rc;
}

/*
 * What is printed is seen soon, and at once if we wait for who writes our input, or so few are
 * left that nothing may happen for long.
 */
static int flush(struct bulk *b)
{
	struct out *o = b->cli->records;

	if (!o)
		return 0;
	b->now_ns = clock_now_ns();
	if (!b->starved &&
	    (out_holds(o) || (b->lines >= ROUND && b->now_ns - b->flushed_ns < FLUSH_NS)))
		return 0;
	b->flushed_ns = b->now_ns;
	return out_flush(o, &b->cli->err);
}

/* Waits for what may come if nothing can be taken meanwhile, else only looks. */
static int wait(struct bulk *b)
{
	bool can_take = !b->ended && !b->starved && has_room(b);

	if (flush(b) < 0)
		return -1;
	return b->ops->wait(b->owner, b->starved && has_room(b) ? b->input.fd : -1, can_take,
			    &b->cli->err);
}

static int loop(struct bulk *b)
{
	for (;;) {
		if (cli_interrupted())
			return drain(b, true);
		if ((!b->ended && fill(b) < 0) || drain(b, false) < 0)
			return -1;
		if (b->ended && b->lines == 0)
			return 0;
		if (wait(b) < 0)
			return -1;
	}
}

static int open_input(struct bulk *b)
{
	const char *file = b->config->file;
	char show[STR_SHOW];

	b->input = (struct io_lines){
		.fd = STDIN_FILENO,
		.name = "standard input",
		.delimiter = b->cli->output.null ? '\0' : '\n',
		.wait = is_readable,
		.share = b->cli->share,
	};
	if (b->config->next || !file || strcmp(file, "-") == 0)
		return 0;
	b->input.name = b->file = file;
	b->input.fd = open(file, O_RDONLY | O_CLOEXEC);
	if (b->input.fd < 0)
		return err_sys(&b->cli->err, "%s", str_show(show, file));
	return 0;
}

/* Lines may be left after a signal or an error. */
static void fini(struct bulk *b)
{
	for (struct line *l = b->first; l; l = l->next)
		free(l->why);
	memo_free(b->memo);
	for (struct chunk *c = b->chunks, *next; c; c = next) {
		next = c->next;
		free(c);
	}
	free(b->spare);
	buf_fini(&b->key);
	io_lines_fini(&b->input);
	if (b->file)
		close(b->input.fd);
}

int bulk_run(struct cli *cli, const struct bulk_config *config)
{
	struct bulk b = {
		.cli = cli,
		.config = config,
		.ops = config->ops,
		.owner = config->owner,
		.depth = config->depth ? config->depth : DEPTH,
	};
	int rc;

	if (open_input(&b) < 0)
		return -1;
	if (cli->records)
		out_gather(cli->records);
	b.last = &b.first;
	b.flushed_ns = clock_now_ns();
	b.memo = memo_new(config->keep ? config->keep : KEEP, b.ops->forget, b.owner);
	rc = loop(&b);
	fini(&b);
	return rc;
}
