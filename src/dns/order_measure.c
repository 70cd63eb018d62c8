/* SPDX-License-Identifier: MIT */
/* order_measure.c - what the rules compare: the kernel's source addresses, and the tables */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/compat.h"
#include "base/macros.h"
#include "dns/order.h"
#include "dns/order_impl.h"

enum {
	SOME_PORT = 65535, /* nothing is sent there; musl takes it too */
};

/* The socket that is used for one address after the other, as glibc does. */
struct asker {
	struct order *o;
	struct order_owns owns;
	int fd, family;
};

static int family_of(const struct sa *sa)
{
	return sa->u.sa.sa_family;
}

static struct in6_addr mapped(const struct in_addr *in)
{
	struct in6_addr to = { .s6_addr = { [10] = 0xff, [11] = 0xff } };

	memcpy(&to.s6_addr[12], in, 4);
	return to;
}

/* The address of SA as an IPv6 one. */
static struct in6_addr address_of(const struct sa *sa)
{
	return family_of(sa) == AF_INET ? mapped(&sa->u.in.sin_addr) : sa->u.in6.sin6_addr;
}

static int scope4(const struct order *o, uint32_t address)
{
	for (size_t i = 0; i < o->gai->scopes.n; i++) {
		const struct conf_scope *scope = &o->gai->scopes.v[i];

		if ((address & scope->mask) == scope->address)
			return scope->value;
	}
	return 14;
}

static int scope_of(const struct order *o, const struct sa *sa)
{
	const struct in6_addr *in6 = &sa->u.in6.sin6_addr;

	if (family_of(sa) == AF_INET)
		return scope4(o, ntohl(sa->u.in.sin_addr.s_addr));
	if (IN6_IS_ADDR_MULTICAST(in6))
		return in6->s6_addr[1] & 15;
	if (IN6_IS_ADDR_LINKLOCAL(in6) || IN6_IS_ADDR_LOOPBACK(in6))
		return 2;
	return IN6_IS_ADDR_SITELOCAL(in6) ? 5 : 14;
}

/* Bits that A and B begin with alike, of BYTES. */
static unsigned common_bits(const void *a, const void *b, size_t bytes)
{
	const uint8_t *x = a, *y = b;
	unsigned n = 0;

	for (size_t i = 0; i < bytes; i++, n += 8) {
		unsigned differ = (unsigned)(x[i] ^ y[i]);

		if (differ == 0)
			continue;
		for (; !(differ & 0x80); differ <<= 1)
			n++;
		break;
	}
	return n;
}

/* As rule 9 counts them: glibc's IPv4 addresses have some within the source's own net alone. */
static unsigned common(const struct order *o, const struct order_row *row)
{
	struct in6_addr to = address_of(&row->sa), from = address_of(&row->source);
	unsigned n = common_bits(&to, &from, sizeof(to));
	uint32_t differ;

	if (o->libc == ORDER_RFC6724 && row->source_bits && family_of(&row->sa) == AF_INET6)
		return n < row->source_bits ? n : row->source_bits;
	if (o->libc == ORDER_MUSL || family_of(&row->sa) == AF_INET6)
		return n;
	differ = ntohl(row->sa.u.in.sin_addr.s_addr ^ row->source.u.in.sin_addr.s_addr);
	return differ & order_mask(row->source_bits) ? 0 : n - 96;
}

static int compare_own(const void *a, const void *b)
{
	const struct order_own *x = a, *y = b;

	return memcmp(&x->address, &y->address, sizeof(x->address));
}

/* What the kernel says of the source address; glibc looks for 127.0.0.1 if it is any of 127/8. */
static void find_own(const struct asker *as, struct order_row *row)
{
	struct order_own key = { .address = address_of(&row->source) };
	const struct order_own *own;

	if (family_of(&row->source) == AF_INET && as->family == AF_INET &&
	    key.address.s6_addr[12] == 127)
		key.address = mapped(&(struct in_addr){ htonl(INADDR_LOOPBACK) });
	own = as->owns.n ? bsearch(&key, as->owns.v, as->owns.n, sizeof(key), compare_own) : NULL;
	if (!own)
		return;
	row->deprecated = own->deprecated;
	row->home = own->home;
	row->source_bits = own->bits;
	row->ifindex = own->ifindex;
}

static int reopen(struct asker *as, int family)
{
	if (as->fd >= 0)
		close(as->fd);
	as->family = family;
	as->fd = compat_socket(family, SOCK_DGRAM, 0);
	return as->fd;
}

