/* SPDX-License-Identifier: MIT */
#include "fakedns.h"

#include <string.h>

#include "base/str.h"

enum {
	HEADER = 12,
	CHAIN = 16,      /* CNAMEs that are followed */
	UDP_BYTES = 512, /* of an answer without EDNS */
	EDNS_BYTES = 4096,
	CLASS_IN = 1,
	OPTION_NSID = 3,
	OPTION_ECS = 8,
};

FILE *answer_log;

static uint64_t chance_state;

void chance_seed(uint64_t seed)
{
	chance_state = seed;
}

uint64_t chance_next(void)
{
	uint64_t z = chance_state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

bool chance(unsigned percent)
{
	return percent > 0 && chance_next() % 100 < percent;
}

static unsigned get16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

/* A query taken apart. */
struct query {
	const uint8_t *msg;
	size_t len, question_end;
	struct name name; /* in lower case */
	unsigned type, class, opcode;
	bool edns, dnssec_ok, nsid;
	unsigned bufsize;
	const uint8_t *ecs; /* the option's data */
	unsigned ecs_len;
};

/* What has been written of an answer. */
struct reply {
	uint8_t *msg;
	size_t len, limit;
	bool full;  /* not all had room */
	bool proof; /* signatures and NSEC records are wanted */
};

static void put(struct reply *r, const void *data, size_t n)
{
	if (r->full || n > r->limit - r->len) {
		r->full = true;
		return;
	}
	memcpy(r->msg + r->len, data, n);
	r->len += n;
}

static void put16(struct reply *r, unsigned value)
{
	uint8_t b[2] = { (uint8_t)(value >> 8), (uint8_t)value };

	put(r, b, sizeof(b));
}

static void put32(struct reply *r, uint32_t value)
{
	put16(r, value >> 16);
	put16(r, value & 0xffff);
}

static void add_count(struct reply *r, size_t section)
{
	size_t at = 4 + 2 * section;
	unsigned n = get16(r->msg + at) + 1;

	r->msg[at] = (uint8_t)(n >> 8);
	r->msg[at + 1] = (uint8_t)n;
}

enum section {
	QUESTION,
	ANSWER,
	AUTHORITY,
	ADDITIONAL,
};

static void put_rr(struct reply *r, enum section section, const struct name *owner, size_t owner_at,
		   const struct rr *rr)
{
	if (owner_at > 0 && owner_at < 0x4000)
		put16(r, 0xc000 | (unsigned)owner_at);
	else
		put(r, owner->bytes, owner->len);
	put16(r, rr->type);
	put16(r, CLASS_IN);
	put32(r, rr->ttl);
	put16(r, rr->len);
	put(r, rr->data, rr->len);
	if (!r->full)
		add_count(r, section);
}

/* The signatures, if they are wanted, of OWNER's records of TYPE; RR is its first record. */
static void put_sigs(struct reply *r, enum section section, const struct name *owner,
		     const struct rr *rr, unsigned type)
{
	for (; r->proof && rr; rr = rr->next)
		if (rr->type == TYPE_RRSIG && rr->len > 2 && get16(rr->data) == type)
			put_rr(r, section, owner, 0, rr);
}

/* The records of TYPE too. */
static void put_set(struct reply *r, const struct name *owner, const struct rr *first,
		    unsigned type)
{
	for (const struct rr *rr = first; rr; rr = rr->next)
		if (rr->type == type)
			put_rr(r, AUTHORITY, owner, 0, rr);
	put_sigs(r, AUTHORITY, owner, first, type);
}

static bool parse_options(struct query *q, const uint8_t *p, const uint8_t *end)
{
	while (end - p >= 4) {
		unsigned code = get16(p), n = get16(p + 2);

		p += 4;
		if (n > (size_t)(end - p))
			return false;
		if (code == OPTION_NSID)
			q->nsid = true;
		if (code == OPTION_ECS && n >= 4) {
			q->ecs = p;
			q->ecs_len = n;
		}
		p += n;
	}
	return p == end;
}

/* The records behind the question: of them the OPT record alone means something. */
static bool parse_additional(struct query *q)
{
	const uint8_t *p = q->msg + q->question_end, *end = q->msg + q->len;

	if (get16(q->msg + 6) > 0 || get16(q->msg + 8) > 0)
		return false;
	if (get16(q->msg + 10) == 0)
		return p == end;
	if (get16(q->msg + 10) > 1 || end - p < 11 || p[0] != 0 || get16(p + 1) != TYPE_OPT)
		return false;
	q->edns = true;
	q->bufsize = get16(p + 3);
	q->dnssec_ok = p[7] & 0x80;
	if (get16(p + 9) != (size_t)(end - p - 11))
		return false;
	return parse_options(q, p + 11, end);
}

/* False if MSG is malformed; what was understood of it is in Q. */
static bool parse_query(struct query *q, const uint8_t *msg, size_t len)
{
	size_t at = HEADER;

	*q = (struct query){ .msg = msg, .len = len, .question_end = HEADER };
	q->opcode = msg[2] >> 3 & 15;
	if (get16(msg + 4) != 1)
		return false;
	for (;; at += msg[at] + 1U) {
		if (at >= len || msg[at] > 63 || at + msg[at] >= len ||
		    at - HEADER + msg[at] + 1U > NAME_BYTES)
			return false;
		if (msg[at] == 0)
			break;
	}
	at++;
	if (len - at < 4)
		return false;
	q->name.len = (uint8_t)(at - HEADER);
	for (size_t i = 0; i < q->name.len; i++) /* no length has the code of a letter */
		q->name.bytes[i] = (uint8_t)str_lower((char)msg[HEADER + i]);
	q->type = get16(msg + at);
	q->class = get16(msg + at + 2);
	q->question_end = at + 4;
	return parse_additional(q);
}

static void put_opt(struct reply *r, const struct server *s, const struct query *q)
{
	size_t at = r->len, nsid = q->nsid ? strlen(s->nsid) : 0, len = 0;
	uint8_t head[] = {
		0, 0, TYPE_OPT, EDNS_BYTES >> 8, EDNS_BYTES & 0xff, 0, 0, q->dnssec_ok ? 0x80 : 0, 0
	};

	put(r, head, sizeof(head));
	len = (q->nsid ? 4 + nsid : 0) + (q->ecs ? 4 + q->ecs_len : 0);
	put16(r, (unsigned)len);
	if (q->nsid) {
		put16(r, OPTION_NSID);
		put16(r, (unsigned)nsid);
		put(r, s->nsid, nsid);
	}
	if (q->ecs) { /* as it came, with the scope that is its length */
		put16(r, OPTION_ECS);
		put16(r, q->ecs_len);
		put(r, q->ecs, 3);
		put(r, q->ecs + 2, 1);
		put(r, q->ecs + 4, q->ecs_len - 4);
		if (!r->full)
			r->msg[r->len - q->ecs_len + 3] = q->ecs[2];
	}
	if (r->full)
		r->len = at;
	else
		add_count(r, ADDITIONAL);
}

/* The header with RCODE and the question; what the reply had before is gone. */
static void begin(struct reply *r, const struct server *s, const struct query *q, enum rcode rcode)
{
	bool auth = s->flag[FLAG_AUTHORITATIVE];

	r->len = 0;
	r->full = false;
	r->proof = q->dnssec_ok;
	put(r, q->msg, q->question_end);
	r->msg[2] = (uint8_t)(0x80 | (q->msg[2] & 0x79) | (auth ? 0x04 : 0));
	r->msg[3] = (uint8_t)((auth ? 0 : 0x80) | (q->msg[3] & 0x10) | rcode);
	memset(r->msg + 4, 0, 8);
	r->msg[5] = q->question_end > HEADER;
}

static void set_rcode(struct reply *r, enum rcode rcode)
{
	r->msg[3] = (uint8_t)((r->msg[3] & 0xf0) | rcode);
}

/* The SOA of the zone that NAME is in; without one the query is none of ours. */
static bool put_soa(struct reply *r, const struct server *s, const struct name *name,
		    const struct name *suffix)
{
	static const uint8_t synthetic[] =
		"\0\0\0\0\0\1\0\0\016\020\0\0\002\130\0\001\121\200\0\0\1\054";
	struct rr soa = { TYPE_SOA, sizeof(synthetic) - 1, 300, synthetic, NULL };
	size_t shortest = suffix ? suffix->len : 1;
	bool exists;

	for (size_t at = 0; name->len - at >= shortest; at += name->bytes[at] + 1U) {
		struct name owner = { (uint8_t)(name->len - at), { 0 } };
		const struct rr *first = zone_find(s->zone, name->bytes + at, owner.len, &exists);
		const struct rr *rr = first;

		memcpy(owner.bytes, name->bytes + at, owner.len);
		while (rr && rr->type != TYPE_SOA)
			rr = rr->next;
		if (rr) {
			put_set(r, &owner, first, TYPE_SOA);
			if (r->proof && at > 0)
				put_set(r, &owner, first, TYPE_NSEC);
			return true;
		}
	}
	if (suffix)
		put_rr(r, AUTHORITY, suffix, 0, &soa);
	return suffix;
}

/* One link of the chain from NAME: what is asked for, or a CNAME, whose target is NAME then. */
enum link {
	LINK_FOUND,
	LINK_CNAME,
	LINK_NONE,
	LINK_MUTE,
};

/* The records from FIRST on that answer Q, up to a CNAME, and their signatures. */
static enum link put_records(struct reply *r, const struct query *q, const struct rr *first,
			     struct name *name, size_t *name_at)
{
	enum link link = LINK_NONE;

	for (const struct rr *rr = first; rr; rr = rr->next) {
		bool wanted = rr->type == q->type || q->type == TYPE_ANY;

		if (!wanted && rr->type != TYPE_CNAME)
			continue;
		put_rr(r, ANSWER, name, *name_at, rr);
		link = LINK_FOUND;
		if (wanted)
			continue;
		*name_at = r->len - rr->len;
		put_sigs(r, ANSWER, name, first, TYPE_CNAME);
		memcpy(name->bytes, rr->data, rr->len);
		name->len = (uint8_t)rr->len;
		return LINK_CNAME;
	}
	if (link == LINK_FOUND && q->type != TYPE_ANY)
		put_sigs(r, ANSWER, name, first, q->type);
	return link;
}

static enum link put_link(struct reply *r, struct server *s, const struct query *q,
			  struct name *name, size_t *name_at)
{
	const struct name *suffix = NULL;
	struct made made;
	enum link link;
	bool exists;
	const struct rr *rr = zone_find(s->zone, name->bytes, name->len, &exists);

	if (!exists && make(s, name, q->type, &made, &suffix)) {
		exists = made.exists;
		if (made.mute)
			return LINK_MUTE;
		if (made.servfail) {
			set_rcode(r, RCODE_SERVFAIL);
			return LINK_FOUND;
		}
		rr = made.rr.len > 0 ? &made.rr : NULL;
	}
	link = put_records(r, q, rr, name, name_at);
	if (link == LINK_NONE) {
		bool ours = put_soa(r, s, name, suffix);

		if (r->proof)
			put_set(r, name, rr, TYPE_NSEC);
		if (ours && !exists)
			set_rcode(r, RCODE_NXDOMAIN);
		else if (!ours && !exists && get16(r->msg + 6) == 0)
			set_rcode(r, RCODE_REFUSED);
	}
	return link;
}

/* False if there is to be no answer. */
static bool compose(struct reply *r, struct server *s, const struct query *q)
{
	struct name name = q->name;
	enum link link = LINK_CNAME;
	size_t name_at = HEADER;

	begin(r, s, q, RCODE_NOERROR);
	for (int i = 0; i < CHAIN && link == LINK_CNAME; i++)
		link = put_link(r, s, q, &name, &name_at);
	if (link == LINK_MUTE)
		return false;
	if (q->edns)
		put_opt(r, s, q);
	if (r->full) {
		begin(r, s, q, RCODE_NOERROR);
		r->msg[2] |= 2;
		if (q->edns)
			put_opt(r, s, q);
	}
	return true;
}

/* No message at all, one that is cut, one with too many records, one with noise for records. */
static void spoil(struct reply *r, const struct query *q)
{
	static const uint8_t cut[] = { 0xc0, HEADER, 0, 1, 0, 1, 0 };

	switch (chance_next() % 4) {
	case 0:
		r->len = 5;
		break;
	case 1: /* within the head of the first record */
		r->msg[7] = 1;
		r->msg[9] = r->msg[11] = 0;
		r->len = q->question_end;
		put(r, cut, sizeof(cut));
		break;
	case 2:
		r->msg[6] = 0xff;
		break;
	default:
		r->len = q->question_end;
		r->msg[7] = 3;
		r->msg[11] = 0;
		for (unsigned i = 0; i < 5; i++) {
			uint64_t noise = chance_next();

			put(r, &noise, sizeof(noise));
		}
	}
}

/* A record whose name, or whose data's name, has no end. */
static void put_loop(struct reply *r, const struct server *s, const struct query *q)
{
	uint8_t data[4] = { 0xc0, (uint8_t)(q->question_end + 12), 0xc0, 0 };
	struct rr rr = { TYPE_CNAME, 2, 60, data, NULL };

	begin(r, s, q, RCODE_NOERROR);
	switch (chance_next() % 3) {
	case 0: /* an owner that points to itself */
		put_rr(r, ANSWER, &q->name, q->question_end, &rr);
		break;
	case 1: /* two that point to one another, behind the record's head */
		data[1] = (uint8_t)(q->question_end + 14);
		data[3] = (uint8_t)(q->question_end + 12);
		rr.len = 4;
		put_rr(r, ANSWER, &q->name, q->question_end + 12, &rr);
		break;
	default: /* a CNAME to itself */
		put_rr(r, ANSWER, &q->name, HEADER, &rr);
	}
}

/* A referral to the root: what a server says that does not serve the zone. */
static void put_lame(struct reply *r, const struct server *s, const struct query *q)
{
	static const struct name root = { 1, { 0 } };
	static const uint8_t target[] = "\004lame\007invalid";
	struct rr ns = { TYPE_NS, sizeof(target), 3600, target, NULL };

	begin(r, s, q, RCODE_NOERROR);
	r->msg[2] &= 0xfb;
	r->msg[3] &= 0x7f;
	put_rr(r, AUTHORITY, &root, 0, &ns);
}

static void put_fault(struct reply *r, const struct server *s, const struct query *q,
		      enum fault fault)
{
	switch (fault) {
	case FAULT_SERVFAIL:
		begin(r, s, q, RCODE_SERVFAIL);
		break;
	case FAULT_LAME:
		put_lame(r, s, q);
		break;
	case FAULT_TRUNCATE:
		begin(r, s, q, RCODE_NOERROR);
		r->msg[2] |= 2;
		break;
	case FAULT_MALFORMED:
		spoil(r, q);
		break;
	case FAULT_LOOP:
		put_loop(r, s, q);
		break;
	case FAULT_WRONG_ID:
		r->msg[0] ^= 0x55;
		break;
	case FAULT_WRONG_QUESTION:
		if (q->name.len > 1)
			r->msg[HEADER + 1] = r->msg[HEADER + 1] == '#' ? '+' : '#';
		else
			r->msg[q->question_end - 3] ^= 1;
		break;
	case FAULT_LOSS:
	case FAULT_WRONG_PEER:
	case FAULT_REORDER:
	case FAULT_DUPLICATE:
	case FAULTS:
		break;
	}
}

static void log_query(const struct query *q, bool tcp)
{
	char text[4 * NAME_BYTES + 1];

	name_text(&q->name, text);
	fprintf(answer_log, "%s %s %u rd=%u", tcp ? "tcp" : "udp", text, q->type, q->msg[2] & 1U);
	if (q->edns)
		fprintf(answer_log, " edns=%u do=%u", q->bufsize, (unsigned)q->dnssec_ok);
	if (q->nsid)
		fputs(" nsid", answer_log);
	if (q->ecs)
		fprintf(answer_log, " ecs=%u/%u", get16(q->ecs), q->ecs[2]);
	putc('\n', answer_log);
	fflush(answer_log);
}

static size_t limit_of(const struct query *q, bool tcp)
{
	if (tcp)
		return MESSAGE_BYTES;
	if (!q->edns || q->bufsize < UDP_BYTES)
		return UDP_BYTES;
	return q->bufsize < EDNS_BYTES ? q->bufsize : EDNS_BYTES;
}

/* The answer to a query that is none, or one that this server takes no part in. */
static bool refuse(struct reply *r, const struct server *s, struct query *q, bool well_formed)
{
	if (!well_formed || (q->edns && s->flag[FLAG_FORMERR_EDNS])) {
		begin(r, s, q, RCODE_FORMERR);
	} else if (q->opcode != 0) {
		begin(r, s, q, RCODE_NOTIMP);
	} else if (s->flag[FLAG_REFUSED] || q->class != CLASS_IN) {
		begin(r, s, q, RCODE_REFUSED);
	} else {
		return false;
	}
	return true;
}

size_t answer(struct server *s, const uint8_t *msg, size_t len, bool tcp,
	      uint8_t out[static MESSAGE_BYTES])
{
	struct reply r = { .msg = out, .limit = MESSAGE_BYTES };
	bool faults = !tcp || s->flag[FLAG_TCP_FAULTS], well_formed;
	struct query q;

	if (len < HEADER || msg[2] & 0x80)
		return 0;
	well_formed = parse_query(&q, msg, len);
	if (answer_log && well_formed)
		log_query(&q, tcp);
	r.limit = limit_of(&q, tcp);
	if (refuse(&r, s, &q, well_formed))
		return r.len;
	if (!compose(&r, s, &q))
		return 0;
	for (enum fault fault = FAULT_SERVFAIL; faults && fault <= FAULT_WRONG_QUESTION; fault++) {
		if (!chance(s->percent[fault]))
			continue;
		s->count[fault]++;
		put_fault(&r, s, &q, fault);
		break;
	}
	return r.len;
}
