/* SPDX-License-Identifier: MIT */
#include "sockopt/rules.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <time.h>

#include "base/io.h"
#include "base/scan.h"
#include "base/str.h"
#include "sockopt/rules_impl.h"

static const struct rule rules[] = {
#define SYSCTL(option, name)
#define RULE(option, kind, a, b, sysctl, text) { #option, sysctl, text, a, b, RULE_##kind },
#include "sockopt/rules.def"
#undef SYSCTL
#undef RULE
};

static const struct {
	const char *option, *name;
} sysctls[] = {
#define SYSCTL(option, name) { #option, name },
#define RULE(option, kind, a, b, sysctl, text)
#include "sockopt/rules.def"
#undef SYSCTL
#undef RULE
};

uint64_t rules_tick_ns(void)
{
#ifdef CLOCK_MONOTONIC_COARSE
	struct timespec tick;

	/* This clock goes on with the tick. */
	if (clock_getres(CLOCK_MONOTONIC_COARSE, &tick) == 0 && tick.tv_sec == 0)
		return (uint64_t)tick.tv_nsec;
#endif
	return 0;
}

size_t rules_sysctls(const struct option_row *o, const char **names, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(sysctls); i++) {
		if (strcmp(sysctls[i].option, option_name(o)) != 0)
			continue;
		if (n < max)
			names[n] = sysctls[i].name;
		n++;
	}
	return n;
}

/* The path of sysctl NAME, N bytes without the index. */
static void put_path(struct buf *b, const char *folder, const char *name, size_t n)
{
	buf_printf(b, "%s/", folder);
	for (size_t i = 0; i < n; i++)
		buf_addc(b, name[i] == '.' ? '/' : name[i]);
}

/* Appends word number INDEX of TEXT, or, if that is below 0, all with one space between. */
static void put_words(struct buf *b, const char *text, int index)
{
	static const char between[] = " \t\n";
	const char *s = text + strspn(text, between);

	for (int i = 0; *s; i++) {
		size_t n = strcspn(s, between);

		if (index < 0 && i > 0)
			buf_addc(b, ' ');
		if (index < 0 || i == index)
			str_safe(b, s, n);
		s += n;
		s += strspn(s, between);
	}
}

bool rules_sysctl(struct buf *b, const char *name, const struct rules_env *env)
{
	const char *bracket = strchr(name, '[');
	size_t before = b->len, n = bracket ? (size_t)(bracket - name) : strlen(name);
	struct buf path = { 0 }, text = { 0 };
	struct err ignored;

	if (!env->sysctls)
		return false;
	put_path(&path, env->sysctls, name, n);
	if (io_read_file(&text, buf_str(&path), &ignored) > 0)
		put_words(b, buf_str(&text), bracket ? bracket[1] - '0' : -1);
	buf_fini(&path);
	buf_fini(&text);
	return b->len > before;
}

bool rule_sysctl_number(const struct rules_env *env, const char *name, long long *number)
{
	struct buf text = { 0 };
	int64_t n = 0;
	bool ok = rules_sysctl(&text, name, env) && scan_int_all(buf_str(&text), &n);

	*number = n;
	buf_fini(&text);
	return ok;
}

/* Appends NUMBER as the option shows it. */
static void put_number(struct buf *b, const struct rule_facts *f, int number)
{
	struct value v;

	v.type = f->asked->type;
	value_set_number(&v, number);
	value_text(b, &v);
}

static void put_value(struct buf *b, const struct value *v)
{
	if (v)
		value_text(b, v);
	else
		buf_addc(b, '-');
}

/* Appends what {WORD} of R's text stands for. */
static void put_word(struct buf *b, const struct rule *r, const struct rule_facts *f,
		     const char *word)
{
	if (strcmp(word, "a") == 0)
		put_number(b, f, r->a);
	else if (strcmp(word, "b") == 0)
		put_number(b, f, r->b);
	else if (strcmp(word, "asked") == 0)
		put_value(b, f->asked);
	else if (strcmp(word, "got") == 0)
		put_value(b, f->got);
	else if (strcmp(word, "was") == 0)
		put_value(b, f->was);
	else if (strcmp(word, "cap") == 0)
		buf_adds(b, option_capability(f->c->row));
	else if (strcmp(word, "tick") == 0)
		buf_printf(b, "%" PRIu64 " ms", f->env->tick_ns / 1000000);
	else
		buf_adds(b, word);
	if (!str_starts(word, "net."))
		return;
	buf_addc(b, '=');
	if (!rules_sysctl(b, word, f->env))
		b->len--;
}

