/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/scan.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "echo/saved_impl.h"

struct reader {
	const char *begin, *at, *end;
	struct err *err;
};

/* There is something else at the reader's place than WHAT. */
static int wanted(struct reader *r, const char *what)
{
	return err_set(r->err, ERR_USAGE, "%s is wanted at byte %zu", what,
		       (size_t)(r->at - r->begin) + 1);
}

static void skip_blanks(struct reader *r)
{
	while (r->at < r->end && str_is_space(*r->at))
		r->at++;
}

/* C is next, perhaps behind blanks. */
static bool take(struct reader *r, char c)
{
	skip_blanks(r);
	if (r->at == r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

static bool take_word(struct reader *r, const char *word)
{
	size_t n = strlen(word);

	skip_blanks(r);
	if ((size_t)(r->end - r->at) < n || memcmp(r->at, word, n) != 0)
		return false;
	r->at += n;
	return true;
}

static int read_number(struct reader *r, uint64_t *v)
{
	bool quoted = take(r, '"');
	size_t n = 0;

	if (!quoted)
		skip_blanks(r);
	n = scan_uint(r->at, r->end, UINT64_MAX, v);
	r->at += n;
	if (n == 0 || (quoted && !take(r, '"')))
		return wanted(r, "a whole number from 0 to 2^64 - 1");
	return 0;
}

static int read_yes(struct reader *r, uint64_t *yes)
{
	*yes = take_word(r, "true");
	return *yes || take_word(r, "false") ? 0 : wanted(r, "true or false");
}

static int read_word(struct reader *r, const char *const *words, uint64_t *v)
{
	for (*v = 0; words[*v]; ++*v) {
		size_t n = strlen(words[*v]);

		skip_blanks(r);
		if ((size_t)(r->end - r->at) >= n + 2 && r->at[0] == '"' &&
		    memcmp(r->at + 1, words[*v], n) == 0 && r->at[n + 1] == '"') {
			r->at += n + 2;
			return 0;
		}
	}
	*v = 0;
	return wanted(r, "a word that is known");
}

static int read_text(struct reader *r, char **text)
{
	struct buf b = { 0 };
	size_t n;

	if (take_word(r, "null"))
		return 0;
	n = scan_json_string(r->at, r->end, &b);
	r->at += n;
	if (n && !memchr(buf_str(&b), '\0', b.len))
		*text = xstrdup(b.data);
	buf_fini(&b);
	return *text ? 0 : wanted(r, "a string without a NUL, or null,");
}

static int read_bucket(struct reader *r, struct hist *h, uint64_t least, uint64_t *bucket)
{
	uint64_t count;

	if (!take(r, '['))
		return wanted(r, "a [");
	if (read_number(r, bucket) < 0)
		return -1;
	if (*bucket < least || *bucket >= HIST_BUCKETS)
		return wanted(r, "behind a bucket that is higher than the one before it, all");
	if (!take(r, ','))
		return wanted(r, "a comma");
	if (read_number(r, &count) < 0)
		return -1;
	if (!take(r, ']'))
		return wanted(r, "a ]");
	h->count[*bucket] = count;
	return 0;
}

static int read_buckets(struct reader *r, struct hist *h)
{
	uint64_t bucket, least = 0;

	if (!take(r, '['))
		return wanted(r, "a [");
	if (take(r, ']'))
		return 0;
	do {
		if (read_bucket(r, h, least, &bucket) < 0)
			return -1;
		least = bucket + 1;
	} while (take(r, ','));
	return take(r, ']') ? 0 : wanted(r, "a ]");
}

/* The next member begins with a comma, its name, which KEY gets, and a colon. */
static int read_name(struct reader *r, struct buf *key)
{
	size_t n;

	key->len = 0;
	skip_blanks(r);
	n = scan_json_string(r->at, r->end, key);
	if (n == 0)
		return wanted(r, "the name of a member");
	buf_str(key);
	r->at += n;
	return take(r, ':') ? 0 : wanted(r, "a colon");
}

/* "NAME":VALUE, with which each object begins. */
static int read_first(struct reader *r, const char *name, uint64_t *value)
{
	struct buf key = { 0 };
	int rc = take(r, '{') ? read_name(r, &key) : wanted(r, "a {");

	if (rc == 0 && strcmp(key.data, name) != 0)
		rc = err_set(r->err, ERR_USAGE, "its first member is not \"%s\"", name);
	buf_fini(&key);
	return rc < 0 ? -1 : read_number(r, value);
}

static int read_hist(struct reader *r, struct hist *h);

static int read_value(struct reader *r, void *object, const struct saved_member *m)
{
	switch (m->type) {
	case SAVED_NUMBER:
		return read_number(r, saved_place(object, m));
	case SAVED_YES:
		return read_yes(r, saved_place(object, m));
	case SAVED_WORD:
		return read_word(r, m->words, saved_place(object, m));
	case SAVED_TEXT:
		return read_text(r, saved_place(object, m));
	case SAVED_HIST:
		return read_hist(r, saved_place(object, m));
	case SAVED_BUCKETS:
		return read_buckets(r, object);
	}
	return -1;
}

/* The member NAME of the list MEMBERS that MODE has, or NULL. */
static const struct saved_member *find(const struct saved_member *members, uint64_t mode,
				       const char *name)
{
	for (; members->name; members++)
		if (strcmp(members->name, name) == 0 && members->modes & 1U << mode)
			return members;
	return NULL;
}

/* A member of OBJECT behind its comma; SEEN has a bit for each that was there. */
static int read_member(struct reader *r, const struct saved_member *members, uint64_t mode,
		       void *object, uint64_t *seen)
{
	const struct saved_member *m;
	struct buf key = { 0 };
	char show[STR_SHOW];
	int rc = read_name(r, &key);

	if (rc == 0) {
		m = find(members, mode, key.data);
		if (!m || *seen >> (m - members) & 1) {
			rc = err_set(r->err, ERR_USAGE, "its member \"%s\" is %s",
				     str_show_n(show, key.data, key.len),
				     m ? "there twice" : "not known");
		} else {
			*seen |= UINT64_C(1) << (m - members);
			rc = read_value(r, object, m);
		}
	}
	buf_fini(&key);
	return rc;
}

/* The members behind the first, in any order, and the end of the object. */
static int read_members(struct reader *r, const struct saved_member *members, uint64_t mode,
			void *object)
{
	uint64_t seen = 0;

	while (take(r, ','))
		if (read_member(r, members, mode, object, &seen) < 0)
			return -1;
	if (!take(r, '}'))
		return wanted(r, "a comma or a }");
	for (const struct saved_member *m = members; m->name; m++)
		if (m->modes & 1U << mode && !(seen >> (m - members) & 1))
			return err_set(r->err, ERR_USAGE, "it has no member \"%s\"", m->name);
	return 0;
}

static int read_hist(struct reader *r, struct hist *h)
{
	uint64_t per_octave;

	if (read_first(r, "per_octave", &per_octave) < 0)
		return -1;
	if (per_octave != HIST_SUB)
		return err_set(r->err, ERR_USAGE,
			       "its histograms have %llu buckets of each power of two, not %d",
			       (unsigned long long)per_octave, HIST_SUB);
	if (read_members(r, saved_hist_members, 0, h) < 0)
		return -1;
	return hist_is_sound(h) ? 0 :
				  err_set(r->err, ERR_USAGE,
					  "the numbers of a histogram contradict one another");
}

/* What is not wrong by itself, but for what stands elsewhere. */
static int check(const struct saved *s, struct err *err)
{
	uint64_t end_ns;

	if (s->runs == 0 || s->size_min > s->size_max || s->error_kind > ERR_SYSTEM ||
	    (s->error_kind != ERR_NONE) != (s->error != NULL) ||
	    __builtin_add_overflow(s->begin_ns, saved_elapsed(s), &end_ns))
		return err_set(err, ERR_USAGE, "its members contradict one another");
	return 0;
}

static int read_all(struct reader *r, struct saved *s)
{
	struct reader ahead;
	struct buf key = { 0 };
	uint64_t version;
	int rc;

	if (read_first(r, "netipc_result", &version) < 0)
		return -1;
	if (version != SAVED_VERSION)
		return err_set(r->err, ERR_USAGE, "it is of version %llu, not %d",
			       (unsigned long long)version, SAVED_VERSION);
	/* The mode is read ahead, and then once more as the member that it is. */
	ahead = *r;
	rc = take(&ahead, ',') ? read_name(&ahead, &key) : wanted(&ahead, "a comma");
	if (rc == 0 && strcmp(key.data, "mode") != 0)
		rc = err_set(r->err, ERR_USAGE, "its second member is not \"mode\"");
	if (rc == 0)
		rc = read_word(&ahead, saved_members[0].words, &s->mode);
	buf_fini(&key);
	if (rc < 0 || read_members(r, saved_members, s->mode, s) < 0)
		return -1;
	skip_blanks(r);
	if (r->at < r->end)
		return wanted(r, "the end of the line");
	return check(s, r->err);
}

int saved_read(struct saved *s, const char *line, size_t len, struct err *err)
{
	struct reader r = { .begin = line, .at = line, .end = line + len, .err = err };

	memset(s, 0, sizeof(*s));
	if (read_all(&r, s) == 0)
		return 0;
	saved_fini(s);
	return err_prefix(err, "no result of echo-client: ");
}
