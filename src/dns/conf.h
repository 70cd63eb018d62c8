/* SPDX-License-Identifier: MIT */
/*
 * conf.h - what resolv.conf(5) and gai.conf(5) say, and what they only seem to say
 *
 * The readers take what glibc takes, and note what it ignores, cuts or reads in an unexpected
 * way.  They never fail on what a file says.  nsswitch.conf(5) is read by base/nsswitch.h.
 */
#ifndef NETIPC_DNS_CONF_H
#define NETIPC_DNS_CONF_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/note.h"
#include "base/vec.h"
#include "net/sa.h"

enum {
	CONF_SERVERS_USED = 3, /* glibc and musl ask the first three */
	CONF_PORT = 53,
};

struct conf_server {
	struct sa sa; /* with its port */
	size_t line;  /* of the file; 0: none was named, and this is 127.0.0.1 */
};

/* An address and netmask of a sortlist line, IPv4 in host order. */
struct conf_sort {
	uint32_t address, mask;
};

/* Where the search list comes from. */
enum conf_origin {
	CONF_FROM_NOWHERE,  /* there is none */
	CONF_FROM_SEARCH,   /* a search line */
	CONF_FROM_DOMAIN,   /* a domain line */
	CONF_FROM_ENV,      /* LOCALDOMAIN */
	CONF_FROM_HOSTNAME, /* what follows the first dot of this machine's name */
};

/* Options that are on or off; conf_options.def has their words. */
enum conf_flag {
#define CONF_FLAG(id, word) CONF_##id,
#include "dns/conf_options.def"
#undef CONF_FLAG
	CONF_FLAGS,
};

struct conf_resolv {
	/* All that the file names: the first CONF_SERVERS_USED are asked, and there is at least
	 * one. */
	struct conf_servers VEC(struct conf_server) servers;

	/* Domains to try, as they are written: one may have a dot at its end or be ".". */
	struct conf_search VEC(const char *) search;
	enum conf_origin search_from;
	size_t search_line;

	unsigned ndots;     /* 0 to 15: 1 */
	unsigned timeout_s; /* of a try, 1 to 30: 5 */
	unsigned attempts;  /* rounds through the servers, 1 to 5: 2 */
	bool flags[CONF_FLAGS];

	struct conf_sortlist VEC(struct conf_sort) sortlist; /* for gethostbyname alone */
	bool missing;                                        /* there is no such file */
	struct notes notes;
	struct arena memory; /* private */
};

/* What else than the file has a say; each may be NULL. */
struct conf_around {
	const char *localdomain; /* of the environment: LOCALDOMAIN, RES_OPTIONS */
	const char *res_options;
	const char *hostname; /* gethostname(2) */
};

void conf_resolv_parse(struct conf_resolv *conf, const char *text, size_t len,
		       const struct conf_around *around);

/* The same of the file PATH; one that is not there is an empty one.  -1 if it cannot be read. */
int conf_resolv_read(struct conf_resolv *conf, const char *path, const struct conf_around *around,
		     struct err *err) MUST_CHECK;
void conf_resolv_fini(struct conf_resolv *conf);

/* The servers that are asked: min(servers.n, CONF_SERVERS_USED). */
size_t conf_resolv_used(const struct conf_resolv *conf);

/* The word of FLAG in an options line, "use-vc". */
const char *conf_flag_word(enum conf_flag flag);

/* A line of a table: what VALUE the addresses in PREFIX/BITS have. */
struct conf_prefix {
	struct in6_addr prefix; /* IPv4 is ::ffff:0:0/96 */
	unsigned bits;
	int value;
	size_t line;      /* of the file; 0: of libc's own table */
	const char *what; /* "IPv4", "6to4": of a prefix that has a name, else NULL */
};
struct conf_prefixes VEC(struct conf_prefix);

/* The same of scopev4: IPv4 in host order. */
struct conf_scope {
	uint32_t address, mask;
	int value;
	size_t line;
};

/* Tables for the order of addresses, each from the most special prefix to the least. */
struct conf_gai {
	struct conf_prefixes labels, precedences;
	struct conf_scopes VEC(struct conf_scope) scopes;
	bool own_labels, own_precedences,
		own_scopes; /* the file's, which replace libc's whole table */
	bool reload;
	bool missing;
	struct notes notes;
};

/* Reads the LEN bytes at TEXT; a table of which the file has no line is glibc's own (RFC 3484). */
void conf_gai_parse(struct conf_gai *conf, const char *text, size_t len);

/* The same of the file PATH; one that is not there is an empty one.  -1 if it cannot be read. */
int conf_gai_read(struct conf_gai *conf, const char *path, struct err *err) MUST_CHECK;

/* musl's tables and RFC 6724's section 2.1, which no file changes. */
void conf_gai_musl(struct conf_gai *conf);
void conf_gai_rfc6724(struct conf_gai *conf);
void conf_gai_fini(struct conf_gai *conf);

/* The line of TABLE that ADDRESS falls under; each table has one for every address. */
const struct conf_prefix *conf_gai_match(const struct conf_prefixes *table,
					 const struct in6_addr *address);

#endif