/* Whether the socket can be connected to SA; its own address then is FROM. */
static bool connects(const struct asker *as, const struct sa *sa, struct sa *from)
{
	from->len = sizeof(from->u);
	return as->fd >= 0 && connect(as->fd, &sa->u.sa, sa->len) == 0 &&
	       getsockname(as->fd, &from->u.sa, &from->len) == 0;
}

/*
 * glibc asks for IPv4 addresses too with the IPv6 socket that it has, once there was an IPv6
 * address: only then does that socket's IPV6_V6ONLY matter.  The others have a socket for each.
 */
static bool ask(struct asker *as, const struct sa *sa, struct sa *from)
{
	static const struct sockaddr none = { .sa_family = AF_UNSPEC };
	int family = family_of(sa);
	bool keep = as->o->libc == ORDER_GLIBC && as->fd >= 0 &&
		    !(as->family == AF_INET && family == AF_INET6);

	if (!keep)
		(void)reopen(as, family);
	else if (connect(as->fd, &none, sizeof(none)) < 0) /* it would tell of the last address */
		(void)reopen(as, as->family);
	if (connects(as, sa, from))
		return true;
	if (errno != EAFNOSUPPORT || as->family != AF_INET6 || family != AF_INET)
		return false;
	(void)reopen(as, AF_INET);
	return connects(as, sa, from);
}

static void find_source(struct asker *as, struct order_row *row)
{
	struct sa to = row->sa;

	if (as->o->libc != ORDER_GLIBC)
		sa_set_port(&to, SOME_PORT);
	row->has_source = ask(as, &to, &row->source);
	row->code = row->has_source ? 0 : errno;
	if (!row->has_source)
		return;
	if (family_of(&row->sa) == AF_INET)
		sa_unmap(&row->source);
	sa_set_port(&row->source, 0);
	find_own(as, row);
}

static void find_policies(const struct order *o, struct order_row *row)
{
	struct in6_addr to = address_of(&row->sa), from;

	row->scope = scope_of(o, &row->sa);
	row->label_line = conf_gai_match(&o->gai->labels, &to);
	row->precedence_line = conf_gai_match(&o->gai->precedences, &to);
	row->label = row->label_line->value;
	row->precedence = row->precedence_line->value;
	if (!row->has_source)
		return;
	from = address_of(&row->source);
	row->source_scope = scope_of(o, &row->source);
	row->source_label = conf_gai_match(&o->gai->labels, &from)->value;
	row->common = common(o, row);
}

/* Whether the way to each row is a tunnel: asked for only if there are ways that differ. */
static void find_native(struct order *o)
{
	struct order_links links = { 0 };
	const struct order_row *first = NULL;
	bool differ = false;

	for (size_t i = 0; i < o->rows.n; i++)
		if (o->rows.v[i].has_source) {
			first = first ? first : &o->rows.v[i];
			differ = differ || o->rows.v[i].ifindex != first->ifindex;
		}
	if (!differ)
		return;
	order_list_links(&links);
	for (size_t i = 0; i < o->rows.n; i++)
		for (size_t j = 0; j < links.n; j++)
			if (o->rows.v[i].ifindex && links.v[j].ifindex == o->rows.v[i].ifindex)
				o->rows.v[i].native = links.v[j].native;
	vec_fini(&links);
}

/* glibc drops the list if the loopback address is the only one of IPv6 in it. */
static void list_own(struct asker *as)
{
	bool has_ip6 = false;

	order_list_own(&as->owns);
	for (size_t i = 0; i < as->owns.n; i++)
		has_ip6 = has_ip6 || !(IN6_IS_ADDR_V4MAPPED(&as->owns.v[i].address) ||
				       IN6_IS_ADDR_LOOPBACK(&as->owns.v[i].address));
	if (as->o->libc == ORDER_GLIBC && !has_ip6)
		as->owns.n = 0;
	if (as->owns.n)
		qsort(as->owns.v, as->owns.n, sizeof(*as->owns.v), compare_own);
}

void order_measure(struct order *o)
{
	struct asker as = { .o = o, .fd = -1 };

	if (o->libc != ORDER_MUSL)
		list_own(&as);
	for (size_t i = 0; i < o->rows.n; i++) {
		struct order_row *row = &o->rows.v[i], *before = i ? row - 1 : NULL;
		struct sa sa = row->sa;

		if (before && sa_equal(&before->sa, &row->sa)) {
			*row = *before;
			row->sa = sa;
			continue;
		}
		find_source(&as, row);
		find_policies(o, row);
	}
	if (as.fd >= 0)
		close(as.fd);
	if (o->libc != ORDER_MUSL)
		find_native(o);
	vec_fini(&as.owns);
}
