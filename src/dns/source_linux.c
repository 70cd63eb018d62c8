/* SPDX-License-Identifier: MIT */
/* source_linux.c - glibc's modules called directly; elsewhere there are none */
#include "dns/source_impl.h"

#if defined(HAVE___NSS_CONFIGURE_LOOKUP) && defined(HAVE_DLOPEN)

#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <nss.h>
#include <resolv.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

enum {
	BUFFER_FIRST = 16 << 10, /* the DNS is asked again if it does not suffice */
	BUFFER_MAX = 16 << 20,
};

typedef enum nss_status call4(const char *name, struct gaih_addrtuple **list, char *buffer,
			      size_t n, int *number, int *h_number, int32_t *ttl);
typedef enum nss_status call3(const char *name, int family, struct hostent *host, char *buffer,
			      size_t n, int *number, int *h_number, int32_t *ttl, char **canon);
typedef enum nss_status call2(const char *name, int family, struct hostent *host, char *buffer,
			      size_t n, int *number, int *h_number);

/* What a module has of them. */
struct module {
	call4 *by_name4;
	call3 *by_name3;
	call2 *by_name2;
};

static void find_call(void *to, void *handle, const char *module, const char *call)
{
	char symbol[160];
	void *found;

	if (snprintf(symbol, sizeof(symbol), "_nss_%s_%s", module, call) >= (int)sizeof(symbol))
		return;
	found = dlsym(handle, symbol);
	memcpy(to, &found, sizeof(found));
}

static void find_calls(struct module *m, void *handle, const char *module)
{
	find_call(&m->by_name4, handle, module, "gethostbyname4_r");
	find_call(&m->by_name3, handle, module, "gethostbyname3_r");
	find_call(&m->by_name2, handle, module, "gethostbyname2_r");
}

static bool has_calls(const struct module *m)
{
	return m->by_name4 || m->by_name3 || m->by_name2;
}

/* "files" and "dns" are inside libc since glibc 2.34.  1, 0 without calls, -1: no module. */
static int find_module(struct module *m, const char *name)
{
	char file[160];
	void *handle;

	find_calls(m, RTLD_DEFAULT, name);
	if (has_calls(m))
		return 1;
	/* With a slash in it, it would be looked for from the present folder. */
	if (strchr(name, '/') ||
	    snprintf(file, sizeof(file), "libnss_%s.so.2", name) >= (int)sizeof(file))
		return -1;
	handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	if (!handle)
		return -1;
	find_calls(m, handle, name);
	return has_calls(m);
}

static void add(struct source_answer *a, int family, const void *address, uint32_t scope)
{
	struct gai_row *row = vec_push(&a->rows);
	struct ip ip = { .family = family == AF_INET ? 4 : 6 };

	memcpy(ip.b, address, ip_size(&ip));
	*row = (struct gai_row){ .family = family };
	sa_from_ip(&row->sa, &ip, 0);
	if (family == AF_INET6)
		row->sa.u.in6.sin6_scope_id = scope;
}

static void set_canonname(struct source_answer *a, const char *name)
{
	if (name && *name && !a->canonname)
		a->canonname = xstrdup(name);
}

static void set_ttl(struct source_answer *a, int32_t ttl)
{
	if (ttl >= 0 && ttl != INT32_MAX && (a->ttl < 0 || ttl < a->ttl))
		a->ttl = ttl;
}

/* BUFFER was too small: the caller asks again. */
static bool is_short(struct buf *buffer, int status, int number)
{
	if (status != NSS_STATUS_TRYAGAIN || number != ERANGE || buffer->cap >= BUFFER_MAX)
		return false;
	buf_grow(buffer, 2 * buffer->cap);
	return true;
}

static int ask4(struct source_answer *a, const struct module *m, const char *name)
{
	struct buf buffer = { 0 };
	struct gaih_addrtuple *list;
	int32_t ttl;
	int status;

	buf_grow(&buffer, BUFFER_FIRST);
	do {
		list = NULL;
		ttl = INT32_MAX;
		a->number = a->h_number = 0;
		status = m->by_name4(name, &list, buffer.data, buffer.cap, &a->number, &a->h_number,
				     &ttl);
	} while (is_short(&buffer, status, a->number));
	for (; status == NSS_STATUS_SUCCESS && list; list = list->next) {
		set_canonname(a, list->name);
		if (list->family == AF_INET || list->family == AF_INET6)
			add(a, list->family, list->addr, list->scopeid);
	}
	if (status == NSS_STATUS_SUCCESS)
		set_ttl(a, ttl);
	buf_fini(&buffer);
	return status;
}

