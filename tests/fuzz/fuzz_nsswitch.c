/* SPDX-License-Identifier: MIT */
/* fuzz_nsswitch.c - nsswitch.conf(5) */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/nsswitch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void write_sources(struct buf *b, const struct nsswitch *n)
{
	buf_adds(b, "hosts:");
	for (size_t i = 0; i < n->sources.n; i++) {
		const struct nsswitch_source *source = &n->sources.v[i];

		require(*source->name &&
			source->name[strcspn(source->name, " \t\n\v\f\r[")] == '\0');
		buf_printf(b, " %s [", source->name);
		for (int j = 0; j < NSSWITCH_STATUSES; j++)
			buf_printf(b, " %s=%s", nsswitch_status_name((enum nsswitch_status)j),
				   nsswitch_action_name(source->on[j]));
		buf_adds(b, " ]");
	}
	buf_addc(b, '\n');
}

/* What was read, written as a line with every action, is read as the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nsswitch n, again;
	struct buf first = { 0 }, second = { 0 };

	nsswitch_parse(&n, (const char *)data, size, "hosts", "files dns");
	write_sources(&first, &n);
	nsswitch_parse(&again, first.data, first.len, "hosts", NULL);
	require(!again.broken && again.line == 1);
	write_sources(&second, &again);
	require(first.len == second.len && memcmp(first.data, second.data, first.len) == 0);
	for (size_t i = 0; i < n.notes.n; i++)
		require(n.notes.v[i].line > 0 && n.notes.v[i].column > 0 && *n.notes.v[i].text);
	buf_fini(&first);
	buf_fini(&second);
	nsswitch_fini(&n);
	nsswitch_fini(&again);
	return 0;
}
