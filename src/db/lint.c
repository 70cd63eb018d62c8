/* SPDX-License-Identifier: MIT */
#include "db/lint.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/scan.h"
#include "base/str.h"
#include "db/lint_impl.h"

#define NO_WORDS LINT_WORDS(NULL)

enum {
	NUMBER = 24, /* bytes of the text of one */
};

const struct lint_rule lint_rules[] = {
#define LINT(code, grade, fix, sentence) { #code, LINT_##grade, LINT_##fix, sentence },
#include "db/lint.def"
#undef LINT
};

const char *const lint_grades[] = { "note", "warning", "error" };

void lint_init(struct lint *l, const struct lint_type *type,
	       void (*found)(void *arg, const struct lint_finding *finding), void *arg)
{
	*l = (struct lint){ .type = type, .found = found, .arg = arg };
}

void lint_fini(struct lint *l)
{
	hash_fini(&l->names);
	hash_fini(&l->values);
	hash_fini(&l->rows);
	vec_fini(&l->seen);
	arena_fini(&l->memory);
	buf_fini(&l->fixed);
	buf_fini(&l->clean);
	buf_fini(&l->key);
	buf_fini(&l->text);
}

/* The sentence of RULE with its words put in. */
static const char *write_sentence(struct buf *b, const struct lint_rule *rule, const char *reason,
				  const char *const words[static 4])
{
	char show[STR_SHOW];

	b->len = 0;
	for (const char *s = rule->sentence; *s; s++) {
		if (*s != '$')
			buf_addc(b, *s);
		else if (*++s == '0')
			buf_adds(b, reason);
		else
			buf_adds(b, str_show(show, words[*s - '1']));
	}
	return buf_str(b);
}

static void emit(struct lint *l, enum lint_id id, size_t column, const char *reason,
		 const char *const words[static 4])
{
	l->found(l->arg, &(struct lint_finding){
				 .id = id,
				 .line = l->number ? l->number : 1,
				 .column = column,
				 .text = write_sentence(&l->text, &lint_rules[id], reason, words),
			 });
}

/* The column in the raw line of the byte at POS of the line that is split. */
static size_t raw_column(struct lint_at *at, size_t pos)
{
	size_t want = at->mark + pos;

	if (!at->has_nul)
		return want + 1;
	if (want < at->was)
		at->at = at->was = 0;
	for (; at->at < at->len; at->at++)
		if (at->raw[at->at] && at->was++ == want)
			break;
	at->was -= at->at < at->len;
	return at->at + 1;
}

static void found_at(struct lint_at *at, enum lint_id id, size_t pos, const char *reason,
		     const char *const words[static 4])
{
	emit(at->l, id, raw_column(at, pos), reason, words);
	if (lint_rules[id].fix == LINT_OUT && !at->out)
		at->out = lint_rules[id].code;
}

size_t lint_before(const struct lint_at *at, size_t i)
{
	return dbline_column(&at->line, at->line.fields[i]) - 1;
}

void lint_found(struct lint_at *at, enum lint_id id, size_t i, size_t column,
		const char *const words[static 4])
{
	found_at(at, id, lint_before(at, i) + column, NULL, words);
}

void lint_found_err(struct lint_at *at, enum lint_id id, size_t i, const struct err *err)
{
	const char *open = strrchr(err->text, '(');
	size_t pos = lint_before(at, i);
	uint64_t column;
	char *text;

	text = arena_copy(&at->memory, err->text, strlen(err->text));
	if (open && open > err->text && str_starts(open, "(column ") &&
	    scan_uint(open + 8, open + strlen(open), SIZE_MAX, &column) && column) {
		text[open - err->text - 1] = '\0';
		pos = (size_t)column - 1;
	}
	found_at(at, id, pos, text, NO_WORDS);
}

void lint_found_nowhere(struct lint *l, enum lint_id id)
{
	emit(l, id, 1, NULL, NO_WORDS);
}

void lint_edit(struct lint_at *at, size_t i, const char *text, size_t n)
{
	at->words[i] = arena_copy(&at->memory, text, n);
	at->edited = true;
}

bool lint_is_number(const char *text)
{
	return *text && text[strspn(text, "0123456789")] == '\0';
}

static bool is_name(const struct lint_at *at, size_t i)
{
	return i != at->l->type->value_field && at->words[i];
}

