/* SPDX-License-Identifier: MIT */
/* value_impl.h - what the files of value.h share; nobody else includes it */
#ifndef NETIPC_SOCKOPT_VALUE_IMPL_H
#define NETIPC_SOCKOPT_VALUE_IMPL_H

#include <stdint.h>

#include "sockopt/value.h"

/* Names of numbers or of bits. */
struct value_name {
	uint32_t number;
	const char *name;
};

/* One type.  PARSE is NULL if its values cannot be written. */
struct value_ops {
	const char *name, *c_type, *unit;
	unsigned short room;  /* to ask for */
	unsigned short least; /* what is shorter is shown as bytes */
	unsigned char width;  /* of a number when it is set; 0: it is none */
	bool is_unsigned;
	void (*text)(struct buf *b, const struct value *v);
	void (*json)(struct buf *b, const struct value *v);
	int (*parse)(struct value *v, const char *what, const char *text, struct err *err);
};

/* The number that V's bytes are, by their length; 0 if that is no number's. */
int64_t value_load(const struct value *v);

/* Makes V the number, as wide as its type wants it. */
void value_store(struct value *v, int64_t number);

/* The same if the type's width holds NUMBER; else ERR_USAGE, which names WHAT and TEXT. */
int value_store_checked(struct value *v, int64_t number, const char *what, const char *text,
			struct err *err) MUST_CHECK;

/* N times UNIT nanoseconds, or the most that is a whole number of them. */
int64_t value_ns(int64_t n, int64_t unit);

/* Appends NS nanoseconds as seconds with as many decimals as it needs. */
void value_put_secs(struct buf *b, int64_t ns);

/* ERR_USAGE: TEXT is not what WANTED describes. */
int value_bad(const char *what, const char *text, const char *wanted, struct err *err) MUST_CHECK;

/* "on", "yes", "true" or 1, and their opposites. */
bool value_scan_bool(const char *text, int64_t *number);

/*
 * TEXT is a time: a number of units of UNIT_NS nanoseconds, or one with a unit of its own
 * that is a whole number of these.  ERR_USAGE.
 */
int value_scan_time(const char *text, const char *what, int64_t unit_ns, int64_t *number,
		    struct err *err) MUST_CHECK;

/* The functions of one type or of several; VALUE_PARSE where its values can be written. */
#define VALUE_PRINT(stem)                                             \
	void value_text_##stem(struct buf *b, const struct value *v); \
	void value_json_##stem(struct buf *b, const struct value *v)
#define VALUE_PARSE(stem)  \
	VALUE_PRINT(stem); \
	int value_parse_##stem(struct value *v, const char *what, const char *text, struct err *err)

/* value.c */
void value_text_int(struct buf *b, const struct value *v);

/* value_names.c */
VALUE_PARSE(constant);
void value_text_tos(struct buf *b, const struct value *v);
int value_parse_tos(struct value *v, const char *what, const char *text, struct err *err);
VALUE_PARSE(pmtud);
VALUE_PARSE(bits);
VALUE_PARSE(ifindex);

/* value_struct.c */
int64_t value_timeval_ns(const struct value *v);
int value_set_timeval(struct value *v, int64_t us) MUST_CHECK; /* -1: too far for libc's */
VALUE_PARSE(timeval);
VALUE_PARSE(linger);
VALUE_PARSE(txtime);
VALUE_PARSE(tstamping);
VALUE_PRINT(ucred);
VALUE_PRINT(gids);
VALUE_PRINT(meminfo);
VALUE_PRINT(tcpinfo);
VALUE_PARSE(in_addr);
VALUE_PRINT(sockaddr);
VALUE_PARSE(str);
VALUE_PARSE(raw);

#endif
