/* SPDX-License-Identifier: MIT */
#include "net/ipset_expr.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

static const struct set_operator {
	char name[8];
	unsigned char binds; /* more binds first */
	enum ipset_op op;
} operators[] = {
	{ "+", 1, IPSET_UNION },        { "union", 1, IPSET_UNION },
	{ "-", 1, IPSET_DIFFERENCE },   { "minus", 1, IPSET_DIFFERENCE },
	{ "^", 1, IPSET_SYMMETRIC },    { "xor", 1, IPSET_SYMMETRIC },
	{ "&", 2, IPSET_INTERSECTION }, { "and", 2, IPSET_INTERSECTION },
};

enum {
	BINDS_PAREN = 0, /* an open parenthesis, which nothing takes off the stack but its end */
	BINDS_NOT = 3,
};

/* What waits for its right operand. */
struct waiting {
	unsigned char binds;
	enum ipset_op op;
	const char *at;
};

/* Operators wait on a stack until one that binds less follows (Dijkstra's shunting yard). */
struct parser {
	const char *text, *end, *s;
	struct ipset_expr *e;
	struct stack VEC(struct waiting) stack;
	unsigned depth;
	struct err *err;
};

static int bad(const struct parser *p, const char *at, const char *reason)
{
	char show[STR_SHOW];

	return err_set(p->err, ERR_USAGE, "\"%s\" is not a set expression: %s (column %zu)",
		       str_show_n(show, p->text, (size_t)(p->end - p->text)), reason,
		       (size_t)(at - p->text) + 1);
}

/* Fails at a word of LEN bytes where something else is WANTED. */
static int bad_word(const struct parser *p, size_t len, const char *wanted)
{
	char show[STR_SHOW], reason[STR_SHOW + 64];

	if (len == 0)
		snprintf(reason, sizeof(reason), "it ends where %s should be", wanted);
	else
		snprintf(reason, sizeof(reason), "\"%s\" where %s should be",
			 str_show_n(show, p->s, len), wanted);
	return bad(p, p->s, reason);
}

static bool ends_word(char c)
{
	return str_is_space(c) || strchr("()&^\"", c); /* a NUL too */
}

/* Bytes of the word that comes next; a sign alone is one too. */
static size_t word_length(const struct parser *p)
{
	const char *s = p->s;

	while (s < p->end && !ends_word(*s))
		s++;
	return s == p->s && s < p->end ? 1 : (size_t)(s - p->s);
}

static bool is_word(const char *s, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(s, word, len) == 0;
}

static const struct set_operator *find_operator(const char *s, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
		if (is_word(s, len, operators[i].name))
			return &operators[i];
	}
	return NULL;
}

/* Operators that bind at least so much have their operands. */
static void settle(struct parser *p, unsigned binds)
{
	while (p->stack.n && p->stack.v[p->stack.n - 1].binds >= binds) {
		const struct waiting *top = &p->stack.v[--p->stack.n];

		*vec_push(&p->e->steps) = (struct ipset_step){
			.kind = top->binds == BINDS_NOT ? IPSET_NOT : IPSET_BINARY,
			.op = top->op,
		};
	}
}

static void push(struct parser *p, unsigned char binds, enum ipset_op op)
{
	*vec_push(&p->stack) = (struct waiting){ binds, op, p->s };
}

static void add_operand(struct parser *p, const char *text, size_t len)
{
	*vec_push(&p->e->steps) = (struct ipset_step){
		.kind = IPSET_OPERAND,
		.text = text,
		.len = len,
		.before = (size_t)(text - p->text),
	};
}

static int quoted_operand(struct parser *p)
{
	const char *from = p->s + 1, *to = memchr(from, '"', (size_t)(p->end - from));

	if (!to)
		return bad(p, p->s, "a quote without its end");
	if (to == from)
		return bad(p, p->s, "an empty operand");
	add_operand(p, from, (size_t)(to - from));
	p->s = to + 1;
	return 0;
}