/* What is known of the N bytes at KEY; if nothing is, that they stand here with TEXT. */
static const struct lint_seen *look_up(struct lint *l, struct hash *h, const struct buf *key,
				       const char *text)
{
	size_t *v = hash_put(h, key->data, key->len);

	if (*v != HASH_NONE)
		return &l->seen.v[*v];
	*v = l->seen.n;
	*vec_push(&l->seen) = (struct lint_seen){
		.line = l->number,
		.text = arena_copy(&l->memory, text, strlen(text)),
	};
	return NULL;
}

static char *number_text(char to[static NUMBER], uint64_t v)
{
	snprintf(to, NUMBER, "%" PRIu64, v);
	return to;
}

/* Leaves out what stands on the line before; case tells names apart, since musl does. */
static void find_repeated(struct lint_at *at)
{
	struct hash h = { 0 };

	for (size_t i = 0; at->line.nfields > 2 && i < at->line.nfields; i++) {
		const char *word = at->words[i];
		size_t *v;

		if (!is_name(at, i))
			continue;
		v = hash_put(&h, word, strlen(word));
		if (*v == HASH_NONE) {
			*v = i;
			continue;
		}
		lint_found(at, LINT_F009, i, 0, LINT_WORDS(word));
		at->words[i] = NULL;
		at->edited = true;
	}
	hash_fini(&h);
}

/* An entry with this value and these names stands on a line before. */
static bool is_duplicate(struct lint_at *at)
{
	struct lint *l = at->l;
	const struct lint_seen *seen;
	char line[NUMBER];

	l->key.len = 0;
	buf_add(&l->key, at->value, strlen(at->value) + 1);
	for (size_t i = 0; i < at->line.nfields; i++)
		if (is_name(at, i))
			buf_add(&l->key, at->words[i], strlen(at->words[i]) + 1);
	seen = look_up(l, &l->rows, &l->key, "");
	if (!seen)
		return false;
	lint_found(at, LINT_F008, 0, 0, LINT_WORDS(number_text(line, seen->line)));
	at->removed = true;
	return true;
}

/* Names that have another value on a line before. */
static void find_shadowed(struct lint_at *at)
{
	struct lint *l = at->l;
	char line[NUMBER];

	for (size_t i = 0; i < at->line.nfields; i++) {
		const struct lint_seen *seen;

		if (!is_name(at, i))
			continue;
		l->key.len = 0;
		buf_add(&l->key, at->scope, strlen(at->scope) + 1);
		for (const char *s = at->words[i]; *s; s++)
			buf_addc(&l->key, l->type->nocase ? str_lower(*s) : *s);
		seen = look_up(l, &l->names, &l->key, at->value);
		if (seen && strcmp(seen->text, at->value) != 0)
			lint_found(at, l->type->shadowed, i, 0,
				   LINT_WORDS(at->words[i], number_text(line, seen->line),
					      seen->text));
	}
}

/* A value that has another name on a line before. */
static void find_again(struct lint_at *at)
{
	struct lint *l = at->l;
	const size_t first = l->type->value_field == 0;
	const struct lint_seen *seen;
	const char *name = at->words[first];
	char line[NUMBER];

	if (!name || l->type->may_share(at->value))
		return;
	l->key.len = 0;
	buf_adds(&l->key, at->value);
	seen = look_up(l, &l->values, &l->key, name);
	if (seen &&
	    !(l->type->nocase ? str_eq_nocase(seen->text, name) : strcmp(seen->text, name) == 0))
		lint_found(at, l->type->again, first, 0,
			   LINT_WORDS(at->value, seen->text, number_text(line, seen->line), name));
}

static void lint_fields(struct lint_at *at)
{
	const struct lint_type *type = at->l->type;
	size_t n = at->line.nfields;

	at->words = arena_alloc(&at->memory, n * sizeof(*at->words));
	memcpy(at->words, at->line.fields, n * sizeof(*at->words));
	if (type->flush && lint_before(at, 0)) {
		found_at(at, LINT_F010, 0, NULL, NO_WORDS);
		at->indented = true;
	}
	if (!type->parse(at))
		return;
	for (size_t i = 0; i < n; i++)
		if (is_name(at, i))
			type->name(at, i);
	find_repeated(at);
	if (!at->value || is_duplicate(at))
		return;
	find_shadowed(at);
	find_again(at);
}

