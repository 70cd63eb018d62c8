/* SPDX-License-Identifier: MIT */
/*
 * addr_info.h - the parts of netipc addr info, which is also netipc addr without a verb: what
 * is known of one operand, its block, its columns, and the table of the registries
 */
#ifndef NETIPC_CMD_ADDR_INFO_H
#define NETIPC_CMD_ADDR_INFO_H

#include "cmd/addr_read.h"
#include "net/embed.h"
#include "net/registry.h"
#include "net/sa.h"

struct addr_info_options {
	struct addr_read read;
	bool strict_zone, registry;
	struct opt_strs nat64;
};

extern const struct opt addr_info_opts[];

enum addr_info_column {
	COL_INPUT,
	COL_FORM,
	COL_KIND,
	COL_FAMILY,
	COL_ADDRESS,
	COL_ZONE,
	COL_PORT,
	COL_PATH,
	COL_LENGTH,
	COL_NETWORK,
	COL_NETMASK,
	COL_WILDCARD,
	COL_FIRST,
	COL_LAST,
	COL_COUNT,
	COL_FIRST_HOST,
	COL_LAST_HOST,
	COL_HOSTS,
	COL_BROADCAST,
	COL_ENCLOSING,
	COL_PREFIXES,
	COL_EXPANDED,
	COL_INTEGER,
	COL_HEX,
	COL_HOST_ORDER,
	COL_NETWORK_ORDER,
	COL_BLOCK,
	COL_CLASS,
	COL_RFC,
	COL_ALLOCATED,
	COL_TERMINATED,
	COL_SOURCE,
	COL_DESTINATION,
	COL_FORWARDABLE,
	COL_GLOBAL,
	COL_RESERVED,
	COL_REGISTRY,
	COL_AS_OF,
	COL_CLASSES,
	COL_SETS,
	COL_SCOPE,
	COL_EMBEDDED,
	COL_EMBEDDED_IPV4,
	COL_EMBEDDED_CLASS,
	COL_EMBEDDED_MAC,
	COL_EMBEDDED_PREFIX,
	COL_TEREDO_SERVER,
	COL_TEREDO_PORT,
	COL_TEREDO_FLAGS,
	COL_RENDEZVOUS_POINT,
	COL_AUTONOMOUS_SYSTEM,
	COL_SOLICITED_NODE,
	COL_MULTICAST_FLAGS,
	COL_MULTICAST_MAC,
	COL_SOCKADDR,
	COL_C,
	COL_REVERSE,
	COL_ERROR,
	ADDR_INFO_COLUMNS,
};

extern const struct out_col addr_info_cols[ADDR_INFO_COLUMNS];
int addr_info_run(struct cli *cli, const void *options, int argc, char **argv);

extern const struct command addr_verb_info;

enum subject_kind {
	SUBJECT_ADDRESS,
	SUBJECT_PREFIX,
	SUBJECT_RANGE,
	SUBJECT_UNIX,
};

/* The entries of the registries that a subject's addresses are in. */
struct subject_entries VEC(const struct registry_entry *);

/* One operand, and what is known of it. */
struct subject {
	enum subject_kind kind;
	const char *form; /* in which it was read: "canon" */
	struct form_value v;
	struct range range; /* but of UNIX */
	struct sa sa;       /* of ADDRESS and UNIX */
	struct subject_entries entries;
	struct embed embeds[EMBED_MAX];
	size_t nembeds;
};

/* Every address of S is in the class with this number of registry_class_name(). */
bool subject_is_in(const struct subject *s, size_t i);

/* The scope of all of S's addresses; NULL if they have several or none. */
const char *subject_scope(const struct subject *s);

/*
 * The name whose zone has the PTR records of S's addresses: their reverse name, or of a
 * prefix that ends between two labels.  False if there is none.
 */
bool subject_reverse(const struct subject *s, char buf[static IP_ARPA_STRLEN]);

/* The canonical text of S without a port; its zone may have any bytes. */
void subject_add_address(struct buf *b, const struct subject *s);

/* Appends N bytes in hexadecimal with SEPARATOR between. */
void subject_add_hex(struct buf *b, const void *bytes, size_t n, const char *separator);

/* Word I of the address as the machine reads it from memory. */
uint32_t subject_host_word(const struct ip *ip, size_t i);

/* Appends the lecture's line, "IPv4: 0x8c710101"; the whole block, which begins with it. */
void subject_add_classic(struct buf *b, const struct subject *s);
void subject_add_block(struct buf *b, const struct subject *s);

/* Sets the columns of S. */
void subject_set_columns(struct out *o, const struct subject *s);

/* The columns of an entry of the registries alone. */
void addr_registry_set(struct out *o, const struct registry_entry *e);

/* netipc addr --registry: a record an entry. */
int addr_registry_run(struct cli *cli);

#endif
