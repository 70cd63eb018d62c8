/* SPDX-License-Identifier: MIT */
/* lint_hosts.c - hosts(5): ADDRESS NAME [ALIAS...] */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "db/lint_impl.h"
#include "net/endpoint.h"
#include "net/ip_legacy.h"

enum {
	LABEL_MAX = 63,   /* bytes (RFC 1035 section 2.3.4) */
	NAME_BYTES = 253, /* of a name's text: 255 with its lengths and the root */
};

static struct ip of_number(uint32_t v)
{
	return (struct ip){
		.family = 4,
		.b = { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v },
	};
}

/*
 * An address as only inet_aton(3) reads it, which musl does and glibc does not; IP has no
 * family if others read another one.
 */
static void found_legacy(struct lint_at *at, const struct ip_legacy *legacy, struct ip *ip)
{
	const char *text = at->words[0];
	char aton[IP_STRLEN], decimal[IP_STRLEN];
	struct ip other = of_number(legacy->decimal);

	*ip = of_number(legacy->aton);
	ip_format(ip, aton);
	if (legacy->has_decimal && legacy->aton != legacy->decimal) {
		lint_found(at, LINT_H003, 0, 0, LINT_WORDS(text, aton, ip_format(&other, decimal)));
		ip->family = 0;
		return;
	}
	lint_found(at, LINT_H004, 0, 0, LINT_WORDS(text, aton));
	lint_edit(at, 0, aton, strlen(aton));
}

static bool parse(struct lint_at *at)
{
	const char *text = at->words[0];
	char value[IP_STRLEN + ENDPOINT_ZONE_MAX + 1];
	struct ip_legacy legacy;
	struct endpoint ep;
	struct err err;
	bool strict =
		endpoint_parse_address(&ep, text, strlen(text), lint_before(at, 0), &err) == 0;

	if (!strict && !ip_legacy_read(&legacy, text, strlen(text))) {
		lint_found_err(at, LINT_H001, 0, &err);
		return false;
	}
	if (at->line.nfields < 2) {
		lint_found(at, LINT_H002, 0, strlen(text), LINT_WORDS(NULL));
		return false;
	}
	if (!strict)
		found_legacy(at, &legacy, &ep.ip);
	if (ep.zone[0])
		lint_found(at, LINT_H005, 0, strcspn(text, "%"), LINT_WORDS(text));
	if (!ep.ip.family)
		return true;
	ip_format(&ep.ip, value);
	if (ep.zone[0])
		snprintf(value + strlen(value), sizeof(value) - strlen(value), "%%%s", ep.zone);
	at->value = arena_copy(&at->memory, value, strlen(value));
	at->scope = ep.ip.family == 4 ? "4" : "6";
	return true;
}

static bool is_letter_or_digit(char c)
{
	return str_is_digit(c) || (str_lower(c) >= 'a' && str_lower(c) <= 'z');
}

/* The first byte that no host name has, an underscore apart (RFC 1123 section 2.1). */
static void check_bytes(struct lint_at *at, size_t i, const char *name)
{
	const char *underscore = strchr(name, '_'), *s = name;
	char byte[8];

	while (is_letter_or_digit(*s) || (*s && strchr("-._", *s)))
		s++;
	if (underscore)
		lint_found(at, LINT_H009, i, (size_t)(underscore - name), LINT_WORDS(name));
	if (!*s)
		return;
	snprintf(byte, sizeof(byte), (unsigned char)*s < 0x80 ? "%c" : "0x%02x",
		 (unsigned)(unsigned char)*s);
	lint_found(at, LINT_H008, i, (size_t)(s - name), LINT_WORDS(name, byte));
}

/* The labels of NAME, each kind of fault once. */
static void check_labels(struct lint_at *at, size_t i, const char *name)
{
	bool empty = false, hyphen = false, longer = false;
	char size[24];

	for (const char *s = name, *end;; s = end + 1) {
		size_t len = strcspn(s, ".");

		end = s + len;
		if (len == 0 && !empty) {
			lint_found(at, LINT_H013, i, (size_t)(s - name), LINT_WORDS(name));
			empty = true;
		} else if (len && (*s == '-' || end[-1] == '-') && !hyphen) {
			lint_found(at, LINT_H014, i,
				   (size_t)(*s == '-' ? s - name : end - 1 - name),
				   LINT_WORDS(name));
			hyphen = true;
		}
		if (len > LABEL_MAX && !longer) {
			snprintf(size, sizeof(size), "%zu", len);
			lint_found(at, LINT_H010, i, (size_t)(s - name), LINT_WORDS(name, size));
			longer = true;
		}
		if (!*end) {
			if (lint_is_number(s))
				lint_found(at, LINT_H015, i, (size_t)(s - name), LINT_WORDS(name));
			return;
		}
	}
}

static bool is_loopback(const char *value)
{
	return str_starts(value, "127.") || str_starts(value, "::ffff:127.") ||
	       strcmp(value, "::1") == 0;
}

/* localhost and what ends with it (RFC 6761 section 6.3) */
static void check_localhost(struct lint_at *at, size_t i, const char *name)
{
	static const char local[] = "localhost";
	size_t len = strlen(name), n = sizeof(local) - 1;

	if (len < n || !str_eq_nocase(name + len - n, local) ||
	    (len > n && name[len - n - 1] != '.'))
		return;
	if (len == n)
		at->l->localhost = true;
	if (at->value && !is_loopback(at->value))
		lint_found(at, LINT_H016, i, 0, LINT_WORDS(name, at->value));
}

static void check_name(struct lint_at *at, size_t i)
{
	const char *name = at->words[i];
	size_t len = strlen(name);
	char size[24];

	if (len > 1 && name[len - 1] == '.' && name[len - 2] != '.') {
		lint_found(at, LINT_H012, i, --len, LINT_WORDS(name));
		lint_edit(at, i, name, len);
		name = at->words[i];
	}
	if (len > NAME_BYTES) {
		snprintf(size, sizeof(size), "%zu", len);
		lint_found(at, LINT_H011, i, NAME_BYTES, LINT_WORDS(name, size));
	}
	check_bytes(at, i, name);
	check_labels(at, i, name);
	check_localhost(at, i, name);
}

/* Nobody looks these up, and lists of what to block have thousands of names for one of them. */
static bool may_share(const char *value)
{
	return strcmp(value, "0.0.0.0") == 0 || strcmp(value, "::") == 0 || is_loopback(value);
}

static void end(struct lint *l)
{
	if (!l->localhost)
		lint_found_nowhere(l, LINT_H017);
}

const struct lint_type lint_hosts = {
	.value_field = 0,
	.longest = 510, /* 512 with the newline and a NUL */
	.nocase = true,
	.flush = true,
	.shadowed = LINT_H006,
	.again = LINT_H007,
	.parse = parse,
	.name = check_name,
	.may_share = may_share,
	.end = end,
};