/* Appends R's text. */
static void put_text(struct buf *b, const struct rule *r, const struct rule_facts *f)
{
	const char *text = r->text;
	char word[64];

	if (!*text)
		text = r->b - r->a == 1 ? "it takes {a} or {b}" : "it takes {a} to {b}";
	for (const char *s = text; *s;) {
		size_t n = strcspn(s, "{"), len;

		buf_add(b, s, n);
		s += n;
		if (!*s)
			return;
		len = strcspn(++s, "}");
		if (len >= sizeof(word))
			return;
		memcpy(word, s, len);
		word[len] = '\0';
		put_word(b, r, f, word);
		s += len + 1;
	}
}

/* What OUT foretells is what came. */
static bool came_true(const struct ruling *out, const struct rule_facts *f)
{
	switch (out->what) {
	case RULING_VALUE:
		return f->code == 0 && f->got && value_equal(&out->would, f->got);
	case RULING_ABOUT:
		return f->code == 0 && f->got && !value_equal(f->asked, f->got);
	case RULING_CODE:
	case RULING_NEEDS:
		return f->code == out->code;
	case RULING_TELL:
		return f->code == 0;
	}
	return false;
}

static void put_between(struct buf *b, size_t start, const char *between)
{
	if (b->len > start)
		buf_adds(b, between);
}

/*
 * Appends the texts of the rules that came true: the first reason, and all that is to be told.
 * Returns whether a reason was found.
 */
static bool put_reasons(struct buf *b, const struct rule_facts *f)
{
	const char *name = option_name(f->c->row);
	size_t start = b->len;
	bool found = false;

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		const struct rule *r = &rules[i];
		struct ruling out;
		bool tells = r->kind >= RULE_TELL;

		if (strcmp(r->option, name) != 0 || (found && !tells) || !rule_fits(r, f, &out) ||
		    !came_true(&out, f))
			continue;
		put_between(b, start, "; ");
		put_text(b, r, f);
		found = found || !tells;
	}
	return found;
}

static void set_facts(struct rule_facts *f, const struct rules_case *c, const struct rules_env *env)
{
	const struct own_try *t = c->t;

	f->c = c;
	f->env = env;
	f->asked = &t->asked;
	f->was = t->was_code ? NULL : &t->was;
	f->got = t->got_code ? NULL : &t->got;
	f->code = t->set_code;
	f->is_number = value_number(&t->asked, &f->number);
}

static bool is_elsewhere(const struct rules_case *c)
{
	const struct own_kind *kind = c->kind;

	return kind && kind->family >= 0 && kind->protocol >= 0 &&
	       !option_applies(c->row, kind->family, kind->type, kind->protocol);
}

enum {
	KERNEL_ENOTSUPP = 524, /* of the kernel alone, which some options let out */
};

/* Why it may have been refused, of any option; "" if nothing is known. */
static void put_refusal(struct buf *b, const struct rule_facts *f)
{
	const struct option_row *row = f->c->row;

	switch (f->code) {
	case ENOPROTOOPT:
#if EOPNOTSUPP != ENOPROTOOPT
	case EOPNOTSUPP:
#endif
		if (is_elsewhere(f->c))
			buf_printf(b, "this socket has no options of %s", option_level(row)->name);
		else if (!(row->flags & OPTION_SET))
			buf_adds(b, "it can only be read");
		else
			buf_printf(b, "this kernel or this kind of socket does not have it%s%s",
				   *option_since(row) ? "; since Linux " : "", option_since(row));
		return;
	case KERNEL_ENOTSUPP:
		buf_adds(b, "this kind of socket cannot do it");
		return;
	case EPERM:
	case EACCES:
		if (*option_capability(row))
			buf_printf(b, "it needs %s", option_capability(row));
		return;
	}
}

