/* SPDX-License-Identifier: MIT */
/*
 * fuzz_lint.c - what --fix makes of any file has nothing left to mend and stays as it is; a
 * line without such a finding comes out byte for byte, a CR at its end apart.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "db/lint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct run {
	struct lint lint;
	size_t len;    /* of the line */
	size_t mended; /* findings of the line that --fix sees to */
	struct buf out;
};

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void found(void *arg, const struct lint_finding *f)
{
	struct run *run = arg;
	struct buf safe = { 0 };

	require(f->line == run->lint.number || run->lint.number == 0);
	require(f->column >= 1 && f->column <= run->len + 1);
	str_safe(&safe, f->text, strlen(f->text));
	require(safe.len && strcmp(buf_str(&safe), f->text) == 0);
	buf_fini(&safe);
	run->mended += lint_rules[f->id].fix != LINT_KEEP;
}

static void one_line(struct run *run, const char *text, size_t len, bool cut)
{
	const struct buf *fixed = &run->lint.fixed;
	bool same;

	run->len = len;
	run->mended = 0;
	lint_line(&run->lint, text, len, cut);
	same = !cut && fixed->len == len + 1 && memcmp(fixed->data, text, len) == 0;
	require(!same || run->mended == 0);
	/* CR LF is told of once, and mended in every line. */
	require(same || run->mended || (len && text[len - 1] == '\r'));
	require(!fixed->len ||
		memchr(fixed->data, '\n', fixed->len) == fixed->data + fixed->len - 1);
	if (fixed->len)
		buf_add(&run->out, fixed->data, fixed->len);
}

/* Lints TEXT; RUN's output is the fixed file, which ends with RUN's buffer. */
static size_t lint_all(struct run *run, const struct lint_type *type, const char *text, size_t len)
{
	const char *end;
	size_t mended = 0;

	*run = (struct run){ 0 };
	if (len == 0)
		text = "";
	end = text + len;
	lint_init(&run->lint, type, found, run);
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline ? newline : end;

		one_line(run, text, (size_t)(stop - text), !newline);
		mended += run->mended;
		text = newline ? newline + 1 : end;
	}
	lint_end(&run->lint);
	lint_fini(&run->lint);
	return mended;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct lint_type *const types[] = { &lint_hosts, &lint_services,
							 &lint_protocols };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		struct run first, second;

		lint_all(&first, types[i], (const char *)data, size);
		require(lint_all(&second, types[i], first.out.data, first.out.len) == 0);
		require(first.out.len == second.out.len);
		require(!first.out.len ||
			memcmp(first.out.data, second.out.data, first.out.len) == 0);
		buf_fini(&first.out);
		buf_fini(&second.out);
	}
	return 0;
}
