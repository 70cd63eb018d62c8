/* SPDX-License-Identifier: MIT */
#include "dns/stub.h"

#include <stddef.h>
#include <string.h>

#include "base/str.h"
#include "dns/rr.h"
#include "dns/wire_impl.h"

enum {
	RCODE_NXDOMAIN = 3,
	RCODE_REFUSED = 5,
};

static const struct {
	const char *word;
	enum err_kind kind;
} statuses[] = {
	[STUB_OK] = { "ok", ERR_NONE },
	[STUB_NXDOMAIN] = { "nxdomain", ERR_NEGATIVE },
	[STUB_NODATA] = { "nodata", ERR_NEGATIVE },
	[STUB_SERVFAIL] = { "servfail", ERR_SYSTEM },
	[STUB_REFUSED] = { "refused", ERR_SYSTEM },
	[STUB_TIMEOUT] = { "timeout", ERR_SYSTEM },
	[STUB_UNREACHABLE] = { "unreachable", ERR_SYSTEM },
	[STUB_MALFORMED] = { "malformed", ERR_SYSTEM },
};

const char *stub_status_word(enum stub_status status)
{
	return statuses[status].word;
}

enum err_kind stub_status_kind(enum stub_status status)
{
	return statuses[status].kind;
}

struct stub_look *stub_look_new(const uint16_t *types, unsigned n)
{
	struct stub_look *look =
		xcalloc(1, sizeof(struct stub_look) + n * sizeof(struct stub_part));

	look->nparts = n;
	for (unsigned i = 0; i < n; i++) {
		look->parts[i].type = types[i];
		look->parts[i].look = look;
	}
	return look;
}

void stub_look_free(struct stub_look *look)
{
	if (!look)
		return;
	for (unsigned i = 0; i < look->nparts; i++) {
		struct stub_part *part = &look->parts[i];

		if (part->pending)
			engine_cancel(look->config->engine, &part->query);
		buf_fini(&part->msg);
		buf_fini(&part->now_msg);
	}
	vec_fini(&look->attempts);
	free(look);
}

int stub_name(struct wire_name *name, bool *absolute, const char *text, size_t len, struct err *err)
{
	char show[STR_SHOW];

	for (size_t i = 0; i < len; i++)
		if ((uint8_t)text[i] >= 0x80)
			return err_set(err, ERR_USAGE,
				       "\"%s\" is not ASCII: the DNS has such a name in its "
				       "\"xn--\" form (column %zu)",
				       str_show_n(show, text, len), i + 1);
	if (wire_name_parse(name, text, len, err) < 0)
		return -1;
	*absolute = len > 0 && text[len - 1] == '.' && (len < 2 || text[len - 2] != '\\');
	return 0;
}

static unsigned dots(const struct wire_name *name)
{
	unsigned labels = 0;

	for (size_t at = 0; name->bytes[at]; at += name->bytes[at] + 1U)
		labels++;
	return labels ? labels - 1 : 0;
}

/* NAME.DOMAIN; false if that is too long for a name. */
static bool join(struct wire_name *to, const struct wire_name *name, const struct wire_name *domain)
{
	size_t n = name->len - 1U;

	if (n + domain->len > WIRE_NAME_MAX)
		return false;
	memcpy(to->bytes, name->bytes, n);
	memcpy(to->bytes + n, domain->bytes, domain->len);
	to->len = (uint8_t)(n + domain->len);
	return true;
}

/* The next name that is to be tried. */
static bool next_name(struct stub_look *look, struct wire_name *to)
{
	const struct stub_config *config = look->config;
	bool as_is_first = look->absolute || dots(&look->name) >= config->ndots;

	look->domain_now = false;
	if (as_is_first && !look->as_is_done)
		goto as_is;
	while (!look->absolute && look->next_domain < config->nsearch) {
		const struct wire_name *domain = &config->search[look->next_domain++];

		if (domain->len > 1 && join(to, &look->name, domain)) {
			look->domain_now = true;
			return true;
		}
		if (domain->len == 1 && !look->as_is_done)
			goto as_is;
	}
	if (look->as_is_done)
		return false;
as_is:
	look->as_is_done = true;
	wire_name_copy(to, &look->name);
	return true;
}