static void put_refused(struct buf *b, const struct rule_facts *f)
{
	struct buf why = { 0 };

	if (!put_reasons(&why, f))
		put_refusal(&why, f);
	buf_printf(b, "refused: %s", strerror(f->code));
	if (why.len)
		buf_printf(b, " (%s)", buf_str(&why));
	buf_fini(&why);
}

static void put_changed(struct buf *b, const struct rule_facts *f)
{
	size_t start = b->len;
	struct buf why = { 0 };
	long long got;

	if (!put_reasons(&why, f)) {
		buf_adds(b, !f->is_number || !value_number(f->got, &got) ? "changed by the kernel" :
			    got < f->number                              ? "lowered by the kernel" :
									   "raised by the kernel");
		if (why.len)
			put_between(b, start, "; ");
	}
	buf_add(b, why.data, why.len);
	buf_fini(&why);
}

bool rules_why(struct buf *b, const struct rules_case *c, const struct rules_env *env)
{
	size_t start = b->len;
	struct rule_facts f;
	struct buf why = { 0 };

	set_facts(&f, c, env);
	switch (c->t->outcome) {
	case OWN_SET:
	case OWN_DOUBLED:
		put_reasons(b, &f);
		break;
	case OWN_DIFFERENT:
		put_changed(b, &f);
		break;
	case OWN_REFUSED:
		put_refused(b, &f);
		break;
	case OWN_UNREADABLE:
		put_reasons(&why, &f);
		buf_adds(b, c->t->got_code == ENOTCONN ? "set; only a connection shows it" :
							 "set; it cannot be read back");
		if (why.len)
			buf_printf(b, "; %s", buf_str(&why));
		break;
	}
	buf_fini(&why);
	return b->len > start;
}

/* What comes of T->asked where no rule says otherwise. */
static void predict_plain(struct own_try *t, const struct option_row *row)
{
	long long asked;

	t->set_code = 0;
	t->got_code = option_readback(row) ? 0 : ENOPROTOOPT;
	t->got = t->asked;
	if ((row->flags & OPTION_TWICE) && value_number(&t->asked, &asked))
		value_set_number(&t->got, 2 * asked);
}

static void predict_refused(struct own_try *t, int code)
{
	t->set_code = code;
	t->got = t->was;
	t->got_code = t->was_code;
}

/* Takes over what OUT foretells; false if that is nothing but a word. */
static bool predict_as(struct own_try *t, const struct ruling *out)
{
	switch (out->what) {
	case RULING_VALUE:
	case RULING_ABOUT:
		t->got = out->would;
		return true;
	case RULING_CODE:
		predict_refused(t, out->code);
		return true;
	case RULING_NEEDS:
	case RULING_TELL:
		break;
	}
	return false;
}

bool rules_predict(struct own_try *t, struct buf *why, const struct rules_case *c,
		   const struct rules_env *env)
{
	const struct rules_case now = { c->row, c->kind, t };
	size_t start = why->len;
	bool found = false;
	struct rule_facts f;

	predict_plain(t, c->row);
	if (is_elsewhere(c)) {
		predict_refused(t, ENOPROTOOPT);
		t->outcome = own_compare(c->row, t);
		return rules_why(why, &now, env);
	}
	for (size_t i = 0; i < ARRAY_SIZE(rules) && t->set_code == 0; i++) {
		const struct rule *r = &rules[i];
		struct ruling out;

		set_facts(&f, &now, env);
		if (!found) /* a rule must not see in GOT what it is asked for */
			f.got = NULL;
		f.code = -1;
		if (strcmp(r->option, option_name(c->row)) != 0)
			continue;
		if (r->kind >= RULE_TELL)
			f.got = t->got_code ? NULL : &t->got;
		if (!rule_fits(r, &f, &out) ||
		    (found && (out.what != RULING_NEEDS && out.what != RULING_TELL)))
			continue;
		found = predict_as(t, &out) || found;
		set_facts(&f, &now, env);
		put_between(why, start, "; ");
		put_text(why, r, &f);
	}
	t->outcome = own_compare(c->row, t);
	return why->len > start;
}
