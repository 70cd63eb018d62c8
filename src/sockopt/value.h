/* SPDX-License-Identifier: MIT */
/*
 * value.h - the value of a socket option: bytes with a type
 *
 * A value is what getsockopt(2) gave or setsockopt(2) will take, in the machine's byte
 * order.  Its type says how the bytes are read and written; a value that is shorter or
 * longer than its type expects (an older kernel, an emulator) is read by its length, or
 * shown as hexadecimal bytes.
 */
#ifndef NETIPC_SOCKOPT_VALUE_H
#define NETIPC_SOCKOPT_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* The rows of value.c follow this order. */
enum value_type {
	VALUE_BOOL,
	VALUE_INT,
	VALUE_UINT,
	VALUE_UINT64,
	VALUE_HEX,
	VALUE_COOKIE,
	VALUE_BYTES,
	VALUE_BYTES16,
	VALUE_BYTES64,
	VALUE_RATE, /* bytes a second: unsigned long */
	VALUE_SEC,
	VALUE_MSEC,
	VALUE_USEC,
	VALUE_SOCKTYPE,
	VALUE_PROTO,
	VALUE_FAMILY,
	VALUE_ERRNO,
	VALUE_TOS,
	VALUE_PMTUD,
	VALUE_BUFLOCK,
	VALUE_ADDRPREF,
	VALUE_IFINDEX,
	VALUE_IFINDEX_BE, /* network byte order */
	VALUE_CBPF,       /* only how many instructions */
	VALUE_VOID,       /* nothing, but the kernel wants an int */
	VALUE_TIMEVAL,
	VALUE_TIMEVAL64,
	VALUE_LINGER,
	VALUE_PORTRANGE,
	VALUE_TSTAMPING,
	VALUE_TXTIME,
	VALUE_UCRED,
	VALUE_GIDS,
	VALUE_MEMINFO,
	VALUE_TCPINFO,
	VALUE_IN_ADDR,
	VALUE_SOCKADDR,
	VALUE_IFNAME,
	VALUE_STR,
	VALUE_RAW,    /* bytes */
	VALUE_OPAQUE, /* a struct that is not decoded */
	VALUE_SECRET, /* never shown */
	VALUE_TYPES,
};

enum {
	VALUE_MAX = 1024, /* bytes of a value */
};

struct value {
	enum value_type type;
	size_t len;
	_Alignas(8) unsigned char bytes[VALUE_MAX];
};

/* The type's name ("seconds"), the C type that the kernel takes ("int"). */
const char *value_type_name(enum value_type type);
const char *value_type_c(enum value_type type);

/* What JSON numbers of the type count ("s", "bytes"), or NULL. */
const char *value_type_unit(enum value_type type);

/* Values of the type can be written: value_parse() reads them. */
bool value_type_parses(enum value_type type);

/* The length to ask getsockopt(2) for, at most VALUE_MAX. */
size_t value_room(enum value_type type);

/* Takes note of LEN, the length that getsockopt(2) returned with V's bytes. */
void value_got(struct value *v, size_t len);

/* Appends V for people: what value_parse() takes, perhaps with more in parentheses. */
void value_text(struct buf *b, const struct value *v);

/* Appends V, a struct tcp_info, in words: a line a field, INDENT before each.  Nothing for others.
 */
void value_lines(struct buf *b, const char *indent, const struct value *v);

/* Appends V as one JSON value: times in seconds, sizes in bytes. */
void value_json(struct buf *b, const struct value *v);

/*
 * Reads TEXT as a value of TYPE.  A number without a unit is in the option's own unit.
 * WHAT names the option in the error, which is ERR_USAGE.
 */
int value_parse(struct value *v, enum value_type type, const char *what, const char *text,
		struct err *err) MUST_CHECK;

/* A and B, of one type, mean the same, whatever their lengths are. */
bool value_equal(const struct value *a, const struct value *b);

/* V as a number: false if it is none; and the setter, as wide as V's type wants it. */
bool value_number(const struct value *v, long long *number);
void value_set_number(struct value *v, long long number);

/* V as nanoseconds: false if it is no time. */
bool value_time(const struct value *v, int64_t *ns);

/* Makes V, whose type is one of time, NS; it is cut to the unit of the type. */
void value_set_time(struct value *v, int64_t ns);

#endif
