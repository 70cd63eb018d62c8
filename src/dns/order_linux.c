/* SPDX-License-Identifier: MIT */
/*
 * order_linux.c - the kernel's lists of addresses and interfaces, by rtnetlink(7)
 *
 * getifaddrs(3) has no flags of addresses.  Where there is no rtnetlink, both lists are empty.
 */
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"
#include "dns/order.h"
#include "dns/order_impl.h"

/* glibc leaves a shift by 32 to the processor: these take the number modulo 32. */
#if defined(__x86_64__) || defined(__i386__) || defined(__aarch64__) || defined(__mips__) || \
	defined(__riscv) || defined(__loongarch__) || defined(__sparc__)
#define MASK_OF_0 UINT32_MAX
#else
#define MASK_OF_0 0
#endif

uint32_t order_mask(unsigned bits)
{
	return bits ? UINT32_MAX << (32 - bits) : MASK_OF_0;
}

enum order_libc order_libc(void)
{
#if defined(__GLIBC__) && !defined(__UCLIBC__)
	return ORDER_GLIBC;
#elif defined(__linux__) && !defined(__BIONIC__) && !defined(__UCLIBC__)
	return ORDER_MUSL;
#else
	return ORDER_RFC6724;
#endif
}

#ifdef __linux__

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

enum {
	ANSWER_MAX = 32768, /* the kernel's messages have no more */
};

static int ask_for(int fd, uint16_t type)
{
	struct {
		struct nlmsghdr head;
		struct rtgenmsg what;
		unsigned char padding[NLMSG_ALIGNTO - sizeof(struct rtgenmsg)];
	} ask = {
		.head = { .nlmsg_len = sizeof(ask),
			  .nlmsg_type = type,
			  .nlmsg_seq = 1,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.what = { .rtgen_family = AF_UNSPEC },
	};
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	return sendto(fd, &ask, sizeof(ask), 0, (const struct sockaddr *)&kernel, sizeof(kernel)) <
			       0 ?
		       -1 :
		       0;
}

/* The attribute of an address message that glibc goes by: the address, or the local one. */
static const void *address_in(struct nlmsghdr *message, size_t size)
{
	struct ifaddrmsg *body = NLMSG_DATA(message);
	const void *local = NULL;
	size_t len = message->nlmsg_len - NLMSG_LENGTH(sizeof(*body));
	char *at = (char *)body + NLMSG_ALIGN(sizeof(*body));

	while (len >= sizeof(struct rtattr)) {
		struct rtattr *attribute = (void *)at;
		size_t step = RTA_ALIGN(attribute->rta_len);

		if (attribute->rta_len < sizeof(*attribute) || attribute->rta_len > len)
			break;
		if (attribute->rta_len >= RTA_LENGTH(size)) {
			if (attribute->rta_type == IFA_ADDRESS)
				return RTA_DATA(attribute);
			if (attribute->rta_type == IFA_LOCAL)
				local = RTA_DATA(attribute);
		}
		if (step >= len)
			break;
		at += step;
		len -= step;
	}
	return local;
}

static void take_address(struct order_owns *owns, struct nlmsghdr *message)
{
	struct ifaddrmsg *body = NLMSG_DATA(message);
	struct order_own own = { 0 };
	const void *address;
	size_t size;

	if (message->nlmsg_type != RTM_NEWADDR ||
	    message->nlmsg_len < NLMSG_LENGTH(sizeof(*body)) ||
	    (body->ifa_family != AF_INET && body->ifa_family != AF_INET6))
		return;
	size = body->ifa_family == AF_INET ? 4 : 16;
	address = address_in(message, size);
	if (!address)
		return;
	if (size == 4)
		own.address.s6_addr[10] = own.address.s6_addr[11] = 0xff;
	memcpy(&own.address.s6_addr[16 - size], address, size);
	own.deprecated = body->ifa_flags & (IFA_F_DEPRECATED | IFA_F_OPTIMISTIC);
	own.home = body->ifa_flags & IFA_F_HOMEADDRESS;
	own.bits = body->ifa_prefixlen;
	own.ifindex = body->ifa_index;
	*vec_push(owns) = own;
}

static void take_link(struct order_links *links, struct nlmsghdr *message)
{
	const struct ifinfomsg *body = NLMSG_DATA(message);
	bool tunnel;

	if (message->nlmsg_type != RTM_NEWLINK || message->nlmsg_len < NLMSG_LENGTH(sizeof(*body)))
		return;
	tunnel = body->ifi_type == ARPHRD_TUNNEL || body->ifi_type == ARPHRD_TUNNEL6 ||
		 body->ifi_type == ARPHRD_SIT;
	*vec_push(links) = (struct order_link){ (unsigned)body->ifi_index, !tunnel };
}

int order_take(struct order_owns *owns, struct order_links *links, void *data, size_t len)
{
	while (len >= sizeof(struct nlmsghdr)) {
		struct nlmsghdr *message = data;
		size_t step = NLMSG_ALIGN(message->nlmsg_len);

		if (message->nlmsg_len < sizeof(*message) || message->nlmsg_len > len)
			return -1;
		if (message->nlmsg_type == NLMSG_DONE)
			return 0;
		if (message->nlmsg_type == NLMSG_ERROR)
			return -1;
		take_address(owns, message);
		take_link(links, message);
		if (step >= len)
			break;
		data = (char *)data + step;
		len -= step;
	}
	return 1;
}

/* Asks the kernel for the list TYPE; -1 if it was not read to its end. */
static int list(uint16_t type, struct order_owns *owns, struct order_links *links)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), rc = 1;
	char *data = xmalloc(ANSWER_MAX);
	struct sockaddr_nl from = { 0 };
	socklen_t from_len;
	ssize_t n;

	if (fd < 0 || ask_for(fd, type) < 0)
		rc = -1;
	while (rc > 0) {
		from_len = sizeof(from);
		n = recvfrom(fd, data, ANSWER_MAX, MSG_TRUNC, (struct sockaddr *)&from, &from_len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || n > ANSWER_MAX)
			rc = -1;
		else if (from_len == sizeof(from) && from.nl_pid == 0)
			rc = order_take(owns, links, data, (size_t)n);
	}
	if (fd >= 0)
		close(fd);
	free(data);
	return rc;
}

void order_list_own(struct order_owns *owns)
{
	struct order_links none = { 0 };

	if (list(RTM_GETADDR, owns, &none) < 0)
		owns->n = 0;
	vec_fini(&none);
}

void order_list_links(struct order_links *links)
{
	struct order_owns none = { 0 };

	(void)!list(RTM_GETLINK, &none, links);
	vec_fini(&none);
}

#else

void order_list_own(struct order_owns *owns UNUSED)
{
}

void order_list_links(struct order_links *links UNUSED)
{
}

int order_take(struct order_owns *owns UNUSED, struct order_links *links UNUSED, void *data UNUSED,
	       size_t len UNUSED)
{
	return -1;
}

#endif