/* Names are copied as far as they are in use: a batch has no time for the rest. */
#define SMALL offsetof(struct stub_attempt, question)

static void copy_question(struct wire_question *to, const struct wire_question *from)
{
	wire_name_copy(&to->name, &from->name);
	to->type = from->type;
	to->class = from->class;
}

static void copy_attempt(struct stub_attempt *to, const struct stub_attempt *from)
{
	memcpy(to, from, SMALL);
	copy_question(&to->question, &from->question);
	wire_name_copy(&to->owner, &from->owner);
}

static void on_query(struct engine_query *q);

/* Asks for PART's type of NAME; with ALIAS because one led there. */
static void ask_part(struct stub_part *part, const struct wire_name *name, bool alias)
{
	memset(&part->now, 0, SMALL);
	part->now.alias = alias;
	part->now.owner.len = 1;
	part->now.owner.bytes[0] = 0;
	wire_name_copy(&part->query.question.name, name);
	part->query.question.type = part->type;
	part->query.question.class = RR_IN;
	part->query.on_done = on_query;
	part->pending = true;
	engine_ask(part->look->config->engine, &part->query);
}

/* Begins the next try; false if there is none. */
static bool begin_try(struct stub_look *look)
{
	struct wire_name name;

	if (!next_name(look, &name))
		return false;
	look->busy = look->nparts;
	for (unsigned i = 0; i < look->nparts; i++) {
		look->parts[i].aliases = 0;
		ask_part(&look->parts[i], &name, false);
	}
	return true;
}

void stub_ask(struct stub_look *look, const struct stub_config *config,
	      const struct wire_name *name, bool absolute)
{
	look->config = config;
	wire_name_copy(&look->name, name);
	look->absolute = absolute;
	look->as_is_done = look->searched = false;
	look->next_domain = 0;
	look->attempts.n = 0;
	look->status = STUB_OK;
	for (unsigned i = 0; i < look->nparts; i++) {
		look->parts[i].last.tries = 0;
		look->parts[i].msg.len = 0;
	}
	(void)begin_try(look); /* the first one is always there */
}

/* What a look through a message has found. */
struct findings {
	unsigned records, aliases;
	uint32_t ttl; /* the least of them */
	bool soa, ns;
	uint32_t negative_ttl;
	uint8_t rcode_high;
	struct wire_name at; /* where the aliases lead */
};

static void note_ttl(struct findings *f, uint32_t ttl)
{
	if (f->records + f->aliases == 0 || ttl < f->ttl)
		f->ttl = ttl;
}

/* A record of the answer section; -1 if it is an alias that cannot be followed. */
static int note_answer(struct findings *f, const struct wire_reader *r, const struct wire_rr *rr,
		       uint16_t type)
{
	struct wire_name owner;

	if (rr->class != RR_IN || !wire_read_name(r->msg, r->len, rr->at, &owner) ||
	    !wire_name_equal(&owner, &f->at))
		return 0;
	if (rr->type == type || type == RR_ANY) {
		note_ttl(f, rr->ttl);
		f->records++;
	} else if (rr->type == RR_CNAME && f->records == 0) {
		note_ttl(f, rr->ttl);
		if (++f->aliases > STUB_CHAIN_MAX ||
		    wire_read_name(r->msg, r->len, rr->rdata, &f->at) != rr->rdlen)
			return -1;
	}
	return 0;
}

static void note_other(struct findings *f, const struct wire_reader *r, const struct wire_rr *rr)
{
	struct wire_edns edns;

	if (rr->section == WIRE_AUTHORITY && rr->type == RR_NS)
		f->ns = true;
	if (rr->section == WIRE_AUTHORITY && rr->type == RR_SOA && rr->rdlen >= 22) {
		uint32_t minimum = wire_get32(r->msg + rr->rdata + rr->rdlen - 4);

		f->soa = true;
		f->negative_ttl = rr->ttl < minimum ? rr->ttl : minimum;
	}
	if (rr->section == WIRE_ADDITIONAL && wire_edns(&edns, rr))
		f->rcode_high = edns.rcode_high;
}

