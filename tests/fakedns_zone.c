/* SPDX-License-Identifier: MIT */
#include "fakedns.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/io.h"
#include "base/macros.h"
#include "base/scan.h"
#include "base/str.h"
#include "base/vec.h"

/*
 * The words of a type's data: 4 and 6 addresses, b s l numbers of 8, 16 and 32 bits, n a name,
 * q a word with its length before it, t such words to the end, r a word as it is, x hexadecimal
 * digits to the end.
 */
static const struct type_words {
	const char *name;
	uint16_t type;
	const char *words;
} type_words[] = {
	{ "A", 1, "4" },           { "NS", 2, "n" },      { "CNAME", 5, "n" },
	{ "SOA", 6, "nnlllll" },   { "PTR", 12, "n" },    { "MX", 15, "sn" },
	{ "TXT", 16, "t" },        { "AAAA", 28, "6" },   { "SRV", 33, "sssn" },
	{ "NAPTR", 35, "ssqqqn" }, { "DS", 43, "sbbx" },  { "SSHFP", 44, "bbx" },
	{ "TLSA", 52, "bbbx" },    { "CAA", 257, "bqr" },
};

struct node {
	struct rr *first, *last;
};

struct zone {
	struct hash names;
	struct nodes VEC(struct node) nodes;
	struct arena mem;
};

/* What is left of a line of a zone file. */
struct words {
	const char *s, *end;
};

/* One character, \X or \DDD; -1 at the end or if it is malformed. */
static int next_char(struct words *w, bool *escaped)
{
	unsigned value = 0;

	*escaped = false;
	if (w->s == w->end)
		return -1;
	if (*w->s != '\\')
		return (unsigned char)*w->s++;
	*escaped = true;
	if (++w->s == w->end)
		return -1;
	if (!str_is_digit(*w->s))
		return (unsigned char)*w->s++;
	for (int i = 0; i < 3; i++) {
		if (w->s == w->end || !str_is_digit(*w->s))
			return -1;
		value = 10 * value + (unsigned)(*w->s++ - '0');
	}
	return value < 256 ? (int)value : -1;
}

bool name_parse(struct name *name, const char *text, size_t len)
{
	struct words w = { text, text + len };
	size_t label = 0, n = 1;
	bool escaped;
	int c;

	if (len == 1 && *text == '.') {
		name->len = 1;
		name->bytes[0] = 0;
		return true;
	}
	while (w.s < w.end) {
		c = next_char(&w, &escaped);
		if (c < 0 || n >= NAME_BYTES - 1)
			return false;
		if (c != '.' || escaped) {
			name->bytes[n++] = (uint8_t)str_lower((char)c);
			continue;
		}
		if (n == label + 1 || n - label - 1 > 63)
			return false;
		name->bytes[label] = (uint8_t)(n - label - 1);
		label = n++;
	}
	if (n == label + 1) { /* a dot was the last character */
		n--;
	} else {
		if (n - label - 1 > 63)
			return false;
		name->bytes[label] = (uint8_t)(n - label - 1);
	}
	if (n == 0)
		return false;
	name->bytes[n++] = 0;
	name->len = (uint8_t)n;
	return true;
}

void name_text(const struct name *name, char *text)
{
	static const char digits[] = "0123456789";
	size_t at = 0;

	if (name->len == 1)
		*text++ = '.';
	while (name->bytes[at]) {
		for (size_t left = name->bytes[at++]; left > 0; left--, at++) {
			uint8_t c = name->bytes[at];

			if (c > ' ' && c < 0x7f && c != '.' && c != '\\') {
				*text++ = (char)c;
				continue;
			}
			*text++ = '\\';
			*text++ = digits[c / 100];
			*text++ = digits[c / 10 % 10];
			*text++ = digits[c % 10];
		}
		*text++ = '.';
	}
	*text = '\0';
}

static struct node *add_node(struct zone *zone, const uint8_t *name, size_t len)
{
	size_t *at = hash_put(&zone->names, name, len);

	if (*at == HASH_NONE) {
		*at = zone->nodes.n;
		*vec_push(&zone->nodes) = (struct node){ 0 };
	}
	return &zone->nodes.v[*at];
}