/* The line without NUL bytes, byte order marks and CRs at the end. */
static void clean(struct lint_at *at)
{
	struct buf *b = &at->l->clean;
	const char *nul = at->len ? memchr(at->raw, '\0', at->len) : NULL, *hash;

	b->len = 0;
	for (size_t i = 0; nul && i < at->len; i++)
		if (at->raw[i])
			buf_addc(b, at->raw[i]);
	if (!nul)
		buf_add(b, at->raw, at->len);
	at->has_nul = nul != NULL;
	while (at->l->number == 1 && b->len > at->mark &&
	       dbline_has_bom(b->data + at->mark, b->len - at->mark))
		at->mark += DBLINE_BOM;
	if (at->mark) {
		emit(at->l, LINT_F001, 1, NULL, NO_WORDS);
		buf_consume(b, at->mark);
	}
	buf_str(b); /* not NULL if it is empty */
	if (!nul)
		return;
	hash = memchr(at->raw, '#', at->len);
	emit(at->l, hash && hash < nul ? LINT_F003 : LINT_F004, (size_t)(nul - at->raw) + 1, NULL,
	     NO_WORDS);
}

static void find_bytes(struct lint_at *at)
{
	char byte[8];
	uint32_t point;

	for (size_t i = 0, n; i < at->len; i += n) {
		n = (unsigned char)at->raw[i] < 0x80 ? 1 :
						       str_utf8(at->raw + i, at->len - i, &point);
		if (n)
			continue;
		snprintf(byte, sizeof(byte), "0x%02x", (unsigned)(unsigned char)at->raw[i]);
		emit(at->l, LINT_F005, i + 1, NULL, LINT_WORDS(byte));
		return;
	}
}

/* What is wrong with the end of the line. */
static void find_end(struct lint_at *at, bool cut)
{
	struct buf *b = &at->l->clean;
	const size_t longest = at->l->type->longest, len = b->len;
	char has[NUMBER], reads[NUMBER];

	if (longest && at->len > longest)
		emit(at->l, LINT_F007, longest + 1, NULL,
		     LINT_WORDS(number_text(has, at->len), number_text(reads, longest)));
	while (b->len && b->data[b->len - 1] == '\r')
		b->len--;
	if (b->len < len && !at->l->crlf) /* where one line has it, most have */
		found_at(at, LINT_F002, b->len, NULL, NO_WORDS);
	at->l->crlf |= b->len < len;
	if (cut)
		emit(at->l, LINT_F006, at->len + 1, NULL, NO_WORDS);
}

/* Appends the line with its words as they should be. */
static void put_words(struct lint_at *at)
{
	struct buf *b = &at->l->fixed;
	const char *text = at->l->clean.data;
	size_t pos = at->indented ? lint_before(at, 0) : 0, end = pos;

	for (size_t i = 0; at->edited && i < at->line.nfields; i++) {
		const size_t start = lint_before(at, i), len = strlen(at->line.fields[i]);
		const char *word = at->words[i];

		if (word != at->line.fields[i]) {
			size_t until = word ? start : end; /* the blanks before go with the word */

			buf_add(b, text + pos, until - pos);
			if (word)
				buf_adds(b, word);
			pos = start + len;
		}
		end = start + len;
	}
	if (at->l->clean.len > pos)
		buf_add(b, text + pos, at->l->clean.len - pos);
}

static void put_line(struct lint_at *at)
{
	struct buf *b = &at->l->fixed;
	const struct buf *text = &at->l->clean;
	const char *hash = text->len ? memchr(text->data, '#', text->len) : NULL;

	if (at->removed && !hash)
		return;
	if (at->removed) {
		buf_add(b, hash, text->len - (size_t)(hash - text->data));
	} else {
		if (at->out)
			buf_printf(b, "# %s: ", at->out);
		put_words(at);
	}
	buf_addc(b, '\n');
}

void lint_line(struct lint *l, const char *text, size_t len, bool cut)
{
	struct lint_at at = { .l = l, .raw = text, .len = len };

	l->number++;
	l->fixed.len = 0;
	clean(&at);
	dbline_split(&at.line, &at.memory, l->number, l->clean.data, l->clean.len);
	if (at.line.nfields)
		lint_fields(&at);
	find_bytes(&at);
	find_end(&at, cut);
	put_line(&at);
	arena_fini(&at.memory);
}

void lint_end(struct lint *l)
{
	if (l->type->end)
		l->type->end(l);
}