/* One way through the message; the records may stand before the alias that leads to them. */
static int look_through(struct findings *f, struct wire_reader *r, uint16_t type)
{
	struct wire_rr rr;
	struct err err;
	int rc;

	f->records = 0;
	while ((rc = wire_skip_rr(r, &rr, &err)) > 0) {
		if (rr.section == WIRE_ANSWER)
			rc = note_answer(f, r, &rr, type);
		else
			note_other(f, r, &rr);
		if (rc < 0)
			break;
	}
	return rc;
}

/* The status of a message without records of the type. */
static enum stub_status no_records(const struct stub_part *part, const struct findings *f,
				   uint16_t flags)
{
	if (flags & WIRE_TC)
		return STUB_SERVFAIL;
	if (!f->soa && f->ns && f->aliases == 0 && !(flags & (WIRE_AA | WIRE_RA)) &&
	    part->look->config->recurse)
		return STUB_REFUSED;
	return STUB_NODATA;
}

/* Fills PART->now from the message; true if an alias leads out of it. */
static bool judge(struct stub_part *part)
{
	struct stub_attempt *now = &part->now;
	struct findings f;
	struct wire_reader r;
	unsigned before;

	memset(&f, 0, offsetof(struct findings, at));
	wire_name_copy(&f.at, &part->query.question.name);
	now->status = STUB_MALFORMED;
	do {
		before = f.aliases;
		if (!wire_begin(&r, part->query.msg, part->query.len) ||
		    look_through(&f, &r, part->type) < 0) {
			part->aliases += f.aliases;
			return false;
		}
	} while (f.records == 0 && f.aliases > before);
	now->answered = true;
	now->rcode = (uint16_t)(r.header.rcode | f.rcode_high << 4);
	now->flags = r.header.flags;
	memcpy(now->counts, r.header.counts, sizeof(now->counts));
	wire_name_copy(&now->owner, &f.at);
	now->records = f.records;
	now->has_ttl = f.records || f.soa;
	now->ttl = f.records ? f.ttl : f.negative_ttl;
	if (now->rcode == RCODE_NXDOMAIN)
		now->status = STUB_NXDOMAIN;
	else if (now->rcode == RCODE_REFUSED)
		now->status = STUB_REFUSED;
	else if (now->rcode != 0)
		now->status = STUB_SERVFAIL;
	else if (f.records)
		now->status = STUB_OK;
	else
		now->status = no_records(part, &f, now->flags);
	part->aliases += f.aliases;
	return now->status == STUB_NODATA && f.aliases && !f.soa;
}

/* What is known of PART now decides, unless what an earlier try said weighs more. */
static void keep(struct stub_part *part, bool found)
{
	struct buf msg = part->msg;
	enum stub_status now = part->now.status, last = part->last.status;

	if (!found && part->last.tries && (now < last || (now == last && part->look->domain_now)))
		return;
	copy_attempt(&part->last, &part->now);
	part->msg = part->now_msg;
	part->now_msg = msg;
}

/* Of all parts: records if one has any, else what weighs most. */
static enum stub_status combine(const struct stub_look *look, bool last)
{
	enum stub_status worst = STUB_OK;

	for (unsigned i = 0; i < look->nparts; i++) {
		const struct stub_part *part = &look->parts[i];
		enum stub_status status = last ? part->last.status : part->now.status;

		if (status == STUB_OK)
			return STUB_OK;
		if (status > worst)
			worst = status;
	}
	return worst;
}

/* All parts of a try are answered. */
static void end_try(struct stub_look *look)
{
	enum stub_status status = combine(look, false);

	for (unsigned i = 0; i < look->nparts; i++)
		keep(&look->parts[i], status == STUB_OK);
	look->searched = status == STUB_OK && look->domain_now;
	if (status != STUB_OK && status < STUB_TIMEOUT && begin_try(look))
		return;
	stub_combine(look);
	look->on_done(look);
}

