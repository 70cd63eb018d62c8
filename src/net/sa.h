/* SPDX-License-Identifier: MIT */
/*
 * sa.h - any socket address as a value
 *
 * The one place where byte order, sin_len and the lengths of UNIX addresses are dealt
 * with: ports are in host order everywhere else.
 */
#ifndef NETIPC_NET_SA_H
#define NETIPC_NET_SA_H

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/buf.h"
#include "net/endpoint.h"

struct sa {
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
		struct sockaddr_storage storage;
	} u;
	socklen_t len;
};

enum {
	/* Every byte of a UNIX name may need \xNN, and "unix:@" stands before it. */
	SA_STRLEN = 4 * ENDPOINT_PATH_MAX + 8,
	SA_ZONE_STRLEN = ENDPOINT_ZONE_MAX + 1, /* IF_NAMESIZE */
};

/* The address of IP and PORT (host order). */
void sa_from_ip(struct sa *sa, const struct ip *ip, uint16_t port);

/*
 * The address that EP stands for; without a port, port 0.  Its zone becomes the scope
 * id; an interface that this machine does not have is ERR_NEGATIVE, one that cannot be looked
 * up ERR_SYSTEM, and the scope id is 0 then.
 */
int sa_from_endpoint(struct sa *sa, const struct endpoint *ep, struct err *err) MUST_CHECK;

/* if_nametoindex(3) failed with CODE as there is no such interface, not since it could not look. */
bool sa_no_interface(int code);

/* A copy of the LEN bytes at ADDR, as accept(2) and getaddrinfo(3) give them. */
void sa_from_raw(struct sa *sa, const void *addr, socklen_t len);

/* An IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2) becomes the IPv4 address in it. */
void sa_unmap(struct sa *sa);

/* The IP of SA: false if it has none (UNIX). */
bool sa_ip(const struct sa *sa, struct ip *ip);

/* The port in host order, 0 if there is none; and the setter, which does nothing then. */
uint16_t sa_port(const struct sa *sa);
void sa_set_port(struct sa *sa, uint16_t port);

/*
 * The IPv6 zone of SA: the interface's name, which may have any bytes, or its number if
 * this machine has no such interface.  Returns BUF, or NULL if there is no zone.
 */
const char *sa_zone(const struct sa *sa, char buf[static SA_ZONE_STRLEN]);

/*
 * Append what sa_format() and sa_format_host() write, as it is: the bytes of an interface's
 * or a UNIX name are not made safe to print.  For records, whose formats see to that.
 */
void sa_add(struct buf *b, const struct sa *sa);
void sa_add_host(struct buf *b, const struct sa *sa);

/*
 * Writes "192.0.2.1:80", "[fe80::1%lo]:80", "unix:/path", "unix:@name" or "unix:" (no
 * name) to BUF, safe to print, and returns it.  sa_format_host() leaves the port and the
 * brackets out.
 */
char *sa_format(const struct sa *sa, char buf[static SA_STRLEN]);
char *sa_format_host(const struct sa *sa, char buf[static SA_STRLEN]);

/* The two address the same: family, address, port, scope; the rest of the bytes is not looked at.
 */
bool sa_equal(const struct sa *a, const struct sa *b);

/* One field of an address as it lies in memory. */
struct sa_field {
	const char *name; /* "sin_port" */
	size_t offset, size;
};

/* The name of SA's struct ("sockaddr_in") and its fields in the order of memory. */
const char *sa_struct(const struct sa *sa);
size_t sa_fields(const struct sa *sa, const struct sa_field **fields);

#endif
