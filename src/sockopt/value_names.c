/* SPDX-License-Identifier: MIT */
/* value_names.c - the types that are one number and have names for it */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <net/if.h>
#include <string.h>

#include "base/scan.h"
#include "base/str.h"
#include "net/names.h"
#include "net/sa.h"
#include "sockopt/value_impl.h"

static const char *constant(const struct value *v)
{
	int n = (int)value_load(v);

	return v->type == VALUE_SOCKTYPE ? names_of(NAMES_SOCK, n) :
	       v->type == VALUE_PROTO    ? names_of(NAMES_IPPROTO, n) :
	       v->type == VALUE_FAMILY   ? names_of(NAMES_AF, n) :
					   err_code_name(n);
}

void value_text_constant(struct buf *b, const struct value *v)
{
	const char *name = constant(v);

	if (name)
		buf_adds(b, name);
	else
		value_text_int(b, v);
}

void value_json_constant(struct buf *b, const struct value *v)
{
	const char *name = constant(v);

	if (name)
		str_json(b, name, strlen(name));
	else
		value_text_int(b, v);
}

int value_parse_constant(struct value *v, const char *what, const char *text, struct err *err)
{
	enum names_set set = v->type == VALUE_SOCKTYPE ? NAMES_SOCK :
			     v->type == VALUE_PROTO    ? NAMES_IPPROTO :
							 NAMES_AF;
	int number;
	int64_t n;

	if (names_value(set, text, &number))
		n = number;
	else if (!scan_int_all(text, &n))
		return value_bad(what, text, "the name of a constant or a number", err);
	return value_store_checked(v, n, what, text, err);
}

/* RFC 2474, 2597, 3246, 5865, 8622: the six upper bits of the octet. */
static const struct value_name dscps[] = {
	{ 0, "CS0" },   { 8, "CS1" },   { 16, "CS2" },  { 24, "CS3" },  { 32, "CS4" },
	{ 40, "CS5" },  { 48, "CS6" },  { 56, "CS7" },  { 10, "AF11" }, { 12, "AF12" },
	{ 14, "AF13" }, { 18, "AF21" }, { 20, "AF22" }, { 22, "AF23" }, { 26, "AF31" },
	{ 28, "AF32" }, { 30, "AF33" }, { 34, "AF41" }, { 36, "AF42" }, { 38, "AF43" },
	{ 46, "EF" },   { 44, "VA" },   { 1, "LE" },
};

void value_text_tos(struct buf *b, const struct value *v)
{
	int64_t n = value_load(v);

	if (n < 0 || n > 255) {
		value_text_int(b, v);
		return;
	}
	buf_printf(b, "0x%02x", (unsigned)n);
	for (size_t i = 0; i < ARRAY_SIZE(dscps); i++)
		if (n > 3 && dscps[i].number == n >> 2)
			buf_printf(b, " (%s)", dscps[i].name);
}

int value_parse_tos(struct value *v, const char *what, const char *text, struct err *err)
{
	int64_t n;

	for (size_t i = 0; i < ARRAY_SIZE(dscps); i++) {
		if (!str_eq_nocase(dscps[i].name, text))
			continue;
		value_store(v, dscps[i].number << 2);
		return 0;
	}
	if (!scan_int_all(text, &n))
		return value_bad(what, text, "a number or a DSCP name such as EF or AF21", err);
	return value_store_checked(v, n, what, text, err);
}

/* IP_PMTUDISC_ and IPV6_PMTUDISC_, whose numbers are the same. */
static const struct value_name pmtuds[] = {
	{ 0, "dont" },  { 1, "want" },      { 2, "do" },
	{ 3, "probe" }, { 4, "interface" }, { 5, "omit" },
};

static const char *pmtud_name(const struct value *v)
{
	for (size_t i = 0; i < ARRAY_SIZE(pmtuds); i++)
		if (pmtuds[i].number == value_load(v))
			return pmtuds[i].name;
	return NULL;
}

void value_text_pmtud(struct buf *b, const struct value *v)
{
	const char *name = pmtud_name(v);

	if (name)
		buf_adds(b, name);
	else
		value_text_int(b, v);
}

void value_json_pmtud(struct buf *b, const struct value *v)
{
	const char *quote = pmtud_name(v) ? "\"" : "";

	buf_adds(b, quote);
	value_text_pmtud(b, v);
	buf_adds(b, quote);
}