static void on_query(struct engine_query *q)
{
	struct stub_part *part =
		(struct stub_part *)((char *)q - offsetof(struct stub_part, query));
	struct stub_attempt *now = &part->now;
	struct stub_look *look = part->look;
	bool leads_out = false;

	part->pending = false;
	copy_question(&now->question, &q->question);
	now->server = q->server;
	now->tries = q->tries ? q->tries : 1;
	now->tcp = q->tcp;
	now->began_ns = q->sent_ns;
	now->took_ns = q->took_ns;
	part->now_msg.len = 0;
	if (q->result == ENGINE_ANSWERED) {
		leads_out = judge(part);
		buf_add(&part->now_msg, q->msg, q->len);
	} else {
		wire_name_copy(&now->owner, &q->question.name);
		now->status = q->result == ENGINE_TIMEOUT ? STUB_TIMEOUT : STUB_UNREACHABLE;
		now->code = q->code;
	}
	if (part->aliases > STUB_CHAIN_MAX) {
		now->status = STUB_MALFORMED;
		leads_out = false;
	}
	if (look->trace)
		*vec_push(&look->attempts) = *now;
	if (leads_out) {
		struct wire_name next = now->owner;

		ask_part(part, &next, true);
	} else if (--look->busy == 0) {
		end_try(look);
	}
}

bool stub_begin(struct wire_reader *r, const struct stub_part *part)
{
	return part->msg.len && wire_begin(r, (const uint8_t *)part->msg.data, part->msg.len);
}

int stub_next(struct wire_reader *r, const struct stub_part *part, struct wire_rr *rr)
{
	struct err err;

	if (part->last.records == 0)
		return 0;
	while (wire_skip_rr(r, rr, &err) > 0 && rr->section == WIRE_ANSWER)
		if (rr->class == RR_IN && (rr->type == part->type || part->type == RR_ANY) &&
		    wire_read_name(r->msg, r->len, rr->at, &rr->owner) &&
		    wire_name_equal(&rr->owner, &part->last.owner))
			return 1;
	return 0;
}

int stub_part_error(const struct stub_part *part, struct err *err)
{
	const struct stub_attempt *a = &part->last;
	char word[RR_WORD];

	switch (a->status) {
	case STUB_OK:
		return 0;
	case STUB_NXDOMAIN:
		return err_set(err, ERR_NEGATIVE, "no such name (NXDOMAIN)");
	case STUB_NODATA:
		return err_set(err, ERR_NEGATIVE, "no %s record (NODATA)",
			       rr_word(word, RR_TYPE, part->type));
	case STUB_SERVFAIL:
		return err_set(err, ERR_SYSTEM, "the server failed (%s)",
			       rr_word(word, RR_RCODE, a->rcode));
	case STUB_REFUSED:
		return err_set(err, ERR_SYSTEM,
			       a->rcode ? "the server refuses to answer (REFUSED)" :
					  "the server only refers to others: it does not resolve");
	case STUB_TIMEOUT:
		return err_set(err, ERR_SYSTEM, "no answer in %u %s", a->tries,
			       a->tries == 1 ? "try" : "tries");
	case STUB_UNREACHABLE:
		return err_set(err, ERR_SYSTEM, "no server can be asked: %s", strerror(a->code));
	case STUB_MALFORMED:
		return err_set(err, ERR_SYSTEM,
			       part->aliases > STUB_CHAIN_MAX ? "more than 16 aliases (CNAME)" :
								"the answer is malformed");
	}
	return 0;
}

const struct stub_part *stub_decided(const struct stub_look *look)
{
	for (unsigned i = 0; i < look->nparts; i++)
		if (look->parts[i].last.status == look->status)
			return &look->parts[i];
	return &look->parts[0];
}

int stub_look_error(const struct stub_look *look, struct err *err)
{
	return stub_part_error(stub_decided(look), err);
}

unsigned stub_part_index(const struct stub_part *part)
{
	return (unsigned)(part - part->look->parts);
}

void stub_take(struct stub_part *part, const uint8_t *msg, size_t len)
{
	part->now = part->last;
	part->query.question = part->last.question;
	part->query.msg = msg;
	part->query.len = len;
	part->aliases = 0;
	(void)judge(part);
	part->last = part->now;
	part->msg.len = 0;
	buf_add(&part->msg, msg, len);
}

void stub_combine(struct stub_look *look)
{
	look->status = combine(look, true);
}
