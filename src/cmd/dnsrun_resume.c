/* SPDX-License-Identifier: MIT */
/* dnsrun_resume.c - which lines of the input an earlier output has already */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/scan.h"
#include "base/str.h"
#include "cmd/dnsrun.h"

/* What a record of JSON says: the input, and what became of it. */
struct record {
	struct buf input, status;
	bool has_input;
};

/* Reads the LEN bytes at LINE, an object as netipc writes it; false if it is none. */
static bool read_record(struct record *r, const char *line, size_t len)
{
	struct buf key = { 0 }, value = { 0 };
	const char *s = line + 1, *end = line + len;
	unsigned depth = 1;
	bool is_value = false;

	r->has_input = false;
	r->status.len = 0;
	while (s && *s && depth) {
		if (*s == '"') {
			struct buf *to = is_value ? &value : &key;
			size_t n;

			to->len = 0;
			n = scan_json_string(s, end, to);
			s = n ? s + n : NULL;
			if (!s || !is_value || depth != 1)
				continue;
			to = strcmp(buf_str(&key), "input") == 0  ? &r->input :
			     strcmp(buf_str(&key), "status") == 0 ? &r->status :
								    NULL;
			if (to) {
				to->len = 0;
				buf_add(to, value.data, value.len);
				r->has_input |= to == &r->input;
			}
			continue;
		}
		if (depth == 1 && (*s == ':' || *s == ','))
			is_value = *s == ':';
		depth += *s == '{' || *s == '[';
		depth -= *s == '}' || *s == ']';
		s++;
	}
	buf_fini(&key);
	buf_fini(&value);
	return s && depth == 0 && r->has_input;
}

/* There was an answer, if it was that there is nothing; one that failed is asked again. */
static bool is_final(struct record *r)
{
	static const char *const again[] = { "timeout",   "servfail", "refused", "unreachable",
					     "malformed", "TRYAGAIN", "UNAVAIL" };

	for (size_t i = 0; i < ARRAY_SIZE(again); i++)
		if (strcmp(buf_str(&r->status), again[i]) == 0)
			return false;
	return true;
}

static void note(struct dnsrun *run, struct record *r, const char *line, size_t len)
{
	const char *text = line;
	size_t n = 0;

	if (*line == '{') {
		if (!read_record(r, line, len) || !is_final(r))
			return;
		text = r->input.data;
		n = r->input.len;
	} else {
		while (n < len && !str_is_space(line[n]))
			n++;
	}
	if (n)
		*hash_put(&run->had, text, n) = 0;
}

/* Output that is appended to the file begins with a line of its own. */
static int cut(struct dnsrun *run, int fd, size_t torn)
{
	const char *path = run->opt->resume;
	struct stat file, output;

	if (fstat(fd, &file) < 0)
		return err_sys(&run->cli->err, "%s", path);
	if (fstat(STDOUT_FILENO, &output) < 0 || !S_ISREG(file.st_mode) ||
	    file.st_dev != output.st_dev || file.st_ino != output.st_ino)
		return 0;
	if (ftruncate(STDOUT_FILENO, file.st_size - (off_t)torn) < 0)
		return err_sys(&run->cli->err, "cut a torn line off %s", path);
	return 0;
}

int dnsrun_resume(struct dnsrun *run)
{
	const char *path = run->opt->resume;
	struct io_lines lines = { .delimiter = '\n', .name = path, .wait = cli_wait };
	struct record r = { 0 };
	char *line;
	size_t len;
	int rc;

	if (!path)
		return 0;
	lines.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (lines.fd < 0 && errno == ENOENT)
		return 0;
	if (lines.fd < 0)
		return err_sys(&run->cli->err, "%s", path);
	while ((rc = io_lines_next(&lines, &line, &len, &run->cli->err)) > 0 && !lines.cut)
		note(run, &r, line, len);
	if (rc > 0)
		rc = cut(run, lines.fd, len);
	close(lines.fd);
	io_lines_fini(&lines);
	buf_fini(&r.input);
	buf_fini(&r.status);
	return rc;
}

bool dnsrun_had(const struct dnsrun *run, const struct cli_operand *input)
{
	return run->had.n && hash_get(&run->had, input->text, input->len) != HASH_NONE;
}
