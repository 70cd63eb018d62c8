/* SPDX-License-Identifier: MIT */
/*
 * load_dgram.c - the load on datagrams: numbers tell what became of each
 *
 * Many at once go out in one piece and come back in one where the system can do that.
 */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/compat.h"
#include "echo/load_impl.h"
#include "net/pktinfo.h"

enum state {
	STATE_NONE,
	STATE_FLYING,
	STATE_BACK,
	STATE_LOST,
};

enum {
	NUMBER = 8,   /* bytes of it */
	BUNCH = 16,   /* fewer are not worth a piece */
	ROUNDS = 64,  /* datagrams or pieces that a turn receives */
	REFUSALS = 8, /* of earlier datagrams, told in a row */
};

static void put_number(unsigned char *to, uint64_t v)
{
	for (int i = 0; i < NUMBER; i++)
		to[i] = (unsigned char)(v >> 8 * i);
}

static uint64_t get_number(const unsigned char *from)
{
	uint64_t v = 0;

	for (int i = 0; i < NUMBER; i++)
		v |= (uint64_t)from[i] << 8 * i;
	return v;
}

/* What connection C's datagram NUMBER begins with: no other run's, no other connection's. */
static uint64_t seal(const struct load_conn *c, uint64_t number)
{
	return number ^ (c->load->token + ((uint64_t)c->index << 40));
}

static bool idle(const struct load_conn *c)
{
	return c->flying == 0;
}

/* Datagram NUMBER, of N bytes, at TO. */
static void make(const struct load_conn *c, uint64_t number, unsigned char *to, size_t n)
{
	put_number(to, seal(c, number));
	memcpy(to + NUMBER, load_pattern(c, number), n - NUMBER);
}

/* Nobody is there, or nobody yet: if it stays so, that is what the run has to tell. */
static void refused(struct load_conn *c)
{
	struct load *load = c->load;

	if (load->result.received > 0 || load->result.fault.kind != ERR_NONE)
		return;
	load_failure(c, "send", ECONNREFUSED);
	load->refused = true;
}

/* A datagram has come: somebody is there after all. */
static void heard(struct load *load)
{
	if (load->refused)
		load->result.fault.kind = ERR_NONE;
	load->refused = false;
}

/* Sends N bytes as datagrams of SEGMENT each: 1, 0 if the system takes no more now, -1 with errno.
 */
static int send_piece(struct load_conn *c, const unsigned char *data, size_t n, size_t segment)
{
	const struct pktinfo info = { .segment = (uint16_t)(n > segment ? segment : 0) };

	for (int refusals = 0;;) {
		ssize_t sent = pktinfo_send(c->io.fd, data, n, NULL, &info);

		if (sent >= 0)
			return 1;
		/* A refusal is of an earlier datagram. */
		if (errno == ECONNREFUSED)
			refused(c);
		if (errno == EINTR || (errno == ECONNREFUSED && refusals++ < REFUSALS))
			continue;
		if (compat_would_block(errno) || errno == ENOBUFS || errno == ENOMEM ||
		    errno == ECONNREFUSED)
			return 0;
		return -1;
	}
}

/* The last N numbers, which the system did not take, are not on their way. */
static void take_back(struct load_conn *c, uint64_t n)
{
	while (n--) {
		c->next--;
		c->flying--;
		c->states[c->next & (c->cap - 1)] = STATE_NONE;
		c->load->result.sent--;
		c->number--;
		if (c->load->budget != UINT64_MAX)
			c->load->budget++;
	}
}

static bool has_room(const struct load_conn *c)
{
	return c->flying < c->load->config->pipeline && c->next - c->first < c->cap;
}

/* As many datagrams as one piece may have, in the block: how many, and their bytes in LEN. */
static unsigned gather(struct load_conn *c, uint64_t now, size_t *len)
{
	const struct load_config *config = c->load->config;
	bool many = c->split && config->size_min == config->size_max && config->pipeline >= BUNCH &&
		    config->rate == 0;
	unsigned n = 0, max = many ? PKTINFO_SEGMENTS : 1;
	uint64_t meant_ns;

	for (*len = 0; n < max && has_room(c) && load_may_begin(c, now, &meant_ns); n++) {
		uint64_t number = c->next;
		size_t size;

		if (n && *len + config->size_min > PKTINFO_PIECE_MAX)
			break;
		size = load_next_size(c);
		make(c, number, c->load->block + *len, size);
		*len += size;
		c->flights[number & (c->cap - 1)] =
			(struct flight){ .end = size, .meant_ns = meant_ns, .sent_ns = now };
		c->states[number & (c->cap - 1)] = STATE_FLYING;
		c->next++;
		c->flying++;
		c->load->result.sent++;
	}
	return n;
}

/* The system has taken no datagram for as long as an answer may take. */
static bool is_stuck(struct load_conn *c, uint64_t now)
{
	if (!c->refused_ns)
		c->refused_ns = now;
	return now - c->refused_ns > c->load->config->timeout_ns;
}