/* One word where an operand is wanted.  Returns 1 behind the operand, 0 if it is yet to come. */
static int before_operand(struct parser *p)
{
	size_t len = word_length(p);

	if (len && *p->s == '"')
		return quoted_operand(p) < 0 ? -1 : 1;
	if (len && *p->s == '(') {
		if (++p->depth > IPSET_EXPR_DEPTH)
			return bad(p, p->s, "too many open parentheses");
		push(p, BINDS_PAREN, IPSET_UNION);
		p->s++;
		return 0;
	}
	if (len && (*p->s == '!' || *p->s == '~' || is_word(p->s, len, "not"))) {
		push(p, BINDS_NOT, IPSET_COMPLEMENT);
		p->s += str_lower(*p->s) == 'n' ? len : 1;
		return 0;
	}
	if (len == 0 || *p->s == ')' || (find_operator(p->s, len) && !is_word(p->s, len, "-")))
		return bad_word(p, len, "a set");
	if (*p->s == '\0')
		return bad(p, p->s, "a NUL byte");
	add_operand(p, p->s, len);
	p->s += len;
	return 1;
}

static int close_parenthesis(struct parser *p)
{
	settle(p, BINDS_PAREN + 1);
	if (p->stack.n == 0)
		return bad(p, p->s, "\")\" without \"(\"");
	p->stack.n--;
	p->depth--;
	p->s++;
	return 0;
}

/* One word behind an operand.  Returns 1 if it was an operator, 0 if that is yet to come. */
static int behind_operand(struct parser *p)
{
	size_t len = word_length(p);
	const struct set_operator *op;

	if (*p->s == ')')
		return close_parenthesis(p);
	op = find_operator(p->s, len);
	if (!op) { /* "-b" is an operator and an operand here */
		len = 1;
		op = find_operator(p->s, len);
	}
	if (!op)
		return bad_word(p, word_length(p), "an operator");
	settle(p, op->binds);
	push(p, op->binds, op->op);
	p->s += len;
	return 1;
}

static int parse(struct parser *p)
{
	bool have = false; /* an operand stands before */

	for (;;) {
		int rc;

		while (p->s < p->end && str_is_space(*p->s))
			p->s++;
		if (p->s == p->end && have)
			break;
		rc = have ? behind_operand(p) : before_operand(p);
		if (rc < 0)
			return -1;
		have = have != (rc == 1);
	}
	settle(p, BINDS_PAREN + 1);
	if (p->stack.n)
		return bad(p, p->stack.v[p->stack.n - 1].at, "\"(\" without \")\"");
	return 0;
}

int ipset_expr_parse(struct ipset_expr *e, const char *text, size_t len, struct err *err)
{
	struct parser p = { .text = text, .end = text + len, .s = text, .e = e, .err = err };
	int rc;

	*e = (struct ipset_expr){ 0 };
	rc = parse(&p);
	vec_fini(&p.stack);
	return rc;
}

void ipset_expr_fini(struct ipset_expr *e)
{
	vec_fini(&e->steps);
}

struct values VEC(struct ipset);

/* What STEP makes of the values on the stack. */
static int take_step(struct values *values, const struct ipset_step *step, ipset_load *load,
		     void *to, struct err *err)
{
	struct ipset out = { 0 }, *a, *b;

	if (step->kind == IPSET_OPERAND) {
		a = vec_push(values);
		*a = out;
		if (load(to, step, a, err) < 0)
			return -1;
		ipset_seal(a);
		return 0;
	}
	if (!values->v) /* the parser lets no operator be first */
		return 0;
	if (step->kind == IPSET_BINARY)
		values->n--;
	a = &values->v[values->n - 1];
	b = a + (step->kind == IPSET_BINARY);
	ipset_combine(&out, a, b, step->op);
	if (b != a)
		ipset_fini(b);
	ipset_fini(a);
	*a = out;
	return 0;
}

int ipset_expr_eval(const struct ipset_expr *e, ipset_load *load, void *to, struct ipset *out,
		    struct err *err)
{
	struct values values = { 0 };
	int rc = 0;

	for (size_t i = 0; i < e->steps.n && rc == 0; i++)
		rc = take_step(&values, &e->steps.v[i], load, to, err);
	if (rc == 0 && values.v)
		*out = values.v[--values.n];
	while (values.n)
		ipset_fini(&values.v[--values.n]);
	vec_fini(&values);
	return rc;
}