static int ask_family(struct source_answer *a, const struct module *m, const char *name, int family)
{
	size_t size = family == AF_INET ? 4 : 16;
	struct buf buffer = { 0 };
	struct hostent host;
	int32_t ttl;
	char *canon;
	int status;

	buf_grow(&buffer, BUFFER_FIRST);
	do {
		memset(&host, 0, sizeof(host));
		ttl = INT32_MAX;
		canon = NULL;
		a->number = a->h_number = 0;
		status = m->by_name3 ? m->by_name3(name, family, &host, buffer.data, buffer.cap,
						   &a->number, &a->h_number, &ttl, &canon) :
				       m->by_name2(name, family, &host, buffer.data, buffer.cap,
						   &a->number, &a->h_number);
	} while (is_short(&buffer, status, a->number));
	if (status == NSS_STATUS_SUCCESS) {
		set_canonname(a, canon ? canon : host.h_name);
		set_ttl(a, ttl);
		if (host.h_addrtype == family && (size_t)host.h_length == size)
			for (char **p = host.h_addr_list; p && *p; p++)
				add(a, family, *p, 0);
	}
	buf_fini(&buffer);
	return status;
}

/* What getaddrinfo(3) makes of the two statuses. */
static int join(int status6, int status4)
{
	if (status6 == NSS_STATUS_SUCCESS || status4 == NSS_STATUS_SUCCESS)
		return NSS_STATUS_SUCCESS;
	if (status6 == NSS_STATUS_TRYAGAIN)
		return status6;
	if (status4 == NSS_STATUS_UNAVAIL && status6 != NSS_STATUS_UNAVAIL)
		return status6;
	return status4;
}

static int ask_families(struct source_answer *a, const struct module *m,
			const struct source_question *q)
{
	int family = q->hints.family, flags = q->hints.flags, status6;
	bool maps;

	if (family == AF_INET)
		return ask_family(a, m, q->name, AF_INET);
	status6 = ask_family(a, m, q->name, AF_INET6);
	maps = flags & AI_V4MAPPED && (flags & AI_ALL || a->rows.n == 0);
	if (family == AF_INET6 && !maps)
		return status6;
	return join(status6, ask_family(a, m, q->name, AF_INET));
}

/* A module that returns what it must not is taken for one that cannot be asked. */
static enum nsswitch_status word(int status)
{
	switch (status) {
	case NSS_STATUS_SUCCESS:
		return NSSWITCH_SUCCESS;
	case NSS_STATUS_NOTFOUND:
		return NSSWITCH_NOTFOUND;
	case NSS_STATUS_TRYAGAIN:
		return NSSWITCH_TRYAGAIN;
	default:
		return NSSWITCH_UNAVAIL;
	}
}

bool source_call(struct source_answer *a, const struct source_question *q)
{
	struct module m = { NULL, NULL, NULL };
	uint64_t begin;
	int status, found;

	if (!dlsym(RTLD_DEFAULT, "getaddrinfo"))
		return false; /* linked statically: a module would bring a libc of its own */
	found = find_module(&m, q->source);
	a->ttl = -1;
	if (found == 0)
		return false;
	if (found < 0) {
		a->outcome = SOURCE_ABSENT;
		a->status = NSSWITCH_UNAVAIL;
		return true;
	}
	(void)res_init(); /* reads host.conf(5) too, without which a file has one address a name */
	begin = clock_now_ns();
	if (q->hints.family == AF_UNSPEC && m.by_name4) {
		a->call = "gethostbyname4_r";
		status = ask4(a, &m, q->name);
	} else if (m.by_name3 || m.by_name2) {
		a->call = m.by_name3 ? "gethostbyname3_r" : "gethostbyname2_r";
		status = ask_families(a, &m, q);
	} else {
		return false;
	}
	a->took_ns = clock_now_ns() - begin;
	a->status = word(status);
	if (a->status == NSSWITCH_SUCCESS)
		a->number = a->h_number = 0;
	return true;
}

#else

bool source_call(struct source_answer *a UNUSED, const struct source_question *q UNUSED)
{
	return false;
}

#endif
