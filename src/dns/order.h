/* SPDX-License-Identifier: MIT */
/*
 * order.h - why an address stands before another (RFC 6724 section 6, as each libc applies it)
 *
 *	order_tables(&gai, order_libc(), "/etc/gai.conf", &err);
 *	struct order o = { .libc = order_libc(), .gai = &gai };
 *	order_add(&o, &sa) ...;              in the order of the answer, or in libc's
 *	order_measure(&o);                   asks the kernel for source addresses
 *	order_sort(&o, sorted);              what libc should have made of it
 *	i = order_check(&o, &why);           the rows are libc's: does that agree with the rules
 *	why = order_compare(&o, a, b);       the rule that puts A before B
 *
 * After order_measure() all is arithmetic on the rows, which a caller may also fill in itself.
 */
#ifndef NETIPC_DNS_ORDER_H
#define NETIPC_DNS_ORDER_H

#include "base/buf.h"
#include "dns/conf.h"
#include "net/sa.h"

/* Whose rules: the libcs leave some out and read others in their own way. */
enum order_libc {
	ORDER_GLIBC,   /* all ten, with gai.conf(5); IPv4 prefixes count within the own net alone */
	ORDER_MUSL,    /* without 3, 4, 7 and gai.conf(5); IPv4 alone is never sorted */
	ORDER_RFC6724, /* as they are written: of a libc that we do not know */
};

/* The rules of RFC 6724 section 6; order.def has the words. */
enum order_rule {
#define ORDER_RULE(number, id, name, plain) ORDER_##id = (number),
#include "dns/order.def"
#undef ORDER_RULE
};

struct order_row {
	struct sa sa; /* the destination */

	/* What order_measure() finds. */
	bool has_source; /* the kernel has a way to SA; else CODE is why not (errno) */
	int code;
	struct sa source; /* the address it would send from */
	int scope;        /* of SA: 2 link, 5 site, 14 global */
	int source_scope;
	int label, source_label;
	int precedence;
	const struct conf_prefix *label_line, *precedence_line; /* the lines of the tables */
	bool deprecated, home;                                  /* flags of the source address */
	int native;           /* it is on no tunnel: 1, 0, or -1 if that is not known */
	unsigned ifindex;     /* of the source address; 0 if that is not known */
	unsigned source_bits; /* the source's own prefix length; 0 if that is not known */
	unsigned common; /* bits that SA and the source have in common, as rule 9 counts them */
};

struct order {
	enum order_libc libc;
	const struct conf_gai *gai;
	struct order_rows VEC(struct order_row) rows;
};

/* The libc that this program runs with. */
enum order_libc order_libc(void);

/*
 * Its tables: for glibc what conf_gai_read() makes of the file PATH, else those that it was
 * built with.  -1 if PATH cannot be read.
 */
int order_tables(struct conf_gai *gai, enum order_libc libc, const char *path,
		 struct err *err) MUST_CHECK;

/* Appends an address, with its port and zone as getaddrinfo(3) gives them. */
void order_add(struct order *o, const struct sa *sa);

/*
 * Fills in the rows, by connecting a UDP socket to each address, which sends nothing, and
 * from the kernel's list of own addresses.  What cannot be found out is not known.
 */
void order_measure(struct order *o);

/*
 * The rule that decides between two rows, which are numbers; ORDER_UNCHANGED (10) if none
 * does.  SIGN, which may be NULL: < 0 if FIRST goes first, > 0 if SECOND does, 0 if their order is
 * kept.
 */
enum order_rule order_compare(const struct order *o, size_t first, size_t second, int *sign);

/*
 * Stores in INDEX, of rows.n numbers, the order that libc makes of the rows if they stand as
 * they were answered.
 */
void order_sort(const struct order *o, size_t *index);

/*
 * The rows stand as libc returned them: is that an order that its rules allow?  The number of
 * the first row that a rule, stored in RULE, would have put before the row before it; 0 if there
 * is none.  For ORDER_RFC6724 that says nothing of libc, whose rules are not known.
 */
size_t order_check(const struct order *o, enum order_rule *rule);

/* "prefer higher precedence", as RFC 6724 has it; "its kind of address goes first". */
const char *order_rule_name(enum order_rule rule);
const char *order_rule_plain(enum order_rule rule);

/*
 * Appends what decides that row FIRST goes before row SECOND, in their own values: "precedence 40
 * (IPv6) is higher than 10 (IPv4)".
 */
void order_why(struct buf *b, const struct order *o, size_t first, size_t second);

/* Appends "link-local", "site-local", "global" or another word or number for a scope. */
void order_add_scope(struct buf *b, int scope);

void order_fini(struct order *o);

#endif
