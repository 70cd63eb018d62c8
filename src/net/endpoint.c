/* SPDX-License-Identifier: MIT */
#include "net/endpoint.h"

#include <string.h>

#include "base/scan.h"
#include "base/str.h"

int endpoint_parse_port(uint16_t *port, const char *text, size_t len, size_t before,
			struct err *err)
{
	char show[STR_SHOW];
	uint64_t v;

	if (len == 0 || scan_uint(text, text + len, 65535, &v) != len)
		return err_set(err, ERR_USAGE,
			       "port \"%s\" is not a number from 0 to 65535 (column %zu)",
			       str_show_n(show, text, len), before + 1);
	*port = (uint16_t)v;
	return 0;
}

int endpoint_split(const char *text, size_t len, struct endpoint_parts *parts, struct err *err)
{
	const char *end = text + len, *colon = memchr(text, ':', len), *close;
	char show[STR_SHOW];

	*parts = (struct endpoint_parts){ .host = text, .host_len = len };
	if (len && *text == '[') {
		close = memchr(text, ']', len);
		if (!close)
			return err_set(err, ERR_USAGE, "\"%s\": \"[\" without \"]\" (column 1)",
				       str_show_n(show, text, len));
		parts->host = text + 1;
		parts->host_len = (size_t)(close - text - 1);
		if (close + 1 == end)
			return 0;
		if (close[1] != ':')
			return err_set(err, ERR_USAGE, "\"%s\": no \":\" behind \"]\" (column %zu)",
				       str_show_n(show, text, len), (size_t)(close + 1 - text) + 1);
		parts->port = close + 2;
		parts->port_len = (size_t)(end - parts->port);
		return 0;
	}
	if (!colon || memchr(colon + 1, ':', (size_t)(end - colon - 1)))
		return 0;
	parts->host = colon == text ? NULL : text;
	parts->host_len = (size_t)(colon - text);
	parts->port = colon + 1;
	parts->port_len = (size_t)(end - parts->port);
	return 0;
}

/* unix:/path or unix:@name, without the "unix:". */
static int parse_unix(struct endpoint *ep, const char *text, size_t len, struct err *err)
{
	char show[STR_SHOW];

	ep->kind = ENDPOINT_UNIX;
	ep->abstract = len && *text == '@';
	if (ep->abstract) {
		text++;
		len--;
	}
	if (len == 0)
		return err_set(err, ERR_USAGE, "\"unix:%s\": the name is empty (column %d)",
			       ep->abstract ? "@" : "", ep->abstract ? 7 : 6);
	/* A path needs a NUL behind it, an abstract name one before it. */
	if (len >= ENDPOINT_PATH_MAX)
		return err_set(err, ERR_USAGE,
			       "\"unix:%s\": %zu bytes, and a socket's name has at most %d",
			       str_show_n(show, text, len), len, ENDPOINT_PATH_MAX - 1);
	if (!ep->abstract && memchr(text, '\0', len))
		return err_set(err, ERR_USAGE, "\"unix:%s\": a path has no NUL byte",
			       str_show_n(show, text, len));
	memcpy(ep->path, text, len);
	ep->path[len] = '\0';
	ep->path_len = len;
	return 0;
}

/* What stands behind the percent sign at AT (RFC 4007 section 11). */
static int parse_zone(struct endpoint *ep, const char *at, const char *end, size_t before,
		      struct err *err)
{
	size_t len = (size_t)(end - at - 1);
	char show[STR_SHOW];

	if (len == 0)
		return err_set(err, ERR_USAGE, "the zone behind \"%%\" is empty (column %zu)",
			       before + 1);
	if (len > ENDPOINT_ZONE_MAX)
		return err_set(err, ERR_USAGE, "zone \"%s\" has more than %d bytes (column %zu)",
			       str_show_n(show, at + 1, len), ENDPOINT_ZONE_MAX, before + 2);
	for (const char *s = at + 1; s < end; s++)
		if (str_is_space(*s) || *s == '/' || *s == '%' || *s == '\0')
			return err_set(err, ERR_USAGE,
				       "zone \"%s\" is no interface name (column %zu)",
				       str_show_n(show, at + 1, len),
				       before + (size_t)(s - at) + 1);
	memcpy(ep->zone, at + 1, len);
	return 0;
}

int endpoint_parse_address(struct endpoint *ep, const char *text, size_t len, size_t before,
			   struct err *err)
{
	const char *zone = len ? memchr(text, '%', len) : NULL, *end = text + len;
	size_t at = zone ? (size_t)(zone - text) : len;
	char show[STR_SHOW];

	*ep = (struct endpoint){ 0 };
	if (ip_parse(&ep->ip, text, at, before, err) < 0)
		return -1;
	if (zone && ep->ip.family == 4)
		return err_set(err, ERR_USAGE, "\"%s\": a zone is for IPv6 (column %zu)",
			       str_show_n(show, text, len), before + at + 1);
	if (zone && parse_zone(ep, zone, end, before + at, err) < 0)
		return err_prefix(err, "\"%s\": ", str_show_n(show, text, len));
	return 0;
}

int endpoint_parse(struct endpoint *ep, const char *text, size_t len, struct err *err)
{
	struct endpoint_parts parts;
	char show[STR_SHOW];
	size_t before;

	*ep = (struct endpoint){ 0 };
	if (len >= 5 && memcmp(text, "unix:", 5) == 0)
		return parse_unix(ep, text + 5, len - 5, err);
	if (endpoint_split(text, len, &parts, err) < 0)
		return -1;
	if (!parts.host)
		return err_set(err, ERR_USAGE, "\"%s\": no address before the port (column 1)",
			       str_show_n(show, text, len));
	if (endpoint_parse_address(ep, parts.host, parts.host_len, (size_t)(parts.host - text),
				   err) < 0)
		return -1;
	if (*text == '[' && ep->ip.family == 4)
		return err_set(err, ERR_USAGE, "\"%s\": brackets are for IPv6 (column 1)",
			       str_show_n(show, text, len));
	if (!parts.port)
		return 0;
	ep->has_port = true;
	before = (size_t)(parts.port - text);
	if (parts.port_len > 1 && *parts.port == '0')
		return err_set(err, ERR_USAGE,
			       "\"%s\": a port with a leading zero, which some read as octal "
			       "(column %zu)",
			       str_show_n(show, text, len), before + 1);
	if (endpoint_parse_port(&ep->port, parts.port, parts.port_len, before, err) < 0)
		return err_prefix(err, "\"%s\": ", str_show_n(show, text, len));
	return 0;
}
