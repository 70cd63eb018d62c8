/* SPDX-License-Identifier: MIT */
/* form_impl.h - the readers and writers of form.c, and what they share */
#ifndef NETIPC_NET_FORM_IMPL_H
#define NETIPC_NET_FORM_IMPL_H

#include "net/form.h"

/* The text being read. */
struct form_text {
	const char *start, *end;
	const char *what; /* "a MAC address" */
	unsigned flags;
	struct err *err;
};

/* Fails at AT with the formatted reason. */
int form_bad(const struct form_text *t, const char *at, const char *fmt, ...) PRINTF_LIKE(3, 4);
#define form_bad(...) (form_bad(__VA_ARGS__), err_failed())

/* A prefix length from S to the end of the text. */
int form_read_length(const struct form_text *t, const char *s, struct form_value *v) MUST_CHECK;

/* Each reads a text in its form; the fields of V are zero, but for its length of -1. */
int form_read_int(const struct form_text *t, struct form_value *v) MUST_CHECK;
int form_read_hex(const struct form_text *t, struct form_value *v) MUST_CHECK;
int form_read_bin(const struct form_text *t, struct form_value *v) MUST_CHECK;
int form_read_arpa(const struct form_text *t, struct form_value *v) MUST_CHECK;
int form_read_mac(const struct form_text *t, struct form_value *v) MUST_CHECK;
int form_read_sockaddr(const struct form_text *t, struct form_value *v) MUST_CHECK;
int form_read_c(const struct form_text *t, struct form_value *v) MUST_CHECK;

/* The text has the shape of its form, and of no other that FORM_AUTO reads. */
bool form_is_hex(const char *s, const char *end);
bool form_is_bin(const char *s, const char *end);
bool form_is_arpa(const char *s, const char *end);
bool form_is_mac(const char *s, const char *end);
bool form_is_eui64(const char *s, const char *end);
bool form_is_sockaddr(const char *s, const char *end);
bool form_is_c(const char *s, const char *end);

/* Appends V in FORM and returns NULL, or why there is no such form of it. */
typedef const char *form_writer(struct buf *b, const struct form_value *v, enum form form);
form_writer form_write_arpa, form_write_mac, form_write_sockaddr, form_write_c;

/* Appends IP as FORM_INT, FORM_HEX or FORM_BIN. */
void form_write_number(struct buf *b, const struct ip *ip, enum form form);

/* Appends the N bytes at DATA, two hexadecimal digits each, with SEPARATOR between. */
void form_write_bytes(struct buf *b, const void *data, size_t n, char separator);

#endif
