/* SPDX-License-Identifier: MIT */
#include "dns/rr.h"

#include <stdio.h>
#include <string.h>

#include "base/scan.h"
#include "base/str.h"
#include "dns/rr_impl.h"

enum {
	FIELDS = 10, /* of a type, at most, with F_END */
};

static const struct type {
	const char *name;
	uint16_t number;
	uint8_t fields[FIELDS];
} types[] = {
#define TYPE(name, number, ...) { name, number, { __VA_ARGS__ } },
#define WORD(set, name, number)
#include "dns/rr.def"
#undef TYPE
#undef WORD
};

static const struct word {
	enum rr_set set;
	const char *name;
	uint16_t number;
} words[] = {
#define TYPE(name, number, ...)
#define WORD(set, name, number) { set, name, number },
#include "dns/rr.def"
#undef TYPE
#undef WORD
};

/* What stands before the number of something without a name. */
static const char *const prefixes[] = {
	[RR_TYPE] = "TYPE",     [RR_CLASS] = "CLASS", [RR_RCODE] = "RCODE",
	[RR_OPCODE] = "OPCODE", [RR_OPTION] = "OPT",  [RR_ERROR] = "EDE",
};

static const struct type *find_type(unsigned number)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i].number == number)
			return &types[i];
	return NULL;
}

static const char *find_name(enum rr_set set, unsigned number)
{
	const struct type *type;

	if (set == RR_TYPE) {
		type = find_type(number);
		return type ? type->name : NULL;
	}
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i].set == set && words[i].number == number)
			return words[i].name;
	return NULL;
}

char *rr_word(char buf[static RR_WORD], enum rr_set set, unsigned number)
{
	const char *name = find_name(set, number);

	if (name)
		memcpy(buf, name, strlen(name) + 1);
	else
		snprintf(buf, RR_WORD, "%s%u", prefixes[set], number);
	return buf;
}

const char *rr_name_at(enum rr_set set, size_t i)
{
	if (set == RR_TYPE)
		return i < ARRAY_SIZE(types) ? types[i].name : NULL;
	for (size_t j = 0; j < ARRAY_SIZE(words); j++)
		if (words[j].set == set && i-- == 0)
			return words[j].name;
	return NULL;
}

static bool number_of(const char *text, const char *name, uint16_t number, uint16_t *to)
{
	if (!str_eq_nocase(text, name))
		return false;
	*to = number;
	return true;
}

/* "TYPE65": the prefix in either case, and decimal digits without a zero before them. */
static bool scan_prefixed(const char *text, const char *prefix, uint16_t *number)
{
	const char *end = text + strlen(text);
	uint64_t v;

	for (; *prefix; prefix++, text++)
		if (str_upper(*text) != *prefix)
			return false;
	if ((*text == '0' && text[1]) || scan_uint(text, end, UINT16_MAX, &v) == 0 ||
	    scan_uint(text, end, UINT16_MAX, &v) != (size_t)(end - text))
		return false;
	*number = (uint16_t)v;
	return true;
}

bool rr_number(enum rr_set set, const char *text, uint16_t *number)
{
	for (size_t i = 0; set == RR_TYPE && i < ARRAY_SIZE(types); i++)
		if (number_of(text, types[i].name, types[i].number, number))
			return true;
	for (size_t i = 0; set != RR_TYPE && i < ARRAY_SIZE(words); i++)
		if (words[i].set == set && number_of(text, words[i].name, words[i].number, number))
			return true;
	return scan_prefixed(text, prefixes[set], number);
}

/* The fields one behind another, a space between them; one that has no text has no space. */
static bool print_fields(struct buf *b, struct rdata *r, const struct type *type)
{
	for (unsigned i = 0; type->fields[i] != F_END; i++) {
		size_t before = b->len;

		if (i)
			buf_addc(b, ' ');
		if (!rr_print_field(b, r, type->fields[i]))
			return false;
		if (b->len == before + 1 && i)
			b->len = before;
	}
	return r->at == r->end;
}

bool rr_text(struct buf *b, const uint8_t *msg, size_t len, const struct wire_rr *rr)
{
	const struct type *type = find_type(rr->type);
	struct rdata r = { msg, len, rr->rdata, rr->rdata + rr->rdlen };
	size_t start = b->len;
	bool known = type && type->fields[0] != F_END;

	if (known && print_fields(b, &r, type))
		return true;
	b->len = start;
	buf_printf(b, "\\# %zu", rr->rdlen);
	if (rr->rdlen) {
		buf_addc(b, ' ');
		rr_put_hex(b, msg + rr->rdata, rr->rdlen);
	}
	return !known;
}

static bool plain_fields(struct buf *b, struct rdata *r, const struct type *type)
{
	struct buf text = { 0 };
	bool ok = true;

	for (unsigned i = 0; ok && type->fields[i] != F_END; i++) {
		size_t start = r->at;
		struct wire_name name;

		ok = rr_print_field(&text, r, type->fields[i]);
		if (!ok)
			break;
		if (type->fields[i] != F_NAME)
			buf_add(b, r->msg + start, r->at - start);
		else if (wire_read_name(r->msg, r->len, start, &name))
			buf_add(b, name.bytes, name.len);
	}
	buf_fini(&text);
	return ok && r->at == r->end;
}

void rr_plain(struct buf *b, const uint8_t *msg, size_t len, const struct wire_rr *rr)
{
	const struct type *type = find_type(rr->type);
	struct rdata r = { msg, len, rr->rdata, rr->rdata + rr->rdlen };
	size_t start = b->len;

	if (type && type->fields[0] != F_END && plain_fields(b, &r, type))
		return;
	b->len = start;
	buf_add(b, msg + rr->rdata, rr->rdlen);
}