static void add_rr(struct zone *zone, const struct name *name, const struct rr *rr)
{
	struct rr *copy = arena_alloc(&zone->mem, sizeof(*copy));
	struct node *node;

	*copy = *rr;
	copy->data = (const uint8_t *)arena_copy(&zone->mem, rr->data, rr->len);
	copy->next = NULL;
	for (size_t at = 0; name->bytes[at]; at += name->bytes[at] + 1U)
		add_node(zone, name->bytes + at, name->len - at);
	node = add_node(zone, name->bytes, name->len);
	if (node->last)
		node->last->next = copy;
	else
		node->first = copy;
	node->last = copy;
}

const struct rr *zone_find(const struct zone *zone, const uint8_t *name, size_t len, bool *exists)
{
	size_t at = zone ? hash_get(&zone->names, name, len) : HASH_NONE;

	*exists = at != HASH_NONE;
	return *exists ? zone->nodes.v[at].first : NULL;
}

/* The next word, without quotation marks; NULL at the end of the line. */
static const char *next_word(struct words *w, size_t *len)
{
	const char *start;

	while (w->s < w->end && str_is_space(*w->s))
		w->s++;
	if (w->s == w->end || *w->s == ';')
		return NULL;
	if (*w->s == '"') {
		for (start = ++w->s; w->s < w->end && *w->s != '"'; w->s++)
			w->s += *w->s == '\\' && w->s + 1 < w->end;
		*len = (size_t)(w->s - start);
		w->s += w->s < w->end;
		return start;
	}
	for (start = w->s; w->s < w->end && !str_is_space(*w->s); w->s++)
		;
	*len = (size_t)(w->s - start);
	return start;
}

static bool add_number(struct buf *b, const char *word, size_t len, unsigned bytes)
{
	uint64_t value;

	if (len == 0 || scan_uint(word, word + len, UINT32_MAX >> (32 - 8 * bytes), &value) != len)
		return false;
	while (bytes-- > 0)
		buf_addc(b, (char)(value >> (8 * bytes)));
	return true;
}

/* The characters of WORD, behind their number if COUNTED. */
static bool add_text(struct buf *b, const char *word, size_t len, bool counted)
{
	struct words w = { word, word + len };
	size_t at = b->len;
	bool escaped;

	if (counted)
		buf_addc(b, 0);
	while (w.s < w.end) {
		int c = next_char(&w, &escaped);

		if (c < 0)
			return false;
		buf_addc(b, (char)c);
	}
	if (!counted)
		return true;
	b->data[at] = (char)(b->len - at - 1);
	return b->len - at - 1 < 256;
}

static bool add_hex(struct buf *b, const char *word, size_t len)
{
	for (size_t i = 0; i + 1 < len; i += 2) {
		int high = str_hex_digit(word[i]), low = str_hex_digit(word[i + 1]);

		if (high < 0 || low < 0)
			return false;
		buf_addc(b, (char)(high << 4 | low));
	}
	return len % 2 == 0;
}

static bool add_address(struct buf *b, const char *word, size_t len, unsigned family)
{
	struct err err;
	struct ip ip;

	if (ip_parse(&ip, word, len, 0, &err) < 0 || ip.family != family)
		return false;
	buf_add(b, ip.b, ip_size(&ip));
	return true;
}

static bool add_name(struct buf *b, const char *word, size_t len)
{
	struct name name;

	if (!name_parse(&name, word, len))
		return false;
	buf_add(b, name.bytes, name.len);
	return true;
}

static bool add_word(struct buf *b, char kind, const char *word, size_t len)
{
	switch (kind) {
	case '4':
		return add_address(b, word, len, 4);
	case '6':
		return add_address(b, word, len, 6);
	case 'b':
		return add_number(b, word, len, 1);
	case 's':
		return add_number(b, word, len, 2);
	case 'l':
		return add_number(b, word, len, 4);
	case 'n':
		return add_name(b, word, len);
	case 'x':
		return add_hex(b, word, len);
	default:
		return add_text(b, word, len, kind != 'r');
	}
}