static void begin(struct load_conn *c, uint64_t now)
{
	const struct load_config *config = c->load->config;
	/* Not so many that the loss of one lets all the others wait for its time-out. */
	unsigned bunch = config->pipeline / 2 < BUNCH ? config->pipeline / 2 : BUNCH;
	unsigned want = LOOP_READ, n;
	size_t len;

	/* A piece at a time: one that is nearly empty costs as much as a full one. */
	if (c->split && config->pipeline >= BUNCH && config->rate == 0 && c->flying &&
	    c->flying > config->pipeline - bunch) {
		load_want(c, LOOP_READ);
		return;
	}
	while ((n = gather(c, now, &len)) > 0) {
		int rc = send_piece(c, c->load->block, len, n > 1 ? config->size_min : len);

		if (rc > 0) {
			c->load->result.bytes_out += len;
			c->refused_ns = 0;
			continue;
		}
		take_back(c, n);
		if (rc == 0 && !is_stuck(c, now)) {
			want |= LOOP_WRITE;
			break;
		}
		if (n > 1 && (errno == EIO || errno == EINVAL)) {
			c->split = false; /* the way does not take it: one by one */
			continue;
		}
		load_failure(c, "send", errno);
		c->load->result.broken++;
		load_close(c);
		return;
	}
	load_want(c, want);
}

/* One datagram of N bytes at DATA. */
static void arrived(struct load_conn *c, const unsigned char *data, size_t n, uint64_t now)
{
	struct load_result *result = &c->load->result;
	uint64_t number;
	struct flight *f;
	unsigned char *state;

	result->bytes_in += n;
	if (n < NUMBER) {
		result->different++;
		load_fault(c, "a datagram of %zu bytes came back, which was not sent", n);
		return;
	}
	number = seal(c, get_number(data)); /* the seal undoes itself */
	if (number >= c->next || c->next - number > c->cap) {
		result->foreign++;
		load_fault(c, "a datagram came back that was not sent");
		return;
	}
	f = &c->flights[number & (c->cap - 1)];
	state = &c->states[number & (c->cap - 1)];
	if (n != f->end) {
		result->different++;
		load_fault(c, "datagram %llu came back with %zu bytes for %zu",
			   (unsigned long long)number, n, (size_t)f->end);
	} else if (load_same(load_pattern(c, number), data + NUMBER, n - NUMBER) != n - NUMBER) {
		result->different++;
		load_fault(c, "datagram %llu came back changed", (unsigned long long)number);
	}
	if (*state == STATE_FLYING) {
		*state = STATE_BACK;
		c->flying--;
		load_count(c->load, f, now);
		if (number < c->highest)
			result->reordered++; /* RFC 4737 */
		else
			c->highest = number;
	} else if (*state == STATE_LOST) {
		*state = STATE_BACK;
		result->late++;
		result->missing--;
	} else {
		result->duplicate++;
	}
	c->progress_ns = now;
}

/* Those at the front that are no longer on their way, or have been for too long. */
static void age(struct load_conn *c, uint64_t now)
{
	for (; c->first < c->next; c->first++) {
		unsigned char *state = &c->states[c->first & (c->cap - 1)];

		if (*state == STATE_FLYING) {
			if (now - c->flights[c->first & (c->cap - 1)].sent_ns <=
			    c->load->config->timeout_ns)
				return;
			*state = STATE_LOST;
			c->flying--;
			c->load->result.missing++;
		}
	}
}

static void on_ready(struct loop_fd *io, unsigned ready UNUSED)
{
	struct load_conn *c = (struct load_conn *)io;
	uint64_t now = clock_now_ns();

	for (int i = 0; i < ROUNDS; i++) {
		struct pktinfo info;
		struct sa peer;
		ssize_t n = pktinfo_recv(io->fd, c->load->block, LOAD_BLOCK, &peer, &info);

		if (n < 0 && errno == ECONNREFUSED)
			refused(c);
		if (n < 0 && (errno == EINTR || errno == ECONNREFUSED))
			continue;
		if (n < 0)
			break;
		now = clock_now_ns();
		heard(c->load);
		for (size_t at = 0; at < (size_t)n || at == 0;) {
			size_t len = (size_t)n - at;

			if (info.segment && len > info.segment)
				len = info.segment;
			arrived(c, c->load->block + at, len, now);
			at += len ? len : 1;
		}
		if (c->load->config->pipeline == 1)
			break;
	}
	age(c, now);
	begin(c, now);
}

static void on_tick(struct load_conn *c, uint64_t now)
{
	age(c, now);
	begin(c, now);
}

static void first(struct load_conn *c, uint64_t now)
{
	if (c->next == 0) {
		c->split = pktinfo_can_split(c->io.fd);
		if (c->split && c->load->config->pipeline >= BUNCH)
			pktinfo_join(c->io.fd);
	}
	begin(c, now);
}

const struct load_ops load_datagram = {
	.ready = on_ready,
	.begin = first,
	.tick = on_tick,
	.idle = idle,
};
