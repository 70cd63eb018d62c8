/* SPDX-License-Identifier: MIT */
/* addr_read.h - how info and conv read an address in any form: options, reading, the note */
#ifndef NETIPC_CMD_ADDR_READ_H
#define NETIPC_CMD_ADDR_READ_H

#include "cli/command.h"
#include "net/form.h"

/* The options of it, which stand in the options' struct of a verb as its member READ. */
struct addr_read {
	int form; /* enum form */
	bool only4, only6, legacy, strict;
};

extern const struct opt_choice addr_read_forms[];

#define ADDR_READ_OPTS(st)                                               \
	OPT_CHOICE('i', "input", "FORM", st, read.form, addr_read_forms, \
		   "the form that addresses are in (auto)"),             \
		OPT_BOOL('4', "ipv4", st, read.only4,                    \
			 "refuse what is not IPv4; numbers are IPv4"),   \
		OPT_BOOL('6', "ipv6", st, read.only6,                    \
			 "refuse what is not IPv6; numbers are IPv6"),   \
		OPT_BOOL(0, "legacy", st, read.legacy,                   \
			 "take what inet_aton reads too, with a note"),  \
		OPT_BOOL(0, "strict", st, read.strict, "refuse bits behind a prefix's length")

/* Lines for the "more" of a verb with these options. */
#define ADDR_READ_MORE                                                                      \
	"FORM of -i: auto text canon full int hex bin arpa mac eui64 sockaddr c unix url\n" \
	"            legacy\n"

/* Reads the LEN bytes at TEXT as HOW says.  Fails as form_read(); ERR_NEGATIVE: the family. */
int addr_read(struct form_value *v, const struct addr_read *how, const char *text, size_t len,
	      struct err *err) MUST_CHECK;

/*
 * The name of the form that the LEN bytes at TEXT, which V was read from, are in: a FORM_TEXT
 * that form_write() would write so is FORM_CANON or FORM_FULL.
 */
const char *addr_read_form(const struct form_value *v, const char *text, size_t len);

#endif
