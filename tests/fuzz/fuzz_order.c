/* SPDX-License-Identifier: MIT */
/*
 * fuzz_order.c - the kernel's lists of addresses and interfaces
 *
 * Of each message is taken what the kernel's own macros find in it, and no more.
 */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "dns/order_impl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

#ifdef __linux__

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

/* The first IFA_ADDRESS, else the last IFA_LOCAL, that has room for an address of N bytes. */
static const void *find_address(struct nlmsghdr *head, size_t n)
{
	struct ifaddrmsg *body = NLMSG_DATA(head);
	int left = (int)(head->nlmsg_len - NLMSG_LENGTH(sizeof(*body)));
	const void *local = NULL;

	for (struct rtattr *a = IFA_RTA(body); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		if (RTA_PAYLOAD(a) < n)
			continue;
		if (a->rta_type == IFA_ADDRESS)
			return RTA_DATA(a);
		if (a->rta_type == IFA_LOCAL)
			local = RTA_DATA(a);
	}
	return local;
}

/* The message is an address, which is number *AT of OWNS. */
static void check_address(const struct order_owns *owns, size_t *at, struct nlmsghdr *head)
{
	const struct ifaddrmsg *body = NLMSG_DATA(head);
	const struct order_own *own;
	const void *address;
	size_t n;

	if (head->nlmsg_type != RTM_NEWADDR || head->nlmsg_len < NLMSG_LENGTH(sizeof(*body)) ||
	    (body->ifa_family != AF_INET && body->ifa_family != AF_INET6))
		return;
	n = body->ifa_family == AF_INET ? 4 : 16;
	address = find_address(head, n);
	if (!address)
		return;
	require(*at < owns->n);
	own = &owns->v[(*at)++];
	require(own->bits == body->ifa_prefixlen && own->ifindex == body->ifa_index);
	require(memcmp(&own->address.s6_addr[16 - n], address, n) == 0);
	require(n == 16 || IN6_IS_ADDR_V4MAPPED(&own->address));
}

static void check_link(const struct order_links *links, size_t *at, struct nlmsghdr *head)
{
	const struct ifinfomsg *body = NLMSG_DATA(head);

	if (head->nlmsg_type != RTM_NEWLINK || head->nlmsg_len < NLMSG_LENGTH(sizeof(*body)))
		return;
	require(*at < links->n);
	require(links->v[(*at)++].ifindex == (unsigned)body->ifi_index);
}

static void check(struct order_owns *owns, struct order_links *links, void *data, size_t size)
{
	int rc = order_take(owns, links, data, size);
	size_t own = 0, link = 0, at = 0;

	while (size - at >= sizeof(struct nlmsghdr)) {
		struct nlmsghdr *head = (void *)((char *)data + at);

		if (head->nlmsg_len < sizeof(*head) || head->nlmsg_len > size - at) {
			require(rc == -1);
			break;
		}
		if (head->nlmsg_type == NLMSG_DONE || head->nlmsg_type == NLMSG_ERROR) {
			require(rc == (head->nlmsg_type == NLMSG_DONE ? 0 : -1));
			break;
		}
		check_address(owns, &own, head);
		check_link(links, &link, head);
		at += NLMSG_ALIGN(head->nlmsg_len);
		at = at < size ? at : size;
	}
	require(own == owns->n && link == links->n);
}

#else

static void check(struct order_owns *owns, struct order_links *links, void *data, size_t size)
{
	require(order_take(owns, links, data, size) < 0);
}

#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct order_owns owns = { 0 };
	struct order_links links = { 0 };
	void *copy = xmalloc(size); /* aligned as the buffer of an answer is */

	if (size)
		memcpy(copy, data, size);
	check(&owns, &links, copy, size);
	free(copy);
	vec_fini(&owns);
	vec_fini(&links);
	return 0;
}
