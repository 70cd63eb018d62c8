/* SPDX-License-Identifier: MIT */
/* fuzz_form.c - whatever is read is the same after writing and reading it in each form */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/form.h"
#include "net/prefix.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* V is the same address, zone and port as OTHER; or with the address ALONE. */
static bool same(const struct form_value *v, const struct form_value *other, bool alone)
{
	const struct endpoint *a = &v->ep, *b = &other->ep;

	if (a->kind != b->kind || v->length != other->length || v->is_range != other->is_range)
		return false;
	if (a->kind == ENDPOINT_UNIX)
		return a->abstract == b->abstract && a->path_len == b->path_len &&
		       memcmp(a->path, b->path, a->path_len) == 0;
	return memcmp(&a->ip, &b->ip, sizeof(a->ip)) == 0 &&
	       (!v->is_range || memcmp(&v->last, &other->last, sizeof(v->last)) == 0) &&
	       (alone || strcmp(a->zone, b->zone) == 0);
}

/* A zone of arpa has no bits behind its length, and none is a whole address. */
static void drop_host(struct form_value *v)
{
	const unsigned family = v->ep.ip.family;

	if (v->length < 0)
		return;
	v->ep.ip =
		ip_from_num(family,
			    range_of_prefix(family, ip_num(&v->ep.ip), (unsigned)v->length).first);
	if (v->length == (int)ip_bits(family))
		v->length = -1;
}

static void check_again(const struct form_value *v, enum form form)
{
	const unsigned family = v->ep.ip.family;
	struct form_value again, want = *v;
	struct buf b = { 0 };
	struct err err;

	if (form_write(&b, v, form, &err) < 0) {
		if (err.kind != ERR_NEGATIVE || !*err.text || b.len)
			abort();
		return;
	}
	if (form == FORM_ARPA)
		drop_host(&want);
	if (form_read(&again, form, family == 4 ? FORM_NUMBER_4 : FORM_NUMBER_6, b.data, b.len,
		      &err) < 0 ||
	    !same(&want, &again, form != FORM_CANON && form != FORM_FULL && form != FORM_C))
		abort();
	buf_fini(&b);
}

/* A zone that is a number is one: 007 is 7, and 0 is none. */
static bool is_plain_zone(const char *zone)
{
	return zone[0] < '0' || zone[0] > '9';
}

static void check(const char *text, size_t len, enum form form, unsigned flags)
{
	static const enum form forms[] = {
		FORM_CANON, FORM_FULL, FORM_INT, FORM_HEX, FORM_BIN, FORM_ARPA, FORM_SOCKADDR,
	};
	struct form_value v;
	struct err err = { 0 };

	if (form_read(&v, form, flags, text, len, &err) < 0) {
		if (err.kind != ERR_USAGE || !*err.text)
			abort();
		return;
	}
	if (v.ep.kind == ENDPOINT_UNIX && !v.ep.abstract && v.ep.path[0] == '@')
		return; /* it is written as ./@ */
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		check_again(&v, forms[i]);
	if (is_plain_zone(v.ep.zone))
		check_again(&v, FORM_C);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;

	check(text, size, FORM_AUTO, 0);
	check(text, size, FORM_AUTO, FORM_TAKE_LEGACY | FORM_STRICT);
	for (enum form form = FORM_TEXT; form <= FORM_LEGACY; form++)
		check(text, size, form, 0);
	return 0;
}
