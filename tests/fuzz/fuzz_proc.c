/* SPDX-License-Identifier: MIT */
/*
 * fuzz_proc.c - what /proc says, in a made-up one: names of processes, links to sockets and
 * namespaces, values of sysctls, the list of protocols
 *
 * The first line is a process's name and what its links say, all is the text of the other files.
 * A link that is "socket:[N]" is socket N; what is printed of a sysctl is the words of the file.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "base/xalloc.h"
#include "fuzz_file.h"
#include "sockopt/live.h"
#include "sockopt/probe.h"
#include "sockopt/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* Process 7, and the sysctl. */
static const char *const folders[] = { "", "/7", "/7/fd", "/7/ns", "/net", "/net/core" };
static char proc[64];

static char *path_of(const char *name)
{
	return xasprintf("%s%s", proc, name);
}

static void clean(void)
{
	static const char *const files[] = { "/7/comm", "/7/fd/3", "/7/ns/net",
					     "/net/core/rmem_max" };
	char *path;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		path = path_of(files[i]);
		unlink(path);
		free(path);
	}
	for (size_t i = ARRAY_SIZE(folders); i-- > 0;) {
		path = path_of(folders[i]);
		rmdir(path);
		free(path);
	}
}

static void begin(void)
{
	if (*proc)
		return;
	snprintf(proc, sizeof(proc), "%.40s/fuzz-proc-XXXXXX", fuzz_tmp());
	require(mkdtemp(proc) != NULL);
	require(atexit(clean) == 0);
	for (size_t i = 1; i < ARRAY_SIZE(folders); i++) {
		char *path = path_of(folders[i]);

		require(mkdir(path, 0700) == 0);
		free(path);
	}
}

static void put_file(const char *name, const char *text, size_t len)
{
	char *path = path_of(name);
	FILE *file = fopen(path, "wb");
	size_t written;

	require(file != NULL);
	written = fwrite(text, 1, len, file);
	require(fclose(file) == 0 && written == len);
	free(path);
}

/* False if a link cannot say that. */
static bool put_link(const char *name, const char *text)
{
	char *path = path_of(name);
	bool put;

	require(unlink(path) == 0 || errno == ENOENT);
	put = symlink(text, path) == 0;
	free(path);
	return put;
}

/* N of "KIND:[N]", which is what the kernel writes; 0 if TEXT says else, -1 if the kernel does not
 * write that and no matter what is made of it. */
static int64_t number_of(const char *text, const char *kind)
{
	size_t len = strlen(kind);
	char *end;
	long long n;

	if (strncmp(text, kind, len) != 0 || strncmp(text + len, ":[", 2) != 0)
		return 0;
	text += len + 2;
	errno = 0;
	n = str_is_digit(*text) ? strtoll(text, &end, 10) : 0;
	return n > 0 && errno == 0 && strcmp(end, "]") == 0 ? n : -1;
}

#ifdef __linux__

static void check_process(const char *comm, size_t len, const char *link)
{
	struct live_scan scan = { 0 };
	int64_t inode = number_of(link, "socket"), netns = number_of(link, "net");
	size_t n = len && len < LIVE_NAME && comm[len - 1] == '\n' ? len - 1 : len;
	struct err err;

	put_file("/7/comm", comm, len);
	if (!put_link("/7/fd/3", link) || !put_link("/7/ns/net", link))
		return;
	require(live_scan(&scan, proc, &err) == 0);
	require(scan.processes.n <= 1 && scan.holders.n == scan.processes.n);
	if (inode >= 0)
		require(scan.holders.n == (inode > 0) && live_inode(proc, 7, 3) == (uint64_t)inode);
	if (inode > 0) {
		const struct live_process *p = &scan.processes.v[0];

		require(scan.holders.v[0].inode == (uint64_t)inode && scan.holders.v[0].fd == 3);
		require(p->pid == 7 && !p->denied && p->netns == 0);
		n = strnlen(comm, n < LIVE_NAME - 1 ? n : LIVE_NAME - 1);
		require(strlen(p->name) == n && memcmp(p->name, comm, n) == 0);
	}
	if (netns >= 0)
		require(live_netns(proc, 7) == (uint64_t)netns);
	live_scan_fini(&scan);
}

#else

static void check_process(const char *comm, size_t len, const char *link)
{
	(void)comm;
	(void)len;
	(void)link;
}

#endif

/* The words of the file with one space between, and word number 1. */
static void check_sysctl(const char *text, size_t len)
{
	struct rules_env env = { .sysctls = proc };
	struct buf all = { 0 }, second = { 0 }, want = { 0 };
	char *copy = xstrndup(text, len), *rest = copy, *word;
	unsigned n = 0;

	put_file("/net/core/rmem_max", text, len);
	rules_sysctl(&all, "net.core.rmem_max", &env);
	rules_sysctl(&second, "net.core.rmem_max[1]", &env);
	for (; (word = strtok_r(rest, " \t\n", &rest)); n++) {
		if (n == 1) {
			struct buf one = { 0 };

			str_safe(&one, word, strlen(word));
			require(strcmp(buf_str(&one), buf_str(&second)) == 0);
			buf_fini(&one);
		}
		if (n)
			buf_addc(&want, ' ');
		str_safe(&want, word, strlen(word));
	}
	require(strcmp(buf_str(&all), buf_str(&want)) == 0);
	require(n >= 2 || second.len == 0);
	buf_fini(&all);
	buf_fini(&second);
	buf_fini(&want);
	free(copy);
}

/* The first words of the lines of TEXT are what is loaded. */
static void check_loaded(const char *text)
{
	for (const char *s = text; *s;
	     s += s[strcspn(s, "\n")] ? strcspn(s, "\n") + 1 : strlen(s)) {
		char *name = xstrndup(s, strcspn(s, " \t\n\v\f\r"));

		require(probe_loaded(text, name));
		free(name);
	}
	require(probe_loaded(text, "") && !probe_loaded(text, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *end = size ? memchr(data, '\n', size) : NULL;
	size_t len = end ? (size_t)(end - text) + 1 : size;
	char *link = xstrndup(size ? text : "", size ? len - (end != NULL) : 0);
	char *copy = xstrndup(size ? text : "", size);

	begin();
	check_process(text, len, link);
	check_sysctl(copy, strlen(copy));
	check_loaded(copy);
	free(link);
	free(copy);
	return 0;
}
