/* SPDX-License-Identifier: MIT */
#include "db/format.h"

#include <string.h>

#include "base/io.h"
#include "base/str.h"
#include "db/db.h"
#include "db/dbline.h"

enum {
	/* Every port of four protocols: what ranges can be made of, however many they are. */
	RANGED_MAX = 4 * 65536,

	FIELDS_MAX = 256, /* of a record that are looked at: IANA's have a dozen */
};

/* A field of a record: a string in the db's memory, and where it begins in the record. */
struct field {
	char *text;
	size_t len, at;
};

struct fields VEC(struct field);

/* Takes the quotes off the field from S to END, in place; returns its length. */
static size_t unquote(char *s, const char *end)
{
	char *to = s, *start = s;
	bool quoted = false;

	for (; s < end; s++) {
		if (*s != '"')
			*to++ = *s;
		else if (quoted && s + 1 < end && s[1] == '"')
			*to++ = *s++;
		else
			quoted = !quoted;
	}
	return (size_t)(to - start);
}

/* The end of the field from S on: a comma that is not in quotes, or END. */
static char *field_end(char *s, const char *end)
{
	bool quoted = false;

	for (; s < end && (quoted || *s != ','); s++)
		quoted ^= *s == '"';
	return s;
}

/* Takes the first FIELDS_MAX off the LEN bytes at TEXT, a string that may be written to. */
static void split(struct fields *fields, char *text, size_t len)
{
	char *end = text + len;

	for (char *s = text; fields->n < FIELDS_MAX; s++) {
		char *stop = field_end(s, end);
		struct field f = { .text = s, .at = (size_t)(s - text) };
		bool last = stop == end;

		f.len = unquote(s, stop);
		while (f.len && str_is_space(f.text[f.len - 1]))
			f.len--;
		while (f.len && str_is_space(*f.text)) {
			f.text++;
			f.len--;
		}
		f.text[f.len] = '\0';
		*vec_push(fields) = f;
		if (last)
			return;
		s = stop;
	}
}

/* The number of the field that is NAME, or how many there are. */
static size_t find(const struct fields *fields, const char *name)
{
	size_t i = 0;

	while (i < fields->n && !str_eq_nocase(fields->v[i].text, name))
		i++;
	return i;
}

/* FIELDS are the headings of CSV; stores where the columns are. */
static bool has_headings(size_t cols[DB_CSV_COLS], const struct fields *fields,
			 const struct db_csv *csv)
{
	const char *const names[] = {
		[DB_CSV_NAME] = csv->name,
		[DB_CSV_NUMBER] = csv->number,
		[DB_CSV_PROTOCOL] = csv->protocol,
		[DB_CSV_COMMENT] = csv->comment,
	};

	for (size_t i = 0; i < DB_CSV_COLS; i++) {
		cols[i] = names[i] ? find(fields, names[i]) : fields->n;
		if (names[i] && cols[i] == fields->n)
			return false;
	}
	return true;
}

/* Sees whether the first line, the LEN bytes at TEXT, is the headings of a CSV. */
static int find_csv(struct db_format *f, const struct db *db, const char *text, size_t len,
		    struct err *err)
{
	static const struct db_type *const types[] = { &db_hosts, &db_protocols, &db_services };
	struct fields fields = { 0 };
	size_t bom = dbline_has_bom(text, len) ? DBLINE_BOM : 0;
	char *copy;
	int rc = 0;

	if (!len || !memchr(text, ',', len))
		return 0;
	copy = xstrndup(text + bom, len - bom);
	split(&fields, copy, strlen(copy));
	for (size_t i = 0; i < ARRAY_SIZE(types) && f->kind != DB_FORMAT_CSV; i++) {
		if (!types[i]->csv || !has_headings(f->cols, &fields, types[i]->csv))
			continue;
		f->kind = DB_FORMAT_CSV;
		if (types[i] != db->type)
			rc = err_set(err, ERR_USAGE, "%s, and no %ss", types[i]->csv->what,
				     db->type->what);
	}
	vec_fini(&fields);
	free(copy);
	return rc;
}

/* A decimal fraction or a ratio: 0.000076, 5/1000 */
static bool is_frequency(const char *text)
{
	size_t before = strspn(text, "0123456789"), behind;

	if (before == 0 || (text[before] != '.' && text[before] != '/'))
		return false;
	behind = strspn(text + before + 1, "0123456789");
	return behind && text[before + 1 + behind] == '\0';
}

/* The first entry tells whether there are frequencies: only nmap's file has them. */
static void find_frequency(struct db_format *f, struct db *db, const char *text, size_t len)
{
	struct arena a = { 0 };
	struct dbline line;

	dbline_split(&line, &a, 0, text, len);
	if (line.nfields > 1) {
		f->kind = DB_FORMAT_LINES;
		db->is_extra = line.nfields > 2 && db->type == &db_services &&
					       is_frequency(line.fields[2]) ?
				       is_frequency :
				       NULL;
	}
	arena_fini(&a);
}

/* Words with one dash between, without what is behind in brackets: "ARGUS (deprecated)" */
static const char *name_of(const struct field *field, struct arena *a)
{
	char *name = arena_copy(a, field->text, field->len), *bracket = strstr(name, " ("), *to;

	if (bracket)
		*bracket = '\0';
	to = name;
	for (const char *s = name; *s; s++) {
		if (!str_is_space(*s))
			*to++ = *s;
		else if (s[1] && !str_is_space(s[1]))
			*to++ = '-';
	}
	*to = '\0';
	return name;
}