/* The data of a record: as its type has it, or "\# LENGTH HEX" (RFC 3597 section 5). */
static bool read_data(struct buf *b, const char *kinds, struct words *w)
{
	struct words start = *w;
	const char *word;
	size_t len;

	word = next_word(w, &len);
	if (word && len == 2 && memcmp(word, "\\#", 2) == 0) {
		uint64_t want;

		word = next_word(w, &len);
		if (!word || scan_uint(word, word + len, UINT16_MAX, &want) != len)
			return false;
		while ((word = next_word(w, &len))) {
			if (!add_hex(b, word, len))
				return false;
		}
		return b->len == want;
	}
	*w = start;
	for (const char *kind = kinds; kind && *kind; kind += *kind != 't' && *kind != 'x') {
		word = next_word(w, &len);
		if (!word && kind != kinds && (*kind == 't' || *kind == 'x'))
			return true;
		if (!word)
			return b->len > 0 && (*kind == 't' || *kind == 'x');
		if (!add_word(b, *kind, word, len))
			return false;
	}
	return kinds && !next_word(w, &len);
}

static bool read_type(struct rr *rr, const char **kinds, const char *word, size_t len)
{
	uint64_t number;

	for (size_t i = 0; i < ARRAY_SIZE(type_words); i++) {
		if (strlen(type_words[i].name) == len &&
		    memcmp(type_words[i].name, word, len) == 0) {
			rr->type = type_words[i].type;
			*kinds = type_words[i].words;
			return true;
		}
	}
	*kinds = NULL;
	if (len <= 4 || memcmp(word, "TYPE", 4) != 0 ||
	    scan_uint(word + 4, word + len, UINT16_MAX, &number) != len - 4)
		return false;
	rr->type = (uint16_t)number;
	return true;
}

/* NULL, or what is wrong with the line. */
static const char *read_line(struct zone *zone, const char *line, size_t line_len)
{
	struct words w = { line, line + line_len };
	struct buf data = { 0 };
	struct rr rr = { 0 };
	const char *word, *kinds, *why = NULL;
	struct name name;
	uint64_t ttl;
	size_t len;

	word = next_word(&w, &len);
	if (!word)
		return NULL;
	if (!name_parse(&name, word, len))
		return "bad name";
	word = next_word(&w, &len);
	if (!word || scan_uint(word, word + len, UINT32_MAX, &ttl) != len)
		return "bad TTL";
	rr.ttl = (uint32_t)ttl;
	word = next_word(&w, &len);
	if (word && len == 2 && memcmp(word, "IN", 2) == 0)
		word = next_word(&w, &len);
	if (!word || !read_type(&rr, &kinds, word, len))
		return "bad type";
	if (read_data(&data, kinds, &w) && data.len <= UINT16_MAX) {
		rr.data = (const uint8_t *)buf_str(&data);
		rr.len = (uint16_t)data.len;
		add_rr(zone, &name, &rr);
	} else {
		why = "bad data";
	}
	buf_fini(&data);
	return why;
}

struct zone *zone_load(const char *file, struct err *err)
{
	struct zone *zone = xcalloc(1, sizeof(*zone));
	struct io_lines lines = { .delimiter = '\n', .name = file };
	const char *why = NULL;
	char *line;
	size_t len;
	int more;

	lines.fd = open(file, O_RDONLY | O_CLOEXEC);
	if (lines.fd < 0) {
		(void)err_sys(err, "open %s", file);
		zone_free(zone);
		return NULL;
	}
	while (!why && (more = io_lines_next(&lines, &line, &len, err)) > 0)
		why = read_line(zone, line, len);
	if (why)
		more = err_set(err, ERR_USAGE, "%s:%llu: %s", file,
			       (unsigned long long)lines.number, why);
	io_lines_fini(&lines);
	close(lines.fd);
	if (more < 0) {
		zone_free(zone);
		return NULL;
	}
	return zone;
}

void zone_free(struct zone *zone)
{
	if (!zone)
		return;
	hash_fini(&zone->names);
	vec_fini(&zone->nodes);
	arena_fini(&zone->mem);
	free(zone);
}
