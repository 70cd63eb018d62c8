/* SPDX-License-Identifier: MIT */
/* resolve_explain_words.c - what a source and a server said, in words */
#include <errno.h>
#include <netdb.h>
#include <string.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/str.h"
#include "cmd/resolve_explain_impl.h"

void story_time(struct buf *b, uint64_t ns)
{
	double ms = (double)ns / (double)CLOCK_MS;

	if (ns >= CLOCK_S)
		buf_printf(b, "%.2f s", ms / 1000);
	else
		buf_printf(b, ms < 10 ? "%.2f ms" : "%.1f ms", ms);
}

static void put_safe(struct buf *b, const char *text)
{
	str_safe(b, text, strlen(text));
}

void story_errno(struct buf *b, int number)
{
	const char *name = err_code_name(number);

	buf_adds(b, strerror(number));
	if (name)
		buf_printf(b, " (%s)", name);
}

void story_addresses(struct buf *b, const struct gai_rows *rows)
{
	char text[SA_STRLEN];

	for (size_t i = 0; i < rows->n; i++)
		if (!gai_is_repeated(rows, i))
			buf_printf(b, "%s%s", i ? ", " : "", sa_format_host(&rows->v[i].sa, text));
}

bool story_hosts_lines(struct buf *b, const struct story *s)
{
	struct db_key key = { .text = s->name, .kind = DB_KEY_NAME, .name = s->name };
	const char *before = " (" _PATH_HOSTS ":";
	uint64_t last = 0;

	for (size_t i = 0; i < s->hosts.rows.n; i++) {
		const struct db_row *row = &s->hosts.rows.v[i];

		if (row->line == last || !db_hosts.matches(row, &key))
			continue;
		buf_printf(b, "%s%llu", before, (unsigned long long)row->line);
		before = ",";
		last = row->line;
	}
	if (last)
		buf_addc(b, ')');
	return last != 0;
}

static bool is_files(const struct story_source *source)
{
	return strcmp(source->conf->name, "files") == 0;
}

static void put_success(struct buf *b, const struct story *s, const struct story_source *source)
{
	const struct source_answer *a = &source->answer;

	story_addresses(b, &a->rows);
	if (a->rows.n == 0)
		buf_adds(b, "it has the name, without an address");
	if (a->canonname && s->name && !str_eq_nocase(a->canonname, s->name)) {
		buf_adds(b, "; canonical name ");
		put_safe(b, a->canonname);
	}
	if (a->ttl >= 0)
		buf_printf(b, "; TTL %lld s", (long long)a->ttl);
	if (is_files(source))
		(void)story_hosts_lines(b, s);
}

static void put_notfound(struct buf *b, const struct story *s, const struct story_source *source)
{
	struct buf lines = { 0 };

	if (is_files(source) && story_hosts_lines(&lines, s))
		buf_printf(b, "the file has no %s address of the name%s",
			   s->family == AF_INET ? "IPv4" : "IPv6", buf_str(&lines));
	else if (is_files(source))
		buf_adds(b, "the name is not in " _PATH_HOSTS);
	else if (source->answer.h_number == NO_DATA)
		buf_adds(b, "it has the name, but no such address");
	else
		buf_adds(b, "it has no such name");
	buf_fini(&lines);
}

static void put_lost(struct buf *b, const struct story_source *source)
{
	const struct source_answer *a = &source->answer;

	if (a->outcome == SOURCE_ABSENT) {
		buf_adds(b, "there is no module libnss_");
		put_safe(b, source->conf->name);
		buf_adds(b, ".so.2");
	} else if (a->outcome == SOURCE_HUNG) {
		buf_adds(b, "no answer within ");
		story_time(b, a->took_ns);
	} else if (a->outcome == SOURCE_LOST) {
		buf_adds(b, "what it said cannot be read");
	} else if (a->number) {
		buf_printf(b, "its module crashed (signal %d, %s)", a->number,
			   strsignal(a->number));
	} else {
		buf_adds(b, "its module ended the process");
	}
}

static void put_failed(struct buf *b, const struct source_answer *a)
{
	bool again = a->status == NSSWITCH_TRYAGAIN;

	buf_adds(b, again ? "it has no answer now" : "it cannot be asked");
	if (a->h_number == NO_RECOVERY)
		buf_adds(b, ", a failure that will stay");
	if (a->number && a->number != EAGAIN) {
		buf_adds(b, ": ");
		story_errno(b, a->number);
	}
}

void story_said(struct buf *b, const struct story *s, const struct story_source *source)
{
	const struct source_answer *a = &source->answer;

	if (a->outcome != SOURCE_ANSWERED)
		put_lost(b, source);
	else if (a->status == NSSWITCH_SUCCESS)
		put_success(b, s, source);
	else if (a->status == NSSWITCH_NOTFOUND)
		put_notfound(b, s, source);
	else
		put_failed(b, a);
	if (s->run)
		return;
	if (source->action == NSSWITCH_RETURN && a->status != NSSWITCH_SUCCESS)
		buf_printf(b, "; [%s=return] ends the search here",
			   nsswitch_status_name(a->status));
	if (source->action == NSSWITCH_CONTINUE && a->status == NSSWITCH_SUCCESS)
		buf_adds(b, "; dropped, as [SUCCESS=continue] lets the search go on");
	if (source->action == NSSWITCH_MERGE)
		buf_printf(b,
			   "; [%s=merge] is not for host names: the search ends without an answer",
			   nsswitch_status_name(a->status));
}

void story_not_asked(struct buf *b, const struct story *s)
{
	const struct story_source *last = story_last(s);

	buf_adds(b, "not asked, because ");
	if (last) {
		put_safe(b, last->conf->name);
		buf_printf(b, " returned %s", nsswitch_status_name(last->answer.status));
	} else {
		buf_adds(b, "no source is");
	}
}

void story_attempt(struct buf *b, const struct stub_attempt *a)
{
	switch (a->status) {
	case STUB_OK:
		buf_adds(b, "found");
		break;
	case STUB_NODATA:
		buf_adds(b, "no such record (NODATA)");
		break;
	case STUB_NXDOMAIN:
		buf_adds(b, "no such name (NXDOMAIN)");
		break;
	case STUB_SERVFAIL:
		buf_adds(b, "the server failed (SERVFAIL)");
		break;
	case STUB_REFUSED:
		buf_adds(b, "the server refused (REFUSED)");
		break;
	case STUB_TIMEOUT:
		buf_adds(b, "no answer");
		break;
	case STUB_UNREACHABLE:
		buf_adds(b, "cannot be asked: ");
		story_errno(b, a->code);
		break;
	case STUB_MALFORMED:
		buf_adds(b, "the answer cannot be read");
		break;
	}
}
