/* SPDX-License-Identifier: MIT */
#include "dns/gai.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "base/scan.h"
#include "base/str.h"

static const struct eai {
	int code;
	enum err_kind kind;
	const char *name, *status;
} eais[] = {
#define EAI(code, kind, status) { code, kind, #code, status },
#include "dns/eai.def"
#undef EAI
};

static const struct eai *find(int code)
{
	for (size_t i = 0; i < ARRAY_SIZE(eais); i++)
		if (eais[i].code == code)
			return &eais[i];
	return NULL;
}

const char *gai_code_name(int code)
{
	const struct eai *eai = find(code);

	return eai ? eai->name : NULL;
}

enum err_kind gai_code_kind(int code)
{
	const struct eai *eai = find(code);

	return eai ? eai->kind : ERR_SYSTEM;
}

const char *gai_code_status(int code)
{
	const struct eai *eai = find(code);

	return code == 0 ? "invalid" : eai ? eai->status : "failed";
}

/* Fills ERR for CODE, which a call about WHAT returned with NUMBER in errno. */
static int fail(int code, int number, const char *what, struct err *err)
{
	const char *name = gai_code_name(code);
	bool system = code == EAI_SYSTEM && number != 0;
	char unknown[16];

	snprintf(unknown, sizeof(unknown), "%d", code);
	err_set(err, gai_code_kind(code), "%s: %s (%s)%s%s", what, gai_strerror(code),
		name ? name : unknown, system ? ": " : "", system ? strerror(number) : "");
	err->code = code;
	return -1;
}

/* Appends " service SERVICE", or what stands for NAME, to the subject of an error. */
static void put_subject(struct buf *b, const char *name, const char *service)
{
	char show[STR_SHOW];

	if (name)
		buf_adds(b, *name ? str_show(show, name) : "\"\"");
	if (service)
		buf_printf(b, "%sservice %s", name ? " " : "",
			   *service ? str_show(show, service) : "\"\"");
}

static int lookup_failed(int code, int number, const char *name, const char *service,
			 struct err *err)
{
	struct buf what = { 0 };

	put_subject(&what, name, service);
	fail(code, number, buf_str(&what), err);
	buf_fini(&what);
	return -1;
}

/*
 * What libc takes for a number, as strtoul(3) does, with blanks and a sign before it, must
 * be a port number.
 */
static int check_port(const char *service, struct err *err)
{
	const char *digits = service;
	uint64_t port;

	if (!service)
		return 0;
	while (str_is_space(*digits))
		digits++;
	digits += *digits == '-' || *digits == '+';
	if (!*digits || digits[strspn(digits, "0123456789")] != '\0')
		return 0;
	return scan_uint_all(service, "port", 0, UINT16_MAX, &port, err);
}

int gai_lookup(struct gai_rows *rows, const char *name, const char *service,
	       const struct gai_hints *hints, struct err *err)
{
	struct addrinfo *list, want = { 0 };
	int code;

	if (!name && !service)
		return err_set(err, ERR_USAGE, "neither a name nor a service");
	if (check_port(service, err) < 0)
		return -1;
	if (hints) {
		want.ai_flags = hints->flags;
		want.ai_family = hints->family;
		want.ai_socktype = hints->socktype;
		want.ai_protocol = hints->protocol;
	}
	errno = 0;
	code = getaddrinfo(name, service, &want, &list);
	if (code != 0)
		return lookup_failed(code, errno, name, service, err);
	for (const struct addrinfo *ai = list; ai; ai = ai->ai_next) {
		struct gai_row *row = vec_push(rows);

		sa_from_raw(&row->sa, ai->ai_addr, ai->ai_addrlen);
		row->family = ai->ai_family;
		row->socktype = ai->ai_socktype;
		row->protocol = ai->ai_protocol;
		row->canonname = ai->ai_canonname ? xstrdup(ai->ai_canonname) : NULL;
	}
	freeaddrinfo(list);
	return 0;
}

void gai_fini(struct gai_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++)
		free(rows->v[i].canonname);
	vec_fini(rows);
}

bool gai_is_repeated(const struct gai_rows *rows, size_t i)
{
	for (size_t j = i; j-- > 0;)
		if (sa_equal(&rows->v[j].sa, &rows->v[i].sa))
			return true;
	return false;
}

int gai_reverse(struct gai_name *name, const struct sa *sa, int flags, struct err *err)
{
	char text[SA_STRLEN];
	int code;

	memset(name, 0, sizeof(*name));
	errno = 0;
	code = getnameinfo(&sa->u.sa, sa->len, name->host, sizeof(name->host), name->service,
			   sizeof(name->service), flags);
	return code == 0 ? 0 : fail(code, errno, sa_format_host(sa, text), err);
}
