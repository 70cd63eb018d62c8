/* SPDX-License-Identifier: MIT */
/*
 * torture_alloc.c - linked into tests/torture-netipc: fails one allocation, of netipc or of libc
 * below it, and marks where main() begins and ends
 *
 * It stands before the allocator of libc or of a sanitizer, which it calls.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "torture.h"

static struct torture_memory *memory;

/* Where this program's code begins and ends, as the linker says */
extern const char __executable_start[], etext[];

/* This allocation, asked for by CALLER, is the one that fails. */
static bool fails(const void *caller)
{
	struct torture_memory *m = memory;
	uintptr_t at = (uintptr_t)caller;

	if (!m || __atomic_add_fetch(&m->count, 1, __ATOMIC_RELAXED) != m->fail_at)
		return false;
	m->own = at >= (uintptr_t)__executable_start && at < (uintptr_t)etext;
	errno = ENOMEM;
	return true;
}

/* The allocator's NAME: that of a sanitizer, which may be in this program, or the next library's */
static void *next(void **function, void *sanitizer, const char *name)
{
	if (!*function)
		*function = sanitizer ? sanitizer : dlsym(RTLD_NEXT, name);
	return *function;
}

__attribute__((weak)) void *__interceptor_malloc(size_t size);
__attribute__((weak)) void *__interceptor_calloc(size_t n, size_t size);
__attribute__((weak)) void *__interceptor_realloc(void *p, size_t size);

void *malloc(size_t size)
{
	static void *real;
	void *(*call)(size_t) = next(&real, (void *)__interceptor_malloc, "malloc");

	return fails(__builtin_return_address(0)) ? NULL : call(size);
}

void *calloc(size_t n, size_t size)
{
	static void *real;
	void *(*call)(size_t, size_t) = next(&real, (void *)__interceptor_calloc, "calloc");

	return fails(__builtin_return_address(0)) ? NULL : call(n, size);
}

void *realloc(void *p, size_t size)
{
	static void *real;
	void *(*call)(void *, size_t) = next(&real, (void *)__interceptor_realloc, "realloc");

	return fails(__builtin_return_address(0)) ? NULL : call(p, size);
}

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv(TORTURE_ENV);
	void *p;
	int fd;

	if (!path)
		return;
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;
	p = mmap(NULL, sizeof(*memory), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	raise(TORTURE_BEGIN);
	if (p != MAP_FAILED)
		memory = p;
}

__attribute__((destructor)) static void end(void)
{
	memory = NULL;
	prctl(TORTURE_END, 0, 0, 0, 0);
}
