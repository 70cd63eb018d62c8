/* SPDX-License-Identifier: MIT */
#include "cmd/addr_read.h"

#include <string.h>

#include "base/str.h"

const struct opt_choice addr_read_forms[] = {
	{ "auto", FORM_AUTO, NULL },         { "text", FORM_TEXT, NULL },
	{ "canon", FORM_CANON, NULL },       { "full", FORM_FULL, NULL },
	{ "int", FORM_INT, NULL },           { "hex", FORM_HEX, NULL },
	{ "bin", FORM_BIN, NULL },           { "arpa", FORM_ARPA, NULL },
	{ "mac", FORM_MAC, NULL },           { "eui64", FORM_EUI64, NULL },
	{ "sockaddr", FORM_SOCKADDR, NULL }, { "c", FORM_C, NULL },
	{ "unix", FORM_UNIX, NULL },         { "url", FORM_URL, NULL },
	{ "legacy", FORM_LEGACY, NULL },     { NULL, 0, NULL },
};

static bool is_wanted(const struct addr_read *how, const struct form_value *v)
{
	if (!how->only4 && !how->only6)
		return true;
	if (v->ep.kind != ENDPOINT_IP)
		return false;
	return v->ep.ip.family == 4 ? how->only4 : how->only6;
}

int addr_read(struct form_value *v, const struct addr_read *how, const char *text, size_t len,
	      struct err *err)
{
	const bool both = how->only4 && how->only6;
	unsigned flags = 0;
	char show[STR_SHOW];

	flags |= how->legacy ? FORM_TAKE_LEGACY : 0;
	flags |= how->strict ? FORM_STRICT : 0;
	flags |= how->only4 && !both ? FORM_NUMBER_4 : 0;
	flags |= how->only6 && !both ? FORM_NUMBER_6 : 0;
	if (form_read(v, (enum form)how->form, flags, text, len, err) < 0)
		return -1;
	if (is_wanted(how, v))
		return 0;
	return err_set(err, ERR_NEGATIVE, "\"%s\" is not %s", str_show_n(show, text, len),
		       both       ? "IP" :
		       how->only4 ? "IPv4" :
				    "IPv6");
}

const char *addr_read_form(const struct form_value *v, const char *text, size_t len)
{
	static const enum form exact[] = { FORM_CANON, FORM_FULL };
	enum form form = v->form;
	struct buf b = { 0 };
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(exact) && form == FORM_TEXT; i++) {
		b.len = 0;
		if (form_write(&b, v, exact[i], &err) == 0 && b.len == len &&
		    memcmp(b.data, text, len) == 0)
			form = exact[i];
	}
	buf_fini(&b);
	return form_name(form);
}
