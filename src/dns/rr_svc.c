/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "dns/rr_impl.h"
#include "dns/wire_impl.h"

/* The keys of RFC 9460 section 14.3.2 whose values have a form of their own. */
enum {
	MANDATORY,
	ALPN,
	NO_DEFAULT_ALPN,
	PORT,
	IPV4HINT,
	ECH,
	IPV6HINT,
	KEYS,
};

/* What the parameters before the end told. */
struct seen {
	int last;                 /* key; -1 at first */
	const uint8_t *mandatory; /* the keys that must be there too */
	size_t nmandatory;
};

static void put_key(struct buf *b, unsigned key)
{
	static const char *const names[KEYS] = {
		"mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint",
	};

	if (key < KEYS)
		buf_adds(b, names[key]);
	else
		buf_printf(b, "key%u", key);
}

static bool print_mandatory(struct buf *b, struct rdata *v)
{
	int last = MANDATORY; /* which cannot be in its own list */
	uint16_t key;

	buf_addc(b, '=');
	while (rr_take16(v, &key)) {
		if (key <= last)
			return false;
		if (last != MANDATORY)
			buf_addc(b, ',');
		put_key(b, key);
		last = key;
	}
	return last != MANDATORY;
}

/* One of a list of texts: RFC 9460 appendix A.1, and then the quotes. */
static void put_item(struct buf *b, const uint8_t *s, size_t n)
{
	for (; n; n--, s++) {
		if (*s <= ' ' || *s > '~') {
			buf_printf(b, "\\%03u", *s);
			continue;
		}
		if (*s == ',' || *s == '\\')
			buf_adds(b, "\\\\");
		if (*s == '"' || *s == '\\')
			buf_addc(b, '\\');
		buf_addc(b, (char)*s);
	}
}

static bool print_alpn(struct buf *b, struct rdata *v)
{
	size_t start = v->at;

	buf_adds(b, "=\"");
	while (v->at < v->end) {
		const uint8_t *length, *s;

		if (v->at > start)
			buf_addc(b, ',');
		length = rr_take(v, 1);
		s = rr_take(v, *length);
		if (!s || *length == 0)
			return false;
		put_item(b, s, *length);
	}
	buf_addc(b, '"');
	return v->at > start;
}

static bool print_hints(struct buf *b, struct rdata *v, size_t size)
{
	size_t n = v->end - v->at;

	if (n == 0 || n % size)
		return false;
	for (size_t i = 0; i < n; i += size) {
		buf_addc(b, i ? ',' : '=');
		rr_put_ip(b, rr_take(v, size), size);
	}
	return true;
}

static bool print_port(struct buf *b, struct rdata *v)
{
	uint16_t port;

	if (!rr_take16(v, &port))
		return false;
	buf_printf(b, "=%u", (unsigned)port);
	return true;
}

/* A value without a form of its own, and one without a byte, which is only named. */
static bool print_other(struct buf *b, struct rdata *v, bool base64)
{
	size_t n = v->end - v->at;

	if (n == 0)
		return true;
	buf_addc(b, '=');
	if (base64)
		rr_put_base64(b, rr_take(v, n), n);
	else
		rr_put_quoted(b, rr_take(v, n), n);
	return true;
}

static bool print_value(struct buf *b, struct rdata *v, unsigned key)
{
	switch (key) {
	case MANDATORY:
		return print_mandatory(b, v);
	case ALPN:
		return print_alpn(b, v);
	case NO_DEFAULT_ALPN:
		return v->at == v->end;
	case PORT:
		return print_port(b, v);
	case IPV4HINT:
		return print_hints(b, v, 4);
	case IPV6HINT:
		return print_hints(b, v, 16);
	default:
		return print_other(b, v, key == ECH);
	}
}

/* KEY is in the list of mandatory keys, which comes first: it is taken off. */
static void note_key(struct seen *seen, unsigned key)
{
	if (seen->nmandatory && wire_get16(seen->mandatory) == key) {
		seen->mandatory += 2;
		seen->nmandatory--;
	}
}

static bool print_param(struct buf *b, struct rdata *r, struct seen *seen)
{
	struct rdata v = *r;
	uint16_t key, n;
	bool alpn = seen->last == ALPN;

	if (!rr_take16(r, &key) || !rr_take16(r, &n) || n > r->end - r->at || key <= seen->last)
		return false;
	if (key == NO_DEFAULT_ALPN && !alpn)
		return false;
	v.at = r->at;
	v.end = r->at + n;
	if (key == MANDATORY) {
		seen->mandatory = r->msg + r->at;
		seen->nmandatory = n / 2;
	} else {
		note_key(seen, key);
	}
	put_key(b, key);
	if (!print_value(b, &v, key) || v.at != v.end)
		return false;
	r->at = v.end;
	seen->last = key;
	return true;
}

bool rr_print_svcparams(struct buf *b, struct rdata *r)
{
	struct seen seen = { .last = -1 };

	while (r->at < r->end) {
		if (seen.last >= 0)
			buf_addc(b, ' ');
		if (!print_param(b, r, &seen))
			return false;
	}
	return seen.nmandatory == 0;
}
