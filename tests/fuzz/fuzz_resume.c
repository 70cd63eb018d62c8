/* SPDX-License-Identifier: MIT */
/*
 * fuzz_resume.c - an earlier output of resolve: what --resume finds in it
 *
 * The bytes are the file; and they are an input, whose record, written as the commands do, is
 * found.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "cmd/dnsrun.h"
#include "fuzz_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* Reads the N bytes at DATA as such a file. */
static void resume(struct dnsrun *run, struct cli *cli, const char *data, size_t n)
{
	static char path[32];
	static struct dnsrun_options opt = { .resume = path };

	snprintf(path, sizeof(path), "/dev/fd/%d", fuzz_file(0, data, n));
	*cli = (struct cli){ 0 };
	*run = (struct dnsrun){ .cli = cli, .opt = &opt };
	require(dnsrun_resume(run) == 0);
}

static bool had(const struct dnsrun *run, const char *text, size_t len)
{
	const struct cli_operand input = { .text = text, .len = len };

	return dnsrun_had(run, &input);
}

/* What stands in front of each line that is no record is an input that was had. */
static void check_plain(const struct dnsrun *run, const char *text, size_t size)
{
	const char *end = size ? memchr(text, '\n', size) : NULL;
	size_t n = 0;

	if (!end)
		require(run->had.n == 0); /* it is torn */
	if (!end || *text == '{')
		return;
	while (text + n < end && !str_is_space(text[n]))
		n++;
	require(n == 0 || had(run, text, n));
}

static bool is_utf8(const char *text, size_t size)
{
	uint32_t point;

	for (size_t at = 0, n; at < size; at += n) {
		n = str_utf8(text + at, size - at, &point);
		if (!n)
			return false;
	}
	return true;
}

/* The string as a writer of JSON puts it that has only ASCII: RFC 8259 section 7. */
static void put_units(struct buf *b, const char *text, size_t size)
{
	uint32_t point;

	buf_addc(b, '"');
	for (size_t at = 0; at < size;) {
		at += str_utf8(text + at, size - at, &point);
		if (point > 0xffff) {
			point -= 0x10000;
			buf_printf(b, "\\u%04x", (unsigned)(0xd800 + (point >> 10)));
			point = 0xdc00 + (point & 0x3ff);
		}
		buf_printf(b, "\\u%04X", (unsigned)point);
	}
	buf_addc(b, '"');
}

/* TEXT as the input of a record whose STATUS is final, or is AGAIN to be asked for. */
static void check_record(const char *text, size_t size, const char *status, bool again)
{
	struct buf b = { 0 };
	struct dnsrun run;
	struct cli cli;

	buf_adds(&b, "{\"name\":null,\"rows\":[{\"input\":\"x\"}],\"input\":");
	if (again)
		str_json(&b, text, size);
	else
		put_units(&b, text, size);
	buf_printf(&b, ",\"status\":\"%s\",\"ttl_s\":-1.5e3}\n{\"torn\"", status);
	resume(&run, &cli, b.data, b.len);
	require(had(&run, text, size) == !again && run.had.n == !again);
	hash_fini(&run.had);
	b.len = 0;
	buf_adds(&b, "{ \"a\" : [ ] , \"input\" :\t");
	str_json(&b, text, size);
	buf_adds(&b, " }\n");
	resume(&run, &cli, b.data, b.len);
	require(had(&run, text, size) && run.had.n == 1);
	hash_fini(&run.had);
	buf_fini(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct dnsrun run;
	struct cli cli;

	resume(&run, &cli, text, size);
	check_plain(&run, text, size);
	hash_fini(&run.had);
	if (size && is_utf8(text, size)) {
		check_record(text, size, "ok", false);
		check_record(text, size, "timeout", true);
	}
	return 0;
}