/* The text in one line: each run of blanks and line ends is a blank. */
static void set_comment(struct db_row *row, const struct field *field)
{
	char *to = field->text;

	for (const char *s = field->text; s < field->text + field->len; s++) {
		if (!str_is_space(*s))
			*to++ = *s;
		else if (!str_is_space(s[1]))
			*to++ = ' ';
	}
	row->comment_len = (size_t)(to - field->text);
	row->comment = row->comment_len ? field->text : NULL;
}

/* The name in small letters; as it was, it is an alias then. */
static void set_names(struct db_row *row, const struct db_csv *csv, const char *name,
		      struct arena *a)
{
	const size_t n = strlen(name);
	const char **alias;
	char *lower;

	row->name = name;
	if (!csv->capitals)
		return;
	lower = arena_copy(a, name, n);
	for (size_t i = 0; i < n; i++)
		lower[i] = str_lower(name[i]);
	if (strcmp(lower, name) == 0)
		return;
	alias = arena_alloc(a, sizeof(*alias));
	*alias = name;
	row->name = lower;
	row->aliases = alias;
	row->naliases = 1;
}

/* "80" or "8000-8010" */
static int parse_numbers(const struct db_csv *csv, const struct field *field, uint32_t *first,
			 uint32_t *last, struct err *err)
{
	const char *dash = memchr(field->text, '-', field->len);
	size_t n = dash ? (size_t)(dash - field->text) : field->len;

	if (csv->parse(first, field->text, n, field->at, err) < 0)
		return -1;
	*last = *first;
	if (!dash)
		return 0;
	if (csv->parse(last, dash + 1, field->len - n - 1, field->at + n + 1, err) < 0)
		return -1;
	if (*last < *first)
		return err_set(err, ERR_USAGE, "the range ends before it begins (column %zu)",
			       field->at + n + 2);
	return 0;
}

/* Adds a row for each number from FIRST to LAST. */
static int add_rows(struct db_format *f, struct db *db, struct db_row *row, const uint32_t range[2],
		    const char *protocol, struct err *err)
{
	const size_t n = range[1] - range[0];

	if (n > RANGED_MAX - f->ranged)
		return err_set(err, ERR_USAGE, "the ranges have more than %d numbers", RANGED_MAX);
	f->ranged += n;
	for (uint32_t number = range[0]; number <= range[1]; number++) {
		db->type->csv->set(row, number, protocol);
		*vec_push(&db->rows) = *row;
	}
	return 0;
}

static int take_fields(struct db_format *f, struct db *db, const struct fields *fields,
		       struct err *err)
{
	const struct db_csv *csv = db->type->csv;
	struct field none = { .text = (char[1]){ 0 } }, cell[DB_CSV_COLS];
	struct db_row row = { .line = f->number };
	const char *name;
	uint32_t range[2];

	for (size_t i = 0; i < DB_CSV_COLS; i++) {
		cell[i] = f->cols[i] < fields->n ? fields->v[f->cols[i]] : none;
		if (i != DB_CSV_COMMENT && strlen(cell[i].text) != cell[i].len)
			return err_set(err, ERR_USAGE, "a NUL byte (column %zu)",
				       cell[i].at + strlen(cell[i].text) + 1);
	}
	name = name_of(&cell[DB_CSV_NAME], &db->memory);
	if (!*name || cell[DB_CSV_NUMBER].len == 0)
		return 0;
	if (parse_numbers(csv, &cell[DB_CSV_NUMBER], &range[0], &range[1], err) < 0)
		return -1;
	if (csv->protocol && cell[DB_CSV_PROTOCOL].len == 0)
		return err_set(err, ERR_USAGE, "no protocol (column %zu)",
			       cell[DB_CSV_PROTOCOL].at + 1);
	set_names(&row, csv, name, &db->memory);
	set_comment(&row, &cell[DB_CSV_COMMENT]);
	return add_rows(f, db, &row, range, cell[DB_CSV_PROTOCOL].text, err);
}

/* The record that is complete. */
static void take_record(struct db_format *f, struct db *db)
{
	char *text = arena_copy(&db->memory, f->record.data, f->record.len);
	struct fields fields = { 0 };
	struct err err;

	split(&fields, text, f->record.len);
	if (take_fields(f, db, &fields, &err) < 0)
		db_add_fault(db, f->number, err.text, true);
	vec_fini(&fields);
	f->record.len = 0;
}

static int csv_line(struct db_format *f, struct db *db, uint64_t number, const char *text,
		    size_t len, struct err *err)
{
	if (f->record.len == 0)
		f->number = number;
	else
		buf_addc(&f->record, '\n');
	if (f->record.len + len > IO_LINE_MAX)
		return err_set(err, ERR_USAGE, "the record of line %llu is longer than 64 MiB",
			       (unsigned long long)f->number);
	buf_add(&f->record, text, len);
	for (size_t i = 0; i < len; i++)
		f->quoted ^= text[i] == '"';
	if (!f->quoted)
		take_record(f, db);
	return 0;
}

int db_format_line(struct db_format *f, struct db *db, uint64_t number, const char *text,
		   size_t len, struct err *err)
{
	if (f->kind == DB_FORMAT_CSV)
		return csv_line(f, db, number, text, len, err);
	if (f->kind == DB_FORMAT_UNKNOWN) {
		if (number == 1 && find_csv(f, db, text, len, err) < 0)
			return -1;
		if (f->kind == DB_FORMAT_CSV)
			return 0;
		if (!dbline_is_blank(text, len))
			find_frequency(f, db, text, len);
	}
	db_read_line(db, number, text, len);
	return 0;
}

void db_format_end(struct db_format *f, struct db *db)
{
	if (f->quoted)
		db_add_fault(db, f->number, "a quote that is not closed", true);
	buf_fini(&f->record);
	db->is_extra = NULL;
}
