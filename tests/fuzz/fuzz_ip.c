/* SPDX-License-Identifier: MIT */
/* fuzz_ip.c - an address or endpoint that parses is the same after format and parse */
#include <stdlib.h>
#include <string.h>

#include "net/ip.h"
#include "net/sa.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The formatters of an address are read back as the address. */
static void check_ip(const char *text, size_t len)
{
	char canonical[IP_STRLEN], full[IP_FULL_STRLEN], again[IP_STRLEN];
	struct ip ip, other;
	struct err err = { 0 };

	if (ip_parse(&ip, text, len, 0, &err) < 0) {
		if (err.kind != ERR_USAGE || !*err.text)
			abort();
		return;
	}
	ip_format(&ip, canonical);
	ip_format_full(&ip, full);
	if (ip_parse(&other, canonical, strlen(canonical), 0, &err) < 0 ||
	    memcmp(&ip, &other, sizeof(ip)) != 0)
		abort();
	if (ip_parse(&other, full, strlen(full), 0, &err) < 0 ||
	    strcmp(ip_format(&other, again), canonical) != 0)
		abort();
}

/* No byte of a name that the formatter has to escape. */
static bool is_plain(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] < ' ' || text[i] > '~' || text[i] == '\\')
			return false;
	}
	return true;
}

static void check_endpoint(const char *text, size_t len)
{
	struct endpoint ep;
	struct sa sa, other;
	struct err err = { 0 };
	char shown[SA_STRLEN];

	if (endpoint_parse(&ep, text, len, &err) < 0) {
		if (err.kind != ERR_USAGE || !*err.text)
			abort();
		return;
	}
	if (sa_from_endpoint(&sa, &ep, &err) < 0)
		return; /* a zone that this machine does not have */
	sa_format(&sa, shown);
	if (!is_plain(shown, strlen(shown)) || strcmp(shown, "unix:") == 0)
		return;
	if (endpoint_parse(&ep, shown, strlen(shown), &err) < 0 ||
	    sa_from_endpoint(&other, &ep, &err) < 0 || !sa_equal(&sa, &other))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_ip((const char *)data, size);
	check_endpoint((const char *)data, size);
	return 0;
}