int value_parse_pmtud(struct value *v, const char *what, const char *text, struct err *err)
{
	int64_t n;

	for (size_t i = 0; i < ARRAY_SIZE(pmtuds); i++) {
		if (!str_eq_nocase(pmtuds[i].name, text))
			continue;
		value_store(v, pmtuds[i].number);
		return 0;
	}
	if (!scan_int_all(text, &n))
		return value_bad(what, text, "dont, want, do, probe, interface, omit or a number",
				 err);
	return value_store_checked(v, n, what, text, err);
}

/* SOCK_SNDBUF_LOCK, SOCK_RCVBUF_LOCK. */
static const struct value_name buffer_locks[] = { { 1, "snd" }, { 2, "rcv" }, { 0, NULL } };

/* RFC 5014: IPV6_PREFER_SRC_TMP and so on. */
static const struct value_name preferences[] = {
	{ 0x1, "tmp" },    { 0x2, "public" }, { 0x100, "pubtmp-default" }, { 0x4, "coa" },
	{ 0x400, "home" }, { 0x8, "cga" },    { 0x800, "noncga" },         { 0, NULL },
};

static const struct value_name *bit_names(enum value_type type)
{
	return type == VALUE_BUFLOCK ? buffer_locks : preferences;
}

/* The names of the bits, SEPARATOR between them, QUOTE around each. */
static void put_bits(struct buf *b, const struct value *v, const char *separator, const char *quote)
{
	uint64_t bits = (uint64_t)value_load(v);
	const char *between = "";

	for (const struct value_name *n = bit_names(v->type); n->name; n++) {
		if (!(bits & n->number))
			continue;
		buf_printf(b, "%s%s%s%s", between, quote, n->name, quote);
		between = separator;
		bits &= ~(uint64_t)n->number;
	}
	if (bits)
		buf_printf(b, "%s%s0x%" PRIx64 "%s", between, quote, bits, quote);
}

void value_text_bits(struct buf *b, const struct value *v)
{
	if (value_load(v) == 0)
		buf_addc(b, '0');
	put_bits(b, v, "|", "");
}

void value_json_bits(struct buf *b, const struct value *v)
{
	buf_addc(b, '[');
	put_bits(b, v, ",", "\"");
	buf_addc(b, ']');
}

/* The bit that the N bytes at TEXT name, or the bits that they are as a number. */
static bool scan_bits(enum value_type type, const char *text, size_t n, int64_t *bits)
{
	char word[24];

	if (n >= sizeof(word))
		return false;
	memcpy(word, text, n);
	word[n] = '\0';
	for (const struct value_name *name = bit_names(type); name->name; name++) {
		if (!str_eq_nocase(name->name, word))
			continue;
		*bits = name->number;
		return true;
	}
	return scan_int_all(word, bits);
}

int value_parse_bits(struct value *v, const char *what, const char *text, struct err *err)
{
	int64_t all = 0, bits;

	for (const char *s = text;; s++) {
		size_t n = strcspn(s, "|");

		if (!scan_bits(v->type, s, n, &bits))
			return value_bad(what, text,
					 v->type == VALUE_BUFLOCK ?
						 "snd, rcv, snd|rcv or a number" :
						 "names such as tmp|home or a number",
					 err);
		all |= bits;
		s += n;
		if (!*s)
			return value_store_checked(v, all, what, text, err);
	}
}

static uint32_t interface_index(const struct value *v)
{
	uint32_t n = (uint32_t)value_load(v);

	return v->type == VALUE_IFINDEX_BE ? ntohl(n) : n;
}

void value_text_ifindex(struct buf *b, const struct value *v)
{
	uint32_t n = interface_index(v);
	char name[IF_NAMESIZE];

	buf_printf(b, "%" PRIu32, n);
	if (n && if_indextoname(n, name)) {
		buf_adds(b, " (");
		str_safe(b, name, strlen(name));
		buf_addc(b, ')');
	}
}

void value_json_ifindex(struct buf *b, const struct value *v)
{
	buf_printf(b, "%" PRIu32, interface_index(v));
}

int value_parse_ifindex(struct value *v, const char *what, const char *text, struct err *err)
{
	char show[STR_SHOW];
	int64_t n;

	if (!scan_int_all(text, &n)) {
		errno = 0;
		n = if_nametoindex(text);
		if (n == 0 && !sa_no_interface(errno))
			return err_sys(err, "%s: \"%s\"", what, str_show(show, text));
		if (n == 0)
			return value_bad(what, text, "an interface of this machine or a number",
					 err);
	}
	if (n < 0 || n > INT32_MAX)
		return value_bad(what, text, "the number of an interface", err);
	value_store(v, v->type == VALUE_IFINDEX_BE ? (int32_t)htonl((uint32_t)n) : n);
	return 0;
}
