/* SPDX-License-Identifier: MIT */
/*
 * embed.h - what is inside an address: other addresses, hardware addresses, flags
 *
 * Transition mechanisms put IPv4 addresses into IPv6 ones; interfaces put their hardware
 * address there; a multicast address tells its scope, and may tell a unicast prefix or a
 * rendezvous point.
 */
#ifndef NETIPC_NET_EMBED_H
#define NETIPC_NET_EMBED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/vec.h"
#include "net/prefix.h"

enum embed_kind {
	EMBED_MAPPED,     /* ::ffff:0:0/96, RFC 4291 section 2.5.5.2 */
	EMBED_COMPATIBLE, /* ::/96 but :: and ::1, RFC 4291 section 2.5.5.1 */
	EMBED_6TO4,       /* 2002::/16, RFC 3056 section 2 */
	EMBED_TEREDO,     /* 2001::/32, RFC 4380 section 4 */
	EMBED_NAT64,      /* RFC 6052 section 2.2 */
	EMBED_ISATAP,     /* interface identifier 0000:5efe or 0200:5efe, RFC 5214 section 6.1 */
	EMBED_EUI64,      /* interface identifier made of a MAC, RFC 4291 appendix A */
	EMBED_SOLICITED,  /* ff02::1:ff00:0/104, RFC 4291 section 2.7.1 */
	EMBED_PREFIX,     /* multicast of a unicast prefix, RFC 3306 section 4, RFC 6034 */
	EMBED_INTERFACE,  /* multicast of one interface identifier, RFC 4489 */
	EMBED_RP,         /* multicast with its rendezvous point, RFC 3956 section 3 */
	EMBED_AS,         /* 233.0.0.0/8 with an autonomous system, RFC 3180 */
};

/* One thing that is inside an address. */
struct embed {
	enum embed_kind kind;
	/*
	 * MAPPED to ISATAP: the IPv4 address (TEREDO: of the client).  PREFIX: the network.
	 * RP: the rendezvous point.  SOLICITED: the low 24 bits.  INTERFACE: the low 64 bits.
	 */
	struct ip ip;
	unsigned length;  /* of the prefix: PREFIX, RP, NAT64 */
	struct ip server; /* TEREDO */
	uint16_t flags, port;
	uint8_t mac[6];  /* EUI64 */
	unsigned number; /* AS */
};

/* A prefix behind which a NAT64 of this network puts IPv4 addresses. */
struct embed_nat64 {
	struct u128 first;
	unsigned length;
};
struct embed_nat64s VEC(struct embed_nat64);

enum {
	EMBED_MAX = 4,      /* things inside one address */
	EMBED_IPV4_MAX = 3, /* IPv4 addresses among them */
	EMBED_MAC_STRLEN = 18,
};

/* The name of KIND for records ("6to4"). */
const char *embed_name(enum embed_kind kind);

/*
 * Adds the prefix P to NAT64S, which the caller frees with vec_fini().  ERR_USAGE if NAT64
 * has none such: IPv6 of length 32, 40, 48, 56, 64 or 96.
 */
int embed_nat64_add(struct embed_nat64s *nat64s, const struct prefix *p,
		    struct err *err) MUST_CHECK;

/*
 * Stores what is inside IP; how many that is.  NAT64S, which may be NULL, are prefixes
 * beside 64:ff9b::/96; where several fit, the longest counts.
 */
size_t embed_find(const struct ip *ip, const struct embed_nat64s *nat64s,
		  struct embed found[static EMBED_MAX]);

/*
 * The same for the IPv4 addresses alone to which packets for the IPv6 address N go (Teredo:
 * the client), which takes a few nanoseconds.
 */
size_t embed_ipv4(struct u128 n, const struct embed_nat64s *nat64s,
		  uint32_t ipv4[static EMBED_IPV4_MAX]);

/* IP is a multicast address. */
bool embed_is_multicast(const struct ip *ip);

/* The solicited-node group of the IPv6 address IP. */
struct ip embed_solicited_node(const struct ip *ip);

/* The Ethernet group of the multicast address IP: RFC 1112 section 6.4, RFC 2464 section 7. */
void embed_multicast_mac(const struct ip *ip, uint8_t mac[static 6]);

/* Writes "00:53:00:00:00:01" and returns BUF. */
char *embed_mac_format(const uint8_t mac[static 6], char buf[static EMBED_MAC_STRLEN]);

/* The flags of an IPv6 multicast address, four bits: R (RFC 3956), P (RFC 3306), T. */
enum {
	EMBED_FLAG_T = 1, /* not a permanently assigned group */
	EMBED_FLAG_P = 2, /* of a unicast prefix */
	EMBED_FLAG_R = 4, /* with its rendezvous point */
};
unsigned embed_multicast_flags(const struct ip *ip);

/*
 * How far packets for IP go: "link-local", "global" (RFC 4007 section 4, RFC 4291 section
 * 2.7, RFC 7346; IPv4, mapped or not: RFC 6724 section 3.2, RFC 2365).  NULL for the
 * unspecified address, which has no scope.
 */
const char *embed_scope(const struct ip *ip);

#endif
