/* SPDX-License-Identifier: MIT */
/*
 * msan.c - what MemorySanitizer does not know of libc
 *
 * It sees what this program's own code writes, and knows of most of libc's calls what they write;
 * of getservent(3), getservbyname(3) and getservbyport(3) it does not, and takes every string in
 * their answers for one that was never written.  Linked into each program of a build with
 * --enable-sanitizers=memory, and called in their place (ld's --wrap), these tell it.
 */
#include <netdb.h>
#include <sanitizer/msan_interface.h>
#include <stddef.h>

struct servent *__real_getservent(void);
struct servent *__real_getservbyname(const char *name, const char *protocol);
struct servent *__real_getservbyport(int port, const char *protocol);
struct servent *__wrap_getservent(void);
struct servent *__wrap_getservbyname(const char *name, const char *protocol);
struct servent *__wrap_getservbyport(int port, const char *protocol);

static struct servent *written(struct servent *s)
{
	if (!s)
		return NULL;
	__msan_unpoison(s, sizeof(*s));
	__msan_unpoison_string(s->s_name);
	__msan_unpoison_string(s->s_proto);
	for (char **p = s->s_aliases;; p++) {
		__msan_unpoison(p, sizeof(*p));
		if (!*p)
			return s;
		__msan_unpoison_string(*p);
	}
}

struct servent *__wrap_getservent(void)
{
	return written(__real_getservent());
}

struct servent *__wrap_getservbyname(const char *name, const char *protocol)
{
	return written(__real_getservbyname(name, protocol));
}

struct servent *__wrap_getservbyport(int port, const char *protocol)
{
	return written(__real_getservbyport(port, protocol));
}
