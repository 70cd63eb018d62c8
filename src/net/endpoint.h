/* SPDX-License-Identifier: MIT */
/*
 * endpoint.h - what can be written where an address is wanted
 *
 *	192.0.2.1            192.0.2.1:80
 *	2001:db8::1          [2001:db8::1]:80     fe80::1%eth0     [fe80::1%eth0]:80
 *	unix:/run/x.sock     unix:@abstract
 *
 * No names: those are for the resolver, which gets them from endpoint_split().
 */
#ifndef NETIPC_NET_ENDPOINT_H
#define NETIPC_NET_ENDPOINT_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "net/ip.h"

enum {
	ENDPOINT_ZONE_MAX = 15, /* bytes of a zone: IF_NAMESIZE - 1 */
	/* Bytes of a UNIX address's name; on Linux an abstract one may fill them. */
	ENDPOINT_PATH_MAX = sizeof(((struct sockaddr_un *)0)->sun_path),
};

enum endpoint_kind {
	ENDPOINT_IP,
	ENDPOINT_UNIX,
};

struct endpoint {
	enum endpoint_kind kind;
	struct ip ip;
	char zone[ENDPOINT_ZONE_MAX + 1]; /* interface name or number; "" if none */
	bool has_port;
	uint16_t port; /* host order */
	bool abstract; /* PATH is a name in Linux's abstract namespace, without the @ */
	char path[ENDPOINT_PATH_MAX + 1];
	size_t path_len;
};

/* Parses the LEN bytes at TEXT.  ERR_USAGE with the reason and the column. */
int endpoint_parse(struct endpoint *ep, const char *text, size_t len, struct err *err) MUST_CHECK;

/*
 * Parses an IP address that may have a zone (RFC 4007 section 11), without brackets and
 * port.  ERR_USAGE as ip_parse(), which says what BEFORE is.
 */
int endpoint_parse_address(struct endpoint *ep, const char *text, size_t len, size_t before,
			   struct err *err) MUST_CHECK;

/* Parses a port, 0 to 65535, decimal digits only; BEFORE as for ip_parse(). */
int endpoint_parse_port(uint16_t *port, const char *text, size_t len, size_t before,
			struct err *err) MUST_CHECK;

/* HOST:PORT taken apart; a borrowed view of the text. */
struct endpoint_parts {
	const char *host; /* NULL if there is none; brackets are taken off */
	size_t host_len;
	const char *port; /* NULL if there is none */
	size_t port_len;
};

/*
 * Takes TEXT apart at the last colon: "host:port", "[v6]:port", "[v6]", "v6", ":port",
 * "host".  A text with two or more colons and no bracket is an IPv6 address alone.
 * ERR_USAGE if a bracket is not closed or is followed by something else than a colon.
 */
int endpoint_split(const char *text, size_t len, struct endpoint_parts *parts,
		   struct err *err) MUST_CHECK;

#endif
