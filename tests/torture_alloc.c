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
#include <netdb.h>
#include <netinet/in.h>
#include <nss.h>
#include <pwd.h>
#include <resolv.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "torture.h"

/* A sanitizer allocates before it is ready itself. */
#define EARLY __attribute__((no_sanitize("address", "undefined", "thread")))

static struct torture_memory *memory;

static _Thread_local unsigned depth; /* of look-ups that this thread is in */

/* This allocation is the one that fails. */
EARLY static bool fails(void)
{
	struct torture_memory *m = memory;

	if (!m || __atomic_add_fetch(&m->count, 1, __ATOMIC_RELAXED) != m->fail_at)
		return false;
	m->in_lookup = depth > 0;
	errno = ENOMEM;
	return true;
}

/* The allocator's NAME: that of a sanitizer, which may be in this program, or the next library's */
EARLY static void *next(void **function, void *sanitizer, const char *name)
{
	if (!*function)
		*function = sanitizer ? sanitizer : dlsym(RTLD_NEXT, name);
	return *function;
}

__attribute__((weak)) void *__interceptor_malloc(size_t size);
__attribute__((weak)) void *__interceptor_calloc(size_t n, size_t size);
__attribute__((weak)) void *__interceptor_realloc(void *p, size_t size);

EARLY void *malloc(size_t size)
{
	static void *real;
	void *(*call)(size_t) = next(&real, (void *)__interceptor_malloc, "malloc");

	return fails() ? NULL : call(size);
}

EARLY void *calloc(size_t n, size_t size)
{
	static void *real;
	void *(*call)(size_t, size_t) = next(&real, (void *)__interceptor_calloc, "calloc");

	return fails() ? NULL : call(n, size);
}

EARLY void *realloc(void *p, size_t size)
{
	static void *real;
	void *(*call)(void *, size_t) = next(&real, (void *)__interceptor_realloc, "realloc");

	return fails() ? NULL : call(p, size);
}

/* Look-ups */

static void swap_lookup(pid_t from, pid_t to)
{
	for (size_t i = 0; memory && i < LOOKUPS_MAX; i++)
		if (__sync_bool_compare_and_swap(&memory->lookups[i], from, to))
			return;
}

static void enter(void)
{
	if (depth++ == 0)
		swap_lookup(0, gettid());
}

static void leave(void)
{
	if (--depth == 0)
		swap_lookup(gettid(), 0);
}

/* clang-format off */
#define LOOKUP(type, name, parameters, arguments) \
	type name parameters \
	{ \
		static void *real; \
		type (*call) parameters; \
		type answer; \
		enter(); \
		*(void **)&call = next(&real, NULL, #name); \
		answer = call arguments; \
		leave(); \
		return answer; \
	}
#define LOOKUP_OF_NOTHING(name, parameters, arguments) \
	void name parameters \
	{ \
		static void *real; \
		void (*call) parameters; \
		enter(); \
		*(void **)&call = next(&real, NULL, #name); \
		call arguments; \
		leave(); \
	}
/* clang-format on */

LOOKUP(int, getaddrinfo,
       (const char *name, const char *service, const struct addrinfo *hints,
	struct addrinfo **list),
       (name, service, hints, list))
LOOKUP(int, getnameinfo,
       (const struct sockaddr *sa, socklen_t len, char *host, socklen_t host_len, char *service,
	socklen_t service_len, int flags),
       (sa, len, host, host_len, service, service_len, flags))
LOOKUP(struct hostent *, gethostbyname, (const char *name), (name))
LOOKUP(struct hostent *, gethostbyaddr, (const void *addr, socklen_t len, int family),
       (addr, len, family))
LOOKUP(struct hostent *, gethostent, (void), ())
LOOKUP(struct protoent *, getprotobyname, (const char *name), (name))
LOOKUP(struct protoent *, getprotobynumber, (int number), (number))
LOOKUP(struct protoent *, getprotoent, (void), ())
LOOKUP(struct servent *, getservbyname, (const char *name, const char *proto), (name, proto))
LOOKUP(struct servent *, getservbyport, (int port, const char *proto), (port, proto))
LOOKUP(struct servent *, getservent, (void), ())
LOOKUP(struct passwd *, getpwnam, (const char *name), (name))
LOOKUP(int, __nss_configure_lookup, (const char *db, const char *modules), (db, modules))
LOOKUP(int, __res_init, (void), ())
LOOKUP_OF_NOTHING(sethostent, (int stay), (stay))
LOOKUP_OF_NOTHING(setprotoent, (int stay), (stay))
LOOKUP_OF_NOTHING(setservent, (int stay), (stay))

/* A process that loads a module does nothing but to call it. */
void *dlopen(const char *path, int mode)
{
	static void *real;
	void *(*call)(const char *, int);

	enter();
	*(void **)&call = next(&real, NULL, "dlopen");
	return call(path, mode);
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
